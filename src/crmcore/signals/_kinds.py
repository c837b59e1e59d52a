"""Kinds of charts: what a value is, and how far chance alone would let it stray.

A share of 20 cases strays further than one of 2,000, so that each has limits of its own. How
far chance alone lets it stray is known, but a process has other troubles besides: how much
further the values stray is learnt from their moving ranges, after each has been put in units
of what chance alone brings.

Sources:
    D. B. Laney, "Improved Control Charts for Attributes", Quality Engineering 14(4), 2002:
    the p′ and the u′ chart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final, TypeAlias

import attrs

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, Phrase, Reason, Undefined, round_half_up

from ._limits import (
    ROUNDED,
    Bounds,
    Limits,
    exact,
    middle,
    moving_ranges,
    total_of,
    typical_range,
)
from ._rules import ChartPoint

Number: TypeAlias = Decimal | int
Observed: TypeAlias = Number | tuple[Number, Number] | Undefined | None

_SHOWN_DIGITS: Final = 4
_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)


class ChartKind(LabelledEnum):
    """How the limits of a chart are reckoned.

    .. versionadded:: 0.1.0
    """

    XMR = "xmr", "single values and moving ranges", "单值移动极差图"
    XMR_MEDIAN = "xmr_median", "single values and median moving ranges", "单值移动极差图（中位数）"
    P = "p", "shares of different numbers (p′)", "比例图（p′）"
    U = "u", "counts per different numbers (u′)", "单位计数图（u′）"

    @property
    def has_bases(self) -> bool:
        """Whether its values are counts, each of or per a number of its own."""
        return self in (ChartKind.P, ChartKind.U)


@attrs.frozen
class Observation:
    """What was observed in a period: a value, and of a share or rate what it is made of."""

    period: Period
    value: Decimal | Undefined
    count: Decimal | None = None
    base: Decimal | None = None


@attrs.frozen
class Reckoning:
    """A kind of chart, with the bounds that its values have by nature."""

    kind: ChartKind
    bounds: Bounds

    @classmethod
    def of(cls, kind: ChartKind, lower: Number | None, upper: Number | None) -> Reckoning:
        """Return the kind with the bounds that were given, or that shares and counts have."""
        if kind.has_bases and lower is None:
            lower = 0
        if kind is ChartKind.P and upper is None:
            upper = 1
        return cls(kind, Bounds.of(lower, upper))

    def observation(self, period: Period, found: Observed) -> Observation:
        """Return what was found, and refuse what is none of this kind."""
        if found is None or isinstance(found, Undefined):
            return Observation(period, Undefined(Reason.NO_DATA) if found is None else found)
        if isinstance(found, tuple) is not self.kind.has_bases:
            what = "a count and what it is of or per" if self.kind.has_bases else "one number"
            raise InvalidValueError("values", found, f"be {what}, as the chart's kind is")
        if not isinstance(found, tuple):
            return Observation(period, self.bounds.admit(exact(found, "values")))
        if len(found) != 2:  # noqa: PLR2004 - a pair
            raise InvalidValueError("values", found, "be a count and what it is of or per")
        count, base = (exact(part, "values") for part in found)
        if base < 0 or count < 0 or (self.kind is ChartKind.P and count > base):
            rule = "be a count of at least 0, and of a share at most what it is of"
            raise InvalidValueError("values", found, rule)
        if not base:
            return Observation(period, Undefined(Reason.ZERO_DENOMINATOR))
        return Observation(period, self.bounds.admit(count / base), count, base)

    def centre(self, baseline: Sequence[Observation]) -> Decimal:
        """Return the centre of the values of a baseline that has some."""
        if self.kind.has_bases:
            counts = total_of(each.count or _ZERO for each in baseline)
            return ROUNDED.divide(counts, total_of(each.base or _ZERO for each in baseline))
        values = [each.value for each in baseline if isinstance(each.value, Decimal)]
        return middle(values, median=self.kind is ChartKind.XMR_MEDIAN)

    def scale(self, centre: Decimal, base: Decimal | None) -> Decimal:
        """Return the unit of moving ranges: how far chance alone lets a value stray, or 1."""
        if base is None:
            return _ONE
        chance = centre * (1 - centre) if self.kind is ChartKind.P else centre
        return (chance / base).sqrt()


def in_order(values: Mapping[Period, Observed]) -> list[Period]:
    """Return the periods in the order of time, and refuse none and overlapping ones."""
    row = sorted(values)
    if not row:
        raise InvalidValueError("values", {}, "hold at least one period")
    for before, period in pairwise(row):
        if before.end > period.start:
            raise InvalidValueError("values", f"{before} and {period}", "be of separate periods")
    return row


def processes(row: Sequence[Observation], changes: Sequence[date]) -> Iterator[list[Observation]]:
    """Yield the observations of each process: of the periods from one change to the next."""
    for _, group in groupby(row, lambda each: sum(day <= each.period.start for day in changes)):
        yield list(group)


def draw(
    process: Sequence[Observation], reckoning: Reckoning, baseline: int | Period
) -> list[ChartPoint]:
    """Return the points of one process, each with the limits that its baseline sets."""
    chosen = _baseline(process, baseline)
    if not chosen:
        nothing = Undefined(Reason.TOO_FEW, Phrase("the baseline has no values", "基线没有数值"))
        return [_point(each, limits=nothing) for each in process]
    centre = reckoning.centre(chosen)
    ranges = _ranges(process, centre, reckoning)
    within = set(chosen)
    settled = [
        found
        for found, (before, each) in zip(ranges[1:], pairwise(process), strict=True)
        if before in within and each in within
    ]
    median = reckoning.kind is ChartKind.XMR_MEDIAN
    typical = typical_range(len(chosen), settled, median=median)
    return [
        _point(
            each,
            moving_range=found,
            is_baseline=each in within,
            limits=typical
            if isinstance(typical, Undefined)
            else reckoning.bounds.limits(
                centre,
                typical,
                len(chosen),
                scale=reckoning.scale(centre, each.base),
                median=median,
            ),
        )
        for each, found in zip(process, ranges, strict=True)
    ]


def _baseline(process: Sequence[Observation], baseline: int | Period) -> list[Observation]:
    """Return the observations with a value on which the limits rest."""
    valued = [each for each in process if isinstance(each.value, Decimal)]
    if isinstance(baseline, int):
        return valued[:baseline]
    start, end = baseline.start, baseline.end
    return [each for each in valued if start <= each.period.start and each.period.end <= end]


def _ranges(
    process: Sequence[Observation], centre: Decimal, reckoning: Reckoning
) -> list[Decimal | None]:
    """Return how far each value lies from the one before; None where no neighbour has one."""
    units = [_in_units(each, centre, reckoning) for each in process]
    adjoins = [
        False,
        *(before.period.end == each.period.start for before, each in pairwise(process)),
    ]
    return [
        found if is_next else None
        for found, is_next in zip(moving_ranges(units), adjoins, strict=True)
    ]


def _in_units(each: Observation, centre: Decimal, reckoning: Reckoning) -> Decimal | None:
    if isinstance(each.value, Undefined):
        return None
    if not reckoning.kind.has_bases:
        return each.value
    scale = reckoning.scale(centre, each.base)
    if scale:
        return (each.value - centre) / scale
    return _ZERO if each.value == centre else None  # chance alone would bring no other value


def _point(
    each: Observation,
    *,
    limits: Limits | Undefined,
    moving_range: Decimal | None = None,
    is_baseline: bool = False,
) -> ChartPoint:
    return ChartPoint(
        period=each.period,
        value=each.value,
        base=each.base,
        moving_range=moving_range,
        limits=limits,
        is_baseline=is_baseline,
    )


def plain(number: Decimal) -> str:
    """Return a number to four digits behind the point, without zeros at its end."""
    shown = round_half_up(number, _SHOWN_DIGITS)
    return f"{shown.normalize() if shown else _ZERO:f}"
