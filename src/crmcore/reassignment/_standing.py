"""Standings: who holds what by a plan, and how full that leaves everybody."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from crmcore.kernel import MemberId

from ._case import Case, Slot
from ._curve import Curve


@attrs.frozen(kw_only=True, eq=False)
class Standing:
    """A plan as far as its answers need it.

    Attributes:
        case: The slots and the members.
        held: Who holds each slot by the plan.
        loads: The minutes of each member by the plan.
        curves: The load curve of each member.
    """

    case: Case
    held: Mapping[str, MemberId | None]
    loads: Mapping[MemberId, int]
    curves: Mapping[MemberId, Curve]

    def load_without(self, slot: Slot, who: MemberId) -> int:
        """Return the minutes of a member beside a slot."""
        return self.loads[who] - (slot.minutes if self.held[slot.subject] == who else 0)

    def has_room(self, slot: Slot, who: MemberId, minutes: int) -> bool:
        """Say whether a member could take so many minutes in the place of a slot."""
        return self.load_without(slot, who) + minutes <= self.curves[who].limit
