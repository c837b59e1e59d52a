"""Making links: from what a record was to what it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final, TypeVar

import attrs

from crmcore.errors import InvalidValueError
from crmcore.privacy import erased
from crmcore.repositories import Aggregate

from ._act import Act
from ._differences import differences
from ._digest import commitment_to, digest_over
from ._key import AuditKey
from ._record import (
    AuditHead,
    AuditKind,
    AuditRecord,
    FieldChange,
    PersonalChange,
    link_id,
)

A = TypeVar("A", bound=Aggregate)

_LEAST_SALT: Final = 16


def audited(
    before: A | None,
    after: A | None,
    *,
    name: str,
    head: AuditHead | None,
    act: Act | None,
    key: AuditKey,
    salt: Callable[[], bytes],
    tenant: str = "default",
) -> tuple[AuditRecord, AuditHead] | None:
    """Return the link that tells a change, and the new head of its chain.

    A record that was added tells all its values, also those that are None; one that was saved
    tells those whose canonical JSON has changed; one that was removed tells the last ones.
    The values of fields that hold personal data, and the reason, are committed to.

    Args:
        before: The record as it was stored; None where it is new.
        after: The record as it is stored now; None where it was removed.
        name: The name of its repository, such as ``customers``.
        head: The head of its chain; None where there is none yet.
        act: Who does it, when, why and by which plan; None where nobody says.
        key: The key to sign with.
        salt: Returns at least 16 random bytes, other ones each time.
        tenant: Whose record it is; the digest covers it, so that a chain proves nothing in
            another place.

    Returns:
        The record and the head, which carries the version of *head*; None where nothing but
        the version has changed, because then there is nothing to tell.

    Raises:
        InvalidValueError: If there is no record at all, the two are not the same one, *head*
            is the end of another chain, or *salt* returns too little.

    .. versionadded:: 0.1.0
    """
    subject, kind = _told_of(before, after, name)
    if head is not None and head.subject != subject:
        raise InvalidValueError("head", head.subject, f"be the head of {subject!r}")
    changes: list[FieldChange] = []
    personal_changes: list[PersonalChange] = []
    for field, is_personal, old, new in differences(before, after):
        if is_personal:
            grains = _grains(salt)
            promise = commitment_to(grains, field, old, new)
            personal_changes.append(
                PersonalChange(field=field, commitment=promise, salt=grains, before=old, after=new)
            )
        else:
            changes.append(FieldChange(field=field, before=old, after=new))
    if kind is AuditKind.SAVED and not changes and not personal_changes:
        return None
    return _linked(
        subject,
        kind,
        changes=changes,
        personal_changes=personal_changes,
        head=head,
        act=act,
        key=key,
        salt=salt,
        tenant=tenant,
    )


def erasure(
    records: Iterable[AuditRecord],
    head: AuditHead,
    *,
    act: Act | None,
    key: AuditKey,
    salt: Callable[[], bytes],
    tenant: str = "default",
    reasons: Collection[str] | None = None,
) -> tuple[tuple[AuditRecord, ...], AuditRecord, AuditHead] | None:
    """Take the personal data out of a chain, and tell that it was done.

    The digests stay as they are. The new link names the fields whose values are gone, so that
    values which somebody has taken out by hand can be told from these. Its own reason stays
    when the chain is erased again.

    Args:
        records: The links of one chain, in any order; those that hold no personal data may be
            left out.
        head: The head of the chain.
        act: Who does it, when, and why. The reason should not name whom it is about.
        key: The key to sign with.
        salt: Returns at least 16 random bytes, other ones each time.
        tenant: Whose chain it is.
        reasons: Where given, only reasons that are among these are taken out, and no values:
            for chains of others who were changed for a reason that names somebody.

    Returns:
        The records that have lost something, in order of their ids, each with the version that
        it had; the link that tells it; and the new head. None where nothing was to be erased.

    Raises:
        InvalidValueError: If a record is the link of another chain.

    .. versionadded:: 0.1.0
    """
    changed: list[AuditRecord] = []
    fields: set[str] = set()
    for record in records:
        if record.subject != head.subject:
            raise InvalidValueError("records", record.subject, f"be links of {head.subject!r}")
        left = _left_of(record, reasons)
        if left is not record:
            changed.append(left)
            fields.update(_lost(record, left))
    if not changed:
        return None
    link, new_head = _linked(
        head.subject,
        AuditKind.ERASED,
        changes=[FieldChange(field=field, before=None, after=None) for field in sorted(fields)],
        personal_changes=[],
        head=head,
        act=act,
        key=key,
        salt=salt,
        tenant=tenant,
    )
    return tuple(sorted(changed, key=lambda record: record.id)), link, new_head


def _left_of(record: AuditRecord, reasons: Collection[str] | None) -> AuditRecord:
    """Return what is left of a link; the very same where nothing is to be taken out of it."""
    if record.kind is AuditKind.ERASED:
        return record
    if reasons is None:
        return erased(record)
    if record.reason in reasons:
        return attrs.evolve(record, reason=None, reason_salt=None)
    return record


def _lost(record: AuditRecord, left: AuditRecord) -> Iterator[str]:
    """Yield the names of the fields whose values are there no more."""
    both = zip(record.personal_changes, left.personal_changes, strict=True)
    return (was.field for was, now in both if was.salt != now.salt)


def _told_of(before: Aggregate | None, after: Aggregate | None, name: str) -> tuple[str, AuditKind]:
    """Return the subject of a change, and its kind."""
    told = after if after is not None else before
    if told is None:
        raise InvalidValueError("after", None, "be a record where before is none")
    subject = f"{name}/{told.id}"
    if after is None:
        return subject, AuditKind.REMOVED
    if before is None:
        return subject, AuditKind.ADDED
    if type(before) is not type(after) or before.id != after.id:
        found = f"{type(before).__name__} {before.id!r}"
        raise InvalidValueError("before", found, f"be {type(after).__name__} {after.id!r}")
    return subject, AuditKind.SAVED


def _linked(
    subject: str,
    kind: AuditKind,
    *,
    changes: list[FieldChange],
    personal_changes: list[PersonalChange],
    head: AuditHead | None,
    act: Act | None,
    key: AuditKey,
    salt: Callable[[], bytes],
    tenant: str,
) -> tuple[AuditRecord, AuditHead]:
    """Return the next link of a chain, signed, and the head that it makes."""
    chain = AuditHead.id_of(subject) if head is None else head.id
    position = 1 if head is None else head.position + 1
    reason = None if act is None else act.reason
    grains = None if reason is None else _grains(salt)
    promise = None if grains is None else commitment_to(grains, "reason", None, reason)
    told: dict[str, Any] = {
        "subject": subject,
        "position": position,
        "kind": kind,
        "by": None if act is None else act.by,
        "at": None if act is None else act.at,
        "reason_commitment": promise,
        "plan": None if act is None else act.plan,
        "changes": tuple(changes),
        "personal_changes": tuple(personal_changes),
        "previous": None if head is None else head.digest,
    }
    digest = digest_over(key=key, tenant=tenant, **told)
    record = AuditRecord(
        id=link_id(chain, position),
        reason=reason,
        reason_salt=grains,
        digest=digest,
        key=key.name,
        **told,
    )
    version = 0 if head is None else head.version
    return record, AuditHead(
        id=chain, subject=subject, position=position, digest=digest, version=version
    )


def _grains(salt: Callable[[], bytes]) -> str:
    grains = salt()
    if not isinstance(grains, bytes) or len(grains) < _LEAST_SALT:
        raise InvalidValueError("salt", "too little", f"return at least {_LEAST_SALT} random bytes")
    return grains.hex()
