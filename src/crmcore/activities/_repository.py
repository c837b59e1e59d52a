"""Where purchases and interactions are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from crmcore.kernel import CustomerId
from crmcore.repositories import Repository

from ._interaction import Interaction
from ._purchase import Purchase


class PurchaseRepository(Repository[Purchase], Protocol):
    """Keeps purchases and finds them again.

    .. versionadded:: 0.1.0
    """

    def of_customer(self, customer: CustomerId, /) -> tuple[Purchase, ...]:
        """Return the purchases of *customer*, by instant, then by id."""
        ...

    def until(self, end: datetime, /) -> Iterator[Purchase]:
        """Yield the purchases before the instant *end*, by id, in constant memory."""
        ...


class InteractionRepository(Repository[Interaction], Protocol):
    """Keeps interactions and finds them again.

    .. versionadded:: 0.1.0
    """

    def of_customer(self, customer: CustomerId, /) -> tuple[Interaction, ...]:
        """Return the interactions of *customer*, by instant, then by id."""
        ...

    def until(self, end: datetime, /) -> Iterator[Interaction]:
        """Yield the interactions before the instant *end*, by id, in constant memory."""
        ...
