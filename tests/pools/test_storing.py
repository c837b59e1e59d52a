"""Carrying out claims and recyclings: the store decides who came first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import attrs
import pytest

from crmcore.customers import Cause
from crmcore.errors import AlreadyExistsError
from crmcore.kernel import CustomerId, DepartmentId, MemberId, TeamId
from crmcore.memory import MemoryStore
from crmcore.organization import Department, Team
from crmcore.plans import Plan
from crmcore.pools import Activity, Claim, ClaimRule, Pool, RecycleRule, Refusal, Register
from crmcore.receipts import PlanConflictError, PlanLike
from crmcore.reviews import apply_plan, undo_plan
from crmcore.storage import Capability, Store, UnitOfWork

if TYPE_CHECKING:
    from tests.pools.conftest import Company

NORTHWIND, WEI, LIN = CustomerId("northwind"), MemberId("wei"), MemberId("lin")
JUNE_30 = datetime(2026, 6, 30, 4, tzinfo=UTC)
SEPTEMBER_29 = date(2026, 9, 29)
HOUR = timedelta(hours=1)
POOL = Pool(
    name="open",
    zone="Asia/Shanghai",
    rules=[RecycleRule(name="silent", days=90, resets=[Activity()])],
    previous_owner_days=30,
)


def stored(company: Company) -> MemoryStore:
    """Return a store with the records of a company."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        uow.departments.add(Department(id=DepartmentId("care"), name="Customer care"))
        uow.teams.add(Team(id=TeamId("sales"), name="Sales", department=DepartmentId("care")))
        uow.customers.add_all(company.customers)
        uow.members.add_all(company.members)
        uow.ownerships.add_all(company.ownerships)
        uow.commit()
    return store


def read(store: MemoryStore) -> Register:
    """Return a register of what is stored."""
    with store.unit_of_work(readonly=True) as uow:
        return Register(
            customers=uow.customers.stream(),
            members=uow.members.stream(),
            ownerships=uow.ownerships.stream(),
            interactions=uow.interactions.stream(),
            purchases=uow.purchases.stream(),
        )


def claim(register: Register, member: MemberId, at: datetime) -> Claim:
    """Return a claim of Northwind that is allowed."""
    answer = POOL.claim(register, customer=NORTHWIND, member=member, at=at)
    assert isinstance(answer, Claim)
    return answer


