"""The problem as rows of numbers, which is what the searches read.

The last column of a row stands for *nobody*: it costs what it costs that nobody holds the
item, and takes no time. Items and holders stand in the order of a hash of their ids, so that a tie
goes to neither the oldest nor the first in the alphabet, and always to the same one.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from operator import add, mul
from typing import Generic, TypeVar

import attrs

from ._model import Conflict, Holder, Item, Problem

NEVER = 1 << 60
FORBIDDEN = NEVER >> 1  # a sum that is at least this has a NEVER in it

Number = TypeVar("Number", int, float)


def shuffled(ids: Sequence[str], salt: str) -> list[str]:
    """Return the ids in the order of the hashes of salt and id."""
    return sorted(ids, key=lambda key: hashlib.sha256(f"{salt}\0{key}".encode()).digest())


class Curve:
    """A holder's load curve, ready to be asked often."""

    __slots__ = ("_slopes", "_starts", "_values", "corners", "limit")

    def __init__(self, holder: Holder) -> None:
        corners = holder.corners
        self.corners = [minutes for minutes, _ in corners]
        self.limit = holder.limit
        self._starts = self.corners[:-1] or [0]
        self._values = [cost for _, cost in corners[:-1]] or [0]
        self._slopes = [band.slope for band in holder.bands] or [0]

    @property
    def most(self) -> int:
        """The highest cost of a load; the curve is convex, so it is at one of its ends."""
        return max(self.cost(0), self.cost(self.limit))

    def cost(self, minutes: int) -> int:
        """Return what a load costs; NEVER beyond the limit."""
        if minutes > self.limit:
            return NEVER
        at = bisect_right(self._starts, minutes) - 1
        return self._values[at] + (minutes - self._starts[at]) * self._slopes[at]

    def ahead(self, minutes: int) -> tuple[int, int]:
        """Return the slope of the next minute, and for how many minutes it lasts."""
        if minutes >= self.limit:
            return NEVER, 0
        at = bisect_right(self._starts, minutes) - 1
        ends = [*self._starts[1:], self.limit]
        return self._slopes[at], ends[at] - minutes

    def behind(self, minutes: int) -> tuple[int, int]:
        """Return the slope of the last minute, and for how many minutes it lasts."""
        if minutes == 0:
            return -NEVER, 0
        at = bisect_right(self._starts, minutes - 1) - 1
        return self._slopes[at], minutes - self._starts[at]

    def best_at(self, price: float, minutes: int) -> int:
        """Return the load nearest to *minutes* that suits best when a minute earns *price*."""
        low = high = 0
        for slope, end in zip(self._slopes, [*self._starts[1:], self.limit], strict=True):
            if slope < price:
                low = end
            if slope <= price:
                high = end
        return min(max(minutes, low), high)


