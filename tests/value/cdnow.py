"""The published data that models of repeat buying are held to."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from crmcore.activities import Purchase, PurchaseId
from crmcore.durations import WEEK, YEAR, TimeUnit
from crmcore.histories import Histories
from crmcore.kernel import CustomerId, Money

DATA = Path(__file__).parents[2] / "examples" / "data"
ZONE = ZoneInfo("America/New_York")

CALIBRATION_END = date(1997, 9, 30)
"""The last day of the 39 weeks that the published models are fitted to."""

HOLDOUT_END = date(1998, 6, 30)
"""The last day of the 39 weeks after them."""


@cache
def rows() -> tuple[tuple[CustomerId, date, int, Decimal], ...]:
    """Return customer, day, CDs and dollars of the 6,919 purchases of the 1/10 sample."""
    with (DATA / "cdnow_sample.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (
                CustomerId(row["customer_id"]),
                date.fromisoformat(row["date"]),
                int(row["number_of_cds"]),
                Decimal(row["dollar_value"]),
            )
            for row in csv.DictReader(file)
        )


@cache
def purchases() -> tuple[Purchase, ...]:
    """Return the purchases of the sample, each at noon in New York."""
    return tuple(
        Purchase(
            id=PurchaseId(f"P{place}"),
            customer=customer,
            at=datetime(day.year, day.month, day.day, 12, tzinfo=ZONE),
            amount=Money(dollars, "USD"),
            quantity=cds,
        )
        for place, (customer, day, cds, dollars) in enumerate(rows())
    )


@cache
def calibration(unit: TimeUnit = WEEK, *, until: date = CALIBRATION_END) -> Histories:
    """Return the histories of the 2,357 customers of the sample, counted by hand."""
    days: dict[CustomerId, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for customer, day, _, dollars in rows():
        if day <= until:
            days[customer][day] += dollars
    customers = sorted(days)
    firsts = [min(days[customer]) for customer in customers]
    lasts = [max(days[customer]) for customer in customers]
    repeats = [
        [spent for day, spent in days[customer].items() if day > first]
        for customer, first in zip(customers, firsts, strict=True)
    ]

    def age(start: date, end: date) -> float:
        return (end - start) / timedelta(days=1) / unit.days

    return Histories.from_columns(
        frequency=[len(spends) for spends in repeats],
        last_purchase_age=[*map(age, firsts, lasts)],
        age=[age(first, until) for first in firsts],
        unit=unit,
        mean_spend=[float(sum(each) / len(each)) if each else None for each in repeats],
        customers=customers,
        as_of=until,
        currency="USD",
    )


@cache
def holdout_purchases() -> tuple[int, ...]:
    """Return on how many days of the 39 weeks after each customer of the sample has bought."""
    days: dict[CustomerId, set[date]] = defaultdict(set)
    for customer, day, _, _ in rows():
        if CALIBRATION_END < day <= HOLDOUT_END:
            days[customer].add(day)
    return tuple(len(days[customer]) for customer in calibration().customers or ())


@cache
def donations() -> Histories:
    """Return the donors of 1995, each kind once with its weight; a year is an opportunity."""
    with (DATA / "donations.csv").open(encoding="utf-8", newline="") as file:
        table = [{name: int(value) for name, value in row.items()} for row in csv.DictReader(file)]
    return Histories.from_columns(
        frequency=[row["frequency"] for row in table],
        last_purchase_age=[row["recency"] for row in table],
        age=[row["periods"] for row in table],
        unit=YEAR,
        weight=[row["weights"] for row in table],
    )
