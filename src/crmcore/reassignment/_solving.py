"""Solving a case: the search itself, and the lowest peak where it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd

import attrs

from crmcore.allocation import Band, Budget, Holder, Incumbent, Solution, Solver, Watch, solve
from crmcore.kernel import Phrase
from crmcore.plans import Plan

from ._case import Case
from ._continuity import Continuity
from ._weights import POINT

_PERCENT = 100


@attrs.frozen(kw_only=True)
class Effort:
    """How a case is searched.

    Attributes:
        budget: How much work to do.
        watch: Takes the time, and may end the search.
        solver: Has the last word within what can be checked.
        progress: Hears how far the search is.
        continuity: How much of today is left as it is.
        after: The plan before, whose prices warm the search.
    """

    budget: Budget | None = None
    watch: Watch | None = None
    solver: Solver | None = None
    progress: Callable[[int, int | None, Phrase], None] | None = None
    continuity: Continuity | None = None
    after: Plan | None = None

    def solve(self, case: Case, near: Solution | None = None) -> Solution:
        """Return the best assignment of a case that the search finds.

        Args:
            case: What is searched.
            near: The solution of a case that is much the same, if there is one; its prices
                warm the search.
        """
        before = near if near is not None else self.after
        weights, continuity = case.weights, self.continuity or Continuity()
        problem = case.problem()
        return solve(
            problem,
            budget=self.budget,
            incumbent=Incumbent(
                tolerance=Fraction(weights.tolerance),
                dead_band=weights.dead_band * POINT,
                most_moves=continuity.most_moves,
                first=continuity.first,
                due=(item.id for item in problem.items if case.sent(item.id) is not None),
            ),
            prices=() if before is None else before.certificate.prices,
            watch=self.watch,
            solver=self.solver,
            progress=self.progress,
        )


def solve_case(case: Case, effort: Effort) -> tuple[Case, Solution]:
    """Return the solution of a case, and the case that it solves.

    Where the lowest peak is asked for, that is the case in which nobody goes beyond it. The
    peak is a share of the capacity in whole percents; the shares below what was found are
    halved again and again, and each is tried by a search of its own. A share will do where
    what stays uncovered costs no more than it does without it.
    """
    whole = effort.solve(case)
    if not case.weights.lowest_peak:
        return case, whole
    left = _time_left(effort, whole)
    best, low, high = (case, whole), _too_low(case, whole), _peak(case, whole)
    stopped, took = whole.stopped, whole.seconds
    while high - low > 1 and not stopped:
        share = (low + high) // 2
        capped = _capped(case, share)
        trial = attrs.evolve(effort, watch=left()).solve(capped, best[1])
        stopped = trial.stopped
        took = None if took is None or trial.seconds is None else took + trial.seconds
        if _is_as_good(case, whole, trial, effort):
            best, high = (capped, trial), min(share, _peak(capped, trial))
        else:
            low = share
    return best[0], attrs.evolve(best[1], stopped=stopped, seconds=took)


def _time_left(effort: Effort, whole: Solution) -> Callable[[], Watch | None]:
    """Return what makes a watch for the time that is left after the first search."""
    watch = effort.watch
    if watch is None or watch.seconds is None or whole.seconds is None:
        return lambda: watch
    end = watch.clock() + watch.seconds - whole.seconds
    return lambda: Watch(watch.clock, max(end - watch.clock(), 0.0))


def _peak(case: Case, solution: Solution) -> int:
    """Return the highest utilisation in percent, rounded up."""
    loads = dict.fromkeys(case.members, 0)
    for key, who in case.spread(solution.assignment).items():
        if who is not None:
            loads[who] += case.slots[key].minutes
    return max((-(-_PERCENT * load // case.minutes[key]) for key, load in loads.items()), default=0)


def _too_low(case: Case, solution: Solution) -> int:
    """Return a share of the capacity, in percent, at which not everything can be held."""
    if case.locks or any(who is None for _, who in solution.assignment):
        return 0
    work = sum(slot.minutes for slot in case.slots.values())
    return -(-_PERCENT * work // max(sum(case.minutes.values()), 1)) - 1


def _capped(case: Case, share: int) -> Case:
    """Return a case in which nobody goes beyond a share of the capacity, locks aside."""
    step = gcd(*(slot.minutes for slot in case.slots.values())) or 1
    curves = {
        key: _cut(curve, case.minutes[key] * share // _PERCENT // step * step)
        for key, curve in case.curves.items()
    }
    return attrs.evolve(case, curves=curves, is_capped=True)


def _cut(curve: Holder, most: int) -> Holder:
    """Return a load curve that ends where it is told to."""
    bands, left = [], most
    for band in curve.bands:
        if left > 0:
            bands.append(Band(min(band.minutes, left), band.slope))
        left -= band.minutes
    return Holder(curve.id, bands)


def _is_as_good(case: Case, whole: Solution, trial: Solution, effort: Effort) -> bool:
    """Say whether a plan with a lower peak covers as much, and moves no more than it may.

    Where only so many voluntary moves are allowed, so many more may move as the moves of the
    plan without a peak leave, though all of them were voluntary.
    """
    if _cost_uncovered(case, trial) > _cost_uncovered(case, whole):
        return False
    most = None if effort.continuity is None else effort.continuity.most_moves
    if most is None:
        return True
    moved, anyway = _moved(case, trial), _moved(case, whole)
    return len(moved - anyway) <= max(most - len(anyway), 0)


def _moved(case: Case, solution: Solution) -> set[str]:
    """Return what goes from somebody who may hold it to somebody else, or to nobody."""
    today = {key: slot.holder for key, slot in case.slots.items()}
    return {
        key
        for key, who in case.spread(solution.assignment).items()
        if who != today[key] and any(o.holder == today[key] for o in case.items[key].options)
    }


def _cost_uncovered(case: Case, solution: Solution) -> int:
    """Return what it costs that something is uncovered, or kept against a rule."""
    total = 0
    for key, who in case.spread(solution.assignment).items():
        slot = case.slots[key]
        if who is None:
            total += case.items[key].uncovered
        elif case.breaks_rule(slot, who):
            total += case.kept_cost(slot)
    return total
