"""Memory: a store in dictionaries, for tests, examples and whatever need not last.

>>> from crmcore.customers import Customer
>>> from crmcore.memory import MemoryStore
>>> store = MemoryStore()
>>> with store.unit_of_work() as uow:
...     _ = uow.customers.add(Customer(id="c-17", name="Northwind"))
>>> with store.unit_of_work(readonly=True) as uow:
...     uow.customers.count()  # nobody called commit()
0
"""

from __future__ import annotations

from ._store import MemoryStore

__all__ = ["MemoryStore"]
