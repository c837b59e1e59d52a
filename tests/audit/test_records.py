"""What the trail is made of can be kept: as JSON, and in every store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from hypothesis import given

from crmcore.audit import (
    Act,
    AuditHead,
    AuditRecord,
    Inclusion,
    Tampering,
    TamperingKind,
    verify,
)
from crmcore.codec import from_json, to_json
from crmcore.privacy import erased
from crmcore.testing import records

Ledgers: TypeAlias = Callable[..., Any]


@given(records(AuditRecord))
def test_a_record_is_plain_data(record: AuditRecord) -> None:
    """A record that was kept as JSON is the same record."""
    assert from_json(AuditRecord, to_json(record)) == record


@given(records(AuditHead))
def test_a_head_is_plain_data(head: AuditHead) -> None:
    """A head that was kept as JSON is the same head."""
    assert from_json(AuditHead, to_json(head)) == head


@given(records(AuditRecord))
def test_erasing_by_declaration_takes_what_is_personal(record: AuditRecord) -> None:
    """Erasing a record as any other leaves what the chain is made of, and nothing else."""
    left = erased(record)

    assert (left.reason, left.reason_salt) == (None, None)
    assert (left.changes, left.digest) == (record.changes, record.digest)
    for before, after in zip(record.personal_changes, left.personal_changes, strict=True):
        assert (after.salt, after.before, after.after) == (None, None, None)
        assert (after.field, after.commitment) == (before.field, before.commitment)
    assert erased(left) == left


def test_a_trail_can_be_exported_and_verified_elsewhere(shops: Ledgers) -> None:
    """Whoever is sent the trail as JSON can verify it."""
    shop = shops()
    links = [from_json(AuditRecord, to_json(one)) for one in shop.records]
    ends = [from_json(AuditHead, to_json(one)) for one in shop.heads]

    assert verify(links, ends, keys=[shop.key]) == ()


def test_acts_proofs_and_findings_are_plain_data(shops: Ledgers) -> None:
    """An act, a proof and a finding that were kept as JSON are the same."""
    shop = shops()
    proof = Inclusion.of("customers/c-17", shop.heads)
    found = Tampering(kind=TamperingKind.MISSING, subject="customers/c-17", position=3)

    assert from_json(Act, to_json(shop.act)) == shop.act
    assert from_json(Inclusion, to_json(proof)) == proof
    assert from_json(Tampering, to_json(found)) == found
