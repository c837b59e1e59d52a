"""Checking a criterion against the types of the fields, before it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import attrs

from crmcore.errors import Fault, UnknownNameError

from ._back_end import Comparison, Match
from ._operands import Kind, Literal, Scalar

Faults: TypeAlias = "tuple[Fault, ...]"

_EQUALITY: Final = {"eq", "ne"}


@attrs.frozen
class _Column:
    """The type of a field.

    Attributes:
        kind: What sort of values it holds.
        nullable: Whether it may be missing.
        words: The allowed words of a text, sorted; empty where any text is allowed.
    """

    kind: Kind
    nullable: bool = attrs.field(default=False, kw_only=True)
    words: tuple[str, ...] = attrs.field(default=(), kw_only=True)


@attrs.frozen(kw_only=True)
class Typed:
    """An operand: how messages call it, its type if it has one, or what is wrong with it."""

    said: str
    column: _Column | None
    faults: Faults = ()


def _under(key: str, faults: Sequence[Fault]) -> Faults:
    return tuple(
        Fault(f"{key}.{fault.path}" if fault.path else key, fault.problem) for fault in faults
    )


@attrs.frozen
class Check:
    """The back end that gives each part its faults, with paths as in the plain form.

    Attributes:
        columns: The types of the known fields.
    """

    columns: Mapping[str, _Column]

    def field(self, name: str) -> Typed:
        column = self.columns.get(name)
        if column is not None:
            return Typed(said=f"{name} ({column.kind.value})", column=column)
        unknown = str(UnknownNameError("field", name, self.columns))
        return Typed(said=name, column=None, faults=(Fault("", unknown),))

    def literal(self, value: Scalar) -> Typed:
        kind = Literal.of(value).kind
        words = (value,) if isinstance(value, str) else ()
        return Typed(said=f"{value!r} ({kind.value})", column=_Column(kind, words=words))

    def as_of(self, *, months: int, days: int) -> Typed:  # noqa: ARG002 - any shift is a date
        return Typed(said="as_of (a date)", column=_Column(Kind.DATE))

    def compare(self, op: Comparison, left: Typed, right: Typed) -> Faults:
        if left.column is None or right.column is None:
            return _under(op, left.faults + right.faults)
        problem = _mismatch(left, right, left.column.kind, right.column.kind)
        if problem is None:
            problem = _unsafe(op, left, right, {left.column.kind, right.column.kind})
        if problem is None and left.column.words and right.column.words:
            problem = _stranger(left, right.column.words)
        return () if problem is None else (Fault(op, problem),)

    def is_in(self, field: Typed, values: tuple[Scalar, ...]) -> Faults:
        if field.column is None:
            return _under("in", field.faults)
        return tuple(
            Fault("in", fault.problem)
            for value in values
            for fault in self.compare("eq", field, self.literal(value))
        )

    def match(self, op: Match, field: Typed, _text: str) -> Faults:
        return self._wants(Kind.TEXT, op, field)

    def has(self, field: Typed, _text: str) -> Faults:
        return self._wants(Kind.TEXTS, "has", field)

    @staticmethod
    def _wants(kind: Kind, op: str, field: Typed) -> Faults:
        if field.column is None:
            return _under(op, field.faults)
        if field.column.kind is kind:
            return ()
        return (Fault(op, f"{op} asks {kind.value}, not {field.said}"),)

    def is_missing(self, field: Typed) -> Faults:
        return _under("is_null", field.faults)

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


def _mismatch(left: Typed, right: Typed, left_kind: Kind, right_kind: Kind) -> str | None:
    for operand, kind in ((left, left_kind), (right, right_kind)):
        if kind in {Kind.OTHER, Kind.TEXTS}:
            return f"{operand.said} cannot be compared; ask whether it is missing or present"
    same = left_kind is right_kind or (left_kind.is_number and right_kind.is_number)
    return None if same else f"{left.said} cannot be compared with {right.said}"


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
    return str(UnknownNameError(f"value of {left.said.split(' ')[0]}", stranger, known))
