"""Days: where an instant falls in a zone, and where a day begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from crmcore.errors import InvalidValueError


def day_in(at: datetime, where: ZoneInfo) -> date:
    """Return the day on which the instant *at* falls in the zone *where*.

    Raises:
        InvalidValueError: If *at* is naive.

    .. versionadded:: 0.1.0
    """
    if at.tzinfo is None:
        raise InvalidValueError("at", at.isoformat(), "carry a time zone")
    return at.astimezone(where).date()


def midnight(day: date, where: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which *day* begins in the zone *where*.

    Where the clock leaps over midnight, the day begins with the first moment that exists.

    .. versionadded:: 0.1.0
    """
    at = datetime.combine(day, time(0), tzinfo=where).astimezone(UTC)
    # A skipped midnight maps to a moment of the day before by one reading of the clock and
    # to one of the day itself by the other; the later reading is the one that exists.
    if at.astimezone(where).date() != day:
        at = datetime.combine(day, time(0), tzinfo=where).replace(fold=1).astimezone(UTC)
        while at.astimezone(where).date() < day:
            at += timedelta(minutes=30)
    return at


def months_after(anchor: date, months: int) -> date:
    """Return the day *months* calendar months after *anchor*, clamped to the month's end.

    Step from the anchor, not from the last result, and the day never drifts:
    31 January, 28 February, 31 March.

    .. versionadded:: 0.1.0
    """
    return anchor + relativedelta(months=months)
