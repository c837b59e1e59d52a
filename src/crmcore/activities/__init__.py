"""Activities: what happened, and what is open, between the company and its customers.

A `Purchase` has an aware instant and an exact amount; money that went back is a purchase
marked as a refund, with a negative amount. An `Interaction` is one contact in either direction.
A `Matter` is what is still to be settled: a request, a complaint, an opportunity, a meeting.

>>> from datetime import UTC, datetime
>>> from crmcore.activities import Purchase
>>> from crmcore.kernel import CustomerId, Money
>>> purchase = Purchase(
...     id="p-1",
...     customer=CustomerId("c-17"),
...     at=datetime(1997, 1, 1, 5, tzinfo=UTC),
...     amount=Money("29.33", "USD"),
...     quantity=2,
... )
>>> purchase.refund
False
"""

from __future__ import annotations

from ._interaction import Channel, Direction, Interaction, InteractionId
from ._matter import Matter, MatterId, MatterKind
from ._purchase import Purchase, PurchaseId
from ._repository import InteractionRepository, MatterRepository, PurchaseRepository

__all__ = [
    "Channel",
    "Direction",
    "Interaction",
    "InteractionId",
    "InteractionRepository",
    "Matter",
    "MatterId",
    "MatterKind",
    "MatterRepository",
    "Purchase",
    "PurchaseId",
    "PurchaseRepository",
]
