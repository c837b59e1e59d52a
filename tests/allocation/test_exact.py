"""The proof for few items: against brute force, in every corner of the model."""

from __future__ import annotations

from itertools import count, product
from random import Random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.allocation import (
    Band,
    Budget,
    Conflict,
    Holder,
    Item,
    Option,
    Problem,
    Watch,
    check_certificate,
    solve,
)
from crmcore.errors import InvalidValueError

NAMES = ["ada", "bob", "cem"]
MILLIONS = 10**6


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to six items with costs in single units, below 0 too, many conflicts, little room."""
    names = NAMES[: draw(st.integers(1, 3))]
    people = [
        Holder(
            name,
            map(
                Band,
                draw(st.lists(st.integers(1, 9), min_size=3, max_size=3)),
                sorted(draw(st.lists(st.integers(-4, 9), min_size=3, max_size=3))),
            ),
        )
        for name in names
    ]
    pairwise = draw(st.booleans())
    items = [
        Item(
            id=f"i{at}",
            minutes=draw(st.integers(0, 9)),
            uncovered=draw(st.integers(-9, 60)),
            options=tuple(
                Option(
                    name,
                    fit=draw(st.integers(-9, 20)),
                    minutes=draw(st.integers(0, 30)) if pairwise else None,
                )
                for name in names
                if draw(st.integers(0, 4))
            ),
            current=draw(st.sampled_from([None, *names])),
            change=draw(st.integers(0, 5)),
        )
        for at in range(draw(st.integers(1, 6)))
    ]
    ids = [item.id for item in items]
    pairs = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=8))
    return Problem(
        items=items,
        holders=people,
        conflicts=[Conflict(one, other) for one, other in pairs if one != other],
    )


def values(problem: Problem) -> list[int]:
    """Return what each assignment costs that breaks no rule."""
    found = []
    for way in product(*([None, *item.costs] for item in problem.items)):
        held = dict(zip((item.id for item in problem.items), way, strict=True))
        if any(held[c.one] is not None and held[c.one] == held[c.other] for c in problem.conflicts):
            continue
        loads = dict.fromkeys((holder.id for holder in problem.holders), 0)
        total = 0
        for item, who in zip(problem.items, way, strict=True):
            total += item.cost_of_nobody if who is None else item.costs[who]
            if who is not None:
                work = {option.holder: option.minutes for option in item.options}[who]
                loads[who] += item.minutes if work is None else work
        if all(loads[holder.id] <= holder.limit for holder in problem.holders):
            found.append(total + sum(h.cost(loads[h.id]) for h in problem.holders))
    return found


def department(duties: int, members: int, seed: int) -> Problem:
    """Return responsibilities with three duties each, of which the third needs another holder."""
    chance = Random(seed)  # noqa: S311 - made-up duties need no cryptographic chance
    names = [f"m{at}" for at in range(members)]
    items, conflicts = [], []
    for at in range(duties // 3):
        weight, hours = chance.randint(1, 3), chance.choice([4, 6, 8, 12, 16])
        for duty, minutes, lack in (("a", 9, 600), ("r", 60, 600), ("b", 12, 150)):
            items.append(
                Item(
                    id=f"{at}{duty}",
                    minutes=-(-hours * minutes // 15) * 15,
                    uncovered=weight * lack,
                    options=tuple(
                        Option(name, fit=weight * chance.randint(0, 60))
                        for name in names
                        if chance.random() < 0.6
                    ),
                    current=chance.choice([*names, None]),
                    change=25 * weight,
                )
            )
        conflicts += [Conflict(f"{at}a", f"{at}b"), Conflict(f"{at}r", f"{at}b")]
        if at % 4 == 3:
            conflicts.append(Conflict(f"{at}r", f"{at - 1}r"))
    room = sum(item.minutes for item in items) // members // 15
    curve = [Band(room * 12, -1), Band(room * 3, 0), Band(room * 3, 3)]
    return Problem(
        items=items, holders=[Holder(name, curve) for name in names], conflicts=conflicts
    )


@given(problems())
def test_the_proven_best_is_that_of_brute_force(problem: Problem) -> None:
    """Value and bound meet at the least cost of all assignments that break no rule."""
    solution = solve(problem)

    optimum = min(values(problem))
    assert solution.certificate.value == optimum
    assert solution.certificate.bound == optimum
    check_certificate(problem, solution.assignment, solution.certificate)


@given(problems(), st.integers(0, 12))
def test_a_search_that_is_stopped_anywhere_tells_the_truth(problem: Problem, after: int) -> None:
    """Whenever the clock ends the search, the best possible lies between bound and value."""
    ticks = count()
    watch = Watch(lambda: float(next(ticks)), after)

    solution = solve(problem, watch=watch)

    assert solution.certificate.bound <= min(values(problem)) <= solution.certificate.value
    check_certificate(problem, solution.assignment, solution.certificate)


@given(st.data(), problems())
def test_the_proof_does_not_depend_on_order(data: st.DataObject, problem: Problem) -> None:
    """The same parts in another order have the same solution, ties included."""
    turned = Problem(
        items=data.draw(st.permutations(problem.items)),
        holders=data.draw(st.permutations(problem.holders)),
        conflicts=data.draw(st.permutations(problem.conflicts)),
    )

    assert solve(turned) == solve(problem)


def crowd(seed: int, size: int, share: float, bands: tuple[int, int]) -> Problem:
    """Return items of which a share of the pairs exclude each other, and three holders."""
    chance = Random(seed)  # noqa: S311 - made-up items need no cryptographic chance
    items = [
        Item(
            id=f"i{at}",
            minutes=chance.randint(3, 9),
            uncovered=40,
            options=tuple(
                Option(name, chance.randint(0, 20), minutes=chance.randint(3, 9)) for name in NAMES
            ),
        )
        for at in range(size)
    ]
    pairs = [
        Conflict(f"i{one}", f"i{other}")
        for one in range(size)
        for other in range(one)
        if chance.random() < share
    ]
    curve = [Band(bands[0], -3), Band(bands[1], 1)]
    return Problem(items=items, holders=[Holder(n, curve) for n in NAMES], conflicts=pairs)


@pytest.mark.parametrize("seed", range(6))
def test_crowds_in_conflict_are_proven(seed: int) -> None:
    """Where many pairs exclude each other and room is scarce, branches rule out the rest."""
    problem = crowd(seed, 6, 0.3, (5, 8))

    solution = solve(problem)

    assert solution.certificate.is_optimal
    assert solution.certificate.value == min(values(problem))


@pytest.mark.parametrize(
    ("seed", "size", "share", "bands"),
    [(7, 10, 0.2, (8, 12)), (99, 10, 0.2, (8, 12)), (5, 9, 0.4, (6, 10))],
)
def test_branches_that_cannot_be_are_left(
    seed: int, size: int, share: float, bands: tuple[int, int]
) -> None:
    """Where a branch asks a holder for more than goes together, other ties prove the same."""
    problem = crowd(seed, size, share, bands)

    solution = solve(problem)

    assert solution.certificate.is_optimal
    assert solution.certificate.value == solve(problem, salt="another").certificate.value


@pytest.mark.parametrize("scale", [1, MILLIONS])
def test_the_unit_of_costs_does_not_matter(scale: int) -> None:
    """Single units and millions of them are proven alike; prizes are as fine as they must be."""
    plain = department(18, 4, seed=2)
    scaled = attrs.evolve(
        plain,
        items=[
            attrs.evolve(
                item,
                uncovered=item.uncovered * scale,
                change=item.change * scale,
                options=tuple(attrs.evolve(o, fit=o.fit * scale) for o in item.options),
            )
            for item in plain.items
        ],
        holders=[
            Holder(h.id, [Band(b.minutes, b.slope * scale) for b in h.bands]) for h in plain.holders
        ],
    )

    solution = solve(scaled)

    assert solution.certificate.is_optimal
    assert solution.certificate.value == solve(plain).certificate.value * scale


@pytest.mark.once
@pytest.mark.parametrize(("duties", "members"), [(24, 4), (36, 5), (36, 12)])
def test_departments_are_proven(duties: int, members: int) -> None:
    """Duties that exclude each other are proven within the budget that nobody has to name."""
    problem = department(duties, members, seed=1)

    solution = solve(problem)

    assert solution.certificate.is_optimal
    check_certificate(problem, solution.assignment, solution.certificate)


@pytest.mark.once
def test_the_first_branch_of_a_department_leaves_little_open() -> None:
    """One branch finds an assignment and proves that it is within four percent of the best."""
    problem = department(60, 8, seed=1)

    solution = solve(problem, budget=Budget(nodes=1))

    assert 25 * (solution.certificate.value - solution.certificate.bound) <= (
        solution.certificate.bound
    )
    check_certificate(problem, solution.assignment, solution.certificate)


def test_costs_that_nothing_can_count_are_refused() -> None:
    """Numbers so large that sums of them would be taken for a broken rule are named."""
    dear = [Item(id=f"i{at}", minutes=1, uncovered=1) for at in range(2)]
    problem = Problem(items=dear, holders=[Holder("ada", [Band(10_000_000, 10**12)])])

    with pytest.raises(InvalidValueError, match="problem must have costs below"):
        solve(problem)
