"""The sixty public instances of the generalised assignment problem: all proven, in what time.

Run it with ``python benchmarks/gap.py``, or name instances or families, as in
``python benchmarks/gap.py gap8 gap12-1``. The instances are those of D. G. Cattrysse,
M. Salomon and L. N. Van Wassenhove, European Journal of Operational Research 72(1), 1994, as
the OR-Library distributes them; the tests keep them with their optimal values. Beside the
value and the bound of each stand the branches that the proof took and the seconds of
processor time, since machines are shared; the work is counted in steps and is the same each
time. An instance that is not proven to have its published optimum is marked, and the script
ends with status 1.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import attrs

from crmcore.allocation import Band, Budget, Holder, Item, Option, Problem, solve
from crmcore.kernel import Phrase

DATA = Path(__file__).parents[1] / "tests" / "allocation" / "data"
BUDGET = Budget(nodes=10_000)
UNCOVERED = 10_000  # an item always has a holder, since nothing costs as much as that


@attrs.frozen
class Instance:
    """A public instance and its least cost."""

    name: str
    items: int
    agents: int
    optimum: int

    def problem(self) -> Problem:
        """Return the instance as agents with a limit and no other cost of load."""
        numbers = [int(word) for word in (DATA / f"{self.name}.txt").read_text("utf-8").split()]
        agents, jobs = numbers[:2]
        rows = [numbers[2 + at * jobs :][:jobs] for at in range(2 * agents)]
        limits = numbers[2 + 2 * agents * jobs :]
        return Problem(
            items=[
                Item(
                    id=f"job {job}",
                    minutes=0,
                    uncovered=UNCOVERED,
                    options=tuple(
                        Option(f"agent {at}", rows[at][job], minutes=rows[agents + at][job])
                        for at in range(agents)
                    ),
                )
                for job in range(jobs)
            ],
            holders=[Holder(f"agent {at}", [Band(limit, 0)]) for at, limit in enumerate(limits)],
        )


def instances(names: list[str]) -> list[Instance]:
    """Return the instances named, or of the families named; all of them by default."""
    with (DATA / "optimal_values.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [
        Instance(row["instance"], *(int(row[key]) for key in ("items", "agents", "optimum_min")))
        for row in rows
    ]
    wanted = set(names)
    return [one for one in found if not wanted or {one.name, one.name.split("-")[0]} & wanted]


def run(instance: Instance) -> tuple[bool, float]:
    """Solve an instance, print its row, and return whether it is proven, and the seconds."""
    problem = instance.problem()
    branches = 0

    def count(done: int, of: int | None, _: Phrase) -> None:
        nonlocal branches
        branches = done + 1 if of is not None else branches

    begin = time.process_time()
    certificate = solve(problem, budget=BUDGET, progress=count).certificate
    seconds = time.process_time() - begin
    proven = certificate.is_optimal and certificate.value == instance.optimum
    print(
        f"{instance.name:<9}{instance.items:>6}{instance.agents:>8}{instance.optimum:>9}"
        f"{certificate.value:>7}{certificate.bound:>7}{branches:>10}{seconds:>8.2f}"
        f"{'' if proven else '  not proven'}",
        flush=True,
    )
    return proven, seconds


def main() -> None:
    """Print the table."""
    print(
        f"{'instance':<9}{'items':>6}{'agents':>8}{'optimum':>9}{'value':>7}{'bound':>7}"
        f"{'branches':>10}{'s':>8}"
    )
    runs = [run(instance) for instance in instances(sys.argv[1:])]
    seconds = [taken for _, taken in runs]
    proven = sum(is_proven for is_proven, _ in runs)
    print(f"{proven} of {len(runs)} proven, in {sum(seconds):.1f} s; {max(seconds):.1f} s at most")
    sys.exit(proven < len(runs))


if __name__ == "__main__":
    main()
