"""What engines disagree about, and the rule that keeps each disagreement out of a criterion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from crmcore.criteria import Column, Criterion, F, Schema, as_of, named, unless
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.verdicts import Verdict

TODAY = date(2026, 9, 30)
NAN = float("nan")
SCHEMA = Schema.of(
    visits=int,
    spend=Decimal,
    share=float,
    tier=str | None,
    joined=date,
    seen=datetime,
    tags=frozenset[str],
)


def _refused(criterion: Criterion, message: str) -> None:
    with pytest.raises(FaultsError, match=message):
        SCHEMA.check(criterion)


def test_a_comparison_with_nothing_is_unknown() -> None:
    """Row 1: null is neither more nor less, where NumPy says no and most engines raise."""
    for criterion in (F.visits > 5, F.visits == 5, F.visits != 5, F.visits + 1 > 5):
        assert criterion.evaluate({"visits": None}) is Verdict.UNKNOWN


def test_a_denial_of_unknown_is_unknown() -> None:
    """Row 2: the complement has words of its own, and they take whoever is unknown."""
    record: dict[str, Any] = {"visits": None}

    assert (~(F.visits > 5)).evaluate(record) is Verdict.UNKNOWN
    assert unless(F.visits > 5).evaluate(record) is Verdict.HOLDS
    assert F.visits.differs(5).evaluate(record) is Verdict.HOLDS
    assert (~named("busy", F.visits > 5)).evaluate(record) is Verdict.HOLDS


@pytest.mark.parametrize("values", [[], [1, None], [NAN]])
def test_a_list_holds_something_and_no_gap(values: list[Any]) -> None:
    """Row 3: null in a list, and a list of nothing, mean something else on each engine."""
    with pytest.raises(InvalidValueError, match="must"):
        F.visits.in_(values)


def test_whole_numbers_stay_in_64_bits() -> None:
    """Row 4: some engines wrap silently, some raise, some go on; none gets the chance."""
    _refused(F.visits * F.visits > 5, "visits must stay within 64 bits")
    SCHEMA.bounded(visits=(0, 10_000)).check(F.visits * F.visits > 5)


def test_constants_are_calculated_before_anything_runs() -> None:
    """Row 5: Python has multiplied them, in numbers of any width, and each side has a field."""
    criterion = F.visits > 1_000_000 * 1_000_000

    assert criterion == (F.visits > 10**12)
    assert criterion.holds({"visits": 10**12 + 1})
    with pytest.raises(InvalidValueError, match="must be between"):
        F.visits > 2**60  # noqa: B015 - it raises


@pytest.mark.parametrize(
    "mistake",
    [lambda: F.visits // 2, lambda: F.visits % 2, lambda: F.visits / 0],
    ids=["//", "%", "0"],
)
def test_a_quotient_is_a_float_or_missing(mistake: Callable[[], object]) -> None:
    """Row 6: no infinity, no error, no whole quotient, no remainder."""
    record = {"visits": 7, "spend": 0}

    with pytest.raises(InvalidValueError, match="must"):
        mistake()
    assert (F.visits / F.spend > 0).evaluate(record) is Verdict.UNKNOWN
    assert (F.visits / 2).in_([3.5]).holds(record)


@pytest.mark.parametrize("nan", [NAN, Decimal("NaN")])
def test_nan_is_missing(nan: object) -> None:
    """Row 7: it is not the greatest, not equal to itself and not less; it is not there."""
    record = {"share": nan}

    for criterion in (F.share > 0, F.share < 0, F.share == F.share, F.share != F.share):
        assert criterion.evaluate(record) is Verdict.UNKNOWN
    assert F.share.is_missing().holds(record)
    assert (F.share.otherwise(1) > 0).holds(record)


@pytest.mark.parametrize(
    "criterion", [F.share == 0.3, F.share != 0.3, F.share.in_([0.3]), F.visits / 3 == 1]
)
def test_floats_are_not_asked_for_equality(criterion: Criterion) -> None:
    """Row 8: the last digit of a sum depends on who added it up."""
    _refused(criterion, "not compared for equality")


def test_decimals_keep_their_digits() -> None:
    """Row 9: they are compared, added, subtracted and multiplied by whole constants, exactly."""
    third = SCHEMA["spend"].arithmetic("mul", Column.of(3))

    assert third.scale == SCHEMA["spend"].scale
    assert (F.spend * 3 == Decimal("0.3")).holds({"spend": Decimal("0.10")})
    assert (F.spend + F.spend - F.spend == F.spend).holds({"spend": Decimal("0.10")})
    _refused(F.spend * F.spend > 1, "have a constant whole number on one side")
    _refused(F.spend * Decimal("1.1") > 1, "have a constant whole number on one side")
    _refused(F.spend > 0.1, "not mix decimals with floats")
    _refused(F.spend > Decimal("0.123456"), "have at most 18 digits, 6 of them after the point")


def test_nothing_is_rounded() -> None:
    """Row 10: halves go to the even neighbour here and up there, so there is no rounding."""
    with pytest.raises(InvalidValueError, match="round must not be used"):
        round(F.spend)


def test_only_constants_are_moved_in_time() -> None:
    """Row 11: days of fields are compared or counted, never moved, and never meet instants."""
    criterion = F.joined < as_of.shift(months=-7)

    assert criterion.holds({"joined": date(2026, 2, 27)}, as_of=TODAY)
    assert not criterion.holds({"joined": date(2026, 2, 28)}, as_of=TODAY)
    with pytest.raises(InvalidValueError, match="be a number, text, yes or no, a date or"):
        F.joined + timedelta(days=30)
    _refused(F.joined < datetime(2026, 1, 1, tzinfo=UTC), "joined .* cannot be compared with")
    _refused(F.joined.days_until(F.seen) > 3, "count between dates, not from or to a datetime")


def test_instants_are_the_same_in_all_zones() -> None:
    """Row 12: a constant carries its zone and is kept in UTC, so that zones never decide."""
    shanghai = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))

    assert (F.seen < shanghai) == (F.seen < datetime(2026, 1, 1, tzinfo=UTC))
    assert (F.seen == shanghai).holds({"seen": datetime(2026, 1, 1, tzinfo=UTC)})
    with pytest.raises(InvalidValueError, match="must carry a time zone"):
        F.seen < datetime(2026, 1, 1)  # noqa: B015, DTZ001 - it raises


@pytest.mark.parametrize(
    ("criterion", "text", "verdict"),
    [
        (F.tier.starts_with("Stra"), "straße", Verdict.FAILS),
        (F.tier.contains("ss"), "straße", Verdict.FAILS),
        (F.tier.ends_with("aße"), "straße", Verdict.HOLDS),
        (F.tier.contains("%"), "straße", Verdict.FAILS),
        (F.tier.contains("_"), "a_b", Verdict.HOLDS),
        (F.tier == "e\u0301", "\u00e9", Verdict.FAILS),
        (F.tier == "gold ", "gold", Verdict.FAILS),
        (F.tier.length() == 6, "straße", Verdict.HOLDS),
        (F.tier.length() == 1, "😀", Verdict.HOLDS),
    ],
)
def test_text_is_compared_letter_by_letter(
    criterion: Criterion, text: str, verdict: Verdict
) -> None:
    """Row 13: case, accents, blanks and patterns mean themselves, and there is no order."""
    assert criterion.evaluate({"tier": text}) is verdict
    _refused(F.tier > "a", "has no order")


def test_whether_a_set_has_an_element_is_known() -> None:
    """Row 14: a field that holds a set has one, if it is empty; a missing one is unknown."""
    assert F.tags.has("vip").evaluate({"tags": frozenset()}) is Verdict.FAILS
    assert F.tags.has("vip").evaluate({"tags": None}) is Verdict.UNKNOWN
    assert not SCHEMA["tags"].nullable
