"""A bound from prizes: each holder takes the load that suits it best, and items pay for it.

Relax the rule that each item is held once, and let each item pay a prize to whoever takes
it. What remains falls apart into one knapsack for each holder, whose curve and exclusions
are kept exactly. For any prizes, all prizes and the costs of the best loads add up to a
bound. An item that is taken twice should pay less, one that nobody takes should pay more.

Sources:
    M. L. Fisher, R. Jaikumar and L. N. Van Wassenhove, "A Multiplier Adjustment Method for
    the Generalized Assignment Problem", Management Science 32(9), 1986.
    M. L. Fisher, "The Lagrangian Relaxation Method for Solving Integer Programming
    Problems", Management Science 27(1), 1981 (the step along the subgradient).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import gcd

import attrs

from ._knapsack import Knapsack, Load, Pattern
from ._table import FORBIDDEN, NEVER, Table
from ._watch import Timer

Masks = Sequence[int]  # for each row, the columns that it may go to, as bits

_PATIENCE = 6
_LARGEST_GROUP = 6


@attrs.frozen
class View:
    """What the relaxation says about a part of all assignments.

    Attributes:
        bound: What every assignment of the part costs at least.
        prizes: The prizes that prove it, by row.
        loads: The best load of each holder at these prizes.
        takers: The columns that take each row.
    """

    bound: int
    prizes: tuple[int, ...]
    loads: tuple[Load, ...]
    takers: tuple[tuple[int, ...], ...]


class Relaxation:
    """The problem without the rule that each item is held once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._step = common_step(table)
        groups = [_patterns(group, table.enemies) for group in _groups(table.enemies)]
        self._knapsacks = [
            Knapsack(table, column, groups, self._step) for column in range(table.nobody)
        ]
        self._grain = _common_grain(table, self._step)

    def up(self, bound: int) -> int:
        """Return the least cost from *bound* up that an assignment can have."""
        return -(-bound // self._grain) * self._grain

    def climb(
        self,
        masks: Masks,
        prizes: Sequence[int],
        steps: int,
        best_known: Callable[[View], int],
        timer: Timer,
    ) -> View | None:
        """Raise the bound along the subgradient.

        Args:
            masks: The part of all assignments to look at.
            prizes: The prizes to begin with.
            steps: How many steps to go at most.
            best_known: Is shown each view and returns the least cost known so far.
            timer: May end the climb after any step.

        Returns:
            The view with the highest bound; None where no assignment is in the part.
        """
        now, scale, stale = list(prizes), 1.0, 0
        best: View | None = None
        may, must = self._sets(masks)
        loads: dict[int, Load] = {}
        for _ in range(steps):
            for at, knapsack in enumerate(self._knapsacks):
                if at not in loads:
                    loads[at] = knapsack.best(now, may[at], must[at])
            if any(load.cost >= FORBIDDEN for load in loads.values()):
                return None
            view = self._view(masks, now, [loads[at] for at in range(len(self._knapsacks))])
            known = best_known(view)
            if best is None or view.bound > best.bound:
                best, stale = view, 0
            else:
                stale += 1
                if stale % _PATIENCE == 0:
                    scale /= 2
            off = {at: 1 - len(who) for at, who in enumerate(view.takers) if len(who) != 1}
            size = scale * (known - view.bound) / max(sum(d * d for d in off.values()), 1)
            if self.up(best.bound) >= known or not off or size < 1 or timer.is_over():
                break
            for row, direction in off.items():
                now[row] += round(size * direction)
            loads = {at: load for at, load in loads.items() if may[at].isdisjoint(off)}
        return best

    def forced(self, masks: Masks, view: View) -> dict[tuple[int, int], tuple[int, int]]:
        """Return by row and column what all costs at least with the row there, and without."""
        nobody = self._table.nobody
        may, must = self._sets(masks)
        found = {}
        left = {
            row: self._lost(row, view.prizes) if nobody in takers else 0
            for row, takers in enumerate(view.takers)
        }
        for at, (knapsack, load) in enumerate(zip(self._knapsacks, view.loads, strict=True)):
            others = view.bound - load.cost
            pairs = knapsack.with_and_without(load, view.prizes, may[at], must[at])
            for row, (with_it, without) in pairs.items():
                found[row, at] = (self.up(others - left[row] + with_it), self.up(others + without))
        for row, mask in enumerate(masks):
            if mask >> nobody & 1:
                lost = self._lost(row, view.prizes)
                base = view.bound - left[row]
                found[row, nobody] = (self.up(base + lost), self.up(base))
        return found

    def _lost(self, row: int, prizes: Sequence[int]) -> int:
        return self._table.costs[row][self._table.nobody] - prizes[row]

    def _sets(self, masks: Masks) -> tuple[list[set[int]], list[set[int]]]:
        columns = range(self._table.nobody)
        may = [{row for row, mask in enumerate(masks) if mask >> at & 1} for at in columns]
        must = [{row for row, mask in enumerate(masks) if mask == 1 << at} for at in columns]
        return may, must

    def _view(self, masks: Masks, prizes: Sequence[int], loads: Sequence[Load]) -> View:
        nobody = self._table.nobody
        takers: list[list[int]] = [[] for _ in masks]
        bound = sum(prizes) + sum(load.cost for load in loads)
        for at, load in enumerate(loads):
            for row in load.taken:
                takers[row].append(at)
        for row, mask in enumerate(masks):
            lost = self._lost(row, prizes)
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
