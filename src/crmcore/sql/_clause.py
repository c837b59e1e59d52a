"""Criteria as conditions of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

import sqlalchemy as sa

from crmcore.checks import day
from crmcore.criteria import Criterion, Schema

from ._back_end import Meaning, Sql
from ._forms import Told

Columns: TypeAlias = "sa.FromClause | Mapping[str, sa.ColumnElement[Any]]"


def clause(
    criterion: Criterion, columns: Columns, *, schema: Schema, as_of: date | None = None
) -> sa.ColumnElement[bool]:
    """Return a criterion as a condition: true, false, or NULL where it is unknown.

    ``SELECT … WHERE clause`` finds exactly the rows for which the criterion surely holds. It
    runs on SQLite and on PostgreSQL and means the same on both.

    Args:
        criterion: The criterion.
        columns: A table whose columns are called as the fields, or a mapping from the names of
            fields to columns or other expressions. Their types say how values stand in them.
        schema: The types of the fields; the criterion is checked against it first.
        as_of: The day of judgement; only needed where the criterion depends on it.

    Raises:
        FaultsError: If the criterion cannot run over these fields.
        InvalidValueError: If a column's type cannot hold the values of its field truly, or if
            *as_of* is needed and missing. Where only one of the two databases keeps a type
            truly, the other refuses it when the statement is compiled.
        UnknownNameError: If a field stands in no column.

    .. versionadded:: 0.1.0
    """
    return _meaning(criterion, columns, schema=schema, as_of=as_of).sql


def verdict(
    criterion: Criterion, columns: Columns, *, schema: Schema, as_of: date | None = None
) -> sa.ColumnElement[str]:
    """Return the verdict of a criterion as a word: ``holds``, ``fails`` or ``unknown``.

    `crmcore.verdicts.Verdict` takes the word. The arguments are those of `clause`, and so is
    what it raises.

    .. versionadded:: 0.1.0
    """
    return Told(_meaning(criterion, columns, schema=schema, as_of=as_of).sql, type_=sa.Text)


def _meaning(
    criterion: Criterion, columns: Columns, *, schema: Schema, as_of: date | None
) -> Meaning:
    schema.check(criterion)
    if as_of is not None:
        day(as_of)
    by_name = columns if isinstance(columns, Mapping) else dict(columns.c.items())
    return criterion.fold(Sql(by_name, schema, as_of, leaves_rest=False))
