"""Rows: records cell by cell, and back."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Generic, TypeAlias, TypeVar

from crmcore.repositories import Aggregate

from ._cells import Cells, as_it_is

A = TypeVar("A", bound=Aggregate)
Row: TypeAlias = tuple[Any, ...]


class Rows(Generic[A]):
    """The way from records of one class to rows, and back.

    A row begins with the tenant; the cells of the fields follow in their order.
    """

    def __init__(self, record: type[A], cells: Sequence[Cells]) -> None:
        """Find out once what is to be done with each record."""
        self._record = record
        self._fields = [each.field for each in cells]
        self._values = attrgetter(*self._fields)
        self._version = self._fields.index("version") + 1
        places = [*enumerate(cells, 1)]
        single = [(place, each) for place, each in places if len(each.columns) == 1]
        self._writers = [
            (place, each.write) for place, each in single if each.write is not as_it_is
        ]
        self._readers = [(place, each.read) for place, each in single if each.read is not as_it_is]
        # From the last to the first, so that the places before stay what they are.
        self._wide = [
            (place, sum(len(before.columns) for before in cells[: place - 1]) + 1, each)
            for place, each in reversed(places)
            if len(each.columns) > 1
        ]

    def row(self, tenant: str, record: A, *, version: int) -> Row:
        """Return the row of *record* at *version*."""
        row = [tenant, *self._values(record)]
        row[self._version] = version
        for place, write in self._writers:
            if row[place] is not None:
                row[place] = write(row[place])
        for place, _, cells in self._wide:
            row[place : place + 1] = cells.of(row[place])
        return tuple(row)

    def record(self, row: Row) -> A:
        """Return the record that stands in *row*."""
        values = list(row)
        for _, first, cells in self._wide:
            end = first + len(cells.columns)
            values[first:end] = [cells.value(*values[first:end])]
        for place, read in self._readers:
            if values[place] is not None:
                values[place] = read(values[place])
        return self._record(**dict(zip(self._fields, values[1:], strict=True)))
