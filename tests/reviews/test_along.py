"""What goes along when a customer changes hands, and what comes back."""

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
from crmcore.customers import Cause, Ownership, OwnershipId, OwnershipRole
from crmcore.errors import ConcurrencyConflictError, InvalidValueError
from crmcore.kernel import CustomerId, MemberId
from crmcore.memory import MemoryStore
from crmcore.plans import Move, MoveKind, MoveReason
from crmcore.receipts import PlanConflictError, PlanReceipt, RemainderKind
from crmcore.reviews import Review, apply_plan, review_department, undo_plan
from crmcore.storage import Store, UnitOfWork

if TYPE_CHECKING:
    from tests.reviews.conftest import Opened, Planned, Shop, Stores

SINCE = datetime(2025, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
REASON = MoveReason(kind=MoveKind.RELIEF)


def move(customer: str, from_member: str | None, to_member: str | None) -> Move:
    """Return the move of a customer."""
    return Move(
        customer=CustomerId(customer),
        from_member=None if from_member is None else MemberId(from_member),
        to_member=None if to_member is None else MemberId(to_member),
        reason=REASON,
    )


def change(store: Store, do: Callable[[UnitOfWork], object]) -> None:
    """Do something to what is stored."""
    with store.unit_of_work() as uow:
        do(uow)
        uow.commit()


def in_charge(store: Store) -> dict[str, str | None]:
    """Return who is in charge of each matter."""
    with store.unit_of_work(readonly=True) as uow:
        return {matter.id: matter.member for matter in uow.matters.stream()}


def talked(key: str, customer: str, member: str, at: datetime, channel: Channel) -> Interaction:
    """Return a contact that somebody of the department made."""
    return Interaction(
        id=InteractionId(key),
        customer=CustomerId(customer),
        member=MemberId(member),
        at=at,
        channel=channel,
        direction=Direction.OUTBOUND,
    )


def test_open_matters_of_the_old_owner_go_along(
    shop: Shop, plan_of: Planned, opened: Opened, stores: Stores
) -> None:
    """What others are in charge of, what is closed, and what is of other customers stays."""
    matters = (
        opened("m-1", "ada", "ben", kind=MatterKind.COMPLAINT),
        opened("m-2", "ada", "ben", closed_at=NOON - HOUR),
        opened("m-3", "ada", "anna"),
        opened("m-4", "ada", None),
        opened("m-5", "bob", "ben"),
        opened("m-6", "ada", "ben", opened_at=NOON + HOUR),
        opened("m-7", "ada", "ben", closed_at=NOON + HOUR),
    )
    store = attrs.evolve(shop, matters=matters).into(stores())

    receipt = apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)

    assert in_charge(store) == {
        "m-1": "chen",
        "m-2": "ben",
        "m-3": "anna",
        "m-4": None,
        "m-5": "ben",
        "m-6": "ben",
        "m-7": "chen",
    }
    assert [
        (each.item, each.from_member, each.to_member, each.version) for each in receipt.matters
    ] == [
        ("complaint 'm-1' of customer 'ada'", "ben", "chen", 2),
        ("request 'm-7' of customer 'ada'", "ben", "chen", 2),
    ]
    assert str(receipt).endswith(": 1 change, 2 matters went along")


def test_nothing_else_of_a_matter_changes(
    shop: Shop, plan_of: Planned, opened: Opened, stores: Stores
) -> None:
    """The subject, the promise and the dates stay with the customer."""
    whole = opened(
        "m-1", "ada", "ben", due_at=NOON + HOUR, promise="A call", next_step="Ring her up"
    )
    store = attrs.evolve(shop, matters=(whole,)).into(stores())

    apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)

    with store.unit_of_work(readonly=True) as uow:
        found = uow.matters.get("m-1")
    assert found == attrs.evolve(whole, member=MemberId("chen"), version=2)


def test_what_nobody_is_in_charge_of_goes_to_the_first_owner(
    shop: Shop, plan_of: Planned, opened: Opened, stores: Stores
) -> None:
    """Who takes over a customer whom nobody looked after takes over what nobody did."""
    matters = (opened("m-1", "jo", None), opened("m-2", "jo", "anna"))
    store = attrs.evolve(shop, matters=matters).into(stores())

    apply_plan(store, plan_of([move("jo", None, "chen")]), by="head", at=NOON)

    assert in_charge(store) == {"m-1": "chen", "m-2": "anna"}


