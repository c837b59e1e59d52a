"""Taking a plan back: everybody holds again what they held before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.codec import from_json, to_json
from crmcore.customers import Cause, Customer, Ownership, OwnershipId
from crmcore.errors import Fault, InvalidValueError
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.memory import MemoryStore
from crmcore.organization import Assignment, Duty
from crmcore.plans import Move, MoveKind, MoveReason
from crmcore.receipts import Change, PlanConflictError, PlanReceipt
from crmcore.reviews import (
    Review,
    apply_plan,
    holdings_at,
    undo_plan,
)
from crmcore.storage import Store, UnitOfWork

if TYPE_CHECKING:
    from tests.reviews.conftest import Planned, Shop, Stores

SINCE = datetime(2025, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
REASON = MoveReason(kind=MoveKind.RELIEF)
COMPLAINTS = ResponsibilityId("complaints")
MEMBERS = ("anna", "ben", "chen")


def change(store: Store, do: Callable[[UnitOfWork], object]) -> None:
    """Do something to what is stored."""
    with store.unit_of_work() as uow:
        do(uow)
        uow.commit()


def everything(store: Store) -> tuple[object, ...]:
    """Return all that undoing could write."""
    with store.unit_of_work(readonly=True) as uow:
        return (*uow.ownerships.stream(), *uow.assignments.stream())


def refusals(store: Store, receipt: PlanReceipt) -> list[str]:
    """Return what stands in the way of an undo, and check that nothing was written."""
    before = everything(store)
    with pytest.raises(PlanConflictError) as caught:
        undo_plan(store, receipt, by="head", at=NOON + 2 * HOUR, reason="trial over")
    assert everything(store) == before
    return [f"{each.path}: {each.problem}" for each in caught.value.conflicts]


def move(
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


def backup_move(from_member: str | None, to_member: str | None) -> Move:
    """Return the move of the duty to step in when complaints pile up."""
    return Move(
        responsibility=COMPLAINTS,
        duty=Duty.BACKUP,
        from_member=None if from_member is None else MemberId(from_member),
        to_member=None if to_member is None else MemberId(to_member),
        reason=REASON,
    )


def backup(member: str, since: datetime = SINCE, until: datetime | None = None) -> Assignment:
    """Return an interval of that duty."""
    return Assignment(
        id=f"{member} {since.isoformat()}",
        responsibility=COMPLAINTS,
        duty=Duty.BACKUP,
        member=MemberId(member),
        since=since,
        until=until,
    )


def test_everybody_holds_again_what_they_held(shop: Shop, review: Review, stores: Stores) -> None:
    """After the undo the state is the old one; the time in between keeps the planned one."""
    store = shop.into(stores())
    before = holdings_at(store, NOON)
    receipt = apply_plan(store, review.plan, by="head", at=NOON)
    planned = holdings_at(store, NOON)

    undone = undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert holdings_at(store, NOON + HOUR) == before != planned
    assert holdings_at(store, NOON + HOUR - timedelta(microseconds=1)) == planned
    assert holdings_at(store, NOON - HOUR) == before
    assert (undone.undoes, undone.plan, undone.reason) == (receipt.id, receipt.plan, "trial over")
    with store.unit_of_work(readonly=True) as uow:
        history = [
            (held.member, held.since, held.until, held.cause)
            for held in uow.ownerships.of_customer(CustomerId("gus"))
        ]
    assert history == [
        ("dora", SINCE, NOON, Cause.MANUAL),
        ("chen", NOON, NOON + HOUR, Cause.PLAN),
        ("dora", NOON + HOUR, None, Cause.UNDO),
    ]


def test_an_undo_can_be_undone(shop: Shop, review: Review, stores: Stores) -> None:
    """Taking back what was taken back is the plan again, and so on."""
    store = shop.into(stores())
    before = holdings_at(store, NOON)
    receipt = apply_plan(store, review.plan, by="head", at=NOON)
    planned = holdings_at(store, NOON)

    for hours, state in ((1, before), (2, planned), (3, before)):
        at = NOON + hours * HOUR
        receipt = undo_plan(store, receipt, by="head", at=at, reason="changed my mind")
        assert holdings_at(store, at) == state


def test_a_plan_is_taken_back_once(shop: Shop, review: Review, stores: Stores) -> None:
    """The second time everybody has it back already, and nothing happens."""
    store = shop.into(stores())
    receipt = apply_plan(store, review.plan, by="head", at=NOON)
    undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert len(refusals(store, receipt)) == len(receipt.changes)


def test_what_has_changed_again_stays(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """Every change since the receipt is told, and nothing was written."""
    store = shop.into(stores())
    plan = plan_of(
        [
            move("ada", "ben", "chen"),
            move("bob", "ben", "chen"),
            move("dee", "ben", None),
            move("eve", None, "chen"),
            backup_move("ben", None),
        ]
    )
    receipt = apply_plan(store, plan, by="head", at=NOON)
    opened = {each.customer: each.opened for each in receipt.changes}

    def meanwhile(uow: UnitOfWork) -> None:
        ada = uow.ownerships.get(str(opened[CustomerId("ada")]))
        uow.ownerships.save(attrs.evolve(ada, until=NOON + HOUR))
        uow.ownerships.save(uow.ownerships.get(str(opened[CustomerId("bob")])))
        uow.ownerships.add(
            Ownership(
                id=OwnershipId("new"),
                customer=CustomerId("dee"),
                member=MemberId("anna"),
                since=NOON + HOUR,
            )
        )
        uow.assignments.add(backup("chen", NOON + HOUR))

    change(store, meanwhile)

    assert refusals(store, receipt) == [
        "customer 'ada': the receipt left it to 'chen', now it is held by nobody",
        "customer 'bob': the receipt left version 1, version 2 is stored",
        "customer 'dee': the receipt left it to nobody, now it is held by 'anna'",
        "backup of 'complaints': the receipt left it to nobody, now it is held by 'chen'",
    ]


def test_who_holds_it_anew_is_told_so(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """The receipt of an hour ago does not take back what was done since by the same plan."""
    store, other = shop.into(stores()), shop.into(stores())
    plan = plan_of([move("kim", None, "chen")])
    receipt = apply_plan(store, plan, by="head", at=NOON)
    apply_plan(other, plan, by="head", at=NOON + HOUR)

    assert refusals(other, receipt) == [
        "customer 'kim': the receipt left it to 'chen', now it is held anew by 'chen'"
    ]


def test_who_has_left_since_gets_nothing_back(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """Whoever had left before the plan holds it again; whoever left or went since does not."""
    store = shop.into(stores())
    plan = plan_of([move("ada", "ben", "chen"), move("gus", "dora", "chen")])
    receipt = apply_plan(store, plan, by="head", at=NOON - timedelta(days=1))

    def meanwhile(uow: UnitOfWork) -> None:
        ben = uow.members.get("ben")
        uow.members.save(attrs.evolve(ben, left_on=NOON.date()))
        gus = uow.customers.get("gus")
        uow.customers.save(attrs.evolve(gus, archived_at=NOON))

    change(store, meanwhile)

    assert refusals(store, receipt) == [
        "customer 'ada': member 'ben' left on 2026-09-30",
        "customer 'gus': the customer is out of use since 2026-09-30T12:00:00+00:00",
    ]


def test_an_end_that_was_to_come_comes_back(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """Who was to hold a customer up to a day only holds it up to that day again."""
    end = NOON + timedelta(days=10)
    short = tuple(
        attrs.evolve(held, until=end) if held.customer == "ada" else held
        for held in shop.ownerships
    )
    store = attrs.evolve(shop, ownerships=short).into(stores())
    before = holdings_at(store, end - HOUR), holdings_at(store, end)
    receipt = apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)
    assert receipt.changes[0].until == end

    undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert (holdings_at(store, end - HOUR), holdings_at(store, end)) == before


def test_an_end_that_has_come_meanwhile_leaves_nobody(
    shop: Shop, plan_of: Planned, stores: Stores
) -> None:
    """Where the old holder would not hold it any more by now, nobody does."""
    short = tuple(
        attrs.evolve(held, until=NOON + HOUR) if held.customer == "ada" else held
        for held in shop.ownerships
    )
    store = attrs.evolve(shop, ownerships=short).into(stores())
    receipt = apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)

    undone = undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert "ada" not in dict(holdings_at(store, NOON + HOUR).owners)
    assert (undone.changes[0].to_member, undone.changes[0].opened) == (None, None)


def test_a_second_holder_goes_on(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """Where a duty went to somebody who held it already, only the other one gets it back."""
    store = shop.into(stores())
    change(store, lambda uow: uow.assignments.add(backup("anna")))
    before = holdings_at(store, NOON)
    receipt = apply_plan(store, plan_of([backup_move("ben", "anna")]), by="head", at=NOON)

    undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert holdings_at(store, NOON + HOUR) == before


def test_a_second_holder_who_stopped_stays_out(
    shop: Shop, plan_of: Planned, stores: Stores
) -> None:
    """What ended by itself, and not by the plan, is not begun again."""
    store = shop.into(stores())
    short = backup("anna", until=NOON + HOUR)
    change(store, lambda uow: uow.assignments.add(short))
    receipt = apply_plan(store, plan_of([backup_move("ben", "anna")]), by="head", at=NOON)

    undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    duties = holdings_at(store, NOON + HOUR).duties
    assert [held[2] for held in duties if held[1] is Duty.BACKUP] == ["ben"]


def test_a_receipt_comes_before_its_undo(shop: Shop, plan_of: Planned, stores: Stores) -> None:
    """Nothing is taken back before, or at the instant at which, it was done."""
    store = shop.into(stores())
    receipt = apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)

    with pytest.raises(InvalidValueError, match="at must be after the receipt's, 2026-09-30T12"):
        undo_plan(store, receipt, by="head", at=NOON, reason="trial over")
    naive = NOON.replace(tzinfo=None) + HOUR
    with pytest.raises(InvalidValueError, match="at must carry a time zone"):
        undo_plan(store, receipt, by="head", at=naive, reason="trial over")


def test_without_a_reason_nothing_is_taken_back(
    shop: Shop, plan_of: Planned, stores: Stores
) -> None:
    """What cannot be receipted is not undone."""
    store = shop.into(stores())
    receipt = apply_plan(store, plan_of([move("ada", "ben", "chen")]), by="head", at=NOON)
    before = everything(store)

    with pytest.raises(InvalidValueError, match="reason must not be empty"):
        undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="")

    assert everything(store) == before


def test_a_receipt_is_the_same_wherever_it_was_made(shop: Shop, review: Review) -> None:
    """The same plan, name and instant leave the same receipt, whatever the store."""
    first, second = (
        apply_plan(shop.into(MemoryStore()), review.plan, by="head", at=NOON) for _ in range(2)
    )
    other = apply_plan(shop.into(MemoryStore()), review.plan, by="deputy", at=NOON)

    assert (first, first.id) == (second, second.id)
    assert other.id != first.id


def test_a_receipt_survives_as_json(shop: Shop, review: Review, stores: Stores) -> None:
    """What was written down is as good a key to the undo as what was returned."""
    store = shop.into(stores())
    before = holdings_at(store, NOON)
    receipt = apply_plan(store, review.plan, by="head", at=NOON, reason="autumn")

    read = from_json(PlanReceipt, to_json(receipt))
    undo_plan(store, read, by="head", at=NOON + HOUR, reason="trial over")

    assert (read, read.id) == (receipt, receipt.id)
    assert holdings_at(store, NOON + HOUR) == before


def test_a_receipt_reads_as_a_sentence(shop: Shop, plan_of: Planned) -> None:
    """Who did what, when, and how much of it."""
    store = shop.into(MemoryStore())
    plan = plan_of([move("ada", "ben", "chen")])
    receipt = apply_plan(store, plan, by="head", at=NOON)
    undone = undo_plan(store, receipt, by="deputy", at=NOON + HOUR, reason="trial over")
    empty = apply_plan(store, plan_of([]), by="head", at=NOON)

    short = plan.fingerprint[:12]
    assert str(receipt) == f"head applied plan {short} at 2026-09-30T12:00:00+00:00: 1 change"
    assert str(undone).startswith(f"deputy took back plan {short} at ")
    assert str(empty).endswith(": 0 changes")


def test_conflicts_are_told_twenty_at_a_time() -> None:
    """A long list is cut, and says how much is left out; one thing is told in the singular."""
    many = PlanConflictError(Fault(f"customer {n}", "changed") for n in range(23))

    assert str(many).splitlines()[0].startswith("23 things have changed")
    assert str(many).splitlines()[-1] == "  … and 3 more"
    assert str(PlanConflictError([Fault("x", "y")])).startswith("1 thing has changed meanwhile")


# Random books: a customer has one owner at a time, a duty may have two; intervals may have ended,
# may be about to end, or may last.

_hours = st.integers(-40, 40).map(lambda n: NOON + n * HOUR)
_ends = st.one_of(st.none(), st.integers(1, 9).map(lambda n: NOON + n * HOUR))


@attrs.frozen
class Book:
    """Intervals, and moves that fit them."""

    ownerships: tuple[Ownership, ...]
    assignments: tuple[Assignment, ...]
    moves: tuple[Move, ...]


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Draw who owns a few customers, who backs up a duty, and moves for some of them."""
    ownerships, moves = [], []
    for customer in draw(st.sets(st.sampled_from(["ada", "bob", "cy"]), min_size=1).map(sorted)):
        owner = draw(st.sampled_from([None, *MEMBERS]))
        if draw(st.booleans()):
            ownerships.append(_ownership(customer, "anna", SINCE, SINCE + HOUR))
        if owner is not None:
            since = SINCE + HOUR * draw(st.integers(1, 5))
            ownerships.append(_ownership(customer, owner, since, draw(_ends)))
        if draw(st.booleans()):
            to = draw(st.sampled_from([m for m in (None, *MEMBERS) if m != owner]))
            moves.append(move(customer, owner, to, None if owner is None else 1))
    holders = draw(st.lists(st.sampled_from(MEMBERS), max_size=2, unique=True))
    assignments = [backup(member, SINCE, draw(_ends)) for member in holders]
    giver = draw(st.sampled_from(holders)) if holders else None
    taker = draw(st.sampled_from([m for m in (None, *MEMBERS) if m != giver]))
    if giver or taker:
        moves.append(backup_move(giver, taker))
    return Book(tuple(ownerships), tuple(assignments), tuple(draw(st.permutations(moves))))


