"""Small groups: which results must not be shown, and which others would give them away.

A group of fewer people than the minimum is hidden. That is not enough where totals are shown:
the total less all other groups is the hidden one. So further groups are hidden, until what is
shown leaves every hidden count room of at least the minimum.

The easy case is one row of groups and its total. Of hidden groups only the sum is known, so
each may be anything from 0 to that sum: there must be two of them or more, and their sum must
reach the minimum. Where it does not, the smallest further group is hidden too.

With several dimensions each group stands in several rows, and what is hidden in one row can be
computed from another. Here groups are hidden as corners of a box. Take a group and a second
category in every dimension: raise the group by one, lower its neighbours by one, raise their
neighbours again, and so on round the box: no total has changed. A group whose box is hidden
can therefore have been larger by the least count of the corners that fall, and smaller by the
least of those that fall with it. A row is a box of one dimension. Totals are cells like the
others: towards a total a box moves in the same direction as the group.

Sources:
    D. Repsilber, the hypercube method, as A. Hundepool and others describe it in Statistical
    Disclosure Control, 2012, chapter 4. Boxes give room that is certain, and may hide more
    than the fewest possible groups.
    M.-Y. Kao, "Total Protection of Analytic Invariant Information in Cross-Tabulated Tables",
    Symposium on Theoretical Aspects of Computer Science, 1994: to find the fewest is
    NP-complete.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from enum import Enum
from functools import cache
from itertools import compress, product
from operator import not_
from typing import Final, TypeAlias

import attrs

from crmcore.errors import InvalidValueError

Group: TypeAlias = tuple[Hashable, ...]
_Cell: TypeAlias = tuple[int, ...]


class _Margin(Enum):
    ALL = "all"

    def __repr__(self) -> str:
        """Return the name under which it is imported."""
        return "ALL"


ALL: Final = _Margin.ALL
"""Stands in a group for all categories of a dimension together, so that it is a total."""


def groups_to_hide(counts: Mapping[Group, int], *, minimum: int = 5) -> frozenset[Group]:
    """Return the groups whose results must not be shown, if everything else is, totals too.

    These are the groups and totals of fewer people than *minimum*, except empty ones, and
    those that would give them away. Whoever knows all that is shown, and that no count is
    below 0, can tell no hidden count more closely than to a range of *minimum*:

    >>> from crmcore.privacy import ALL, groups_to_hide
    >>> sorted(groups_to_hide({("north",): 3, ("south",): 8, ("west",): 20}))
    [('north',), ('south',)]
    >>> sorted(
    ...     groups_to_hide({("north",): 2, ("south",): 1}), key=str
    ... )  # three people in all, so the total is one of the small groups
    [('north',), ('south',), (ALL,)]

    Small groups are looked at from the smallest to the largest. One that has not enough room
    yet gets the box of hidden groups that is enough by itself and hides the fewest people
    more, then the fewest groups, then the fewest totals, then the first by its categories'
    text. In a single row this is the smallest further group that is not empty. The order of
    *counts* never matters. A result is more than its count: that all of a large group answered
    alike is told of each of them, and no hiding of small groups helps there.

    Args:
        counts: How many people are in each group, by its category in every dimension; what is
            left out is empty. With one dimension the keys are tuples of one.
        minimum: The fewest people whose result is shown.

    Returns:
        The groups, and the totals with `ALL` in place of the categories that they sum.

    Raises:
        InvalidValueError: If a key is no tuple, or they differ in length, or a count is no
            whole number of 0 or more, or *minimum* is below 1.

    Complexity:
        ``O(s c 2^d)`` time for *s* small groups, *c* groups in all and *d* dimensions.

    .. versionadded:: 0.1.0
    """
    if type(minimum) is not int or minimum < 1:
        raise InvalidValueError("minimum", minimum, "be a whole number of at least 1")
    _check(counts)
    table = _Table.of(counts)
    small = [(n, cell) for cell, n in table.counts.items() if 0 < n < minimum]
    hidden = {cell for _, cell in small}
    for _, cell in sorted(small):
        if not table.has_room(cell, hidden, minimum):
            hidden |= table.cheapest_box(cell, hidden, minimum)
    return frozenset(table.named(cell) for cell in hidden)


def _check(counts: Mapping[Group, int]) -> None:
    if not isinstance(counts, Mapping):
        raise InvalidValueError("counts", counts, "be how many people are in each group, by group")
    dimensions: int | None = None
    for group, n in counts.items():
        if not isinstance(group, tuple) or not group:
            raise InvalidValueError("counts", group, "have tuples of categories as keys")
        if ALL in group:
            raise InvalidValueError("counts", group, "hold groups only; totals are summed up here")
        if len(group) != (dimensions := dimensions or len(group)):
            rule = f"have keys of one length, {dimensions} as the first"
            raise InvalidValueError("counts", group, rule)
        if type(n) is not int or n < 0:
            raise InvalidValueError("counts", n, "hold whole numbers of 0 or more")


@attrs.frozen
class _Table:
    """Counts by numbered categories; in each dimension the last number stands for all.

    Attributes:
        categories: The categories of each dimension, sorted by their text, and `ALL`.
        counts: The groups and the totals that are not empty.
    """

    categories: tuple[tuple[Hashable, ...], ...]
    counts: dict[_Cell, int]

    @classmethod
    def of(cls, counts: Mapping[Group, int]) -> _Table:
        """Number the categories and sum up the totals."""
        names = tuple(
            (*sorted(set(dimension), key=_text), ALL) for dimension in zip(*counts, strict=True)
        )
        numbers = [{name: i for i, name in enumerate(dimension)} for dimension in names]
        summed: dict[_Cell, int] = {}
        for group, n in counts.items():
            places = [(by[name], by[ALL]) for by, name in zip(numbers, group, strict=True)]
            for cell in product(*places):
                summed[cell] = summed.get(cell, 0) + n
        return cls(names, {cell: n for cell, n in summed.items() if n})

    def named(self, cell: _Cell) -> Group:
        """Return a cell by its categories."""
        return tuple(names[place] for names, place in zip(self.categories, cell, strict=True))

    def boxes(
        self, cell: _Cell, within: set[_Cell] | None = None
    ) -> Iterator[tuple[list[_Cell], list[_Cell]]]:
        """Yield the boxes of a cell: what moves with it, itself first, and what against it.

        With *within*, boxes with a neighbour of the cell outside of it are left out.
        """
        last = [len(names) - 1 for names in self.categories]
        others = [
            [
                place
                for place in range(end + 1)
                if place != own
                and (within is None or (*cell[:axis], place, *cell[axis + 1 :]) in within)
            ]
            for axis, (own, end) in enumerate(zip(cell, last, strict=True))
        ]
        for partner in product(*others):
            # Two categories move against each other, a category and the total together.
            turns = tuple(end not in (a, b) for a, b, end in zip(cell, partner, last, strict=True))
            corners = list(product(*zip(cell, partner, strict=True)))
            if any(turns):
                signs = _signs(turns)
                yield list(compress(corners, signs)), list(compress(corners, map(not_, signs)))
            else:
                yield corners, []

    def has_room(self, cell: _Cell, hidden: set[_Cell], minimum: int) -> bool:
        """Say whether hidden boxes let a count vary by the minimum, one after the other."""
        boxes = [
            (with_it, against)
            for with_it, against in self.boxes(cell, hidden)
            if hidden.issuperset(with_it) and hidden.issuperset(against)
        ]
        room = 0
        for falls in (True, False):
            left = dict(self.counts)
            for with_it, against in boxes:
                giving, taking = (with_it, against) if falls else (against, with_it)
                if not giving:  # nothing bounds how far it may rise
                    return True
                step = min(left.get(corner, 0) for corner in giving)
                for corner in giving:
                    left[corner] = left.get(corner, 0) - step
                for corner in taking:
                    left[corner] = left.get(corner, 0) + step
                room += step
        return room >= minimum

    def cheapest_box(self, cell: _Cell, hidden: set[_Cell], minimum: int) -> set[_Cell]:
        """Return the box that is enough by itself and hides the fewest people more."""
        best: list[tuple[int, int, int, list[_Cell]]] = []
        last = [len(names) - 1 for names in self.categories]
        for with_it, against in self.boxes(cell):
            more = {*with_it, *against} - hidden
            people = sum(self.counts.get(corner, 0) for corner in more)
            if best and people > best[0][0]:
                continue
            if against and self._least(with_it) + self._least(against) < minimum:
                continue
            totals = sum(any(map(int.__eq__, corner, last)) for corner in more)
            best = [min([*best, (people, len(more), totals, sorted(more))])]
        return set(best[0][-1])  # there is one: nothing bounds the box of totals only

    def _least(self, corners: list[_Cell]) -> int:
        return min(self.counts.get(corner, 0) for corner in corners)


@cache
def _signs(turns: tuple[bool, ...]) -> tuple[bool, ...]:
    """Return for each corner of a box whether it moves with the first one."""
    return tuple(
        sum(compress(turns, picked)) % 2 == 0
        for picked in product((False, True), repeat=len(turns))
    )


def _text(category: Hashable) -> tuple[str, str]:
    return str(category), type(category).__name__
