"""Rounding at the edge, and hours at the door."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from crmcore.errors import InvalidValueError

_MINUTES = 60
_NEARLY_NOTHING = Decimal("1e-9")

# The digits that no sum or product of amounts outgrows. Python's own context keeps 28, and a
# caller may have set fewer; what an amount comes to must not depend on that.
EXACT: Final = Context(prec=100)


def round_half_up(value: Decimal | int, digits: int = 0) -> Decimal:
    """Round an exact number for display: a half goes away from zero.

    Args:
        value: The exact number.
        digits: How many digits to keep behind the point.

    .. versionadded:: 0.1.0
    """
    step = Decimal(1).scaleb(-digits)
    rounded = Decimal(value).quantize(step, rounding=ROUND_HALF_UP, context=EXACT)
    return rounded or abs(rounded)


def minutes(value: Decimal | int, *, field: str = "hours") -> int:
    """Return *value* hours as whole minutes, the unit that algorithms work in.

    A third of an hour is whole minutes too, though no decimal can write it: what is off by
    less than a billionth of a minute counts as whole.

    Raises:
        InvalidValueError: If it is no whole number of minutes.

    .. versionadded:: 0.1.0
    """
    exact = EXACT.multiply(Decimal(value), _MINUTES)
    nearest = exact.to_integral_value()
    if abs(exact - nearest) > _NEARLY_NOTHING:
        raise InvalidValueError(field, value, "be hours that are a whole number of minutes")
    return int(nearest)


def hours(value: int) -> Decimal:
    """Return whole minutes as hours, rounded half up to two digits for display.

    .. versionadded:: 0.1.0
    """
    return round_half_up(EXACT.divide(Decimal(value), _MINUTES), 2)
