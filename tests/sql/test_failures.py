"""What happens when the database does not play along."""

from __future__ import annotations

import sqlite3
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlalchemy.exc

from crmcore.customers import Customer
from crmcore.errors import (
    InvalidValueError,
    MissingExtraError,
    StorageCorruptError,
    StorageUnavailableError,
)
from crmcore.kernel import CustomerId
from crmcore.sql import SqlStore


def customers(count: int) -> list[Customer]:
    """Return as many customers."""
    return [Customer(id=CustomerId(f"c-{n:05}"), name="Northwind " * 15) for n in range(count)]


def counted(store: SqlStore) -> int:
    """Return how many customers are stored."""
    with store.unit_of_work(readonly=True) as uow:
        return uow.customers.count()


def test_a_writer_waits_only_so_long(store: SqlStore, file: Path) -> None:
    """A database that somebody else keeps locked is unavailable, and worth another try."""
    with SqlStore.open(f"sqlite:///{file}", busy_timeout_ms=20) as impatient:
        with store.unit_of_work():
            with pytest.raises(StorageUnavailableError) as caught:
                impatient.unit_of_work()
            assert counted(impatient) == 0  # reading waits for nobody
        with impatient.unit_of_work() as uow:
            uow.commit()

    assert caught.value.retryable
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
    assert "database is locked" in str(caught.value.__cause__)


def test_a_writer_waits_for_its_turn(store: SqlStore) -> None:
    """A second writer begins when the first one has ended."""
    order: list[str] = []
    first = store.unit_of_work()

    def write() -> None:
        with store.unit_of_work():
            order.append("second")

    second = threading.Thread(target=write)
    second.start()
    second.join(timeout=0.1)
    order.append("first")
    first.rollback()
    second.join()

    assert order == ["first", "second"]


def test_a_pool_that_is_used_up_is_unavailable(store: SqlStore, file: Path) -> None:
    """What SQLAlchemy itself refuses is told as an error of storage too."""
    assert counted(store) == 0
    engine = sa.create_engine(f"sqlite:///{file}", pool_size=1, max_overflow=0, pool_timeout=0.01)

    with (
        SqlStore(engine) as small,
        small.unit_of_work(readonly=True),
        pytest.raises(StorageUnavailableError, match="beginning a unit of work failed") as caught,
    ):
        small.unit_of_work(readonly=True)

    assert isinstance(caught.value.__cause__, sa.exc.TimeoutError)


def test_a_full_disk_keeps_nothing_of_a_unit(store: SqlStore, file: Path) -> None:
    """When the disk is full, the unit of work is over: nothing of it is kept, even on commit."""
    store.close()
    engine = sa.create_engine(f"sqlite:///{file}")
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count = 60"))

    with SqlStore(engine) as small:
        uow = small.unit_of_work()
        uow.customers.add_all(customers(10))
        with pytest.raises(StorageUnavailableError, match="adding to crm_customers") as caught:
            uow.customers.add_all(customers(6_000)[10:])
        with pytest.raises(StorageUnavailableError, match="adding to crm_customers"):
            uow.customers.add(customers(6_001)[-1])
        with pytest.raises(StorageUnavailableError, match="committing failed"):
            uow.commit()

        assert "full" in str(caught.value.__cause__)
        assert counted(small) == 0
        with small.unit_of_work() as uow:
            uow.customers.add_all(customers(10))
            uow.commit()
        assert counted(small) == len(customers(10))


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """A path that is a folder cannot be opened, and the driver's own error is the cause."""
    with pytest.raises(StorageUnavailableError, match="opening the database failed") as caught:
        SqlStore.open(f"sqlite:///{tmp_path}")

    assert "unable to open database file" in str(caught.value.__cause__)


def test_a_file_of_something_else_is_no_database(file: Path) -> None:
    """A file that is no database is refused and left as it is."""
    file.write_text("customer,amount\n" * 100)

    with pytest.raises(StorageCorruptError, match="opening the database failed") as caught:
        SqlStore.open(f"sqlite:///{file}")

    assert not caught.value.retryable
    assert "file is not a database" in str(caught.value.__cause__)
    assert file.read_text() == "customer,amount\n" * 100


def test_a_damaged_file_is_noticed(store: SqlStore, file: Path) -> None:
    """Pages that were overwritten are an error of storage, not a wrong answer."""
    with store.unit_of_work() as uow:
        uow.customers.add_all(customers(2_000))
        uow.commit()
    store.close()
    size = file.stat().st_size
    with file.open("r+b") as damaged:
        damaged.seek(size // 2)
        damaged.write(b"\xff" * (size // 4))

    with (
        SqlStore.open(f"sqlite:///{file}") as again,
        again.unit_of_work(readonly=True) as uow,
        pytest.raises(StorageCorruptError, match="reading crm_customers failed"),
    ):
        list(uow.customers.stream())


def test_a_lost_table_is_damage(store: SqlStore, file: Path) -> None:
    """What should be there and is not is named by what was being done."""
    other = sqlite3.connect(file)
    other.execute("DROP TABLE crm_teams")
    other.commit()
    other.close()

    with (
        store.unit_of_work(readonly=True) as uow,
        pytest.raises(StorageCorruptError, match="counting crm_teams failed"),
    ):
        uow.teams.count()


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("crm.db", "url must name a file of SQLite, .*, or a database of PostgreSQL"),
        ("mysql://crm:secret@server/crm", "or a database of PostgreSQL"),
        ("sqlite://", "url must name a file of SQLite"),
        ("sqlite:///:memory:", r"at home in crmcore\.memory"),
        ("sqlite:///file:crm?mode=memory&uri=true", r"at home in crmcore\.memory"),
        ("sqlite://crm:secret@folder/crm.db", "url must name a file of SQLite"),
        ("sqlite://folder/crm.db", "url must name a file of SQLite"),
    ],
)
def test_only_what_can_be_made_safe_is_opened(url: str, rule: str) -> None:
    """Another database, no URL at all, and a database in memory are refused; no secret is told."""
    with pytest.raises(InvalidValueError, match=rule) as caught:
        SqlStore.open(url)

    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    """What cannot be reached may be reached later; no secret is told."""
    with pytest.raises(StorageUnavailableError, match="opening the database failed") as caught:
        SqlStore.open("postgresql://crm:secret@127.0.0.1:1/crm?connect_timeout=2")

    assert caught.value.retryable
    assert "secret" not in f"{caught.value} {caught.value.__cause__}"


def test_an_engine_that_cannot_be_made_safe_is_refused(file: Path) -> None:
    """A file that cannot be written ahead of is not written at all."""
    sqlite3.connect(file).close()
    engine = sa.create_engine(f"sqlite:///file:{file}?immutable=1&mode=ro&uri=true")

    with SqlStore(engine) as store, pytest.raises(StorageUnavailableError):
        store.unit_of_work()


def test_without_sqlalchemy_the_room_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Importing the room without its extra names the command that brings it."""
    for name in [name for name in sys.modules if name.startswith("crmcore.sql")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'crmcore\[sql\]'"):
        __import__("crmcore.sql")


def test_a_store_says_where_it_is(store: SqlStore, file: Path) -> None:
    """The short of a store names its database."""
    assert repr(store) == f"<SqlStore at sqlite:///{file}>"
