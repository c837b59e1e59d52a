"""Where a goal stands: the numbers of an assessment, each of which the next ones rest on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import inf
from typing import Final

from crmcore.calendar import Period
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.kpis import KpiSeries, value_over
from crmcore.measures import Value

from ._exact import share
from ._forecast import Forecast, look_ahead, look_along
from ._goal import Goal, Mode
from ._reckoning import (
    FEWEST_POINTS,
    adds_up,
    bounds,
    last_day,
    named,
    percent,
    period_count,
    points_until,
)
from ._status import Levels, Status


class Standing:
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
        self.planned = goal.planned(self.reached)

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
        if self.goal.mode is Mode.RANK and isinstance(found, Undefined) and self._counted():
            return Undefined(found.reason, _NO_PEERS)
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
    def pace(self) -> Decimal | Undefined:
        """How fast the way is covered, by what was planned."""
        progress = self.progress
        if isinstance(progress, Undefined):
            return progress
        if not self.planned:
            en, zh = f"nothing was planned by {self.reached}", f"截至{self.reached}尚无计划进度"
            return Undefined(Reason.ZERO_DENOMINATOR, Phrase(en, zh))
        return share(progress, self.planned)

    @property
    def needed_rate(self) -> Decimal | Undefined:
        """What each period to come must bring."""
        if isinstance(self.current, Undefined):
            return self.current
        if not self.left:
            return Undefined(Reason.NOT_APPLICABLE, _OVER)
        return share(self.goal.target - self.current.number, self.left)

    @property
    def needed_next(self) -> Decimal | Undefined:
        """What the next period must bring, if the rest is spread as it was planned."""
        if isinstance(self.current, Undefined):
            return self.current
        if not self.left:
            return Undefined(Reason.NOT_APPLICABLE, _OVER)
        to_come = 1 - self.planned
        if not to_come:
            return Undefined(Reason.NOT_APPLICABLE, _ALL_PLANNED)
        following = self.series.grain.after(self.reached)
        part = self.goal.planned(following) - self.planned
        return share((self.goal.target - self.current.number) * part, to_come)

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
        if self.sums and self.goal.trajectory.is_shaped:
            return self._by_shape(so_far)
        points = points_until(self.series, self.until)[-history:]
        if len(points) < FEWEST_POINTS:
            return _too_few(len(points))
        return look_ahead(
            [(place, float(number)) for place, number in points],
            self._places_to_come(),
            so_far=float(so_far),
            target=float(self.goal.target),
            is_upward=self.goal.is_upward,
            each=bounds(self.series) if self.sums else (-inf, inf),
            bounds=self._reach(so_far),
        )

    def _reach(self, so_far: Decimal) -> tuple[float, float]:
        """Return what the number can be at the end: of what never falls, no less than now."""
        low, high = bounds(self.series)
        return (float(so_far) + low, inf) if self.sums else (low, high)

    def _by_shape(self, so_far: Decimal) -> Forecast | Undefined:
        """What is expected for the end, if the rest goes on as the plan is shaped."""
        planned = self.goal.planned
        parts = [(planned(each.end) - planned(each.start), each) for each in self._counted()]
        done = [
            (float(part), float(value.number))
            for part, each in parts
            if part and isinstance(value := self.series.at(each), Value)
        ]
        if len(done) < FEWEST_POINTS:
            return _too_few(len(done))
        return look_along(
            done,
            float(1 - self.planned),
            so_far=float(so_far),
            target=float(self.goal.target),
            is_upward=self.goal.is_upward,
            bounds=self._reach(so_far),
        )

    def _places_to_come(self) -> Sequence[int]:
        """Return the places, in the series' row and beyond, of what the forecast adds up."""
        first = self.series.periods[0].start
        stop = period_count(self.series.grain, first, self.goal.period.end)
        return range(stop - self.left, stop) if self.sums else range(stop - 1, stop)

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
        show, interval = self.series.show, forecast.interval
        number, target = show(forecast.number), show(self.goal.target)
        low, high = show(interval.low), show(interval.high)
        chance, level = percent(forecast.chance), percent(interval.level)
        period = named(self.goal.period)
        en, zh = ("bring", "合计") if self.sums else ("end at", "期末")
        return Phrase(
            f"{period.en} is expected to {en} {number} ({low} to {high} at {level.en}); "
            f"the chance to reach {target} is {chance.en}",
            f"预计{period.zh}{zh}为{number}（{level.zh}区间：{low}至{high}），"
            f"达到{target}的概率：{chance.zh}",
        )


_OVER: Final = Phrase("no period is left", "没有剩余周期")
_ALL_PLANNED: Final = Phrase("nothing is planned for the rest", "剩余时间没有计划进度")
_NO_PEERS: Final = Phrase("a rank needs dated figures of the peers", "排名需要同业的带日期基准数据")


def _too_few(count: int) -> Undefined:
    en, zh = f"{count} of {FEWEST_POINTS} values", f"{FEWEST_POINTS}个数值中仅有{count}个"
    return Undefined(Reason.TOO_FEW, Phrase(en, zh))


def _not_yet(goal: Goal, as_of: date) -> Undefined:
    en = f"no period of the goal, which begins on {goal.period.start}, was over on {as_of}"
    zh = f"目标始于{goal.period.start}，截至{as_of}尚无已结束的周期"
    return Undefined(Reason.INCOMPLETE_PERIOD, Phrase(en, zh))
