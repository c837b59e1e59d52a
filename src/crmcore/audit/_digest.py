"""Digests and commitments: what is signed, and what is only promised."""

from __future__ import annotations

import hashlib
from typing import Final

from ._canonical import instant_text, message_of
from ._key import AuditKey
from ._record import AuditRecord, PersonalChange

_FORMAT: Final = "crmcore.audit/1"


def digest_of(record: AuditRecord, *, key: AuditKey, tenant: str) -> str:
    """Return the keyed digest that belongs to a record.

    It is the signature of the canonical JSON of a list: the name of this format, the tenant,
    and the fields in the order of the record, of which changes are lists themselves and
    personal changes are but their fields and commitments.
    """
    parts = [
        _FORMAT,
        tenant,
        record.subject,
        record.position,
        record.kind.value,
        record.by,
        instant_text(record.at),
        record.reason_commitment,
        record.plan,
        [(change.field, change.before, change.after) for change in record.changes],
        [(change.field, change.commitment) for change in record.personal_changes],
        record.previous,
        record.key,
    ]
    return key.sign(message_of(parts))


def commitment_to(salt: str, field: str, before: str | None, after: str | None) -> str:
    """Return the digest that binds to two values without telling them."""
    return hashlib.sha256(message_of([salt, field, before, after])).hexdigest()


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
