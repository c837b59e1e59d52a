"""A stream of records for asyncio."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from threading import BoundedSemaphore
from types import TracebackType
from typing import Generic, Self, TypeVar

from crmcore.errors import InvalidValueError, StorageUnavailableError, UnitOfWorkClosedError
from crmcore.storage import UnitOfWork

from ._outcome import outcome

T = TypeVar("T")


class AsyncStream(Generic[T]):
    """Records from one unit of work that only reads; `AsyncStore.stream` makes it.

    It is used in an ``async with`` block, once, and taken from by ``async for``. The records
    come page after page: the next page is fetched when somebody asks for its first record, and
    so never more than one of them is held, however slow the taker is.

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        begin: Callable[[], UnitOfWork],
        read: Callable[[UnitOfWork], Iterable[T]],
        *,
        batch: int,
        places: BoundedSemaphore,
    ) -> None:
        """Read records in pages of *batch*, once one of the *places* is free.

        Raises:
            InvalidValueError: If *batch* is below 1.
        """
        if batch < 1:
            raise InvalidValueError("batch", batch, "be at least 1")
        self._pages = _pages(begin, read, batch)
        self._places = places
        self._context = copy_context()
        self._thread: ThreadPoolExecutor | None = None
        self._page: deque[T] = deque()
        self._is_new = True

    async def __aenter__(self) -> Self:
        """Begin the unit of work, in a thread of its own.

        Raises:
            StorageUnavailableError: If too many streams are open, or the store is out of reach.
            UnitOfWorkClosedError: If the stream was used before.
        """
        if not self._is_new:
            raise UnitOfWorkClosedError
        if not self._places.acquire(blocking=False):
            raise StorageUnavailableError("opening one more stream beside those that are open")
        self._is_new = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="crmcore-stream")
        try:
            await self._fetch()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """End the unit of work, and its thread."""
        await self._end()

    def __aiter__(self) -> Self:
        """Return the stream, which can be gone on with after a pause."""
        return self

    async def __anext__(self) -> T:
        """Return the next record.

        Raises:
            StopAsyncIteration: If there is none.
            UnitOfWorkClosedError: If the block of the stream was left, or not yet begun.
        """
        if not self._page:
            await self._fetch()
        if not self._page:
            raise StopAsyncIteration
        return self._page.popleft()

    async def _fetch(self) -> None:
        if self._thread is None:
            raise UnitOfWorkClosedError
        page = await outcome(self._thread.submit(self._context.run, self._next_page))
        self._page.extend(page)

    def _next_page(self) -> list[T]:
        return next(self._pages, [])

    async def _end(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._page.clear()
        try:
            await outcome(thread.submit(self._context.run, self._pages.close))
        finally:
            thread.shutdown(wait=False)  # it has nothing to do any more
            self._places.release()


def _pages(
    begin: Callable[[], UnitOfWork], read: Callable[[UnitOfWork], Iterable[T]], batch: int
) -> Generator[list[T], None, None]:
    """Yield an empty list once the unit of work has begun, then page after page.

    Whoever closes this generator ends the unit of work. All of it happens in one thread.
    """
    with begin() as uow:
        rows = iter(read(uow))
        yield []
        while page := list(islice(rows, batch)):
            yield page
