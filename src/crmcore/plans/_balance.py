"""Balance: how the work is spread, and what a plan changes for each member."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.development import SkillGap
from crmcore.kernel import MemberId, Reason, Undefined


def _utilisation(hours: Decimal, capacity: Decimal) -> Fraction | Undefined:
    if not capacity:
        return Undefined(Reason.ZERO_DENOMINATOR)
    return Fraction(hours) / Fraction(capacity)


@attrs.frozen(kw_only=True)
class MemberLoad:
    """What a member holds.

    Attributes:
        member: Who it is.
        hours: Hours of work that the items take; a week for responsibilities, in the
            planning period for customers.
        capacity: The hours that the member has for them.
        items: How many items.

    .. versionadded:: 0.1.0
    """

    member: MemberId
    hours: Decimal
    capacity: Decimal
    items: int

    @property
    def utilisation(self) -> Fraction | Undefined:
        """The share of the capacity that is used; undefined without any."""
        return _utilisation(self.hours, self.capacity)


@attrs.frozen(kw_only=True)
class Balance:
    """How the work is spread.

    Attributes:
        loads: What each member holds, by member.
        unheld: How many items none of these members holds.

    .. versionadded:: 0.1.0
    """

    loads: tuple[MemberLoad, ...]
    unheld: int

    @property
    def _utilisations(self) -> list[Fraction]:
        every = [load.utilisation for load in self.loads]
        return sorted(used for used in every if not isinstance(used, Undefined))

    @property
    def lowest(self) -> Fraction | Undefined:
        """The lowest utilisation of a member."""
        return next(iter(self._utilisations), Undefined(Reason.NO_DATA))

    @property
    def highest(self) -> Fraction | Undefined:
        """The highest utilisation of a member."""
        return next(reversed(self._utilisations), Undefined(Reason.NO_DATA))

    @property
    def gini(self) -> Fraction | Undefined:
        """How uneven the utilisation is, from 0 (all equal) to nearly 1 (one does all)."""
        used = self._utilisations
        total = sum(used)
        if not total:
            return Undefined(Reason.ZERO_DENOMINATOR)
        weighted = sum((rank * share for rank, share in enumerate(used, 1)), Fraction(0))
        return 2 * weighted / (len(used) * total) - Fraction(len(used) + 1, len(used))

    @property
    def variance(self) -> Fraction | Undefined:
        """The mean squared distance of the members' utilisation from its mean."""
        used = self._utilisations
        if not used:
            return Undefined(Reason.NO_DATA)
        mean = sum(used, Fraction(0)) / len(used)
        return sum(((share - mean) ** 2 for share in used), Fraction(0)) / len(used)


@attrs.frozen(kw_only=True)
class MemberChange:
    """What a plan means for one member: what the member keeps, gains and loses.

    Hours are a week for responsibilities, and in the planning period for customers.

    Attributes:
        member: Who it is; somebody who has left is here too, with what is handed over.
        keeps: What stays, by subject.
        gains: What comes, by subject.
        loses: What goes, by subject.
        hours_gained: The hours of what comes.
        hours_lost: The hours of what goes.
        value_gained: The value of what comes: of customers in the company's currency, of duties
            the importance of their responsibilities, added up.
        value_lost: The value of what goes.
        hours_before: The hours of what the member holds today.
        hours_after: The hours of what the member holds by the plan.
        capacity: The hours that the member has for them; 0 for whoever has none.
        hour_price: What an hour of the member is worth by the plan, in points; None for
            whoever has no hours in it.
        gaps: The levels of skills that the member lacks for what the plan gives.

    .. versionadded:: 0.1.0
    """

    member: MemberId
    keeps: tuple[str, ...] = ()
    gains: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    hours_gained: Decimal = Decimal(0)
    hours_lost: Decimal = Decimal(0)
    value_gained: Decimal = Decimal(0)
    value_lost: Decimal = Decimal(0)
    hours_before: Decimal = Decimal(0)
    hours_after: Decimal = Decimal(0)
    capacity: Decimal = Decimal(0)
    hour_price: Decimal | None = None
    gaps: tuple[SkillGap, ...] = ()

    @property
    def utilisation_before(self) -> Fraction | Undefined:
        """The share of the capacity that is used today; undefined without any."""
        return _utilisation(self.hours_before, self.capacity)

    @property
    def utilisation_after(self) -> Fraction | Undefined:
        """The share of the capacity that is used by the plan; undefined without any."""
        return _utilisation(self.hours_after, self.capacity)
