"""Descent: make an assignment better, move by move and exchange by exchange.

Every change is judged by its exact cost, and carried out only when it lowers the total.
Where there are many items, only those are tried that hardly lose by changing hands at the
prices: an assignment's distance from its bound is the sum of what its items lose at the
prices and of what its holders lose on their curves, and a good change mends the second
without spoiling the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TypeAlias

from ._near import Market
from ._table import FORBIDDEN, NEVER, Table
from ._watch import Timer

_FEW = 150
_CANDIDATES = 24
_ALIKE = 3
_SHORT = 8
_LINKS = 8
_MOST_CHAINS = 60
_WORTHWHILE = 0.01
_ROUNDS_OF_FEW = 100

# For each pair of columns, what rows lose by going over, and the rows.
_Near: TypeAlias = list[dict[int, list[tuple[float, int]]]]


class Descent:
    """An assignment on its way down."""

    def __init__(self, table: Table, held: Sequence[int], moves: int) -> None:
        self.held = list(held)
        self.moves = moves
        self._table = table
        self._loads = table.loads(held)
        self._costs = [c.cost(load) for c, load in zip(table.curves, self._loads, strict=True)]

    @classmethod
    def from_scratch(
        cls, table: Table, wanted: Sequence[int], moves: int, first: Sequence[int] = ()
    ) -> Descent:
        """Begin with nobody holding anything, then give each item away, as *wanted* if it fits.

        Rows named in *first* come first; then those that would cost most uncovered.
        """
        nobody = table.nobody
        self = cls(table, [nobody] * len(wanted), moves)
        order = sorted(range(len(wanted)), key=lambda row: -table.base[row][nobody])
        for row in dict.fromkeys((*first, *order)):
            to = wanted[row]
            if to == nobody or self.change(row, to) >= FORBIDDEN:
                continue
            self._put(row, to)
        for row in order:
            if self.held[row] == nobody:
                to = min(range(nobody + 1), key=lambda at: (self.change(row, at), at))
                self._put(row, to)
        return self

    def change(self, row: int, to: int) -> int:
        """Return what the total would change by if *to* took the row over."""
        table, at = self._table, self.held[row]
        base = table.base[row]
        if to == at:
            return 0
        if base[to] >= NEVER or (table.enemies[row] and self._clashes(row, to)):
            return NEVER
        minutes, loads, curves = table.minutes[row], self._loads, table.curves
        return (
            table.cost(row, to)
            - table.cost(row, at)
            + curves[at].cost(loads[at] - minutes[at])
            - self._costs[at]
            + curves[to].cost(loads[to] + minutes[to])
            - self._costs[to]
        )

    def move(self, row: int, to: int) -> None:
        """Give a row to a holder and count it."""
        self._put(row, to)
        self.moves -= 1

    def run(self, prices: Sequence[float], timer: Timer) -> None:
        """Go down until no change that is tried helps, or budget or time are used up."""
        if len(self.held) > _FEW:
            self._run_large(prices, timer)
            return
        rounds = _ROUNDS_OF_FEW
        while rounds > 0 and self.moves > 0 and not timer.is_over() and self._small_round():
            rounds -= 1

    def _run_large(self, prices: Sequence[float], timer: Timer) -> None:
        """Go round after round, until one closes less than a hundredth of what is open."""
        table, market = self._table, Market(self._table, prices)
        value = table.value(self.held)
        lost = (market.cost(row, at) - market.costs[row] for row, at in enumerate(self.held))
        least = value - sum(self._losses(prices)) - sum(lost)
        while self.moves > 0 and not timer.is_over():
            self._large_round(market, timer)
            before, value = value, table.value(self.held)
            if before - value <= _WORTHWHILE * (value - least):
                break

    def _clashes(self, row: int, to: int, but: int = -1) -> bool:
        foes = self._table.enemies[row]
        if to == self._table.nobody:
            return False
        return any(self.held[foe] == to for foe in foes if foe != but)

    def _put(self, row: int, to: int) -> None:
        table, at, minutes = self._table, self.held[row], self._table.minutes[row]
        self._loads[at] -= minutes[at]
        self._loads[to] += minutes[to]
        for column in (at, to):
            self._costs[column] = table.curves[column].cost(self._loads[column])
        self.held[row] = to

    def _exchange(self, one: int, other: int) -> int:
        """Return what the total would change by if two rows exchanged their holders."""
        table, here, there = self._table, self.held[one], self.held[other]
        if table.base[one][there] >= NEVER or table.base[other][here] >= NEVER or here == there:
            return NEVER
        if self._clashes(one, there, other) or self._clashes(other, here, one):
            return NEVER
        mine, yours, loads = table.minutes[one], table.minutes[other], self._loads
        return (
            table.cost(one, there)
            - table.cost(one, here)
            + table.cost(other, here)
            - table.cost(other, there)
            + table.curves[here].cost(loads[here] - mine[here] + yours[here])
            - self._costs[here]
            + table.curves[there].cost(loads[there] - yours[there] + mine[there])
            - self._costs[there]
        )

    def _try_move(self, row: int, to: int) -> bool:
        if self.change(row, to) >= 0 or self.moves <= 0:
            return False
        self.move(row, to)
        return True

    def _try_exchange(self, one: int, other: int) -> bool:
        if self._exchange(one, other) >= 0 or self.moves <= 0:
            return False
        here, there = self.held[one], self.held[other]
        self._put(one, there)
        self.move(other, here)
        return True

    def _small_round(self) -> bool:
        rows, columns = range(len(self.held)), range(self._table.nobody + 1)
        better = False
        for row in rows:
            for to in columns:
                better |= self._try_move(row, to)
        for one, other in combinations(rows, 2):
            better |= self._try_exchange(one, other)
        return better

    def _large_round(self, market: Market, timer: Timer) -> None:
        losses, gaps = self._losses(market.prices), self._gaps(market)
        near = self._near(market, losses, gaps[0][0] if gaps else 0.0)
        self._move_near(near)
        self._exchange_near(near, losses, timer)
        for _, row, to in gaps:
            if timer.is_over():
                break
            self._try_chain(row, to, near)

    def _move_near(self, near: _Near) -> None:
        for at, lists in enumerate(near):
            for to, rows in sorted(lists.items()):
                for _, row in rows:
                    if self.held[row] == at:
                        self._try_move(row, to)

    def _exchange_near(self, near: _Near, losses: Sequence[float], timer: Timer) -> None:
        pairs = [
            (at, to)
            for at, lists in enumerate(near)
            for to in sorted(lists)
            if at < to and at in near[to]
        ]
        for at, to in pairs:
            if timer.is_over():
                break
            most = losses[at] + losses[to]
            back = near[to][at]
            for lost, one in near[at][to]:
                for also, other in back:
                    if lost + also >= most or self.held[one] != at:
                        break
                    if self.held[other] == to:
                        self._try_exchange(one, other)

    def _try_chain(self, row: int, to: int, near: _Near) -> None:
        """Give a row to who would like it best, and let that one hand on what is in the way."""
        at, total = self.held[row], self.change(row, to)
        if to == at or self.moves <= 0 or self._clashes(row, to):
            return
        self._put(row, to)
        handed = [(row, at)]
        while total >= 0 and len(handed) < _LINKS and (ways := self._ways_on(to, row, near)):
            change, other, onto = min(ways)
            self._put(other, onto)
            handed.append((other, to))
            total += change
        if total < 0:
            self.moves -= len(handed)
            return
        for other, back in reversed(handed):
            self._put(other, back)

    def _ways_on(self, at: int, kept: int, near: _Near) -> list[tuple[int, int, int]]:
        """Return how *at* may hand rows on but *kept*: the change, the row and the column."""
        return [
            (change, row, to)
            for to, rows in near[at].items()
            for _, row in rows[:_SHORT]
            if row != kept and self.held[row] == at and (change := self.change(row, to)) < FORBIDDEN
        ]

    def _gaps(self, market: Market) -> list[tuple[float, int, int]]:
        """Return the rows that are not where they would cost least at the prices.

        Each comes with what it loses and the column where it would not; the worst come first.
        """
        found = [
            (lost, row, market.columns[row])
            for row, at in enumerate(self.held)
            if at != market.columns[row] and (lost := market.cost(row, at) - market.costs[row]) > 1
        ]
        return sorted(found, reverse=True)[:_MOST_CHAINS]

    def _losses(self, prices: Sequence[float]) -> list[float]:
        """Return what each holder's load loses against the one that suits the price best."""
        best = [
            min(curve.cost(load) - price * load for load in curve.corners)
            for curve, price in zip(self._table.curves, prices, strict=True)
        ]
        return [
            cost - price * load - least
            for cost, price, load, least in zip(self._costs, prices, self._loads, best, strict=True)
        ]

    def _near(self, market: Market, losses: Sequence[float], gap: float) -> _Near:
        """Return for each pair of columns the rows that lose least by going over.

        A change wins at most what the two holders lose, and what a row in the wrong place
        loses, which is *gap* at most; rows that lose more by going over are left out.
        """
        found: list[dict[int, list[tuple[float, int]]]] = [{} for _ in losses]
        most = [[one + other + gap for other in losses] for one in losses]
        for row, at in enumerate(self.held):
            lists, limits = found[at], most[at]
            for to, lost in market.ways(row, at):
                if lost < limits[to]:
                    if to in lists:
                        lists[to].append((lost, row))
                    else:
                        lists[to] = [(lost, row)]
        return [
            {to: self._few(at, rows) for to, rows in lists.items()}
            for at, lists in enumerate(found)
        ]

    def _few(self, at: int, rows: list[tuple[float, int]]) -> list[tuple[float, int]]:
        """Return the nearest rows, only so many of them with the same work."""
        rows.sort()
        alike: dict[int, int] = {}
        few: list[tuple[float, int]] = []
        for lost, row in rows:
            work = self._table.minutes[row][at]
            alike[work] = alike.get(work, 0) + 1
            if alike[work] <= _ALIKE:
                few.append((lost, row))
                if len(few) == _CANDIDATES:
                    break
        return few
