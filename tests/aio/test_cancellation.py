"""What becomes of a unit of work whose task is cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from crmcore.aio import AsyncStore, wrap
from crmcore.customers import Customer
from crmcore.errors import ConcurrencyConflictError
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.storage import TableUnitOfWork, UnitOfWork

NORTHWIND = Customer(id=CustomerId("c-17"), name="Northwind")
PATIENCE_SECONDS = 30


def patiently(use: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Go through *use* in a loop of its own."""
    asyncio.run(asyncio.wait_for(use(), PATIENCE_SECONDS))


def count(store: MemoryStore) -> int:
    """Return how many customers are kept."""
    with store.unit_of_work(readonly=True) as uow:
        return uow.customers.count()


class Gate:
    """Work that adds a customer, and says when it has begun and when it has ended."""

    def __init__(self) -> None:
        """Be closed."""
        self.begun = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.may_end = threading.Event()
        self.turns = 0
        self.has_ended = False

    def __call__(self, uow: UnitOfWork) -> None:
        """Add a customer, and wait until it may end."""
        self.turns += 1
        uow.customers.add(NORTHWIND)
        self.loop.call_soon_threadsafe(self.begun.set)
        self.may_end.wait(PATIENCE_SECONDS)
        self.has_ended = True


async def begun(wrapped: AsyncStore, gate: Gate) -> asyncio.Task[None]:
    """Return the task of a unit of work that stands in the middle of its work."""
    task = asyncio.create_task(wrapped.run(gate))
    await gate.begun.wait()
    return task


def test_what_has_begun_is_rolled_back_and_waited_for() -> None:
    """The task goes on only when the thread has ended, and nothing was kept."""
    store = MemoryStore()

    async def use() -> None:
        gate = Gate()
        async with wrap(store) as wrapped:
            task = await begun(wrapped, gate)
            task.cancel()
            await asyncio.wait([task], timeout=0.05)
            assert not task.done()
            gate.may_end.set()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
        assert gate.has_ended
        assert not getattr(caught.value, "__notes__", [])

    patiently(use)

    assert count(store) == 0


def test_cancelling_again_changes_nothing() -> None:
    """However often a task is cancelled, it does not leave its thread behind."""
    store = MemoryStore()

    async def use() -> None:
        gate = Gate()
        async with wrap(store) as wrapped:
            task = await begun(wrapped, gate)
            for _ in range(3):
                task.cancel()
                await asyncio.sleep(0)
            assert not task.done()
            gate.may_end.set()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert gate.has_ended

    patiently(use)

    assert count(store) == 0


def test_what_waits_for_a_thread_never_begins() -> None:
    """A unit of work that is cancelled before it has a thread does nothing at all, at once."""
    store = MemoryStore()

    async def use() -> None:
        gate, late = Gate(), Gate()
        async with wrap(store, threads=1) as wrapped:
            first = await begun(wrapped, gate)
            second = asyncio.create_task(wrapped.run(late))
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            assert not first.done()
            gate.may_end.set()
            await first
        assert late.turns == 0

    patiently(use)

    assert count(store) == 1


def test_a_conflict_is_not_tried_again_for_nobody() -> None:
    """Once the task is cancelled, a refused unit of work has no further attempt."""
    store = MemoryStore()

    async def use() -> None:
        gate = Gate()

        def work(uow: UnitOfWork) -> None:
            gate(uow)
            raise ConcurrencyConflictError("customer", "c-17", 1, 2)

        async with wrap(store) as wrapped:
            task = asyncio.create_task(wrapped.run(work))
            await gate.begun.wait()
            task.cancel()
            await asyncio.sleep(0)
            gate.may_end.set()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert gate.turns == 1

    patiently(use)

    assert count(store) == 0


def test_what_was_committed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cancellation comes while it is committed, it is kept, and the error says so."""
    store = MemoryStore()
    committing, may_end = threading.Event(), threading.Event()
    commit = TableUnitOfWork.commit

    def slow(uow: TableUnitOfWork) -> None:
        committing.set()
        may_end.wait(PATIENCE_SECONDS)
        commit(uow)

    monkeypatch.setattr(TableUnitOfWork, "commit", slow)

    async def use() -> None:
        async with wrap(store) as wrapped:
            task = asyncio.create_task(wrapped.run(lambda uow: uow.customers.add(NORTHWIND)))
            await asyncio.to_thread(committing.wait, PATIENCE_SECONDS)
            task.cancel()
            await asyncio.sleep(0)
            may_end.set()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
        assert caught.value.__notes__ == ["the unit of work had been committed by then"]

    patiently(use)

    assert count(store) == 1


def test_a_time_limit_keeps_nothing() -> None:
    """A unit of work that outlasts a time limit is rolled back, and the limit is told."""
    store = MemoryStore()

    async def use() -> None:
        gate = Gate()
        asyncio.get_running_loop().call_later(0.05, gate.may_end.set)
        async with wrap(store) as wrapped:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await wrapped.run(gate)
        assert gate.has_ended

    patiently(use)

    assert count(store) == 0


def test_leaving_waits_although_it_is_cancelled() -> None:
    """Closing does not leave a thread behind either."""
    store = MemoryStore()

    async def use() -> None:
        gate = Gate()
        wrapped = wrap(store)
        running = await begun(wrapped, gate)
        closing = asyncio.create_task(wrapped.aclose())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.wait([closing], timeout=0.05)
        assert not closing.done()
        gate.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await closing
        await running

    patiently(use)

    assert count(store) == 1
