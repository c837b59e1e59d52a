"""Aio: a store for asyncio, a whole unit of work at a time.

What is done with records is quick and pure; only the unit of work as a whole waits for a disk or
a server. So `wrap` makes a store awaitable at that one place: ``run`` carries a unit of work out
in a thread, commits it, and tries it again where somebody else was faster. The work itself is an
ordinary function, the same as without asyncio.

>>> import asyncio
>>> from crmcore.aio import wrap
>>> from crmcore.customers import Customer
>>> from crmcore.memory import MemoryStore
>>> async def main():
...     async with wrap(MemoryStore()) as store:
...         northwind = Customer(id="c-17", name="Northwind")
...         await store.run(lambda uow: uow.customers.add(northwind))
...         return await store.run(lambda uow: uow.customers.count(), readonly=True)
>>> asyncio.run(main())
1

Many records come page after page, no faster than they are taken:

>>> async def names(store):
...     async with store.stream(lambda uow: uow.customers.stream()) as customers:
...         return [customer.name async for customer in customers]
"""

from __future__ import annotations

from ._store import AsyncStore, wrap
from ._stream import AsyncStream

__all__ = ["AsyncStore", "AsyncStream", "wrap"]
