"""What awaiting a unit of work costs, against the same unit of work without asyncio.

Each unit reads one customer by id. Run it with ``python benchmarks/aio.py``. Rounds are short and
interleaved, and the table shows the best CPU time of all threads together, so that a busy
machine changes little.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from crmcore.aio import AsyncStore, wrap
from crmcore.customers import Customer
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.storage import Store, UnitOfWork, run

CUSTOMERS = 1_000
UNITS = 200
ROUNDS = 15
MANY = 100_000
MICROSECONDS = 1_000_000


@contextmanager
def stores() -> Iterator[dict[str, Store]]:
    """Yield a store of each kind, with customers in it."""
    customers = [Customer(id=CustomerId(f"c-{n}"), name="Northwind") for n in range(CUSTOMERS)]
    with (
        TemporaryDirectory() as folder,
        SqlStore.open(f"sqlite:///{Path(folder, 'crm.db')}") as sql,
    ):
        found: dict[str, Store] = {"memory": MemoryStore(), "SQLite": sql}
        for store in found.values():
            run(store, lambda uow: uow.customers.add_all(customers))
        yield found


def look(uow: UnitOfWork) -> Customer:
    """Do what each unit of work does."""
    return uow.customers.get("c-500")


def plainly(store: Store) -> None:
    """Do the units one after the other, without asyncio."""
    for _ in range(UNITS):
        run(store, look, readonly=True)


async def one_by_one(wrapped: AsyncStore) -> None:
    """Await one unit after the other."""
    for _ in range(UNITS):
        await wrapped.run(look, readonly=True)


async def by_hand(store: Store) -> None:
    """Hand one unit after the other to a thread, as anybody would."""
    for _ in range(UNITS):
        await asyncio.to_thread(run, store, look, readonly=True)


async def together(wrapped: AsyncStore) -> None:
    """Await all units at once."""
    await asyncio.gather(*(wrapped.run(look, readonly=True) for _ in range(UNITS)))


async def through(wrapped: AsyncStore) -> int:
    """Take records from a stream, one after the other."""
    async with wrapped.stream(lambda _: range(MANY)) as numbers:
        return sum([1 async for _ in numbers])


def measure(store: Store) -> list[float]:
    """Return what a unit takes in each way, in microseconds."""
    wrapped = wrap(store)
    ways: list[Callable[[], object]] = [
        lambda: plainly(store),
        lambda: asyncio.run(one_by_one(wrapped)),
        lambda: asyncio.run(by_hand(store)),
        lambda: asyncio.run(together(wrapped)),
    ]
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(ROUNDS):
        for way, times in zip(ways, taken, strict=True):
            begun = process_time()
            way()
            times.append((process_time() - begun) / UNITS * MICROSECONDS)
    return [min(times) for times in taken]


def main() -> None:
    """Print the tables."""
    print(
        f"{'microseconds of CPU':24}{'plain':>10}{'await':>10}{'to_thread':>10}{'all at once':>13}"
    )
    with stores() as found:
        for name, store in found.items():
            plain, awaited, by_hand_, at_once = measure(store)
            print(f"{name:24}{plain:10.0f}{awaited:10.0f}{by_hand_:10.0f}{at_once:13.0f}")
        begun = process_time()
        asyncio.run(through(wrap(found["memory"])))
        each = (process_time() - begun) / MANY * MICROSECONDS
    print(f"a record that comes through a stream: {each:.2f} microseconds")


if __name__ == "__main__":
    main()
