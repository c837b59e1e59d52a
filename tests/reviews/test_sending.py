"""Sent twice, done once: orders, their keys, and what others hear of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from threading import Barrier
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmcore.audit import AuditKey, verify
from crmcore.customers import OwnershipId, OwnershipRole
from crmcore.errors import (
    CommitUnknownError,
    ConcurrencyConflictError,
    InvalidValueError,
    KeyReusedError,
    StorageUnavailableError,
)
from crmcore.events import DomainEvent
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.memory import MemoryStore
from crmcore.organization import Duty
from crmcore.plans import Move, MoveKind, MoveReason, Plan
from crmcore.policies import Policy
from crmcore.receipts import PlanConflictError, PlanReceipt
from crmcore.reviews import (
    apply_plan,
    backtest,
    holdings_at,
    plan_handover,
    review_department,
    undo_plan,
)
from crmcore.sql import SqlStore
from crmcore.storage import DEFAULT_TENANT, Capability, Store, TableUnitOfWork

if TYPE_CHECKING:
    from tests.reviews.conftest import Opened, Planned, Shop, Stores

AS_OF = date(2026, 9, 30)
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
REASON = MoveReason(kind=MoveKind.RELIEF)


def moved(customer: str, from_member: str | None, to_member: str) -> Move:
    """Return the move of a customer."""
    return Move(
        customer=CustomerId(customer),
        from_member=None if from_member is None else MemberId(from_member),
        to_member=MemberId(to_member),
        reason=REASON,
    )


def state(store: Store) -> Iterable[object]:
    """Return all that applying writes, and all that it has told."""
    with store.unit_of_work(readonly=True) as uow:
        written = [
            *uow.ownerships.stream(),
            *uow.assignments.stream(),
            *uow.matters.stream(),
            *uow.members.stream(),
            *uow.departments.stream(),
            *uow.commands.stream(),
        ]
    return [*written, *store.outbox().read().events]


@pytest.fixture
def filled(shop: Shop, opened: Opened) -> Shop:
    """Return the shop with a complaint that is open."""
    return attrs.evolve(shop, matters=(opened("m-1", "ada", "ben"), opened("m-2", "gus", "ben")))


def test_the_same_call_returns_the_same_receipt(
    filled: Shop, plan_of: Planned, stores: Stores
) -> None:
    """Whoever does not know whether it got through sends it again, and nothing happens twice."""
    store = filled.into(stores())
    plan = plan_of([moved("ada", "ben", "chen"), moved("bob", "ben", "anna")])

    receipt = apply_plan(store, plan, by="head", at=NOON, reason='Ben asked for "less"\n少一点')
    after = state(store)
    again = apply_plan(store, plan, by="head", at=NOON, reason='Ben asked for "less"\n少一点')

    assert again == receipt
    assert again.id == receipt.id
    assert state(store) == after


def test_the_same_undo_returns_the_same_receipt(
    filled: Shop, plan_of: Planned, stores: Stores
) -> None:
    """What cannot be taken back is told again, too."""
    store = filled.into(stores())
    receipt = apply_plan(store, plan_of([moved("ada", "ben", "chen")]), by="head", at=NOON)
    with store.unit_of_work() as uow:
        uow.matters.save(attrs.evolve(uow.matters.get("m-1"), closed_at=NOON + HOUR / 2))
        uow.commit()

    undone = undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")
    after = state(store)
    again = undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert len(undone.remains) == 1
    assert again == undone
    assert state(store) == after


def test_the_same_handover_returns_the_same_receipt(
    filled: Shop, policy: Policy, stores: Stores
) -> None:
    """Departures and collaborations come back exactly as they were written down."""
    store = filled.into(stores())
    handover = plan_handover(store, "ben", policy=policy, as_of=AS_OF)

    receipt = apply_plan(store, handover, by="head", at=NOON)

    assert len(receipt.departures) == 1
    assert apply_plan(store, handover, by="head", at=NOON) == receipt


def test_a_long_receipt_comes_back_whole(shop: Shop, plan_of: Planned) -> None:
    """However many customers change hands, sending it again returns what was done."""
    ada, names = shop.customers[0], [f"n-{number:04}" for number in range(5_001)]
    many = tuple(attrs.evolve(ada, id=CustomerId(name)) for name in names)
    store = attrs.evolve(shop, customers=many, ownerships=()).into(MemoryStore())
    plan = plan_of(moved(name, None, "chen") for name in names)

    receipt = apply_plan(store, plan, by="head", at=NOON, reason="all\nto Chen")

    assert len(receipt.changes) == 5_001
    assert apply_plan(store, plan, by="head", at=NOON, reason="all\nto Chen") == receipt
    with store.unit_of_work(readonly=True) as uow:
        (command,) = uow.commands.stream()
    assert str(command.answer).count("\n") == 1


@pytest.mark.parametrize(
    "other",
    [
        {"by": "deputy"},
        {"at": NOON + HOUR},
        {"reason": "another one"},
        {"at": NOON.astimezone(timezone(timedelta(hours=14)))},
    ],
)
def test_another_call_is_another_order(
    filled: Shop, plan_of: Planned, other: dict[str, Any]
) -> None:
    """Who, when, on which of their days, and why: what differs finds what the first one did."""
    store = filled.into(MemoryStore())
    plan = plan_of([moved("ada", "ben", "chen")])
    call: dict[str, Any] = {"by": "head", "at": NOON, "reason": "a reason"}
    apply_plan(store, plan, **call)

    with pytest.raises(PlanConflictError, match="now it is held by 'chen'"):
        apply_plan(store, plan, **(call | other))


def test_the_same_instant_and_day_of_another_zone_is_the_same_order(
    filled: Shop, plan_of: Planned
) -> None:
    """An instant that went through JSON comes back in UTC."""
    store = filled.into(MemoryStore())
    plan = plan_of([moved("ada", "ben", "chen")])
    in_berlin = NOON.astimezone(timezone(HOUR))

    receipt = apply_plan(store, plan, by="head", at=in_berlin)

    assert apply_plan(store, plan, by="head", at=NOON) == receipt


def test_a_key_stands_for_one_order(filled: Shop, plan_of: Planned, stores: Stores) -> None:
    """A chosen key returns the receipt of its order, and no other order may have it."""
    store = filled.into(stores())
    plan = plan_of([moved("ada", "ben", "chen")])
    receipt = apply_plan(store, plan, by="head", at=NOON, key="monday")
    after = state(store)

    assert apply_plan(store, plan, by="head", at=NOON, key="monday") == receipt
    with pytest.raises(KeyReusedError, match="'monday' stands for another request already"):
        apply_plan(store, plan, by="head", at=NOON + HOUR, key="monday")
    with pytest.raises(KeyReusedError):
        undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="over", key="monday")
    with pytest.raises(PlanConflictError):
        apply_plan(store, plan, by="head", at=NOON, key="tuesday")
    with pytest.raises(InvalidValueError, match="key must have at most 64 characters"):
        apply_plan(store, plan, by="head", at=NOON, key="k" * 65)
    assert state(store) == after


def test_a_plan_that_was_taken_back_is_applied_anew_at_a_later_instant(
    filled: Shop, plan_of: Planned, stores: Stores
) -> None:
    """The first call still returns the first receipt, and changes nothing."""
    store = filled.into(stores())
    plan = plan_of([moved("ada", "ben", "chen")])
    first = apply_plan(store, plan, by="head", at=NOON)
    undo_plan(store, first, by="head", at=NOON + HOUR, reason="trial over")

    again = apply_plan(store, plan, by="head", at=NOON)
    held = dict(holdings_at(store, NOON + 3 * HOUR).owners)[CustomerId("ada")]
    anew = apply_plan(store, plan, by="head", at=NOON + 2 * HOUR)

    assert again == first
    assert held == "ben"
    assert anew != first
    assert dict(holdings_at(store, NOON + 3 * HOUR).owners)[CustomerId("ada")] == "chen"


def send_at_once(store: Store, plan: Plan) -> None:
    """Send one order from six threads, and see that it was carried out once."""
    ready = Barrier(6)

    def send(_: int) -> PlanReceipt:
        ready.wait()
        return apply_plan(store, plan, by="head", at=NOON)

    with ThreadPoolExecutor(6) as threads:
        receipts = list(threads.map(send, range(6)))

    told = [one.event.name for one in store.outbox().read().events]
    assert all(receipt == receipts[0] for receipt in receipts)
    assert told == ["plan.applied", "customer.reassigned", "customer.reassigned"]
    with store.unit_of_work(readonly=True) as uow:
        assert len(uow.ownerships.of_customer(CustomerId("ada"))) == 2


def test_of_many_who_send_the_same_at_once_all_get_the_same_receipt(
    filled: Shop, plan_of: Planned, stores: Stores
) -> None:
    """Six threads send one order: one carries it out, six have its receipt."""
    send_at_once(
        filled.into(stores()), plan_of([moved("ada", "ben", "chen"), moved("kim", None, "anna")])
    )


def test_of_many_who_send_the_same_to_a_server_all_get_the_same_receipt(
    filled: Shop, plan_of: Planned, postgresql_url: str
) -> None:
    """Where all of them can write at once, too."""
    with SqlStore.open(postgresql_url) as store:
        filled.into(store)
        send_at_once(store, plan_of([moved("ada", "ben", "chen"), moved("kim", None, "anna")]))


class Crowded(MemoryStore):
    """A store in which something else is done just before a unit of work commits."""

    first: Callable[[], object] | None = None
    always = False

    def unit_of_work(self, *, readonly: bool = False, **how: Any) -> TableUnitOfWork:  # noqa: ANN401 - handed on
        """Return a unit of work that comes second."""
        uow, first = super().unit_of_work(readonly=readonly, **how), self.first
        if first is not None and not readonly:
            self.first, commit = None, uow.commit

            def second() -> None:
                first()
                if self.always:
                    self.first = first
                commit()

            uow.commit = second  # type: ignore[method-assign]  # that is how it comes second
        return uow


@pytest.mark.parametrize("owner", [None, "ben"])
def test_whoever_comes_second_with_the_same_order_gets_its_receipt(
    filled: Shop, plan_of: Planned, owner: str | None
) -> None:
    """That both began the same interval is no reason to refuse the second one."""
    store = Crowded()
    filled.into(store)
    plan = plan_of([moved("kim" if owner is None else "ada", owner, "chen")])
    receipts: list[PlanReceipt] = []
    store.first = lambda: receipts.append(apply_plan(store, plan, by="head", at=NOON))

    receipt = apply_plan(store, plan, by="head", at=NOON)

    assert receipts == [receipt]


def test_of_two_plans_at_the_same_moment_one_is_carried_out(shop: Shop, plan_of: Planned) -> None:
    """Each found a customer without an owner; the second would make a second owner."""
    store = Crowded()
    shop.into(store)
    to_ben = plan_of([moved("kim", None, "ben")])
    to_chen = plan_of([moved("kim", None, "chen")])
    store.first = lambda: apply_plan(store, to_ben, by="first", at=NOON)

    with pytest.raises(PlanConflictError, match="takes it from nobody, now it is held by 'ben'"):
        apply_plan(store, to_chen, by="second", at=NOON + HOUR)

    assert dict(holdings_at(store, NOON + 2 * HOUR).owners)[CustomerId("kim")] == "ben"


def test_two_plans_at_the_same_moment_that_do_not_touch_are_both_carried_out(
    shop: Shop, plan_of: Planned
) -> None:
    """Whoever comes second is held against what the first has left, and fits."""
    store = Crowded()
    shop.into(store)
    one, other = plan_of([moved("kim", None, "ben")]), plan_of([moved("leo", None, "chen")])
    store.first = lambda: apply_plan(store, one, by="first", at=NOON)

    apply_plan(store, other, by="second", at=NOON)

    owners = dict(holdings_at(store, NOON).owners)
    assert (owners[CustomerId("kim")], owners[CustomerId("leo")]) == ("ben", "chen")


def test_where_others_are_always_faster_it_is_given_up(shop: Shop, plan_of: Planned) -> None:
    """After five tries the caller hears that it is crowded, and nothing was kept."""
    store = Crowded()
    shop.into(store)
    tries: list[int] = []

    def interfere() -> None:
        tries.append(1)
        with super(Crowded, store).unit_of_work() as uow:
            uow.departments.save(uow.departments.get("care"))
            uow.commit()

    store.first, store.always = interfere, True

    with pytest.raises(ConcurrencyConflictError, match="department 'care' has changed"):
        apply_plan(store, plan_of([moved("kim", None, "ben")]), by="head", at=NOON)

    store.first = None
    assert len(tries) == 5
    assert CustomerId("kim") not in dict(holdings_at(store, NOON).owners)


@attrs.define
class Breaking:
    """A store whose connection breaks while the next unit of work is committed."""

    store: Store
    after: bool
    broken: bool = False

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the store can do."""
        return self.store.capabilities

    def unit_of_work(self, **how: Any) -> Any:  # noqa: ANN401 - handed on
        """Return a unit of work at whose end the connection breaks, once."""
        uow: Any = self.store.unit_of_work(**how)
        if not self.broken:
            self.broken = True
            keep = uow.commit

            def commit() -> None:
                if self.after:
                    keep()
                raise CommitUnknownError

            uow.commit = commit
        return uow


