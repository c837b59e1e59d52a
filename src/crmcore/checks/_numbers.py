"""Numbers: finite, exact, within their bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Any, TypeAlias

import attrs

from ._refusal import refusal

Validator: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]

_NUMBERS = (int, Decimal, Fraction, float)
_MOST_DIGITS = 30
_MOST_COUNTED = 2**63 - 1


def decimal(
    value: Decimal | int | str,
    field: attrs.Attribute[Any] | str = "value",
    *,
    digits: int = _MOST_DIGITS,
) -> Decimal:
    """Return *value* as an exact, finite decimal; negative zero becomes zero.

    Args:
        value: A decimal, an integer or a decimal number as text. A float is refused,
            because it is seldom the number that was written.
        field: The field or the name to use in the message.
        digits: How many digits it may have, and how far they may lie from the point.

    Raises:
        InvalidValueError: If it is a float, not a number, not finite, or of absurd size.

    .. versionadded:: 0.1.0
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise refusal(field, value, "be a decimal, an integer or text, not a float")
    try:
        number = Decimal(value)
    except ArithmeticError:
        raise refusal(field, value, "be a decimal number") from None
    if not number.is_finite():
        raise refusal(field, value, "be finite")
    _, found, exponent = number.as_tuple()
    if len(found) > digits or abs(int(exponent)) > digits:
        raise refusal(field, value, f"have at most {digits} digits")
    return number or abs(number)


def optional_decimal(
    value: Decimal | int | str | None, field: attrs.Attribute[Any] | str = "value"
) -> Decimal | None:
    """Return *value* as `decimal` does, or None as it is.

    .. versionadded:: 0.1.0
    """
    return None if value is None else decimal(value, field)


def not_negative(
    value: float | Decimal | Fraction, field: attrs.Attribute[Any] | str = "value"
) -> float:
    """Return *value* as a finite float of 0 or more; negative zero becomes zero.

    Args:
        value: A number of any kind, for what is measured or estimated and not counted exactly.
        field: The field or the name to use in the message.

    Raises:
        InvalidValueError: If it is no number, NaN, infinite, beyond every float, or below 0.

    .. versionadded:: 0.1.0
    """
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        raise refusal(field, value, "be a number")
    try:
        number = float(value)
    except (OverflowError, ValueError):  # too large, or a NaN that signals
        number = math.inf
    if not math.isfinite(number):
        raise refusal(field, value, "be finite")
    if number < 0:
        raise refusal(field, value, "be at least 0")
    return abs(number)


def above(bound: int) -> Validator:
    """Return a validator that wants more than *bound*.

    .. versionadded:: 0.1.0
    """

    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
        if not (isinstance(value, _NUMBERS) and value > bound):
            raise refusal(attribute, value, f"be above {bound}")

    return check


def at_least(bound: int) -> Validator:
    """Return a validator that wants *bound* or more.

    .. versionadded:: 0.1.0
    """

    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
        if not (isinstance(value, _NUMBERS) and value >= bound):
            raise refusal(attribute, value, f"be at least {bound}")

    return check


def is_count(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Want a whole number of 0 or more that fits into 64 bits, as every database counts.

    .. versionadded:: 0.1.0
    """
    if type(value) is not int:  # True is a whole number to Python, and an enumeration may be
        raise refusal(attribute, value, "be a whole number")
    if value < 0:
        raise refusal(attribute, value, "be at least 0")
    if value > _MOST_COUNTED:
        raise refusal(attribute, value, f"be at most {_MOST_COUNTED}")


def between(low: int, high: int) -> Validator:
    """Return a validator that wants a whole number from *low* to *high*, both included.

    .. versionadded:: 0.1.0
    """

    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
        if type(value) is not int:
            rule = f"be a whole number between {low} and {high}"
            raise refusal(attribute, value, rule)
        if not low <= value <= high:
            raise refusal(attribute, value, f"be between {low} and {high}")

    return check


def is_fraction(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Want a share between 0 and 1, both included; a percentage is refused with the fraction.

    .. versionadded:: 0.1.0
    """
    if not (isinstance(value, _NUMBERS) and 0 <= value <= 1):
        rule = "be a fraction between 0 and 1 (0.8, not 80)"
        raise refusal(attribute, value, rule)
