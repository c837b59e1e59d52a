"""Sessions: transactions of the store's own, and savepoints in somebody else's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from crmcore.errors import SchemaOutOfDateError, StorageUnavailableError, UnsupportedError
from crmcore.storage import Capability

from ._database import Database, Purpose, shown
from ._guard import guarded, is_lost
from ._migrations import NEEDED, expected_version, version_of


class Session(Protocol):
    """What a unit of work lasts for."""

    @property
    def connection(self) -> sa.Connection:
        """Where its statements go."""
        ...

    def commit(self) -> None:
        """Keep everything, and end."""
        ...

    def rollback(self) -> None:
        """Keep nothing, and end."""
        ...


class Source(Protocol):
    """Where sessions come from."""

    @property
    def database(self) -> Database:
        """What the database does in its own way."""
        ...

    def begin(self, purpose: Purpose) -> Session:
        """Begin a session."""
        ...

    def capabilities(self) -> frozenset[Capability]:
        """Return what a store can do with such sessions."""
        ...

    def close(self) -> None:
        """Let go of what is its own."""
        ...


class OwnSession:
    """A transaction on a connection of the store's own."""

    def __init__(self, connection: sa.Connection) -> None:
        """Go on with what begins on *connection*."""
        self.connection = connection

    def commit(self) -> None:
        with guarded("committing", is_commit=True):
            self.connection.commit()
        self.connection.close()

    def rollback(self) -> None:
        try:
            self.connection.rollback()
        except DBAPIError:  # what cannot be reached has kept nothing
            self.connection.invalidate()
        self.connection.close()


class Own:
    """Sessions on the connections of an engine that belongs to the store."""

    def __init__(self, database: Database, engine: sa.Engine) -> None:
        """Take connections from *engine*."""
        self.database = database
        self._engine = engine
        self._process = os.getpid()

    def __str__(self) -> str:
        """Return where it is, without any password."""
        return shown(self._engine.url)

    def begin(self, purpose: Purpose) -> Session:
        if self._process != os.getpid():
            # What was inherited belongs to the parent, who goes on speaking on it.
            self._engine.dispose(close=False)
            self._process = os.getpid()
        return OwnSession(self.database.connect(self._engine, purpose))

    def capabilities(self) -> frozenset[Capability]:
        return self.database.capabilities

    def close(self) -> None:
        self._engine.dispose()


class LentSession:
    """A savepoint in the transaction of somebody else, who commits it, or does not."""

    def __init__(self, connection: sa.Connection) -> None:
        """Begin it."""
        self._connection = connection
        self._savepoint = connection.begin_nested()

    @property
    def connection(self) -> sa.Connection:
        """Where its statements go; what came after its end would be the owner's, and kept."""
        if not self.lasts:
            raise StorageUnavailableError("going on in a transaction that its owner has ended")
        return self._connection

    @property
    def lasts(self) -> bool:
        """Whether it has neither ended, nor has its transaction."""
        return self._savepoint.is_active

    def commit(self) -> None:
        with guarded("releasing the savepoint"):
            self._savepoint.commit()

    def rollback(self) -> None:
        if not self.lasts:
            return
        with guarded("going back to the savepoint"):
            try:
                self._savepoint.rollback()
            except DBAPIError as error:  # with the connection, the whole transaction is gone
                if not is_lost(error):
                    raise


class Lent:
    """Sessions on one connection that belongs to somebody else."""

    def __init__(self, database: Database, connection: sa.Connection) -> None:
        """Work on *connection*."""
        self.database = database
        self._connection = connection
        self._last: LentSession | None = None

    def __str__(self) -> str:
        """Return where it is, without any password."""
        return f"{shown(self._connection.engine.url)}, in a transaction of somebody else"

    def begin(self, purpose: Purpose) -> Session:
        if self._last is not None and self._last.lasts:
            operation = "a second unit of work on the same connection"
            raise UnsupportedError(operation, Capability.INTERLEAVED.value)
        self.database.join(self._connection, purpose)
        self._last = LentSession(self._connection)
        return self._last

    def capabilities(self) -> frozenset[Capability]:
        # Who sees what, and when it is kept, is the affair of whoever owns the transaction.
        able = self.database.capabilities - {Capability.INTERLEAVED, Capability.SNAPSHOT_READS}
        with guarded("asking how durable the database is"):
            is_durable = self.database.is_durable(self._connection)
        return able if is_durable else able - {Capability.DURABLE}

    def close(self) -> None:
        """Leave the connection to its owner."""


def session(source: Source, purpose: Purpose, operation: str) -> Session:
    """Begin a session on tables of the right version.

    Raises:
        SchemaOutOfDateError: If they are older or newer.
        StorageUnavailableError: If the database cannot be reached, or is not ours in time.
    """
    with guarded(operation):
        try:
            return _checked(source, purpose)
        except DBAPIError as error:
            if not is_lost(error):
                raise
        # It had waited in the pool while the server was started anew, and so have all others.
        return _checked(source, purpose)


@contextmanager
def lent(source: Source, purpose: Purpose, operation: str) -> Iterator[sa.Connection]:
    """Lend a connection for one piece of work; what was written is kept at the end."""
    begun = session(source, purpose, operation)
    with _ended(begun), guarded(operation):
        yield begun.connection


@contextmanager
def lent_to_migrate(source: Source, operation: str) -> Iterator[sa.Connection]:
    """Lend a connection on which nobody else migrates; what was done is kept at the end."""
    with guarded(operation):
        begun = source.begin(Purpose.WRITE)
    with _ended(begun), guarded(operation):
        source.database.be_alone(begun.connection)
        yield begun.connection


@contextmanager
def _ended(begun: Session) -> Iterator[None]:
    try:
        yield
    except BaseException:
        begun.rollback()
        raise
    begun.commit()


def _checked(source: Source, purpose: Purpose) -> Session:
    """Begin a session, and refuse other versions.

    Where the version is the right one, which is nearly always, it is one question. Only where
    that has no answer the database is asked what it has instead.
    """
    begun = source.begin(purpose)
    try:
        have = expected_version(begun.connection)
    except BaseException as error:
        begun.rollback()
        has_answered = isinstance(error, DBAPIError) and not is_lost(error)
        have = _found_version(source) if has_answered else NEEDED
        if have == NEEDED:
            raise
    else:
        if have == NEEDED:
            return begun
        begun.rollback()
    raise SchemaOutOfDateError(have, NEEDED)


def _found_version(source: Source) -> int:
    begun = source.begin(Purpose.READ)
    try:
        return version_of(begun.connection)
    finally:
        begun.rollback()


if TYPE_CHECKING:
    _: type[Session] = OwnSession
    __: type[Session] = LentSession
    ___: type[Source] = Own
    ____: type[Source] = Lent
