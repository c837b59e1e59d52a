"""Findings: what goals that lag behind, or that are no goals yet, ask to be done."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase, Undefined, round_half_up
from crmcore.verdicts import Verdict

from ._assess import GoalAssessment
from ._reckoning import distance, rate
from ._smart import SmartCheck
from ._status import Status

_SEVERITY: Final = {
    Status.MISSED: Severity.CRITICAL,
    Status.OFF_TRACK: Severity.CRITICAL,
    Status.AT_RISK: Severity.WARNING,
}


def findings(
    assessments: Iterable[GoalAssessment], checks: Iterable[SmartCheck] = ()
) -> tuple[Finding, ...]:
    """Return a finding for each goal at risk, off track or missed, and for each that is not SMART.

    Args:
        assessments: How goals stand.
        checks: What the SMART questions found.

    Returns:
        The findings, the gravest first.

    .. versionadded:: 0.1.0
    """
    lagging = (_lagging(each) for each in assessments if each.status in _SEVERITY)
    vague = (_vague(each) for each in checks if each.failed)
    return in_order([*lagging, *vague])


def _lagging(assessment: GoalAssessment) -> Finding:
    goal, status, why = assessment.goal, assessment.status, assessment.because
    return Finding(
        kind=f"goal_{status}",
        severity=_SEVERITY[status],
        subject=f"goal:{goal.id}",
        title=Phrase(
            f"{goal.name} is {status.label.en}: {why.en}",
            f"{goal.name}：{status.label.zh}，{why.zh}",
        ),
        evidence=_evidence(assessment),
        suggestion=_suggestion(assessment),
    )


def _suggestion(assessment: GoalAssessment) -> Phrase | None:
    """Say what it takes from now on; or next, where the plan is no straight line."""
    series, is_straight = assessment.series, assessment.goal.trajectory.is_straight
    needed = assessment.needed_rate if is_straight else assessment.needed_next
    if isinstance(needed, Undefined):
        return None
    if is_straight:
        takes = rate(series, needed)
        en, zh = f"from now on it takes {takes.en}", f"此后需要{takes.zh}"
    else:
        takes, grain = distance(series, needed), series.grain.label
        en = f"by its plan the next {grain.en} takes {takes.en}"
        zh = f"按计划，下一个{grain.zh}需要{takes.zh}"
    return Phrase(
        f"{en}; agree with its owner on what is to change", f"{zh}；请与负责人商定改进措施"
    )


def _evidence(assessment: GoalAssessment) -> tuple[tuple[str, str], ...]:
    show, goal = assessment.series.show, assessment.goal
    shown = [("baseline", show(goal.baseline)), ("target", show(goal.target))]
    if not isinstance(assessment.current, Undefined):
        shown.append(("current", show(assessment.current.number)))
    for name, number in (("progress", assessment.progress), ("pace", assessment.pace)):
        if not isinstance(number, Undefined):
            shown.append((name, str(round_half_up(number, 2))))
    if not isinstance(assessment.forecast, Undefined):
        shown.append(("forecast", show(assessment.forecast.number)))
        shown.append(("chance", str(round_half_up(Decimal(assessment.forecast.chance), 2))))
    return tuple(shown)


def _vague(check: SmartCheck) -> Finding:
    failed = [answer for answer in check.answers if answer.verdict is Verdict.FAILS]
    en = "; ".join(f"{a.question.label.en}: {a.because.en}" for a in failed)
    zh = "；".join(f"{a.question.label.zh}：{a.because.zh}" for a in failed)
    return Finding(
        kind="goal_not_smart",
        severity=Severity.NOTE,
        subject=f"goal:{check.goal.id}",
        title=Phrase(
            f"{check.goal.name} is not SMART ({en})", f"{check.goal.name}不符合SMART原则（{zh}）"
        ),
        evidence=tuple((str(a.question), a.because.en) for a in failed),
    )
