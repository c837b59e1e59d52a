"""Statistics: how sure a number is, and where a straight line leads.

An estimate from few observations is not the same as one from many. An `Interval` says within
which bounds the true value lies, at which level of confidence and by which method; a
`LinearTrend` says where a series goes and how far its next value may stray. Every function
takes plain numbers and returns the same bits whatever their order.

>>> from crmcore.statistics import wilson
>>> print(wilson(81, 263))
0.2553 to 0.3662 (95 %, Wilson)
"""

from __future__ import annotations

from ._interval import Interval, mean_interval, median_interval, wilson
from ._student import student_t_cdf, student_t_quantile
from ._trend import LinearTrend, linear_trend

__all__ = [
    "Interval",
    "LinearTrend",
    "linear_trend",
    "mean_interval",
    "median_interval",
    "student_t_cdf",
    "student_t_quantile",
    "wilson",
]