@attrs.define
class Interrupted:
    """A store in which somebody else does something just after a unit of work has begun."""

    store: MemoryStore
    meanwhile: Callable[[], object]
    is_done: bool = False

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the store can do."""
        return self.store.capabilities

    def unit_of_work(self, *, readonly: bool = False, **others: Any) -> UnitOfWork:  # noqa: ANN401
        """Begin, and let somebody else go first."""
        begun = self.store.unit_of_work(readonly=readonly, **others)
        if not self.is_done:
            self.is_done = True
            self.meanwhile()
        return begun


def carry_out(store: Store, what: PlanLike, at: datetime) -> None:
    """Carry out a claim or a recycling."""
    apply_plan(store, what, by="night", at=at)


def test_claims_and_recyclings_can_be_carried_out_as_plans(company: Company) -> None:
    """They have what can be carried out: a day, moves and a fingerprint."""
    register = company.register()

    assert isinstance(claim(register, WEI, JUNE_30), PlanLike)
    assert isinstance(POOL.recycle(register, as_of=SEPTEMBER_29), PlanLike)
    assert not isinstance(POOL.recycle(register, as_of=SEPTEMBER_29), Plan)


def test_of_two_claims_the_second_is_refused(company: Company) -> None:
    """Both were allowed; what the first has written stands, and the second is told by whom."""
    store = stored(company)
    register = read(store)
    by_wei, by_lin = claim(register, WEI, JUNE_30), claim(register, LIN, JUNE_30)

    apply_plan(store, by_wei, by="wei", at=by_wei.at)

    with pytest.raises(PlanConflictError, match="now it is held by 'wei'"):
        apply_plan(store, by_lin, by="lin", at=by_lin.at)
    with store.unit_of_work(readonly=True) as uow:
        (held,) = uow.ownerships.of_customer(NORTHWIND)
    assert (held.member, held.since, held.cause) == ("wei", JUNE_30, Cause.CLAIM)


def test_of_two_claims_at_the_same_moment_the_second_is_told(company: Company) -> None:
    """Where both have read before either has written, the second looks again, and is refused."""
    store = stored(company)
    register = read(store)
    by_wei, by_lin = claim(register, WEI, JUNE_30), claim(register, LIN, JUNE_30)
    racing = Interrupted(store, lambda: carry_out(store, by_wei, by_wei.at))

    with pytest.raises(PlanConflictError, match="now it is held by 'wei'"):
        carry_out(cast("Store", racing), by_lin, by_lin.at)

    with store.unit_of_work(readonly=True) as uow:
        assert [held.member for held in uow.ownerships.of_customer(NORTHWIND)] == ["wei"]


def test_a_store_takes_one_ownership_of_two_claims(company: Company) -> None:
    """Whoever writes the ownership without a plan is kept apart by its id."""
    store = stored(company)
    register = read(store)
    with store.unit_of_work() as first, store.unit_of_work() as second:
        first.ownerships.add(claim(register, WEI, JUNE_30).ownership)
        second.ownerships.add(claim(register, LIN, JUNE_30).ownership)
        first.commit()

        with pytest.raises(AlreadyExistsError):
            second.commit()


def test_a_customer_goes_round(company: Company) -> None:
    """Claimed, left alone, recycled, refused to the last owner, and claimed by another."""
    store = stored(company)
    taken = claim(read(store), WEI, JUNE_30)
    apply_plan(store, taken, by="wei", at=taken.at)
    recycling = POOL.recycle(read(store), as_of=SEPTEMBER_29)
    receipt = apply_plan(store, recycling, by="night", at=recycling.at)

    back = POOL.claim(read(store), customer=NORTHWIND, member=WEI, at=recycling.at + HOUR)
    again = claim(read(store), LIN, recycling.at + HOUR)

    assert [str(change.from_member) for change in receipt.changes] == ["wei"]
    assert isinstance(back, Refusal)
    assert back.rules == (ClaimRule.PREVIOUS_OWNER,)
    assert back.possible_from == date(2026, 10, 30)
    assert again.after == taken_id(store)
    assert POOL.recycle(read(store), as_of=SEPTEMBER_29).outlooks == ()


def taken_id(store: MemoryStore) -> str:
    """Return the id of the last ownership of Northwind."""
    with store.unit_of_work(readonly=True) as uow:
        return uow.ownerships.of_customer(NORTHWIND)[-1].id


def test_a_recycling_is_refused_once_somebody_has_the_customer_anew(company: Company) -> None:
    """The move carries the version that was judged."""
    company.owns("wei", "northwind", JUNE_30)
    store = stored(company)
    recycling = POOL.recycle(read(store), as_of=SEPTEMBER_29)
    with store.unit_of_work() as uow:
        (held,) = uow.ownerships.of_customer(NORTHWIND)
        uow.ownerships.save(held)
        uow.commit()

    with pytest.raises(PlanConflictError, match="knows version 1, version 2 is stored"):
        apply_plan(store, recycling, by="night", at=recycling.at)


def test_a_recycling_can_be_taken_back(company: Company) -> None:
    """The owner has the customer again, and the clock starts anew with that."""
    company.owns("wei", "northwind", JUNE_30)
    store = stored(company)
    recycling = POOL.recycle(read(store), as_of=SEPTEMBER_29)
    receipt = apply_plan(store, recycling, by="night", at=recycling.at)

    undo_plan(store, receipt, by="head", at=recycling.at + HOUR, reason="Wei was ill")

    outlook = POOL.explain(read(store), NORTHWIND, as_of=date(2026, 9, 30))
    assert (outlook.member, outlook.due) == ("wei", date(2026, 12, 29))


def test_a_second_run_of_the_night_finds_nothing_left_to_do(company: Company) -> None:
    """Whenever in that day the customers were taken back, nobody is taken back twice."""
    company.owns("wei", "northwind", JUNE_30)
    store = stored(company)
    recycling = POOL.recycle(read(store), as_of=SEPTEMBER_29)
    apply_plan(store, recycling, by="night", at=recycling.at + 2 * HOUR)

    again = POOL.recycle(read(store), as_of=SEPTEMBER_29)

    assert again.moves == ()
    assert [str(outlook.reason) for outlook in again.outlooks] == [
        "rule silent, no contact by the owner for 90 full days, since 2026-06-30 (taken over)"
    ]
    assert apply_plan(store, again, by="night", at=recycling.at + 3 * HOUR).changes == ()


def test_what_was_handed_over_meanwhile_does_not_stop_the_rest(company: Company) -> None:
    """One customer was given away at one in the morning, one is promised; the third goes back."""
    midnight = datetime(2026, 9, 28, 16, tzinfo=UTC)
    company.customer("adatum")
    for name, ends in (("northwind", midnight + HOUR), ("contoso", midnight + 99 * HOUR)):
        company.owns("wei", name, JUNE_30, ends)
        company.owns("lin", name, ends)
    company.owns("wei", "adatum", JUNE_30)
    store = stored(company)

    recycling = POOL.recycle(read(store), as_of=SEPTEMBER_29)
    receipt = apply_plan(store, recycling, by="night", at=midnight + 2 * HOUR)

    assert [outlook.customer for outlook in recycling.outlooks if outlook.is_overtaken] == [
        "contoso",
        "northwind",
    ]
    assert [change.customer for change in receipt.changes] == ["adatum"]
