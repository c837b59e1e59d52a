"""Training needs: the gaps of many people, put together by what there is to learn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from crmcore.kernel import MemberId, Phrase, ResponsibilityId
from crmcore.organization import Member, Organization
from crmcore.privacy import masked, personal

from ._gap import SkillGap


@attrs.frozen(kw_only=True)
class TrainingNeed:
    """Some members have to reach a level of a skill.

    Whoever is two levels short has two needs, one for each step.

    Attributes:
        skill: What there is to learn.
        level: The level to reach, from the one below it.
        members: Who has to reach it, sorted.
        because: The responsibilities that want it, sorted.
        importance: The highest importance among these responsibilities, from 1 to 3.
        teachers: Who has the skill at this level or above: the highest level first, then the
            keenest, then by id.
        title: The need in one sentence.
        suggestion: What would meet it.

    .. versionadded:: 0.1.0
    """

    skill: str
    level: int
    members: tuple[MemberId, ...]
    because: tuple[ResponsibilityId, ...]
    importance: int
    teachers: tuple[MemberId, ...]
    title: Phrase = attrs.field(repr=masked, metadata=personal("text"))
    suggestion: Phrase = attrs.field(repr=masked, metadata=personal("text"))

    def __str__(self) -> str:
        """Return the title."""
        return str(self.title)


def training_needs(
    gaps: Iterable[SkillGap], *, organization: Organization, as_of: date
) -> tuple[TrainingNeed, ...]:
    """Put gaps together by what there is to learn.

    Args:
        gaps: Who lacks what, in any order.
        organization: The department, for importance and for teachers.
        as_of: The day on which teachers must still be members.

    Returns:
        One need for each skill and level step. The one for the most important responsibility
        comes first, then the one of the most members, then by skill and level.

    Raises:
        UnknownNameError: If a gap names a member or responsibility that is not there.

    .. versionadded:: 0.1.0
    """
    steps: dict[tuple[str, int], list[SkillGap]] = {}
    for gap in gaps:
        for level in range(gap.has + 1, gap.needs + 1):
            steps.setdefault((gap.skill, level), []).append(gap)
    needs = [
        _need(skill, level, together, organization, as_of)
        for (skill, level), together in steps.items()
    ]
    return tuple(sorted(needs, key=lambda n: (-n.importance, -len(n.members), n.skill, n.level)))


def _need(
    skill: str, level: int, gaps: list[SkillGap], organization: Organization, as_of: date
) -> TrainingNeed:
    members = [organization.member(key) for key in sorted({gap.member for gap in gaps})]
    wanting = [
        organization.responsibility(key) for key in sorted({k for gap in gaps for k in gap.because})
    ]
    teachers = _teachers(skill, level, organization, as_of)
    return TrainingNeed(
        skill=skill,
        level=level,
        members=tuple(member.id for member in members),
        because=tuple(responsibility.id for responsibility in wanting),
        importance=max((responsibility.importance for responsibility in wanting), default=1),
        teachers=tuple(teacher.id for teacher in teachers),
        title=_title(skill, level, members),
        suggestion=_suggestion(teachers),
    )


def _teachers(skill: str, level: int, organization: Organization, as_of: date) -> list[Member]:
    able = [
        member
        for member in organization.members
        if member.level_of(skill) >= level and (member.left_on is None or as_of < member.left_on)
    ]
    return sorted(able, key=lambda m: (-m.level_of(skill), -m.interest_in(skill), m.id))


def _title(skill: str, level: int, members: list[Member]) -> Phrase:
    names = [member.name for member in members]
    en = " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    zh = "、".join(names)
    verb = "has" if len(members) == 1 else "have"
    return Phrase(f"{en} {verb} to reach level {level} of {skill}", f"{zh}需要达到{level}级{skill}")


def _suggestion(teachers: list[Member]) -> Phrase:
    if not teachers:
        return Phrase(
            "Nobody of the department can teach it; look for a course outside",
            "部门内无人能授课，请寻找外部课程",
        )
    best = teachers[0].name
    more = len(teachers) - 1
    if not more:
        return Phrase(f"{best} could teach it", f"{best}可以授课")
    return Phrase(f"{best} or {more} more could teach it", f"{best}等{more + 1}人可以授课")
