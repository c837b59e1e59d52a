"""The store in dictionaries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial
from itertools import count
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from crmcore.audit import Act, AuditKey
from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    StorageUnavailableError,
)
from crmcore.events import DomainEvent, Outbox
from crmcore.repositories import Aggregate
from crmcore.storage import DEFAULT_TENANT, RECORDS, Capability, Store, TableUnitOfWork, tenant_id

from ._outbox import MemoryOutbox
from ._shelf import Shelf
from ._transaction import Changes, MemoryTransaction, Shelves

# That a command was carried out meanwhile explains whatever else stands in the way.
_BY_WEIGHT: Final = ("commands", *(name for name in RECORDS if name != "commands"))
_NOTHING: Final[Shelves] = {name: Shelf({}) for name in RECORDS}


class MemoryStore:
    """A `crmcore.storage.Store` that forgets everything when the process ends.

    Threads may share it. Each unit of work sees the records as they were when it began; of two
    that change the same record, the one that commits first wins.

    .. versionadded:: 0.1.0
    """

    # Not Final, which pyright takes for a variable of the class, and so for no `Store`.
    capabilities: frozenset[Capability] = frozenset(
        {
            Capability.INTERLEAVED,
            Capability.SNAPSHOT_READS,
            Capability.OUTBOX,
            Capability.TENANTS,
        }
    )

    def __init__(self, *, audit_key: AuditKey | None = None) -> None:
        """Begin with nothing in it.

        Args:
            audit_key: What an audit trail is kept with; None for keeping none.
        """
        self._states: dict[str, Shelves] = {}
        self._outboxes: defaultdict[str, MemoryOutbox] = defaultdict(
            partial(MemoryOutbox, count(1))
        )
        self._committing = Lock()
        self._is_open = True
        self._audit_key = audit_key

    def __repr__(self) -> str:
        """Return how many records of each kind it holds, all tenants together."""
        counts: Counter[str] = Counter()
        for shelves in self._states.values():
            counts.update({name: len(shelf.records) for name, shelf in shelves.items()})
        held = [f"{counts[name]} {name}" for name in RECORDS if counts[name]]
        return f"<MemoryStore of {', '.join(held) or 'nothing'}>"

    def unit_of_work(
        self, *, readonly: bool = False, tenant: str = DEFAULT_TENANT, act: Act | None = None
    ) -> TableUnitOfWork:
        """Return a new unit of work; `crmcore.storage.Store.unit_of_work` tells what it takes."""
        transaction = MemoryTransaction(self._shelves(tenant), partial(self._keep, tenant))
        return TableUnitOfWork(
            transaction, readonly=readonly, tenant=tenant, act=act, audit_key=self._audit_key
        )

    def outbox(self, *, tenant: str = DEFAULT_TENANT) -> Outbox:
        """Return the events of one tenant."""
        self._shelves(tenant)  # which refuses a closed store
        with self._committing:
            return self._outboxes[tenant]

    def migrate(self, *, dry_run: bool = False) -> tuple[str, ...]:
        """Do nothing: dictionaries have no schema."""
        del dry_run
        return ()

    def close(self) -> None:
        """Refuse further units of work."""
        self._is_open = False

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

    def _shelves(self, tenant: str) -> Shelves:
        if not self._is_open:
            raise StorageUnavailableError("using a closed store")
        return self._states.get(tenant_id(tenant), _NOTHING)

    def _keep(
        self, tenant: str, before: Shelves, changes: Changes, events: Sequence[DomainEvent]
    ) -> None:
        """Swap in the changed shelves, unless somebody else has changed the same records."""
        with self._committing:
            now = self._states.get(tenant, _NOTHING)
            for name in _BY_WEIGHT:
                old, new = before[name].records, now[name].records
                for key in changes[name]:
                    _refuse_conflict(name, key, old.get(key), new.get(key))
            self._states[tenant] = {
                name: shelf.changed(changes[name]) if changes[name] else shelf
                for name, shelf in now.items()
            }
            self._outboxes[tenant].extend(events)


def _refuse_conflict(name: str, key: str, before: Aggregate | None, now: Aggregate | None) -> None:
    if before is now:
        return
    kind = RECORDS[name].__name__.lower()
    if before is None:
        raise AlreadyExistsError(kind, key)
    raise ConcurrencyConflictError(kind, key, before.version, None if now is None else now.version)


if TYPE_CHECKING:
    _: type[Store] = MemoryStore