def _ownership(customer: str, member: str, since: datetime, until: datetime | None) -> Ownership:
    return Ownership(
        id=OwnershipId(f"{customer} {since.isoformat()}"),
        customer=CustomerId(customer),
        member=MemberId(member),
        since=since,
        until=until,
    )


def _kept(shop: Shop, book: Book) -> Store:
    """Keep the book, and the members of the shop, in a store."""
    names = {held.customer for held in book.ownerships} | {
        each.customer for each in book.moves if each.customer is not None
    }
    return attrs.evolve(
        shop,
        organization=attrs.evolve(shop.organization, assignments=book.assignments),
        customers=tuple(Customer(id=name, name=name) for name in sorted(names)),
        purchases=(),
        interactions=(),
        ownerships=book.ownerships,
    ).into(MemoryStore())


def _states(store: Store, hours: Iterable[int]) -> list[object]:
    return [holdings_at(store, NOON + n * HOUR) for n in hours]


@given(book=books(), length=st.integers(1, 12))
def test_undoing_is_the_inverse_of_applying(
    shop: Shop, plan_of: Planned, book: Book, length: int
) -> None:
    """At every hour from the undo on, all is as if nothing had been; so is all before the plan."""
    store, untouched = _kept(shop, book), _kept(shop, book)
    receipt = apply_plan(store, plan_of(book.moves), by="head", at=NOON)
    planned = _states(store, range(length))

    undo_plan(store, receipt, by="head", at=NOON + length * HOUR, reason="trial over")

    assert _states(store, range(-20, 0)) == _states(untouched, range(-20, 0))
    assert _states(store, range(length)) == planned
    assert _states(store, range(length, 24)) == _states(untouched, range(length, 24))


