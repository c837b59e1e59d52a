"""What the trail is made of can be kept: as JSON, and in every store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import attrs
import pytest
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
from crmcore.errors import InvalidValueError
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


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("id", "x" * 65, "id must have at most 64 characters"),
        ("subject", 17, "subject must be text"),
        ("position", "1", "position must be a whole number"),
        ("kind", "added", "kind must be one of AuditKind.ADDED"),
        ("by", b"wei", "by must be text"),
        ("at", "2026-09-01", "at must be a datetime"),
        ("digest", None, "digest must be text"),
        ("version", -1, "version must be at least 0"),
    ],
)
def test_a_record_refuses_another_kind_of_value(
    shops: Ledgers,
    field: str,
    value: Any,  # noqa: ANN401 - what should not come
    rule: str,
) -> None:
    """A record takes any text where text belongs, and nothing else."""
    link = shops().records[0]

    with pytest.raises(InvalidValueError, match=rule):
        attrs.evolve(link, **{field: value})


def test_a_refused_value_is_not_told(shops: Ledgers) -> None:
    """The error about a value that is personal does not carry it."""
    link = shops().of("customers/c-17")[0]

    with pytest.raises(InvalidValueError, match="reason must be text") as refused:
        attrs.evolve(link, reason=["Anna"])
    assert "Anna" not in str(refused.value)
    with pytest.raises(InvalidValueError, match="after must be text") as refused:
        attrs.evolve(link.personal_changes[0], after=["Anna"])
    assert "Anna" not in repr(refused.value.args)


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
