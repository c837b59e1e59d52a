"""The day of an instant in a zone, quickly and exactly.

Nearly every hour of UTC lies within one day of a zone, at one offset. Such an hour is looked up
once and kept. In an hour in which a day of the zone begins, or its clock leaps, each instant is
looked up for itself: some clocks have leapt at one minute past midnight.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from crmcore.calendar import day_in
from crmcore.errors import InvalidValueError

_HOURS = 24
_REST = timedelta(hours=1) - timedelta(microseconds=1)


class Clock:
    """Tells days as ordinals.

    Attributes:
        zone: The zone whose days count; None where there are no instants.
        hours: The day of each hour of UTC that lies within one, as it becomes known. An hour
            is ``24 * ordinal + hour``.
    """

    __slots__ = ("_mixed", "hours", "zone")

    def __init__(self, zone: ZoneInfo | None) -> None:
        self.zone = zone
        self.hours: dict[int, int] = {}
        self._mixed: set[int] = set()

    def day(self, value: object, path: str) -> int | None:
        """Return the day of a date or an instant; None stays None.

        Raises:
            InvalidValueError: If it is neither, a naive instant, or an instant without a zone
                to tell its day in.
        """
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
        if at.tzinfo is UTC:
            hour = at.toordinal() * _HOURS + at.hour
            if hour not in self.hours and hour not in self._mixed:
                self._learn(at, hour, self.zone)
        return exact

    def _learn(self, at: datetime, hour: int, zone: ZoneInfo) -> None:
        """Find out whether the hour of an instant lies within one day, at one offset."""
        first = at.replace(minute=0, second=0, microsecond=0)
        try:
            begin, end = (each.astimezone(zone) for each in (first, first + _REST))
        except OverflowError:  # at an end of the calendar
            self._mixed.add(hour)
            return
        if begin.date() == end.date() and begin.utcoffset() == end.utcoffset():
            self.hours[hour] = begin.toordinal()
        else:
            self._mixed.add(hour)
