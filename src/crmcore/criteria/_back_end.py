"""The back end: what must be said of each part of the language to give it a meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from ._operands import Scalar
from ._operators import Arithmetic, Comparison, Function, Match
from ._predicate import Predicate

__all__ = ["Arithmetic", "BackEnd", "Comparison", "Foldable", "Function", "Match"]

_OperandT = TypeVar("_OperandT")
_MeaningT = TypeVar("_MeaningT")


class BackEnd(Protocol[_OperandT, _MeaningT]):
    """Gives every part of the language a meaning: as Python, as SQL, or as words.

    `Criterion.fold` goes through a criterion from the leaves to the root and hands each part
    the meanings of its own parts. Whoever writes these methods has written a back end;
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

    def arithmetic(self, op: Arithmetic, left: _OperandT, right: _OperandT) -> _OperandT:
        """Return the operand for a sum, difference, product or quotient; missing if one is.

        A quotient is a float, and missing where the denominator is zero.
        """

    def call(self, function: Function, arguments: Sequence[_OperandT]) -> _OperandT:
        """Return the operand for a function of operands.

        ``abs`` and ``length`` take one; ``length`` counts code points. ``coalesce`` gives the
        first that is not missing. ``days_between`` takes two dates and counts the days from
        the first to the second, below zero where the second is earlier.
        """

    def compare(self, op: Comparison, left: _OperandT, right: _OperandT) -> _MeaningT:
        """Compare two operands of one kind."""

    def is_in(self, operand: _OperandT, values: tuple[Scalar, ...]) -> _MeaningT:
        """Say whether the operand equals one of the constants, which are sorted and not empty."""

    def match(self, op: Match, operand: _OperandT, text: str) -> _MeaningT:
        """Say whether the operand's text starts with, ends with or contains *text*, exactly."""

    def has(self, field: _OperandT, text: str) -> _MeaningT:
        """Say whether the field's set of texts has *text* as an element."""

    def is_missing(self, operand: _OperandT) -> _MeaningT:
        """Say whether the operand is missing; never unknown."""

    def all_of(self, parts: Sequence[_MeaningT]) -> _MeaningT:
        """Say whether all parts hold; with no parts, it holds."""

    def any_of(self, parts: Sequence[_MeaningT]) -> _MeaningT:
        """Say whether a part holds; with no parts, it fails."""

    def negate(self, part: _MeaningT) -> _MeaningT:
        """Turn the verdict round; unknown stays unknown."""

    def unless(self, part: _MeaningT) -> _MeaningT:
        """Hold where the part does not hold, and fail where it does; never unknown."""

    def named(self, name: str, part: _MeaningT) -> _MeaningT:
        """Hold where the part, which is known by a name, holds, and else fail; never unknown."""

    def apply(
        self, predicate: Predicate, inputs: Sequence[_OperandT], arguments: Mapping[str, Scalar]
    ) -> _MeaningT:
        """Ask a plugin predicate: a `Predicate`, its fields in their order, its arguments.

        It is asked in Python, with ``predicate.answer(values, arguments).truth``. Where Python
        does not run, it may have an expression of its own: ``predicate.sql`` and
        ``predicate.frames`` are called with ``predicate.view(inputs)`` and the arguments.
        """


class Foldable(Protocol):
    """What a back end can be folded over: a criterion, for those who need no more of it."""

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning that a back end gives to it."""
