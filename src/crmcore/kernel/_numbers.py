"""Rounding at the edge, and hours at the door."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from crmcore.errors import InvalidValueError

_MINUTES = 60


def round_half_up(value: Decimal | int, digits: int = 0) -> Decimal:
    """Round an exact number for display: a half goes away from zero.

    Args:
        value: The exact number.
        digits: How many digits to keep behind the point.

    .. versionadded:: 0.1.0
    """
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def minutes(value: Decimal | int, *, field: str = "hours") -> int:
    """Return *value* hours as whole minutes, the unit that algorithms work in.

    Raises:
        InvalidValueError: If it is no whole number of minutes.

    .. versionadded:: 0.1.0
    """
    exact = Decimal(value) * _MINUTES
    if exact != exact.to_integral_value():
        raise InvalidValueError(field, value, "be hours that are a whole number of minutes")
    return int(exact)


def hours(value: int) -> Decimal:
    """Return whole minutes as hours, rounded half up to two digits for display.

    .. versionadded:: 0.1.0
    """
    return round_half_up(Decimal(value) / _MINUTES, 2)
