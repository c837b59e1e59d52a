"""Intervals of confidence for proportions, means and medians.

Sources:
    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    Journal of the American Statistical Association 22(158), 1927: proportions.
    R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
    Medicine 17(8), 1998: why Wilson's, with worked examples (method 3).
    W. J. Conover, Practical Nonparametric Statistics, 1971: quantiles by order statistics.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from statistics import NormalDist

import attrs

from crmcore.errors import InvalidValueError

from ._student import student_t_quantile


def _is_level(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    check_level(attribute.name, value)


def check_finite(name: str, values: Iterable[float]) -> None:
    """Refuse what has no place among numbers, or lies beyond all of them."""
    for value in values:
        if not math.isfinite(value):
            raise InvalidValueError(name, value, "be finite")


def check_level(name: str, value: float) -> None:
    """Refuse what is no level of confidence."""
    if not (isinstance(value, Real) and 0 < value < 1):
        raise InvalidValueError(name, value, "be a fraction above 0 and below 1 (0.95, not 95)")


@attrs.frozen(kw_only=True)
class Interval:
    """The bounds within which a true value lies, as far as the observations tell.

    Attributes:
        low: The lower bound, in the unit of the value.
        high: The upper bound, in the unit of the value.
        level: How often such bounds hold the true value, as a fraction.
        method: How they were found.

    .. versionadded:: 0.1.0
    """

    low: float
    high: float = attrs.field()
    level: float = attrs.field(default=0.95, validator=_is_level)
    method: str

    @high.validator
    def _is_not_below_low(self, attribute: attrs.Attribute[float], value: float) -> None:
        if not value >= self.low:
            raise InvalidValueError(attribute.name, value, f"be at least the low bound, {self.low}")

    def __contains__(self, value: object) -> bool:
        """Say whether *value* is within the bounds, both included."""
        return bool(self.low <= value <= self.high)  # type: ignore[operator]

    def __str__(self) -> str:
        """Return the bounds to four digits, the level and the method."""
        return f"{self.low:.4g} to {self.high:.4g} ({100 * self.level:g} %, {self.method})"


def wilson(successes: int, n: int, level: float = 0.95) -> Interval:
    """Return Wilson's score interval for a proportion, without continuity correction.

    It stays within 0 and 1 and is of use at both of them: no success in 20 trials leaves
    room for a true share of up to 16 %.

    Args:
        successes: How many of the trials succeeded.
        n: How many trials there were, 1 or more.
        level: The confidence, as a fraction.

    Raises:
        InvalidValueError: If there are no trials, or more successes than trials.

    .. versionadded:: 0.1.0
    """
    check_level("level", level)
    if n < 1:
        raise InvalidValueError("n", n, "be at least 1")
    if not 0 <= successes <= n:
        raise InvalidValueError("successes", successes, f"be between 0 and n, {n}")
    z = NormalDist().inv_cdf((1 + level) / 2)
    p = successes / n
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(
        low=0.0 if successes == 0 else (middle - half) / scale,
        high=1.0 if successes == n else (middle + half) / scale,
        level=level,
        method="Wilson",
    )


def mean_interval(mean: float, sd: float, n: int, level: float = 0.95) -> Interval | None:
    """Return Student's t interval for a mean, or None where one observation tells no spread.

    Args:
        mean: The mean of the observations.
        sd: Their standard deviation, with n − 1 in the denominator.
        n: How many there are.
        level: The confidence, as a fraction.

    Raises:
        InvalidValueError: If *sd* is negative, or one of the two is not finite.

    .. versionadded:: 0.1.0
    """
    check_level("level", level)
    if not sd >= 0:
        raise InvalidValueError("sd", sd, "be at least 0")
    check_finite("mean", (mean,))
    check_finite("sd", (sd,))
    if n < 2:  # noqa: PLR2004 - one observation has no spread
        return None
    half = student_t_quantile((1 + level) / 2, n - 1) * sd / math.sqrt(n)
    return Interval(low=mean - half, high=mean + half, level=level, method="Student t")


def median_interval(values: Iterable[float], level: float = 0.95) -> Interval | None:
    """Return the order-statistic interval for a median, or None where there are too few values.

    With the observations in order, the median lies between the *k*-th from below and the
    *k*-th from above unless fewer than *k* of them fall on one of its sides, and how many do
    is binomial with probability one half. The largest *k* that keeps the level is taken, so
    that the true confidence is *level* or somewhat more. No shape of distribution is
    assumed. Fewer than 6 observations cannot reach 95 %.

    Args:
        values: The observations, in any order.
        level: The confidence, as a fraction.

    Raises:
        InvalidValueError: If an observation is not finite.

    .. versionadded:: 0.1.0
    """
    check_level("level", level)
    ordered = list(values)
    check_finite("values", ordered)
    ordered.sort()
    k = _median_rank(len(ordered), level)
    if k == 0:
        return None
    return Interval(
        low=float(ordered[k - 1]),
        high=float(ordered[-k]),
        level=level,
        method="order statistics",
    )


def _median_rank(n: int, level: float) -> int:
    """Return the largest *k* with ``P(Bin(n, 1/2) < k)`` of at most half of 1 − *level*, or 0."""
    # Ten standard deviations below the middle nothing is left that a float could add up.
    k = max(0, math.floor(n / 2 - 5 * math.sqrt(n)))
    log_term = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2)
    term = math.exp(log_term)
    below = 0.0
    while below + term <= (1 - level) / 2:
        below += term
        term *= (n - k) / (k + 1)
        k += 1
    return k
