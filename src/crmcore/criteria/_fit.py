"""Fitting the constants of a criterion to the fields that they meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias, cast

import attrs

from crmcore.errors import InvalidValueError

from ._applied import Applied
from ._back_end import Arithmetic, Comparison, Function, Match
from ._column import Column
from ._computed import Called, Computed, Operand
from ._criterion import (
    AllOf,
    AnyOf,
    Compare,
    Criterion,
    Has,
    IsIn,
    IsMissing,
    MatchText,
    Named,
    Not,
    Unless,
)
from ._operands import AsOf, Field, Kind, Literal, Scalar
from ._predicate import Predicate

Typed: TypeAlias = "tuple[Operand, Column | None]"


@attrs.frozen
class Fit:
    """The back end that builds the criterion anew, with constants of the kinds that they meet.

    Attributes:
        columns: The types of the known fields.
    """

    columns: Mapping[str, Column]

    def field(self, name: str) -> Typed:
        return Field(name), self.columns.get(name)

    def literal(self, value: Scalar) -> Typed:
        return Literal.of(value), Column.of(value)

    def as_of(self, *, months: int, days: int) -> Typed:
        return AsOf(months=months, days=days), Column(Kind.DATE)

    def arithmetic(self, op: Arithmetic, left: Typed, right: Typed) -> Typed:
        left, right = _fitted(left, right, op), _fitted(right, left, op)
        node = Computed(op, left[0], right[0])
        if left[1] is None or right[1] is None:
            return node, None
        try:
            return node, left[1].arithmetic(op, right[1])
        except InvalidValueError:
            return node, None

    def call(self, function: Function, arguments: Sequence[Typed]) -> Typed:
        fitted = [arguments[0], *(_fitted(each, arguments[0], function) for each in arguments[1:])]
        node = Called(function, tuple(operand for operand, _ in fitted))
        first, *others = [column for _, column in fitted]
        known = [column for column in others if column is not None]
        if first is None or len(known) < len(others):
            return node, None
        try:
            return node, first.call(function, known)
        except InvalidValueError:
            return node, None

    def compare(self, op: Comparison, left: Typed, right: Typed) -> Criterion:
        return Compare(op, left[0], _fitted(right, left, op)[0])

    def is_in(self, operand: Typed, values: tuple[Scalar, ...]) -> Criterion:
        fitted = (_fitted(self.literal(value), operand, "in")[0] for value in values)
        return IsIn(operand[0], tuple(each for each in fitted if isinstance(each, Literal)))

    def match(self, op: Match, operand: Typed, text: str) -> Criterion:
        return MatchText(op, operand[0], text)

    def has(self, field: Typed, text: str) -> Criterion:
        return Has(cast("Field", field[0]), text)

    def is_missing(self, operand: Typed) -> Criterion:
        return IsMissing(operand[0])

    def all_of(self, parts: Sequence[Criterion]) -> Criterion:
        return AllOf(tuple(parts))

    def any_of(self, parts: Sequence[Criterion]) -> Criterion:
        return AnyOf(tuple(parts))

    def negate(self, part: Criterion) -> Criterion:
        return Not(part)

    def unless(self, part: Criterion) -> Criterion:
        return Unless(part)

    def named(self, name: str, part: Criterion) -> Criterion:
        return Named(name, part)

    def apply(
        self, predicate: Predicate, _inputs: Sequence[Typed], arguments: Mapping[str, Scalar]
    ) -> Criterion:
        return Applied.of(predicate, arguments)


def _fitted(operand: Typed, other: Typed, op: str) -> Typed:
    """Return the operand, or a constant of the kind that *op* wants beside the other one."""
    literal, column = operand[0], other[1]
    if not isinstance(literal, Literal) or column is None or not literal.kind.is_number:
        return operand
    try:
        fitted = Literal.of(_value(literal.value, column.kind, op))
    except InvalidValueError:  # a float with more digits than a decimal has
        return operand
    return fitted, Column.of(fitted.value)


# Beside an integer, order is asked of any number; these want a whole one, if there is one.
_WHOLE: Final[dict[type, frozenset[str]]] = {
    Decimal: frozenset(("mul", "coalesce")),
    float: frozenset(("mul", "coalesce", "eq", "ne", "in", "div")),
}


def _value(value: Scalar, kind: Kind, op: str) -> Scalar:
    """Return a number as one of the kind, where *op* would refuse it as it is."""
    if isinstance(value, int) and op == "coalesce" and kind is not Kind.INT:
        return Decimal(value) if kind is Kind.DECIMAL else float(value)
    if not isinstance(value, Decimal | float):
        return value
    is_whole = op == "mul" or (kind is Kind.INT and op in _WHOLE[type(value)])
    if is_whole and value == int(value):
        return int(value)
    if kind is Kind.FLOAT:
        return float(value)
    is_exact = kind is Kind.DECIMAL or op == "div"
    return Decimal(repr(value)) if is_exact and isinstance(value, float) else value
