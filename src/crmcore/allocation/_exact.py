"""The proof for few items: branch and bound.

What the bound of the prizes leaves open is divided: the item most in doubt goes to one
holder in each branch, and branches that cannot be better than the best assignment known are
dropped. Before a branch is divided, every option is struck out of it that cannot be part of
anything better.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

import attrs

from crmcore.kernel import Phrase

from ._lagrange import Relaxation, View, common_step
from ._polish import Polish
from ._table import NEVER, Table
from ._watch import Progress, Timer

_ROOT_STEPS = 150
_BRANCH_STEPS = 15
_EVERY = 4
_NEVER_TAKEN = 1 << 80
_SEARCHING = Phrase("ruling out all the rest", "逐一排除其余方案")


@attrs.frozen
class _Branch:
    """A part of all assignments, the prizes to begin with, and a bound that holds in it."""

    masks: tuple[int, ...]
    prizes: tuple[int, ...]
    bound: int


class Search:
    """Looks for the best assignment, and for the proof that nothing is better.

    Attributes:
        held: The best assignment so far.
        value: What it costs.
    """

    def __init__(self, table: Table, held: Sequence[int], moves: int, timer: Timer) -> None:
        self.held = list(held)
        self.value = table.value(held)
        self._polish = Polish(table, common_step(table), moves)
        self._timer = timer
        self._seen = 0
        self._table = table
        self._relaxation = Relaxation(table)
        self._tried: set[tuple[tuple[int, ...], ...]] = set()

    def run(self, prizes: Sequence[int], nodes: int, progress: Progress) -> int:
        """Open so many branches at most, and return the bound that holds then.

        Args:
            prizes: The prizes of the rows to begin with.
            nodes: How many branches to open.
            progress: Hears the number of each branch.
        """
        inner = tuple(prize * self._relaxation.unit for prize in prizes)
        waiting = [(-NEVER, 0, 0, _Branch(self._everything(), inner, -NEVER))]
        count = 1
        for node in range(nodes):
            if not waiting or waiting[0][0] >= self.value or self._timer.is_over():
                break
            progress(node, nodes, _SEARCHING)
            _, depth, _, branch = heappop(waiting)
            for part in self._divide(branch, _BRANCH_STEPS if node else _ROOT_STEPS):
                heappush(waiting, (part.bound, depth - 1, count, part))
                count += 1
        return min([self.value, *(bound for bound, _, _, _ in waiting)])

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

    def _divide(self, branch: _Branch, steps: int) -> list[_Branch]:
        """Return the parts of a branch that may hold something better, the best one first."""
        self._seen = 0
        part = self._relaxation.part(branch.masks)
        if part is None:
            return []
        view = self._relaxation.climb(part, branch.prizes, steps, self._shown, self._timer)
        bound = max(branch.bound, self._relaxation.up(view.bound))
        if bound >= self.value:
            return []
        self._try(view)
        least = self._relaxation.least(part, view)
        bound = max([bound, *(min(row.values()) for row in least if row)])
        masks = self._struck(branch.masks, least)
        if bound >= self.value or 0 in masks:
            return []
        undecided = [row for row, mask in enumerate(masks) if mask & (mask - 1)]
        if not undecided:
            self._keep([mask.bit_length() - 1 for mask in masks])
            return []
        row = max(undecided, key=lambda row: (self._doubt(row, view), -row))
        parts = []
        for at in range(self._table.nobody + 1):
            one = self._part(masks, row, at) if masks[row] >> at & 1 else None
            if one is not None:
                floor = max(bound, least[row][at])
                parts.append((floor, at, _Branch(one, view.prizes, floor)))
        return [one for _, _, one in sorted(parts, key=lambda found: found[:2])]

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
        kept = list(masks)
        for row, mask in enumerate(masks):
            if mask & (mask - 1):
                kept[row] = sum(1 << at for at, cost in least[row].items() if cost < self.value)
        return kept

    def _part(self, masks: Sequence[int], row: int, at: int) -> tuple[int, ...] | None:
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
