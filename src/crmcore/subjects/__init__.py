"""Subjects: what is stored about a person or a customer, handed out or erased.

People may ask what is known about them, take it along, and be forgotten. `export_subject`
walks from a customer, a contact or a member to everything that is stored about it;
`erase_subject` takes the same walk, takes what is personal out, and leaves every id and every
number where it is. What it did, what it left and what it cannot reach stands in an
`ErasureManifest`.

>>> from datetime import UTC, datetime
>>> from crmcore.customers import Contact, Customer
>>> from crmcore.memory import MemoryStore
>>> from crmcore.subjects import erase_subject, export_subject
>>> store = MemoryStore()
>>> with store.unit_of_work() as uow:
...     _ = uow.customers.add(Customer(id="c-17", name="Northwind"))
...     _ = uow.contacts.add(
...         Contact(id="k-1", customer="c-17", name="Ada", email="ada@example.org")
...     )
...     uow.commit()
>>> export_subject(store, customer="c-17")
<SubjectExport of 'customers/c-17': 1 customers, 1 contacts>
>>> manifest = erase_subject(
...     store, customer="c-17", by="privacy-desk", at=datetime(2026, 9, 30, 12, tzinfo=UTC)
... )
>>> [(lost.kind, lost.fields) for lost in manifest.erased]
[('customers', ('name',)), ('contacts', ('email', 'name'))]
>>> with store.unit_of_work(readonly=True) as uow:
...     uow.contacts.get("k-1").email is None
True
"""

from __future__ import annotations

from ._erase import erase_subject
from ._export import SubjectExport, export_subject
from ._manifest import ErasedRecords, ErasureManifest, KeptRecords, Mention, OutOfReach

__all__ = [
    "ErasedRecords",
    "ErasureManifest",
    "KeptRecords",
    "Mention",
    "OutOfReach",
    "SubjectExport",
    "erase_subject",
    "export_subject",
]