@pytest.mark.parametrize("after", [True, False])
def test_an_unknown_outcome_is_found_out_by_sending_it_again(
    filled: Shop, plan_of: Planned, stores: Stores, *, after: bool
) -> None:
    """Whether the connection broke right before or right after the commit: it is done once."""
    store = filled.into(stores())
    breaking: Any = Breaking(store, after)
    plan = plan_of([moved("ada", "ben", "chen")])

    with pytest.raises(CommitUnknownError, match="send a command that has a key again"):
        apply_plan(breaking, plan, by="head", at=NOON)
    kept = dict(holdings_at(store, NOON).owners)[CustomerId("ada")] == "chen"
    receipt = apply_plan(breaking, plan, by="head", at=NOON)

    assert kept is after
    assert dict(holdings_at(store, NOON).owners)[CustomerId("ada")] == "chen"
    assert receipt == apply_plan(store, plan, by="head", at=NOON)
    assert [one.event.name for one in store.outbox().read().events] == [
        "plan.applied",
        "customer.reassigned",
    ]


def test_a_store_that_is_out_of_reach_is_not_asked_again_and_again(
    filled: Shop, plan_of: Planned
) -> None:
    """What another try at once would not mend is told at once."""
    store = filled.into(MemoryStore())
    store.close()

    with pytest.raises(StorageUnavailableError):
        apply_plan(store, plan_of([moved("ada", "ben", "chen")]), by="head", at=NOON)


