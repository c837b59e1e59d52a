"""The store in dictionaries."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.customers import Customer
from crmcore.errors import AlreadyExistsError, ConcurrencyConflictError
from crmcore.events import DomainEvent
from crmcore.kernel import CustomerId, Money
from crmcore.memory import MemoryStore
from crmcore.storage import run

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
NORTHWIND = Customer(id=CustomerId("c-17"), name="Northwind")


def with_northwind() -> MemoryStore:
    """Return a store with one customer in it."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        uow.customers.add(NORTHWIND)
        uow.commit()
    return store


def test_of_two_writers_the_first_to_commit_wins() -> None:
    """Two units of work may write at once; the later commit is refused with both versions."""
    store = with_northwind()
    first, second = store.unit_of_work(), store.unit_of_work()
    for uow, name in ((first, "Northwind AG"), (second, "Northwind SE")):
        uow.customers.save(attrs.evolve(NORTHWIND, name=name, version=1))
    first.commit()

    with pytest.raises(ConcurrencyConflictError, match="version 1 was expected, version 2 is"):
        second.commit()

    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.get("c-17").name == "Northwind AG"


def test_a_record_that_went_meanwhile_is_a_conflict() -> None:
    """Saving what somebody else has removed meanwhile is refused when it is committed."""
    store = with_northwind()
    first, second = store.unit_of_work(), store.unit_of_work()
    first.customers.remove("c-17", version=1)
    second.customers.save(attrs.evolve(NORTHWIND, version=1))
    first.commit()

    with pytest.raises(ConcurrencyConflictError, match="version 1 was expected, it is gone"):
        second.commit()


def test_a_record_that_came_back_is_another_one() -> None:
    """Removed and added again, a record has its old version and is still not the same."""
    store = with_northwind()
    first, second = store.unit_of_work(), store.unit_of_work()
    first.customers.remove("c-17", version=1)
    first.customers.add(NORTHWIND)
    second.customers.save(attrs.evolve(NORTHWIND, version=1))
    first.commit()

    with pytest.raises(ConcurrencyConflictError):
        second.commit()


def test_an_id_that_was_taken_meanwhile_is_refused() -> None:
    """Of two units of work that add one id at once, the second to commit keeps nothing."""
    store = MemoryStore()
    first, second = store.unit_of_work(), store.unit_of_work()
    first.customers.add(NORTHWIND)
    second.customers.add(NORTHWIND)
    second.purchases.add(
        Purchase(
            id=PurchaseId("p-1"),
            customer=NORTHWIND.id,
            at=datetime(1997, 1, 1, tzinfo=UTC),
            amount=Money("9.50", "USD"),
        )
    )
    first.commit()

    with pytest.raises(AlreadyExistsError, match="there is a customer 'c-17' already"):
        second.commit()

    with store.unit_of_work(readonly=True) as uow:
        assert uow.purchases.count() == 0


def test_writers_of_different_records_do_not_meet() -> None:
    """Two units of work that change different customers are both kept."""
    store = with_northwind()
    first, second = store.unit_of_work(), store.unit_of_work()
    first.customers.save(attrs.evolve(NORTHWIND, name="Northwind AG", version=1))
    second.customers.add(Customer(id=CustomerId("c-18"), name="Southwind"))
    first.commit()
    second.commit()

    with store.unit_of_work(readonly=True) as uow:
        assert [found.name for found in uow.customers.stream()] == ["Northwind AG", "Southwind"]


def test_what_came_and_went_leaves_no_trace() -> None:
    """A record that was added and removed within one unit of work was never there."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        uow.customers.add(NORTHWIND)
        uow.customers.remove("c-17", version=1)
        uow.commit()

    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.count() == 0


def test_a_store_says_what_it_holds() -> None:
    """The short of a store is how many records of each kind were committed."""
    assert repr(MemoryStore()) == "<MemoryStore of nothing>"
    assert repr(with_northwind()) == "<MemoryStore of 1 customers>"


def test_a_store_counts_what_all_tenants_have() -> None:
    """How much it holds is told, and not whose it is."""
    store = with_northwind()
    with store.unit_of_work(tenant="south") as uow:
        uow.customers.add(NORTHWIND)
        uow.commit()

    assert repr(store) == "<MemoryStore of 2 customers>"


def test_a_command_that_was_carried_out_meanwhile_explains_every_other_conflict() -> None:
    """Who has lost the race for a key may try again, whatever else has been added meanwhile."""
    store = MemoryStore()
    first, second = store.unit_of_work(), store.unit_of_work()
    for uow in (first, second):
        assert uow.once("k-1", request="add c-17") is None
        uow.customers.add(NORTHWIND)
    first.commit()

    with pytest.raises(ConcurrencyConflictError) as caught:
        second.commit()

    assert (caught.value.kind, caught.value.key) == ("command", "k-1")


def test_an_outbox_leads_on_across_what_was_forgotten() -> None:
    """A position in front of events that are gone leads to the first one that is still there."""
    store = MemoryStore()
    told = DomainEvent(name="customer.added", subject="customers/c-17", at=NOON)
    for _ in range(3):
        run(store, lambda uow: uow.record(told))
    outbox = store.outbox()
    start, behind = outbox.read(limit=1).position, outbox.read(limit=2).position

    assert outbox.prune(before=behind) == len("12")
    assert [found.number for found in outbox.read(after=start).events] == [3]


def test_no_two_tenants_have_an_event_of_the_same_number() -> None:
    """Whoever reads the events of several tenants can tell by the number which one it met."""
    store = MemoryStore()
    told = DomainEvent(name="customer.added", subject="customers/c-17", at=NOON)
    for tenant in ("acme", "globex", "acme"):
        run(store, lambda uow: uow.record(told), tenant=tenant)

    numbers = [
        [found.number for found in store.outbox(tenant=tenant).read().events]
        for tenant in ("acme", "globex")
    ]

    assert numbers == [[1, 3], [2]]
