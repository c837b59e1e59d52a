"""The outbox: nothing is skipped, and what happened to one subject is told in its order."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import attrs
import pytest
import sqlalchemy as sa

from crmcore.customers import Customer
from crmcore.errors import (
    InvalidCursorError,
    InvalidValueError,
    StorageUnavailableError,
    UnsupportedError,
)
from crmcore.events import DomainEvent
from crmcore.kernel import CustomerId
from crmcore.sql import SqlStore
from crmcore.storage import UnitOfWork, run

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)


def event(name: str, subject: str = "customers/c-17") -> DomainEvent:
    """Return an event."""
    return DomainEvent(name=name, subject=subject, at=NOON, data=[("by", "wei"), ("days", 3)])


def tell(store: SqlStore, *names: str, tenant: str = "default") -> None:
    """Commit a unit of work that records events."""
    with store.unit_of_work(tenant=tenant) as uow:
        uow.record(*(event(name) for name in names))
        uow.commit()


def told(store: SqlStore, after: str | None = None, tenant: str = "default") -> list[str]:
    """Return the names of the events behind a position."""
    return [found.event.name for found in store.outbox(tenant=tenant).read(after=after).events]


@pytest.fixture
def place(postgresql_url: str) -> Iterator[tuple[SqlStore, sa.Engine]]:
    """Open a store on a server, and another way to its database."""
    engine = sa.create_engine(postgresql_url)
    with SqlStore.open(postgresql_url) as store:
        yield store, engine
    engine.dispose()


def test_events_come_as_they_were_recorded(any_store: Callable[..., SqlStore]) -> None:
    """Their order, their instants and their data are the same, page after page."""
    with any_store() as store:
        tell(store, "a", "b")
        tell(store, "c")
        first = store.outbox().read(limit=2)
        second = store.outbox().read(after=first.position, limit=2)
        last = store.outbox().read(after=second.position)

    assert [found.event for found in first.events] == [event("a"), event("b")]
    assert [found.event.name for found in second.events] == ["c"]
    assert second.events[0].number > first.events[1].number > first.events[0].number
    assert (last.events, last.position) == ((), second.position)


def test_many_events_of_one_unit_keep_their_order(any_store: Callable[..., SqlStore]) -> None:
    """However many there are, each is there once, in its place."""
    names = [f"event-{number}" for number in range(6_000)]

    with any_store() as store:
        tell(store, *names)
        found = store.outbox().read(limit=10_000).events

    assert [each.event.name for each in found] == names


def test_tenants_read_and_prune_their_own(any_store: Callable[..., SqlStore]) -> None:
    """Nobody meets, or forgets, the events of somebody else."""
    with any_store() as store:
        tell(store, "ours")
        tell(store, "theirs", tenant="other")
        position = store.outbox(tenant="other").read().position

        assert told(store) == ["ours"]
        assert told(store, tenant="other") == ["theirs"]
        assert store.outbox().prune(before=position) == 1
        assert told(store) == []
        assert told(store, tenant="other") == ["theirs"]


def test_numbers_are_never_given_twice(any_store: Callable[..., SqlStore]) -> None:
    """Who has read everything misses nothing, even when all of it has been forgotten."""
    with any_store() as store:
        tell(store, "a")
        position = store.outbox().read().position
        store.outbox().prune(before=position)
        tell(store, "b")

        assert told(store, after=position) == ["b"]


@pytest.mark.parametrize("position", ["soon", "", "-1", "1.5", "²", "9" * 19, "1" * 5000])
def test_what_is_no_position_is_refused(any_store: Callable[..., SqlStore], position: str) -> None:
    """Only what the outbox gave leads on."""
    with any_store() as store:
        with pytest.raises(InvalidCursorError, match="no position of this outbox"):
            store.outbox().read(after=position)
        with pytest.raises(InvalidCursorError):
            store.outbox().prune(before=position)


def test_a_page_has_room_for_an_event(any_store: Callable[..., SqlStore]) -> None:
    """A page of none would never lead on."""
    with any_store() as store, pytest.raises(InvalidValueError, match="limit must be at least 1"):
        store.outbox().read(limit=0)


def test_a_closed_store_has_no_outbox(any_store: Callable[..., SqlStore]) -> None:
    """After close() a store does nothing more."""
    store = any_store()
    store.close()

    with pytest.raises(StorageUnavailableError):
        store.outbox()


def test_events_on_their_way_hold_back_those_behind_them(
    place: tuple[SqlStore, sa.Engine],
) -> None:
    """A reader waits for a number that may still come; one that does not look skips it."""
    store, engine = place
    naive = sa.text("SELECT name, number FROM crm_outbox WHERE number > :last ORDER BY number")

    with engine.connect() as slow, engine.connect() as reader:
        tell(SqlStore.bind(slow), "first")  # its owner has not committed yet
        tell(store, "second")
        seen = reader.execute(naive, {"last": 0}).all()
        reader.rollback()

        assert [name for name, _ in seen] == ["second"]
        assert told(store) == []
        slow.commit()
        assert reader.execute(naive, {"last": seen[-1].number}).all() == []  # "first" is missed
        assert told(store) == ["first", "second"]


def test_events_that_were_taken_back_hold_back_nothing(place: tuple[SqlStore, sa.Engine]) -> None:
    """A number that is not used leaves a gap, and nobody waits for it."""
    store, engine = place

    with engine.connect() as other:
        tell(SqlStore.bind(other), "never")
        tell(store, "second")
        other.rollback()

        assert told(store) == ["second"]


def test_a_long_transaction_without_events_holds_back_nothing(
    place: tuple[SqlStore, sa.Engine],
) -> None:
    """Whoever writes for hours, here or in another store, lets events pass."""
    store, engine = place

    with engine.connect() as long:
        long.exec_driver_sql("SELECT pg_current_xact_id()")
        tell(store, "at once")

        assert told(store) == ["at once"]


def test_stores_of_one_database_do_not_wait_for_each_other(
    place: tuple[SqlStore, sa.Engine], new_postgresql_url: Callable[[], str]
) -> None:
    """An event on its way elsewhere, with a lower number, is nobody's affair here."""
    _, engine = place

    with SqlStore.open(new_postgresql_url()) as busy, engine.connect() as slow:
        tell(SqlStore.bind(slow), "on its way")
        tell(busy, "a", "b")

        assert told(busy) == ["a", "b"]


