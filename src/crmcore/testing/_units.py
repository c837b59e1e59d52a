"""Examples of what a unit of work promises: everything or nothing, and nobody in between."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Final

import attrs
import pytest

from crmcore.customers import Customer
from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    InvalidValueError,
    StorageUnavailableError,
    UnitOfWorkClosedError,
)
from crmcore.kernel import MemberId
from crmcore.organization import Organization
from crmcore.storage import Store, UnitOfWork, add_organization, read_organization

from ._promises import Promises
from ._samples import (
    NEW_YEAR,
    all_ids,
    assignment,
    change,
    customer,
    keep,
    look,
    ownership,
    purchase,
)
from ._whole import WHOLE

UNITS: Final = Promises()

_THREADS: Final = 4
_TURNS: Final = 8
_MEANWHILE_SECONDS: Final = 0.2


class _PowerCut(Exception):  # noqa: N818 - it stands for any error at all
    """Something goes wrong in the middle."""


@UNITS
def nothing_is_kept_without_a_commit(store: Store) -> None:
    """Leaving the block without a word keeps nothing."""
    with store.unit_of_work() as uow:
        uow.customers.add(customer("c-1"))

    assert all_ids(store) == []


@UNITS
def nothing_is_kept_after_an_error(store: Store) -> None:
    """An error in the middle takes back all that was added, saved and removed before it."""
    keep(store, customers=[customer("a"), customer("b")], purchases=[purchase("p-1")])

    with pytest.raises(_PowerCut), store.unit_of_work() as uow:  # noqa: PT012 - the whole unit
        uow.customers.add(customer("c"))
        uow.customers.save(customer("a", name="Changed", version=1))
        uow.customers.remove("b", version=1)
        uow.purchases.remove("p-1", version=1)
        raise _PowerCut

    assert look(store, lambda uow: list(uow.customers.stream())) == [
        customer("a", version=1),
        customer("b", version=1),
    ]
    assert look(store, lambda uow: uow.purchases.count()) == 1


@UNITS
def nothing_is_kept_of_half_a_stream(store: Store) -> None:
    """A stream that breaks off leaves nothing behind."""

    def broken() -> Iterator[Customer]:
        for n in range(6_000):
            yield customer(f"c-{n}")
        raise _PowerCut

    with pytest.raises(_PowerCut), store.unit_of_work() as uow:
        uow.customers.add_all(broken())

    assert all_ids(store) == []


@UNITS
def rolling_back_keeps_nothing(store: Store) -> None:
    """Taking back in so many words does what leaving does."""
    with store.unit_of_work() as uow:
        uow.customers.add(customer("c-1"))
        uow.rollback()

    assert all_ids(store) == []


@UNITS
def a_commit_keeps_all_kinds_together(store: Store) -> None:
    """What was written to several repositories is kept as one."""
    with store.unit_of_work() as uow:
        uow.customers.add(customer("c-1"))
        uow.purchases.add(purchase("p-1"))
        uow.ownerships.add(ownership("o-1"))
        uow.commit()

    with store.unit_of_work(readonly=True) as uow:
        counts = [uow.customers.count(), uow.purchases.count(), uow.ownerships.count()]
    assert counts == [1, 1, 1]


@UNITS
def a_refusal_is_not_the_end(store: Store) -> None:
    """What was refused by its own fault leaves the rest of the unit of work as it is."""
    keep(store, customers=[customer("a")])

    with store.unit_of_work() as uow:
        uow.customers.add(customer("b"))
        with pytest.raises(AlreadyExistsError):
            uow.customers.add(customer("a"))
        uow.customers.add(customer("c"))
        uow.commit()

    assert all_ids(store) == ["a", "b", "c"]


_CALLS: Final[tuple[Callable[[UnitOfWork], Any], ...]] = (
    lambda uow: uow.customers.get("c-1"),
    lambda uow: uow.customers.find("c-1"),
    lambda uow: uow.customers.get_many(["c-1"]),
    lambda uow: uow.customers.add(customer("c-2")),
    lambda uow: uow.customers.add_all([customer("c-2")]),
    lambda uow: uow.customers.save(customer("c-1", version=1)),
    lambda uow: uow.customers.remove("c-1", version=1),
    lambda uow: uow.customers.stream(),
    lambda uow: uow.customers.page(),
    lambda uow: uow.customers.count(),
    lambda uow: uow.contacts.of_customer(customer("c-1").id),
    lambda uow: uow.ownerships.of_customer(customer("c-1").id),
    lambda uow: uow.ownerships.lasting(at=NEW_YEAR),
    lambda uow: uow.purchases.of_customer(customer("c-1").id),
    lambda uow: uow.purchases.until(NEW_YEAR),
    lambda uow: uow.interactions.until(NEW_YEAR),
    lambda uow: uow.matters.of_customer(customer("c-1").id),
    lambda uow: uow.matters.of_member(MemberId("wei")),
    lambda uow: uow.matters.open(at=NEW_YEAR),
    lambda uow: uow.assignments.lasting(at=NEW_YEAR),
    lambda uow: uow.commit(),
    lambda uow: uow.rollback(),
    lambda uow: uow.__enter__(),
)


_ENDS: Final[tuple[Callable[[UnitOfWork], Any], ...]] = (
    lambda uow: uow.commit(),
    lambda uow: uow.rollback(),
    lambda uow: uow.__exit__(None, None, None),
)


@UNITS
def a_unit_is_used_once(store: Store) -> None:
    """After its end, however it came, a unit of work refuses every call."""
    keep(store, customers=[customer("c-1")])

    for end in _ENDS:
        uow = store.unit_of_work()
        end(uow)
        for call in _CALLS:
            with pytest.raises(UnitOfWorkClosedError):
                call(uow)

    assert all_ids(store) == ["c-1"]


@UNITS
def a_stream_ends_with_its_unit(store: Store) -> None:
    """A stream that was begun before the end cannot be gone on with after it."""
    keep(store, customers=[customer("a"), customer("b")])

    with store.unit_of_work(readonly=True) as uow:
        stream = uow.customers.stream()
        assert next(stream).id == "a"

    with pytest.raises(UnitOfWorkClosedError):
        next(stream)


@UNITS
def a_reader_writes_nothing(store: Store) -> None:
    """A unit of work that only reads refuses to write, and has nothing to commit."""
    keep(store, customers=[customer("c-1")])

    with store.unit_of_work(readonly=True) as uow:
        for write in (
            lambda: uow.customers.add(customer("c-2")),
            lambda: uow.customers.add_all([]),
            lambda: uow.customers.save(customer("c-1", version=1)),
            lambda: uow.customers.remove("c-1", version=1),
        ):
            with pytest.raises(InvalidValueError, match="readonly must be False"):
                write()
        uow.commit()

    assert look(store, lambda uow: uow.customers.get("c-1").version) == 1


@UNITS
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


@UNITS
def nobody_sees_what_is_not_committed(store: Store) -> None:
    """What a writer has not committed is seen by the writer alone."""
    keep(store, customers=[customer("a")])

    with store.unit_of_work() as uow:
        uow.customers.add(customer("b"))
        uow.customers.save(customer("a", name="Changed", version=1))

        assert all_ids(store) == ["a"]
        assert look(store, lambda other: other.customers.get("a").name) == "Customer a"
        uow.commit()

    assert all_ids(store) == ["a", "b"]


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


@UNITS
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


@UNITS
def an_id_is_given_once_by_two_writers(store: Store) -> None:
    """Of two that add the same id at once, one is refused."""

    def work(name: str) -> bool:
        return _try(store, lambda uow: uow.customers.add(customer("c-1", name=name)))

    with ThreadPoolExecutor(_THREADS) as threads:
        kept = list(threads.map(work, [f"Writer {n}" for n in range(_THREADS)]))

    found = look(store, lambda uow: uow.customers.get("c-1"))
    assert kept.count(True) == 1
    assert found == customer("c-1", name=f"Writer {kept.index(True)}", version=1)


@UNITS
def threads_lose_no_update(store: Store) -> None:
    """Threads that count up together, and try again when told to, arrive at the sum."""
    keep(store, purchases=[purchase("p-1", quantity=0)])

    def work(_: int) -> None:
        for _turn in range(_TURNS):
            list(iter(lambda: _try(store, _count_up), True))  # noqa: FBT003 - again until kept

    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(work, range(_THREADS)))

    assert look(store, lambda uow: uow.purchases.get("p-1").quantity) == _THREADS * _TURNS


@UNITS
def an_organization_comes_back_whole(store: Store) -> None:
    """A department that was added is read again with all that belongs to it."""
    whole = {name: WHOLE[name] for name in ("teams", "roles", "members", "responsibilities")}
    department = WHOLE["departments"][0]
    organization = Organization(
        department=department, **whole, assignments=[assignment("complaints/responsible/wei")]
    )

    with store.unit_of_work() as uow:
        add_organization(uow, organization)
        uow.commit()

    found = look(store, lambda uow: read_organization(uow, department="care"))
    assert found.department == attrs.evolve(department, version=1)
    assert [member.name for member in found.members] == ["Ada", "伟"]
    assert found.skills == organization.skills
    assert [held.id for held in found.assignments] == ["complaints/responsible/wei"]


@UNITS
def a_new_store_is_up_to_date(store: Store) -> None:
    """A store that was just made has nothing to migrate."""
    assert store.migrate(dry_run=True) == ()
    assert store.migrate() == ()


@UNITS
def a_closed_store_is_closed(store: Store) -> None:
    """A closed store gives out no units of work; closing it again is no mistake."""
    with store as same:
        assert same is store

    store.close()

    with pytest.raises(StorageUnavailableError):
        store.unit_of_work()
