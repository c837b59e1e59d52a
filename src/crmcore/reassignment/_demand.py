"""Demands: who can do something at all, how well, and with how much joy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from typing import Any

import attrs

from crmcore.errors import UnknownNameError
from crmcore.kernel import MemberId, Phrase, ResponsibilityId, TeamId
from crmcore.organization import Member, SkillLevel

from ._weights import AssignmentWeights

_STRONGEST = 2
_JUST_ENOUGH = 70
_LEVEL_ABOVE = 10
_FULL = 100


class Kind(Enum):
    """What sort of thing a demand wants."""

    SKILL = "skill"
    LANGUAGE = "language"
    REGION = "region"
    OTHERS = "others"
    TEAM = "team"
    RULE = "rule"
    AUTHORITY = "authority"
    FIT = "fit"


@attrs.frozen(cache_hash=True)
class Want:
    """One thing that a demand wants of whoever holds it.

    Attributes:
        kind: What sort of thing.
        of: Which one: a skill with its least level, a language, and so on.
        label: What it is in words, as a noun.
    """

    kind: Kind
    of: Any
    label: Phrase = attrs.field(eq=False)


@attrs.frozen(kw_only=True, cache_hash=True)  # each item looks its judgements up by it
class Demand:
    """What an item wants of whoever holds it.

    Attributes:
        skills: The skills that it wants, at a level.
        levels_short: How many levels of a skill somebody may lack who has it at all.
        language: The language to speak, if one is wanted.
        region: The region to serve, if one is wanted.
        wants_authority: Whether a role with authority is wanted.
        responsibility: The responsibility that it is a duty of; None for a customer.
        team: The team that the responsibility belongs to; None for a customer.
        not_to: Members who are not asked.
        teams: The teams whose members are asked; None where all are.
        rules: The rules of the company that are about it, by number, and whether that is sure.
    """

    skills: tuple[SkillLevel, ...] = ()
    levels_short: int = 0
    language: str | None = None
    region: str | None = None
    wants_authority: bool = False
    responsibility: ResponsibilityId | None = None
    team: TeamId | None = None
    not_to: tuple[MemberId, ...] = ()
    teams: tuple[TeamId, ...] | None = None
    rules: tuple[tuple[int, bool], ...] = ()

    def wants(self, labels: Sequence[Phrase]) -> Iterator[Want]:
        """Yield what it wants, one after another.

        Args:
            labels: What whoever keeps the rules of the company has, rule by rule.
        """
        for wanted in self.skills:
            least = self.least(wanted)
            skill = wanted.skill
            label = Phrase(f"{skill} at level {least} or more", f"{least}级以上的{skill}")
            yield Want(Kind.SKILL, (skill, least), label)
        if self.language is not None:
            label = Phrase(f"language {self.language}", f"{self.language}语言能力")
            yield Want(Kind.LANGUAGE, self.language, label)
        if self.region is not None:
            label = Phrase(f"region {self.region}", f"{self.region}地区资格")
            yield Want(Kind.REGION, self.region, label)
        if self.wants_authority:
            yield Want(Kind.AUTHORITY, True, Phrase("authority", "相应权限"))  # noqa: FBT003
        for at, is_sure in self.rules:
            yield Want(Kind.RULE, at, labels[at] if is_sure else _unsure(labels[at]))
        if self.teams is not None:
            yield Want(Kind.TEAM, self.teams, _membership(self.teams))
        if self.not_to:
            label = Phrase("the customer's consent", "客户的同意")
            yield Want(Kind.OTHERS, self.not_to, label)
        if self.responsibility is not None:
            label = Phrase("enough of the skills for a fit above 0 %", "足以使匹配度高于0%的技能")
            yield Want(Kind.FIT, self, label)

    def least(self, wanted: SkillLevel) -> int:
        """Return the level below which nobody may be; 0 where the skill can be learned anew."""
        return max(wanted.level - self.levels_short, 0)

    def fit(self, member: Member, weights: AssignmentWeights) -> int:
        """Return how well the member fits, in percent.

        Whoever holds a responsibility fits fully with all levels in its own team, and loses
        some percent with each level that is lacking and with another team. Whoever looks
        after a customer fits the better the more levels are there above what is needed: 70
        percent at the level, 10 more with each level above, on average over the skills.
        """
        if self.responsibility is not None:
            lacking = sum(max(w.level - member.level_of(w.skill), 0) for w in self.skills)
            away = weights.other_team if member.team != self.team else 0
            return max(_FULL - weights.level_short * lacking - away, 0)
        if not self.skills:
            return _FULL
        above = [member.level_of(wanted.skill) - wanted.level for wanted in self.skills]
        single = [min(_JUST_ENOUGH + _LEVEL_ABOVE * levels, _FULL) for levels in above]
        return sum(single) // len(single)

    def interest(self, member: Member) -> int:
        """Return how much the member wishes for it, from -2 to 2.

        What is said of the responsibility itself counts; where nothing is, the wishes for
        its skills add up.
        """
        own = member.interest_in(self.responsibility) if self.responsibility is not None else 0
        wishes = own or sum(member.interest_in(wanted.skill) for wanted in self.skills)
        return max(-_STRONGEST, min(wishes, _STRONGEST))

    def unknown_skills(self, members: Collection[Member]) -> tuple[str, ...]:
        """Return a message for each skill that nobody has, with the nearest one somebody has."""
        known = {level.skill for member in members for level in member.skills}
        return tuple(
            str(UnknownNameError("skill", wanted.skill, known))
            for wanted in self.skills
            if wanted.skill not in known
        )


def _unsure(label: Phrase) -> Phrase:
    return Phrase(
        f"{label.en} (whether the rule is about it is unknown)",
        f"{label.zh}（无法确定该规则是否适用）",
    )


def _membership(teams: tuple[TeamId, ...]) -> Phrase:
    if not teams:
        return Phrase("a team that takes the customer", "愿意接收该客户的团队")
    names = " or ".join(teams)
    return Phrase(f"membership of team {names}", f"{'或'.join(teams)}团队成员身份")
