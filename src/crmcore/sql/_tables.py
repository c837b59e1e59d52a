"""Tables: derived from the records, one for each kind, and the few that stores need besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, Generic, TypeVar, get_type_hints

import attrs
import sqlalchemy as sa

from crmcore.criteria import Criterion, Schema
from crmcore.errors import CrmError, Fault, FaultsError, SchemaOutOfDateError
from crmcore.repositories import Aggregate
from crmcore.storage import RECORDS

from ._cells import TEXT, Cells, cells_of
from ._narrowing import narrowed
from ._rows import Row, Rows

A = TypeVar("A", bound=Aggregate)

_KEPT_CRITERIA: Final = 256
# What is looked for all day, beside the id: the columns of an index each.
_LOOKED_FOR: Final[Mapping[str, str]] = {
    "matters": "member",
    "kpi_facts": "subject",
    "audit_records": "subject",
}

METADATA: Final = sa.MetaData()

SCHEMA: Final = sa.Table(
    "crm_schema",
    METADATA,
    sa.Column("component", TEXT, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("crmcore_version", TEXT, nullable=False),
    # The database's own clock: the library has none.
    sa.Column(
        "applied_at",
        sa.DateTime(timezone=True),
        server_default=sa.text("(CURRENT_TIMESTAMP)"),
        nullable=False,
    ),
)

EVENT: Final = ("tenant", "name", "subject", "at", "data")
"""The columns of the outbox, without the number that it gives."""

OUTBOX: Final = sa.Table(
    "crm_outbox",
    METADATA,
    sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        sa.Identity(),
        primary_key=True,
    ),
    sa.Column("tenant", TEXT, nullable=False),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("subject", TEXT, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("data", TEXT, nullable=False),
    sa.Index("ix_crm_outbox_tenant", "tenant", "number"),
    sqlite_autoincrement=True,  # a number never comes back, even when all events are gone
)

# What building a record from the wrong cells raises.
_MISREADINGS: Final = (CrmError, ValueError, TypeError, ArithmeticError)


class RecordTable(Generic[A]):
    """A table for records of one class, and the ways between records and rows.

    Attributes:
        record: The class.
        cells: The fields and their columns.
        names: The names of all columns; the first is the tenant.
        sql: The table.
    """

    def __init__(self, name: str, record: type[A]) -> None:
        """Derive the table *name* from the class *record*."""
        hints = get_type_hints(record)
        self.record = record
        self.cells = [cells_of(field.name, hints[field.name]) for field in attrs.fields(record)]  # type: ignore[arg-type]  # each record is attrs
        columns = [column for cells in self.cells for column in cells.columns]
        tenant = sa.Column("tenant", TEXT, primary_key=True)
        self.names = ("tenant", *(column.name for column in columns))
        # Rows lie in the order of their ids, which is the order in which they are read.
        self.sql = sa.Table(f"crm_{name}", METADATA, tenant, *columns, sqlite_with_rowid=False)
        for looked_for in ("customer", _LOOKED_FOR.get(name)):
            if looked_for in self.names:
                indexed = (self.sql.c[column] for column in ("tenant", looked_for, "id"))
                sa.Index(f"ix_crm_{name}_{looked_for}", *indexed)
        self.version = self.names.index("version")
        self.key = self.names.index("id")
        self._rows = Rows(record, self.cells)
        self.row = self._rows.row
        self._by_field = {cells.field: cells for cells in self.cells}
        self.narrowed = lru_cache(_KEPT_CRITERIA)(self._narrowed)

    def cells_for(self, field: str) -> Cells:
        """Return the columns of a field."""
        return self._by_field[field]

    @cached_property
    def _schema(self) -> Schema:
        return Schema.of(self.record)

    @cached_property
    def _compared(self) -> Mapping[str, sa.ColumnElement[Any]]:
        compared = {cells.field: cells.compared for cells in self.cells}
        return {name: sql for name, sql in compared.items() if sql is not None}

    def _narrowed(self, where: Criterion) -> sa.ColumnElement[bool]:
        """Return a condition that is true of every row for which *where* holds."""
        return narrowed(where, self._compared, self._schema)

    def records(self, rows: Sequence[Row]) -> list[A]:
        """Return the records that stand in *rows*.

        Raises:
            FaultsError: If a row holds what no record is, because others have written it.
            SchemaOutOfDateError: If a later version of the library has written it.
        """
        try:
            return [self._rows.record(row) for row in rows]
        except SchemaOutOfDateError:  # the row is right, and of a later version of the library
            raise
        except _MISREADINGS:
            raise FaultsError(f"table {self.sql.name}", self._faults(rows)) from None

    def _faults(self, rows: Sequence[Row]) -> Iterator[Fault]:
        for row in rows:
            try:
                self._rows.record(row)
            except _MISREADINGS as error:
                yield Fault(f"row {row[self.key]!r}", str(error))


TABLES: Final = {name: RecordTable(name, record) for name, record in RECORDS.items()}
