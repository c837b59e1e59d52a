"""The outbox: where others read what has happened."""

from __future__ import annotations

from typing import Protocol

import attrs

from ._event import RecordedEvent


@attrs.frozen(kw_only=True)
class OutboxPage:
    """Some events, and where to read on.

    Attributes:
        events: The events; those of one subject in the order in which they were recorded.
        position: What to hand in as ``after`` next time. It leads on also where there are no
            events now.

    .. versionadded:: 0.1.0
    """

    events: tuple[RecordedEvent, ...]
    position: str


class Outbox(Protocol):
    """The events of the units of work that were kept, in an order that misses none.

    .. versionadded:: 0.1.0
    """

    def read(self, *, after: str | None = None, limit: int = 500) -> OutboxPage:
        """Return the events behind a position.

        Whoever keeps the position together with what came of the events misses none, even
        while many units of work are being kept at once. Nobody else's reading is disturbed.

        Args:
            after: The position of the page before; None for the beginning.
            limit: How many events at most.

        Raises:
            InvalidCursorError: If *after* is no position of an outbox.
            InvalidValueError: If *limit* is below 1.
            StorageUnavailableError: If the store cannot be reached.
        """
        ...

    def prune(self, *, before: str) -> int:
        """Forget the events up to a position that all readers have passed; return how many.

        Raises:
            InvalidCursorError: If *before* is no position of an outbox.
            StorageUnavailableError: If the store cannot be written to.
        """
        ...