def test_where_nobody_takes_over_nobody_is_in_charge(
    shop: Shop, plan_of: Planned, opened: Opened, stores: Stores
) -> None:
    """A customer let go takes the open matters along, and they come back with the undo."""
    store = attrs.evolve(shop, matters=(opened("m-1", "ada", "ben"),)).into(stores())
    receipt = apply_plan(store, plan_of([move("ada", "ben", None)]), by="head", at=NOON)
    assert in_charge(store) == {"m-1": None}

    undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert in_charge(store) == {"m-1": "ben"}


def test_many_customers_take_theirs_along_too(
    shop: Shop, plan_of: Planned, opened: Opened, stores: Stores
) -> None:
    """Where hundreds move, all that is open is gone through once, with the same outcome."""
    names = [f"c-{n:03}" for n in range(201)]
    ada = shop.customers[0]
    many = attrs.evolve(
        shop,
        customers=tuple(attrs.evolve(ada, id=CustomerId(name)) for name in names),
        ownerships=tuple(
            Ownership(
                id=OwnershipId(name),
                customer=CustomerId(name),
                member=MemberId("ben"),
                since=SINCE,
            )
            for name in names
        ),
        matters=(
            *(opened(f"m-{name}", name, "ben") for name in names[::50]),
            opened("closed", names[0], "ben", closed_at=NOON),
            opened("other", "elsewhere", "ben"),
        ),
    )
    store = many.into(stores())

    receipt = apply_plan(
        store, plan_of([move(name, "ben", "chen") for name in names]), by="head", at=NOON
    )

    assert [each.matter for each in receipt.matters] == [f"m-{name}" for name in names[::50]]


def test_a_new_matter_makes_no_plan_stale(shop: Shop, opened: Opened, stores: Stores) -> None:
    """A plan says what it knew of; what goes along is what is open when it is carried out."""
    store = attrs.evolve(shop, matters=(opened("m-1", "hal", "ben"),)).into(stores())
    review = review_department(store, policy=shop.review().policy, as_of=date(2026, 9, 30))
    hal = next(each for each in review.plan.moves if each.customer == "hal")
    change(store, lambda uow: uow.matters.add(opened("m-2", "hal", "ben")))

    receipt = apply_plan(store, review.plan, by="head", at=NOON)

    assert str(hal.carries) == "1 request"
    assert {each.matter: each.to_member for each in receipt.matters} == {
        "m-1": hal.to_member,
        "m-2": hal.to_member,
    }


def test_a_review_says_what_each_move_carries(shop: Shop, opened: Opened) -> None:
    """Each customer's move counts and lists what is open; a duty's has nothing to carry."""
    matters = (
        opened("m-1", "hal", "ben", due_at=NOON + 2 * HOUR),
        opened("m-2", "hal", "ben", kind=MatterKind.MEETING, due_at=NOON + HOUR),
        opened("m-3", "hal", "anna"),
        opened("m-4", "hal", "ben", closed_at=NOON - 48 * HOUR),
    )
    review = attrs.evolve(shop, matters=matters).review()
    moves = review.plan.moves

    assert "  what goes along: 1 request, 1 meeting" in review.summary().splitlines()
    assert "  随客户移交：1项服务请求、1项会面" in review.summary(language="zh-CN").splitlines()
    assert "goes along" not in shop.review().summary()
    carried = {each.customer: each.carries for each in moves if each.carries is not None}
    hal = carried.pop(CustomerId("hal"))
    assert [each.id for each in hal.matters] == ["m-2", "m-1"]
    assert (hal.count(MatterKind.REQUEST), hal.count(MatterKind.COMPLAINT)) == (1, 0)
    assert str(hal) == "1 request, 1 meeting"
    assert hal.wording.zh == "1项服务请求、1项会面"
    assert {str(each) for each in carried.values()} == {"nothing open"}
    assert all(each.carries is None for each in moves if each.customer is None)


