"""The back end: what each part of a criterion is in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import Enum, auto
from functools import partial
from typing import Any, Final, TypeAlias
from typing import Literal as OneOf

import attrs
import sqlalchemy as sa

from crmcore.criteria import Predicate, Schema, as_of
from crmcore.errors import InvalidValueError, UnknownNameError

from ._columns import Operand, operand_of
from ._constants import Constant, Scalar
from ._forms import Holds, HoldsNot, MayHold, Not
from ._leaves import Condition, among, compared, contained, matched, missing
from ._operands import calculated, called


class Left(Enum):
    """What is left to Python."""

    TO_PYTHON = auto()


Part: TypeAlias = Operand | Constant | Left
Arithmetic: TypeAlias = OneOf["add", "sub", "mul", "div"]
Function: TypeAlias = OneOf["abs", "length", "coalesce", "days_between"]
Comparison: TypeAlias = OneOf["eq", "ne", "lt", "le", "gt", "ge"]
Match: TypeAlias = OneOf["starts", "ends", "contains"]


@attrs.frozen(eq=False)
class Meaning:
    """What a part of a criterion is in SQL.

    Attributes:
        sql: The condition: NULL where it is unknown, and also where only Python can say.
        narrow: A condition that is true wherever the part holds, and, if nothing is left to
            Python, nowhere else. It has as little around it as may be, so that indexes serve.
        is_whole: Whether nothing is left to Python.
    """

    sql: Condition
    narrow: Condition
    is_whole: bool = True

    @classmethod
    def of(cls, sql: Condition, *, is_whole: bool = True) -> Meaning:
        """Return the meaning of a condition."""
        return cls(sql, sql if is_whole else MayHold(sql), is_whole)


LEFT_TO_PYTHON: Final = Meaning(sa.cast(sa.null(), sa.Boolean), sa.true(), is_whole=False)


def _leaf(test: Callable[..., Condition], *parts: Part) -> Meaning:
    return LEFT_TO_PYTHON if Left.TO_PYTHON in parts else Meaning.of(test(*parts))


@attrs.frozen(eq=False)
class Sql:
    """The back end that writes SQL for SQLite and PostgreSQL.

    Attributes:
        columns: What stands for each field.
        schema: The types of the fields.
        day: The day of judgement.
        leaves_predicates: Whether predicates without a form for SQL are left to Python, and
            not refused.
    """

    columns: Mapping[str, sa.ColumnElement[Any]]
    schema: Schema
    day: date | None
    leaves_predicates: bool = False

    def field(self, name: str) -> Part:
        if name not in self.columns:
            raise UnknownNameError("column", name, self.columns)
        return operand_of(name, self.columns[name], self.schema[name])

    def literal(self, value: Scalar) -> Part:
        return Constant(value)

    def as_of(self, *, months: int, days: int) -> Part:
        return Constant(as_of.shift(months=months, days=days).on(self.day))

    def arithmetic(self, op: Arithmetic, left: Part, right: Part) -> Part:
        return _operand(partial(calculated, op), left, right)

    def call(self, function: Function, arguments: Sequence[Part]) -> Part:
        return _operand(partial(called, function), *arguments)

    def compare(self, op: Comparison, left: Part, right: Part) -> Meaning:
        return _leaf(partial(compared, op), left, right)

    def is_in(self, operand: Part, values: tuple[Scalar, ...]) -> Meaning:
        return _leaf(partial(among, values), operand)

    def match(self, op: Match, operand: Part, text: str) -> Meaning:
        return _leaf(partial(matched, op, text), operand)

    def has(self, field: Part, text: str) -> Meaning:
        return _leaf(partial(contained, text), field)

    def is_missing(self, operand: Part) -> Meaning:
        return _leaf(missing, operand)

    def all_of(self, parts: Sequence[Meaning]) -> Meaning:
        return _joined(sa.and_, sa.true(), parts)

    def any_of(self, parts: Sequence[Meaning]) -> Meaning:
        return _joined(sa.or_, sa.false(), parts)

    def negate(self, part: Meaning) -> Meaning:
        return Meaning.of(_opposite(part.sql), is_whole=part.is_whole)

    def unless(self, part: Meaning) -> Meaning:
        # What only Python can say must stay open, and so must all that depends on it.
        return Meaning.of(HoldsNot(part.sql)) if part.is_whole else self.negate(part)

    def named(self, _name: str, part: Meaning) -> Meaning:
        sql = Holds(part.sql) if part.is_whole else part.sql
        return attrs.evolve(part, sql=sql)

    def apply(
        self, predicate: Predicate, inputs: Sequence[Part], arguments: Mapping[str, Scalar]
    ) -> Meaning:
        if predicate.sql is None and not self.leaves_predicates:
            rule = "have a form for SQL, which predicate takes as sql=, or be left to Python"
            rule += ' with python_only="residual"'
            raise InvalidValueError("predicate", predicate.name, rule)
        if predicate.sql is None:
            return LEFT_TO_PYTHON
        return _leaf(partial(_answer, predicate, arguments), *inputs)


def _answer(predicate: Predicate, arguments: Mapping[str, Scalar], *inputs: Operand) -> Condition:
    """Return what a predicate's own form says, where nothing that it must have is missing."""
    form: Callable[..., Any] = predicate.sql  # type: ignore[assignment]  # the caller has looked
    condition = form(predicate.view([operand.sql for operand in inputs]), **arguments)
    if not isinstance(condition, sa.ColumnElement):
        rule = "return an expression of SQLAlchemy"
        raise InvalidValueError(f"the form of {predicate.name} for SQL", condition, rule)
    present = [
        operand.sql.is_not(None)
        for operand, (_, column) in zip(inputs, predicate.reads, strict=True)
        if column is not None and not column.nullable
    ]
    return sa.type_coerce(sa.case((sa.and_(sa.true(), *present), condition)), sa.Boolean)


def _opposite(condition: Condition) -> Condition:
    # SQLAlchemy turns a comparison into its opposite, for which an index serves as well.
    is_comparison = isinstance(condition, sa.BinaryExpression)
    return sa.not_(condition) if is_comparison else Not(condition)


def _operand(make: Callable[..., Operand], *parts: Part) -> Part:
    return Left.TO_PYTHON if Left.TO_PYTHON in parts else make(*parts)


def _joined(
    join: Callable[..., Condition], of_none: Condition, parts: Sequence[Meaning]
) -> Meaning:
    return Meaning(
        sql=join(of_none, *(part.sql for part in parts)),
        narrow=join(of_none, *(part.narrow for part in parts)),
        is_whole=all(part.is_whole for part in parts),
    )
