"""Fitting constants to the fields that they meet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from crmcore.criteria import (
    EVERYTHING,
    Criterion,
    F,
    Schema,
    any_of,
    as_of,
    named,
    unless,
)

SCHEMA = Schema.of(
    visits=int,
    spend=Decimal,
    share=float | None,
    tier=str | None,
    joined=date,
    tags=frozenset[str],
)


@pytest.mark.parametrize(
    ("criterion", "fitted"),
    [
        (F.spend > 12.5, F.spend > Decimal("12.5")),
        (F.spend == 0.1, F.spend == Decimal("0.1")),
        (F.spend.between(0.5, 1.5), F.spend.between(Decimal("0.5"), Decimal("1.5"))),
        (F.spend.in_([0.5, 1, 2.0]), F.spend.in_([Decimal("0.5"), 1, Decimal(2)])),
        (F.spend.differs(0.5), F.spend.differs(Decimal("0.5"))),
        (F.spend + 0.5 > 1, F.spend + Decimal("0.5") > 1),
        (0.5 - F.spend > 1, Decimal("0.5") - F.spend > 1),
        (F.spend * 2.0 > 1, F.spend * 2 > 1),
        (Decimal("2.0") * F.spend > 1, 2 * F.spend > 1),
        (F.spend.otherwise(0) > 1, F.spend.otherwise(Decimal(0)) > 1),
        (F.spend.otherwise(0.5) > 1, F.spend.otherwise(Decimal("0.5")) > 1),
        (F.spend / 0.5 > Decimal("1.5"), F.spend / Decimal("0.5") > 1.5),
        (F.visits / 2.0 > 1, F.visits / 2 > 1),
        (F.visits / 0.5 > 1, F.visits / Decimal("0.5") > 1),
        (F.visits == 2.0, F.visits == 2),
        (F.visits.in_([1.0, 2.0]), F.visits.in_([1, 2])),
        (F.visits * Decimal(3) > 1, F.visits * 3 > 1),
        (F.visits.otherwise(0.0) > 1, F.visits.otherwise(0) > 1),
        (F.share > Decimal("0.5"), F.share > 0.5),
        (F.share + Decimal("0.5") > 1, F.share + 0.5 > 1),
        (F.share.otherwise(0) > 0.5, F.share.otherwise(0.0) > 0.5),
        (F.share * 2.0 > 1, F.share * 2 > 1),
        (abs(F.spend) > 1.5, abs(F.spend) > Decimal("1.5")),
        (F.spend / F.visits > Decimal("1.5"), F.spend / F.visits > 1.5),
        (F.tier.length() == 2.0, F.tier.length() == 2),
    ],
    ids=count(),
)
def test_a_constant_takes_the_kind_of_its_field(criterion: Criterion, fitted: Criterion) -> None:
    """What the check refuses only for the kind of a constant, it lets through when it is fitted."""
    assert SCHEMA.faults(criterion)
    assert SCHEMA.fit(criterion) == fitted
    assert SCHEMA.faults(fitted) == ()


@pytest.mark.parametrize(
    "criterion",
    [
        F.visits > 1.5,
        F.visits > 2.0,
        F.visits >= Decimal(2),
        F.visits.in_([Decimal("1.5"), 2]),
        F.visits + 0.5 > F.share,
        F.spend > 1,
        F.spend * 2 + 1 > F.visits,
        F.share > 1,
        F.visits / F.spend > 0.5,
        (F.tier == "gold") | F.tags.has("vip"),
        F.tier.otherwise("none").starts_with("g"),
        (F.spend + 1).is_missing(),
        F.joined > as_of.shift(months=-1),
        F.joined.days_until(as_of) > 30,
        any_of() | ~EVERYTHING,
        named("dach", unless(F.visits > F.spend)),
    ],
    ids=count(),
)
def test_what_is_in_order_stays(criterion: Criterion) -> None:
    """Whole numbers and what is well typed are left alone, and shape and fingerprint stay."""
    assert SCHEMA.faults(criterion) == ()
    assert SCHEMA.fit(criterion) == criterion


@pytest.mark.parametrize(
    "criterion",
    [
        F.spend > 1e-30,
        F.spend > 1e30,
        F.visits.otherwise(0.5) > 1,
        F.share * 0.5 > 1,
        F.spend * 0.5 > 1,
        F.tier == 0.5,
        F.tier + 0.5 > 1,
        F.nobody > 0.5,
        F.nobody + 0.5 > 1,
        F.nobody.otherwise(0.5) > 1,
        F.spend.otherwise(F.nobody) > 1,
        F.tier.otherwise(0.5) == "gold",
        F.share == Decimal("0.5"),
        abs(F.tier) > 0.5,
        F.nobody.in_([0.5]),
    ],
    ids=count(),
)
def test_what_cannot_fit_stays_a_fault(criterion: Criterion) -> None:
    """Fitting guesses nothing: whatever is wrong is still there to be told."""
    assert SCHEMA.faults(SCHEMA.fit(criterion))


def test_fitting_reaches_every_part() -> None:
    """Within any shape, and only there, a constant is fitted; twice is as good as once."""
    criterion = named("dach", unless(~(F.spend > 0.5) | (F.share > 0.5)) & F.tags.has("a"))

    fitted = SCHEMA.fit(criterion)

    assert fitted == named(
        "dach", unless(~(F.spend > Decimal("0.5")) | (F.share > 0.5)) & F.tags.has("a")
    )
    assert SCHEMA.fit(fitted) == fitted
