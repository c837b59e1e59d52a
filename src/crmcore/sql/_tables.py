"""Tables: derived from the records, one for each kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, Generic, TypeVar, get_type_hints

import attrs
import sqlalchemy as sa

from crmcore.activities import Matter
from crmcore.criteria import Criterion, Schema
from crmcore.errors import CrmError, Fault, FaultsError
from crmcore.repositories import Aggregate
from crmcore.storage import RECORDS

from ._cells import cells_of
from ._narrowing import narrowed

A = TypeVar("A", bound=Aggregate)

_KEPT_CRITERIA: Final = 256

METADATA: Final = sa.MetaData()

SCHEMA: Final = sa.Table(
    "crm_schema",
    METADATA,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
)


# What building a record from the wrong cells raises.
_MISREADINGS: Final = (CrmError, ValueError, TypeError, ArithmeticError)


class RecordTable(Generic[A]):
    """A table for records of one class, and the ways between records and rows."""

    def __init__(self, name: str, record: type[A]) -> None:
        """Derive the table *name* from the class *record*."""
        hints = get_type_hints(record)
        self.record = record
        self._cells = [cells_of(field.name, hints[field.name]) for field in attrs.fields(record)]  # type: ignore[arg-type]  # each record is attrs
        columns = [column for cells in self._cells for column in cells.columns]
        self._names = [column.name for column in columns]
        self._single = [
            (cells.field, cells.read)
            for cells in self._cells
            if len(cells.columns) == 1 and cells.read is not None
        ]
        self._joined = [
            (cells.field, [column.name for column in cells.columns], cells.read)
            for cells in self._cells
            if len(cells.columns) > 1 and cells.read is not None
        ]
        # Rows lie in the order of their ids, which is the order in which they are read.
        self.sql = sa.Table(f"crm_{name}", METADATA, *columns, sqlite_with_rowid=False)
        if "customer" in self._names:
            sa.Index(f"ix_crm_{name}_customer", self.sql.c.customer)
        if record is Matter:
            sa.Index(f"ix_crm_{name}_member", self.sql.c.member)
        compared = {cells.field: cells.compared for cells in self._cells}
        self._compared = {name: sql for name, sql in compared.items() if sql is not None}
        self.narrowed = lru_cache(_KEPT_CRITERIA)(self._narrowed)

    @cached_property
    def _schema(self) -> Schema:
        return Schema.of(self.record)

    def _narrowed(self, where: Criterion) -> sa.ColumnElement[bool]:
        """Return a condition that is true of every row for which *where* holds."""
        return narrowed(where, self._compared, self._schema)

    def row(self, record: A) -> dict[str, Any]:
        """Return the cells of *record*, by column."""
        row: dict[str, Any] = {}
        for cells in self._cells:
            value = getattr(record, cells.field)
            written = [None] * len(cells.columns) if value is None else cells.write(value)
            for column, cell in zip(cells.columns, written, strict=True):
                row[column.name] = cell
        return row

    def records(self, rows: Sequence[Sequence[Any]]) -> list[A]:
        """Return the records that stand in *rows*.

        Raises:
            FaultsError: If a row holds what no record is, because others have written it.
        """
        try:
            return [self._record(row) for row in rows]
        except _MISREADINGS:
            raise FaultsError(f"table {self.sql.name}", self._faults(rows)) from None

    def _record(self, row: Sequence[Any]) -> A:
        values = dict(zip(self._names, row, strict=True))
        for field, read in self._single:
            cell = values[field]
            if cell is not None:
                values[field] = read(cell)
        for field, names, read in self._joined:
            cells = [values.pop(name) for name in names]
            values[field] = None if cells.count(None) == len(cells) else read(*cells)
        return self.record(**values)

    def _faults(self, rows: Sequence[Sequence[Any]]) -> Iterator[Fault]:
        for row in rows:
            try:
                self._record(row)
            except _MISREADINGS as error:
                yield Fault(f"row {row[0]!r}", str(error))


TABLES: Final = {name: RecordTable(name, record) for name, record in RECORDS.items()}
