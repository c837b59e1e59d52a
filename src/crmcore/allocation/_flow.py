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

The first prices come from solving a part of the items, drawn by their hash, for curves of
as small a width; so few chains are left to be found for the whole. Where there are very many
pairs of items and holders, each item may go only to the holders that are cheapest at those
first prices, and to today's. The prices are then a little less than the best ones, and prove
a bound as any prices do.

Sources:
    R. K. Ahuja, T. L. Magnanti and J. B. Orlin, "Network Flows", Prentice Hall, 1993,
    chapter 9.7 (successive shortest paths) and 14 (convex costs).
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from ._near import near_columns
from ._table import Curve, Table
from ._watch import Timer

_SAMPLE = 4
_SMALL = 400
_TINY = 1e-9
_TINY_STEP = 1e-6
_FAR = 1e300

# For each column, what a minute costs on its way to each other one that it can go to.
_Arcs = list[dict[int, float]]
_Heaps = list[dict[int, list[tuple[float, int]]]]


def flow_prices(
    table: Table, timer: Timer, prices: Sequence[float] = ()
) -> tuple[list[float], list[int]]:
    """Return the price of a minute of each column, and who holds most of each item.

    Where the work of an item depends on its holder, the least of it is taken; the prices
    are then a guess, which is all that a price needs to be to prove a bound. So are those of
    a search that the timer cuts short.

    Args:
        table: The rows.
        timer: May cut the search short.
        prices: The prices to begin with; those of a sample where there are none.
    """
    rows = [row for row, work in enumerate(table.minutes) if _work(work) > 0]
    first = list(prices) or _sampled(table, rows, 1, timer)
    flow = _Flow(table, rows, first, 1)
    flow.run(timer)
    held = flow.mostly()
    others = [row for row in range(len(table.base)) if row not in held]
    held.update(zip(others, table.cheapest(flow.prices, others)[0], strict=True))
    return flow.prices, [held[row] for row in range(len(table.base))]


def _work(minutes: Sequence[int]) -> int:
    return min(minutes[:-1], default=0)


def _sampled(table: Table, rows: list[int], part: int, timer: Timer) -> list[float]:
    """Return prices for *rows* that come from a part of them."""
    if len(rows) <= _SMALL:
        return [0.0] * (table.nobody + 1)
    # The rows stand in the order of a hash, so any part of them is a fair sample.
    few, part = rows[::_SAMPLE], part * _SAMPLE
    flow = _Flow(table, few, _sampled(table, few, part, timer), part)
    flow.run(timer)
    return flow.prices


