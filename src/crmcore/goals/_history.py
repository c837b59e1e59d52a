"""What came before a goal: whether its way can be told from noise, and was ever gone before.

Sources:
    D. J. Wheeler, Understanding Variation, 1993: natural limits, by `crmcore.signals`.
    R. G. Newcombe, "Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17(8), 1998: the bounds of a difference from those of both values,
    squared and added (method 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import attrs

from crmcore.kernel import Phrase, Undefined
from crmcore.kpis import KpiSeries
from crmcore.measures import Value
from crmcore.signals import Limits, natural_limits
from crmcore.verdicts import Verdict

from ._exact import QUOTIENT, share
from ._goal import Goal
from ._reckoning import FEWEST_POINTS, adds_up, distance, period_count, rate
from ._smart import Smart, SmartAnswer, fails, holds


@attrs.frozen(kw_only=True)
class History:
    """The values of a KPI from before a goal begins.

    Attributes:
        series: The series that they are of.
        row: A value for each period that was over, or None where it had none.
        periods: How many periods the goal has, in the grain of the series.
    """

    series: KpiSeries
    row: tuple[Value | None, ...]
    periods: int

    @classmethod
    def before(cls, goal: Goal, series: KpiSeries) -> History:
        """Return what a series holds from before a goal begins."""
        row = tuple(
            None if isinstance(value, Undefined) else value
            for period, value in zip(series.periods, series.values, strict=True)
            if period.end <= goal.period.start
        )
        count = period_count(series.grain, goal.period.start, goal.period.end)
        return cls(series=series, row=row, periods=max(count, 1))

    @property
    def values(self) -> tuple[Value, ...]:
        """The values that there are."""
        return tuple(value for value in self.row if value is not None)

    @property
    def numbers(self) -> tuple[Decimal, ...]:
        """Their numbers."""
        return tuple(value.number for value in self.values)

    @property
    def versions(self) -> set[str]:
        """The versions of the definition that they were measured by."""
        return {value.version for value in self.values}

    @property
    def limits(self) -> Limits | Undefined:
        """Within which bounds the values lie while nothing disturbs them."""
        return natural_limits(
            [None if value is None else value.number for value in self.row], fewest=FEWEST_POINTS
        )

    def noise(self, limits: Limits) -> Decimal:
        """Return how far a value, or the sum of the goal's periods, wanders with no cause."""
        reach = limits.high - limits.centre
        if not adds_up(self.series):
            return reach
        return reach * QUOTIENT.sqrt(Decimal(self.periods))

    @property
    def chance(self) -> Decimal | None:
        """How far two samples of the size of the last value's differ by chance.

        None where the value has no interval, or is a sum: a count is no sample.
        """
        value = self.values[-1]
        if value.interval is None or adds_up(self.series):
            return None
        below = value.number - Decimal(value.interval.low)
        above = Decimal(value.interval.high) - value.number
        return QUOTIENT.sqrt(below * below + above * above)


def measurable(goal: Goal, history: History) -> SmartAnswer:
    """Say whether the way to go can be told from noise."""
    question, series = Smart.MEASURABLE, history.series
    count = len(history.values)
    if count < FEWEST_POINTS:
        return fails(
            question,
            f"its KPI has {count} values from before it begins, fewer than {FEWEST_POINTS}",
            f"目标开始之前仅有{count}个数值，少于{FEWEST_POINTS}个",
        )
    limits = history.limits
    if isinstance(limits, Undefined):
        return fails(
            question,
            "too few of its values follow each other to tell how far they wander",
            "连续的数值太少，无法判断自然波动",
        )
    way, noise, chance = abs(goal.target - goal.baseline), history.noise(limits), history.chance
    a, b = distance(series, way), distance(series, noise)
    if way <= noise:
        return fails(
            question,
            f"the way to go, {a.en}, is no longer than its values wander by themselves, {b.en}",
            f"目标距离{a.zh}未超过数值自然波动{b.zh}",
        )
    en = f"the way to go, {a.en}, is longer than its values wander by themselves, {b.en}"
    zh = f"目标距离{a.zh}大于数值自然波动{b.zh}"
    if chance is None:
        return holds(question, en, zh)
    n, c = history.values[-1].n, distance(series, chance)
    if way <= chance:
        return fails(
            question,
            f"the way to go, {a.en}, is no longer than two samples of {n} differ by chance, {c.en}",
            f"目标距离{a.zh}未超过两个{n}例样本的偶然差异{c.zh}",
        )
    return holds(
        question,
        f"{en}, and than two samples of {n} differ by chance, {c.en}",
        f"{zh}，也大于两个{n}例样本的偶然差异{c.zh}",
    )


