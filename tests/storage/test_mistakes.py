"""What is handed to a unit of work by mistake is told at once, whatever the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crmcore.audit import AuditKey
from crmcore.customers import Customer
from crmcore.errors import InvalidValueError, UnitOfWorkClosedError, UnknownNameError
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.storage import UnitOfWork, run

MISTAKES: dict[str, tuple[Callable[[Any], object], str]] = {
    "a single key": (lambda uow: uow.customers.get_many("c-17"), "keys must be a list of keys"),
    "the name of an event": (
        lambda uow: uow.record("customer.added"),
        r"events must be a DomainEvent \(got 'a str'\)",
    ),
    "a request in bytes": (
        lambda uow: uow.once("k-1", request=b"{}"),
        r"request must be text \(got 'a bytes'\)",
    ),
}


@pytest.fixture
def store() -> MemoryStore:
    """Give a store with one customer."""
    made = MemoryStore(audit_key=AuditKey(b"the secret of the tests, 32 bytes or more"))
    northwind = Customer(id=CustomerId("c-17"), name="Northwind")
    run(made, lambda uow: uow.customers.add(northwind))
    return made


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_refused(store: MemoryStore, mistake: str) -> None:
    """What would be taken for something else, or fail only when committing, is refused."""
    work, told = MISTAKES[mistake]

    with pytest.raises(InvalidValueError, match=told):
        run(store, work)


def test_an_act_is_an_act(store: MemoryStore) -> None:
    """A name in the place of an act is refused before anything is done."""
    with pytest.raises(InvalidValueError, match=r"act must be an Act \(got 'a str'\)"):
        store.unit_of_work(act="ada")  # type: ignore[arg-type]


def test_a_trail_of_an_unknown_kind_is_refused(store: MemoryStore) -> None:
    """A misspelt repository is told, instead of a trail on which nothing stands."""

    def work(uow: UnitOfWork) -> object:
        return uow.trail.of("customer", "c-17")

    with pytest.raises(UnknownNameError, match="did you mean 'customers'"):
        run(store, work, readonly=True)


def test_a_stream_that_was_never_begun_ends_with_its_unit(store: MemoryStore) -> None:
    """A stream that is first looked at after the end says that its unit of work has ended."""
    customers = run(store, lambda uow: uow.customers.stream(), readonly=True)

    with pytest.raises(UnitOfWorkClosedError):
        next(customers)