class _Flow:
    """The minutes of items on their way to holders; work counts *part* times."""

    def __init__(self, table: Table, rows: list[int], prices: list[float], part: int) -> None:
        columns = range(table.nobody + 1)
        self.prices = prices
        self._table = table
        self._curves: list[Curve] = table.curves
        self._nobody = table.nobody
        self._columns = columns
        self._near = near_columns(table, rows, prices)
        self._work = {row: _work(table.minutes[row]) * part for row in rows}
        self._part = part
        self._held: list[dict[int, int]] = [{} for _ in columns]
        self._heaps: _Heaps = [{} for _ in columns]
        self._arcs: _Arcs = [{} for _ in columns]
        self._used = [0] * len(columns)
        self._excess = [0] * len(columns)
        self._start()

    def _start(self) -> None:
        for row, near in self._near.items():
            at = near[0]
            self._held[at][row] = self._work[row]
            heaps = self._heaps[at]
            for to, cost in self._ways(row, at):
                heaps.setdefault(to, []).append((cost, row))
        for at, heaps in enumerate(self._heaps):
            for heap in heaps.values():
                heapify(heap)
            load = sum(self._held[at].values())
            if at != self._nobody:
                self._used[at] = self._curves[at].best_at(self.prices[at], load)
                self._excess[at] = load - self._used[at]
        self._excess[self._nobody] = -sum(self._excess)
        for at, heaps in enumerate(self._heaps):
            for to in {*heaps, self._nobody} if at != self._nobody else self._columns:
                self._look(at, to)

    def _ways(self, row: int, at: int) -> list[tuple[int, float]]:
        """Return what a minute of a row costs on its way from a column to each other one."""
        base, change = self._table.base[row], self._table.change[row]
        here, work, nobody = self._table.current[row], self._work[row] / self._part, self._nobody
        from_ = base[at] + (change if at not in (here, nobody) else 0)
        return [
            (to, (base[to] + (change if to not in (here, nobody) else 0) - from_) / work)
            for to in self._near[row]
            if to != at
        ]

    def run(self, timer: Timer) -> None:
        """Send every excess where it is needed."""
        while max(self._excess) > 0 and not timer.is_over():
            before, ends = self._paths()
            for nth, end in enumerate(ends):
                self._send(before, end, is_nearest=nth == 0)

    def mostly(self) -> dict[int, int]:
        """Return the column that holds most of each row, the first of equals."""
        best: dict[int, tuple[int, int]] = {}
        for at in self._columns:
            for row, work in self._held[at].items():
                if row not in best or work > best[row][0]:
                    best[row] = (work, at)
        return {row: at for row, (_, at) in best.items()}

    def _send(self, before: Sequence[int], end: int, *, is_nearest: bool) -> None:
        """Send along one path what fits, if it still is as cheap as the prices say.

        The nearest path always is, whatever the rounding of the prices makes of it.
        """
        steps = []
        amount = -self._excess[end]
        at = end
        while before[at] >= 0:
            one, other = before[at], at
            cost, most, row = self._arc(one, other)
            loss = cost + self.prices[other] - self.prices[one]
            if not most or (loss > _TINY_STEP and not is_nearest):
                return
            steps.append((one, other, row))
            amount = min(amount, most)
            at = one
        amount = min(amount, self._excess[at])
        if amount <= 0:
            return
        for one, other, row in steps:
            self._hand_on(one, other, row, amount)
        self._excess[at] -= amount
        self._excess[end] += amount

    def _paths(self) -> tuple[list[int], list[int]]:
        """Find the cheapest paths from excess to every need, and let the prices follow.

        Returns:
            The column before each on its path, and the columns in need, the nearest first.
        """
        prices, excess, arcs = self.prices, self._excess, self._arcs
        distance = [0.0 if more > 0 else _FAR for more in excess]
        before = [-1] * len(distance)
        fringe = [(0.0, at) for at, more in enumerate(excess) if more > 0]
        needs = sum(1 for more in excess if more < 0)
        ends: list[int] = []
        near = 0.0
        while fringe and len(ends) < needs:
            near, at = heappop(fringe)
            if near > distance[at]:
                continue
            if excess[at] < 0:
                ends.append(at)
            base = near - prices[at]
            for to, cost in arcs[at].items():
                # Not below what is done already, or rounding might lead a path in a circle.
                step = max(base + cost + prices[to], near)
                if step < distance[to] - _TINY:
                    distance[to] = step
                    before[to] = at
                    heappush(fringe, (step, to))
        reach = near
        nobody = prices[self._nobody] - min(distance[self._nobody], reach)
        self.prices = [
            price - min(far, reach) - nobody for price, far in zip(prices, distance, strict=True)
        ]
        return before, ends

    def _arc(self, one: int, other: int) -> tuple[float, int, int]:
        """Return the cost of a minute from one to the other, how many, and the row (or -1)."""
        heap, held = self._heaps[one].get(other, ()), self._held[one]
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

    def _look(self, one: int, other: int) -> None:
        """Note what a minute costs from one column to another, as it is now."""
        if one == other:
            return
        cost, amount, _ = self._arc(one, other)
        if amount:
            self._arcs[one][other] = cost
        else:
            self._arcs[one].pop(other, None)

    def _hand_on(self, one: int, other: int, row: int, amount: int) -> None:
        if row < 0:
            at, change = (one, amount) if other == self._nobody else (other, -amount)
            self._used[at] += change
            self._look(at, self._nobody)
            self._look(self._nobody, at)
            return
        held = self._held[one]
        held[row] -= amount
        if not held[row]:
            del held[row]
            for to in self._near[row]:
                self._look(one, to)
        if row in self._held[other]:
            self._held[other][row] += amount
            return
        self._held[other][row] = amount
        for to, cost in self._ways(row, other):
            heappush(self._heaps[other].setdefault(to, []), (cost, row))
            self._look(other, to)
