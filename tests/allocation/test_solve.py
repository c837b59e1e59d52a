"""Solving: against brute force, and against itself turned around."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.allocation import (
    Band,
    Budget,
    Certificate,
    Conflict,
    Holder,
    Incumbent,
    Item,
    Method,
    Option,
    Problem,
    Solution,
    check_certificate,
    solve,
)
from crmcore.errors import InvalidValueError

POINT = 1000
NAMES = ["ada", "bob", "cem"]

costs = st.integers(0, 40).map(lambda points: points * POINT)
slopes = st.lists(st.integers(-300, 900), min_size=3, max_size=3).map(sorted)
widths = st.lists(st.integers(1, 20), min_size=3, max_size=3)


@st.composite
def holders(draw: st.DrawFn) -> list[Holder]:
    """One to three holders with curves of up to three bands."""
    found = []
    for name in NAMES[: draw(st.integers(1, 3))]:
        bands = list(map(Band, draw(widths), draw(slopes)))
        found.append(Holder(name, bands[: draw(st.integers(0, 3))]))
    return found


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to five items, some in conflict, some with work that depends on the holder."""
    people = draw(holders())
    items = []
    for at in range(draw(st.integers(0, 5))):
        able = [person.id for person in people if draw(st.integers(0, 3))]
        own = draw(st.booleans())
        options = tuple(
            Option(
                name,
                fit=draw(costs),
                interest=draw(st.sampled_from([-5 * POINT, 0])),
                minutes=draw(st.integers(0, 20)) if own else None,
            )
            for name in able
        )
        items.append(
            Item(
                id=f"i{at}",
                minutes=draw(st.integers(0, 20)),
                uncovered=draw(costs) * 3,
                options=options,
                current=draw(st.sampled_from([None, *NAMES])),
            )
        )
    pairs = st.tuples(st.sampled_from(items), st.sampled_from(items)) if items else st.nothing()
    fights = draw(st.lists(pairs, max_size=4)) if items else []
    return Problem(
        items=items,
        holders=people,
        conflicts=[Conflict(a.id, b.id) for a, b in fights if a is not b],
    )


def cost(problem: Problem, held: dict[str, str | None]) -> int | None:
    """Return what an assignment costs; None where it breaks a rule."""
    total = 0
    loads = dict.fromkeys((holder.id for holder in problem.holders), 0)
    for item in problem.items:
        who = held[item.id]
        if who is None:
            total += item.uncovered
            total += item.change if item.current in item.costs else 0
            continue
        option = next((o for o in item.options if o.holder == who), None)
        if option is None:
            return None
        total += option.cost
        if who != item.current and item.current in item.costs:
            total += item.change
        loads[who] += item.minutes if option.minutes is None else option.minutes
    for pair in problem.conflicts:
        if held[pair.one] is not None and held[pair.one] == held[pair.other]:
            return None
    for holder in problem.holders:
        if loads[holder.id] > holder.limit:
            return None
        total += holder.cost(loads[holder.id])
    return total


def best(problem: Problem) -> int:
    """Return the least cost of all assignments, by trying them all."""
    ways = [[None, *(option.holder for option in item.options)] for item in problem.items]
    ids = [item.id for item in problem.items]
    found = (cost(problem, dict(zip(ids, way, strict=True))) for way in product(*ways))
    return min(value for value in found if value is not None)


@given(problems())
def test_few_items_are_proven_the_best_possible(problem: Problem) -> None:
    """The value equals that of brute force, the bound too, and the certificate checks out."""
    solution = solve(problem)

    optimum = best(problem)
    assert solution.certificate.value == optimum
    assert solution.certificate.bound == optimum
    assert solution.certificate.price_bound <= optimum
    assert cost(problem, dict(solution.assignment)) == optimum
    check_certificate(problem, solution.assignment, solution.certificate)


