"""What a head of department may ask of the plan of a review."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from crmcore.criteria import F
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.plans import MoveKind
from crmcore.policies import Policy
from crmcore.reassignment import Apart, Continuity, Eligibility, Lock
from crmcore.reviews import Review, apply_plan, plan_handover, review_department

if TYPE_CHECKING:
    from tests.reviews.conftest import Shop

AS_OF = date(2026, 9, 30)
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)


def test_the_plan_of_an_earlier_review_warms_the_next(
    shop: Shop, policy: Policy, review: Review
) -> None:
    """Starting from its prices changes how fast the best is found, not what it is worth."""
    store = shop.into(MemoryStore())

    again = review_department(store, policy=policy, as_of=AS_OF, after=review.plan)

    assert again.plan.duties.certificate.value == review.plan.duties.certificate.value
    assert again.plan.customers.certificate.value == review.plan.customers.certificate.value
    handover = plan_handover(store, "ben", policy=policy, as_of=AS_OF, after=review.plan)
    cold = plan_handover(store, "ben", policy=policy, as_of=AS_OF)
    assert [move.subject for move in handover.moves] == [move.subject for move in cold.moves]


def test_only_what_must_move_moves_where_no_move_is_wished(shop: Shop, policy: Policy) -> None:
    """With no voluntary moves, whatever its holder may keep stays."""
    store = shop.into(MemoryStore())

    found = review_department(
        store, policy=policy, as_of=AS_OF, continuity=Continuity(most_moves=0)
    )

    kinds = {move.reason.kind for move in found.plan.moves}
    assert kinds <= {MoveKind.FIRST, MoveKind.LEFT, MoveKind.NOT_ELIGIBLE, MoveKind.CONFLICT}


def test_rules_ask_for_features_of_the_customer(shop: Shop, policy: Policy) -> None:
    """What a company demands of whoever looks after the best is kept, and who lacks it told."""
    store = shop.into(MemoryStore())
    anna = Eligibility(where=F.tier == "gold", only=F.id == "anna")

    found = review_department(store, policy=policy, as_of=AS_OF, rules=[anna])
    handover = plan_handover(store, "ben", policy=policy, as_of=AS_OF, rules=[anna])

    gold = {one.customer for one in found.judgements if one.features.tier == "gold"}
    takers = {m.to_member for m in found.plan.customers.moves if m.customer in gold}
    assert takers <= {"anna", None}
    assert {m.to_member for m in handover.moves if m.customer in gold} <= {"anna", None}
    assert {one.customer for one in found.plan.uncovered if one.customer} & gold


def test_customers_who_compete_are_kept_apart(shop: Shop, policy: Policy) -> None:
    """Two customers may need different members."""
    store = shop.into(MemoryStore())
    rivals = Apart(customers=[CustomerId("bob"), CustomerId("dee")])

    plan = plan_handover(store, "ben", policy=policy, as_of=AS_OF, rules=[rivals])

    takers = {move.customer: move.to_member for move in plan.moves}
    assert takers[CustomerId("bob")] != takers[CustomerId("dee")]


def test_what_is_locked_stays(shop: Shop, policy: Policy, review: Review) -> None:
    """A customer whom the plan would move stays where a head of department says so."""
    store = shop.into(MemoryStore())
    moved = [m.customer for m in review.plan.customers.moves if m.from_member == "ben"]
    lock = Lock(customer=moved[0])

    found = review_department(store, policy=policy, as_of=AS_OF, pins=[lock])

    assert moved
    assert moved[0] not in {move.customer for move in found.plan.moves}
    assert apply_plan(store, found.plan, by="head", at=NOON).changes
