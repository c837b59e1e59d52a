"""Handovers: all that one member holds, to whom it goes, and what to tell them."""

from __future__ import annotations

import hashlib
from datetime import date

import attrs

from crmcore.activities import Matter
from crmcore.customers import Ownership
from crmcore.errors import UnknownNameError
from crmcore.organization import Member
from crmcore.plans import Move, Plan, Uncovered
from crmcore.reassignment import Scenario

from ._note import HandoverNote


@attrs.frozen(kw_only=True)
class Handover:
    """Who takes over what one member holds: for good, or for as long as the member is away.

    It is a plan: `apply_plan` carries it out, in one unit of work, and `undo_plan` takes it
    back, which is also how somebody who was away gets everything back.

    Attributes:
        as_of: The day that it was made for.
        member: Who hands over, as stored.
        left_on: The first day on which the member no longer belongs to the department; None
            where the member comes back.
        until: The day on which the member is back; None where the member leaves for good.
        duties: Who takes over the duties; None where the member holds none.
        customers: Who takes over the customers; None where the member owns none.
        duty_scenario: What the first was made from, for `crmcore.reassignment.what_if`.
        customer_scenario: What the second was made from.
        rest: What moves without being planned: customers for whom the policy has no time, and
            what ends because somebody else holds the duty as well, or the customer is out of
            use.
        collaborations: Where the member works beside the owner of a customer, which ends.
        matters: The open matters that the member is in charge of with other people's
            customers; they go to the owners.
        notes: What whoever takes a customer over should know, by customer.

    .. versionadded:: 0.1.0
    """

    as_of: date
    member: Member
    left_on: date | None
    until: date | None
    duties: Plan | None
    customers: Plan | None
    duty_scenario: Scenario | None = attrs.field(default=None, eq=False, repr=False)
    customer_scenario: Scenario | None = attrs.field(default=None, eq=False, repr=False)
    rest: tuple[Move, ...]
    collaborations: tuple[Ownership, ...]
    matters: tuple[Matter, ...]
    notes: tuple[HandoverNote, ...]

    @property
    def moves(self) -> tuple[Move, ...]:
        """What changes hands: customers, then duties, then the rest."""
        plans = (self.customers, self.duties)
        return (*(move for plan in plans if plan is not None for move in plan.moves), *self.rest)

    @property
    def uncovered(self) -> tuple[Uncovered, ...]:
        """What nobody can take over of it, with reasons: customers, then duties."""
        mine = {move.subject for move in self.moves if move.from_member == self.member.id}
        plans = [plan for plan in (self.customers, self.duties) if plan is not None]
        return tuple(one for plan in plans for one in plan.uncovered if one.subject in mine)

    @property
    def fingerprint(self) -> str:
        """What tells this handover from another: the same deeds of the same day have the same."""
        lines = [f"{self.as_of} {self.member.id} {self.member.version} {self.left_on}"]
        lines += [
            f"{move.subject} {move.from_member} {move.to_member} {move.expected_version}"
            for move in self.moves
        ]
        lines += [f"{held.id} {held.version}" for held in self.collaborations]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    def note(self, customer: str) -> HandoverNote:
        """Return what to know of a customer.

        Raises:
            UnknownNameError: If the customer is not handed over.
        """
        for note in self.notes:
            if note.customer.id == customer:
                return note
        raise UnknownNameError("customer", customer, [note.customer.id for note in self.notes])

    def __repr__(self) -> str:
        """Return who hands over how much."""
        return (
            f"<Handover of {self.member.id!r} as of {self.as_of}: {len(self.moves)} moves, "
            f"{len(self.collaborations)} collaborations, {len(self.notes)} notes>"
        )
