"""Large books: warm starts, few moves, continuity first, and numbers that are too large."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import attrs
import pytest

from crmcore.allocation import (
    Band,
    Conflict,
    Holder,
    Incumbent,
    Item,
    Option,
    Problem,
    Solution,
    check_certificate,
    solve,
)
from crmcore.errors import InvalidValueError

POINT = 1000
GONE = "m0"


def book(customers: int, members: int, *, importance: int = 1) -> Problem:
    """Return a made-up book: four tiers, fits by kind of customer, and a change that costs."""
    chance = Random(f"{customers} {members}")  # noqa: S311 - made-up customers need no secret
    names = [f"m{at}" for at in range(members)]
    kinds = [
        {n: chance.choice([0, 10, 20, 30]) for n in names if n == "m1" or chance.random() < 0.6}
        for _ in range(40)
    ]
    items = []
    for at in range(customers):
        weight, work = chance.choices([(8, 60), (4, 30), (2, 15), (1, 10)], [5, 15, 30, 50])[0]
        kind = chance.choice(kinds)
        items.append(
            Item(
                id=f"c{at}",
                minutes=int(work * chance.uniform(0.5, 1.5)),
                uncovered=600 * weight * POINT * importance,
                options=tuple(
                    Option(name, fit=weight * fit * POINT * importance)
                    for name, fit in kind.items()
                ),
                current=chance.choice(sorted(kind)),
                change=25 * weight * POINT * importance,
            )
        )
    hours = int(sum(item.minutes for item in items) / 0.88 / members)
    bands = [
        Band(hours * 80 // 100, -200),
        Band(hours * 15 // 100, 0),
        Band(hours * 5 // 100, 400),
        Band(hours * 10 // 100, 3000),
    ]
    return Problem(items=items, holders=[Holder(name, bands) for name in names])


def after(problem: Problem, solution: Solution) -> Problem:
    """Return the problem once a solution is carried out."""
    held = dict(solution.assignment)
    return attrs.evolve(
        problem, items=[attrs.evolve(item, current=held[item.id]) for item in problem.items]
    )


@pytest.fixture(scope="module")
def settled() -> tuple[Problem, Solution]:
    """A book of 1,500 customers and 8 members as it was solved and carried out."""
    problem = book(1_500, 8)
    solution = solve(problem)
    return after(problem, solution), solution


@pytest.fixture(scope="module")
def left(settled: tuple[Problem, Solution]) -> Problem:
    """The book when one of the members has gone, and the others work a little more."""
    problem, _ = settled
    return attrs.evolve(
        problem,
        holders=[
            Holder(h.id, [Band(b.minutes * 9 // 8, b.slope) for b in h.bands])
            for h in problem.holders
            if h.id != GONE
        ],
        items=[
            attrs.evolve(item, options=tuple(o for o in item.options if o.holder != GONE))
            for item in problem.items
        ],
    )


def voluntary(problem: Problem, solution: Solution) -> int:
    """Return how many customers leave somebody who could keep them."""
    held = dict(solution.assignment)
    return sum(1 for i in problem.items if i.current in i.costs and held[i.id] != i.current)


def test_a_settled_book_stays_as_it_is(settled: tuple[Problem, Solution]) -> None:
    """Solving again with nothing changed moves nobody, warm or cold, ranked or priced."""
    problem, solution = settled
    warm = solution.certificate.prices

    assert solve(problem).assignment == solution.assignment
    assert solve(problem, prices=warm).assignment == solution.assignment
    assert solve(problem, incumbent=Incumbent(first=True)).assignment == solution.assignment


def test_a_warm_start_proves_as_much(left: Problem, settled: tuple[Problem, Solution]) -> None:
    """The prices before, of whom one has gone, lead to the same bound as no prices at all."""
    warm = solve(left, prices=settled[1].certificate.prices)
    cold = solve(left)

    assert abs(warm.certificate.bound - cold.certificate.bound) <= cold.certificate.bound // 10_000
    assert warm.certificate.gap <= Fraction(2, 1000)
    check_certificate(left, warm.assignment, warm.certificate)


def test_prices_of_strangers_are_no_prices(left: Problem) -> None:
    """Where nobody is known from before, the search begins as it would without."""
    assert solve(left, prices=[("ada", 7)]) == solve(left)


@pytest.mark.parametrize("most", [0, 3, 20])
def test_only_so_many_customers_leave_who_could_keep_them(left: Problem, most: int) -> None:
    """Whoever has gone is replaced, and at most so many others move; more moves cost less."""
    solution = solve(left, incumbent=Incumbent(most_moves=most))

    assert voluntary(left, solution) <= most
    assert all(who is not None for _, who in solution.assignment)
    assert (
        solution.certificate.value
        <= solve(left, incumbent=Incumbent(most_moves=0)).certificate.value
    )
    check_certificate(left, solution.assignment, solution.certificate)


@pytest.mark.parametrize("most", [0, 10_000])
def test_a_limit_that_does_not_bind_changes_nothing(
    settled: tuple[Problem, Solution], most: int
) -> None:
    """Where nothing wants to move, nothing is different for being forbidden."""
    problem, solution = settled

    assert solve(problem, incumbent=Incumbent(most_moves=most)).assignment == solution.assignment


def test_continuity_first_moves_only_what_must(left: Problem) -> None:
    """All are covered without taking a customer from anybody who could keep it."""
    solution = solve(left, incumbent=Incumbent(first=True))

    assert voluntary(left, solution) == 0
    assert all(who is not None for _, who in solution.assignment)
    check_certificate(left, solution.assignment, solution.certificate)


@pytest.mark.parametrize("importance", [1, 100])
def test_continuity_first_makes_room_only_for_cover(left: Problem, importance: int) -> None:
    """A customer of one member only, who is full, moves something that else would have stayed.

    It is the same where points are so large that they can hardly be ranked any more.
    """
    full = left.holders[0]
    load = sum(item.minutes for item in left.items if item.current == full.id)
    items = [
        attrs.evolve(
            item,
            uncovered=item.uncovered * importance,
            options=tuple(attrs.evolve(o, fit=o.fit * importance) for o in item.options),
            change=item.change * importance,
        )
        for item in left.items
        if item.current in item.costs
    ]
    new = Item(id="new", minutes=60, uncovered=600 * POINT * importance, options=(Option(full.id),))
    problem = attrs.evolve(
        left,
        items=[*items, new],
        holders=[Holder(full.id, [Band(load + 30, 0)]), *left.holders[1:]],
    )

    solution = solve(problem, incumbent=Incumbent(first=True))

    assert dict(solution.assignment)["new"] == full.id
    assert 1 <= voluntary(problem, solution) <= 3


def test_moves_that_are_allowed_make_room_where_cover_wants_it(left: Problem) -> None:
    """What only a full member can hold is uncovered without voluntary moves, and held with them."""
    full = left.holders[0]
    items = [item for item in left.items if item.current in item.costs]
    load = sum(item.minutes for item in items if item.current == full.id)
    new = Item(id="new", minutes=20, uncovered=9_000 * POINT, options=(Option(full.id),))
    foe = next(item for item in items if item.current == full.id)
    problem = attrs.evolve(
        left,
        items=[*items, new],
        holders=[Holder(full.id, [Band(load, 0)]), *left.holders[1:]],
        conflicts=[Conflict(foe.id, items[-1].id)],
    )

    none = solve(problem, incumbent=Incumbent(most_moves=0))
    some = solve(problem, incumbent=Incumbent(most_moves=5))

    assert dict(none.assignment)["new"] is None
    assert dict(some.assignment)["new"] == full.id
    assert voluntary(problem, some) <= 5


def test_very_many_pairs_are_priced_but_not_all_tried() -> None:
    """With more than two million pairs, a bound from all of them is still near the value."""
    names = [f"m{at:03}" for at in range(110)]
    chance = Random(3)  # noqa: S311 - made-up customers need no secret
    kinds = [tuple(Option(n, fit=chance.randint(0, 30) * POINT) for n in names) for _ in range(6)]
    items = [
        Item(id=f"c{at}", minutes=10, uncovered=600 * POINT, options=kinds[at % 6])
        for at in range(19_000)
    ]
    problem = Problem(
        items=items, holders=[Holder(n, [Band(31_000, 0), Band(400, 90)]) for n in names]
    )

    solution = solve(problem)

    assert solution.certificate.gap <= Fraction(1, 1000)
    assert all(who is not None for _, who in solution.assignment)


def test_costs_that_cannot_be_counted_are_refused() -> None:
    """A load that could cost more than there are numbers for is refused with one message."""
    problem = Problem(
        items=[Item(id="north", minutes=60, uncovered=POINT, options=(Option("wei"),))],
        holders=[Holder("wei", [Band(10_000_000, 10**12)])],
    )

    with pytest.raises(InvalidValueError, match="problem must have costs below"):
        solve(problem)


def test_costs_that_cannot_be_ranked_are_refused() -> None:
    """What can be counted may still be too large to come in order of rank."""
    items = [
        Item(
            id=f"c{at}",
            minutes=60,
            uncovered=10**12 - at,
            options=(Option("wei", 10**12), Option("lin")),
            current="wei",
            change=10**12 - at,
        )
        for at in range(9)
    ]
    problem = Problem(
        items=items, holders=[Holder(name, [Band(10_000, 10**9)]) for name in ("wei", "lin")]
    )

    with pytest.raises(InvalidValueError, match="problem must have costs that come to less than"):
        solve(problem, incumbent=Incumbent(first=True))


def test_a_limit_of_moves_is_not_below_none() -> None:
    """Less than no move is nothing to ask for."""
    with pytest.raises(InvalidValueError, match="most_moves must be"):
        Incumbent(most_moves=-1)
