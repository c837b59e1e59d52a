"""Days: where an instant falls in a zone, and where a day begins."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from crmcore.checks import day as is_day
from crmcore.checks import zone
from crmcore.errors import InvalidValueError


def day_in(at: datetime, where: ZoneInfo) -> date:
    """Return the day on which the instant *at* falls in the zone *where*.

    Raises:
        InvalidValueError: If *at* is naive, or falls behind an end of the calendar there.

    .. versionadded:: 0.1.0
    """
    if at.tzinfo is None:
        raise InvalidValueError("at", at.isoformat(), "carry a time zone")
    try:
        return at.astimezone(where).date()
    except OverflowError:
        rule = f"have a day in the years 1 to 9999 in {where}"
        raise InvalidValueError("at", at.isoformat(), rule) from None


def midnight(day: date, where: ZoneInfo | str) -> datetime:
    """Return the instant, in UTC, at which *day* begins in the zone *where*, or of that name.

    Where the clock leaps over midnight, the day begins with the first moment that exists; a
    day that the zone has left out begins where the next one does. Where the clock strikes
    midnight twice, the day begins with the first stroke.

    Raises:
        InvalidValueError: If *day* is an instant, or begins before the calendar does.

    .. versionadded:: 0.1.0
    """
    where = zone(where)
    wall = datetime.combine(is_day(day, "day"), time(0), tzinfo=where)
    try:
        early, late = sorted(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:
        raise InvalidValueError("day", day.isoformat(), "lie within the calendar") from None
    if day_in(early, where) == day:
        return early
    # There is no midnight. The two readings of the clock lie on either side of the leap, and
    # the first moment that is not of an earlier day lies between them.
    seconds = range(1 + int((late - early).total_seconds()))
    leap = bisect_left(
        seconds, day, key=lambda passed: day_in(early + timedelta(seconds=passed), where)
    )
    return early + timedelta(seconds=leap)


def months_after(anchor: date, months: int) -> date:
    """Return the day *months* calendar months after *anchor*, clamped to the month's end.

    Step from the anchor, not from the last result, and the day never drifts:
    31 January, 28 February, 31 March.

    Raises:
        InvalidValueError: If that lies outside the years 1 to 9999.

    .. versionadded:: 0.1.0
    """
    try:
        return anchor + relativedelta(months=months)
    except (ValueError, OverflowError):
        rule = f"lead from {anchor.isoformat()} to a day in the years 1 to 9999"
        raise InvalidValueError("months", months, rule) from None
