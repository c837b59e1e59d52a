"""How points melt away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import months_after
from crmcore.criteria import F
from crmcore.errors import InvalidValueError
from crmcore.scoring import HalfLife, Linear, Step

TODAY = date(2026, 9, 30)
DECAYS = st.one_of(
    st.builds(HalfLife, days=st.integers(1, 400), since=st.just("day")),
    st.builds(
        HalfLife, days=st.integers(1, 400), since=st.just("day"), continuous=st.just(value=True)
    ),
    st.builds(Linear, days=st.integers(1, 400), since=st.just("day")),
    st.just(Step(since="day", days={30: "0.5", 60: 0})),
    st.just(Step(since="day", months={1: "0.75", 4: "0.25"})),
)


def left(decay: HalfLife | Linear | Step, age: int) -> Decimal:
    """Return the share that is left after so many days."""
    return decay.factor(TODAY - timedelta(days=age), as_of=TODAY)


@pytest.mark.parametrize(
    ("age", "share"),
    [(0, "1"), (3, "1"), (4, "0.82"), (7, "0.707"), (13, "0.58"), (14, "0.5"), (28, "0.25")],
)
def test_half_is_left_after_a_half_life(age: int, share: str) -> None:
    """A half-life of 14 days is sampled about every three and a half days, in thousandths."""
    assert left(HalfLife(days=14, since=F.day), age) == Decimal(share)


def test_nothing_is_left_beyond_the_horizon() -> None:
    """After four half-lives, or a stated horizon, the points are gone."""
    assert left(HalfLife(days=14, since=F.day), 55) == Decimal("0.073")
    assert left(HalfLife(days=14, since=F.day), 56) == 0
    assert left(HalfLife(days=14, since=F.day, horizon=28), 27) == Decimal("0.263")
    assert left(HalfLife(days=14, since=F.day, horizon=28), 28) == 0


@pytest.mark.parametrize(("age", "share"), [(0, "1"), (30, "0.5"), (60, "0"), (90, "0")])
def test_linear_decay_is_gone_when_its_days_are(age: int, share: str) -> None:
    """Half a month's worth of decay a month: half is left after one, nothing after two."""
    assert left(Linear(days=60, since=F.day), age) == Decimal(share)


def test_a_short_decay_steps_with_every_day() -> None:
    """Where sixteen steps would split a day, there is one step a day."""
    assert [left(Linear(days=4, since=F.day), age) for age in range(6)] == [
        *(Decimal(1), Decimal("0.75"), Decimal("0.5"), Decimal("0.25"), Decimal(0), Decimal(0))
    ]
    assert left(HalfLife(days=1, since=F.day), 1) == Decimal("0.5")


@pytest.mark.parametrize(
    ("idle_since", "share"),
    [
        (date(2024, 10, 1), "1"),
        (date(2024, 9, 30), "0.75"),
        (date(2022, 10, 1), "0.75"),
        (date(2022, 9, 30), "0.25"),
        (date(2010, 1, 1), "0.25"),
    ],
)
def test_steps_fall_on_calendar_months(idle_since: date, share: str) -> None:
    """Three quarters are left from 24 months of idleness on, one quarter from 48 on."""
    decay = Step(since=F.day, months={48: "0.25", 24: "0.75"})

    assert decay.factor(idle_since, as_of=TODAY) == Decimal(share)


def test_steps_fall_on_days() -> None:
    """A step by days counts from the stated age on."""
    decay = Step(since=F.day, days=[(30, "0.5"), (60, 0)])

    assert [left(decay, age) for age in (29, 30, 59, 60)] == [1, Decimal("0.5"), Decimal("0.5"), 0]


STEPPED = DECAYS.filter(lambda decay: not getattr(decay, "continuous", False))


@given(STEPPED, st.dates(date(1999, 12, 25), date(2028, 3, 31)), st.integers(-5, 1700))
def test_steps_are_the_same_in_days(decay: HalfLife | Linear | Step, as_of: date, age: int) -> None:
    """Comparing days with the steps, as other engines do, gives the factor, at most 16 times."""
    day = as_of - timedelta(days=age)

    steps = decay.steps(as_of=as_of)

    left = next((thousandths for last, thousandths in steps if day <= last), 1000)
    assert Decimal(left) / 1000 == decay.factor(day, as_of=as_of)
    assert list(steps) == sorted(steps)
    assert len(steps) <= 16


@pytest.mark.parametrize("decay", [Step(days={151: "0.5"}), Step(months={5: "0.5"})])
def test_the_calendar_begins_with_its_first_day(decay: Step) -> None:
    """A step on the very first day is one; one step earlier there is none, and nothing fails."""
    first = date(1, 1, 1)

    assert decay.steps(as_of=date(1, 6, 1)) == ((first, 500),)
    assert decay.factor(first, as_of=date(1, 6, 1)) == Decimal("0.5")
    assert decay.steps(as_of=date(1, 5, 31)) == ()
    assert decay.factor(first, as_of=date(1, 5, 31)) == 1


