"""A plan and its undo are nothing: over small stores of either kind, drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.activities import Matter, MatterId, MatterKind
from crmcore.customers import Customer, Ownership, OwnershipId, OwnershipRole, owners_at
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId, TeamId
from crmcore.memory import MemoryStore
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Member,
    Organization,
    Responsibility,
    Role,
    Team,
)
from crmcore.plans import Move, MoveKind, MoveReason
from crmcore.policies import Policy
from crmcore.receipts import RemainderKind
from crmcore.reviews import apply_plan, holdings_at, plan_handover, undo_plan
from crmcore.sql import SqlStore
from crmcore.storage import Store, add_organization

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = date(2026, 9, 30)
MIDNIGHT = datetime(2026, 9, 30, 4, tzinfo=UTC)  # in New York
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=30)
MEMBERS = ("anna", "ben", "chen")
CUSTOMERS = ("contoso", "fabrikam", "northwind")
RESPONSIBILITIES = ("complaints", "renewals")

holder = st.sampled_from(MEMBERS)
somebody = st.none() | holder


@attrs.frozen(kw_only=True)
class Deed:
    """Moves with a day and a name."""

    moves: tuple[Move, ...]
    as_of: date = AS_OF
    fingerprint: str = "drawn"


@attrs.frozen(kw_only=True)
class World:
    """A small store, and moves that fit what it holds."""

    owners: dict[str, str | None]
    collaborators: frozenset[tuple[str, str]]
    duties: dict[tuple[str, Duty], str | None]
    matters: tuple[Matter, ...]
    moves: tuple[Move, ...]

    def into(self, store: Store) -> Store:
        """Keep it in a store."""
        with store.unit_of_work() as uow:
            add_organization(uow, _organization(self.duties))
            uow.customers.add_all(Customer(id=CustomerId(key), name=key) for key in CUSTOMERS)
            uow.ownerships.add_all(
                _ownership(customer, member, OwnershipRole.OWNER)
                for customer, member in self.owners.items()
                if member is not None
            )
            uow.ownerships.add_all(
                _ownership(customer, member, OwnershipRole.COLLABORATOR)
                for customer, member in self.collaborators
            )
            uow.matters.add_all(self.matters)
            uow.commit()
        return store


def _ownership(customer: str, member: str, role: OwnershipRole) -> Ownership:
    return Ownership(
        id=OwnershipId(f"{customer} {member} {role}"),
        customer=CustomerId(customer),
        member=MemberId(member),
        since=SINCE,
        role=role,
    )


def _organization(duties: dict[tuple[str, Duty], str | None]) -> Organization:
    care: Any = "care"
    clerk: Any = "clerk"
    return Organization(
        department=Department(id=care, name="Customer care"),
        teams=[Team(id=TeamId("desk"), name="Desk", department=care, looks_after_customers=True)],
        roles=[Role(id=clerk, name="Clerk", has_authority=True)],
        members=[
            Member(id=MemberId(key), name=key, team=TeamId("desk"), roles=[clerk], weekly_hours=38)
            for key in MEMBERS
        ],
        responsibilities=[
            Responsibility(
                id=ResponsibilityId(key), name=key, role=clerk, team=TeamId("desk"), weekly_hours=4
            )
            for key in RESPONSIBILITIES
        ],
        assignments=[
            Assignment(
                id=f"{responsibility} {duty}",
                responsibility=ResponsibilityId(responsibility),
                duty=duty,
                member=MemberId(member),
                since=SINCE,
            )
            for (responsibility, duty), member in duties.items()
            if member is not None
        ],
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a small store, and moves of some of what it holds."""
    owners = {key: draw(somebody) for key in CUSTOMERS}
    duties = {
        (key, duty): draw(somebody)
        for key in RESPONSIBILITIES
        for duty in (Duty.RESPONSIBLE, Duty.BACKUP)
    }
    reason = MoveReason(kind=MoveKind.RELIEF)
    moves = [
        Move(
            customer=CustomerId(key),
            from_member=None if owner is None else MemberId(owner),
            to_member=to,
            reason=reason,
        )
        for key, owner in owners.items()
        for to in [draw(somebody.map(lambda who: None if who is None else MemberId(who)))]
        if to != owner
    ]
    moves += [
        Move(
            responsibility=ResponsibilityId(key),
            duty=duty,
            from_member=None if who is None else MemberId(who),
            to_member=to,
            reason=reason,
        )
        for (key, duty), who in duties.items()
        for to in [draw(somebody.map(lambda who: None if who is None else MemberId(who)))]
        if to != who
    ]
    return World(
        owners=owners,
        collaborators=draw(
            st.frozensets(st.tuples(st.sampled_from(CUSTOMERS), holder), max_size=3)
        ),
        duties=duties,
        matters=tuple(draw(st.lists(matters(), max_size=5, unique_by=lambda one: one.id))),
        moves=tuple(draw(st.permutations(moves))),
    )


@st.composite
def matters(draw: st.DrawFn) -> Matter:
    """Draw a matter, open or closed, in anybody's charge."""
    who = draw(somebody)
    return Matter(
        id=MatterId(draw(st.sampled_from("abcdefgh"))),
        kind=draw(st.sampled_from(MatterKind)),
        customer=CustomerId(draw(st.sampled_from(CUSTOMERS))),
        member=None if who is None else MemberId(who),
        subject="Something to settle",
        opened_at=SINCE,
        closed_at=draw(st.sampled_from((None, None, NOON, LATER - timedelta(days=1)))),
    )


