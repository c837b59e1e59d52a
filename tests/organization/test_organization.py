"""The organization as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import FaultsError, UnknownNameError
from crmcore.kernel import DepartmentId, MemberId, ResponsibilityId, RoleId, TeamId
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
)

CARE = Department(id=DepartmentId("care"), name="Customer care")
SERVICE = Team(id=TeamId("service"), name="Customer service", department=CARE.id)
CLERK = Role(id=RoleId("clerk"), name="Clerk", skills=[SkillLevel("writing", 2)])
LEAD = Role(id=RoleId("lead"), name="Lead", has_authority=True)
WEI = Member(
    id=MemberId("wei"),
    name="Wei",
    team=SERVICE.id,
    roles=[CLERK.id],
    skills=[SkillLevel("mandarin", 5)],
    weekly_hours=Decimal(38),
)
ANA = Member(
    id=MemberId("ana"),
    name="Ana",
    team=SERVICE.id,
    roles=[CLERK.id, LEAD.id],
    weekly_hours=Decimal(38),
)
COMPLAINTS = Responsibility(
    id=ResponsibilityId("complaints"),
    name="Answer complaints",
    content="Answer each complaint within a day.",
    role=CLERK.id,
    team=SERVICE.id,
    weekly_hours=Decimal(12),
    skills=[SkillLevel("negotiation", 3)],
)
REFUNDS = Responsibility(
    id=ResponsibilityId("refunds"),
    name="Approve refunds",
    role=CLERK.id,
    team=SERVICE.id,
    weekly_hours=Decimal(4),
    segregated_from=[COMPLAINTS.id],
)
NOON = datetime(1998, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def held(
    duty: Duty,
    member: Member,
    responsibility: Responsibility = COMPLAINTS,
    *,
    since: datetime = NOON,
    until: datetime | None = None,
) -> Assignment:
    """Give a duty to a member."""
    return Assignment(
        id=f"{responsibility.id}/{duty}/{member.id}/{since:%H}",
        responsibility=responsibility.id,
        duty=duty,
        member=member.id,
        since=since,
        until=until,
    )


def organization(assignments: Iterable[Assignment] = ()) -> Organization:
    """Make a department of two people and two responsibilities."""
    return Organization(
        department=CARE,
        teams=[SERVICE],
        roles=[CLERK, LEAD],
        members=[WEI, ANA],
        responsibilities=[COMPLAINTS, REFUNDS],
        assignments=assignments,
    )


@given(st.data())
def test_order_does_not_matter(data: st.DataObject) -> None:
    """The same records in another order make the same organization."""
    duties = [held(duty, member) for duty in Duty for member in (ANA, WEI)]

    shuffled = Organization(
        department=CARE,
        teams=[SERVICE],
        roles=data.draw(st.permutations([CLERK, LEAD])),
        members=data.draw(st.permutations([WEI, ANA])),
        responsibilities=data.draw(st.permutations([COMPLAINTS, REFUNDS])),
        assignments=data.draw(st.permutations(duties)),
    )

    assert shuffled == organization(duties)
    assert hash(shuffled) == hash(organization(duties))


def test_records_are_found_by_their_ids() -> None:
    """Each kind has its own way in."""
    care = organization()

    assert care.member("wei") is WEI
    assert care.team("service") is SERVICE
    assert care.role("clerk") is CLERK
    assert care.responsibility("refunds") is REFUNDS


@pytest.mark.parametrize("kind", ["member", "team", "role", "responsibility"])
def test_an_unknown_id_is_refused(kind: str) -> None:
    """The message says what was looked for."""
    with pytest.raises(UnknownNameError, match=f"^unknown {kind} 'nobody'"):
        getattr(organization(), kind)("nobody")


def test_its_skills_are_all_that_are_had_or_wanted() -> None:
    """Skills of members, roles and responsibilities come together, each once."""
    assert organization().skills == ("mandarin", "negotiation", "writing")


def test_authority_comes_with_a_role() -> None:
    """One role with authority is enough; none gives none."""
    care = organization()

    assert care.has_authority(ANA)
    assert not care.has_authority(WEI)


def test_assignments_are_those_of_the_moment() -> None:
    """They can be narrowed to a duty and to a responsibility."""
    past = held(Duty.RESPONSIBLE, ANA, since=NOON - HOUR, until=NOON)
    now = [held(Duty.RESPONSIBLE, WEI), held(Duty.BACKUP, ANA), held(Duty.BACKUP, ANA, REFUNDS)]
    care = organization([past, *now])

    assert care.assigned_at(NOON - HOUR) == (past,)
    assert care.assigned_at(NOON) == tuple(sorted(now, key=lambda a: a.id))
    assert {a.id for a in care.assigned_at(NOON, duty=Duty.BACKUP)} == {now[1].id, now[2].id}
    assert care.assigned_at(NOON, responsibility="refunds") == (now[2],)


def test_the_directory_answers_who_does_what() -> None:
    """An id, or words of name or content in any case, find who holds it."""
    backup, does, refunds = (
        held(Duty.BACKUP, ANA),
        held(Duty.RESPONSIBLE, WEI),
        held(Duty.RESPONSIBLE, ANA, REFUNDS),
    )
    care = organization([backup, does, refunds])

    assert care.who_does("COMPLAINTS", at=NOON) == (does, backup)
    assert care.who_does("within a day", at=NOON) == (does, backup)
    assert care.who_does("an", at=NOON) == (does, backup)
    assert care.who_does("approve", at=NOON) == (refunds,)
    assert care.who_does("holidays", at=NOON) == ()
    assert care.who_does("complaints", at=NOON - HOUR) == ()


def test_names_that_lead_nowhere_are_told_together() -> None:
    """Each with its path, and with the nearest name where one is near."""
    unknown = "unknown responsibility 'complaints'; known are refunds"

    with pytest.raises(FaultsError) as caught:
        Organization(
            department=CARE,
            teams=[
                Team(
                    id=TeamId("sales"), name="S", department=DepartmentId("x"), lead=MemberId("ann")
                )
            ],
            roles=[CLERK],
            members=[WEI, ANA],
            responsibilities=[REFUNDS],
            assignments=[held(Duty.BACKUP, WEI)],
        )

    assert [str(fault) for fault in caught.value.faults] == [
        "teams.sales.department: unknown department 'x'; known are care",
        "teams.sales.lead: unknown member 'ann'; did you mean 'ana'?",
        "members.ana.team: unknown team 'service'; known are sales",
        "members.ana.roles: unknown role 'lead'; known are clerk",
        "members.wei.team: unknown team 'service'; known are sales",
        "responsibilities.refunds.team: unknown team 'service'; known are sales",
        f"responsibilities.refunds.segregated_from: {unknown}",
        f"assignments.complaints/backup/wei/12.responsibility: {unknown}",
    ]


def test_roles_and_members_that_lead_nowhere_are_told() -> None:
    """A responsibility of an unknown role and an assignment of an unknown member are faults."""
    with pytest.raises(FaultsError) as caught:
        Organization(
            department=CARE,
            teams=[SERVICE],
            responsibilities=[COMPLAINTS],
            assignments=[held(Duty.BACKUP, WEI)],
        )

    assert [str(fault) for fault in caught.value.faults] == [
        "responsibilities.complaints.role: unknown role 'clerk'; none is known",
        "assignments.complaints/backup/wei/12.member: unknown member 'wei'; none is known",
    ]


def test_ids_are_unique_within_their_kind() -> None:
    """An id that comes twice is told once for each kind."""
    with pytest.raises(FaultsError, match=r"members\.wei: the id comes 3 times; make it unique"):
        Organization(department=CARE, teams=[SERVICE], roles=[CLERK], members=[WEI, WEI, WEI])


def test_nobody_holds_one_duty_twice_at_a_time() -> None:
    """Two intervals of one member and duty that overlap are refused, also across a third one."""
    long = held(Duty.BACKUP, WEI, since=NOON - 9 * HOUR, until=NOON + HOUR)
    short = held(Duty.BACKUP, WEI, since=NOON - 8 * HOUR, until=NOON - 7 * HOUR)
    late = held(Duty.BACKUP, WEI, since=NOON)

    with pytest.raises(FaultsError) as caught:
        organization([late, short, long])

    assert [str(fault) for fault in caught.value.faults] == [
        f"assignments.{short.id}: 'wei' holds this duty by {long.id!r} already; end that one first",
        f"assignments.{late.id}: 'wei' holds this duty by {long.id!r} already; end that one first",
    ]


def test_an_interval_without_end_leaves_no_room_behind_it() -> None:
    """Whoever holds a duty for good cannot get it again."""
    with pytest.raises(FaultsError, match="holds this duty by"):
        organization([held(Duty.BACKUP, WEI), held(Duty.BACKUP, WEI, since=NOON + HOUR)])


def test_a_duty_may_come_back() -> None:
    """Intervals that only touch are no overlap."""
    before = held(Duty.BACKUP, WEI, since=NOON - HOUR, until=NOON)

    assert organization([before, held(Duty.BACKUP, WEI)]).assigned_at(NOON - HOUR) == (before,)
