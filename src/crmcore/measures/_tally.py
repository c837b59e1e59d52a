"""Evaluating measures over a stream of records, once, by period and group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Generic, Self, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from crmcore.calendar import Period
from crmcore.calendar import zone as find_zone
from crmcore.checks import day
from crmcore.errors import InvalidValueError

from ._fields import day_of, reader
from ._measure import Measure, Partial
from ._table import Group, Row, Table

R = TypeVar("R")

_States: TypeAlias = tuple[Partial[Any], ...]


def _in_order(group: Group) -> tuple[tuple[bool, str, str], ...]:
    """Return by what groups are sorted: as text, whatever they are, the missing ones last."""
    return tuple((value is None, str(value), type(value).__name__) for value in group)


class Tally(Generic[R]):
    """What some measures have counted so far, by period and group.

    Records are added one by one, in any order. Two tallies of the same measures, each over a
    part of the records, merge into that of all of them; and a tally that is kept grows by a
    day's records at the price of that day.

    .. versionadded:: 0.1.0
    """

    __slots__ = (
        "_by",
        "_cells",
        "_day",
        "_every_record",
        "_measures",
        "_of_day",
        "_periods",
        "_read",
        "_zone",
    )

    def __init__(
        self,
        measures: Mapping[str, Measure],
        *,
        periods: Period | Iterable[Period],
        day: str | Callable[[R], date | None] | None = None,
        by: str | Sequence[str] = (),
        zone: ZoneInfo | str | None = None,
    ) -> None:
        """Begin with nothing counted.

        Args:
            measures: The definitions by name.
            periods: The periods to count, which may overlap.
            day: The day on which a record happened: the name of a field that holds dates or
                instants, or a function. May be left out where there are stocks only.
            by: The fields that are the dimensions.
            zone: The zone whose days count, or its name, where fields hold instants.

        Raises:
            InvalidValueError: If there is no measure or no period, or no day where one is
                needed.
            UnknownNameError: If there is no such zone.
        """
        self._measures = dict(sorted(measures.items()))
        self._periods = (periods,) if isinstance(periods, Period) else tuple(sorted(set(periods)))
        if not self._measures:
            raise InvalidValueError("measures", {}, "name at least one measure")
        if not self._periods:
            raise InvalidValueError("periods", (), "hold at least one period")
        self._by = (by,) if isinstance(by, str) else tuple(by)
        self._read = tuple(reader(path) for path in self._by)
        self._zone = None if zone is None else find_zone(zone).key
        self._day = self._day_reader(day)
        self._every_record = any(m.needs_every_record for m in self._measures.values())
        self._of_day: dict[date | None, tuple[Period, ...]] = {}
        self._cells: dict[Group, dict[Period, _States]] = {}

    def _day_reader(
        self, day: str | Callable[[R], date | None] | None
    ) -> Callable[[R], date | None]:
        where = None if self._zone is None else find_zone(self._zone)
        if isinstance(day, str):
            read = reader(day)
            return lambda record: day_of(read(record), day, where)
        if day is not None:
            return day
        for name, measure in self._measures.items():
            if measure.needs_day:
                raise InvalidValueError("day", None, f"be given, because {name!r} counts by day")
        return lambda _: None

    def _periods_of(self, day: date | None) -> tuple[Period, ...]:
        """Return the periods to which a record of *day* may matter."""
        if self._every_record:
            return self._periods
        found = self._of_day.get(day)
        if found is None:
            found = self._of_day[day] = tuple(p for p in self._periods if day in p)
        return found

    def _states(self, group: Group, period: Period) -> _States:
        cells = self._cells.setdefault(group, {})
        if period not in cells:
            cells[period] = self._start(period)
        return cells[period]

    def _start(self, period: Period) -> _States:
        return tuple(m.start(period, zone=self._zone) for m in self._measures.values())

    def add(self, record: R) -> None:
        """Take a record into account."""
        day = self._day(record)
        periods = self._periods_of(day)
        if not periods:
            return
        group = tuple(read(record) for read in self._read)
        for period in periods:
            for state in self._states(group, period):
                state.add(record, day)

    def merge(self, other: Self) -> None:
        """Take over what another tally has counted; the other stays as it is.

        Raises:
            InvalidValueError: If the other counts other measures, periods or dimensions.
        """
        if self._shape() != other._shape():
            rule = "count the same measures by the same periods and dimensions"
            raise InvalidValueError("other", other._shape(), rule)
        for group, cells in other._cells.items():
            for period, states in cells.items():
                for mine, theirs in zip(self._states(group, period), states, strict=True):
                    mine.merge(theirs)

    def _shape(self) -> tuple[object, ...]:
        return self._measures, self._periods, self._by

    def table(self, *, as_of: date, version: str = "1") -> Table:
        """Return what has been counted so far; the tally can go on afterwards.

        Args:
            as_of: The day at whose beginning the records were known. A period that ends later
                is not over, and has no value yet; ask for the period up to *as_of* instead.
            version: The version of the definitions.

        Raises:
            InvalidValueError: If *as_of* is an instant.
        """
        day(as_of)
        groups = sorted(self._cells, key=_in_order) if self._by else [()]
        rows: list[Row] = []
        for period in self._periods:
            nothing = self._start(period)
            for group in groups:
                states = self._cells.get(group, {}).get(period, nothing)
                rows += (
                    (period, group, name, s.finish(as_of=as_of, definition=name, version=version))
                    for name, s in zip(self._measures, states, strict=True)
                )
        return Table(by=self._by, rows=tuple(rows))


def evaluate(
    measures: Mapping[str, Measure],
    records: Iterable[R],
    *,
    periods: Period | Iterable[Period],
    day: str | Callable[[R], date | None] | None = None,
    by: str | Sequence[str] = (),
    zone: ZoneInfo | str | None = None,
    as_of: date,
    version: str = "1",
) -> Table:
    """Evaluate measures over records in one pass, by period and group.

    Args:
        measures: The definitions by name.
        records: The records, in any order; a stream of any length.
        periods: The periods to count, which may overlap.
        day: The day on which a record happened: the name of a field that holds dates or
            instants, or a function. May be left out where there are stocks only.
        by: The fields that are the dimensions.
        zone: The zone whose days count, or its name, where fields hold instants.
        as_of: The day at whose beginning the records were known.
        version: The version of the definitions.

    Raises:
        InvalidValueError: If there is no measure or no period, no day where one is needed, or
            a field that holds what cannot be measured.
        UnknownNameError: If there is no such zone, or a record has no such field.

    Complexity:
        ``O(n)`` time for *n* records; where there are stocks, ``O(n p)`` for *p* periods.

    .. versionadded:: 0.1.0
    """
    tally = Tally(measures, periods=periods, day=day, by=by, zone=zone)
    for record in records:
        tally.add(record)
    return tally.table(as_of=as_of, version=version)
