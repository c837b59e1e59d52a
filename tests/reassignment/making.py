"""What the tests of this room make again and again: customers, and members with hours for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from crmcore.kernel import TeamId
from crmcore.organization import Member
from crmcore.reassignment import Capacity, CustomerNeed

DAY = date(2026, 9, 30)


def member(key: str, **more: Any) -> Member:  # noqa: ANN401 - fields of a record
    """Return somebody of the team."""
    return Member(
        **{"id": key, "name": key.title(), "team": TeamId("t"), "weekly_hours": 40, **more}
    )


def holder(key: str, hours: Decimal | int = 30, **more: Any) -> Capacity:  # noqa: ANN401 - as above
    """Return somebody with so many hours for customers, and with facts if there are some."""
    facts = more.pop("facts", {})
    return Capacity(member=member(key, **more), hours=Decimal(hours), facts=facts)


def need(key: str, hours: Decimal | int = 2, **more: Any) -> CustomerNeed:  # noqa: ANN401 - as above
    """Return a customer of so many hours."""
    return CustomerNeed(**{"customer": key, "hours": hours, **more})
