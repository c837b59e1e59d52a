"""Asking a trail."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext

import attrs
import pytest

from crmcore.activities import Channel, Direction, Interaction, InteractionId, Purchase, PurchaseId
from crmcore.criteria import F
from crmcore.customers import Customer
from crmcore.errors import InvalidValueError
from crmcore.features import FEATURES, CustomerFeatures, Trail, collect
from crmcore.kernel import CustomerId, Money
from crmcore.verdicts import Verdict

NORTHWIND = CustomerId("northwind")


@pytest.fixture
def trail() -> Trail:
    """Northwind: known since New Year, bought in January, March and May, called in April."""
    purchases = [
        Purchase(
            id=PurchaseId(f"p-{month}"),
            customer=NORTHWIND,
            at=datetime(1998, month, 10, 15, tzinfo=UTC),
            amount=Money(Decimal(amount), "USD"),
        )
        for month, amount in ((1, "40.00"), (3, "60.00"), (5, "75.00"))
    ]
    calls = [
        Interaction(
            id=InteractionId(f"i-{hour}"),
            customer=NORTHWIND,
            at=datetime(1998, 4, day, hour, tzinfo=UTC),
            channel=Channel.CALL,
            direction=Direction.OUTBOUND,
        )
        for day, hour in ((1, 9), (1, 10), (30, 9))
    ]
    known = Customer(id=NORTHWIND, name="Northwind", known_since=date(1998, 1, 1))
    trails = collect(purchases, zone="UTC", currency="USD", interactions=calls, customers=[known])
    return trails[NORTHWIND]


def test_says_all_there_is_to_know(trail: Trail) -> None:
    """Each feature has the value that its description promises."""
    features = trail.at(date(1998, 6, 1), window_days=60)

    assert features == CustomerFeatures(
        customer=NORTHWIND,
        as_of=date(1998, 6, 1),
        first_purchase=date(1998, 1, 10),
        last_purchase=date(1998, 5, 10),
        days_since_last=22,
        age_days=142,
        known_days=151,
        frequency=3,
        recent_frequency=1,
        spend=Decimal("175.00"),
        mean_spend=Decimal("175.00") / 3,
        recent_spend=Decimal("75.00"),
        earlier_spend=Decimal("60.00"),
        trend=Decimal("0.25"),
        contacts=3,
        recent_contacts=1,
        days_since_contact=32,
    )


def test_what_happens_on_the_day_itself_does_not_count(trail: Trail) -> None:
    """A purchase is known when the next day begins."""
    assert trail.at(date(1998, 3, 10)).frequency == 1
    assert trail.at(date(1998, 3, 11)).frequency == 2
    assert trail.at(date(1998, 3, 11)).days_since_last == 1


def test_what_is_missing_is_none_and_a_zero_is_real(trail: Trail) -> None:
    """Before anything has happened the counts are 0, and days and means are not told."""
    features = trail.at(date(1998, 1, 1))

    assert features == CustomerFeatures(customer=NORTHWIND, as_of=date(1998, 1, 1))
    assert (features.frequency, features.contacts) == (0, 0)
    assert (features.days_since_last, features.known_days, features.trend) == (None, None, None)


def test_a_window_begins_with_its_first_day(trail: Trail) -> None:
    """A window of 22 days holds the purchase of 22 days ago, and one of 21 days does not."""
    assert trail.at(date(1998, 6, 1), window_days=22).recent_frequency == 1
    assert trail.at(date(1998, 6, 1), window_days=21).recent_frequency == 0
    assert trail.at(date(1998, 6, 1), window_days=21).recent_spend == 0


def test_there_is_no_trend_from_nothing(trail: Trail) -> None:
    """Growth from 0, or from more refunds than purchases, is undefined."""
    owed = Trail(customer=NORTHWIND, money_days=(1, 40), totals=(Decimal(-5), Decimal(5)))

    assert trail.at(date(1998, 6, 1), window_days=30).trend is None
    assert owed.at(date.fromordinal(61), window_days=30).trend is None


def test_counts_between_two_days(trail: Trail) -> None:
    """Between two days the first counts and the last does not, and parts add up to the whole."""
    march, may, june = date(1998, 3, 10), date(1998, 5, 10), date(1998, 6, 1)

    assert trail.first_day == date(1998, 1, 10)
    assert trail.occasions_between(march, may) == 1
    assert trail.purchases_between(march, june) == 2
    assert trail.spend_between(march, may) == Decimal("60.00")
    assert trail.spend_between(may, june) == Decimal("75.00")
    assert trail.spend_between(march, june) == Decimal("135.00")
    assert trail.spend_between(june, june) == 0


def test_the_callers_context_changes_nothing(trail: Trail) -> None:
    """Whoever works with three digits gets the same features."""
    with localcontext() as context:
        context.prec = 3
        rough = trail.at(date(1998, 6, 1), window_days=60)

    assert repr(rough) == repr(trail.at(date(1998, 6, 1), window_days=60))


def test_a_window_has_a_day_at_least(trail: Trail) -> None:
    """A window without days is refused."""
    with pytest.raises(InvalidValueError, match=r"window_days must be at least 1 \(got 0\)"):
        trail.at(date(1998, 6, 1), window_days=0)


def test_an_instant_is_no_day(trail: Trail) -> None:
    """An instant, which Python takes for a date, is refused."""
    with pytest.raises(InvalidValueError, match="as_of must be a day, not an instant"):
        trail.at(datetime(1998, 6, 1, tzinfo=UTC))


def test_criteria_read_the_features(trail: Trail) -> None:
    """The schema knows every field, and what has not been judged yet is unknown."""
    features = trail.at(date(1998, 6, 1))

    assert FEATURES.faults((F.days_since_last > 90) & (F.tier == "gold")) == ()
    assert [str(f) for f in FEATURES.faults(F.frequenzy > 1)] == [
        "gt: unknown field 'frequenzy'; did you mean 'frequency'?"
    ]
    assert (F.frequency >= 3).holds(features)
    assert (F.tier == "gold").evaluate(features) is Verdict.UNKNOWN


def test_rules_may_calculate_with_features() -> None:
    """The bounds of the counts let any two of them be added, multiplied and divided."""
    counts = [name for name, column in FEATURES.columns if column.kind.name == "INT"]

    for one, other in itertools.product(counts, repeat=2):
        assert FEATURES.faults(F[one] * F[other] - F[one] > 1) == ()
        assert FEATURES.faults(F[one] / F[other] > F.spend / F[one]) == ()
    assert FEATURES.faults(F.recent_spend - F.earlier_spend > F.mean_spend * 2) == ()


def test_rules_may_ask_for_what_models_predict(trail: Trail) -> None:
    """A prediction is unknown until a model was asked, and may be compared with what happened."""
    told = (F.alive < Decimal("0.5")) & (F.lifetime_value >= F.mean_spend * 2)
    features = trail.at(date(1998, 6, 1))
    predicted = attrs.evolve(features, alive=Decimal("0.3125"), lifetime_value=Decimal("150.00"))

    assert FEATURES.faults(told & (F.expected_purchases > F.recent_frequency)) == ()
    assert told.evaluate(features) is Verdict.UNKNOWN
    assert told.holds(predicted)
