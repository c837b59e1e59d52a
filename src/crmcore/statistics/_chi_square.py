"""The chi-square distribution, as far as a test needs it.

Sources:
    M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964: 26.4.19 (the tail
    is an incomplete gamma function), 6.5.29 (the series), 6.5.31 (the continued fraction).
"""

from __future__ import annotations

import math
from numbers import Real

from crmcore.errors import InvalidValueError

_TINY = 1e-300
_PRECISION = 1e-16


def _head(a: float, x: float) -> float:
    """Return the series of the lower incomplete gamma function, without its leading factor."""
    term = total = 1.0 / a
    step = a
    while term > total * _PRECISION:
        step += 1.0
        term *= x / step
        total += term
    return total


def _fraction(a: float, x: float) -> float:
    """Return the continued fraction of the upper one, by Lentz's method."""
    b = x + 1.0 - a
    c = 1.0 / _TINY
    d = 1.0 / b
    value = d
    m = 0
    change = 0.0
    while abs(change - 1.0) > 2 * _PRECISION:
        m += 1
        top = -m * (m - a)
        b += 2.0
        d = 1.0 / (top * d + b or _TINY)
        c = b + top / c or _TINY
        change = c * d
        value *= change
    return value


def chi_square_tail(x: float, df: float) -> float:
    """Return the probability that a chi-square variable is larger than *x*.

    It is the p value of a test whose statistic is *x*, exact to about thirteen digits for some
    hundred degrees of freedom, also where it is very small.

    Args:
        x: The statistic, 0 or more.
        df: The degrees of freedom, above 0.

    Raises:
        InvalidValueError: If *x* is negative or no number, or *df* is not above 0.

    .. versionadded:: 0.1.0
    """
    if not (isinstance(x, Real) and x >= 0):
        raise InvalidValueError("x", x, "be 0 or more")
    if not (isinstance(df, Real) and 0 < df < math.inf):
        raise InvalidValueError("df", df, "be above 0, and finite")
    if x in {0.0, math.inf}:
        return 1.0 if x == 0 else 0.0
    if df == 1:
        return math.erfc(math.sqrt(x / 2))
    a, half = df / 2, x / 2
    leading = math.exp(a * math.log(half) - half - math.lgamma(a))
    if half < a + 1:
        return max(0.0, 1.0 - leading * _head(a, half))
    return leading * _fraction(a, half)
