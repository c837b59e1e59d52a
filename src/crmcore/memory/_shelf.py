"""Shelves: the committed records of one kind, never changed once made."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Generic, TypeVar

from crmcore.kernel import CustomerId
from crmcore.repositories import Aggregate
from crmcore.storage import Selection

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

    @cached_property
    def _keys_by_customer(self) -> Mapping[CustomerId, list[str]]:
        found: dict[CustomerId, list[str]] = {}
        for key in self.keys:
            customer = getattr(self.records[key], "customer")  # noqa: B009 - not all kinds have one
            found.setdefault(customer, []).append(key)
        return found

    def candidates(self, selection: Selection) -> Iterator[str]:
        """Yield by id the ids among which all selected records are, and few others."""
        if selection.customer is not None:
            yield from self._keys_by_customer.get(selection.customer, ())
            return
        after = selection.after
        start = 0 if after is None or selection.order else bisect_right(self.keys, after[0])
        for position in range(start, len(self.keys)):
            yield self.keys[position]

    def changed(self, changes: Mapping[str, A | None]) -> Shelf[A]:
        """Return the shelf with *changes*, in which None stands for a removed record."""
        records = dict(self.records)
        for key, record in changes.items():
            if record is None:
                records.pop(key, None)
            else:
                records[key] = record
        return Shelf(records)
