"""Breaking a goal down into months and quarters, and adding these up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period
from crmcore.cascades import break_down, cascade
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.goals import Goal, GoalId, Mode, Trajectory
from crmcore.kernel import ResponsibilityId

MakeGoal = Callable[..., Goal]

YEAR = Period(date(1998, 1, 1), date(1999, 1, 1))
WEIGHTS = st.lists(st.integers(0, 30), min_size=12, max_size=12).filter(any)


def test_quarters_follow_the_plan(goal: MakeGoal) -> None:
    """Weights 4, 3, 2, 1 make 40, 30, 20 and 10 orders of 100."""
    front = Trajectory.weighted([4, 3, 2, 1], YEAR, Grain.QUARTER)

    parts = break_down(goal("all", 100, trajectory=front), Grain.QUARTER)

    assert [str(part.target) for part in parts] == ["40", "30", "20", "10"]
    assert [str(part.weight) for part in parts] == ["0.4", "0.3", "0.2", "0.1"]
    first = parts[0]
    assert (first.id, first.parent, first.name) == ("all-1998-Q1", "all", "Goal all, 1998-Q1")
    assert first.review_days == (date(1998, 4, 1),)
    assert first.trajectory.is_straight


def test_a_straight_line_goes_by_days(goal: MakeGoal) -> None:
    """365 orders in 1998 are one a day: 31 in January, 28 in February."""
    parts = break_down(goal("all", 365), Grain.MONTH, digits=0)

    assert [int(part.target) for part in parts[:3]] == [31, 28, 31]


@given(WEIGHTS, st.integers(1, 10**9), st.one_of(st.none(), st.integers(0, 4)))
def test_the_months_of_what_adds_up_sum_to_the_year(
    goal: MakeGoal, weights: list[int], target: int, digits: int | None
) -> None:
    """To the last digit, however they are rounded; and the cascade says so."""
    path = Trajectory.weighted(weights, YEAR, Grain.MONTH)
    year = goal("all", target, baseline=-1, trajectory=path)

    parts = break_down(year, Grain.MONTH, digits=digits)

    tree = cascade([year, *parts], company="acme")
    assert len(parts) == sum(1 for weight in weights if weight)
    assert tree.node("all").total == target
    assert tree.findings == ()


@given(WEIGHTS)
def test_the_months_of_a_level_lead_from_one_to_the_next(
    goal: MakeGoal, weights: list[int]
) -> None:
    """The first begins at the baseline, each where the last one ended, the last at the target."""
    path = Trajectory.weighted(weights, YEAR, Grain.MONTH)
    year = goal("all", 5000, baseline=4000, kpi="customer_base", trajectory=path)

    parts = break_down(year, Grain.MONTH)

    assert parts[0].baseline == 4000
    assert parts[-1].target == 5000
    for before, after in pairwise(parts):
        assert before.target == after.baseline
        assert before.target < after.target


def test_the_last_month_of_a_stock_is_the_year(goal: MakeGoal) -> None:
    """A customer base of 5,000 in December is the year's 5,000."""
    year = goal("all", 5000, baseline=4000, kpi="customer_base")

    tree = cascade([year, *break_down(year, Grain.MONTH)], company="acme")

    assert tree.node("all").total == 5000
    assert tree.findings == ()


def test_a_month_for_which_nothing_is_planned_has_no_goal(goal: MakeGoal) -> None:
    """Steps in March and June make goals for February, May and December only."""
    steps = Trajectory.steps({date(1998, 3, 1): "0.5", date(1998, 6, 1): "0.8"})
    year = goal("all", "0.82", baseline="0.72", kpi="retention_rate", trajectory=steps)

    parts = break_down(year, Grain.MONTH)

    assert [(str(part.period), str(part.target)) for part in parts] == [
        ("1998-02", "0.77"),
        ("1998-05", "0.8"),
        ("1998-12", "0.82"),
    ]
    assert {part.weight for part in parts} == {None}


