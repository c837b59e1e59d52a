"""Peers: general solvers on the same model and in the same time, beside the library's own search.

Run it with ``python benchmarks/peers.py``, or name what to run, as in ``python
benchmarks/peers.py 1000x20 --seconds 30``. The models are the books of ``books.py`` and the
departments of ``reassignment.py``, as the library writes them down: each peer gets the same
whole numbers, one thread, and as much time as is told; every one runs in a process of its own,
so that its peak of memory is its own. What a peer finds is added up here, with whole numbers;
its bound is its own word.

- *crmcore* is the library's own search alone, and takes the time that it takes;
- *crmcore + HiGHS* is the same with `crmcore.solver.Highs` handed in;
- *HiGHS* and *scipy milp* (which has a HiGHS of its own) get the whole model as a
  mixed-integer program, *CP-SAT* as a program of constraints;
- *min-cost flow* is SimpleMinCostFlow of OR-Tools: it solves the problem of fractions only,
  so it has a bound and no assignment.

OR-Tools must not share a process with ``highspy`` (both bring a HiGHS), nor need it share an
environment: ``--peers`` names the Python that has it. A peer that is missing is told of and
skipped.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from math import isfinite
from pathlib import Path
from typing import Any

import attrs
import books
import reassignment

from crmcore.allocation import Budget, Problem, Solution, Watch, check_certificate, solve
from crmcore.reassignment import assign_customers, assign_responsibilities
from crmcore.solver import Highs

HERE = Path(__file__).parent
IN_PROCESS = ["crmcore", "crmcore + HiGHS"]
PEERS = ["HiGHS", "scipy milp", "CP-SAT", "min-cost flow"]
FROM_OR_TOOLS = {"CP-SAT", "min-cost flow"}
POINT = 1_000
PATIENCE = 4


@attrs.frozen
class Case:
    """A book of so many customers, or a department of so many responsibilities, and the time."""

    kind: str
    size: int
    members: int
    seconds: float

    def __str__(self) -> str:
        """Return the name to run it by."""
        return f"{'d' if self.kind == 'department' else ''}{self.size}x{self.members}"


CASES = [
    Case("department", 20, 8, 15),
    Case("department", 30, 10, 15),
    Case("department", 40, 12, 15),
    Case("book", 1_000, 20, 30),
    Case("book", 10_000, 50, 60),
]


@attrs.frozen
class Witness:
    """A solver that solves nothing, but keeps the problem that it is asked about."""

    seen: list[Problem] = attrs.field(factory=list)

    def improve(self, problem: Problem, solution: Solution, *, watch: Watch | None) -> Solution:  # noqa: ARG002 - a solver has this form
        """Keep the problem."""
        self.seen.append(problem)
        return solution


def problem_of(case: Case) -> Problem:
    """Return the problem that the library makes of a case."""
    witness, hasty = Witness(), Budget(nodes=0, moves=0)
    if case.kind == "department":
        made = reassignment.department(reassignment.Case("department", case.size, case.members))
        assign_responsibilities(made, as_of=reassignment.AS_OF, budget=hasty, solver=witness)
    else:
        needs, capacities = books.generate(case.size, case.members)
        assign_customers(needs, capacities, as_of=books.AS_OF, budget=hasty, solver=witness)
    return witness.seen[0]


def model_of(problem: Problem) -> dict[str, Any]:
    """Write a problem down in places and whole numbers."""
    place = {holder.id: at for at, holder in enumerate(problem.holders)}
    rank = {item.id: at for at, item in enumerate(problem.items)}
    return {
        "items": [
            {
                "uncovered": item.cost_of_nobody,
                "options": [
                    [
                        place[o.holder],
                        item.costs[o.holder],
                        item.minutes if o.minutes is None else o.minutes,
                    ]
                    for o in item.options
                ],
            }
            for item in problem.items
        ],
        "holders": [
            {
                "idle": holder.corners[0][1],
                "bands": [[band.minutes, band.slope] for band in holder.bands],
            }
            for holder in problem.holders
        ],
        "conflicts": [[rank[pair.one], rank[pair.other]] for pair in problem.conflicts],
    }


def value_of(model: dict[str, Any], held: list[int]) -> int | None:
    """Add up what an assignment costs; None where it breaks a rule."""
    total, loads = 0, [0] * len(model["holders"])
    for item, holder in zip(model["items"], held, strict=True):
        if holder < 0:
            total += item["uncovered"]
            continue
        cost, minutes = {who: rest for who, *rest in item["options"]}[holder]
        total += cost
        loads[holder] += minutes
    for holder, load in zip(model["holders"], loads, strict=True):
        total += holder["idle"]
        for width, slope in holder["bands"]:
            used = min(width, load)
            total += used * slope
            load -= used  # noqa: PLW2901 - what is left for the next band
        if load:
            return None
    clash = any(held[one] == held[other] >= 0 for one, other in model["conflicts"])
    return None if clash else total


def ours(task: tuple[str, Problem, float]) -> dict[str, Any]:
    """Solve a problem with the library, in a process of its own."""
    name, problem, seconds = task
    begun = time.perf_counter()
    if name == "crmcore":
        found = solve(problem)
    else:
        found = solve(problem, solver=Highs(), watch=Watch(time.perf_counter, seconds))
    taken = time.perf_counter() - begun
    check_certificate(problem, found.assignment, found.certificate)
    return {
        "value": found.certificate.value,
        "bound": found.certificate.bound,
        "seconds": taken,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def theirs(name: str, python: str, model: Path, seconds: float) -> dict[str, Any]:
    """Let a peer solve a model, in a process of its own."""
    command = [python, str(HERE / "_peer.py"), name, str(model), str(seconds)]
    most = PATIENCE * seconds
    try:
        done = subprocess.run(  # noqa: S603 - our own file
            command, capture_output=True, check=False, encoding="utf-8", timeout=most
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"did not stop after {seconds:.0f} s, nor after {most:.0f} s"}
    if done.returncode:
        return {"failed": f"failed: {done.stderr.strip().splitlines()[-1][:60]}"}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def row(case: Case, name: str, answer: dict[str, Any]) -> str:
    """Return a row of the table."""
    start = f"{case!s:<12}{name:<18}"
    if "missing" in answer:
        return f"{start}skipped: {answer['missing']} is missing"
    if "failed" in answer:
        return f"{start}{answer['failed']}"
    value, bound = answer.get("value"), answer["bound"]
    if bound is not None and not isfinite(bound):
        bound = None
    if value is None or bound is None:
        gap = "–"
    elif value - bound < 1:
        gap = "proven"
    else:
        gap = f"{(value - bound) / max(abs(bound), 1):.4%}"
    cost = "–" if value is None else f"{value / POINT:,.1f}"
    least = "–" if bound is None else f"{bound / POINT:,.1f}"
    taken, peak = answer["seconds"], answer["peak"] / 1024
    return f"{start}{cost:>14}{least:>14}{gap:>14}{taken:>8.1f}{peak:>8.0f}"


def main() -> None:
    """Print the table."""
    cases = {str(case): case for case in CASES}
    reader = argparse.ArgumentParser(description="Compare with general solvers.")
    reader.add_argument("names", nargs="*", choices=[*cases, []], help="what to run; all if none")
    reader.add_argument("--seconds", type=float, help="how long each peer may take")
    reader.add_argument("--peers", default=sys.executable, help="the Python that has OR-Tools")
    asked = reader.parse_args()
    print(f"{'case':<12}{'who':<18}{'points':>14}{'bound':>14}{'gap':>14}{'s':>8}{'MiB':>8}")
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, context.Pool(1, maxtasksperchild=1) as pool:
        for case in [cases[name] for name in asked.names or cases]:
            seconds = asked.seconds or case.seconds
            problem = pool.apply(problem_of, (case,))
            model, path = model_of(problem), Path(folder) / f"{case}.json"
            path.write_text(json.dumps(model), "utf-8")
            for name in IN_PROCESS:
                answer = pool.apply(ours, ((name, problem, seconds),))
                print(row(case, name, answer), flush=True)
            for name in PEERS:
                python = asked.peers if name in FROM_OR_TOOLS else sys.executable
                answer = theirs(name, python, path, seconds)
                if answer.get("held") is not None:
                    answer["value"] = value_of(model, answer["held"])
                print(row(case, name, answer), flush=True)


if __name__ == "__main__":
    main()
