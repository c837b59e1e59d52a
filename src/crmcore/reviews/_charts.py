"""Charts: what has changed in each KPI, and whether its goal is within reach of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import attrs

from crmcore.goals import GoalAssessment
from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase, Undefined
from crmcore.kpis import KpiSeries
from crmcore.measures import Additivity, Derived
from crmcore.signals import ControlChart, Variation, chart
from crmcore.signals import findings as findings_of

_RECENT: Final = 3
_SIGNAL: Final = "signal"


def subject_of(series: KpiSeries) -> str:
    """Return what the chart of a KPI of the whole is about."""
    return f"kpi:{series.kpi.id}"


def charts_of(
    series: Iterable[KpiSeries],
    goals: Iterable[GoalAssessment],
    *,
    changes: Mapping[date, Phrase],
    as_of: date,
) -> tuple[ControlChart, ...]:
    """Return the chart of each KPI, over all of its periods, with the target of its goal.

    What a whole period is to bring is no target for the months of which it is the sum.
    """
    targets: dict[str, Decimal] = {}
    for one in goals:
        goal = one.goal
        runs = goal.period.start < as_of <= goal.period.end
        if runs and not goal.scope and one.series.kpi.over_time is not Additivity.ADDITIVE:
            targets.setdefault(one.series.kpi.id, goal.target)
    return tuple(chart(one, changes=changes, target=targets.get(one.kpi.id)) for one in series)


def latest_points(of: ControlChart, count: int) -> ControlChart:
    """Return the last periods of a chart, whose limits stay those of all of its periods."""
    points = of.points[-count:]
    start = points[0].period.start
    return attrs.evolve(
        of,
        points=points,
        changes=tuple(change for change in of.changes if change[0] > start),
        signals=tuple(each for each in of.signals if each.periods[-1].start >= start),
    )


def without_mirrors(series: Sequence[KpiSeries]) -> tuple[KpiSeries, ...]:
    """Return the KPIs that are not what is left to 1 of another: these tell nothing more."""
    measures = {one.kpi.measure for one in series}
    return tuple(
        one
        for one in series
        if not (
            isinstance(one.kpi.measure, Derived)
            and one.kpi.measure.function == "complement"
            and one.kpi.measure.of[0] in measures
        )
    )


def chart_findings(
    charts: Iterable[ControlChart], series: Sequence[KpiSeries]
) -> Iterator[Finding]:
    """Yield what has changed in the last months, and which targets are out of reach.

    Each change for the worse is a finding of its own. All other changes share one, and so do
    the KPIs that are too young for limits.
    """
    wanted = {subject_of(one) for one in without_mirrors(series)}
    told = [each for each in charts if each.subject in wanted and each.latest is not None]
    young = [each for each in told if isinstance(each.limits, Undefined)]
    old = {each.subject: each for each in told if each not in young}
    welcome: list[tuple[ControlChart, Finding]] = []
    for finding in findings_of(old.values()):
        of = old[finding.subject]
        if finding.kind != _SIGNAL or (_is_recent(of) and of.variation is Variation.CONCERN):
            yield finding
        elif _is_recent(of):
            welcome.append((of, finding))
    if welcome:
        yield _welcome(welcome)
    if young:
        yield _too_young(young)


def _is_recent(of: ControlChart) -> bool:
    return of.latest in of.points[-_RECENT:]


def _welcome(found: Sequence[tuple[ControlChart, Finding]]) -> Finding:
    """Return that some KPIs have changed, and not for the worse."""
    en = ", ".join(of.name.en for of, _ in found)
    zh = "、".join(of.name.zh for of, _ in found)
    return Finding(
        kind=_SIGNAL,
        severity=Severity.NOTE,
        subject="kpis",
        title=Phrase(f"changed, and not for the worse: {en}", f"有变化且并非恶化：{zh}"),
        evidence=tuple((of.subject, finding.title.en) for of, finding in found),
        suggestion=found[0][1].suggestion,
    )


def _too_young(young: Sequence[ControlChart]) -> Finding:
    count = len(young)
    en = "1 KPI has" if count == 1 else f"{count} KPIs have"
    return Finding(
        kind="no_limits",
        severity=Severity.NOTE,
        subject="kpis",
        title=Phrase(
            f"{en} too few values to tell a change from chance",
            f"{count}个指标的数值太少，无法区分变化与偶然波动",
        ),
        evidence=tuple(
            (each.subject.removeprefix("kpi:"), each.limits.detail.en)
            for each in young
            if isinstance(each.limits, Undefined)
        ),
    )
