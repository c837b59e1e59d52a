"""Examples of several units of work at once: by threads, and side by side in one."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

import attrs
import pytest

from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    CrmError,
    StorageUnavailableError,
)
from crmcore.storage import Capability, Store, UnitOfWork

from ._commanding import add_once
from ._promises import Promises
from ._samples import all_ids, change, customer, keep, look, purchase

TOGETHER: Final = Promises()
INTERLEAVED: Final = Promises(needs=(Capability.INTERLEAVED,))
SNAPSHOTS: Final = Promises(needs=(Capability.SNAPSHOT_READS,))

_THREADS: Final = 4
_TURNS: Final = 8
_MEANWHILE_SECONDS: Final = 0.2


def _try(store: Store, work: Callable[[UnitOfWork], object]) -> bool:
    """Do the work in a unit of its own; say whether it was kept."""
    try:
        with store.unit_of_work() as uow:
            work(uow)
            uow.commit()
    except (AlreadyExistsError, ConcurrencyConflictError, StorageUnavailableError):
        return False
    return True


def _count_up(uow: UnitOfWork) -> None:
    counted = uow.purchases.get("p-1")
    uow.purchases.save(attrs.evolve(counted, quantity=counted.quantity + 1))


@TOGETHER
def of_two_writers_at_once_none_is_lost(store: Store) -> None:
    """While one unit of work writes, another one tries; what each was told is what happened."""
    keep(store, purchases=[purchase("p-1", quantity=0)])
    others: list[Future[bool]] = []

    def count_up_while_another_does(uow: UnitOfWork) -> None:
        _count_up(uow)
        others.append(threads.submit(_try, store, _count_up))
        wait(others, timeout=_MEANWHILE_SECONDS)  # some stores let it pass, in others it waits

    with ThreadPoolExecutor(1) as threads:
        kept = _try(store, count_up_while_another_does) + others[0].result()

    found = look(store, lambda uow: uow.purchases.get("p-1"))
    assert (found.quantity, found.version) == (kept, kept + 1)
    assert kept >= 1


@TOGETHER
def an_id_is_given_once_by_two_writers(store: Store) -> None:
    """Of two that add the same id at once, one is refused."""

    def work(name: str) -> bool:
        return _try(store, lambda uow: uow.customers.add(customer("c-1", name=name)))

    with ThreadPoolExecutor(_THREADS) as threads:
        kept = list(threads.map(work, [f"Writer {n}" for n in range(_THREADS)]))

    found = look(store, lambda uow: uow.customers.get("c-1"))
    assert kept.count(True) == 1
    assert found == customer("c-1", name=f"Writer {kept.index(True)}", version=1)


@TOGETHER
def threads_lose_no_update(store: Store) -> None:
    """Threads that count up together, and try again when told to, arrive at the sum."""
    keep(store, purchases=[purchase("p-1", quantity=0)])

    def work(_: int) -> None:
        for _turn in range(_TURNS):
            list(iter(lambda: _try(store, _count_up), True))  # noqa: FBT003 - again until kept

    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(work, range(_THREADS)))

    assert look(store, lambda uow: uow.purchases.get("p-1").quantity) == _THREADS * _TURNS


@SNAPSHOTS
def a_reader_sees_one_state(store: Store) -> None:
    """A unit of work that only reads sees from end to end what was there when it began."""
    keep(store, customers=[customer("a"), customer("b")])

    with store.unit_of_work(readonly=True) as uow:
        change(store, "a", "Changed meanwhile")
        keep(store, customers=[customer("c")], purchases=[purchase("p-1")])

        assert uow.customers.get("a").name == "Customer a"
        assert [found.id for found in uow.customers.stream()] == ["a", "b"]
        assert (uow.customers.count(), uow.purchases.count()) == (2, 0)

    assert all_ids(store) == ["a", "b", "c"]


@INTERLEAVED
def two_may_write_at_once(store: Store) -> None:
    """Two units of work that are open in one thread change what they like, and are both kept."""
    keep(store, customers=[customer("a"), customer("b")])

    with store.unit_of_work() as one, store.unit_of_work() as other:
        one.customers.save(customer("a", name="Changed by one", version=1))
        other.customers.save(customer("b", name="Changed by the other", version=1))
        other.purchases.add(purchase("p-1"))
        one.purchases.add(purchase("p-2"))
        assert other.customers.get("a").name == "Customer a"
        assert one.purchases.find("p-1") is None
        one.commit()
        other.commit()

    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.get("a").name == "Changed by one"
        assert uow.customers.get("b").name == "Changed by the other"
        assert uow.purchases.count() == len(["p-1", "p-2"])


@INTERLEAVED
def of_two_who_change_the_same_the_first_wins(store: Store) -> None:
    """Whoever saves, or removes, what has changed since it was read keeps nothing at all."""
    keep(store, customers=[customer("a"), customer("b")])
    too_late: dict[str, Callable[[UnitOfWork], object]] = {
        "a": lambda uow: uow.customers.save(customer("a", name="Too late", version=1)),
        "b": lambda uow: uow.customers.remove("b", version=1),
    }

    for key, work in too_late.items():
        with store.unit_of_work() as one, store.unit_of_work() as other:
            assert other.customers.get(key).version == 1
            one.customers.save(customer(key, name="In time", version=1))
            one.commit()
            with pytest.raises(ConcurrencyConflictError):  # at once, or when it commits
                _write_and_commit(other, work)

    with store.unit_of_work(readonly=True) as uow:
        assert [found.name for found in uow.customers.stream()] == ["In time", "In time"]
        assert uow.purchases.count() == 0


def _write_and_commit(uow: UnitOfWork, work: Callable[[UnitOfWork], object]) -> None:
    uow.purchases.add(purchase("p-1"))
    work(uow)
    uow.commit()


@INTERLEAVED
def of_two_who_add_the_same_the_first_wins(store: Store) -> None:
    """Of two that add one id the later one is refused by it, and keeps nothing at all."""
    with store.unit_of_work() as one, store.unit_of_work() as other:
        assert other.customers.count() == 0
        one.customers.add(customer("a", name="In time"))
        one.commit()
        with pytest.raises(AlreadyExistsError) as caught:
            _write_and_commit(other, lambda uow: uow.customers.add(customer("a", name="Too late")))

    assert (caught.value.kind, caught.value.key) == ("customer", "a")
    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.get("a").name == "In time"
        assert uow.purchases.count() == 0


@INTERLEAVED
def of_two_who_send_the_same_one_is_carried_out(store: Store) -> None:
    """The later one finds the answer, or is told to try again, whatever else stands in the way."""
    with store.unit_of_work() as one, store.unit_of_work() as other:
        assert other.customers.count() == 0
        answers = [add_once(one)]
        one.commit()
        refused: CrmError | None = None
        try:
            answers.append(add_once(other))
            other.commit()
        except CrmError as error:
            refused = error

    assert refused is None or refused.retryable
    assert {*answers} == {"c-1 is there"}
    assert all_ids(store) == ["c-1"]
