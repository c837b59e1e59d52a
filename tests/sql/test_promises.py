"""The store in a database keeps what any store promises, whichever database it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

import attrs
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crmcore.activities import Purchase
from crmcore.audit import Act, AuditKey
from crmcore.customers import Customer
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.storage import RECORDS, UnitOfWork
from crmcore.testing import check_store, records

FACTS: Final = ("stage_facts", "tier_facts", "score_facts", "kpi_facts")
# Against a server, to look for the shortest example that fails takes minutes.
TRIED: Final = (Phase.explicit, Phase.reuse, Phase.generate)
# What a unit of work keeps by itself.
INNER: Final = {"commands", "audit_records", "audit_heads"}


def test_sqlite_keeps_every_promise_of_a_store(tmp_path: Path) -> None:
    """The examples and the random histories that test any store."""
    number = count()

    check_store(lambda: SqlStore.open(f"sqlite:///{tmp_path}/{next(number)}.db"), histories=3)


def test_postgresql_keeps_every_promise_of_a_store(
    new_postgresql_store: Callable[[], SqlStore],
) -> None:
    """The same, on a server; what fails there is not looked for again in fewer steps."""
    check_store(new_postgresql_store, histories=3, shrink=False)


@settings(phases=TRIED)
@given(data=st.data(), name=st.sampled_from(sorted(RECORDS.keys() - INNER)))
def test_a_record_comes_back_to_the_last_digit(
    data: st.DataObject, name: str, shared_store: SqlStore
) -> None:
    """Whatever a record holds, the database gives it back equal, and written alike."""
    record = data.draw(records(RECORDS[name]))
    expected = attrs.evolve(record, version=1)

    with shared_store.unit_of_work() as uow:
        (found,) = kept(uow, name, record)

    assert found == expected
    assert repr(found) == repr(expected)


def kept(uow: UnitOfWork, name: str, record: Any) -> list[Any]:  # noqa: ANN401 - of any kind
    """Store a record, and read all of its kind."""
    if name not in FACTS:
        repository = getattr(uow, name)
        repository.add(record)
        return [*repository.stream(with_archived=True)]
    facts = getattr(uow.facts, f"{name.removesuffix('_facts')}s")
    facts.append([record])
    return [*facts.stream()]


@settings(phases=TRIED)
@given(st.lists(records(Purchase), max_size=20, unique_by=lambda bought: bought.id))
def test_it_agrees_with_the_store_in_dictionaries(
    shared_store: SqlStore, bought: list[Purchase]
) -> None:
    """Both stores give the same purchases in the same order."""
    with shared_store.unit_of_work() as ours, MemoryStore().unit_of_work() as theirs:
        for uow in (ours, theirs):
            uow.purchases.add_all(bought)

        assert list(ours.purchases.stream()) == list(theirs.purchases.stream())


def test_a_trail_is_kept_and_verifies(
    any_store: Callable[..., SqlStore], new_year: datetime
) -> None:
    """With a key the store keeps who changed what, and gives it back as it was written."""
    key = AuditKey(b"thirty-two bytes that nobody knows")
    act = Act(by="wei", at=new_year, reason="moved house")

    with any_store(audit_key=key) as store:
        with store.unit_of_work(act=act) as uow:
            added = uow.customers.add(Customer(id=CustomerId("c-17"), name="Northwind"))
            uow.customers.save(attrs.evolve(added, region="north"))
            uow.commit()
        with store.unit_of_work(readonly=True) as uow:
            trail = uow.trail.of("customers", "c-17")

    assert [(link.position, link.by, link.at, link.reason) for link in trail] == [
        (1, "wei", new_year, "moved house"),
        (2, "wei", new_year, "moved house"),
    ]
    assert trail[1].previous == trail[0].digest


def test_nothing_is_lost_when_the_process_ends_at_once(store: SqlStore, file: Path) -> None:
    """What was committed is in the file as soon as commit returns, without closing anything."""
    with store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("c-17"), name="Northwind"))
        uow.commit()

    other = sqlite3.connect(file)
    found = other.execute("SELECT id, name, version FROM crm_customers").fetchall()
    other.close()
    assert found == [("c-17", "Northwind", 1)]
