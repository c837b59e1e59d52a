"""Cells: the values of a field, parted so that every test of the field is constant on each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import reduce
from itertools import chain, product
from typing import Final, TypeAlias

import attrs

from crmcore.criteria import Column

from ._diagram import FAILS, HOLDS, UNKNOWN
from ._formula import Cuts, FieldAtom
from ._line import LINED, Line, Stretch, Value, number, value_of
from ._texts import Texts, texts_for

_OUTCOMES: Final = {True: HOLDS, False: FAILS, None: UNKNOWN}
_PRESENT: Final[dict[str, tuple[Value, ...]]] = {
    "BOOL": (True, False),
    "TEXTS": (frozenset(),),
    "OTHER": ("something",),
}
_MOST_SAMPLES: Final = 12

Judge: TypeAlias = "Callable[[object], bool | None]"


@attrs.frozen(kw_only=True)
class Cell:
    """Values of a field that no test tells apart.

    Attributes:
        samples: Some of the values; the first makes the plainest witness.
        is_whole: Whether these are all.
        is_typical: Whether they are as good as all where two texts are compared.
        count: How many values there are; None if they are not counted.
        stretch: Where on the line of the field they lie, if they lie together.
    """

    samples: tuple[Value, ...]
    is_whole: bool
    count: int | None = None
    is_typical: bool = False
    stretch: Stretch | None = None

    @property
    def is_missing(self) -> bool:
        """Whether it stands for no value."""
        return self.samples == (None,)

    def with_next(self, other: Cell) -> Cell:
        """Return the cell with the values of another one."""
        samples = tuple(dict.fromkeys(self.samples + other.samples))
        are_all = len(samples) <= _MOST_SAMPLES
        counts, stretches = (self.count, other.count), (self.stretch, other.stretch)
        return Cell(
            samples=samples[:_MOST_SAMPLES],
            is_whole=self.is_whole and other.is_whole and are_all,
            is_typical=self.is_typical and other.is_typical and are_all,
            count=None if None in counts else sum(filter(None, counts)),
            stretch=None if None in stretches else reduce(Stretch.to, filter(None, stretches)),
        )


_POINT: Final = Line(Fraction(0), Fraction(0), None)
_MISSING: Final = Cell(samples=(None,), is_whole=True, count=1)


@attrs.frozen(kw_only=True)
class Cells:
    """All cells of a field.

    Attributes:
        cells: The cells; that of no value comes last.
        outcomes: The outcome of each test on each cell.
        is_complete: Whether the cells hold all values.
        line: The line of the values; a point where they have none.
    """

    cells: tuple[Cell, ...]
    outcomes: dict[FieldAtom, tuple[int, ...]]
    is_complete: bool
    line: Line


def cells_of(
    column: Column,
    atoms: Sequence[FieldAtom],
    *,
    day: date,
    is_summed: bool,
    words: Iterable[str] = (),
) -> Cells:
    """Return the cells of a field.

    Args:
        column: Its type.
        atoms: The tests of it.
        day: The day of judgement.
        is_summed: Whether sums read it, so that only neighbours may share a cell.
        words: Words that matter besides those that the tests name.
    """
    line, is_complete = _POINT, True
    if column.kind.name in LINED:
        line = Line.of(column, _union(atom.named for atom in atoms))
        raw = _on_line(line, atoms, column.kind.name, day)
    elif column.kind.name == "TEXT" and not column.words:
        texts = texts_for(atoms, words)
        raw, is_complete = _of_texts(texts), texts.is_complete
    else:
        raw = _of_values(column)
    if column.nullable:
        raw.append(_MISSING)
    judges = [atom.criterion.compile(as_of=day, of=dict) for atom in atoms]
    merged = _merged(raw, atoms, judges, in_order=is_summed)
    cells = tuple(cell for cell, _ in merged)
    verdicts = zip(*(signature for _, signature in merged), strict=True)
    outcomes = dict(zip(atoms, verdicts, strict=False))
    return Cells(cells=cells, outcomes=outcomes, is_complete=is_complete, line=line)


def _union(sets: Iterable[Cuts]) -> Cuts:
    return frozenset(chain.from_iterable(sets))


def _of_values(column: Column) -> list[Cell]:
    kind = column.kind.name
    values = column.words if kind == "TEXT" else _PRESENT[kind]
    is_closed = kind in {"TEXT", "BOOL"}
    count = 1 if is_closed else None
    return [Cell(samples=(value,), is_whole=is_closed, count=count) for value in values]


def _of_texts(texts: Texts) -> list[Cell]:
    ways = chain(product(texts.named, [True]), product(texts.twins, [False]))
    return [
        Cell(samples=(text,), is_whole=is_named, is_typical=texts.is_plain)
        for text, is_named in ways
    ]


def _on_line(line: Line, atoms: Iterable[FieldAtom], kind: str, day: date) -> list[Cell]:
    stretches = line.cut(_union(atom.cuts for atom in atoms))
    cells = (_stretched(stretch, line, kind, day) for stretch in stretches)
    return [cell for cell in cells if cell.samples]


def _stretched(stretch: Stretch, line: Line, kind: str, day: date) -> Cell:
    count = line.count(stretch)
    found = line.samples(stretch, origin(kind, day))
    values = [value_of(kind, value) for value in found]
    samples = tuple(value for value in values if number(value) in stretch)
    return Cell(
        samples=tuple(dict.fromkeys(samples)),
        is_whole=count == len(samples),
        count=count,
        stretch=stretch,
    )


def origin(kind: str, day: date) -> Fraction:
    """Return the number near which witnesses of a kind are plainest."""
    if kind == "DATE":
        return number(day)
    if kind == "DATETIME":
        return (number(day) - number(_EPOCH_DAY)) * _MICROSECONDS
    return Fraction(0)


_EPOCH_DAY: Final = date(1970, 1, 1)
_MICROSECONDS: Final = 86_400_000_000


def _merged(
    raw: Sequence[Cell], atoms: Sequence[FieldAtom], judges: Sequence[Judge], *, in_order: bool
) -> list[tuple[Cell, tuple[int, ...]]]:
    """Return the cells with their signatures, those of one signature in one cell."""
    merged: list[tuple[Cell, tuple[int, ...]]] = []
    places: dict[tuple[int, ...], int] = {}
    for cell in raw:
        record = dict.fromkeys((atom.field for atom in atoms[:1]), cell.samples[0])
        signature = tuple(_OUTCOMES[judge(record)] for judge in judges)
        place = places.get(signature)
        if in_order and place is not None and place < len(merged) - 1:
            place = None
        if place is None or merged[place][0].is_missing or cell.is_missing:
            places[signature] = len(merged)
            merged.append((cell, signature))
        else:
            merged[place] = (merged[place][0].with_next(cell), signature)
    return merged
