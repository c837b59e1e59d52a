"""The days of instants in a zone, on every engine as Python tells them.

Engines bring their own tables of zones, or none. So the moments at which the clocks of a zone
change are asked of Python, once for the stretch of time that a column covers, and the engine
only compares and adds.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as nw

from crmcore.calendar import day_in

from ._choices import first_of
from ._terms import Dialect

# No clock of a zone changes twice within so short a time.
_STEP = timedelta(hours=12)
_SECOND = timedelta(seconds=1)

Offsets: TypeAlias = "list[tuple[datetime, timedelta]]"


def days_of(
    instants: nw.Expr,
    edges: tuple[datetime | None, datetime | None],
    zone: ZoneInfo,
    dialect: Dialect,
) -> nw.Expr:
    """Return the days in a zone of instants, which are in UTC and without a zone.

    Args:
        instants: The instants.
        edges: The first and the last of them; None where there are none.
        zone: The zone.
        dialect: What the engine wants to be told in its own way.

    Raises:
        InvalidValueError: If one of them falls behind an end of the calendar there.
    """
    first, last = edges
    if first is None or last is None:
        return instants.dt.date()
    *changes, (_, final) = offsets_of(zone, first, last)
    cases = [(instants < dialect.constant(until), _moved(instants, by)) for until, by in changes]
    otherwise = _moved(instants, final)
    return first_of(cases, otherwise) if cases else otherwise


def offsets_of(zone: ZoneInfo, first: datetime, last: datetime) -> Offsets:
    """Return how far the clocks of a zone are ahead of UTC, each time with until when."""
    for edge in (first, last):
        day_in(edge.replace(tzinfo=UTC), zone)  # raises where there is no such day
    found: Offsets = []
    at, by = first, _offset(zone, first)
    while at < last:
        after = min(at + _STEP, last)
        if _offset(zone, after) != by:
            after = _change(zone, at, after)
            found.append((after, by))
            by = _offset(zone, after)
        at = after
    return [*found, (last, by)]


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the second at which the clocks change between two moments."""
    by, start = _offset(zone, before), before.replace(microsecond=0)
    seconds = range(2 + (after - start) // _SECOND)
    passed = bisect_left(
        seconds, 1, key=lambda second: _offset(zone, start + second * _SECOND) != by
    )
    return start + passed * _SECOND


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta(0)


def _moved(instants: nw.Expr, by: timedelta) -> nw.Expr:
    return instants.dt.offset_by(f"{int(by.total_seconds())}s").dt.date()
