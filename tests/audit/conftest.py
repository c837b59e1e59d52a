"""What the tests of the audit trail share: a ledger that writes links as a store would."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

import attrs
import pytest

from crmcore.audit import Act, AuditHead, AuditKey, AuditRecord, audited, erasure
from crmcore.customers import Contact, ContactId, Customer
from crmcore.kernel import CustomerId

KEY = AuditKey(b"a secret of 32 bytes for testing")
ACT = Act(by="wei", at=datetime(2026, 9, 1, 9, tzinfo=UTC), reason="Anna called", plan="6f1d")


@attrs.define
class Ledger:
    """Records as a store keeps them, with their trail."""

    key: AuditKey = KEY
    tenant: str = "default"
    act: Act | None = ACT
    links: dict[str, AuditRecord] = attrs.field(factory=dict)
    ends: dict[str, AuditHead] = attrs.field(factory=dict)
    stored: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    _numbers: Any = attrs.field(factory=itertools.count)

    @property
    def how(self) -> dict[str, Any]:
        """The arguments that all links are made with."""
        return {
            "act": self.act,
            "key": self.key,
            "tenant": self.tenant,
            "salt": lambda: next(self._numbers).to_bytes(16, "big"),
        }

    @property
    def records(self) -> list[AuditRecord]:
        """The records in order of their ids."""
        return [self.links[key] for key in sorted(self.links)]

    @property
    def heads(self) -> list[AuditHead]:
        """The heads in order of their ids."""
        return [self.ends[key] for key in sorted(self.ends)]

    def of(self, subject: str) -> list[AuditRecord]:
        """Return the chain of a subject."""
        return [link for link in self.records if link.subject == subject]

    def put(self, name: str, record: Any) -> AuditRecord | None:  # noqa: ANN401 - any record
        """Keep a record, new or changed, and return the link that tells it."""
        before = self.stored.setdefault(name, {}).get(record.id)
        self.stored[name][record.id] = record
        return self._tell(name, before, record)

    def remove(self, name: str, key: str) -> AuditRecord | None:
        """Remove a record, and return the link that tells it."""
        return self._tell(name, self.stored[name].pop(key), None)

    def erase(self, subject: str, **options: Any) -> None:  # noqa: ANN401 - handed on
        """Take the personal data out of a chain."""
        head = self.ends[AuditHead.id_of(subject)]
        found = erasure(self.of(subject), head, **self.how, **options)
        if found is not None:
            changed, link, end = found
            self.links |= {record.id: record for record in (*changed, link)}
            self.ends[end.id] = end

    def _tell(self, name: str, before: Any, after: Any) -> AuditRecord | None:  # noqa: ANN401
        told = after if before is None else before
        head = self.ends.get(AuditHead.id_of(f"{name}/{told.id}"))
        made = audited(before, after, name=name, head=head, **self.how)
        if made is None:
            return None
        link, end = made
        self.links[link.id], self.ends[end.id] = link, end
        return link


Ledgers: TypeAlias = Callable[..., Ledger]


@pytest.fixture(scope="session")
def ledgers() -> Ledgers:
    """Return what makes an empty ledger."""
    return Ledger


@pytest.fixture(scope="session")
def shops() -> Callable[[], Ledger]:
    """Return what makes the ledger of a small shop: three chains, nine links, all kinds."""
    return shop


def shop() -> Ledger:
    """Make the ledger of a small shop."""
    ledger = Ledger()
    northwind = Customer(id=CustomerId("c-17"), name="Northwind", region="north")
    ledger.put("customers", northwind)
    ledger.put("customers", attrs.evolve(northwind, region="south"))
    ledger.put("customers", attrs.evolve(northwind, region="east", name="Northwind Ltd"))
    ledger.put("customers", attrs.evolve(northwind, region="west"))
    ada = Contact(id=ContactId("a-1"), customer=northwind.id, name="Ada", email="ada@example.org")
    ledger.put("contacts", ada)
    ledger.put("contacts", attrs.evolve(ada, email="ada@example.com"))
    ledger.erase("contacts/a-1")
    ledger.put("customers", Customer(id=CustomerId("c/18"), name="Contoso"))
    ledger.remove("customers", "c/18")
    return ledger
