"""Threads that share a store in dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import TypeVar

import attrs

from crmcore.activities import Purchase, PurchaseId
from crmcore.customers import Customer
from crmcore.errors import CrmError
from crmcore.events import DomainEvent
from crmcore.kernel import CustomerId, Money
from crmcore.memory import MemoryStore
from crmcore.storage import UnitOfWork, run

THREADS = 8
TURNS = 25
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)

T = TypeVar("T")


def at_once(work: Callable[[int], T]) -> list[T]:
    """Return what eight threads return who begin together."""
    together = Barrier(THREADS)

    def begin(number: int) -> T:
        together.wait(10)
        return work(number)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(begin, range(THREADS)))


def till(quantity: int = 0) -> Purchase:
    """Return what all threads count up."""
    return Purchase(
        id=PurchaseId("p-1"),
        customer=CustomerId("c-17"),
        at=NOON,
        amount=Money(0, "USD"),
        quantity=quantity,
    )


def test_no_update_is_lost() -> None:
    """Eight threads that count up to 200 together arrive there, and each count was a version."""
    store = MemoryStore()
    run(store, lambda uow: uow.purchases.add(till()))

    def count_up(uow: UnitOfWork) -> None:
        counted = uow.purchases.get("p-1")
        uow.purchases.save(attrs.evolve(counted, quantity=counted.quantity + 1))

    at_once(lambda _: [run(store, count_up, attempts=10_000) for _ in range(TURNS)])

    counted = run(store, lambda uow: uow.purchases.get("p-1"), readonly=True)
    assert (counted.quantity, counted.version) == (THREADS * TURNS, THREADS * TURNS + 1)


def test_what_the_threads_were_told_is_what_happened() -> None:
    """Of eight that add the same ids, each id was given once, to who was told so."""
    store = MemoryStore()

    def add(number: int) -> list[str]:
        mine: list[str] = []
        for turn in range(TURNS):
            customer = Customer(id=CustomerId(f"c-{turn}"), name=f"Thread {number}")
            try:
                run(store, lambda uow, new=customer: uow.customers.add(new))  # type: ignore[misc]
            except CrmError:
                continue
            mine.append(customer.id)
        return mine

    given = at_once(add)

    with store.unit_of_work(readonly=True) as uow:
        names = {customer.id: customer.name for customer in uow.customers.stream()}
    assert sum(map(len, given)) == TURNS
    assert names == {key: f"Thread {n}" for n, mine in enumerate(given) for key in mine}


def test_readers_see_all_of_a_unit_or_nothing() -> None:
    """While pairs of customers are added, no reader ever sees one without the other."""
    store = MemoryStore()

    def work(number: int) -> bool:
        if number % 2:
            return all(run(store, _sees_pairs, readonly=True) for _ in range(TURNS))
        for turn in range(TURNS):
            pair = [
                Customer(id=CustomerId(f"{number}-{turn}-{side}"), name="One of two")
                for side in ("left", "right")
            ]
            run(store, lambda uow, both=pair: uow.customers.add_all(both))  # type: ignore[misc]
        return True

    assert all(at_once(work))
    assert run(store, _sees_pairs)


def _sees_pairs(uow: UnitOfWork) -> bool:
    keys = {customer.id.rpartition("-")[0] for customer in uow.customers.stream()}
    return uow.customers.count() == 2 * len(keys)


def test_each_event_has_its_number() -> None:
    """Eight threads that tell events at once leave none without a number, and none twice."""
    store = MemoryStore()

    def tell(number: int) -> None:
        for turn in range(TURNS):
            told = DomainEvent(name=f"turn-{turn}", subject=f"threads/{number}", at=NOON)
            run(store, lambda uow, event=told: uow.record(event))  # type: ignore[misc]

    at_once(tell)

    events = store.outbox().read(limit=1_000).events
    assert [told.number for told in events] == list(range(1, THREADS * TURNS + 1))
    for number in range(THREADS):
        mine = [told.event.name for told in events if told.event.subject == f"threads/{number}"]
        assert mine == [f"turn-{turn}" for turn in range(TURNS)]


def test_tenants_do_not_wait_for_each_others_versions() -> None:
    """Eight tenants that save under one id at once never meet."""
    store = MemoryStore()

    def save(number: int) -> int:
        tenant = f"tenant-{number}"
        run(store, lambda uow: uow.purchases.add(till()), tenant=tenant)
        for turn in range(TURNS):
            changed = attrs.evolve(till(turn), version=turn + 1)
            run(
                store,
                lambda uow, new=changed: uow.purchases.save(new),  # type: ignore[misc]
                tenant=tenant,
                attempts=1,
            )
        return run(store, lambda uow: uow.purchases.get("p-1").version, tenant=tenant)

    assert at_once(save) == [TURNS + 1] * THREADS
