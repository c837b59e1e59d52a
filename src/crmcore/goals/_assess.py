"""Following a goal: how far it has come, how fast, where it leads, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from math import inf
from typing import Final

import attrs

from crmcore.calendar import Period
from crmcore.checks import day
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.kpis import KpiSeries, Unit, value_over
from crmcore.measures import Value

from ._exact import QUOTIENT, share
from ._forecast import Forecast, look_ahead
from ._goal import Goal
from ._reckoning import (
    FEWEST_POINTS,
    adds_up,
    check_series,
    last_day,
    named,
    percent,
    period_count,
    points_until,
)
from ._status import Levels, Status

_COUNTS: Final = (Unit.CUSTOMERS, Unit.ORDERS, Unit.RATE)


@attrs.frozen(kw_only=True)
class GoalAssessment:
    """How a goal stands on a day.

    Attributes:
        goal: The goal.
        series: The values of its KPI.
        as_of: The day at whose beginning all this holds.
        current: Where the KPI stands: the latest value within the period; for a KPI that adds
            up, what the period has brought so far.
        elapsed: The share of the goal's days that *current* tells of, as a fraction.
        progress: The share of the way that is covered, as a fraction, not cut off.
        pace: *progress* by *elapsed*: 1 is just in time, 2 twice as fast, below 0 backwards.
        needed_rate: What each period still to come must bring on average, in the KPI's unit.
        forecast: What is expected for the end of the period.
        status: All of it in one word.
        because: Why this word, with the numbers.

    .. versionadded:: 0.1.0
    """

    goal: Goal
    series: KpiSeries
    as_of: date
    current: Value | Undefined
    elapsed: Decimal
    progress: Decimal | Undefined
    pace: Decimal | Undefined
    needed_rate: Decimal | Undefined
    forecast: Forecast | Undefined
    status: Status
    because: Phrase

    def __str__(self) -> str:
        """Return the goal's name, its status and the reason on one line."""
        return f"{self.goal.name}: {self.status.label}, {self.because}"


def assess(
    goal: Goal,
    series: KpiSeries,
    *,
    as_of: date,
    previous: Status | None = None,
    levels: Levels | None = None,
    history: int = 12,
) -> GoalAssessment:
    """Say how a goal stands on a day.

    Where the KPI *stands* (a stock, a ratio), its latest complete value counts, and the way
    runs from the baseline to the target. What *adds up* over time (sales, orders, new
    customers) is summed over the goal's periods, and the way runs from nothing to the target;
    the baseline then only says what a like period brought before.

    The status comes from the forecast: a line through the last complete values, with at least
    four of them, gives the chance of reaching the target, and *levels* turn it into a word.
    At the end of the period the last value decides.

    Args:
        goal: The goal.
        series: The values of its KPI. Those of periods that end after *as_of* are left out.
        as_of: The day.
        previous: The status that the goal had before, whose alarm may still stand.
        levels: At which chances an alarm is raised and given up; `Levels()` unless stated.
        history: Through how many of the last values the line is laid, 4 or more.

    Raises:
        InvalidValueError: If *series* is of another KPI, or *history* is less than 4.

    .. versionadded:: 0.1.0
    """
    day(as_of)
    check_series(goal, series)
    if history < FEWEST_POINTS:
        raise InvalidValueError("history", history, f"be at least {FEWEST_POINTS}")
    with localcontext(QUOTIENT):  # whatever context the caller has set
        reckoning = _Reckoning(goal, series, as_of)
        progress = reckoning.progress
        forecast = reckoning.forecast(history)
        status, because = reckoning.status(forecast, previous, levels or Levels())
        return GoalAssessment(
            goal=goal,
            series=series,
            as_of=as_of,
            current=reckoning.current,
            elapsed=reckoning.elapsed,
            progress=progress,
            pace=progress
            if isinstance(progress, Undefined)
            else share(progress, reckoning.elapsed),
            needed_rate=reckoning.needed_rate,
            forecast=forecast,
            status=status,
            because=because,
        )


