"""The store in a database."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import sqlalchemy as sa

from crmcore.audit import Act, AuditKey
from crmcore.checks import Withheld
from crmcore.errors import InvalidValueError, StorageUnavailableError
from crmcore.events import Outbox
from crmcore.storage import DEFAULT_TENANT, Capability, Store, TableUnitOfWork, tenant_id

from ._database import Purpose
from ._engine import database_of, keep_values_out, make_engine
from ._migrations import is_empty, steps
from ._outbox import SqlOutbox
from ._sessions import Lent, Own, Source, lent_to_migrate, session
from ._transaction import SqlTransaction

_LONGEST: Final = 2**31 - 1  # milliseconds, as both databases count them


class SqlStore:
    """A `crmcore.storage.Store` in a database, SQLite or PostgreSQL.

    Threads may share it, and processes may share the database. On SQLite one unit of work
    writes at a time, and the others wait for it, up to a timeout; on PostgreSQL they write at
    once, and wait only for whoever writes the same record. Those that only read wait for nobody.

    .. versionadded:: 0.1.0
    """

    _source: Source
    _audit_key: AuditKey | None
    _is_open: bool

    def __init__(
        self,
        engine: sa.Engine,
        *,
        busy_timeout_ms: int = 5_000,
        audit_key: AuditKey | None = None,
    ) -> None:
        """Keep records in the database of *engine*, which belongs to the store from now on.

        Nothing is read or written yet; `open` also makes the tables of a new database.
        Connections that are open already are given up, because nobody looked at them.

        Args:
            engine: A SQLAlchemy engine for a file of SQLite, or for PostgreSQL by psycopg 3.
            busy_timeout_ms: How long a writer waits for another one, in milliseconds.
            audit_key: What an audit trail is kept with; None for keeping none.

        Raises:
            InvalidValueError: If the engine cannot be made safe, or the timeout is none.
        """
        if type(busy_timeout_ms) is not int or not 0 <= busy_timeout_ms <= _LONGEST:
            rule = f"be a whole number between 0 and {_LONGEST}"
            raise InvalidValueError("busy_timeout_ms", busy_timeout_ms, rule)
        database = database_of(engine)
        database.make_safe(engine, busy_timeout_ms=busy_timeout_ms)
        keep_values_out(engine)
        engine.dispose()
        self._begin(Own(database, engine), audit_key)

    def _begin(self, source: Source, audit_key: AuditKey | None) -> None:
        self._source = source
        self._audit_key = audit_key
        self._is_open = True

    @classmethod
    def open(
        cls, url: str, *, busy_timeout_ms: int = 5_000, audit_key: AuditKey | None = None
    ) -> Self:
        """Return the store in the database that *url* names.

        A database without any table gets its tables. One that has some stays as it is: call
        `migrate` where it is of an older version.

        Args:
            url: What to open, such as ``sqlite:///crm.db``, a file that is made where it is not
                there, or ``postgresql+psycopg://crm@localhost/crm``, which is there.
            busy_timeout_ms: How long a writer waits for another one, in milliseconds.
            audit_key: What an audit trail is kept with; None for keeping none.

        Raises:
            InvalidValueError: If *url* names no database that can be made safe.
            StorageCorruptError: If the file is none of SQLite, or damaged.
            StorageUnavailableError: If the database cannot be reached or written to.
        """
        store = cls(make_engine(url), busy_timeout_ms=busy_timeout_ms, audit_key=audit_key)
        try:
            store._migrate("opening the database", only_if_empty=True)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def bind(cls, connection: sa.Connection, *, audit_key: AuditKey | None = None) -> Self:
        """Return a store inside a transaction that belongs to somebody else.

        A unit of work is then a savepoint: its ``commit`` releases it, and what is kept becomes
        good when the owner of the transaction commits. One unit of work lasts at a time. Events
        reach the outbox with the owner's commit, too. The tables must be there; `migrate` makes
        them, in the same transaction.

        Args:
            connection: A connection of SQLAlchemy to SQLite, or to PostgreSQL by psycopg 3. It
                stays its owner's: nothing is set on it, and closing the store leaves it open.
            audit_key: What an audit trail is kept with; None for keeping none.

        Raises:
            InvalidValueError: If it is no connection, or one to something else.
        """
        if not isinstance(connection, sa.Connection):
            raise InvalidValueError(
                "connection",
                Withheld.of(connection),
                "be a Connection of SQLAlchemy; a session hands out its own by connection()",
            )
        store = cls.__new__(cls)
        store._begin(  # noqa: SLF001 - it is a store of its own
            Lent(database_of(connection.engine), connection), audit_key
        )
        return store

    def __repr__(self) -> str:
        """Return where it is, without any password."""
        return f"<SqlStore at {self._source}>"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do: on PostgreSQL everything, on SQLite not two that write at once.

        A store that is bound to a connection shows a reader no state of its own, and is durable
        where its owner has made it so.
        """
        return self._source.capabilities()

    def unit_of_work(
        self, *, readonly: bool = False, tenant: str = DEFAULT_TENANT, act: Act | None = None
    ) -> TableUnitOfWork:
        """Return a new unit of work; `crmcore.storage.Store.unit_of_work` tells what it takes."""
        self._refuse_closed()
        purpose = Purpose.READ if readonly else Purpose.WRITE
        name = tenant_id(tenant)
        begun = session(self._source, purpose, "beginning a unit of work")
        transaction = SqlTransaction(self._source.database, begun, name)
        return TableUnitOfWork(
            transaction, readonly=readonly, tenant=tenant, act=act, audit_key=self._audit_key
        )

    def outbox(self, *, tenant: str = DEFAULT_TENANT) -> Outbox:
        """Return the events of one tenant.

        On PostgreSQL it is read from the primary server: what a replica shows says nothing of
        who is about to commit.
        """
        self._refuse_closed()
        return SqlOutbox(self._source, tenant_id(tenant))

    def migrate(self, *, dry_run: bool = False) -> tuple[str, ...]:
        """Bring the tables to the schema of this library, in one transaction.

        Args:
            dry_run: Whether only to tell the statements.

        Returns:
            The statements; none where the tables are up to date.

        Raises:
            SchemaOutOfDateError: If the tables are of a later version of the library.
        """
        self._refuse_closed()
        return self._migrate("migrating", dry_run=dry_run)

    def close(self) -> None:
        """Let go of all connections that are its own."""
        self._is_open = False
        self._source.close()

    def __enter__(self) -> Self:
        """Begin the block that the store is used in."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Close it."""
        self.close()

    def _refuse_closed(self) -> None:
        if not self._is_open:
            raise StorageUnavailableError("using a closed store")

    def _migrate(
        self, operation: str, *, dry_run: bool = False, only_if_empty: bool = False
    ) -> tuple[str, ...]:
        with lent_to_migrate(self._source, operation) as connection:
            if only_if_empty and not is_empty(connection):
                return ()
            statements = steps(connection)
            for statement in () if dry_run else statements:
                connection.exec_driver_sql(statement)
            return statements


if TYPE_CHECKING:
    _: type[Store] = SqlStore
