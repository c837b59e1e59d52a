"""Periods: how many of them a horizon has, and what waiting for one of them costs."""

from __future__ import annotations

import math
from typing import Final

import attrs

from crmcore.checks import refusal
from crmcore.durations import DAY, DiscountRate, Duration
from crmcore.errors import InvalidValueError

_MOST: Final = 100_000
_ROUNDING: Final = 1e-9
_LEAST_LOST: Final = 1e-9


def check_number(name: str, value: int, least: int = 0) -> int:
    """Return a number of periods or renewals, if it can be one."""
    if type(value) is not int or not least <= value <= _MOST:
        raise refusal(name, value, f"be a whole number between {least} and {_MOST}")
    return value


def whole_periods(horizon: Duration, period: Duration) -> int:
    """Return how many periods a horizon has.

    Raises:
        InvalidValueError: If these are not a whole number.
    """
    if not isinstance(horizon, Duration):
        raise refusal("horizon", horizon, f"be a duration, such as {period}")
    exact = horizon.days / period.days
    count = round(exact)
    if abs(exact - count) > _ROUNDING * max(1.0, exact):
        raise InvalidValueError("horizon", str(horizon), f"be a whole number of times {period}")
    return check_number("periods of the horizon", count)


def lost_by_waiting(discount: DiscountRate, period: Duration) -> float:
    """Return what 1 loses by coming a period later: 0, or so much that a sum for ever has an end.

    Raises:
        InvalidValueError: If it is so little that the sum cannot be told from an endless one.
    """
    lost = -math.expm1(-discount.force(DAY) * period.days)
    if 0 < lost < _LEAST_LOST:
        rule = f"be 0, or take {_LEAST_LOST:g} or more from what comes {period} later"
        raise InvalidValueError("discount", str(discount), rule)
    return lost


def check_discount(discount: DiscountRate) -> DiscountRate:
    """Return a discount rate, if it is one: a mere number has no year."""
    if not isinstance(discount, DiscountRate):
        raise refusal("discount", discount, "be a discount rate, such as annual(0.1)")
    return discount


def lasts(_: object, attribute: attrs.Attribute[Duration], value: Duration) -> None:
    """Want a duration that is longer than nothing."""
    if not isinstance(value, Duration) or not value.days:
        raise refusal(attribute, value, "be a duration above 0, such as years(1)")
