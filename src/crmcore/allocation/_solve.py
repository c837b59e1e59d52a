"""Solving: the right search for the size, the rule of the incumbent, and the certificate."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs

from crmcore.checks import at_least
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._certificate import Assigned, Certificate, Method
from ._descent import Descent
from ._exact import Search
from ._flow import flow_prices
from ._lagrange import common_step
from ._model import Problem
from ._solution import Solution
from ._solver import Solver, ask
from ._table import FORBIDDEN, Table
from ._watch import Progress, Timer, Watch

_MOST_ITEMS = 120
_MOST_CELLS = 500_000

_PRICING = Phrase("finding what an hour is worth", "计算工时价格")
_DESCENDING = Phrase("making the assignment better", "改进分配方案")
_ASKING = Phrase("asking the solver", "调用外部求解器")


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


def _tell_nobody(_: int, __: int | None, ___: Phrase) -> None:
    """Take note of a step, and do nothing."""


def solve(
    problem: Problem,
    *,
    budget: Budget | None = None,
    incumbent: Incumbent | None = None,
    watch: Watch | None = None,
    solver: Solver | None = None,
    salt: str = "crmcore",
    progress: Progress | None = None,
) -> Solution:
    """Find who should hold what, and prove how good that is.

    Few items (up to 120) are searched through by branch and bound until nothing better can
    exist or the budget of branches is used up. Many items get the prices of the problem of
    fractions, are rounded, and go down by moves and exchanges. Either way the certificate
    says what is proven. A solver that is handed in goes on from there, unless nothing can be
    better; what it returns is checked, and refused where it cannot be.

    The same problem gives the same solution, whatever the order of its parts; ties follow a
    hash of *salt* and id, so that nobody wins them for being first. Only a watch with an end
    makes a solution depend on the machine.

    Args:
        problem: What is to be held, and by whom it can be.
        budget: How much work to do. Where it is left out, 200 branches at most are opened
            for a proof, and with a solver only the first.
        incumbent: What today's assignment is spared. Whatever it says, the solution never
            costs more than today's assignment, where that breaks no rule.
        watch: Takes the time, and may end the search early.
        solver: Has the last word within what can be checked.
        salt: Turns the ties another way.
        progress: Hears how much of a step is done, of how much if known, and which it is.

    Returns:
        The assignment and its certificate.

    Raises:
        FaultsError: If the solver fails, or returns what cannot be.

    Complexity:
        For many items, about ``n m`` numbers of memory, and ``n m log n`` time for each of
        a few rounds, with *n* items and *m* holders.

    .. versionadded:: 0.1.0
    """
    timer = Timer(watch)
    if budget is None:
        budget = Budget() if solver is None else Budget(nodes=1)
    tell = progress or _tell_nobody
    table = Table.of(problem, salt)
    found = _searched(table, budget, timer, tell)
    if solver is not None and not found.certificate.is_optimal and not timer.is_over():
        tell(0, None, _ASKING)
        found = ask(solver, problem, found, timer.left)
    held = _spare(table, _columns(table, found), found.certificate.bound, incumbent or Incumbent())
    certificate = attrs.evolve(found.certificate, value=table.value(held))
    return Solution(
        assignment=_named(table, held),
        certificate=certificate,
        stopped=(timer.stopped or found.stopped) and not certificate.is_optimal,
        seconds=timer.seconds,
    )


def _searched(table: Table, budget: Budget, timer: Timer, tell: Progress) -> Solution:
    """Return the best that the library's own searches find."""
    tell(0, None, _PRICING)
    exact_prices, wanted = flow_prices(table, timer)
    prices = [round(price) for price in exact_prices]
    price_bound = table.price_bound(prices)
    tell(0, None, _DESCENDING)
    small = _is_small(table)
    starts = [wanted, table.current] if small else [wanted]
    held = _descend(table, starts, exact_prices, budget.moves, timer)
    bound = price_bound
    if small:
        search = Search(table, held, budget.moves, timer)
        bound = max(bound, search.run(_prizes(table, prices), budget.nodes, tell))
        held = search.held
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
    table: Table,
    starts: Sequence[Sequence[int]],
    prices: Sequence[float],
    moves: int,
    timer: Timer,
) -> list[int]:
    """Return the best assignment that a descent finds from one of the starts."""
    found = []
    for start in starts:
        descent = Descent.from_scratch(table, start, moves)
        descent.run(prices, timer)
        found.append(descent.held)
    return min(found, key=table.value)


def _prizes(table: Table, prices: Sequence[int]) -> list[int]:
    """Return what each item pays at the prices, which makes a good prize to begin with."""
    return table.cheapest(prices)[1]


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


def _columns(table: Table, solution: Solution) -> list[int]:
    """Return the column that holds each row."""
    column: dict[str | None, int] = {key: at for at, key in enumerate(table.holders)}
    column[None] = table.nobody
    held = dict(solution.assignment)
    return [column[held[item.id]] for item in table.items]
