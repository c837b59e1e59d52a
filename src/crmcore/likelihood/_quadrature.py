"""Gauss-Legendre quadrature.

Sources:
    M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964: 25.4.29 (the
    rule), 22.7.10 (the recurrence of the polynomials), 22.16.6 (where their zeros are, about).
"""

from __future__ import annotations

import math
from functools import lru_cache

from crmcore.errors import InvalidValueError

_MOST_KEPT = 64
_MOST_STEPS = 8  # of Newton's, which is there after 4


@lru_cache(maxsize=_MOST_KEPT, typed=True)
def gauss_legendre(n: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the points and the weights that integrate a function from -1 to 1.

    The rule is exact for polynomials of degree ``2 n - 1``. It is symmetric to the last bit,
    and the points rise.

    Args:
        n: How many points, 1 or more.

    Raises:
        InvalidValueError: If *n* is less than 1, or no whole number.

    Complexity:
        ``O(n²)`` once; the rules are kept.

    .. versionadded:: 0.1.0
    """
    if type(n) is not int or n < 1:  # one that merely equals it would be kept in its place
        raise InvalidValueError("n", n, "be a whole number of at least 1")
    upper = [_node(n, rank) for rank in range(1, n // 2 + 1)]  # from the largest down
    middle = [(0.0, _weight(n, 0.0))] if n % 2 else []
    both = [(-x, w) for x, w in upper] + middle + upper[::-1]
    return tuple(x for x, _ in both), tuple(w for _, w in both)


def _node(n: int, rank: int) -> tuple[float, float]:
    """Return the zero of a rank, counted from the largest, and its weight."""
    x = math.cos(math.pi * (rank - 1 / 4) / (n + 1 / 2))
    for _ in range(_MOST_STEPS):
        value, slope = _legendre(n, x)
        x -= value / slope
    return x, _weight(n, x)


def _weight(n: int, x: float) -> float:
    slope = _legendre(n, x)[1]
    return 2 / ((1 - x * x) * slope * slope)


def _legendre(n: int, x: float) -> tuple[float, float]:
    """Return the polynomial of degree *n* and its slope, between -1 and 1."""
    before, value = 1.0, x
    for k in range(2, n + 1):
        before, value = value, ((2 * k - 1) * x * value - (k - 1) * before) / k
    return value, n * (x * value - before) / (x * x - 1)