@given(book=books())
def test_applying_does_what_the_moves_say(shop: Shop, plan_of: Planned, book: Book) -> None:
    """Of every move, the giver holds it no more and the taker does; the rest holds on."""
    store = _kept(shop, book)
    before = holdings_at(store, NOON)

    apply_plan(store, plan_of(book.moves), by="head", at=NOON)

    owners, duties = dict(before.owners), set(before.duties)
    for each in book.moves:
        if each.customer is None:
            duties -= {(COMPLAINTS, Duty.BACKUP, m) for m in (each.from_member,) if m}
            duties |= {(COMPLAINTS, Duty.BACKUP, m) for m in (each.to_member,) if m}
            continue
        owners.pop(each.customer, None)
        if each.to_member is not None:
            owners[each.customer] = each.to_member
    after = holdings_at(store, NOON)
    assert dict(after.owners) == owners
    assert set(after.duties) == duties


@given(owners=st.lists(st.sampled_from([None, *MEMBERS, "dora"]), min_size=10, max_size=10))
@settings(max_examples=8)
def test_what_a_review_proposes_can_be_undone(shop: Shop, owners: list[str | None]) -> None:
    """Whoever owned whom at first, applying the plan of a review and undoing it changes nothing."""
    owned = tuple(
        _ownership(customer.id, owner, SINCE, None)
        for customer, owner in zip(shop.customers, owners, strict=False)
        if owner is not None
    )
    start = attrs.evolve(shop, ownerships=owned)
    store = start.into(MemoryStore())
    before = holdings_at(store, NOON)

    receipt = apply_plan(store, start.review().plan, by="head", at=NOON)
    undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert receipt.changes
    assert holdings_at(store, NOON + HOUR) == before


def test_a_change_names_what_changed() -> None:
    """A customer by id, a duty with its responsibility; ends are instants with a zone."""
    duty = Change(
        responsibility=COMPLAINTS,
        duty=Duty.BACKUP,
        from_member=None,
        to_member=MemberId("ben"),
        closed=None,
        opened="a-7",
        version=1,
    )

    assert duty.item == "backup of 'complaints'"
    with pytest.raises(InvalidValueError, match="until must carry a time zone"):
        attrs.evolve(duty, until=NOON.replace(tzinfo=None))
