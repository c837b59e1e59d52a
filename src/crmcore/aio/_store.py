"""A store for asyncio."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from inspect import isawaitable, iscoroutine
from threading import BoundedSemaphore, Event
from types import TracebackType
from typing import Final, Self, TypeVar

from crmcore.audit import Act
from crmcore.errors import InvalidValueError, StorageUnavailableError
from crmcore.storage import DEFAULT_TENANT, Store, UnitOfWork, run

from ._outcome import outcome
from ._stream import AsyncStream

T = TypeVar("T")

_THREADS: Final = 8
_STREAMS: Final = 8
_BATCH: Final = 500


class _CalledOffError(Exception):
    """Ends a unit of work that nobody waits for, so that it is rolled back."""


class AsyncStore:
    """A store whose units of work are carried out in threads, and awaited; `wrap` makes it.

    It belongs to no event loop. Leaving its ``async with`` block waits for the units of work
    that were begun; the store itself stays open, and is closed by whoever has opened it.

    .. versionadded:: 0.1.0
    """

    def __init__(self, store: Store, *, threads: int = _THREADS, streams: int = _STREAMS) -> None:
        """Carry out units of work of *store*.

        Args:
            store: Where to do it.
            threads: How many units of work are carried out at once at most; more wait.
            streams: How many streams may be open at once; one more is refused.

        Raises:
            InvalidValueError: If one of both is below 1.
        """
        for name, most in (("threads", threads), ("streams", streams)):
            if most < 1:
                raise InvalidValueError(name, most, "be at least 1")
        self._store = store
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="crmcore-unit")
        self._places = BoundedSemaphore(streams)
        self._is_open = True

    async def run(
        self,
        work: Callable[[UnitOfWork], T],
        /,
        *,
        attempts: int = 5,
        readonly: bool = False,
        tenant: str = DEFAULT_TENANT,
        act: Act | None = None,
    ) -> T:
        """Do *work* in a unit of work in a thread, commit it, and return what it returned.

        It does what `crmcore.storage.run` does, in the context of the caller: the context
        variables are there. What the work raises comes out as it is.

        Where the task is cancelled, a unit of work that still waits for a thread never begins.
        One that has begun cannot be stopped in the middle; it is rolled back at its end, and
        not tried again. Only then does the task go on with its ``CancelledError``: nothing
        happens behind its back. Where the cancellation came too late, when the commit had
        begun, a note of the error says that it was kept.

        Args:
            work: What to do: an ordinary function, not one of asyncio. It need not commit.
            attempts: How often to try.
            readonly: Whether it only reads.
            tenant: Whose records it is about.
            act: Who does it, when and why, for the audit trail.

        Raises:
            InvalidValueError: If *work* is a coroutine function, or *attempts* is below 1.
            StorageUnavailableError: If the block of the store has been left.
            CrmError: What the last attempt raised, or what another attempt would not mend.
        """
        self._refuse_closed()
        called_off = Event()
        unit = partial(_unless, called_off, work)
        do = partial(
            run, self._store, unit, attempts=attempts, readonly=readonly, tenant=tenant, act=act
        )
        doing = self._pool.submit(copy_context().run, do)

        def call_off() -> None:
            called_off.set()
            doing.cancel()  # which it can be as long as it has no thread

        return await outcome(doing, call_off=call_off)

    def stream(
        self,
        read: Callable[[UnitOfWork], Iterable[T]],
        /,
        *,
        tenant: str = DEFAULT_TENANT,
        batch: int = _BATCH,
    ) -> AsyncStream[T]:
        """Return a stream of what *read* finds in a unit of work that only reads.

        The stream has a thread and a unit of work of its own as long as its ``async with``
        block lasts; what is awaited in the block never waits for it. So it sees one state, and
        holds a connection: let it not last longer than the records are being taken.

        Args:
            read: Returns the records, such as ``lambda uow: uow.customers.stream()``.
            tenant: Whose records it is about.
            batch: How many records are fetched at once. No more than that are held.

        Raises:
            InvalidValueError: If *batch* is below 1.
            StorageUnavailableError: If the block of the store has been left.
        """
        self._refuse_closed()
        begin = partial(self._store.unit_of_work, readonly=True, tenant=tenant)
        return AsyncStream(begin, read, batch=batch, places=self._places)

    async def aclose(self) -> None:
        """Refuse further units of work, and wait for those that were handed in."""
        self._is_open = False
        with ThreadPoolExecutor(1) as aside:
            await outcome(aside.submit(self._pool.shutdown))

    async def __aenter__(self) -> Self:
        """Begin the block that the store is used in."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Wait for the units of work that were handed in."""
        await self.aclose()

    def _refuse_closed(self) -> None:
        if not self._is_open:
            raise StorageUnavailableError("using a closed store")


def wrap(store: Store, *, threads: int = _THREADS, streams: int = _STREAMS) -> AsyncStore:
    """Return *store* for asyncio.

    Args:
        store: Where the records are kept.
        threads: How many units of work are carried out at once at most; more wait. A database
            has a connection for each of them.
        streams: How many streams may be open at once; one more is refused. They have threads
            of their own.

    Raises:
        InvalidValueError: If *threads* or *streams* is below 1.

    .. versionadded:: 0.1.0
    """
    return AsyncStore(store, threads=threads, streams=streams)


def _unless(called_off: Event, work: Callable[[UnitOfWork], T], uow: UnitOfWork) -> T:
    """Do *work*, unless it was called off before; refuse to keep it where it was meanwhile."""
    if called_off.is_set():
        raise _CalledOffError
    found = work(uow)
    if isawaitable(found):
        if iscoroutine(found):
            found.close()
        rule = "be an ordinary function: it is carried out in a thread, without a loop"
        raise InvalidValueError("work", "one that returns something to await", rule)
    if called_off.is_set():
        raise _CalledOffError
    return found
