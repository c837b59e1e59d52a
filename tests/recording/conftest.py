"""What the tests of recording share: a small shop, kept in stores of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias

import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.customers import Customer, Ownership, OwnershipId
from crmcore.kernel import CustomerId, DepartmentId, MemberId, Money, TeamId
from crmcore.memory import MemoryStore
from crmcore.organization import Department, Member, Organization, Team
from crmcore.sql import SqlStore
from crmcore.storage import Store, add_organization

Fill: TypeAlias = Callable[..., Store]

SINCE = datetime(2025, 12, 1, tzinfo=UTC)
# Ada buys for 80 dollars on the tenth of every month, Bob has bought once, and Cy never.
BOUGHT = {"ada": [date(2026, month, 10) for month in range(1, 7)], "bob": [date(2026, 1, 5)]}
OWNERS = {"ada": "wei", "bob": "lin"}


def sale(customer: str, day: date) -> Purchase:
    """Return a purchase at noon in Greenwich."""
    return Purchase(
        id=PurchaseId(f"{customer} {day}"),
        customer=CustomerId(customer),
        at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        amount=Money(80, "USD"),
    )


@pytest.fixture(scope="session")
def organization() -> Organization:
    """Return a department of one team with two members."""
    department = Department(id=DepartmentId("care"), name="Customer care")
    team = Team(
        id=TeamId("sales"), name="Sales", department=department.id, looks_after_customers=True
    )
    members = [
        Member(id=MemberId(name), name=name.title(), team=team.id, weekly_hours=30)
        for name in ("lin", "wei")
    ]
    return Organization(department=department, teams=[team], members=members)


@pytest.fixture(scope="session")
def fill(organization: Organization) -> Fill:
    """Return what puts the shop into a store."""

    def into(store: Store, tenant: str = "default") -> Store:
        with store.unit_of_work(tenant=tenant) as uow:
            add_organization(uow, organization)
            for name in ("ada", "bob", "cy"):
                uow.customers.add(Customer(id=CustomerId(name), name=name.title()))
            for name, days in BOUGHT.items():
                uow.purchases.add_all(sale(name, day) for day in days)
            for name, owner in OWNERS.items():
                uow.ownerships.add(
                    Ownership(
                        id=OwnershipId(f"o-{name}"),
                        customer=CustomerId(name),
                        member=MemberId(owner),
                        since=SINCE,
                    )
                )
            uow.commit()
        return store

    return into


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path, fill: Fill) -> Iterator[Store]:
    """Return the shop, in dictionaries and in a database of the kind that a test names."""
    opened: Store = MemoryStore()
    if request.param == "sqlite":
        opened = SqlStore.open(f"sqlite:///{tmp_path / 'crm.db'}")
    elif request.param == "postgresql":
        opened = SqlStore.open(request.getfixturevalue("postgresql_url"))
    opened.migrate()
    yield fill(opened)
    opened.close()


@pytest.fixture
def shop(fill: Fill) -> Store:
    """Return the shop, in dictionaries."""
    return fill(MemoryStore())
