"""Solving: the right search for the size, the rule of the incumbent, and the certificate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

import attrs

from crmcore.checks import at_least
from crmcore.errors import InvalidValueError

from ._certificate import Assigned, Certificate, Method
from ._descent import Descent
from ._exact import Search
from ._flow import flow_prices
from ._lagrange import common_step
from ._model import Problem
from ._table import FORBIDDEN, Table

_MOST_ITEMS = 120
_MOST_CELLS = 500_000

Progress: TypeAlias = Callable[[str, int], None]


@attrs.frozen(kw_only=True)
class Budget:
    """How much work a search may do. It counts steps, never seconds, so it is repeatable.

    Attributes:
        nodes: How many branches a search for the proof may open.
        moves: How many improving moves a descent may carry out.

    .. versionadded:: 0.1.0
    """

    nodes: int = attrs.field(default=200, validator=at_least(0))
    moves: int = attrs.field(default=1_000_000, validator=at_least(0))


@attrs.frozen(kw_only=True)
class Incumbent:
    """What today's assignment is spared.

    Attributes:
        tolerance: Today's assignment stays as it is when it holds all that the new one holds
            and its cost is above the bound by at most this share of the bound.
        dead_band: A move away from today's holder is dropped when it wins less than this.

    .. versionadded:: 0.1.0
    """

    tolerance: Fraction = attrs.field(default=Fraction(0), validator=at_least(0))
    dead_band: int = attrs.field(default=0, validator=at_least(0))


@attrs.frozen(kw_only=True)
class Solution:
    """An assignment with its certificate.

    Attributes:
        assignment: Who holds each item, or None for nobody, in order of the items' ids.
        certificate: How far from the best possible it can be at most.

    .. versionadded:: 0.1.0
    """

    assignment: Assigned
    certificate: Certificate


def _tell_nobody(_: str, __: int) -> None:
    """Take note of a step, and do nothing."""


def solve(
    problem: Problem,
    *,
    budget: Budget | None = None,
    incumbent: Incumbent | None = None,
    salt: str = "crmcore",
    progress: Progress | None = None,
) -> Solution:
    """Find who should hold what, and prove how good that is.

    Few items (up to 120) are searched through by branch and bound until nothing better can
    exist or the budget of branches is used up. Many items get the prices of the problem of
    fractions, are rounded, and go down by moves and exchanges. Either way the certificate
    says what is proven. The same problem gives the same solution, whatever the order of its
    parts; ties follow a hash of *salt* and id, so that nobody wins them for being first.

    Args:
        problem: What is to be held, and by whom it can be.
        budget: How much work to do.
        incumbent: What today's assignment is spared. Whatever it says, the solution never
            costs more than today's assignment, where that breaks no rule.
        salt: Turns the ties another way.
        progress: Is told the name of each step and its number.

    Returns:
        The assignment and its certificate.

    Complexity:
        For many items, about ``n m`` numbers of memory, and ``n m log n`` time for each of
        a few rounds, with *n* items and *m* holders.

    .. versionadded:: 0.1.0
    """
    budget, incumbent = budget or Budget(), incumbent or Incumbent()
    tell = progress or _tell_nobody
    table = Table.of(problem, salt)
    tell("prices", 0)
    exact_prices, wanted = flow_prices(table)
    prices = [round(price) for price in exact_prices]
    price_bound = table.price_bound(prices)
    tell("descent", 0)
    small = _is_small(table)
    starts = [wanted, table.current] if small else [wanted]
    held = _descend(table, starts, exact_prices, budget.moves)
    bound = price_bound
    if small:
        search = Search(table, held, budget.moves)
        bound = max(bound, search.run(_prizes(table, prices), budget.nodes, tell))
        held = search.held
    held = _spare(table, held, bound, incumbent)
    value = table.value(held)
    if value >= FORBIDDEN:  # pragma: no cover - leaving items uncovered is always allowed
        raise InvalidValueError("problem", value, "have an assignment")
    return Solution(
        assignment=_named(table, held),
        certificate=Certificate(
            value=value,
            bound=bound,
            prices=tuple(sorted(zip(table.holders, prices, strict=False))),
            price_bound=price_bound,
            method=Method.BRANCHES if bound > price_bound else Method.PRICES,
        ),
    )


def _is_small(table: Table) -> bool:
    """Say whether a search for the proof can be afforded."""
    steps = sum(curve.limit for curve in table.curves) // common_step(table)
    return len(table.items) <= _MOST_ITEMS and len(table.items) * steps <= _MOST_CELLS


def _descend(
    table: Table, starts: Sequence[Sequence[int]], prices: Sequence[float], moves: int
) -> list[int]:
    """Return the best assignment that a descent finds from one of the starts."""
    found = []
    for start in starts:
        descent = Descent.from_scratch(table, start, moves)
        descent.run(prices)
        found.append(descent.held)
    return min(found, key=table.value)


def _prizes(table: Table, prices: Sequence[int]) -> list[int]:
    """Return what each item pays at the prices, which makes a good prize to begin with."""
    return [
        min(c + m * p for c, m, p in zip(costs, minutes, prices, strict=True))
        for costs, minutes in zip(table.costs, table.minutes, strict=True)
    ]


def _spare(table: Table, held: list[int], bound: int, incumbent: Incumbent) -> list[int]:
    """Return what is left of an assignment when today's is spared what it may be spared."""
    today, nobody = table.current, table.nobody
    cost_today = table.value(today)
    drops_nothing = all(at == nobody or now != nobody for at, now in zip(held, today, strict=True))
    margin = cost_today - bound
    if drops_nothing and margin <= incumbent.tolerance * abs(bound):
        return today
    kept = Descent(table, held, 0)
    least = max(incumbent.dead_band, 1)
    while True:
        moved = [
            (kept.change(row, today[row]), row)
            for row, at in enumerate(kept.held)
            if at != today[row] != nobody
        ]
        worthless = [(loss, row) for loss, row in moved if loss < least]
        if not worthless:
            break
        for _, row in sorted(worthless):
            if kept.change(row, today[row]) < least:
                kept.move(row, today[row])
    return today if cost_today <= table.value(kept.held) else kept.held


def _named(table: Table, held: Sequence[int]) -> Assigned:
    names = [*table.holders, None]
    return tuple(sorted((item.id, names[at]) for item, at in zip(table.items, held, strict=True)))
