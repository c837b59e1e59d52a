"""Two writers at once, and stores that fail half-way: all of a plan is kept, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any, cast

import attrs
import pytest
import sqlalchemy as sa

from crmcore.errors import ConcurrencyConflictError, StorageUnavailableError
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Duty
from crmcore.plans import Move, MoveKind, MoveReason
from crmcore.receipts import PlanConflictError, PlanReceipt
from crmcore.reviews import apply_plan, holdings_at, plan_handover, undo_plan
from crmcore.sql import SqlStore
from crmcore.storage import RECORDS, Capability, Store

if TYPE_CHECKING:
    from tests.reviews.conftest import Opened, Planned, Shop, Stores

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
REASON = MoveReason(kind=MoveKind.RELIEF)
WRITES = ("add_all", "save")
# What plans read and write; they leave facts alone, and there is no trail without a key.
KINDS = [name for name in RECORDS if not name.endswith("_facts") and "audit" not in name]


def moves(to_member: str) -> list[Move]:
    """Return the moves of two customers and a duty to one member."""
    return [
        *(
            Move(
                customer=CustomerId(name),
                from_member=MemberId("ben"),
                to_member=MemberId(to_member),
                reason=REASON,
            )
            for name in ("ada", "bob")
        ),
        Move(
            responsibility=ResponsibilityId("complaints"),
            duty=Duty.RESPONSIBLE,
            from_member=MemberId("ben"),
            to_member=MemberId(to_member),
            reason=REASON,
        ),
    ]


def everything(store: Store) -> Mapping[str, list[Any]]:
    """Return all that is stored."""
    with store.unit_of_work(readonly=True) as uow:
        return {name: list(getattr(uow, name).stream()) for name in KINDS}


@attrs.define
class Counter:
    """Counts writes, and fails at one of them."""

    last: int
    done: int = 0

    def write(self) -> None:
        """Count a write, or be a disk that is full."""
        if self.done == self.last:
            raise StorageUnavailableError("writing")
        self.done += 1


@attrs.frozen
class Failing:
    """A store whose disk is full after so many writes."""

    store: Store
    counter: Counter

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the store can do."""
        return self.store.capabilities

    def unit_of_work(self, **how: Any) -> Any:  # noqa: ANN401 - one that counts
        """Return a unit of work in which every write counts."""
        uow: Any = self.store.unit_of_work(**how)
        for name in KINDS:
            setattr(uow, name, Counting(getattr(uow, name), self.counter))
        return uow


@attrs.frozen
class Counting:
    """A repository in which every write counts."""

    _repository: Any
    _counter: Counter

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a repository can do
        """Return what the repository does, counted where it writes."""
        if name in WRITES:
            self._counter.write()
        return getattr(self._repository, name)


@pytest.fixture
def filled(shop: Shop, opened: Opened) -> Shop:
    """Return the shop with a complaint that is open."""
    return attrs.evolve(shop, matters=(opened("m-1", "ada", "ben"), opened("m-2", "gus", "ben")))


def test_of_two_at_once_one_is_carried_out(filled: Shop, plan_of: Planned, stores: Stores) -> None:
    """Two plans for the same customers, from two threads: the loser is told, and kept nothing."""
    for nth in range(5):
        store = filled.into(stores())
        ready = Barrier(2)

        def carry_out(
            member: str, store: Store = store, ready: Barrier = ready
        ) -> PlanReceipt | Exception:
            plan = plan_of(moves(member))
            ready.wait()
            try:
                return apply_plan(store, plan, by=member, at=NOON)
            except (PlanConflictError, ConcurrencyConflictError) as error:
                return error

        with ThreadPoolExecutor(2) as threads:
            outcomes = list(threads.map(carry_out, ("anna", "chen")))

        receipts = [each for each in outcomes if isinstance(each, PlanReceipt)]
        assert len(receipts) == 1, f"round {nth}"
        winner = receipts[0].by
        held = holdings_at(store, NOON)
        assert {dict(held.owners)[CustomerId(name)] for name in ("ada", "bob")} == {winner}
        assert ("complaints", Duty.RESPONSIBLE, winner) in held.duties
        with store.unit_of_work(readonly=True) as uow:
            assert uow.matters.get("m-1").member == winner


