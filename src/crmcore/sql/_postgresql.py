"""PostgreSQL, through psycopg 3."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from crmcore.errors import InvalidValueError, UnsupportedError
from crmcore.storage import Capability

from ._database import EVERYWHERE, RULE_OF_BINDING, Database, Purpose
from ._rows import Row
from ._tables import EVENT, RecordTable

_WORTH_A_COPY: Final = 64
_TO_THE_DISK: Final = frozenset({"on", "remote_apply"})
_MIGRATING: Final = 0x63726D << 40  # "crm": nobody else locks this number by chance
_OPTIONS: Final[dict[Purpose, dict[str, Any]]] = {
    Purpose.WRITE: {"isolation_level": "READ COMMITTED", "postgresql_readonly": False},
    Purpose.READ: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    Purpose.FOLLOW: {"isolation_level": "AUTOCOMMIT", "postgresql_readonly": False},
}
_SESSION: Final = """
SET synchronous_commit = on;
SET default_transaction_isolation = 'read committed';
SET lock_timeout = {busy_timeout_ms:d};
SET TimeZone = 'UTC';
SET client_encoding = 'UTF8'
"""
_ENCODING: Final = "SELECT current_setting('server_encoding')"
_ARRAYS: Final = {
    "TEXT": "text[]",
    "BIG_INTEGER": "bigint[]",
    "SMALL_INTEGER": "smallint[]",
}

# Whoever is about to take numbers holds a lock whose number says: mine will be above this.
# The upper 24 bits tell the outboxes of one database apart, the lower 40 hold the number.
_LOCK: Final = "(('crm_outbox'::regclass::oid::bigint & 16777215) << 40)"
_LAST: Final = (
    "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM crm_outbox_number_seq"
)
_LAST_SEEN: Final = f"SELECT current_setting('transaction_isolation'), s.last FROM ({_LAST}) AS s"  # noqa: S608 - our own words
_ANNOUNCEMENT: Final = f"SELECT pg_advisory_xact_lock_shared({_LOCK} | s.last) FROM ({_LAST}) AS s"  # noqa: S608 - our own words
# Numbers are given to the rows of the join, and there are none before the lock is held.
_EMISSION: Final = (
    f"WITH announced AS MATERIALIZED ({_ANNOUNCEMENT}) "  # noqa: S608 - our own words
    f"INSERT INTO crm_outbox ({', '.join(EVENT)}) SELECT e.* FROM announced, "
    "unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[]) AS e"
)
_FROM: Final = "((classid::bigint << 32) | objid::bigint)"
_ANNOUNCED: Final = (
    f"SELECT min({_FROM} & 1099511627775) FROM pg_locks "  # noqa: S608 - our own words
    "WHERE locktype = 'advisory' AND objsubid = 1 AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    f"AND {_FROM} >> 40 = {_LOCK} >> 40"
)


class Postgresql:
    """PostgreSQL: many write at once, each row by one."""

    driver: Final = "psycopg"
    capabilities: Final = EVERYWHERE | {Capability.INTERLEAVED}

    def make_safe(self, engine: sa.Engine, *, busy_timeout_ms: int) -> None:
        def configure(connection: Any, _: object) -> None:  # noqa: ANN401 - of psycopg
            with connection.cursor() as cursor:
                most = max(busy_timeout_ms, 1)  # 0 would be for ever
                cursor.execute(_SESSION.format(busy_timeout_ms=most))
                (encoding,) = cursor.execute(_ENCODING).fetchone()
            connection.commit()
            if encoding != "UTF8":
                connection.close()  # nobody else would
                raise InvalidValueError("the encoding of the database", encoding, "be UTF8")

        sa.event.listen(engine, "connect", configure)

    def connect(self, engine: sa.Engine, purpose: Purpose) -> sa.Connection:
        return engine.connect().execution_options(**_OPTIONS[purpose])

    def be_alone(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")

    def join(self, connection: sa.Connection, purpose: Purpose) -> None:
        del purpose
        if _driver(connection).autocommit:
            raise InvalidValueError("connection", "one that commits by itself", RULE_OF_BINDING)

    def is_durable(self, connection: sa.Connection) -> bool:
        return connection.exec_driver_sql("SHOW synchronous_commit").scalar() in _TO_THE_DISK

    def insert(
        self, connection: sa.Connection, table: RecordTable[Any], rows: Sequence[Row]
    ) -> frozenset[str]:
        if len(rows) >= _WORTH_A_COPY and _copied(connection, table, rows):
            return frozenset()
        statement, columns = _insertion(table)
        arrays = _arrays(rows, columns)
        stored = connection.exec_driver_sql(statement, arrays).scalars()
        return frozenset(row[table.key] for row in rows).difference(stored)

    def update(
        self, connection: sa.Connection, table: RecordTable[Any], rows: Sequence[Row]
    ) -> frozenset[str]:
        statement, columns = _change(table)
        arrays = _arrays(rows, columns)
        stored = connection.exec_driver_sql(statement, (*arrays, rows[0][0])).scalars()
        return frozenset(row[table.key] for row in rows).difference(stored)

    def emit(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        connection.exec_driver_sql(_EMISSION, _arrays(rows, range(len(EVENT))))

    def settled(self, connection: sa.Connection) -> int:
        # The order matters: a number that was given out before the first statement belongs to
        # somebody whose lock the second one finds, or whose events the third one does.
        isolation: str
        last: int
        isolation, last = connection.exec_driver_sql(_LAST_SEEN).one()
        if isolation != "read committed":
            operation = f"reading the outbox in a transaction that is {isolation}"
            raise UnsupportedError(operation, Capability.OUTBOX.value)
        announced: int | None = connection.exec_driver_sql(_ANNOUNCED).scalar()
        return last if announced is None else min(last, announced)


def _copied(connection: sa.Connection, table: RecordTable[Any], rows: Sequence[Row]) -> bool:
    """Copy rows into the table, or none of them; say whether no id was taken."""
    connection.exec_driver_sql("SAVEPOINT crm_rows")
    try:
        _copy(connection, f"COPY {table.sql.name} ({_names(table.names)}) FROM STDIN", rows)
    except IntegrityError:  # the only rule that the tables have is that ids are unique
        connection.exec_driver_sql("ROLLBACK TO crm_rows")
        return False
    connection.exec_driver_sql("RELEASE crm_rows")
    return True


def _copy(connection: sa.Connection, statement: str, rows: Sequence[Row]) -> None:
    """Do what SQLAlchemy has no word for, and raise as it does."""
    driver, dialect = _driver(connection), connection.dialect
    errors: type[Exception] = dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except errors as error:
        is_lost = dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]  # no cursor is left
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement,
            None,
            error,
            errors,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=dialect,
        ) from error


@lru_cache
def _insertion(table: RecordTable[Any]) -> tuple[str, tuple[int, ...]]:
    """Return the statement that stores rows with free ids, and the columns of its arrays."""
    statement = (
        f"INSERT INTO {table.sql.name} ({_names(table.names)}) "  # noqa: S608 - our own names
        f"SELECT * FROM unnest({_typed(table, table.names)}) "
        "ON CONFLICT DO NOTHING RETURNING id"
    )
    return statement, tuple(range(len(table.names)))


@lru_cache
def _change(table: RecordTable[Any]) -> tuple[str, tuple[int, ...]]:
    """Return the statement that stores rows over the versions before, and its arrays' columns."""
    names = table.names[1:]
    changed = ", ".join(f'"{name}" = new."{name}"' for name in names if name != "id")
    statement = (
        f"UPDATE {table.sql.name} AS old SET {changed} "  # noqa: S608 - our own names
        f"FROM unnest({_typed(table, names)}) AS new ({_names(names)}) "
        "WHERE old.tenant = %s AND old.id = new.id AND old.version = new.version - 1 "
        "RETURNING old.id"
    )
    return statement, tuple(range(1, len(table.names)))


def _arrays(rows: Sequence[Row], columns: Sequence[int]) -> tuple[list[Any], ...]:
    return tuple([row[column] for row in rows] for column in columns)


def _names(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _typed(table: RecordTable[Any], names: Sequence[str]) -> str:
    kinds = (table.sql.c[name].type.__visit_name__.upper() for name in names)
    return ", ".join(f"%s::{_ARRAYS[kind]}" for kind in kinds)


def _driver(connection: sa.Connection) -> Any:  # noqa: ANN401 - of psycopg
    return connection.connection.driver_connection


if TYPE_CHECKING:
    _: type[Database] = Postgresql
