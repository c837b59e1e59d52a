"""What happens when a server of PostgreSQL does not play along, and what is told of it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import attrs
import pytest
import sqlalchemy as sa

from crmcore.criteria import F
from crmcore.customers import Customer
from crmcore.errors import (
    AlreadyExistsError,
    CommitUnknownError,
    ConcurrencyConflictError,
    InvalidValueError,
    StorageCorruptError,
    StorageUnavailableError,
)
from crmcore.kernel import CustomerId
from crmcore.sql import SqlStore
from crmcore.storage import UnitOfWork, run

NAME = "store-to-be-cut"
Place = tuple[SqlStore, sa.Engine]


@pytest.fixture
def place(emptied_postgresql_url: Callable[[], str]) -> Iterator[Place]:
    """Open an empty store that waits for nobody, and another way to its database."""
    url = emptied_postgresql_url()
    engine = sa.create_engine(url)
    with SqlStore.open(f"{url}&application_name={NAME}", busy_timeout_ms=50) as store:
        yield store, engine
    engine.dispose()


def customer(number: int, **fields: Any) -> Customer:  # noqa: ANN401 - any field of a customer
    """Return a customer."""
    usual = {"id": CustomerId(f"c-{number:04}"), "name": "Northwind"}
    return Customer(**usual | fields)


def add(store: SqlStore, *customers: Customer) -> None:
    """Add customers and commit."""
    with store.unit_of_work() as uow:
        uow.customers.add_all(customers)
        uow.commit()


def cut(engine: sa.Engine) -> None:
    """Cut all connections of the store."""
    with engine.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity "
                "WHERE application_name = :name"
            ),
            {"name": NAME},
        )
        connection.rollback()


def test_a_connection_that_is_cut_in_the_middle_keeps_nothing(place: Place) -> None:
    """The unit of work is over, and a new one begins on a new connection."""
    store, engine = place
    uow = store.unit_of_work()
    uow.customers.add(customer(1))
    cut(engine)

    for number in (2, 3):
        with pytest.raises(StorageUnavailableError, match="adding to crm_customers") as caught:
            uow.customers.add(customer(number))
        assert not isinstance(caught.value, CommitUnknownError)
    uow.rollback()

    with store.unit_of_work() as again:
        assert again.customers.count() == 0


def test_rolling_back_what_was_cut_is_no_error(place: Place) -> None:
    """What cannot be reached has kept nothing, which is all that was asked for."""
    store, engine = place
    uow = store.unit_of_work()
    uow.customers.add(customer(1))
    cut(engine)

    uow.rollback()

    with store.unit_of_work(readonly=True) as again:
        assert again.customers.count() == 0


def test_many_rows_on_a_connection_that_is_cut_are_kept_nowhere(place: Place) -> None:
    """A COPY that breaks is told as everything else that breaks."""
    store, engine = place

    with store.unit_of_work() as uow:
        cut(engine)
        with pytest.raises(StorageUnavailableError, match="adding to crm_customers") as caught:
            uow.customers.add_all(map(customer, range(200)))

    assert caught.value.retryable


def test_a_copy_that_is_cut_half_way_is_unavailable(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the connection breaks between the first row and the last."""
    store, engine = place
    with engine.connect() as connection:
        copy = type(connection.connection.driver_connection.cursor()).copy  # type: ignore[union-attr]

    def cut_copy(cursor: Any, statement: str) -> Any:  # noqa: ANN401 - of psycopg
        cut(engine)
        return copy(cursor, statement)

    with store.unit_of_work() as uow:
        uow.customers.count()
        monkeypatch.setattr("psycopg.Cursor.copy", cut_copy)
        with pytest.raises(StorageUnavailableError, match="adding to crm_customers"):
            uow.customers.add_all(map(customer, range(200)))
        monkeypatch.undo()

    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.count() == 0


def test_a_connection_that_is_cut_while_committing_leaves_it_open(place: Place) -> None:
    """Whether it was kept is not known, and a blind retry would do it twice."""
    store, engine = place
    uow = store.unit_of_work()
    uow.customers.add(customer(1))
    cut(engine)

    with pytest.raises(CommitUnknownError, match="not known") as caught:
        uow.commit()

    assert not caught.value.retryable
    assert caught.value.__cause__ is not None


