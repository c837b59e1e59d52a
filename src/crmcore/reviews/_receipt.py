"""Receipts: what applying a plan has changed, and what stood in the way of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import attrs

from crmcore.checks import is_id, is_text, utc
from crmcore.errors import CrmError, Fault
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Duty

_SHOWN = 20


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

    @property
    def item(self) -> str:
        """What changed hands, in one word for messages."""
        if self.customer is not None:
            return f"customer {self.customer!r}"
        return f"{self.duty} of {self.responsibility!r}"


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
        digest = hashlib.sha256(f"{self.plan}|{self.by}|{self.at.isoformat()}".encode())
        for change in self.changes:
            digest.update(f"|{change.closed}|{change.opened}".encode())
        return digest.hexdigest()[:32]

    def __str__(self) -> str:
        """Say on one line what was done."""
        verb = "applied" if self.undoes is None else "took back"
        count = len(self.changes)
        things = "change" if count == 1 else "changes"
        return f"{self.by} {verb} plan {self.plan[:12]} at {self.at.isoformat()}: {count} {things}"


class PlanConflictError(CrmError):
    """Something has changed since a plan was made, so nothing of it was applied.

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
        title = f"{count} {have} changed since the plan was made; nothing was applied"
        lines = [f"{title}, make a new plan:"]
        lines += [f"  {conflict}" for conflict in self.conflicts[:_SHOWN]]
        if count > _SHOWN:
            lines.append(f"  … and {count - _SHOWN} more")
        return "\n".join(lines)
