"""Straight lines through a series, and how far its next value may stray from them.

Sources:
    N. R. Draper and H. Smith, Applied Regression Analysis, 3rd edition, 1998: chapters 1 to
    3, the least-squares line and the interval of a new observation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs

from crmcore.errors import InvalidValueError

from ._interval import Interval, check_finite
from ._student import student_t_cdf, student_t_quantile

_COEFFICIENTS = 2


@attrs.frozen(kw_only=True)
class LinearTrend:
    """The least-squares line through points, with what its forecasts need.

    Attributes:
        slope: The change of y for one x.
        intercept: The y at x = 0.
        residual_sd: The standard deviation of the points around the line, with n − 2 in the
            denominator; None where two points leave nothing over.
        n: How many points there were.
        mean_x: The mean of their x.
        spread_x: The sum of the squared distances of their x from the mean.

    .. versionadded:: 0.1.0
    """

    slope: float
    intercept: float
    residual_sd: float | None
    n: int
    mean_x: float
    spread_x: float

    def at(self, x: float) -> float:
        """Return the line's y at *x*."""
        return self.intercept + self.slope * x

    def _new_value_sd(self, x: float) -> float | None:
        if self.residual_sd is None:
            return None
        away = (x - self.mean_x) ** 2 / self.spread_x
        return self.residual_sd * math.sqrt(1 + 1 / self.n + away)

    def prediction_interval(self, x: float, level: float = 0.95) -> Interval | None:
        """Return within which bounds a new observation at *x* will lie.

        The points are taken to stray from the line independently and normally, each as far as
        any other.

        Args:
            x: Where the observation will be made.
            level: The confidence, as a fraction.

        Returns:
            The interval, or None where two points leave nothing to tell the spread by.
        """
        sd = self._new_value_sd(x)
        if sd is None:
            return None
        half = student_t_quantile((1 + level) / 2, self.n - _COEFFICIENTS) * sd
        y = self.at(x)
        return Interval(low=y - half, high=y + half, level=level, method="linear prediction")

    def chance_of_at_least(self, y: float, x: float) -> float | None:
        """Return how probable it is that a new observation at *x* is *y* or more.

        None where two points leave nothing to tell the spread by.
        """
        sd = self._new_value_sd(x)
        if sd is None:
            return None
        if sd == 0:
            return 1.0 if self.at(x) >= y else 0.0
        return student_t_cdf((self.at(x) - y) / sd, self.n - _COEFFICIENTS)


def linear_trend(xs: Sequence[float], ys: Sequence[float]) -> LinearTrend:
    """Return the least-squares line through the points (x, y).

    Args:
        xs: Where the observations were made; at least two different places.
        ys: What was observed, one for each x.

    Raises:
        InvalidValueError: If the two are not equally long, a number is not finite, or all x
            are the same, or so near each other that floats cannot tell them apart.

    .. versionadded:: 0.1.0
    """
    n = len(xs)
    if len(ys) != n:
        raise InvalidValueError("ys", len(ys), f"have one value for each of the {n} xs")
    check_finite("xs", xs)
    check_finite("ys", ys)
    mean_x = math.fsum(xs) / max(n, 1)
    spread_x = math.fsum((x - mean_x) ** 2 for x in xs)
    if len(set(xs)) < _COEFFICIENTS or not spread_x:
        raise InvalidValueError("xs", tuple(xs), "have at least two different values")
    mean_y = math.fsum(ys) / n
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread_x
    intercept = mean_y - slope * mean_x
    left_over = math.fsum((y - intercept - slope * x) ** 2 for x, y in zip(xs, ys, strict=True))
    return LinearTrend(
        slope=slope,
        intercept=intercept,
        residual_sd=math.sqrt(left_over / (n - _COEFFICIENTS)) if n > _COEFFICIENTS else None,
        n=n,
        mean_x=mean_x,
        spread_x=spread_x,
    )
