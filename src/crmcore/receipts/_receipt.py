"""Receipts: what applying a plan has changed, and what stood in the way of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import attrs

from crmcore.checks import is_id, is_text, utc
from crmcore.errors import CrmError, Fault
from crmcore.privacy import masked, personal

from ._change import Change, Departure, MatterChange
from ._remainder import Remainder

_SHOWN = 20


@attrs.frozen(kw_only=True)
class PlanReceipt:
    """The proof that a plan was applied or taken back, and the key to undo it.

    Attributes:
        plan: The fingerprint of the plan.
        by: Who had it done.
        at: When it took effect, as an instant.
        reason: Why, where a reason was given.
        undoes: The id of the receipt that this one took back, or None.
        changes: What changed hands: customers, collaborations among them, then duties, by id.
        matters: The open matters that went along, by id.
        departures: The last days that were written down, or taken back.
        remains: What stays although the plan was taken back; nothing where it was applied.

    .. versionadded:: 0.1.0
    """

    plan: str
    by: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    reason: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_text),
        repr=masked,
        metadata=personal("text", erase="null"),
    )
    undoes: str | None = None
    changes: tuple[Change, ...] = ()
    matters: tuple[MatterChange, ...] = ()
    departures: tuple[Departure, ...] = ()
    remains: tuple[Remainder, ...] = ()

    @property
    def id(self) -> str:
        """A key made of all that it says: the same receipt has the same one."""
        said = (self.plan, self.by, self.at.isoformat(), self.reason, self.undoes)
        digest = hashlib.sha256(repr(said).encode())
        for change in self.changes:
            digest.update(repr((change.item, change.closed, change.opened)).encode())
        for matter in self.matters:
            digest.update(repr((matter.matter, matter.from_member, matter.to_member)).encode())
        for departure in self.departures:
            digest.update(repr((departure.member, departure.before, departure.after)).encode())
        return digest.hexdigest()[:32]

    def __str__(self) -> str:
        """Say on one line what was done."""
        verb = "applied" if self.undoes is None else "took back"
        count = len(self.changes)
        things = _counted(count, "change")
        if self.matters:
            way = "went along" if self.undoes is None else "came back"
            things += f", {_counted(len(self.matters), 'matter')} {way}"
        if self.remains:
            things += f", {_counted(len(self.remains), 'thing')} cannot be undone"
        return f"{self.by} {verb} plan {self.plan[:12]} at {self.at.isoformat()}: {things}"


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


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
