"""Solving: the right search for the size, the rule of the incumbent, and the certificate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._budget import Budget, Incumbent
from ._certificate import Assigned, Certificate, Method
from ._continuity import (
    KEEPING,
    keeping,
    lexical,
    limited,
    moves_too_many,
    must_move,
    spare,
    undisturbed,
)
from ._finding import Effort, Found, Priced, find, is_small, price
from ._model import Problem
from ._solution import Solution
from ._solver import Solver, ask
from ._table import FORBIDDEN, Table
from ._watch import Progress, Timer, Watch

_ASKING = Phrase("asking the solver", "调用外部求解器")


_RULES = {
    Budget: "be a budget, as Budget(nodes=400)",
    Incumbent: "be what today is spared, as Incumbent(most_moves=0)",
    Watch: "be a watch, as Watch(time.monotonic, seconds=60)",
    Solver: "be a solver that has the method improve, as Highs()",
}


def _tell_nobody(_: int, __: int | None, ___: Phrase) -> None:
    """Take note of a step, and do nothing."""


def solve(
    problem: Problem,
    *,
    budget: Budget | None = None,
    incumbent: Incumbent | None = None,
    prices: Iterable[tuple[str, int]] = (),
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
        incumbent: What today's assignment is spared. Unless continuity comes first, the
            solution never costs more than today's assignment, where that breaks no rule.
        prices: The prices of an earlier certificate, from which the search may go on.
        watch: Takes the time, and may end the search early.
        solver: Has the last word within what can be checked.
        salt: Turns the ties another way.
        progress: Hears how much of a step is done, of how much if known, and which it is.

    Returns:
        The assignment and its certificate.

    Raises:
        FaultsError: If the solver fails, or returns what cannot be.
        InvalidValueError: If something is handed in in the place of something else, or the
            costs cannot be counted.

    Complexity:
        For *n* items in *k* kinds that share their options, and *m* holders: about
        ``k m + 16 n`` numbers of memory, and ``n m`` steps for each of some ten times that all
        pairs are priced. Each search for chains takes ``m^2`` steps; there are some hundreds
        for 50 holders, and some thousands for 200.

    .. versionadded:: 0.1.0
    """
    for name, value, kind in (
        ("budget", budget, Budget),
        ("incumbent", incumbent, Incumbent),
        ("watch", watch, Watch),
        ("solver", solver, Solver),
    ):
        _is_one(name, value, kind)
    budget = budget or (Budget() if solver is None else Budget(nodes=1))
    incumbent = incumbent or Incumbent()
    effort = Effort(budget=budget, timer=Timer(watch), tell=progress or _tell_nobody)
    table = _counted(Table.of(problem, salt))
    priced = price(table, effort, _first_prices(table, prices))
    kept = None
    if solver is None and not is_small(table):
        kept = keeping(table, priced.wanted, incumbent, effort)
    found = _searched(table, priced, kept, effort)
    if solver is not None and not found.certificate.is_optimal and not effort.timer.is_over():
        effort.tell(0, None, _ASKING)
        found = ask(solver, problem, found, effort.timer.left)
    if kept is None:
        kept = _continued(table, _columns(table, found), incumbent, effort)
    held = kept if incumbent.first else spare(table, kept, found.certificate.bound, incumbent)
    certificate = attrs.evolve(found.certificate, value=table.value(held))
    return Solution(
        assignment=_named(table, held),
        certificate=certificate,
        stopped=(effort.timer.stopped or found.stopped) and not certificate.is_optimal,
        seconds=effort.timer.seconds,
    )


def _is_one(name: str, value: object, kind: type) -> None:
    """Want that what is handed in, if anything is, is of its kind; a class is not.

    Raises:
        InvalidValueError: If it is something else.
    """
    if value is not None and (isinstance(value, type) or not isinstance(value, kind)):
        raise InvalidValueError(name, value, _RULES[kind])


def _counted(table: Table) -> Table:
    """Return a table, if all its costs together can be counted.

    Raises:
        InvalidValueError: If not.
    """
    most = table.most()
    if most >= FORBIDDEN:
        raise InvalidValueError("problem", most, f"have costs below {FORBIDDEN} in all")
    return table


def _first_prices(table: Table, prices: Iterable[tuple[str, int]]) -> list[float]:
    """Return prices to begin with; holders without one get one in the middle."""
    known = {key: float(price) for key, price in prices}
    ours = [known[key] for key in table.holders if key in known]
    if not ours:
        return []
    return [*(known.get(key, median(ours)) for key in table.holders), 0.0]


def _searched(table: Table, priced: Priced, kept: list[int] | None, effort: Effort) -> Solution:
    """Return the best that the library's own searches find, unless they need not look."""
    found = find(table, priced, effort) if kept is None else Found(held=kept, bound=priced.bound)
    return Solution(
        assignment=_named(table, found.held),
        certificate=Certificate(
            value=table.value(found.held),
            bound=found.bound,
            prices=tuple(sorted(zip(table.holders, priced.prices, strict=False))),
            price_bound=priced.bound,
            method=Method.BRANCHES if found.bound > priced.bound else Method.PRICES,
        ),
    )


def _continued(table: Table, held: list[int], incumbent: Incumbent, effort: Effort) -> list[int]:
    """Return what comes of an assignment when no more is to move than the incumbent allows."""
    most = incumbent.most_moves
    if most is None and not incumbent.first:
        return held
    goal, free = table, must_move(table, incumbent.due)
    if incumbent.first:
        effort.tell(0, None, KEEPING)
        goal = lexical(table)
        held = (
            undisturbed(table, free, effort) or find(goal, price(goal, effort), effort, [held]).held
        )
    if most is not None and moves_too_many(table, held, most, free):
        effort.tell(0, None, KEEPING)
        held = limited(goal, most, free, effort)
    return held


def _named(table: Table, held: Sequence[int]) -> Assigned:
    names = [*table.holders, None]
    return tuple(sorted((item.id, names[at]) for item, at in zip(table.items, held, strict=True)))


def _columns(table: Table, solution: Solution) -> list[int]:
    """Return the column that holds each row."""
    column: dict[str | None, int] = {key: at for at, key in enumerate(table.holders)}
    column[None] = table.nobody
    held = dict(solution.assignment)
    return [column[held[item.id]] for item in table.items]
