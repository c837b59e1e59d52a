"""The queue: whose turn it is, exactly, and fast however many members there are.

A level is a number of items for each unit of weight, a fraction. All levels are written over
one denominator, the least common multiple *D* of the weights' numerators, so that each more
item adds a whole number to a member's level: ``D / weight``. Times the number of members,
plus the member's place in the stated order, that is the member's *key*: keys are whole
numbers, no two are equal, and the least of them is the next in turn, ties by stated order.

Members of one *kind* can take the same classes of arrivals. Each kind has a heap of keys; a
class is a choice of kinds, and the next in turn for it is the least of the first ones of its
kinds. So a member stands in one heap however many classes there are, and with one class that
heap is all there is.

What changes elsewhere than at the top of its heap leaves a dead key behind: a key is alive
only while it is the member's present key and the member is open. Dead keys are dropped when
they come to the top.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from heapq import heapify, heappop, heappush, heapreplace
from math import lcm
from operator import itemgetter

import attrs

from ._share import MOST_COUNTED

_DEAD = 64


@attrs.define(eq=False)
class Group:
    """A class of arrivals: all that want the same.

    Attributes:
        members: The places of the members who have what is wanted.
        first_of: Picks the first key of each kind out of those of all kinds.
        version: The version of the kinds for which it picks.
        highest: The highest key at which something was given by turn today; below 0 for none.
    """

    members: AbstractSet[int]
    first_of: Callable[[list[int]], tuple[int, ...]] = itemgetter(-1, -1)
    version: int = -1
    highest: int = -1


class Queue:
    """The members by key, asked by class."""

    __slots__ = (
        "_has_dead",
        "_heaps",
        "_kinds",
        "_size",
        "_tops",
        "_version",
        "is_open",
        "keys",
        "never",
        "steps",
    )

    def __init__(self, weights: Sequence[Decimal], counted: Sequence[int]) -> None:
        """Put members with so many items counted, all closed, in their stated order."""
        exact = [Fraction(weight) for weight in weights]
        scale = lcm(*(weight.numerator for weight in exact)) * len(exact)
        self._size = len(exact)
        self.steps = [scale * weight.denominator // weight.numerator for weight in exact]
        self.keys = [
            count * step + place
            for place, (count, step) in enumerate(zip(counted, self.steps, strict=True))
        ]
        self.never = max(self.steps) * 2 * MOST_COUNTED
        self.is_open = [False] * len(exact)
        self._kinds = [0] * len(exact)
        self._version = 0
        self.restart()

    def counted(self, place: int) -> int:
        """Return how many items count for a member's turn."""
        return self.keys[place] // self.steps[place]

    def put(self, place: int, counted: int) -> None:
        """Let so many items count for a member's turn."""
        self.keys[place] = counted * self.steps[place] + place
        if self.is_open[place]:
            self._has_dead = True
            self.open(place)

    def level_with(self, place: int, key: int) -> int:
        """Return how many items bring a member to the level of a key, or above."""
        return -((key % self._size - key) // self.steps[place])

    def restart(self) -> None:
        """Build the heaps anew."""
        self._has_dead = False
        self._heaps: list[list[int]] = [[] for _ in range(1 + max(self._kinds))]
        for kind, key, is_open in zip(self._kinds, self.keys, self.is_open, strict=True):
            if is_open:
                self._heaps[kind].append(key)
        for heap in self._heaps:
            heapify(heap)
        self._tops = [heap[0] if heap else self.never for heap in self._heaps]
        self._tops.append(self.never)  # what a class without members finds

    def split(self, members: AbstractSet[int]) -> None:
        """Tell kinds apart by whether they are among the members of a new class."""
        found: dict[tuple[int, bool], int] = {}
        kinds = [
            found.setdefault((kind, place in members), len(found))
            for place, kind in enumerate(self._kinds)
        ]
        if len(found) > len(self._heaps):
            self._kinds = kinds
            self._version += 1
            self.restart()

    def first(self, group: Group) -> int:
        """Return the key of the next in turn for a class; ``never`` where nobody is open."""
        if group.version != self._version:
            kinds = sorted({self._kinds[place] for place in group.members}) or [-1]
            group.first_of = itemgetter(kinds[0], *kinds)  # at least two, so that it is a tuple
            group.version = self._version
        return min(group.first_of(self._tops))

    def take(self, group: Group) -> int:
        """Count one more item for the next in turn, whose place is returned; -1 for nobody."""
        key = self.first(group)
        if key == self.never:
            return -1
        if key > group.highest:  # noqa: PLR1730 - twice as fast, for every arrival
            group.highest = key
        place = key % self._size
        kind = self._kinds[place]
        heap = self._heaps[kind]
        self.keys[place] = after = key + self.steps[place]
        heapreplace(heap, after)  # the first key of a kind is at the top of its heap
        if self._has_dead:
            self._settle(kind, heap)
        else:
            self._tops[kind] = heap[0]
        return place

    def advance(self, place: int) -> None:
        """Count one more item for a member, whoever is next."""
        self.put(place, self.counted(place) + 1)

    def open(self, place: int) -> None:
        """Let a member take turns, from wherever its key is now."""
        self.is_open[place] = True
        kind = self._kinds[place]
        heap = self._heaps[kind]
        if len(heap) > 2 * self._size + _DEAD:  # most of them are dead
            heap[:] = {key for key in heap if self._lives(key)}
            heapify(heap)
        heappush(heap, self.keys[place])
        self._settle(kind, heap)

    def close(self, place: int) -> None:
        """Let a member take no turns."""
        self.is_open[place] = False
        self._has_dead = True
        kind = self._kinds[place]
        self._settle(kind, self._heaps[kind])

    def _settle(self, kind: int, heap: list[int]) -> None:
        """Drop dead keys from the top of a heap, and note the first that lives."""
        while heap and not self._lives(heap[0]):
            heappop(heap)
        self._tops[kind] = heap[0] if heap else self.never

    def _lives(self, key: int) -> bool:
        place = key % self._size
        return self.keys[place] == key and self.is_open[place]
