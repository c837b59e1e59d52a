"""Units of work that are awaited."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import attrs
import pytest

from crmcore.aio import AsyncStore, wrap
from crmcore.audit import Act, AuditKey
from crmcore.customers import Customer
from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    InvalidValueError,
    NotFoundError,
    StorageUnavailableError,
)
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.storage import Store, UnitOfWork

T = TypeVar("T")

NORTHWIND = Customer(id=CustomerId("c-17"), name="Northwind")
ENOUGH = 1_000
PATIENCE_SECONDS = 30


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty store of each kind."""
    with ExitStack() as stack:
        if request.param == "memory":
            yield stack.enter_context(MemoryStore())
        else:
            yield stack.enter_context(SqlStore.open(f"sqlite:///{tmp_path / 'crm.db'}"))


def awaited(
    store: Store,
    use: Callable[[AsyncStore], Coroutine[Any, Any, T]],
    **options: int,
) -> T:
    """Return what comes of using a wrapped store in a loop of its own."""

    async def main() -> T:
        async with wrap(store, **options) as wrapped:
            return await use(wrapped)

    async def patient() -> T:
        return await asyncio.wait_for(main(), PATIENCE_SECONDS)

    return asyncio.run(patient())


def added(key: str) -> Callable[[UnitOfWork], Customer]:
    """Return work that adds a customer, whose name is its id."""
    return lambda uow: uow.customers.add(Customer(id=CustomerId(key), name=key))


def names(store: Store) -> list[str]:
    """Return the names of all customers."""
    with store.unit_of_work(readonly=True) as uow:
        return [found.name for found in uow.customers.stream()]


def test_a_unit_of_work_is_committed(store: Store) -> None:
    """What the work has written is kept, and what it returned comes back."""
    added = awaited(store, lambda wrapped: wrapped.run(lambda uow: uow.customers.add(NORTHWIND)))

    assert added.version == 1
    assert names(store) == ["Northwind"]


def test_tasks_lose_no_update(store: Store) -> None:
    """Fifty tasks that change one customer at the same time all get through."""
    tasks = 50

    def write_on(uow: UnitOfWork) -> None:
        found = uow.customers.get("c-17")
        uow.customers.save(attrs.evolve(found, name=f"{found.name}|"))

    async def use(wrapped: AsyncStore) -> None:
        await wrapped.run(lambda uow: uow.customers.add(NORTHWIND))
        await asyncio.gather(*(wrapped.run(write_on, attempts=ENOUGH) for _ in range(tasks)))

    awaited(store, use)

    assert names(store) == ["Northwind" + "|" * tasks]


def test_the_loop_goes_on_meanwhile(store: Store) -> None:
    """While a unit of work runs, other tasks do: here one that the unit of work waits for."""
    told = threading.Event()

    async def use(wrapped: AsyncStore) -> bool:
        running = asyncio.create_task(
            wrapped.run(lambda _: told.wait(PATIENCE_SECONDS), readonly=True)
        )
        await asyncio.sleep(0)
        told.set()
        return await running

    assert awaited(store, use) is True


@pytest.mark.parametrize("threads", [1, 3])
def test_no_more_threads_than_allowed_are_busy(threads: int) -> None:
    """However many units of work are handed in, only so many run at once."""
    busy: set[int] = set()
    most: list[int] = []
    together = threading.Barrier(threads)

    def work(_: UnitOfWork) -> None:
        together.wait(PATIENCE_SECONDS)  # which all of them are needed for
        busy.add(threading.get_ident())
        most.append(len(busy))

    async def use(wrapped: AsyncStore) -> None:
        await asyncio.gather(*(wrapped.run(work) for _ in range(threads * 4)))

    awaited(MemoryStore(), use, threads=threads)

    assert len(most) == threads * 4
    assert max(most) == threads


def test_errors_come_out_as_they_are(store: Store) -> None:
    """What the work raises is raised where it is awaited, and nothing is kept."""

    def work(uow: UnitOfWork) -> Customer:
        uow.customers.add(NORTHWIND)
        return uow.customers.get("c-18")

    with pytest.raises(NotFoundError, match="there is no customer 'c-18'"):
        awaited(store, lambda wrapped: wrapped.run(work))

    assert names(store) == []


def test_an_exhausted_iterator_is_told() -> None:
    """A StopIteration from the work does not get lost, which a future of asyncio would do."""

    def first(uow: UnitOfWork) -> Customer:
        return next(uow.customers.stream())

    with pytest.raises(RuntimeError, match="coroutine raised StopIteration"):
        awaited(MemoryStore(), lambda wrapped: wrapped.run(first, readonly=True))


