"""Tallying: one walk over the trails counts what every KPI of every period needs."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from itertools import pairwise
from typing import Final

import attrs

from crmcore.calendar import Period
from crmcore.features import Trail

# Amounts have at most 30 digits on either side of the point, so that sums in this context are
# exact, whatever context the caller has set, and do not depend on the order of customers.
_EXACT: Final = Context(prec=120)


@attrs.define
class Count:
    """What was counted in one period.

    Attributes:
        opening: Customers active at its start.
        kept: Of these, customers active at its end.
        base: Customers active at its end.
        orders: Purchases without refunds.
        buyers: Customers with a purchase.
        sales: Amounts paid less refunds.
        new: Customers whose first purchase falls in it.
        repeated: Of these, customers who bought again on a later day within their window.
        last_judged: The last day of the latest of their windows, as an ordinal; 0 without any.
        stayers: Customers with a purchase in it and in the period before.
        stayers_now: What these paid in it, less refunds.
        stayers_before: What these paid in the period before, less refunds.
    """

    opening: int = 0
    kept: int = 0
    base: int = 0
    orders: int = 0
    buyers: int = 0
    sales: Decimal = Decimal(0)
    new: int = 0
    repeated: int = 0
    last_judged: int = 0
    stayers: int = 0
    stayers_now: Decimal = Decimal(0)
    stayers_before: Decimal = Decimal(0)


class Tally:
    """The counts of a row of periods and of the period before them.

    The periods are told apart by their *edges*: the days at which they begin, and the day
    after the last one. Which customers are active at which edges is kept as a pattern of
    bits, one for each edge; few patterns are shared by many customers.
    """

    def __init__(self, row: Sequence[Period], *, active_days: int, repeat_days: int) -> None:
        self.edges = [period.start.toordinal() for period in row]
        self.edges.append(row[-1].end.toordinal())
        self.counts = [Count() for _ in row]
        self.first_day: int | None = None
        self._active_days = active_days
        self._repeat_days = repeat_days
        self._patterns: Counter[int] = Counter()
        self._place = [
            place
            for place, (start, end) in enumerate(pairwise(self.edges))
            for _ in range(start, end)
        ]

    def read(self, trails: Iterable[tuple[Trail, bool]]) -> None:
        """Count the trails of those who count, whatever their order.

        The records begin on the first day of all, whether it counts or not.
        """
        for trail, counts in trails:
            if trail.money_days:
                first = trail.money_days[0]
                if self.first_day is None or first < self.first_day:
                    self.first_day = first
            if not counts:
                continue
            bought = self._count_orders(trail)
            net = self._count_sales(trail)
            self._count_stayers(bought, net)
            if trail.occasions:
                self._count_new(trail.occasions)
                self._patterns[self._activity(trail.occasions)] += 1
        self._count_active()

    def _places(self, days: Sequence[int]) -> Iterable[tuple[int, int]]:
        """Yield those of *days* that fall in the row, each with its position and its period."""
        start, end = self.edges[0], self.edges[-1]
        for position, day in enumerate(days):
            if start <= day < end:
                yield position, self._place[day - start]

    def _count_orders(self, trail: Trail) -> list[int]:
        """Return the periods with purchases, in order, each once."""
        bought: list[int] = []
        for _, place in self._places(trail.occasions):
            self.counts[place].orders += 1
            if not bought or bought[-1] != place:
                bought.append(place)
                self.counts[place].buyers += 1
        for _, place in self._places(trail.further):
            self.counts[place].orders += 1
        return bought

    def _count_sales(self, trail: Trail) -> dict[int, Decimal]:
        """Return what was paid, net, in each period in which money moved."""
        totals = trail.totals
        net: dict[int, Decimal] = {}
        for position, place in self._places(trail.money_days):
            before = totals[position - 1] if position else Decimal(0)
            amount = _EXACT.subtract(totals[position], before)
            net[place] = _EXACT.add(net[place], amount) if place in net else amount
        for place, amount in net.items():
            count = self.counts[place]
            count.sales = _EXACT.add(count.sales, amount)
        return net

    def _count_stayers(self, bought: list[int], net: dict[int, Decimal]) -> None:
        for before, now in pairwise(bought):
            if now == before + 1:
                count = self.counts[now]
                count.stayers += 1
                count.stayers_now = _EXACT.add(count.stayers_now, net[now])
                count.stayers_before = _EXACT.add(count.stayers_before, net[before])

    def _count_new(self, occasions: Sequence[int]) -> None:
        first = occasions[0]
        for _, place in self._places(occasions[:1]):
            count = self.counts[place]
            last = first + self._repeat_days
            count.new += 1
            count.repeated += len(occasions) > 1 and occasions[1] <= last
            count.last_judged = max(count.last_judged, last)

    def _activity(self, occasions: Sequence[int]) -> int:
        """Return the pattern of edges at which somebody who bought on these days is active."""
        pattern = 0
        for day in occasions:
            since = bisect_right(self.edges, day)
            until = bisect_right(self.edges, day + self._active_days)
            pattern |= (1 << until) - (1 << since)
        return pattern

    def _count_active(self) -> None:
        for pattern, customers in self._patterns.items():
            for place, count in enumerate(self.counts):
                at_start, at_end = pattern >> place & 1, pattern >> (place + 1) & 1
                count.opening += customers * at_start
                count.kept += customers * (at_start & at_end)
                count.base += customers * at_end
