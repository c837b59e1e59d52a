"""The store in dictionaries."""

from __future__ import annotations

from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    StorageUnavailableError,
)
from crmcore.repositories import Aggregate
from crmcore.storage import RECORDS, Store, TableUnitOfWork

from ._shelf import Shelf
from ._transaction import Changes, MemoryTransaction, Shelves


class MemoryStore:
    """A `crmcore.storage.Store` that forgets everything when the process ends.

    Threads may share it. Each unit of work sees the records as they were when it began; of two
    that change the same record, the one that commits first wins.

    .. versionadded:: 0.1.0
    """

    def __init__(self) -> None:
        """Begin with nothing in it."""
        self._shelves: Shelves = {name: Shelf({}) for name in RECORDS}
        self._committing = Lock()
        self._is_open = True

    def __repr__(self) -> str:
        """Return how many records of each kind it holds."""
        held = [f"{len(s.records)} {name}" for name, s in self._shelves.items() if s.records]
        return f"<MemoryStore of {', '.join(held) or 'nothing'}>"

    def unit_of_work(self, *, readonly: bool = False) -> TableUnitOfWork:
        """Return a new unit of work."""
        if not self._is_open:
            raise StorageUnavailableError("opening a unit of work of a closed store")
        return TableUnitOfWork(MemoryTransaction(self._shelves, self._keep), readonly=readonly)

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

    def _keep(self, before: Shelves, changes: dict[str, Changes]) -> None:
        """Swap in the changed shelves, unless somebody else has changed the same records."""
        with self._committing:
            now = self._shelves
            for name, changed in changes.items():
                for key in changed:
                    _refuse_conflict(
                        name, key, before[name].records.get(key), now[name].records.get(key)
                    )
            self._shelves = {
                name: shelf.changed(changes[name]) if changes[name] else shelf
                for name, shelf in now.items()
            }


def _refuse_conflict(name: str, key: str, before: Aggregate | None, now: Aggregate | None) -> None:
    if before is now:
        return
    kind = RECORDS[name].__name__.lower()
    if before is None:
        raise AlreadyExistsError(kind, key)
    raise ConcurrencyConflictError(kind, key, before.version, None if now is None else now.version)


if TYPE_CHECKING:
    _: type[Store] = MemoryStore