def test_a_part_is_a_goal_of_its_own() -> None:
    """It was never revised nor saved, and says its number as a number."""
    year = Goal.relative(
        "0.1",
        baseline=1000,
        id=GoalId("all"),
        name="More",
        kpi="orders",
        period=YEAR,
        responsibility=ResponsibilityId("intake"),
        revision=2,
        version=7,
    )

    part = break_down(year, Grain.QUARTER)[0]

    assert (part.mode, part.revision, part.version) == (Mode.ABSOLUTE, 0, 0)
    assert part.responsibility is None
    assert round(part.baseline, 2) == Decimal("246.58")
    assert round(part.target, 2) == Decimal("271.23")


def test_a_target_of_many_digits_can_be_divided(goal: MakeGoal) -> None:
    """Parts are rounded to digits that a goal can hold, and sum to it all the same."""
    year = goal("all", "123456789012345.123456789012345")

    parts = break_down(year, Grain.MONTH)

    with localcontext(prec=60):
        assert sum(part.target for part in parts) == year.target


# What is not divided.


def test_a_rank_has_no_parts(goal: MakeGoal) -> None:
    """Half a rank is none."""
    with pytest.raises(InvalidValueError, match="goal must not be for a rank, which has no parts"):
        break_down(goal("all", 1, baseline=5, mode=Mode.RANK), Grain.QUARTER)


@pytest.mark.parametrize(
    "period",
    [Period(date(1998, 1, 5), date(1998, 1, 9)), Period(date(1998, 1, 1), date(1998, 2, 2))],
)
def test_a_period_is_made_up_of_its_parts(goal: MakeGoal, period: Period) -> None:
    """Five days are no month, and a month and a day are more than one."""
    crooked = attrs.evolve(goal("all", 10), period=period)

    with pytest.raises(InvalidValueError, match="goal must have a period made up of whole per"):
        break_down(crooked, Grain.MONTH)


def test_an_unknown_kpi_is_not_divided(goal: MakeGoal) -> None:
    """Nobody knows whether it adds up."""
    with pytest.raises(UnknownNameError, match="unknown KPI 'order'; did you mean 'orders'"):
        break_down(goal("all", 1, kpi="order"), Grain.MONTH)


def test_a_month_that_few_digits_cannot_tell_has_no_goal(goal: MakeGoal) -> None:
    """From 80 % to 81 % in whole points there is one step, in the month that rounds up to it."""
    year = goal("all", "0.81", baseline="0.80", kpi="retention_rate")

    parts = break_down(year, Grain.MONTH, digits=2)

    assert [(str(p.period), str(p.baseline), str(p.target)) for p in parts] == [
        ("1998-07", "0.8", "0.81")
    ]
    assert parts[0].weight is None


def test_five_orders_make_five_months(goal: MakeGoal) -> None:
    """A month that is to bring none of them gets no goal, and the others sum to all."""
    parts = break_down(goal("few", 5), Grain.MONTH, digits=0)

    assert [part.target for part in parts] == [1] * 5


def test_a_month_that_would_bring_just_as_much_as_before_needs_more_digits(goal: MakeGoal) -> None:
    """1,206 orders after 1,200, in twelve equal months: in whole orders every other has no way."""
    even = Trajectory.weighted([1] * 12, YEAR, Grain.MONTH)
    year = goal("all", 1206, baseline=1200, trajectory=even)

    with pytest.raises(InvalidValueError, match=r"digits must be more: 1998-\d\d is to bring 100,"):
        break_down(year, Grain.MONTH, digits=0)


def test_what_is_broken_down_is_looked_at_first(goal: MakeGoal) -> None:
    """Shares are no grain, and neither is a word; and a list of goals is no goal."""
    whole = goal("all", 100)
    shares: Any = {"north": "0.6"}
    word: Any = "month"
    several: Any = [whole]
    half: Any = 0.5

    for refused in (shares, word):
        with pytest.raises(InvalidValueError, match=r"grain must be a grain, such as Grain\.MONTH"):
            break_down(whole, refused)
    with pytest.raises(InvalidValueError, match="goal must be one Goal"):
        break_down(several, Grain.MONTH)
    with pytest.raises(InvalidValueError, match="digits must be a whole number, or None"):
        break_down(whole, Grain.MONTH, digits=half)
