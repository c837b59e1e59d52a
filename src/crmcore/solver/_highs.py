"""HiGHS as a solver that can be handed in."""

from __future__ import annotations

from math import floor

import attrs

from crmcore.allocation import Certificate, Problem, Solution, Watch
from crmcore.checks import at_least

from ._engine import run
from ._program import program_of
from ._survey import Survey, Way

_GROWTH = 4
_ROUGHLY = 0.05


@attrs.frozen(kw_only=True)
class Highs:
    """A solver that asks HiGHS.

    Where few options are in doubt, HiGHS gets them all, and proves the best possible unless
    time or branches run out. Where there are many, it gets a *core* of those that lose least
    at the prices, then one of four times as many, and so on, each time beginning with the
    best assignment known. A core's optimum bounds the whole only as far as what the first
    option outside it loses, and is taken for no more than that.

    It runs in one thread, prints nothing, and without a watch gives the same solution each
    time, with one version of HiGHS.

    Attributes:
        nodes: How many branches each run may open at most.
        core: How many options are in the first core; four times as many are taken at once.
        doubts: How many options beside those held are looked at, at most, which bounds the
            memory: some kilobytes for each.

    Sources:
        Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method",
        Mathematical Programming Computation 10, 2018 (HiGHS).

    .. versionadded:: 0.1.0
    """

    nodes: int = attrs.field(default=5_000, validator=at_least(1))
    core: int = attrs.field(default=2_000, validator=at_least(1))
    doubts: int = attrs.field(default=100_000, validator=at_least(1))

    def improve(self, problem: Problem, solution: Solution, *, watch: Watch | None) -> Solution:
        """Return the solution as it is, or a better one.

        Args:
            problem: What is solved.
            solution: The best that is known.
            watch: Says how long it may take from now on; None where there is no end.

        .. versionadded:: 0.1.0
        """
        ends = None if watch is None or watch.seconds is None else watch.clock() + watch.seconds
        known, survey = solution, Survey.of(problem, solution, self.doubts)
        size = self.core
        if len(survey.others) <= size * _GROWTH:
            size = len(survey.others)
        while not known.certificate.is_optimal:
            left = None if watch is None or ends is None else ends - watch.clock()
            if left is not None and left <= 0:
                return attrs.evolve(known, stopped=True)
            core = survey.core(size)
            is_last = core is survey
            outcome = run(
                program_of(problem, dict(known.certificate.prices), core),
                nodes=self.nodes,
                gap=0.0 if is_last else _ROUGHLY,
                seconds=left if left is None or is_last else left / 2,
            )
            found = known.improved(
                problem,
                _named(problem, outcome.chosen) or known.assignment,
                bound=_bound(known.certificate, core, outcome.least),
                stopped=is_last and outcome.stopped,
            )
            if is_last:
                return found
            better = found.assignment != known.assignment
            survey = survey.after(outcome.chosen if better else survey.held, found)
            known, size = found, size * _GROWTH
        return known


def _named(problem: Problem, chosen: list[Way]) -> list[tuple[str, str | None]]:
    """Return who holds each item."""
    names = {at: holder.id for at, holder in enumerate(problem.holders)}
    return [(problem.items[way.item].id, names.get(way.holder)) for way in chosen]


def _bound(certificate: Certificate, core: Survey, least: float | None) -> int | None:
    """Return what no assignment can be below.

    Whatever is chosen within the core is *least* grains above the bound of the prices; whoever
    chooses from beyond it loses that much. And the costs of any two assignments are a whole
    number of grains apart.

    Args:
        certificate: What is known.
        core: What was chosen from.
        least: How many grains from the bound of the prices every choice is, at least.
    """
    if least is None:
        return None
    gap = certificate.value - certificate.price_bound
    within = floor(gap / core.grain - least)
    without = (gap - core.beyond) // core.grain
    return certificate.value - max(within, without, 0) * core.grain
