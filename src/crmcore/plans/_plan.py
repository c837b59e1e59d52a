"""Plans: the difference between who holds what today and who should."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.allocation import Certificate
from crmcore.development import SkillGap
from crmcore.errors import Fault, FaultsError, InvalidValueError
from crmcore.kernel import LabelledEnum, MemberId, Phrase, Reason, ResponsibilityId, Undefined
from crmcore.organization import Assignment, Duty, Organization

from ._balance import Balance, MemberChange
from ._move import Move, Term
from ._raci import RaciMatrix
from ._uncovered import Shortfall, Uncovered

_PRINT = 16
_UNKNOWN = Undefined(Reason.NOT_APPLICABLE)
_ID = 32  # a subject may be longer than an id


class PlanKind(LabelledEnum):
    """What a plan is about.

    .. versionadded:: 0.1.0
    """

    CUSTOMERS = "customers", "customers to members", "客户分配"
    TEAMS = "teams", "customers to teams", "客户分组"
    RESPONSIBILITIES = "responsibilities", "responsibilities to members", "职责分配"


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
        won: What the plan wins on today's assignment, by term, where that breaks no rule; the
            sum is *points_before* less the sum of *points*.
        gaps: The levels of skills that members lack for what they hold by the plan.
        shortfalls: Why not everything can be covered: for what is uncovered because too few
            people may hold it, or have too few hours, the irreducible reasons.
        changes: What the plan means for each member, and for whoever else holds something today,
            by member.
        breaches: What is not as it should be and stays so, beside what is uncovered: locks
            beyond a limit of hours or in conflict, and hours that are taken twice.
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
    won: tuple[tuple[Term, Decimal], ...] | Undefined = _UNKNOWN
    gaps: tuple[SkillGap, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    changes: tuple[MemberChange, ...] = ()
    breaches: tuple[Phrase, ...] = ()
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

    def change_of(self, member: str) -> MemberChange:
        """Return what the plan means for a member; nothing where it does not concern the member."""
        found = (change for change in self.changes if change.member == member)
        return next(found, MemberChange(member=MemberId(member)))

    def assignments(self, organization: Organization, *, at: datetime) -> tuple[Assignment, ...]:
        """Return the assignments that hold once the plan for the duties is carried out.

        With them `crmcore.organization.describe_job` writes the job descriptions of the
        result, and `crmcore.development.training_needs` takes the *gaps* of the plan.

        Args:
            organization: The department that the plan was made for.
            at: The instant at which it is carried out.

        Raises:
            InvalidValueError: If it is a plan for customers.
        """
        if self.kind is not PlanKind.RESPONSIBILITIES:
            raise InvalidValueError("kind", str(self.kind), "be responsibilities")
        held = {(a.responsibility, a.duty, a.member): a for a in organization.assigned_at(at)}
        for move in self.moves:
            responsibility, duty = ResponsibilityId(str(move.responsibility)), Duty(str(move.duty))
            if move.from_member is not None:
                held.pop((responsibility, duty, move.from_member), None)
            if move.to_member is not None:
                held[responsibility, duty, move.to_member] = Assignment(
                    id=hashlib.sha256(move.subject.encode()).hexdigest()[:_ID],
                    responsibility=responsibility,
                    duty=duty,
                    member=move.to_member,
                    since=at,
                )
        return tuple(held[key] for key in sorted(held))

    def raci(self, organization: Organization, *, at: datetime) -> RaciMatrix:
        """Return who is accountable, responsible or backup once the plan is carried out.

        Args:
            organization: The department that the plan was made for.
            at: The instant at which it is carried out.

        Raises:
            InvalidValueError: If it is a plan for customers.
        """
        return RaciMatrix.of(organization, self.assignments(organization, at=at))

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
