"""Forecasting: where a KPI will stand, or what it will have brought, when a goal's period ends.

A straight line is laid through the last values by least squares. A goal about where the KPI
*ends* asks for the line at the last period. A goal about what the whole period *brings* adds
the line's values of the periods still to come to what is there already; where no value can be
below 0, a line that leads there brings nothing, and takes nothing back. Either way the
forecast is a sum of *m* new observations, and with *n* points, residual standard deviation
*s*, and x measured in periods,

    variance of the sum = s² · (m + m²/n + (Σ (x − x̄))² / Σ (xᵢ − x̄)²):

the noise of each new observation, and the uncertainty of the line, which they all share. For
one observation this is the customary prediction interval.

What adds up along a plan of a stated shape goes another way. Period *i* was to bring the share
wᵢ of the whole and brought yᵢ, and the whole is expected to be k, with yᵢ = k·wᵢ and a noise
whose variance grows with wᵢ. Then k is the ratio of what there is to what was planned by now,
Σyᵢ / Σwᵢ, and with W planned by now and R planned for the rest,

    s² = Σ (yᵢ − k·wᵢ)² / wᵢ / (n − 1),    variance of the rest = s² · (R + R² / W).

Sources:
    N. R. Draper and H. Smith, Applied Regression Analysis, 3rd edition, 1998: chapter 3.
    R. M. Royall, "On finite population sampling theory under certain linear regression
    models", Biometrika 57(2), 1970: the ratio, and the variance of what is not yet seen.
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
        points: How many values it rests on.
        slope: How much the line through them rises by period, in the unit of the KPI; None
            where there is no line, because the plan has a shape.

    .. versionadded:: 0.1.0
    """

    number: float
    interval: Interval
    chance: float = attrs.field(validator=is_fraction)
    points: int = attrs.field(validator=at_least(_COEFFICIENTS + 1))
    slope: float | None


def look_ahead(
    points: Sequence[tuple[int, float]],
    to_come: Sequence[int],
    *,
    so_far: float,
    target: float,
    is_upward: bool,
    each: tuple[float, float] = (-inf, inf),
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
        each: What one observation can be at all; a line that leads beyond it ends there.
        bounds: What the number can be at all: the forecast is cut to it, and what lies beyond
            it is not reached by any chance.
        level: The confidence of the interval, as a fraction.
    """
    places, values = zip(*points, strict=True)
    line = linear_trend(places, values)
    least, most = each
    expected = so_far + fsum(min(max(line.at(place), least), most) for place in to_come)
    deviation = _deviation_of_sum(line, to_come)
    ahead = expected - target if is_upward else target - expected
    out_of_reach = target > bounds[1] if is_upward else target < bounds[0]
    return Forecast(
        number=_cut(expected, bounds),
        interval=_interval(
            expected,
            deviation,
            line.n - _COEFFICIENTS,
            bounds=bounds,
            level=level,
            method="linear prediction",
        ),
        chance=0.0
        if out_of_reach
        else _chance(ahead, deviation, line.n - _COEFFICIENTS, of=abs(target)),
        points=line.n,
        slope=line.slope,
    )


def look_along(
    done: Sequence[tuple[float, float]],
    rest: float,
    *,
    so_far: float,
    target: float,
    is_upward: bool,
    bounds: tuple[float, float] = (-inf, inf),
    level: float = 0.8,
) -> Forecast:
    """Return the forecast of *so_far* and of a *rest* that goes on as the plan is shaped.

    Args:
        done: At least two periods that are over: the share of the whole that each was to
            bring, above 0, and what it brought.
        rest: The share of the whole that is planned for the periods to come.
        so_far: What is there already.
        target: What is to be reached.
        is_upward: Whether more is better.
        bounds: What the number can be at all: the forecast is cut to it, and what lies beyond
            it is not reached by any chance.
        level: The confidence of the interval, as a fraction.
    """
    planned = fsum(part for part, _ in done)
    whole = fsum(brought for _, brought in done) / planned
    freedom = len(done) - 1
    variance = fsum((brought - whole * part) ** 2 / part for part, brought in done) / freedom
    deviation = sqrt(variance * (rest + rest * rest / planned))
    expected = so_far + whole * rest
    ahead = expected - target if is_upward else target - expected
    out_of_reach = target > bounds[1] if is_upward else target < bounds[0]
    return Forecast(
        number=_cut(expected, bounds),
        interval=_interval(
            expected,
            deviation,
            freedom,
            bounds=bounds,
            level=level,
            method="prediction by the planned shape",
        ),
        chance=0.0 if out_of_reach else _chance(ahead, deviation, freedom, of=abs(target)),
        points=len(done),
        slope=None,
    )


def _interval(
    expected: float,
    deviation: float,
    freedom: int,
    *,
    bounds: tuple[float, float],
    level: float,
    method: str,
) -> Interval:
    half = student_t_quantile((1 + level) / 2, freedom) * deviation
    return Interval(
        low=_cut(expected - half, bounds),
        high=_cut(expected + half, bounds),
        level=level,
        method=method,
    )


def _deviation_of_sum(line: LinearTrend, to_come: Sequence[int]) -> float:
    count = len(to_come)
    away = fsum(place - line.mean_x for place in to_come)
    shared = count * count / line.n + away * away / line.spread_x
    return (line.residual_sd or 0.0) * sqrt(count + shared)


def _chance(ahead: float, deviation: float, freedom: int, *, of: float) -> float:
    """Return how probable it is to end on the right side, *ahead* of the target as expected.

    Points that lie on the line but for the rounding of floats leave no doubt.
    """
    nothing = _ROUNDING * max(of, 1.0)
    if deviation <= nothing:
        return 1.0 if ahead >= -nothing else 0.0
    return student_t_cdf(ahead / deviation, freedom)


def _cut(number: float, bounds: tuple[float, float]) -> float:
    return min(max(number, bounds[0]), bounds[1])
