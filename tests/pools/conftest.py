"""A small company whose customers come and go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
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
from crmcore.calendar import Period
from crmcore.customers import Cause, Customer, Ownership, OwnershipId, OwnershipRole
from crmcore.kernel import CustomerId, MemberId, Money, TeamId
from crmcore.organization import Member
from crmcore.pools import Register


@attrs.define
class Company:
    """Gathers records in few words, and hands them in as a register."""

    customers: list[Customer] = attrs.field(factory=list)
    members: list[Member] = attrs.field(factory=list)
    ownerships: list[Ownership] = attrs.field(factory=list)
    interactions: list[Interaction] = attrs.field(factory=list)
    purchases: list[Purchase] = attrs.field(factory=list)
    matters: list[Matter] = attrs.field(factory=list)
    facts: dict[str, Any] = attrs.field(factory=dict)
    member_facts: dict[str, Any] = attrs.field(factory=dict)
    locks: dict[str, Any] = attrs.field(factory=dict)

    def customer(self, name: str, **fields: Any) -> None:  # noqa: ANN401 - fields of a record
        """Add a customer."""
        self.customers.append(Customer(id=CustomerId(name), name=name.title(), **fields))

    def member(
        self,
        name: str,
        *,
        leave: Iterable[Period] = (),
        team: str = "sales",
        **fields: Any,  # noqa: ANN401 - fields of a record
    ) -> None:
        """Add a member of a team, of the sales team unless stated."""
        self.members.append(
            Member(
                id=MemberId(name),
                name=name.title(),
                team=TeamId(team),
                weekly_hours=38,
                leave=leave,
                **fields,
            )
        )

    def owns(
        self,
        member: str,
        customer: str,
        since: datetime,
        until: datetime | None = None,
        *,
        cause: Cause = Cause.CLAIM,
        role: OwnershipRole = OwnershipRole.OWNER,
    ) -> Ownership:
        """Let a member look after a customer."""
        held = Ownership(
            id=OwnershipId(f"o-{len(self.ownerships) + 1}"),
            customer=CustomerId(customer),
            member=MemberId(member),
            since=since,
            until=until,
            cause=cause,
            role=role,
            version=1,
        )
        self.ownerships.append(held)
        return held

    def contact(
        self,
        member: str | None,
        customer: str,
        at: datetime,
        *,
        channel: Channel = Channel.CALL,
        direction: Direction = Direction.OUTBOUND,
    ) -> str:
        """Let a member and a customer talk."""
        name = f"i-{len(self.interactions) + 1}"
        self.interactions.append(
            Interaction(
                id=InteractionId(name),
                customer=CustomerId(customer),
                member=None if member is None else MemberId(member),
                at=at,
                channel=channel,
                direction=direction,
            )
        )
        return name

    def purchase(self, customer: str, at: datetime, amount: int = 10) -> str:
        """Let a customer buy, or have money back."""
        name = f"p-{len(self.purchases) + 1}"
        self.purchases.append(
            Purchase(
                id=PurchaseId(name),
                customer=CustomerId(customer),
                at=at,
                amount=Money(amount, "CNY"),
                refund=amount < 0,
            )
        )
        return name

    def matter(
        self,
        customer: str,
        opened_at: datetime,
        *,
        kind: MatterKind = MatterKind.REQUEST,
        closed_at: datetime | None = None,
    ) -> str:
        """Let something come up with a customer."""
        name = f"m-{len(self.matters) + 1}"
        self.matters.append(
            Matter(
                id=MatterId(name),
                kind=kind,
                customer=CustomerId(customer),
                subject="a matter",
                opened_at=opened_at,
                closed_at=closed_at,
            )
        )
        return name

    def register(self) -> Register:
        """Return all of it."""
        return Register(
            **{field.name: getattr(self, field.name) for field in attrs.fields(Company)}
        )


def noon(year: int, month: int, day: int) -> datetime:
    """Return noon in UTC."""
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.fixture
def company() -> Company:
    """Two members, Wei and Lin, who could look after Northwind and Contoso."""
    made = Company()
    for member in ("wei", "lin"):
        made.member(member)
    for customer in ("northwind", "contoso"):
        made.customer(customer)
    return made
