"""Digests and commitments: what is signed, and what is only promised."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ._canonical import instant_text, message_of
from ._key import AuditKey
from ._record import AuditKind, AuditRecord, FieldChange, PersonalChange

_FORMAT: Final = "crmcore.audit/1"


def digest_over(
    *,
    key: AuditKey,
    tenant: str,
    subject: str,
    position: int,
    kind: AuditKind,
    by: str | None,
    at: datetime | None,
    reason_commitment: str | None,
    plan: str | None,
    changes: Iterable[FieldChange],
    personal_changes: Iterable[PersonalChange],
    previous: str | None,
) -> str:
    """Return the keyed digest of a link.

    It is the signature of the canonical JSON of a list: the name of this format, the tenant,
    and the fields in the order of the record, of which changes are lists themselves, personal
    changes are but their fields and commitments, and the name of the key comes last.
    """
    message = message_of(
        _FORMAT,
        tenant,
        subject,
        position,
        kind.value,
        by,
        instant_text(at),
        reason_commitment,
        plan,
        tuple([(change.field, change.before, change.after) for change in changes]),
        tuple([(change.field, change.commitment) for change in personal_changes]),
        previous,
        key.name,
    )
    return key.sign(message)


def digest_of(record: AuditRecord, *, key: AuditKey, tenant: str) -> str:
    """Return the keyed digest that belongs to a record."""
    return digest_over(
        key=key,
        tenant=tenant,
        subject=record.subject,
        position=record.position,
        kind=record.kind,
        by=record.by,
        at=record.at,
        reason_commitment=record.reason_commitment,
        plan=record.plan,
        changes=record.changes,
        personal_changes=record.personal_changes,
        previous=record.previous,
    )


def commitment_to(salt: str, field: str, before: str | None, after: str | None) -> str:
    """Return the digest that binds to two values without telling them."""
    return hashlib.sha256(message_of(salt, field, before, after)).hexdigest()


def is_kept(change: PersonalChange) -> bool:
    """Say whether a commitment holds: it fits what stands beside it, or nothing does."""
    if change.salt is None:
        return change.before is None and change.after is None
    found = commitment_to(change.salt, change.field, change.before, change.after)
    return found == change.commitment


def is_reason_kept(record: AuditRecord) -> bool:
    """Say whether the commitment to the reason holds, as `is_kept` does."""
    if record.reason_salt is None:
        return record.reason is None
    found = commitment_to(record.reason_salt, "reason", None, record.reason)
    return found == record.reason_commitment
