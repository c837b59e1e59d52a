"""Certificates and solutions: what a solver may make of them, and what they say then."""

from __future__ import annotations

import attrs
import pytest

from crmcore.allocation import (
    Band,
    Budget,
    Certificate,
    Holder,
    Item,
    Method,
    Option,
    Problem,
    Solution,
    check_certificate,
    solve,
)
from crmcore.errors import InvalidValueError

# East is 60 minutes for Ada, who has no more, and costs Bob 5; so is north.
PROBLEM = Problem(
    items=[
        Item(
            id=name,
            minutes=60,
            uncovered=90,
            options=(Option("ada"), Option("bob", fit=5)),
            current="bob",
            change=1,
        )
        for name in ("east", "north")
    ],
    holders=[Holder("ada", [Band(60, 0)]), Holder("bob", [Band(120, 0)])],
)
KNOWN = Solution(
    assignment=(("east", "bob"), ("north", None)),
    certificate=Certificate(
        value=96,
        bound=2,
        prices=(("ada", 0), ("bob", 0)),
        price_bound=2,
        method=Method.PRICES,
    ),
)


def test_an_assignment_is_added_up_anew() -> None:
    """A solver need not know what its assignment costs, nor put it in order."""
    found = KNOWN.improved(PROBLEM, [("north", "bob"), ("east", "ada")])

    assert found.assignment == (("east", "ada"), ("north", "bob"))
    assert found.certificate == attrs.evolve(KNOWN.certificate, value=6)
    check_certificate(PROBLEM, found.assignment, found.certificate)


@pytest.mark.parametrize(
    "assignment",
    [(("east", None), ("north", None)), (("east", None), ("north", "bob"))],
    ids=["dearer", "as dear"],
)
def test_what_is_no_cheaper_changes_nothing(
    assignment: tuple[tuple[str, str | None], ...],
) -> None:
    """Of two assignments that cost the same, the one that was known stays."""
    assert KNOWN.improved(PROBLEM, assignment) == KNOWN


@pytest.mark.parametrize(
    ("bound", "proven", "method"),
    [(None, 2, Method.PRICES), (1, 2, Method.PRICES), (6, 6, Method.SOLVER)],
    ids=["none", "lower", "higher"],
)
def test_only_a_higher_bound_is_taken(bound: int | None, proven: int, method: Method) -> None:
    """A certificate names what proves its bound."""
    found = KNOWN.improved(PROBLEM, [("east", "ada"), ("north", "bob")], bound=bound)

    assert found.certificate.bound == proven
    assert found.certificate.price_bound == 2
    assert found.certificate.method is method


def test_a_solver_says_whether_it_was_stopped() -> None:
    """A solution says so from then on."""
    assert KNOWN.improved(PROBLEM, KNOWN.assignment, stopped=True).stopped


@pytest.mark.parametrize(
    ("assignment", "bound", "message"),
    [
        ([("east", "ada")], None, "assignment must name all of the problem, each once"),
        ([("east", "ada"), ("north", "ada")], None, "minutes must be between 0 and 60 for ada"),
        ([("east", "ada"), ("north", "cem")], None, "holder of north must be one of its options"),
        ([("east", "ada"), ("north", "bob")], 7, "bound must be at most the value, 6"),
    ],
)
def test_what_cannot_be_is_refused(
    assignment: list[tuple[str, str | None]], bound: int | None, message: str
) -> None:
    """An assignment that breaks a rule, or a bound above its cost, is no improvement."""
    with pytest.raises(InvalidValueError, match=message):
        KNOWN.improved(PROBLEM, assignment, bound=bound)


def test_a_change_costs_only_whoever_could_have_kept_it() -> None:
    """Where today's holder is none of the options any more, a change is for nothing."""
    gone = attrs.evolve(
        PROBLEM, items=[attrs.evolve(item, current="cem") for item in PROBLEM.items]
    )

    assert KNOWN.improved(gone, [("east", "ada"), ("north", "bob")]).certificate.value == 5


def test_the_word_of_a_solver_is_told_from_a_search() -> None:
    """Whoever reads the certificate sees whom to ask for the proof."""
    assert Method.SOLVER.label.en == "a solver that was handed in"
    assert len({method.label.zh for method in Method}) == len(Method)


def test_a_solver_proves_more_than_the_prices() -> None:
    """The bound of a solver goes with any price bound below it."""
    proof = attrs.evolve(KNOWN.certificate, value=6, bound=6, method=Method.SOLVER)

    assert proof.is_optimal
    assert str(proof) == "the best possible, proven"


def test_whoever_is_too_small_for_an_item_does_not_weaken_the_bound() -> None:
    """An item is not priced with somebody who could never take it, be it today's holder."""
    problem = Problem(
        items=[
            Item(
                id="north",
                minutes=60,
                uncovered=900,
                options=(Option("ada"), Option("bob", fit=50), Option("cem", minutes=61)),
                current="ada",
                change=7,
            )
        ],
        holders=[
            Holder(name, [Band(most, 0)])
            for name, most in zip(("ada", "bob", "cem"), (59, 60, 60), strict=True)
        ],
    )

    solution = solve(problem, budget=Budget(nodes=0))

    assert problem.choices(problem.items[0]) == {"bob": (57, 60)}
    assert solution.certificate.price_bound == solution.certificate.value == 57
    check_certificate(problem, solution.assignment, solution.certificate)
