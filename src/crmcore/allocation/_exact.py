"""The proof for few items: branch and bound.

What the bound of the prizes leaves open is divided: the item most in doubt goes to one
holder in each branch, and branches that cannot be better than the best assignment known are
dropped. Before a branch is divided, every option is struck out of it that cannot be part of
anything better.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from crmcore.kernel import Phrase

from ._descent import Descent
from ._lagrange import Relaxation, View
from ._table import NEVER, Table
from ._watch import Progress, Timer

_ROOT_STEPS = 150
_BRANCH_STEPS = 15
_EVERY = 8
_SEARCHING = Phrase("ruling out all the rest", "逐一排除其余方案")

Forced = dict[tuple[int, int], tuple[int, int]]


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
        self._moves = moves
        self._timer = timer
        self._seen = 0
        self._table = table
        self._relaxation = Relaxation(table)

    def run(self, prizes: Sequence[int], nodes: int, progress: Progress) -> int:
        """Open so many branches at most, and return the bound that holds then.

        Args:
            prizes: The prizes of the rows to begin with.
            nodes: How many branches to open.
            progress: Hears the number of each branch.
        """
        waiting = [_Branch(self._everything(), tuple(prizes), -NEVER)]
        for node in range(nodes):
            while waiting and waiting[-1].bound >= self.value:
                waiting.pop()
            if not waiting or self._timer.is_over():
                break
            progress(node, nodes, _SEARCHING)
            waiting += self._divide(waiting.pop(), _BRANCH_STEPS if node else _ROOT_STEPS)
        return min([self.value, *(branch.bound for branch in waiting)])

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
        """Return the parts of a branch that may hold something better, the best one last."""
        self._seen = 0
        view = self._relaxation.climb(branch.masks, branch.prizes, steps, self._shown, self._timer)
        if view is None:
            return []
        self._try(view)
        forced = self._relaxation.forced(branch.masks, view)
        masks = self._struck(branch.masks, forced)
        bound = max(branch.bound, self._relaxation.up(view.bound))
        if bound >= self.value or 0 in masks:
            return []
        undecided = [row for row, mask in enumerate(masks) if mask & (mask - 1)]
        if not undecided:
            self._keep([mask.bit_length() - 1 for mask in masks])
            return []
        row = max(undecided, key=lambda row: (self._doubt(row, view), -row))
        parts = []
        for at in range(self._table.nobody + 1):
            part = self._part(masks, row, at) if masks[row] >> at & 1 else None
            if part is not None:
                least = max(bound, forced[row, at][0])
                parts.append((-least, at, _Branch(part, view.prizes, least)))
        return [part for _, _, part in sorted(parts, key=lambda found: found[:2])]

    def _shown(self, view: View) -> int:
        if self._seen % _EVERY == 0:
            self._try(view)
        self._seen += 1
        return self.value

    def _try(self, view: View) -> None:
        """Make an assignment of what the holders take, and keep it if it is the best so far."""
        costs, nobody = self._table.costs, self._table.nobody
        wanted = [
            min((costs[row][at], at) for at in takers)[1] if takers else nobody
            for row, takers in enumerate(view.takers)
        ]
        descent = Descent.from_scratch(self._table, wanted, self._moves)
        descent.run((), self._timer)
        self._moves = descent.moves
        self._keep(descent.held)

    def _keep(self, held: Sequence[int]) -> None:
        value = self._table.value(held)
        if value < self.value:
            self.held, self.value = list(held), value

    def _struck(self, masks: Sequence[int], forced: Forced) -> list[int]:
        """Return the masks without the options that cannot be part of anything better."""
        kept = list(masks)
        for (row, at), (with_it, without) in forced.items():
            if with_it >= self.value:
                kept[row] &= ~(1 << at)
            if without >= self.value:
                kept[row] &= 1 << at
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