def test_others_hear_what_has_changed_hands(filled: Shop, plan_of: Planned) -> None:
    """Ids and words, and nothing personal: the plan, then each change in order."""
    store = filled.into(MemoryStore())
    duty = Move(
        responsibility=ResponsibilityId("complaints"),
        duty=Duty.RESPONSIBLE,
        from_member=MemberId("ben"),
        to_member=MemberId("chen"),
        reason=REASON,
    )
    plan = plan_of([moved("ada", "ben", "chen"), duty])

    receipt = apply_plan(store, plan, by="head", at=NOON, reason="Ben is ill")
    undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="Ben is well")

    told = [one.event for one in store.outbox().read().events]
    way = {"from": "ben", "to": "chen", "plan": plan.fingerprint}
    assert told[:3] == [
        DomainEvent(
            name="plan.applied",
            subject=f"plans/{plan.fingerprint}",
            at=NOON,
            data={
                "by": "head",
                "receipt": receipt.id,
                "undoes": None,
                "changes": 2,
                "matters": 1,
            },
        ),
        DomainEvent(name="customer.reassigned", subject="customers/ada", at=NOON, data=way),
        DomainEvent(
            name="duty.reassigned",
            subject="responsibilities/complaints",
            at=NOON,
            data=way | {"duty": "responsible"},
        ),
    ]
    assert [event.name for event in told[3:]] == [
        "plan.undone",
        "customer.reassigned",
        "duty.reassigned",
    ]
    assert dict(told[3].data)["undoes"] == receipt.id
    assert "ill" not in repr(told)


