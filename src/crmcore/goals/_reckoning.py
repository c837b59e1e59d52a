"""What setting and following a goal have in common: which values count, and as what."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from crmcore.calendar import Grain, Period, periods
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Undefined, round_half_up
from crmcore.kpis import KpiSeries, Unit
from crmcore.measures import Additivity

from ._goal import Goal

FEWEST_POINTS: Final = 4
_CERTAIN: Final = 100


def check_series(goal: Goal, series: KpiSeries) -> None:
    """Refuse a series of another KPI than the goal's."""
    if goal.kpi not in (series.kpi.id, series.kpi.code):
        raise InvalidValueError("series", series.kpi.id, f"be of the goal's KPI, {goal.kpi}")


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
    if series.kpi.unit.is_relative:
        shown = Unit.SHARE.show(number).removesuffix(" %")
        return Phrase(f"{shown} points", f"{shown}个百分点")
    return Phrase(series.show(number), series.show(number))


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
