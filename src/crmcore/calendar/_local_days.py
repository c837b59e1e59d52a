"""Local days of many instants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crmcore.checks import zone

from ._days import day_in

_HOURS = 24
_NEARLY_AN_HOUR = timedelta(hours=1, microseconds=-1)


class _Hours(dict[int, "int | None"]):
    """The day of each hour of UTC that lies within one, found when it is asked for.

    An hour is ``24 * ordinal + hour``. None stands for an hour in which a local day begins, or
    through which the offset from UTC does not stay.
    """

    __slots__ = ("_zone",)

    def __init__(self, where: ZoneInfo) -> None:
        super().__init__()
        self._zone = where

    def __missing__(self, hour: int) -> int | None:
        ordinal, of_day = divmod(hour, _HOURS)
        start = datetime.combine(date.fromordinal(ordinal), time(of_day), tzinfo=UTC)
        self[hour] = found = self._settle(start)
        return found

    def _settle(self, start: datetime) -> int | None:
        try:
            first = start.astimezone(self._zone)
            last = (start + _NEARLY_AN_HOUR).astimezone(self._zone)
        except OverflowError:  # at an end of the calendar
            return None
        stays = first.date() == last.date() and first.utcoffset() == last.utcoffset()
        return first.toordinal() if stays else None


class LocalDays:
    """Tells the days of instants in a zone, many times as fast as `day_in` for many in UTC.

    Asking the zone is the dearest step of a long pass, and in most hours all instants get the
    same answer. So an hour of UTC through which the offset from UTC stays and in which no local
    day begins is asked for once, and kept. The other hours, those of local midnights that are
    not on the hour and those of clock changes, are asked for each time.

    >>> from datetime import UTC, date, datetime
    >>> from crmcore.calendar import LocalDays
    >>> day_of = LocalDays("America/New_York")
    >>> date.fromordinal(day_of(datetime(1998, 7, 1, 3, 59, tzinfo=UTC))).isoformat()
    '1998-06-30'

    Args:
        name: The zone, or its name.

    Raises:
        UnknownNameError: If there is no such zone.

    .. versionadded:: 0.1.0
    """

    __slots__ = ("_hours", "_zone")

    def __init__(self, name: str | ZoneInfo) -> None:
        self._zone = zone(name)
        self._hours = _Hours(self._zone)

    def __call__(self, at: datetime) -> int:
        """Return the ordinal of the day on which an instant falls.

        Raises:
            InvalidValueError: If it is naive, or falls behind an end of the calendar there.
        """
        return self.of([at])[0]

    def of(self, instants: Sequence[datetime]) -> list[int]:
        """Return the ordinals of the days on which instants fall.

        Raises:
            InvalidValueError: If one is naive, or falls behind an end of the calendar there.
        """
        hours = self._hours
        days = [
            hours[at.toordinal() * _HOURS + at.hour] if at.tzinfo is UTC else None
            for at in instants
        ]
        if None in days:
            asked = zip(days, instants, strict=True)
            return [day_in(at, self._zone).toordinal() if day is None else day for day, at in asked]
        return days  # type: ignore[return-value]  # there is no None among them
