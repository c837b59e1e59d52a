"""Periods: how many of them a horizon has, and what waiting for one of them costs."""

from __future__ import annotations

import math
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Final

import attrs

from crmcore.checks import refusal
from crmcore.durations import DAY, DiscountRate, Duration
from crmcore.errors import InvalidValueError

_MOST: Final = 100_000
_MOST_COUNTED: Final = 2**63 - 1
_LEAST_PRIOR: Final = 1e-6  # what is less leaves no trace beside a count
_MOST_PRIOR: Final = 1e9
_ROUNDING: Final = 1e-9
_LEAST_LOST: Final = 1e-9


def whole(value: object, most: int = _MOST_COUNTED) -> int:
    """Return a whole number from 0 on, also one of numpy's, as an int; -1 for all else."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        return -1
    found = int(value)
    return found if 0 <= found <= most else -1


def check_number(name: str, value: int, least: int = 0) -> int:
    """Return a number of periods or renewals, if it can be one."""
    found = whole(value, _MOST)
    if found < least:
        raise refusal(name, value, f"be a whole number between {least} and {_MOST}")
    return found


def whole_periods(horizon: Duration, period: Duration) -> int:
    """Return how many periods a horizon has.

    Raises:
        InvalidValueError: If these are not a whole number.
    """
    if not isinstance(horizon, Duration):
        raise refusal("horizon", horizon, f"be a duration, such as {period}")
    exact = horizon.days / period.days
    count = round(min(exact, 2.0 * _MOST))
    if exact <= _MOST and abs(exact - count) > _ROUNDING * max(1.0, exact):
        raise InvalidValueError("horizon", str(horizon), f"be a whole number of times {period}")
    if count > _MOST:
        rule = f"be at most {_MOST} times {period}"
        raise InvalidValueError("horizon", str(horizon), rule)
    return count


def lost_by_waiting(discount: DiscountRate, period: Duration) -> float:
    """Return what 1 loses by coming a period later: 0, or so much that a sum for ever has an end.

    Raises:
        InvalidValueError: If it is so little that the sum cannot be told from an endless one.
    """
    lost = -math.expm1(-discount.force(DAY) * period.days)
    if discount.per_year and lost < _LEAST_LOST:
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


def is_prior(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Want what may be added to each count."""
    check_prior(value, attribute)


def check_prior(value: float, field: attrs.Attribute[Any] | str = "prior") -> float:
    """Return what is to be added to each count, as a float."""
    is_number = isinstance(value, Real | Decimal) and not isinstance(value, bool)
    if not (is_number and (value == 0 or _LEAST_PRIOR <= value <= _MOST_PRIOR)):
        rule = f"be a number of 0 or more: 0, or between {_LEAST_PRIOR:g} and {_MOST_PRIOR:g}"
        raise refusal(field, value, rule)
    return float(value)
