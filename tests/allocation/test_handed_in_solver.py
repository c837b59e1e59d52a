"""Solvers that are handed in: what they are asked, and what is refused of what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from crmcore.allocation import (
    Band,
    Budget,
    Conflict,
    Holder,
    Incumbent,
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
from crmcore.errors import FaultsError, InvalidValueError

Answer = Callable[[Problem, Solution], object]

# Each of the two can take two of the four, and the conflict says which not.
PROBLEM = Problem(
    items=[
        Item(
            id=name,
            minutes=minutes,
            uncovered=900,
            options=(Option("lin", fit=fit), Option("wei", fit=3)),
        )
        for name, minutes, fit in [
            ("east", 40, 4),
            ("north", 50, 2),
            ("south", 60, 9),
            ("west", 30, 4),
        ]
    ],
    holders=[Holder("lin", [Band(90, 0), Band(10, 1)]), Holder("wei", [Band(95, 0)])],
    conflicts=[Conflict("east", "north")],
)
# Ada is the better one for each of three, but has time for one only.
UNEVEN = Problem(
    items=[
        Item(
            id=name,
            minutes=1,
            uncovered=90_000,
            options=(Option("ada", minutes=60), Option("bob", fit=10_000)),
            current="bob",
        )
        for name in ("east", "north", "south")
    ],
    holders=[Holder("ada", [Band(60, 0)]), Holder("bob", [Band(60, 0)])],
)
ALL = solve(PROBLEM)
NONE = Budget(nodes=0, moves=0)
ROUGH = solve(PROBLEM, budget=NONE)


@attrs.frozen
class Plugin:
    """A solver that says what it is told to say, and takes note of what it was asked."""

    answer: Answer
    asked: list[Watch | None] = attrs.field(factory=list)

    def improve(self, problem: Problem, solution: Solution, *, watch: Watch | None) -> Solution:
        """Say it."""
        self.asked.append(watch)
        return self.answer(problem, solution)  # type: ignore[return-value] # some say nonsense


def best(problem: Problem, known: Solution) -> Solution:
    """Answer with the best possible, proven."""
    return known.improved(problem, ALL.assignment, bound=ALL.certificate.value)


def same(_: Problem, known: Solution) -> Solution:
    """Answer with what is known."""
    return known


def claiming(**claims: Any) -> Answer:  # noqa: ANN401 - it may claim anything
    """Answer with the best possible, but with false claims in its certificate."""

    def answer(problem: Problem, known: Solution) -> Solution:
        found = best(problem, known)
        return attrs.evolve(found, certificate=attrs.evolve(found.certificate, **claims))

    return answer


def holding(**holders: str | None) -> Answer:
    """Answer with the best possible, but with other holders for some items."""

    def answer(problem: Problem, known: Solution) -> Solution:
        found = best(problem, known)
        held = {**dict(found.assignment), **holders}
        return attrs.evolve(found, assignment=tuple(sorted(held.items())))

    return answer


def test_a_plugin_is_a_solver() -> None:
    """Whatever has the method is one; nothing has to be inherited."""
    assert isinstance(Plugin(same), Solver)


def test_a_better_assignment_and_its_proof_are_taken() -> None:
    """The value is added up anew, and the certificate names the solver as its proof."""
    found = solve(PROBLEM, budget=NONE, solver=Plugin(best))

    assert not ROUGH.certificate.is_optimal
    assert found.certificate.value == ALL.certificate.value
    assert found.certificate.is_optimal
    assert found.certificate.method is Method.SOLVER
    assert found.certificate.price_bound == ROUGH.certificate.price_bound
    check_certificate(PROBLEM, found.assignment, found.certificate)


def test_a_worse_assignment_is_left_and_its_proof_taken() -> None:
    """What a solver proves holds, even where it has found nothing better."""

    def proven_but_poor(_: Problem, known: Solution) -> Solution:
        nobody = tuple((item.id, None) for item in PROBLEM.items)
        poor = attrs.evolve(known.certificate, value=4 * 900)
        proof = attrs.evolve(poor, bound=ALL.certificate.value, method=Method.SOLVER)
        return attrs.evolve(known, assignment=nobody, certificate=proof)

    found = solve(PROBLEM, budget=NONE, solver=Plugin(proven_but_poor))

    assert found.assignment == ROUGH.assignment
    assert found.certificate.value == ROUGH.certificate.value
    assert found.certificate.bound == ALL.certificate.value
    assert found.certificate.method is Method.SOLVER


def test_what_a_solver_cannot_better_stays() -> None:
    """A solver that finds nothing changes nothing."""
    assert solve(PROBLEM, budget=NONE, solver=Plugin(same)) == ROUGH


def test_better_prices_are_taken() -> None:
    """Prices that prove more replace those that prove less; they can be checked, after all."""
    prices = (("ada", 166), ("bob", 0))  # an item costs Ada 60 minutes, and Ada has no more

    def priced(_: Problem, known: Solution) -> Solution:
        least = 3 * 60 * 166 - 60 * 166
        better = attrs.evolve(known.certificate, bound=least, prices=prices, price_bound=least)
        return attrs.evolve(known, certificate=better)

    found = solve(UNEVEN, budget=NONE, solver=Plugin(priced))

    assert solve(UNEVEN, budget=NONE).certificate.price_bound < found.certificate.price_bound
    assert found.certificate.prices == prices
    assert found.certificate.method is Method.PRICES
    check_certificate(UNEVEN, found.assignment, found.certificate)


def test_a_lower_bound_does_not_replace_a_higher_one() -> None:
    """What is proven already stays proven."""
    known = solve(PROBLEM, budget=Budget(nodes=1))

    found = solve(
        PROBLEM,
        budget=Budget(nodes=1),
        solver=Plugin(lambda _, __: ROUGH),
    )

    assert found.certificate.bound == known.certificate.bound


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda _, __: None, "improve: it returned a NoneType, not a Solution"),
        (lambda _, __: 1 // 0, r"improve: it failed with ZeroDivisionError\("),
        (claiming(value=30), r"certificate: value must be 29 \(got 30\)"),
        (claiming(value=28, bound=28), r"certificate: value must be 29 \(got 28\)"),
        (claiming(prices=()), "certificate: prices must name all of the problem, each once"),
        (claiming(prices=(("lin", 1), ("wei", 7))), "certificate: price_bound must be"),
        (holding(east="tom"), "certificate: holder of east must be one of its options"),
        (holding(nord="wei"), "certificate: assignment must name all of the problem, each once"),
        (holding(east="wei", north="wei", south=None, west=None), "not hold north too"),
        (
            holding(east="lin", south="lin", north=None, west="lin"),
            "minutes must be between 0 and 100",
        ),
        (claiming(bound=28.5, method=Method.SOLVER), "bound must be a whole number"),
        (claiming(prices=(("lin", 1.5), ("wei", 0))), "price of lin must be a whole number"),
        (lambda _, known: attrs.evolve(known, certificate=None), "cannot be read: AttributeError"),
        (lambda _, known: attrs.evolve(known, assignment=7), "cannot be read: TypeError"),
    ],
    ids=[
        "nothing",
        "failing",
        "dearer",
        "cheaper",
        "no prices",
        "false prices",
        "stranger",
        "other item",
        "conflict",
        "too much",
        "half a bound",
        "half a price",
        "no certificate",
        "no assignment",
    ],
)
def test_what_cannot_be_is_refused_by_name(answer: Answer, message: str) -> None:
    """A solver that lies or fails is refused, and the message says what it said."""
    with pytest.raises(FaultsError, match=message) as refused:
        solve(PROBLEM, budget=NONE, solver=Plugin(answer))

    assert refused.value.source == "proposal of Plugin"


def test_a_bound_above_what_is_possible_is_refused() -> None:
    """Nobody can prove that nothing is below 3,600 where less is known."""

    def overdone(_: Problem, known: Solution) -> Solution:
        nobody = tuple((item.id, None) for item in PROBLEM.items)
        proof = attrs.evolve(known.certificate, value=3600, bound=3600, method=Method.SOLVER)
        return attrs.evolve(known, assignment=nobody, certificate=proof)

    with pytest.raises(FaultsError, match="3600 is said to be the least possible, but"):
        solve(PROBLEM, budget=NONE, solver=Plugin(overdone))


def test_what_a_solver_raises_is_kept_as_the_cause() -> None:
    """Whoever wrote the solver finds the line that failed."""
    with pytest.raises(FaultsError) as refused:
        solve(PROBLEM, budget=NONE, solver=Plugin(lambda p, _: p.holders[7]))

    assert isinstance(refused.value.__cause__, IndexError)


def test_without_the_solver_nothing_is_lost() -> None:
    """After a refusal, the same search without the solver gives what it always gave."""
    with pytest.raises(FaultsError):
        solve(PROBLEM, budget=NONE, solver=Plugin(claiming(value=3, bound=3)))

    assert solve(PROBLEM, budget=NONE) == ROUGH


def test_a_solver_is_not_asked_about_what_is_proven() -> None:
    """Where nothing can be better, there is nothing to ask."""
    plugin = Plugin(best)

    found = solve(PROBLEM, budget=Budget(nodes=200), solver=plugin)

    assert found == ALL
    assert plugin.asked == []


def test_a_solver_saves_the_search_through_branches() -> None:
    """Where no budget is given, only the first branch is opened before the solver is asked."""
    steps: list[tuple[int, int | None, str]] = []

    solve(
        PROBLEM,
        solver=Plugin(same),
        progress=lambda done, total, what: steps.append((done, total, what.en)),
    )

    assert [step for step in steps if step[1] is not None] == [(0, 1, "ruling out all the rest")]


def test_a_solver_gets_the_time_that_is_left() -> None:
    """Of ten seconds, those that the library's own search has taken are gone."""
    seconds = iter([100.0, *[103.0] * 50])
    plugin = Plugin(same)

    solve(PROBLEM, budget=NONE, solver=plugin, watch=Watch(lambda: next(seconds), seconds=10))

    (asked,) = plugin.asked
    assert asked is not None
    assert asked.seconds == 7


