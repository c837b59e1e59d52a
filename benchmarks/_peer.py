"""One peer on one model, in a process of its own; `peers.py` starts it.

It imports nothing but the standard library and the peer, so that it runs wherever the peer is
installed. The model comes as a file, and the answer goes to the last line of the output: who
holds each item (if the peer finds that out), the bound, the seconds and the peak of memory.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

Model = dict[str, Any]
Answer = dict[str, Any]
Columns = list[tuple[int, int, int, int]]  # item, holder, cost against nobody, minutes


def columns(model: Model) -> Columns:
    """Return the options, each with what it costs more than leaving the item uncovered."""
    return [
        (at, who, cost - item["uncovered"], minutes)
        for at, item in enumerate(model["items"])
        for who, cost, minutes in item["options"]
    ]


def constant(model: Model) -> int:
    """Return what it costs when nobody holds anything."""
    uncovered: int = sum(item["uncovered"] for item in model["items"])
    idle: int = sum(holder["idle"] for holder in model["holders"])
    return uncovered + idle


def rivals(model: Model, options: Columns) -> list[tuple[int, int]]:
    """Return the pairs of options that exclude each other."""
    place = {(item, who): at for at, (item, who, _, _) in enumerate(options)}
    return [
        (place[one, who], place[other, who])
        for one, other in model["conflicts"]
        for who in range(len(model["holders"]))
        if (one, who) in place and (other, who) in place
    ]


def rows(model: Model, options: Columns) -> tuple[list[list[tuple[int, int]]], list[int], int]:
    """Return rows of (column, entry), how many of each kind, and how many columns there are.

    First come the items and then the conflicts, whose sums are 1 at most; then the holders,
    whose work is what their bands take up.
    """
    items: list[list[tuple[int, int]]] = [[] for _ in model["items"]]
    loads: list[list[tuple[int, int]]] = [[] for _ in model["holders"]]
    for at, (item, who, _, minutes) in enumerate(options):
        items[item].append((at, 1))
        loads[who].append((at, minutes))
    count = len(options)
    for who, holder in enumerate(model["holders"]):
        for _ in holder["bands"]:
            loads[who].append((count, -1))
            count += 1
    apart = [[(one, 1), (other, 1)] for one, other in rivals(model, options)]
    return [*items, *apart, *loads], [len(items) + len(apart), len(loads)], count


def chosen(model: Model, options: Columns, values: Any) -> list[int]:  # noqa: ANN401 - of whichever library
    """Return the holder of each item; -1 for nobody."""
    held = [-1] * len(model["items"])
    for (item, who, _, _), value in zip(options, values, strict=False):
        if value > 1 / 2:
            held[item] = who
    return held


def bands(model: Model) -> list[list[int]]:
    """Return the bands of all holders, one after another: minutes and slope."""
    return [band for holder in model["holders"] for band in holder["bands"]]


def highs(model: Model, seconds: float) -> Answer:
    """Give HiGHS the whole model."""
    lib = importlib.import_module("highspy")
    options = columns(model)
    entries, (few, many), count = rows(model, options)
    engine = lib.Highs()
    for name, value in [("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0)]:
        engine.setOptionValue(name, value)
    engine.setOptionValue("time_limit", seconds)
    starts, index, values = [0], [], []
    for row in entries:
        index += [at for at, _ in row]
        values += [float(entry) for _, entry in row]
        starts.append(len(index))
    costs = [float(cost) for _, _, cost, _ in options] + [float(s) for _, s in bands(model)]
    most = [1.0] * len(options) + [float(width) for width, _ in bands(model)]
    engine.passModel(
        count,
        few + many,
        len(index),
        int(lib.MatrixFormat.kRowwise),
        int(lib.ObjSense.kMinimize),
        float(constant(model)),
        costs,
        [0.0] * count,
        most,
        [-lib.kHighsInf] * few + [0.0] * many,
        [1.0] * few + [0.0] * many,
        starts,
        index,
        values,
        [1] * len(options) + [0] * (count - len(options)),
    )
    engine.run()
    info = engine.getInfo()
    found = info.primal_solution_status == int(lib.SolutionStatus.kSolutionStatusFeasible)
    held = chosen(model, options, engine.getSolution().col_value) if found else None
    return {"held": held, "bound": info.mip_dual_bound}


def scipy(model: Model, seconds: float) -> Answer:
    """Give ``scipy.optimize.milp`` the whole model."""
    optimize = importlib.import_module("scipy.optimize")
    sparse = importlib.import_module("scipy.sparse")
    options = columns(model)
    entries, (few, many), count = rows(model, options)
    at = [(row, column, entry) for row, each in enumerate(entries) for column, entry in each]
    matrix = sparse.csr_array(
        ([e for _, _, e in at], ([r for r, _, _ in at], [c for _, c, _ in at])),
        shape=(few + many, count),
    )
    infinity = float("inf")
    low, high = [-infinity] * few + [0.0] * many, [1.0] * few + [0.0] * many
    most = [1.0] * len(options) + [float(width) for width, _ in bands(model)]
    found = optimize.milp(
        [cost for _, _, cost, _ in options] + [slope for _, slope in bands(model)],
        integrality=[1] * len(options) + [0] * (count - len(options)),
        bounds=optimize.Bounds([0.0] * count, most),
        constraints=optimize.LinearConstraint(matrix, low, high),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    held = None if found.x is None else chosen(model, options, found.x)
    bound = getattr(found, "mip_dual_bound", None)
    return {"held": held, "bound": None if bound is None else bound + constant(model)}


def cp_sat(model: Model, seconds: float) -> Answer:
    """Give CP-SAT the whole model, and one worker, as all others have."""
    cp_model = importlib.import_module("ortools.sat.python.cp_model")
    options = columns(model)
    program = cp_model.CpModel()
    take = [program.new_bool_var("") for _ in options]
    each: list[list[int]] = [[] for _ in model["items"]]
    work: list[list[int]] = [[] for _ in model["holders"]]
    for at, (item, who, _, _) in enumerate(options):
        each[item].append(at)
        work[who].append(at)
    for ways in each:
        program.add_at_most_one(take[at] for at in ways)
    for one, other in rivals(model, options):
        program.add_at_most_one(take[one], take[other])
    costs = sum(cost * take[at] for at, (_, _, cost, _) in enumerate(options))
    for who, holder in enumerate(model["holders"]):
        used = [program.new_int_var(0, width, "") for width, _ in holder["bands"]]
        program.add(sum(options[at][3] * take[at] for at in work[who]) == sum(used))
        costs += sum(band[1] * minutes for band, minutes in zip(holder["bands"], used, strict=True))
    program.minimize(costs)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(program)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    held = chosen(model, options, [solver.value(x) for x in take]) if found else None
    return {"held": held, "bound": solver.best_objective_bound + constant(model)}


def min_cost_flow(model: Model, _: float) -> Answer:
    """Give SimpleMinCostFlow the problem of fractions, which is all that it can solve.

    Costs of a minute have to be whole numbers there; they are rounded down, so that the cost
    of the flow is a bound. Conflicts are left out, which makes it no less of one.
    """
    flow = importlib.import_module("ortools.graph.python.min_cost_flow").SimpleMinCostFlow()
    options, grain = columns(model), 1_000
    items, holders = len(model["items"]), len(model["holders"])
    nobody, end = items + holders, items + holders + 1
    work = [0] * items
    for item, who, cost, minutes in options:
        if minutes:
            work[item] = minutes
            flow.add_arc_with_capacity_and_unit_cost(
                item, items + who, minutes, cost * grain // minutes
            )
    for item, minutes in enumerate(work):
        flow.add_arc_with_capacity_and_unit_cost(item, nobody, minutes, 0)
        flow.set_node_supply(item, minutes)
    for who, holder in enumerate(model["holders"]):
        for width, slope in holder["bands"]:
            flow.add_arc_with_capacity_and_unit_cost(items + who, end, width, slope * grain)
    flow.add_arc_with_capacity_and_unit_cost(nobody, end, sum(work), 0)
    flow.set_node_supply(end, -sum(work))
    if flow.solve() != flow.OPTIMAL:
        return {"held": None, "bound": None}
    return {"held": None, "bound": flow.optimal_cost() / grain + constant(model)}


PEERS = {"HiGHS": highs, "scipy milp": scipy, "CP-SAT": cp_sat, "min-cost flow": min_cost_flow}


def main() -> None:
    """Run the peer that is named on the model that is named."""
    name, path, seconds = sys.argv[1:4]
    model = json.loads(Path(path).read_text("utf-8"))
    begun = time.perf_counter()
    try:
        answer = PEERS[name](model, float(seconds))
    except ModuleNotFoundError as missing:
        answer = {"missing": missing.name}
    answer["seconds"] = time.perf_counter() - begun
    answer["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
