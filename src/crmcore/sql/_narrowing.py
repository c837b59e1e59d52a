"""Narrowing: as much of a criterion as the database can say of stored records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
import sqlalchemy as sa
from sqlalchemy.sql import visitors

from crmcore.criteria import Criterion, Predicate, Schema
from crmcore.errors import InvalidValueError

from ._back_end import LEFT_TO_PYTHON, Arithmetic, Left, Meaning, Part, Sql
from ._constants import Scalar
from ._leaves import Condition

_MOST_CONSTANTS: Final = 20_000  # SQLite takes 32,766, and the rest of the statement has some too


@attrs.frozen(eq=False)
class _Narrowing(Sql):
    """The back end that leaves to Python whatever the database might see otherwise."""

    def field(self, name: str) -> Part:
        return super().field(name) if name in self.columns else Left.TO_PYTHON

    def arithmetic(self, _op: Arithmetic, _left: Part, _right: Part) -> Part:
        # Records may hold integers beyond what the proof against overflow supposes of fields.
        return Left.TO_PYTHON

    def apply(
        self, _predicate: Predicate, _inputs: Sequence[Part], _arguments: Mapping[str, Scalar]
    ) -> Meaning:
        # Its form for SQL may have been written for another database.
        return LEFT_TO_PYTHON


def narrowed(
    criterion: Criterion, columns: Mapping[str, sa.ColumnElement[Any]], schema: Schema
) -> Condition:
    """Return a condition that is true of every row for which *criterion* holds.

    Python asks the rows that are left again. What Python may refuse, or may see otherwise than
    the database, narrows nothing, so that a store answers as every other one.
    """
    if schema.faults(criterion):
        return sa.true()
    try:
        found = criterion.fold(_Narrowing(columns, schema, None)).narrow
    except InvalidValueError:  # a text that no database keeps
        return sa.true()
    return found if _constant_count(found) <= _MOST_CONSTANTS else sa.true()


def _constant_count(condition: Condition) -> int:
    parts = visitors.iterate(condition)
    values = (part.value for part in parts if isinstance(part, sa.BindParameter))
    return sum(len(value) if isinstance(value, list) else 1 for value in values)
