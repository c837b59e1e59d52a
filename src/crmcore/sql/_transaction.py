"""Transactions and tables in a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from crmcore.criteria import EVERYTHING
from crmcore.errors import StorageUnavailableError
from crmcore.repositories import Aggregate
from crmcore.storage import Selection, Table, Transaction

from ._guard import guarded
from ._migrations import refuse_other_version
from ._tables import TABLES, RecordTable
from ._types import microseconds

A = TypeVar("A", bound=Aggregate)

_READ_AT_ONCE: Final = 2_000
_WRITTEN_AT_ONCE: Final = 5_000
_KEYS_AT_ONCE: Final = 500


class SqlTransaction:
    """A transaction of the database."""

    def __init__(self, engine: sa.Engine, *, readonly: bool) -> None:
        """Begin it.

        A writer takes its turn at once, and so never finds half-way that somebody else was
        faster. A reader gets the state of now, and keeps it.

        Raises:
            SchemaOutOfDateError: If the tables are those of another version.
            StorageUnavailableError: If the database cannot be reached, or is not ours in time.
        """
        self._failure: Exception | None = None
        with guarded("beginning a unit of work"):
            self._connection = engine.connect()
            try:
                self._connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
                refuse_other_version(self._connection)  # a reader sees what is there now
            except BaseException:
                self._connection.close()
                raise

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
                yield self._connection
        except StorageUnavailableError as error:
            self._failure = error
            raise

    def commit(self) -> None:
        with self.running("committing"):
            self._connection.commit()
            self._connection.close()

    def rollback(self) -> None:
        with guarded("rolling back"):
            self._connection.close()  # which takes back what was not committed


class SqlTable(Generic[A]):
    """The records of one kind, as a transaction sees them."""

    def __init__(self, transaction: SqlTransaction, table: RecordTable[A]) -> None:
        """Look at *table* through *transaction*."""
        self._transaction = transaction
        self._table = table
        self._sql = table.sql

    def read(self, keys: Iterable[str], /) -> Iterator[A]:
        waiting = iter(keys)
        while some := list(islice(waiting, _KEYS_AT_ONCE)):
            yield from self._rows(sa.select(self._sql).where(self._sql.c.id.in_(some)))

    def scan(self, selection: Selection, /) -> Iterator[A]:
        # Page after page, each from where the last one ended: the caller may write between.
        statement = self._selected(selection).order_by(self._sql.c.id).limit(_READ_AT_ONCE)
        after = selection.after
        more = True
        while more:
            page = statement if after is None else statement.where(self._sql.c.id > after)
            found = self._rows(page)
            yield from found
            more = len(found) == _READ_AT_ONCE
            after = found[-1].id if found else None

    def count(self) -> int:
        with self._transaction.running(f"counting {self._sql.name}") as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(self._sql)) or 0)

    def insert(self, records: Iterable[A], /) -> str | None:
        waiting = (self._table.row(record) | {"version": 1} for record in records)
        while rows := list(islice(waiting, _WRITTEN_AT_ONCE)):
            if not self._insert(rows):
                return self._first_taken([row["id"] for row in rows])
        return None

    def replace(self, record: A, /, *, expected: int) -> bool:
        change = sa.update(self._sql).where(self._is_at(record.id, expected))
        with self._transaction.running(f"saving to {self._sql.name}") as connection:
            return connection.execute(change, self._table.row(record)).rowcount == 1

    def delete(self, key: str, /, *, expected: int) -> bool:
        change = sa.delete(self._sql).where(self._is_at(key, expected))
        with self._transaction.running(f"removing from {self._sql.name}") as connection:
            return connection.execute(change).rowcount == 1

    def _is_at(self, key: str, version: int) -> sa.ColumnElement[bool]:
        return sa.and_(self._sql.c.id == key, self._sql.c.version == version)

    def _rows(self, statement: sa.Select[Any]) -> list[A]:
        with self._transaction.running(f"reading {self._sql.name}") as connection:
            rows = connection.execute(statement).fetchall()
        return self._table.records(rows)

    def _selected(self, selection: Selection) -> sa.Select[Any]:
        statement, columns = sa.select(self._sql), self._sql.c
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

    def _insert(self, rows: list[dict[str, Any]]) -> bool:
        with self._transaction.running(f"adding to {self._sql.name}") as connection:
            connection.exec_driver_sql("SAVEPOINT crm_rows")
            try:
                connection.execute(sa.insert(self._sql), rows)
            except IntegrityError:  # the only rule that the tables have is that ids are unique
                connection.exec_driver_sql("ROLLBACK TO crm_rows")
                return False
            connection.exec_driver_sql("RELEASE crm_rows")
            return True

    def _first_taken(self, keys: list[str]) -> str:
        """Return the first of *keys* that is stored, or has come before."""
        stored = {record.id for record in self.read(keys)}
        places = {key: place for place, key in reversed([*enumerate(keys)])}
        return next(key for place, key in enumerate(keys) if key in stored or places[key] < place)


def _holds(
    first: sa.ColumnElement[int], end: sa.ColumnElement[int], at: datetime
) -> sa.ColumnElement[bool]:
    """Return the condition that *at* lies at or behind *first* and before *end*, if any."""
    count = microseconds(at)
    return sa.and_(first <= count, sa.or_(end.is_(None), end > count))


if TYPE_CHECKING:
    _: type[Transaction] = SqlTransaction
