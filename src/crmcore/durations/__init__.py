"""Durations: lengths of time in a stated unit, and discount rates in a stated year.

A number of weeks and a number of days look alike, and a yearly rate looks like a monthly one.
A `Duration` carries its unit, a `DiscountRate` is always one for a year, and both convert:

>>> from crmcore.durations import DAY, MONTH, annual, weeks, years
>>> print(weeks(39))
39 weeks
>>> weeks(39).in_unit(DAY)
273.0
>>> rate = annual(0.15)
>>> round(rate.factor(years(1)), 4), round(rate.per(MONTH), 4)
(0.8696, 0.0117)
"""

from __future__ import annotations

from ._discount_rate import DiscountRate, annual
from ._duration import Duration, days, months, weeks, years
from ._time_unit import DAY, MONTH, WEEK, YEAR, TimeUnit

__all__ = [
    "DAY",
    "MONTH",
    "WEEK",
    "YEAR",
    "DiscountRate",
    "Duration",
    "TimeUnit",
    "annual",
    "days",
    "months",
    "weeks",
    "years",
]
