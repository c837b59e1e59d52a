"""Job descriptions: what somebody is there for, does, must be able to and may decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import UnknownNameError
from crmcore.kernel import DepartmentId, MemberId, ResponsibilityId, RoleId, TeamId
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    JobDescription,
    Member,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
    describe_job,
)

CARE = Department(id=DepartmentId("care"), name="Customer care")
SERVICE = Team(id=TeamId("service"), name="Service", department=CARE.id, lead=MemberId("ana"))
CLERK = Role(
    id=RoleId("clerk"),
    name="Clerk",
    purpose="Keeps customers content.",
    skills=[SkillLevel("negotiation", 2), SkillLevel("writing", 3)],
)
LEAD = Role(id=RoleId("lead"), name="Lead", purpose="Leads.", has_authority=True)
ANA = Member(
    id=MemberId("ana"),
    name="Ana",
    team=SERVICE.id,
    roles=[CLERK.id, LEAD.id],
    weekly_hours=Decimal(38),
)
WEI = Member(
    id=MemberId("wei"), name="Wei", team=SERVICE.id, roles=[CLERK.id], weekly_hours=Decimal(38)
)
NEW = Member(id=MemberId("new"), name="New", team=SERVICE.id, weekly_hours=Decimal(38))
COMPLAINTS = Responsibility(
    id=ResponsibilityId("complaints"),
    name="Complaints",
    role=CLERK.id,
    team=SERVICE.id,
    content="Answer each within a day.",
    expected_outcome="Customers stay.",
    indicators=["churn_rate"],
    weekly_hours=Decimal("12.5"),
    skills=[SkillLevel("negotiation", 4)],
)
REFUNDS = Responsibility(
    id=ResponsibilityId("refunds"),
    name="Refunds",
    role=CLERK.id,
    team=SERVICE.id,
    weekly_hours=Decimal(4),
)
SINCE = datetime(1998, 1, 1, tzinfo=UTC)

ORGANIZATION = Organization(
    department=CARE,
    teams=[SERVICE],
    roles=[CLERK, LEAD],
    members=[ANA, WEI, NEW],
    responsibilities=[COMPLAINTS, REFUNDS],
)


def held(duty: Duty, member: Member, responsibility: Responsibility) -> Assignment:
    """Give a duty to a member."""
    return Assignment(
        id=f"{responsibility.id}/{duty}/{member.id}",
        responsibility=responsibility.id,
        duty=duty,
        member=member.id,
        since=SINCE,
    )


ALL = [
    held(Duty.ACCOUNTABLE, ANA, COMPLAINTS),
    held(Duty.RESPONSIBLE, WEI, COMPLAINTS),
    held(Duty.BACKUP, WEI, REFUNDS),
    held(Duty.RESPONSIBLE, ANA, REFUNDS),
]


def described(member: Member, assignments: Iterable[Assignment] = ALL) -> JobDescription:
    """Describe a job in the department of the tests."""
    return describe_job(ORGANIZATION, member, assignments=assignments)


def test_a_job_says_what_somebody_does_and_for_how_long() -> None:
    """Duties cost their share of the hours: 15 % of 12.5 h is 1.88 h, rounded half up."""
    job = described(ANA)

    assert [(d.responsibility, d.duty, d.weekly_hours) for d in job.duties] == [
        ("complaints", Duty.ACCOUNTABLE, Decimal("1.88")),
        ("refunds", Duty.RESPONSIBLE, Decimal("4.00")),
    ]
    assert job.weekly_hours == Decimal("5.88")


def test_a_job_says_what_it_is_for_and_what_it_takes() -> None:
    """Purposes of all roles stand together, and each skill at the highest level wanted."""
    job = described(ANA)

    assert job.purpose == "Keeps customers content. Leads."
    assert job.skills == (SkillLevel("negotiation", 4), SkillLevel("writing", 3))
    assert job.has_authority


def test_a_job_says_to_whom_somebody_reports() -> None:
    """A member reports to the lead of the team, and the lead of the team to nobody."""
    assert (described(WEI).reports_to, described(WEI).leads) == ("ana", ())
    assert (described(ANA).reports_to, described(ANA).leads) == (None, ("service",))


def test_the_work_of_all_jobs_is_the_work_there_is() -> None:
    """Every duty of the assignments stands in one job description."""
    duties = [duty for member in (ANA, WEI, NEW) for duty in described(member).duties]

    assert len(duties) == len(ALL)


@given(st.permutations(ALL))
def test_order_does_not_matter(assignments: list[Assignment]) -> None:
    """The same assignments in another order make the same description."""
    assert described(WEI, assignments) == described(WEI)


def test_missing_parts_are_named() -> None:
    """What nobody has written down is told in the order of the description."""
    assert [phrase.en for phrase in described(WEI).missing] == [
        "no content of “Refunds”",
        "no expected outcome of “Refunds”",
        "no indicator of “Refunds”",
    ]
    assert not described(WEI).is_complete


def test_a_complete_job_misses_nothing() -> None:
    """With roles, purpose, duties, skills and a lead, and duties described, nothing is missing."""
    job = described(WEI, [held(Duty.RESPONSIBLE, WEI, COMPLAINTS)])

    assert job.is_complete
    assert job.missing == ()


def test_somebody_new_has_nothing_yet() -> None:
    """Without role, duty and lead, each of them is named, in English and in Chinese."""
    leaderless = attrs.evolve(ORGANIZATION, teams=[attrs.evolve(SERVICE, lead=None)])

    job = describe_job(leaderless, NEW, assignments=ALL)

    assert [phrase.en for phrase in job.missing] == [
        "no role",
        "no purpose",
        "no duty",
        "no required skill",
        "nobody to report to",
    ]
    assert job.missing[2].zh == "没有职责"
    assert job.purpose is None


def test_an_assignment_of_something_unknown_is_refused() -> None:
    """A duty of a responsibility that is not there cannot be described."""
    with pytest.raises(UnknownNameError, match=r"^unknown responsibility 'refund'; did you mean"):
        described(WEI, [attrs.evolve(ALL[2], responsibility=ResponsibilityId("refund"))])
