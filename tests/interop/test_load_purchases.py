"""Files of purchases, loaded whole or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crmcore.customers import Customer
from crmcore.errors import FaultsError
from crmcore.interop import LoadReport, PurchaseColumns, load_purchases
from crmcore.kernel import CustomerId, Money, Phrase
from crmcore.memory import MemoryStore

NEW_YORK = ZoneInfo("America/New_York")
COLUMNS = PurchaseColumns(customer="who", at="when", amount="paid", refund="back", currency="money")
HEADER = "who,when,paid,back,money\n"
ROWS = (
    "c-2,1997-02-01,5.00,,\n"
    "c-1,1997-01-31,7.25,,\n"
    "c-1,1997-03-01,-7.25,yes,\n"
    "c-2,1997-01-15,10,,CNY\n"
)


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """Return the path of a file of four purchases by two customers."""
    path = tmp_path / "sales.csv"
    path.write_text(HEADER + ROWS)
    return path


def load(store: MemoryStore, path: Path, **options: Any) -> LoadReport:  # noqa: ANN401
    """Load a file in New York, in dollars."""
    return load_purchases(store, path, columns=COLUMNS, zone=NEW_YORK, currency="USD", **options)


def contents(store: MemoryStore) -> tuple[object, ...]:
    """Return all customers and purchases of a store."""
    with store.unit_of_work(readonly=True) as uow:
        return (*uow.customers.stream(), *uow.purchases.stream())


def test_a_load_brings_purchases_and_their_customers(sales: Path) -> None:
    """Customers are known since their first purchase in the file, whatever its row."""
    store = MemoryStore()

    load(store, sales)

    with store.unit_of_work(readonly=True) as uow:
        customers = {c.id: (c.name, c.known_since) for c in uow.customers.stream()}
        assert uow.purchases.count() == 4
    assert customers == {
        "c-1": ("c-1", date(1997, 1, 31)),
        "c-2": ("c-2", date(1997, 1, 15)),
    }


def test_the_report_says_what_came_in(sales: Path) -> None:
    """Counts, days and one total for each currency, refunds taken off."""
    report = load(MemoryStore(), sales)

    assert report == LoadReport(
        source=str(sales),
        purchases=4,
        refunds=1,
        customers=2,
        new_customers=2,
        first_day=date(1997, 1, 15),
        last_day=date(1997, 3, 1),
        totals=(Money(10, "CNY"), Money("5.00", "USD")),
    )
    assert str(report) == (
        f"{sales}: 4 purchases of 2 customers (2 new) from 1997-01-15 to 1997-03-01, "
        "10 CNY, 5.00 USD"
    )


def test_known_customers_stay_as_they_are(sales: Path) -> None:
    """Nothing that the store knows of a customer is overwritten."""
    store, known = MemoryStore(), Customer(id=CustomerId("c-1"), name="Northwind")
    with store.unit_of_work() as uow:
        uow.customers.add(known)
        uow.commit()

    report = load(store, sales)

    assert (report.customers, report.new_customers) == (2, 1)
    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.get("c-1").name == "Northwind"


def test_a_file_with_faults_leaves_the_store_as_it_was(sales: Path) -> None:
    """Good rows before and behind the fault are not kept either."""
    store = MemoryStore()
    sales.write_text(HEADER + ROWS + "c-3,never,5,,\n" + ROWS)

    with pytest.raises(FaultsError, match="row 6, column when"):
        load(store, sales)

    assert contents(store) == ()


def test_a_file_cannot_be_loaded_twice(sales: Path) -> None:
    """The second time it is refused with its name, and nothing is counted twice."""
    store = MemoryStore()
    load(store, sales)
    before = contents(store)

    with pytest.raises(FaultsError, match=r"sales\.csv has 1 fault:\n .*it is stored already"):
        load(store, sales)

    assert contents(store) == before


def test_a_file_without_rows_brings_nothing(sales: Path) -> None:
    """The report has no days then."""
    sales.write_text(HEADER)

    report = load(MemoryStore(), sales)

    assert (report.purchases, report.first_day, report.last_day) == (0, None, None)
    assert str(report).endswith("0 purchases of 0 customers (0 new), nothing")


def test_progress_is_told_now_and_then_and_at_the_end(sales: Path) -> None:
    """Every ten thousand purchases, and once more when all are read."""
    told: list[tuple[int, int | None, str]] = []
    sales.write_text(HEADER + "c-1,1997-01-31,5,,\n" * 20_001)

    def hear(done: int, total: int | None, what: Phrase) -> None:
        told.append((done, total, what.en))

    load(MemoryStore(), sales, progress=hear)

    assert told == [
        (10_000, None, "purchases read"),
        (20_000, None, "purchases read"),
        (20_001, 20_001, "purchases read"),
    ]