def achievable(goal: Goal, history: History | None) -> SmartAnswer:
    """Say whether what is needed was ever there before."""
    question = Smart.ACHIEVABLE
    if history is None or len(history.values) < FEWEST_POINTS:
        return SmartAnswer(
            question=question,
            verdict=Verdict.UNKNOWN,
            because=Phrase("there is no history to compare it with", "没有可供比较的历史数据"),
        )
    series, numbers = history.series, history.numbers
    shown = series.show(goal.target)
    least, most = series.bounds
    is_too_high = most is not None and goal.target > most and not adds_up(series)
    if is_too_high or (least is not None and goal.target < least):
        name = series.kpi.name
        return fails(question, f"the {name.en} cannot be {shown}", f"{name.zh}不可能为{shown}")
    stretch = min(history.periods, len(numbers) // 2)
    best_of = max if goal.is_upward else min
    best = best_of(_changes(numbers, stretch))
    if adds_up(series):
        needed = place = share(goal.target, history.periods)
        means = _means(numbers, stretch)
        best = best_of(*means, means[-1] + best * share(stretch + history.periods, 2))
        said = Phrase("at its best so far it would bring", "按历史最好水平可达到")
    else:
        needed, place = share(goal.target - goal.baseline, history.periods), goal.target
        said = Phrase(
            f"the best stretch of {stretch} so far brought", f"历史上连续{stretch}期最好为"
        )
    a, b = rate(series, needed), rate(series, best)
    where = _where(history, place)
    en = f"it needs {a.en}; {said.en} {b.en}{where.en}"
    zh = f"需要{a.zh}；{said.zh}{b.zh}{where.zh}"
    is_too_much = needed > best if goal.is_upward else needed < best
    return fails(question, en, zh) if is_too_much else holds(question, en, zh)


def _where(history: History, number: Decimal) -> Phrase:
    """Say on which side of the natural limits a number lies, where they are known."""
    limits, show = history.limits, history.series.show
    if isinstance(limits, Undefined):
        return Phrase("", "")
    least, most = history.series.bounds
    low = limits.low if least is None else max(limits.low, Decimal(least))
    high = limits.high if most is None else min(limits.high, Decimal(most))
    reach, shown = f"{show(low)} to {show(high)}", show(number)
    if low <= number <= high:
        en = f"; {shown} lies within the natural limits, {reach}"
        return Phrase(en, f"；{shown}在自然界限{show(low)}至{show(high)}之内")
    en = f"; {shown} lies beyond the natural limits, {reach}"
    return Phrase(en, f"；{shown}超出自然界限{show(low)}至{show(high)}")


def _means(history: Sequence[Decimal], length: int) -> list[Decimal]:
    """Return the mean of every *length* values in a row."""
    return [
        share(sum(history[first : first + length], Decimal(0)), length)
        for first in range(len(history) - length + 1)
    ]


def _changes(history: Sequence[Decimal], length: int) -> list[Decimal]:
    """Return the change by period over every *length* periods in a row."""
    return [
        share(history[first + length] - history[first], length)
        for first in range(len(history) - length)
    ]
