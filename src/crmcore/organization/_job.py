"""Job descriptions: what somebody is there for, does, must be able to and may decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import attrs

from crmcore.kernel import (
    MemberId,
    Phrase,
    ResponsibilityId,
    RoleId,
    TeamId,
    minutes,
    round_half_up,
)
from crmcore.privacy import masked, personal

from ._assignment import Assignment, Duty
from ._member import Member
from ._organization import Organization
from ._responsibility import Responsibility
from ._skill import SkillLevel


@attrs.frozen(kw_only=True)
class JobDuty:
    """A line of a job description: one duty of one responsibility.

    Attributes:
        responsibility: The responsibility.
        name: How people call it.
        duty: Accountable, responsible or backup.
        weekly_hours: The hours a week that this duty costs, rounded half up to two digits.
        content: What is to be done, if written down.
        expected_outcome: What must come of it, if written down.
        indicators: The ids of the KPIs that show how well it is done.

    .. versionadded:: 0.1.0
    """

    responsibility: ResponsibilityId
    name: str
    duty: Duty
    weekly_hours: Decimal
    content: str | None
    expected_outcome: str | None
    indicators: tuple[str, ...]


@attrs.frozen(kw_only=True)
class JobDescription:
    """What a member is there for, does, must be able to and may decide.

    Attributes:
        member: Whom it describes.
        name: How people call the member.
        team: The team that the member belongs to.
        roles: The roles that the member has.
        purpose: What these roles are there for, if written down.
        duties: What the member does: accountable, then responsible, then backup, each by the
            id of the responsibility.
        skills: The skills that roles and duties want, each at the highest level wanted.
        has_authority: Whether the member may be accountable.
        leads: The teams that the member leads.
        reports_to: Who leads the member's team; None where nobody else does.
        missing: The parts that nobody has written down yet, in the order of the description.

    .. versionadded:: 0.1.0
    """

    member: MemberId
    name: str = attrs.field(repr=masked, metadata=personal("name"))
    team: TeamId
    roles: tuple[RoleId, ...]
    purpose: str | None
    duties: tuple[JobDuty, ...]
    skills: tuple[SkillLevel, ...]
    has_authority: bool
    leads: tuple[TeamId, ...]
    reports_to: MemberId | None
    missing: tuple[Phrase, ...]

    @property
    def weekly_hours(self) -> Decimal:
        """The hours a week that all duties cost together, from their rounded hours."""
        return sum((duty.weekly_hours for duty in self.duties), Decimal(0))

    @property
    def is_complete(self) -> bool:
        """Whether no part is missing."""
        return not self.missing


def describe_job(
    organization: Organization, member: Member, *, assignments: Iterable[Assignment]
) -> JobDescription:
    """Write the job description of *member*.

    Args:
        organization: Where roles, teams and responsibilities stand.
        member: Whom to describe.
        assignments: The assignments that hold, of this member and of others: those of a
            moment, as `Organization.assigned_at` gives them, or those that a plan leads to.

    Returns:
        The description; what it lacks is named in it.

    Raises:
        UnknownNameError: If an assignment of the member names a responsibility that is not there.

    .. versionadded:: 0.1.0
    """
    held = _held_by(organization, member, assignments)
    roles = tuple(organization.role(key) for key in member.roles)
    leads = tuple(team.id for team in organization.teams if team.lead == member.id)
    lead = organization.team(member.team).lead
    job = JobDescription(
        member=member.id,
        name=member.name,
        team=member.team,
        roles=member.roles,
        purpose=" ".join(role.purpose for role in roles if role.purpose) or None,
        duties=tuple(_line(duty, responsibility) for duty, responsibility in held),
        skills=_highest(
            [*(s for role in roles for s in role.skills), *(s for _, r in held for s in r.skills)]
        ),
        has_authority=organization.has_authority(member),
        leads=leads,
        reports_to=None if lead == member.id else lead,
        missing=(),
    )
    return attrs.evolve(job, missing=tuple(_missing(job)))


def _held_by(
    organization: Organization, member: Member, assignments: Iterable[Assignment]
) -> tuple[tuple[Duty, Responsibility], ...]:
    held = {(a.duty, a.responsibility) for a in assignments if a.member == member.id}
    order = list(Duty)
    return tuple(
        (duty, organization.responsibility(key))
        for duty, key in sorted(held, key=lambda pair: (order.index(pair[0]), pair[1]))
    )


def _line(duty: Duty, responsibility: Responsibility) -> JobDuty:
    share = minutes(responsibility.weekly_hours) * duty.hours_share
    return JobDuty(
        responsibility=responsibility.id,
        name=responsibility.name,
        duty=duty,
        weekly_hours=round_half_up(Decimal(share.numerator) / share.denominator / 60, 2),
        content=responsibility.content,
        expected_outcome=responsibility.expected_outcome,
        indicators=responsibility.indicators,
    )


def _highest(levels: Iterable[SkillLevel]) -> tuple[SkillLevel, ...]:
    return tuple(sorted({level.skill: level for level in sorted(levels)}.values()))


def _missing(job: JobDescription) -> Iterator[Phrase]:
    if not job.roles:
        yield Phrase("no role", "没有岗位")
    if job.purpose is None:
        yield Phrase("no purpose", "没有岗位目的")
    if not job.duties:
        yield Phrase("no duty", "没有职责")
    for duty in job.duties:
        if duty.content is None:
            yield Phrase(f"no content of “{duty.name}”", f"职责“{duty.name}”没有内容说明")
        if duty.expected_outcome is None:
            yield Phrase(f"no expected outcome of “{duty.name}”", f"职责“{duty.name}”没有预期成果")
        if not duty.indicators:
            yield Phrase(f"no indicator of “{duty.name}”", f"职责“{duty.name}”没有衡量指标")
    if not job.skills:
        yield Phrase("no required skill", "没有技能要求")
    if job.reports_to is None and job.team not in job.leads:
        yield Phrase("nobody to report to", "没有汇报对象")
