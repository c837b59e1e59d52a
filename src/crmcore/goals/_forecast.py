"""Forecasting: where a KPI will stand, or what it will have brought, when a goal's period ends.

A straight line is laid through the last values by least squares. A goal about where the KPI
*ends* asks for the line at the last period. A goal about what the whole period *brings* adds
the line's values of the periods still to come to what is there already. Either way the
forecast is a sum of *m* new observations, and with *n* points, residual standard deviation
*s*, and x measured in periods,

    variance of the sum = s² · (m + m²/n + (Σ (x − x̄))² / Σ (xᵢ − x̄)²):

the noise of each new observation, and the uncertainty of the line, which they all share. For
one observation this is the customary prediction interval.

Sources:
    N. R. Draper and H. Smith, Applied Regression Analysis, 3rd edition, 1998: chapter 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, inf, sqrt
from typing import Final

import attrs

from crmcore.checks import at_least, is_fraction
from crmcore.statistics import (
    Interval,
    LinearTrend,
    linear_trend,
    student_t_cdf,
    student_t_quantile,
)

_COEFFICIENTS: Final = 2
_ROUNDING: Final = 1e-9


@attrs.frozen(kw_only=True)
class Forecast:
    """What is expected for the end of a goal's period, and how sure that is.

    Attributes:
        number: The expected value, in the unit of the KPI.
        interval: Within which bounds it will lie.
        chance: How probable it is that the target is reached, as a fraction.
        points: How many values the line was laid through.
        slope: How much the line rises by period, in the unit of the KPI.

    .. versionadded:: 0.1.0
    """

    number: float
    interval: Interval
    chance: float = attrs.field(validator=is_fraction)
    points: int = attrs.field(validator=at_least(_COEFFICIENTS + 1))
    slope: float


def look_ahead(
    points: Sequence[tuple[int, float]],
    to_come: Sequence[int],
    *,
    so_far: float,
    target: float,
    is_upward: bool,
    bounds: tuple[float, float] = (-inf, inf),
    level: float = 0.8,
) -> Forecast:
    """Return the forecast of *so_far* and the sum of the observations that are *to_come*.

    Args:
        points: At least three observations: their place in the row of periods, and their value.
        to_come: The places of the observations that make up the forecast.
        so_far: What is there already.
        target: What is to be reached.
        is_upward: Whether more is better.
        bounds: What the number can be at all; the forecast is cut to it, the chance is not.
        level: The confidence of the interval, as a fraction.
    """
    places, values = zip(*points, strict=True)
    line = linear_trend(places, values)
    expected = so_far + fsum(line.at(place) for place in to_come)
    deviation = _deviation_of_sum(line, to_come)
    ahead = expected - target if is_upward else target - expected
    half = student_t_quantile((1 + level) / 2, line.n - _COEFFICIENTS) * deviation
    return Forecast(
        number=_cut(expected, bounds),
        interval=Interval(
            low=_cut(expected - half, bounds),
            high=_cut(expected + half, bounds),
            level=level,
            method="linear prediction",
        ),
        chance=_chance(ahead, deviation, line.n, of=abs(target)),
        points=line.n,
        slope=line.slope,
    )


def _deviation_of_sum(line: LinearTrend, to_come: Sequence[int]) -> float:
    count = len(to_come)
    away = fsum(place - line.mean_x for place in to_come)
    shared = count * count / line.n + away * away / line.spread_x
    return (line.residual_sd or 0.0) * sqrt(count + shared)


def _chance(ahead: float, deviation: float, points: int, *, of: float) -> float:
    """Return how probable it is to end on the right side, *ahead* of the target as expected.

    Points that lie on the line but for the rounding of floats leave no doubt.
    """
    nothing = _ROUNDING * max(of, 1.0)
    if deviation <= nothing:
        return 1.0 if ahead >= -nothing else 0.0
    return student_t_cdf(ahead / deviation, points - _COEFFICIENTS)


def _cut(number: float, bounds: tuple[float, float]) -> float:
    return min(max(number, bounds[0]), bounds[1])
