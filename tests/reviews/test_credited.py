"""KPIs by member: whoever owned the customer on the day is credited, whoever owns it now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import pytest

from crmcore.customers import Ownership, OwnershipId
from crmcore.errors import FaultsError, UnknownNameError
from crmcore.kernel import CustomerId, MemberId, Undefined
from crmcore.plans import Move, MoveKind, MoveReason
from crmcore.policies import Policy
from crmcore.reviews import Review, apply_plan, review_department, undo_plan

if TYPE_CHECKING:
    from tests.reviews.conftest import Planned, Shop, Stores

AS_OF = date(2026, 9, 30)
AUGUST = date(2026, 8, 1)


def sums(review: Review, key: str) -> list[Decimal]:
    """Return what everybody is credited with, month by month."""
    rows = [one.kpi(key).values for one in review.credited]
    return [
        sum((v.number for v in values if not isinstance(v, Undefined)), Decimal(0))
        for values in zip(*rows, strict=True)
    ]


def whole(review: Review, key: str) -> list[Decimal]:
    """Return the figure of the department, month by month."""
    values = review.kpi(key).values
    return [Decimal(0) if isinstance(v, Undefined) else v.number for v in values]


def sold(review: Review, member: str | None, month: date) -> Decimal:
    """Return the sales that a member is credited with in a month."""
    series = review.credited_to(member).kpi("sales")
    [place] = [n for n, period in enumerate(series.periods) if period.start == month]
    value = series.values[place]
    assert not isinstance(value, Undefined)
    return value.number


@pytest.mark.parametrize("key", ["new_customers", "sales", "orders"])
def test_what_members_are_credited_with_adds_up(review: Review, key: str) -> None:
    """Members and nobody together have the figures of the department, month by month."""
    assert [one.member for one in review.credited] == ["ben", "dora", None]
    assert sums(review, key) == whole(review, key)
    assert sum(whole(review, key)) > 0


def test_a_handover_in_mid_month_and_its_undo(
    shop: Shop, stores: Stores, plan_of: Planned, policy: Policy
) -> None:
    """Gus buys every fortnight: the days between handover and undo stay with the deputy."""
    store = shop.into(stores())
    handover = datetime(2026, 8, 10, tzinfo=UTC)
    back = handover + timedelta(days=14)
    before = review_department(store, policy=policy, as_of=AS_OF)
    plan = attrs.evolve(
        plan_of(
            [
                Move(
                    customer=CustomerId("gus"),
                    from_member=MemberId("dora"),
                    to_member=MemberId("anna"),
                    reason=MoveReason(kind=MoveKind.RELIEF),
                )
            ]
        ),
        as_of=handover.date(),
    )

    receipt = apply_plan(store, plan, by="mia", at=handover)
    handed_over = review_department(store, policy=policy, as_of=AS_OF)
    undo_plan(store, receipt, by="mia", at=back, reason="dora is back")
    undone = review_department(store, policy=policy, as_of=AS_OF)

    on_days = [p.at.date() for p in shop.purchases if p.customer == "gus" and p.at.month == 8]
    price = Decimal("45.00")
    later = sum(day >= handover.date() for day in on_days)
    between = sum(handover.date() <= day < back.date() for day in on_days)
    assert 0 < between < later < len(on_days)
    assert sold(handed_over, "anna", AUGUST) == later * price
    assert sold(undone, "anna", AUGUST) == between * price
    assert sold(undone, "dora", AUGUST) == sold(before, "dora", AUGUST) - between * price
    for found in (handed_over, undone):
        assert sums(found, "sales") == whole(before, "sales")


def test_who_owned_nobody_is_credited_with_nothing(review: Review) -> None:
    """A member who owned no customer is not among those who are credited."""
    with pytest.raises(UnknownNameError, match="unknown owner 'bert'; known are ben, dora"):
        review.credited_to("bert")


def test_two_owners_in_the_past_are_refused(shop: Shop, stores: Stores, policy: Policy) -> None:
    """What two members owned at the same time can be credited to neither."""
    twice = Ownership(
        id=OwnershipId("o-twice"),
        customer=CustomerId("gus"),
        member=MemberId("anna"),
        since=datetime(2025, 2, 1, tzinfo=UTC),
        until=datetime(2025, 3, 1, tzinfo=UTC),
    )
    store = attrs.evolve(shop, ownerships=(*shop.ownerships, twice)).into(stores())

    with pytest.raises(FaultsError, match="both 'dora' and 'anna' own it at 2025-02-01"):
        review_department(store, policy=policy, as_of=AS_OF)
