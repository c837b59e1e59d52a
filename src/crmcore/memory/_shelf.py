"""Shelves: the committed records of one kind, never changed once made."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Generic, TypeVar

from crmcore.repositories import Aggregate

A = TypeVar("A", bound=Aggregate)


class Shelf(Generic[A]):
    """The committed records of one kind, by id."""

    def __init__(self, records: Mapping[str, A]) -> None:
        """Keep *records*, which nobody may change from now on."""
        self.records = records

    @cached_property
    def keys(self) -> list[str]:
        """The ids in order, sorted when first asked for."""
        return sorted(self.records)

    def keys_after(self, key: str | None) -> Iterator[str]:
        """Yield the ids behind *key* in order."""
        start = 0 if key is None else bisect_right(self.keys, key)
        for position in range(start, len(self.keys)):
            yield self.keys[position]

    def changed(self, changes: Mapping[str, A | None]) -> Shelf[A]:
        """Return the shelf with *changes*, in which None stands for a removed record."""
        records = {**self.records, **changes}
        return Shelf({key: record for key, record in records.items() if record is not None})
