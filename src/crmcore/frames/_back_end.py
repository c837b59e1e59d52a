"""The back end that makes each part of a criterion an expression of narwhals.

Kleene's logic is that of the engines. What they disagree on is written so that it cannot
matter: NaN is null before anything is asked, integers are 64 bits wide before anything is
calculated, denominators that are zero are null, and what no row takes part in is folded.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any, Final, Literal, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmcore.criteria import Column, Predicate
from crmcore.criteria import as_of as day_of_judgement

from ._plugins import Plugins
from ._terms import Dialect, Scalar, Term, Truth, definite, naive, present

Arithmetic: TypeAlias = Literal["add", "sub", "mul", "div"]
Function: TypeAlias = Literal["abs", "length", "coalesce", "days_between"]

# How many values of a list are compared with one by one.
_FEW: Final = 8
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


@attrs.frozen
class Frames:
    """The back end of narwhals.

    Attributes:
        fields: The operand of each field, by name.
        as_of_day: The day of judgement.
        dialect: What the engine wants to be told in its own way.
        plugins: What asks plugin predicates.
    """

    fields: dict[str, Term]
    as_of_day: date | None
    dialect: Dialect
    plugins: Plugins

    def field(self, name: str) -> Term:
        return self.fields[name]

    def literal(self, value: Scalar) -> Term:
        return self.dialect.term(value)

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
        return Term(self.dialect.days_between(first, *others), column)

    def compare(self, op: str, left: Term, right: Term) -> Truth:
        return Truth(_OPERATORS[op](left.expression, right.expression))

    def is_in(self, operand: Term, values: tuple[Scalar, ...]) -> Truth:
        alike = [_alike(naive(value), operand.column) for value in values]
        listed = [value for value in alike if value is not None]
        if not listed:
            return Truth(nw.when(~operand.expression.is_null()).then(nw.lit(value=False)))
        if len(listed) <= _FEW or (self.dialect.is_spark and isinstance(listed[0], date)):
            # A few comparisons are faster than a look into a list, on every engine.
            constants = map(self.dialect.constant, listed)
            return Truth(_balanced([operand.expression == constant for constant in constants]))
        found = operand.expression
        if operand.kind == "DECIMAL":  # an older Polars wants both sides of the very same type
            found = found.cast(self.dialect.decimal(operand.column.places))
        return Truth(found.is_in(listed))

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

    def apply(
        self, predicate: Predicate, inputs: Sequence[Term], arguments: Mapping[str, Scalar]
    ) -> Truth:
        return Truth(self.plugins.truth(predicate, inputs, arguments))


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


def _alike(value: Scalar, column: Column) -> Scalar | None:
    """Return a constant as a value of this column; None if no value of it is equal."""
    if column.kind.name == "INT" and isinstance(value, Decimal):
        return int(value) if value == int(value) else None
    if column.kind.name == "DECIMAL" and isinstance(value, int | Decimal):
        rescaled = Decimal(value).quantize(Decimal(1).scaleb(-column.places))
        return rescaled if rescaled == value else None
    return value
