"""What the tests of reviews share: one small shop, in stores of either kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import pytest

from crmcore.activities import (
    Channel,
    Direction,
    Interaction,
    InteractionId,
    Matter,
    MatterId,
    MatterKind,
    Purchase,
    PurchaseId,
)
from crmcore.codec import from_data
from crmcore.customers import Contact, Customer, Ownership, OwnershipId
from crmcore.kernel import CustomerId, MemberId, Money
from crmcore.lifecycle import Stage
from crmcore.memory import MemoryStore
from crmcore.organization import Duty, Organization, SkillLevel
from crmcore.plans import Move, Plan
from crmcore.policies import BookPolicy, Policy, StageMinutes, TierCare
from crmcore.reassignment import Capacity, assign_customers
from crmcore.reviews import Review, review_department
from crmcore.sql import SqlStore
from crmcore.storage import Store, add_organization

Stores: TypeAlias = Callable[[], Store]
Planned: TypeAlias = Callable[[Iterable[Move]], Plan]
Opened: TypeAlias = Callable[..., Matter]

AS_OF = date(2026, 9, 30)
SINCE = datetime(2025, 1, 1, tzinfo=UTC)

BUYING = (Stage.NEW, Stage.ACTIVE, Stage.LOYAL, Stage.AT_RISK, Stage.REACTIVATED)
# Who has bought how often, how many days apart, the last time how many days ago, for how much.
HABITS = (
    ("ada", 8, 20, 6, "60.00"),
    ("bob", 6, 30, 10, "25.00"),
    ("cy", 4, 40, 200, "80.00"),
    ("dee", 2, 60, 20, "35.00"),
    ("eve", 1, 1, 12, "180.00"),
    ("fay", 1, 1, 400, "20.00"),
    ("gus", 12, 14, 3, "45.00"),
    ("hal", 5, 25, 150, "120.00"),
    ("ivy", 3, 50, 90, "15.00"),
    ("jo", 2, 200, 30, "300.00"),
)
# The default policy with a book of its own, so that its fine tuning does not matter here.
POLICY = attrs.evolve(
    Policy.default(),
    book=BookPolicy(
        [
            TierCare(
                tier="gold",
                importance=8,
                skills=[SkillLevel("negotiation", 2)],
                minutes=[StageMinutes(stage, 15) for stage in BUYING],
            ),
            TierCare(
                tier="silver",
                importance=4,
                minutes=[StageMinutes(stage, 10) for stage in BUYING],
            ),
            TierCare(
                tier="bronze",
                importance=2,
                minutes=[StageMinutes(stage, 5) for stage in BUYING],
            ),
            TierCare(tier="standard", minutes=[StageMinutes(Stage.ACTIVE, 1)]),
        ]
    ),
)
OWNERS = {"ada": "ben", "bob": "ben", "cy": "dora", "dee": "ben", "gus": "dora", "hal": "ben"}


@attrs.frozen(kw_only=True)
class Shop:
    """Everything that a store is filled with."""

    organization: Organization
    customers: tuple[Customer, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    ownerships: tuple[Ownership, ...] = ()
    contacts: tuple[Contact, ...] = ()
    matters: tuple[Matter, ...] = ()

    def into(self, store: Store) -> Store:
        """Keep all of it in *store*."""
        with store.unit_of_work() as uow:
            add_organization(uow, self.organization)
            uow.customers.add_all(self.customers)
            uow.purchases.add_all(self.purchases)
            uow.interactions.add_all(self.interactions)
            uow.ownerships.add_all(self.ownerships)
            uow.contacts.add_all(self.contacts)
            uow.matters.add_all(self.matters)
            uow.commit()
        return store

    def review(self, *, policy: Policy = POLICY, months: int = 12, weeks: int = 4) -> Review:
        """Return the review of the shop, kept in memory."""
        store = self.into(MemoryStore())
        return review_department(store, policy=policy, as_of=AS_OF, months=months, weeks=weeks)

    def shuffled(self, order: Callable[[Sequence[Any]], Sequence[Any]]) -> Shop:
        """Return the same records in another order."""
        return Shop(
            organization=attrs.evolve(
                self.organization,
                teams=order(self.organization.teams),
                members=order(self.organization.members),
                responsibilities=order(self.organization.responsibilities),
                assignments=order(self.organization.assignments),
            ),
            customers=tuple(order(self.customers)),
            purchases=tuple(order(self.purchases)),
            interactions=tuple(order(self.interactions)),
            ownerships=tuple(order(self.ownerships)),
            contacts=tuple(order(self.contacts)),
            matters=tuple(order(self.matters)),
        )


def _organization() -> Organization:
    return from_data(
        Organization,
        {
            "department": {"id": "care", "name": "Customer care"},
            "teams": [
                {
                    "id": "service",
                    "name": "Service",
                    "department": "care",
                    "lead": "anna",
                    "looks_after_customers": True,
                },
                {
                    "id": "sales",
                    "name": "Sales",
                    "department": "care",
                    "looks_after_customers": True,
                    "indicators": ["sales"],
                },
            ],
            "roles": [
                {"id": "manager", "name": "Manager", "has_authority": True},
                {"id": "clerk", "name": "Clerk"},
            ],
            "members": [
                {
                    "id": "anna",
                    "name": "Anna Kowalski",
                    "team": "service",
                    "roles": ["manager"],
                    "weekly_hours": 24,
                    "skills": [{"skill": "complaint handling", "level": 5}],
                },
                {
                    "id": "ben",
                    "name": "Ben Carter",
                    "team": "service",
                    "roles": ["clerk"],
                    "weekly_hours": 20,
                    "skills": [{"skill": "complaint handling", "level": 3}],
                },
                {
                    "id": "chen",
                    "name": "Chen Li",
                    "team": "sales",
                    "roles": ["clerk"],
                    "weekly_hours": 30,
                    "skills": [
                        {"skill": "negotiation", "level": 4},
                        {"skill": "selling", "level": 3},
                    ],
                },
                {
                    "id": "dora",
                    "name": "Dora Maar",
                    "team": "sales",
                    "roles": ["clerk"],
                    "weekly_hours": 30,
                    "skills": [{"skill": "negotiation", "level": 3}],
                    "left_on": "2026-09-01",
                },
            ],
            "responsibilities": [
                {
                    "id": "complaints",
                    "name": "Solve complaints",
                    "role": "clerk",
                    "team": "service",
                    "weekly_hours": 6,
                    "skills": [{"skill": "complaint handling", "level": 4}],
                    "expected_outcome": "No complaint stays open for more than five days.",
                    "indicators": ["retention_rate"],
                    "importance": 3,
                },
                {
                    "id": "renewals",
                    "name": "Win customers back",
                    "role": "clerk",
                    "team": "sales",
                    "weekly_hours": 4,
                    "skills": [{"skill": "negotiation", "level": 3}],
                    "has_backup": False,
                },
            ],
            "assignments": [
                _assignment("a-1", "complaints", Duty.ACCOUNTABLE, "anna"),
                _assignment("a-2", "complaints", Duty.RESPONSIBLE, "ben"),
                _assignment("a-3", "complaints", Duty.BACKUP, "ben"),
                _assignment("a-4", "renewals", Duty.RESPONSIBLE, "dora"),
            ],
        },
        source="organization",
    )


def _assignment(name: str, responsibility: str, duty: Duty, member: str) -> dict[str, Any]:
    return {
        "id": name,
        "responsibility": responsibility,
        "duty": duty.value,
        "member": member,
        "since": SINCE.isoformat(),
    }


def _purchases() -> Iterator[Purchase]:
    for customer, times, gap, ago, amount in HABITS:
        for nth in range(times):
            day = AS_OF - timedelta(days=ago + gap * nth)
            yield Purchase(
                id=PurchaseId(f"{customer}-{nth:02}"),
                customer=CustomerId(customer),
                at=datetime(day.year, day.month, day.day, 16, tzinfo=UTC),
                amount=Money(amount, "USD"),
            )


@pytest.fixture(scope="session")
def shop() -> Shop:
    """Return a shop with four members, of whom one has left, and a dozen customers."""
    names = [*(habit[0] for habit in HABITS), "kim", "leo"]
    return Shop(
        organization=_organization(),
        customers=tuple(
            Customer(id=CustomerId(name), name=name.title(), known_since=date(2025, 1, 1))
            for name in names
        ),
        purchases=tuple(_purchases()),
        interactions=(
            Interaction(
                id=InteractionId("i-1"),
                customer=CustomerId("kim"),
                at=datetime(2026, 9, 1, 12, tzinfo=UTC),
                member=MemberId("ben"),
                channel=Channel.CALL,
                direction=Direction.OUTBOUND,
            ),
        ),
        ownerships=tuple(
            Ownership(
                id=OwnershipId(f"o-{customer}"),
                customer=CustomerId(customer),
                member=MemberId(member),
                since=SINCE,
            )
            for customer, member in OWNERS.items()
        ),
    )


@pytest.fixture(scope="session")
def policy() -> Policy:
    """Return the policy of the shop."""
    return POLICY


@pytest.fixture(scope="session")
def review(shop: Shop) -> Review:
    """Return the review of the shop."""
    return shop.review()


@pytest.fixture(scope="session")
def plan_of(shop: Shop) -> Planned:
    """Return the maker of plans with stated moves."""
    anna = Capacity(member=shop.organization.member("anna"), hours=Decimal(10))
    nothing = assign_customers([], [anna], as_of=AS_OF)

    def make(moves: Iterable[Move]) -> Plan:
        return attrs.evolve(nothing, moves=tuple(moves))

    return make


@pytest.fixture(scope="session")
def opened() -> Opened:
    """Return the maker of matters: id, customer, who is in charge, and any other field."""

    def make(key: str, customer: str, member: str | None, **fields: Any) -> Matter:  # noqa: ANN401
        usual: dict[str, Any] = {
            "kind": MatterKind.REQUEST,
            "subject": f"Matter {key}",
            "opened_at": SINCE,
        }
        return Matter(
            id=MatterId(key),
            customer=CustomerId(customer),
            member=None if member is None else MemberId(member),
            **usual | fields,
        )

    return make


@pytest.fixture(params=["memory", "sql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """Return the maker of new, empty stores: in dictionaries, then in a database."""
    opened: list[Store] = []

    def make() -> Store:
        if request.param == "memory":
            store: Store = MemoryStore()
        else:
            store = SqlStore.open(f"sqlite:///{tmp_path}/{len(opened)}.db")
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()
