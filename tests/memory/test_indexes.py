"""What the store in dictionaries remembers of its records is what a look at all of them finds."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.customers import Contact, ContactId
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.storage import UnitOfWork, run

CUSTOMERS = [CustomerId(f"c-{n}") for n in range(3)]

# Whom a contact belongs to from now on; nobody, and it is removed.
CHANGES = st.tuples(st.integers(0, 7), st.sampled_from([*CUSTOMERS, None]))


def change(uow: UnitOfWork, number: int, customer: CustomerId | None) -> None:
    """Bring a contact to a customer, or remove it."""
    key = ContactId(f"p-{number}")
    found = uow.contacts.find(key)
    if customer is None:
        if found is not None:
            uow.contacts.remove(key, version=found.version)
    elif found is None:
        uow.contacts.add(Contact(id=key, customer=customer, name="Ada"))
    else:
        uow.contacts.save(attrs.evolve(found, customer=customer))


def assert_found(uow: UnitOfWork) -> None:
    """Look for contacts in every way, and find those that a look at each key finds."""
    found = uow.contacts.get_many([f"p-{number}" for number in range(1_000)])

    assert [one.id for one in uow.contacts.stream()] == sorted(found)
    for customer in CUSTOMERS:
        theirs = [one for one in found.values() if one.customer == customer]
        assert list(uow.contacts.of_customer(customer)) == theirs
    first = uow.contacts.page(limit=2)
    assert [one.id for one in first.items] == sorted(found)[:2]
    if first.next is not None:
        behind = uow.contacts.page(after=first.next, limit=1_000)
        assert [one.id for one in behind.items] == sorted(found)[2:]


@given(units=st.lists(st.lists(CHANGES, max_size=6), max_size=6))
def test_indexes_follow_every_change(units: list[list[tuple[int, CustomerId | None]]]) -> None:
    """However records come, go and change hands, within a unit of work and after it."""
    store = MemoryStore()

    for unit in units:
        with store.unit_of_work() as uow:
            for number, customer in unit:
                change(uow, number, customer)
                assert_found(uow)
            uow.commit()
        run(store, assert_found, readonly=True)


@pytest.mark.parametrize("count", [256, 257])
def test_indexes_follow_many_changes_at_once(count: int) -> None:
    """Where much changes at once, all is sorted anew."""
    store = MemoryStore()
    run(store, lambda uow: change(uow, 999, CUSTOMERS[0]))
    run(store, assert_found, readonly=True)

    with store.unit_of_work() as uow:
        for number in range(count):
            change(uow, number, CUSTOMERS[1])
        uow.commit()

    run(store, assert_found, readonly=True)
    assert len(run(store, lambda uow: uow.contacts.of_customer(CUSTOMERS[1]))) == count
