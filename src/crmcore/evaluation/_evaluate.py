"""Evaluating: from the numbers of a period to points, and from points to a score."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from crmcore.calendar import Period
from crmcore.checks import day
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.goals import GoalAssessment
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.kpis import KpiSeries
from crmcore.measures import Value
from crmcore.signals import Limits
from crmcore.statistics import Interval

from ._component import Component, ComponentKind
from ._evaluation import Evaluation, EvaluationEntry
from ._numbers import percent_of, to_decimal, total
from ._scorecard import WeightedScorecard


def evaluate(
    subject: str,
    scorecard: WeightedScorecard,
    values: Mapping[str, Value | Undefined | KpiSeries | GoalAssessment],
    *,
    period: Period,
    as_of: date,
    natural: Mapping[str, Limits | Undefined] | None = None,
) -> Evaluation:
    """Evaluate somebody by a scorecard.

    Each number becomes points by the curve of its component, and the score is the sum of
    points times weight, exactly. A goal counts by its progress: 1 is the target.

    Args:
        subject: Who is evaluated, as ``kind:id``.
        scorecard: What is looked at.
        values: The number of each component, by its name: a value, how a goal stands, or a
            series of a KPI, of which the value of the period counts. What is left out has no
            data.
        period: The days that the evaluation is about.
        as_of: The day of judgement.
        natural: Within which bounds a component's number wanders by itself, by its name, as
            far as known. Findings heed these, and the interval of the number itself.

    Raises:
        UnknownNameError: If a number is that of no component.
        InvalidValueError: If a number is that of another KPI or goal, is about other days or
            was not known yet, or a series does not have the period.

    .. versionadded:: 0.1.0
    """
    day(as_of)
    if not isinstance(scorecard, WeightedScorecard):
        raise InvalidValueError("scorecard", scorecard, "be a WeightedScorecard")
    if not isinstance(period, Period):
        raise InvalidValueError("period", period, "be a period, such as Period.month(1998, 1)")
    if not isinstance(values, Mapping):
        raise InvalidValueError("values", values, "be numbers by the names of the components")
    bounds = natural or {}
    components = {component.name: component for component in scorecard.components}
    for name in (*values, *bounds):
        if name not in components:
            raise UnknownNameError("component", name, components)
    missing = Undefined(Reason.NO_DATA)
    found = {
        name: _number(component, values.get(name, missing), period)
        for name, component in components.items()
    }
    for name, value in found.items():
        if isinstance(value, Value) and value.as_of > as_of:
            rule = f"be known by the day of judgement, {as_of.isoformat()}"
            raise InvalidValueError(f"values[{name!r}]", value.as_of.isoformat(), rule)
    known = [name for name, value in found.items() if not isinstance(value, Undefined)]
    shares = scorecard.shares(known)
    ledger = tuple(
        _entry(component, found[name], shares[name], bounds.get(name))
        for name, component in components.items()
    )
    return Evaluation(
        subject=subject,
        period=period,
        as_of=as_of,
        scorecard=scorecard,
        ledger=ledger,
        score=_score(scorecard, known, ledger),
    )


def _score(
    scorecard: WeightedScorecard, known: list[str], ledger: tuple[EvaluationEntry, ...]
) -> Decimal | Undefined:
    """Return the sum of the ledger, or why too much of the weight has no number."""
    stated = scorecard.shares()
    share = to_decimal(sum((stated[name] for name in known), Fraction(0)))
    if share >= scorecard.least_known:
        return total(entry.contribution for entry in ledger)
    has, wants = percent_of(share), percent_of(scorecard.least_known)
    detail = Phrase(
        f"numbers are known for {has} % of the weight, {wants} % are wanted",
        f"已知数值仅占权重的{has}%，要求至少{wants}%",
    )
    return Undefined(Reason.TOO_FEW if known else Reason.NO_DATA, detail)


def _number(
    component: Component, given: Value | Undefined | KpiSeries | GoalAssessment, period: Period
) -> Value | Undefined:
    if isinstance(given, GoalAssessment):
        _want(component, given.goal.id)
        return _progress(given)
    if isinstance(given, KpiSeries):
        _want(component, given.kpi.id)
        return given.at(period)
    if not isinstance(given, Value | Undefined):
        rule = "be a Value, a KpiSeries, a GoalAssessment or undefined"
        raise InvalidValueError(f"values[{component.name!r}]", given, rule)
    if isinstance(given, Value) and given.period != period:
        rule = f"be about {period}, which is evaluated"
        raise InvalidValueError(f"values[{component.name!r}]", str(given.period), rule)
    if component.kind is ComponentKind.KPI and not isinstance(given, Undefined):
        _want(component, given.definition)
    return given


def _want(component: Component, measured: str) -> None:
    if measured != component.measure:
        rule = f"be of {component.measure} for {component.name}"
        raise InvalidValueError("values", measured, rule)


def _progress(assessment: GoalAssessment) -> Value | Undefined:
    """Return the progress of a goal as a value with the interval of what it rests on."""
    goal, current, progress = assessment.goal, assessment.current, assessment.progress
    if isinstance(progress, Undefined):
        return progress
    if isinstance(current, Undefined):
        return current
    interval = current.interval
    if progress != goal.progress(current.number):  # of a total, whose way begins at nothing
        interval = None
    if interval is not None:
        ends = [float(goal.progress(Decimal(end))) for end in (interval.low, interval.high)]
        interval = Interval(
            low=min(ends), high=max(ends), level=interval.level, method=interval.method
        )
    return Value(
        number=progress,
        n=current.n,
        missing=current.missing,
        interval=interval,
        period=current.period,
        as_of=assessment.as_of,
        definition=f"{goal.kpi} towards {goal.id}",
        version=goal.kpi_version,
    )


def _entry(
    component: Component,
    value: Value | Undefined,
    share: Fraction,
    natural: Limits | Undefined | None,
) -> EvaluationEntry:
    if isinstance(value, Undefined):
        nothing = Decimal(0)
        return EvaluationEntry(
            component=component, value=value, points=None, weight=nothing, contribution=nothing
        )
    points = component.curve.points(value.number)
    least, most = _reach(component, value, natural)
    return EvaluationEntry(
        component=component,
        value=value,
        points=points,
        weight=to_decimal(share),
        contribution=to_decimal(Fraction(points) * share),
        least=least,
        most=most,
    )


def _reach(
    component: Component, value: Value, natural: Limits | Undefined | None
) -> tuple[Decimal | None, Decimal | None]:
    """Return the fewest and the most points within all that the number may vary."""
    bounds = [value.number]
    if value.interval is not None:
        bounds += [Decimal(value.interval.low), Decimal(value.interval.high)]
    if isinstance(natural, Limits):
        bounds += [natural.low, natural.high]
    if len(bounds) == 1:
        return None, None
    return component.curve.range(min(bounds), max(bounds))
