"""Criteria and scores on data frames: a million customers, against hands that know the engine.

Run it with ``python benchmarks/criteria_on_frames.py``, and with a number to take fewer customers.
The twenty rules are those of ``scoring_objects.py``; one value in five is missing, some as NaN.
On each engine there are

- by hand: the total, written for these rules and this engine: expressions of Polars, and one
  statement of SQL for DuckDB and for Spark, with the same guards for what is missing;
- crmcore: the total, and the total with the masks of the rules that fired and were unknown.

All are timed in CPU seconds of all cores; for Spark, of its Java process where the system tells
them, else of the clock. Rounds are interleaved, so that a busy machine slows all of a group alike;
the table shows medians. All totals must agree, or there is no table. An engine that is not
installed is left out with a line.
"""

from __future__ import annotations

import functools
import gc
import importlib.util
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from scoring_objects import AS_OF, HALF_NEW, JOINED_AFTER, NEW, ORDERED_AFTER, RULES

from crmcore.frames import score
from crmcore.scoring import HalfLife, Linear

CUSTOMERS = 1_000_000
ROUNDS = 9
WARM_UPS = 3  # Java compiles what it has run a few times

Way: TypeAlias = Callable[[], int]
Clock: TypeAlias = Callable[[], float]


def make_customers(count: int) -> pl.DataFrame:
    """Make customers up, the same ones each time."""
    chance = np.random.default_rng(20260930)

    def some(*values: object) -> pl.Series:
        return pl.Series(values).gather(chance.integers(0, len(values), count))

    def ago(days: int) -> pl.Series:
        found = np.datetime64(AS_OF) - chance.integers(0, days, count)
        return pl.Series(found.astype("datetime64[D]"))

    def whole(numbers: Any) -> pl.Series:  # noqa: ANN401 - an array
        return pl.Series(numbers.astype("int64"))

    tags = [[one, two] for one in ("key", "vip", "late") for two in ("fair", "web")]
    revenue = np.where(chance.random(count) < 0.1, np.nan, chance.lognormal(9, 1.5, count))
    columns = {
        "country": some("DE", "AT", "CH", "FR", "PL", "CN"),
        "industry": some("energy", "retail", "steel", "food"),
        "tier": some("gold", "silver", "bronze"),
        "email": some("ada@firm.de", "bob@gmail.com", "li@firm.cn"),
        "is_subscriber": pl.Series(chance.random(count) < 0.4),
        "tags": some(*tags),
        "employees": whole(chance.lognormal(5, 2, count)),
        "visits_30d": some(0, 0, 1, 2, 3),
        "orders_12m": some(0, 0, 1, 2, 5, 9),
        "days_since_last": whole(chance.integers(0, 700, count)),
        "open_complaints": some(0, 0, 0, 0, 1),
        "revenue": pl.Series(revenue),
        "margin": pl.Series(chance.random(count) * 0.5),
        "discount_share": pl.Series(chance.random(count) * 0.6),
        "last_visit": ago(90),
        "last_order": ago(400),
        "joined": ago(900),
    }
    kept = {name: pl.Series(chance.random(count) >= 0.2) for name in columns}
    return pl.DataFrame(columns).select(
        pl.when(kept[name]).then(name).alias(name) for name in columns
    )


def steps_of(decay: HalfLife | Linear, points: int, days: int) -> list[tuple[date, int]]:
    """Return the days after which what happened still gives so many thousandths of points."""
    left = [
        (
            AS_OF - timedelta(days=age),
            int(1000 * points * decay.factor(AS_OF - timedelta(days=age), as_of=AS_OF)),
        )
        for age in range(days + 1)
    ]
    # A step begins the day before which another share counts.
    return [
        (day - timedelta(days=1), thousandths)
        for (day, thousandths), (_, older) in zip(left, [*left[1:], (AS_OF, 0)], strict=True)
        if thousandths and thousandths != older
    ]


VISITED = steps_of(HalfLife(days=14), 25, 56)
ORDERED = steps_of(Linear(days=60), 20, 60)


