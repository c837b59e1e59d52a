"""The store in a database."""

from __future__ import annotations

from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa

from crmcore.errors import StorageUnavailableError
from crmcore.storage import Store, TableUnitOfWork

from ._engine import make_engine, make_safe
from ._guard import guarded
from ._migrations import NEEDED, is_empty, steps_from, version_of
from ._tables import SCHEMA
from ._transaction import SqlTransaction


class SqlStore:
    """A `crmcore.storage.Store` in a database.

    Threads may share it, and processes may share the file. One unit of work writes at a time;
    the others wait for it, up to a timeout. Those that only read wait for nobody.

    .. versionadded:: 0.1.0
    """

    def __init__(self, engine: sa.Engine, *, busy_timeout_ms: int = 5_000) -> None:
        """Keep records in the database of *engine*, which belongs to the store from now on.

        Nothing is read or written yet; `open` also makes the tables of a new database.

        Args:
            engine: A SQLAlchemy engine for a file of SQLite.
            busy_timeout_ms: How long a writer waits for its turn, in milliseconds.

        Raises:
            InvalidValueError: If the engine cannot be made safe.
        """
        make_safe(engine, busy_timeout_ms=busy_timeout_ms)
        self._engine = engine
        self._is_open = True

    @classmethod
    def open(cls, url: str, *, busy_timeout_ms: int = 5_000) -> Self:
        """Return the store in the database that *url* names.

        A database without any table gets its tables. One that has some stays as it is: call
        `migrate` where it is of an older version.

        Args:
            url: What to open, such as ``sqlite:///crm.db``; a file that is not there is made.
            busy_timeout_ms: How long a writer waits for its turn, in milliseconds.

        Raises:
            InvalidValueError: If *url* names no file of SQLite.
            StorageUnavailableError: If the file cannot be opened, or is no database.
        """
        store = cls(make_engine(url), busy_timeout_ms=busy_timeout_ms)
        try:
            store._migrate(only_if_empty=True)
        except BaseException:
            store.close()
            raise
        return store

    def __repr__(self) -> str:
        """Return where it is, without any password."""
        return f"<SqlStore at {self._engine.url.render_as_string(hide_password=True)}>"

    def unit_of_work(self, *, readonly: bool = False) -> TableUnitOfWork:
        """Return a new unit of work."""
        self._refuse_closed()
        return TableUnitOfWork(SqlTransaction(self._engine, readonly=readonly), readonly=readonly)

    def migrate(self, *, dry_run: bool = False) -> tuple[str, ...]:
        """Bring the tables to the schema of this library, in one transaction.

        Args:
            dry_run: Whether only to tell the statements.

        Returns:
            The statements; none where the tables are up to date.
        """
        self._refuse_closed()
        return self._migrate(dry_run=dry_run)

    def close(self) -> None:
        """Let go of all connections."""
        self._is_open = False
        self._engine.dispose()

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
            raise StorageUnavailableError("opening a unit of work of a closed store")

    def _migrate(self, *, dry_run: bool = False, only_if_empty: bool = False) -> tuple[str, ...]:
        operation = "opening the database" if only_if_empty else "migrating"
        with guarded(operation), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            if only_if_empty and not is_empty(connection):
                return ()
            statements = steps_from(version_of(connection), self._engine.dialect)
            if statements and not dry_run:
                for statement in statements:
                    connection.exec_driver_sql(statement)
                row = {"version": NEEDED, "library": version("crmcore")}
                connection.execute(sa.insert(SCHEMA), row)
                connection.commit()
            return statements


if TYPE_CHECKING:
    _: type[Store] = SqlStore
