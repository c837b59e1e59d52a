"""Audit: who changed what, from which to which value, when, and by which plan; provably.

Each change of a stored record gives an `AuditRecord`, and each record is bound by a keyed
digest to the one before it. Whoever alters, removes or slips in a record without the key is
found, with the place:

>>> from datetime import UTC, datetime
>>> import attrs
>>> from crmcore.audit import Act, AuditKey, audited, verify
>>> from crmcore.customers import Customer
>>> key = AuditKey(secret=b"32 bytes that only the store has")
>>> act = Act(by="wei", at=datetime(2026, 9, 1, 9, tzinfo=UTC))
>>> chance = iter([b"16 random bytes.", b"and 16 random ..."])
>>> customer = Customer(id="c-17", name="Northwind", region="north")
>>> moved = attrs.evolve(customer, region="south")
>>> first, head = audited(
...     None, customer, name="customers", head=None, act=act, key=key, salt=lambda: next(chance)
... )
>>> second, head = audited(
...     customer, moved, name="customers", head=head, act=act, key=key, salt=lambda: next(chance)
... )
>>> second.changes
(FieldChange(field='region', before='"north"', after='"south"'),)
>>> verify([first, second], [head], keys=[key])
()
>>> forged = attrs.evolve(second, by="mallory")
>>> for found in verify([first, forged], [head], keys=[key]):
...     print(found)
record 2 of 'customers/c-17' was altered: it does not match its digest
"""

from __future__ import annotations

from ._act import Act
from ._audited import audited, erasure
from ._key import AuditKey
from ._merkle import Inclusion
from ._record import AuditHead, AuditKind, AuditRecord, FieldChange, PersonalChange
from ._seal import Seal, seal
from ._tampering import Tampering, TamperingKind
from ._verify import verify

__all__ = [
    "Act",
    "AuditHead",
    "AuditKey",
    "AuditKind",
    "AuditRecord",
    "FieldChange",
    "Inclusion",
    "PersonalChange",
    "Seal",
    "Tampering",
    "TamperingKind",
    "audited",
    "erasure",
    "seal",
    "verify",
]
