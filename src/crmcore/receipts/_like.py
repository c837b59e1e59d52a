"""What can be carried out: anything that has moves and says for which day."""

from __future__ import annotations

from datetime import date
from typing import Protocol, runtime_checkable

from crmcore.plans import Move


@runtime_checkable
class PlanLike(Protocol):
    """Whatever has moves that can be carried out, such as a `crmcore.plans.Plan`.

    It may also be several plans that belong together.

    .. versionadded:: 0.1.0
    """

    @property
    def as_of(self) -> date:
        """The day that it was made for."""
        ...

    @property
    def moves(self) -> tuple[Move, ...]:
        """What changes hands, each item once."""
        ...

    @property
    def fingerprint(self) -> str:
        """What tells it from others: the same moves of the same day have the same."""
        ...