@given(problems(), st.integers(0, 1), st.integers(0, 2))
def test_a_small_budget_still_tells_the_truth(problem: Problem, nodes: int, moves: int) -> None:
    """However little work is allowed, the bound is below the optimum and the value above."""
    solution = solve(problem, budget=Budget(nodes=nodes, moves=moves))

    assert solution.certificate.bound <= best(problem) <= solution.certificate.value
    check_certificate(problem, solution.assignment, solution.certificate)


@given(st.data(), problems())
def test_order_does_not_matter(data: st.DataObject, problem: Problem) -> None:
    """The same parts in another order give the same solution, ties included."""
    turned = Problem(
        items=data.draw(st.permutations(problem.items)),
        holders=data.draw(st.permutations(problem.holders)),
        conflicts=data.draw(st.permutations(problem.conflicts)),
    )

    assert solve(turned) == solve(problem)


@given(problems())
def test_names_do_not_matter(problem: Problem) -> None:
    """Other names may turn ties, but never the value."""
    renamed = Problem(
        items=[
            attrs.evolve(
                item,
                id=item.id[::-1],
                options=tuple(attrs.evolve(o, holder=o.holder[::-1]) for o in item.options),
                current=None if item.current is None else item.current[::-1],
            )
            for item in problem.items
        ],
        holders=[Holder(holder.id[::-1], holder.bands) for holder in problem.holders],
        conflicts=[Conflict(pair.one[::-1], pair.other[::-1]) for pair in problem.conflicts],
    )

    assert solve(renamed).certificate.value == solve(problem).certificate.value


@given(problems(), st.integers(1, 20))
def test_more_hours_never_cost_more(problem: Problem, more: int) -> None:
    """Where no hours are missed, a longer last band can only help."""
    calm = [
        Holder(h.id, [Band(b.minutes, max(b.slope, 0)) for b in h.bands]) for h in problem.holders
    ]
    wide = [
        Holder(h.id, [*h.bands[:-1], Band(h.bands[-1].minutes + more, h.bands[-1].slope)])
        if h.bands
        else h
        for h in calm
    ]

    before = solve(attrs.evolve(problem, holders=calm)).certificate.value
    after = solve(attrs.evolve(problem, holders=wide)).certificate.value
    assert after <= before


def ring(seed: int) -> Problem:
    """Return eight items in a ring, each in conflict with its neighbours and its opposite."""
    chance = Random(seed)  # noqa: S311 - made-up items need no cryptographic chance
    items = [
        Item(
            id=f"i{at}",
            minutes=chance.randint(5, 15),
            uncovered=60 * POINT,
            options=tuple(Option(name, chance.randint(0, 9) * POINT) for name in NAMES[:2]),
        )
        for at in range(8)
    ]
    return Problem(
        items=items,
        holders=[Holder(name, [Band(34, -30), Band(9, 200)]) for name in NAMES[:2]],
        conflicts=[Conflict(f"i{at}", f"i{(at + step) % 8}") for at in range(8) for step in (1, 4)],
    )


@pytest.mark.parametrize("seed", range(4))
def test_many_conflicts_are_branched_upon(seed: int) -> None:
    """Where everything fights its neighbours in a ring, the proof needs branches and holds."""
    problem = ring(seed)

    assert solve(problem).certificate.value == best(problem)
    assert solve(problem).certificate.is_optimal


