"""The organization as a whole, to and from storage."""

from __future__ import annotations

from crmcore.errors import InvalidValueError
from crmcore.organization import Department, Organization

from ._protocols import UnitOfWork


def read_organization(uow: UnitOfWork, *, department: str | None = None) -> Organization:
    """Return a department with everything that belongs to it.

    What belongs to it hangs on its teams: their members, their responsibilities, and the
    assignments of these. Roles are the company's, and come all.

    Args:
        uow: Where to read.
        department: The id of the department; it may be left out where only one is stored.

    Raises:
        NotFoundError: If there is no such department.
        InvalidValueError: If none is named and there is not exactly one.
        FaultsError: If what is stored does not hang together.

    .. versionadded:: 0.1.0
    """
    unit = _the_department(uow, department)
    teams = [team for team in uow.teams.stream() if team.department == unit.id]
    mine = {team.id for team in teams}
    responsibilities = [held for held in uow.responsibilities.stream() if held.team in mine]
    promised = {held.id for held in responsibilities}
    return Organization(
        department=unit,
        teams=teams,
        roles=uow.roles.stream(),
        members=[member for member in uow.members.stream() if member.team in mine],
        responsibilities=responsibilities,
        assignments=[held for held in uow.assignments.stream() if held.responsibility in promised],
    )


def _the_department(uow: UnitOfWork, key: str | None) -> Department:
    if key is not None:
        return uow.departments.get(key)
    found = uow.departments.page(limit=2).items
    if len(found) != 1:
        many, none = "be named, because the store holds several", "be stored first"
        raise InvalidValueError("department", key, many if found else none)
    return found[0]


def add_organization(uow: UnitOfWork, organization: Organization) -> None:
    """Store a department with everything that belongs to it, all of it new.

    Args:
        uow: Where to store it; commit it yourself.
        organization: What to store.

    Raises:
        AlreadyExistsError: If an id is taken.

    .. versionadded:: 0.1.0
    """
    uow.departments.add(organization.department)
    uow.teams.add_all(organization.teams)
    uow.roles.add_all(organization.roles)
    uow.members.add_all(organization.members)
    uow.responsibilities.add_all(organization.responsibilities)
    uow.assignments.add_all(organization.assignments)
