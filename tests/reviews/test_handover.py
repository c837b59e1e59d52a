"""Handing over all that one member holds, in one act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmcore.activities import (
    Channel,
    Direction,
    Interaction,
    InteractionId,
    MatterKind,
)
from crmcore.codec import from_json, to_json
from crmcore.customers import Contact, ContactId, Ownership, OwnershipId, OwnershipRole
from crmcore.errors import FaultsError, InvalidValueError, NotFoundError, UnknownNameError
from crmcore.kernel import CustomerId, DepartmentId, MemberId, Money, Phrase, ResponsibilityId
from crmcore.memory import MemoryStore
from crmcore.organization import Assignment, Duty, Responsibility, SkillLevel
from crmcore.plans import MoveKind
from crmcore.policies import Policy
from crmcore.reassignment import Pin, what_if
from crmcore.receipts import Departure, PlanConflictError
from crmcore.reviews import Handover, apply_plan, holdings_at, plan_handover, undo_plan
from crmcore.segments import SegmentTable
from crmcore.storage import Store, UnitOfWork

if TYPE_CHECKING:
    from tests.reviews.conftest import Opened, Shop, Stores

AS_OF = date(2026, 9, 30)
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SINCE_THEN: dict[str, Any] = {"since": SINCE}
ADA, BOB, GUS, KIM = (CustomerId(name) for name in ("ada", "bob", "gus", "kim"))
COMPLAINTS = [SkillLevel("complaint handling", 4)]
BEN, CHEN = MemberId("ben"), MemberId("chen")


def change(store: Store, do: Callable[[UnitOfWork], object]) -> None:
    """Do something to what is stored."""
    with store.unit_of_work() as uow:
        do(uow)
        uow.commit()


def ownership(key: str, customer: str, member: str, **fields: Any) -> Ownership:  # noqa: ANN401
    """Return an interval in which a member has to do with a customer."""
    return Ownership(
        id=OwnershipId(key),
        customer=CustomerId(customer),
        member=MemberId(member),
        **SINCE_THEN | fields,
    )


def assignment(key: str, responsibility: str, duty: Duty, member: str) -> Assignment:
    """Return an interval in which a member holds a duty."""
    return Assignment(
        id=key,
        responsibility=ResponsibilityId(responsibility),
        duty=duty,
        member=MemberId(member),
        since=SINCE,
    )


def of(handover: Handover) -> dict[str, str | None]:
    """Return who takes over what."""
    return {move.subject: move.to_member for move in handover.moves}


def in_charge(store: Store) -> dict[str, str | None]:
    """Return who is in charge of each matter."""
    with store.unit_of_work(readonly=True) as uow:
        return {matter.id: matter.member for matter in uow.matters.stream()}


@pytest.fixture
def plan(policy: Policy) -> Callable[..., Handover]:
    """Return what plans the handover of a member, Ben unless named."""

    def make(store: Store, member: str = "ben", **options: Any) -> Handover:  # noqa: ANN401
        usual: dict[str, Any] = {"policy": policy, "as_of": AS_OF}
        return plan_handover(store, member, **usual | options)

    return make


def test_exactly_what_the_member_holds_changes_hands(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Every customer and duty of the one who leaves moves, and nothing of anybody else."""
    store = shop.into(stores())

    handover = plan(store)

    assert of(handover) == {
        "customer:ada": "chen",
        "customer:bob": "anna",
        "customer:dee": "anna",
        "customer:hal": "chen",
        "responsibility:complaints:responsible": "anna",
        "responsibility:complaints:backup": None,
    }
    assert {move.from_member for move in handover.moves} == {"ben"}
    assert {move.reason.kind for move in handover.moves} == {MoveKind.LEFT}
    assert [each.subject for each in handover.uncovered] == ["responsibility:complaints:backup"]
    assert (handover.left_on, handover.until) == (AS_OF, None)
    assert repr(handover) == (
        "<Handover of 'ben' as of 2026-09-30: 6 moves, 0 collaborations, 4 notes>"
    )


