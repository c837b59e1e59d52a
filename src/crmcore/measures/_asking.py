"""Asking a tally: the states of some days and groups, folded, each once."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmcore.calendar import Grain, Period, months_after
from crmcore.kernel import Phrase, Reason, Undefined

from ._cases import Cases, Store
from ._loop import Held, Plan
from ._settings import Settings
from ._slots import Row, Slots
from ._table import Group
from ._trails import Trail
from ._value import Value

Counts: TypeAlias = "Mapping[Group, Mapping[int, Any]]"

_A_DAY: dict[Grain, int] = {Grain.DAY: 1, Grain.WEEK: 7}
_A_MONTH: dict[Grain, int] = {Grain.MONTH: 1, Grain.QUARTER: 3}


def shifted(period: Period, grain: Grain | None) -> Period:
    """Return the period just before, or the same one a grain before."""
    if grain is None:
        return period.before()
    if grain is Grain.YEAR:
        return period.a_year_before()
    if grain in _A_DAY:
        return Period(*(grain.after(edge, -1) for edge in (period.start, period.end)))
    months = _A_MONTH[grain]
    start = months_after(period.start, -months)
    own = period.grain
    if own in {Grain.MONTH, Grain.QUARTER, Grain.YEAR}:
        return Period(start, months_after(period.end, -months))
    return Period(start, date.fromordinal(start.toordinal() + period.days))


@attrs.frozen
class Found:
    """What a measure came to, and in which currency."""

    result: Value | Undefined
    currency: str | None = None


@attrs.define(kw_only=True)
class Desk:
    """What one table asks of a tally, with what was found out on the way.

    Attributes:
        plans: What is kept of each source.
        held: That which is kept.
        settings: The numbers, calendars and functions handed in.
        zone: The zone whose days count.
        begin: The day on which the records of each source begin, where that was stated.
        as_of: The day at whose beginning the records were known.
        version: The version of the definitions.
    """

    plans: Mapping[str | None, Plan]
    held: Mapping[str | None, Held]
    settings: Settings
    zone: ZoneInfo | None
    begin: Mapping[str | None, int]
    as_of: date
    version: str
    _known: dict[Hashable, Any] = attrs.field(factory=dict, init=False)
    _of_group: dict[Hashable, Any] = attrs.field(factory=dict, init=False)

    def once(self, key: Hashable, find: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is found
        """Return what *find* finds, asked once for the table."""
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]

    def once_of_group(self, key: Hashable, find: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Return what *find* finds, asked once for the group at hand."""
        if key not in self._of_group:
            self._of_group[key] = find()
        return self._of_group[key]

    def turn_to_next_group(self) -> None:
        """Forget what was found out about the group at hand."""
        self._of_group.clear()

    def place(self, need: Slots) -> int:
        """Return where the cells of a state begin."""
        places: Mapping[Slots, int] = self.once(
            ("places", need.source), lambda: dict(self.plans[need.source].slots)
        )
        return places[need]

    def trail(self, need: Slots) -> Trail:
        """Return the trail of a state of entities."""
        return self.held[need.source].trails[self.place(need)]

    def store(self, need: Cases) -> Store:
        """Return the store of a state of cases."""
        at = self.plans[need.source].cases.index(need)
        return self.held[need.source].stores[at]

    def first_day(self, source: str | None, days: Counts | None = None) -> int | None:
        """Return the day on which the records of a source, or its cases, begin."""
        if source in self.begin:
            return self.begin[source]
        of = self.held[source].rows if days is None else days
        key = ("first", source) if days is None else ("first", id(days))
        found: int | None = self.once(
            key, lambda: min((day for each in of.values() for day in each), default=None)
        )
        return found

    def days(self, counts: Counts, group: Group) -> tuple[list[int], list[Any]]:
        """Return the days of a group in order, each with what is kept of it."""

        def in_order() -> tuple[list[int], list[Any]]:
            kept = sorted(counts.get(group, {}).items(), key=lambda item: item[0])
            return [day for day, _ in kept], [cell for _, cell in kept]

        found: tuple[list[int], list[Any]] = self.once(("days", id(counts), group), in_order)
        return found


@attrs.frozen(kw_only=True)
class Question:
    """Which days of which groups are asked for.

    Attributes:
        desk: What the table asks.
        name: The name of the measure.
        groups: The groups of the tally that make the group of the table.
        period: The period that the value is about.
        start: The first of the days to look at, as an ordinal.
        end: The day after the last of them.
    """

    desk: Desk
    name: str
    groups: Sequence[Group]
    period: Period
    start: int
    end: int

    def over(self, start: int, end: int) -> Question:
        """Return the question about the same period that looks at other days."""
        return attrs.evolve(self, start=start, end=end)

    def about(self, period: Period) -> Question:
        """Return the question about another period."""
        start, end = period.start.toordinal(), period.end.toordinal()
        return attrs.evolve(self, period=period, start=start, end=end)

    def cells(self, counts: Counts) -> list[Any]:
        """Return what is kept of the days asked for."""
        found: list[Any] = []
        for group in self.groups:
            days, kept = self.desk.days(counts, group)
            found += kept[bisect_left(days, self.start) : bisect_left(days, self.end)]
        return found

    def rows(self, source: str | None) -> list[Row]:
        """Return the rows of the days asked for."""
        key = ("rows", source, self.start, self.end)
        found: list[Row] = self.desk.once_of_group(
            key, lambda: self.cells(self.desk.held[source].rows)
        )
        return found

    def fold(self, need: Slots) -> Any:  # noqa: ANN401 - each state folds to its own
        """Return what a state comes to over the days asked for."""
        key = (need, self.start, self.end)
        at = self.desk.place(need)
        return self.desk.once_of_group(key, lambda: need.fold(self.rows(need.source), at))

    def missing(self, store: Store) -> int:
        """Return how many cases lack what tells their day."""
        return sum(store.missing.get(group, 0) for group in self.groups)

    def nothing_before(self, first: int | None) -> Undefined | None:
        """Return why there is no value, if the period lies before the first day of all."""
        if first is None:
            return Undefined(Reason.NO_DATA, Phrase("no records at all", "没有任何记录"))
        if self.period.end.toordinal() > first:
            return None
        begin = date.fromordinal(first)
        detail = Phrase(f"the records begin on {begin}", f"记录始于{begin}")
        return Undefined(Reason.NO_DATA, detail)

    def value(self, number: Decimal, **parts: Any) -> Value:  # noqa: ANN401 - parts of a value
        """Return a value about the period."""
        return Value(
            number=number,
            period=self.period,
            as_of=self.desk.as_of,
            definition=self.name,
            version=self.desk.version,
            **parts,
        )


def added_up(cells: Iterable[Mapping[int, int]]) -> Counter[int]:
    """Return how often each day comes in all of some counts."""
    found: Counter[int] = Counter()
    for cell in cells:
        found.update(cell)
    return found