def test_matters_come_back_as_they_were(
    shop: Shop, plan_of: Planned, opened: Opened, stores: Stores
) -> None:
    """What went along comes back, and what the new owner had there before stays."""
    matters = (opened("m-1", "ada", "ben"), opened("m-2", "ada", "chen"))
    store = attrs.evolve(shop, matters=matters).into(stores())
    receipt = apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)
    read = from_json(PlanReceipt, to_json(receipt))

    undone = undo_plan(store, read, by="head", at=NOON + HOUR, reason="trial over")

    assert read == receipt
    assert in_charge(store) == {"m-1": "ben", "m-2": "chen"}
    assert undone.remains == ()
    assert str(undone).endswith(": 1 change, 1 matter came back")
    again = undo_plan(store, undone, by="head", at=NOON + 2 * HOUR, reason="they liked it")
    assert in_charge(store) == {"m-1": "chen", "m-2": "chen"}
    assert [each.matter for each in again.matters] == ["m-1"]


def test_what_came_up_since_comes_along_on_the_way_back(
    shop: Shop, plan_of: Planned, opened: Opened, stores: Stores
) -> None:
    """A new matter of whoever gives the customer up is the former owner's from then on."""
    store = shop.into(stores())
    receipt = apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)
    change(
        store,
        lambda uow: uow.matters.add_all(
            [
                opened("m-1", "ada", "chen", opened_at=NOON),
                opened("m-2", "ada", "anna", opened_at=NOON),
                opened("m-3", "ada", "chen", opened_at=NOON, closed_at=NOON + HOUR),
            ]
        ),
    )

    undone = undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert in_charge(store) == {"m-1": "ben", "m-2": "anna", "m-3": "chen"}
    assert [each.matter for each in undone.matters] == ["m-1"]


def test_what_was_done_meanwhile_stays_and_is_named(
    shop: Shop, plan_of: Planned, opened: Opened, stores: Stores
) -> None:
    """Closed, given on, changed, gone: each is told; what was changed still comes back."""
    matters = tuple(opened(f"m-{n}", "ada", "ben") for n in range(1, 7))
    store = attrs.evolve(shop, matters=matters).into(stores())
    receipt = apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)

    def meanwhile(uow: UnitOfWork) -> None:
        one, two, three, four, five, _ = (uow.matters.get(f"m-{n}") for n in range(1, 7))
        uow.matters.save(attrs.evolve(one, closed_at=NOON + HOUR))
        uow.matters.save(attrs.evolve(two, member=MemberId("anna")))
        uow.matters.save(attrs.evolve(three, member=None))
        uow.matters.save(attrs.evolve(four, promise="A discount"))
        uow.matters.remove(five.id, version=five.version)

    change(store, meanwhile)
    undone = undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert in_charge(store) == {
        "m-1": "chen",
        "m-2": "anna",
        "m-3": None,
        "m-4": "ben",
        "m-6": "ben",
    }
    assert [str(each) for each in undone.remains] == [
        "request 'm-1' of customer 'ada' was closed at 2026-09-30T13:00:00+00:00; it stays closed",
        "request 'm-2' of customer 'ada' was given to 'anna' meanwhile; it stays there",
        "request 'm-3' of customer 'ada' was given to nobody meanwhile; it stays there",
        "request 'm-4' of customer 'ada' was changed meanwhile; it goes back as it is now",
        "request 'm-5' of customer 'ada' is no longer stored",
    ]
    assert [each.wording.zh for each in undone.remains] == [
        "客户ada的服务请求m-1已办结，保持办结",
        "客户ada的服务请求m-2期间已转交anna，保持不变",
        "客户ada的服务请求m-3期间已转交无人，保持不变",
        "客户ada的服务请求m-4期间有改动，按现状交回",
        "客户ada的服务请求m-5记录已不存在",
    ]
    assert str(undone).endswith("2 matters came back, 5 things cannot be undone")


