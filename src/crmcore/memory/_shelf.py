"""Shelves: the committed records of one kind, never changed once made."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from crmcore.repositories import Aggregate
from crmcore.storage import Selection

A = TypeVar("A", bound=Aggregate)

_FEW: Final = 256


class Shelf(Generic[A]):
    """The committed records of one kind, by id."""

    def __init__(self, records: Mapping[str, A]) -> None:
        """Keep *records*, which nobody may change from now on."""
        self.records = records

    @cached_property
    def keys(self) -> Sequence[str]:
        """The ids in order, sorted when first asked for."""
        return sorted(self.records)

    @cached_property
    def _keys_by_customer(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for key in self.keys:
            found.setdefault(customer_of(self.records[key]), []).append(key)
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
        shelf = Shelf(records)
        if len(changes) <= _FEW:  # or else it is soon sorted anew
            self._hand_on(shelf, changes)
        return shelf

    def _hand_on(self, shelf: Shelf[A], changes: Mapping[str, A | None]) -> None:
        """Tell *shelf*, which has the changes, what was found out about these records."""
        if "keys" in vars(self):
            keys = self.keys
            for key in changes:
                if (key in self.records) != (key in shelf.records):
                    keys = _toggled(keys, key)
            shelf.keys = keys
        if "_keys_by_customer" in vars(self):
            found = dict(self._keys_by_customer)
            for key in changes:
                before, after = (of.get(key) for of in (self.records, shelf.records))
                whose = (customer_of(one) for one in (before, after) if one is not None)
                if before is None or after is None or customer_of(before) != customer_of(after):
                    found.update((one, _toggled(found.get(one, ()), key)) for one in whose)
            shelf._keys_by_customer = found


def _toggled(keys: Sequence[str], key: str) -> Sequence[str]:
    """Return the ids in order with one more, or without one that was among them."""
    place = bisect_left(keys, key)
    is_there = place < len(keys) and keys[place] == key
    return [*keys[:place], *([] if is_there else [key]), *keys[place + is_there :]]


def customer_of(record: Any) -> str:  # noqa: ANN401 - of a kind that has a customer
    """Return whom a record is about."""
    found: str = record.customer
    return found
