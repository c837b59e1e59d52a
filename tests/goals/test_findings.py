"""What goals ask to be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from crmcore.calendar import Grain, Period
from crmcore.goals import Goal, GoalId, Trajectory, assess, check_smart, findings
from crmcore.improvement import Severity
from crmcore.kpis import KpiSeries

Monthly = Callable[..., KpiSeries]

HALF = Period(date(1998, 1, 1), date(1998, 7, 1))
APRIL = date(1998, 4, 1)


def keep(target: str, name: str) -> Goal:
    """Return a goal for the retention rate."""
    return Goal(
        id=GoalId(name),
        name=f"Keep {target}",
        kpi="retention_rate",
        baseline=Decimal("0.5"),
        target=Decimal(target),
        period=HALF,
    )


def test_goals_that_lag_are_findings_and_the_others_are_not(monthly: Monthly) -> None:
    """Off track asks for something, on track does not; what it takes is suggested."""
    falling = ["0.90", "0.88", "0.87", "0.85", "0.84", "0.83"]
    series = monthly("retention_rate", falling, first=date(1997, 10, 1))
    goals = [keep("0.70", "easy"), keep("0.86", "hard")]

    (finding,) = findings([assess(goal, series, as_of=APRIL) for goal in goals])

    assert (finding.kind, finding.severity) == ("goal_off_track", Severity.CRITICAL)
    assert finding.subject == "goal:hard"
    assert finding.title.en.startswith("Keep 0.86 is off track: 1998-01-01 to 1998-06-30 is")
    assert finding.title.zh.startswith("Keep 0.86：偏离目标，预计")
    assert finding.evidence[:5] == (
        ("baseline", "50.0 %"),
        ("target", "86.0 %"),
        ("current", "83.0 %"),
        ("progress", "0.92"),
        ("pace", "1.84"),
    )
    assert finding.suggestion is not None
    assert finding.suggestion.en.startswith("from now on it takes 1.0 points per month")


def test_a_plan_says_what_the_next_month_takes(monthly: Monthly) -> None:
    """Of 1,000 orders 160 are there, and 840 are missing for 8 parts of 12: 105 for each."""
    series = monthly("orders", [40] * 4, first=date(1998, 1, 1))
    year = Period(date(1998, 1, 1), date(1999, 1, 1))
    planned = Goal(
        id=GoalId("planned"),
        name="More orders",
        kpi="orders",
        baseline=Decimal(500),
        target=Decimal(1000),
        period=year,
        trajectory=Trajectory.weighted([1] * 12, year, Grain.MONTH),
    )

    (finding,) = findings([assess(planned, series, as_of=date(1998, 5, 1))])

    assert finding.kind == "goal_off_track"
    assert finding.suggestion is not None
    assert finding.suggestion.en == (
        "by its plan the next month takes 105; agree with its owner on what is to change"
    )
    assert finding.suggestion.zh == "按计划，下一个月需要105；请与负责人商定改进措施"


def test_a_goal_that_was_missed_has_nothing_left_to_take(monthly: Monthly) -> None:
    """Nothing is suggested about months that are over."""
    series = monthly("retention_rate", ["0.6"] * 6, first=date(1998, 1, 1))

    (finding,) = findings([assess(keep("0.7", "late"), series, as_of=HALF.end)])

    assert finding.kind == "goal_missed"
    assert finding.suggestion is None
    assert dict(finding.evidence).keys() == {"baseline", "target", "current", "progress", "pace"}


def test_before_the_first_value_a_goal_can_be_at_risk(monthly: Monthly) -> None:
    """The line of last year alone may show that a goal will be missed."""
    series = monthly("retention_rate", ["0.6", "0.61", "0.6", "0.61"], first=date(1997, 9, 1))

    (finding,) = findings([assess(keep("0.9", "bold"), series, as_of=HALF.start)])

    assert finding.kind == "goal_off_track"
    assert dict(finding.evidence).keys() == {"baseline", "target", "forecast", "chance"}


def test_what_is_not_smart_is_a_note_with_all_its_reasons() -> None:
    """Every letter that fails is named with its reason, in both languages."""
    vague = keep("0.9", "vague")

    (finding,) = findings([], [check_smart(vague)])

    assert (finding.kind, finding.severity) == ("goal_not_smart", Severity.NOTE)
    assert [letter for letter, _ in finding.evidence] == [
        "specific",
        "measurable",
        "relevant",
        "time_bound",
    ]
    assert "specific: nobody answers for it; measurable: there are no values" in finding.title.en
    assert "明确具体：没有负责人；可衡量：该指标没有数值" in finding.title.zh


def test_the_gravest_comes_first(monthly: Monthly) -> None:
    """A goal off track stands before one that is only put badly."""
    series = monthly("retention_rate", ["0.6", "0.61", "0.6", "0.61"], first=date(1997, 9, 1))
    goal = keep("0.9", "both")

    found = findings([assess(goal, series, as_of=HALF.start)], [check_smart(goal)])

    assert [each.kind for each in found] == ["goal_off_track", "goal_not_smart"]
