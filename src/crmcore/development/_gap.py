"""Skill gaps: what people lack for what they do, or are to do."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from crmcore.checks import between, is_id, is_name
from crmcore.errors import InvalidValueError
from crmcore.kernel import MemberId, ResponsibilityId
from crmcore.organization import Assignment, Member, Organization, SkillLevel


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
    """Return what the holders of duties lack for them, as `gaps_of` puts it together.

    Args:
        organization: The department.
        assignments: The assignments that hold, or those that a plan leads to.

    Raises:
        UnknownNameError: If an assignment names a member or responsibility that is not there.

    .. versionadded:: 0.1.0
    """
    return gaps_of(
        (
            organization.member(held.member),
            held.responsibility,
            organization.responsibility(held.responsibility).skills,
        )
        for held in assignments
    )


def gaps_of(
    holdings: Iterable[tuple[Member, ResponsibilityId, Iterable[SkillLevel]]],
) -> tuple[SkillGap, ...]:
    """Return what members lack for responsibilities, one gap for each member and skill.

    Args:
        holdings: The members, each with a responsibility of which it holds a duty, and the
            levels of skills that this wants.

    Returns:
        The gaps, by member, then by skill. Where several responsibilities want more than the
        member has, the gap reaches to the highest level and names them all.

    .. versionadded:: 0.1.0
    """
    has: dict[tuple[MemberId, str], int] = {}
    wanted: dict[tuple[MemberId, str], dict[ResponsibilityId, int]] = {}
    for member, responsibility, wants in holdings:
        for want in wants:
            level = member.level_of(want.skill)
            if want.level > level:
                key = (member.id, want.skill)
                has[key] = level
                wanted.setdefault(key, {})[responsibility] = want.level
    return tuple(
        SkillGap(
            member=member,
            skill=skill,
            has=has[member, skill],
            needs=max(because.values()),
            because=tuple(because),
        )
        for (member, skill), because in sorted(wanted.items())
    )
