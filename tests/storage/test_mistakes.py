"""What is handed to a unit of work by mistake is told at once, whatever the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crmcore.audit import AuditKey
from crmcore.customers import Customer
from crmcore.errors import (
    ConcurrencyConflictError,
    InvalidValueError,
    NotFoundError,
    UnitOfWorkClosedError,
    UnknownNameError,
)
from crmcore.kernel import CustomerId, MemberId
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
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
    "nobody's contacts": (
        lambda uow: uow.contacts.of_customer(None),
        r"customer must be an id \(got None\)",
    ),
    "nobody's matters": (
        lambda uow: uow.matters.of_member(None),
        r"member must be an id \(got None\)",
    ),
    "nobody's stages": (
        lambda uow: uow.facts.stages.erase(None),
        r"customer must be an id \(got None\)",
    ),
    "nobody's KPIs": (
        lambda uow: uow.facts.kpis.of(None),
        r"subject must be an id \(got None\)",
    ),
    "a version as text": (
        lambda uow: uow.customers.remove("c-17", version="1"),
        r"version must be a whole number \(got '1'\)",
    ),
    "a limit as text": (
        lambda uow: uow.customers.page(limit="20"),
        r"limit must be a whole number \(got '20'\)",
    ),
    "no limit": (
        lambda uow: uow.customers.page(limit=0),
        r"limit must be at least 1 \(got 0\)",
    ),
}


@pytest.fixture
def store() -> MemoryStore:
    """Give a store with one customer."""
    made = MemoryStore(audit_key=AuditKey(b"the secret of the tests, 32 bytes or more"))
    northwind = Customer(id=CustomerId("c-17"), name="Northwind")
    run(made, lambda uow: uow.customers.add(northwind))
    return made


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[SqlStore]:
    """Open a store with one customer whose driver is particular about what it is asked."""
    with SqlStore.open(f"sqlite:///{tmp_path}/crm.db") as made:
        run(made, lambda uow: uow.customers.add(Customer(id=CustomerId("c-17"), name="Northwind")))
        yield made


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_refused(store: MemoryStore, mistake: str) -> None:
    """What would be taken for something else, or fail only when committing, is refused."""
    work, told = MISTAKES[mistake]

    with pytest.raises(InvalidValueError, match=told):
        run(store, work)


@pytest.mark.parametrize("key", ["\0", "c-17\0", "\ud800", None, 17])
def test_what_no_record_is_called_is_not_there(file_store: SqlStore, key: Any) -> None:  # noqa: ANN401 - keys and what is none
    """A key is what somebody has typed: one that cannot be stored is looked for nowhere."""
    with file_store.unit_of_work() as uow:
        assert uow.customers.find(key) is None
        assert uow.customers.get_many([key]) == {}
        with pytest.raises(NotFoundError):
            uow.customers.remove(key, version=1)
        with pytest.raises(ConcurrencyConflictError):
            uow.customers.remove(CustomerId("c-17"), version=2**63)
        if isinstance(key, str):
            assert uow.contacts.of_customer(CustomerId(key)) == ()
            assert uow.matters.of_member(MemberId(key)) == ()
            assert uow.facts.stages.of(key) == ()
        uow.commit()


def test_a_limit_may_be_as_large_as_it_likes(file_store: SqlStore) -> None:
    """More than there can be is all that there is."""
    with file_store.unit_of_work(readonly=True) as uow:
        assert len(uow.customers.page(limit=2**70).items) == 1


def test_a_stream_that_ends_the_unit_of_work_is_told(store: MemoryStore) -> None:
    """Nothing comes after the end, also from what was begun before it."""
    uow = store.unit_of_work()

    def customers() -> Iterator[Customer]:
        yield Customer(id=CustomerId("c-18"), name="Northwind")
        uow.commit()
        yield Customer(id=CustomerId("c-19"), name="Northwind")

    with pytest.raises(UnitOfWorkClosedError):
        uow.customers.add_all(customers())


def test_an_act_is_an_act(store: MemoryStore) -> None:
    """A name in the place of an act is refused before anything is done."""
    with pytest.raises(InvalidValueError, match=r"act must be an Act \(got 'a str'\)"):
        store.unit_of_work(act="ada")  # type: ignore[arg-type]


def test_a_key_of_the_trail_is_more_than_its_secret() -> None:
    """Mere bytes are refused before anything is done, and not repeated."""
    store = MemoryStore(audit_key=b"32 bytes that only the store has")  # type: ignore[arg-type]

    with pytest.raises(InvalidValueError, match=r"audit_key must be an AuditKey \(got 'a bytes'\)"):
        store.unit_of_work()


def test_work_that_would_have_to_be_awaited_is_refused(store: MemoryStore) -> None:
    """A coroutine would be committed before it has begun."""

    async def add(uow: UnitOfWork) -> Customer:
        return uow.customers.add(Customer(id=CustomerId("c-18"), name="Contoso"))

    with pytest.raises(InvalidValueError, match=r"be an ordinary function; crmcore\.aio"):
        _ = run(store, add)


def test_work_that_returns_a_future_is_refused(store: MemoryStore) -> None:
    """What somebody else would carry out later is no work of this unit."""
    loop = asyncio.new_event_loop()

    with pytest.raises(InvalidValueError, match="work must be an ordinary function"):
        run(store, lambda _: loop.create_future())

    loop.close()


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
