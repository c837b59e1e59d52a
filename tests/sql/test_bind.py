"""A store inside a transaction that belongs to somebody else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmcore.customers import Customer
from crmcore.errors import (
    AlreadyExistsError,
    InvalidValueError,
    SchemaOutOfDateError,
    StorageCorruptError,
    StorageUnavailableError,
    UnsupportedError,
)
from crmcore.kernel import CustomerId
from crmcore.sql import SqlStore
from crmcore.storage import Capability


@pytest.fixture(params=["sqlite", "postgresql"])
def host(request: pytest.FixtureRequest, file: Path) -> Iterator[sa.Engine]:
    """Return the engine of an application, in whose database a store has its tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{file}"
        SqlStore.open(url).close()
    else:
        url = request.getfixturevalue("emptied_postgresql_url")()
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()


def add(store: SqlStore, key: str) -> None:
    """Add a customer in a unit of work, and commit it."""
    with store.unit_of_work() as uow:
        uow.customers.add(customer(key))
        uow.commit()


def customer(key: str) -> Customer:
    """Return a customer."""
    return Customer(id=CustomerId(key), name="Northwind")


def kept(engine: sa.Engine) -> list[str]:
    """Return the ids of the customers that others see."""
    with engine.connect() as connection:
        return [*connection.execute(sa.text("SELECT id FROM crm_customers ORDER BY id")).scalars()]


def test_what_a_unit_keeps_is_kept_when_the_owner_commits(host: sa.Engine) -> None:
    """Nobody sees it before, and the owner's own work is kept with it."""
    with host.connect() as connection:
        store = SqlStore.bind(connection)
        add(store, "c-1")
        add(store, "c-2")
        before = kept(host)
        connection.commit()

    assert before == []
    assert kept(host) == ["c-1", "c-2"]


def test_what_the_owner_takes_back_is_gone(host: sa.Engine) -> None:
    """A commit of the unit of work keeps nothing by itself."""
    with host.connect() as connection:
        add(SqlStore.bind(connection), "c-1")
        connection.rollback()

    assert kept(host) == []


def test_what_a_unit_takes_back_leaves_the_owners_work(host: sa.Engine) -> None:
    """Rolling back goes to where the unit began, also after a refusal, and no further."""
    with host.connect() as connection:
        store = SqlStore.bind(connection)
        add(store, "c-1")
        with store.unit_of_work() as uow:
            uow.customers.add(customer("c-2"))
            with pytest.raises(AlreadyExistsError):
                uow.customers.add_all(map(customer, ["c-3", "c-1"]))
        with store.unit_of_work(readonly=True) as uow:
            assert uow.customers.count() == 1
        connection.commit()

    assert kept(host) == ["c-1"]


def test_a_unit_that_fails_leaves_the_owners_work(host: sa.Engine) -> None:
    """Even what the database refuses is taken back to where the unit began."""
    with host.connect() as connection:
        store = SqlStore.bind(connection)
        add(store, "c-1")
        connection.exec_driver_sql("ALTER TABLE crm_teams RENAME TO crm_crews")
        uow = store.unit_of_work()
        uow.customers.add(customer("c-2"))
        with pytest.raises(StorageCorruptError, match="counting crm_teams"):
            uow.teams.count()
        with pytest.raises(StorageUnavailableError):
            uow.commit()
        connection.exec_driver_sql("ALTER TABLE crm_crews RENAME TO crm_teams")
        connection.commit()

    assert kept(host) == ["c-1"]


def test_it_joins_a_transaction_that_has_begun(host: sa.Engine) -> None:
    """What the owner has written before is seen, and is kept or taken back together."""
    with host.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE invoices (id TEXT)")
        add(SqlStore.bind(connection), "c-1")
        connection.exec_driver_sql("INSERT INTO invoices VALUES ('i-1')")

    with host.connect() as connection:
        assert connection.exec_driver_sql("SELECT id FROM invoices").scalar() == "i-1"
        connection.exec_driver_sql("DROP TABLE invoices")
        connection.commit()
    assert kept(host) == ["c-1"]


def test_an_owner_who_ends_the_transaction_in_between_is_told(host: sa.Engine) -> None:
    """What was to be taken back is kept already, which must not pass in silence."""
    with host.connect() as connection:
        uow = SqlStore.bind(connection).unit_of_work()
        uow.customers.add(customer("c-1"))
        connection.exec_driver_sql("COMMIT")

        with pytest.raises(StorageUnavailableError, match="going back to the savepoint"):
            uow.rollback()

    assert kept(host) == ["c-1"]


