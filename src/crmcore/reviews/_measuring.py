"""Measuring the department: KPIs month by month, and how its goals stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import attrs

from crmcore.calendar import Grain, Period, periods
from crmcore.errors import InvalidValueError
from crmcore.goals import Goal, GoalAssessment, GoalId, SmartCheck, assess, check_smart
from crmcore.goals import findings as goal_findings
from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.kpis import SOURCES, Kpi, KpiSeries, value_over
from crmcore.measures import Additivity, Value
from crmcore.organization import Organization
from crmcore.policies import GoalTemplate, Policy
from crmcore.signals import ControlChart

from ._cascading import cascade_findings
from ._charts import chart_findings, charts_of, latest_points
from ._evidence import Evidence
from ._records import Records

_DAY = timedelta(days=1)
_THERE = Phrase("the KPI stands at the target already", "指标已处于目标值")


def _months_until(as_of: date, *, first: date | None, count: int) -> tuple[Period, ...]:
    """Return the months from the first record on, and at least *count*, that ended by *as_of*."""
    end = Grain.MONTH.start(as_of)
    start = Grain.MONTH.after(end, -count)
    if first is not None:
        start = min(start, Grain.MONTH.start(first))
    return tuple(periods(Grain.MONTH, start, end))


@attrs.frozen(kw_only=True)
class Measured:
    """The figures of a department, its goals, and what they ask to be done.

    Attributes:
        months: The months under review.
        kpis: The values of each KPI in these months.
        charts: The chart of each.
        goals: How goals stand.
        checks: What the five questions of a SMART goal found.
        findings: What all of it asks to be done.
    """

    months: tuple[Period, ...]
    kpis: tuple[KpiSeries, ...]
    charts: tuple[ControlChart, ...]
    goals: tuple[GoalAssessment, ...]
    checks: tuple[SmartCheck, ...]
    findings: tuple[Finding, ...]


def measure(
    records: Records,
    evidence: Evidence,
    goals: Iterable[Goal],
    *,
    policy: Policy,
    months: int,
    changes: Mapping[date, Phrase],
    as_of: date,
) -> Measured:
    """Return the figures of the last months, from those of all months since the first record.

    Nobody misses a KPI of which the records that were handed in never tell anything.
    """
    row = _months_until(as_of, first=records.first_day, count=months)
    series = tuple(
        one
        for one in records.kpis.series(row, as_of=as_of)
        if one.kpi.id in evidence.always or not isinstance(one.latest, Undefined)
    )
    followed = _follow(
        goals,
        series,
        policy=policy,
        organization=records.organization,
        evidence=evidence,
        as_of=as_of,
    )
    drawn = charts_of(series, followed.assessments, changes=changes, as_of=as_of)
    charts = tuple(latest_points(one, months) for one in drawn)
    return Measured(
        months=row[-months:],
        kpis=tuple(_latest_months(one, months) for one in series),
        charts=charts,
        goals=followed.assessments,
        checks=followed.checks,
        findings=(*followed.findings, *chart_findings(charts, series)),
    )


def _latest_months(series: KpiSeries, count: int) -> KpiSeries:
    """Return the last months of a series."""
    return attrs.evolve(series, periods=series.periods[-count:], values=series.values[-count:])


@attrs.frozen(kw_only=True)
class _Goals:
    """The goals of a department, and how they stand."""

    assessments: tuple[GoalAssessment, ...]
    checks: tuple[SmartCheck, ...]
    findings: tuple[Finding, ...]


def _follow(
    goals: Iterable[Goal],
    series: Sequence[KpiSeries],
    *,
    policy: Policy,
    organization: Organization,
    evidence: Evidence,
    as_of: date,
) -> _Goals:
    """Say how the given goals stand, and those that the policy asks for in this year.

    A given goal stands in place of what the policy asks for under the same id.
    """
    by_kpi: dict[str, KpiSeries] = {one.kpi.id: one for one in series}
    set_goals = _by_id(goals, evidence)
    findings: list[Finding] = []
    year = Grain.YEAR.period(as_of - _DAY)
    for template in policy.goals:
        if template.id in set_goals:
            continue
        asked = evidence.known.kpi(template.kpi)
        found = by_kpi.get(asked.id)
        goal = _no_records(evidence, asked) if found is None else _set(template, found, year)
        if isinstance(goal, Undefined):
            findings.append(_without_baseline(template, goal))
        else:
            set_goals[goal.id] = _linked(goal, asked, organization)
    ordered = sorted(set_goals.values(), key=lambda goal: goal.id)
    assessments = tuple(assess(goal, by_kpi[goal.kpi], as_of=as_of) for goal in ordered)
    known = tuple(evidence.known)
    checks = tuple(
        check_smart(
            goal, series=by_kpi[goal.kpi], organization=organization, goals=ordered, kpis=known
        )
        for goal in ordered
    )
    return _Goals(
        assessments=assessments,
        checks=checks,
        findings=(
            *goal_findings(assessments, checks),
            *cascade_findings(ordered, organization=organization, kpis=known),
            *findings,
        ),
    )


def _by_id(goals: Iterable[Goal], evidence: Evidence) -> dict[GoalId, Goal]:
    """Return the goals by id; refuse ids that come twice, and KPIs that cannot be computed."""
    found: dict[GoalId, Goal] = {}
    for goal in goals:
        asked = evidence.known.kpi(goal.kpi)
        if asked.id != goal.kpi:
            raise InvalidValueError("goals", goal.kpi, f"name the KPI by its id, {asked.id!r}")
        if goal.id in found:
            raise InvalidValueError("goals", goal.id, "name each goal once")
        if missing := evidence.missing(asked.id):
            rule = f"be about KPIs whose records are there; hand in {' and '.join(missing)}"
            raise InvalidValueError("goals", goal.kpi, rule)
        found[goal.id] = goal
    return found


def _no_records(evidence: Evidence, asked: Kpi) -> Undefined:
    """Return that there are no records of the kinds that a KPI needs."""
    names = [SOURCES[name].name for name in evidence.missing(asked.id)]
    en, zh = " and ".join(name.en for name in names), "和".join(name.zh for name in names)
    return Undefined(Reason.NO_DATA, Phrase(f"no {en} were handed in", f"未提供{zh}"))


def _set(template: GoalTemplate, series: KpiSeries, year: Period) -> Goal | Undefined:
    """Return the goal of a template for a year, set from where the KPI stood before it."""
    baseline = _baseline(series, year)
    if isinstance(baseline, Undefined):
        return baseline
    if template.mode.target(baseline.number, template.target) == baseline.number:
        return Undefined(Reason.NO_BASE if not baseline.number else Reason.NOT_APPLICABLE, _THERE)
    goal = template.goal(baseline.number, year, of=series.kpi)
    reviews = [period.end for period in periods(Grain.QUARTER, year.start, year.end)]
    return attrs.evolve(goal, review_days=reviews[:-1])


def _baseline(series: KpiSeries, year: Period) -> Value | Undefined:
    """Return where a KPI stood before a year.

    What adds up over time brought so much in the whole year before, or in the part of it
    that there are records of; everything else stood so in the last month before the year.
    """
    before = [
        period
        for period, value in zip(series.periods, series.values, strict=True)
        if period.end <= year.start and not isinstance(value, Undefined)
    ]
    if not before:
        return Undefined(Reason.NO_BASE)
    if series.kpi.over_time is not Additivity.ADDITIVE:
        return series.at(before[-1])
    start = max(year.before().start, before[0].start)
    return value_over(series, Period(start, year.start))


def _linked(goal: Goal, of: Kpi, organization: Organization) -> Goal:
    """Return a goal with the owner and the responsibility that its KPI is an indicator of.

    What the template names stays. Where several teams or responsibilities name the KPI, by
    its id or its code, the first by id does.
    """
    names = {of.id, of.code}
    teams = (team.id for team in organization.teams if names & {*team.indicators})
    duties = (held.id for held in organization.responsibilities if names & {*held.indicators})
    return attrs.evolve(
        goal,
        owner=goal.owner or next(teams, None),
        responsibility=goal.responsibility or next(duties, None),
    )


def _without_baseline(template: GoalTemplate, why: Undefined) -> Finding:
    because = why.detail if why.detail.en else why.reason.label
    return Finding(
        kind="goal_without_baseline",
        severity=Severity.NOTE,
        subject=f"goal:{template.id}",
        title=Phrase(
            f"{template.name}: no goal can be set, because {because.en}",
            f"{template.name}：无法设定目标，因为{because.zh}",
        ),
    )
