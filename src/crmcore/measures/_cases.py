"""What is kept of records that tell their own days: stocks, limits and durations.

What has happened is known by the day on which it happened, so that the day as of which a value
holds is asked of the state, not of the records: a case that ended later is open then.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmcore.calendar import WorkCalendar, midnight
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError

from ._clock import Clock
from ._table import Group

Days: TypeAlias = "dict[Group, dict[int, Any]]"
Cell: TypeAlias = "list[Any]"

_MICROSECOND: Final = timedelta(microseconds=1)
_HOUR: Final = 3_600_000_000


@attrs.frozen
class Cases(ABC):
    """A state of cases, by group and by a day of their own.

    Attributes:
        source: The kind of records.
        where: Which of them it takes.
    """

    source: str | None
    where: Criterion | None

    @property
    @abstractmethod
    def fields(self) -> tuple[str, ...]:
        """What it reads of a record."""

    @abstractmethod
    def taker(self, store: Store, clock: Clock) -> Callable[..., None]:
        """Return the function that takes a group and what was read of a record."""

    @abstractmethod
    def join(self, mine: Cell, theirs: Cell) -> None:
        """Take over a cell of another store."""

    @abstractmethod
    def repeated(self, cell: Cell, times: int) -> Cell:
        """Return what a cell would hold if each of its cases had come so many times."""


@attrs.define
class Store:
    """The cells of a state of cases.

    Attributes:
        days: The cells by group and day.
        missing: How many cases of a group lack what tells their day.
    """

    days: Days = attrs.field(factory=dict)
    missing: dict[Group, int] = attrs.field(factory=dict)

    def cell(self, group: Group, day: int, fresh: Callable[[], Cell]) -> Cell:
        """Return the cell of a group and day, which is a fresh one at first."""
        days = self.days.get(group)
        if days is None:
            days = self.days[group] = {}
        cell = days.get(day)
        if cell is None:
            cell = days[day] = fresh()
        return cell

    def miss(self, group: Group, times: int = 1) -> None:
        """Count a case that lacks what tells its day."""
        self.missing[group] = self.missing.get(group, 0) + times

    def merge(self, other: Store, need: Cases) -> None:
        """Take over what another store of the same state holds."""
        for group, days in other.days.items():
            for day, theirs in days.items():
                mine = self.days.setdefault(group, {}).get(day)
                if mine is None:
                    mine = self.days[group][day] = EMPTY[type(need)]()
                need.join(mine, theirs)
        for group, times in other.missing.items():
            self.miss(group, times)


@attrs.frozen
class Levels(Cases):
    """How many entities come on each day, and how many go; an edge counts what days left."""

    since: str
    until: str | None

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.since,) if self.until is None else (self.since, self.until)

    def taker(self, store: Store, clock: Clock) -> Callable[..., None]:
        day_of, fresh = clock.day, EMPTY[Levels]

        def take(group: Group, since: object, until: object = None) -> None:
            came = day_of(since, self.since)
            if came is None:
                store.miss(group)
                return
            went = day_of(until, str(self.until))
            if went is None or went > came:
                store.cell(group, came + 1, fresh)[0] += 1
                if went is not None:
                    store.cell(group, went + 1, fresh)[1] += 1

        return take

    def join(self, mine: Cell, theirs: Cell) -> None:
        mine[0] += theirs[0]
        mine[1] += theirs[1]

    def repeated(self, cell: Cell, times: int) -> Cell:
        return [n * times for n in cell]


@attrs.frozen
class Promises(Cases):
    """How many cases become known, on which day, to have been done in time or not."""

    since: str
    done: str
    due: str | None
    days: int | None
    on: Literal["since", "due"]
    mature: bool

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.since, self.done) if self.due is None else (self.since, self.done, self.due)

    def taker(self, store: Store, clock: Clock) -> Callable[..., None]:
        day_of, fresh = clock.day, EMPTY[Promises]
        days, on_due, by_group = self.days, self.on == "due", store.days

        def take(group: Group, since: object, done: object, due: object = None) -> None:
            day = begun = day_of(since, self.since)
            if days is not None:
                due_day = None if begun is None else begun + days
            else:
                due_day = day_of(due, str(self.due))
            if on_due:
                day = due_day
            if day is None or due_day is None:
                store.miss(group)
                return
            known, which = due_day, 1
            if done is not None:
                done_day = day_of(done, self.done) or 0
                if isinstance(due, datetime) and isinstance(done, datetime):
                    is_late = done.astimezone(UTC) > due.astimezone(UTC)
                else:  # a day is due until it ends
                    is_late = done_day > due_day
                if not is_late:
                    known, which = (due_day if self.mature else done_day), 0
            cells = by_group.get(group)
            cell = None if cells is None else cells.get(day)
            times = (cell or store.cell(group, day, fresh))[which]
            times[known] = times.get(known, 0) + 1

        return take

    def join(self, mine: Cell, theirs: Cell) -> None:
        for ours, others in zip(mine, theirs, strict=True):
            for known, times in others.items():
                ours[known] = ours.get(known, 0) + times

    def repeated(self, cell: Cell, times: int) -> Cell:
        return [{known: n * times for known, n in each.items()} for each in cell]


_ALWAYS: Final = WorkCalendar.always("UTC")


@attrs.frozen
class Waits(Cases):
    """Every case: when it ended, how long it took until then, and what tells this as of a day."""

    since: str
    until: str
    calendar: str | None
    pauses: str | None
    work: WorkCalendar | None = attrs.field(repr=False)

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.since, self.until, *((self.pauses,) if self.pauses else ()))

    def taker(self, store: Store, clock: Clock) -> Callable[..., None]:
        day_of, fresh = clock.day, EMPTY[Waits]

        def take(
            group: Group, since: object, until: object, paused: Iterable[Any] | None = None
        ) -> None:
            day = day_of(since, self.since)
            if day is None:
                store.miss(group)
                return
            if paused is not None and not isinstance(paused, Iterable):
                rule = "be pairs of instants, or objects with start and end"
                raise InvalidValueError(str(self.pauses), paused, rule)
            ended, pauses = day_of(until, self.until), tuple(paused or ())
            took = None if ended is None else self.length(since, until, pauses)
            store.cell(group, day, fresh).append((ended, took, since, pauses))

        return take

    def length(self, since: Any, until: Any, pauses: Sequence[Any]) -> int:  # noqa: ANN401 - days, instants
        """Return how long a case took, in microseconds."""
        is_instant = isinstance(since, datetime)
        if is_instant is not isinstance(until, datetime):
            rule = f"be a day or an instant, as {self.since} is, {since}"
            raise InvalidValueError(self.until, str(until), rule)
        if is_instant:  # in one zone, the clocks would be compared, which are set back
            since, until = since.astimezone(UTC), until.astimezone(UTC)
        if until < since:
            raise InvalidValueError(self.until, str(until), f"not be before {self.since}, {since}")
        if self.work is None and not pauses:
            return int((until - since) // _MICROSECOND)
        work: WorkCalendar = _ALWAYS if self.work is None else self.work
        return work.time_between(since, until, pauses) // _MICROSECOND

    def lengths(
        self, cases: Iterable[tuple[Any, ...]], as_of: date, zone: ZoneInfo | None
    ) -> Mapping[tuple[int, bool], int]:
        """Return how long cases had lasted when a day began, and whether they ended before."""
        today = as_of.toordinal()
        found: dict[tuple[int, bool], int] = {}
        edge = None if zone is None else midnight(as_of, zone)
        for ended, took, since, pauses in cases:
            if ended is not None and ended < today:
                key = (took, True)
            else:
                until = edge if isinstance(since, datetime) else as_of
                key = (self.length(since, until, pauses), False)
            found[key] = found.get(key, 0) + 1
        return found

    def join(self, mine: Cell, theirs: Cell) -> None:
        mine.extend(theirs)

    def repeated(self, cell: Cell, times: int) -> Cell:
        return cell * times


EMPTY: Final[Mapping[type[Cases], Callable[[], Cell]]] = {
    Levels: lambda: [0, 0],
    Promises: lambda: [{}, {}],
    Waits: list,
}

MICROSECONDS: Final = {"hours": Decimal(_HOUR), "days": Decimal(24 * _HOUR)}
