"""The engine: HiGHS, run on a program, silently and the same way each time.

HiGHS computes with floating-point numbers, and what it says is taken with a grain of salt:

- The assignment is nothing but a choice of ways; what it costs is added up elsewhere, with
  whole numbers.
- A bound is lowered by a *margin* before it is believed. Columns and rows are kept to a
  tolerance of 1e-7, so a bound may be off by that for each unit that the columns are wide,
  and, with what rounding adds, by a small part of itself; the margin is ten times as much.
- The search ends when less than half a grain is open, since nothing lies between two grains.
"""

from __future__ import annotations

from math import isfinite

import attrs
import highspy

from ._program import Program
from ._survey import Way

_TOLERANCE = 1e-7
_MARGIN = 1e-6
_HALF_A_GRAIN = 0.5
_BY_COLUMNS = int(highspy.MatrixFormat.kColwise)
_MINIMISE = int(highspy.ObjSense.kMinimize)
_WHOLE = int(highspy.HighsVarType.kInteger)
_FREE = int(highspy.HighsVarType.kContinuous)
_FOUND = int(highspy.SolutionStatus.kSolutionStatusFeasible)
_CHOSEN = 0.5


@attrs.frozen(kw_only=True)
class Outcome:
    """What a run has found.

    Attributes:
        chosen: The way that each item should be held in; empty where nothing was found.
        least: How many grains from the prices' bound every choice of these ways is, at
            least; None where the run was too short to tell.
        stopped: Whether the time was over before the run was done.
    """

    chosen: list[Way]
    least: float | None
    stopped: bool


def run(program: Program, *, nodes: int, gap: float, seconds: float | None) -> Outcome:
    """Let HiGHS choose.

    Args:
        program: What to choose from.
        nodes: How many branches to open at most.
        gap: The share of the distance that may stay open.
        seconds: How long it may take; None where there is no end.
    """
    engine = highspy.Highs()  # type: ignore[no-untyped-call] # its stub has no types
    for name, value in _options(nodes, gap, seconds).items():
        engine.setOptionValue(name, value)
    _hand_over(program, engine)
    # How many threads there are is decided once in each thread of the process, by whoever
    # runs HiGHS first; so it is forgotten before the run and after it.
    engine.resetGlobalScheduler(True)  # noqa: FBT003 - it takes no names
    engine.run()
    engine.resetGlobalScheduler(True)  # noqa: FBT003 - as above
    info, solution = engine.getInfo(), engine.getSolution()
    found = info.primal_solution_status == _FOUND
    values = solution.col_value if found else []
    return Outcome(
        chosen=[way for way, x in zip(program.ways, values, strict=False) if x > _CHOSEN],
        least=_believed(info.mip_dual_bound, program),
        stopped=engine.getModelStatus() == highspy.HighsModelStatus.kTimeLimit,
    )


def _options(nodes: int, gap: float, seconds: float | None) -> dict[str, bool | int | float | str]:
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,  # the first, so that nothing is ever printed
        "parallel": "off",
        "threads": 1,
        "random_seed": 0,
        "primal_feasibility_tolerance": _TOLERANCE,
        "dual_feasibility_tolerance": _TOLERANCE,
        "mip_abs_gap": _HALF_A_GRAIN,
        "mip_rel_gap": gap,
        "mip_max_nodes": nodes,
    }
    if seconds is not None:
        options["time_limit"] = seconds
    return options


def _hand_over(program: Program, engine: highspy.Highs) -> None:
    columns, whole = len(program.costs), len(program.ways)
    engine.passModel(
        columns,
        len(program.low),
        len(program.entries),
        _BY_COLUMNS,
        _MINIMISE,
        0.0,
        program.costs,
        [0.0] * columns,
        program.most,
        program.low,
        program.high,
        program.starts,
        program.rows,
        program.entries,
        [_WHOLE] * whole + [_FREE] * (columns - whole),
    )
    engine.setSolution(columns, list(range(columns)), program.start)


def _believed(least: float, program: Program) -> float | None:
    """Return a bound of floating point with its margin taken off."""
    if not isfinite(least):
        return None
    return least - _MARGIN * (program.width + abs(least) + 1)