def book(customers: int, members: int, seed: int, load: float = 0.92) -> Problem:
    """Return a made-up book: four tiers, scattered fits, and a change that costs."""
    chance = Random(seed)  # noqa: S311 - made-up customers need no cryptographic chance
    names = [f"m{at}" for at in range(members)]
    items = []
    for at in range(customers):
        weight, work = chance.choices([(8, 60), (4, 30), (2, 15), (1, 8)], [5, 15, 30, 50])[0]
        owner = chance.choice(names)
        items.append(
            Item(
                id=f"c{at}",
                minutes=int(work * chance.uniform(0.5, 1.5)),
                uncovered=600 * weight * POINT,
                options=tuple(
                    Option(name, fit=weight * chance.randint(0, 70) * POINT)
                    for name in names
                    if name == owner or chance.random() < 0.6
                ),
                current=owner,
                change=25 * weight * POINT,
            )
        )
    hours = int(sum(item.minutes for item in items) / load / members)
    bands = [
        Band(hours * 80 // 100, -200),
        Band(hours * 15 // 100, 0),
        Band(hours * 5 // 100, 400),
        Band(hours * 10 // 100, 3000),
    ]
    # Some have more hours than others, so that prices differ.
    people = [Holder(name, bands[: 3 + at % 2]) for at, name in enumerate(names)]
    return Problem(items=items, holders=people)


@pytest.fixture(scope="module")
def large() -> tuple[Problem, Solution]:
    """A book of 2,000 customers and 8 members with its solution."""
    problem = book(2000, 8, seed=7, load=0.97)
    return problem, solve(problem)


def test_a_large_book_comes_within_a_tenth_of_a_percent(large: tuple[Problem, Solution]) -> None:
    """Prices prove that 2,000 customers are spread over 8 members almost perfectly."""
    problem, solution = large

    assert solution.certificate.gap <= Fraction(1, 1000)
    assert solution.certificate.method is Method.PRICES
    check_certificate(problem, solution.assignment, solution.certificate)


def test_a_large_book_does_not_depend_on_order(large: tuple[Problem, Solution]) -> None:
    """Turned around, the book has the same solution, customer by customer."""
    problem, solution = large

    turned = Problem(items=problem.items[::-1], holders=problem.holders[::-1])

    assert solve(turned) == solution


def test_rounding_keeps_conflicts_apart() -> None:
    """Conflicts in a large book are not part of the bound, but they are kept."""
    plain = book(300, 4, seed=3)
    pairs = [Conflict(f"c{at}", f"c{at + 1}") for at in range(0, 300, 10)]
    problem = attrs.evolve(plain, conflicts=pairs)

    solution = solve(problem)

    check_certificate(problem, solution.assignment, solution.certificate)
    assert solution.certificate.gap <= Fraction(5, 100)


def test_an_item_may_be_too_large_for_whom_it_fits_best() -> None:
    """It goes to the second best, and no price says that half of it could go to the best."""
    small = [
        Item(id=f"c{at}", minutes=1, uncovered=99 * POINT, options=(Option("lin"),))
        for at in range(200)
    ]
    large = Item(
        id="north",
        minutes=100,
        uncovered=99 * POINT,
        options=(Option("wei"), Option("lin", 30 * POINT)),
    )
    problem = Problem(
        items=[large, *small], holders=[Holder("wei", [Band(50, 0)]), Holder("lin", [Band(900, 0)])]
    )

    solution = solve(problem)

    assert dict(solution.assignment)["north"] == "lin"
    assert solution.certificate.value == 30 * POINT
    assert solution.certificate.price_bound == 30 * POINT


def test_items_need_no_holders() -> None:
    """Without anybody to hold them, all items stay uncovered at their price."""
    alone = Item(id="north", minutes=5, uncovered=700)

    solution = solve(Problem(items=[alone], holders=[]))

    assert solution.assignment == (("north", None),)
    assert solution.certificate.value == solution.certificate.bound == 700


def test_progress_is_told() -> None:
    """Each step says what it is, and branches count up to the budget."""
    steps: list[tuple[int, int | None, str]] = []

    solve(
        ring(seed=0),
        progress=lambda done, total, what: steps.append((done, total, what.en)),
    )

    assert steps[:4] == [
        (0, None, "finding what an hour is worth"),
        (0, None, "making the assignment better"),
        (0, 200, "ruling out all the rest"),
        (1, 200, "ruling out all the rest"),
    ]


def held_by(who: str, other: str, fit: int, change: int) -> Problem:
    """Return one item that is held today, and somebody who would fit it perfectly."""
    return Problem(
        items=[
            Item(
                id="north",
                minutes=10,
                uncovered=900 * POINT,
                options=(Option(who, fit=fit * POINT), Option(other)),
                current=who,
                change=change * POINT,
            )
        ],
        holders=[Holder(who, [Band(60, 0)]), Holder(other, [Band(60, 0)])],
    )


@pytest.mark.parametrize(
    ("fit", "change", "dead_band", "holder"),
    [(30, 25, 0, "lin"), (30, 25, 6, "wei"), (30, 25, 5, "lin"), (25, 25, 0, "wei")],
)
def test_a_move_must_win_more_than_the_dead_band(
    fit: int, change: int, dead_band: int, holder: str
) -> None:
    """What wins nothing, or less than the dead-band, does not move."""
    problem = held_by("wei", "lin", fit, change)

    solution = solve(problem, incumbent=Incumbent(dead_band=dead_band * POINT))

    assert dict(solution.assignment) == {"north": holder}


@pytest.mark.parametrize(
    ("tolerance", "holder"), [(Fraction(1, 5), "wei"), (Fraction(1, 6), "lin")]
)
def test_today_stays_within_the_tolerance(tolerance: Fraction, holder: str) -> None:
    """Today's 30 are a fifth more than the best possible 25."""
    problem = held_by("wei", "lin", 30, 25)

    solution = solve(problem, incumbent=Incumbent(tolerance=tolerance))

    assert dict(solution.assignment) == {"north": holder}


def test_tolerance_leaves_nobody_uncovered() -> None:
    """An item that nobody holds today is covered, however wide the tolerance is."""
    problem = held_by("wei", "lin", 30, 25)
    orphan = attrs.evolve(problem, items=[attrs.evolve(problem.items[0], current=None)])

    solution = solve(orphan, incumbent=Incumbent(tolerance=Fraction(1000)))

    assert dict(solution.assignment)["north"] is not None


@given(problems(), st.integers(0, 60 * POINT))
def test_never_worse_than_today(problem: Problem, dead_band: int) -> None:
    """Where today's assignment breaks no rule, no plan costs more than it does."""
    able = {item.id: {option.holder for option in item.options} for item in problem.items}
    today = {i.id: i.current if i.current in able[i.id] else None for i in problem.items}

    solution = solve(problem, incumbent=Incumbent(dead_band=dead_band))

    cost_today = cost(problem, today)
    assert cost_today is None or solution.certificate.value <= cost_today


@given(problems())
def test_solving_again_changes_nothing(problem: Problem) -> None:
    """With its own solution as today's assignment, a problem keeps it."""
    held = dict(solve(problem).assignment)
    again = attrs.evolve(
        problem, items=[attrs.evolve(item, current=held[item.id]) for item in problem.items]
    )

    assert dict(solve(again).assignment) == held


def test_the_salt_turns_ties() -> None:
    """Two who are alike get the item by the hash of salt and id, not by the alphabet."""
    problem = Problem(
        items=[
            Item(id="north", minutes=10, uncovered=POINT, options=(Option("ada"), Option("bob")))
        ],
        holders=[Holder("ada", [Band(60, 0)]), Holder("bob", [Band(60, 0)])],
    )

    winners = {dict(solve(problem, salt=str(salt)).assignment)["north"] for salt in range(20)}

    assert winners == {"ada", "bob"}


PAIR = Problem(
    items=[
        Item(id="north", minutes=10, uncovered=90, options=(Option("wei", 5), Option("lin", 9))),
        Item(id="south", minutes=10, uncovered=90, options=(Option("wei", 5),)),
    ],
    holders=[Holder("wei", [Band(60, 1)]), Holder("lin", [Band(60, 0)])],
    conflicts=[Conflict("north", "south")],
)
HELD = (("north", "lin"), ("south", "wei"))
PROOF = Certificate(
    value=24, bound=24, prices=(("lin", 0), ("wei", 1)), price_bound=24, method=Method.PRICES
)


def test_the_checker_agrees_with_what_is_true() -> None:
    """Nine for north, five for south and ten for the ten minutes of Wei make 24."""
    check_certificate(PAIR, HELD, PROOF)


@pytest.mark.parametrize(
    ("held", "proof", "message"),
    [
        (HELD, attrs.evolve(PROOF, value=25), "value must be 24"),
        (HELD, attrs.evolve(PROOF, prices=(("lin", 0), ("wei", 2))), "price_bound must be"),
        (
            HELD,
            attrs.evolve(PROOF, price_bound=23, method=Method.BRANCHES),
            "price_bound must be 24",
        ),
        (HELD, attrs.evolve(PROOF, prices=(("wei", 1),)), "prices must name all .*'lin'"),
        (HELD, attrs.evolve(PROOF, prices=(*PROOF.prices, ("ada", 9))), "prices must .*'ada'"),
        ((("north", "wei"), ("south", "wei")), PROOF, "holder of north must not hold south too"),
        ((("north", "ada"), HELD[1]), PROOF, "holder of north must be one of its options"),
        ((*HELD, ("west", "wei")), PROOF, "assignment must name all .*each once.*'west'"),
        ((*HELD, ("north", "wei")), PROOF, "assignment must name all .*'north'"),
        (HELD[:1], PROOF, "assignment must name all .*'south'"),
    ],
)
def test_the_checker_finds_what_is_false(
    held: tuple[tuple[str, str | None], ...], proof: Certificate, message: str
) -> None:
    """A tampered value, price, bound or assignment is found out."""
    with pytest.raises(InvalidValueError, match=message):
        check_certificate(PAIR, held, proof)


def test_prices_claim_no_more_than_they_prove() -> None:
    """A bound above that of the prices must come from a search."""
    with pytest.raises(InvalidValueError, match="method must be another where the prices prove"):
        attrs.evolve(PROOF, price_bound=23)


def test_the_checker_knows_the_limit_of_hours() -> None:
    """An assignment beyond a holder's last band is none."""
    tight = attrs.evolve(PAIR, holders=[Holder("wei", [Band(5, 1)]), PAIR.holders[0]])

    with pytest.raises(InvalidValueError, match="minutes must be between 0 and 5 for wei"):
        check_certificate(tight, HELD, PROOF)


@pytest.mark.parametrize(
    ("value", "bound", "text"),
    [
        (24, 24, "the best possible, proven"),
        (1_000_200, 1_000_000, "within 0.02 % of the best possible, proven"),
        (1_000_201, 1_000_000, "within 0.03 % of the best possible, proven"),
        (1_000_021, 1_000_000, "within 0.003 % of the best possible, proven"),
        (5, 4, "within 25.00 % of the best possible, proven"),
        (3, 0, "within 300.00 % of the best possible, proven"),
    ],
)
def test_a_certificate_speaks_in_one_line(value: int, bound: int, text: str) -> None:
    """A gap is rounded up, never down, to a digit that is not 0."""
    proof = Certificate(
        value=value, bound=bound, prices=(), price_bound=bound, method=Method.PRICES
    )

    assert str(proof) == text
    assert proof.gap == Fraction(value - bound, max(bound, 1))


@pytest.mark.parametrize(
    ("bound", "price_bound", "message"),
    [(25, 20, "bound must be at most the value, 24"), (20, 21, "price_bound must be at most")],
)
def test_a_certificate_cannot_prove_too_much(bound: int, price_bound: int, message: str) -> None:
    """No bound is above the value, and no price bound above the bound."""
    with pytest.raises(InvalidValueError, match=message):
        Certificate(
            value=24, bound=bound, prices=(), price_bound=price_bound, method=Method.BRANCHES
        )


def test_where_there_is_nothing_to_hold_nothing_is_searched() -> None:
    """A load curve of years is no work where no item could be held by anybody."""
    told: list[str] = []
    empty = Problem(items=[], holders=[Holder("ada", [Band(2_000_000, -1)])])

    found = solve(empty, progress=lambda _, __, what: told.append(what.en))

    assert found.certificate.is_optimal
    assert "ruling out all the rest" not in told
