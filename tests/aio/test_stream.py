"""Streams that are awaited."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from crmcore.aio import wrap
from crmcore.criteria import F
from crmcore.customers import Customer
from crmcore.errors import (
    InvalidValueError,
    StorageUnavailableError,
    UnitOfWorkClosedError,
    UnknownNameError,
)
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.storage import UnitOfWork, run

PATIENCE_SECONDS = 30
MANY = 1_234


def patiently(use: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Go through *use* in a loop of its own."""
    asyncio.run(asyncio.wait_for(use(), PATIENCE_SECONDS))


def everyone(uow: UnitOfWork) -> Iterator[Customer]:
    """Return all customers."""
    return uow.customers.stream()


@pytest.fixture
def store() -> MemoryStore:
    """Give a store with many customers, every fifth of them in the north."""
    made = MemoryStore()
    customers = (
        Customer(id=CustomerId(f"c-{n:04}"), name="Northwind", region=None if n % 5 else "north")
        for n in range(MANY)
    )
    run(made, lambda uow: uow.customers.add_all(customers))
    return made


@pytest.mark.parametrize("batch", [1, 7, 500, MANY, MANY + 1])
def test_everything_comes_once_and_in_order(store: MemoryStore, batch: int) -> None:
    """A stream brings what the repository brings, whatever its pages."""
    found: list[str] = []

    async def use() -> None:
        async with (
            wrap(store) as wrapped,
            wrapped.stream(
                lambda uow: uow.customers.stream(F.region == "north"), batch=batch
            ) as all_,
        ):
            found.extend([customer.id async for customer in all_])

    patiently(use)

    assert found == [f"c-{n:04}" for n in range(0, MANY, 5)]


def test_no_more_is_read_than_is_taken(store: MemoryStore) -> None:
    """The next page is fetched when somebody asks for it, and not before."""
    read: list[int] = []

    def counted(uow: UnitOfWork) -> Iterator[Customer]:
        for customer in everyone(uow):
            read.append(1)
            yield customer

    async def use() -> None:
        async with wrap(store) as wrapped, wrapped.stream(counted, batch=10) as customers:
            assert read == []
            for n in range(1, 26):
                await anext(customers)
                await asyncio.sleep(0)
                assert len(read) == -(-n // 10) * 10

    patiently(use)


def test_it_can_be_gone_on_with(store: MemoryStore) -> None:
    """Leaving the loop ends nothing; a second loop goes on where the first one stopped."""

    async def use() -> None:
        async with wrap(store) as wrapped, wrapped.stream(everyone, batch=10) as customers:
            async for customer in customers:
                if customer.id == "c-0012":
                    break
            async for customer in customers:
                assert customer.id == "c-0013"
                break

    patiently(use)


def test_it_sees_one_state_in_one_thread(store: MemoryStore) -> None:
    """What is committed meanwhile does not show, and what is awaited meanwhile does not wait."""
    threads: set[int] = set()

    def noted(uow: UnitOfWork) -> Iterator[Customer]:
        for customer in everyone(uow):
            threads.add(threading.get_ident())
            yield customer

    async def use() -> None:
        async with wrap(store, threads=1) as wrapped:
            async with wrapped.stream(noted, batch=100) as customers:
                async for customer in customers:
                    await wrapped.run(
                        lambda uow, key=customer.id: uow.customers.remove(key, version=1)  # type: ignore[misc]
                    )
            assert await wrapped.run(lambda uow: uow.customers.count(), readonly=True) == 0
        assert len(threads) == 1
        assert threading.get_ident() not in threads

    patiently(use)


def test_it_ends_with_its_block(store: MemoryStore) -> None:
    """Before and after its block a stream yields nothing, and it is used once."""

    async def use() -> None:
        async with wrap(store) as wrapped:
            customers = wrapped.stream(everyone)
            with pytest.raises(UnitOfWorkClosedError):
                await anext(customers)
            async with customers:
                await anext(customers)
                await customers.__aexit__(None, None, None)  # twice is no mistake
            with pytest.raises(UnitOfWorkClosedError):
                await anext(customers)
            with pytest.raises(UnitOfWorkClosedError):
                await customers.__aenter__()

    patiently(use)


def test_errors_come_out_as_they_are(store: MemoryStore) -> None:
    """What is wrong with the question is raised when the block is entered, and frees the place."""

    async def use() -> None:
        async with wrap(store, streams=1) as wrapped:
            for _ in range(2):
                with pytest.raises(UnknownNameError, match="raygun"):
                    await wrapped.stream(
                        lambda uow: uow.customers.stream(F.raygun == 1)
                    ).__aenter__()

            with pytest.raises(ZeroDivisionError):
                async with wrapped.stream(everyone):
                    raise ZeroDivisionError

            async with wrapped.stream(everyone) as customers:
                assert (await anext(customers)).id == "c-0000"

    patiently(use)


def test_one_too_many_is_refused(store: MemoryStore) -> None:
    """Streams do not wait for each other: one more than may be open is told to try again."""

    async def use() -> None:
        async with wrap(store, streams=2) as wrapped:
            async with wrapped.stream(everyone), wrapped.stream(everyone):
                with pytest.raises(StorageUnavailableError, match="one more stream") as caught:
                    await wrapped.stream(everyone).__aenter__()
                assert caught.value.retryable
            async with wrapped.stream(everyone) as customers:
                await anext(customers)

    patiently(use)


def test_the_tenant_and_the_context_are_handed_on(store: MemoryStore) -> None:
    """The stream is that of the tenant, and sees the context of whoever has asked for it."""
    request: ContextVar[str] = ContextVar("request", default="none")
    seen: list[str] = []

    def noted(uow: UnitOfWork) -> Iterator[Customer]:
        for customer in everyone(uow):
            seen.append(request.get())
            yield customer

    run(
        store,
        lambda uow: uow.customers.add(Customer(id=CustomerId("c-1"), name="Acme")),
        tenant="acme",
    )

    async def use() -> None:
        request.set("r-42")
        async with wrap(store) as wrapped, wrapped.stream(noted, tenant="acme") as customers:
            assert [customer.id async for customer in customers] == ["c-1"]

    patiently(use)

    assert seen == ["r-42"]


def test_cancelling_waits_for_the_page(store: MemoryStore) -> None:
    """A task that is cancelled while it waits for a page goes on once the thread is free."""
    reading, may_end = threading.Event(), threading.Event()
    has_ended: list[bool] = []

    def slow(uow: UnitOfWork) -> Iterator[Customer]:
        try:
            for customer in everyone(uow):
                reading.set()
                may_end.wait(PATIENCE_SECONDS)
                yield customer
        finally:
            has_ended.append(True)

    async def use() -> None:
        async with wrap(store) as wrapped:

            async def take() -> None:
                async with wrapped.stream(slow) as customers:
                    await anext(customers)

            task = asyncio.create_task(take())
            await asyncio.to_thread(reading.wait, PATIENCE_SECONDS)
            task.cancel()
            await asyncio.wait([task], timeout=0.05)
            assert not task.done()
            may_end.set()
            with pytest.raises(asyncio.CancelledError):
                await task

    patiently(use)

    assert has_ended == [True]


def test_a_page_holds_a_record_at_least(store: MemoryStore) -> None:
    """A batch below one is refused."""
    with pytest.raises(InvalidValueError, match="batch must be at least 1"):
        wrap(store).stream(everyone, batch=0)