def test_what_was_said_cannot_be_unsaid(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """Contacts and messages of new owners since the plan are named; others' are not its doing."""
    store = shop.into(stores())
    plan = plan_of([move("ada", "ben", "chen"), move("bob", "ben", None)])
    receipt = apply_plan(store, plan, by="head", at=NOON)
    change(
        store,
        lambda uow: uow.interactions.add_all(
            [
                talked("i-2", "ada", "chen", NOON, Channel.CALL),
                talked("i-3", "ada", "chen", NOON + HOUR, Channel.VISIT),
                talked("i-4", "ada", "chen", NOON + HOUR, Channel.EMAIL),
                talked("i-5", "ada", "chen", NOON - HOUR, Channel.CALL),
                talked("i-6", "ada", "anna", NOON + HOUR, Channel.CALL),
                talked("i-7", "ada", "chen", NOON + 2 * HOUR, Channel.CALL),
                talked("i-8", "bob", "ben", NOON + HOUR, Channel.CALL),
            ]
        ),
    )

    undone = undo_plan(store, receipt, by="head", at=NOON + 2 * HOUR, reason="trial over")

    assert [(each.kind, each.count) for each in undone.remains] == [
        (RemainderKind.CONTACT, 2),
        (RemainderKind.NOTICE, 1),
    ]
    when = " at 2026-09-30T13:00:00+00:00; that cannot be undone"
    assert [str(each) for each in undone.remains] == [
        f"2 contacts with customer 'ada' by 'chen' took place, the last{when}",
        f"1 message was sent to customer 'ada' by 'chen'{when}",
    ]
    assert [each.wording.zh for each in undone.remains] == [
        "chen已与客户ada联系2次，无法撤销",
        "chen已向客户ada发出1条消息，无法撤回",
    ]


def test_a_matter_in_the_hands_of_another_plan_refuses_nothing_by_halves(
    shop: Shop, plan_of: Planned, opened: Opened, stores: Stores
) -> None:
    """Where an owner has changed again, no matter comes back either."""
    store = attrs.evolve(shop, matters=(opened("m-1", "ada", "ben"),)).into(stores())
    receipt = apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)
    apply_plan(store, plan_of([move("ada", "chen", "anna")]), by="head", at=NOON + HOUR)

    with pytest.raises(PlanConflictError, match="now it is held by 'anna'"):
        undo_plan(store, receipt, by="head", at=NOON + 2 * HOUR, reason="trial over")

    assert in_charge(store) == {"m-1": "anna"}


def test_a_matter_that_somebody_saves_meanwhile_stops_the_plan(
    shop: Shop, plan_of: Planned, opened: Opened
) -> None:
    """Of two who write the same matter at once, one is told, and nothing of that was kept."""
    matters = (opened("m-1", "ada", "ben"),)
    store = attrs.evolve(shop, matters=matters).into(MemoryStore())
    with store.unit_of_work() as other:
        late = other.matters.get("m-1")
        apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)
        other.matters.save(attrs.evolve(late, promise="A call"))
        with pytest.raises(ConcurrencyConflictError):
            other.commit()

    assert in_charge(store) == {"m-1": "chen"}


def test_who_ends_before_gives_matters_to_nobody(
    shop: Shop, plan_of: Planned, opened: Opened, stores: Stores
) -> None:
    """Where the former owner would not hold the customer any more, nobody is in charge."""
    short = tuple(
        attrs.evolve(held, until=NOON + HOUR) if held.customer == "ada" else held
        for held in shop.ownerships
    )
    matters = (opened("m-1", "ada", "ben"),)
    store = attrs.evolve(shop, ownerships=short, matters=matters).into(stores())
    receipt = apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)

    undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert in_charge(store) == {"m-1": None}


def test_a_cause_is_written_down(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """A claim is told from a plan in the history of a customer."""
    store = shop.into(stores())
    plan = plan_of([move("jo", None, "chen")])

    apply_plan(store, plan, by="chen", at=NOON, cause=Cause.CLAIM)

    with store.unit_of_work(readonly=True) as uow:
        (held,) = uow.ownerships.of_customer(CustomerId("jo"))
    assert (held.member, held.cause, held.role) == ("chen", Cause.CLAIM, OwnershipRole.OWNER)


@attrs.frozen
class Claim:
    """Something that is no plan of the library, and has moves all the same."""

    moves: tuple[Move, ...]
    as_of: date = date(2026, 9, 30)
    fingerprint: str = "claim-1"


def test_whatever_has_moves_can_be_applied(shop: Shop, stores: Stores) -> None:
    """Apply asks for moves, a day and a fingerprint, and for nothing else."""
    store = shop.into(stores())

    receipt = apply_plan(store, Claim((move("jo", None, "chen"),)), by="chen", at=NOON)

    assert (receipt.plan, len(receipt.changes)) == ("claim-1", 1)


def test_a_whole_review_is_no_plan(shop: Shop, review: Review, stores: Stores) -> None:
    """Whoever hands a review in place of its plan is told what would be right."""
    store = shop.into(stores())
    whole: Any = review

    with pytest.raises(InvalidValueError, match=r"^plan must be something with moves.*review.plan"):
        apply_plan(store, whole, by="head", at=NOON)
