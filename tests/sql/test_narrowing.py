"""Queries leave out in the database what surely is not asked for, and find the same as ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.criteria import Criterion, F, Schema, any_of, named, unless
from crmcore.customers import Customer
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, Money
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.testing import criteria, records

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
TEXTS = st.sampled_from(
    ["a", "A", "ab", "b", "a%b", "a_b", "O'Brien", "straße", "İ", "e\u0301", "😀"]
)
CUSTOMERS = records(
    Customer,
    name=TEXTS,
    language=st.none() | TEXTS,
    region=st.none() | TEXTS,
    needs=st.lists(TEXTS, max_size=3),
    known_since=st.none()
    | st.sampled_from([date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29), date(2026, 9, 30)]),
    archived_at=st.none() | st.sampled_from([NOON, NOON + timedelta(microseconds=1)]),
)
PURCHASES = records(
    Purchase,
    customer=TEXTS,
    at=st.sampled_from([NOON, NOON - timedelta(microseconds=1), datetime(1, 1, 2, tzinfo=UTC)]),
    quantity=st.sampled_from([0, 1, 7, 2**53, 2**63 - 1]),
    channel=st.none() | TEXTS,
)


def found(criterion: Criterion, kept: Any) -> list[str] | str:  # noqa: ANN401 - a repository
    """Return the ids of what is found, or why nothing can be."""
    try:
        return [record.id for record in kept.stream(criterion)]
    except InvalidValueError as error:
        return str(error)


@pytest.mark.parametrize(
    ("name", "kind", "strategy"),
    [("customers", Customer, CUSTOMERS), ("purchases", Purchase, PURCHASES)],
)
@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_a_query_finds_what_it_finds_in_dictionaries(
    data: st.DataObject,
    shared_store: SqlStore,
    name: str,
    kind: type,
    strategy: Any,  # noqa: ANN401 - a strategy
) -> None:
    """Whatever the records and whatever is asked, both stores answer the same."""
    kept = data.draw(st.lists(strategy, max_size=8, unique_by=lambda record: record.id))
    asked = data.draw(st.lists(criteria(Schema.of(kind)), min_size=1, max_size=5))

    with shared_store.unit_of_work() as ours, MemoryStore().unit_of_work() as theirs:
        for uow in (ours, theirs):
            getattr(uow, name).add_all(kept)
        for criterion in asked:
            expected = found(criterion, getattr(theirs, name))
            assert found(criterion, getattr(ours, name)) == expected


def bought(number: int, **fields: Any) -> Purchase:  # noqa: ANN401 - any field of a purchase
    """Return a purchase by one of ten customers."""
    usual: dict[str, Any] = {
        "id": PurchaseId(f"p-{number:03}"),
        "customer": CustomerId(f"c-{number % 10}"),
        "at": NOON + timedelta(days=number),
        "amount": Money("9.90", "EUR"),
        "quantity": number,
    }
    return Purchase(**usual | fields)


@pytest.fixture
def engine_of_store(file: Path) -> Iterator[sa.Engine]:
    """Make a store with a hundred purchases, and return its engine."""
    with SqlStore.open(f"sqlite:///{file}") as store, store.unit_of_work() as uow:
        uow.purchases.add_all(bought(number) for number in range(100))
        uow.commit()
    engine = sa.create_engine(f"sqlite:///{file}")
    yield engine
    engine.dispose()


@pytest.fixture
def read(engine_of_store: sa.Engine) -> Callable[[Criterion], tuple[int, int, str]]:
    """Return what tells how many purchases a query found and read, and by which plan."""

    def told(criterion: Criterion) -> tuple[int, int, str]:
        queries: list[tuple[str, Any]] = []

        def listen(_connection: Any, _cursor: Any, text: str, given: Any, *_rest: Any) -> None:  # noqa: ANN401
            queries.append((text, given))

        sa.event.listen(engine_of_store, "before_cursor_execute", listen)
        with SqlStore(engine_of_store).unit_of_work(readonly=True) as uow:
            count = uow.purchases.count(criterion)
        sa.event.remove(engine_of_store, "before_cursor_execute", listen)
        text, given = next(query for query in queries if "FROM crm_purchases" in query[0])
        with engine_of_store.connect() as connection:
            rows = connection.exec_driver_sql(text, given).all()
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given).all()
        return count, len(rows), "; ".join(row[-1] for row in plan)

    return told


KNOWN = F.amount.is_present()  # which only Python can say, because money is three columns


@pytest.mark.parametrize(
    ("criterion", "count", "read_count"),
    [
        (F.quantity >= 90, 10, 10),
        (F.at < NOON + timedelta(days=5), 5, 5),
        ((F.quantity >= 90) & (F.channel == "shop"), 0, 0),
        ((F.quantity >= 90) & KNOWN, 10, 10),
        (named("large", (F.quantity >= 90) & KNOWN), 10, 10),
        ((F.quantity >= 90) & ~KNOWN, 0, 10),
        ((F.quantity >= 90) | ~KNOWN, 10, 100),
        (~((F.quantity < 90) | ~KNOWN), 10, 10),
        (unless((F.quantity < 90) | ~KNOWN), 10, 10),
        (unless((F.quantity < 90) & KNOWN), 10, 100),
        ((F.quantity >= 90) & (F.quantity * 2 < 190), 5, 10),
        (F.quantity.otherwise(0) + 1 > 95, 5, 100),
        (F.customer.length() == 4, 0, 0),
        ((F.quantity >= 90) & F.refund.is_false(), 10, 10),
    ],
)
def test_rows_that_surely_are_not_asked_for_are_not_read(
    read: Callable[[Criterion], tuple[int, int, str]],
    criterion: Criterion,
    count: int,
    read_count: int,
) -> None:
    """What only Python can say stays open; all else narrows what comes out of the database."""
    assert read(criterion)[:2] == (count, read_count)


def test_the_index_of_the_customer_serves(
    read: Callable[[Criterion], tuple[int, int, str]],
) -> None:
    """A query for the purchases of a customer does not go through all of them."""
    count, read_count, plan = read((F.customer == "c-7") & KNOWN)

    assert (count, read_count) == (10, 10)
    assert "USING INDEX ix_crm_purchases_customer" in plan


def test_what_the_check_would_refuse_is_left_to_python(store: SqlStore) -> None:
    """The order of texts differs from engine to engine, so the database is not asked for it."""
    with store.unit_of_work() as uow:
        uow.customers.add_all(Customer(id=CustomerId(key), name=key) for key in "aéz")

        assert found(F.name > "b", uow.customers) == ["z", "é"]


@pytest.mark.parametrize("text", ["a\0b", "\ud83d"])
def test_a_text_that_no_record_has_finds_nothing(store: SqlStore, text: str) -> None:
    """Databases do not keep such texts; asking for one is no error."""
    with store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("c-17"), name="Northwind"))

        assert found(F.name == text, uow.customers) == []


def test_a_long_list_of_constants_is_no_error(
    read: Callable[[Criterion], tuple[int, int, str]],
) -> None:
    """A statement of SQLite takes so many constants; Python takes them all."""
    short, *others = (F.quantity.in_(range(1000 * n, 1000 * (n + 1))) for n in range(1, 22))

    assert read(short)[:2] == (0, 0)
    assert read(any_of(short, *others))[:2] == (0, 100)


def test_pages_are_of_what_is_asked_for(store: SqlStore) -> None:
    """Pages follow each other without gaps, however few rows are read."""
    with store.unit_of_work() as uow:
        uow.purchases.add_all(bought(number) for number in range(100))
        first = uow.purchases.page(F.customer == "c-7", limit=4)
        second = uow.purchases.page(F.customer == "c-7", after=first.next, limit=10)

    assert [one.quantity for one in first.items] == [7, 17, 27, 37]
    assert [one.quantity for one in second.items] == [47, 57, 67, 77, 87, 97]
    assert second.next is None
