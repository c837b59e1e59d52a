"""The proof for few items: branch and bound.

What the bound of the prizes leaves open is divided: the item most in doubt goes to one
holder in each branch, and branches that cannot be better than the best assignment known are
dropped. The branch with the lowest bound is next, so that the bound of all rises as fast as
it can; among equals it is the one that is divided furthest. Before a branch is divided,
every option is struck out of it that cannot be part of anything better.

Sources:
    G. T. Ross and R. M. Soland, "A Branch and Bound Algorithm for the Generalized Assignment
    Problem", Mathematical Programming 8, 1975 (branches that send one item to one holder).
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

import attrs

from crmcore.kernel import Phrase

from ._lagrange import Relaxation, View
from ._polish import Polish
from ._table import NEVER, Table
from ._watch import Progress, Timer

_ROOT_STEPS = 120
_BRANCH_STEPS = 25
_EVERY = 4  # how many steps apart the views are that assignments are made of
_SEARCHING = Phrase("ruling out all the rest", "逐一排除其余方案")


@attrs.frozen
class _Branch:
    """A part of all assignments, the prizes to begin with, and a bound that holds in it.

    Attributes:
        masks: For each row, the columns that it may go to, as bits.
        prizes: The prizes of the rows, in the unit of the relaxation.
        bound: What every assignment of the part costs at least.
        depth: How often it has been divided.
    """

    masks: tuple[int, ...]
    prizes: tuple[int, ...]
    bound: int
    depth: int


class Search:
    """Looks for the best assignment, and for the proof that nothing is better.

    Attributes:
        held: The best assignment so far.
        value: What it costs.
    """

    def __init__(self, table: Table, held: Sequence[int], moves: int, timer: Timer) -> None:
        self.held = list(held)
        self.value = table.value(held)
        self._timer = timer
        self._table = table
        self._relaxation = Relaxation(table)
        self._polish = Polish(table, moves)
        self._seen = 0
        self._tried: set[tuple[tuple[int, ...], ...]] = set()

    def run(self, prizes: Sequence[int], nodes: int, progress: Progress) -> int:
        """Open so many branches at most, and return the bound that holds then.

        Args:
            prizes: The prizes of the rows to begin with.
            nodes: How many branches to open.
            progress: Hears the number of each branch.
        """
        inner = tuple(prize * self._relaxation.unit for prize in prizes)
        waiting = [(-NEVER, 0, 0, _Branch(self._everything(), inner, -NEVER, 0))]
        count = 0
        for node in range(nodes):
            if not waiting or waiting[0][0] >= self.value or self._timer.is_over():
                break
            progress(node, nodes, _SEARCHING)
            *_, branch = heappop(waiting)
            for part in self._divide(branch):
                count += 1
                heappush(waiting, (part.bound, -part.depth, count, part))
        return min([self.value, *(bound for bound, *_ in waiting)])

    def _everything(self) -> tuple[int, ...]:
        table = self._table
        return tuple(
            sum(
                1 << at
                for at, (cost, work) in enumerate(zip(costs, minutes, strict=True))
                if cost < NEVER and work <= table.curves[at].limit
            )
            for costs, minutes in zip(table.costs, table.minutes, strict=True)
        )

    def _divide(self, branch: _Branch) -> list[_Branch]:
        """Return the parts of a branch that may hold something better, the best one first."""
        relaxation = self._relaxation
        part = relaxation.part(branch.masks)
        if part is None:
            return []
        steps = _BRANCH_STEPS if branch.depth else _ROOT_STEPS
        self._seen = 0
        view = relaxation.climb(part, branch.prizes, steps, self._shown, self._timer)
        bound = max(branch.bound, relaxation.up(view.bound))
        if bound >= self.value:
            return []
        self._try(view)
        least = relaxation.least(part, view)
        masks = self._struck(branch.masks, least)
        if 0 in masks:
            return []
        undecided = [row for row, mask in enumerate(masks) if mask & (mask - 1)]
        if not undecided:
            self._keep([mask.bit_length() - 1 for mask in masks])
            return []
        # Each row is somewhere, so its cheapest place is a bound as well.
        bound = max(bound, *(min(least[row].values()) for row in undecided))
        row = max(undecided, key=lambda row: (self._doubt(row, view), -row))
        parts = [
            _Branch(one, view.prizes, max(bound, least[row][at]), branch.depth + 1)
            for at in sorted(least[row], key=lambda at: (least[row][at], at))
            if masks[row] >> at & 1 and (one := self._sent(masks, row, at)) is not None
        ]
        return [one for one in parts if one.bound < self.value]

    def _shown(self, view: View) -> int:
        if self._seen % _EVERY == 0:
            self._try(view)
        self._seen += 1
        return self.value

    def _try(self, view: View) -> None:
        """Make an assignment of what the holders take, and keep it if it is the best so far."""
        if view.takers not in self._tried:
            self._tried.add(view.takers)
            self._keep(self._polish.run(view.takers))

    def _keep(self, held: Sequence[int]) -> None:
        value = self._table.value(held)
        if value < self.value:
            self.held, self.value = list(held), value

    def _struck(self, masks: Sequence[int], least: Sequence[dict[int, int]]) -> list[int]:
        """Return the masks without the options that cannot be part of anything better."""
        return [
            sum(1 << at for at, cost in costs.items() if cost < self.value)
            if mask & (mask - 1)
            else mask
            for mask, costs in zip(masks, least, strict=True)
        ]

    def _sent(self, masks: Sequence[int], row: int, at: int) -> tuple[int, ...] | None:
        """Return the masks with the row at the column; None where its enemies rule that out."""
        part = list(masks)
        part[row] = 1 << at
        taken = 1 << at if at < self._table.nobody else 0
        for foe in self._table.enemies[row]:
            part[foe] &= ~taken
        return tuple(part) if all(part) else None

    def _doubt(self, row: int, view: View) -> tuple[int, bool, int]:
        """Return how much a row is in doubt: taken twice or never, in conflict, or large."""
        takers = view.takers[row]
        clash = any(set(takers) & set(view.takers[foe]) for foe in self._table.enemies[row])
        return abs(1 - len(takers)), clash, max(self._table.minutes[row])
