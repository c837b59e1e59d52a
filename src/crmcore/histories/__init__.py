"""Histories: what each customer's purchases come to, as models of repeat buying want it.

A `PurchaseHistory` says how often somebody has bought again, until when, and for how long that
was observed. Ages carry their unit, so that days are never taken for weeks. `summarize` makes
them from a stream of purchases, `split` with what happened afterwards, and `Histories` holds
them in columns:

>>> from crmcore.durations import DAY, WEEK
>>> from crmcore.histories import Histories, PurchaseHistory
>>> ada = PurchaseHistory(
...     customer="ada", frequency=2, last_purchase_age=30.43, age=38.86, unit=WEEK
... )
>>> bob = PurchaseHistory(customer="bob", frequency=0, last_purchase_age=0, age=38.86, unit=WEEK)
>>> histories = Histories.of([bob, ada])
>>> histories
Histories(2 histories in weeks)
>>> round(histories.in_unit(DAY)[0].days_since_last)
59
"""

from __future__ import annotations

from ._histories import Histories
from ._history import PurchaseHistory
from ._refunds import Refunds
from ._rows import Rows
from ._split import Holdout, split
from ._summarize import summarize
from ._tally import OccasionTally

__all__ = [
    "Histories",
    "Holdout",
    "OccasionTally",
    "PurchaseHistory",
    "Refunds",
    "Rows",
    "split",
    "summarize",
]
