"""Features against the algebra of measures and against another library, on real purchases."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Period
from crmcore.features import Trail, collect
from crmcore.kernel import CustomerId, Money
from crmcore.measures import Count, Last, Mean, Sum, Value, evaluate

NEW_YORK = "America/New_York"
BEGIN, END = date(1997, 1, 1), date(1997, 10, 1)


@pytest.fixture(scope="module")
def lifetimes() -> Any:  # noqa: ANN401 - a package without types
    """The package of C. Davidson-Pilon, where it is installed; it warns when it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("lifetimes", reason="a peer that only comparisons need")


@pytest.fixture(scope="module")
def purchases(lifetimes: Any) -> tuple[Purchase, ...]:  # noqa: ANN401
    """The CDNOW sample of Fader and Hardie: 6,919 purchases of 2,357 customers."""
    file = Path(lifetimes.__file__).parent / "datasets" / "CDNOW_sample.txt"
    found = []
    for number, line in enumerate(file.read_text().splitlines()):
        _, customer, day, quantity, amount = line.split()
        found.append(
            Purchase(
                id=PurchaseId(f"p-{number}"),
                customer=CustomerId(customer),
                at=datetime.strptime(day, "%Y%m%d").replace(tzinfo=ZoneInfo(NEW_YORK)),
                amount=Money(Decimal(amount), "USD"),
                quantity=int(quantity),
            )
        )
    return tuple(found)


@pytest.fixture(scope="module")
def trails(purchases: tuple[Purchase, ...]) -> Mapping[CustomerId, Trail]:
    """Their trails."""
    return collect(purchases, zone=NEW_YORK, currency="USD")


def test_the_measures_say_the_same(
    purchases: tuple[Purchase, ...], trails: Mapping[CustomerId, Trail]
) -> None:
    """Count, sum and last by customer over the same days are what the trails say."""
    table = evaluate(
        {"purchases": Count(), "spend": Sum("amount.amount"), "last": Last("amount.amount")},
        purchases,
        periods=Period(BEGIN, END),
        day="at",
        zone=NEW_YORK,
        by="customer",
        as_of=END,
    )

    assert len(table.groups) == 2357
    for (customer,) in table.groups:
        assert isinstance(customer, str)
        trail = trails[CustomerId(customer)]
        count = table.value("purchases", group=(customer,))
        spend = table.value("spend", group=(customer,))
        assert isinstance(count, Value)
        assert isinstance(spend, Value)
        assert count.number == trail.purchases_between(BEGIN, END)
        assert spend.number == trail.spend_between(BEGIN, END) == trail.at(END).spend


def test_the_mean_of_all_customers_agrees(
    purchases: tuple[Purchase, ...], trails: Mapping[CustomerId, Trail]
) -> None:
    """All that customers spent is all that was sold."""
    table = evaluate(
        {"mean": Mean("amount.amount")},
        purchases,
        periods=Period(BEGIN, END),
        day="at",
        zone=NEW_YORK,
        as_of=END,
    )
    mean = table.value("mean")

    assert isinstance(mean, Value)
    assert mean.numerator == sum(trail.at(END).spend for trail in trails.values())
    assert mean.n == sum(trail.purchases_between(BEGIN, END) for trail in trails.values())


def test_lifetimes_says_the_same(
    lifetimes: Any,  # noqa: ANN401
    purchases: tuple[Purchase, ...],
    trails: Mapping[CustomerId, Trail],
) -> None:
    """Its frequency counts the occasions after the first, its recency is the age at the last."""
    pandas = pytest.importorskip("pandas")
    new_york = ZoneInfo(NEW_YORK)
    frame = pandas.DataFrame(
        {
            "customer": [p.customer for p in purchases],
            "day": [p.at.astimezone(new_york).replace(tzinfo=None) for p in purchases],
        }
    )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = lifetimes.utils.summary_data_from_transaction_data(
            frame,
            "customer",
            "day",
            observation_period_end=datetime(1997, 9, 30),  # noqa: DTZ001
        )

    assert len(peer) == len(trails)
    for customer, row in peer.iterrows():
        features = trails[customer].at(END)
        assert features.last_purchase is not None
        assert features.first_purchase is not None
        assert features.age_days is not None
        assert row["frequency"] == features.frequency - 1
        assert row["recency"] == (features.last_purchase - features.first_purchase).days
        assert row["T"] == features.age_days - 1  # it ends with the last day, not after it


def test_the_published_counts(trails: Mapping[CustomerId, Trail]) -> None:
    """The repeat purchases of the first 39 weeks are those that the literature reports.

    P. S. Fader, B. G. S. Hardie and K. L. Lee, "Counting Your Customers the Easy Way",
    Marketing Science 24(2), 2005: of 2,357 customers 1,411 bought only once.
    """
    repeats = Counter(trail.at(END).frequency - 1 for trail in trails.values())

    assert len(trails) == 2357
    assert repeats[0] == 1411