def test_the_end_of_a_collaboration_is_told_as_one(
    filled: Shop, policy: Policy, shop: Shop
) -> None:
    """Whoever keeps a list of owners can tell it from a new owner."""
    beside = attrs.evolve(
        shop.ownerships[0],
        id=OwnershipId("o-beside"),
        customer=CustomerId("gus"),
        role=OwnershipRole.COLLABORATOR,
    )
    store = attrs.evolve(filled, ownerships=(*filled.ownerships, beside)).into(MemoryStore())
    handover = plan_handover(store, "ben", policy=policy, as_of=AS_OF)

    apply_plan(store, handover, by="head", at=NOON)

    told = [one.event for one in store.outbox().read().events]
    ends = [dict(event.data) for event in told if event.subject == "customers/gus"]
    assert [(data["from"], data["to"], data["role"]) for data in ends] == [
        ("ben", None, "collaborator")
    ]


class Plain(MemoryStore):
    """A store that has no outbox."""

    capabilities = frozenset({Capability.INTERLEAVED})  # less than it could

    def unit_of_work(
        self,
        *,
        readonly: bool = False,
        tenant: str = DEFAULT_TENANT,
        act: Any = None,  # noqa: ANN401 - handed on
    ) -> TableUnitOfWork:
        """Return a unit of work that would not take an event, or another tenant."""
        assert tenant == DEFAULT_TENANT
        uow = super().unit_of_work(readonly=readonly, act=act)
        uow.record = None  # type: ignore[method-assign,assignment]  # calling it is a fault
        return uow


