"""Opening hours of a day, as people write them: ``09:00-12:00, 13:00-17:30``."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Final

import attrs

from crmcore.checks import refusal

_STRETCH: Final = re.compile(r"(\d\d?):([0-5]\d)-(\d\d?):([0-5]\d)")
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def hours(given: str, field: attrs.Attribute[Any]) -> str:
    """Return the opening hours of a day in normal form; empty text where it is closed.

    Raises:
        InvalidValueError: If they are no hours, or do not follow each other within the day.
    """
    if not isinstance(given, str):
        raise refusal(field, given, "hold hours as text, such as '09:00-17:00'")
    found = []
    for part in given.split(",") if given.strip() else ():
        stretch = _STRETCH.fullmatch(part.strip())
        if stretch is None:
            raise refusal(field, given, "hold hours such as '09:00-12:00, 13:00-17:30'")
        found.append(_minutes(stretch))
    if any(not start < end <= _DAY for start, end in found):
        rule = (
            "hold hours that end after they start, by 24:00; those over midnight are two, "
            "'22:00-24:00' on one day and '00:00-06:00' on the next"
        )
        raise refusal(field, given, rule)
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise refusal(field, given, "hold hours that follow each other and do not overlap")
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in found)


def stretches(text: str) -> tuple[tuple[int, int], ...]:
    """Return hours in normal form as minutes of the day, each stretch with its two ends."""
    return tuple(map(_minutes, _STRETCH.finditer(text)))


def _minutes(stretch: re.Match[str]) -> tuple[int, int]:
    start_hour, start_minute, end_hour, end_minute = map(int, stretch.groups())
    return _HOUR * start_hour + start_minute, _HOUR * end_hour + end_minute


def _clock(minute: int) -> str:
    return f"{minute // _HOUR:02}:{minute % _HOUR:02}"
