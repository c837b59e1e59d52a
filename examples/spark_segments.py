"""Segments and scores of customers on PySpark, on this machine alone.

From a frame of purchases to features, to segments and to scores; everything stays on Spark until
the last lines. It needs the extra ``crmcore[spark]`` and Java 17 or newer; where one of them is
missing, it says so and does nothing.
"""

from __future__ import annotations

import importlib.util
import random
import shutil
import sys
import warnings
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crmcore.criteria import EVERYTHING, F
from crmcore.scoring import Linear, Rule, RuleSet
from crmcore.segments import Segment, SegmentTable

TODAY = date(2026, 10, 1)
TABLE = SegmentTable(
    segments=[
        Segment("champions", (F.r >= 4) & (F.f >= 4) & (F.m >= 4)),
        Segment("slipping", (F.r <= 2) & (F.f >= 4)),
        Segment("new", F.age_days <= 60),
        Segment("waning", F.trend < Decimal("-0.5")),
        Segment("steady", F.trend >= Decimal("-0.5")),
        Segment("others", EVERYTHING),
    ]
)
RULES = RuleSet(
    "care",
    [
        Rule("loyal", when=F.frequency >= 3, points=5, times="frequency", cap=40),
        Rule("spends much", when=F.spend >= 500, points=30),
        Rule("growing", when=F.trend > 0, points=15),
        Rule(
            "bought lately",
            when=EVERYTHING,
            points=25,
            decay=Linear(days=90, since=F.last_purchase),
        ),
    ],
    cap=100,
)


def missing() -> list[str]:
    """Return what is not there of what Spark needs."""
    modules = ["narwhals", "pyarrow", "pyspark"]
    found = [name for name in modules if importlib.util.find_spec(name) is None]
    return found if shutil.which("java") else [*found, "Java 17"]


def make_purchases(count: int, customers: int) -> list[tuple[str, date, Decimal]]:
    """Make purchases and some refunds up, the same ones each time."""
    chance = random.Random(20260930)  # noqa: S311 - made-up purchases need no secrets
    return [
        (
            f"c-{int(customers * chance.random() ** 1.3):04}",
            TODAY - timedelta(days=1 + int(500 * chance.random() ** 2)),
            Decimal(chance.choice([-1_500, *range(500, 12_000, 50)])) / 100,
        )
        for _ in range(count)
    ]


def start_spark() -> Any:  # noqa: ANN401 - Spark may not be installed
    """Start Spark in this process, with the settings that criteria want: UTC."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - it may be missing

    session = (
        SparkSession.builder.master("local[2]")
        .appName("segments")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.codegen.hugeMethodLimit", "8000")  # Java compiles no longer methods
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    return session


def show(spark: Any, count: int) -> None:  # noqa: ANN401 - Spark may not be installed
    """Go from purchases to segments and scores."""
    from crmcore.frames import (  # noqa: PLC0415 - what it needs may be missing
        add_rfm,
        collect_features,
        place,
        quantile_bins,
        score,
    )

    columns = "customer string, at date, amount decimal(18, 2)"
    purchases = spark.createDataFrame(make_purchases(count, customers=count // 10), columns)
    features = collect_features(purchases, as_of=TODAY).cache()
    bins = quantile_bins(features)
    placed = place(add_rfm(features, bins), TABLE)
    scored = score(placed, RULES, as_of=TODAY).cache()

    print(f"{count:,} purchases of {scored.count():,} customers")
    print(f"bins of spend begin at {', '.join(str(cut) for cut in bins.monetary)}\n")
    print(f"{'segment':<12} {'customers':>9} {'mean score':>11}")
    rows = scored.groupBy("segment").agg({"customer": "count", "score": "avg"}).collect()
    found = {row["segment"]: row for row in rows}
    for segment in TABLE.segments:
        if segment.name in found:
            row = found[segment.name]
            print(f"{segment.name:<12} {row['count(customer)']:>9,} {row['avg(score)']:>11.2f}")

    best = scored.orderBy("score", "customer", ascending=[False, True]).first().asDict()
    ledger = RULES.ledger(best, fired=best["fired"], unknown=best["unknown"], as_of=TODAY)
    print(f"\n{best['customer']}, {best['segment']}, {ledger}")


def main(count: int = 20_000) -> None:
    """Say what is missing, or show segments and scores."""
    absent = missing()
    if absent:
        print(f"this example needs {', '.join(absent)}; nothing was done")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Spark warns of libraries that are newer than itself
        spark = start_spark()
        try:
            show(spark, count)
        finally:
            spark.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
