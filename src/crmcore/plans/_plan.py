"""Plans: the difference between who holds what today and who should."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.allocation import Certificate
from crmcore.development import SkillGap
from crmcore.errors import Fault, FaultsError
from crmcore.kernel import LabelledEnum, MemberId, Reason, Undefined

from ._move import Move, Term, Uncovered

_PRINT = 16


class PlanKind(LabelledEnum):
    """What a plan is about.

    .. versionadded:: 0.1.0
    """

    CUSTOMERS = "customers", "customers to members", "客户分配"
    RESPONSIBILITIES = "responsibilities", "responsibilities to members", "职责分配"


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
        if not self.capacity:
            return Undefined(Reason.ZERO_DENOMINATOR)
        return Fraction(self.hours) / Fraction(self.capacity)


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


@attrs.frozen(kw_only=True)
class Plan:
    """Who should hold what: a difference from today, with reasons, balance and certificate.

    Attributes:
        kind: Customers or responsibilities.
        as_of: The day for which it was made.
        moves: What changes, in order of its subjects.
        kept: How many items stay with whoever holds them today.
        uncovered: What nobody holds, or somebody only keeps against a rule, and why.
        certificate: How far from the best possible it can be at most; in thousandths of
            a point.
        before: How the work is spread today.
        after: How it is spread by the plan.
        kept_share: The share of the items held today that keep their holder.
        kept_value_share: The share of their value that does.
        prices: What an hour of each member is worth, in points; below 0 where the member
            has hours that should be used.
        points: What the plan costs, by term; the sum is the value of the certificate.
        points_before: What today's assignment costs, where that breaks no rule.
        gaps: The levels of skills that members lack for what they hold by the plan.
        stopped: Whether the time was over before the search was done; the plan is then the
            best that was found, and the certificate what was proven by then.
        seconds: How long the search took by the watch; None without one. It does not count
            when two plans are compared.

    .. versionadded:: 0.1.0
    """

    kind: PlanKind
    as_of: date
    moves: tuple[Move, ...]
    kept: int
    uncovered: tuple[Uncovered, ...]
    certificate: Certificate
    before: Balance
    after: Balance
    kept_share: Fraction | Undefined
    kept_value_share: Fraction | Undefined
    prices: tuple[tuple[MemberId, Decimal], ...]
    points: tuple[tuple[Term, Decimal], ...]
    points_before: Decimal | Undefined
    gaps: tuple[SkillGap, ...] = ()
    stopped: bool = False
    seconds: float | None = attrs.field(default=None, eq=False)

    @property
    def fingerprint(self) -> str:
        """What tells this plan from another; the same moves of the same day have the same."""
        lines = [f"{self.kind} {self.as_of.isoformat()}"]
        lines += [
            f"{m.subject} {m.from_member} {m.to_member} {m.expected_version}" for m in self.moves
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:_PRINT]

    def __repr__(self) -> str:
        """Return how much moves, and how good that is."""
        return (
            f"<Plan of {self.kind} as of {self.as_of}: {len(self.moves)} moves, "
            f"{self.kept} kept, {len(self.uncovered)} uncovered; {self.certificate}>"
        )

    def simulate(self, held: Mapping[str, MemberId | None]) -> dict[str, MemberId | None]:
        """Return who holds what after the plan.

        Args:
            held: Who holds what today, by subject (see `Move`). What is not named is held
                by nobody.

        Raises:
            FaultsError: If somebody else holds an item than the plan was made with.
        """
        return carry_out(self.moves, held)

    def inverse(self) -> tuple[Move, ...]:
        """Return the moves that take the plan back, in reverse order."""
        return tuple(
            attrs.evolve(
                move,
                from_member=move.to_member,
                to_member=move.from_member,
                expected_version=None,
            )
            for move in reversed(self.moves)
        )


def carry_out(
    moves: Iterable[Move], held: Mapping[str, MemberId | None]
) -> dict[str, MemberId | None]:
    """Return who holds what after the moves.

    Raises:
        FaultsError: If somebody else holds an item than a move says.
    """
    after = dict(held)
    faults = []
    for move in moves:
        found = after.get(move.subject)
        if found != move.from_member:
            rule = f"held by {found or 'nobody'}, not by {move.from_member or 'nobody'}"
            faults.append(Fault(move.subject, f"{rule}; make the plan anew"))
        after[move.subject] = move.to_member
    if faults:
        raise FaultsError("plan", faults)
    return after
