"""Plans: what they mean for people, and the assignments and the matrix of their result."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

import attrs
import pytest

from crmcore.allocation import Certificate, Method
from crmcore.development import SkillGap, training_needs
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError
from crmcore.kernel import (
    CustomerId,
    DepartmentId,
    MemberId,
    Reason,
    ResponsibilityId,
    RoleId,
    TeamId,
    Undefined,
)
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Member,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
    describe_job,
)
from crmcore.plans import (
    Balance,
    MemberChange,
    Move,
    MoveKind,
    MoveReason,
    Plan,
    PlanKind,
    RaciMatrix,
)

DAY = date(2026, 9, 30)
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
ANN, BOB, CEM = MemberId("ann"), MemberId("bob"), MemberId("cem")
RENEWALS, COMPLAINTS = ResponsibilityId("renewals"), ResponsibilityId("complaints")


def held(responsibility: ResponsibilityId, duty: Duty, member: MemberId) -> Assignment:
    """Return an assignment since the beginning of the year."""
    return Assignment(
        id=f"{responsibility}-{duty}-{member}",
        responsibility=responsibility,
        duty=duty,
        member=member,
        since=datetime(2026, 1, 1, tzinfo=UTC),
    )


def work(key: ResponsibilityId, *, has_backup: bool = True) -> Responsibility:
    """Return a responsibility that wants negotiation."""
    return Responsibility(
        id=key,
        name=key.title(),
        role=RoleId("lead"),
        team=TeamId("t"),
        weekly_hours=Decimal(8),
        skills=[SkillLevel("negotiation", 3)],
        has_backup=has_backup,
    )


ORGANIZATION = Organization(
    department=Department(id=DepartmentId("care"), name="Care"),
    teams=[Team(id=TeamId("t"), name="Team", department=DepartmentId("care"))],
    roles=[Role(id=RoleId("lead"), name="Lead", has_authority=True)],
    members=[
        Member(
            id=key,
            name=key.title(),
            team=TeamId("t"),
            weekly_hours=Decimal(38),
            skills=[SkillLevel("negotiation", level)],
        )
        for key, level in ((ANN, 3), (BOB, 2), (CEM, 4))
    ],
    responsibilities=[work(RENEWALS), work(COMPLAINTS, has_backup=False)],
    assignments=[
        held(RENEWALS, Duty.ACCOUNTABLE, ANN),
        held(RENEWALS, Duty.RESPONSIBLE, ANN),
        held(RENEWALS, Duty.RESPONSIBLE, BOB),
    ],
)


def move(duty: Duty, giver: MemberId | None, taker: MemberId | None) -> Move:
    """Return a move of a duty of the renewals."""
    return Move(
        responsibility=RENEWALS,
        duty=duty,
        from_member=giver,
        to_member=taker,
        reason=MoveReason(kind=MoveKind.RELIEF),
    )


def plan(moves: Iterable[Move], kind: PlanKind = PlanKind.RESPONSIBILITIES) -> Plan:
    """Return a plan of some moves."""
    certificate = Certificate(value=0, bound=0, prices=(), price_bound=0, method=Method.PRICES)
    nothing = Balance(loads=(), unheld=0)
    return Plan(
        kind=kind,
        as_of=DAY,
        moves=tuple(moves),
        kept=0,
        uncovered=(),
        certificate=certificate,
        before=nothing,
        after=nothing,
        kept_share=Undefined(Reason.NO_DATA),
        kept_value_share=Undefined(Reason.NO_DATA),
        prices=(),
        points=(),
        points_before=Undefined(Reason.NOT_APPLICABLE),
        gaps=(SkillGap(member=BOB, skill="negotiation", has=2, needs=3, because=["renewals"]),),
        changes=(MemberChange(member=ANN, keeps=("responsibility:renewals:accountable",)),),
    )


PLAN = plan(
    [
        move(Duty.RESPONSIBLE, ANN, None),
        move(Duty.BACKUP, None, CEM),
    ]
)


def test_the_assignments_of_the_result() -> None:
    """What moves ends with the one and begins with the other; all else goes on."""
    after = PLAN.assignments(ORGANIZATION, at=NOON)

    assert [(a.responsibility, a.duty, a.member) for a in after] == [
        ("renewals", Duty.ACCOUNTABLE, "ann"),
        ("renewals", Duty.BACKUP, "cem"),
        ("renewals", Duty.RESPONSIBLE, "bob"),
    ]
    (new,) = (a for a in after if a.duty is Duty.BACKUP)
    assert new.since == NOON
    assert len(new.id) == 32


def test_job_descriptions_matrix_and_training_of_the_result() -> None:
    """The three that a department wants to see of a plan take a line each."""
    after = PLAN.assignments(ORGANIZATION, at=NOON)

    job = describe_job(ORGANIZATION, ORGANIZATION.member(CEM), assignments=after)
    matrix = PLAN.raci(ORGANIZATION, at=NOON)
    (training,) = training_needs(PLAN.gaps, organization=ORGANIZATION, as_of=DAY)

    assert [duty.duty for duty in job.duties] == [Duty.BACKUP]
    assert matrix.letters(RENEWALS, CEM) == "B"
    assert training.members == ("bob",)


def test_a_plan_for_customers_has_no_duties() -> None:
    """Asked for assignments, a plan for customers refuses."""
    with pytest.raises(InvalidValueError, match="kind must be responsibilities"):
        plan([], PlanKind.CUSTOMERS).assignments(ORGANIZATION, at=NOON)
    with pytest.raises(InvalidValueError, match="kind must be responsibilities"):
        plan([], PlanKind.CUSTOMERS).raci(ORGANIZATION, at=NOON)


def test_what_it_means_for_whom() -> None:
    """A member is found by id, and whom the plan does not concern changes nothing."""
    assert PLAN.change_of("ann").keeps == ("responsibility:renewals:accountable",)
    assert PLAN.change_of("zoe") == MemberChange(member=MemberId("zoe"))


def test_the_matrix_tells_who_is_what() -> None:
    """Rows and columns by id, letters in their order, and what is held by nobody or by two."""
    matrix = RaciMatrix.of(
        ORGANIZATION,
        ORGANIZATION.assigned_at(NOON),
        consulted={RENEWALS: [CEM, ANN]},
        informed={COMPLAINTS: [CEM]},
    )

    assert matrix.responsibilities == ("complaints", "renewals")
    assert matrix.members == ("ann", "bob", "cem")
    assert matrix.letters("renewals", "ann") == "ARC"
    assert matrix.letters("complaints", "ann") == ""
    assert matrix.gaps == (
        "responsibility:complaints:accountable",
        "responsibility:complaints:responsible",
        "responsibility:renewals:backup",
    )
    assert matrix.overlaps == ("responsibility:renewals:responsible",)
    assert str(matrix).splitlines() == [
        "           ann   bob   cem",
        "complaints .     .     I",
        "renewals   ARC   R     C",
    ]


def test_the_order_of_assignments_does_not_matter() -> None:
    """The matrix is the same, whatever order its assignments come in."""
    today = ORGANIZATION.assigned_at(NOON)

    assert RaciMatrix.of(ORGANIZATION, today[::-1]) == RaciMatrix.of(ORGANIZATION, today)


def test_the_matrix_of_nothing_is_empty() -> None:
    """A department without responsibilities has no rows."""
    bare = attrs.evolve(ORGANIZATION, responsibilities=[], assignments=[])

    assert str(RaciMatrix.of(bare, [])) == " ann   bob   cem"
    assert RaciMatrix.of(bare, []).cells == ()


def test_strangers_are_refused() -> None:
    """Who or what is not there is named, all at once, with what may be meant."""
    with pytest.raises(FaultsError, match="unknown member 'cam'; did you mean 'cem'") as caught:
        RaciMatrix.of(
            ORGANIZATION,
            [],
            consulted={RENEWALS: [MemberId("cam")]},
            informed={ResponsibilityId("renewal"): [ANN]},
        )
    assert "unknown responsibility 'renewal'; did you mean 'renewals'?" in str(caught.value)
    matrix = RaciMatrix.of(ORGANIZATION, [])
    with pytest.raises(UnknownNameError, match="unknown responsibility 'renewal'"):
        matrix.letters("renewal", "ann")
    with pytest.raises(UnknownNameError, match="unknown member 'cam'"):
        matrix.letters("renewals", "cam")


def test_a_plan_is_carried_out_and_taken_back() -> None:
    """What is simulated is what moves say, and the inverse takes it back."""
    today = {
        "responsibility:renewals:responsible": ANN,
        "responsibility:renewals:backup": None,
    }

    after = PLAN.simulate(today)

    assert after == {
        "responsibility:renewals:responsible": None,
        "responsibility:renewals:backup": CEM,
    }
    assert attrs.evolve(PLAN, moves=PLAN.inverse()).simulate(after) == today
    with pytest.raises(FaultsError, match="held by bob, not by ann; make the plan anew"):
        PLAN.simulate({"responsibility:renewals:responsible": BOB})


def test_a_plan_is_told_from_another_by_its_moves() -> None:
    """The same moves of the same day have the same fingerprint; its short form counts."""
    assert plan(PLAN.moves).fingerprint == PLAN.fingerprint != plan([]).fingerprint
    assert repr(PLAN) == (
        "<Plan of responsibilities as of 2026-09-30: 2 moves, 0 kept, 0 uncovered; "
        "the best possible, proven>"
    )
    assert CustomerId("c-1") not in PLAN.fingerprint
