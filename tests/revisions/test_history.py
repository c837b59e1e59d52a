"""The history of a goal: each wording, the one in force on a day, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period, periods
from crmcore.errors import InvalidValueError
from crmcore.goals import Goal, GoalId, Mode, Status, Trajectory
from crmcore.kpis import KpiSeries, kpi
from crmcore.measures import Value
from crmcore.revisions import GoalHistory, Revision

YEAR = Period(date(1998, 1, 1), date(1999, 1, 1))
AGREED = Goal.relative(
    "0.10",
    baseline=1000,
    id=GoalId("more"),
    name="More orders",
    kpi="orders",
    period=YEAR,
    owner="wei",
)
MAY = datetime(1998, 5, 4, 9, 0, tzinfo=UTC)


def agreed(zone: str = "UTC") -> GoalHistory:
    """Return the history of a goal that was never changed."""
    return GoalHistory(first=AGREED, zone=zone)


def revised(at: datetime = MAY, target: int = 1050, reason: str = "A shop closes.") -> GoalHistory:
    """Return the history with one revision."""
    return agreed().revise(target=target, at=at, by="eva", reason=reason)


def orders(*numbers: int) -> KpiSeries:
    """Return orders by month from January 1998 on."""
    months = tuple(periods(Grain.MONTH, YEAR.start, YEAR.end))[: len(numbers)]
    values = tuple(
        Value(
            number=Decimal(number),
            numerator=Decimal(number),
            n=number,
            period=month,
            as_of=months[-1].end,
            definition="orders",
        )
        for month, number in zip(months, numbers, strict=True)
    )
    return KpiSeries(kpi=kpi("orders"), periods=months, values=values, as_of=months[-1].end)


# What a revision leaves behind.


def test_a_revision_makes_a_new_history_and_leaves_the_old_one() -> None:
    """Nothing is overwritten: the goal as agreed on is still there, and linked by its id."""
    before = agreed()

    after = before.revise(target=1050, at=MAY, by="eva", reason="A shop closes.")

    assert (before.goal, before.revisions) == (AGREED, ())
    assert after.first == AGREED
    assert after.goal == attrs.evolve(AGREED, target=1050, mode=Mode.ABSOLUTE, revision=1)
    (revision,) = after.revisions
    assert (revision.at, revision.by, revision.reason) == (MAY, "eva", "A shop closes.")


def test_a_new_target_is_a_stated_number() -> None:
    """The baseline stays, so that progress counts from where the goal began."""
    goal = revised().goal

    assert goal.mode is Mode.ABSOLUTE
    assert goal.baseline == 1000
    assert goal.progress(Decimal(1025)) == Decimal("0.5")


def test_a_goal_that_only_moves_keeps_its_mode() -> None:
    """A longer period for the same ten per cent is still ten per cent."""
    longer = Period(date(1998, 1, 1), date(1999, 7, 1))

    goal = agreed().revise(period=longer, at=MAY, by="eva", reason="Later.").goal

    assert (goal.mode, goal.period) == (Mode.RELATIVE, longer)
    assert goal.target == 1100


def test_a_new_rank_is_still_a_rank() -> None:
    """From the first rank to the second as the target."""
    first = Goal.rank(
        1, baseline=5, id=GoalId("best"), name="Best", kpi="industry_rank", period=YEAR
    )

    goal = GoalHistory(first=first, zone="UTC").revise(target=2, at=MAY, by="eva", reason="!").goal

    assert goal.mode is Mode.RANK


@pytest.mark.parametrize(
    ("changes", "en", "zh"),
    [
        ({"target": 1050}, "target 1100 → 1050", "目标值1100 → 1050"),
        ({"name": "Orders"}, "name More orders → Orders", "名称More orders → Orders"),
        ({"owner": "eva"}, "owner wei → eva", "负责人wei → eva"),
        ({"parent": "all"}, "parent – → all", "上级目标– → all"),
        ({"weight": "0.5"}, "weight – → 0.5", "权重– → 0.5"),
        (
            {"contributors": [("eva", "0.5"), ("wei", "0.5")]},
            "contributors – → eva=0.5, wei=0.5",
            "共同责任人– → eva=0.5, wei=0.5",
        ),
        (
            {"trajectory": Trajectory(points=[(date(1998, 7, 1), "0.4")])},
            "trajectory – → 1998-07-01=0.4",
            "计划进度– → 1998-07-01=0.4",
        ),
        (
            {"review_days": [date(1998, 7, 1), date(1998, 10, 1)]},
            "review days – → 1998-07-01, 1998-10-01",
            "检查日– → 1998-07-01, 1998-10-01",
        ),
        (
            {"period": Period(date(1998, 1, 1), date(1998, 7, 1)), "target": 500},
            "target 1100 → 500; period 1998 → 1998-01-01/1998-07-01",
            "目标值1100 → 500；周期1998 → 1998-01-01/1998-07-01",
        ),
    ],
)
def test_a_change_is_told_in_words(changes: dict[str, Any], en: str, zh: str) -> None:
    """From what to what, in both languages."""
    (told,) = agreed().revise(**changes, at=MAY, by="eva", reason="Because.").changes

    assert told.en == f"revision 1 of 1998-05-04 by eva: {en}"
    assert told.zh == f"1998-05-04由eva第1次修订：{zh}"


def test_the_reason_is_not_shown_where_a_revision_is_printed() -> None:
    """Somebody wrote it, and it may name people."""
    assert "A shop closes." not in repr(revised())
    assert "A shop closes." not in str(revised().changes)


# The goal in force.


@pytest.mark.parametrize(
    ("day", "target"),
    [
        (date(1997, 1, 1), 1100),
        (date(1998, 5, 4), 1100),
        (date(1998, 5, 5), 1050),
        (date(1998, 9, 1), 1050),
        (date(1998, 9, 2), 1075),
    ],
)
def test_a_day_is_judged_by_what_held_when_it_began(day: date, target: int) -> None:
    """What was changed on a day counts from the next one on."""
    history = revised().revise(
        target=1075, at=datetime(1998, 9, 1, tzinfo=UTC), by="eva", reason="It opens again."
    )

    assert history.in_force(day).target == target


def test_the_day_is_that_of_the_zone() -> None:
    """20:00 UTC on 4 May is 4:00 on 5 May in Shanghai, so that 5 May begins without it."""
    late = datetime(1998, 5, 4, 20, 0, tzinfo=UTC)
    history = agreed("Asia/Shanghai").revise(target=1050, at=late, by="eva", reason="!")

    assert history.in_force(date(1998, 5, 5)).target == 1100
    assert history.in_force(date(1998, 5, 6)).target == 1050
    assert history.changes[0].en.startswith("revision 1 of 1998-05-05 by eva")


STEPS = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 999)), min_size=1, max_size=6).filter(
    lambda steps: all(a[1] != b[1] for a, b in pairwise(steps))
)


@given(STEPS, st.integers(0, 300))
def test_the_last_change_before_a_day_is_in_force(steps: list[tuple[int, int]], days: int) -> None:
    """Whatever came after it; and what was in force stays so, whatever is revised later."""
    history, at, told = agreed(), MAY, []
    for hours, target in steps:
        at += timedelta(hours=hours)
        history = history.revise(target=target, at=at, by="eva", reason="!")
        told.append((at, target))
    day = MAY.date() + timedelta(days=days // 24)
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC)

    found = history.in_force(day)

    before = [target for at, target in told if at < begins]
    assert found.target == (before[-1] if before else 1100)
    later = history.revise(target=5000, at=at + timedelta(days=400), by="eva", reason="!")
    assert later.in_force(day) == found
    assert [each.goal.revision for each in later.revisions] == list(range(1, len(steps) + 2))


def test_an_assessment_is_of_the_goal_in_force() -> None:
    """88 orders a month are 1,056 a year: too few for 1,100, enough for 1,050."""
    series = orders(*[88, 87, 89, 88])

    before = revised().assess(series, as_of=date(1998, 5, 4))
    after = revised().assess(series, as_of=date(1998, 5, 5), previous=Status.ON_TRACK)

    assert (before.goal, before.status) == (AGREED, Status.OFF_TRACK)
    assert (after.goal, after.status) == (revised().goal, Status.ON_TRACK)


# What is no revision.


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": ""}, "reason must "),
        ({"reason": " \t"}, "reason must "),
        ({"by": " "}, "by must "),
        ({"at": datetime(1998, 5, 4, 9, 0)}, "at must carry a time zone"),  # noqa: DTZ001
        ({"target": "1100.0"}, "revisions must change something"),
        ({"target": None}, "revisions must change something"),
        ({"target": 1000}, "target must differ from the baseline, 1000"),
        ({"contributors": [("eva", "0.9")]}, "contributors must have shares that sum to 1"),
    ],
)
def test_what_is_no_revision_is_refused(changes: dict[str, Any], message: str) -> None:
    """A reason, somebody who answers for it, an aware instant, and something that changes."""
    asked = {"target": 1050, "at": MAY, "by": "eva", "reason": "A shop closes.", **changes}

    with pytest.raises(InvalidValueError, match=message):
        agreed().revise(**asked)


@pytest.mark.parametrize(
    "at",
    [
        MAY,
        MAY - timedelta(seconds=1),
        (MAY - timedelta(hours=1)).astimezone(timezone(timedelta(hours=8))),
    ],
)
def test_a_revision_comes_after_the_last_one(at: datetime) -> None:
    """History is written forwards."""
    with pytest.raises(InvalidValueError, match="at must be later than the one before, of 1998-05"):
        revised().revise(target=1060, at=at, by="eva", reason="Too late.")


def test_a_history_begins_with_the_goal_as_agreed_on() -> None:
    """Whoever starts from a revised goal would lose what was before."""
    with pytest.raises(InvalidValueError, match="first must be the goal as it was first agreed on"):
        GoalHistory(first=revised().goal, zone="UTC")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "other"}, "be about goal 'more' and its KPI, orders"),
        ({"kpi": "sales"}, "be about goal 'more' and its KPI, orders"),
        ({"revision": 2}, "be numbered without a gap: 1 comes next"),
    ],
)
def test_a_history_is_of_one_goal(changes: dict[str, Any], message: str) -> None:
    """Revisions that were read from elsewhere are checked as those that are made here."""
    strange = attrs.evolve(revised().revisions[0].goal, **changes)
    revision = Revision(goal=strange, at=MAY, by="eva", reason="!")

    with pytest.raises(InvalidValueError, match=message):
        GoalHistory(first=AGREED, revisions=[revision], zone="UTC")


def test_a_history_names_a_zone() -> None:
    """A day depends on it."""
    with pytest.raises(Exception, match="unknown time zone 'Europe/Berlim'; did you mean"):
        agreed("Europe/Berlim")


def test_an_instant_is_no_day() -> None:
    """What was in force is asked for a day."""
    with pytest.raises(InvalidValueError, match="day must be a day, not an instant"):
        agreed().in_force(MAY)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"baseline": 500}, "baseline"),
        ({"scope": [("region", "north")]}, "scope"),
        ({"kpi_version": "2"}, "kpi_version"),
    ],
)
def test_no_revision_moves_the_start(changed: dict[str, Any], name: str) -> None:
    """Another baseline, definition or region under a new name would be no word in the history."""
    other = attrs.evolve(AGREED, name="More", revision=1, **changed)
    revision = Revision(goal=other, at=MAY, by="eva", reason="A shop closes.")

    with pytest.raises(InvalidValueError, match=rf"leave as it was agreed on.*\(got '{name}'\)"):
        GoalHistory(first=AGREED, zone="UTC", revisions=[revision])
