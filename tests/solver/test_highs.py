"""HiGHS: against brute force, against the library's own proofs, and against the clock."""

from __future__ import annotations

import importlib
import subprocess
import sys
from itertools import combinations, count
from pathlib import Path
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
from crmcore.errors import InvalidValueError, MissingExtraError
from crmcore.solver import Highs
from crmcore.testing import check_solver

GAP = Path(__file__).parent.parent / "allocation" / "data"
POINT = 1000
QUICK = Budget(nodes=0, moves=0)


def department(responsibilities: int, members: int, *, seed: int) -> Problem:
    """Return duties: of each responsibility one to decide, one to do it and one to step in."""
    chance = Random(seed)  # noqa: S311 - a made-up department needs no cryptographic chance
    names = [f"m{at}" for at in range(members)]
    items, conflicts = [], []
    for at in range(responsibilities):
        work = chance.randint(8, 24) * 15
        weight = chance.randint(1, 3) * POINT
        duties = {"a": work * 15 // 100 // 15 * 15 + 15, "b": work // 5 // 15 * 15 + 15, "r": work}
        for duty, minutes in duties.items():
            able = [name for name in names if chance.random() < 0.6]
            items.append(
                Item(
                    id=f"r{at:02}:{duty}",
                    minutes=minutes,
                    uncovered=weight * (150 if duty == "b" else 600),
                    options=tuple(Option(who, fit=weight * chance.randint(0, 70)) for who in able),
                    current=chance.choice([None, *names]),
                    change=weight * 25,
                )
            )
        conflicts += [Conflict(f"r{at:02}:{duty}", f"r{at:02}:b") for duty in "ar"]
        if at % 5 == 4:
            conflicts.append(Conflict(f"r{at:02}:r", f"r{at - 1:02}:r"))
    quarters = sum(item.minutes for item in items) // members // 15
    bands = [
        Band(quarters * 8 // 10 * 15, -200),
        Band(quarters * 2 // 10 * 15 + 15, 0),
        Band(quarters * 2 // 10 * 15 + 15, 2_667),
    ]
    return Problem(
        items=items, holders=[Holder(name, bands) for name in names], conflicts=conflicts
    )


def public(name: str) -> Problem:
    """Return a public instance, in which each item's work depends on who holds it."""
    numbers = list(map(int, (GAP / f"{name}.txt").read_text("utf-8").split()))
    agents, jobs = numbers[:2]
    costs, work = numbers[2 : 2 + agents * jobs], numbers[2 + agents * jobs :]
    return Problem(
        items=[
            Item(
                id=f"j{job:03}",
                minutes=0,
                uncovered=100_000,
                options=tuple(
                    Option(f"a{a:02}", costs[a * jobs + job], minutes=work[a * jobs + job])
                    for a in range(agents)
                ),
            )
            for job in range(jobs)
        ],
        holders=[
            Holder(f"a{a:02}", [Band(capacity, 0)])
            for a, capacity in enumerate(work[agents * jobs : agents * jobs + agents])
        ],
    )


def book(customers: int, members: int, *, seed: int) -> Problem:
    """Return customers of four sizes, most of whom several members could look after."""
    chance = Random(seed)  # noqa: S311 - a made-up book needs no cryptographic chance
    names = [f"m{at:02}" for at in range(members)]
    items = []
    for at in range(customers):
        weight, work = chance.choices([(8, 12), (4, 5), (2, 2), (1, 1)], [5, 15, 30, 50])[0]
        able = [name for name in names if chance.random() < 0.5]
        items.append(
            Item(
                id=f"c{at:04}",
                minutes=work * chance.randint(8, 24),
                uncovered=weight * 600 * POINT,
                options=tuple(Option(who, weight * chance.randint(0, 60) * POINT) for who in able),
                current=chance.choice(names),
                change=weight * 25 * POINT,
            )
        )
    hours = sum(item.minutes for item in items) * 100 // 95 // members
    bands = [Band(hours * 8 // 10, -200), Band(hours * 2 // 10, 0), Band(hours // 10, 2_667)]
    return Problem(items=items, holders=[Holder(name, bands) for name in names])


BOOK = book(150, 6, seed=5)


def start(problem: Problem) -> Solution:
    """Return a quick solution, from which a solver has something to do."""
    return solve(problem, budget=QUICK)


def test_it_is_a_solver() -> None:
    """It has what a solver has, and keeps what a solver promises."""
    assert isinstance(Highs(), Solver)
    assert check_solver(Highs(), problems=60) == 60


@pytest.mark.parametrize(
    "solver",
    [Highs(core=1), Highs(core=1, doubts=2), Highs(nodes=1, core=2, doubts=5)],
    ids=["core by core", "with few doubts", "with one branch"],
)
def test_it_keeps_its_promises_however_little_it_may_do(solver: Highs) -> None:
    """Whatever is left out of its search, it claims no bound above the best possible."""
    assert check_solver(solver, problems=60, seed=3) > 40


@given(st.integers(0, 10**9), st.lists(st.integers(-3_000, 3_000), min_size=3, max_size=3))
def test_foolish_prices_spoil_no_proof(seed: int, prices: list[int]) -> None:
    """The prices say only where to look; what is found and proven does not depend on them."""
    problem = department(2, 3, seed=seed)
    usual = start(problem)
    foolish = tuple((f"m{at}", price) for at, price in enumerate(prices))
    bound = price_bound(problem, dict(foolish))
    certificate = Certificate(
        value=usual.certificate.value,
        bound=bound,
        prices=foolish,
        price_bound=bound,
        method=Method.PRICES,
    )

    found = Highs(core=3).improve(problem, attrs.evolve(usual, certificate=certificate), watch=None)

    assert found.certificate.is_optimal
    assert found.certificate.value == solve(problem).certificate.value
    check_certificate(problem, found.assignment, found.certificate)


def price_bound(problem: Problem, prices: dict[str, int]) -> int:
    """Return what the prices prove, by the book: items buy, holders sell."""
    bought = sum(
        min(
            [
                item.cost_of_nobody,
                *(c + work * prices[who] for who, (c, work) in problem.choices(item).items()),
            ]
        )
        for item in problem.items
    )
    sold = sum(
        min(cost - prices[holder.id] * minutes for minutes, cost in holder.corners)
        for holder in problem.holders
    )
    return bought + sold


@pytest.mark.parametrize("seed", range(3))
def test_it_agrees_with_the_librarys_own_proof(seed: int) -> None:
    """Two searches that share nothing find the same least cost of 36 duties."""
    problem = department(12, 5, seed=seed)

    ours = solve(problem, budget=Budget(nodes=2_000))
    found = solve(problem, budget=QUICK, solver=Highs())

    assert ours.certificate.is_optimal
    assert ours.certificate.method is Method.BRANCHES
    assert found.certificate.value == found.certificate.bound == ours.certificate.value
    assert found.certificate.method is Method.SOLVER


@pytest.mark.once
def test_a_department_of_120_duties_is_proven() -> None:
    """Nothing is better, and the certificate says that a solver says so."""
    problem = department(40, 12, seed=2)

    found = solve(problem, solver=Highs())

    assert found.certificate.is_optimal
    check_certificate(problem, found.assignment, found.certificate)


@pytest.mark.parametrize(("name", "best"), [("gap1-0", 261), ("gap2-4", 267)])
def test_public_instances_are_proven(name: str, best: int) -> None:
    """The instances of Cattrysse, Salomon & Van Wassenhove (1994) come out as published."""
    problem = public(name)

    found = solve(problem, budget=QUICK, solver=Highs())

    assert found.certificate.value == best
    assert found.certificate.is_optimal


def test_a_book_is_proven_by_cores_or_at_once() -> None:
    """Growing cores end with the whole, so both ways end with the same least cost."""
    at_once = solve(BOOK, solver=Highs())
    by_cores = solve(BOOK, solver=Highs(core=40))

    assert at_once.certificate.is_optimal
    assert by_cores.certificate.is_optimal
    assert at_once.certificate.value == by_cores.certificate.value
    assert solve(BOOK).certificate.bound <= at_once.certificate.value


def test_a_core_bounds_the_whole_no_further_than_what_it_leaves_out() -> None:
    """The fewer options are looked at, the less is proven; the bound is never too high."""
    known = start(BOOK)
    best = solve(BOOK, solver=Highs()).certificate.value

    bounds = [
        Highs(doubts=doubts).improve(BOOK, known, watch=None).certificate.bound
        for doubts in (1, 20, 100, 1_000)
    ]

    assert bounds == sorted(bounds)
    assert known.certificate.bound <= bounds[0] < bounds[-1] == best


def test_it_answers_the_same_each_time() -> None:
    """The same problem in another order gives the same solution, to the last holder."""
    turned = Problem(items=BOOK.items[::-1], holders=BOOK.holders[::-1])

    found = [solve(problem, solver=Highs(core=40)) for problem in (BOOK, turned)]

    assert found[0] == found[1]


def test_it_never_answers_with_less_than_it_got() -> None:
    """With no branches to open to speak of, what is known is the least that comes back."""
    known = solve(BOOK)

    found = Highs(nodes=1, core=1, doubts=1).improve(BOOK, known, watch=None)

    assert found.certificate.value <= known.certificate.value
    assert found.certificate.bound >= known.certificate.bound


def test_what_is_proven_comes_back_as_it_is() -> None:
    """There is nothing to improve on the best possible."""
    best = solve(department(8, 4, seed=1))

    assert best.certificate.is_optimal
    assert Highs().improve(department(8, 4, seed=1), best, watch=None) == best


def test_it_stops_before_it_begins_when_the_time_is_over() -> None:
    """What is known comes back, and says that it was stopped."""
    known = start(BOOK)

    found = Highs().improve(BOOK, known, watch=Watch(lambda: 0.0, seconds=0))

    assert found == attrs.evolve(known, stopped=True)


def test_it_stops_between_two_cores_when_the_time_is_over() -> None:
    """The time that goes by beside HiGHS counts too."""
    looks = count()  # the first look is the beginning, the next is before the first core
    known = start(BOOK)

    found = Highs(core=10).improve(BOOK, known, watch=Watch(looks.__next__, seconds=2))

    assert found.stopped
    assert next(looks) == 3
    assert found.certificate.value <= known.certificate.value


def test_it_stops_within_a_core_when_the_time_is_over() -> None:
    """So little is not enough for a proof; the gap is true all the same."""
    known = start(BOOK)
    best = solve(BOOK, solver=Highs()).certificate.value

    found = [
        Highs().improve(BOOK, known, watch=Watch(lambda: 0.0, seconds=seconds))
        for seconds in (1e-9, 0.01)
    ]

    assert all(solution.stopped for solution in found)
    for solution in found:
        assert known.certificate.bound <= solution.certificate.bound <= best
        assert best <= solution.certificate.value <= known.certificate.value


def test_a_watch_without_an_end_changes_nothing() -> None:
    """The clock may go on as it likes."""
    known = start(BOOK)

    timed = Highs().improve(BOOK, known, watch=Watch(count().__next__))

    assert timed == Highs().improve(BOOK, known, watch=None)
    assert not timed.stopped


def test_it_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    """HiGHS likes to talk, to the console of the process; here it does not."""
    solve(department(6, 3, seed=4), budget=QUICK, solver=Highs())

    assert capfd.readouterr() == ("", "")


def test_other_users_of_highs_are_left_alone() -> None:
    """Whoever runs HiGHS with two threads before and after us may go on to do so."""
    code = """
import highspy
from crmcore.solver import Highs
from crmcore.testing import check_solver

def theirs():
    engine = highspy.Highs()
    engine.setOptionValue("output_flag", False)
    engine.setOptionValue("threads", 2)
    engine.addVar(0, 1)
    return engine.run()

print(theirs() == highspy.HighsStatus.kOk, check_solver(Highs(), problems=2), end=" ")
print(theirs() == highspy.HighsStatus.kOk)
"""

    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    )

    assert done.stdout.split() == ["True", "2", "True"]


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without HiGHS, the room says what to install."""
    monkeypatch.setitem(sys.modules, "highspy", None)
    monkeypatch.delitem(sys.modules, "crmcore.solver")

    with pytest.raises(MissingExtraError, match=r"pip install 'crmcore\[solver\]'"):
        importlib.import_module("crmcore.solver")


@pytest.mark.parametrize("field", ["nodes", "core", "doubts"])
def test_it_has_to_be_allowed_something(field: str) -> None:
    """Less than one branch or option is no search."""
    with pytest.raises(InvalidValueError, match=f"{field} must be at least 1"):
        Highs(**{field: 0})


def test_conflicts_are_kept_where_they_cost_most() -> None:
    """Three items that all suit one member best, no two of which anybody may hold."""
    problem = Problem(
        items=[
            Item(
                id=name,
                minutes=10,
                uncovered=900,
                options=(Option("ada"), Option("bob", fit=30), Option("cem", fit=31)),
            )
            for name in ("east", "north", "south")
        ],
        holders=[Holder(name, [Band(60, 0)]) for name in ("ada", "bob", "cem")],
        conflicts=[Conflict(*pair) for pair in combinations(["east", "north", "south"], 2)],
    )

    found = solve(problem, budget=QUICK, solver=Highs())

    assert found.certificate.value == found.certificate.bound == 61
    assert {who for _, who in found.assignment} == {"ada", "bob", "cem"}
