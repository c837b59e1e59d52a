"""Audit records and heads: what a store keeps of every change."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any, Final

import attrs

from crmcore.checks import is_a, is_count, is_id, optional_utc, refusal
from crmcore.kernel import LabelledEnum
from crmcore.privacy import masked, personal

_CHAIN_DIGITS: Final = 48  # 192 bits: nobody finds two subjects with the same ones
_POSITION_DIGITS: Final = 12
_CHAIN: Final = re.compile(f"[0-9a-f]{{{_CHAIN_DIGITS}}}")
_LINK: Final = re.compile(f"({_CHAIN.pattern})-([0-9]{{{_POSITION_DIGITS}}})")


def _is_text(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    # Any text: whoever writes by hand may write what no id and no name would be.
    if not isinstance(value, str):
        raise refusal(attribute, value, "be text")


def _may_be_text(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    if value is not None:
        _is_text(None, attribute, value)


class AuditKind(LabelledEnum):
    """What was done to a record.

    .. versionadded:: 0.1.0
    """

    ADDED = "added", "added", "新增"
    SAVED = "saved", "saved", "修改"
    REMOVED = "removed", "removed", "删除"
    ERASED = "erased", "personal data erased", "抹除个人数据"


@attrs.frozen(kw_only=True)
class FieldChange:
    """A field went from one value to another.

    Attributes:
        field: The name of the field.
        before: The value before, as canonical JSON; None where there was no record.
        after: The value after, as canonical JSON; None where there is no record any more.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=_is_text)
    before: str | None = attrs.field(validator=_may_be_text)
    after: str | None = attrs.field(validator=_may_be_text)


@attrs.frozen(kw_only=True)
class PersonalChange:
    """A field that holds personal data went from one value to another.

    The chain holds the commitment only: a digest of the values with a salt, which stand beside
    it. Values and salt can be erased, and the chain still verifies; without the salt nobody
    can find out whether a guess of the values is right.

    Attributes:
        field: The name of the field.
        commitment: The SHA-256 digest of salt, field and values, as hexadecimal digits.
        salt: Random bytes, at least 16, as hexadecimal digits; None once erased.
        before: The value before, as canonical JSON; None where there was no record, and once
            erased.
        after: The value after, likewise.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=_is_text)
    commitment: str = attrs.field(validator=_is_text)
    salt: str | None = attrs.field(
        validator=_may_be_text, repr=masked, metadata=personal("text", erase="null")
    )
    before: str | None = attrs.field(
        validator=_may_be_text, repr=masked, metadata=personal("text", erase="null")
    )
    after: str | None = attrs.field(
        validator=_may_be_text, repr=masked, metadata=personal("text", erase="null")
    )


@attrs.frozen(kw_only=True)
class AuditRecord:
    """One change of one record: the link of a chain.

    All changes of one record make a chain, its *subject's*. `crmcore.privacy.erased` takes
    the personal values and the reason out of a record, with their salts; the chain still
    verifies.

    A record refuses only what is of another kind, such as a text that should be a number: what
    somebody has written into a store by hand must be readable, so that `verify` can say what
    is wrong with it.

    Attributes:
        id: The key under which it is kept, made of subject and position, so that the ids of
            a chain lie beside each other in order; see `id_of`.
        subject: Which record was changed: the name of its repository and its id, as in
            ``customers/c-17``.
        position: Which link of the chain it is: 1, 2, 3, …
        kind: Added, saved, removed, or erased.
        by: Who did it; None where nobody said.
        at: When, as an instant; None where nobody said.
        reason: Why, in free text; None where nobody said, and once erased.
        reason_salt: Random bytes for the commitment to the reason, as hexadecimal digits;
            None once erased.
        reason_commitment: The digest of salt and reason; None where there never was one.
        plan: The fingerprint of the plan that it was done by; None where there was none.
        changes: The fields that changed, by name.
        personal_changes: The fields with personal data that changed, by name.
        previous: The digest of the link before it; None for the first.
        digest: The keyed digest of all this, but for the id and the version, and but for what
            commitments stand for.
        key: The name of the key that the digest was made with.
        version: How often it was saved; 0 before the first time, more than 1 once erased.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    subject: str = attrs.field(validator=_is_text)
    position: int = attrs.field(validator=is_count)
    kind: AuditKind = attrs.field(validator=is_a(AuditKind))
    by: str | None = attrs.field(default=None, validator=_may_be_text)
    at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
    )
    reason: str | None = attrs.field(
        default=None,
        validator=_may_be_text,
        repr=masked,
        metadata=personal("text", erase="null"),
    )
    reason_salt: str | None = attrs.field(
        default=None,
        validator=_may_be_text,
        repr=masked,
        metadata=personal("text", erase="null"),
    )
    reason_commitment: str | None = attrs.field(default=None, validator=_may_be_text)
    plan: str | None = attrs.field(default=None, validator=_may_be_text)
    changes: tuple[FieldChange, ...] = ()
    personal_changes: tuple[PersonalChange, ...] = ()
    previous: str | None = attrs.field(validator=_may_be_text)
    digest: str = attrs.field(validator=_is_text)
    key: str = attrs.field(validator=_is_text)
    version: int = attrs.field(default=0, validator=is_count)

    @staticmethod
    def id_of(subject: str, position: int) -> str:
        """Return the id of the link at *position* of the chain of *subject*."""
        return link_id(AuditHead.id_of(subject), position)


@attrs.frozen(kw_only=True)
class AuditHead:
    """The end of a subject's chain, so that a cut tail is seen.

    Attributes:
        id: The key under which it is kept, made of the subject: what the ids of the links of
            the chain begin with; see `id_of`.
        subject: Whose chain it is.
        position: The position of the last link.
        digest: The digest of the last link.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    subject: str = attrs.field(validator=_is_text)
    position: int = attrs.field(validator=is_count)
    digest: str = attrs.field(validator=_is_text)
    version: int = attrs.field(default=0, validator=is_count)

    @staticmethod
    def id_of(subject: str) -> str:
        """Return the id of the head of the chain of *subject*.

        A subject may be longer than an id may be, so its digest stands for it.
        """
        return hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:_CHAIN_DIGITS]


def link_id(chain: str, position: int) -> str:
    """Return the id of a link of the chain whose head has the id *chain*."""
    return f"{chain}-{position:0{_POSITION_DIGITS}}"


def place_of(record: AuditRecord) -> tuple[str, int] | None:
    """Return chain and position of a record, as its id says them; None where no link has it."""
    found = _LINK.fullmatch(record.id)
    return None if found is None else (found[1], int(found[2]))


def is_chain(key: str) -> bool:
    """Say whether *key* could be the id of a head."""
    return _CHAIN.fullmatch(key) is not None