def test_a_connection_that_is_cut_ends_the_owners_transaction_too(place: Place) -> None:
    """Nothing of it was kept, neither the unit's nor the owner's, and rolling back is no error."""
    _, engine = place
    theirs = sa.create_engine(engine.url.update_query_dict({"application_name": NAME}))

    with theirs.connect() as connection:
        first = SqlStore.bind(connection).unit_of_work()
        first.customers.add(customer(1))
        cut(engine)
        first.rollback()
        connection.invalidate()
        connection.rollback()
        second = SqlStore.bind(connection).unit_of_work()
        second.customers.add(customer(2))
        cut(engine)
        with pytest.raises(StorageUnavailableError, match="releasing the savepoint") as caught:
            second.commit()
    theirs.dispose()

    assert not isinstance(caught.value, CommitUnknownError)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM crm_customers").scalar() == 0


def test_a_command_that_is_sent_again_finds_what_became_of_it(place: Place) -> None:
    """The key resolves what is not known: what was kept is not done again."""
    store, engine = place
    with store.unit_of_work() as uow:
        assert uow.once("k-1", request="add") is None
        uow.customers.add(customer(1))
        uow.answer("k-1", "done")
        cut(engine)
        with pytest.raises(CommitUnknownError):
            uow.commit()

    for expected in (None, "done"):
        with store.unit_of_work() as uow:
            found = uow.once("k-1", request="add")
            assert (found and found.answer) == expected
            if found is None:
                uow.customers.add(customer(1))
                uow.answer("k-1", "done")
            uow.commit()


def test_connections_that_were_cut_while_idle_are_replaced(place: Place) -> None:
    """A server that was started anew is noticed by nobody who begins afterwards."""
    store, engine = place
    with store.unit_of_work(readonly=True), store.unit_of_work(readonly=True):
        pass  # two connections wait in the pool now
    cut(engine)

    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.count() == 0


def test_a_locked_record_is_waited_for_only_so_long(place: Place) -> None:
    """Whoever holds a record keeps the others waiting up to their timeout, and then may retry."""
    store, engine = place
    add(store, customer(1))

    with engine.connect() as holder:
        holder.execute(sa.text("SELECT * FROM crm_customers FOR UPDATE"))
        with (
            store.unit_of_work() as uow,
            pytest.raises(StorageUnavailableError, match="saving to crm_customers") as caught,
        ):
            uow.customers.save(attrs.evolve(uow.customers.get("c-0001"), region="north"))

    assert caught.value.retryable
    assert "lock timeout" in str(caught.value.__cause__)


