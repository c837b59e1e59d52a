"""A transaction in dictionaries, into which somebody else may come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from crmcore.events import DomainEvent
from crmcore.storage import Selection, Table, Transaction


class PlainTable:
    """The records of one kind."""

    def __init__(self, transaction: PlainTransaction, name: str) -> None:
        """Look at the rows of the transaction."""
        self.transaction = transaction
        self.name = name
        self.rows = transaction.rows[name]
        self.is_full = transaction.takes_no_more_of == name

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        """Return the rows under the keys."""
        return [self.rows[key] for key in keys if key in self.rows]

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        """Yield the selected rows in order."""
        yield from selection.sorted(row for row in self.rows.values() if selection.takes(row))

    def count(self, selection: Selection, /) -> int:
        """Return how many rows are selected."""
        return sum(1 for _ in self.scan(selection))

    def insert(self, records: Iterable[Any], /) -> tuple[str, ...]:
        """Store new rows, or none where somebody else was there before."""
        new = list(records)
        if self.is_full:
            return tuple(record.id for record in new)
        self.rows.update({record.id: attrs.evolve(record, version=1) for record in new})
        return ()

    def update(self, records: Iterable[Any], /) -> tuple[str, ...]:
        """Store changed rows, after somebody else has come."""
        self.transaction.before_update(self.name)
        missed = []
        for record in records:
            if self.rows[record.id].version == record.version - 1:
                self.rows[record.id] = record
            else:
                missed.append(record.id)
        return tuple(missed)

    def delete(self, key: str, /, *, expected: int) -> bool:
        """Remove a row."""
        return bool(self.rows.pop(key).version == expected)


class PlainTransaction:
    """Rows that are kept at once."""

    def __init__(self, *, takes_no_more_of: str = "") -> None:
        """Begin with nothing; take no more rows of one kind."""
        self.rows: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self.takes_no_more_of = takes_no_more_of
        self.before_update: Callable[[str], None] = lambda _: None
        self.ended: list[str] = []

    def table(self, name: str, record: type[Any], /) -> Table[Any]:
        """Return the table of one kind."""
        del record
        return PlainTable(self, name)

    def emit(self, events: Sequence[DomainEvent], /) -> None:
        """Remember that events were told."""
        self.ended.append(f"told {len(events)}")

    def commit(self) -> None:
        """Remember that it was committed."""
        self.ended.append("committed")

    def rollback(self) -> None:
        """Remember that it was rolled back."""
        self.ended.append("rolled back")


if TYPE_CHECKING:
    _: type[Transaction] = PlainTransaction
