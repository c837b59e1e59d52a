"""Work calendars: when a service is open, and for how long between two instants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final, Protocol, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmcore.checks import day as is_day
from crmcore.checks import refusal, utc
from crmcore.checks import zone as find_zone

from ._clocks import reading, readings
from ._hours import hours as normal
from ._line import Line

SpecialHours: TypeAlias = Mapping[date, str] | Iterable[tuple[date, str]]

_WEEK: Final = 7
_WORKING_DAYS: Final = 5
_ALL_DAY: Final = "00:00-24:00"
_MINUTE: Final = 60 * 10**6  # microseconds
_MICROSECOND: Final = timedelta(microseconds=1)


class Stretch(Protocol):
    """A time from one instant up to another, such as a pause.

    .. versionadded:: 0.1.0
    """

    @property
    def start(self) -> datetime:
        """When it begins."""
        ...

    @property
    def end(self) -> datetime | None:
        """When it is over; None where it lasts."""
        ...


Pauses: TypeAlias = Iterable[Stretch | tuple[datetime, datetime | None]]


def _name(given: ZoneInfo | str) -> str:
    key = find_zone(given).key
    if not isinstance(key, str):
        raise refusal("zone", given, "be a time zone with a name")
    return key


def _week(given: Iterable[str], field: attrs.Attribute[Any]) -> tuple[str, ...]:
    found = () if isinstance(given, str) else tuple(given)
    if len(found) != _WEEK:
        raise refusal(field, given, "hold the hours of seven days, Monday first")
    return tuple(normal(text, field) for text in found)


def _days(given: Iterable[date], field: attrs.Attribute[Any]) -> tuple[date, ...]:
    return tuple(sorted({is_day(found, field) for found in given}))


def _exceptions(given: SpecialHours, field: attrs.Attribute[Any]) -> tuple[tuple[date, str], ...]:
    pairs = given.items() if isinstance(given, Mapping) else given
    found = sorted((is_day(day, field), normal(text, field)) for day, text in pairs)
    if len(dict(found)) < len(found):
        raise refusal(field, given, "name each day once")
    return tuple(found)


@attrs.frozen(kw_only=True)
class WorkCalendar:
    """When a service is open, by the clocks of a zone.

    It is open at an instant at which the clocks show a time within the hours of the day. So an
    hour that the clocks leave out is never open, and one that they strike twice is open twice:
    where it is open around the clock, one day of the year has 23 hours and another one 25.

    Attributes:
        zone: The name of the time zone.
        hours: The hours of the seven days of a week, Monday first, as text such as
            ``09:00-12:00, 13:00-17:30``; empty text where it is closed. Hours over midnight are
            two: up to ``24:00`` on one day, and from ``00:00`` on the next.
        holidays: The days on which it is closed, whatever day of the week they are.
        exceptions: The days that have hours of their own, with these hours, in order of the
            days. They count on holidays too.

    .. versionadded:: 0.1.0
    """

    zone: str = attrs.field(converter=_name)
    hours: tuple[str, ...] = attrs.field(converter=attrs.Converter(_week, takes_field=True))  # type: ignore[misc]
    holidays: tuple[date, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(_days, takes_field=True),  # type: ignore[misc]
    )
    exceptions: tuple[tuple[date, str], ...] = attrs.field(
        default=(),
        converter=attrs.Converter(_exceptions, takes_field=True),  # type: ignore[misc]
    )
    _where: ZoneInfo = attrs.field(init=False, repr=False, eq=False)
    _line: Line = attrs.field(init=False, repr=False, eq=False)
    _never_closes: bool = attrs.field(init=False, repr=False, eq=False)

    @_where.default
    def _where_of_the_name(self) -> ZoneInfo:
        return find_zone(self.zone)

    @_line.default
    def _line_of_hours(self) -> Line:
        return Line.of(self.hours, dict.fromkeys(self.holidays, "") | dict(self.exceptions))

    @_never_closes.default
    def _is_open_on_all_days(self) -> bool:
        own = (hours for _, hours in self.exceptions)
        return not self.holidays and {*self.hours, *own} == {_ALL_DAY}

    @classmethod
    def always(cls, zone: ZoneInfo | str = "UTC") -> WorkCalendar:
        """Return the calendar of a service that never closes."""
        return cls(zone=zone, hours=(_ALL_DAY,) * _WEEK)

    @classmethod
    def working_days(
        cls,
        hours: str,
        *,
        zone: ZoneInfo | str,
        holidays: Iterable[date] = (),
        exceptions: SpecialHours = (),
    ) -> WorkCalendar:
        """Return a calendar with the same hours from Monday to Friday, closed at weekends."""
        week = (hours,) * _WORKING_DAYS + ("",) * (_WEEK - _WORKING_DAYS)
        return cls(zone=zone, hours=week, holidays=holidays, exceptions=exceptions)

    def is_open(self, at: datetime) -> bool:
        """Say whether it is open at the instant *at*; at its closing time it is not.

        Raises:
            InvalidValueError: If *at* is naive.
        """
        return self._line.is_open(reading(utc(at), self._where))

    def time_between(self, start: datetime, end: datetime, pauses: Pauses = ()) -> timedelta:
        """Return for how long it is open between two instants, less the pauses.

        A pause counts as far as it lies between the instants and within the hours, and what two
        pauses share is taken off once. The times from one instant to the next and from there to
        a third add up to that from the first to the third.

        Args:
            start: The first instant.
            end: The last instant, not before the first.
            pauses: What does not count: pairs of instants, or objects with ``start`` and ``end``.
                Where the second instant is None the pause lasts.

        Raises:
            InvalidValueError: If an instant is naive, or an end lies before its start.

        Complexity:
            It takes as long for years as for days, but for a glance at each year's changes of
            the clocks.
        """
        return timedelta(microseconds=self._between(start, end, pauses))

    def minutes_between(self, start: datetime, end: datetime, pauses: Pauses = ()) -> Fraction:
        """Return what `time_between` comes to in minutes, to the microsecond."""
        return Fraction(self._between(start, end, pauses), _MINUTE)

    def _between(self, start: datetime, end: datetime, pauses: Pauses) -> int:
        start, end = utc(start, "start"), utc(end, "end")
        if end < start:
            rule = f"not be before start, {start.isoformat()}"
            raise refusal("end", end.isoformat(), rule)
        paused = _merged(pauses, start, end)
        return self._open(start, end) - sum(self._open(*ends) for ends in paused)

    def _open(self, start: datetime, end: datetime) -> int:
        if self._never_closes:  # whatever the clocks show
            return (end - start) // _MICROSECOND
        until = self._line.until
        shown = readings(start, end, self._where)
        return sum(until(last) - until(first) for first, last in shown)


def _merged(pauses: Pauses, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the times between two instants that some pause covers, in order, none twice."""
    reached = start
    for pause_start, pause_end in sorted(_ends(pause, end) for pause in pauses):
        first, last = max(pause_start, reached), min(pause_end, end)
        if first < last:
            yield first, last
            reached = last


def _ends(
    pause: Stretch | tuple[datetime, datetime | None], latest: datetime
) -> tuple[datetime, datetime]:
    first, last = pause if isinstance(pause, tuple) else (pause.start, pause.end)
    first = utc(first, "pauses")
    if last is None:
        return first, latest
    last = utc(last, "pauses")
    if last < first:
        raise refusal("pauses", last.isoformat(), f"not end before they start, {first.isoformat()}")
    return first, last
