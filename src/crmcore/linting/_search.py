"""Searching the space for a customer, who is made in the flesh and judged before being told of.

The samples of the cells make the customer; where sums are compared, their inequalities are
solved; where something opaque is asked, samples are tried. Only a customer whom the criteria
themselves judge as was asked for is a witness. That there is none is said only where the cells
leave no doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction
from itertools import chain, islice, product
from math import prod
from typing import Final, TypeAlias

import attrs

from ._cells import Cell, origin
from ._diagram import FAILS, HOLDS, UNKNOWN, Demand, OutOfBudgetError, Path
from ._formula import ElementAtom, OpaqueAtom, Sum
from ._line import Line, Stretch, Value, value_of
from ._solve import Bound, UnsolvedError, bounds_of, solve
from ._space import Space

Record: TypeAlias = "dict[str, Value]"

_MOST_TRIALS: Final = 512
_PAIR: Final = 2
# What a trial and an inequality cost, in steps.
_TRIAL: Final = 20
_BOUND: Final = 100


@attrs.frozen
class Found:
    """What came of a search.

    Attributes:
        outcome: Whether there is such a customer; unknown where that was not decided.
        record: The customer, if there is.
    """

    outcome: int
    record: Record | None = None


@attrs.frozen
class _Trials:
    """Customers to try for a path.

    Attributes:
        records: The customers.
        is_whole: Whether there is nobody of the path if none of them is accepted.
    """

    records: Iterable[Record]
    is_whole: bool


def search(
    space: Space,
    demands: Iterable[Demand],
    *,
    fields: Collection[str],
    accepts: Callable[[Record], bool],
) -> Found:
    """Return a customer to whom each diagram gives an outcome that is demanded of it.

    Args:
        space: The space of the diagrams.
        demands: The diagrams, each with the outcomes that it may have.
        fields: The fields that the customer has.
        accepts: Says of a customer whether the criteria agree.
    """
    doubt = not all(space.fields[name].is_complete for name in fields)
    try:
        for path in space.diagrams.paths(demands):
            trials = _trials(space, path, fields)
            for record in trials.records:
                space.diagrams.budget.spend(_TRIAL)
                if accepts(record):
                    return Found(HOLDS, record)
            doubt = doubt or not trials.is_whole
    except OutOfBudgetError:
        doubt = True
    return Found(UNKNOWN if doubt else FAILS)


def _cell(space: Space, name: str, path: Path) -> Cell:
    return space.fields[name].cells[path.get(space.choices[name], 0)]


def _trials(space: Space, path: Path, fields: Collection[str]) -> _Trials:
    base: Record = {name: _cell(space, name, path).samples[0] for name in sorted(fields)}
    asked = [key for key, choice in space.choices.items() if choice in path]
    for key in asked:
        elements = base.get(key.field) if isinstance(key, ElementAtom) else None
        if isinstance(key, ElementAtom) and isinstance(elements, frozenset):
            base[key.field] = elements | {key.text} if path[space.choices[key]] else elements
    sums = [key for key in asked if isinstance(key, tuple)]
    opaque = [key for key in asked if isinstance(key, OpaqueAtom)]
    tried = {name for atom in opaque for name in atom.fields}
    summed = {name for terms in sums for name, _ in terms}
    try:
        solution = _solved(space, path, sums)
    except UnsolvedError:
        return _samples(space, path, base, sorted(tried | summed))
    if solution is None:
        return _Trials((), all(space.sums[key].is_exact for key in sums))
    base |= solution
    if opaque:
        return _samples(space, path, base, sorted(tried | summed))
    return _Trials((base,), not sums)


def _solved(space: Space, path: Path, sums: Sequence[Sum]) -> Record | None:
    """Return values of the fields that sums read, so that each sum lies on its stretch."""
    lines: dict[str, Line] = {}
    bounds: list[Bound] = []
    for terms in sums:
        stretch = space.sums[terms].stretches[path[space.choices[terms]]]
        bounds += bounds_of({name: Fraction(factor) for name, factor in terms}, stretch)
    for name in dict.fromkeys(name for terms in sums for name, _ in terms):
        line = space.fields[name].line
        lines[name] = line
        own = _cell(space, name, path).stretch if space.choices[name] in path else None
        bounds += bounds_of({name: Fraction(1)}, own or Stretch(line.low, line.high))
    kinds = {name: space.schema[name].kind.name for name in lines}
    origins = {name: origin(kind, space.day) for name, kind in kinds.items()}
    space.diagrams.budget.spend(_BOUND * len(bounds))
    solution = solve(bounds, lines, origins)
    if solution is None:
        return None
    return {name: value_of(kinds[name], value) for name, value in solution.items()}


def _samples(space: Space, path: Path, base: Record, names: Sequence[str]) -> _Trials:
    """Return customers with all samples of the named fields."""
    cells: list[Sequence[Cell]] = []
    for name in names:
        place = path.get(space.choices[name])
        every = space.fields[name].cells
        cells.append(every if place is None else every[place : place + 1])
    samples = [[value for cell in group for value in cell.samples] for group in cells]
    ways = islice(product(*samples), _MOST_TRIALS)
    is_pair = len(names) == _PAIR
    return _Trials(
        chain((base,), ({**base, **dict(zip(names, way, strict=True))} for way in ways)),
        prod(map(len, samples)) <= _MOST_TRIALS
        and all(cell.is_whole or (cell.is_typical and is_pair) for cell in chain(*cells)),
    )
