"""What a database, its driver and its engine know, and nobody else is told."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmcore.customers import Contact, ContactId
from crmcore.errors import InvalidValueError, StorageCorruptError
from crmcore.kernel import CustomerId
from crmcore.sql import SqlStore

ADA = Contact(id=ContactId("p-1"), customer=CustomerId("c-17"), name="canary of Ada")


def written_by_hand(file: Path, statement: str) -> None:
    """Change a database behind the back of the library."""
    other = sqlite3.connect(file)
    other.execute(statement)
    other.commit()
    other.close()


def test_text_that_cannot_be_read_is_damage(store: SqlStore, file: Path) -> None:
    """The driver shows bytes that are no text, and a name may stand in them: it is told nobody."""
    with store.unit_of_work() as uow:
        uow.contacts.add(ADA)
        uow.commit()
    written_by_hand(file, "UPDATE crm_contacts SET name = CAST(x'63616e617279ff' AS TEXT)")

    with (
        store.unit_of_work(readonly=True) as uow,
        pytest.raises(StorageCorruptError, match="reading crm_contacts failed") as caught,
    ):
        uow.contacts.get(ADA.id)

    error: BaseException | None = caught.value
    while error is not None:
        assert "canary" not in f"{error} {error.args}"
        error = error.__cause__ or error.__context__


def test_a_name_of_a_table_that_cannot_be_read_is_damage(file: Path) -> None:
    """SQLite quotes what it has read in its message, which the driver cannot read then."""
    SqlStore.open(f"sqlite:///{file}").close()
    written = file.read_bytes()
    file.write_bytes(
        written.replace(b"CREATE TABLE crm_teams", b"CREATE \xff\xfe\xfd\xff\xfe crm_teams")
    )

    with pytest.raises(StorageCorruptError, match="opening the database failed"):
        SqlStore.open(f"sqlite:///{file}")


@pytest.mark.parametrize("echo", [None, "debug"])
def test_rows_are_in_no_log(file: Path, echo: str | None, caplog: pytest.LogCaptureFixture) -> None:
    """SQLAlchemy tells of each row that it reads, whoever asks it to tell all, but not of ours."""
    caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine")
    engine = sa.create_engine(f"sqlite:///{file}", echo=echo)
    store = SqlStore(engine)
    store.migrate()

    with store, store.unit_of_work() as uow:
        uow.contacts.add(ADA)
        assert uow.contacts.get(ADA.id).name == ADA.name

    assert "SELECT crm_contacts" in caplog.text
    assert "canary" not in caplog.text


def test_a_password_is_in_no_short(postgresql: sa.Engine) -> None:
    """A password may also stand among what the driver is told besides."""
    url = postgresql.url.update_query_dict({"password": "canary"})

    with SqlStore(sa.create_engine(url)) as store:
        assert "canary" not in repr(store)


@pytest.mark.parametrize(
    "url", ["postgresql://crm:secret@server:none/crm", "sqlite:///crm.db?timeout=soon"]
)
def test_a_url_that_cannot_be_read_is_refused(url: str) -> None:
    """A number that is none is a mistake of whoever has written the URL."""
    with pytest.raises(InvalidValueError, match="url must name a file") as caught:
        SqlStore.open(url)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("timeout", [-1, 2**31, "5", 1.5, None, True])
def test_a_timeout_is_a_number_of_milliseconds(timeout: object, file: Path) -> None:
    """What neither database takes is refused before anybody is asked."""
    with pytest.raises(InvalidValueError, match="busy_timeout_ms must be a whole number between"):
        SqlStore.open(f"sqlite:///{file}", busy_timeout_ms=timeout)  # type: ignore[arg-type]

    assert not file.exists()


def test_more_events_than_there_can_be_are_all(any_store: Callable[..., SqlStore]) -> None:
    """Whoever wants all events may say so by any number."""
    with any_store() as store:
        assert store.outbox().read(limit=2**70).events == ()


def test_a_child_takes_connections_of_its_own(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process inherits when it is forked belongs to its parent, who goes on with it."""
    engine = sa.create_engine(f"sqlite:///{file}")
    opened: list[object] = []
    closed: list[object] = []
    sa.event.listen(engine, "connect", lambda raw, _: opened.append(raw))
    sa.event.listen(engine, "close", lambda raw, _: closed.append(raw))
    with SqlStore(engine) as store:
        store.migrate()
        store.unit_of_work().rollback()
        assert len(opened) == 1

        monkeypatch.setattr(os, "getpid", lambda: 0)
        for _ in range(2):
            store.unit_of_work().rollback()

        assert (len(opened), closed) == (2, [])
