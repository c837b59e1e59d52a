"""A department to storage and back."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given, settings

from crmcore.errors import AlreadyExistsError, InvalidValueError, NotFoundError
from crmcore.kernel import DepartmentId, TeamId
from crmcore.memory import MemoryStore
from crmcore.organization import Department, Member, Organization, Team
from crmcore.storage import Store, add_organization, read_organization
from crmcore.testing import organizations


def kept(*departments: Organization) -> Store:
    """Return a store with these departments in it."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        for organization in departments:
            add_organization(uow, organization)
        uow.commit()
    return store


def with_one_member(name: str) -> Organization:
    """Return a department of one team with one member, all of them called alike."""
    return Organization(
        department=Department(id=DepartmentId(name), name=name),
        teams=[Team(id=TeamId(f"{name}-team"), name=name, department=DepartmentId(name))],
        members=[Member(id=f"{name}-wei", name="Wei", team=f"{name}-team", weekly_hours=38)],  # type: ignore[arg-type]
    )


def at_version_one(organization: Organization) -> Organization:
    """Return the organization as it is once it was stored."""
    fields: dict[str, Any] = {"department": attrs.evolve(organization.department, version=1)}
    for field in attrs.fields(Organization)[1:]:
        records = getattr(organization, field.name)
        fields[field.name] = [attrs.evolve(record, version=1) for record in records]
    return Organization(**fields)


@settings(max_examples=25)
@given(organizations())
def test_nothing_of_a_department_is_lost(organization: Organization) -> None:
    """What was added is read again, every record of it at version 1."""
    with kept(organization).unit_of_work(readonly=True) as uow:
        assert read_organization(uow) == at_version_one(organization)


def test_a_department_has_its_own_people() -> None:
    """Of two departments in one store, each is read without what belongs to the other."""
    care, sales = with_one_member("care"), with_one_member("sales")

    with kept(care, sales).unit_of_work(readonly=True) as uow:
        assert read_organization(uow, department="sales") == at_version_one(sales)


def test_one_of_several_must_be_named() -> None:
    """Which department is meant is only clear where there is one."""
    with (
        kept(with_one_member("care"), with_one_member("sales")).unit_of_work() as uow,
        pytest.raises(InvalidValueError, match=r"department must be named, .* holds several"),
    ):
        read_organization(uow)


def test_no_department_is_none() -> None:
    """An empty store has no department to read."""
    with kept().unit_of_work() as uow:
        with pytest.raises(InvalidValueError, match="department must be stored first"):
            read_organization(uow)
        with pytest.raises(NotFoundError, match="there is no department 'care'"):
            read_organization(uow, department="care")


def test_a_department_is_added_once() -> None:
    """Adding what is stored already is refused by the first id that is taken."""
    with (
        kept(with_one_member("care")).unit_of_work() as uow,
        pytest.raises(AlreadyExistsError, match="there is a department 'care' already"),
    ):
        add_organization(uow, with_one_member("care"))
