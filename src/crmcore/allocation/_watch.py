"""Watches: the time that a search takes, and the moment at which it has to end.

The library reads no clock of its own. Whoever wants a search to end in time hands in a clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

Progress: TypeAlias = Callable[[int, int | None, Phrase], None]


@attrs.frozen
class Watch:
    """A clock that is handed in, and how long a search may take by it.

    A search without one goes on until its budget is used up, and gives the same answer on
    every machine. With one it may be cut short, and then says so: it gives the best that it
    has found by then, with the gap that is proven by then.

    Attributes:
        clock: Returns seconds from whatever moment, like ``time.monotonic``; it never goes
            back.
        seconds: How long a search may take; None where only the time is to be taken.

    .. versionadded:: 0.1.0
    """

    clock: Callable[[], float] = attrs.field()
    seconds: float | None = attrs.field(default=None)

    @clock.validator
    def _is_a_clock(self, attribute: attrs.Attribute[Callable[[], float]], value: object) -> None:
        if not callable(value):
            rule = "be a function that returns seconds, as time.monotonic"
            raise InvalidValueError(attribute.name, value, rule)

    @seconds.validator
    def _is_a_while(self, attribute: attrs.Attribute[float | None], value: object) -> None:
        if value is None:
            return
        if not isinstance(value, int | float) or isinstance(value, bool) or not value >= 0:
            raise InvalidValueError(attribute.name, value, "be at least 0")


class Timer:
    """The time of one search.

    Attributes:
        stopped: Whether a part of the search has been told that the time is over.
    """

    def __init__(self, watch: Watch | None = None) -> None:
        self.stopped = False
        self._watch = watch
        self._begun = 0.0 if watch is None else watch.clock()

    @property
    def seconds(self) -> float | None:
        """How long the search has taken until now; None without a watch."""
        return None if self._watch is None else self._watch.clock() - self._begun

    @property
    def left(self) -> Watch | None:
        """The watch with what is left of its time."""
        watch = self._watch
        if watch is None or watch.seconds is None:
            return watch
        taken = watch.clock() - self._begun
        return Watch(watch.clock, max(watch.seconds - taken, 0.0))

    def is_over(self) -> bool:
        """Say whether the search has to end; whoever asks with more to do must end then."""
        watch = self._watch
        if watch is not None and watch.seconds is not None and not self.stopped:
            self.stopped = watch.clock() - self._begun >= watch.seconds
        return self.stopped
