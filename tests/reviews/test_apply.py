"""Applying a plan: all of it against what is stored now, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmcore.customers import Cause, Ownership, OwnershipId, OwnershipRole
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Assignment, Duty
from crmcore.plans import Move, MoveKind, MoveReason, Plan
from crmcore.receipts import PlanConflictError
from crmcore.reviews import (
    Holdings,
    Review,
    apply_plan,
    holdings_at,
    review_department,
)
from crmcore.storage import Store, UnitOfWork

if TYPE_CHECKING:
    from tests.reviews.conftest import Planned, Shop, Stores

AS_OF = date(2026, 9, 30)
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
REASON = MoveReason(kind=MoveKind.BETTER_FIT)


def customer_move(
    customer: str, from_member: str | None, to_member: str | None, version: int | None = None
) -> Move:
    """Return the move of a customer."""
    return Move(
        customer=CustomerId(customer),
        from_member=None if from_member is None else MemberId(from_member),
        to_member=None if to_member is None else MemberId(to_member),
        expected_version=version,
        reason=REASON,
    )


def duty_move(
    responsibility: str, duty: Duty, from_member: str | None, to_member: str | None
) -> Move:
    """Return the move of a duty."""
    return Move(
        responsibility=ResponsibilityId(responsibility),
        duty=duty,
        from_member=None if from_member is None else MemberId(from_member),
        to_member=None if to_member is None else MemberId(to_member),
        reason=REASON,
    )


def change(store: Store, do: Callable[[UnitOfWork], object]) -> None:
    """Do something to what is stored."""
    with store.unit_of_work() as uow:
        do(uow)
        uow.commit()


def everything(store: Store) -> tuple[object, ...]:
    """Return all that applying could write."""
    with store.unit_of_work(readonly=True) as uow:
        return (*uow.ownerships.stream(), *uow.assignments.stream())


def refusals(store: Store, plan: Plan, at: datetime = NOON) -> list[str]:
    """Return what stands in the way of a plan, and check that nothing was written."""
    before = everything(store)
    with pytest.raises(PlanConflictError) as caught:
        apply_plan(store, plan, by="head", at=at)
    assert everything(store) == before
    return [f"{each.path}: {each.problem}" for each in caught.value.conflicts]


def test_everybody_holds_what_the_plan_says(shop: Shop, review: Review, stores: Stores) -> None:
    """From the instant on, owners and holders are the planned ones, and nobody else changes."""
    store = shop.into(stores())
    before = holdings_at(store, NOON - HOUR)

    receipt = apply_plan(store, review.plan, by="head", at=NOON, reason="autumn")

    after = holdings_at(store, NOON)
    owners = dict(before.owners)
    owners |= {m.customer: m.to_member for m in review.plan.moves if m.customer and m.to_member}
    assert dict(after.owners) == owners
    assert set(after.duties) - set(before.duties) == {
        ("complaints", Duty.RESPONSIBLE, "anna"),
        ("renewals", Duty.RESPONSIBLE, "chen"),
    }
    assert set(before.duties) - set(after.duties) == {
        ("complaints", Duty.RESPONSIBLE, "ben"),
        ("renewals", Duty.RESPONSIBLE, "dora"),
    }
    assert (receipt.plan, receipt.reason) == (review.plan.fingerprint, "autumn")
    assert [each.item for each in receipt.changes] == [
        "customer 'ada'",
        "customer 'eve'",
        "customer 'gus'",
        "customer 'hal'",
        "customer 'ivy'",
        "customer 'jo'",
        "responsible of 'complaints'",
        "responsible of 'renewals'",
    ]


def test_the_days_before_keep_their_owner(shop: Shop, review: Review, stores: Stores) -> None:
    """Who owned a customer on a day in the past is answered as before."""
    store = shop.into(stores())
    before = [holdings_at(store, SINCE + timedelta(days=n)) for n in (0, 100, 600)]

    apply_plan(store, review.plan, by="head", at=NOON)

    assert [holdings_at(store, SINCE + timedelta(days=n)) for n in (0, 100, 600)] == before
    assert holdings_at(store, NOON - timedelta(microseconds=1)) == before[-1]
    with store.unit_of_work(readonly=True) as uow:
        old, new = uow.ownerships.of_customer(CustomerId("gus"))
    assert (old.member, old.until, old.version) == ("dora", NOON, 2)
    assert (new.member, new.since, new.until, new.cause) == ("chen", NOON, None, Cause.PLAN)


def test_the_next_review_has_nothing_left_to_move(
    shop: Shop, review: Review, stores: Stores
) -> None:
    """The day after, the same plan is the state, and no better one is found."""
    store = shop.into(stores())
    apply_plan(store, review.plan, by="head", at=NOON)

    later = review_department(store, policy=review.policy, as_of=AS_OF + timedelta(days=1))

    assert later.plan.duties.moves == ()
    assert {move.customer for move in later.plan.customers.moves} <= {"cy"}


def test_one_of_the_two_plans_can_be_applied(shop: Shop, review: Review, stores: Stores) -> None:
    """Customers may change hands without the duties."""
    store = shop.into(stores())
    before = holdings_at(store, NOON)

    apply_plan(store, review.plan.customers, by="head", at=NOON)

    after = holdings_at(store, NOON)
    assert after.duties == before.duties
    assert after.owners != before.owners


def test_a_stale_plan_is_refused_with_all_that_has_changed(
    shop: Shop, review: Review, stores: Stores
) -> None:
    """Every conflict is told at once, and nothing was written."""
    store = shop.into(stores())

    def meanwhile(uow: UnitOfWork) -> None:
        gus, ada = uow.ownerships.get("o-gus"), uow.ownerships.get("o-ada")
        uow.ownerships.save(attrs.evolve(gus, member=MemberId("ben")))
        uow.ownerships.save(ada)
        uow.ownerships.add(
            Ownership(
                id=OwnershipId("o-jo"),
                customer=CustomerId("jo"),
                member=MemberId("anna"),
                since=SINCE,
            )
        )
        held = uow.assignments.get("a-4")
        uow.assignments.save(attrs.evolve(held, until=NOON - HOUR))

    change(store, meanwhile)

    before = everything(store)
    with pytest.raises(PlanConflictError) as caught:
        apply_plan(store, review.plan, by="head", at=NOON)

    assert everything(store) == before
    assert str(caught.value).splitlines() == [
        "4 things have changed meanwhile and nothing was written; make a new plan:",
        "  customer 'ada': the plan knows version 1, version 2 is stored",
        "  customer 'gus': the plan takes it from 'dora', now it is held by 'ben'",
        "  customer 'jo': the plan takes it from nobody, now it is held by 'anna'",
        "  responsible of 'renewals': the plan takes it from 'dora', now it is held by nobody",
    ]


def test_a_plan_without_versions_is_told_so(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """Where nobody told the plan a version, nothing has changed, and the conflict says what is."""
    store = shop.into(stores())

    conflicts = refusals(store, plan_of([customer_move("ada", "ben", "chen", version=0)]))

    assert conflicts == ["customer 'ada': the plan was made without a version, version 1 is stored"]


def test_a_plan_is_applied_once(shop: Shop, review: Review, stores: Stores) -> None:
    """The second time nobody is where the plan takes from, and nothing happens."""
    store = shop.into(stores())
    apply_plan(store, review.plan, by="head", at=NOON)
    before = everything(store)

    with pytest.raises(PlanConflictError, match=r"^8 things have changed"):
        apply_plan(store, review.plan, by="head", at=NOON + HOUR)

    assert everything(store) == before


def test_who_has_left_takes_nothing_over(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """A member who has left or is gone from the store meanwhile is refused."""
    store = shop.into(stores())
    change(store, lambda uow: uow.members.remove("chen", version=1))
    plan = plan_of([customer_move("ada", "ben", "dora"), customer_move("bob", "ben", "chen")])

    assert refusals(store, plan) == [
        "customer 'ada': member 'dora' left on 2026-09-01",
        "customer 'bob': there is no member 'chen' any more",
    ]


@pytest.mark.parametrize(("hours", "is_refused"), [(0, True), (-5, False)])
def test_a_day_is_a_day_of_the_zone(
    shop: Shop, plan_of: Planned, stores: Stores, hours: int, *, is_refused: bool
) -> None:
    """At two in the morning in London, it is still the last day of work in New York."""
    at = datetime(2026, 9, 1, 2, tzinfo=UTC).astimezone(timezone(timedelta(hours=hours)))
    store = shop.into(stores())
    plan = attrs.evolve(plan_of([customer_move("ada", "ben", "dora")]), as_of=date(2026, 8, 31))

    if is_refused:
        assert refusals(store, plan, at) == ["customer 'ada': member 'dora' left on 2026-09-01"]
    else:
        assert len(apply_plan(store, plan, by="head", at=at).changes) == 1


def test_what_is_gone_goes_to_nobody(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """Customers and responsibilities that are out of use meanwhile are refused."""
    store = shop.into(stores())

    def meanwhile(uow: UnitOfWork) -> None:
        uow.customers.remove("ada", version=1)
        bob, dee = uow.customers.get("bob"), uow.customers.get("dee")
        uow.customers.save(attrs.evolve(bob, archived_at=NOON))
        uow.customers.save(attrs.evolve(dee, archived_at=NOON + HOUR))
        uow.responsibilities.remove("renewals", version=1)

    change(store, meanwhile)
    plan = plan_of(
        [
            customer_move("ada", "ben", "chen"),
            customer_move("bob", "ben", "chen"),
            customer_move("dee", "ben", "chen"),
            duty_move("renewals", Duty.RESPONSIBLE, "dora", "chen"),
        ]
    )

    assert refusals(store, plan) == [
        "customer 'ada': there is no customer 'ada' any more",
        "customer 'bob': the customer is out of use since 2026-09-30T12:00:00+00:00",
        "responsible of 'renewals': there is no responsibility 'renewals' any more",
    ]


def test_what_is_gone_can_be_let_go(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """Nobody need be there for an interval to end."""
    store = shop.into(stores())
    change(store, lambda uow: uow.customers.remove("ada", version=1))

    receipt = apply_plan(store, plan_of([customer_move("ada", "ben", None)]), by="head", at=NOON)

    assert "ada" not in dict(holdings_at(store, NOON).owners)
    assert (receipt.changes[0].closed, receipt.changes[0].opened) == ("o-ada", None)


def test_an_interval_to_come_is_in_the_way(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """Whoever was promised a customer or a duty for later is not passed over."""
    store = shop.into(stores())

    def meanwhile(uow: UnitOfWork) -> None:
        uow.ownerships.add(
            Ownership(
                id=OwnershipId("later"),
                customer=CustomerId("jo"),
                member=MemberId("ben"),
                since=NOON + HOUR,
            )
        )
        uow.assignments.add(
            Assignment(
                id="later",
                responsibility=ResponsibilityId("renewals"),
                duty=Duty.ACCOUNTABLE,
                member=MemberId("anna"),
                since=NOON + HOUR,
            )
        )

    change(store, meanwhile)
    plan = plan_of(
        [
            customer_move("jo", None, "chen"),
            duty_move("renewals", Duty.ACCOUNTABLE, None, "chen"),
        ]
    )

    assert refusals(store, plan) == [
        "customer 'jo': 'ben' is to hold it from 2026-09-30T13:00:00+00:00 on already",
        "accountable of 'renewals': 'anna' is to hold it from 2026-09-30T13:00:00+00:00 on already",
    ]


def test_nothing_ends_before_it_began(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """An interval that begins with the change cannot be ended by it."""
    store = shop.into(stores())
    plan = attrs.evolve(plan_of([customer_move("ada", "ben", "chen")]), as_of=SINCE.date())

    assert refusals(store, plan, SINCE) == [
        "customer 'ada': 'ben' holds it since 2025-01-01T00:00:00+00:00, not before this change"
    ]


def test_no_plan_takes_effect_before_its_day(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """What was planned for a day says nothing of the days before, wherever on earth it is."""
    store = shop.into(stores())
    plan = plan_of([customer_move("ada", "ben", "chen")])
    begins = datetime(2026, 9, 29, 10, tzinfo=UTC)  # at UTC+14, it is midnight

    with pytest.raises(InvalidValueError, match=r"^at must not be before 2026-09-30, the day of"):
        apply_plan(store, plan, by="head", at=begins - timedelta(seconds=1))

    assert apply_plan(store, plan, by="head", at=begins).changes


def test_a_duty_with_two_holders_loses_the_one_who_gives_it_up(
    shop: Shop, plan_of: Planned, stores: Stores
) -> None:
    """Whoever holds it beside goes on, and so does a second holder to whom it is given."""
    store = shop.into(stores())
    change(
        store,
        lambda uow: uow.assignments.add(
            Assignment(
                id="a-9",
                responsibility=ResponsibilityId("complaints"),
                duty=Duty.RESPONSIBLE,
                member=MemberId("anna"),
                since=SINCE,
            )
        ),
    )
    plan = plan_of([duty_move("complaints", Duty.RESPONSIBLE, "ben", "anna")])

    receipt = apply_plan(store, plan, by="head", at=NOON)

    duties = [held for held in holdings_at(store, NOON).duties if held[1] is Duty.RESPONSIBLE]
    assert duties == [
        ("complaints", Duty.RESPONSIBLE, "anna"),
        ("renewals", Duty.RESPONSIBLE, "dora"),
    ]
    assert (receipt.changes[0].closed, receipt.changes[0].opened) == ("a-2", None)


def test_a_customer_with_two_owners_is_refused(
    shop: Shop, plan_of: Planned, stores: Stores
) -> None:
    """There is one owner; which of two gives the customer up is for people to say."""
    store = shop.into(stores())
    second = Ownership(
        id=OwnershipId("second"),
        customer=CustomerId("ada"),
        member=MemberId("anna"),
        since=SINCE,
    )
    change(store, lambda uow: uow.ownerships.add(second))

    assert refusals(store, plan_of([customer_move("ada", "ben", "chen")])) == [
        "customer 'ada': the plan takes it from 'ben', now it is held by 'anna' and 'ben'"
    ]


def test_collaborators_stay(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """A plan is about owners; whoever works with them is not asked."""
    store = shop.into(stores())
    beside = Ownership(
        id=OwnershipId("beside"),
        customer=CustomerId("ada"),
        member=MemberId("anna"),
        since=SINCE,
        role=OwnershipRole.COLLABORATOR,
    )
    change(store, lambda uow: uow.ownerships.add(beside))

    apply_plan(store, plan_of([customer_move("ada", "ben", "chen")]), by="head", at=NOON)

    with store.unit_of_work(readonly=True) as uow:
        assert uow.ownerships.get("beside").until is None
    assert ("ada", "chen") in holdings_at(store, NOON).owners


def test_a_naive_instant_is_refused(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """An instant without a zone could be any."""
    store = shop.into(stores())

    with pytest.raises(InvalidValueError, match="at must carry a time zone"):
        apply_plan(store, plan_of([]), by="head", at=NOON.replace(tzinfo=None))
    with pytest.raises(InvalidValueError, match="at must carry a time zone"):
        holdings_at(store, NOON.replace(tzinfo=None))


@pytest.mark.parametrize("said", [{"by": ""}, {"by": "head", "reason": ""}])
def test_without_a_name_nothing_is_written(
    shop: Shop, plan_of: Planned, stores: Stores, said: dict[str, Any]
) -> None:
    """What cannot be receipted is not applied."""
    store = shop.into(stores())
    before = everything(store)

    with pytest.raises(InvalidValueError, match="must not be empty"):
        apply_plan(store, plan_of([customer_move("ada", "ben", "chen")]), at=NOON, **said)

    assert everything(store) == before


def test_holdings_are_told_apart(shop: Shop, review: Review, stores: Stores) -> None:
    """Two states have one fingerprint if they are equal, and only then."""
    store = shop.into(stores())
    before = holdings_at(store, NOON - HOUR)
    apply_plan(store, review.plan, by="head", at=NOON)
    after = holdings_at(store, NOON)

    assert before.fingerprint == holdings_at(store, NOON - 2 * HOUR).fingerprint
    assert before.fingerprint != after.fingerprint
    nobody = Holdings(owners=(), duties=())
    assert len({nobody.fingerprint, before.fingerprint, after.fingerprint}) == 3


def test_a_plan_of_both_says_what_each_says(review: Review) -> None:
    """Its moves, what it leaves uncovered and its certificate are those of its parts."""
    plan = review.plan

    assert plan.moves == (*plan.customers.moves, *plan.duties.moves)
    assert plan.uncovered == (*plan.duties.uncovered, *plan.customers.uncovered)
    assert plan.certificate.en == (
        "duties: the best possible, proven; customers: the best possible, proven"
    )
    assert plan.certificate.zh == "职责：已证明为最优方案；客户：已证明为最优方案"
    assert plan.fingerprint != attrs.evolve(plan, duties=plan.customers).fingerprint
