"""What setting and following a goal have in common: which values count, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from math import inf
from typing import Final

from crmcore.calendar import Grain, Period, periods
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Undefined, round_half_up
from crmcore.kpis import KpiSeries, Unit
from crmcore.measures import Additivity

from ._goal import Goal, Mode

FEWEST_POINTS: Final = 4
_CERTAIN: Final = 100


def check_series(goal: Goal, series: KpiSeries) -> None:
    """Refuse a series of another KPI than the goal's, or of another part of the business."""
    if goal.kpi not in (series.kpi.id, series.kpi.code):
        raise InvalidValueError("series", series.kpi.id, f"be of the goal's KPI, {goal.kpi}")
    if goal.mode is Mode.RANK and series.kpi.unit is not Unit.RANK:
        raise InvalidValueError("series", str(series.kpi), "be ranks, as the goal is for a rank")
    scope: tuple[tuple[str, str], ...] = getattr(series, "scope", ())
    if tuple(sorted(scope)) != goal.scope:
        raise InvalidValueError(
            "series", said(scope), f"be of the goal's scope, {said(goal.scope)}"
        )


def said(scope: Iterable[tuple[str, str | None]]) -> str:
    """Return a scope as people read it: ``region=north``, or everything."""
    pairs = (f"{dimension}={'none' if value is None else value}" for dimension, value in scope)
    return ", ".join(pairs) or "everything"


def bounds(series: KpiSeries) -> tuple[float, float]:
    """Return what the KPI's number can be at all, as floats; infinite where nothing bounds it."""
    low, high = series.bounds
    return -inf if low is None else low, inf if high is None else high


def adds_up(series: KpiSeries) -> bool:
    """Say whether a goal is about what its whole period brings, not about where it ends."""
    return series.kpi.over_time is Additivity.ADDITIVE


def points_until(series: KpiSeries, day: date) -> tuple[tuple[int, Decimal], ...]:
    """Return the values of the periods that end by *day*, each with its place in the row."""
    return tuple(
        (place, value.number)
        for place, (period, value) in enumerate(zip(series.periods, series.values, strict=True))
        if period.end <= day and not isinstance(value, Undefined)
    )


def period_count(grain: Grain, start: date, end: date) -> int:
    """Return how many whole periods of the grain lie between two days."""
    return sum(1 for _ in periods(grain, start, end))


def distance(series: KpiSeries, number: Decimal) -> Phrase:
    """Return a difference of two values of the KPI as people read it: ``4.2 points``."""
    if series.kpi.unit.is_relative or series.kpi.unit is Unit.POINTS:
        shown = Unit.SHARE.show(number).removesuffix(" %")
        return Phrase(f"{shown} points", f"{shown}个百分点")
    shown = series.show(number).removeprefix("+")
    return Phrase(shown, shown)


def rate(series: KpiSeries, number: Decimal) -> Phrase:
    """Return so much by period as people read it: ``1.4 points per month``."""
    shown, grain = distance(series, number), series.grain.label
    return Phrase(f"{shown.en} per {grain.en}", f"每{grain.zh}{shown.zh}")


def percent(chance: float) -> Phrase:
    """Return a probability as people read it, never rounded to a certainty that it is not."""
    shown = round_half_up(Decimal(chance) * 100)
    if shown == 0 and chance > 0:
        return Phrase("below 1 %", "低于1 %")
    if shown == _CERTAIN and chance < 1:
        return Phrase("above 99 %", "高于99 %")
    return Phrase(f"{shown} %", f"{shown} %")


def last_day(period: Period) -> date:
    """Return the last of its days, which people name rather than the day after it."""
    return period.end - timedelta(days=1)


def named(period: Period) -> Phrase:
    """Return the calendar's name of a period, or its first and last day."""
    if period.grain is not None:
        return Phrase(str(period), str(period))
    first, last = period.start, last_day(period)
    return Phrase(f"{first} to {last}", f"{first}至{last}")
