"""Needs: what an arrival wants of whoever takes it; the one check of all ways to be given it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Final, TypeAlias

import attrs

from crmcore.checks import is_id
from crmcore.criteria import Criterion, Schema
from crmcore.customers import Customer
from crmcore.errors import InvalidValueError, nearest
from crmcore.kernel import Phrase
from crmcore.organization import Member, SkillLevel

from ._kinds import listed, must_be

_LEVELS: Final = "list levels of skills, as SkillLevel('negotiation', 3)"

_MemberCheck: TypeAlias = Callable[[Member], bool]


def _skills(levels: Iterable[SkillLevel]) -> tuple[SkillLevel, ...]:
    found = listed(levels, "skills", _LEVELS)
    for level in found:
        must_be(SkillLevel, level, "skills", _LEVELS)
    return tuple(sorted(found))


@lru_cache(maxsize=1)
def _members_fields() -> Schema:
    return Schema.of(Member)


@attrs.frozen(kw_only=True, cache_hash=True)  # each arrival finds its class by it
class Need:
    """What an arrival wants of whoever takes it; by default nothing.

    Attributes:
        skills: The skills that are wanted, each at its level or above.
        language: The language to speak, if one is wanted.
        region: The region to serve, if one is wanted.
        criterion: What must hold for the member, such as ``F.roles.has("senior")``; where it
            is unknown, the member may not take the arrival.

    .. versionadded:: 0.1.0
    """

    skills: tuple[SkillLevel, ...] = attrs.field(default=(), converter=_skills)
    language: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    region: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    criterion: Criterion | None = attrs.field(default=None)

    @criterion.validator
    def _fits_members(
        self, attribute: attrs.Attribute[Criterion | None], value: Criterion | None
    ) -> None:
        if value is None:
            return
        if not isinstance(value, Criterion):
            raise InvalidValueError(attribute.name, value, "be a criterion over the member")
        _members_fields().check(value, path=attribute.name)

    @classmethod
    def of(cls, customer: Customer) -> Need:
        """Return what a customer needs: its skills at level 1, its language, its region."""
        skills = [SkillLevel(skill, 1) for skill in customer.needs]
        return cls(skills=skills, language=customer.language, region=customer.region)

    @property
    def depends_on_the_day(self) -> bool:
        """Whether the same member may fit on one day and not on another."""
        return self.criterion is not None and self.criterion.needs_as_of

    def check(self, day: date) -> _MemberCheck:
        """Return the function that says whether a member has all that is wanted."""
        judge = None if self.criterion is None else self.criterion.compile(as_of=day)

        def has_all(member: Member) -> bool:
            return (
                all(member.level_of(wanted.skill) >= wanted.level for wanted in self.skills)
                and (self.language is None or self.language in member.languages)
                and (self.region is None or not member.regions or self.region in member.regions)
                and (judge is None or judge(member) is True)
            )

        return has_all

    def lacks(self, member: Member, day: date) -> Iterator[Phrase]:
        """Yield in words what the member lacks of what is wanted."""
        for wanted in self.skills:
            if member.level_of(wanted.skill) < wanted.level:
                yield Phrase(
                    f"lacks {wanted.skill} at level {wanted.level} or more",
                    f"缺少{wanted.level}级以上的{wanted.skill}",
                )
        if self.language is not None and self.language not in member.languages:
            yield Phrase(f"lacks language {self.language}", f"缺少{self.language}语言能力")
        if self.region is not None and member.regions and self.region not in member.regions:
            yield Phrase(f"lacks region {self.region}", f"缺少{self.region}地区资格")
        if self.criterion is not None and not self.criterion.holds(member, as_of=day):
            words = self.criterion.words
            yield Phrase(f"does not meet: {words.en}", f"不满足：{words.zh}")

    def suggestions(self, members: Iterable[Member]) -> Iterator[Phrase]:
        """Yield each name that no member knows, with the nearest one that somebody has."""
        people = tuple(members)
        wanted = [
            ("skill", "技能", w.skill, {s.skill for m in people for s in m.skills})
            for w in self.skills
        ]
        spoken = {language for member in people for language in member.languages}
        served = {region for member in people for region in member.regions}
        if self.language is not None:
            wanted.append(("language", "语言", self.language, spoken))
        if self.region is not None and all(member.regions for member in people):
            wanted.append(("region", "地区", self.region, served))
        for kind, chinese, name, known in wanted:
            if name not in known:
                near = nearest(name, known)
                yield Phrase(
                    f"nobody has the {kind} {name}" + (f"; did you mean {near}?" if near else ""),
                    f"无人具备{chinese}{name}" + (f"；是否指{near}？" if near else ""),
                )
