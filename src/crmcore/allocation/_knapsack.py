"""One holder's best load: which items to take when each brings in a prize.

The work is counted in steps of the greatest common divisor of all work. ``rest[g][s]`` is
the least that the groups from *g* on and the load curve can cost when *s* steps of work are
taken already; it is filled from the last group to the first.

A *group* holds items that exclude each other in part; of each group one *pattern* is taken,
a set of its items that get on with each other, or none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import add

import attrs

from ._table import NEVER, Table

Pattern = tuple[int, ...]


@attrs.frozen
class _Choice:
    """A pattern that the holder may take: its rows, its steps of work and its cost."""

    pattern: Pattern
    steps: int
    cost: int


@attrs.frozen
class _Offer:
    """What a group offers: choices with their costs less the prizes, and whether none will do."""

    choices: list[tuple[_Choice, int]]
    free: bool


@attrs.frozen
class Load:
    """The best load of one holder at given prizes.

    Attributes:
        cost: What it costs, prizes taken off.
        taken: The rows that are in it.
        rest: What the later groups cost at least, by group and steps taken already.
    """

    cost: int
    taken: frozenset[int]
    rest: list[list[int]]


class Knapsack:
    """The loads that one holder can have, whatever the prizes are."""

    def __init__(
        self, table: Table, column: int, groups: Sequence[Sequence[Pattern]], step: int
    ) -> None:
        curve = table.curves[column]
        self._end = [curve.cost(s * step) for s in range(curve.limit // step + 1)]
        slopes = (b - a for a, b in pairwise(self._end))
        self._least = min(slopes, default=0)
        self._groups: list[list[_Choice]] = []
        for patterns in groups:
            choices = []
            for pattern in patterns:
                cost = sum(table.costs[row][column] for row in pattern)
                steps = sum(table.minutes[row][column] for row in pattern) // step
                if cost < NEVER and steps < len(self._end):
                    choices.append(_Choice(pattern, steps, cost))
            self._groups.append(choices)

    def best(self, prizes: Sequence[int], may: set[int], must: set[int]) -> Load:
        """Return the best load of rows that the holder may take, with all that it must."""
        rest = [self._end]
        offers: list[_Offer] = []
        for choices in reversed(self._groups):
            offer = self._offer(choices, prizes, may, must)
            layer = rest[-1] if offer.free else [NEVER] * len(self._end)
            for choice, cost in offer.choices:
                # A choice that costs more than it can ever save on the curve is not worth a look.
                if not offer.free or cost + self._least * choice.steps < 0:
                    layer = _cheaper(layer, rest[-1], choice.steps, cost)
            offers.append(offer)
            rest.append(layer)
        rest.reverse()
        offers.reverse()
        return Load(rest[0][0], _taken(rest, offers), rest)

    def with_and_without(
        self, load: Load, prizes: Sequence[int], may: set[int], must: set[int]
    ) -> dict[int, tuple[int, int]]:
        """Return for each row what the best load with it costs, and the best one without it."""
        before = [0] + [NEVER] * (len(self._end) - 1)
        found: dict[int, tuple[int, int]] = {}
        for at, choices in enumerate(self._groups):
            offer, after = self._offer(choices, prizes, may, must), load.rest[at + 1]
            layer = before if offer.free else [NEVER] * len(before)
            none = min(map(add, before, after)) if offer.free else NEVER
            totals: list[tuple[Pattern, int]] = [((), none)]
            for choice, cost in offer.choices:
                total = min(map(add, before, after[choice.steps :])) + cost
                totals.append((choice.pattern, total))
                layer = _further(layer, before, choice.steps, cost)
            for row in {row for pattern, _ in totals for row in pattern}:
                found[row] = (
                    min(total for pattern, total in totals if row in pattern),
                    min(total for pattern, total in totals if row not in pattern)
                    if row not in must
                    else NEVER,
                )
            before = layer
        return found

    @staticmethod
    def _offer(
        choices: Sequence[_Choice], prizes: Sequence[int], may: set[int], must: set[int]
    ) -> _Offer:
        bound = {row for choice in choices for row in choice.pattern if row in must}
        offer = [
            (choice, choice.cost - sum([prizes[row] for row in choice.pattern]))
            for choice in choices
            if may.issuperset(choice.pattern) and bound.issubset(choice.pattern)
        ]
        return _Offer(offer, not bound)


def _cheaper(layer: list[int], after: list[int], steps: int, cost: int) -> list[int]:
    """Return *layer* or, where that is cheaper, *after* with so many steps more."""
    shifted = [value + cost for value in after[steps:]]
    return [*map(min, layer, shifted), *layer[len(shifted) :]]


def _further(layer: list[int], before: list[int], steps: int, cost: int) -> list[int]:
    """Return *layer* or, where that is cheaper, *before* moved on by so many steps."""
    shifted = [value + cost for value in before[: len(before) - steps]]
    return [*layer[:steps], *map(min, layer[steps:], shifted)]


def _taken(rest: list[list[int]], offers: list[_Offer]) -> frozenset[int]:
    """Return the rows of the cheapest way from the first group to the last."""
    taken: set[int] = set()
    steps = 0
    for offer, layer, after in zip(offers, rest, rest[1:], strict=False):
        if offer.free and layer[steps] == after[steps]:
            continue
        for choice, cost in offer.choices:
            end = steps + choice.steps
            if end < len(after) and layer[steps] == after[end] + cost:
                taken.update(choice.pattern)
                steps = end
                break
    return frozenset(taken)
