"""The back end: what must be said of each part of the language to give it a meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal as OneOf
from typing import Protocol, TypeAlias, TypeVar

from ._operands import Scalar

_OperandT = TypeVar("_OperandT")
_MeaningT = TypeVar("_MeaningT")

Comparison: TypeAlias = OneOf["eq", "ne", "lt", "le", "gt", "ge"]
Match: TypeAlias = OneOf["starts", "ends", "contains"]


class BackEnd(Protocol[_OperandT, _MeaningT]):
    """Gives every part of the language a meaning: as Python, as SQL, or as words.

    `Criterion.fold` goes through a criterion from the leaves to the root and hands each part
    the meanings of its own parts. Whoever writes these twelve methods has written a back end;
    the nodes of the language stay private.

    *Missing* is None or NaN. A leaf over something missing is unknown, and the three verdicts
    combine by Kleene's rules; SQL's own three-valued logic is the same.

    .. versionadded:: 0.1.0
    """

    def field(self, name: str) -> _OperandT:
        """Return the operand for a field of the record."""

    def literal(self, value: Scalar) -> _OperandT:
        """Return the operand for a constant; datetimes are aware and in UTC."""

    def as_of(self, *, months: int, days: int) -> _OperandT:
        """Return the operand for the day of judgement, moved by months first, by days then."""

    def compare(self, op: Comparison, left: _OperandT, right: _OperandT) -> _MeaningT:
        """Compare two operands of one kind."""

    def is_in(self, field: _OperandT, values: tuple[Scalar, ...]) -> _MeaningT:
        """Say whether the field equals one of the constants, which are sorted and not empty."""

    def match(self, op: Match, field: _OperandT, text: str) -> _MeaningT:
        """Say whether the field's text starts with, ends with or contains *text*, exactly."""

    def has(self, field: _OperandT, text: str) -> _MeaningT:
        """Say whether the field's set of texts has *text* as an element."""

    def is_missing(self, field: _OperandT) -> _MeaningT:
        """Say whether the field is missing; never unknown."""

    def all_of(self, parts: Sequence[_MeaningT]) -> _MeaningT:
        """Say whether all parts hold; with no parts, it holds."""

    def any_of(self, parts: Sequence[_MeaningT]) -> _MeaningT:
        """Say whether a part holds; with no parts, it fails."""

    def negate(self, part: _MeaningT) -> _MeaningT:
        """Turn the verdict round; unknown stays unknown."""

    def unless(self, part: _MeaningT) -> _MeaningT:
        """Hold where the part does not hold, and fail where it does; never unknown."""


class Foldable(Protocol):
    """What a back end can be folded over: a criterion, for those who need no more of it."""

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning that a back end gives to it."""
