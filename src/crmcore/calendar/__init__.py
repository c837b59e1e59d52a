"""Calendar: days in a named zone, half-open periods, months that never drift, opening hours.

An event carries an aware instant; the day on which it falls depends on a zone, which is
always named. A `Period` holds the days from its start up to, and without, its end:

>>> from datetime import date
>>> from crmcore.calendar import Grain, Period, periods
>>> [str(p) for p in periods(Grain.MONTH, date(1998, 1, 1), date(1998, 4, 1))]
['1998-01', '1998-02', '1998-03']
>>> date(1998, 2, 1) in Period.month(1998, 1)
False

A `WorkCalendar` knows the hours of a service, and so how long a customer has waited in them:

>>> from datetime import UTC, datetime
>>> from crmcore.calendar import WorkCalendar
>>> service = WorkCalendar.working_days("09:00-17:00", zone="Europe/Berlin")
>>> friday, monday = datetime(1998, 7, 3, 14, tzinfo=UTC), datetime(1998, 7, 6, 8, tzinfo=UTC)
>>> str(service.time_between(friday, monday))
'2:00:00'
"""

from __future__ import annotations

from crmcore.checks import zone

from ._days import day_in, midnight, months_after
from ._local_days import LocalDays
from ._periods import Grain, Period, periods
from ._work_calendar import Stretch, WorkCalendar

__all__ = [
    "Grain",
    "LocalDays",
    "Period",
    "Stretch",
    "WorkCalendar",
    "day_in",
    "midnight",
    "months_after",
    "periods",
    "zone",
]
