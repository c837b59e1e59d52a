"""Measures: numbers about records in a period, with all that they rest on.

A measure is a frozen definition. An atom reads records: how many (`Count`, `Distinct`,
`Newcomers`, `Stock`), how much (`Sum`, `Mean`, `Quantile`, `Balance`), or what becomes of them
(`Conversion`, `InTime`, `Duration`). A compound is made of measures: a `Ratio`, a `Cumulative`
one, a `Previous` one, or `Derived` by a named function. Each atom may take only the records for
which a criterion holds.

Records flow past once, in any order, into states of days and groups that add up, so that what
was counted in parts equals what was counted at once. The answer is a `Value` with its numerator,
denominator, number of records, interval and period, or `crmcore.kernel.Undefined` with the
reason:

>>> from datetime import date
>>> import attrs
>>> from crmcore.calendar import Period
>>> from crmcore.criteria import F
>>> from crmcore.measures import Count, Ratio, Sum, evaluate
>>> @attrs.frozen
... class Order:
...     day: date
...     euros: int
...     channel: str
>>> orders = [
...     Order(date(1998, 1, 5), 30, "web"),
...     Order(date(1998, 1, 9), 50, "shop"),
...     Order(date(1998, 1, 9), 20, "web"),
... ]
>>> table = evaluate(
...     {
...         "sales": Sum("euros"),
...         "web share": Ratio(Count(F.channel == "web"), Count(), proportion=True),
...     },
...     orders,
...     periods=Period.month(1998, 1),
...     day="day",
...     as_of=date(1998, 2, 1),
... )
>>> print(table.value("sales"))
100 (n = 3, 1998-01)
>>> print(table.value("web share"))
0.6667 (2 of 3, 0.2077 to 0.9385 (95 %, Wilson), 1998-01)
"""

from __future__ import annotations

from ._additivity import Additivity
from ._agreement import Agreement
from ._cohorts import Conversion, Duration, InTime
from ._compounds import Both, Cumulative, Previous, Ratio
from ._derived import Derived
from ._entities import Balance, Concentration, LikeForLike, Newcomers, Rank, Stock
from ._evaluate import evaluate
from ._functions import FUNCTIONS
from ._measure import Measure
from ._records import Count, Distinct, First, Last, Max, Mean, Min, Quantile, Sum
from ._table import Table
from ._tally import Tally
from ._value import Value

__all__ = [
    "FUNCTIONS",
    "Additivity",
    "Agreement",
    "Balance",
    "Both",
    "Concentration",
    "Conversion",
    "Count",
    "Cumulative",
    "Derived",
    "Distinct",
    "Duration",
    "First",
    "InTime",
    "Last",
    "LikeForLike",
    "Max",
    "Mean",
    "Measure",
    "Min",
    "Newcomers",
    "Previous",
    "Quantile",
    "Rank",
    "Ratio",
    "Stock",
    "Sum",
    "Table",
    "Tally",
    "Value",
    "evaluate",
]
