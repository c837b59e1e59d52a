"""The check of solvers is itself checked: each of these breaks one promise."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import attrs
import pytest

from crmcore.allocation import Certificate, Method, Problem, Solution, Watch, solve
from crmcore.errors import InvalidValueError
from crmcore.testing import check_solver

Answer = Callable[[Problem, Solution, Watch | None], object]
CALLS = count()


@attrs.frozen
class Saying:
    """A solver that answers as it is told."""

    answer: Answer

    def improve(self, problem: Problem, solution: Solution, *, watch: Watch | None) -> Solution:
        """Answer."""
        return self.answer(problem, solution, watch)  # type: ignore[return-value] # some lie


def sound(problem: Problem, known: Solution, watch: Watch | None) -> Solution:
    """Let the library's own search improve what is known, if there is time."""
    if watch is not None:
        return attrs.evolve(known, stopped=True)
    found = solve(problem)
    return known.improved(problem, found.assignment, bound=found.certificate.bound)


def lazy(_: Problem, known: Solution, __: Watch | None) -> Solution:
    """Answer with what is known."""
    return known


def forgetful(*_: object) -> None:
    """Answer nothing."""


def boastful(_: Problem, known: Solution, __: Watch | None) -> Solution:
    """Call whatever is known the best possible."""
    best = attrs.evolve(known.certificate, bound=known.certificate.value, method=Method.SOLVER)
    return attrs.evolve(known, certificate=best)


def cheap(_: Problem, known: Solution, __: Watch | None) -> Solution:
    """Claim a cost that nothing has."""
    return attrs.evolve(known, certificate=attrs.evolve(known.certificate, value=10**6))


def wasteful(problem: Problem, known: Solution, _: Watch | None) -> Solution:
    """Take everything away from everybody."""
    proof = known.certificate
    nobody = tuple((item.id, None) for item in problem.items)
    value = sum(item.cost_of_nobody for item in problem.items)
    value += sum(holder.cost(0) for holder in problem.holders)
    dear = Certificate(
        value=value,
        bound=proof.price_bound,
        prices=proof.prices,
        price_bound=proof.price_bound,
        method=Method.PRICES,
    )
    return attrs.evolve(known, assignment=nobody, certificate=dear)


def moody(problem: Problem, known: Solution, watch: Watch | None) -> Solution:
    """Work on every other question only."""
    return lazy(problem, known, watch) if next(CALLS) % 3 else sound(problem, known, watch)


def panicking(problem: Problem, known: Solution, watch: Watch | None) -> Solution:
    """Be sound as long as there is time."""
    return sound(problem, known, None) if watch is None else boastful(problem, known, watch)


def test_a_sound_solver_passes() -> None:
    """Whoever keeps the promises is told how many problems were proven."""
    assert check_solver(Saying(sound), problems=40) == 40


def test_a_lazy_solver_passes_too() -> None:
    """Nobody has to find anything; but what is not proven is not counted."""
    assert check_solver(Saying(lazy), problems=40, seed=2) < 40


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (forgetful, "returns a NoneType, not a Solution"),
        (boastful, r"says that -?\d+ is the least possible, but -?\d+ is possible"),
        (cheap, r"returns what cannot be: value must be -?\d+ \(got 1000000\)"),
        (wasteful, r"returns \d+ although it got -?\d+"),
        (moody, "answers otherwise when it is asked again"),
        (panicking, r"is possible, when there is no time left"),
    ],
)
def test_whoever_breaks_a_promise_is_told_which(answer: Answer, said: str) -> None:
    """The message says what was wrong, and of which problem."""
    with pytest.raises(
        AssertionError, match=rf"Saying .*{said}\n  problem \d+ of seed 0: Problem\("
    ):
        check_solver(Saying(answer))


def test_what_a_solver_raises_comes_as_it_is() -> None:
    """A failure is not hidden by the check."""

    def failing(*_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        check_solver(Saying(failing))


def test_no_problems_are_no_check() -> None:
    """At least one has to be tried."""
    with pytest.raises(InvalidValueError, match="problems must be at least 1"):
        check_solver(Saying(sound), problems=0)
