"""Features: what is known of each customer when a day begins.

`collect` reads purchases, contacts and customers once, in any order, and keeps a `Trail` of
each customer: the days on which something happened, and exact running totals. A trail can be
asked for the `CustomerFeatures` of any day, again and again, at the price of a few look-ups.
What judges customers (stages, segments, tiers, scores) reads these features and nothing else.

>>> from datetime import UTC, date, datetime
>>> from crmcore.activities import Purchase
>>> from crmcore.features import collect
>>> from crmcore.kernel import CustomerId, Money
>>> bought = [
...     Purchase(
...         id=f"p-{month}",
...         customer=CustomerId("c-17"),
...         at=datetime(1998, month, 10, 15, tzinfo=UTC),
...         amount=Money("20.00", "USD"),
...     )
...     for month in (1, 3)
... ]
>>> trail = collect(bought, zone="America/New_York", currency="USD")["c-17"]
>>> features = trail.at(date(1998, 4, 1))
>>> features.days_since_last, features.frequency, features.spend
(22, 2, Decimal('40.00'))
"""

from __future__ import annotations

from ._collect import collect
from ._features import FEATURES, CustomerFeatures
from ._trail import Trail

__all__ = ["FEATURES", "CustomerFeatures", "Trail", "collect"]
