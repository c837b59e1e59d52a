"""Customers who were put out of use: their past counts, and nobody plans with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from crmcore.interop import PurchaseColumns, load_purchases
from crmcore.kernel import CustomerId, MemberId
from crmcore.plans import Move, MoveKind, MoveReason
from crmcore.policies import Policy
from crmcore.receipts import PlanConflictError
from crmcore.reviews import apply_plan, backtest, plan_handover, review_department, undo_plan
from crmcore.storage import Store

if TYPE_CHECKING:
    from tests.reviews.conftest import Planned, Shop, Stores

AS_OF = date(2026, 9, 30)
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def archive(store: Store, customer: str, at: datetime) -> None:
    """Put a customer out of use."""
    with store.unit_of_work() as uow:
        found = uow.customers.get(customer)
        uow.customers.save(attrs.evolve(found, archived_at=at))
        uow.commit()


def test_what_an_archived_customer_bought_still_counts(
    shop: Shop, policy: Policy, stores: Stores
) -> None:
    """Every figure stays what it was; the customer is judged and planned with no more."""
    store = shop.into(stores())
    before = review_department(store, policy=policy, as_of=AS_OF)
    archive(store, "gus", NOON - timedelta(days=2))

    after = review_department(store, policy=policy, as_of=AS_OF)

    assert after.kpis == before.kpis
    assert {one.customer for one in before.judgements} - {
        one.customer for one in after.judgements
    } == {"gus"}
    assert all(move.customer != "gus" for move in after.plan.moves)
    assert "unknown_customer" not in {finding.kind for finding in after.findings}


def test_a_review_of_a_day_before_still_has_them(
    shop: Shop, policy: Policy, stores: Stores
) -> None:
    """Who was put out of use later was in use on that day."""
    store = shop.into(stores())
    before = review_department(store, policy=policy, as_of=AS_OF)
    archive(store, "gus", NOON + HOUR)

    assert review_department(store, policy=policy, as_of=AS_OF).judgements == before.judgements


def test_a_backtest_judges_them(shop: Shop, policy: Policy, stores: Stores) -> None:
    """Policies are tried on everybody who was there."""
    store = shop.into(stores())
    days = [AS_OF - timedelta(days=90)]
    before = backtest(store, old=policy, new=policy, days=days, as_of=AS_OF)
    archive(store, "gus", NOON - timedelta(days=2))

    after = backtest(store, old=policy, new=policy, days=days, as_of=AS_OF)

    assert after.days[0].customers == before.days[0].customers


def test_they_go_back_to_the_pool_when_their_owner_leaves(
    shop: Shop, policy: Policy, stores: Stores
) -> None:
    """Whoever leaves has nothing afterwards, customers out of use among them."""
    store = shop.into(stores())
    archive(store, "ada", NOON - timedelta(days=2))

    handover = plan_handover(store, "ben", policy=policy, as_of=AS_OF)
    receipt = apply_plan(store, handover, by="head", at=NOON)

    changes = {change.customer: change.to_member for change in receipt.changes}
    assert changes[CustomerId("ada")] is None


def test_nobody_takes_over_whoever_is_out_of_use(
    shop: Shop, plan_of: Planned, stores: Stores
) -> None:
    """A plan from before is refused, and says why; an undo gives back who was there then."""
    store = shop.into(stores())
    plan = plan_of(
        [
            Move(
                customer=CustomerId("ada"),
                from_member=MemberId("ben"),
                to_member=MemberId("chen"),
                reason=MoveReason(kind=MoveKind.RELIEF),
            )
        ]
    )
    receipt = apply_plan(store, plan, by="head", at=NOON)
    archive(store, "ada", NOON + HOUR)

    with pytest.raises(PlanConflictError, match="the customer is out of use since 2026-09-30"):
        undo_plan(store, receipt, by="head", at=NOON + 2 * HOUR, reason="trial over")


def test_importing_over_an_archived_customer_adds_nobody(
    shop: Shop, stores: Stores, tmp_path: Path
) -> None:
    """The id is taken: the purchases are theirs, and they stay out of use."""
    store = shop.into(stores())
    archive(store, "kim", NOON)
    sales = tmp_path / "sales.csv"
    sales.write_text("who,day,paid\nkim,2026-09-29,12.00\nlou,2026-09-29,13.00\n")

    report = load_purchases(
        store,
        sales,
        columns=PurchaseColumns(customer="who", at="day", amount="paid"),
        zone="America/New_York",
        currency="USD",
    )

    with store.unit_of_work(readonly=True) as uow:
        kim = uow.customers.get("kim", with_archived=True)
        purchases = uow.purchases.of_customer(CustomerId("kim"))
    assert (report.customers, report.new_customers) == (2, 1)
    assert (kim.name, kim.archived_at, kim.version) == ("Kim", NOON, 2)
    assert [str(one.amount.amount) for one in purchases] == ["12.00"]
