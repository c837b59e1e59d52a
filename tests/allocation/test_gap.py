"""The public instances of the generalised assignment problem.

They are those of D. G. Cattrysse, M. Salomon and L. N. Van Wassenhove, "A set partitioning
heuristic for the generalized assignment problem", European Journal of Operational Research
72(1), 1994. One of each of the twelve families is solved here; all sixty where
``CRMCORE_GAP`` is ``all``, which takes a minute and is what ``nox -s gap`` does.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from crmcore.allocation import (
    Band,
    Budget,
    Holder,
    Item,
    Option,
    Problem,
    check_certificate,
    solve,
)

DATA = Path(__file__).parent / "data"
ALL = os.environ.get("CRMCORE_GAP") == "all"


def instance(name: str) -> Problem:
    """Return a public instance: agents with a limit and no other cost of load."""
    numbers = [int(word) for word in (DATA / f"{name}.txt").read_text("utf-8").split()]
    agents, jobs = numbers[:2]
    rows = [numbers[2 + at * jobs :][:jobs] for at in range(2 * agents)]
    limits = numbers[2 + 2 * agents * jobs :]
    return Problem(
        items=[
            Item(
                id=f"job {job}",
                minutes=0,
                uncovered=10_000,
                options=tuple(
                    Option(f"agent {at}", rows[at][job], minutes=rows[agents + at][job])
                    for at in range(agents)
                ),
            )
            for job in range(jobs)
        ],
        holders=[Holder(f"agent {at}", [Band(limit, 0)]) for at, limit in enumerate(limits)],
    )


def published() -> list[tuple[str, int]]:
    """Return the name and the optimal value of each instance that is to be solved."""
    with (DATA / "optimal_values.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["instance"], int(row["optimum_min"])) for row in csv.DictReader(file)]
    return rows if ALL else rows[::5]


@pytest.mark.once
@pytest.mark.parametrize(("name", "optimum"), published())
def test_public_instances_are_solved_and_proven(name: str, optimum: int) -> None:
    """The value is the published one, with nothing uncovered, and proven within the budget."""
    problem = instance(name)

    solution = solve(problem)

    assert solution.certificate.value == optimum
    assert solution.certificate.is_optimal
    check_certificate(problem, solution.assignment, solution.certificate)


@pytest.mark.parametrize("nodes", [0, 1, 3])
def test_a_proof_that_is_cut_short_still_tells_the_truth(nodes: int) -> None:
    """However few branches are opened, the published value lies between bound and value."""
    name, optimum = published()[0]
    problem = instance(name)

    solution = solve(problem, budget=Budget(nodes=nodes))

    assert solution.certificate.bound <= optimum <= solution.certificate.value
    check_certificate(problem, solution.assignment, solution.certificate)
