"""Waiting for a thread, without ever leaving it behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

T = TypeVar("T")

_NOTE: Final = "the unit of work had been committed by then"


async def outcome(doing: Future[T], *, call_off: Callable[[], object] | None = None) -> T:
    """Return what comes of *doing*, and not before it is known.

    Where the task is cancelled meanwhile, however often, this still waits: a thread cannot be
    stopped, and nobody else would hear what became of it.

    Args:
        doing: What is done in a thread.
        call_off: Tells it at each cancellation that nobody wants it any more; None for what is
            to be done all the same.

    Raises:
        CancelledError: If the task was cancelled; once *doing* has ended.
        Exception: What *doing* raised.
    """
    # The result does not pass through a future of asyncio, which cannot hold a StopIteration.
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    doing.add_done_callback(lambda _: loop.call_soon_threadsafe(ended.set))
    cancelled: asyncio.CancelledError | None = None
    while not ended.is_set():
        try:
            await ended.wait()
        except asyncio.CancelledError as error:
            cancelled = error
            if call_off is not None:
                call_off()
    if cancelled is None:
        return doing.result()
    if call_off is not None and not doing.cancelled() and doing.exception() is None:
        cancelled.add_note(_NOTE)
    raise cancelled
