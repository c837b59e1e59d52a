"""A bound from prizes: each holder takes the load that suits it best, and items pay for it.

Relax the rule that each item is held once, and let each item pay a prize to whoever takes
it. What remains falls apart into one knapsack for each holder, whose curve and exclusions
are kept exactly. For any prizes, all prizes and the costs of the best loads add up to a
bound. An item that is taken twice should pay less, one that nobody takes should pay more.

Sources:
    M. L. Fisher, R. Jaikumar and L. N. Van Wassenhove, "A Multiplier Adjustment Method for
    the Generalized Assignment Problem", Management Science 32(9), 1986.
    M. L. Fisher, "The Lagrangian Relaxation Method for Solving Integer Programming
    Problems", Management Science 27(1), 1981.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import gcd

import attrs

from ._climb import Climb
from ._knapsack import Knapsack, Load, Pattern, Shelf
from ._table import FORBIDDEN, NEVER, Table
from ._watch import Timer

_LARGEST_GROUP = 6
_FINENESS = 1000  # the least number of inner units between two costs


@attrs.frozen
class View:
    """What the relaxation says about a part of all assignments.

    Attributes:
        bound: What every assignment of the part costs at least, in the relaxation's unit.
        prizes: The prizes that prove it, by row, in the same unit.
        loads: The best load of each holder at these prizes.
        takers: The columns that take each row.
    """

    bound: int
    prizes: tuple[int, ...]
    loads: tuple[Load, ...]
    takers: tuple[tuple[int, ...], ...]


@attrs.frozen
class Part:
    """A part of all assignments.

    Attributes:
        masks: For each row, the columns that it may go to, as bits.
        shelves: What each holder may take in it.
    """

    masks: tuple[int, ...]
    shelves: tuple[Shelf, ...]


class Relaxation:
    """The problem without the rule that each item is held once.

    Inside it costs are counted in a smaller unit, so that prizes can be as fine as they need
    to be; `up` leads back.

    Attributes:
        unit: How many of the inner units make one of the table.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        step = common_step(table)
        self._grain = _common_grain(table, step)
        self.unit = _fine_unit(table, self._grain)
        groups = [_patterns(group, table.enemies) for group in _groups(table.enemies)]
        self._knapsacks = [
            Knapsack(table, column, groups, step, self.unit) for column in range(table.nobody)
        ]
        self._uncovered = [row[table.nobody] * self.unit for row in table.costs]

    def up(self, bound: int) -> int:
        """Return the least cost of an assignment that is not below an inner bound."""
        return -(-bound // (self._grain * self.unit)) * self._grain

    def part(self, masks: Sequence[int]) -> Part | None:
        """Return a part of all assignments; None where a holder cannot take what it must."""
        shelves = []
        for knapsack in self._knapsacks:
            shelf = knapsack.shelf(masks)
            if shelf is None:
                return None
            shelves.append(shelf)
        return Part(tuple(masks), tuple(shelves))

    def climb(
        self,
        part: Part,
        prizes: Sequence[int],
        steps: int,
        best_known: Callable[[View], int],
        timer: Timer,
    ) -> View:
        """Raise the bound along the subgradient.

        Args:
            part: The part of all assignments to look at.
            prizes: The prizes to begin with.
            steps: How many steps to go at most; there is always one.
            best_known: Is shown each view and returns the least cost known so far.
            timer: May end the climb after any step.

        Returns:
            The view with the highest bound.
        """
        now, climb = list(prizes), Climb(len(prizes))
        loads = [shelf.best(now) for shelf in part.shelves]
        best = view = self._view(part.masks, now, loads)
        for _ in range(steps):
            known = best_known(view)
            climb.note(higher=view.bound > best.bound)
            best = max(best, view, key=lambda view: view.bound)
            step = climb.step(view.takers, known * self.unit - view.bound)
            if self.up(best.bound) >= known or not step or timer.is_over():
                break
            for row, by in step.items():
                now[row] += by
            loads = [
                load if shelf.rows.isdisjoint(step) else shelf.best(now)
                for shelf, load in zip(part.shelves, loads, strict=True)
            ]
            view = self._view(part.masks, now, loads)
        return max(best, view, key=lambda view: view.bound)

    def least(self, part: Part, view: View) -> list[dict[int, int]]:
        """Return for each row and each column that it may go to what all costs at least then.

        With the row at one column the others are without it, each for the least that costs.
        """
        nobody = self._table.nobody
        found: list[dict[int, int]] = [{} for _ in part.masks]
        out = [0] * len(part.masks)
        for at, (shelf, load) in enumerate(zip(part.shelves, view.loads, strict=True)):
            for row, (with_it, without) in shelf.with_and_without(load, view.prizes).items():
                found[row][at] = with_it - without
                out[row] += without - load.cost
        for row, mask in enumerate(part.masks):
            lost = self._uncovered[row] - view.prizes[row]
            if mask >> nobody & 1:
                found[row][nobody] = lost
                out[row] -= lost if nobody in view.takers[row] else 0
        return [
            {at: self.up(view.bound + more + extra) for at, extra in columns.items()}
            for columns, more in zip(found, out, strict=True)
        ]

    def _view(self, masks: Sequence[int], prizes: Sequence[int], loads: Sequence[Load]) -> View:
        nobody = self._table.nobody
        takers: list[list[int]] = [[] for _ in masks]
        bound = sum(prizes) + sum([load.cost for load in loads])
        for at, load in enumerate(loads):
            for row in load.taken:
                takers[row].append(at)
        for row, mask in enumerate(masks):
            lost = self._uncovered[row] - prizes[row]
            if mask == 1 << nobody or (mask >> nobody and lost < 0):
                bound += lost
                takers[row].append(nobody)
        return View(bound, tuple(prizes), tuple(loads), tuple(map(tuple, takers)))


def common_step(table: Table) -> int:
    """Return the greatest number of minutes that divides all work."""
    return gcd(*(minutes for row in table.minutes for minutes in row)) or 1


def _common_grain(table: Table, step: int) -> int:
    """Return a number that divides what every assignment costs."""
    grain = gcd(*(cost for row in table.costs for cost in row if cost < NEVER))
    for curve in table.curves:
        grain = gcd(grain, *(curve.cost(load) for load in range(0, curve.limit + 1, step)))
    return grain or 1


def _fine_unit(table: Table, grain: int) -> int:
    """Return how many parts to divide a unit of the table into, so that prizes are fine."""
    unit = -(-_FINENESS // grain)
    return unit if table.most() * unit < FORBIDDEN else 1


def _groups(enemies: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the rows in groups: those in conflict together, as far as a group may grow."""
    group = {row: [row] for row in range(len(enemies))}
    for row, foes in enumerate(enemies):
        for foe in foes:
            mine, theirs = group[row], group[foe]
            if mine is not theirs and len(mine) + len(theirs) <= _LARGEST_GROUP:
                mine += theirs
                for member in theirs:
                    group[member] = mine
    return [mine for row, mine in group.items() if mine[0] == row]


def _patterns(group: Sequence[int], enemies: Sequence[Sequence[int]]) -> list[Pattern]:
    """Return the sets of rows of a group that one holder may hold together."""
    return [
        pattern
        for size in range(1, len(group) + 1)
        for pattern in combinations(sorted(group), size)
        if not any(other in enemies[one] for one, other in combinations(pattern, 2))
    ]
