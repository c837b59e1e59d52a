"""Solvers that are handed in: what they are asked, and how their answer is judged."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import attrs

from crmcore.errors import Fault, FaultsError, InvalidValueError

from ._certificate import Certificate, Method, check_certificate
from ._model import Problem
from ._solution import Solution
from ._watch import Watch


@runtime_checkable
class Solver(Protocol):
    """Somebody else who may find a better assignment, or prove a higher bound.

    The room `crmcore.solver` has one. `crmcore.testing.check_solver` tries any other.

    .. versionadded:: 0.1.0
    """

    def improve(self, problem: Problem, solution: Solution, *, watch: Watch | None) -> Solution:
        """Return the solution as it is, or a better one; see `Solution.improved`.

        Args:
            problem: What is solved.
            solution: The best that is known.
            watch: Says how long it may take from now on; None where there is no end. What
                is found by then is returned, and says that it was stopped.

        .. versionadded:: 0.1.0
        """
        ...


def ask(solver: Solver, problem: Problem, known: Solution, watch: Watch | None) -> Solution:
    """Let a solver improve what is known, and take nothing on trust that can be checked.

    Raises:
        FaultsError: If the solver fails, or what it returns cannot be.
    """
    name = f"proposal of {type(solver).__name__}"
    try:
        found = solver.improve(problem, known, watch=watch)
    except Exception as error:
        raise FaultsError(name, [Fault("improve", f"it failed with {error!r}")]) from error
    faults = _faults(problem, known, found)
    if faults:
        raise FaultsError(name, faults)
    return _best_of(known, found)


def _faults(problem: Problem, known: Solution, found: object) -> list[Fault]:
    """Return what can be seen to be wrong without solving anything."""
    if not isinstance(found, Solution):
        return [Fault("improve", f"it returned a {type(found).__name__}, not a Solution")]
    try:
        _counts_in_whole_numbers(found.certificate)
        check_certificate(problem, found.assignment, found.certificate)
    except InvalidValueError as error:
        return [Fault("certificate", str(error))]
    except Exception as error:  # noqa: BLE001 - whatever a stranger's solution is made of
        return [Fault("improve", f"what it returned cannot be read: {error!r}")]
    least, possible = found.certificate.bound, known.certificate.value
    if least > possible:
        problem_ = f"{least} is said to be the least possible, but {possible} is possible"
        return [Fault("bound", problem_)]
    return []


def _counts_in_whole_numbers(certificate: Certificate) -> None:
    """Want whole numbers, since nothing else can be checked to the last digit.

    Raises:
        InvalidValueError: If one is not.
    """
    own = [("value", certificate.value), ("bound", certificate.bound)]
    own += [(f"price of {key}", price) for key, price in certificate.prices]
    for name, number in own:
        if not isinstance(number, int):
            raise InvalidValueError(name, number, "be a whole number")


def _best_of(known: Solution, found: Solution) -> Solution:
    """Return the cheaper assignment with the higher bounds; what is known wins a tie."""
    mine, theirs = known.certificate, found.certificate
    lower = found if theirs.value < mine.value else known
    proof = theirs if theirs.bound > mine.bound else mine
    prices = theirs if theirs.price_bound > mine.price_bound else mine
    bound = max(proof.bound, prices.price_bound)
    return attrs.evolve(
        lower,
        certificate=attrs.evolve(
            proof,
            value=lower.certificate.value,
            bound=bound,
            prices=prices.prices,
            price_bound=prices.price_bound,
            method=Method.PRICES if bound == prices.price_bound else proof.method,
        ),
        stopped=known.stopped or found.stopped,
    )
