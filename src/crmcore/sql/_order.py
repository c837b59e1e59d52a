"""Orders: in which order rows come, and which of them lie behind a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crmcore.repositories import Order

from ._tables import RecordTable


def ordered(table: RecordTable[Any], order: Sequence[Order]) -> list[sa.ColumnElement[Any]]:
    """Return what to sort by: the fields of the order, None first or, descending, last, and ids."""
    columns = ((table.sql.c[by.field], by.descending) for by in order)
    by_fields = (
        column.desc().nulls_last() if descending else column.asc().nulls_first()
        for column, descending in columns
    )
    return [*by_fields, table.sql.c.id]


def behind(
    table: RecordTable[Any], order: Sequence[Order], place: Sequence[Any]
) -> sa.ColumnElement[bool]:
    """Return the condition that a row lies behind *place* in the order.

    A row lies behind where it is the same up to some field, and behind by that one.
    """
    columns = table.sql.c
    found: sa.ColumnElement[bool] = columns.id > place[-1]
    for by, value in zip(reversed(order), reversed(place[:-1]), strict=True):
        column, cell = columns[by.field], table.cells_for(by.field).placed(value)
        same = column.is_(None) if cell is None else column == cell
        found = sa.or_(_behind(column, cell, descending=by.descending), sa.and_(same, found))
    if order and place[0] is not None and not order[0].descending:
        # It says nothing new, but an index knows where to begin.
        first = columns[order[0].field]
        found = sa.and_(first >= table.cells_for(order[0].field).placed(place[0]), found)
    return found


def _behind(
    column: sa.ColumnElement[Any],
    cell: Any,  # noqa: ANN401 - of any column
    *,
    descending: bool,
) -> sa.ColumnElement[bool]:
    if cell is None:
        return sa.false() if descending else column.is_not(None)
    return sa.or_(column < cell, column.is_(None)) if descending else column > cell
