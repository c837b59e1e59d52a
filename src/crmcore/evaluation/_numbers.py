"""Exact numbers: shares of weight and points, as decimals that add up."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal
from fractions import Fraction
from functools import reduce
from typing import Final

from crmcore.kernel import round_half_up

# Room for every digit of a sum or a product, whatever the context of the caller.
EXACT: Final = Context(prec=120)
_QUOTIENT: Final = Context(prec=28)


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    return reduce(EXACT.add, numbers, Decimal(0))


def to_decimal(number: Fraction) -> Decimal:
    """Return a fraction exactly where a decimal can say it, else to 28 digits."""
    above, below = Decimal(number.numerator), Decimal(number.denominator)
    exact = EXACT.divide(above, below)
    if EXACT.multiply(exact, below) == above:
        return exact
    return _QUOTIENT.divide(above, below)


def shown(number: Decimal, digits: int = 2) -> str:
    """Return a number as people read it, rounded half up, without trailing zeros."""
    return f"{round_half_up(number, digits):f}".rstrip("0").rstrip(".")


def percent_of(share: Decimal) -> str:
    """Return a fraction as people read it, in percent."""
    return shown(EXACT.multiply(share, Decimal(100)))
