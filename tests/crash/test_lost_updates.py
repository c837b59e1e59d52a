"""Threads and processes count up together: the sum is exact, and would not be without versions."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import attrs
import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.errors import ConcurrencyConflictError
from crmcore.kernel import CustomerId, Money
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.storage import Store, UnitOfWork, run

UNITS = Path(__file__).with_name("units.py")
# A nightly run counts as often as the promise says.
TURNS = int(os.environ.get("CRMCORE_TURNS", "10"))
THREADS, PROCESSES = 8, 4
ALWAYS = 1_000_000
THINKING_SECONDS = 0.0005  # between reading and writing, so that others come in between
COUNTER = Purchase(
    id=PurchaseId("counter"),
    customer=CustomerId("c-1"),
    at=datetime(2026, 9, 30, tzinfo=UTC),
    amount=Money("1.00", "EUR"),
    quantity=0,
)

Turn: TypeAlias = Callable[[Store], object]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the place of each of the three stores."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path}/crm.db" if request.param == "sqlite" else "memory"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Open the store, with what counts in it."""
    with MemoryStore() if url == "memory" else SqlStore.open(url, busy_timeout_ms=60_000) as opened:
        run(opened, lambda uow: uow.purchases.add(COUNTER))
        yield opened


def counted(store: Store) -> int:
    """Return how far it was counted."""
    return run(store, lambda uow: uow.purchases.get("counter"), readonly=True).quantity


def count_up(store: Store) -> None:
    """Read and write in one unit of work."""

    def work(uow: UnitOfWork) -> None:
        found = uow.purchases.get("counter")
        uow.purchases.save(attrs.evolve(found, quantity=found.quantity + 1))

    run(store, work, attempts=ALWAYS)


def count_up_later(store: Store) -> None:
    """Read in one unit of work and write in another one, as a form on a page does."""
    is_kept = False
    while not is_kept:
        found = run(store, lambda uow: uow.purchases.get("counter"), readonly=True)
        time.sleep(THINKING_SECONDS)
        changed = attrs.evolve(found, quantity=found.quantity + 1)
        with suppress(ConcurrencyConflictError):
            run(store, lambda uow, it=changed: uow.purchases.save(it), attempts=1)  # type: ignore[misc]
            is_kept = True


def count_up_blindly(store: Store) -> None:
    """Write over whatever version is there by then."""
    found = run(store, lambda uow: uow.purchases.get("counter"), readonly=True)
    time.sleep(THINKING_SECONDS)

    def work(uow: UnitOfWork) -> None:
        version = uow.purchases.get("counter").version
        changed = attrs.evolve(found, quantity=found.quantity + 1, version=version)
        uow.purchases.save(changed)

    run(store, work, attempts=ALWAYS)


def count_together(store: Store, turn: Turn) -> None:
    """Let threads take their turns at once."""

    def turns(_: int) -> None:
        for _turn in range(TURNS):
            turn(store)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(turns, range(THREADS)))


def test_threads_lose_no_update_within_a_unit(store: Store) -> None:
    """Each thread reads and writes in a unit of work of its own."""
    count_together(store, count_up)

    assert counted(store) == THREADS * TURNS


def test_threads_lose_no_update_between_units(store: Store) -> None:
    """What was read in one unit of work is written in another one only if nobody was faster."""
    count_together(store, count_up_later)

    assert counted(store) == THREADS * TURNS


def test_whoever_does_not_look_at_versions_loses_updates(store: Store) -> None:
    """The same, without regard to versions, arrives at less: the tests above can fail."""
    count_together(store, count_up_blindly)

    assert counted(store) < THREADS * TURNS


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_processes_lose_no_update(url: str, store: Store) -> None:
    """Processes share a database as threads do."""
    command = [sys.executable, str(UNITS), "count", url, str(TURNS)]
    processes = [subprocess.Popen(command) for _ in range(PROCESSES)]  # noqa: S603 - our own

    assert [process.wait(timeout=600) for process in processes] == [0] * PROCESSES
    assert counted(store) == PROCESSES * TURNS
