"""The back end that makes each part of a criterion an expression of narwhals.

Kleene's logic is that of the engines. What they disagree on is written so that it cannot
matter: NaN is null before anything is asked, integers are 64 bits wide before anything is
calculated, denominators that are zero are null, and what no row takes part in is folded.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Final, Literal, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmcore.criteria import Column
from crmcore.criteria import as_of as day_of_judgement

Scalar: TypeAlias = "bool | int | Decimal | float | str | date | datetime"
Arithmetic: TypeAlias = Literal["add", "sub", "mul", "div"]
Function: TypeAlias = Literal["abs", "length", "coalesce", "days_between"]

_EPOCH: Final = date(1970, 1, 1).toordinal()
_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
}
# Calculated decimals have at most 18 digits, which the check of a criterion proves. Polars has
# one type for all; elsewhere a wider one would pass the largest there is after a few steps.
_DIGITS: Final = 18
_DIGITS_OF_POLARS: Final = 38


@attrs.frozen
class Term:
    """An operand.

    Attributes:
        expression: Its values; null where it is missing.
        column: Its type.
        constant: Its value, if it is a constant.
    """

    expression: nw.Expr
    column: Column
    constant: Scalar | None = None

    @property
    def kind(self) -> str:
        """The name of the kind of its values."""
        return self.column.kind.name


@attrs.frozen
class Truth:
    """A verdict of each row.

    Attributes:
        expression: True, false, or null for unknown; a bool where all rows have the same.
        is_definite: Whether it is never unknown.
    """

    expression: nw.Expr | bool
    is_definite: bool = False


def present(expression: nw.Expr) -> nw.Expr:
    """Return the numbers without NaN, which is missing."""
    return nw.when(~expression.is_nan()).then(expression)


@attrs.frozen
class Dialect:
    """What the engines want to be told each in its own way.

    Attributes:
        is_sql: Whether dates are subtracted in SQL.
        is_spark: Whether days and instants reach the engine as text.
        is_polars: Whether all decimals have one type.
    """

    is_sql: bool
    is_spark: bool
    is_polars: bool

    def constant(self, value: Scalar) -> nw.Expr:
        """Return a constant."""
        if self.is_spark and isinstance(value, date):
            # As an object, a day before 1582 would be moved to the calendar of its time, and
            # an instant by the zone of the machine.
            dtype = nw.Datetime("us") if isinstance(value, datetime) else nw.Date()
            return nw.lit(value.isoformat()).cast(dtype)
        return nw.lit(value)

    def decimal(self, places: int) -> nw.Decimal:
        """Return the type of decimals with so many digits after the point."""
        return nw.Decimal(_DIGITS_OF_POLARS if self.is_polars else _DIGITS, places)

    def widened(self, term: Term, column: Column) -> nw.Expr:
        """Return an operand in the type that calculations of this column have."""
        kind = column.kind.name
        if kind == "INT":
            return _in(nw.Int64(), term)
        if kind == "FLOAT":
            return term.expression if term.kind == "FLOAT" else _in(nw.Float64(), term)
        if kind == "DECIMAL" and (term.kind, term.column.places) != (kind, column.places):
            return term.expression.cast(self.decimal(column.places))
        return term.expression

    def quotient(self, left: Term, right: Term) -> nw.Expr:
        """Return a quotient of floats, null where the denominator is zero."""
        numerator, denominator = (_in(nw.Float64(), side) for side in (left, right))
        if right.constant is None:
            denominator = nw.when(denominator != 0).then(denominator)
        if self.is_polars and left.constant is None:
            # Polars multiplies by the inverse of what is the same in all rows, and that is
            # another float now and then; this keeps the denominator a column of its own.
            denominator = denominator + numerator * 0.0
        return numerator / denominator


@attrs.frozen
class Frames:
    """The back end of narwhals.

    Attributes:
        fields: The operand of each field, by name.
        as_of_day: The day of judgement.
        dialect: What the engine wants to be told in its own way.
    """

    fields: dict[str, Term]
    as_of_day: date | None
    dialect: Dialect

    def field(self, name: str) -> Term:
        return self.fields[name]

    def literal(self, value: Scalar) -> Term:
        plain = naive(value)
        return Term(self.dialect.constant(plain), Column.of(value), plain)

    def as_of(self, *, months: int, days: int) -> Term:
        return self.literal(day_of_judgement.shift(months=months, days=days).on(self.as_of_day))

    def arithmetic(self, op: Arithmetic, left: Term, right: Term) -> Term:
        column = left.column.arithmetic(op, right.column)
        if op == "div":
            return Term(self.dialect.quotient(left, right), column)
        calculate = _OPERATORS[op]
        if column.kind.name == "DECIMAL":
            exact = calculate(_as_decimal(left), _as_decimal(right))
            return Term(exact.cast(self.dialect.decimal(column.places)), column)
        sides = (self.dialect.widened(side, column) for side in (left, right))
        wide = calculate(*sides)
        return Term(present(wide) if column.kind.name == "FLOAT" else wide, column)

    def call(self, function: Function, arguments: Sequence[Term]) -> Term:
        first, *others = arguments
        column = first.column.call(function, [term.column for term in others])
        if function == "abs":
            return Term(self.dialect.widened(first, column).abs(), column)
        if function == "length":
            return Term(first.expression.str.len_chars().cast(nw.Int64), column)
        if function == "coalesce":
            return Term(_first_known([self.dialect.widened(a, column) for a in arguments]), column)
        return Term(self._days_between(first, *others), column)

    def _days_between(self, first: Term, second: Term) -> nw.Expr:
        if self.dialect.is_sql:
            return (second.expression - first.expression).cast(nw.Int64)
        return _day_number(second) - _day_number(first)

    def compare(self, op: str, left: Term, right: Term) -> Truth:
        return Truth(_OPERATORS[op](left.expression, right.expression))

    def is_in(self, operand: Term, values: tuple[Scalar, ...]) -> Truth:
        alike = [_alike(naive(value), operand.column) for value in values]
        listed = [value for value in alike if value is not None]
        if not listed:
            return Truth(nw.when(~operand.expression.is_null()).then(nw.lit(value=False)))
        if self.dialect.is_spark and isinstance(listed[0], date):
            constants = map(self.dialect.constant, listed)
            return Truth(_balanced([operand.expression == constant for constant in constants]))
        return Truth(operand.expression.is_in(listed))

    def match(self, op: str, operand: Term, text: str) -> Truth:
        strings = operand.expression.str
        if op == "starts":
            return Truth(strings.starts_with(text))
        if op == "ends":
            return Truth(strings.ends_with(text))
        return Truth(strings.contains(text, literal=True))

    def has(self, field: Term, text: str) -> Truth:
        return Truth(field.expression.list.contains(text))

    def is_missing(self, operand: Term) -> Truth:
        return Truth(operand.expression.is_null(), is_definite=True)

    def all_of(self, parts: Sequence[Truth]) -> Truth:
        return _joined(parts, operator.and_, neutral=True)

    def any_of(self, parts: Sequence[Truth]) -> Truth:
        return _joined(parts, operator.or_, neutral=False)

    def negate(self, part: Truth) -> Truth:
        if isinstance(part.expression, bool):
            return Truth(not part.expression, is_definite=True)
        return Truth(~part.expression, part.is_definite)

    def unless(self, part: Truth) -> Truth:
        return self.negate(definite(part))

    def named(self, _name: str, part: Truth) -> Truth:
        return definite(part)


def definite(part: Truth) -> Truth:
    """Return the verdict that holds where a part holds, and else fails."""
    if part.is_definite or isinstance(part.expression, bool):
        return part
    return Truth(part.expression.fill_null(value=False), is_definite=True)


def naive(value: Scalar) -> Scalar:
    """Return a constant as frames hold it: instants in UTC and without a zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _joined(
    parts: Sequence[Truth], join: Callable[[nw.Expr, nw.Expr], nw.Expr], *, neutral: bool
) -> Truth:
    constants = [part.expression for part in parts if isinstance(part.expression, bool)]
    expressions = [part.expression for part in parts if not isinstance(part.expression, bool)]
    if (not neutral) in constants:
        return Truth(not neutral, is_definite=True)
    if not expressions:
        return Truth(neutral, is_definite=True)
    return Truth(reduce(join, expressions), all(part.is_definite for part in parts))


