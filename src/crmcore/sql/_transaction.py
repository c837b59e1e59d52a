"""Transactions and tables in a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

import sqlalchemy as sa

from crmcore.criteria import EVERYTHING
from crmcore.errors import CrmError, StorageCorruptError, StorageUnavailableError
from crmcore.events import DomainEvent
from crmcore.repositories import Aggregate
from crmcore.storage import Selection, Table, Transaction

from ._database import Database
from ._guard import guarded
from ._order import behind, ordered
from ._outbox import event_row
from ._rows import Row
from ._sessions import Session
from ._tables import TABLES, RecordTable
from ._types import microseconds

A = TypeVar("A", bound=Aggregate)
Write: TypeAlias = Callable[[sa.Connection, RecordTable[Any], Sequence[Row]], frozenset[str]]

_READ_FIRST: Final = 101  # a usual page, and whether there is another one
_READ_AT_ONCE: Final = 2_000
_WRITTEN_AT_ONCE: Final = 5_000
_KEYS_AT_ONCE: Final = 500


class SqlTransaction:
    """A transaction of the database, for the records of one tenant."""

    def __init__(self, database: Database, session: Session, tenant: str) -> None:
        """Go on with *session*."""
        self.database = database
        self.tenant = tenant
        self._session = session
        self._failure: CrmError | None = None

    def table(self, name: str, record: type[A], /) -> Table[A]:
        del record  # the tables know their classes
        return SqlTable(self, TABLES[name])

    @contextmanager
    def running(self, operation: str) -> Iterator[sa.Connection]:
        """Lend the connection for one operation; after a failure there is no other.

        SQLite takes back the whole transaction by itself when, say, the disk is full. What came
        then would be kept piece by piece.
        """
        if self._failure is not None:
            raise StorageUnavailableError(operation) from self._failure
        try:
            with guarded(operation):
                yield self._session.connection
        except (StorageUnavailableError, StorageCorruptError) as error:
            self._failure = error
            raise

    def emit(self, events: Sequence[DomainEvent], /) -> None:
        waiting = (event_row(self.tenant, event) for event in events)
        while rows := list(islice(waiting, _WRITTEN_AT_ONCE)):
            with self.running("adding to the outbox") as connection:
                self.database.emit(connection, rows)

    def commit(self) -> None:
        with self.running("committing"):
            self._session.commit()

    def rollback(self) -> None:
        self._session.rollback()


class SqlTable(Generic[A]):
    """The records of one kind and one tenant, as a transaction sees them."""

    def __init__(self, transaction: SqlTransaction, table: RecordTable[A]) -> None:
        """Look at *table* through *transaction*."""
        self._transaction = transaction
        self._database = transaction.database
        self._tenant = transaction.tenant
        self._table = table
        self._sql = table.sql

    def read(self, keys: Iterable[str], /) -> Iterator[A]:
        waiting = iter(keys)
        while some := list(islice(waiting, _KEYS_AT_ONCE)):
            yield from self._rows(self._ours(self._sql).where(self._sql.c.id.in_(some)))

    def scan(self, selection: Selection, /) -> Iterator[A]:
        # Page after page, each from where the last one ended: the caller may write between.
        statement = self._selected(self._ours(self._sql), selection)
        statement = statement.order_by(*ordered(self._table, selection.order))
        place, size = selection.after, _READ_FIRST
        seen: set[str] = set()  # what the caller changes may move behind the place
        while True:
            page = statement.limit(size)
            if place is not None:
                page = page.where(behind(self._table, selection.order, place))
            found = self._rows(page)
            yield from (record for record in found if record.id not in seen)
            if len(found) < size:
                return
            if selection.order:
                seen.update(record.id for record in found)
            place, size = selection.place(found[-1]), _READ_AT_ONCE

    def count(self, selection: Selection, /) -> int:
        statement = self._selected(self._ours(sa.func.count()), selection)
        with self._transaction.running(f"counting {self._sql.name}") as connection:
            return connection.scalar(statement.select_from(self._sql)) or 0

    def insert(self, records: Iterable[A], /) -> tuple[str, ...]:
        taken: list[str] = []
        for rows in self._cells(records, version=1):
            taken += self._written(self._database.insert, "adding to", rows)
        return tuple(taken)

    def update(self, records: Iterable[A], /) -> tuple[str, ...]:
        missed: list[str] = []
        for rows in self._cells(records):
            missed += self._written(self._database.update, "saving to", rows)
        return tuple(missed)

    def delete(self, key: str, /, *, expected: int) -> bool:
        columns = self._sql.c
        change = sa.delete(self._sql).where(
            columns.tenant == self._tenant, columns.id == key, columns.version == expected
        )
        with self._transaction.running(f"removing from {self._sql.name}") as connection:
            return connection.execute(change).rowcount == 1

    def _cells(self, records: Iterable[A], *, version: int | None = None) -> Iterator[list[Row]]:
        """Yield the rows of records, many at once, no id twice among them."""
        rows: list[Row] = []
        keys: set[str] = set()
        for record in records:
            if record.id in keys or len(rows) == _WRITTEN_AT_ONCE:
                yield rows
                rows, keys = [], set()
            at = record.version if version is None else version
            rows.append(self._table.row(self._tenant, record, version=at))
            keys.add(record.id)
        if rows:
            yield rows

    def _written(self, write: Write, doing: str, rows: Sequence[Row]) -> Iterator[str]:
        """Write rows and yield the ids of those that were refused."""
        with self._transaction.running(f"{doing} {self._sql.name}") as connection:
            refused = write(connection, self._table, rows)
        keys = (row[self._table.key] for row in rows)
        return (key for key in keys if key in refused)

    def _rows(self, statement: sa.Select[Any]) -> list[A]:
        with self._transaction.running(f"reading {self._sql.name}") as connection:
            rows = connection.execute(statement).fetchall()
        return self._table.records(rows)

    def _ours(self, what: Any) -> sa.Select[Any]:  # noqa: ANN401 - a table or an expression
        return sa.select(what).where(self._sql.c.tenant == self._tenant)

    def _selected(self, statement: sa.Select[Any], selection: Selection) -> sa.Select[Any]:
        columns = self._sql.c
        if not selection.archived:
            statement = statement.where(columns.archived_at.is_(None))
        if selection.where != EVERYTHING:
            statement = statement.where(self._table.narrowed(selection.where))
        if selection.customer is not None:
            statement = statement.where(columns.customer == selection.customer)
        if selection.member is not None:
            statement = statement.where(columns.member == selection.member)
        if selection.before is not None:
            statement = statement.where(columns.at < microseconds(selection.before))
        if selection.lasting is not None:
            statement = statement.where(_holds(columns.since, columns.until, selection.lasting))
        if selection.open is not None:
            statement = statement.where(
                _holds(columns.opened_at, columns.closed_at, selection.open)
            )
        return statement


def _holds(
    first: sa.ColumnElement[int], end: sa.ColumnElement[int], at: datetime
) -> sa.ColumnElement[bool]:
    """Return the condition that *at* lies at or behind *first* and before *end*, if any."""
    count = microseconds(at)
    return sa.and_(first <= count, sa.or_(end.is_(None), end > count))


if TYPE_CHECKING:
    _: type[Transaction] = SqlTransaction
