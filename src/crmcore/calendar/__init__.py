"""Calendar: days in a named zone, half-open periods, and steps of months that never drift.

An event carries an aware instant; the day on which it falls depends on a zone, which is
always named. A `Period` holds the days from its start up to, and without, its end:

>>> from datetime import date
>>> from crmcore.calendar import Grain, Period, periods
>>> [str(p) for p in periods(Grain.MONTH, date(1998, 1, 1), date(1998, 4, 1))]
['1998-01', '1998-02', '1998-03']
>>> date(1998, 2, 1) in Period.month(1998, 1)
False
"""

from __future__ import annotations

from crmcore.checks import zone

from ._days import day_in, midnight, months_after
from ._periods import Grain, Period, periods

__all__ = ["Grain", "Period", "day_in", "midnight", "months_after", "periods", "zone"]
