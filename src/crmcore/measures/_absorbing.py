"""Taking over what has been counted elsewhere, as an engine of data frames does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from ._cases import Cases, Store
from ._clock import Clock
from ._loop import Held, Plan
from ._slots import Slots
from ._table import Group
from ._trails import Trails

Counted: TypeAlias = "tuple[Group, int, Sequence[Any]]"
Alike: TypeAlias = "tuple[Group, Sequence[Any], int]"


def absorb(plan: Plan, held: Held, need: Slots, found: Iterable[Counted]) -> None:
    """Take over the cells of a state, each with its group and the ordinal of its day.

    Of a state of entities, the first cell is the number of records without an entity, and the
    second one the trail of the others. No cells at all say that there were records on the day.
    """
    at, new_row = dict(plan.slots)[need], plan.new_row()
    before = [None] * at
    for group, day, cells in found:
        days = held.rows.setdefault(group, {})
        row = days.get(day)
        if row is None:
            row = days[day] = new_row()
        if not cells:
            continue
        need.merge(row, [*before, *cells], at)
        if isinstance(need, Trails):
            need.take_over(held.trails[at], cells[1])


def absorb_cells(plan: Plan, held: Held, need: Cases, found: Iterable[Counted]) -> None:
    """Take over the cells of a state of cases, each with its group and the ordinal of its day."""
    into = held.stores[plan.cases.index(need)]
    for group, day, cells in found:
        into.merge(Store(days={group: {day: list(cells)}}), need)


def absorb_cases(plan: Plan, held: Held, clock: Clock, need: Cases, found: Iterable[Alike]) -> None:
    """Take over cases: their group, the fields that the state reads, and how many are alike."""
    into = held.stores[plan.cases.index(need)]
    for group, values, times in found:
        one = Store()
        need.taker(one, clock)(group, *values)
        many = {day: need.repeated(cell, times) for day, cell in one.days.get(group, {}).items()}
        missing = dict.fromkeys(one.missing, times)
        into.merge(Store(days={group: many} if many else {}, missing=missing), need)
