"""Processes are killed in the middle of units of work: nothing is lost, nothing half done."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import attrs

from crmcore.audit import AuditKey, verify
from crmcore.sql import SqlStore

UNITS = Path(__file__).with_name("units.py")
KEY = AuditKey(secret=b"thirty-two bytes, known to tests")
# A nightly run kills as often as the promise says.
KILLS = int(os.environ.get("CRMCORE_KILLS", "25"))


@attrs.frozen
class Kept:
    """What a store shows of the units: for each part, the units that have it."""

    counted: int
    customers: frozenset[str]
    commands: frozenset[str]
    answered: frozenset[str]
    events: frozenset[str]
    audited: frozenset[str]

    @property
    def whole(self) -> frozenset[str]:
        """The units of which everything is there."""
        return self.customers & self.answered & self.events & self.audited

    @property
    def partial(self) -> frozenset[str]:
        """The units of which only something is there."""
        some = self.customers | self.commands | self.answered | self.events | self.audited
        return some - self.whole


def keep_and_kill(url: str, kills: int, way: str = "whole") -> frozenset[str]:
    """Return the units whose commit had returned before their process was killed."""
    told = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(UNITS), "kill", url, str(kills), way, "17"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=1_800,
    )
    return frozenset(told.stdout.split())


def look(url: str) -> Kept:
    """Return what the store holds, and see that its audit trail verifies."""
    with SqlStore.open(url, audit_key=KEY) as store:
        with store.unit_of_work(readonly=True) as uow:
            customers = frozenset(customer.id for customer in uow.customers.stream())
            counted = uow.purchases.get("counter").quantity
            links = [*uow.trail.stream()]
            assert verify(links, uow.trail.heads(), keys=[KEY]) == ()
        with store.unit_of_work() as uow:
            commands = {key: uow.once(key, request=key) for key in customers}
        events: set[str] = set()
        page = store.outbox().read()
        while page.events:
            events.update(told.event.subject for told in page.events)
            page = store.outbox().read(after=page.position)
    return Kept(
        counted=counted,
        customers=customers,
        commands=frozenset(key for key, found in commands.items() if found is not None),
        answered=frozenset(key for key, found in commands.items() if found and found.answer),
        events=_ids(events),
        audited=_ids({link.subject for link in links}),
    )


def _ids(subjects: set[str]) -> frozenset[str]:
    return frozenset(s.removeprefix("customers/") for s in subjects if s.startswith("customers/"))


def assert_nothing_is_lost_or_half_done(url: str, kills: int) -> None:
    """Kill so many processes, and look at what is left."""
    acknowledged = keep_and_kill(url, kills)
    kept = look(url)

    assert len(acknowledged) >= kills
    assert acknowledged - kept.whole == frozenset()
    assert kept.partial == frozenset()
    assert kept.counted == len(kept.whole)
    # A process may die after its commit and before it says so; but only once.
    assert len(kept.whole - acknowledged) <= kills


def test_nothing_is_lost_or_half_done_on_sqlite(tmp_path: Path) -> None:
    """What was committed is there, and of what was not there is nothing."""
    assert_nothing_is_lost_or_half_done(f"sqlite:///{tmp_path}/crm.db", KILLS)

    with sqlite3.connect(tmp_path / "crm.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_is_lost_or_half_done_on_postgresql(postgresql_url: str) -> None:
    """A client of the server that dies leaves nothing half done, and loses nothing."""
    assert_nothing_is_lost_or_half_done(postgresql_url, max(KILLS // 5, 10))


def test_what_is_half_done_would_be_noticed(tmp_path: Path) -> None:
    """Where one unit is kept in two transactions, some are found of which half is there."""
    url = f"sqlite:///{tmp_path}/crm.db"

    keep_and_kill(url, KILLS, way="halves")

    assert look(url).partial != frozenset()
