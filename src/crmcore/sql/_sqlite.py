"""SQLite, in a file that loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import lru_cache
from threading import Event
from typing import TYPE_CHECKING, Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from crmcore.errors import InvalidValueError

from ._database import EVERYWHERE, RULE_OF_BINDING, Database, Purpose, shown
from ._rows import Row
from ._tables import EVENT, OUTBOX, RecordTable

_RULE: Final = "name a file of SQLite, such as sqlite:///crm.db"
_SAFE: Final = (("journal_mode", "WAL", "wal"), ("synchronous", "FULL", 2))
_TO_THE_DISK: Final = frozenset({2, 3})  # FULL and EXTRA
_JOURNALS: Final = frozenset({"wal", "delete", "truncate", "persist"})
# A writer takes its turn at once, and so never finds half-way that somebody else was faster. A
# reader gets the state of its first statement, and keeps it.
_BEGIN: Final = {
    Purpose.WRITE: "BEGIN IMMEDIATE",
    Purpose.READ: "BEGIN",
    Purpose.FOLLOW: "BEGIN",
}
_EMISSION: Final = (
    f"INSERT INTO crm_outbox ({', '.join(EVENT)}) VALUES ({', '.join('?' * len(EVENT))})"  # noqa: S608 - our own names
)
_KEYS_AT_ONCE: Final = 10_000
_PAUSE_MS: Final = 10
_PRIMARY: Final = 0xFF  # of an error's code; the rest says more


def _patiently(connection: sqlite3.Connection, statement: str, timeout_ms: int) -> None:
    """Execute a statement, again and again while somebody else has the file.

    To change its journal SQLite wants the file for itself, and does not always wait for it,
    whatever its own timeout.
    """
    left = timeout_ms // _PAUSE_MS
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or not left:
                raise
        else:
            return
        left -= 1
        Event().wait(_PAUSE_MS / 1000)


class Sqlite:
    """SQLite: one writes at a time, and the order of writing is the order of keeping."""

    driver: Final = "pysqlite"
    capabilities: Final = EVERYWHERE

    def make_safe(self, engine: sa.Engine, *, busy_timeout_ms: int) -> None:
        _refuse_memory(engine.url)

        def configure(connection: sqlite3.Connection, _: object) -> None:
            connection.isolation_level = None  # the driver begins nothing by itself
            connection.execute("PRAGMA busy_timeout = 0")
            for name, wanted, expected in _SAFE:
                _patiently(connection, f"PRAGMA {name} = {wanted}", busy_timeout_ms)
                (found,) = connection.execute(f"PRAGMA {name}").fetchone()
                if found != expected:
                    raise sqlite3.NotSupportedError(f"{name} stays {found}, must be {expected}")
            connection.execute(f"PRAGMA busy_timeout = {busy_timeout_ms:d}")

        sa.event.listen(engine, "connect", configure)

    def connect(self, engine: sa.Engine, purpose: Purpose) -> sa.Connection:
        connection = engine.connect()
        try:
            connection.exec_driver_sql(_BEGIN[purpose])
        except BaseException:
            connection.close()
            raise
        return connection

    def be_alone(self, connection: sa.Connection) -> None:
        pass  # who writes is alone

    def join(self, connection: sa.Connection, purpose: Purpose) -> None:
        # Without it the first savepoint would be the transaction, and its release the commit.
        driver = _driver(connection)
        if getattr(driver, "autocommit", None) is True:  # since Python 3.12
            raise InvalidValueError("connection", "one that commits by itself", RULE_OF_BINDING)
        if not driver.in_transaction:
            connection.exec_driver_sql(_BEGIN[purpose])

    def is_durable(self, connection: sa.Connection) -> bool:
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        return journal in _JOURNALS and level in _TO_THE_DISK

    def insert(
        self, connection: sa.Connection, table: RecordTable[Any], rows: Sequence[Row]
    ) -> frozenset[str]:
        def insert(some: Sequence[Row]) -> bool:
            try:
                connection.exec_driver_sql(_insertion(table), [*some])
            except IntegrityError:  # the only rule that the tables have is that ids are unique
                return False
            return True

        return _all_or_those_that_can(
            connection, rows, table.key, insert, lambda: _stored(connection, table, rows).keys()
        )

    def update(
        self, connection: sa.Connection, table: RecordTable[Any], rows: Sequence[Row]
    ) -> frozenset[str]:
        def update(some: Sequence[Row]) -> bool:
            statement, places = _change(table)
            cells = [tuple(row[place] for place in places) for row in some]
            return connection.exec_driver_sql(statement, cells).rowcount == len(some)

        def missed() -> set[str]:
            stored = _stored(connection, table, rows)
            return {
                row[table.key]
                for row in rows
                if stored.get(row[table.key]) != row[table.version] - 1
            }

        return _all_or_those_that_can(connection, rows, table.key, update, missed)

    def emit(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        connection.exec_driver_sql(_EMISSION, [*rows])  # nobody else writes meanwhile

    def settled(self, connection: sa.Connection) -> int:
        return connection.scalar(sa.select(sa.func.max(OUTBOX.c.number))) or 0


def _all_or_those_that_can(
    connection: sa.Connection,
    rows: Sequence[Row],
    key: int,
    write: Callable[[Sequence[Row]], bool],
    refused: Callable[[], Any],
) -> frozenset[str]:
    """Write all rows at once, or else those that are not refused; return the ids of those."""
    connection.exec_driver_sql("SAVEPOINT crm_rows")
    found: frozenset[str] = frozenset()
    if not write(rows):
        connection.exec_driver_sql("ROLLBACK TO crm_rows")
        found = frozenset(refused())
        rest = [row for row in rows if row[key] not in found]
        if rest:
            write(rest)
    connection.exec_driver_sql("RELEASE crm_rows")
    return found


def _stored(
    connection: sa.Connection, table: RecordTable[Any], rows: Sequence[Row]
) -> dict[str, int]:
    """Return the versions of those of the rows that are stored."""
    columns = table.sql.c
    found: dict[str, int] = {}
    for start in range(0, len(rows), _KEYS_AT_ONCE):
        keys = [row[table.key] for row in rows[start : start + _KEYS_AT_ONCE]]
        query = sa.select(columns.id, columns.version).where(
            columns.tenant == rows[0][0], columns.id.in_(keys)
        )
        found.update((row.id, row.version) for row in connection.execute(query))
    return found


@lru_cache
def _insertion(table: RecordTable[Any]) -> str:
    names = ", ".join(f'"{name}"' for name in table.names)
    return f"INSERT INTO {table.sql.name} ({names}) VALUES ({', '.join('?' * len(table.names))})"  # noqa: S608 - our own names


@lru_cache
def _change(table: RecordTable[Any]) -> tuple[str, tuple[int, ...]]:
    """Return the statement that stores one row over the version before, and its cells in order."""
    changed = [name for name in table.names if name not in {"tenant", "id"}]
    cells = ", ".join(f'"{name}" = ?' for name in changed)
    statement = (
        f"UPDATE {table.sql.name} SET {cells} WHERE tenant = ? AND id = ? AND version = ? - 1"  # noqa: S608 - our own names
    )
    names = (*changed, "tenant", "id", "version")
    return statement, tuple(map(table.names.index, names))


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _refuse_memory(url: sa.URL) -> None:
    if url.database in {None, "", ":memory:"} or "mode=memory" in str(url):
        rule = f"{_RULE}; what need not last is at home in crmcore.memory"
        raise InvalidValueError("url", shown(url), rule)


if TYPE_CHECKING:
    _: type[Database] = Sqlite
