"""One holder's best load: which items to take when each brings in a prize.

The work is counted in steps of the greatest common divisor of all work. A *layer* says for
each number of steps taken already what the load curve and some of the items cost at least;
it begins as the curve itself, and item by item the next one is made of it.

A *group* holds items that exclude each other in part; of each group one *pattern* is taken,
a set of its items that get on with each other, or none of them. A choice that costs more
than it can ever save on the curve is not worth a look, nor is one beside another that takes
no more steps and costs less: that keeps the layers few.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import add
from typing import NamedTuple

import attrs

from ._table import NEVER, Table

Pattern = tuple[int, ...]

_ENDLESS = 1 << 80  # more than any prizes can make up for
_HOPELESS = _ENDLESS >> 1


class _Choice(NamedTuple):
    """A pattern that the holder may take, its steps of work and its cost.

    What it costs *at least* counts the most that its work can save on the curve.
    """

    pattern: Pattern
    steps: int
    cost: int
    at_least: int


class _Group(NamedTuple):
    """What a group offers, in order of steps, and whether none of it will do."""

    choices: list[_Choice]
    free: bool


_Taken = tuple[_Group, list[_Choice]]  # a group, and what is worth a look at the prizes


@attrs.frozen
class Load:
    """The best load of one holder at given prizes.

    Attributes:
        cost: What it costs, prizes taken off.
        taken: The rows that are in it.
        layers: The layers, from the curve to the one of all groups worth a look.
        worth: The groups worth a look, with what there is of each, their costs less the prizes.
    """

    cost: int
    taken: tuple[int, ...]
    layers: list[list[int]]
    worth: list[_Taken]


class Knapsack:
    """The loads that one holder can have, whatever the prizes are."""

    def __init__(
        self, table: Table, column: int, groups: Sequence[Sequence[Pattern]], step: int, unit: int
    ) -> None:
        curve = table.curves[column]
        self._bit = 1 << column
        self._end = [curve.cost(s * step) * unit for s in range(curve.limit // step + 1)]
        self._groups: list[tuple[Pattern, list[tuple[Pattern, int, int]]]] = []
        for patterns in groups:
            choices = []
            for pattern in patterns:
                cost = sum(table.costs[row][column] for row in pattern)
                steps = sum(table.minutes[row][column] for row in pattern) // step
                if cost < NEVER and steps < len(self._end):
                    choices.append((pattern, steps, cost * unit))
            rows = tuple(sorted({row for pattern in patterns for row in pattern}))
            self._groups.append((rows, sorted(choices, key=lambda choice: choice[1:])))

    def shelf(self, masks: Sequence[int]) -> Shelf | None:
        """Return what the holder may take in a part of all assignments.

        Args:
            masks: For each row the columns that it may go to, as bits.

        Returns:
            None where the holder cannot take all that it must.
        """
        bit, end = self._bit, self._end
        fixed: list[int] = []
        start = base = 0
        open_: list[tuple[list[tuple[Pattern, int, int]], bool]] = []
        for rows, choices in self._groups:
            must = {row for row in rows if masks[row] == bit}
            may = {row for row in rows if masks[row] & bit}
            left = [c for c in choices if may.issuperset(c[0]) and must.issubset(c[0])]
            if must and not left:
                return None
            if must and len(left) == 1:
                fixed += left[0][0]
                start += left[0][1]
                base += left[0][2]
            elif left:
                open_.append((left, not must))
        if start >= len(end):
            return None
        end = end[start:]
        least = min((after - now for now, after in pairwise(end)), default=0)
        groups = [
            _Group([_Choice(p, s, c, c + least * s) for p, s, c in choices if s < len(end)], free)
            for choices, free in open_
        ]
        if any(not group.choices and not group.free for group in groups):
            return None
        return Shelf(end, tuple(fixed), base, [group for group in groups if group.choices])


class Shelf:
    """The loads that one holder can have in a part of all assignments."""

    def __init__(self, end: list[int], fixed: Pattern, base: int, groups: Sequence[_Group]) -> None:
        self._end = end
        self._fixed = fixed
        self._base = base
        self._groups = groups
        self.rows = {*fixed, *(row for g in groups for c in g.choices for row in c.pattern)}

    def best(self, prizes: Sequence[int]) -> Load:
        """Return the best load at the prizes."""
        layer = self._end
        layers, worth = [layer], []
        for group in self._groups:
            looked = _worth(group, prizes)
            if looked:
                after = layer
                if not group.free:
                    layer = [_ENDLESS] * len(after)
                for _, steps, net, _ in looked:
                    layer = _cheaper(layer, after, steps, net)
                layers.append(layer)
                worth.append((group, looked))
        cost = layer[0] + self._base - sum([prizes[row] for row in self._fixed])
        if layer[0] >= _HOPELESS:  # not all that must be taken goes together
            return Load(cost, self._fixed, layers, worth)
        return Load(cost, (*self._fixed, *_taken(layers, worth)), layers, worth)

    def with_and_without(self, load: Load, prizes: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return for each row what the best load with it costs, and the best one without it.

        Rows that must be taken are left out.
        """
        rest = load.layers[-1]
        fixed = load.cost - rest[0]
        found: dict[int, tuple[int, int]] = {}
        looked = {id(group) for group, _ in load.worth}
        for group in self._groups:
            if id(group) not in looked:
                totals = [(c.pattern, rest[c.steps] + _net(c, prizes)) for c in group.choices]
                _split(found, [((), rest[0]), *totals], fixed)
        before = [0] + [_ENDLESS] * (len(rest) - 1)
        for (group, choices), after in zip(
            reversed(load.worth), reversed(load.layers[:-1]), strict=True
        ):
            totals = [
                (c.pattern, min(map(add, before, after[c.steps :])) + _net(c, prizes))
                for c in group.choices
            ]
            if group.free:
                totals.append(((), min(map(add, before, after))))
            _split(found, totals, fixed)
            layer = before if group.free else [_ENDLESS] * len(before)
            for _, steps, net, _ in choices:
                layer = _further(layer, before, steps, net)
            before = layer
        return found