def test_nothing_follows_into_the_owners_next_transaction(host: sa.Engine) -> None:
    """What is written after the owner has committed would be the owner's: half a unit of work."""
    with host.connect() as connection, SqlStore.bind(connection).unit_of_work() as uow:
        uow.customers.add(customer("c-1"))
        connection.commit()
        with pytest.raises(StorageUnavailableError, match="that its owner has ended"):
            uow.customers.add(customer("c-2"))
        with pytest.raises(StorageUnavailableError, match="committing failed"):
            uow.commit()
        connection.commit()

    assert kept(host) == ["c-1"]


def test_one_unit_of_work_lasts_at_a_time(host: sa.Engine) -> None:
    """A second one would be inside the first, and be taken back with it."""
    with host.connect() as connection:
        store = SqlStore.bind(connection)
        with (
            store.unit_of_work(),
            pytest.raises(UnsupportedError, match=r"on the same connection needs .*'interleaved'"),
        ):
            store.unit_of_work(readonly=True)
        add(store, "c-1")


def test_its_capabilities_are_those_of_the_transaction(host: sa.Engine) -> None:
    """A reader has no state of its own, and what is kept is as safe as its owner made it."""
    can = {Capability.MULTI_PROCESS, Capability.OUTBOX, Capability.TENANTS}

    with host.connect() as connection:
        store = SqlStore.bind(connection)
        assert store.capabilities == can | {Capability.DURABLE}
        is_sqlite = connection.dialect.name == "sqlite"
        connection.rollback()
        connection.exec_driver_sql(
            "PRAGMA synchronous = OFF" if is_sqlite else "SET synchronous_commit = off"
        )
        assert store.capabilities == can


def test_closing_it_leaves_the_connection_open(host: sa.Engine) -> None:
    """The connection is its owner's, who may go on with it."""
    with host.connect() as connection:
        with SqlStore.bind(connection) as store:
            add(store, "c-1")
        with pytest.raises(StorageUnavailableError, match="a closed store"):
            store.unit_of_work()
        connection.commit()

    assert kept(host) == ["c-1"]


def test_it_makes_its_tables_in_the_owners_transaction(postgresql_url: str, tmp_path: Path) -> None:
    """What the owner takes back was never made, and what the owner commits is complete."""
    for url in (postgresql_url, f"sqlite:///{tmp_path}/new.db"):
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            store = SqlStore.bind(connection)
            with pytest.raises(SchemaOutOfDateError, match="has schema 0"):
                store.unit_of_work()
            for end in (connection.rollback, connection.commit):
                planned = store.migrate(dry_run=True)
                assert store.migrate() == planned != ()
                add(store, "c-1")
                end()
            assert store.migrate() == ()
        assert kept(engine) == ["c-1"]
        engine.dispose()


class AutoCommitting(sqlite3.Connection):
    """A connection of SQLite that commits by itself, as Python 3.12 has them."""

    autocommit = True


def test_a_connection_of_sqlite_that_commits_by_itself_is_refused(file: Path) -> None:
    """There would be nothing for its owner to keep or to take back."""
    engine = sa.create_engine(f"sqlite:///{file}", connect_args={"factory": AutoCommitting})

    with (
        engine.connect() as connection,
        pytest.raises(InvalidValueError, match="connection must have a transaction"),
    ):
        SqlStore.bind(connection).unit_of_work()

    engine.dispose()


def test_a_connection_of_postgresql_that_commits_by_itself_is_refused(
    postgresql: sa.Engine,
) -> None:
    """The same holds there."""
    with (
        postgresql.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        pytest.raises(InvalidValueError, match="connection must have a transaction"),
    ):
        SqlStore.bind(connection).unit_of_work()


def test_what_is_no_connection_is_refused(host: sa.Engine) -> None:
    """An engine and a URL have no transaction that could be joined, and neither is repeated."""
    not_connections: list[Any] = [host, "postgresql+psycopg://crm:secret@localhost/crm"]

    for stranger in not_connections:
        with pytest.raises(InvalidValueError, match="must be a Connection of SQLAlch") as caught:
            SqlStore.bind(stranger)
        assert "secret" not in repr((str(caught.value), caught.value.args))


def test_other_databases_and_drivers_are_refused() -> None:
    """What nobody has tried is not promised."""
    engine = sa.create_engine("sqlite+pysqlcipher://", module=sqlite3, poolclass=sa.NullPool)

    with pytest.raises(InvalidValueError, match="go through the driver pysqlite"):
        SqlStore(engine)


def test_a_store_says_whose_transaction_it_is_in(host: sa.Engine) -> None:
    """The short of a store tells that somebody else commits."""
    with host.connect() as connection:
        assert repr(SqlStore.bind(connection)).endswith(", in a transaction of somebody else>")
