"""The day of an instant in a zone, quickly and exactly.

Nearly every hour of UTC lies within one day of a zone, at one offset. Such hours are looked up
once, day by day, and kept. In an hour in which a day of the zone begins, or its clock leaps, each
instant is looked up for itself: some clocks have leapt at one minute past midnight.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from crmcore.calendar import day_in
from crmcore.errors import InvalidValueError

_HOURS = 24
_HOUR = timedelta(hours=1)
_LEAST = timedelta(microseconds=1)


class Clock:
    """Tells days as ordinals.

    Attributes:
        zone: The zone whose days count; None where there are no instants.
        hours: The day of each hour of UTC that lies within one, as it becomes known. An hour
            is ``24 * ordinal + hour``.
    """

    __slots__ = ("_seen", "hours", "zone")

    def __init__(self, zone: ZoneInfo | None) -> None:
        self.zone = zone
        self.hours: dict[int, int] = {}
        self._seen: set[int] = set()

    def day(self, value: object, path: str) -> int | None:
        """Return the day of a date or an instant; None stays None.

        Raises:
            InvalidValueError: If it is neither, a naive instant, or an instant without a zone
                to tell its day in.
        """
        if value.__class__ is datetime and value.tzinfo is UTC:
            hour = value.toordinal() * _HOURS + value.hour
            if hour in self.hours:
                return self.hours[hour]
        if isinstance(value, datetime):
            return self._day_of_instant(value, path)
        if value is None:
            return None
        if isinstance(value, date):
            return value.toordinal()
        raise InvalidValueError(path, value, "be a date or an instant")

    def _day_of_instant(self, at: datetime, path: str) -> int:
        if self.zone is None:
            raise InvalidValueError("zone", None, f"be given, because {path} holds instants")
        if at.utcoffset() is None:
            raise InvalidValueError(path, at.isoformat(), "carry a time zone")
        exact = day_in(at, self.zone).toordinal()
        if at.tzinfo is UTC and at.toordinal() not in self._seen:
            self._seen.add(at.toordinal())
            with suppress(OverflowError):  # at an end of the calendar
                self._learn(at.replace(hour=0, minute=0, second=0, microsecond=0), self.zone)
        return exact

    def _learn(self, midnight: datetime, zone: ZoneInfo) -> None:
        """Find the hours of a day of UTC that lie within one day of the zone, at one offset.

        No zone has changed its clocks twice within a day: where both ends of a day have the same
        offset, all of it has.
        """
        if _offset(midnight, zone) == _offset(midnight + _HOURS * _HOUR - _LEAST, zone):
            shown = midnight.replace(tzinfo=None) + _offset(midnight, zone)
            ends = ((shown + n * _HOUR, shown + (n + 1) * _HOUR - _LEAST) for n in range(_HOURS))
        else:
            starts = [midnight + n * _HOUR for n in range(_HOURS)]
            ends = ((at.astimezone(zone), (at + _HOUR - _LEAST).astimezone(zone)) for at in starts)
        for place, (begin, end) in enumerate(ends):
            if begin.date() == end.date() and begin.utcoffset() == end.utcoffset():
                self.hours[midnight.toordinal() * _HOURS + place] = begin.toordinal()


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)
