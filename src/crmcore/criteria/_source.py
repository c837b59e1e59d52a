"""The Python expression that builds a criterion: what its ``repr`` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from ._back_end import Arithmetic, Comparison, Function, Match
from ._computed import SIGNS
from ._operands import Scalar
from ._predicate import Predicate

SYMBOLS: Final[dict[Comparison, str]] = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
_METHODS: Final[dict[Match, str]] = {
    "starts": "starts_with",
    "ends": "ends_with",
    "contains": "contains",
}
_TWO: Final = 2


@attrs.frozen
class Piece:
    """A piece of source.

    Attributes:
        text: The source.
        is_open: Whether it must stand in parentheses beside another operator.
        is_constant: Whether it is no field and none of its methods.
    """

    text: str
    is_open: bool = attrs.field(default=False, kw_only=True)
    is_constant: bool = attrs.field(default=False, kw_only=True)

    @property
    def closed(self) -> str:
        """The source, in parentheses where it needs some."""
        return f"({self.text})" if self.is_open else self.text


class Source:
    """The back end that writes each part as Python."""

    def field(self, name: str) -> Piece:
        return Piece(f"F.{name}")

    def literal(self, value: Scalar) -> Piece:
        return Piece(repr(value), is_constant=True)

    def as_of(self, *, months: int, days: int) -> Piece:
        shifts = {"months": months, "days": days}
        given = ", ".join(f"{unit}={count}" for unit, count in shifts.items() if count)
        return Piece(f"as_of.shift({given})" if given else "as_of", is_constant=True)

    def arithmetic(self, op: Arithmetic, left: Piece, right: Piece) -> Piece:
        return Piece(f"{left.closed} {SIGNS[op]} {right.closed}", is_open=True)

    def call(self, function: Function, arguments: Sequence[Piece]) -> Piece:
        first, *others = arguments
        if function == "abs":
            return Piece(f"abs({first.text})")
        if function == "length":
            return Piece(f"{first.closed}.length()")
        if function == "coalesce":
            return Piece(f"{first.closed}.otherwise({others[0].text})")
        if first.is_constant:
            return Piece(f"{others[0].closed}.days_since({first.text})")
        return Piece(f"{first.closed}.days_until({others[0].text})")

    def compare(self, op: Comparison, left: Piece, right: Piece) -> Piece:
        return Piece(f"{left.text} {SYMBOLS[op]} {right.text}", is_open=True)

    def is_in(self, operand: Piece, values: tuple[Scalar, ...]) -> Piece:
        return Piece(f"{operand.closed}.in_({list(values)!r})")

    def match(self, op: Match, operand: Piece, text: str) -> Piece:
        return Piece(f"{operand.closed}.{_METHODS[op]}({text!r})")

    def has(self, field: Piece, text: str) -> Piece:
        return Piece(f"{field.text}.has({text!r})")

    def is_missing(self, operand: Piece) -> Piece:
        return Piece(f"{operand.closed}.is_missing()")

    def all_of(self, parts: Sequence[Piece]) -> Piece:
        return self._join(parts, "all_of", "&") if parts else Piece("EVERYTHING")

    def any_of(self, parts: Sequence[Piece]) -> Piece:
        return self._join(parts, "any_of", "|")

    @staticmethod
    def _join(parts: Sequence[Piece], name: str, symbol: str) -> Piece:
        if len(parts) < _TWO:
            return Piece(f"{name}({', '.join(part.text for part in parts)})")
        return Piece(f" {symbol} ".join(part.closed for part in parts), is_open=True)

    def negate(self, part: Piece) -> Piece:
        return Piece(f"~{part.closed}")

    def unless(self, part: Piece) -> Piece:
        return Piece(f"unless({part.text})")

    def named(self, name: str, part: Piece) -> Piece:
        return Piece(f"named({name!r}, {part.text})")

    def apply(
        self, predicate: Predicate, _inputs: Sequence[Piece], arguments: Mapping[str, Scalar]
    ) -> Piece:
        given = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        return Piece(f"predicates[{predicate.name!r}]({given})")
