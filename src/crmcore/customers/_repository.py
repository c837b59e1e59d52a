"""Where customers, contacts and ownerships are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from crmcore.repositories import Repository

from ._customer import Contact, Customer
from ._ownership import Ownership


class CustomerRepository(Repository[Customer], Protocol):
    """Keeps customers and finds them again.

    .. versionadded:: 0.1.0
    """


class ContactRepository(Repository[Contact], Protocol):
    """Keeps contacts and finds them again.

    .. versionadded:: 0.1.0
    """

    def of_customer(self, customer: str, /) -> tuple[Contact, ...]:
        """Return the contacts of *customer*, by id."""
        ...


class OwnershipRepository(Repository[Ownership], Protocol):
    """Keeps the intervals in which members look after customers.

    .. versionadded:: 0.1.0
    """

    def of_customer(self, customer: str, /) -> tuple[Ownership, ...]:
        """Return all intervals of *customer*, by beginning, then by id."""
        ...

    def owner_of(self, customer: str, /, *, at: datetime) -> Ownership | None:
        """Return who owned *customer* at the instant *at*, or None where nobody did.

        Raises:
            FaultsError: If two members did.
        """
        ...

    def lasting(self, *, at: datetime) -> Iterator[Ownership]:
        """Yield the intervals that hold at the instant *at*, by id."""
        ...
