"""The outbox in memory."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Final

from crmcore.errors import InvalidCursorError, InvalidValueError
from crmcore.events import DomainEvent, Outbox, OutboxPage, RecordedEvent

_POSITION: Final = re.compile("[0-9]{1,18}")


class MemoryOutbox(Outbox):
    """The events that one tenant has committed; a position is the number of the last one."""

    def __init__(self, numbers: Iterator[int]) -> None:
        """Begin with no events; all tenants of a store take from the same numbers."""
        self._events: list[RecordedEvent] = []
        self._numbers = numbers
        self._writing = Lock()

    def extend(self, events: Sequence[DomainEvent]) -> None:
        """Put events behind those that are there."""
        with self._writing:
            self._events += [
                RecordedEvent(number=next(self._numbers), event=event) for event in events
            ]

    def read(self, *, after: str | None = None, limit: int = 500) -> OutboxPage:
        if limit < 1:
            raise InvalidValueError("limit", limit, "be at least 1")
        number = 0 if after is None else _number(after)
        with self._writing:
            start = bisect_right(self._events, number, key=_number_of)
            found = tuple(self._events[start : start + limit])
        return OutboxPage(events=found, position=str(found[-1].number if found else number))

    def prune(self, *, before: str) -> int:
        number = _number(before)
        with self._writing:
            count = bisect_right(self._events, number, key=_number_of)
            del self._events[:count]
        return count


def _number_of(event: RecordedEvent) -> int:
    return event.number


def _number(position: str) -> int:
    if not isinstance(position, str) or _POSITION.fullmatch(position) is None:
        raise InvalidCursorError("is no position of this outbox")
    return int(position)


if TYPE_CHECKING:
    _: type[Outbox] = MemoryOutbox
