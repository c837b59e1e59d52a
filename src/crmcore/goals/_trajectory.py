"""Trajectories: how much of a goal's way is planned to be covered by when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, localcontext
from itertools import accumulate, pairwise
from typing import Final, TypeAlias

import attrs

from crmcore.calendar import Grain, Period, periods
from crmcore.checks import day, decimal
from crmcore.errors import InvalidValueError
from crmcore.kernel import Undefined
from crmcore.kpis import KpiSeries
from crmcore.measures import Additivity

from ._exact import EXACT, plain, share

Number: TypeAlias = Decimal | int | str
_Points: TypeAlias = "Iterable[tuple[date, Number]]"

_YEARLY: Final = {Grain.MONTH: 12, Grain.QUARTER: 4}
_ONE: Final = Decimal(1)


def _in_order(points: _Points) -> tuple[tuple[date, Decimal], ...]:
    return tuple(sorted((day(on, "points"), decimal(planned, "points")) for on, planned in points))


@attrs.frozen(kw_only=True)
class Trajectory:
    """How much of a goal's way is planned to be covered when a day begins.

    Nothing is covered when the goal's period begins, and all of it when the period ends. In
    between the way is a straight line in time, unless points say otherwise.

    Attributes:
        points: Days, and the share of the way that is to be covered when each begins, as a
            fraction: in order, never falling, from 0 to 1.
        is_stepped: Whether the plan leaps at each point, and at the end, and rests between
            them; otherwise it runs straight from point to point.

    .. versionadded:: 0.1.0
    """

    points: tuple[tuple[date, Decimal], ...] = attrs.field(default=(), converter=_in_order)
    is_stepped: bool = False

    @points.validator
    def _never_falls(
        self,
        attribute: attrs.Attribute[tuple[tuple[date, Decimal], ...]],
        value: tuple[tuple[date, Decimal], ...],
    ) -> None:
        for on, planned in value:
            if not 0 <= planned <= 1:
                rule = f"be fractions between 0 and 1, on {on} too"
                raise InvalidValueError(attribute.name, str(planned), rule)
        for (before, less), (on, more) in pairwise(value):
            if before == on:
                raise InvalidValueError(attribute.name, str(on), "name each day once")
            if more < less:
                rule = f"not fall: {less} was planned for {before} already"
                raise InvalidValueError(attribute.name, f"{more} for {on}", rule)

    @classmethod
    def steps(cls, points: Mapping[date, Number]) -> Trajectory:
        """Return a plan that leaps: from each day on, this share of the way is covered."""
        return cls(points=points.items(), is_stepped=True)

    @classmethod
    def weighted(cls, weights: Iterable[Number], period: Period, grain: Grain) -> Trajectory:
        """Return a plan in which each calendar period covers its share of the way.

        Falling weights put the effort at the front, and rising ones at the back:

        >>> year = Period(date(1998, 1, 1), date(1999, 1, 1))
        >>> front = Trajectory.weighted([4, 3, 2, 1], year, Grain.QUARTER)
        >>> str(front.planned(date(1998, 7, 1), year))
        '0.7'

        Args:
            weights: How much each period is to bring, in order, in any unit; none below 0.
            period: The goal's period.
            grain: The grain of the calendar periods that it is made up of.

        Raises:
            InvalidValueError: If the goal's period is not made up of such periods, there are
                not as many weights, or they come to nothing.
        """
        parts = whole_periods(period, grain)
        each = [decimal(weight, "weights") for weight in weights]
        if len(each) != len(parts):
            rule = f"be {len(parts)}, one for each {grain.label.en} of {period}"
            raise InvalidValueError("weights", len(each), rule)
        if min(each) < 0 or not any(each):
            said = ", ".join(map(str, each))
            raise InvalidValueError("weights", said, "be at least 0, and one of them above")
        with localcontext(EXACT):
            sums = list(accumulate(each))
        ends = [part.end for part in parts[:-1]]
        return cls(
            points=[
                (on, plain(share(so_far, sums[-1])))
                for on, so_far in zip(ends, sums[:-1], strict=True)
            ]
        )

    @classmethod
    def seasonal(cls, series: KpiSeries, period: Period) -> Trajectory:
        """Return the plan that follows last year's shape: a strong December is one again.

        Args:
            series: The values of a KPI that adds up over time, by month or quarter, of the
                same periods a year before.
            period: The goal's period.

        Raises:
            InvalidValueError: If the series is of another kind, or one of the values of the
                year before is missing or below 0.
        """
        if series.kpi.over_time is not Additivity.ADDITIVE or series.grain not in _YEARLY:
            rule = "be of a KPI that adds up over time, by month or quarter"
            raise InvalidValueError("series", f"{series.kpi} by {series.grain.label.en}", rule)
        grain = series.grain
        known = dict(zip(series.periods, series.values, strict=True))
        weights = []
        for part in whole_periods(period, grain):
            before = Period(*(grain.after(on, -_YEARLY[grain]) for on in (part.start, part.end)))
            value = known.get(before)
            if value is None or isinstance(value, Undefined):
                why = f"hold a value of {before}, a year before {part}"
                raise InvalidValueError("series", str(value), why)
            weights.append(value.number)
        return cls.weighted(weights, period, grain)

    @property
    def is_straight(self) -> bool:
        """Whether the plan is a straight line in time."""
        return not self.points and not self.is_stepped

    @property
    def is_shaped(self) -> bool:
        """Whether it says how what adds up is spread over the time: by neither line nor leaps."""
        return bool(self.points) and not self.is_stepped

    def planned(self, on: date, period: Period) -> Decimal:
        """Return the share of the way that is to be covered when a day begins, as a fraction.

        Args:
            on: The day.
            period: The goal's period.
        """
        knots = [(period.start, Decimal(0)), *self.points, (period.end, _ONE)]
        place = bisect_right([knot for knot, _ in knots], on)
        if place == 0 or place == len(knots):
            return knots[place and -1][1]
        (before, less), (after, more) = knots[place - 1], knots[place]
        if self.is_stepped:
            return less
        with localcontext(EXACT):
            gone = share((on - before).days, (after - before).days)
            return plain(less + (more - less) * gone)


def whole_periods(period: Period, grain: Grain) -> tuple[Period, ...]:
    """Return the calendar periods that a period is made up of, or refuse one that is not."""
    parts = tuple(periods(grain, period.start, period.end))
    if not parts or parts[0].start != period.start or parts[-1].end != period.end:
        rule = f"be made up of whole periods of the grain {grain.label.en}"
        raise InvalidValueError("period", str(period), rule)
    return parts
