"""Pairs: which goals of many are about the same, found without comparing each with each.

Two goals with scopes are about the same part of the business where they agree in every
dimension that both name. Goals without scopes are about what their owners do, so that one is
about the same as another where their owners are the same, or one of them belongs to the other.
Goals are put into boxes by these values and by owners, and only what lies in one box is held
against the time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement
from typing import TypeAlias

from crmcore.goals import Goal

from ._places import Places

Boxes: TypeAlias = "Mapping[object, list[int]]"


def pairs_of(row: Sequence[Goal], places: Places) -> Iterator[tuple[Goal, Goal]]:
    """Yield each two goals of a row, sorted by start, that are about the same at one time."""
    found: set[tuple[int, int]] = set()
    for ones, others in (*_by_scopes(row), *_by_owners(row, places)):
        found.update(_at_one_time(row, ones, others))
    for one, other in sorted(found):
        yield row[one], row[other]


def _at_one_time(
    row: Sequence[Goal], ones: Sequence[int], others: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield each two of two boxes, the earlier first, whose periods have days in common."""
    for one in ones:
        within = row[one].period
        for other in others:
            period = row[other].period
            if period.start >= within.end:
                break
            if one != other and period.end > within.start:
                yield min(one, other), max(one, other)


def _by_scopes(row: Sequence[Goal]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield boxes of goals with scopes that agree in the dimensions which both name."""
    kinds: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, goal in enumerate(row):
        if goal.scope:
            kinds[tuple(dict(goal.scope))].append(place)
    for one, other in combinations_with_replacement(kinds, 2):
        common = [dimension for dimension in one if dimension in other]
        boxes = _boxes(row, kinds[other], common)
        for values, ones in _boxes(row, kinds[one], common).items():
            yield ones, boxes.get(values, [])


def _boxes(row: Sequence[Goal], places: Sequence[int], dimensions: Sequence[str]) -> Boxes:
    found: dict[object, list[int]] = defaultdict(list)
    for place in places:
        scope = dict(row[place].scope)
        found[tuple(scope[dimension] for dimension in dimensions)].append(place)
    return found


def _by_owners(row: Sequence[Goal], places: Places) -> Iterator[tuple[list[int], list[int]]]:
    """Yield boxes of goals, one of them without scopes, whose owners are in one line."""
    scoped: dict[str | None, list[int]] = defaultdict(list)
    plain: dict[str | None, list[int]] = defaultdict(list)
    for place, goal in enumerate(row):
        (scoped if goal.scope else plain)[goal.owner].append(place)
    for owner, ones in plain.items():
        for above in _line(owner, places):
            yield ones, plain.get(above, [])
            yield ones, scoped.get(above, [])
    for owner, ones in scoped.items():
        for above in _line(owner, places):
            yield ones, plain.get(above, [])


def _line(owner: str | None, places: Places) -> tuple[str | None, ...]:
    return (None,) if owner is None else places.line(owner)
