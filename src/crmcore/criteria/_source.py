"""The Python expression that builds a criterion: what its ``repr`` shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from ._back_end import Comparison, Match
from ._operands import Scalar

# A piece of source, and whether it must stand in parentheses beside another operator.
Piece: TypeAlias = "tuple[str, bool]"

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


def _closed(piece: Piece) -> str:
    source, is_open = piece
    return f"({source})" if is_open else source


class Source:
    """The back end that writes each part as Python."""

    def field(self, name: str) -> str:
        return f"F.{name}"

    def literal(self, value: Scalar) -> str:
        return repr(value)

    def as_of(self, *, months: int, days: int) -> str:
        shifts = {"months": months, "days": days}
        given = ", ".join(f"{unit}={count}" for unit, count in shifts.items() if count)
        return f"as_of.shift({given})" if given else "as_of"

    def compare(self, op: Comparison, left: str, right: str) -> Piece:
        return f"{left} {SYMBOLS[op]} {right}", True

    def is_in(self, field: str, values: tuple[Scalar, ...]) -> Piece:
        return f"{field}.in_({list(values)!r})", False

    def match(self, op: Match, field: str, text: str) -> Piece:
        return f"{field}.{_METHODS[op]}({text!r})", False

    def has(self, field: str, text: str) -> Piece:
        return f"{field}.has({text!r})", False

    def is_missing(self, field: str) -> Piece:
        return f"{field}.is_missing()", False

    def all_of(self, parts: Sequence[Piece]) -> Piece:
        return self._join(parts, "all_of", "&") if parts else ("EVERYTHING", False)

    def any_of(self, parts: Sequence[Piece]) -> Piece:
        return self._join(parts, "any_of", "|")

    @staticmethod
    def _join(parts: Sequence[Piece], name: str, symbol: str) -> Piece:
        if len(parts) < _TWO:
            return f"{name}({', '.join(source for source, _ in parts)})", False
        return f" {symbol} ".join(_closed(part) for part in parts), True

    def negate(self, part: Piece) -> Piece:
        return f"~{_closed(part)}", False

    def unless(self, part: Piece) -> Piece:
        return f"unless({part[0]})", False