@attrs.frozen(kw_only=True)
class Table:
    """Items by row, holders by column, the last column for nobody.

    Rows that are alike share their tuples, so that a book of a hundred thousand customers
    takes no more memory than its few kinds of customers do.

    Attributes:
        items: The items by row.
        holders: The ids of the holders by column.
        curves: Their load curves, and one for nobody.
        base: What each option costs without a change, by row and column; NEVER where there
            is none, or the row is more than the holder can take. That nobody holds the row
            has its change counted in.
        minutes: The work of each option, by row and column.
        current: The column of today's holder; nobody where that is no option.
        change: What it costs that another holder than today's holds the row.
        enemies: The rows that must not share a holder with the row.
    """

    items: list[Item]
    holders: list[str]
    curves: list[Curve]
    base: list[tuple[int, ...]]
    minutes: list[tuple[int, ...]]
    current: list[int]
    change: list[int]
    enemies: list[tuple[int, ...]]

    @classmethod
    def of(cls, problem: Problem, salt: str) -> Table:
        """Write the problem down in rows."""
        by_id = {item.id: item for item in problem.items}
        items = [by_id[key] for key in shuffled(list(by_id), salt)]
        curves = {holder.id: Curve(holder) for holder in problem.holders}
        holders = shuffled(list(curves), salt)
        column = {key: at for at, key in enumerate(holders)}
        rows = _Rows(column, [curves[key].limit for key in holders])
        base = [rows.costs(item) for item in items]
        current = [rows.current(item) for item in items]
        return cls(
            items=items,
            holders=holders,
            curves=[*(curves[key] for key in holders), Curve(Holder("nobody", ()))],
            base=base,
            minutes=[rows.minutes(item) for item in items],
            current=current,
            change=[
                item.change if at < len(holders) else 0
                for item, at in zip(items, current, strict=True)
            ],
            enemies=_enemies(items, problem.conflicts),
        )

    @property
    def nobody(self) -> int:
        """The column that stands for nobody."""
        return len(self.holders)

    def cost(self, row: int, at: int) -> int:
        """Return what a row costs with a column, the load not counted."""
        cost = self.base[row][at]
        if at == self.current[row] or at == len(self.holders):
            return cost
        return cost + self.change[row]

    @cached_property
    def costs(self) -> list[tuple[int, ...]]:
        """What each option costs, by row and column; one number for each, so for few rows."""
        columns = range(self.nobody + 1)
        return [
            tuple(min(self.cost(row, at), NEVER) for at in columns)
            for row in range(len(self.items))
        ]

    def most(self) -> int:
        """Return more than any assignment can cost, or win."""
        own = {id(base): max(abs(cost) for cost in base if cost < NEVER) for base in self.base}
        total = sum(self.change) + sum(own[id(base)] for base in self.base)
        return total + sum(curve.most for curve in self.curves)

    def loads(self, held: Sequence[int]) -> list[int]:
        """Return the load of each column."""
        loads = [0] * (self.nobody + 1)
        for row, at in enumerate(held):
            loads[at] += self.minutes[row][at]
        return loads

    def value(self, held: Sequence[int]) -> int:
        """Return what an assignment costs; FORBIDDEN or more where it breaks a rule."""
        total = sum(self.cost(row, at) for row, at in enumerate(held))
        total += sum(
            curve.cost(load) for curve, load in zip(self.curves, self.loads(held), strict=True)
        )
        clash = any(
            held[row] == held[foe] != self.nobody
            for row, foes in enumerate(self.enemies)
            for foe in foes
        )
        return NEVER if clash else total

    def price_bound(self, prices: Sequence[int]) -> int:
        """Return what every assignment costs at least, proven by prices of the minutes."""
        total = sum(self.cheapest(prices)[1])
        for curve, price in zip(self.curves[:-1], prices, strict=False):
            total += min(curve.cost(load) - price * load for load in curve.corners)
        return total

    def cheapest(
        self, prices: Sequence[Number], rows: Iterable[int] | None = None
    ) -> tuple[list[int], list[Number]]:
        """Return where each row costs least at prices of the minutes, and how much it costs.

        Where today's holder costs as little as any other, the row stays there.
        """
        nobody = self.nobody
        paid = Paid(prices)
        known: dict[tuple[int, int], tuple[Number, int, Number]] = {}
        columns, costs = [], []
        for row in range(len(self.base)) if rows is None else rows:
            base, minutes = self.base[row], self.minutes[row]
            key = (id(base), id(minutes))
            if key not in known:
                *priced, alone = map(add, base, paid.of(minutes))
                least = min(priced, default=alone)
                at = priced.index(least) if priced else nobody
                known[key] = (least, at, alone)
            least, at, alone = known[key]
            if self.change[row]:
                least += self.change[row]
                here = self.current[row]
                stays = base[here] + paid.of(minutes)[here]
                if stays <= least:
                    least, at = stays, here
            if alone < least:
                least, at = alone, nobody
            columns.append(at)
            costs.append(least)
        return columns, costs


class Paid(Generic[Number]):
    """What the minutes of rows are worth at prices; rows that share minutes share the answer."""

    def __init__(self, prices: Sequence[Number]) -> None:
        self._prices: Sequence[Number] = prices
        self._known: dict[int, list[Number]] = {}

    def of(self, minutes: tuple[int, ...]) -> list[Number]:
        """Return what the minutes of a row cost with each column."""
        key = id(minutes)
        if key not in self._known:
            self._known[key] = list(map(mul, minutes, self._prices))
        return self._known[key]


class _Rows:
    """Rows of numbers; items that share their options share their rows."""

    def __init__(self, column: dict[str, int], limits: Sequence[int]) -> None:
        self._column = column
        self._limits = limits
        self._least = min(limits, default=0)
        self._able: dict[int, set[str]] = {}
        self._costs: dict[tuple[int, int, int], tuple[int, ...]] = {}
        self._minutes: dict[tuple[int, int], tuple[int, ...]] = {}

    def costs(self, item: Item) -> tuple[int, ...]:
        could_stay = self.current(item) < len(self._column)
        nobody = item.uncovered + (item.change if could_stay else 0)
        work = item.minutes if item.minutes > self._least else 0
        key = (id(item.options), nobody, work)
        if key not in self._costs:
            row = [NEVER] * len(self._column)
            for option in item.options:
                at = self._column[option.holder]
                if (work if option.minutes is None else option.minutes) <= self._limits[at]:
                    row[at] = option.cost
            self._costs[key] = (*row, nobody)
        return self._costs[key]

    def current(self, item: Item) -> int:
        """Return the column of today's holder, or nobody's where that is none of the options."""
        if id(item.options) not in self._able:
            self._able[id(item.options)] = {option.holder for option in item.options}
        able = item.current in self._able[id(item.options)]
        return self._column[str(item.current)] if able else len(self._column)

    def minutes(self, item: Item) -> tuple[int, ...]:
        own = any(option.minutes is not None for option in item.options)
        key = (id(item.options) if own else 0, item.minutes)
        if key not in self._minutes:
            row = [item.minutes] * len(self._column)
            for option in item.options:
                if option.minutes is not None:
                    row[self._column[option.holder]] = option.minutes
            self._minutes[key] = (*row, 0)
        return self._minutes[key]


def _enemies(items: Sequence[Item], conflicts: Sequence[Conflict]) -> list[tuple[int, ...]]:
    row = {item.id: at for at, item in enumerate(items)}
    found: list[set[int]] = [set() for _ in items]
    for pair in conflicts:
        found[row[pair.one]].add(row[pair.other])
        found[row[pair.other]].add(row[pair.one])
    return [tuple(sorted(foes)) for foes in found]
