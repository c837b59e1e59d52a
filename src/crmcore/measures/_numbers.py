"""Exact sums, and quotients that are rounded once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow, localcontext
from typing import Final

from crmcore.errors import InvalidValueError

# Wide enough for the exact squares of any amount; what would not fit raises, and nothing is
# rounded in silence. A quotient is rounded once, when it becomes a number.
EXACT: Final = Context(prec=400, traps=[Inexact, InvalidOperation, Overflow])
_QUOTIENT: Final = Context(prec=28)

ZERO: Final = Decimal(0)


def quotient(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Return numerator by denominator to 28 digits, whatever context the caller has set."""
    return _QUOTIENT.divide(numerator, denominator)


def plain(exact: Decimal) -> Decimal:
    """Return the number without zeros at its end, so that 1.0 and 1.00 give the same median."""
    bare = EXACT.normalize(exact)
    return EXACT.quantize(bare, Decimal(1)) if int(bare.as_tuple().exponent) > 0 else bare


def number(value: object, path: str) -> Decimal:
    """Return an integer or a finite decimal as a decimal.

    Raises:
        InvalidValueError: If it is something else; the sum of floats depends on their order.
    """
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise InvalidValueError(path, value, "be an integer or a finite decimal, to be measured")


def plain_number(currency: str | None, path: str) -> None:
    """Want no money.

    Raises:
        InvalidValueError: If there is a currency.
    """
    if currency is not None:
        raise InvalidValueError(path, currency, "hold plain numbers; amounts are of a currency")


def total(numbers: Iterable[Decimal | int]) -> Decimal:
    """Return the exact sum."""
    with localcontext(EXACT):
        return Decimal(sum(numbers, ZERO))
