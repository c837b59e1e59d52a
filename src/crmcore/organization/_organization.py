"""The organization as a whole: everything about a department at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol, TypeVar

import attrs

from crmcore.errors import Fault, FaultsError, UnknownNameError

from ._assignment import Assignment, Duty
from ._member import Member
from ._responsibility import Responsibility, Role
from ._skill import SkillLevel
from ._unit import Department, Team


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_R = TypeVar("_R", bound=_HasId)


def _by_id(records: Iterable[_R]) -> tuple[_R, ...]:
    return tuple(sorted(records, key=lambda record: record.id))


def _teams(records: Iterable[Team]) -> tuple[Team, ...]:
    return _by_id(records)


def _roles(records: Iterable[Role]) -> tuple[Role, ...]:
    return _by_id(records)


def _members(records: Iterable[Member]) -> tuple[Member, ...]:
    return _by_id(records)


def _responsibilities(records: Iterable[Responsibility]) -> tuple[Responsibility, ...]:
    return _by_id(records)


def _assignments(records: Iterable[Assignment]) -> tuple[Assignment, ...]:
    return _by_id(records)


@attrs.frozen(kw_only=True)
class Organization:
    """A department with its teams, people, roles and responsibilities.

    Whatever order they come in, they are kept by id. Names that lead nowhere, ids that come
    twice and duties held twice by one person are refused, all of them together.

    Attributes:
        department: The department.
        teams: Its teams.
        roles: Its roles.
        members: Its members.
        responsibilities: What it has promised to do.
        assignments: Who holds which duty, now and in the past.

    .. versionadded:: 0.1.0
    """

    department: Department
    teams: tuple[Team, ...] = attrs.field(default=(), converter=_teams)
    roles: tuple[Role, ...] = attrs.field(default=(), converter=_roles)
    members: tuple[Member, ...] = attrs.field(default=(), converter=_members)
    responsibilities: tuple[Responsibility, ...] = attrs.field(
        default=(), converter=_responsibilities
    )
    assignments: tuple[Assignment, ...] = attrs.field(default=(), converter=_assignments)

    def __attrs_post_init__(self) -> None:
        """Refuse what does not hang together.

        Raises:
            FaultsError: With every fault that was found.
        """
        faults = [*_repeated(self), *_dangling(self), *_held_twice(self)]
        if faults:
            raise FaultsError("organization", faults)

    @property
    def skills(self) -> tuple[str, ...]:
        """The names of all skills that somebody has or something wants, sorted."""
        levels: list[SkillLevel] = []
        levels.extend(level for member in self.members for level in member.skills)
        levels.extend(level for role in self.roles for level in role.skills)
        levels.extend(level for duty in self.responsibilities for level in duty.skills)
        return tuple(sorted({level.skill for level in levels}))

    def member(self, key: str) -> Member:
        """Return the member with this id.

        Raises:
            UnknownNameError: If there is none.
        """
        return _one("member", key, self.members)

    def role(self, key: str) -> Role:
        """Return the role with this id.

        Raises:
            UnknownNameError: If there is none.
        """
        return _one("role", key, self.roles)

    def team(self, key: str) -> Team:
        """Return the team with this id.

        Raises:
            UnknownNameError: If there is none.
        """
        return _one("team", key, self.teams)

    def responsibility(self, key: str) -> Responsibility:
        """Return the responsibility with this id.

        Raises:
            UnknownNameError: If there is none.
        """
        return _one("responsibility", key, self.responsibilities)

    def has_authority(self, member: Member) -> bool:
        """Say whether one of the member's roles lets the member be accountable."""
        return any(self.role(key).has_authority for key in member.roles)

    def assigned_at(
        self, at: datetime, *, duty: Duty | None = None, responsibility: str | None = None
    ) -> tuple[Assignment, ...]:
        """Return the assignments that hold at the instant *at*, by id."""
        return tuple(
            held
            for held in self.assignments
            if held.lasts_at(at)
            and duty in (None, held.duty)
            and responsibility in (None, held.responsibility)
        )

    def who_does(self, words: str, *, at: datetime) -> tuple[Assignment, ...]:
        """Return who holds a duty, at the instant *at*, of what *words* describe.

        Args:
            words: The id of a responsibility, or words of its name or content, in any case.
            at: The instant to look at.

        Returns:
            The assignments by responsibility, then accountable before responsible before
            backup, then by member.
        """
        wanted = words.casefold()
        meant = {
            duty.id
            for duty in self.responsibilities
            if wanted == duty.id.casefold()
            or any(wanted in text.casefold() for text in (duty.name, duty.content or ""))
        }
        found = (held for held in self.assigned_at(at) if held.responsibility in meant)
        duties = list(Duty)
        return tuple(
            sorted(found, key=lambda h: (h.responsibility, duties.index(h.duty), h.member))
        )


