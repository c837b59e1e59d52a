"""Clocks: when those of a zone were changed, and what they showed in between."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_MONDAY: Final = datetime(1, 1, 1, tzinfo=UTC)
_FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
_END: Final = datetime(9999, 12, 31, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_SECONDS: Final = range(24 * 60 * 60)


def readings(
    start: datetime, end: datetime, where: ZoneInfo
) -> Iterator[tuple[timedelta, timedelta]]:
    """Yield what the clocks of a zone show from one instant to another, stretch by stretch.

    Each stretch is what a clock shows at its two ends, as the time since the first Monday of the
    calendar, and in between the clock runs on evenly. An hour that the clocks leave out is in
    none of them, and one that they strike twice is in two.

    Args:
        start: An instant in UTC.
        end: Another one, not before.
        where: The zone.
    """
    offset = _offset(start, where)
    for year in range(start.year, end.year + 1):
        for change, after in _changes(where, year):
            if start < change < end:
                yield start - _MONDAY + offset, change - _MONDAY + offset
                start, offset = change, after
    yield start - _MONDAY + offset, end - _MONDAY + offset


def reading(at: datetime, where: ZoneInfo) -> timedelta:
    """Return what the clocks of a zone show at an instant in UTC, counted in the same way."""
    return at - _MONDAY + _offset(at, where)


def _offset(at: datetime, where: ZoneInfo) -> timedelta:
    return at.astimezone(where).utcoffset() or timedelta(0)


@lru_cache(maxsize=4096)
def _changes(where: ZoneInfo, year: int) -> tuple[tuple[datetime, timedelta], ...]:
    """Return when the clocks of a zone were changed in a year of UTC, and the offsets since.

    The days are looked through one by one. No zone of the tz database has changed its clocks
    twice within a day; the shortest time between two changes are four days of September 1939,
    in Freetown.
    """
    found = []
    day = max(datetime(year, 1, 1, tzinfo=UTC), _FIRST)
    end = datetime(year + 1, 1, 1, tzinfo=UTC) if year < _END.year else _END
    before = _offset(day, where)
    while day < end:
        after = _offset(day + _DAY, where)
        if after != before:
            found.append((_change(day, after, where), after))
        day, before = day + _DAY, after
    return tuple(found)


def _change(day: datetime, after: timedelta, where: ZoneInfo) -> datetime:
    """Return the second of a day in UTC from which an offset holds."""
    second = bisect_left(
        _SECONDS,
        True,  # noqa: FBT003 - what is looked for
        key=lambda passed: _offset(day + timedelta(seconds=passed), where) == after,
    )
    return day + timedelta(seconds=second)
