"""Pages in the database: the order is Python's, and no page is slower for being far behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crmcore.activities import Interaction, Purchase
from crmcore.audit import AuditKey
from crmcore.customers import Customer
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.testing import records

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
WORDS = st.none() | st.sampled_from(["a", "B", "b", "é", "z", "客户", "😀"])
CUSTOMERS = records(
    Customer,
    region=WORDS,
    language=WORDS,
    known_since=st.none() | st.sampled_from([date(1, 1, 1), date(2026, 9, 30), date(9999, 12, 31)]),
    archived_at=st.none() | st.just(NOON),
)
PURCHASES = records(
    Purchase,
    at=st.sampled_from([datetime(1, 1, 2, tzinfo=UTC), NOON]),
    quantity=st.sampled_from([0, 2, 10]),
    channel=WORDS,
)
INTERACTIONS = records(Interaction, minutes=st.none() | st.sampled_from([2, 10]), member=WORDS)
ORDERS = {
    "customers": ["region", "-region", "known_since", "-known_since", "kind", "archived_at"],
    "purchases": ["at", "-at", "quantity", "-quantity", "refund", "-channel"],
    "interactions": ["minutes", "-minutes", "channel", "-direction", "member"],
}


def walked(repository: Any, order: list[str], limit: int) -> list[list[str]]:  # noqa: ANN401
    """Return the ids of all pages."""
    pages, after = [], None
    while True:
        page = repository.page(order=order, after=after, limit=limit, with_archived=True)
        pages.append([found.id for found in page.items])
        after = page.next
        if after is None:
            return pages


@pytest.mark.parametrize(
    ("name", "strategy"),
    [("customers", CUSTOMERS), ("purchases", PURCHASES), ("interactions", INTERACTIONS)],
)
@settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_pages_are_those_of_the_store_in_dictionaries(
    data: st.DataObject,
    shared_store: SqlStore,
    name: str,
    strategy: st.SearchStrategy[Any],
) -> None:
    """Whatever is missing and however it is sorted, both stores show the same pages."""
    kept = data.draw(st.lists(strategy, max_size=8, unique_by=lambda record: record.id))
    order = data.draw(
        st.lists(
            st.sampled_from(ORDERS[name]), max_size=2, unique_by=lambda field: field.strip("-")
        )
    )
    limit = data.draw(st.integers(1, 5))

    with shared_store.unit_of_work() as ours, MemoryStore().unit_of_work() as theirs:
        for uow in (ours, theirs):
            getattr(uow, name).add_all(kept)
        expected = walked(getattr(theirs, name), order, limit)
        assert walked(getattr(ours, name), order, limit) == expected


def customers(count: int) -> list[Customer]:
    """Return customers of three regions."""
    return [
        Customer(id=CustomerId(f"c-{number:05}"), name="Northwind", region=f"r-{number % 3}")
        for number in range(count)
    ]


def test_a_page_reads_little_more_than_it_shows(any_store: Callable[..., SqlStore]) -> None:
    """Neither the first page nor the last one goes through what lies before or behind it."""
    with any_store() as store, store.unit_of_work() as uow:
        uow.customers.add_all(customers(1_000))
        pages = walked(uow.customers, ["region"], 90)

    found = [key for page in pages for key in page]
    assert len(pages) == 12
    assert found == sorted(found, key=lambda key: (int(key[2:]) % 3, key))


def test_whoever_goes_through_records_may_change_them(any_store: Callable[..., SqlStore]) -> None:
    """Each is met once, although it moves behind where the reader is."""
    with any_store() as store, store.unit_of_work() as uow:
        uow.customers.add_all(customers(300))
        met = []
        for customer in uow.customers.stream():
            met.append(customer.id)
            saved = uow.customers.save(attrs.evolve(customer, region="z"))
            if len(met) % 100 == 0:
                uow.customers.remove(saved.id, version=saved.version)

        assert met == [customer.id for customer in customers(300)]
        assert uow.customers.count() == 297


def test_the_trail_may_be_read_while_it_grows(any_store: Callable[..., SqlStore]) -> None:
    """An ordered reading meets nothing twice either, whatever is written meanwhile."""
    key = AuditKey(b"thirty-two bytes that nobody knows")
    with any_store(audit_key=key) as store, store.unit_of_work() as uow:
        uow.customers.add_all(customers(150))
        met = []
        for link in uow.trail.stream():
            met.append(link.id)
            if len(met) < 4:
                uow.customers.add(customers(200)[-len(met)])

        assert len(met) == len(set(met)) >= 150


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("order", [[], ["region"]])
def test_an_index_leads_to_a_page(
    request: pytest.FixtureRequest, database: str, file: Path, order: list[str]
) -> None:
    """The database begins where the page begins, if there is an index for its order."""
    is_sqlite = database == "sqlite"
    url = f"sqlite:///{file}" if is_sqlite else request.getfixturevalue("postgresql_url")
    SqlStore.open(url).close()
    engine = sa.create_engine(url)
    asked: list[tuple[str, Any]] = []
    sa.event.listen(
        engine,
        "before_cursor_execute",
        lambda _connection, _cursor, text, given, *_: asked.append((text, given)),
    )

    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE INDEX ix_regions ON crm_customers (tenant, region, id)")
        with SqlStore.bind(connection).unit_of_work() as uow:
            uow.customers.add_all(customers(400))
            cursor = uow.customers.page(order=order, limit=200).next
            asked.clear()
            uow.customers.page(order=order, after=cursor, limit=5)
            text, given = asked[0]
            if not is_sqlite:
                connection.exec_driver_sql("ANALYZE crm_customers")
                for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                    connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
            explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
            plan = str(connection.exec_driver_sql(f"{explain} {text}", given).all())
        connection.rollback()
    engine.dispose()

    field = order[0] if order else "id"
    assert (f"{field}>?" if is_sqlite else f"({field} >") in plan.partition("Filter")[0]
    assert "TEMP B-TREE" not in plan
