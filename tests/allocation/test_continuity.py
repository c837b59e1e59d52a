"""Continuity: few moves, or none, or as few as there can be; against brute force."""

from __future__ import annotations

from itertools import product

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.allocation import (
    Band,
    Conflict,
    Holder,
    Incumbent,
    Item,
    Option,
    Problem,
    check_certificate,
    solve,
)
from crmcore.errors import InvalidValueError

POINT = 1000
NAMES = ["ada", "bob", "cem"]

Held = dict[str, str | None]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to five items with holders of today, some of whom hold too much or in conflict."""
    names = NAMES[: draw(st.integers(1, 3))]
    people = [
        Holder(
            name,
            [
                Band(draw(st.integers(1, 30)), draw(st.sampled_from([-50, 0]))),
                Band(draw(st.integers(1, 20)), draw(st.integers(0, 900))),
            ],
        )
        for name in names
    ]
    items = []
    for at in range(draw(st.integers(1, 5))):
        able = [name for name in names if draw(st.integers(0, 3))]
        items.append(
            Item(
                id=f"i{at}",
                minutes=draw(st.integers(0, 20)),
                uncovered=draw(st.integers(1, 3)) * 100 * POINT,
                options=tuple(Option(name, draw(st.integers(0, 40)) * POINT) for name in able),
                current=draw(st.sampled_from([None, *NAMES])),
                change=draw(st.sampled_from([0, 25 * POINT, 50 * POINT])),
            )
        )
    pairs = st.tuples(st.sampled_from(items), st.sampled_from(items))
    fights = draw(st.lists(pairs, max_size=2))
    return Problem(
        items=items,
        holders=people,
        conflicts=[Conflict(a.id, b.id) for a, b in fights if a is not b],
    )


def assignments(problem: Problem) -> list[Held]:
    """Return every assignment that breaks no rule."""
    ways = [[None, *(option.holder for option in item.options)] for item in problem.items]
    ids = [item.id for item in problem.items]
    every = (dict(zip(ids, way, strict=True)) for way in product(*ways))
    return [held for held in every if breaks_no_rule(problem, held)]


def breaks_no_rule(problem: Problem, held: Held) -> bool:
    """Say whether nobody holds too much, or what must be apart."""
    loads = dict.fromkeys((holder.id for holder in problem.holders), 0)
    for item in problem.items:
        who = held[item.id]
        if who is not None:
            loads[who] += item.minutes
    return all(loads[holder.id] <= holder.limit for holder in problem.holders) and not any(
        held[pair.one] is not None and held[pair.one] == held[pair.other]
        for pair in problem.conflicts
    )


def cost(problem: Problem, held: Held) -> int:
    """Return what an assignment costs that breaks no rule."""
    loads = dict.fromkeys((holder.id for holder in problem.holders), 0)
    total = 0
    for item in problem.items:
        who = held[item.id]
        total += (
            item.uncovered
            if who is None
            else next(option.cost for option in item.options if option.holder == who)
        )
        total += item.change if could_stay(item) and who != item.current else 0
        if who is not None:
            loads[who] += item.minutes
    return total + sum(holder.cost(loads[holder.id]) for holder in problem.holders)


def lack(problem: Problem, held: Held) -> int:
    """Return what it costs that items are uncovered."""
    return sum(item.uncovered for item in problem.items if held[item.id] is None)


def could_stay(item: Item) -> bool:
    """Say whether whoever holds an item today is one of its options."""
    return any(option.holder == item.current for option in item.options)


def changes(problem: Problem, held: Held) -> int:
    """Return the weight of all that changes hands: in units of 25 points, 1 at least each."""
    every = [item.change for item in problem.items if could_stay(item)]
    common = 50 * POINT if every and all(change % (50 * POINT) == 0 for change in every) else None
    unit = common if common is not None and any(every) else 25 * POINT
    return sum(
        max(item.change // unit, 1)
        for item in problem.items
        if could_stay(item) and held[item.id] != item.current
    )


def bare_cost(problem: Problem, held: Held) -> int:
    """Return what an assignment costs without its changes and without what is uncovered."""
    moved = [item for item in problem.items if held[item.id] != item.current and could_stay(item)]
    return cost(problem, held) - lack(problem, held) - sum(item.change for item in moved)


@given(problems())
def test_continuity_first_is_ranked_as_brute_force_ranks(problem: Problem) -> None:
    """Cover comes first, then the least weight of moves, and only then what all costs."""

    def rank(held: Held) -> tuple[int, int, int]:
        return lack(problem, held), changes(problem, held), bare_cost(problem, held)

    solution = solve(problem, incumbent=Incumbent(first=True))

    held = dict(solution.assignment)
    assert rank(held) == min(map(rank, assignments(problem)))
    assert solution.certificate.bound <= min(cost(problem, one) for one in assignments(problem))
    check_certificate(problem, solution.assignment, solution.certificate)


def staying(problem: Problem) -> set[str]:
    """Return what could stay together today by the dearest change, with no two alike."""
    kept: Held = dict.fromkeys((item.id for item in problem.items), None)
    for item in sorted(problem.items, key=lambda item: -item.change):
        if could_stay(item) and breaks_no_rule(problem, {**kept, item.id: item.current}):
            kept[item.id] = item.current
    return {key for key, who in kept.items() if who is not None}


@given(problems(), st.integers(0, 3))
def test_no_more_move_than_are_allowed_to(problem: Problem, most: int) -> None:
    """Of what could stay, at most so much moves; the gap that is told is true all the same."""
    distinct = attrs.evolve(
        problem,
        items=[
            attrs.evolve(item, change=item.change + at) for at, item in enumerate(problem.items)
        ],
    )

    solution = solve(distinct, incumbent=Incumbent(most_moves=most))

    held = dict(solution.assignment)
    current = {item.id: item.current for item in distinct.items}
    assert sum(1 for key in staying(distinct) if held[key] != current[key]) <= most
    assert solution.certificate.bound <= min(cost(distinct, one) for one in assignments(distinct))
    assert solution.certificate.value == cost(distinct, held)
    check_certificate(distinct, solution.assignment, solution.certificate)


@given(problems())
def test_without_voluntary_moves_the_rest_is_placed_as_well_as_can_be(problem: Problem) -> None:
    """What could stay does; of all ways to place the others, the cheapest is taken."""
    distinct = attrs.evolve(
        problem,
        items=[
            attrs.evolve(item, change=item.change + at) for at, item in enumerate(problem.items)
        ],
    )
    current = {item.id: item.current for item in distinct.items}
    still = staying(distinct)

    solution = solve(distinct, incumbent=Incumbent(most_moves=0))

    ways = [
        cost(distinct, held)
        for held in assignments(distinct)
        if all(held[key] == current[key] for key in still)
    ]
    assert solution.certificate.value == min(ways)


@given(problems())
def test_free_changes_leave_the_fresh_optimum(problem: Problem) -> None:
    """Without tolerance, dead-band and price of a change, today does not matter to the value."""
    free = attrs.evolve(problem, items=[attrs.evolve(item, change=0) for item in problem.items])
    fresh = attrs.evolve(free, items=[attrs.evolve(item, current=None) for item in free.items])

    today, anew = solve(free).certificate, solve(fresh).certificate

    assert today.is_optimal
    assert anew.is_optimal
    assert today.value == anew.value


@given(problems(), st.booleans())
def test_carrying_a_plan_out_and_solving_again_moves_nobody(problem: Problem, first: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
    """What was decided stays decided, whichever way continuity counts."""
    incumbent = Incumbent(first=first)
    held = dict(solve(problem, incumbent=incumbent).assignment)
    again = attrs.evolve(
        problem, items=[attrs.evolve(item, current=held[item.id]) for item in problem.items]
    )

    assert dict(solve(again, incumbent=incumbent).assignment) == held


def test_costs_far_apart_lead_no_search_in_a_circle() -> None:
    """Where ranks make costs larger than a float can tell apart, the search still ends."""
    people = [
        Holder("ada", [Band(48, -200), Band(9, 0), Band(3, 400), Band(6, 3000)]),
        Holder("bob", [Band(96, -200), Band(18, 0), Band(6, 400), Band(120, 3000)]),
    ]
    terms = [
        ("a", 37, 20_317_000, {"ada": 1_500}, "ada", 70_000),
        ("b", 67, 50_000, {"ada": 110_000, "bob": 70_000}, None, 7_000),
        ("c", 67, 4_800_000, {"bob": 0}, "bob", 56_000),
        ("d", 67, 5_000_000, {"ada": 0, "bob": 0}, "bob", 500_000),
        ("e", 67, 10_000_000, {"ada": 220_000, "bob": 140_000}, "bob", 14_000),
        ("f", 67, 50_000, {"bob": 60_000}, None, 500_000),
    ]
    problem = Problem(
        items=[
            Item(
                id=key,
                minutes=minutes,
                uncovered=uncovered,
                options=tuple(Option(who, fit) for who, fit in fits.items()),
                current=current,
                change=change,
            )
            for key, minutes, uncovered, fits, current, change in terms
        ],
        holders=people,
    )

    found = dict(solve(problem, incumbent=Incumbent(first=True)).assignment)

    ranks = (lack(problem, found), changes(problem, found))
    assert ranks == min((lack(problem, h), changes(problem, h)) for h in assignments(problem))


def test_ranks_too_fine_to_be_counted_are_made_coarser() -> None:
    """Thousands of items that differ by a little in all they cost are ranked all the same."""
    people = [
        Holder(name, [Band(limit, 0)])
        for name, limit in zip(NAMES, [24_000, 90_000, 90_000], strict=True)
    ]
    problem = Problem(
        items=[
            Item(
                id=f"i{at}",
                minutes=30,
                uncovered=(600_000 + 997 * (at % 89)) * (1 + at % 8),
                options=tuple(Option(name, 10_000 * (at % 5)) for name in NAMES),
                current=NAMES[at % 3],
                change=(25_000 + 997 * (at % 13)) * (1 + at % 8),
            )
            for at in range(3_000)
        ],
        holders=people,
    )

    held = dict(solve(problem, incumbent=Incumbent(first=True)).assignment)

    moved = [item.id for item in problem.items if held[item.id] != item.current]
    assert None not in held.values()
    assert len(moved) == 200


def test_costs_that_cannot_be_ranked_at_all_are_refused() -> None:
    """Where a single fit costs as much as can be counted, no rank could stand above it."""
    dear = 10**12
    problem = Problem(
        items=[
            Item(
                id=f"i{at}",
                minutes=30,
                uncovered=dear,
                options=(Option("ada", dear), Option("bob", 0)),
                current="ada",
                change=at * dear // 300 + 1,
            )
            for at in range(300)
        ],
        holders=[Holder("ada", [Band(60, 0)]), Holder("bob", [Band(60, 0)])],
    )

    with pytest.raises(InvalidValueError, match="when they are ranked"):
        solve(problem, incumbent=Incumbent(first=True))


def test_what_is_due_has_its_place_before_what_could_stay() -> None:
    """What has to be held takes the hours that it needs, and what is in the way moves."""
    problem = Problem(
        items=[
            Item(
                id=key,
                minutes=30,
                uncovered=uncovered,
                options=tuple(Option(who) for who in able),
                current=current,
                change=1000,
            )
            for key, uncovered, able, current in [
                ("east", 10**6, ["ada"], None),
                ("north", 10**5, ["ada", "bob"], "ada"),
                ("south", 10**5, ["ada"], "ada"),
            ]
        ],
        holders=[Holder("ada", [Band(60, 0)]), Holder("bob", [Band(60, 0)])],
        conflicts=[Conflict("east", "north")],
    )

    still = solve(problem, incumbent=Incumbent(most_moves=0))
    found = solve(problem, incumbent=Incumbent(most_moves=0, due=["east"]))

    assert dict(still.assignment) == {"east": None, "north": "ada", "south": "ada"}
    assert dict(found.assignment) == {"east": "ada", "north": "bob", "south": "ada"}


def test_giving_up_to_nobody_is_a_change() -> None:
    """Whoever loses an item to nobody loses it; who could not keep it loses nothing by that."""
    item = Item(
        id="north", minutes=60, uncovered=900, options=(Option("ada"),), current="ada", change=50
    )
    others = [attrs.evolve(item, id="south", current="bob"), attrs.evolve(item, id="west")]
    problem = Problem(
        items=[item, *others], holders=[Holder("ada", [Band(60, 0)]), Holder("bob", [Band(60, 0)])]
    )

    solution = solve(problem)

    assert [one.cost_of_nobody for one in problem.items] == [950, 900, 950]
    assert solution.certificate.value == 900 + 950
    check_certificate(problem, solution.assignment, solution.certificate)
