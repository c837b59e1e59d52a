"""Places: who stands where in the company, and who belongs to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from crmcore.kernel import LabelledEnum
from crmcore.organization import Organization


class Level(LabelledEnum):
    """How high in the company whoever answers for a goal stands, the highest first.

    .. versionadded:: 0.1.0
    """

    COMPANY = "company", "company", "公司"
    DEPARTMENT = "department", "department", "部门"
    TEAM = "team", "team", "团队"
    MEMBER = "member", "member", "成员"


_DEPTH = {level: depth for depth, level in enumerate(Level)}


@attrs.frozen
class Places:
    """Who stands on which level, and who belongs to whom, one step up."""

    company: str
    levels: Mapping[str, Level]
    above: Mapping[str, str]

    @classmethod
    def of(cls, company: str, organizations: Iterable[Organization]) -> Places:
        """Return the places in a company of these departments."""
        levels: dict[str, Level] = {}
        above: dict[str, str] = {}
        for organization in organizations:
            levels[organization.department.id] = Level.DEPARTMENT
            above[organization.department.id] = company
            for team in organization.teams:
                levels[team.id], above[team.id] = Level.TEAM, team.department
            for member in organization.members:
                levels[member.id], above[member.id] = Level.MEMBER, member.team
        levels[company] = Level.COMPANY
        return cls(company, MappingProxyType(levels), MappingProxyType(above))

    def level(self, who: str | None) -> Level | None:
        """Return the level that somebody stands on; None if nobody knows."""
        return None if who is None else self.levels.get(who)

    def is_above(self, one: str | None, other: str | None) -> bool:
        """Say whether one surely stands on a higher level than the other."""
        high, low = self.level(one), self.level(other)
        return high is not None and low is not None and _DEPTH[high] < _DEPTH[low]

    def line(self, who: str) -> tuple[str, ...]:
        """Return somebody and all whom they belong to, each once, up to the company."""
        found = [who]
        while (following := self.above.get(found[-1])) is not None and following not in found:
            found.append(following)
        return tuple(found)
