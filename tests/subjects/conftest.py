"""What the tests of subjects share: customers with personal data in every field for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

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
from crmcore.audit import Act, AuditKey
from crmcore.codec import to_json
from crmcore.customers import Contact, ContactId, Customer, Ownership, OwnershipId
from crmcore.events import DomainEvent
from crmcore.facts import ScoreFact, StageFact, TierFact
from crmcore.kernel import CustomerId, DepartmentId, MemberId, Money, TeamId
from crmcore.lifecycle import Stage
from crmcore.memory import MemoryStore
from crmcore.organization import Department, Member, Organization, Team
from crmcore.plans import Move, MoveKind, MoveReason, Plan
from crmcore.reassignment import Capacity, assign_customers
from crmcore.reviews import apply_plan
from crmcore.scoring import Override, Score
from crmcore.sql import SqlStore
from crmcore.storage import Store, UnitOfWork, add_organization

KEY = AuditKey(secret=b"32 bytes that only the store has")
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
AS_OF = date(2026, 9, 30)
POLICY: dict[str, Any] = {
    "policy": "shop",
    "policy_version": "1",
    "fingerprint": "9f2c",
    "recorded_at": NOON,
}


def texts(customer: str) -> dict[str, str]:
    """Return what is personal about a customer, in words that stand nowhere else."""
    words = "name maiden married email phone position gone note subject promise step author reason"
    return {word: f"{customer.upper()}{word.title()}Canary" for word in words.split()}


def fill_customer(uow: UnitOfWork, customer: str) -> None:
    """Store a customer with everything that can be stored about one."""
    said, whom = texts(customer), CustomerId(customer)
    uow.customers.add(Customer(id=whom, name=said["name"], known_since=date(2025, 1, 1)))
    for key, name in (("k-1", said["maiden"]), ("k-2", said["gone"])):
        uow.contacts.add(
            Contact(
                id=ContactId(f"{customer}-{key}"),
                customer=whom,
                name=name,
                email=f"{said['email']}@{key}.example",
                phone=said["phone"],
                position=said["position"],
            )
        )
    uow.purchases.add(
        Purchase(
            id=PurchaseId(f"{customer}-p"),
            customer=whom,
            at=NOON - 99 * HOUR,
            amount=Money("120.00", "USD"),
        )
    )
    uow.interactions.add(
        Interaction(
            id=InteractionId(f"{customer}-i"),
            customer=whom,
            member=MemberId("ben"),
            at=NOON - 9 * HOUR,
            channel=Channel.CALL,
            direction=Direction.INBOUND,
            note=said["note"],
        )
    )
    uow.matters.add(
        Matter(
            id=MatterId(f"{customer}-m"),
            kind=MatterKind.REQUEST,
            customer=whom,
            member=MemberId("ben"),
            subject=said["subject"],
            opened_at=NOON - 9 * HOUR,
            promise=said["promise"],
            next_step=said["step"],
        )
    )
    uow.ownerships.add(
        Ownership(
            id=OwnershipId(f"{customer}-o"),
            customer=whom,
            member=MemberId("ben"),
            since=NOON - 999 * HOUR,
        )
    )
    fill_facts(uow, customer)


def fill_facts(uow: UnitOfWork, customer: str) -> None:
    """Store what was judged of a customer; somebody has overridden the score."""
    said, whom, since = texts(customer), CustomerId(customer), date(2026, 1, 1)
    uow.facts.stages.append(
        [StageFact(customer=whom, stage=Stage.ACTIVE, since=since, as_of=AS_OF, **POLICY)]
    )
    uow.facts.tiers.append(
        [TierFact(customer=whom, tier="gold", since=since, as_of=AS_OF, **POLICY)]
    )
    uow.facts.scores.append([overridden(said["author"], said["reason"], whom)])


def overridden(author: str, reason: str, customer: CustomerId) -> ScoreFact:
    """Return the fact that somebody has put another number beside a score."""
    score = Score(
        rule_set="value",
        version="1",
        as_of=AS_OF,
        ledger=(),
        low=Decimal(0),
        high=Decimal(0),
        override=Override(
            value=Decimal(50), author=author, reason=reason, expires=date(2027, 1, 1)
        ),
    )
    return ScoreFact.of(score, customer=customer, **POLICY)


def organization() -> Organization:
    """Return a department of two; Ben's name stands nowhere else."""
    return Organization(
        department=Department(id=DepartmentId("care"), name="Customer care"),
        teams=[
            Team(
                id=TeamId("sales"),
                name="Sales",
                department=DepartmentId("care"),
                lead=MemberId("ben"),
                looks_after_customers=True,
            )
        ],
        members=[
            Member(id=MemberId("ben"), name="BenCanary", team=TeamId("sales"), weekly_hours=38),
            Member(id=MemberId("dora"), name="DoraCanary", team=TeamId("sales"), weekly_hours=38),
        ],
        responsibilities=[],
        assignments=[],
    )


def moving(*customers: str) -> Plan:
    """Return a plan that takes customers from Ben to Dora."""
    nothing = assign_customers(
        [], [Capacity(member=organization().member("ben"), hours=Decimal(10))], as_of=AS_OF
    )
    moves = tuple(
        Move(
            customer=CustomerId(customer),
            from_member=MemberId("ben"),
            to_member=MemberId("dora"),
            reason=MoveReason(kind=MoveKind.RELIEF),
        )
        for customer in customers
    )
    return attrs.evolve(nothing, moves=moves)


def fill(store: Store) -> Store:
    """Fill a store with two customers, who are stored, changed, moved and told of."""
    with store.unit_of_work(act=Act(by="import", at=NOON)) as uow:
        add_organization(uow, organization())
        fill_customer(uow, "c-1")
        fill_customer(uow, "c-2")
        uow.commit()
    with store.unit_of_work(act=Act(by="ben", at=NOON)) as uow:
        married = uow.contacts.get("c-1-k-1")
        uow.contacts.save(attrs.evolve(married, name=texts("c-1")["married"]))
        uow.contacts.remove("c-1-k-2", version=1)
        uow.once("mail-1", request="write to them")
        uow.answer("mail-1", to_json({"to": "c-1-k-1", "who": texts("c-1")["married"]}))
        uow.record(DomainEvent(name="mail.sent", subject="contacts/c-1-k-1", at=NOON))
        uow.commit()
    reason = f"the request of {texts('c-1')['name']}"
    apply_plan(store, moving("c-1", "c-2"), by="head", at=NOON, reason=reason)
    return store


def dump(store: Store) -> str:
    """Return all that a store gives out, as text."""
    with store.unit_of_work(readonly=True) as uow:
        records: list[Any] = [
            *uow.customers.stream(with_archived=True),
            *uow.contacts.stream(),
            *uow.ownerships.stream(),
            *uow.purchases.stream(),
            *uow.interactions.stream(),
            *uow.matters.stream(),
            *uow.members.stream(),
            *uow.commands.stream(),
            *uow.facts.stages.stream(),
            *uow.facts.tiers.stream(),
            *uow.facts.scores.stream(),
            *uow.trail.stream(),
            *uow.trail.heads(),
        ]
    return "\n".join(map(to_json, [*records, *store.outbox().read().events]))


@pytest.fixture
def store() -> Store:
    """Return a filled store that keeps an audit trail, in dictionaries."""
    return fill(MemoryStore(audit_key=KEY))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def each_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return the same in dictionaries, then in databases."""
    if request.param == "memory":
        yield fill(MemoryStore(audit_key=KEY))
        return
    url = f"sqlite:///{tmp_path}/crm.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    with SqlStore.open(url, audit_key=KEY) as opened:
        yield fill(opened)