def polars_total() -> pl.Expr:
    """Return the points as somebody writes them who knows Polars."""
    c = pl.col

    def given(when: pl.Expr, thousandths: Any) -> pl.Expr:  # noqa: ANN401 - points
        return pl.when(when).then(thousandths).otherwise(0)

    def faded(day: str, steps: list[tuple[date, int]]) -> pl.Expr:
        found: Any = pl
        for after, thousandths in steps:
            found = found.when(c(day) > after).then(thousandths)
        expression: pl.Expr = found.otherwise(0)
        return expression

    revenue = c("revenue").fill_nan(None)
    fit = (
        given(c("country").is_in(["DE", "AT", "CH"]), 15_000)
        + given(c("industry") == "energy", 20_000)
        + given((c("employees") >= 50) & (c("employees") < 1000), 10_000)
        + given(c("employees") >= 1000, 25_000)
    )
    habit = given(c("orders_12m") >= 1, pl.min_horizontal(c("orders_12m") * 5_000, 30_000)) + given(
        c("last_order") > ORDERED_AFTER, faded("last_order", ORDERED)
    )
    newness = pl.when(c("joined") > NEW).then(8_000).when(c("joined") > HALF_NEW).then(6_000)
    others = (
        given(c("country") != "DE", -5_000)
        + given(c("tier").is_in(["gold", "silver"]), 10_000)
        + given(c("is_subscriber"), 5_000)
        + given(
            c("email").str.contains("@", literal=True) & ~c("email").str.ends_with("gmail.com"),
            3_000,
        )
        + given(c("email").is_null(), -2_000)
        + given(c("tags").list.contains("key"), 30_000)
        + given(c("visits_30d") >= 1, faded("last_visit", VISITED))
        + given(c("days_since_last") > 365, -15_000)
        + given(c("open_complaints") > 0, -20_000)
        + given(revenue >= 50_000, 40_000)
        + given((c("margin") > 0.2) & (revenue > 1000), 12_500)
        + given((c("discount_share") > 0.3) & ~(c("tier") == "gold").fill_null(value=False), -7_500)
        + given(c("joined") > JOINED_AFTER, newness.otherwise(2_000))
        + given(
            (c("visits_30d") == 0) | ((c("orders_12m") == 0) & (c("days_since_last") > 180)),
            -10_000,
        )
    )
    capped = fit.clip(-50_000, 50_000) + habit.clip(-40_000, 40_000)
    return ((capped + others) / 1000).alias("score")


def sql_total(contains: str) -> str:
    """Return the statement for the sum of all points as somebody writes it who knows SQL.

    Args:
        contains: How the dialect asks whether a list has an element.
    """

    def faded(day: str, steps: list[tuple[date, int]]) -> str:
        cases = "".join(f" WHEN {day} > DATE '{after}' THEN {points}" for after, points in steps)
        return f"CASE{cases} ELSE 0 END"

    def given(when: str, thousandths: int | str) -> str:
        return f"CASE WHEN {when} THEN {thousandths} ELSE 0 END"

    fit = [
        given("country IN ('DE', 'AT', 'CH')", 15_000),
        given("industry = 'energy'", 20_000),
        given("employees >= 50 AND employees < 1000", 10_000),
        given("employees >= 1000", 25_000),
    ]
    habit = [
        given("orders_12m >= 1", "least(orders_12m * 5000, 30000)"),
        given(f"last_order > DATE '{ORDERED_AFTER}'", faded("last_order", ORDERED)),
    ]
    newness = (
        f"CASE WHEN joined > DATE '{NEW}' THEN 8000"
        f" WHEN joined > DATE '{HALF_NEW}' THEN 6000 ELSE 2000 END"
    )
    others = [
        given("country <> 'DE'", -5_000),
        given("tier IN ('gold', 'silver')", 10_000),
        given("is_subscriber", 5_000),
        given("contains(email, '@') AND email NOT LIKE '%gmail.com'", 3_000),
        given("email IS NULL", -2_000),
        given(f"{contains}(tags, 'key')", 30_000),
        given("visits_30d >= 1", faded("last_visit", VISITED)),
        given("days_since_last > 365", -15_000),
        given("open_complaints > 0", -20_000),
        given("revenue >= 50000 AND NOT isnan(revenue)", 40_000),
        given("margin > 0.2 AND revenue > 1000 AND NOT isnan(revenue)", 12_500),
        given("discount_share > 0.3 AND NOT coalesce(tier = 'gold', FALSE)", -7_500),
        given(f"joined > DATE '{JOINED_AFTER}'", newness),
        given("visits_30d = 0 OR (orders_12m = 0 AND days_since_last > 180)", -10_000),
    ]
    accounts = [
        f"greatest(-50000, least(50000, {' + '.join(fit)}))",
        f"greatest(-40000, least(40000, {' + '.join(habit)}))",
        *others,
    ]
    points = f"({' + '.join(accounts)}) / 1000.0"
    return f"SELECT sum(score) FROM (SELECT {points} AS score FROM customers)"  # noqa: S608 - ours


def thousandths(total: float | Decimal) -> int:
    """Return a sum of points as the whole number that it stands for."""
    return round(1000 * float(total))


def on_polars(customers: pl.DataFrame) -> Iterator[tuple[str, Mapping[str, Way], Clock]]:
    """Yield the ways on Polars."""
    hand = polars_total()

    def by_hand() -> int:
        return thousandths(customers.lazy().with_columns(hand).collect()["score"].sum())

    def ours(*, masks: bool) -> int:
        scored = score(customers, RULES, as_of=AS_OF, bounds=False, masks=masks)
        return thousandths(scored["score"].sum())

    yield "Polars", ways(by_hand, ours), time.process_time


