"""Statistics: how sure a number is, how long things last, and where a straight line leads.

An estimate from few observations is not the same as one from many. An `Interval` says within
which bounds the true value lies, at which level of confidence and by which method; a
`Survival` says how long things last of which some have not ended yet; a `LinearTrend` says
where a series goes and how far its next value may stray. Every function takes plain numbers
and returns the same bits whatever their order.

>>> from crmcore.statistics import wilson
>>> print(wilson(81, 263))
0.2553 to 0.3662 (95 %, Wilson)

Three requests were answered after 2, 3 and 5 hours; one has waited for 4 hours until now:

>>> from crmcore.statistics import kaplan_meier
>>> kaplan_meier([(2, True), (3, True), (4, False), (5, True)]).quantile(0.5)
4.0
"""

from __future__ import annotations

from ._cases import Cases
from ._chi_square import chi_square_tail
from ._correlation import correlation_interval
from ._interval import Interval, mean_interval, median_interval, wilson
from ._kaplan_meier import kaplan_meier
from ._log_rank import LogRank, log_rank
from ._proportions import nps_interval, two_proportions
from ._student import student_t_cdf, student_t_quantile
from ._survival import RestrictedMean, Survival
from ._trend import LinearTrend, linear_trend

__all__ = [
    "Cases",
    "Interval",
    "LinearTrend",
    "LogRank",
    "RestrictedMean",
    "Survival",
    "chi_square_tail",
    "correlation_interval",
    "kaplan_meier",
    "linear_trend",
    "log_rank",
    "mean_interval",
    "median_interval",
    "nps_interval",
    "student_t_cdf",
    "student_t_quantile",
    "two_proportions",
    "wilson",
]
