"""The survey: which options are in doubt, the nearest ones first.

At the prices of a certificate, each item has a way to be held that is cheapest. What any
other way loses against that one comes on top of the bound that the prices prove, for every
assignment that has it in. So a way that loses as much as the whole gap, or more, is part of
nothing better, and may be left out of every search: that is *fixing by reduced costs*.

Sources:
    G. B. Dantzig, D. R. Fulkerson and S. M. Johnson, "Solution of a Large-Scale
    Traveling-Salesman Problem", Journal of the Operations Research Society of America 2(4),
    1954 (leaving out what the reduced costs rule out).
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from math import gcd
from typing import NamedTuple

import attrs

from crmcore.allocation import Item, Problem, Solution

NOBODY = -1


class Way(NamedTuple):
    """One way to hold an item.

    Attributes:
        loss: What it costs more than the cheapest way at the prices.
        item: The place of the item in the problem.
        holder: The place of the holder in the problem, or `NOBODY`.
        minutes: The work.
    """

    loss: int
    item: int
    holder: int
    minutes: int


@attrs.frozen(kw_only=True)
class Survey:
    """What is in doubt about a solution.

    Attributes:
        held: The way in which each item is held.
        others: The other ways that may be part of something better, in order of their losses.
        beyond: What a way that is left out loses at least.
        grain: A number that divides the difference between the costs of any two assignments.
        step: A number of minutes that divides all work.
    """

    held: list[Way]
    others: list[Way]
    beyond: int
    grain: int
    step: int

    @classmethod
    def of(cls, problem: Problem, solution: Solution, most: int) -> Survey:
        """Look at every way, and keep so many of those in doubt at most."""
        looker = _Looker(problem, solution)
        found = nsmallest(most + 1, looker.look())
        return cls(
            held=looker.held,
            others=found[:most],
            beyond=found[most].loss if len(found) > most else looker.spread,
            grain=gcd(looker.grain, *_slopes(problem, looker.step)) or 1,
            step=looker.step or 1,
        )

    def core(self, size: int) -> Survey:
        """Return the survey with so many ways in doubt at most."""
        if size >= len(self.others):
            return self
        return attrs.evolve(self, others=self.others[:size], beyond=self.others[size].loss)

    def after(self, chosen: list[Way], solution: Solution) -> Survey:
        """Return the survey once a choice is held, which rules out more the cheaper it is.

        Args:
            chosen: The way that each item is held in now.
            solution: What is known now.
        """
        held = sorted(chosen, key=lambda way: way.item)
        beyond = min(self.beyond, _spread(solution))
        left = {*self.held, *self.others}.difference(held)
        others = sorted(way for way in left if way.loss < beyond)
        return attrs.evolve(self, held=held, others=others, beyond=beyond)


def _spread(solution: Solution) -> int:
    return solution.certificate.value - solution.certificate.price_bound


class _Looker:
    """Looks at every item once."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.spread = _spread(solution)
        self.held: list[Way] = []
        self.grain = 0
        self.step = 0
        self._problem = problem
        self._place = {holder.id: at for at, holder in enumerate(problem.holders)}
        self._holders = {
            key: NOBODY if who is None else self._place[who] for key, who in solution.assignment
        }
        self._prices = {NOBODY: 0}
        self._prices |= {self._place[key]: price for key, price in solution.certificate.prices}

    def look(self) -> Iterator[Way]:
        """Yield the ways that may be part of something better; take note of the rest."""
        for at, item in enumerate(self._problem.items):
            yield from self._doubts(at, item)

    def _doubts(self, at: int, item: Item) -> Iterator[Way]:
        ways: dict[int, tuple[int, int]] = {NOBODY: (item.cost_of_nobody, 0)}  # cost and minutes
        ways |= {self._place[key]: way for key, way in self._problem.choices(item).items()}
        priced = {who: cost + work * self._prices[who] for who, (cost, work) in ways.items()}
        least, holder = min(priced.values()), self._holders[item.id]
        self.grain = gcd(self.grain, *(cost - ways[holder][0] for cost, _ in ways.values()))
        self.step = gcd(self.step, *(work for _, work in ways.values()))
        self.held.append(Way(priced[holder] - least, at, holder, ways[holder][1]))
        for who, price in priced.items():
            if price - least < self.spread and who != holder:
                yield Way(price - least, at, who, ways[who][1])


def _slopes(problem: Problem, step: int) -> Iterator[int]:
    """Yield what a load that grows by the least amount can cost more."""
    corners = (minutes for holder in problem.holders for minutes, _ in holder.corners)
    least = gcd(step, *corners)
    for holder in problem.holders:
        for band in holder.bands:
            yield band.slope * least