def _balanced(parts: Sequence[nw.Expr]) -> nw.Expr:
    """Return whether one part is true, as a tree no deeper than need be."""
    half = len(parts) // 2
    return _balanced(parts[:half]) | _balanced(parts[half:]) if half else parts[0]


def _in(dtype: nw.dtypes.DType, term: Term) -> nw.Expr:
    if term.constant is None:
        return term.expression.cast(dtype)
    return nw.lit(term.constant, dtype)


def _as_decimal(term: Term) -> nw.Expr:
    if isinstance(term.constant, int):
        return nw.lit(Decimal(term.constant))
    return term.expression


def _first_known(values: Sequence[nw.Expr]) -> nw.Expr:
    *others, last = values
    found = last
    for value in reversed(others):
        found = nw.when(~value.is_null()).then(value).otherwise(found)
    return found


def _day_number(term: Term) -> nw.Expr:
    if isinstance(term.constant, date):
        return nw.lit(term.constant.toordinal() - _EPOCH, nw.Int64)
    return term.expression.cast(nw.Int32).cast(nw.Int64)


def _alike(value: Scalar, column: Column) -> Scalar | None:
    """Return a constant as a value of this column; None if no value of it is equal."""
    if column.kind.name == "INT" and isinstance(value, Decimal):
        return int(value) if value == int(value) else None
    if column.kind.name == "DECIMAL" and isinstance(value, int | Decimal):
        rescaled = Decimal(value).quantize(Decimal(1).scaleb(-column.places))
        return rescaled if rescaled == value else None
    return value
