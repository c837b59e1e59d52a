"""What repositories, facts and commands promise, over plain dictionaries and in few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    KeyReusedError,
    NotFoundError,
)
from crmcore.repositories import BulkResult


@attrs.define
class ModelRepository:
    """A `crmcore.repositories.Repository`, but for its pages and its criteria.

    Attributes:
        kind: What errors call its records.
        rows: The records by id.
    """

    kind: str
    rows: dict[str, Any]

    def find(self, key: str, /, *, with_archived: bool = False) -> Any:  # noqa: ANN401 - a record
        found = self.rows.get(key)
        return found if found is None or with_archived or not _is_archived(found) else None

    def get(self, key: str, /) -> Any:  # noqa: ANN401 - as above
        found = self.find(key)
        if found is None:
            raise NotFoundError(self.kind, key)
        return found

    def get_many(self, keys: Iterable[str], /) -> dict[str, Any]:
        wanted = {*keys}
        return {row.id: row for row in self.all() if row.id in wanted}

    def all(
        self, holds: Callable[[Any], bool] = lambda _: True, *, with_archived: bool = False
    ) -> list[Any]:
        """Return the records that something holds for, by id."""
        rows = [self.rows[key] for key in sorted(self.rows)]
        return [row for row in rows if (with_archived or not _is_archived(row)) and holds(row)]

    def add(self, record: Any, /) -> Any:  # noqa: ANN401 - as above
        if record.id in self.rows:
            raise AlreadyExistsError(self.kind, record.id)
        self.rows[record.id] = attrs.evolve(record, version=1)
        return self.rows[record.id]

    def save(self, record: Any, /) -> Any:  # noqa: ANN401 - as above
        self._want(record.id, record.version)
        self.rows[record.id] = attrs.evolve(record, version=record.version + 1)
        return self.rows[record.id]

    def remove(self, key: str, /, *, version: int) -> None:
        self._want(key, version)
        del self.rows[key]

    def _want(self, key: str, version: int) -> None:
        stored = self.rows.get(key)
        if stored is None:
            raise NotFoundError(self.kind, key)
        if stored.version != version:
            raise ConcurrencyConflictError(self.kind, key, version, stored.version)

    def bulk_upsert(self, records: Iterable[Any], /, *, chunk: int) -> BulkResult:
        del chunk  # which makes no difference
        counts = {True: 0, False: 0}
        conflicts: list[str] = []
        for record in records:
            is_new = record.version == 0
            try:
                (self.add if is_new else self.save)(record)
            except (AlreadyExistsError, NotFoundError, ConcurrencyConflictError):
                conflicts.append(record.id)
            else:
                counts[is_new] += 1
        return BulkResult(inserted=counts[True], updated=counts[False], conflicts=tuple(conflicts))


def _is_archived(row: Any) -> bool:  # noqa: ANN401 - as above
    return getattr(row, "archived_at", None) is not None


@attrs.define
class ModelFacts:
    """The appending of a `crmcore.facts.FactRepository`.

    Attributes:
        kind: What errors call its facts.
        rows: The facts by id.
    """

    kind: str
    rows: dict[str, Any]

    def append(self, facts: Iterable[Any], /) -> int:
        count = 0
        for fact in facts:
            stored = attrs.evolve(fact, version=1)
            if self.rows.setdefault(fact.id, stored) is stored:
                count += 1
            elif self.rows[fact.id] != stored:
                raise AlreadyExistsError(self.kind, fact.id)
        return count


@attrs.define
class ModelCommands:
    """The commands of a `crmcore.storage.UnitOfWork`.

    Attributes:
        rows: What was asked and what was answered, by key.
    """

    rows: dict[str, tuple[str, str | None]]

    def once(self, key: str, /, *, request: str) -> tuple[str | None] | None:
        """Return the answer in a tuple; None the first time."""
        if key not in self.rows:
            self.rows[key] = (request, None)
            return None
        asked, answer = self.rows[key]
        if asked != request:
            raise KeyReusedError(key)
        return (answer,)

    def answer(self, key: str, text: str, /) -> None:
        if key not in self.rows:
            raise NotFoundError("command", key)
        self.rows[key] = (self.rows[key][0], text)
