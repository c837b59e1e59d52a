"""Events: what a unit of work tells everybody else, once it has been kept.

A `DomainEvent` says in a word what has happened to what. A unit of work records it, and the
store keeps it in the same transaction as the change itself: neither is there without the
other. Whoever wants to know reads the `Outbox` from where it read last; it misses nothing,
and may meet an event twice after a failure, which its number shows:

>>> from datetime import UTC, datetime
>>> from crmcore.customers import Customer
>>> from crmcore.events import DomainEvent
>>> from crmcore.memory import MemoryStore
>>> store = MemoryStore()
>>> with store.unit_of_work() as uow:
...     _ = uow.customers.add(Customer(id="c-17", name="Northwind"))
...     uow.record(
...         DomainEvent(
...             name="customer.added",
...             subject="customers/c-17",
...             at=datetime(2026, 9, 30, 12, tzinfo=UTC),
...             data={"region": "north"},
...         )
...     )
...     uow.commit()
>>> page = store.outbox().read()
>>> [(told.number, told.event.name) for told in page.events]
[(1, 'customer.added')]
>>> store.outbox().read(after=page.position).events
()

Events hold ids, words and numbers, and nothing personal: they are read by others, and what
others have read nobody can erase.
"""

from __future__ import annotations

from ._event import DomainEvent, RecordedEvent, Scalar
from ._outbox import Outbox, OutboxPage

__all__ = ["DomainEvent", "Outbox", "OutboxPage", "RecordedEvent", "Scalar"]
