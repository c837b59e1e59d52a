"""Receipts: what applying a plan has changed, and what stood in the way of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

import attrs

from crmcore.checks import is_id, is_text, utc
from crmcore.errors import CrmError, Fault, InvalidValueError
from crmcore.privacy import masked, personal

from ._change import Change, Departure, MatterChange
from ._remainder import Remainder

_SHOWN = 20
_LISTS = ("changes", "matters", "departures", "remains")


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

    def split(self, most: int) -> tuple[PlanReceipt, ...]:
        """Return it in parts, each of which lists at most so many things of a kind.

        A receipt of a hundred thousand changes is too long a text to be read at once; its
        parts are not. `joined` makes it whole again.

        Raises:
            InvalidValueError: If *most* is below 1.
        """
        if most < 1:
            raise InvalidValueError("most", most, "be at least 1")
        longest = max(len(getattr(self, name)) for name in _LISTS)
        return tuple(
            self._with({name: getattr(self, name)[start : start + most] for name in _LISTS})
            for start in range(0, max(longest, 1), most)
        )

    @classmethod
    def joined(cls, parts: Iterable[PlanReceipt]) -> PlanReceipt:
        """Return the receipt that was split into these parts, which come in their order.

        Raises:
            InvalidValueError: If there are none.
        """
        known = tuple(parts)
        if not known:
            raise InvalidValueError("parts", known, "be the parts of a receipt, at least one")
        return known[0]._with(  # noqa: SLF001 - it is one of them
            {name: tuple(one for part in known for one in getattr(part, name)) for name in _LISTS}
        )

    def _with(self, lists: dict[str, Any]) -> PlanReceipt:
        return attrs.evolve(self, **lists)

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
