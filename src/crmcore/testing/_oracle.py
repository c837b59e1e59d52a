"""The oracle: what the language means, written as simply as it can be.

It goes through a criterion once and keeps, for each part, the column of its values or truths
over all rows. It shares no line with the compiled function, the explanation, SQL or frames, and
all of them are held to it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

import attrs

from crmcore.criteria import Criterion, Predicate

from ._edges import shifted

Column: TypeAlias = "list[Any]"
Truths: TypeAlias = "list[bool | None]"

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_MATCH: Final[dict[str, Callable[[str, str], bool]]] = {
    "starts": lambda value, text: value[: len(text)] == text,
    "ends": lambda value, text: value[len(value) - len(text) :] == text and len(value) >= len(text),
    "contains": operator.contains,
}

_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": lambda left, right: float(left) / float(right) if right else None,
}
_CALLS: Final[dict[str, Callable[..., Any]]] = {
    "abs": abs,
    "length": len,
    "days_between": lambda first, second: (second - first).days,
}


def truths(criterion: Criterion, rows: Sequence[Mapping[str, Any]], as_of: date) -> Truths:
    """Return what a criterion says of each row: true, false, or None for unknown."""
    return criterion.fold(_Oracle(rows, as_of))


def value(term: Any, row: Mapping[str, Any], as_of: date) -> Any:  # noqa: ANN401 - any operand
    """Return the value of an operand, as `crmcore.criteria.F` builds it, on one row."""
    found: Column = term.is_missing().fold(_Values([row], as_of))
    return found[0]


@attrs.frozen
class _Oracle:
    rows: Sequence[Mapping[str, Any]]
    day: date

    def field(self, name: str) -> Column:
        return [_known(row.get(name)) for row in self.rows]

    def literal(self, value: object) -> Column:
        return [value] * len(self.rows)

    def as_of(self, *, months: int, days: int) -> Column:
        return self.literal(shifted(self.day, months=months, days=days))

    def arithmetic(self, op: str, left: Column, right: Column) -> Column:
        return _each(_ARITHMETIC[op], left, right)

    def call(self, function: str, arguments: Sequence[Column]) -> Column:
        if function == "coalesce":
            return [
                next((a for a in each if a is not None), None)
                for each in zip(*arguments, strict=True)
            ]
        return _each(_CALLS[function], *arguments)

    def compare(self, op: str, left: Column, right: Column) -> Truths:
        return _each(_COMPARE[op], left, right)

    def is_in(self, operand: Column, values: tuple[object, ...]) -> Truths:
        return _each(lambda a: any(a == value for value in values), operand)

    def match(self, op: str, operand: Column, text: str) -> Truths:
        return _each(lambda a: _MATCH[op](a, text), operand)

    def has(self, field: Column, text: str) -> Truths:
        return _each(lambda a: text in a, field)

    def is_missing(self, operand: Column) -> Truths:
        return [a is None for a in operand]

    def all_of(self, parts: Sequence[Truths]) -> Truths:
        return [
            False if False in each else None if None in each else True for each in self._rows(parts)
        ]

    def any_of(self, parts: Sequence[Truths]) -> Truths:
        return [
            True if True in each else None if None in each else False for each in self._rows(parts)
        ]

    def _rows(self, parts: Sequence[Truths]) -> Sequence[tuple[bool | None, ...]]:
        return list(zip(*parts, strict=True)) if parts else [()] * len(self.rows)

    def negate(self, part: Truths) -> Truths:
        return _each(operator.not_, part)

    def unless(self, part: Truths) -> Truths:
        return [truth is not True for truth in part]

    def named(self, name: str, part: Truths) -> Truths:  # noqa: ARG002 - the name means nothing
        return [truth is True for truth in part]

    def apply(
        self, predicate: Predicate, inputs: Sequence[Column], arguments: Mapping[str, Any]
    ) -> Truths:
        rows = self._rows(inputs)
        return [predicate.answer(values, arguments).truth for values in rows]


class _Values(_Oracle):
    """Says of *is missing* what it was asked of."""

    def is_missing(self, operand: Column) -> Column:
        return operand


def _each(function: Callable[..., Any], *columns: Column) -> Column:
    """Return the function's values row by row; missing where an argument or the value is."""
    return [
        None if any(value is None for value in values) else _known(function(*values))
        for values in zip(*columns, strict=True)
    ]


def _known(value: Any) -> Any:  # noqa: ANN401 - of any kind
    return None if value != value else value  # noqa: PLR0124 - NaN differs from itself
