"""Groups that are too small to be shown, and those that would give them away."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from crmcore.errors import InvalidValueError
from crmcore.privacy import ALL, groups_to_hide

Group = tuple[Hashable, ...]

MINIMUM = 5


def rows() -> st.SearchStrategy[dict[Group, int]]:
    """A row of up to six groups, many of them small."""
    return st.lists(st.integers(0, 12), max_size=6).map(
        lambda counts: {(f"team {i}",): n for i, n in enumerate(counts)}
    )


def tables(*most: int) -> st.SearchStrategy[dict[Group, int]]:
    """A table of so many categories in each dimension, many of its groups small or empty."""
    groups = list(product(*(range(size) for size in most)))
    counts = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 30))
    return st.lists(counts, min_size=len(groups), max_size=len(groups)).map(
        lambda found: dict(zip(groups, found, strict=True))
    )


def with_totals(counts: dict[Group, int]) -> dict[Group, int]:
    """The groups of a table, and all of its totals."""
    summed: dict[Group, int] = {}
    for group, n in counts.items():
        for cell in product(*((category, ALL) for category in group)):
            summed[cell] = summed.get(cell, 0) + n
    return summed


def room(counts: dict[Group, int], hidden: frozenset[Group], cell: Group) -> float:
    """Return how far apart the least and the largest possible count of a hidden cell are.

    Whoever attacks knows every count that is shown, and that counts are whole and not negative.
    The integer programme over the groups is exact; far above what is there it is cut off.
    """
    groups = sorted(counts, key=str)
    shown = {total: n for total, n in with_totals(counts).items() if total not in hidden}

    def sums(total: Group) -> list[int]:
        return [
            int(all(b in (ALL, a) for a, b in zip(group, total, strict=True))) for group in groups
        ]

    bounds = Bounds(0, max(counts.values()) + 2 * MINIMUM)
    known = LinearConstraint(
        np.array([sums(total) for total in shown] or [[0] * len(groups)]),
        list(shown.values()) or [0],
        list(shown.values()) or [0],
    )
    ends = [
        milp(sign * np.array(sums(cell)), constraints=known, bounds=bounds, integrality=1)
        for sign in (1, -1)
    ]
    assert all(end.success for end in ends)
    return float(-ends[1].fun - ends[0].fun)


@given(rows())
def test_in_a_row_the_smallest_further_group_is_hidden(counts: dict[Group, int]) -> None:
    """Nothing but the small groups is hidden, and one more where their sum is too small."""
    small = {group for group, n in counts.items() if 0 < n < MINIMUM}
    total = sum(counts.values())
    expected: set[Group] = set(small)
    if 0 < total < MINIMUM:
        expected.add((ALL,))
    elif small and (len(small) == 1 or sum(counts[group] for group in small) < MINIMUM):
        others = [group for group, n in counts.items() if n >= MINIMUM]
        expected.add(min(others, key=lambda group: (counts[group], str(group))))

    assert groups_to_hide(counts) == expected


@settings(max_examples=20)
@given(st.one_of(rows(), tables(2, 2), tables(3, 3), tables(2, 4), tables(2, 2, 2)))
def test_no_hidden_count_can_be_computed(counts: dict[Group, int]) -> None:
    """From all that is shown a hidden count is known to a range of the minimum at best."""
    hidden = groups_to_hide(counts, minimum=MINIMUM)

    for cell in hidden:
        assert round(room(counts, hidden, cell)) >= MINIMUM, cell


@given(st.data(), tables(3, 3))
def test_order_does_not_matter(data: st.DataObject, counts: dict[Group, int]) -> None:
    """The same groups in another order hide the same, equally large ones too."""
    turned = dict(data.draw(st.permutations(list(counts.items()))))

    assert groups_to_hide(turned) == groups_to_hide(counts)


@given(tables(3, 3), st.integers(1, 8))
def test_every_small_group_and_total_is_hidden(counts: dict[Group, int], minimum: int) -> None:
    """A group or a total below the minimum is hidden, unless it is empty."""
    hidden = groups_to_hide(counts, minimum=minimum)

    assert {cell for cell, n in with_totals(counts).items() if 0 < n < minimum} <= hidden


@given(tables(2, 3))
def test_where_nothing_is_small_nothing_is_hidden(counts: dict[Group, int]) -> None:
    """A table without small groups is shown as it is."""
    large = {group: n + MINIMUM for group, n in counts.items()}

    assert groups_to_hide(large) == frozenset()


def test_small_groups_may_hide_each_other() -> None:
    """Three groups of two people are six in all, of whom nobody can tell who is where."""
    counts: dict[Group, int] = {("a",): 2, ("b",): 2, ("c",): 2, ("d",): 40}

    assert groups_to_hide(counts) == {("a",), ("b",), ("c",)}


def test_equally_small_further_groups_go_by_their_names() -> None:
    """Of two groups of eight it is the first by its text that is hidden with the small one."""
    counts: dict[Group, int] = {("west",): 8, ("south",): 8, ("north",): 1}

    assert groups_to_hide(counts) == {("north",), ("south",)}


def test_a_bridge_between_boxes_is_seen() -> None:
    """Two hidden cells in each row and column are not enough where a box does not close.

    Two boxes of rows 1 and 2 and of rows 3 and 4 hide four cells each. A small group that joins
    them would be the total of its rows less all else, though no row has a single hidden cell.
    """
    hidden = {(1, "a"), (1, "b"), (2, "a"), (2, "b"), (3, "c"), (3, "d"), (4, "c"), (4, "d")}
    counts: dict[Group, int] = {(row, column): 40 for row in range(1, 5) for column in "abcd"}
    counts |= dict.fromkeys(hidden, 4)
    counts[2, "c"] = 3
    bridged = frozenset({*hidden, (2, "c")})

    assert room(counts, bridged, (2, "c")) == 0
    assert room(counts, groups_to_hide(counts), (2, "c")) >= MINIMUM


def test_a_total_is_hidden_with_the_groups_it_would_give_away() -> None:
    """Where all else in its row and column is empty, a group's totals are the group."""
    counts: dict[Group, int] = {("a", "web"): 3, ("b", "shop"): 9}

    assert groups_to_hide(counts) == {("a", "web"), ("a", ALL), (ALL, "web"), (ALL, ALL)}


def test_all_reads_as_it_is_imported() -> None:
    """The mark of a total shows its name."""
    assert repr(ALL) == "ALL"


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"north": 3}, r"counts must have tuples of categories as keys \(got 'north'\)"),
        ({(): 3}, "counts must have tuples of categories as keys"),
        ({("a",): 3, ("a", "b"): 3}, "counts must have keys of one length, 1 as the first"),
        ({("a", ALL): 3}, "counts must hold groups only; totals are summed up here"),
        ({("a",): -1}, r"counts must hold whole numbers of 0 or more \(got -1\)"),
        ({("a",): 2.5}, r"counts must hold whole numbers of 0 or more \(got 2.5\)"),
        ([3, 8], "counts must be how many people are in each group, by group"),
    ],
)
def test_odd_counts_are_refused(counts: dict[Group, int], message: str) -> None:
    """A table that is none is refused with what would be one."""
    with pytest.raises(InvalidValueError, match=message):
        groups_to_hide(counts)


@pytest.mark.parametrize("minimum", [0, True, 2.5])
def test_an_odd_minimum_is_refused(minimum: int) -> None:
    """The fewest people of a group that is shown are a whole number above 0."""
    with pytest.raises(InvalidValueError, match="minimum must be a whole number of at least 1"):
        groups_to_hide({}, minimum=minimum)
