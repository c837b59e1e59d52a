"""Tenants: nobody meets the records of somebody else, whatever is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
import sqlalchemy as sa

from crmcore.criteria import F
from crmcore.customers import Customer
from crmcore.errors import ConcurrencyConflictError, InvalidValueError, NotFoundError
from crmcore.kernel import CustomerId
from crmcore.sql import SqlStore


def customer(key: str, name: str = "Northwind") -> Customer:
    """Return a customer."""
    return Customer(id=CustomerId(key), name=name)


def test_two_tenants_may_use_the_same_ids(any_store: Callable[..., SqlStore]) -> None:
    """Whatever one does to them, those of the other stay as they are."""
    with any_store() as store:
        for tenant in ("ours", "theirs"):
            with store.unit_of_work(tenant=tenant) as uow:
                uow.customers.add_all([customer("c-1", tenant), customer("c-2", tenant)])
                uow.commit()
        with store.unit_of_work(tenant="ours") as uow:
            first = uow.customers.get("c-1")
            uow.customers.save(attrs.evolve(first, name="changed"))
            uow.customers.remove("c-2", version=1)
            result = uow.customers.bulk_upsert(
                [customer("c-1"), customer("c-2"), *(customer(f"c-{n}") for n in range(100, 200))]
            )
            uow.commit()

        with store.unit_of_work(tenant="theirs", readonly=True) as uow:
            assert [*uow.customers.stream()] == [
                attrs.evolve(customer(key, "theirs"), version=1) for key in ("c-1", "c-2")
            ]
    assert (result.inserted, result.conflicts) == (101, ("c-1",))


def test_records_of_another_tenant_are_not_there(any_store: Callable[..., SqlStore]) -> None:
    """They are not found, not counted, not changed and not removed."""
    with any_store() as store:
        with store.unit_of_work(tenant="theirs") as uow:
            kept = uow.customers.add(customer("c-1"))
            uow.commit()

        with store.unit_of_work(tenant="ours") as uow:
            assert uow.customers.find("c-1") is None
            assert uow.customers.get_many(["c-1"]) == {}
            assert [*uow.customers.stream(F.id == "c-1")] == []
            assert uow.customers.page(order=["region"]).items == ()
            assert uow.customers.count() == 0
            with pytest.raises(NotFoundError):
                uow.customers.save(kept)
            with pytest.raises(NotFoundError):
                uow.customers.remove("c-1", version=1)
            assert uow.customers.bulk_upsert([kept]).conflicts == ("c-1",)
            uow.commit()
        with store.unit_of_work(tenant="theirs") as uow:
            with pytest.raises(ConcurrencyConflictError):
                uow.customers.remove("c-1", version=2)
            assert uow.customers.count() == 1


def test_what_is_no_id_is_no_tenant(any_store: Callable[..., SqlStore]) -> None:
    """An empty name would be everybody's."""
    with any_store() as store:
        for open_it in (store.unit_of_work, store.outbox):
            with pytest.raises(InvalidValueError, match="tenant must not be empty"):
                open_it(tenant=" ")


def test_every_statement_on_a_table_of_records_names_the_tenant(file: Path) -> None:
    """Reading, writing and removing: none of them could touch what is somebody else's."""
    engine = sa.create_engine(f"sqlite:///{file}")
    told: list[str] = []
    sa.event.listen(
        engine, "before_cursor_execute", lambda *parts: told.append(statement_of(parts))
    )

    with SqlStore(engine) as store:
        store.migrate()
        told.clear()
        with store.unit_of_work() as uow:
            uow.customers.add_all([customer("c-1"), customer("c-2")])
            uow.customers.bulk_upsert([customer("c-1"), customer("c-3")])
            uow.customers.save(uow.customers.get("c-1"))
            uow.customers.bulk_upsert([attrs.evolve(customer("c-1"), version=7)])
            uow.customers.remove("c-2", version=1)
            list(uow.customers.stream(F.region == "north"))
            uow.customers.page(order=["-region"], limit=1)
            uow.customers.count()
            uow.commit()

    found = [text for text in told if "crm_customers" in text]
    assert len(found) > 8
    assert all(
        re.search(r"tenant\b\"? = \?|INSERT INTO crm_customers \(.?tenant", text) for text in found
    )


def statement_of(parts: tuple[Any, ...]) -> str:
    """Return the text of a statement that is about to be executed."""
    return str(parts[2])
