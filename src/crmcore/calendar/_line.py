"""The open time on the line of days that clocks show, where no clock is ever changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Final, TypeAlias

import attrs

from ._hours import stretches

Stretches: TypeAlias = tuple[tuple[int, int], ...]

_WEEK: Final = 7
_SECOND: Final = 10**6  # microseconds, which all of this counts in
_MINUTE: Final = 60 * _SECOND


@attrs.frozen
class Line:
    """Open time, counted in microseconds from the first Monday of the calendar.

    Attributes:
        week: The hours of the seven days, Monday first, as microseconds of the day.
        special: The hours of days that have their own.
        days: Those days in order, as days since the first Monday, which was the first of all.
        extra: For each of them, and for the end, by how much all those before it differ from
            the days of the week that they fall on.
        before: For each day of the week, and for its end, the open time since Monday.
    """

    week: tuple[Stretches, ...]
    special: tuple[Stretches, ...]
    days: tuple[int, ...]
    extra: tuple[int, ...]
    before: tuple[int, ...]

    @classmethod
    def of(cls, hours: Sequence[str], special: Mapping[date, str]) -> Line:
        """Return the line of the hours of a week, and of days with hours of their own."""
        week = tuple(map(_microseconds, hours))
        days = {(day - date.min).days: _microseconds(special[day]) for day in sorted(special)}
        changes = (_length(found) - _length(week[day % _WEEK]) for day, found in days.items())
        return cls(
            week=week,
            special=tuple(days.values()),
            days=tuple(days),
            extra=tuple(accumulate(changes, initial=0)),
            before=tuple(accumulate(map(_length, week), initial=0)),
        )

    def until(self, shown: timedelta) -> int:
        """Return the open time up to what a clock shows, since the first Monday."""
        weeks, weekday = divmod(shown.days, _WEEK)
        place = bisect_left(self.days, shown.days)
        total = weeks * self.before[_WEEK] + self.before[weekday] + self.extra[place]
        passed = _SECOND * shown.seconds + shown.microseconds
        for start, end in self._on(shown.days, place):
            if passed <= start:
                break
            total += min(passed, end) - start
        return total

    def is_open(self, shown: timedelta) -> bool:
        """Say whether it is open when a clock shows this, since the first Monday."""
        passed = _SECOND * shown.seconds + shown.microseconds
        found = self._on(shown.days, bisect_left(self.days, shown.days))
        return any(start <= passed < end for start, end in found)

    def _on(self, day: int, place: int) -> Stretches:
        if place < len(self.days) and self.days[place] == day:
            return self.special[place]
        return self.week[day % _WEEK]


def _microseconds(text: str) -> Stretches:
    return tuple((_MINUTE * start, _MINUTE * end) for start, end in stretches(text))


def _length(found: Stretches) -> int:
    return sum(end - start for start, end in found)
