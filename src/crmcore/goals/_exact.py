"""Numbers of goals: exact where they are summed or multiplied, rounded once where divided."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Final

# Numbers of 30 digits on either side of the point multiply exactly in this context.
EXACT: Final = Context(prec=130)
QUOTIENT: Final = Context(prec=28)


def share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """Return the quotient of two exact numbers, rounded to 28 digits."""
    return QUOTIENT.divide(Decimal(part), Decimal(whole))


def plain(number: Decimal) -> Decimal:
    """Return the number in as few digits as it takes, but 8400 and not 8.4E+3."""
    short = QUOTIENT.normalize(number)
    return short if int(short.as_tuple().exponent) <= 0 else EXACT.quantize(short, Decimal(1))
