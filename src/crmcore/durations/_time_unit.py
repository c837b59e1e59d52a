"""Units of time, each of a fixed length in days."""

from __future__ import annotations

from typing import Final

from crmcore.checks import refusal
from crmcore.kernel import LabelledEnum

_DAYS_OF_A_WEEK: Final = 7.0
DAYS_OF_A_YEAR: Final = 365.25
_MONTHS: Final = 12


class TimeUnit(LabelledEnum):
    """The unit in which ages and horizons are counted.

    A month is a twelfth of a year, and a year has 365.25 days: units of fixed length, so that
    a number of one is a number of another. The days of the calendar are the business of
    `crmcore.calendar`.

    .. versionadded:: 0.1.0
    """

    DAY = "day", "day", "天"
    WEEK = "week", "week", "周"
    MONTH = "month", "month", "月"
    YEAR = "year", "year", "年"

    @property
    def days(self) -> float:
        """How many days it has: 1, 7, 30.4375 or 365.25."""
        return _DAYS[self]


_DAYS: Final[dict[TimeUnit, float]] = {
    TimeUnit.DAY: 1.0,
    TimeUnit.WEEK: _DAYS_OF_A_WEEK,
    TimeUnit.MONTH: DAYS_OF_A_YEAR / _MONTHS,
    TimeUnit.YEAR: DAYS_OF_A_YEAR,
}

DAY: Final = TimeUnit.DAY
"""A day."""

WEEK: Final = TimeUnit.WEEK
"""A week of 7 days."""

MONTH: Final = TimeUnit.MONTH
"""A month of 30.4375 days."""

YEAR: Final = TimeUnit.YEAR
"""A year of 365.25 days."""


def check_unit(unit: TimeUnit) -> TimeUnit:
    """Return a unit of time, if it is one: its word is not."""
    if not isinstance(unit, TimeUnit):
        raise refusal("unit", unit, "be a unit of time, such as WEEK")
    return unit
