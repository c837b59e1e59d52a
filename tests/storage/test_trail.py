"""The audit trail over tables, as every store gets it."""

from __future__ import annotations

from contextlib import suppress

import attrs
import pytest

from crmcore.audit import AuditKey
from crmcore.customers import Contact, ContactId
from crmcore.errors import (
    ConcurrencyConflictError,
    CrmError,
    StorageCorruptError,
    UnsupportedError,
)
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.storage import TableUnitOfWork
from crmcore.testing import StoreConformance
from tests.storage.conftest import PlainTransaction

KEY = AuditKey(b"a secret of the tests, of no worth")
ADA = Contact(id=ContactId("p-1"), customer=CustomerId("c-17"), name="Ada")


class Conformance(StoreConformance):
    """The examples one by one."""


@pytest.mark.parametrize("name", [name for name in dir(StoreConformance) if "trail" in name])
def test_every_promise_of_the_trail_is_kept(name: str) -> None:
    """What is promised of the trail, an example at a time."""
    getattr(Conformance(), name)(MemoryStore(audit_key=KEY))


def test_whoever_has_no_key_erases_nothing() -> None:
    """Without the key nobody can tell that something was erased, so nothing is."""
    transaction = PlainTransaction()
    TableUnitOfWork(transaction, audit_key=KEY).contacts.add(ADA)

    with pytest.raises(UnsupportedError, match="needs the capability 'audit_key'"):
        TableUnitOfWork(transaction).trail.erase("contacts", ADA.id)


def test_a_chain_has_one_end() -> None:
    """Who lengthens a chain that somebody else has lengthened meanwhile is refused."""
    transaction = PlainTransaction()
    uow = TableUnitOfWork(transaction, audit_key=KEY)
    ada = uow.contacts.add(ADA)
    heads = transaction.rows["audit_heads"]
    (key,) = heads
    stale = heads[key]

    def lengthen_meanwhile(name: str) -> None:
        if name == "audit_heads":
            heads[key] = attrs.evolve(stale, position=2, version=2)

    transaction.before_update = lengthen_meanwhile
    with pytest.raises(ConcurrencyConflictError) as caught:
        uow.contacts.save(attrs.evolve(ada, name="Ada Lovelace"))

    assert (caught.value.kind, caught.value.expected, caught.value.actual) == ("audithead", 1, 2)


def test_a_chain_begins_once() -> None:
    """Who begins a chain that somebody else begins at the same moment is refused."""
    transaction = PlainTransaction(takes_no_more_of="audit_heads")

    with pytest.raises(ConcurrencyConflictError) as caught:
        TableUnitOfWork(transaction, audit_key=KEY).contacts.add(ADA)

    assert (caught.value.expected, caught.value.actual) == (0, None)


def test_without_a_link_nothing_is_changed() -> None:
    """Where the place of a link is taken, the end of the chain has gone back: nothing is right."""
    transaction = PlainTransaction(takes_no_more_of="audit_records")

    with pytest.raises(StorageCorruptError, match="lengthening a chain of the audit trail"):
        TableUnitOfWork(transaction, audit_key=KEY).contacts.add(ADA)


@pytest.mark.parametrize(
    ("table", "error"),
    [("audit_heads", ConcurrencyConflictError), ("audit_records", StorageCorruptError)],
)
def test_who_swallows_that_a_link_is_missing_keeps_nothing(
    table: str, error: type[CrmError]
) -> None:
    """A change stands in no store without its link, whatever the work makes of the refusal."""
    transaction = PlainTransaction(takes_no_more_of=table)
    uow = TableUnitOfWork(transaction, audit_key=KEY)
    with suppress(CrmError):
        uow.contacts.add(ADA)

    with pytest.raises(error):
        uow.commit()

    assert transaction.ended == ["rolled back"]
