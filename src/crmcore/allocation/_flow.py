"""Prices: what a minute of each holder is worth, from the best assignment of fractions.

When every item may be split, and its work is the same for whoever holds it, the problem is
one of transport: minutes flow from items to holders, and each holder's load curve is a few
pipes of rising cost. The dual of that problem is one price for each holder.

The method is the one of *successive shortest paths*, but over the holders, of which there
are few, and not over the items, of which there are many: between two holders only the item
matters that moves most cheaply, and a heap knows which one that is.

1. Begin with some prices. Each item goes to whoever is cheapest at these prices.
2. Each holder takes as much as the prices make worthwhile; what is more is *excess*, what is
   less is *need*.
3. Find the cheapest chain of holders from an excess to a need, where each hands the cheapest
   item, or a part of it, on to the next; send along it what fits, and let the prices follow.
4. Repeat until no excess is left.

The first prices come from solving one eighth of the items, drawn by their hash, for curves
of an eighth of the width; so hardly any chain is left to be found for the whole.

Sources:
    R. K. Ahuja, T. L. Magnanti and J. B. Orlin, "Network Flows", Prentice Hall, 1993,
    chapter 9.7 (successive shortest paths) and 14 (convex costs).
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise

from ._table import NEVER, Curve, Table
from ._watch import Timer

_SAMPLE = 8
_SMALL = 400
_TINY = 1e-9
_FAR = 1e300


def flow_prices(table: Table, timer: Timer) -> tuple[list[float], list[int]]:
    """Return the price of a minute of each column, and who holds most of each item.

    Where the work of an item depends on its holder, the least of it is taken; the prices
    are then a guess, which is all that a price needs to be to prove a bound. So are those of
    a search that the timer cuts short.
    """
    rows = [row for row, work in enumerate(table.minutes) if _work(work) > 0]
    prices = _sampled(table, rows, 1, timer)
    flow = _Flow(table, rows, prices, 1)
    flow.run(timer)
    held = [_cheapest(costs) for costs in table.costs]
    for row, at in flow.mostly().items():
        held[row] = at
    return flow.prices, held


def _work(minutes: Sequence[int]) -> int:
    return min(minutes[:-1], default=0)


def _cheapest(costs: Sequence[float]) -> int:
    return min(range(len(costs)), key=costs.__getitem__)


def _sampled(table: Table, rows: list[int], part: int, timer: Timer) -> list[float]:
    """Return prices for *rows* that come from an eighth of them."""
    if len(rows) <= _SMALL:
        return [0.0] * (table.nobody + 1)
    # The rows stand in the order of a hash, so any eighth of them is a fair sample.
    few, part = rows[::_SAMPLE], part * _SAMPLE
    flow = _Flow(table, few, _sampled(table, few, part, timer), part)
    flow.run(timer)
    return flow.prices


class _Flow:
    """The minutes of items on their way to holders; work counts *part* times."""

    def __init__(self, table: Table, rows: list[int], prices: list[float], part: int) -> None:
        self.prices = list(prices)
        self._curves: list[Curve] = table.curves
        self._costs = table.costs
        self._work = {row: _work(table.minutes[row]) * part for row in rows}
        self._columns = range(table.nobody + 1)
        self._nobody = table.nobody
        self._part = part
        self._held: list[dict[int, int]] = [{} for _ in self._columns]
        self._heaps: list[list[list[tuple[float, int]]]] = [
            [[] for _ in self._columns] for _ in self._columns
        ]
        self._used = [0] * len(self._columns)
        self._excess = [0] * len(self._columns)
        self._start()

    def _start(self) -> None:
        for row, work in self._work.items():
            unit = 1.0 / work * self._part
            costs = self._costs[row]
            at = _cheapest([c * unit + p for c, p in zip(costs, self.prices, strict=True)])
            self._held[at][row] = work
            for to, heap in enumerate(self._heaps[at]):
                if to != at and costs[to] < NEVER:
                    heap.append(((costs[to] - costs[at]) * unit, row))
        for heaps in self._heaps:
            for heap in heaps:
                heapify(heap)
        for at in self._columns[:-1]:
            load = sum(self._held[at].values())
            self._used[at] = self._curves[at].best_at(self.prices[at], load)
            self._excess[at] = load - self._used[at]
        self._excess[self._nobody] = -sum(self._excess)

    def run(self, timer: Timer) -> None:
        """Send every excess where it is needed."""
        while max(self._excess) > 0 and not timer.is_over():
            self._send()

    def mostly(self) -> dict[int, int]:
        """Return the column that holds most of each row, the first of equals."""
        best: dict[int, tuple[int, int]] = {}
        for at in self._columns:
            for row, work in self._held[at].items():
                if row not in best or work > best[row][0]:
                    best[row] = (work, at)
        return {row: at for row, (_, at) in best.items()}

    def _send(self) -> None:
        distance, before, end = self._nearest()
        reach = distance[end]
        for at in self._columns:
            self.prices[at] -= min(distance[at], reach)
        nobody = self.prices[self._nobody]
        self.prices = [price - nobody for price in self.prices]
        path = [end]
        while before[path[-1]] >= 0:
            path.append(before[path[-1]])
        path.reverse()
        amount = min(self._excess[path[0]], -self._excess[end])
        for one, other in pairwise(path):
            amount = min(amount, self._arc(one, other)[1])
        for one, other in pairwise(path):
            self._hand_on(one, other, amount)
        self._excess[path[0]] -= amount
        self._excess[end] += amount

    def _nearest(self) -> tuple[list[float], list[int], int]:
        """Return distances, the column before each, and the nearest one in need."""
        distance = [0.0 if excess > 0 else _FAR for excess in self._excess]
        before = [-1] * len(self._columns)
        unseen = set(self._columns)
        prices = self.prices
        while True:
            at = min(unseen, key=lambda c: (distance[c], c))
            unseen.discard(at)
            if self._excess[at] < 0:
                return distance, before, at
            near = distance[at]
            for to in unseen:
                step = near + max(self._arc(at, to)[0] + prices[to] - prices[at], 0.0)
                if step < distance[to] - _TINY:
                    distance[to] = step
                    before[to] = at

    def _arc(self, one: int, other: int) -> tuple[float, int, int]:
        """Return the cost of a minute from one to the other, how many, and the row (or -1)."""
        heap, held = self._heaps[one][other], self._held[one]
        while heap and heap[0][1] not in held:
            heappop(heap)
        cost, amount, row = (heap[0][0], held[heap[0][1]], heap[0][1]) if heap else (_FAR, 0, -1)
        if other == self._nobody:
            slope, width = self._curves[one].ahead(self._used[one])
            if width and slope < cost:
                return slope, width, -1
        elif one == self._nobody:
            slope, width = self._curves[other].behind(self._used[other])
            if width and -slope < cost:
                return -slope, width, -1
        return cost, amount, row

    def _hand_on(self, one: int, other: int, amount: int) -> None:
        _, _, row = self._arc(one, other)
        if row < 0:
            at, change = (one, amount) if other == self._nobody else (other, -amount)
            self._used[at] += change
            return
        held = self._held[one]
        held[row] -= amount
        if not held[row]:
            del held[row]
        if row in self._held[other]:
            self._held[other][row] += amount
            return
        self._held[other][row] = amount
        costs, unit = self._costs[row], 1.0 / self._work[row] * self._part
        for to, heap in enumerate(self._heaps[other]):
            if to != other and costs[to] < NEVER:
                heappush(heap, ((costs[to] - costs[other]) * unit, row))
