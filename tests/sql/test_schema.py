"""Opening, migrating, and databases of other versions."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmcore.customers import Customer, CustomerKind
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


def statements(name: str) -> list[str]:
    """Return the statements of a file beside this one."""
    return (Path(__file__).parent / name).read_text("utf-8").splitlines()


@pytest.mark.parametrize("old", [1, 2])
def test_a_store_of_an_older_schema_comes_through(file: Path, old: int) -> None:
    """It is refused until it is migrated, and loses nothing on the way."""
    run(file, *statements(f"schema_{old}.sql"), f"INSERT INTO crm_schema VALUES ({old})")  # noqa: S608 - a number
    rows = statements("rows_of_schema_2.sql")  # the last one is of a matter
    run(file, *(rows if old > 1 else rows[:-1]))
    new_year = datetime(1998, 1, 1, tzinfo=UTC)

    with SqlStore.open(f"sqlite:///{file}") as store:
        for readonly in (True, False):
            with pytest.raises(SchemaOutOfDateError) as caught:
                store.unit_of_work(readonly=readonly)
            assert (caught.value.have, caught.value.need) == (old, 3)
        with pytest.raises(SchemaOutOfDateError, match=f"has schema {old}, .* call migrate"):
            store.outbox().read()
        planned = store.migrate(dry_run=True)
        assert store.migrate() == planned
        assert store.migrate() == ()
        with store.unit_of_work(readonly=True) as uow:
            assert uow.departments.get("care").version == 3
            assert uow.purchases.get("p-1").amount.amount.as_tuple().exponent == -1
            assert uow.ownerships.of_customer(CustomerId("c-17"))[0].since == new_year
            assert uow.members.get("wei").version == 4
            assert uow.customers.count() == 0
            assert uow.customers.get("c-17", with_archived=True) == Customer(
                id=CustomerId("c-17"),
                name="Northwind",
                kind=CustomerKind.ORGANIZATION,
                known_since=date(1997, 1, 1),
                region="north",
                needs=("mandarin",),
                archived_at=new_year,
                version=2,
            )
            assert [found.subject for found in uow.matters.stream()] == ["It came late"] * (old - 1)
        with store.unit_of_work(readonly=True, tenant="somebody-else") as uow:
            assert uow.departments.count() == 0


def test_the_statements_of_a_migration_do_it_by_hand(file: Path) -> None:
    """What dry_run tells is all there is to do, for those who let somebody else do it."""
    run(file, *statements("schema_2.sql"), "INSERT INTO crm_schema VALUES (2)")
    run(file, *statements("rows_of_schema_2.sql"))

    with SqlStore.open(f"sqlite:///{file}") as store:
        run(file, *store.migrate(dry_run=True))
        with store.unit_of_work(readonly=True) as uow:
            assert uow.members.get("wei").name == "Wei"


def test_an_empty_database_of_postgresql_gets_its_tables(postgresql_url: str) -> None:
    """The same schema is made there, and it says when and by whom."""
    engine = sa.create_engine(postgresql_url)

    with SqlStore.open(postgresql_url) as store:
        assert store.migrate() == ()

    with engine.connect() as connection:
        (row,) = connection.execute(sa.text("SELECT * FROM crm_schema"))
        assert (row.component, row.version, row.crmcore_version) == ("store", 3, version("crmcore"))
        assert row.applied_at.tzinfo is not None
        connection.execute(sa.text("UPDATE crm_schema SET version = 99"))
        connection.commit()
        with SqlStore.open(postgresql_url) as store:
            for ask in (store.unit_of_work, store.migrate, store.outbox().read):
                with pytest.raises(SchemaOutOfDateError, match=r"schema 99, .* upgrade crmcore"):
                    ask()
        connection.execute(sa.text("DROP TABLE crm_schema"))
        connection.commit()
        with SqlStore.open(postgresql_url) as store:
            with pytest.raises(SchemaOutOfDateError, match="has schema 0"):
                store.unit_of_work()
            with pytest.raises(StorageUnavailableError, match="migrating failed"):
                store.migrate()
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_those_who_open_an_empty_database_at_once_make_it_once(
    request: pytest.FixtureRequest, database: str, file: Path
) -> None:
    """One makes the tables, and the others wait and find them."""
    is_sqlite = database == "sqlite"
    url = f"sqlite:///{file}" if is_sqlite else request.getfixturevalue("postgresql_url")

    with ThreadPoolExecutor(4) as threads:
        stores = [*threads.map(SqlStore.open, [url] * 4)]

    for store in stores:
        with store, store.unit_of_work(readonly=True) as uow:
            assert uow.customers.count() == 0


@pytest.mark.parametrize(("timeout", "is_opened"), [(5_000, True), (20, False)])
def test_who_opens_a_file_waits_for_whoever_has_it(
    file: Path, timeout: int, *, is_opened: bool
) -> None:
    """A file that has no such journal yet is waited for, and no longer than was said."""
    with sqlite3.connect(file, isolation_level=None) as other, ThreadPoolExecutor(1) as threads:
        other.execute("CREATE TABLE a_table_of_others (id TEXT)")
        other.execute("BEGIN IMMEDIATE")
        opening = threads.submit(SqlStore.open, f"sqlite:///{file}", busy_timeout_ms=timeout)
        _, unfinished = wait([opening], timeout=0.2)
        other.execute("ROLLBACK")

        if is_opened:
            assert unfinished
            opening.result().close()
        else:
            assert not unfinished
            with pytest.raises(StorageUnavailableError, match="opening the database failed"):
                opening.result()
    other.close()


def test_a_migrated_store_is_like_a_new_one(store: SqlStore, file: Path, tmp_path: Path) -> None:
    """It does not show of a store how old it is."""
    old = tmp_path / "old.db"
    run(old, *statements("schema_1.sql"), "INSERT INTO crm_schema VALUES (1)")

    with SqlStore.open(f"sqlite:///{old}") as migrated:
        migrated.migrate()
    store.close()

    assert schema_of(old) == schema_of(file)


def test_a_schema_without_a_version_is_none(store: SqlStore, file: Path) -> None:
    """A version that somebody has deleted is missed."""
    run(file, "DELETE FROM crm_schema")

    with pytest.raises(SchemaOutOfDateError) as caught:
        store.unit_of_work()

    assert (caught.value.have, caught.value.need) == (0, 3)


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