def _net(choice: _Choice, prizes: Sequence[int]) -> int:
    return choice.cost - sum([prizes[row] for row in choice.pattern])


def _worth(group: _Group, prizes: Sequence[int]) -> list[_Choice]:
    """Return what is worth a look at the prizes, with costs less the prizes."""
    top = 0 if group.free else _ENDLESS
    found = []
    for pattern, steps, cost, at_least in group.choices:
        prize = prizes[pattern[0]] if len(pattern) == 1 else sum([prizes[row] for row in pattern])
        if at_least - prize < top:
            top = at_least - prize
            found.append(_Choice(pattern, steps, cost - prize, top))
    return found


def _cheaper(layer: list[int], after: list[int], steps: int, cost: int) -> list[int]:
    """Return *layer* or, where that is cheaper, *after* with so many steps more."""
    # Comparing here takes less than half the time of `min`, and this is where time goes.
    return [
        now if now < (then := late + cost) else then
        for now, late in zip(layer, after[steps:], strict=False)
    ] + layer[len(layer) - steps :]


def _further(layer: list[int], before: list[int], steps: int, cost: int) -> list[int]:
    """Return *layer* or, where that is cheaper, *before* moved on by so many steps."""
    return layer[:steps] + [
        now if now < (then := early + cost) else then
        for now, early in zip(layer[steps:], before, strict=False)
    ]


def _taken(layers: Sequence[list[int]], worth: Sequence[_Taken]) -> list[int]:
    """Return the rows of the cheapest way from the last layer to the curve."""
    taken: list[int] = []
    steps = 0
    for at in range(len(worth), 0, -1):
        layer, after, (group, choices) = layers[at], layers[at - 1], worth[at - 1]
        if group.free and layer[steps] == after[steps]:
            continue
        pattern, more = next(
            (pattern, more)
            for pattern, more, net, _ in choices
            if steps + more < len(after) and layer[steps] == after[steps + more] + net
        )
        taken += pattern
        steps += more
    return taken


def _split(
    found: dict[int, tuple[int, int]], totals: Sequence[tuple[Pattern, int]], fixed: int
) -> None:
    """Note for each row of a group the least total with it and without it."""
    for row in {row for pattern, _ in totals for row in pattern}:
        found[row] = (
            min(total for pattern, total in totals if row in pattern) + fixed,
            min([total for pattern, total in totals if row not in pattern], default=_ENDLESS)
            + fixed,
        )
