"""Databases: what SQLite and PostgreSQL do each in their own way."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Any, Final, Protocol

import sqlalchemy as sa

from crmcore.storage import Capability

from ._rows import Row
from ._tables import RecordTable

EVERYWHERE: Final = frozenset(
    {
        Capability.DURABLE,
        Capability.MULTI_PROCESS,
        Capability.SNAPSHOT_READS,
        Capability.OUTBOX,
        Capability.TENANTS,
    }
)
RULE_OF_BINDING: Final = "have a transaction, which its owner commits"
_SECRETS: Final = ("password", "sslpassword")


def shown(url: sa.URL) -> str:
    """Return *url* without any password, also among what the driver is told besides."""
    return url.difference_update_query(_SECRETS).render_as_string(hide_password=True)


class Purpose(Enum):
    """What a transaction is for."""

    WRITE = auto()
    READ = auto()  # one state, from beginning to end
    FOLLOW = auto()  # what others keep meanwhile


class Database(Protocol):
    """What a store asks of a database beyond the SQL that all of them understand."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What a store in it can do."""
        ...

    @property
    def driver(self) -> str:
        """The name of the driver that is known to play along."""
        ...

    def make_safe(self, engine: sa.Engine, *, busy_timeout_ms: int) -> None:
        """Let every new connection of *engine* lose nothing, and wait only so long.

        Raises:
            InvalidValueError: If there is nothing that could be kept.
        """
        ...

    def connect(self, engine: sa.Engine, purpose: Purpose) -> sa.Connection:
        """Return a connection on which a transaction begins with the first statement, or has."""
        ...

    def be_alone(self, connection: sa.Connection) -> None:
        """Wait until nobody else migrates, and let nobody else until the transaction ends."""
        ...

    def join(self, connection: sa.Connection, purpose: Purpose) -> None:
        """See that a transaction lasts on the connection of somebody else.

        Raises:
            InvalidValueError: If the connection commits every statement by itself.
        """
        ...

    def is_durable(self, connection: sa.Connection) -> bool:
        """Say whether what is committed on the connection survives a loss of power."""
        ...

    def insert(
        self, connection: sa.Connection, table: RecordTable[Any], rows: Sequence[Row]
    ) -> frozenset[str]:
        """Store rows, no id twice, and return the ids that were taken; the others are stored."""
        ...

    def update(
        self, connection: sa.Connection, table: RecordTable[Any], rows: Sequence[Row]
    ) -> frozenset[str]:
        """Store rows, no id twice, where the version before is stored.

        Returns:
            The ids for which it is not; the other rows are stored.
        """
        ...

    def emit(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Put rows into the outbox, which gives them numbers in their order.

        Readers know from then on that events are on their way, and with which numbers at least.
        """
        ...

    def settled(self, connection: sa.Connection) -> int:
        """Return up to which number no event is kept later than now.

        Statements that follow see all that are kept up to it.

        Raises:
            UnsupportedError: If the connection cannot see what others have kept meanwhile.
        """
        ...
