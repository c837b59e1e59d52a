"""Random criteria over the fields of a schema: well typed, of every shape."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from random import Random
from typing import Any, Final, TypeAlias

import attrs

from crmcore.criteria import Criterion, F, Schema, all_of, any_of, named, unless
from crmcore.errors import InvalidValueError

from ._edges import EDGES, Row, draw_element, draw_part, random_rows
from ._random_operands import Operand, Operands

_Comparing: TypeAlias = Callable[[Any, Any], Criterion]
# A criterion, built of operands whose type is private.
Asked: TypeAlias = Any

_ORDER: Final[tuple[_Comparing, ...]] = (operator.lt, operator.le, operator.gt, operator.ge)
_EQUALITY: Final[tuple[_Comparing, ...]] = (operator.eq, operator.ne)
_ORDERED: Final = {"INT", "DECIMAL", "FLOAT", "DATE", "DATETIME"}
_COMPARED: Final = {*_ORDERED, "TEXT", "BOOL"}
# Which kinds of numbers a number is compared with: floats and decimals do not mix.
_MEETS: Final = {
    "INT": ("INT", "INT", "FLOAT", "DECIMAL"),
    "DECIMAL": ("DECIMAL", "DECIMAL", "INT"),
    "FLOAT": ("FLOAT", "FLOAT", "INT"),
}
_GROUPS: Final[tuple[Callable[..., Criterion], ...]] = (all_of, any_of)
_COUNTS: Final = (*(2, 2, 3) * 5, 4, 4, 1, 0)
_SOON: Final = 0.5
_DEEPEST: Final = 4
_TRIES: Final = 5
_TOLD_APART: Final = 50


def _named(part: Criterion) -> Criterion:
    # One name has one meaning, wherever it stands.
    return named(f"part_{part.fingerprint[:12]}", part)


_AROUND: Final[tuple[Callable[[Criterion], Criterion], ...]] = (
    *(operator.inv, operator.inv, operator.inv),
    *(unless, _named, _named),
)


@attrs.frozen
class Generator:
    """Draws criteria over a schema; the same ones from the same chance.

    Attributes:
        random: The chance.
        schema: The fields.
        operands: What draws the operands.
    """

    random: Random
    schema: Schema
    operands: Operands

    @classmethod
    def of(cls, random: Random, schema: Schema, rows: Sequence[Row]) -> Generator:
        """Return what draws criteria over a schema that tell *rows* apart."""
        return cls(random, schema, Operands(random, schema, rows))

    def criterion(self, depth: int = _DEEPEST) -> Criterion:
        """Return a criterion of at most so many groups within each other."""
        if not depth or self.random.random() < _SOON:
            return self._leaf()
        if self.random.random() < 1 / 3:
            return self.random.choice(_AROUND)(self.criterion(depth - 1))
        parts = [self.criterion(depth - 1) for _ in range(self.random.choice(_COUNTS))]
        return self.random.choice(_GROUPS)(*parts)

    def _leaf(self) -> Criterion:
        name, column = self.random.choice(self.schema.columns)
        kind = column.kind.name
        is_plain = bool(column.words) or kind not in _COMPARED
        for _ in range(_TRIES):
            operand = F[name] if is_plain else self.operands.operand(kind)
            if operand is not None:
                leaf: Criterion | None = self._asked(operand, kind, column.words)
                if leaf is not None and not self.schema.faults(leaf):
                    return leaf
        return F[name].is_missing()

    def _asked(self, operand: Operand, kind: str, words: tuple[str, ...]) -> Asked | None:
        try:
            return self.random.choice(_LEAVES.get(kind, _PRESENCE))(
                self.operands, operand, kind, words
            )
        except InvalidValueError:  # an interval without values, or a constant that is too large
            return None


def _compare(draw: Operands, operand: Operand, kind: str, words: tuple[str, ...]) -> Asked:
    other, other_kind = _other(draw, operand, kind, words)
    operators = () if "FLOAT" in {kind, other_kind} else _EQUALITY
    if kind in _ORDERED:
        operators += _ORDER
    return draw.random.choice(operators)(operand, other)


def _other(draw: Operands, operand: Operand, kind: str, words: tuple[str, ...]) -> tuple[Any, str]:
    """Return what an operand is compared with, and its kind."""
    if kind == "DATE" and draw.random.random() < 1 / 3:
        return draw.shifted(), kind
    other = draw.random.choice(_MEETS.get(kind, (kind,)))
    term = None
    if not words and draw.random.random() < 1 / 3:
        term = draw.operand(other)
    return draw.beside(operand, other, words) if term is None else term, other


def _is_in(draw: Operands, operand: Operand, kind: str, words: tuple[str, ...]) -> Asked:
    count = draw.random.choice((1, 2, 3, 3, 5, 20))
    return operand.in_([draw.beside(operand, kind, words) for _ in range(count)])


def _differs(draw: Operands, operand: Operand, kind: str, words: tuple[str, ...]) -> Asked:
    return operand.differs(draw.beside(operand, kind, words))


def _between(draw: Operands, operand: Operand, kind: str, words: tuple[str, ...]) -> Asked:
    if kind == "DATE" and draw.random.random() < 1 / 3:
        return operand.between(draw.shifted(), draw.shifted())
    ends = sorted(draw.beside(operand, kind, words) for _ in range(2))
    return operand.between(*ends)


def _match(draw: Operands, operand: Operand, kind: str, _words: tuple[str, ...]) -> Asked:
    match = draw.random.choice((operand.starts_with, operand.ends_with, operand.contains))
    return match(draw_part(draw.random, draw.beside(operand, kind)))


def _has(draw: Operands, operand: Operand, _kind: str, _words: tuple[str, ...]) -> Asked:
    return operand.has(draw_element(draw.random))


def _presence(draw: Operands, operand: Operand, _kind: str, _words: tuple[str, ...]) -> Asked:
    ask = draw.random.choice((operand.is_missing, operand.is_present))
    return ask()


_Leaf: TypeAlias = Callable[[Operands, Operand, str, "tuple[str, ...]"], Asked]
_PRESENCE: Final[tuple[_Leaf, ...]] = (_presence,)
_EQUAL: Final[tuple[_Leaf, ...]] = (
    *(_compare, _compare, _compare) * 2,
    *(_is_in, _is_in, _differs),
    *_PRESENCE,
)
_RANGES: Final[tuple[_Leaf, ...]] = (*_EQUAL, _between, _between)
_LEAVES: Final[dict[str, tuple[_Leaf, ...]]] = {
    "INT": _RANGES,
    "DECIMAL": _RANGES,
    "FLOAT": (*(_compare,) * 4, _between, *_PRESENCE),
    "TEXT": (*_EQUAL, *(_match,) * 4),
    "BOOL": _EQUAL,
    "DATE": _RANGES,
    "DATETIME": _RANGES,
    "TEXTS": (_has, _has, _has, *_PRESENCE),
}


def drawn(seed: int, *, schema: Schema) -> Iterator[Criterion]:
    """Yield random criteria without end, the same ones for the same seed."""
    rows = random_rows(seed, count=_TOLD_APART, schema=schema)
    generator = Generator.of(Random(seed), schema, rows)  # noqa: S311 - chance that can be repeated
    while True:
        yield generator.criterion()


def random_criteria(seed: int, *, count: int, schema: Schema = EDGES) -> tuple[Criterion, ...]:
    """Return random criteria that a schema accepts, the same ones for the same seed.

    Many of their constants are values of the `random_rows` of the same seed, or what calculation
    makes of them, so that the criteria tell these rows apart.

    Args:
        seed: Any integer; all chance comes from it.
        count: How many.
        schema: The fields that they read.

    .. versionadded:: 0.1.0
    """
    return tuple(islice(drawn(seed, schema=schema), count))