def test_conflicts_are_tried_again() -> None:
    """Where somebody else was faster, the work is done again, as often as was said."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        uow.customers.add(NORTHWIND)
        uow.commit()
    turns: list[int] = []

    def work(uow: UnitOfWork) -> None:
        turns.append(1)
        found = uow.customers.get("c-17")
        if len(turns) < 3:
            with store.unit_of_work() as other:
                other.customers.save(attrs.evolve(found, region="north"))
                other.commit()
        uow.customers.save(attrs.evolve(found, name="Northwind Traders"))

    with pytest.raises(ConcurrencyConflictError):
        awaited(store, lambda wrapped: wrapped.run(work, attempts=1))
    awaited(store, lambda wrapped: wrapped.run(work))

    assert len(turns) == 3
    assert names(store) == ["Northwind Traders"]


def test_context_variables_are_there() -> None:
    """The work sees the context of the task that awaits it, and changes it for nobody else."""
    request: ContextVar[str] = ContextVar("request", default="none")

    def work(_: UnitOfWork) -> str:
        seen = request.get()
        request.set("of the thread")
        return seen

    async def use(wrapped: AsyncStore) -> tuple[str, str]:
        request.set("r-42")
        return await wrapped.run(work, readonly=True), request.get()

    assert awaited(MemoryStore(), use) == ("r-42", "r-42")


def test_tenant_act_and_readonly_are_handed_on() -> None:
    """The unit of work is that of the tenant, has its act, and refuses to write where it reads."""
    store = MemoryStore(audit_key=AuditKey(b"s" * 32))
    act = Act(by="ada", at=datetime(2026, 9, 30, tzinfo=UTC))

    async def use(wrapped: AsyncStore) -> tuple[int, int, str | None]:
        await wrapped.run(lambda uow: uow.customers.add(NORTHWIND), tenant="acme", act=act)
        with pytest.raises(InvalidValueError, match="readonly must be False"):
            await wrapped.run(lambda uow: uow.customers.add(NORTHWIND), readonly=True)
        return (
            await wrapped.run(lambda uow: uow.customers.count()),
            await wrapped.run(lambda uow: uow.customers.count(), tenant="acme"),
            await wrapped.run(lambda uow: uow.trail.of("customers", "c-17")[0].by, tenant="acme"),
        )

    usual, acme, done = awaited(store, use)

    assert (usual, acme) == (0, 1)
    assert done == "ada"


class Promise:
    """Something to await that is no coroutine."""

    def __await__(self) -> Iterator[None]:
        """Yield to the loop once."""
        yield


def test_coroutines_are_no_work(store: Store) -> None:
    """Work that would have to be awaited is refused, and nothing of it is kept."""

    async def add(uow: UnitOfWork) -> None:
        uow.customers.add(NORTHWIND)

    def add_and_promise(uow: UnitOfWork) -> Promise:
        uow.customers.add(NORTHWIND)
        return Promise()

    for work in (add, add_and_promise):
        with pytest.raises(InvalidValueError, match="work must be an ordinary function"):
            awaited(store, lambda wrapped, work=work: wrapped.run(work))  # type: ignore[misc]

    assert names(store) == []


def test_what_comes_too_late_is_refused(store: Store) -> None:
    """After its block nothing can be handed in any more; the store itself stays open."""

    async def use() -> None:
        async with wrap(store) as wrapped:
            pass
        with pytest.raises(StorageUnavailableError):
            await wrapped.run(lambda uow: uow.customers.count())
        with pytest.raises(StorageUnavailableError):
            wrapped.stream(lambda uow: uow.customers.stream())

    asyncio.run(use())

    assert names(store) == []


def test_leaving_waits_for_what_was_handed_in(store: Store) -> None:
    """A unit of work that runs when the block is left, or has yet to begin, is carried out."""

    async def use() -> None:
        async with wrap(store, threads=1) as wrapped:
            adding = [asyncio.create_task(wrapped.run(added(key))) for key in ("a", "b", "c")]
            await asyncio.sleep(0)
        assert names(store) == ["a", "b", "c"]
        await asyncio.gather(*adding)

    asyncio.run(use())


def test_it_belongs_to_no_loop(store: Store) -> None:
    """One wrapped store serves loop after loop."""
    wrapped = wrap(store)

    asyncio.run(wrapped.run(lambda uow: uow.customers.add(NORTHWIND)))
    with pytest.raises(AlreadyExistsError):
        asyncio.run(wrapped.run(lambda uow: uow.customers.add(NORTHWIND)))
    asyncio.run(wrapped.aclose())

    assert names(store) == ["Northwind"]


@pytest.mark.parametrize("name", ["threads", "streams"])
def test_there_is_room_for_one_at_least(name: str) -> None:
    """A bound below one is refused."""
    with pytest.raises(InvalidValueError, match=f"{name} must be at least 1"):
        wrap(MemoryStore(), **{name: 0})
