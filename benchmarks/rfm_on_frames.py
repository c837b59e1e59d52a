"""RFM and features on data frames: a million purchases, against hands that know Polars.

Run it with ``python benchmarks/rfm_on_frames.py``, and with a number to take fewer purchases.
Two summaries of the same made-up purchases, refunds among them, are compared:

- RFM: by customer, the days since the latest occasion, the occasions and the spend;
- features: the same with first purchases, ages, both windows, means and trends.

For each there is a hand that takes the number of distinct days, which is the shortest way to say
it, and one that puts the days together first, as `collect_features` does. A fourth line of the
table adds cuts by quantile and the three scores. Polars is timed in CPU seconds of all cores.
Rounds are interleaved, so that a busy machine slows all alike; the table shows medians. All ways
must agree, or there is no table.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import polars as pl

from crmcore.frames import add_rfm, collect_features, quantile_bins

PURCHASES = 1_000_000
CUSTOMERS = 112_000
DAYS = 545
AS_OF = date(1998, 7, 1)
WINDOW = timedelta(days=180)
ROUNDS = 9
RFM = ["days_since_last", "frequency", "spend"]

Way: TypeAlias = Callable[[], pl.DataFrame]


def make_purchases(count: int) -> pl.DataFrame:
    """Make purchases up, the same ones each time: a few customers buy much, many buy little."""
    chance = np.random.default_rng(20260930)
    who = (CUSTOMERS * chance.random(count) ** 1.5).astype(int)
    days = np.datetime64("1997-01-01") + chance.integers(0, DAYS + 20, count)
    cents = np.where(chance.random(count) < 0.05, -1, 1) * chance.integers(100, 10_000, count)
    amount = pl.col("cents").cast(pl.Decimal(18, 2)) * pl.lit("0.01").cast(pl.Decimal(18, 2))
    return pl.DataFrame(
        {
            "customer": [f"c-{number:06}" for number in who],
            "at": pl.Series(days.astype("datetime64[D]")),
            "cents": pl.Series(cents.astype("int64")),
        }
    ).select("customer", "at", amount=amount.cast(pl.Decimal(18, 2)))


def days_since(name: str) -> pl.Expr:
    """Return how many days ago a day was."""
    return (pl.lit(AS_OF) - pl.col(name)).dt.total_days()


def rfm_by_hand(purchases: pl.DataFrame) -> pl.DataFrame:
    """Summarise in one step, with the number of distinct days."""
    bought = pl.col("at").filter(pl.col("amount") >= 0)
    return (
        purchases.lazy()
        .filter(pl.col("at") < AS_OF)
        .group_by("customer")
        .agg(last=bought.max(), frequency=bought.n_unique(), spend=pl.col("amount").sum())
        .select("customer", days_since("last").alias("days_since_last"), "frequency", "spend")
        .collect()
    )


def rfm_by_days(purchases: pl.DataFrame) -> pl.DataFrame:
    """Summarise in two steps, with a row for each day first."""
    day, bought = pl.col("at"), pl.col("bought")
    return (
        purchases.lazy()
        .filter(day < AS_OF)
        .with_columns(bought=pl.col("amount") >= 0)
        .group_by("customer", "at")
        .agg(pl.col("amount").sum(), bought.any())
        .with_columns(bought_at=pl.when(bought).then(day))
        .group_by("customer")
        .agg(
            last=pl.col("bought_at").max(),
            frequency=pl.col("bought_at").count(),
            spend=pl.col("amount").sum(),
        )
        .select("customer", days_since("last").alias("days_since_last"), "frequency", "spend")
        .collect()
    )


def features_by_hand(purchases: pl.DataFrame) -> pl.DataFrame:
    """Take all features in one step, with the number of distinct days."""
    day, paid = pl.col("at"), pl.col("amount")
    before, bought = day < AS_OF, (day < AS_OF) & (paid >= 0)
    recent = before & (day >= AS_OF - WINDOW)
    earlier = (day < AS_OF - WINDOW) & (day >= AS_OF - 2 * WINDOW)
    found = purchases.lazy().group_by("customer")
    return finish(
        found.agg(
            first_purchase=day.filter(bought).min(),
            last_purchase=day.filter(bought).max(),
            frequency=day.filter(bought).n_unique(),
            recent_frequency=day.filter(bought & recent).n_unique(),
            spend=paid.filter(before).sum(),
            recent_spend=paid.filter(recent).sum(),
            earlier_spend=paid.filter(earlier).sum(),
        )
    )


def features_by_days(purchases: pl.DataFrame) -> pl.DataFrame:
    """Take all features in two steps, with a row for each day first."""
    day, paid, bought = pl.col("at"), pl.col("amount"), pl.col("bought")
    before = day < AS_OF
    recent = before & (day >= AS_OF - WINDOW)
    earlier = (day < AS_OF - WINDOW) & (day >= AS_OF - 2 * WINDOW)
    by_day = (
        purchases.lazy()
        .with_columns(bought=paid >= 0)
        .group_by("customer", "at")
        .agg(paid.sum(), bought.any())
        .with_columns(
            occasion=pl.when(bought & before).then(day),
            recent_occasion=pl.when(bought & recent).then(day),
            spend=pl.when(before).then(paid),
            recent_spend=pl.when(recent).then(paid),
            earlier_spend=pl.when(earlier).then(paid),
        )
    )
    return finish(
        by_day.group_by("customer").agg(
            first_purchase=pl.col("occasion").min(),
            last_purchase=pl.col("occasion").max(),
            frequency=pl.col("occasion").count(),
            recent_frequency=pl.col("recent_occasion").count(),
            spend=pl.col("spend").sum(),
            recent_spend=pl.col("recent_spend").sum(),
            earlier_spend=pl.col("earlier_spend").sum(),
        )
    )


def finish(found: pl.LazyFrame) -> pl.DataFrame:
    """Add what follows from the sums."""
    money = {name: pl.col(name).cast(pl.Float64) for name in ("spend", "recent_spend")}
    earlier = pl.col("earlier_spend").cast(pl.Float64)
    return found.with_columns(
        days_since_last=days_since("last_purchase"),
        age_days=days_since("first_purchase"),
        mean_spend=pl.when(pl.col("frequency") > 0).then(money["spend"] / pl.col("frequency")),
        trend=pl.when(earlier > 0).then(money["recent_spend"] / earlier - 1),
    ).collect()


def ways(purchases: pl.DataFrame) -> Mapping[str, Mapping[str, Way]]:
    """Return the ways by summary; the first of each is what the others are compared with."""

    def scored() -> pl.DataFrame:
        features = collect_features(purchases, as_of=AS_OF, only=RFM)
        return add_rfm(features, quantile_bins(features))

    return {
        "RFM": {
            "by hand": lambda: rfm_by_hand(purchases),
            "by hand, by days": lambda: rfm_by_days(purchases),
            "crmcore": lambda: collect_features(purchases, as_of=AS_OF, only=RFM),
            "crmcore, with scores": scored,
        },
        "features": {
            "by hand": lambda: features_by_hand(purchases),
            "by hand, by days": lambda: features_by_days(purchases),
            "crmcore": lambda: collect_features(purchases, as_of=AS_OF),
        },
    }


def totals(answer: pl.DataFrame) -> tuple[object, ...]:
    """Return sums in which the ways must agree; customers who never bought may be left out."""
    buyers = answer.filter(pl.col("days_since_last").is_not_null())
    sums = [pl.col(name).sum() for name in RFM]
    return buyers.height, *buyers.select(sums).row(0)


def measure(found: Mapping[str, Way]) -> dict[str, float]:
    """Return the median seconds of each way."""
    if len({totals(way()) for way in found.values()}) > 1:  # the first time, everything warms up
        raise SystemExit("the ways do not agree; there is nothing to compare")
    rounds: dict[str, list[float]] = {name: [] for name in found}
    for _ in range(ROUNDS):
        for name, way in found.items():
            gc.collect()
            start = time.process_time()
            way()
            rounds[name].append(time.process_time() - start)
    return {name: statistics.median(seconds) for name, seconds in rounds.items()}


def main(count: int = PURCHASES) -> None:
    """Measure and print."""
    purchases = make_purchases(count)
    print(f"{count:,} purchases on Polars, CPU time, medians of {ROUNDS} rounds\n")
    print(f"{'':<32} {'s':>7} {'µs each':>8} {'× hand':>7}")
    for summary, found in ways(purchases).items():
        medians = measure(found)
        for name, median in medians.items():
            each, ratio = median / count * 1e6, median / medians["by hand"]
            print(f"{summary + ', ' + name:<32} {median:7.3f} {each:8.3f} {ratio:7.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