def test_of_two_undos_at_once_one_is_carried_out(
    filled: Shop, plan_of: Planned, stores: Stores
) -> None:
    """A receipt is a key that opens once."""
    store = filled.into(stores())
    receipt = apply_plan(store, plan_of(moves("chen")), by="head", at=NOON)
    ready = Barrier(2)

    def take_back(by: str) -> PlanReceipt | Exception:
        ready.wait()
        try:
            return undo_plan(store, receipt, by=by, at=NOON + HOUR, reason="trial over")
        except (PlanConflictError, ConcurrencyConflictError) as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(take_back, ("anna", "chen")))

    assert sum(isinstance(each, PlanReceipt) for each in outcomes) == 1
    with store.unit_of_work(readonly=True) as uow:
        assert uow.matters.get("m-1").member == "ben"
        assert len(uow.ownerships.of_customer(CustomerId("ada"))) == 3


def writes_until_it_works(store: Store, attempt: Any) -> Iterator[int]:  # noqa: ANN401 - a callable
    """Yield after how many writes the disk was full, until there are no more."""
    before = everything(store)
    last = 0
    while True:
        counter = Counter(last)
        try:
            attempt(cast("Store", Failing(store, counter)))
        except StorageUnavailableError:
            assert everything(store) == before
            yield last
            last += 1
        else:
            return


def test_whichever_write_fails_nothing_is_kept(
    filled: Shop, plan_of: Planned, stores: Stores
) -> None:
    """A disk that is full at the first, the second, … the last write leaves no trace."""
    store = filled.into(stores())
    plan = plan_of(moves("chen"))

    failed = list(
        writes_until_it_works(store, lambda full: apply_plan(full, plan, by="head", at=NOON))
    )

    # Three intervals end, a matter, the department and the answer are saved, two kinds are added.
    assert failed == list(range(8))
    assert dict(holdings_at(store, NOON).owners)[CustomerId("ada")] == "chen"


def test_whichever_write_of_an_undo_fails_nothing_is_kept(
    filled: Shop, plan_of: Planned, stores: Stores
) -> None:
    """An undo is as whole as what it takes back."""
    store = filled.into(stores())
    receipt = apply_plan(store, plan_of(moves("chen")), by="head", at=NOON)

    failed = list(
        writes_until_it_works(
            store,
            lambda full: undo_plan(full, receipt, by="head", at=NOON + HOUR, reason="trial over"),
        )
    )

    assert failed == list(range(8))
    assert dict(holdings_at(store, NOON + HOUR).owners)[CustomerId("ada")] == "ben"


def test_whichever_write_of_a_handover_fails_nobody_has_left(
    filled: Shop, stores: Stores, request: pytest.FixtureRequest
) -> None:
    """Customers, duties, matters and the last day are one deed."""
    policy = request.getfixturevalue("policy")
    store = filled.into(stores())
    handover = plan_handover(store, "ben", policy=policy, as_of=NOON.date())

    failed = list(
        writes_until_it_works(store, lambda full: apply_plan(full, handover, by="head", at=NOON))
    )

    assert len(failed) == len(handover.moves) + 2 + 1 + 1 + 2 + 1
    with store.unit_of_work(readonly=True) as uow:
        assert uow.members.get("ben").left_on == NOON.date()


def test_a_full_disk_keeps_nothing(filled: Shop, plan_of: Planned, tmp_path: Path) -> None:
    """Where the file of a database cannot grow, the old state is the state."""
    url = f"sqlite:///{tmp_path}/full.db"
    ada = filled.customers[0]
    names = [f"new-{n:03}" for n in range(500)]
    more = tuple(attrs.evolve(ada, id=CustomerId(name)) for name in names)
    with SqlStore.open(url) as store:
        attrs.evolve(filled, customers=(*filled.customers, *more)).into(store)
        before = everything(store)
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def _limit(connection: Any, _: object) -> None:  # noqa: ANN401 - as the driver has it
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    first = [
        Move(customer=CustomerId(name), from_member=None, to_member=MemberId("chen"), reason=REASON)
        for name in names
    ]
    with SqlStore(engine) as store:
        with pytest.raises(StorageUnavailableError) as caught:
            apply_plan(store, plan_of([*moves("chen"), *first]), by="head", at=NOON)
        assert "full" in str(caught.value.__cause__)
        assert everything(store) == before
