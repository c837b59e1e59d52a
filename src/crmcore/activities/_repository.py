"""Where purchases, interactions and matters are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from crmcore.repositories import Repository

from ._interaction import Interaction
from ._matter import Matter
from ._purchase import Purchase


class PurchaseRepository(Repository[Purchase], Protocol):
    """Keeps purchases and finds them again.

    .. versionadded:: 0.1.0
    """

    def of_customer(self, customer: str, /) -> tuple[Purchase, ...]:
        """Return the purchases of *customer*, by instant, then by id."""
        ...

    def until(self, end: datetime, /) -> Iterator[Purchase]:
        """Yield the purchases before the instant *end*, by id, in constant memory."""
        ...


class InteractionRepository(Repository[Interaction], Protocol):
    """Keeps interactions and finds them again.

    .. versionadded:: 0.1.0
    """

    def of_customer(self, customer: str, /) -> tuple[Interaction, ...]:
        """Return the interactions of *customer*, by instant, then by id."""
        ...

    def until(self, end: datetime, /) -> Iterator[Interaction]:
        """Yield the interactions before the instant *end*, by id, in constant memory."""
        ...


class MatterRepository(Repository[Matter], Protocol):
    """Keeps matters and finds them again.

    .. versionadded:: 0.1.0
    """

    def of_customer(self, customer: str, /) -> tuple[Matter, ...]:
        """Return the matters of *customer*, by the instant at which they came up, then by id."""
        ...

    def of_member(self, member: str, /) -> tuple[Matter, ...]:
        """Return the matters that *member* is in charge of, in the same order."""
        ...

    def open(self, *, at: datetime) -> Iterator[Matter]:
        """Yield the matters that are open at the instant *at*, by id, in constant memory."""
        ...
