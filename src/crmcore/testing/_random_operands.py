"""Random operands of each kind: fields, and what is calculated from fields."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeAlias

import attrs

from crmcore.criteria import F, Schema, as_of
from crmcore.errors import InvalidValueError

from ._edges import DAYS_OF_JUDGEMENT, Row, draw_constant, draw_near, draw_shift
from ._oracle import value

# An operand's type is private to the language; it comes from F and as_of.
Operand: TypeAlias = Any

_COMPUTED: Final = 0.45
_DEEPEST: Final = 2
_AS: Final[dict[str, Callable[[Any], Any]]] = {"INT": int, "DECIMAL": Decimal, "FLOAT": float}
_SUMS: Final = (operator.add, operator.sub)
_FACTORS: Final = (0, 1, -1, 2, 3, -7, 10, 100)
_DIVIDED: Final = ("INT", "INT", "DECIMAL")
# What may be added to a number of each kind; floats and decimals do not mix.
_ADDED: Final = {
    "INT": ("INT",),
    "DECIMAL": ("DECIMAL", "DECIMAL", "INT"),
    "FLOAT": ("FLOAT", "FLOAT", "INT"),
}


@attrs.frozen
class Operands:
    """Draws operands over a schema; the same ones from the same chance.

    What it draws is of the kind that was asked for. Whether a number may leave the range in
    which engines agree is another question, which the schema answers.

    Attributes:
        random: The chance.
        schema: The fields.
        rows: Records that what is drawn should tell apart.
        kinds: The fields of each kind, without those that have words of their own.
    """

    random: Random
    schema: Schema
    rows: Sequence[Row] = attrs.field(repr=False)
    kinds: dict[str, tuple[str, ...]] = attrs.field(init=False)

    @kinds.default
    def _by_kind(self) -> dict[str, tuple[str, ...]]:
        kinds: dict[str, tuple[str, ...]] = {}
        for name, column in self.schema.columns:
            if not column.words:  # fields with other words are not compared with each other
                kinds[column.kind.name] = (*kinds.get(column.kind.name, ()), name)
        return kinds

    def operand(self, kind: str, depth: int = _DEEPEST) -> Operand | None:
        """Return a field or a term of a kind, or None if there is no field to make it of."""
        if depth and self.random.random() < _COMPUTED:
            term = self.random.choice(_TERMS.get(kind, _ANY))
            return term(self, kind, depth - 1)
        names = self.kinds.get(kind)
        return F[self.random.choice(names)] if names else None

    def constant(self, kind: str, words: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - of the kind
        """Return a constant to compare an operand of this kind with."""
        return draw_constant(self.random, kind, words)

    def beside(self, operand: Operand, kind: str, words: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
        """Return a constant of a kind: often what the operand is on some row, or close to it."""
        if words or self.random.random() < 1 / 3:
            return self.constant(kind, words)
        row = self.random.choice(self.rows)
        found = value(operand, row, self.random.choice(DAYS_OF_JUDGEMENT))
        if found is None:
            return self.constant(kind)
        found = _AS[kind](found) if kind in _AS else found
        return found if self.random.random() < 2 / 3 else draw_near(self.random, kind, found)

    def shifted(self) -> Operand:
        """Return the day of judgement, most often moved."""
        return as_of.shift(**draw_shift(self.random))

    def part(self, kind: str, depth: int) -> Operand | None:
        """Return a constant or an operand of a kind."""
        if self.random.random() < 1 / 2:
            return self.constant(kind)
        return self.operand(kind, depth)


def _made(build: Callable[..., Operand], *operands: Operand | None) -> Operand | None:
    """Return what is made of the operands, or None where it cannot be."""
    if any(operand is None for operand in operands):
        return None
    try:
        return build(*operands)
    except InvalidValueError:  # a constant denominator of 0
        return None


def _sum(draw: Operands, kind: str, depth: int) -> Operand | None:
    left = draw.operand(kind, depth)
    right = draw.part(draw.random.choice(_ADDED[kind]), depth)
    if draw.random.random() < 1 / 4:
        left, right = right, left
    return _made(draw.random.choice(_SUMS), left, right)


def _product(draw: Operands, kind: str, depth: int) -> Operand | None:
    factor: Operand = draw.random.choice(_FACTORS)
    if kind == "INT" and draw.random.random() < 1 / 3:
        factor = draw.operand(kind, depth)
    return _made(operator.mul, draw.operand(kind, depth), factor)


def _quotient(draw: Operands, _kind: str, depth: int) -> Operand | None:
    left, right = (draw.random.choice(_DIVIDED) for _ in range(2))
    return _made(operator.truediv, draw.operand(left, depth), draw.part(right, depth))


def _size(draw: Operands, kind: str, depth: int) -> Operand | None:
    return _made(abs, draw.operand(kind, depth))


def _length(draw: Operands, _kind: str, depth: int) -> Operand | None:
    return _made(lambda text: text.length(), draw.operand("TEXT", depth))


def _days(draw: Operands, _kind: str, depth: int) -> Operand | None:
    field = draw.operand("DATE", depth)
    is_shifted = draw.random.random() < 1 / 2
    day = draw.shifted() if is_shifted else draw.part("DATE", depth)
    if draw.random.random() < 1 / 3:
        return _made(lambda start, end: start.days_since(end), field, day)
    return _made(lambda start, end: start.days_until(end), field, day)


def _otherwise(draw: Operands, kind: str, depth: int) -> Operand | None:
    term = draw.operand(kind, depth)
    return _made(lambda term, value: term.otherwise(value), term, draw.part(kind, depth))


_Term: TypeAlias = Callable[[Operands, str, int], "Operand | None"]
_ANY: Final[tuple[_Term, ...]] = (_otherwise,)
_NUMBER: Final[tuple[_Term, ...]] = (_sum, _sum, _product, _size, _otherwise)
_TERMS: Final[dict[str, tuple[_Term, ...]]] = {
    "INT": (*_NUMBER, _length, _length, _days, _days),
    "DECIMAL": _NUMBER,
    "FLOAT": (*_NUMBER, *(_quotient,) * 5),
}
