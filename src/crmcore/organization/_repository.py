"""Where assignments are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from crmcore.repositories import Repository

from ._assignment import Assignment


class AssignmentRepository(Repository[Assignment], Protocol):
    """Keeps the intervals in which members hold duties.

    .. versionadded:: 0.1.0
    """

    def lasting(self, *, at: datetime) -> Iterator[Assignment]:
        """Yield the intervals that hold at the instant *at*, by id."""
        ...
