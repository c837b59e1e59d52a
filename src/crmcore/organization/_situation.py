"""What an audit looks at: a department on one day, and the weeks that lie before it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import attrs

from crmcore.calendar import Period
from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase, hours, minutes

from ._assignment import Assignment, Duty
from ._member import Member
from ._organization import Organization
from ._responsibility import Responsibility
from ._skill import SkillLevel

# What somebody is, with the preposition that leads to the name of the responsibility.
WORDS = {
    Duty.ACCOUNTABLE: Phrase("accountable for", "终责人"),
    Duty.RESPONSIBLE: Phrase("responsible for", "执行人"),
    Duty.BACKUP: Phrase("backup of", "后备人员"),
}


@attrs.frozen(kw_only=True)
class Situation:
    """A department on the day *as_of*.

    Attributes:
        organization: The department.
        as_of: The day, as it begins.
        ahead: The days for which leave counts.
        held: The assignments that hold as the day begins, those of former members too.
        other: Minutes of work a week beside all duties, by member.
    """

    organization: Organization
    as_of: date
    ahead: Period
    held: tuple[Assignment, ...]
    other: dict[str, Fraction]

    @property
    def present(self) -> tuple[Member, ...]:
        """The members who have not left, by id."""
        return tuple(m for m in self.organization.members if not self.has_left(m))

    def has_left(self, member: Member) -> bool:
        """Say whether the member has left by then."""
        return member.left_on is not None and member.left_on <= self.as_of

    def holders(self, responsibility: Responsibility, duty: Duty) -> tuple[Member, ...]:
        """Return who holds the duty and has not left, by id."""
        ids = self._ids(responsibility, duty)
        return tuple(member for member in self.present if member.id in ids)

    def former_holders(self, responsibility: Responsibility, duty: Duty) -> tuple[Member, ...]:
        """Return who holds the duty although the member has left, by id."""
        ids = self._ids(responsibility, duty)
        return tuple(
            member
            for member in self.organization.members
            if member.id in ids and self.has_left(member)
        )

    def duties_of(self, member: Member) -> tuple[tuple[Responsibility, Duty], ...]:
        """Return what the member holds, by responsibility, then by duty."""
        held = {(a.responsibility, a.duty) for a in self.held if a.member == member.id}
        return tuple(
            (responsibility, duty)
            for responsibility in self.organization.responsibilities
            for duty in Duty
            if (responsibility.id, duty) in held
        )

    def load(self, member: Member) -> Fraction:
        """Return the minutes a week of the member's duties and other work."""
        duties = (
            minutes(responsibility.weekly_hours) * duty.hours_share
            for responsibility, duty in self.duties_of(member)
        )
        return sum(duties, self.other.get(member.id, Fraction(0)))

    def capacity(self, member: Member) -> Fraction:
        """Return the minutes a week that the member is there for, on average of the days ahead."""
        return minutes(member.weekly_hours) * member.availability(self.ahead)

    def _ids(self, responsibility: Responsibility, duty: Duty) -> set[str]:
        return {
            a.member for a in self.held if a.responsibility == responsibility.id and a.duty is duty
        }


def shortfalls(member: Member, responsibility: Responsibility) -> list[tuple[SkillLevel, int]]:
    """Return the levels that are wanted and not reached, each with the level that is had."""
    levels = ((want, member.level_of(want.skill)) for want in responsibility.skills)
    return [(want, has) for want, has in levels if has < want.level]


def shown_hours(weekly_minutes: Fraction) -> str:
    """Return minutes as hours, rounded half up to two digits, with no zeros at the end."""
    whole = int(weekly_minutes + Fraction(1, 2))
    return f"{hours(whole):f}".rstrip("0").rstrip(".")


def shown_names(members: Iterable[Member]) -> Phrase:
    """Return the names of the members as a list in words."""
    names = [member.name for member in members]
    if len(names) > 1:
        return Phrase(f"{', '.join(names[:-1])} and {names[-1]}", "、".join(names))
    return Phrase("".join(names), "".join(names))


def found(
    kind: str,
    severity: Severity,
    subject: str,
    title: Phrase,
    *,
    evidence: Iterable[tuple[str, object]] = (),
    suggestion: Phrase | None = None,
) -> Finding:
    """Make a finding whose evidence is shown as text."""
    return Finding(
        kind=kind,
        severity=severity,
        subject=subject,
        title=title,
        evidence=tuple((name, str(value)) for name, value in evidence),
        suggestion=suggestion,
    )
