"""Functions about the gamma function that the standard library does not have.

Digamma and trigamma step up to where a few terms of their asymptotic series leave out less than
a float can tell. Differences of logarithms of gamma functions are formed without subtracting
one large number from another, so that a model stays exact where its parameters are huge.

Sources:
    M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964: 6.1.41 (the
    series of the logarithm), 6.3.5 and 6.3.18 (digamma), 6.4.6 and 6.4.12 (trigamma).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from crmcore.errors import InvalidValueError

_FAR = 10.0  # from here on the series is exact
_LEAP = 48  # so many factors are multiplied out; more are leapt over


def _check(name: str, value: float) -> None:
    if not 0 < value < math.inf:
        raise InvalidValueError(name, value, "be above 0, and finite")


def digamma(x: float) -> float:
    """Return the derivative of the logarithm of the gamma function.

    The error is at most some 1e-15 of the value, or of 1 near its zero at 1.46.

    Args:
        x: Above 0, and finite.

    Raises:
        InvalidValueError: If *x* is not above 0 and finite.

    .. versionadded:: 0.1.0
    """
    _check("x", x)
    stepped = 0.0
    while x < _FAR:
        stepped += 1 / x
        x += 1
    return math.log(x) - 1 / (2 * x) - _digamma_tail(x) - stepped


def trigamma(x: float) -> float:
    """Return the second derivative of the logarithm of the gamma function.

    The relative error is at most some 1e-15.

    Args:
        x: Above 0, and finite.

    Raises:
        InvalidValueError: If *x* is not above 0 and finite.

    .. versionadded:: 0.1.0
    """
    _check("x", x)
    stepped = 0.0
    while x < _FAR:
        stepped += (1 / x) * (1 / x)  # which is infinite where x is next to nothing
        x += 1
    return 1 / x + 1 / (2 * x * x) + _trigamma_tail(x) + stepped


def log_beta(a: float, b: float) -> float:
    """Return the logarithm of the beta function, exact also where *a* or *b* is huge.

    Args:
        a: Above 0, and finite.
        b: Above 0, and finite.

    Raises:
        InvalidValueError: If one of the two is not above 0 and finite.

    .. versionadded:: 0.1.0
    """
    _check("a", a)
    _check("b", b)
    small, large = min(a, b), max(a, b)
    if large < _FAR:
        return math.lgamma(small) + math.lgamma(large) - math.lgamma(a + b)
    return math.lgamma(small) - _leap(large, small)[0]


def log_rising(a: float, counts: Iterable[int]) -> tuple[list[float], list[float], list[float]]:
    """Return the logarithm of ``a (a + 1) … (a + n - 1)`` for each *n*, with two derivatives.

    It is what ``log(gamma(a + n) / gamma(a))`` is in exact arithmetic, and the derivatives are
    those with regard to *a*.

    Args:
        a: Above 0, and finite.
        counts: The *n*, each 0 or more, from the smallest to the largest.

    Returns:
        The logarithms, their first and their second derivatives.

    Raises:
        InvalidValueError: If *a* is not above 0 and finite, or a count less than the one before.

    Complexity:
        ``O(k)`` for *k* counts: factors are shared, and wide gaps are leapt over.

    .. versionadded:: 0.1.0
    """
    _check("a", a)
    log, first, second, at = 0.0, 0.0, 0.0, 0
    logs: list[float] = []
    firsts: list[float] = []
    seconds: list[float] = []
    for n in counts:
        if n < at:
            raise InvalidValueError("counts", n, f"rise from 0, and {at} stands before it")
        until = n
        if n - at > _LEAP:  # as far as the series cannot tell, and then all at once
            until = at + max(0, math.ceil(_FAR - a - at))
        for step in range(at, until):
            inverse = 1 / (a + step)
            log += math.log(a + step)
            first += inverse
            second -= inverse * inverse
        if until < n:
            leap = _leap(a + until, n - until)
            log, first, second = log + leap[0], first + leap[1], second + leap[2]
        at = n
        logs.append(log)
        firsts.append(first)
        seconds.append(second)
    return logs, firsts, seconds


def log_gamma_ratio(a: float, n: float) -> tuple[float, float, float]:
    """Return ``log(gamma(a + n) / gamma(a))`` with its first and second derivative by *a*.

    It is exact also where *a* is huge, and *n* need not be whole.

    Args:
        a: Above 0, and finite.
        n: Above 0, and finite.

    Raises:
        InvalidValueError: If one of the two is not above 0 and finite.

    .. versionadded:: 0.1.0
    """
    _check("a", a)
    _check("n", n)
    if a >= _FAR:
        return _leap(a, n)
    end = a + n
    return (
        math.lgamma(end) - math.lgamma(a),
        digamma(end) - digamma(a),
        trigamma(end) - trigamma(a),
    )


def _leap(z: float, n: float) -> tuple[float, float, float]:
    """Return ``log(gamma(z + n) / gamma(z))`` and two derivatives by *z*, for a *z* far out."""
    end = z + n
    rise = math.log1p(n / z)
    gap = n / z / end  # 1/z - 1/(z + n)
    log = (z - 1 / 2) * rise + n * (math.log(end) - 1) + _log_tail(end) - _log_tail(z)
    first = rise + gap / 2 - (_digamma_tail(end) - _digamma_tail(z))
    second = -gap - gap * (1 / z + 1 / end) / 2 + _trigamma_tail(end) - _trigamma_tail(z)
    return log, first, second


def _log_tail(x: float) -> float:
    """Return what the logarithm of the gamma function is more than Stirling's formula."""
    y = 1 / (x * x)
    terms = 1 / 1188 - y * (691 / 360360 - y / 156)
    return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * terms)))) / x


def _digamma_tail(x: float) -> float:
    y = 1 / (x * x)
    terms = 1 / 240 - y * (1 / 132 - y * (691 / 32760 - y / 12))
    return y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * terms)))


def _trigamma_tail(x: float) -> float:
    y = 1 / (x * x)
    terms = 1 / 30 - y * (5 / 66 - y * (691 / 2730 - y * 7 / 6))
    return y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * terms))) / x
