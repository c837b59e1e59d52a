"""Receipts: what applying a plan has changed, and what stood in the way of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import attrs

from crmcore.checks import is_id, is_text, optional_utc, utc
from crmcore.errors import CrmError, Fault
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Duty

_SHOWN = 20


def item(
    customer: CustomerId | None, responsibility: ResponsibilityId | None, duty: Duty | None
) -> str:
    """Return the name of what can change hands: a customer, or a duty of a responsibility."""
    return f"customer {customer!r}" if customer is not None else f"{duty} of {responsibility!r}"


@attrs.frozen(kw_only=True)
class Change:
    """One holder gave way to another.

    Attributes:
        customer: The customer that changed hands; None where a duty did.
        responsibility: The responsibility of the duty that changed hands, or None.
        duty: The duty that changed hands, or None.
        from_member: Who held it before; None where nobody did.
        to_member: Who holds it now; None where nobody does.
        closed: The id of the interval that was ended, or None.
        opened: The id of the interval that was begun, or None.
        version: The version of the interval that was begun; 0 where none was.
        until: The instant up to which the interval that was ended was to last; None where it
            had no end.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId | None = None
    responsibility: ResponsibilityId | None = None
    duty: Duty | None = None
    from_member: MemberId | None
    to_member: MemberId | None
    closed: str | None
    opened: str | None
    version: int
    until: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
    )

    @property
    def item(self) -> str:
        """What changed hands, as messages name it."""
        return item(self.customer, self.responsibility, self.duty)


@attrs.frozen(kw_only=True)
class PlanReceipt:
    """The proof that a plan was applied or taken back, and the key to undo it.

    Attributes:
        plan: The fingerprint of the plan.
        by: Who had it done.
        at: When it took effect, as an instant.
        reason: Why, where a reason was given.
        undoes: The id of the receipt that this one took back, or None.
        changes: What changed hands, customers first, then duties, each by id.

    .. versionadded:: 0.1.0
    """

    plan: str
    by: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    reason: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    undoes: str | None = None
    changes: tuple[Change, ...] = ()

    @property
    def id(self) -> str:
        """A key made of all that it says: the same receipt has the same one."""
        said = (self.plan, self.by, self.at.isoformat(), self.reason, self.undoes)
        digest = hashlib.sha256(repr(said).encode())
        for change in self.changes:
            digest.update(repr((change.item, change.closed, change.opened)).encode())
        return digest.hexdigest()[:32]

    def __str__(self) -> str:
        """Say on one line what was done."""
        verb = "applied" if self.undoes is None else "took back"
        count = len(self.changes)
        things = "change" if count == 1 else "changes"
        return f"{self.by} {verb} plan {self.plan[:12]} at {self.at.isoformat()}: {count} {things}"


class PlanConflictError(CrmError):
    """Something has changed since a plan was made or applied, so nothing was written.

    Attributes:
        conflicts: What has changed, item by item.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "plan_conflict"

    def __init__(self, conflicts: Iterable[Fault]) -> None:
        self.conflicts: tuple[Fault, ...] = tuple(conflicts)
        super().__init__(self.conflicts)

    def __str__(self) -> str:
        """List what has changed, the first twenty in full."""
        count = len(self.conflicts)
        have = "thing has" if count == 1 else "things have"
        lines = [f"{count} {have} changed meanwhile and nothing was written; make a new plan:"]
        lines += [f"  {conflict}" for conflict in self.conflicts[:_SHOWN]]
        if count > _SHOWN:
            lines.append(f"  … and {count - _SHOWN} more")
        return "\n".join(lines)
