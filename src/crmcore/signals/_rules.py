"""Rules: what values do that a process left alone would hardly ever do.

Sources:
    W. A. Shewhart, Economic Control of Quality of Manufactured Product, 1931: a point outside.
    D. J. Wheeler, Making Sense of Data, 2003: eight in a row, three of four, and the limit of
    the moving ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final

import attrs

from crmcore.calendar import Period
from crmcore.kernel import LabelledEnum, Phrase, Undefined

from ._limits import Limits

_RUN: Final = 8
_NEAR: Final = 3
_WINDOW: Final = 4
_NEARER: Final = Decimal("1.5")  # half of the three standard deviations to the limit

Show = Callable[[Decimal], str]


class Rule(LabelledEnum):
    """By which rule values tell that something has happened.

    .. versionadded:: 0.1.0
    """

    OUTSIDE = "outside", "a value outside the limits", "单个值超出控制限"
    RUN = "run", "eight values in a row on one side of the centre", "连续八个值位于中心线同侧"
    NEAR_LIMIT = (
        "near_limit",
        "three of four values in a row nearer the limit than the centre",
        "连续四个值中有三个更靠近控制限而非中心线",
    )
    JUMP = "jump", "a moving range above its limit", "移动极差超出上限"


@attrs.frozen(kw_only=True)
class ChartPoint:
    """One period of a chart.

    Attributes:
        period: The days that the value is about.
        value: The value, or why there is none.
        base: What the value is a share of, or a count per; None where it is a plain number.
        moving_range: How far the value lies from that of the period before, in the unit of
            the limits' own; None where there is no neighbour, or the process changed between.
        limits: Within which bounds the value lies while nothing disturbs the process, or why
            nobody knows.
        is_baseline: Whether the limits rest on this value among others.

    .. versionadded:: 0.1.0
    """

    period: Period
    value: Decimal | Undefined
    base: Decimal | None = None
    moving_range: Decimal | None = None
    limits: Limits | Undefined
    is_baseline: bool = False


@attrs.frozen(kw_only=True)
class Signal:
    """Values that a process left alone would hardly ever bring: something has happened.

    Attributes:
        rule: By which rule.
        is_high: Whether the values lie above the centre, or the value has jumped up; false
            where they lie below, or it has fallen.
        periods: The periods of the values that tell it, the earliest first.
        words: What they do, in words, with the numbers.

    .. versionadded:: 0.1.0
    """

    rule: Rule
    is_high: bool
    periods: tuple[Period, ...]
    words: Phrase

    def __str__(self) -> str:
        """Return the words in English."""
        return self.words.en


@attrs.frozen
class _Judged:
    """A point that has both a value and limits."""

    period: Period
    value: Decimal
    limits: Limits
    moving_range: Decimal | None

    @property
    def side(self) -> int:
        """1 above the centre, −1 below, 0 on it."""
        return (self.value > self.limits.centre) - (self.value < self.limits.centre)

    @property
    def near(self) -> int:
        """Of which limit the value is nearer than of the centre: 1 the upper, −1 the lower."""
        if not self.limits.sigma:
            return 0
        away = abs(self.value - self.limits.centre)
        return self.side if away > _NEARER * self.limits.sigma else 0


def signals_of(points: Sequence[ChartPoint], show: Show) -> tuple[Signal, ...]:
    """Return what the points of one process tell, in the order of its beginning and of rules.

    Points without a value are passed over: they neither end a run nor lengthen it. A value on
    the centre lies on neither side, and ends one.
    """
    judged = [
        _Judged(point.period, point.value, point.limits, point.moving_range)
        for point in points
        if isinstance(point.value, Decimal) and isinstance(point.limits, Limits)
    ]
    found = [
        *_outside(judged, show),
        *_runs(judged, show),
        *_near_limit(judged),
        *_jumps(judged, show),
    ]
    rank = {rule: place for place, rule in enumerate(Rule)}
    return tuple(sorted(found, key=lambda signal: (signal.periods, rank[signal.rule])))


def _outside(points: Sequence[_Judged], show: Show) -> Iterator[Signal]:
    for point in points:
        limits, is_high = point.limits, point.value > point.limits.high
        if not is_high and point.value >= limits.low:
            continue
        value, limit = show(point.value), show(limits.high if is_high else limits.low)
        en, zh = ("above the upper", "高于上") if is_high else ("below the lower", "低于下")
        words = Phrase(
            f"{point.period}: {value} is {en} limit, {limit}",
            f"{point.period}：{value}{zh}控制限{limit}",
        )
        yield Signal(rule=Rule.OUTSIDE, is_high=is_high, periods=(point.period,), words=words)


def _runs(points: Sequence[_Judged], show: Show) -> Iterator[Signal]:
    for side, group in groupby(points, key=lambda point: point.side):
        run = tuple(group)
        if not side or len(run) < _RUN:
            continue
        first, last, centre = run[0].period, run[-1].period, show(run[-1].limits.centre)
        en, zh = ("above", "高于") if side > 0 else ("below", "低于")
        words = Phrase(
            f"{first} to {last}: {len(run)} values in a row are {en} the centre, {centre}",
            f"{first}至{last}：连续{len(run)}个值{zh}中心线{centre}",
        )
        periods = tuple(point.period for point in run)
        yield Signal(rule=Rule.RUN, is_high=side > 0, periods=periods, words=words)


def _near_limit(points: Sequence[_Judged]) -> Iterator[Signal]:
    for side in (1, -1):
        near = [place for place, point in enumerate(points) if point.near == side]
        for stretch in _stretches(near):
            periods = tuple(points[place].period for place in stretch)
            seen = stretch[-1] - stretch[0] + 1
            en, zh = ("upper", "上") if side > 0 else ("lower", "下")
            words = Phrase(
                f"{periods[0]} to {periods[-1]}: {len(periods)} of {seen} values in a row are "
                f"nearer the {en} limit than the centre",
                f"{periods[0]}至{periods[-1]}：连续{seen}个值中有{len(periods)}个更靠近{zh}控制限"
                "而非中心线",
            )
            yield Signal(rule=Rule.NEAR_LIMIT, is_high=side > 0, periods=periods, words=words)


def _stretches(places: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places of which three in a row lie within four, those that share some together."""
    stretch: list[int] = []
    for first in range(len(places) - _NEAR + 1):
        trio = places[first : first + _NEAR]
        if trio[-1] - trio[0] >= _WINDOW:
            continue
        if stretch and trio[0] > stretch[-1]:
            yield stretch
            stretch = []
        stretch += [place for place in trio if place not in stretch]
    if stretch:
        yield stretch


def _jumps(points: Sequence[_Judged], show: Show) -> Iterator[Signal]:
    for before, point in pairwise(points):
        if point.moving_range is None or point.moving_range <= point.limits.range_limit:
            continue
        is_high = point.value > before.value
        en, zh = ("rises", "升") if is_high else ("falls", "降")
        old, new = show(before.value), show(point.value)
        words = Phrase(
            f"{point.period}: the value {en} from {old} to {new}, further than by chance",
            f"{point.period}：数值由{old}{zh}至{new}，超出相邻值的正常差距",
        )
        periods = (before.period, point.period)
        yield Signal(rule=Rule.JUMP, is_high=is_high, periods=periods, words=words)
