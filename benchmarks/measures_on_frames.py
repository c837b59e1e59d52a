"""Measures on data frames: a million purchases, against the same measures over objects.

Run it with ``python benchmarks/measures_on_frames.py``, and with a number to take fewer purchases.
Made-up purchases of two years, with instants, by six teams, are measured by month and team:

- in Polars, from the frame;
- over objects that were made of the frame beforehand, which takes the time in the last line.

Each line is one measure, and the one before the last is all of them at once. Both ways must come
to the same table, or there is none. What is timed is a single run each, in seconds.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import attrs
import numpy as np
import polars as pl

from crmcore.calendar import Grain, periods
from crmcore.criteria import F
from crmcore.frames import evaluate
from crmcore.measures import (
    Concentration,
    Conversion,
    Count,
    Cumulative,
    Distinct,
    Max,
    Mean,
    Measure,
    Newcomers,
    Quantile,
    Ratio,
    Sum,
)
from crmcore.measures import evaluate as evaluate_objects

PURCHASES = 1_000_000
CUSTOMERS = 112_000
SECONDS = 730 * 24 * 60 * 60
TEAMS = ["asia", "east", "north", "online", "south", "west"]

ORDERED = ~F.refund.is_true()
MEASURES: dict[str, Measure] = {
    "orders": Count(ORDERED),
    "sales": Sum("amount"),
    "dearest": Max("amount", ORDERED),
    "sales per order": Ratio(Sum("amount"), Count(ORDERED)),
    "mean units": Mean("units", ORDERED),
    "median units": Quantile("units", Decimal("0.5")),
    "buyers": Distinct("customer", ORDERED),
    "active": Cumulative(Distinct("customer", ORDERED), days=180),
    "new": Newcomers("customer", ORDERED),
    "back in 90 days": Conversion("customer", ORDERED, ORDERED, days=90, first=True),
    "held by the largest": Concentration("amount", "customer"),
}
OPTIONS: dict[str, Any] = {
    "periods": list(periods(Grain.MONTH, date(1997, 1, 1), date(1999, 1, 1))),
    "day": "at",
    "by": "team",
    "zone": "Europe/Berlin",
    "as_of": date(1999, 1, 1),
}

T = TypeVar("T")


@attrs.frozen
class Bought:
    """A purchase as an object."""

    at: datetime
    customer: str
    team: str
    refund: bool
    units: int
    amount: Decimal


def make_purchases(count: int) -> pl.DataFrame:
    """Make purchases up, the same ones each time: a few customers buy much, many buy little."""
    chance = np.random.default_rng(20260930)
    seconds = chance.integers(0, SECONDS, count).astype("timedelta64[s]")
    moments = (np.datetime64("1997-01-01T00:00:00") + seconds).astype("datetime64[us]")
    who = (CUSTOMERS * chance.random(count) ** 1.5).astype(int)
    cents = pl.Series(chance.integers(100, 10_000, count)).cast(pl.Decimal(18, 2))
    hundredth = pl.lit("0.01").cast(pl.Decimal(18, 2))
    return pl.DataFrame(
        {
            "at": moments,
            "customer": [f"c-{number:06}" for number in who],
            "team": chance.choice(TEAMS, count),
            "refund": chance.random(count) < 0.05,
            "units": chance.integers(1, 9, count),
            "amount": cents,
        }
    ).with_columns((pl.col("amount") * hundredth).cast(pl.Decimal(18, 2)))


def make_objects(frame: pl.DataFrame) -> list[Bought]:
    """Return the rows as objects, with instants that know that they are in UTC."""
    return [Bought(at.replace(tzinfo=UTC), *rest) for at, *rest in frame.iter_rows()]


def timed(run: Callable[[], T]) -> tuple[float, T]:
    """Return how long something took, and what it came to."""
    gc.collect()
    start = time.perf_counter()
    found = run()
    return time.perf_counter() - start, found


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PURCHASES
    frame = make_purchases(count)
    to_make, objects = timed(lambda: make_objects(frame))
    evaluate({"warm": Count()}, frame.head(1), **OPTIONS)
    print(f"{'':24}{'frame':>9}{'objects':>9}")
    ways = {**{name: {name: measure} for name, measure in MEASURES.items()}, "all": MEASURES}
    for name, measures in ways.items():
        on_frame, table = timed(lambda m=measures: evaluate(m, frame, **OPTIONS))  # type: ignore[misc]
        on_objects, wanted = timed(lambda m=measures: evaluate_objects(m, objects, **OPTIONS))  # type: ignore[misc]
        if table != wanted:
            sys.exit(f"{name}: the two ways disagree")
        print(f"{name:24}{on_frame:9.2f}{on_objects:9.2f}", flush=True)
    print(f"{'making the objects':24}{'':9}{to_make:9.2f}")


if __name__ == "__main__":
    main()
