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

from crmcore.criteria import Schema
from crmcore.criteria import as_of as day_of_judgement

Column: TypeAlias = Any
Scalar: TypeAlias = "bool | int | Decimal | float | str | date | datetime"
Arithmetic: TypeAlias = Literal["add", "sub", "mul", "div"]
Function: TypeAlias = Literal["abs", "length", "coalesce", "days_between"]
Comparison: TypeAlias = Literal["eq", "ne", "lt", "le", "gt", "ge"]
Match: TypeAlias = Literal["starts", "ends", "contains"]

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
# Of how many digits decimals are while they are calculated with: criteria keep to 18, and a
# wider type would pass the 38 that Arrow and Spark have at the next step.
_DIGITS: Final = 19


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
class Frames:
    """The back end of narwhals.

    Attributes:
        fields: The operand of each field, by name.
        as_of_day: The day of judgement.
        is_sql: Whether dates are subtracted in SQL.
        is_polars: Whether decimals always have all the digits there are.
    """

    fields: dict[str, Term]
    as_of_day: date | None
    is_sql: bool
    is_polars: bool

    def field(self, name: str) -> Term:
        return self.fields[name]

    def literal(self, value: Scalar) -> Term:
        plain = naive(value)
        return Term(nw.lit(plain), _column_of(value), plain)

    def as_of(self, *, months: int, days: int) -> Term:
        return self.literal(day_of_judgement.shift(months=months, days=days).on(self.as_of_day))

    # Operands.

    def arithmetic(self, op: Arithmetic, left: Term, right: Term) -> Term:
        column = left.column.arithmetic(op, right.column)
        if op == "div":
            return Term(_quotient(left, right), column)
        calculate = _OPERATORS[op]
        if column.kind.name == "DECIMAL":
            exact = calculate(_as_decimal(left), _as_decimal(right))
            return Term(self._narrow(exact, column), column)
        wide = calculate(_widened(left, column), _widened(right, column))
        return Term(present(wide) if column.kind.name == "FLOAT" else wide, column)

    def _narrow(self, exact: nw.Expr, column: Column) -> nw.Expr:
        return exact if self.is_polars else exact.cast(nw.Decimal(_DIGITS, column.scale))

    def call(self, function: Function, arguments: Sequence[Term]) -> Term:
        column = arguments[0].column.call(function, [term.column for term in arguments[1:]])
        if function == "abs":
            return Term(_widened(arguments[0], column).abs(), column)
        if function == "length":
            return Term(arguments[0].expression.str.len_chars().cast(nw.Int64), column)
        if function == "coalesce":
            return Term(self._first(arguments, column), column)
        return Term(self._days(*arguments), column)

    def _first(self, arguments: Sequence[Term], column: Column) -> nw.Expr:
        *others, last = (_widened(term, column) for term in arguments)
        return reduce(
            lambda found, term: nw.when(~term.is_null()).then(term).otherwise(found),
            reversed(others),
            last,
        )

    def _days(self, first: Term, second: Term) -> nw.Expr:
        if self.is_sql:
            return (second.expression - first.expression).cast(nw.Int64)
        return _day_number(second) - _day_number(first)

    # Verdicts.

    def compare(self, op: Comparison, left: Term, right: Term) -> Truth:
        return Truth(_OPERATORS[op](left.expression, right.expression))

    def is_in(self, operand: Term, values: tuple[Scalar, ...]) -> Truth:
        alike = [_alike(naive(value), operand.column) for value in values]
        listed = [value for value in alike if value is not None]
        if listed:
            return Truth(operand.expression.is_in(listed))
        return Truth(nw.when(~operand.expression.is_null()).then(nw.lit(value=False)))

    def match(self, op: Match, operand: Term, text: str) -> Truth:
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
        return self.negate(self.named("", part))

    def named(self, _name: str, part: Truth) -> Truth:
        return part if part.is_definite else Truth(_definite(part), is_definite=True)


def _column_of(value: Scalar) -> Column:
    return Schema.of(it=type(value))["it"]


def naive(value: Scalar) -> Scalar:
    """Return a constant as frames hold it: instants in UTC and without a zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _definite(part: Truth) -> nw.Expr | bool:
    if isinstance(part.expression, bool):
        return part.expression
    return part.expression.fill_null(value=False)


def _joined(
    parts: Sequence[Truth], join: Callable[[nw.Expr, nw.Expr], nw.Expr], *, neutral: bool
) -> Truth:
    decided = [part.expression for part in parts if isinstance(part.expression, bool)]
    expressions = [part.expression for part in parts if not isinstance(part.expression, bool)]
    if (not neutral) in decided:
        return Truth(not neutral, is_definite=True)
    if not expressions:
        return Truth(neutral, is_definite=True)
    return Truth(reduce(join, expressions), all(part.is_definite for part in parts))


def _widened(term: Term, column: Column) -> nw.Expr:
    """Return the values in the type that a calculation of this column has."""
    kind = column.kind.name
    if kind == "INT":
        return (
            nw.lit(term.constant, nw.Int64)
            if term.constant is not None
            else term.expression.cast(nw.Int64)
        )
    return term.expression


def _as_decimal(term: Term) -> nw.Expr:
    if isinstance(term.constant, int):
        return nw.lit(Decimal(term.constant))
    return term.expression


def _quotient(left: Term, right: Term) -> nw.Expr:
    numerator = left.expression.cast(nw.Float64)
    denominator = right.expression
    return numerator / nw.when(denominator != 0).then(denominator.cast(nw.Float64))


def _day_number(term: Term) -> nw.Expr:
    if isinstance(term.constant, date):
        return nw.lit(term.constant.toordinal() - _EPOCH, nw.Int64)
    return term.expression.cast(nw.Int32).cast(nw.Int64)


def _alike(value: Scalar, column: Column) -> Scalar | None:
    """Return a constant as a value of this column; None if no value of it is equal."""
    if column.kind.name == "INT" and isinstance(value, Decimal):
        return int(value) if value == int(value) else None
    if column.kind.name == "DECIMAL" and isinstance(value, int | Decimal):
        return _rescaled(Decimal(value), column.scale)
    return value


def _rescaled(value: Decimal, scale: int) -> Decimal | None:
    rescaled = value.quantize(Decimal(1).scaleb(-scale))
    return rescaled if rescaled == value else None
