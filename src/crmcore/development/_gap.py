"""Skill gaps: what people lack for what they do, or are to do."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from crmcore.checks import between, is_id, is_name
from crmcore.errors import InvalidValueError
from crmcore.kernel import MemberId, ResponsibilityId
from crmcore.organization import Assignment, Organization


def _ids(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))


@attrs.frozen(kw_only=True)
class SkillGap:
    """A member lacks levels of a skill for what the member is to do.

    Attributes:
        member: Who lacks it.
        skill: What is lacking.
        has: The level that the member has; 0 where none.
        needs: The level that is wanted, above *has*.
        because: The ids of the responsibilities that want it, each once, sorted.

    .. versionadded:: 0.1.0
    """

    member: MemberId = attrs.field(validator=is_id)
    skill: str = attrs.field(validator=is_name)
    has: int = attrs.field(validator=between(0, 7))
    needs: int = attrs.field(validator=between(1, 7))
    because: tuple[str, ...] = attrs.field(converter=_ids)

    @needs.validator
    def _is_more_than_had(self, attribute: attrs.Attribute[int], value: int) -> None:
        if value <= self.has:
            raise InvalidValueError(attribute.name, value, f"be above the level had, {self.has}")

    @property
    def missing_levels(self) -> int:
        """How many levels are lacking."""
        return self.needs - self.has


def skill_gaps(
    organization: Organization, assignments: Iterable[Assignment]
) -> tuple[SkillGap, ...]:
    """Return what the holders of duties lack for them, one gap for each member and skill.

    Args:
        organization: The department.
        assignments: The assignments that hold, or those that a plan leads to.

    Returns:
        The gaps, by member, then by skill. Where several responsibilities want more than the
        member has, the gap reaches to the highest level and names them all.

    Raises:
        UnknownNameError: If an assignment names a member or responsibility that is not there.

    .. versionadded:: 0.1.0
    """
    needs: dict[tuple[MemberId, str], int] = {}
    because: dict[tuple[MemberId, str], set[ResponsibilityId]] = {}
    for held in assignments:
        member = organization.member(held.member)
        for want in organization.responsibility(held.responsibility).skills:
            if want.level > member.level_of(want.skill):
                key = (held.member, want.skill)
                needs[key] = max(needs.get(key, 0), want.level)
                because.setdefault(key, set()).add(held.responsibility)
    return tuple(
        SkillGap(
            member=member,
            skill=skill,
            has=organization.member(member).level_of(skill),
            needs=needs[member, skill],
            because=because[member, skill],
        )
        for member, skill in sorted(needs)
    )