def test_an_older_transaction_may_tell_what_is_younger(place: tuple[SqlStore, sa.Engine]) -> None:
    """The order is the one in which things happened, not the one in which transactions began."""
    store, engine = place
    with store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("c-17"), name="Northwind"))
        uow.customers.add(Customer(id=CustomerId("c-18"), name="Contoso"))
        uow.commit()

    with engine.connect() as older, engine.connect() as between:
        older.exec_driver_sql("UPDATE crm_customers SET region = 'x' WHERE id = 'c-18'")
        between.exec_driver_sql("SELECT pg_current_xact_id()")
        with store.unit_of_work() as uow:
            uow.customers.save(attrs.evolve(uow.customers.get("c-17"), region="north"))
            uow.record(event("moved north"))
            uow.commit()
        before = store.outbox().read()
        with SqlStore.bind(older).unit_of_work() as uow:
            uow.customers.save(attrs.evolve(uow.customers.get("c-17"), region="south"))
            uow.record(event("moved south"))
            uow.commit()
        older.commit()

        assert [found.event.name for found in before.events] == ["moved north"]
        assert told(store, after=before.position) == ["moved south"]


def test_the_outbox_is_not_read_in_a_snapshot(place: tuple[SqlStore, sa.Engine]) -> None:
    """A transaction that does not see what others keep meanwhile cannot tell what is missing."""
    _, engine = place

    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as theirs:
        with pytest.raises(UnsupportedError, match=r"reading the outbox .* repeatable read"):
            SqlStore.bind(theirs).outbox().read()
        theirs.rollback()
        theirs.execution_options(isolation_level="READ COMMITTED")
        assert SqlStore.bind(theirs).outbox().read().events == ()


@pytest.mark.parametrize(("writers", "units"), [(8, 12)])
def test_a_reader_among_writers_misses_nothing(
    any_store: Callable[..., SqlStore], writers: int, units: int
) -> None:
    """Everything is told, each thing once, and what happened to one customer in its order."""
    with any_store(busy_timeout_ms=60_000) as store:
        with store.unit_of_work() as uow:
            uow.customers.add_all(
                Customer(id=CustomerId(f"c-{number}"), name="Northwind") for number in range(3)
            )
            uow.commit()
        threads = [
            threading.Thread(target=change, args=(store, writer, units))
            for writer in range(writers)
        ]
        for thread in threads:
            thread.start()
        found: dict[str, list[int]] = defaultdict(list)
        position: str | None = None
        while sum(map(len, found.values())) < writers * units:
            is_going_on = any(thread.is_alive() for thread in threads)
            page = store.outbox().read(after=position, limit=7)
            position = page.position
            for each in page.events:
                found[each.event.subject].append(int(dict(each.event.data)["version"] or 0))
            assert page.events or is_going_on
        for thread in threads:
            thread.join()

    assert all(versions == list(range(2, len(versions) + 2)) for versions in found.values())


def change(store: SqlStore, writer: int, units: int) -> None:
    """Change the customers one after the other, and tell to which version."""
    for unit in range(units):
        key = f"c-{(writer + unit) % 3}"

        def save(uow: UnitOfWork, key: str = key) -> None:
            saved = uow.customers.save(attrs.evolve(uow.customers.get(key), region="north"))
            data = {"version": saved.version}
            uow.record(attrs.evolve(event("saved", f"customers/{key}"), data=data))

        run(store, save, attempts=1_000)
