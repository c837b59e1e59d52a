"""Opening, migrating, and databases of other versions."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmcore.errors import SchemaOutOfDateError, StorageUnavailableError
from crmcore.sql import SqlStore


def run(file: Path, *statements: str) -> None:
    """Run statements on a database without the library."""
    connection = sqlite3.connect(file)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def tables(file: Path) -> list[str]:
    """Return the names of all tables."""
    connection = sqlite3.connect(file)
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
    names = [name for (name,) in found]
    connection.close()
    return names


def test_a_new_file_gets_its_tables(store: SqlStore, file: Path) -> None:
    """Opening what is not there makes a store that is ready."""
    assert "crm_customers" in tables(file)
    assert store.migrate() == ()


def test_opening_again_keeps_what_is_there(store: SqlStore, file: Path) -> None:
    """A store that was closed is the same when it is opened again."""
    with store.unit_of_work() as uow:
        uow.departments.add_all([])
        uow.commit()
    store.close()

    with SqlStore.open(f"sqlite:///{file}") as again, again.unit_of_work(readonly=True) as uow:
        assert uow.departments.count() == 0


def test_tables_of_others_are_left_alone(file: Path) -> None:
    """A database that has tables is not touched before somebody says so."""
    run(file, "CREATE TABLE invoices (id TEXT)")

    with SqlStore.open(f"sqlite:///{file}") as store:
        assert tables(file) == ["invoices"]
        with pytest.raises(SchemaOutOfDateError, match=r"has schema 0, .* call migrate"):
            store.unit_of_work()

        planned = store.migrate(dry_run=True)
        assert tables(file) == ["invoices"]
        assert store.migrate() == planned
        assert {"invoices", "crm_customers"} <= set(tables(file))
        with store.unit_of_work() as uow:
            uow.commit()

    assert any(statement.startswith("CREATE TABLE crm_customers") for statement in planned)


def test_a_newer_store_is_refused(store: SqlStore, file: Path) -> None:
    """Tables of a later version are neither read nor written, and the message says what to do."""
    run(file, "UPDATE crm_schema SET version = 99")

    for readonly in (True, False):
        with pytest.raises(SchemaOutOfDateError, match=r"schema 99, .* upgrade crmcore"):
            store.unit_of_work(readonly=readonly)
    with pytest.raises(SchemaOutOfDateError, match=r"schema 99, .* upgrade crmcore"):
        store.migrate()


def test_a_schema_without_a_version_is_none(store: SqlStore, file: Path) -> None:
    """A version that somebody has deleted is missed."""
    run(file, "DELETE FROM crm_schema")

    with pytest.raises(SchemaOutOfDateError) as caught:
        store.unit_of_work()

    assert (caught.value.have, caught.value.need) == (0, 1)


def test_a_migration_that_fails_changes_nothing(file: Path) -> None:
    """The statements of a migration are kept together, or not at all."""
    run(file, "CREATE TABLE crm_teams (id TEXT)")

    with (
        SqlStore.open(f"sqlite:///{file}") as store,
        pytest.raises(StorageUnavailableError, match="migrating failed"),
    ):
        store.migrate()

    assert tables(file) == ["crm_teams"]


def test_an_engine_may_be_handed_in(file: Path) -> None:
    """A store over an engine makes no tables by itself."""
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as before:
        before.execute(sa.text("SELECT 1"))

    with SqlStore(engine) as store:
        assert store.migrate() != ()
        with store.unit_of_work() as uow:
            uow.commit()


def test_a_closed_store_migrates_nothing(store: SqlStore) -> None:
    """After close() a store does nothing more."""
    store.close()

    with pytest.raises(StorageUnavailableError, match="a closed store"):
        store.migrate()
