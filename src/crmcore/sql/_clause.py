"""Criteria as conditions of SQLAlchemy, and the rows for which they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, TypeAlias, get_args
from typing import Literal as OneOf

import sqlalchemy as sa

from crmcore.checks import day
from crmcore.criteria import Criterion, Schema
from crmcore.errors import UnknownNameError

from ._back_end import Meaning, Sql
from ._forms import Told

Columns: TypeAlias = "sa.FromClause | Mapping[str, sa.ColumnElement[Any]]"
PythonOnly: TypeAlias = OneOf["refuse", "residual"]

_READ_AT_ONCE: Final = 2_000


def clause(
    criterion: Criterion,
    columns: Columns,
    *,
    schema: Schema,
    as_of: date | None = None,
    python_only: PythonOnly = "refuse",
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
        python_only: What becomes of predicates without a form for SQL, which only Python can
            ask. They are refused, or, as *residual*, left open: the condition is NULL wherever
            it depends on them, and what it says elsewhere stands.

    Raises:
        FaultsError: If the criterion cannot run over these fields.
        InvalidValueError: If a column's type cannot hold the values of its field truly, if
            *as_of* is needed and missing, or if a predicate is refused. Where only one of the
            two databases keeps a type truly, the other refuses it when the statement is compiled.
        UnknownNameError: If a field stands in no column, or *python_only* is neither word.

    .. versionadded:: 0.1.0
    """
    return _meaning(criterion, columns, schema, as_of, python_only=python_only).sql


def verdict(
    criterion: Criterion,
    columns: Columns,
    *,
    schema: Schema,
    as_of: date | None = None,
    python_only: PythonOnly = "refuse",
) -> sa.ColumnElement[str]:
    """Return the verdict of a criterion as a word: ``holds``, ``fails`` or ``unknown``.

    `crmcore.verdicts.Verdict` takes the word. The arguments are those of `clause`, and so is
    what it raises.

    .. versionadded:: 0.1.0
    """
    meaning = _meaning(criterion, columns, schema, as_of, python_only=python_only)
    return Told(meaning.sql, type_=sa.Text)


def matching(
    connection: sa.Connection,
    criterion: Criterion,
    columns: Columns,
    *,
    schema: Schema,
    as_of: date | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the rows for which a criterion holds, whatever it takes to say so.

    The database leaves out what surely is not asked for, and Python is asked about the rows
    that the database cannot settle, and about no others.

    Args:
        connection: Where to ask.
        criterion: The criterion.
        columns: As `clause` takes them.
        schema: As `clause` takes it.
        as_of: As `clause` takes it.

    Returns:
        The values of all *columns* by name, row by row, in no particular order.

    Raises:
        FaultsError: As `clause` does.
        InvalidValueError: As `clause` does, but no predicate is refused.
        UnknownNameError: As `clause` does.

    .. versionadded:: 0.1.0
    """
    meaning = _meaning(criterion, columns, schema, as_of, "residual")
    by_name = _by_name(columns)
    labelled = (column.label(name) for name, column in by_name.items())
    query = sa.select(meaning.sql, *labelled).where(meaning.narrow)
    found = connection.execute(query.execution_options(yield_per=_READ_AT_ONCE))
    rows = ((truth, dict(zip(by_name, values, strict=True))) for truth, *values in found)
    if meaning.is_whole:
        return (row for _, row in rows)
    judge = criterion.compile(as_of=as_of, of=dict)
    return (row for truth, row in rows if truth or (truth is None and judge(_plain(row))))


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as criteria take it."""
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:  # noqa: ANN401 - of any column
    if isinstance(value, Enum):
        return value.value
    is_naive = isinstance(value, datetime) and value.tzinfo is None
    return value.replace(tzinfo=UTC) if is_naive else value


def _by_name(columns: Columns) -> Mapping[str, sa.ColumnElement[Any]]:
    return columns if isinstance(columns, Mapping) else dict(columns.c.items())


def _meaning(
    criterion: Criterion,
    columns: Columns,
    schema: Schema,
    as_of: date | None,
    python_only: PythonOnly,
) -> Meaning:
    schema.check(criterion)
    if as_of is not None:
        day(as_of)
    if python_only not in get_args(PythonOnly):
        raise UnknownNameError("python_only", python_only, get_args(PythonOnly))
    is_residual = python_only == "residual"
    return criterion.fold(Sql(_by_name(columns), schema, as_of, is_residual))