def test_a_handover_is_applied_in_one_act(
    shop: Shop, opened: Opened, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Customers, duties, collaborations and matters change hands, and the last day is kept."""
    matters = (
        opened("m-1", "ada", "ben"),
        opened("m-2", "kim", "ben"),
        opened("m-3", "jo", "ben"),
        opened("m-4", "gus", "ben"),
        opened("m-5", "ada", "ben", closed_at=NOON),
        opened("m-6", "ada", "anna"),
    )
    beside = (
        ownership("kim", "kim", "anna"),
        ownership("beside", "kim", "ben", role=OwnershipRole.COLLABORATOR),
    )
    whole = attrs.evolve(shop, matters=matters, ownerships=(*shop.ownerships, *beside))
    store = whole.into(stores())
    handover = plan(store, left_on=date(2026, 10, 1))
    assert [each.id for each in handover.collaborations] == ["beside"]
    assert [each.id for each in handover.matters] == ["m-2", "m-3", "m-4"]

    receipt = apply_plan(store, handover, by="head", at=NOON, reason="Ben goes")

    # Dora, who owns Gus, has left herself.
    assert in_charge(store) == {
        "m-1": "chen",
        "m-2": "anna",
        "m-3": None,
        "m-4": None,
        "m-5": "ben",
        "m-6": "anna",
    }
    held = holdings_at(store, NOON)
    assert BEN not in dict(held.owners).values()
    assert BEN not in {member for _, _, member in held.duties}
    with store.unit_of_work(readonly=True) as uow:
        assert uow.members.get("ben").left_on == date(2026, 10, 1)
        assert uow.ownerships.get("beside").until == NOON
        lasting = uow.ownerships.lasting(at=NOON)
        assert "ben" not in {each.member for each in lasting}
    assert receipt.departures == (
        Departure(member=BEN, before=None, after=date(2026, 10, 1), version=2),
    )
    assert [each.item for each in receipt.changes] == [
        "customer 'ada'",
        "customer 'bob'",
        "customer 'dee'",
        "customer 'hal'",
        "collaboration on customer 'kim'",
        "backup of 'complaints'",
        "responsible of 'complaints'",
    ]


def test_a_handover_can_be_written_down(
    shop: Shop, opened: Opened, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """What was planned in one place can be carried out in another."""
    store = attrs.evolve(shop, matters=(opened("m-1", "ada", "ben"),)).into(stores())
    handover = plan(store, left_on=date(2026, 10, 1))

    read = from_json(Handover, to_json(handover))
    receipt = apply_plan(store, read, by="head", at=NOON)

    assert (read.fingerprint, read.moves) == (handover.fingerprint, handover.moves)
    assert receipt.plan == handover.fingerprint
    assert [each.in_language("zh-CN") for each in read.notes] == [
        each.in_language("zh-CN") for each in handover.notes
    ]
    assert receipt.departures[0].after == date(2026, 10, 1)


def test_a_handover_answers_what_if(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """What it was made from comes with it, makes the same plan again, and can be changed."""
    handover = plan(shop.into(stores()))
    scenario = handover.customer_scenario
    assert scenario is not None
    assert handover.duty_scenario is not None

    again = scenario.plan()
    (worth,) = what_if(scenario, scenario.without_member("chen"), plan=handover.customers)

    assert handover.customers is not None
    assert again.fingerprint == handover.customers.fingerprint
    assert worth.points is not None
    assert worth.points < 0
    assert handover.duties is not None
    assert handover.duty_scenario.plan().certificate == handover.duties.certificate


def test_a_handover_can_be_taken_back(
    shop: Shop, opened: Opened, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Whoever stays after all has everything again, and no last day; and that can be undone."""
    matters = (opened("m-1", "ada", "ben"), opened("m-2", "kim", "ben"))
    beside = ownership("beside", "kim", "ben", role=OwnershipRole.COLLABORATOR)
    store = attrs.evolve(shop, matters=matters, ownerships=(*shop.ownerships, beside)).into(
        stores()
    )
    before = holdings_at(store, NOON)
    handover = plan(store, left_on=date(2026, 10, 1))
    receipt = apply_plan(store, handover, by="head", at=NOON)
    gone = holdings_at(store, NOON)
    later = NOON + timedelta(days=30)

    undone = undo_plan(store, receipt, by="head", at=later, reason="Ben stays")

    assert holdings_at(store, later) == before
    assert in_charge(store) == {"m-1": "ben", "m-2": "ben"}
    with store.unit_of_work(readonly=True) as uow:
        assert uow.members.get("ben").left_on is None
        lasting = [each for each in uow.ownerships.lasting(at=later) if each.customer == KIM]
    assert [(each.member, each.role) for each in lasting] == [("ben", OwnershipRole.COLLABORATOR)]
    undo_plan(store, undone, by="head", at=later + HOUR, reason="Ben goes after all")
    assert holdings_at(store, later + HOUR) == gone
    assert in_charge(store) == {"m-1": "chen", "m-2": None}
    with store.unit_of_work(readonly=True) as uow:
        assert uow.members.get("ben").left_on == date(2026, 10, 1)


def test_the_others_may_move_if_asked(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """What others hold stays with them, unless it is allowed to move."""
    owned = (*shop.ownerships, ownership("eve", "eve", "anna"), ownership("jo", "jo", "anna"))
    store = attrs.evolve(shop, ownerships=owned).into(stores())
    gold = Pin(customer=CustomerId("jo"), member=CHEN)

    alone = plan(store)
    freely = plan(store, others_may_move=True, pins=[gold])

    assert {move.from_member for move in alone.moves} == {"ben"}
    assert of(freely)["customer:jo"] == "chen"
    assert "customer:gus" not in of(freely)  # whose owner has left before is not asked about


def test_pins_say_who_takes_over(shop: Shop, stores: Stores, plan: Callable[..., Handover]) -> None:
    """A customer or a duty may be promised to a member; a promise that breaks a rule is told."""
    store = shop.into(stores())
    accountable = Pin(
        responsibility=ResponsibilityId("complaints"), duty=Duty.RESPONSIBLE, member=CHEN
    )

    handover = plan(store, pins=[Pin(customer=BOB, member=CHEN)])

    assert of(handover)["customer:bob"] == "chen"
    with pytest.raises(FaultsError, match="who lacks complaint handling"):
        plan(store, pins=[accountable])


def test_a_second_holder_just_goes_on(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Where a duty has two holders, the share of the one who leaves ends without a successor."""
    store = shop.into(stores())
    change(
        store,
        lambda uow: uow.assignments.add(assignment("a-0", "complaints", Duty.RESPONSIBLE, "anna")),
    )

    handover = plan(store)
    apply_plan(store, handover, by="head", at=NOON)

    (ending,) = handover.rest
    assert (ending.subject, ending.to_member) == ("responsibility:complaints:responsible", None)
    does = [who for _, duty, who in holdings_at(store, NOON).duties if duty is Duty.RESPONSIBLE]
    assert does == ["anna", "dora"]


def test_only_second_holdings_are_no_plan_for_duties(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Where nobody is needed for any duty, there is nothing to plan."""
    store = shop.into(stores())
    change(store, lambda uow: uow.assignments.remove("a-3", version=1))
    change(
        store,
        lambda uow: uow.assignments.add(assignment("a-0", "complaints", Duty.RESPONSIBLE, "anna")),
    )

    handover = plan(store)

    assert handover.duties is None
    assert [move.subject for move in handover.rest] == ["responsibility:complaints:responsible"]


def test_who_owns_nobody_hands_over_duties_alone(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Anna has a duty and no customer: there is no plan for customers, and no note."""
    store = shop.into(stores())

    handover = plan(store, "anna")

    assert handover.customers is None
    assert handover.notes == ()
    assert of(handover) == {"responsibility:complaints:accountable": None}


def test_who_holds_nothing_just_leaves(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """A handover of nothing still writes down the last day."""
    store = shop.into(stores())

    handover = plan(store, "chen", left_on=date(2026, 12, 1))
    receipt = apply_plan(store, handover, by="head", at=NOON)

    assert (handover.moves, handover.uncovered, receipt.changes) == ((), (), ())
    assert receipt.departures[0].after == date(2026, 12, 1)


def test_a_last_day_that_is_known_stays(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Who has left already hands over what is left; the day is not written twice."""
    store = shop.into(stores())

    handover = plan(store, "dora")
    receipt = apply_plan(store, handover, by="head", at=NOON)

    assert handover.left_on == date(2026, 9, 1)
    assert receipt.departures == ()
    assert of(handover)["customer:gus"] == "chen"
    assert of(handover)["responsibility:renewals:responsible"] == "chen"


def test_customers_out_of_use_are_let_go(
    shop: Shop, opened: Opened, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Who is archived, and whoever the policy has no time for, has nobody afterwards."""
    owned = tuple(ownership(name, name, "ben") for name in ("fay", "kim", "leo"))
    store = attrs.evolve(
        shop, ownerships=(*shop.ownerships, *owned), matters=(opened("m-1", "leo", "ben"),)
    ).into(stores())
    change(
        store,
        lambda uow: uow.customers.save(attrs.evolve(uow.customers.get("kim"), archived_at=SINCE)),
    )

    handover = plan(store)

    assert [(move.subject, move.to_member, move.reason.kind) for move in handover.rest] == [
        ("customer:fay", None, MoveKind.RECYCLED),
        ("customer:kim", None, MoveKind.LEFT),
    ]
    assert of(handover)["customer:leo"] in {"anna", "chen"}  # with whom something is open
    names = [each.customer.id for each in handover.notes]
    assert names == ["ada", "bob", "dee", "fay", "hal", "leo"]
    assert "ben → nobody" in str(handover.note("fay"))
    apply_plan(store, handover, by="head", at=NOON)
    assert BEN not in dict(holdings_at(store, NOON).owners).values()


def test_one_member_may_take_the_rest(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Whoever the policy has no time for may go to a stated member, who must be one."""
    owned = (*shop.ownerships, ownership("fay", "fay", "ben"))
    store = attrs.evolve(shop, ownerships=owned).into(stores())

    handover = plan(store, rest_to="anna")

    assert [(move.subject, move.to_member) for move in handover.rest] == [("customer:fay", "anna")]
    assert plan(store, rest_to="anna", until=date(2026, 10, 21)).rest == handover.rest
    assert plan(store, until=date(2026, 10, 21)).rest == ()
    with pytest.raises(UnknownNameError, match="did you mean 'anna'"):
        plan(store, rest_to="ana")


def test_the_hours_that_others_have_are_counted(shop: Shop, policy: Policy, stores: Stores) -> None:
    """Whoever is full with what they hold takes over nothing."""
    chen = attrs.evolve(shop.organization.member("chen"), weekly_hours=0)
    few = attrs.evolve(
        shop.organization,
        members=[chen if one.id == "chen" else one for one in shop.organization.members],
    )
    store = attrs.evolve(shop, organization=few).into(stores())

    handover = plan_handover(store, "ben", policy=policy, as_of=AS_OF)

    assert set(of(handover).values()) == {"anna", None}
    assert {each.subject for each in handover.uncovered} == {
        "customer:ada",
        "customer:hal",
        "responsibility:complaints:backup",
    }


def duties(shop: Shop, held: dict[str, dict[Duty, str]], **fields: dict[str, Any]) -> Shop:
    """Return the shop with responsibilities of its own: who holds what, and other fields."""
    plain: dict[str, Any] = {"role": "clerk", "team": "service", "weekly_hours": 4}
    return attrs.evolve(
        shop,
        organization=attrs.evolve(
            shop.organization,
            responsibilities=[
                Responsibility(id=ResponsibilityId(key), name=key, **plain | fields.get(key, {}))
                for key in held
            ],
            assignments=[
                assignment(f"{key} {duty}", key, duty, member)
                for key, holders in held.items()
                for duty, member in holders.items()
            ],
        ),
    )


def test_what_nobody_holds_is_not_given_to_anybody(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """What is vacant stays so, but for somebody accountable for what the member does."""
    vacant = duties(
        shop,
        {
            "no-backup": {Duty.ACCOUNTABLE: "anna", Duty.RESPONSIBLE: "chen"},
            "nobody-accountable": {Duty.RESPONSIBLE: "chen"},
            "nobody-does-it": {Duty.ACCOUNTABLE: "anna"},
            "mine": {Duty.RESPONSIBLE: "ben"},
        },
    )
    store = vacant.into(stores())

    handover = plan(store)

    moves = {move.subject: move.from_member for move in handover.moves if move.responsibility}
    assert moves == {
        "responsibility:mine:accountable": None,
        "responsibility:mine:responsible": "ben",
    }


def test_the_hours_of_what_is_left_out_are_counted(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Whoever is accountable for what nobody does has so many hours less for anything else."""
    busy = duties(
        shop,
        {
            "huge": {Duty.ACCOUNTABLE: "anna"},  # 15 of her 24 hours
            "mine": {Duty.RESPONSIBLE: "ben"},
        },
        huge={"weekly_hours": 100},
        mine={"weekly_hours": 12, "has_backup": False, "skills": COMPLAINTS},
    )
    free = duties(
        shop,
        {"huge": {}, "mine": {Duty.RESPONSIBLE: "ben"}},
        huge={"weekly_hours": 100},
        mine={"weekly_hours": 12, "has_backup": False, "skills": COMPLAINTS},
    )

    takers = [
        of(plan(each.into(stores())))["responsibility:mine:responsible"] for each in (busy, free)
    ]

    assert takers == [None, "anna"]


def test_duties_that_must_be_apart_stay_apart(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Who does what is segregated from it takes nothing over, whoever is accountable."""
    apart = duties(
        shop,
        {
            "audits": {Duty.RESPONSIBLE: "chen"},
            "vacant": {},
            "payments": {Duty.RESPONSIBLE: "ben", Duty.ACCOUNTABLE: "anna"},
        },
        payments={
            "segregated_from": ["audits", "vacant"],
            "has_backup": False,
            "skills": [SkillLevel("negotiation", 2)],
        },
    )
    store = apart.into(stores())

    handover = plan(store)

    assert of(handover)["responsibility:payments:responsible"] is None
    assert not any(move.responsibility == "vacant" for move in handover.moves)


def test_a_stale_handover_is_refused(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Who got something in addition, or was changed, does not leave by the old handover."""
    store = shop.into(stores())
    handover = plan(store)

    def meanwhile(uow: UnitOfWork) -> None:
        uow.members.save(uow.members.get("ben"))
        uow.ownerships.add(ownership("jo", "jo", "ben"))
        uow.ownerships.add(ownership("later", "kim", "ben", since=NOON + HOUR))
        uow.ownerships.add(ownership("with", "eve", "ben", role=OwnershipRole.COLLABORATOR))
        uow.assignments.add(assignment("a-9", "renewals", Duty.BACKUP, "ben"))

    change(store, meanwhile)

    with pytest.raises(PlanConflictError) as caught:
        apply_plan(store, handover, by="head", at=NOON)

    assert [f"{each.path}: {each.problem}" for each in caught.value.conflicts] == [
        "member 'ben': the plan knows version 1, version 2 is stored",
        "collaboration on customer 'eve': the plan does not know that 'ben' holds it",
        "customer 'jo': the plan does not know that 'ben' holds it",
        "customer 'kim': the plan does not know that 'ben' holds it",
        "backup of 'renewals': the plan does not know that 'ben' holds it",
    ]
    assert len([who for who in dict(holdings_at(store, NOON).owners).values() if who == BEN]) == 5


def test_who_is_gone_from_the_store_hands_over_nothing(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """A member who was removed meanwhile is missed."""
    store = shop.into(stores())
    handover = plan(store)
    change(store, lambda uow: uow.members.remove("ben", version=1))

    with pytest.raises(PlanConflictError, match="member 'ben': there is no member 'ben' any more"):
        apply_plan(store, handover, by="head", at=NOON)


def test_a_last_day_that_has_changed_is_not_taken_back(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Whoever moved the last day, or removed the member, has the last word."""
    store, other = shop.into(stores()), shop.into(stores())
    receipts = [
        apply_plan(each, plan(each, left_on=date(2026, 12, 1)), by="head", at=NOON)
        for each in (store, other)
    ]
    change(
        store,
        lambda uow: uow.members.save(
            attrs.evolve(uow.members.get("ben"), left_on=date(2027, 1, 1))
        ),
    )
    change(other, lambda uow: uow.members.remove("ben", version=2))

    with pytest.raises(
        PlanConflictError, match="receipt left 2026-12-01 as the day of leaving, now it is 2027"
    ):
        undo_plan(store, receipts[0], by="head", at=NOON + HOUR, reason="Ben stays")
    with pytest.raises(PlanConflictError, match="member 'ben': there is no member 'ben' any more"):
        undo_plan(other, receipts[1], by="head", at=NOON + HOUR, reason="Ben stays")


def test_a_collaboration_that_went_on_is_a_conflict(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Who works beside an owner again is told; others who began to are nobody's concern."""
    beside = ownership("beside", "kim", "ben", role=OwnershipRole.COLLABORATOR)
    store = attrs.evolve(shop, ownerships=(*shop.ownerships, beside)).into(stores())
    receipt = apply_plan(store, plan(store, left_on=date(2026, 12, 1)), by="head", at=NOON)
    later = NOON + HOUR

    def meanwhile(uow: UnitOfWork) -> None:
        for who in ("anna", "ben"):
            role = OwnershipRole.COLLABORATOR
            uow.ownerships.add(ownership(who, "kim", who, role=role, since=later))
        uow.ownerships.add(
            ownership(
                "chen",
                "kim",
                "chen",
                role=OwnershipRole.COLLABORATOR,
                since=later + HOUR,
            )
        )

    change(store, meanwhile)

    with pytest.raises(PlanConflictError) as caught:
        undo_plan(store, receipt, by="head", at=later, reason="Ben stays")
    assert [each.problem for each in caught.value.conflicts] == [
        "the receipt left it to nobody, now it is held by 'ben'"
    ]


def test_a_promise_of_later_stops_a_collaboration_from_coming_back(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Two intervals of one member with one customer do not overlap."""
    beside = ownership("beside", "kim", "ben", role=OwnershipRole.COLLABORATOR)
    store = attrs.evolve(shop, ownerships=(*shop.ownerships, beside)).into(stores())
    receipt = apply_plan(store, plan(store, left_on=date(2026, 12, 1)), by="head", at=NOON)
    again = attrs.evolve(beside, id=OwnershipId("again"), since=NOON + 5 * HOUR)
    change(store, lambda uow: uow.ownerships.add(again))

    with pytest.raises(PlanConflictError, match="'ben' is to hold it from 2026-09-30T17"):
        undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="Ben stays")


def test_who_comes_back_gets_everything_back(
    shop: Shop, opened: Opened, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """An absence hands customers, duties and matters to others, and ends with an undo."""
    matters = (opened("m-1", "ada", "ben"), opened("m-2", "kim", "ben"))
    beside = ownership("beside", "kim", "ben", role=OwnershipRole.COLLABORATOR)
    held = (*shop.ownerships, beside, ownership("leo", "leo", "ben"))
    store = attrs.evolve(shop, matters=matters, ownerships=held).into(stores())
    change(
        store,
        lambda uow: uow.customers.save(attrs.evolve(uow.customers.get("leo"), archived_at=SINCE)),
    )
    change(store, lambda uow: uow.matters.add(opened("m-3", "leo", "ben")))
    before = holdings_at(store, NOON)

    handover = plan(store, until=date(2026, 10, 21))
    receipt = apply_plan(store, handover, by="head", at=NOON)

    away = holdings_at(store, NOON)
    assert dict(away.owners)[ADA] == "chen"
    assert [key for key, who in away.owners if who == BEN] == ["leo"]
    assert (handover.left_on, handover.until) == (None, date(2026, 10, 21))
    assert (handover.rest, handover.collaborations, receipt.departures) == ((), (), ())
    assert in_charge(store) == {"m-1": "chen", "m-2": None, "m-3": "ben"}
    assert [each.matter for each in receipt.matters] == ["m-1", "m-2"]
    change(
        store,
        lambda uow: uow.matters.add(
            opened("m-4", "ada", "chen", kind=MatterKind.MEETING, opened_at=NOON + HOUR)
        ),
    )
    back = datetime(2026, 10, 21, 7, tzinfo=UTC)
    undo_plan(store, receipt, by="head", at=back, reason="Ben is back")
    assert holdings_at(store, back) == before
    assert in_charge(store) == dict.fromkeys(("m-1", "m-2", "m-3", "m-4"), "ben")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weeks": 0}, r"^weeks must be a whole number between 1 and 52"),
        ({"weeks": "4"}, r"^weeks must be a whole number between 1 and 52"),
        ({"as_of": NOON}, r"^as_of must be a day, not an instant"),
        ({"left_on": NOON}, r"^left_on must be a day, not an instant"),
        ({"until": NOON}, r"^until must be a day, not an instant"),
        ({"until": AS_OF}, r"^until must be after as_of, 2026-09-30"),
        (
            {"until": date(2026, 11, 1), "left_on": date(2026, 12, 1)},
            r"^until must be left out where left_on is given",
        ),
    ],
)
def test_a_handover_refuses_what_cannot_be(
    shop: Shop, plan: Callable[..., Handover], options: dict[str, Any], message: str
) -> None:
    """Each argument says what would be right."""
    store = shop.into(MemoryStore())

    with pytest.raises(InvalidValueError, match=message):
        plan(store, **options)


def test_nobody_hands_over_who_is_not_there(shop: Shop, plan: Callable[..., Handover]) -> None:
    """A member who is not stored is missed by name."""
    store = shop.into(MemoryStore())

    with pytest.raises(NotFoundError, match="ebn"):
        plan(store, "ebn")


def test_the_only_one_cannot_hand_over(shop: Shop, plan: Callable[..., Handover]) -> None:
    """Where nobody else has any hours, that is said, rather than a plan of nothing."""
    idle = [
        one if one.id == "ben" else attrs.evolve(one, weekly_hours=0)
        for one in shop.organization.members
    ]
    alone = attrs.evolve(shop, organization=attrs.evolve(shop.organization, members=idle))

    with pytest.raises(FaultsError, match="nobody"):
        plan(alone.into(MemoryStore()))


def test_the_department_is_that_of_the_member(
    shop: Shop, policy: Policy, plan: Callable[..., Handover]
) -> None:
    """Where several departments are stored, nobody need say which."""
    store = shop.into(MemoryStore())
    alone = plan(store)
    other = attrs.evolve(
        shop.organization.department, id=DepartmentId("export"), name="Export", purpose=None
    )
    change(store, lambda uow: uow.departments.add(other))

    assert plan_handover(store, "ben", policy=policy, as_of=AS_OF) == alone


def test_a_note_tells_what_the_successor_should_know(
    shop: Shop, opened: Opened, plan: Callable[..., Handover]
) -> None:
    """Who the customer is, whom to talk to, what was said, what is open, promised and next."""
    calls = [
        Interaction(
            id=InteractionId(f"i-{n}"),
            customer=ADA,
            member=BEN if n else None,
            at=datetime(2026, 9, n + 1, 12, tzinfo=UTC),
            channel=Channel.CALL,
            direction=Direction.INBOUND,
            note=f"call\n{n}" if n else None,
        )
        for n in range(7)
    ]
    late = attrs.evolve(calls[0], id=InteractionId("late"), at=NOON)
    matters = (
        opened(
            "m-1",
            "ada",
            "ben",
            kind=MatterKind.OPPORTUNITY,
            subject="A second shelf",
            due_at=NOON + 48 * HOUR,
            amount=Money("480.00", "USD"),
            next_step="Send\nthe offer",
        ),
        opened(
            "m-2",
            "ada",
            "anna",
            kind=MatterKind.COMPLAINT,
            subject="Scratched disc",
            due_at=NOON + 24 * HOUR,
            promise="A new\none",
        ),
        opened("m-3", "ada", None, subject="New address"),
    )
    whole = attrs.evolve(
        shop,
        interactions=(*calls, late),
        matters=matters,
        contacts=(
            Contact(
                id=ContactId("k-1"),
                customer=ADA,
                name="Li Wei",
                position="buyer",
                email="li@example.org",
            ),
        ),
        ownerships=(
            *shop.ownerships,
            ownership("beside", "ada", "anna", role=OwnershipRole.COLLABORATOR),
            ownership(
                "before", "ada", "dora", role=OwnershipRole.COLLABORATOR, until=NOON - 48 * HOUR
            ),
        ),
    )
    store = whole.into(MemoryStore())

    note = plan(store).note("ada")

    stands = "loyal; gold; Champions; 8 purchase days, 480.00 USD in all; 480.00 USD of it lately"
    assert str(note).splitlines() == [
        "Ada (ada, person): ben → chen, with ben since 2024-12-31",
        f"{stands}; last on 2026-09-24; 90 points",
        "talk to Li Wei, buyer, li@example.org",
        "known to anna as well",
        *(f"2026-09-0{n + 1}: call from the customer, ben: call {n}" for n in (6, 5, 4, 3, 2)),
        "open complaint: Scratched disc; due 2026-10-01; promised: A new one; with anna",
        "open opportunity: A second shelf; due 2026-10-02; worth 480.00 USD",
        "open request: New address; with nobody",
        "next: Send the offer",
    ]
    assert note.in_language("zh-CN").splitlines()[-5:] == [
        "2026-09-03：电话，客户发起，ben：call 2",
        "未结客户投诉：Scratched disc；截止2026-10-01；已承诺：A new one；负责：anna",
        "未结商机：A second shelf；截止2026-10-02；金额480.00 USD",
        "未结服务请求：New address；负责：无人",
        "下一步：Send the offer",
    ]
    assert [each.id for each in note.promises] == ["m-2"]
    assert note.next_matter is not None
    assert note.next_matter.id == "m-2"
    assert repr(note) == "<HandoverNote of 'ada': ben → chen, 3 open>"


def test_hundreds_of_notes_are_like_a_few(
    shop: Shop, stores: Stores, plan: Callable[..., Handover]
) -> None:
    """Where hundreds change hands, contacts and calls are gone through once, to the same end."""
    names = [f"c-{n:03}" for n in range(201)]
    ada, call = shop.customers[0], shop.interactions[0]
    calls = [
        attrs.evolve(call, id=InteractionId(f"i-{n}"), customer=CustomerId(name), at=at)
        for n, (name, at) in enumerate(
            [
                ("c-007", SINCE + HOUR),
                ("c-007", SINCE),
                ("c-007", NOON),
                ("kim", SINCE),
            ]
        )
    ]
    store = attrs.evolve(
        shop,
        customers=tuple(attrs.evolve(ada, id=CustomerId(name)) for name in names),
        purchases=(),
        interactions=tuple(calls),
        ownerships=tuple(ownership(name, name, "ben") for name in names),
        contacts=tuple(
            Contact(id=ContactId(key), customer=CustomerId(name), name=f"Person {key}")
            for key, name in (("k-2", "c-007"), ("k-1", "c-007"), ("k-3", "kim"))
        ),
    ).into(stores())

    handover = plan(store)

    note = handover.note("c-007")
    assert len(handover.notes) == len(names)
    assert [each.id for each in note.interactions] == ["i-0", "i-1"]
    assert [each.id for each in note.contacts] == ["k-1", "k-2"]
    assert handover.note("c-008").interactions == ()


def test_a_note_of_a_quiet_customer_is_short(
    shop: Shop, opened: Opened, plan: Callable[..., Handover]
) -> None:
    """Nobody talked, nothing is open, nothing was bought: the note says so."""
    owned = (*shop.ownerships, ownership("leo", "leo", "ben"), ownership("kim", "kim", "ben"))
    call = attrs.evolve(shop.interactions[0], member=None)
    store = attrs.evolve(
        shop, ownerships=owned, interactions=(call,), matters=(opened("m-1", "kim", "ben"),)
    ).into(MemoryStore())

    handover = plan(store)
    leo, kim = handover.note("leo"), handover.note("kim")

    assert str(leo).splitlines()[2:] == [
        "no contact is recorded",
        "nothing is open",
        "next: introduce yourself",
    ]
    assert leo.in_language("zh-CN").splitlines()[2:] == [
        "无联系记录",
        "无未结事项",
        "下一步：主动联系客户，自我介绍",
    ]
    assert leo.next_matter is None
    assert "2026-09-01: call to the customer" in str(kim).splitlines()
    assert str(kim).splitlines()[-1] == "next: settle Matter m-1"


def test_a_note_passes_on_what_helps_such_customers(shop: Shop, policy: Policy) -> None:
    """Where nothing is open, the advice of the segment is the next step."""
    call = Phrase("call them before they forget us", "趁早致电联系")
    advised = SegmentTable(
        segments=[attrs.evolve(segment, advice=call) for segment in policy.segments.segments]
    )
    store = shop.into(MemoryStore())

    handover = plan_handover(
        store, "ben", policy=attrs.evolve(policy, segments=advised), as_of=AS_OF
    )

    note = handover.note("bob")
    assert note.lines[-1] == Phrase("next: call them before they forget us", "下一步：趁早致电联系")


def test_a_customer_who_is_not_handed_over_has_no_note(
    shop: Shop, plan: Callable[..., Handover]
) -> None:
    """A wrong name is answered with the nearest."""
    handover = plan(shop.into(MemoryStore()))

    with pytest.raises(UnknownNameError, match="did you mean 'ada'"):
        handover.note("adda")


def test_the_order_of_rows_does_not_matter(
    shop: Shop, opened: Opened, plan: Callable[..., Handover]
) -> None:
    """The same records in another order give the same handover."""
    matters = (opened("m-1", "ada", "ben"), opened("m-2", "kim", "ben"))
    whole = attrs.evolve(shop, matters=matters)

    first = plan(whole.into(MemoryStore()))
    second = plan(whole.shuffled(lambda some: some[::-1]).into(MemoryStore()))

    assert first == second
    assert first.fingerprint == second.fingerprint
    assert first.fingerprint != plan(whole.into(MemoryStore()), "dora").fingerprint