@contextmanager
def in_memory() -> Iterator[Store]:
    """Lend an empty store in dictionaries."""
    yield MemoryStore()


@cache
def empty_database() -> bytes:
    """Return a database with empty tables, which takes longer to make than to copy."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "crm.db"
        SqlStore.open(f"sqlite:///{file}").close()
        return file.read_bytes()


@contextmanager
def in_a_database() -> Iterator[Store]:
    """Lend an empty store in a file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "crm.db"
        file.write_bytes(empty_database())
        with SqlStore.open(f"sqlite:///{file}") as store:
            yield store


def state(store: Store, at: datetime) -> tuple[object, ...]:
    """Return who holds what at an instant, collaborations and matters among it."""
    with store.unit_of_work(readonly=True) as uow:
        beside = sorted(
            (held.customer, held.member)
            for held in uow.ownerships.lasting(at=at)
            if held.role is OwnershipRole.COLLABORATOR
        )
        some = [attrs.evolve(matter, version=0) for matter in uow.matters.stream()]
        last_days = {member.id: member.left_on for member in uow.members.stream()}
    return holdings_at(store, at), beside, some, last_days


@pytest.fixture(scope="module", params=[in_memory, in_a_database], ids=["memory", "sql"])
def lend(request: pytest.FixtureRequest) -> Callable[[], Any]:
    """Return what lends an empty store."""
    found: Callable[[], Any] = request.param
    return found


@settings(max_examples=20)
@given(world=worlds())
def test_a_plan_and_its_undo_are_nothing(lend: Callable[[], Any], world: World) -> None:
    """Where nobody does anything in between, everybody holds what they held, and is in charge."""
    with lend() as empty:
        store = world.into(empty)
        before = state(store, NOON)
        plan = Deed(moves=world.moves)

        receipt = apply_plan(store, plan, by="head", at=NOON)
        planned = state(store, NOON)
        undone = undo_plan(store, receipt, by="head", at=LATER, reason="trial over")

        # What was closed after the plan took effect had gone along, and stays where it is.
        closed = [m.matter for m in receipt.matters if _closed(world, m.matter)]
        assert [each.matter for each in undone.remains] == closed
        assert {each.kind for each in undone.remains} <= {RemainderKind.CLOSED}
        after = state(store, LATER)
        assert (after[0], after[1], after[3]) == (before[0], before[1], before[3])
        assert _open(after[2]) == _open(before[2])
        again = undo_plan(
            store, undone, by="head", at=LATER + timedelta(days=1), reason="they liked it"
        )
        redone = state(store, LATER + timedelta(days=1))
        assert (redone[0], redone[1]) == (planned[0], planned[1])
        assert _open(redone[2]) == _open(planned[2])
        assert again.remains == ()


def _closed(world: World, key: str) -> bool:
    return next(one for one in world.matters if one.id == key).closed_at is not None


def _open(some: Any) -> list[Matter]:  # noqa: ANN401 - a part of a state
    return [matter for matter in some if matter.closed_at is None]


@settings(max_examples=20)
@given(world=worlds())
def test_matters_follow_the_owner_and_nobody_else(lend: Callable[[], Any], world: World) -> None:
    """What is open in the old owner's charge is in the new one's; all the rest is as it was."""
    moved = {move.customer: move for move in world.moves if move.customer is not None}
    with lend() as empty:
        store = world.into(empty)

        receipt = apply_plan(store, Deed(moves=world.moves), by="head", at=NOON)

        with store.unit_of_work(readonly=True) as uow:
            stored = {matter.id: matter for matter in uow.matters.stream()}
    for matter in world.matters:
        move = moved.get(matter.customer)
        goes = move is not None and matter.is_open_at(NOON) and matter.member == move.from_member
        assert stored[matter.id].member == (move.to_member if move and goes else matter.member)
        assert stored[matter.id].version == (2 if goes else 1)
    assert [each.matter for each in receipt.matters] == sorted(
        key for key, matter in stored.items() if matter.version == 2
    )


@settings(max_examples=15)
@given(world=worlds(), member=holder, away=st.booleans())
def test_a_handover_and_its_undo_are_nothing(
    lend: Callable[[], Any], world: World, member: str, *, away: bool
) -> None:
    """Whoever leaves holds nothing, and whoever stays after all, or is back, holds it all again."""
    with lend() as empty:
        store = world.into(empty)
        before = state(store, NOON)
        handover = plan_handover(
            store,
            member,
            policy=Policy.default(),
            as_of=AS_OF,
            until=LATER.date() if away else None,
        )

        receipt = apply_plan(store, handover, by="head", at=NOON)

        with store.unit_of_work(readonly=True) as uow:
            owners = owners_at(uow.ownerships.lasting(at=NOON), NOON)
            owned = {customer for customer, held in owners.items() if held.member == member}
            busy = {matter.customer for matter in world.matters if matter.is_open_at(MIDNIGHT)}
            assert not owned & busy if away else not owned
            assert away or member not in {held.member for held in uow.ownerships.lasting(at=NOON)}
            assert member not in {held.member for held in uow.assignments.lasting(at=NOON)}
            charged = uow.matters.of_member(MemberId(member))
            assert not any(
                matter.is_open_at(NOON) for matter in charged if matter.customer not in owned
            )
        undo_plan(store, receipt, by="head", at=LATER, reason="stays after all")
        after = state(store, LATER)
        assert (after[0], after[1], after[3]) == (before[0], before[1], before[3])
        assert _open(after[2]) == _open(before[2])
