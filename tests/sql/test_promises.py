"""The store in a database keeps what any store promises."""

from __future__ import annotations

import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from itertools import count
from pathlib import Path

import attrs
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.customers import Customer
from crmcore.kernel import CustomerId, Money
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.storage import RECORDS
from crmcore.testing import check_store, records

TURNS = 20


def test_it_keeps_every_promise_of_a_store(tmp_path: Path) -> None:
    """The examples and the random histories that test any store."""
    number = count()

    check_store(lambda: SqlStore.open(f"sqlite:///{tmp_path}/{next(number)}.db"), histories=10)


@given(data=st.data(), name=st.sampled_from(sorted(RECORDS)))
def test_a_record_comes_back_to_the_last_digit(
    data: st.DataObject, name: str, shared_store: SqlStore
) -> None:
    """Whatever a record holds, the database gives it back equal, and written alike."""
    record = data.draw(records(RECORDS[name]))
    expected = attrs.evolve(record, version=1)

    with shared_store.unit_of_work() as uow:
        getattr(uow, name).add(record)
        found = getattr(uow, name).get(record.id)

    assert found == expected
    assert repr(found) == repr(expected)


@given(st.lists(records(Purchase), max_size=20, unique_by=lambda bought: bought.id))
def test_it_agrees_with_the_store_in_dictionaries(
    shared_store: SqlStore, bought: list[Purchase]
) -> None:
    """Both stores give the same purchases in the same order."""
    with shared_store.unit_of_work() as ours, MemoryStore().unit_of_work() as theirs:
        for uow in (ours, theirs):
            uow.purchases.add_all(bought)

        assert list(ours.purchases.stream()) == list(theirs.purchases.stream())


def _count_up(file: str) -> None:
    with SqlStore.open(f"sqlite:///{file}", busy_timeout_ms=60_000) as store:
        for _ in range(TURNS):
            with store.unit_of_work() as uow:
                counted = uow.purchases.get("p-1")
                uow.purchases.save(attrs.evolve(counted, quantity=counted.quantity + 1))
                uow.commit()


def test_processes_lose_no_update(store: SqlStore, file: Path, new_year: datetime) -> None:
    """Processes that count up together arrive at the sum; a writer waits for its turn."""
    with store.unit_of_work() as uow:
        uow.purchases.add(
            Purchase(
                id=PurchaseId("p-1"),
                customer=CustomerId("c-1"),
                at=new_year,
                amount=Money(0, "USD"),
                quantity=0,
            )
        )
        uow.commit()

    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as processes:
        list(processes.map(_count_up, [str(file)] * 2))

    with store.unit_of_work(readonly=True) as uow:
        assert uow.purchases.get("p-1").quantity == 2 * TURNS


def test_nothing_is_lost_when_the_process_ends_at_once(store: SqlStore, file: Path) -> None:
    """What was committed is in the file as soon as commit returns, without closing anything."""
    with store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("c-17"), name="Northwind"))
        uow.commit()

    other = sqlite3.connect(file)
    found = other.execute("SELECT id, name, version FROM crm_customers").fetchall()
    other.close()
    assert found == [("c-17", "Northwind", 1)]
