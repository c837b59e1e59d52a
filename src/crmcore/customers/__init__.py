"""Customers: who buys or may buy, whom to talk to there, and who looks after them.

A `Customer` is a person or an organisation. An `Ownership` says which member looks after a
customer from when until when; the intervals are kept for ever and never overwritten, so that
"who owned this customer on that day" has an answer:

>>> from datetime import UTC, datetime
>>> from crmcore.customers import Cause, Ownership, owners_at
>>> from crmcore.kernel import CustomerId, MemberId
>>> held = Ownership(
...     id="o-1",
...     customer=CustomerId("c-17"),
...     member=MemberId("wei"),
...     since=datetime(1997, 3, 1, tzinfo=UTC),
...     cause=Cause.IMPORT,
... )
>>> owners_at([held], datetime(1998, 6, 30, tzinfo=UTC))["c-17"].member
'wei'
"""

from __future__ import annotations

from ._customer import Contact, ContactId, Customer, CustomerKind
from ._owner_index import OwnerIndex, owner_index
from ._ownership import Cause, Ownership, OwnershipId, OwnershipRole, owners_at
from ._repository import ContactRepository, CustomerRepository, OwnershipRepository

__all__ = [
    "Cause",
    "Contact",
    "ContactId",
    "ContactRepository",
    "Customer",
    "CustomerKind",
    "CustomerRepository",
    "OwnerIndex",
    "Ownership",
    "OwnershipId",
    "OwnershipRepository",
    "OwnershipRole",
    "owner_index",
    "owners_at",
]