def test_a_store_without_an_outbox_is_told_nothing(filled: Shop, plan_of: Planned) -> None:
    """What a store cannot do is not asked of it."""
    store = filled.into(Plain())

    receipt = apply_plan(store, plan_of([moved("ada", "ben", "chen")]), by="head", at=NOON)
    undone = undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert undone.undoes == receipt.id


def test_the_audit_trail_names_the_plan(filled: Shop, plan_of: Planned) -> None:
    """Who had it done, when, why, by which plan: of each record that it has changed."""
    key = AuditKey(secret=b"32 bytes that only the store has")
    store = filled.into(MemoryStore(audit_key=key))
    plan = plan_of([moved("ada", "ben", "chen")])

    receipt = apply_plan(store, plan, by="head", at=NOON, reason="Ben is ill")

    change = receipt.changes[0]
    with store.unit_of_work(readonly=True) as uow:
        links = [
            uow.trail.of("ownerships", str(change.closed))[-1],
            uow.trail.of("ownerships", str(change.opened))[-1],
            uow.trail.of("matters", "m-1")[-1],
        ]
        wrong = verify(uow.trail.stream(), [*uow.trail.heads()], keys=[key])
    assert {(link.by, link.at, link.reason, link.plan) for link in links} == {
        ("head", NOON, "Ben is ill", plan.fingerprint)
    }
    assert wrong == ()


def test_the_records_of_another_tenant_are_not_there(
    shop: Shop, plan_of: Planned, policy: Policy
) -> None:
    """Reviews, plans, undos, backtests and holdings are of one tenant."""
    store = MemoryStore()
    shop.into(store)
    other: Any = Tenant(store, "shop-2")
    shop.into(other)
    plan = plan_of([moved("ada", "ben", "chen")])
    before = holdings_at(store, NOON)

    reviewed = review_department(store, policy=policy, as_of=AS_OF, tenant="shop-2")
    handover = plan_handover(store, "ben", policy=policy, as_of=AS_OF, tenant="shop-2")
    tried = backtest(store, old=policy, new=policy, days=[AS_OF], as_of=AS_OF, tenant="shop-2")
    receipt = apply_plan(store, plan, by="head", at=NOON, tenant="shop-2")

    assert len(reviewed.judgements) == len(shop.customers)
    assert handover.moves
    assert tried.days[0].customers == len(shop.customers)
    assert holdings_at(store, NOON) == before
    assert dict(holdings_at(store, NOON, tenant="shop-2").owners)[CustomerId("ada")] == "chen"
    with pytest.raises(PlanConflictError):
        undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")
    undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="over", tenant="shop-2")
    assert holdings_at(store, NOON + HOUR, tenant="shop-2") == before
    assert store.outbox().read().events == ()


@attrs.frozen
class Tenant:
    """A store as one tenant sees it."""

    store: Store
    tenant: str

    def unit_of_work(self, **how: Any) -> Any:  # noqa: ANN401 - handed on
        """Return a unit of work of this tenant."""
        return self.store.unit_of_work(tenant=self.tenant, **how)
