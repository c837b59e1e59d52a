"""Market: who may become a customer, what winning and keeping customers costs, and the others.

A `Lead` is somebody who may buy one day. A `CampaignContact` was reached by a campaign, or was
kept out of it to compare with. A `Cost` says what it was spent on, and a `Figure` brings in a
number from outside, with its source and its date: the sales of the whole market, a target, the
index of a competitor. A `MarketSale` tells in which market something was sold.

>>> from datetime import date
>>> from crmcore.market import Figure
>>> figure = Figure(
...     id="f-1",
...     name="market_sales",
...     start=date(1998, 1, 1),
...     end=date(1998, 4, 1),
...     number="1250000",
...     currency="USD",
...     source="Retail survey of the first quarter, table 3",
...     published_on=date(1998, 5, 20),
... )
>>> str(figure.period), str(figure.amount)
('1998-Q1', '1250000 USD')
"""

from __future__ import annotations

from ._campaign import CampaignContact
from ._cost import Cost, CostKind
from ._figure import Figure
from ._lead import Lead
from ._sale import MarketSale

__all__ = ["CampaignContact", "Cost", "CostKind", "Figure", "Lead", "MarketSale"]
