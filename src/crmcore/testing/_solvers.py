"""Holding a solver to what it promises, on problems small enough to try everything."""

from __future__ import annotations

from itertools import product
from random import Random

import attrs

from crmcore.allocation import (
    Band,
    Budget,
    Certificate,
    Conflict,
    Holder,
    Item,
    Method,
    Option,
    Problem,
    Solution,
    Solver,
    Watch,
    check_certificate,
    solve,
)
from crmcore.errors import InvalidValueError

_HOLDERS = ("lin", "mia", "wei")
_ITEMS = ("east", "north", "south", "west")


def check_solver(solver: Solver, *, problems: int = 100, seed: int = 0) -> int:
    """Check that a solver keeps the promises of `crmcore.allocation.Solver`.

    It gets random problems with up to three holders and four items: with conflicts, with work
    that depends on the holder, with load that is welcome, with today's holders. Half of the
    time it begins with nobody holding anything. What it returns must be checkable, cost no
    more than what it got, and say of no cost that is possible that it is not. Asked again, it
    must answer the same; and it must answer when there is no time left.

    Args:
        solver: The solver.
        problems: How many problems to try.
        seed: All chance comes from it.

    Returns:
        How many of the solutions are proven to be the best possible.

    Raises:
        AssertionError: If it breaks a promise; the message shows the problem.

    .. versionadded:: 0.1.0
    """
    if problems < 1:
        raise InvalidValueError("problems", problems, "be at least 1")
    random = Random(seed)  # noqa: S311 - chance that can be repeated
    proven = 0
    for number in range(problems):
        problem = _problem(random)
        known = solve(problem, budget=Budget(nodes=0, moves=0))
        start = known if number % 2 else _without_holders(problem, known)
        broken, found = _broken(solver, problem, start)
        if broken:
            told = f"{type(solver).__name__} {broken}\n  problem {number} of seed {seed}: {problem}"
            raise AssertionError(told)
        proven += found.certificate.is_optimal
    return proven


def _broken(solver: Solver, problem: Problem, start: Solution) -> tuple[str, Solution]:
    """Return what is wrong with a solver, or nothing, and what it has found."""
    found = solver.improve(problem, start, watch=None)
    hurried = solver.improve(problem, start, watch=Watch(lambda: 0.0, seconds=0))
    least = min(value for held in _every(problem) if (value := _cost(problem, held)) is not None)
    wrong = _wrong(problem, start, found, least)
    if not wrong and solver.improve(problem, start, watch=None) != found:
        wrong = "answers otherwise when it is asked again"
    if not wrong and (late := _wrong(problem, start, hurried, least)):
        wrong = f"{late}, when there is no time left"
    return wrong, found


def _wrong(problem: Problem, start: Solution, found: object, least: int) -> str:
    """Return what is wrong with what a solver has found, or nothing."""
    if not isinstance(found, Solution):
        return f"returns a {type(found).__name__}, not a Solution"
    try:
        check_certificate(problem, found.assignment, found.certificate)
    except InvalidValueError as error:
        return f"returns what cannot be: {error}"
    if found.certificate.value > start.certificate.value:
        return f"returns {found.certificate.value} although it got {start.certificate.value}"
    if found.certificate.bound > least:
        return f"says that {found.certificate.bound} is the least possible, but {least} is possible"
    return ""


def _without_holders(problem: Problem, known: Solution) -> Solution:
    """Return the solution in which nobody holds anything."""
    certificate = Certificate(
        value=sum(item.cost_of_nobody for item in problem.items)
        + sum(holder.cost(0) for holder in problem.holders),
        bound=known.certificate.price_bound,
        prices=known.certificate.prices,
        price_bound=known.certificate.price_bound,
        method=Method.PRICES,
    )
    nobody = tuple((item.id, None) for item in problem.items)
    return attrs.evolve(known, assignment=nobody, certificate=certificate)


def _problem(random: Random) -> Problem:
    names = random.sample(_ITEMS, random.randint(0, len(_ITEMS)))
    holders = random.sample(_HOLDERS, random.randint(1, len(_HOLDERS)))
    return Problem(
        items=[_item(random, name, holders) for name in names],
        holders=[
            Holder(who, [Band(random.randint(1, 9), slope) for slope in _slopes(random)])
            for who in holders
        ],
        conflicts=[
            Conflict(*random.sample(names, 2)) for _ in names[1:] if random.random() < 1 / 2
        ],
    )


def _slopes(random: Random) -> list[int]:
    return sorted(random.randint(-4, 6) for _ in range(random.randint(0, 3)))


def _item(random: Random, name: str, holders: list[str]) -> Item:
    able = random.sample(holders, random.randint(0, len(holders)))
    return Item(
        id=name,
        minutes=random.randint(0, 8),
        uncovered=random.randint(-5, 60),
        options=tuple(
            Option(
                who,
                fit=random.randint(0, 30),
                interest=random.randint(-5, 5),
                minutes=random.choice([None, random.randint(0, 8)]),
            )
            for who in able
        ),
        current=random.choice([None, *holders]),
        change=random.randint(0, 10),
    )


def _every(problem: Problem) -> product[tuple[Option | None, ...]]:
    """Return every way to choose an option, or nobody, for each item."""
    return product(*([None, *item.options] for item in problem.items))


def _cost(problem: Problem, held: tuple[Option | None, ...]) -> int | None:
    """Return what a choice costs, added up in the plainest way; None where it breaks a rule."""
    load = {holder.id: 0 for holder in problem.holders}
    total = 0
    for item, option in zip(problem.items, held, strict=True):
        if option is None:
            total += item.cost_of_nobody
            continue
        total += item.costs[option.holder]
        load[option.holder] += item.minutes if option.minutes is None else option.minutes
    where = {item.id: option for item, option in zip(problem.items, held, strict=True)}
    for pair in problem.conflicts:
        one, other = where[pair.one], where[pair.other]
        if one is not None and other is not None and one.holder == other.holder:
            return None
    if any(load[holder.id] > holder.limit for holder in problem.holders):
        return None
    return total + sum(holder.cost(load[holder.id]) for holder in problem.holders)
