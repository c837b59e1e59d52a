"""Decision diagrams: functions of finitely many choices, shared and without repetition.

A diagram asks one choice after the other, always in the same order, and ends in an outcome.
Two functions that agree everywhere are one and the same node, so that equality, and whether an
outcome is reached at all, are a look at the node. Diagrams are joined by going down both at
once, and every pair of nodes is met once.

Sources:
    R. E. Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", IEEE Transactions
    on Computers C-35(8), 1986. With more than two branches at a choice: A. Srinivasan, T. Ham,
    S. Malik and R. K. Brayton, "Algorithms for Discrete Function Manipulation", ICCAD 1990.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, TypeAlias

import attrs

Node: TypeAlias = int
Path: TypeAlias = "dict[int, int]"
Outcomes: TypeAlias = int
Demand: TypeAlias = "tuple[Node, Outcomes]"

# The outcomes, in Kleene's order: *all* is the least of them, *any* the greatest.
FAILS: Final = 0
UNKNOWN: Final = 1
HOLDS: Final = 2
_OUTCOMES: Final = 3

# What the visit of a pair of nodes costs, in steps, besides its branches.
_VISIT: Final = 8

# Sets of outcomes, one bit for each.
IS_FALSE: Final = 1 << FAILS
IS_UNKNOWN: Final = 1 << UNKNOWN
IS_TRUE: Final = 1 << HOLDS
IS_NOT_TRUE: Final = IS_FALSE | IS_UNKNOWN


class OutOfBudgetError(Exception):
    """The search has taken as many steps as it may."""


@attrs.define
class Budget:
    """How many more steps the search may take.

    Attributes:
        left: How many in all.
        share: How many for the present question: at most a quarter of what was left.
    """

    left: int
    share: int = attrs.field(default=attrs.Factory(lambda self: self.left, takes_self=True))

    def begin(self) -> None:
        """Begin with a new question."""
        self.share = self.left // 4

    def spend(self, steps: int) -> None:
        """Take steps.

        Raises:
            OutOfBudgetError: If there are no more.
        """
        self.left -= steps
        self.share -= steps
        if self.share < 0:
            raise OutOfBudgetError


@attrs.define(eq=False)
class Diagrams:
    """A store of nodes over choices that are numbered in their order.

    Attributes:
        budget: What all work in the store spends; a step is a branch looked at.
    """

    budget: Budget
    _nodes: list[tuple[int, tuple[Node, ...]]] = attrs.field(factory=list, init=False)
    _known: dict[tuple[int, tuple[Node, ...]], Node] = attrs.field(factory=dict, init=False)
    _joined: dict[object, Node] = attrs.field(factory=dict, init=False)
    _reached: dict[Node, Outcomes] = attrs.field(factory=dict, init=False)
    _possible: dict[Demand, frozenset[int]] = attrs.field(factory=dict, init=False)
    _dead: set[frozenset[Demand]] = attrs.field(factory=set, init=False)

    def node(self, choice: int, branches: Sequence[Node]) -> Node:
        """Return the node that asks *choice* and goes on with the branch of its answer."""
        first = branches[0]
        if all(branch == first for branch in branches):
            return first
        key = (choice, tuple(branches))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _OUTCOMES + len(self._nodes)
            self._nodes.append(key)
        return found

    def _open(self, node: Node) -> tuple[int, tuple[Node, ...]]:
        return self._nodes[node - _OUTCOMES]

    def joined(self, join: Callable[[int, int], int], left: Node, right: Node) -> Node:
        """Return the diagram of what *join* makes of the outcomes of two."""
        if left < _OUTCOMES and right < _OUTCOMES:
            return join(left, right)
        key = (join, left, right)
        found = self._joined.get(key)
        if found is not None:
            return found
        choice = min(self._open(node)[0] for node in (left, right) if node >= _OUTCOMES)
        lefts, rights = self._branches(choice, left), self._branches(choice, right)
        width = max(len(lefts), len(rights))
        self.budget.spend(_VISIT + width)
        branches = [
            self.joined(join, one, other)
            for one, other in zip(
                lefts * (width // len(lefts)), rights * (width // len(rights)), strict=True
            )
        ]
        self._joined[key] = made = self.node(choice, branches)
        return made

    def _branches(self, choice: int, node: Node) -> tuple[Node, ...]:
        if node >= _OUTCOMES and self._open(node)[0] == choice:
            return self._open(node)[1]
        return (node,)

    def _reach(self, node: Node) -> Outcomes:
        """Return all outcomes that some answers lead to."""
        if node < _OUTCOMES:
            return 1 << node
        found = self._reached.get(node)
        if found is None:
            found = 0
            for branch in dict.fromkeys(self._open(node)[1]):
                found |= self._reach(branch)
            self._reached[node] = found
        return found

    def paths(self, demands: Iterable[Demand]) -> Iterator[Path]:
        """Yield the answers that lead each diagram to one of the outcomes demanded of it.

        What is not asked on a path does not matter. Of the answers to a choice, one that leaves
        fewer demands open comes first, and else an earlier one. Demands from which no path
        leads on are remembered and never followed again.
        """
        wanted = list(demands)
        if all(self._reach(node) & outcomes for node, outcomes in wanted):
            yield from self._paths(frozenset(self._left(wanted)))

    def _left(self, demands: Iterable[Demand]) -> list[Demand]:
        """Return the demands that are still open, of those that are possible."""
        return [demand for demand in demands if self._reach(demand[0]) & ~demand[1]]

    def _paths(self, demands: frozenset[Demand]) -> Iterator[Path]:
        if not demands:
            yield {}
            return
        if demands in self._dead:
            return
        choice = min(self._open(node)[0] for node, _ in demands)
        is_dead = True
        for place, left in self._ways(choice, demands):
            for path in self._paths(left):
                is_dead = False
                yield {choice: place, **path}
        if is_dead:
            self._dead.add(demands)

    def _ways(self, choice: int, demands: frozenset[Demand]) -> list[tuple[int, frozenset[Demand]]]:
        """Return the answers to a choice that leave all demands possible, with what they leave."""
        asked: list[tuple[tuple[Node, ...], Outcomes]] = []
        others: list[Demand] = []
        possible: list[frozenset[int]] = []
        for demand in demands:
            own, branches = self._open(demand[0])
            if own == choice:
                asked.append((branches, demand[1]))
                possible.append(self._possible_answers(demand))
            else:
                others.append(demand)
        # The fewest first: a demand that leaves few answers spares asking the others of many.
        places = frozenset.intersection(*sorted(possible, key=len))
        self.budget.spend(len(asked) * (1 + len(places)))
        ways = []
        for place in places:
            left = self._left([(branches[place], outcomes) for branches, outcomes in asked])
            ways.append((place, frozenset(chain(left, others))))
        return sorted(ways, key=lambda way: (len(way[1]), way[0]))

    def _possible_answers(self, demand: Demand) -> frozenset[int]:
        """Return the answers to the first choice of a diagram that leave a demand possible."""
        found = self._possible.get(demand)
        if found is None:
            node, outcomes = demand
            branches = self._open(node)[1]
            self.budget.spend(len(branches))
            reached = enumerate(map(self._reach, branches))
            found = frozenset(place for place, some in reached if some & outcomes)
            self._possible[demand] = found
        return found

    def count(self, node: Node, outcome: int, sizes: Mapping[int, Sequence[int]]) -> int:
        """Return how many records have an outcome.

        Args:
            node: The diagram.
            outcome: The outcome.
            sizes: By choice, in order, how many values stand behind each answer.
        """
        order = list(sizes)
        totals = [sum(size) for size in sizes.values()]
        places = {choice: place for place, choice in enumerate(order)}
        counted: dict[Node, int] = {}

        def skipped(start: int, end: int) -> int:
            product = 1
            for total in totals[start:end]:
                product *= total
            return product

        def place_of(found: Node) -> int:
            return len(order) if found < _OUTCOMES else places[self._open(found)[0]]

        def below(found: Node) -> int:
            if found < _OUTCOMES:
                return int(found == outcome)
            if found not in counted:
                choice, branches = self._open(found)
                self.budget.spend(len(branches))
                start = places[choice] + 1
                counted[found] = sum(
                    size * below(branch) * skipped(start, place_of(branch))
                    for size, branch in zip(sizes[choice], branches, strict=True)
                )
            return counted[found]

        return below(node) * skipped(0, place_of(node))


def negated(outcome: int, _: int) -> int:
    """Return the outcome of *not*."""
    return HOLDS - outcome


def unless(outcome: int, _: int) -> int:
    """Return the outcome of the total complement."""
    return FAILS if outcome == HOLDS else HOLDS
