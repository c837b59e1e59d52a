"""Numbers of a unit: finite, and not below nothing."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from numbers import Real

from crmcore.checks import refusal


def not_negative(value: float | Decimal | Fraction, field: str) -> float:
    """Return a number as a float.

    Raises:
        InvalidValueError: If it is no number, NaN, infinite or below 0.
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
    return abs(number)  # 0 has no sign