class _Reckoning:
    """The numbers of one goal on one day, each of which the next ones rest on."""

    def __init__(self, goal: Goal, series: KpiSeries, as_of: date) -> None:
        self.goal = goal
        self.series = series
        self.as_of = as_of
        self.sums = adds_up(series)
        self.until = min(as_of, goal.period.end)
        self.current = self._total() if self.sums else self._level()
        self.reached = (
            goal.period.start if isinstance(self.current, Undefined) else self.current.period.end
        )
        self.left = period_count(series.grain, self.reached, goal.period.end)
        days = (self.reached - goal.period.start).days
        self.elapsed = share(days, goal.period.days)

    def _counted(self) -> tuple[Period, ...]:
        """Return the complete periods of the series within the goal's period."""
        start = self.goal.period.start
        return tuple(p for p in self.series.periods if start <= p.start and p.end <= self.until)

    def _level(self) -> Value | Undefined:
        """Return the latest value within the goal's period."""
        found: Value | Undefined = _not_yet(self.goal, self.as_of)
        for period in self._counted():
            value = self.series.at(period)
            if not isinstance(value, Undefined) or isinstance(found, Undefined):
                found = value
        return found

    def _total(self) -> Value | Undefined:
        """Return what the goal's period has brought so far."""
        within, grain = self.goal.period, self.series.grain
        if {grain.start(within.start), grain.start(within.end)} != {within.start, within.end}:
            en = f"{within} is not made up of whole periods of the grain {grain.label.en}"
            return Undefined(
                Reason.NOT_APPLICABLE, Phrase(en, f"{within}不是由完整的{grain.label.zh}组成")
            )
        counted = self._counted()
        if not counted:
            return _not_yet(self.goal, self.as_of)
        if counted[0].start != within.start:
            en = f"the values begin with {counted[0]}, the goal on {within.start}"
            return Undefined(
                Reason.NO_DATA, Phrase(en, f"数值始于{counted[0]}，目标始于{within.start}")
            )
        return value_over(self.series, Period(within.start, counted[-1].end))

    @property
    def progress(self) -> Decimal | Undefined:
        """The share of the way that is covered."""
        if isinstance(self.current, Undefined):
            return self.current
        if not self.sums:
            return self.goal.progress(self.current.number)
        if self.goal.is_upward and self.goal.target > 0:
            return share(self.current.number, self.goal.target)
        return Undefined(
            Reason.NOT_APPLICABLE,
            Phrase("a total that is to stay low has no way to go", "应保持较低的总量没有完成度"),
        )

    @property
    def needed_rate(self) -> Decimal | Undefined:
        """What each period to come must bring."""
        if isinstance(self.current, Undefined):
            return self.current
        if not self.left:
            return Undefined(Reason.NOT_APPLICABLE, _OVER)
        return share(self.goal.target - self.current.number, self.left)

    def forecast(self, history: int) -> Forecast | Undefined:
        """What is expected for the end, by a line through the last values."""
        if not self.left:
            return Undefined(Reason.NOT_APPLICABLE, _OVER)
        if self.goal.period.is_complete(self.as_of):
            en, zh = f"the values end with {self.reached}", f"数值截至{self.reached}"
            return Undefined(Reason.NO_DATA, Phrase(en, zh))
        so_far = Decimal(0)
        if self.sums and not isinstance(self.current, Undefined):
            so_far = self.current.number
        elif self.sums and isinstance(self.current, Undefined) and self._counted():
            return self.current
        points = points_until(self.series, self.until)[-history:]
        if len(points) < FEWEST_POINTS:
            en, zh = f"{len(points)} of {FEWEST_POINTS} values", f"{FEWEST_POINTS}个数值中仅有"
            return Undefined(Reason.TOO_FEW, Phrase(en, f"{zh}{len(points)}个"))
        return look_ahead(
            [(place, float(number)) for place, number in points],
            self._places_to_come(),
            so_far=float(so_far),
            target=float(self.goal.target),
            is_upward=self.goal.is_upward,
            bounds=self._bounds(),
        )

    def _places_to_come(self) -> Sequence[int]:
        """Return the places, in the series' row and beyond, of what the forecast adds up."""
        first = self.series.periods[0].start
        stop = period_count(self.series.grain, first, self.goal.period.end)
        return range(stop - self.left, stop) if self.sums else range(stop - 1, stop)

    def _bounds(self) -> tuple[float, float]:
        if self.series.kpi.is_proportion:
            return (0.0, 1.0)
        return (0.0, inf) if self.series.kpi.unit in _COUNTS else (-inf, inf)

    def status(
        self, forecast: Forecast | Undefined, previous: Status | None, levels: Levels
    ) -> tuple[Status, Phrase]:
        """Return the status and why."""
        current, goal = self.current, self.goal
        if not isinstance(current, Undefined):
            met = goal.is_met(current.number)
            if not self.left:
                return (Status.ACHIEVED if met else Status.MISSED), self._ended(current)
            if met and self.sums and goal.is_upward:
                return Status.ACHIEVED, self._ended(current)
        if isinstance(forecast, Undefined):
            missing = current if isinstance(current, Undefined) else forecast
            why, more = missing.reason.label, missing.detail
            return Status.UNKNOWN, Phrase(
                f"{why.en}: {more.en}" if more.en else why.en,
                f"{why.zh}：{more.zh}" if more.zh else why.zh,
            )
        return levels.status(forecast.chance, previous), self._expected(forecast)

    def _ended(self, current: Value) -> Phrase:
        now, target = self.series.show(current.number), self.series.show(self.goal.target)
        return Phrase(
            f"{now} at the end of {last_day(current.period)}, the target was {target}",
            f"截至{last_day(current.period)}为{now}，目标为{target}",
        )

    def _expected(self, forecast: Forecast) -> Phrase:
        show, bounds = self.series.show, forecast.interval
        number, target = show(forecast.number), show(self.goal.target)
        low, high = show(bounds.low), show(bounds.high)
        chance, level = percent(forecast.chance), percent(bounds.level)
        period = named(self.goal.period)
        en, zh = ("bring", "合计") if self.sums else ("end at", "期末")
        return Phrase(
            f"{period.en} is expected to {en} {number} ({low} to {high} at {level.en}); "
            f"the chance to reach {target} is {chance.en}",
            f"预计{period.zh}{zh}为{number}（{level.zh}区间：{low}至{high}），"
            f"达到{target}的概率：{chance.zh}",
        )


_OVER: Final = Phrase("no period is left", "没有剩余周期")


def _not_yet(goal: Goal, as_of: date) -> Undefined:
    en = f"no period of the goal, which begins on {goal.period.start}, was over on {as_of}"
    zh = f"目标始于{goal.period.start}，截至{as_of}尚无已结束的周期"
    return Undefined(Reason.INCOMPLETE_PERIOD, Phrase(en, zh))