def test_a_curve_has_no_steps() -> None:
    """A continuous half-life cannot be sampled, because then it would be another."""
    curve = HalfLife(days=14, since=F.day, continuous=True)

    with pytest.raises(InvalidValueError, match="half-life must be sampled in steps"):
        curve.steps(as_of=TODAY)


@given(DECAYS, st.integers(-50, 0))
def test_what_lies_ahead_is_not_old(decay: HalfLife | Linear | Step, age: int) -> None:
    """A date to come never gives more than the full points."""
    assert left(decay, age) == 1


@given(DECAYS, st.integers(0, 2000), st.integers(0, 2000))
def test_points_never_grow_back(decay: HalfLife | Linear | Step, one: int, other: int) -> None:
    """What is older has no more left, and no share lies outside 0 and 1."""
    younger, older = sorted((one, other))

    assert 0 <= left(decay, older) <= left(decay, younger) <= 1


@given(st.integers(1, 400), st.integers(0, 1600))
def test_the_continuous_half_life_is_the_formula(days: int, age: int) -> None:
    """The curve agrees with the power of a float to nine digits."""
    share = left(HalfLife(days=days, since="day", continuous=True), age)

    assert abs(float(share) - 0.5 ** (age / days)) < 1e-9


@given(st.integers(4, 400), st.integers(0, 1599))
def test_the_steps_follow_the_curve(days: int, age: int) -> None:
    """Sampled, it is never below the curve, nor above what that was one step earlier."""
    age = min(age, 4 * days - 1)
    step = days / 4

    sampled = left(HalfLife(days=days, since="day"), age)

    assert 0.5 ** (age / days) - 0.0005 <= sampled <= 0.5 ** ((age - step) / days) + 0.0005


@given(DECAYS, st.integers(0, 500))
def test_the_context_of_the_caller_changes_nothing(
    decay: HalfLife | Linear | Step, age: int
) -> None:
    """Two digits of precision elsewhere leave every factor as it is."""
    expected = left(decay, age)

    with localcontext() as context:
        context.prec = 2
        assert left(decay, age) == expected


def test_months_never_drift() -> None:
    """A step falls on the day that the calendar gives."""
    decay = Step(since=F.day, months={1: "0.5"})

    for day in (date(2026, 3, 31), date(2024, 3, 30), date(2026, 3, 1)):
        assert decay.factor(months_after(day, -1), as_of=day) == Decimal("0.5")
        assert decay.factor(months_after(day, -1) + timedelta(days=1), as_of=day) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HalfLife(days=0, since="day"), "days must be a whole number of days, 1 to 36,525"),
        (lambda: HalfLife(days=True, since="day"), "days must be a whole number of days"),
        (lambda: HalfLife(days=14, since="day", horizon=0), "horizon must be a whole number"),
        (lambda: HalfLife(days=14, since="two words"), "field must be a plain name"),
        (lambda: _half_life(continuous="yes"), "continuous must be true or false"),
        (lambda: Linear(days=40_000, since="day"), "days must be a whole number of days"),
        (lambda: Step(since="day"), "step must state its ages in days or in months"),
        (lambda: Step(since="day", days={1: 0}, months={1: 0}), "in days or in months"),
        (lambda: _step({0: "0.5"}), "step must have ages from 1 to 36,525"),
        (lambda: _step({40_000: "0.5"}), "step must have ages from 1 to 36,525"),
        (lambda: Step(months={1201: 0}), "step must have ages from 1 to 1,200"),
        (lambda: _step({"a": "0.5"}), "step must be pairs of a whole age and the share"),
        (lambda: _step([5]), "step must be pairs of a whole age and the share"),
        (lambda: _step([()]), "step must be pairs of a whole age and the share"),
        (lambda: _step({1: 1}), "step must have shares that fall from below 1 to 0 or more"),
        (lambda: _step({1: "0.5", 2: "0.5"}), "step must have shares that fall"),
        (lambda: _step({1: "-0.5"}), "step must have shares that fall"),
        (lambda: _step({1: "0.1234"}), "step must have shares of whole thousandths"),
        (lambda: _step({1: "half"}), "step must be a decimal number"),
        (lambda: _step({age: 1 - Decimal(age) / 100 for age in range(1, 18)}), "at most 16 ages"),
    ],
    ids=count(),
)
def test_what_is_refused(make: Callable[[], object], message: str) -> None:
    """A decay that grows, splits a thousandth or has no end is refused when it is built."""
    with pytest.raises(InvalidValueError, match=message):
        make()


def _half_life(**options: Any) -> HalfLife:  # noqa: ANN401 - whatever a file may say
    return HalfLife(days=14, since="day", **options)


def _step(days: Any) -> Step:  # noqa: ANN401 - whatever a file may say
    return Step(since="day", days=days)
