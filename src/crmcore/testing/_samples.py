"""Samples: a company's records, by hand, for the examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import attrs

from crmcore.activities import Channel, Direction, Interaction, Matter, MatterKind, Purchase
from crmcore.calendar import Period
from crmcore.customers import (
    Cause,
    Contact,
    Customer,
    CustomerKind,
    Ownership,
    OwnershipRole,
)
from crmcore.kernel import Money
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Interest,
    Member,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)
from crmcore.storage import Store, UnitOfWork

R = TypeVar("R")

NEW_YEAR: Final = datetime(1997, 1, 1, 5, tzinfo=UTC)
SPRING: Final = datetime(1997, 4, 1, 4, tzinfo=UTC)
SUMMER: Final = datetime(1997, 7, 1, 4, 0, 0, 1, tzinfo=UTC)

# By code point: capitals first, and what lies beyond the basic plane last, behind U+FF5E.
KEYS: Final = ("B", "a", "a-1", "b", "e\u0301", "é", "中", "\uff5e", "😀")


def customer(key: str, **fields: Any) -> Customer:  # noqa: ANN401 - any field of a customer
    """Return a customer."""
    return Customer(**{"id": key, "name": f"Customer {key}"} | fields)


def contact(key: str, **fields: Any) -> Contact:  # noqa: ANN401 - as above
    """Return a contact of customer ``c-1``."""
    return Contact(**{"id": key, "customer": "c-1", "name": f"Contact {key}"} | fields)


def ownership(key: str, **fields: Any) -> Ownership:  # noqa: ANN401 - as above
    """Return an ownership of customer ``c-1`` since new year."""
    usual: dict[str, Any] = {"id": key, "customer": "c-1", "member": "wei", "since": NEW_YEAR}
    return Ownership(**usual | fields)


def purchase(key: str, **fields: Any) -> Purchase:  # noqa: ANN401 - as above
    """Return a purchase of customer ``c-1`` at new year."""
    usual: dict[str, Any] = {
        "id": key,
        "customer": "c-1",
        "at": NEW_YEAR,
        "amount": Money("29.33", "USD"),
    }
    return Purchase(**usual | fields)


def interaction(key: str, **fields: Any) -> Interaction:  # noqa: ANN401 - as above
    """Return a call of customer ``c-1`` at new year."""
    usual: dict[str, Any] = {"id": key, "customer": "c-1", "at": NEW_YEAR}
    words: dict[str, Any] = {"channel": Channel.CALL, "direction": Direction.INBOUND}
    return Interaction(**usual | words | fields)


def matter(key: str, **fields: Any) -> Matter:  # noqa: ANN401 - as above
    """Return a request of customer ``c-1`` that is open since new year."""
    usual: dict[str, Any] = {"id": key, "customer": "c-1", "opened_at": NEW_YEAR}
    words: dict[str, Any] = {"kind": MatterKind.REQUEST, "subject": f"Matter {key}"}
    return Matter(**usual | words | fields)


def assignment(key: str, **fields: Any) -> Assignment:  # noqa: ANN401 - as above
    """Return an assignment since new year."""
    usual: dict[str, Any] = {
        "id": key,
        "responsibility": "complaints",
        "member": "wei",
        "since": NEW_YEAR,
    }
    return Assignment(**usual | {"duty": Duty.RESPONSIBLE} | fields)


def _make(cls: type[R], **fields: Any) -> R:  # noqa: ANN401 - any field of the class
    return cls(**fields)


_SKILLS: Final = (SkillLevel("mandarin", 5), SkillLevel("negotiation", 3))

# For each repository one record with every field filled, and one with as little as possible.
WHOLE: Final[Mapping[str, tuple[Any, Any]]] = {
    "customers": (
        customer(
            "c-1",
            name="O'Brien & 王伟 \"%_\\",
            kind=CustomerKind.ORGANIZATION,
            known_since=date(1900, 2, 28),
            language="zh",
            region="north",
            needs=("mandarin", "negotiation"),
            archived_at=SUMMER,
        ),
        customer("c-2"),
    ),
    "contacts": (
        contact("k-1", email="li@example.org", phone="+86 10 1234", position="buyer"),
        contact("k-2"),
    ),
    "ownerships": (
        ownership("o-1", until=SUMMER, role=OwnershipRole.COLLABORATOR, cause=Cause.PLAN),
        ownership("o-2", since=datetime(1, 1, 2, tzinfo=UTC)),
    ),
    "purchases": (
        purchase(
            "p-1",
            at=datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
            amount=Money("-0.125", "USD"),
            quantity=0,
            refund=True,
            channel="web",
        ),
        purchase("p-2", amount=Money("1234567890123456789012.50", "JPY")),
    ),
    "interactions": (
        interaction("i-1", member="wei", minutes=0, note="first line\n\tsecond line"),
        interaction("i-2", at=datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC)),
    ),
    "matters": (
        matter(
            "m-1",
            kind=MatterKind.OPPORTUNITY,
            member="wei",
            due_at=SPRING,
            closed_at=SUMMER,
            promise="An offer,\n\tin writing",
            next_step="打电话",
            amount=Money("48000.125", "USD"),
        ),
        matter("m-2", subject="O'Brien & 王伟 \"%_\\"),
    ),
    "departments": (
        _make(Department, id="care", name="Customer care", purpose="Keep the customers."),
        _make(Department, id="sales", name="Sales"),
    ),
    "teams": (
        _make(
            Team,
            id="service",
            name="Service",
            department="care",
            purpose="Answer.",
            lead="wei",
            indicators=("K17", "K15"),
            looks_after_customers=True,
        ),
        _make(Team, id="analysis", name="Analysis", department="care"),
    ),
    "roles": (
        _make(Role, id="head", name="Head", purpose="Lead.", skills=_SKILLS, has_authority=True),
        _make(Role, id="clerk", name="Clerk"),
    ),
    "members": (
        _make(
            Member,
            id="wei",
            name="伟",
            team="service",
            roles=("clerk", "head"),
            skills=_SKILLS,
            interests=(Interest("complaints", -1),),
            weekly_hours=Decimal("37.50"),
            leave=(Period(date(1998, 7, 6), date(1998, 7, 18)),),
            languages=("en", "zh"),
            regions=("north",),
            left_on=date(1999, 1, 1),
        ),
        _make(Member, id="ada", name="Ada", team="analysis", weekly_hours=0),
    ),
    "responsibilities": (
        _make(
            Responsibility,
            id="complaints",
            name="Complaints",
            role="clerk",
            team="service",
            content="Answer each.",
            expected_outcome="They stay.",
            weekly_hours="0.05",
            skills=_SKILLS,
            indicators=("K15",),
            importance=3,
            has_backup=False,
            segregated_from=("audits",),
        ),
        _make(
            Responsibility, id="audits", name="Audits", role="head", team="analysis", weekly_hours=1
        ),
    ),
    "assignments": (
        assignment("complaints/responsible/wei", until=SUMMER),
        assignment("a-2", duty=Duty.BACKUP),
    ),
}


def keep(store: Store, **records: Iterable[Any]) -> None:
    """Store records in one unit of work; the names are those of the repositories."""
    with store.unit_of_work() as uow:
        for name, some in records.items():
            getattr(uow, name).add_all(some)
        uow.commit()


def change(store: Store, key: str, name: str) -> None:
    """Give a stored customer another name, in a unit of work of its own."""
    with store.unit_of_work() as uow:
        uow.customers.save(attrs.evolve(uow.customers.get(key), name=name))
        uow.commit()


def look(store: Store, question: Callable[[UnitOfWork], R]) -> R:
    """Return the answer to a question, from a unit of work that only reads."""
    with store.unit_of_work(readonly=True) as uow:
        return question(uow)


def all_ids(store: Store) -> list[str]:
    """Return the ids of all customers, in the order of the stream."""
    return look(store, lambda uow: [found.id for found in uow.customers.stream()])
