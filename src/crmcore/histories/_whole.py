"""Exact amounts as whole numbers, which add up several times as fast as decimals."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Final

# Amounts have at most 30 digits on either side of the point (`crmcore.checks.decimal`).
_EXACT: Final = Context(prec=120)
_REMEMBERED: Final = 1 << 15


class TooFineError(Exception):
    """An amount is no whole number of the unit.

    Attributes:
        digits: How many digits it has behind the point.
    """

    def __init__(self, digits: int) -> None:
        super().__init__(digits)
        self.digits = digits


class Whole(dict[Decimal, int]):
    """Tells how many units of ``10 ** -digits`` an amount is, and remembers the last ones.

    The same amounts come again and again, as prices do.
    """

    __slots__ = ("digits",)

    def __init__(self, digits: int) -> None:
        super().__init__()
        self.digits = digits

    def __missing__(self, amount: Decimal) -> int:
        exact = _EXACT.scaleb(amount, self.digits)
        whole = int(exact)
        if whole != exact:
            raise TooFineError(-int(amount.normalize(_EXACT).as_tuple().exponent))
        if len(self) == _REMEMBERED:
            self.clear()
        self[amount] = whole
        return whole
