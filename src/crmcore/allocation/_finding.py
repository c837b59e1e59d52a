"""Finding: prices, rounding, descent, and for few items the search for the proof."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from crmcore.kernel import Phrase

from ._budget import Budget
from ._descent import Descent
from ._exact import Search
from ._flow import flow_prices
from ._lagrange import common_step
from ._table import Table
from ._watch import Progress, Timer

_MOST_ITEMS = 120
_MOST_CELLS = 500_000

_PRICING = Phrase("finding what an hour is worth", "计算工时价格")
_DESCENDING = Phrase("making the assignment better", "改进分配方案")


@attrs.frozen(kw_only=True)
class Effort:
    """How much is done to find something.

    Attributes:
        budget: How much work to do.
        timer: May cut it short.
        tell: Hears how far it is.
    """

    budget: Budget
    timer: Timer
    tell: Progress


@attrs.frozen(kw_only=True)
class Priced:
    """What prices say of a table.

    Attributes:
        wanted: The column that should hold each row, were there fractions.
        exact: What a minute of each column is worth.
        prices: The same in whole numbers.
        bound: What no assignment can be below, by these.
    """

    wanted: list[int]
    exact: list[float]
    prices: list[int]
    bound: int


@attrs.frozen(kw_only=True)
class Found:
    """An assignment of the rows of a table, and what is proven of all its assignments.

    Attributes:
        held: The column of each row.
        bound: What no assignment can be below.
    """

    held: list[int]
    bound: int


def price(table: Table, effort: Effort, first: Sequence[float] = ()) -> Priced:
    """Find what a minute of each column is worth.

    Args:
        table: The rows.
        effort: How much to do.
        first: The prices to begin with; those of a sample where there are none.
    """
    effort.tell(0, None, _PRICING)
    exact, wanted = flow_prices(table, effort.timer, first)
    prices = [round(price) for price in exact]
    return Priced(wanted=wanted, exact=exact, prices=prices, bound=table.price_bound(prices))


def find(
    table: Table, priced: Priced, effort: Effort, starts: Sequence[Sequence[int]] = ()
) -> Found:
    """Find a good assignment of a table; the best possible, if there are few rows.

    Args:
        table: The rows.
        priced: What prices say of them.
        effort: How much to do.
        starts: Assignments that are known, from which a descent may begin as well.
    """
    effort.tell(0, None, _DESCENDING)
    small = is_small(table)
    begins = [priced.wanted, *starts, *([table.current] if small else [])]
    held = _descend(table, begins, priced.exact, effort)
    bound = priced.bound
    if small:
        search = Search(table, held, effort.budget.moves, effort.timer)
        prizes = table.cheapest(priced.prices)[1]
        bound = max(bound, search.run(prizes, effort.budget.nodes, effort.tell))
        held = search.held
    return Found(held=held, bound=bound)


def is_small(table: Table) -> bool:
    """Say whether a search for the proof can be afforded."""
    if len(table.items) > _MOST_ITEMS:
        return False
    steps = sum(curve.limit for curve in table.curves) // common_step(table)
    return max(len(table.items), 1) * steps <= _MOST_CELLS


def _descend(
    table: Table, starts: Sequence[Sequence[int]], prices: Sequence[float], effort: Effort
) -> list[int]:
    """Return the best assignment that a descent finds from one of the starts."""
    found = []
    for start in starts:
        descent = Descent.from_scratch(table, start, effort.budget.moves)
        descent.run(prices, effort.timer)
        found.append(descent.held)
    return min(found, key=table.value)
