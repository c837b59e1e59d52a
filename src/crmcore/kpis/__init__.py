"""KPIs: figures with one meaning each, and with all that they rest on.

The `CATALOGUE` says of each `Kpi` what is computed, in which unit, which way it improves and
what a longer period makes of it. `compute` walks once over the records of each kind and
returns a `KpiSeries` for each KPI: for every period a value with numerator, denominator,
interval and definition, or the reason why there is none.

>>> from datetime import UTC, date, datetime
>>> from crmcore.activities import Purchase
>>> from crmcore.calendar import Grain, periods
>>> from crmcore.kernel import CustomerId, Money
>>> from crmcore.kpis import compute
>>> days = {"ada": ["01-10", "02-20"], "bob": ["01-15"], "cy": ["02-03"]}
>>> bought = [
...     Purchase(
...         id=f"{customer} {day}",
...         customer=CustomerId(customer),
...         at=datetime.fromisoformat(f"1998-{day}T12:00:00+00:00"),
...         amount=Money(20, "EUR"),
...     )
...     for customer, on in days.items()
...     for day in on
... ]
>>> retention, sales = compute(
...     {"purchases": bought},
...     periods(Grain.MONTH, date(1998, 1, 1), date(1998, 4, 1)),
...     as_of=date(1998, 3, 10),
...     zone="UTC",
...     currency="EUR",
...     kpis=["retention_rate", "sales"],
...     parameters={"active_days": 30},
... )
>>> print(retention.values[1])
0.5 (1 of 2, 0.09453 to 0.9055 (95 %, Wilson), 1998-02)
>>> print(sales.values[2])
the period has not ended yet: 1998-03 at 1998-03-10
"""

from __future__ import annotations

from ._catalogue import CATALOGUE, kpi
from ._compute import compute
from ._coverage import coverage
from ._credit import CreditTally, MemberKpis, credit
from ._definitions import Catalogue
from ._diff import diff
from ._kpi import Direction, Kpi, KpiGroup, KpiId, Unit
from ._parameters import PARAMETERS, Parameter
from ._roll_up import roll_up, value_over
from ._scorecards import SCORECARDS, Scorecard
from ._series import KpiSeries
from ._sources import SOURCES, Source
from ._tally import KpiTally

__all__ = [
    "CATALOGUE",
    "PARAMETERS",
    "SCORECARDS",
    "SOURCES",
    "Catalogue",
    "CreditTally",
    "Direction",
    "Kpi",
    "KpiGroup",
    "KpiId",
    "KpiSeries",
    "KpiTally",
    "MemberKpis",
    "Parameter",
    "Scorecard",
    "Source",
    "Unit",
    "compute",
    "coverage",
    "credit",
    "diff",
    "kpi",
    "roll_up",
    "value_over",
]
