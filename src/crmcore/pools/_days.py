"""Full days: deadlines that count whole days and may leave days off out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from crmcore.calendar import Period

_DAY: Final = timedelta(days=1)


def joined(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Return the same days as periods that neither overlap nor touch, in order."""
    found: list[Period] = []
    for period in sorted(periods):
        if found and period.start <= found[-1].end:
            found[-1] = Period(found[-1].start, max(found[-1].end, period.end))
        else:
            found.append(period)
    return tuple(found)


def after_full_days(start: date, count: int, off: Sequence[Period] = ()) -> date | None:
    """Return the first day behind *count* full days after *start*, which itself does not count.

    Args:
        start: The day on which it began, of which a part had passed.
        count: How many full days have to pass.
        off: Days that do not count, as `joined` gives them.

    Returns:
        The day; None where it lies behind the end of the calendar.
    """
    try:
        day = start + _DAY
        for away in off:
            if away.end > day:
                if (away.start - day).days >= count:
                    break
                count -= max((away.start - day).days, 0)
                day = away.end
        return day + timedelta(days=count)
    except OverflowError:
        return None


def first_day_there(day: date, off: Sequence[Period]) -> date:
    """Return the first day from *day* on that is none of the days *off*, as `joined` gives them."""
    return next((away.end for away in off if day in away), day)
