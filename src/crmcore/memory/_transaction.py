"""Transactions on dictionaries: an overlay of changes over the shelves as they were."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

import attrs

from crmcore.events import DomainEvent
from crmcore.repositories import Aggregate
from crmcore.storage import Selection, Table, Transaction

from ._shelf import Shelf, customer_of

A = TypeVar("A", bound=Aggregate)

Shelves: TypeAlias = Mapping[str, Shelf[Any]]
# By kind and id; None stands for a record that was removed.
Changes: TypeAlias = dict[str, dict[str, Aggregate | None]]

_EVERYTHING: Final = Selection()


class Overlay(Generic[A]):
    """A table: a shelf as it was, and what this transaction has changed."""

    def __init__(self, shelf: Shelf[A], changes: dict[str, A | None]) -> None:
        """Lay *changes*, in which None stands for a removed record, over *shelf*."""
        self._shelf = shelf
        self._changes = changes
        self._order: Sequence[str] = ()  # the ids of the changes; sorted when asked for
        self._by_customer: dict[str, set[str]] | None = None  # made when asked for

    def _find(self, key: str) -> A | None:
        if key in self._changes:
            return self._changes[key]
        return self._shelf.records.get(key)

    def read(self, keys: Iterable[str], /) -> Iterator[A]:
        for key in keys:
            found = self._find(key)
            if found is not None:
                yield found

    def scan(self, selection: Selection, /) -> Iterator[A]:
        found = self._selected(selection)
        return iter(selection.sorted(found)) if selection.order else found

    def _selected(self, selection: Selection) -> Iterator[A]:
        before = ""  # no id is empty
        for key in merge(self._shelf.candidates(selection), self._candidates(selection)):
            found = self._find(key) if key != before else None
            before = key
            if found is not None and selection.takes(found):
                yield found

    def _candidates(self, selection: Selection) -> Sequence[str]:
        """Return by id the changes among which all selected records are, and few others."""
        if selection.customer is not None:
            return sorted(self._about_customers().get(selection.customer, ()))
        if len(self._order) != len(self._changes):
            self._order = sorted(self._changes)
        after = selection.after
        start = 0 if after is None or selection.order else bisect_right(self._order, after[0])
        return self._order[start:]

    def _about_customers(self) -> Mapping[str, set[str]]:
        """Return under which ids something about each customer was written, if only for a time."""
        if self._by_customer is None:
            self._by_customer = {}
            for record in self._changes.values():
                if record is not None:
                    self._note(self._by_customer, record)
        return self._by_customer

    def _write(self, record: A) -> None:
        self._changes[record.id] = record
        if self._by_customer is not None:
            self._note(self._by_customer, record)

    @staticmethod
    def _note(by_customer: dict[str, set[str]], record: A) -> None:
        by_customer.setdefault(customer_of(record), set()).add(record.id)

    def count(self, selection: Selection, /) -> int:
        if selection != _EVERYTHING:
            return sum(1 for _ in self._selected(selection))
        known = self._shelf.records
        return len(known) + sum(
            (record is not None) - (key in known) for key, record in self._changes.items()
        )

    def insert(self, records: Iterable[A], /) -> tuple[str, ...]:
        taken: list[str] = []
        for record in records:
            if self._find(record.id) is None:
                self._write(attrs.evolve(record, version=1))  # type: ignore[misc]
            else:
                taken.append(record.id)
        return tuple(taken)

    def update(self, records: Iterable[A], /) -> tuple[str, ...]:
        missed: list[str] = []
        for record in records:
            if self._is_at(record.id, record.version - 1):
                self._write(record)
            else:
                missed.append(record.id)
        return tuple(missed)

    def delete(self, key: str, /, *, expected: int) -> bool:
        if not self._is_at(key, expected):
            return False
        self._changes[key] = None
        return True

    def _is_at(self, key: str, version: int) -> bool:
        found = self._find(key)
        return found is not None and found.version == version


class MemoryTransaction:
    """A transaction that sees the shelves as they were when it began, and its own changes."""

    def __init__(
        self, shelves: Shelves, keep: Callable[[Shelves, Changes, Sequence[DomainEvent]], None]
    ) -> None:
        """Begin on *shelves*; committing hands them, the changes and the events to *keep*."""
        self._shelves = shelves
        self._keep = keep
        self._changes: Changes = {name: {} for name in shelves}
        self._events: tuple[DomainEvent, ...] = ()
        self._tables: dict[str, Table[Any]] = {}

    def table(self, name: str, record: type[A], /) -> Table[A]:
        del record  # a dictionary takes them all
        if name not in self._tables:
            changes: dict[str, Any] = self._changes[name]
            self._tables[name] = Overlay(self._shelves[name], changes)
        return self._tables[name]

    def emit(self, events: Sequence[DomainEvent], /) -> None:
        self._events = tuple(events)

    def commit(self) -> None:
        self._keep(self._shelves, self._changes, self._events)

    def rollback(self) -> None:
        self._changes.clear()


if TYPE_CHECKING:
    _: type[Transaction] = MemoryTransaction