def test_a_watch_without_an_end_is_handed_on() -> None:
    """There is no end to tell of, but the clock may be read."""
    plugin, watch = Plugin(same), Watch(lambda: 0.0)

    solve(PROBLEM, budget=NONE, solver=plugin, watch=watch)
    solve(PROBLEM, budget=NONE, solver=plugin)

    assert plugin.asked == [watch, None]


def test_a_solver_is_not_asked_when_the_time_is_over() -> None:
    """The solution is what was found by then, and says so."""
    plugin = Plugin(best)

    found = solve(PROBLEM, budget=NONE, solver=plugin, watch=Watch(lambda: 0.0, seconds=0))

    assert plugin.asked == []
    assert found.stopped


def test_a_solver_that_was_stopped_is_told_of() -> None:
    """The solution says so, unless it is proven all the same."""

    def hurried(problem: Problem, known: Solution) -> Solution:
        return known.improved(problem, ALL.assignment, stopped=True)

    def proven(problem: Problem, known: Solution) -> Solution:
        return attrs.evolve(best(problem, known), stopped=True)

    assert solve(PROBLEM, budget=NONE, solver=Plugin(hurried)).stopped
    assert not solve(PROBLEM, budget=NONE, solver=Plugin(proven)).stopped


def test_today_is_spared_whatever_a_solver_finds() -> None:
    """A move that wins less than the dead band is dropped, whoever has found it."""
    best_of_all = solve(UNEVEN)

    def proven(problem: Problem, known: Solution) -> Solution:
        return known.improved(problem, best_of_all.assignment, bound=20_000)

    spared = Incumbent(dead_band=10_001)
    found = solve(UNEVEN, budget=NONE, incumbent=spared, solver=Plugin(proven))

    assert best_of_all.certificate.value == 20_000
    assert {who for _, who in found.assignment} == {"bob"}
    assert found.certificate.value == 30_000
    assert found.certificate.bound == 20_000


@pytest.mark.parametrize(
    ("argument", "value", "rule"),
    [
        ("watch", 60, "watch must be a watch, as Watch(time.monotonic, seconds=60) (got 60)"),
        ("watch", Watch, "watch must be a watch"),
        ("solver", "highs", "solver must be a solver that has the method improve, as Highs()"),
        ("solver", Plugin, "solver must be a solver that has the method improve"),
        ("budget", 60, "budget must be a budget, as Budget(nodes=400)"),
        ("incumbent", {"a": "ada"}, "incumbent must be what today is spared, as Incumbent"),
    ],
)
def test_what_is_handed_in_is_looked_at_first(argument: str, value: object, rule: str) -> None:
    """Seconds are no watch and a class is no solver, also where nobody would have been asked."""
    nothing = Problem(items=[], holders=[])
    given: dict[str, Any] = {argument: value}

    with pytest.raises(InvalidValueError, match=re.escape(rule)):
        solve(nothing, **given)