def test_of_two_who_wait_for_each_other_one_may_try_again(
    emptied_postgresql_url: Callable[[], str],
) -> None:
    """A deadlock is found by the server, and its victim is worth another try."""
    with SqlStore.open(emptied_postgresql_url(), busy_timeout_ms=60_000) as store:
        add(store, customer(1), customer(2))
        meeting = threading.Barrier(2)

        def save(*keys: str) -> int:
            tries = 0

            def both(uow: UnitOfWork) -> None:
                nonlocal tries
                tries += 1
                for key in keys:
                    uow.customers.save(attrs.evolve(uow.customers.get(key), region="north"))
                    if tries == 1 and key == keys[0]:
                        meeting.wait()

            run(store, both)
            return tries

        counts: list[int] = []
        threads = [
            threading.Thread(target=lambda keys=keys: counts.append(save(*keys)))
            for keys in (("c-0001", "c-0002"), ("c-0002", "c-0001"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with store.unit_of_work(readonly=True) as uow:
            assert {found.version for found in uow.customers.stream()} == {3}
    assert sorted(counts) == [1, 2]


def test_ids_that_are_taken_are_named_and_all_others_stored(place: Place) -> None:
    """However many come at once, only what is there already is refused."""
    store, _ = place
    add(store, *map(customer, range(0, 300, 7)))

    with store.unit_of_work() as uow:
        result = uow.customers.bulk_upsert(map(customer, range(300)))
        with pytest.raises(AlreadyExistsError, match="'c-0000'"):
            uow.customers.add_all(map(customer, range(300)))
        assert uow.customers.count() == 300

    assert result.inserted == 300 - 43
    assert result.conflicts == tuple(f"c-{number:04}" for number in range(0, 300, 7))


def test_whoever_adds_the_same_id_waits_and_is_refused(
    new_postgresql_store: Callable[[], SqlStore],
) -> None:
    """Of two who add one id the later one hears of it once the first has committed."""
    store = new_postgresql_store()
    first = store.unit_of_work()
    first.customers.add(customer(1))
    refused: list[str] = []

    def add_the_same() -> None:
        try:
            add(store, customer(1))
        except AlreadyExistsError as error:
            refused.append(error.key)

    second = threading.Thread(target=add_the_same)
    second.start()
    second.join(timeout=0.02)
    first.commit()
    second.join()

    store.close()

    assert refused == ["c-0001"]


def test_a_writer_that_was_overtaken_is_told_what_is_stored(place: Place) -> None:
    """The version is compared by the statement that writes, whatever was read before."""
    store, _ = place
    add(store, customer(1))

    with store.unit_of_work() as slow:
        read = slow.customers.get("c-0001")
        with store.unit_of_work() as quick:
            quick.customers.save(attrs.evolve(read, region="north"))
            quick.commit()
        with pytest.raises(ConcurrencyConflictError) as caught:
            slow.customers.save(attrs.evolve(read, region="south"))

    assert (caught.value.expected, caught.value.actual) == (1, 2)


def test_what_others_have_written_wrongly_is_damage(place: Place) -> None:
    """A cell that the database cannot read as what it is makes no wrong answer."""
    store, engine = place
    add(store, customer(1))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE crm_customers SET known_since = 'canary-day'")

    with store.unit_of_work(readonly=True) as uow, pytest.raises(StorageCorruptError) as caught:
        uow.customers.count(F.known_since < AN_OLD_DAY)

    assert "canary" not in told(caught.value)


AN_OLD_DAY = date(1997, 1, 1)


def told(error: BaseException) -> str:
    """Return all that is printed of an error, its causes and its contexts, and their parts."""
    printed = traceback.format_exception(error)
    parts: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop()
        if found is not None:
            parts += [repr(found), str(found), repr(found.args)]
            waiting += [found.__cause__, found.__context__]
    return "".join([*printed, *parts])


@pytest.mark.parametrize("count", [1, 200])
def test_no_error_tells_what_stands_in_a_row(place: Place, count: int) -> None:
    """PostgreSQL names the key and the row that it refuses; nobody hears of it."""
    store, engine = place
    people = [customer(number, name=f"canary-{number}") for number in range(count)]
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE crm_customers ADD CONSTRAINT rule CHECK (region IS NOT NULL)"
        )

    with store.unit_of_work() as uow, pytest.raises(StorageUnavailableError) as caught:
        uow.customers.add_all(people)

    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE crm_customers DROP CONSTRAINT rule")
    text = told(caught.value)
    assert "CheckViolation (SQLSTATE 23514)" in text
    assert "canary" not in text


def test_a_key_that_is_taken_is_told_to_nobody_else(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """A customer's number may be an e-mail address: only the caller who has it hears of it."""
    store, engine = place
    engine.hide_parameters = False  # as an application may have it
    key = CustomerId("canary@example.org")
    add(store, customer(1, id=key))

    with (
        engine.connect() as connection,
        SqlStore.bind(connection).unit_of_work() as uow,
        caplog.at_level("DEBUG"),
        pytest.raises(AlreadyExistsError) as caught,
    ):
        uow.customers.add_all([*map(customer, range(200)), customer(1, id=key)])

    assert caught.value.__cause__ is None
    assert "canary" not in caplog.text


def test_a_database_of_another_encoding_is_refused(postgresql: sa.Engine) -> None:
    """Only what keeps every letter is a place for names."""
    with postgresql.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
        )
    url = postgresql.url.set(database="latin").render_as_string(hide_password=False)

    with pytest.raises(InvalidValueError, match=r"the encoding .* must be UTF8 \(got 'LATIN1'\)"):
        SqlStore.open(url)


def test_another_driver_is_refused() -> None:
    """What nobody has tried is not promised."""
    with pytest.raises(InvalidValueError, match="go through the driver psycopg"):
        SqlStore.open("postgresql+pg8000://crm@localhost/crm")


def test_a_connection_waits_for_the_disk(place: Place) -> None:
    """Whatever the server is set to, a commit of the store returns when it is on the disk."""
    _, engine = place
    there = engine.url.update_query_dict(
        {"options": f"{engine.url.query['options']} -c synchronous_commit=off"}
    )
    lazy = sa.create_engine(there)
    with lazy.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "off"

    with SqlStore(lazy) as store, store.unit_of_work(), lazy.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
