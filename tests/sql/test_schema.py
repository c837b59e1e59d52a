"""Opening, migrating, and databases of other versions."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmcore.activities import Matter, MatterId, MatterKind
from crmcore.errors import SchemaOutOfDateError, StorageUnavailableError
from crmcore.kernel import CustomerId
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


def schema_of(file: Path) -> list[str]:
    """Return how each table and index was made."""
    connection = sqlite3.connect(file)
    found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    made = [" ".join(sql.split()) for (sql,) in found]
    connection.close()
    return made


def test_a_store_of_the_first_schema_is_refused_until_it_is_migrated(file: Path) -> None:
    """A store that was made before there were matters says so, and loses nothing on the way."""
    first = (Path(__file__).parent / "schema_1.sql").read_text("utf-8").splitlines()
    run(file, *first, "INSERT INTO crm_schema VALUES (1)")
    run(file, "INSERT INTO crm_departments VALUES ('care', 'Customer care', NULL, 3)")
    new_year = datetime(1997, 1, 1, 5, tzinfo=UTC)
    late = Matter(
        id=MatterId("m-1"),
        kind=MatterKind.COMPLAINT,
        customer=CustomerId("c-17"),
        subject="It came late",
        opened_at=new_year,
    )

    with SqlStore.open(f"sqlite:///{file}") as store:
        with pytest.raises(SchemaOutOfDateError, match=r"has schema 1, .* call migrate"):
            store.unit_of_work(readonly=True)
        planned = store.migrate(dry_run=True)
        assert store.migrate() == planned
        assert store.migrate() == ()
        with store.unit_of_work() as uow:
            assert uow.departments.get("care").version == 3
            uow.matters.add(late)
            uow.commit()

    assert [statement.split("(")[0].strip() for statement in planned] == [
        "CREATE TABLE crm_matters",
        "CREATE INDEX ix_crm_matters_customer ON crm_matters",
        "CREATE INDEX ix_crm_matters_member ON crm_matters",
    ]


def test_a_migrated_store_is_like_a_new_one(store: SqlStore, file: Path, tmp_path: Path) -> None:
    """It does not show of a store how old it is."""
    old = tmp_path / "old.db"
    first = (Path(__file__).parent / "schema_1.sql").read_text("utf-8").splitlines()
    run(old, *first, "INSERT INTO crm_schema VALUES (1)")

    with SqlStore.open(f"sqlite:///{old}") as migrated:
        migrated.migrate()
    store.close()

    assert schema_of(old) == schema_of(file)


def test_a_schema_without_a_version_is_none(store: SqlStore, file: Path) -> None:
    """A version that somebody has deleted is missed."""
    run(file, "DELETE FROM crm_schema")

    with pytest.raises(SchemaOutOfDateError) as caught:
        store.unit_of_work()

    assert (caught.value.have, caught.value.need) == (0, 2)


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