def _one(kind: str, key: str, records: tuple[_R, ...]) -> _R:
    for record in records:
        if record.id == key:
            return record
    raise UnknownNameError(kind, key, [record.id for record in records])


def _repeated(organization: Organization) -> Iterator[Fault]:
    groups: tuple[tuple[str, Iterable[_HasId]], ...] = (
        ("teams", organization.teams),
        ("roles", organization.roles),
        ("members", organization.members),
        ("responsibilities", organization.responsibilities),
        ("assignments", organization.assignments),
    )
    for group, records in groups:
        counts = Counter(record.id for record in records)
        for key, count in sorted(counts.items()):
            if count > 1:
                yield Fault(f"{group}.{key}", f"the id comes {count} times; make it unique")


def _dangling(organization: Organization) -> Iterator[Fault]:
    known: dict[str, set[str]] = {
        "department": {organization.department.id},
        "team": {team.id for team in organization.teams},
        "role": {role.id for role in organization.roles},
        "member": {member.id for member in organization.members},
        "responsibility": {duty.id for duty in organization.responsibilities},
    }
    for path, kind, name in _references(organization):
        if name not in known[kind]:
            yield Fault(path, str(UnknownNameError(kind, name, known[kind])))


def _references(organization: Organization) -> Iterator[tuple[str, str, str]]:
    """Yield every name of another record: where it stands, what it names, and the name."""
    for team in organization.teams:
        yield f"teams.{team.id}.department", "department", team.department
        if team.lead is not None:
            yield f"teams.{team.id}.lead", "member", team.lead
    for member in organization.members:
        yield f"members.{member.id}.team", "team", member.team
        for role in member.roles:
            yield f"members.{member.id}.roles", "role", role
    for duty in organization.responsibilities:
        yield f"responsibilities.{duty.id}.role", "role", duty.role
        yield f"responsibilities.{duty.id}.team", "team", duty.team
        for other in duty.segregated_from:
            yield f"responsibilities.{duty.id}.segregated_from", "responsibility", other
    for held in organization.assignments:
        yield f"assignments.{held.id}.responsibility", "responsibility", held.responsibility
        yield f"assignments.{held.id}.member", "member", held.member


def _held_twice(organization: Organization) -> Iterator[Fault]:
    """Find two intervals in which one member holds the same duty at the same time."""
    before: dict[tuple[str, Duty, str], Assignment] = {}
    for held in sorted(organization.assignments, key=lambda h: (h.since, h.id)):
        key = (held.responsibility, held.duty, held.member)
        last = before.get(key)
        if last is not None and (last.until is None or held.since < last.until):
            problem = f"{held.member!r} holds this duty by {last.id!r} already; end that one first"
            yield Fault(f"assignments.{held.id}", problem)
        if last is None or _ends_later(held, last):
            before[key] = held


def _ends_later(held: Assignment, last: Assignment) -> bool:
    return last.until is not None and (held.until is None or held.until > last.until)
