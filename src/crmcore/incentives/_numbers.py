"""Exact numbers: fractions as decimals, and a sum cut into whole units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from functools import reduce
from math import floor
from typing import Final

from crmcore.kernel import round_half_up

EXACT: Final = Context(prec=150)
_QUOTIENT: Final = Context(prec=28)


def to_decimal(number: Fraction) -> Decimal:
    """Return a fraction exactly where a decimal can say it, else to 28 digits."""
    above, below = Decimal(number.numerator), Decimal(number.denominator)
    exact = EXACT.divide(above, below)
    if EXACT.multiply(exact, below) == above:
        return exact
    return _QUOTIENT.divide(above, below)


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    return reduce(EXACT.add, numbers, Decimal(0))


def apportion(units: int, weights: Sequence[Fraction]) -> list[int]:
    """Cut so many units in proportion to weights, by the largest remainder.

    Everybody gets the whole units of an exact share; what is left goes, a unit each, to those
    with the largest remainders, of equal ones to those who come first. The parts sum to *units*.

    Sources:
        The method of A. Hamilton, 1792; M. L. Balinski and H. P. Young, Fair Representation,
        1982, chapter 2.
    """
    whole = sum(weights, Fraction(0))
    shares = [units * weight / whole for weight in weights]
    parts = [floor(share) for share in shares]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - shares[place], place))
    for place in order[: units - sum(parts)]:
        parts[place] += 1
    return parts


def shown(number: Decimal, digits: int = 2) -> str:
    """Return a number as people read it, rounded half up, without trailing zeros."""
    return f"{round_half_up(number, digits):f}".rstrip("0").rstrip(".")


def percent_of(share: Decimal) -> str:
    """Return a fraction as people read it, in percent."""
    return shown(EXACT.multiply(share, Decimal(100)))
