"""Local days of many instants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from crmcore.checks import zone

from ._days import day_in

_HOURS = 24
_NEARLY_AN_HOUR = timedelta(hours=1, microseconds=-1)


def local_days(name: str | ZoneInfo) -> Callable[[datetime], int]:
    """Return a function from an instant to the ordinal of its day in a zone.

    It says the same as `day_in`, and is many times as fast for many instants in UTC. Asking the
    zone is the dearest step of a long pass, and in most hours all instants get the same answer.
    So an hour of UTC through which the offset from UTC stays and in which no local day begins
    is asked for once, and kept. The other hours, those of local midnights that are not on the
    hour and those of clock changes, are asked for each time.

    Args:
        name: The zone, or its name.

    Returns:
        The function. It raises `InvalidValueError` where the instant is naive, or falls behind
        an end of the calendar there.

    Raises:
        UnknownNameError: If there is no such zone.

    .. versionadded:: 0.1.0
    """
    where = zone(name)
    settled: dict[int, int | None] = {}

    def settle(at: datetime) -> int | None:
        start = at.replace(minute=0, second=0, microsecond=0)
        try:
            first, last = start.astimezone(where), (start + _NEARLY_AN_HOUR).astimezone(where)
        except OverflowError:  # at an end of the calendar
            return None
        if first.date() != last.date() or first.utcoffset() != last.utcoffset():
            return None
        return first.toordinal()

    def day_of(at: datetime) -> int:
        if at.tzinfo is not UTC:
            return day_in(at, where).toordinal()
        hour = at.toordinal() * _HOURS + at.hour
        try:
            day = settled[hour]
        except KeyError:
            day = settled[hour] = settle(at)
        return day_in(at, where).toordinal() if day is None else day

    return day_of
