"""Leaves: comparisons, memberships and matches in SQL."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import sqlalchemy as sa

from ._columns import Operand
from ._constants import Constant, Scalar, bound, listed, nearest, text_that_lasts
from ._forms import (
    Among,
    AmongAsKey,
    Contains,
    Different,
    Ends,
    Form,
    Has,
    Same,
    SameAsKey,
    Starts,
)
from ._operands import Part, aligned, want_alike

Condition: TypeAlias = "sa.ColumnElement[bool]"

_WHOLE: Final = {"INT", "DECIMAL"}
_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_MATCHES: Final[dict[str, type[Form]]] = {"starts": Starts, "ends": Ends, "contains": Contains}


def compared(op: str, left: Operand, right: Part) -> Condition:
    """Return the comparison of an operand with another, or with a constant."""
    if isinstance(right, Constant):
        return _with_constant(op, left, right.value)
    if left.kind == "TEXT":
        return Same(left.sql, right.sql) if op == "eq" else Different(left.sql, right.sql)
    if "DECIMAL" in {left.kind, right.kind}:
        (left, right), _ = aligned(left, right)
    want_alike(left, right)
    return _put(op, left.sql, right.sql)


def _put(op: str, left: sa.ColumnElement[Any], right: sa.ColumnElement[Any]) -> Condition:
    condition: Condition = _OPERATORS[op](left, right)
    return condition


def _with_constant(op: str, left: Operand, value: Scalar) -> Condition:
    if left.kind == "TEXT":
        text = bound(value, left)
        if op == "ne":
            return Different(left.sql, text)
        return (SameAsKey if left.is_column else Same)(left.sql, text)
    if left.kind in _WHOLE and left.scale is not None:
        near = nearest(op, value, left)
        if isinstance(near, bool):
            return _always(left, truth=near)
        value = near
    return _put(op, left.sql, bound(value, left))


def _always(operand: Operand, *, truth: bool) -> Condition:
    """Return what is always true, or never, but unknown where the operand is missing."""
    return _put("eq" if truth else "ne", operand.sql, operand.sql)


def among(values: Sequence[Scalar], operand: Operand) -> Condition:
    """Return the membership in a list of constants, which is not empty."""
    if operand.kind in _WHOLE and operand.scale is not None:
        near = [nearest("eq", value, operand) for value in values]
        values = [value for value in near if not isinstance(value, bool)]
        if not values:
            return _always(operand, truth=False)
    if operand.kind != "TEXT":
        return operand.sql.in_(listed(values, operand))
    form = AmongAsKey if operand.is_column else Among
    return form(operand.sql, listed(values, operand))


def matched(op: str, text: str, operand: Operand) -> Condition:
    """Return whether a text starts with, ends with or contains another."""
    return _MATCHES[op](operand.sql, bound(text, operand))


def contained(text: str, operand: Operand) -> Condition:
    """Return whether a set of texts has an element."""
    return Has(operand.sql, sa.literal(text_that_lasts(text), sa.Text))


def missing(operand: Operand) -> Condition:
    """Return whether an operand is missing."""
    return operand.sql.is_(None)
