"""Near columns: where a row may well go, at given prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import add

from ._table import NEVER, Paid, Table

_MOST_PAIRS = 2_000_000
_NEAREST = 16
_MIDDLE = 48
_OF_MIDDLE = 5
_OF_FAR = 3


class Market:
    """What rows cost at prices of the minutes that do not change any more.

    Attributes:
        prices: What a minute of each column costs.
        columns: Where each row costs least.
        costs: What it costs there.
    """

    def __init__(self, table: Table, prices: Sequence[float]) -> None:
        self.prices = prices
        self._table = table
        self.columns, self.costs = table.cheapest(prices)
        self._paid = Paid(prices)
        self._near = near_columns(table, range(len(table.base)), prices, self.columns)

    def cost(self, row: int, at: int) -> float:
        """Return what a row costs with a column."""
        return self._table.cost(row, at) + self._table.minutes[row][at] * self.prices[at]

    def ways(self, row: int, at: int) -> list[tuple[int, float]]:
        """Return where else a row may go from a column, and what it loses by going there."""
        table = self._table
        base, paid = table.base[row], self._paid.of(table.minutes[row])
        change, here, nobody = table.change[row], table.current[row], table.nobody
        now = base[at] + paid[at]
        if not change:
            return [(to, base[to] + paid[to] - now) for to in self._near[row] if to != at]
        if at not in (here, nobody):
            now += change
        return [
            (to, base[to] + paid[to] - now + (0 if to in (here, nobody) else change))
            for to in self._near[row]
            if to != at
        ]


def near_columns(
    table: Table, rows: Sequence[int], prices: Sequence[float], firsts: Iterable[int] | None = None
) -> dict[int, tuple[int, ...]]:
    """Return the columns that rows may go to, the one that is cheapest at the prices first.

    Where there are very many pairs of rows and columns, only the cheapest ones are among
    them, beside today's holder and nobody. Which one is cheapest may be handed in as *firsts*
    where it is known already.
    """
    nobody = table.nobody
    most = _NEAREST if len(rows) * nobody > _MOST_PAIRS else nobody
    paid = Paid(prices)
    known: dict[tuple[int, int], tuple[int, ...]] = {}
    found: dict[int, tuple[int, ...]] = {}
    firsts = table.cheapest(prices, rows)[0] if firsts is None else firsts
    for row, first in zip(rows, firsts, strict=True):
        base, minutes, here = table.base[row], table.minutes[row], table.current[row]
        key = (id(base), id(minutes))
        if key not in known:
            known[key] = _able(base, paid.of(minutes), most)
        near = known[key]
        if len(near) > most + 1:
            near = _some(near, row)
        # Most rows share the columns of their like.
        if first != near[0] or here not in near:
            near = tuple(dict.fromkeys((first, *near, here, nobody)))
        found[row] = near
    return found


def _able(base: tuple[int, ...], paid: Sequence[float], most: int) -> tuple[int, ...]:
    """Return all columns that a row may go to, the cheapest first, and nobody.

    Where they are more than so many, they come in order of what they cost.
    """
    nobody = len(base) - 1
    priced = list(map(add, base, paid))
    able = [at for at in range(nobody) if base[at] < NEVER]
    if len(able) > most:
        able.sort(key=priced.__getitem__)
    elif able:
        first = min(able, key=priced.__getitem__)
        able.remove(first)
        able.insert(0, first)
    return (*able, nobody)


def _some(able: tuple[int, ...], row: int) -> tuple[int, ...]:
    """Return some of the columns, fewer the dearer they are; other ones for the next row.

    Where rows are alike, and so are columns, the nearest ones of all rows are the same few.
    Together the rows must reach all columns, or nobody would be found for what is left over.
    """
    near, middle, far = able[: _NEAREST // 2], able[_NEAREST // 2 : _MIDDLE], able[_MIDDLE:-1]
    steps = len(middle) // _OF_MIDDLE + 1, len(far) // _OF_FAR + 1
    return (*near, *middle[row % steps[0] :: steps[0]], *far[row % steps[1] :: steps[1]], able[-1])
