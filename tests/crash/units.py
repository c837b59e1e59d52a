"""A process that keeps units of work until it is killed, and one that kills such processes.

``python units.py kill URL KILLS WAY SEED`` lets one process after another keep units of work in
the store at URL, kills each at a moment that nobody can foresee, and prints the numbers of the
units whose commit had returned. Each unit does five things that belong together. The WAY is
``whole`` for one unit of work, as it should be, or ``halves`` for two of them, which shows that
units kept in part would be noticed.

``python units.py count URL TIMES MEMBER`` counts up one record so many times.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import count

import attrs

from crmcore.activities import Purchase, PurchaseId
from crmcore.audit import Act, AuditKey
from crmcore.customers import Customer
from crmcore.errors import CommitUnknownError, NotFoundError
from crmcore.events import DomainEvent
from crmcore.kernel import CustomerId, Money
from crmcore.sql import SqlStore
from crmcore.storage import UnitOfWork, run

AT = datetime(2026, 9, 30, 12, tzinfo=UTC)
KEY = AuditKey(secret=b"thirty-two bytes, known to tests")
# A process gets this long to begin; then, for how long at most it is let alone.
PATIENCE_SECONDS = 60
LIFE_SECONDS = 0.03

Work = Callable[[UnitOfWork], object]


def open_store(url: str) -> SqlStore:
    """Open the store, with an audit trail."""
    return SqlStore.open(url, audit_key=KEY, busy_timeout_ms=30_000)


def count_up(uow: UnitOfWork) -> int:
    """Count up the purchase that counts, and return which number it was."""
    counted = uow.purchases.get("counter")
    return uow.purchases.save(attrs.evolve(counted, quantity=counted.quantity + 1)).quantity


def begin(url: str) -> None:
    """Store what counts, unless it is there."""

    def work(uow: UnitOfWork) -> None:
        try:
            uow.purchases.get("counter")
        except NotFoundError:
            amount = Money("1.00", "EUR")
            uow.purchases.add(
                Purchase(
                    id=PurchaseId("counter"),
                    customer=CustomerId("c-1"),
                    at=AT,
                    amount=amount,
                    quantity=0,
                )
            )

    with open_store(url) as store:
        run(store, work)


def records_of(key: str) -> Work:
    """Return the first half of a unit: a count, a record, a command."""

    def work(uow: UnitOfWork) -> None:
        count_up(uow)
        uow.customers.add(Customer(id=CustomerId(key), name="Northwind"))
        uow.once(key, request=key)

    return work


def events_of(key: str) -> Work:
    """Return the second half: an event, and the answer to the command."""

    def work(uow: UnitOfWork) -> None:
        uow.record(DomainEvent(name="unit.kept", subject=f"customers/{key}", at=AT))
        uow.answer(key, "kept")

    return work


def keep_units(url: str, way: str, key: str, acknowledge: Callable[[str], None]) -> None:
    """Keep unit after unit for ever, and say of each when it was kept."""
    store = open_store(url)
    for number in count():
        unit = f"{key}-{number}"
        halves = records_of(unit), events_of(unit)
        units = halves if way == "halves" else (lambda uow, both=halves: [do(uow) for do in both],)
        for work in units:
            run(store, work, act=Act(by="wei", at=AT))
        acknowledge(unit)


def kill(url: str, kills: int, way: str, seed: int) -> None:
    """Let processes keep units, and kill them in the middle."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    begin(url)
    for number in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                keep_units(url, way, f"u-{number}", partial(_say, writing))
            except BaseException:  # noqa: BLE001 - whatever it is, it must not return
                traceback.print_exc()
                os._exit(1)
        os.close(writing)
        kept = _first_word(reading)
        if not kept:
            sys.exit("a process died before anybody killed it")
        time.sleep(chance.uniform(0, LIFE_SECONDS))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading) as left:
            kept += left.read()
        sys.stdout.write(kept)
    sys.stdout.flush()


def _say(writing: int, unit: str) -> None:
    os.write(writing, f"{unit}\n".encode())


def _first_word(reading: int) -> str:
    """Wait until a process has kept its first unit."""
    signal.alarm(PATIENCE_SECONDS)  # which ends us all, should it never come
    found = os.read(reading, 4_096).decode()
    signal.alarm(0)
    return found


def count_times(url: str, times: int) -> None:
    """Count up so many times, each in a unit of work of its own."""
    with open_store(url) as store:
        for _ in range(times):
            while True:
                try:
                    run(store, count_up, attempts=10_000)
                    break
                except CommitUnknownError:
                    continue


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["kill", url, kills, way, seed]:
            kill(url, int(kills), way, int(seed))
        case ["count", url, times]:
            count_times(url, int(times))
        case _:
            sys.exit(__doc__)