def on_duckdb(customers: pl.DataFrame) -> Iterator[tuple[str, Mapping[str, Way], Clock]]:
    """Yield the ways on DuckDB."""
    import duckdb  # noqa: PLC0415 - it may be missing

    connection = duckdb.connect()
    connection.register("given", customers.to_arrow())
    connection.execute("CREATE TABLE customers AS SELECT * FROM given")
    statement = sql_total("list_contains")

    def by_hand() -> int:
        return thousandths(connection.sql(statement).fetchall()[0][0])

    def ours(*, masks: bool) -> int:
        scored = score(connection.table("customers"), RULES, as_of=AS_OF, bounds=False, masks=masks)
        sums = "sum(score), sum(fired), sum(unknown)" if masks else "sum(score)"
        return thousandths(scored.aggregate(sums).fetchall()[0][0])

    yield "DuckDB", ways(by_hand, ours), time.process_time


def on_spark(customers: pl.DataFrame) -> Iterator[tuple[str, Mapping[str, Way], Clock]]:
    """Yield the ways on Spark."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - it may be missing

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "3g")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.codegen.hugeMethodLimit", "8000")  # Java compiles no longer methods
        # Java compiles no method of more bytes; Spark then writes several smaller ones.
        .config("spark.sql.codegen.hugeMethodLimit", "8000")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    frame = session.createDataFrame(customers.to_arrow()).repartition(2).cache()
    frame.createOrReplaceTempView("customers")
    statement = sql_total("array_contains")

    def by_hand() -> int:
        return thousandths(session.sql(statement).collect()[0][0])

    def ours(*, masks: bool) -> int:
        scored = score(frame, RULES, as_of=AS_OF, bounds=False, masks=masks)
        sums = dict.fromkeys(["score", "fired", "unknown"] if masks else ["score"], "sum")
        return thousandths(scored.agg(sums).collect()[0]["sum(score)"])

    gateway: Any = session.sparkContext._gateway  # noqa: SLF001 - nobody else knows the process
    yield "Spark", ways(by_hand, ours), clock_of(Path(f"/proc/{gateway.proc.pid}/stat"))
    session.stop()


def clock_of(stat: Path) -> Clock:
    """Return the clock of the CPU time of a process, of whose state the system has a file."""
    if not stat.exists():
        return time.perf_counter
    ticks = os.sysconf("SC_CLK_TCK")

    def clock() -> float:
        user, system = stat.read_text("ascii").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / ticks

    return clock


def ways(by_hand: Way, ours: Callable[..., int]) -> dict[str, Way]:
    """Return the ways of an engine by what the table calls them."""
    return {
        "by hand": by_hand,
        "crmcore": functools.partial(ours, masks=False),
        "crmcore with masks": functools.partial(ours, masks=True),
    }


def measure(found: Mapping[str, Way], clock: Clock) -> tuple[dict[str, float], int]:
    """Return the median seconds of each way, and the total that all of them come to."""
    totals = {way() for way in found.values() for _ in range(WARM_UPS)}
    rounds: dict[str, list[float]] = {name: [] for name in found}
    for _ in range(ROUNDS):
        for name, way in found.items():
            gc.collect()
            start = clock()
            totals.add(way())
            rounds[name].append(clock() - start)
    if len(totals) > 1:
        raise SystemExit(f"the ways do not agree: {sorted(totals)}; there is nothing to compare")
    return {name: statistics.median(seconds) for name, seconds in rounds.items()}, totals.pop()


def engines(customers: pl.DataFrame) -> Iterator[tuple[str, Mapping[str, Way], Clock]]:
    """Yield the ways of each engine that is installed."""
    yield from on_polars(customers)
    for module, make in (("duckdb", on_duckdb), ("pyspark", on_spark)):
        if importlib.util.find_spec(module) is None:
            print(f"left out, because it is not installed: {module}")
        elif module == "pyspark" and shutil.which("java") is None:
            print("left out, because there is no Java: pyspark")
        else:
            yield from make(customers)


def main(count: int = CUSTOMERS) -> None:
    """Measure and print."""
    customers = make_customers(count)
    found = {}
    for engine, its_ways, clock in engines(customers):
        found[engine] = measure(its_ways, clock)
    if len({total for _, total in found.values()}) > 1:
        raise SystemExit("the engines do not agree; there is nothing to compare")

    print(f"\n{count:,} customers, {len(RULES.rules)} rules, medians of {ROUNDS} rounds\n")
    print(f"{'':<28} {'s':>7} {'µs each':>8} {'× hand':>7}")
    for engine, (medians, _) in found.items():
        for name, median in medians.items():
            each, ratio = median / count * 1e6, median / medians["by hand"]
            print(f"{engine + ', ' + name:<28} {median:7.3f} {each:8.3f} {ratio:7.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
