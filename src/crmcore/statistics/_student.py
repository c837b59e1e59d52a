"""Student's t distribution, in plain Python.

The tail of the distribution is half a regularised incomplete beta function, which a
continued fraction gives to almost full precision; its inverse is Newton's iteration from
below, where it cannot overshoot. Of many degrees of freedom the fraction loses digit after
digit; there a normal variable has the same tail, once it is bent by so little that three terms
of a series tell it.

Sources:
    W. S. Gosset ("Student"), "The Probable Error of a Mean", Biometrika 6(1), 1908.
    M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964: 26.5.8 (the
    continued fraction), 26.5.2 (its reflection), 26.7.1 (the tail as a beta function).
    W. J. Lentz, "Generating Bessel Functions in Mie Scattering Calculations Using Continued
    Fractions", Applied Optics 15(3), 1976.
    G. W. Hill, "Algorithm 395: Student's t-distribution", Communications of the ACM 13(10),
    1970: the normal variable with the same tail.
    F. G. Tricomi and A. Erdélyi, "The Asymptotic Expansion of a Ratio of Gamma Functions",
    Pacific Journal of Mathematics 1(1), 1951: the density of many degrees of freedom.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

from crmcore.errors import InvalidValueError

_HALF = 0.5
_TINY = 1e-300
_PRECISION = 1e-15
_STEP = 1e-13
_MOST_KEPT = 4096
_FAR = 40.0  # beyond, a normal variable has no probability that a float could tell
_MANY = 2000.0  # from here on both series leave out less than a float could tell
_OUT = 1e100  # from here on the tail is its leading power, to the last digit
_LONGEST = math.log(1e308)


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Return the continued fraction of the incomplete beta function, by Lentz's method."""
    c = 1.0
    d = 1.0 / (1.0 - (a + b) * x / (a + 1.0) or _TINY)
    value = d
    m = 0
    change = 0.0
    while abs(change - 1.0) > _PRECISION:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 / (1.0 + even * d or _TINY)
        c = 1.0 + even / c or _TINY
        value *= c * d
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / (1.0 + odd * d or _TINY)
        c = 1.0 + odd / c or _TINY
        change = c * d
        value *= change
    return value


def _log_gamma_step(a: float) -> float:
    """Return the logarithm of the quotient of the gamma functions of a + 1/2 and of a."""
    if a < _MANY / 2:
        return math.lgamma(a + _HALF) - math.lgamma(a)
    return math.log(a) / 2 - (1 - 1 / (24 * a * a)) / (8 * a)


def _as_normal(t: float, df: float) -> float:
    """Return the normal deviate beyond which as much lies as beyond *t*, for many degrees."""
    a = df - _HALF
    z = math.sqrt(a * math.log1p(t * t / df))
    if z > _FAR:
        return z
    b = 48 * a * a
    far = z * (855 + z * z * (240 + z * z * (33 + 4 * z * z)))
    return z + (z**3 + 3 * z) / b - far / (10 * b * (b + 0.8 * z**4 + 100))


def _tail(t: float, df: float) -> float:
    """Return the probability of more than *t*, for a *t* of 0 or more."""
    if df >= _MANY:
        return math.erfc(_as_normal(t, df) / math.sqrt(2)) / 2
    a, b = df / 2, _HALF
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    if t > _OUT:
        return math.exp(a * (math.log(df) - 2 * math.log(t)) - log_beta) / df
    x = df / (df + t * t)
    y = t * t / (df + t * t)
    if y == 0:  # so near the centre that its square is 0
        return _HALF
    front = math.exp(a * math.log(x) + b * math.log(y) - log_beta)
    if x < (a + 1) / (a + b + 2):
        return _HALF * front * _beta_fraction(x, a, b) / a
    return _HALF * (1 - front * _beta_fraction(y, b, a) / b)


def _log_density(t: float, df: float) -> float:
    log_front = _log_gamma_step(df / 2) - math.log(df * math.pi) / 2
    far = 2 * math.log(t) - math.log(df) if t > _OUT else math.log1p(t * t / df)
    return log_front - (df + 1) / 2 * far


def _check_df(df: float) -> None:
    if not 0 < df < math.inf:
        raise InvalidValueError("df", df, "be above 0, and finite")


def student_t_cdf(t: float, df: float) -> float:
    """Return the probability that a variable of Student's t distribution is at most *t*.

    Args:
        t: The value.
        df: The degrees of freedom, above 0.

    Raises:
        InvalidValueError: If *t* is not a number, or *df* not above 0 and finite.

    .. versionadded:: 0.1.0
    """
    _check_df(df)
    if math.isnan(t):
        raise InvalidValueError("t", t, "be a number")
    return 1 - _tail(t, df) if t >= 0 else _tail(-t, df)


@lru_cache(maxsize=_MOST_KEPT)
def student_t_quantile(p: float, df: float) -> float:
    """Return the value below which Student's t distribution has the probability *p*.

    Args:
        p: The probability, above 0 and below 1.
        df: The degrees of freedom, above 0.

    Raises:
        InvalidValueError: If *p* or *df* is out of its range, or the value out of that of a float.

    .. versionadded:: 0.1.0
    """
    if not 0 < p < 1:
        raise InvalidValueError("p", p, "be above 0 and below 1")
    _check_df(df)
    point = _upper_point(min(p, 1 - p), df)
    if point == math.inf:
        rule = f"be further from 0 and 1: with {df} degrees of freedom no float is so large"
        raise InvalidValueError("p", p, rule)
    return -point if p < _HALF else point


def _upper_point(tail: float, df: float) -> float:
    """Return the value above which the distribution has the probability *tail*, at most a half.

    Right of its centre the distribution function bends downwards, so that a Newton step from
    below ends below. The normal quantile is below, because Student's tails are heavier. Far
    out the density is less than a float can tell, but its logarithm is not.
    """
    t = -NormalDist().inv_cdf(tail) if tail < _HALF else 0.0
    while t < math.inf:
        excess = _tail(t, df) - tail
        if excess <= 0:
            return t
        step = math.exp(min(math.log(excess) - _log_density(t, df), _LONGEST))
        if step <= _STEP * t:
            return t
        t += step
    return t
