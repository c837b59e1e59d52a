"""Random criteria over the fields of a schema: well typed, of every shape."""

from __future__ import annotations

import operator
from collections.abc import Callable
from random import Random
from typing import Any, Final, TypeAlias

import attrs

from crmcore.criteria import Criterion, F, Schema, all_of, any_of, as_of, unless

from ._edges import draw_constant, draw_element, draw_text

_Comparing: TypeAlias = Callable[[Any, Any], Criterion]

_ORDER: Final[tuple[_Comparing, ...]] = (operator.lt, operator.le, operator.gt, operator.ge)
_EQUALITY: Final[tuple[_Comparing, ...]] = (operator.eq, operator.ne)
_NUMBERS: Final = {"INT", "DECIMAL", "FLOAT"}
_ORDERED: Final = {*_NUMBERS, "DATE", "DATETIME"}
# Which kinds of numbers a number is compared with: floats and decimals do not mix.
_MEETS: Final = {
    "INT": ("INT", "INT", "FLOAT", "DECIMAL"),
    "DECIMAL": ("DECIMAL", "DECIMAL", "INT"),
    "FLOAT": ("FLOAT", "FLOAT", "INT"),
}
_SHAPES: Final = (*(all_of, any_of, operator.inv) * 3, unless)
_COUNTS: Final = (*(2, 2, 3) * 5, 4, 4, 1, 0)
_DEEPEST: Final = 4
_SOON: Final = 0.4


@attrs.frozen
class Generator:
    """Draws criteria over a schema; the same ones from the same chance.

    Attributes:
        random: The chance.
        schema: The fields.
        kinds: The fields of each kind, without those that have words of their own.
    """

    random: Random
    schema: Schema
    kinds: dict[str, tuple[str, ...]] = attrs.field(init=False)

    @kinds.default
    def _by_kind(self) -> dict[str, tuple[str, ...]]:
        kinds: dict[str, tuple[str, ...]] = {}
        for name, column in self.schema.columns:
            if not column.words:  # fields with other words are not compared with each other
                kinds[column.kind.name] = (*kinds.get(column.kind.name, ()), name)
        return kinds

    def criterion(self, depth: int = _DEEPEST) -> Criterion:
        """Return a criterion of at most so many groups within each other."""
        if not depth or self.random.random() < _SOON:
            return self._leaf()
        shape = self.random.choice(_SHAPES)
        if shape in {all_of, any_of}:
            count = self.random.choice(_COUNTS)
            return shape(*(self.criterion(depth - 1) for _ in range(count)))
        return shape(self.criterion(depth - 1))

    def _leaf(self) -> Criterion:
        name, column = self.random.choice(self.schema.columns)
        field, kind = F[name], column.kind.name
        if self.random.random() < 1 / 12:
            return self.random.choice((field.is_missing, field.is_present))()
        if kind == "TEXTS":
            return field.has(draw_element(self.random))
        leaf = self.random.choice(self._leaves(kind))
        return leaf(name, kind)

    def _leaves(self, kind: str) -> tuple[Callable[[str, str], Criterion], ...]:
        found: list[Callable[[str, str], Criterion]] = [self._compare] * 3
        if kind != "FLOAT":
            found += [self._is_in, self._differs]
        if kind in _ORDERED:
            found.append(self._between)
        if kind == "TEXT":
            found += [self._match, self._match]
        return tuple(found)

    def _constant(self, name: str, kind: str) -> Any:  # noqa: ANN401 - of the kind
        return draw_constant(self.random, kind, self.schema[name].words)

    def _shifted(self) -> Any:  # noqa: ANN401 - its type is private
        days = self.random.choice((0, 0, -1, 1, -7, -30, -90, -365, 30))
        return as_of.shift(days=days, months=self.random.choice((0, 0, 0, -1, 1, -3, -12, -13)))

    def _compare(self, name: str, kind: str) -> Criterion:
        other, other_kind = self._other(name, kind)
        operators = () if "FLOAT" in {kind, other_kind} else _EQUALITY
        if kind in _ORDERED:
            operators += _ORDER
        return self.random.choice(operators)(F[name], other)

    def _other(self, name: str, kind: str) -> tuple[Any, str]:
        """Return what a field is compared with, and its kind: a constant, a field, the day."""
        words = self.schema[name].words
        other = self.random.choice(_MEETS.get(kind, (kind,)))
        fields = self.kinds.get(other, ())
        chance = self.random.random()
        if kind == "DATE" and chance < 1 / 3:
            return self._shifted(), kind
        if words or not fields or chance < 2 / 3:
            return draw_constant(self.random, other, words), other
        return F[self.random.choice(fields)], other

    def _is_in(self, name: str, kind: str) -> Criterion:
        count = self.random.choice((1, 2, 3, 3, 5, 20))
        return F[name].in_([self._constant(name, kind) for _ in range(count)])

    def _differs(self, name: str, kind: str) -> Criterion:
        return F[name].differs(self._constant(name, kind))

    def _between(self, name: str, kind: str) -> Criterion:
        low, high = sorted((self._constant(name, kind), self._constant(name, kind)))
        if kind == "DATE" and self.random.random() < 1 / 3:
            return F[name].between(self._shifted(), self._shifted())
        return self._compare(name, kind) if low == high else F[name].between(low, high)

    def _match(self, name: str, kind: str) -> Criterion:  # noqa: ARG002 - it is text
        field = F[name]
        matches = (field.starts_with, field.ends_with, field.contains)
        criterion: Criterion = self.random.choice(matches)(draw_text(self.random))
        return criterion
