"""Checking a criterion against the types of the fields, before it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import attrs

from crmcore.errors import Fault, InvalidValueError, UnknownNameError

from ._back_end import Arithmetic, Comparison, Function, Match
from ._column import Column, meeting_kind
from ._operands import Kind, Scalar
from ._predicate import Predicate
from ._source import Piece, Source

Faults: TypeAlias = "tuple[Fault, ...]"

_EQUALITY: Final = {"eq", "ne"}
_SOURCE: Final = Source()


@attrs.frozen(kw_only=True)
class Typed:
    """An operand: its source, its type if it has one, or what is wrong with it.

    Attributes:
        piece: How messages call it.
        column: Its type; None where something is wrong with it.
        faults: What is wrong with it, with paths from here.
        is_operation: Whether it is an operation, with a place of its own in the path.
    """

    piece: Piece
    column: Column | None
    faults: Faults = ()
    is_operation: bool = False

    @property
    def text(self) -> str:
        """How messages call it."""
        return _shown(self.piece)

    @property
    def said(self) -> str:
        """How messages call it, with its kind."""
        return self.text if self.column is None else f"{self.text} ({self.column.kind.value})"


def _shown(piece: Piece) -> str:
    return piece.text.replace("F.", "")


def _under(key: str, faults: Sequence[Fault]) -> Faults:
    return tuple(
        Fault(f"{key}.{fault.path}" if fault.path else key, fault.problem) for fault in faults
    )


def _inside(op: str, operands: Sequence[Typed]) -> Faults:
    """Return the faults of the operands of an operator, each with its place among them."""
    if len(operands) == 1:
        return _under(op, operands[0].faults)
    return tuple(
        fault
        for place, operand in enumerate(operands)
        for fault in _under(f"{op}[{place}]" if operand.is_operation else op, operand.faults)
    )


@attrs.frozen
class Check:
    """The back end that gives each part its faults, with paths as in the plain form.

    Attributes:
        columns: The types of the known fields.
    """

    columns: Mapping[str, Column]

    def field(self, name: str) -> Typed:
        piece = _SOURCE.field(name)
        column = self.columns.get(name)
        if column is not None:
            return Typed(piece=piece, column=column)
        unknown = str(UnknownNameError("field", name, self.columns))
        return Typed(piece=piece, column=None, faults=(Fault("", unknown),))

    def literal(self, value: Scalar) -> Typed:
        return Typed(piece=_SOURCE.literal(value), column=Column.of(value))

    def as_of(self, *, months: int, days: int) -> Typed:
        return Typed(piece=_SOURCE.as_of(months=months, days=days), column=Column(Kind.DATE))

    def arithmetic(self, op: Arithmetic, left: Typed, right: Typed) -> Typed:
        piece = _SOURCE.arithmetic(op, left.piece, right.piece)
        return self._operation(op, piece, (left, right), lambda a, b: a.arithmetic(op, b))

    def call(self, function: Function, arguments: Sequence[Typed]) -> Typed:
        piece = _SOURCE.call(function, [argument.piece for argument in arguments])
        return self._operation(function, piece, arguments, lambda a, *b: a.call(function, b))

    @staticmethod
    def _operation(
        op: str, piece: Piece, operands: Sequence[Typed], infer: Callable[..., Column]
    ) -> Typed:
        columns = [operand.column for operand in operands]
        faults = _inside(op, operands)
        if None not in columns:
            try:
                return Typed(piece=piece, column=infer(*columns), is_operation=True)
            except InvalidValueError as error:
                faults = (Fault(op, f"{_shown(piece)} must {error.rule}"),)
        return Typed(piece=piece, column=None, faults=faults, is_operation=True)

    def compare(self, op: Comparison, left: Typed, right: Typed) -> Faults:
        if left.column is None or right.column is None:
            return _inside(op, (left, right))
        problem = _mismatch(left, right, left.column, right.column)
        if problem is None:
            problem = _unsafe(op, left, right, {left.column.kind, right.column.kind})
        if problem is None and left.column.words and right.column.words:
            problem = _stranger(left, right.column.words)
        return () if problem is None else (Fault(op, problem),)

    def is_in(self, operand: Typed, values: tuple[Scalar, ...]) -> Faults:
        if operand.column is None:
            return _under("in[0]" if operand.is_operation else "in", operand.faults)
        return tuple(
            Fault("in", fault.problem)
            for value in values
            for fault in self.compare("eq", operand, self.literal(value))
        )

    def match(self, op: Match, operand: Typed, _text: str) -> Faults:
        return self._wants(Kind.TEXT, op, operand)

    def has(self, field: Typed, _text: str) -> Faults:
        return self._wants(Kind.TEXTS, "has", field)

    @staticmethod
    def _wants(kind: Kind, op: str, operand: Typed) -> Faults:
        if operand.column is None:
            return _under(f"{op}[0]" if operand.is_operation else op, operand.faults)
        if operand.column.kind is kind:
            return ()
        instead = "; ask it with has" if operand.column.kind is Kind.TEXTS else ""
        return (Fault(op, f"{op} asks {kind.value}, not {operand.said}{instead}"),)

    def is_missing(self, operand: Typed) -> Faults:
        return _under("is_null", operand.faults)

    def all_of(self, parts: Sequence[Faults]) -> Faults:
        return self._joined("all", parts)

    def any_of(self, parts: Sequence[Faults]) -> Faults:
        return self._joined("any", parts)

    @staticmethod
    def _joined(op: str, parts: Sequence[Faults]) -> Faults:
        return tuple(
            fault
            for place, faults in enumerate(parts)
            for fault in _under(f"{op}[{place}]", faults)
        )

    def negate(self, part: Faults) -> Faults:
        return _under("not", part)

    def unless(self, part: Faults) -> Faults:
        return _under("unless", part)

    def named(self, name: str, part: Faults) -> Faults:
        return _under(f"named.{name}", part)

    def apply(
        self, predicate: Predicate, inputs: Sequence[Typed], _arguments: Mapping[str, Scalar]
    ) -> Faults:
        faults = [fault for operand in inputs for fault in _under("call", operand.faults)]
        for operand, (_, declared) in zip(inputs, predicate.reads, strict=True):
            if operand.column is None or declared is None:
                continue
            if declared.kind not in {operand.column.kind, Kind.OTHER}:
                problem = f"{predicate.name} reads {operand.said}, and declares it as"
                faults.append(Fault("call", f"{problem} {declared.kind.value}"))
        return tuple(faults)


# What is not compared, and what may be asked of it.
_UNCOMPARED: Final = {
    Kind.TEXTS: "ask what it has, or whether it is missing or present",
    Kind.OTHER: "ask whether it is missing or present, or give it a type",
}
# What is easily taken for one another, and what would be right.
_APART: Final = {
    frozenset({Kind.DATE, Kind.TEXT}): "; state a day as a date, not as text",
    frozenset({Kind.DATETIME, Kind.TEXT}): "; state an instant as a datetime, not as text",
    frozenset({Kind.DATE, Kind.DATETIME}): (
        "; an instant has a day only in some zone, so keep that day in a field of its own"
    ),
}


def _mismatch(left: Typed, right: Typed, column: Column, other: Column) -> str | None:
    for operand, kind in ((left, column.kind), (right, other.kind)):
        if kind in _UNCOMPARED:
            return f"{operand.said} cannot be compared; {_UNCOMPARED[kind]}"
    if column.kind.is_number and other.kind.is_number:
        try:
            meeting_kind(column, other)
        except InvalidValueError as error:
            return f"comparing {left.said} with {right.said} must {error.rule}"
        return None
    if column.kind is other.kind:
        return None
    hint = _APART.get(frozenset({column.kind, other.kind}), "")
    return f"{left.said} cannot be compared with {right.said}{hint}"


def _unsafe(op: Comparison, left: Typed, right: Typed, kinds: set[Kind]) -> str | None:
    if op in _EQUALITY:
        if Kind.FLOAT not in kinds:
            return None
        return (
            f"{left.said} and {right.said} are not compared for equality, which differs from "
            "engine to engine for floats; ask for an interval"
        )
    if not all(kind.is_ordered for kind in kinds):
        return f"{left.said} has no order; compare it for equality or membership"
    return None


def _stranger(left: Typed, words: tuple[str, ...]) -> str | None:
    known = () if left.column is None else left.column.words
    stranger = next((word for word in words if word not in known), None)
    if stranger is None:
        return None
    return str(UnknownNameError(f"value of {left.text}", stranger, known))
