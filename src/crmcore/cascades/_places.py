"""Places: who stands where in the company, and who belongs to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from crmcore.organization import Organization


@attrs.frozen
class Places:
    """Who belongs to whom, one step up: members to teams, teams to departments, these to all."""

    company: str
    above: Mapping[str, str]

    @classmethod
    def of(cls, company: str, organizations: Iterable[Organization]) -> Places:
        """Return the places in a company of these departments."""
        above: dict[str, str] = {}
        for organization in organizations:
            above[organization.department.id] = company
            above.update((team.id, team.department) for team in organization.teams)
            above.update((member.id, member.team) for member in organization.members)
        return cls(company, MappingProxyType(above))

    def line(self, who: str | None) -> tuple[str, ...]:
        """Return somebody and all whom they belong to, up to the company."""
        found = [] if who is None else [who]
        while found and found[-1] in self.above:
            found.append(self.above[found[-1]])
        return tuple(found)

    def depth(self, who: str | None) -> int | None:
        """Return how many steps below the company somebody stands; None if nobody knows."""
        line = self.line(who)
        return len(line) - 1 if line and line[-1] == self.company else None

    def are_nested(self, one: str | None, other: str | None) -> bool:
        """Say whether two are the same, or one of them belongs to the other."""
        return one == other or one in self.line(other) or other in self.line(one)
