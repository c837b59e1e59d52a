"""Moves and exchanges among few items, so fast that every view of a relaxation can be tried.

A view says which holders take an item. Where that is one, the item goes there; the others go
where they cost least, the largest first. Then single items move and pairs of items change
places as long as that lowers the total.
"""

from __future__ import annotations

from collections.abc import Sequence

from ._lagrange import common_step
from ._table import FORBIDDEN, NEVER, Table

_ROUNDS = 30


class Polish:
    """Makes assignments of a small table better.

    Work is counted in steps here, so that a load curve is a list with a cost for each load.

    Attributes:
        moves: How many improving moves are left.
    """

    def __init__(self, table: Table, moves: int) -> None:
        step = common_step(table)
        self.moves = moves
        self._costs = table.costs
        self._enemies = [frozenset(foes) for foes in table.enemies]
        self._nobody = table.nobody
        limits = [curve.limit // step for curve in table.curves]
        # Beyond the limit a curve costs NEVER, for as far as one item more can reach.
        self._work = [
            [min(minutes // step, limit + 1) for minutes, limit in zip(row, limits, strict=True)]
            for row in table.minutes
        ]
        self._curves = [
            [curve.cost(load * step) for load in range(limit + 1)] + [NEVER] * (limit + 1)
            for curve, limit in zip(table.curves, limits, strict=True)
        ]
        self._order = sorted(range(len(self._work)), key=lambda row: (-max(self._work[row]), row))

    def run(self, takers: Sequence[Sequence[int]]) -> list[int]:
        """Return an assignment made of what the columns take.

        Args:
            takers: The columns that would take each row.
        """
        self._held = [self._nobody] * len(takers)
        self._loads = [0] * (self._nobody + 1)
        self._rows: list[set[int]] = [set() for _ in self._curves]
        self._rows[self._nobody].update(range(len(takers)))
        for decided in (True, False):
            for row in self._order:
                if (len(takers[row]) == 1) is decided:
                    self._insert(row, takers[row])
        rounds = _ROUNDS
        while rounds and self.moves > 0 and (self._shift_all() | self._exchange_all()):
            rounds -= 1
        return self._held

    def _insert(self, row: int, takers: Sequence[int]) -> None:
        changes = [(self._change(row, at), at) for at in takers] or [(NEVER, 0)]
        if min(changes)[0] >= FORBIDDEN:
            changes = [(self._change(row, at), at) for at in range(self._nobody + 1)]
        self._put(row, min(changes)[1])

    def _change(self, row: int, to: int) -> int:
        at = self._held[row]
        if at == to:
            return 0
        if not self._enemies[row].isdisjoint(self._rows[to]) and to != self._nobody:
            return NEVER
        costs, work, loads = self._costs[row], self._work[row], self._loads
        here, there = self._curves[at], self._curves[to]
        return (
            costs[to]
            - costs[at]
            + here[loads[at] - work[at]]
            - here[loads[at]]
            + there[loads[to] + work[to]]
            - there[loads[to]]
        )

    def _put(self, row: int, to: int) -> None:
        at, work = self._held[row], self._work[row]
        self._held[row] = to
        self._rows[at].discard(row)
        self._rows[to].add(row)
        self._loads[at] -= work[at]
        self._loads[to] += work[to]

    def _shift_all(self) -> bool:
        better = False
        for row in range(len(self._held)):
            change, to = min([(self._change(row, to), to) for to in range(self._nobody + 1)])
            if change < 0:
                self._put(row, to)
                self.moves -= 1
                better = True
        return better

    def _exchange_all(self) -> bool:
        better = False
        for at in range(self._nobody + 1):
            for to in range(at):
                while self.moves > 0 and self._exchange(at, to):
                    self.moves -= 1
                    better = True
        return better

    def _exchange(self, at: int, to: int) -> bool:
        """Exchange the first two rows of two columns for which that is better."""
        here, there = self._curves[at], self._curves[to]
        now = here[self._loads[at]] + there[self._loads[to]]
        foreign = [
            (
                self._costs[row][at] - self._costs[row][to],
                self._work[row][at],
                -self._work[row][to],
                row,
            )
            for row in sorted(self._rows[to])
        ]
        for one in sorted(self._rows[at]):
            costs, work = self._costs[one], self._work[one]
            most = now - costs[to] + costs[at]
            left, more = self._loads[at] - work[at], self._loads[to] + work[to]
            for change, gained, lost, other in foreign:
                if change + here[left + gained] + there[more + lost] < most and self._agree(
                    one, other, at, to
                ):
                    self._put(one, to)
                    self._put(other, at)
                    return True
        return False

    def _agree(self, one: int, other: int, at: int, to: int) -> bool:
        """Say whether no conflict keeps two rows from exchanging their columns."""
        return (to == self._nobody or self._enemies[one].isdisjoint(self._rows[to] - {other})) and (
            at == self._nobody or self._enemies[other].isdisjoint(self._rows[at] - {one})
        )
