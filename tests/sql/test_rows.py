"""How records stand in rows, for whoever reads the tables with other tools."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.customers import Customer, CustomerKind
from crmcore.errors import FaultsError, SchemaOutOfDateError
from crmcore.kernel import CustomerId, Money
from crmcore.sql import SqlStore

SCHEMA = Path(__file__).parent / "schema_3.sql"


def purchase(amount: Money, **fields: Any) -> Purchase:  # noqa: ANN401 - any field of a purchase
    """Return a purchase at the first instant of 1997 in New York."""
    usual: dict[str, Any] = {
        "id": PurchaseId("p-1"),
        "customer": CustomerId("c-17"),
        "at": datetime(1997, 1, 1, 5, tzinfo=UTC),
    }
    return Purchase(**usual | {"amount": amount} | fields)


def rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds, without the library."""
    connection = sqlite3.connect(file)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


def change(file: Path, statement: str) -> None:
    """Change the database behind the library's back."""
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()


def kept(store: SqlStore, bought: Purchase) -> Purchase:
    """Store a purchase and read it again."""
    with store.unit_of_work() as uow:
        uow.purchases.add(bought)
        uow.commit()
    with store.unit_of_work(readonly=True) as uow:
        return uow.purchases.get(bought.id)


def test_the_schema_is_the_one_that_was_released(store: SqlStore, file: Path) -> None:
    """A change of the records changes the tables, and then needs a migration of its own."""
    store.close()
    ours = "sql IS NOT NULL AND name NOT LIKE 'sqlite%' AND type <> 'view'"
    found = rows(file, f"SELECT sql FROM sqlite_master WHERE {ours} ORDER BY name")  # noqa: S608 - our own words
    schema = "\n".join(f"{' '.join(sql.split())};" for (sql,) in found) + "\n"

    assert schema == SCHEMA.read_text("utf-8")


def test_a_customer_is_readable_in_sql(store: SqlStore, file: Path) -> None:
    """Words, days, instants and lists stand in a row as other tools expect them."""
    with store.unit_of_work() as uow:
        uow.customers.add(
            Customer(
                id=CustomerId("c-17"),
                name="王伟",
                kind=CustomerKind.ORGANIZATION,
                known_since=date(1997, 1, 1),
                needs=("mandarin",),
                archived_at=datetime(1998, 1, 1, tzinfo=UTC),
            )
        )
        uow.commit()

    assert rows(file, "SELECT * FROM crm_customers") == [
        (
            "default",
            "c-17",
            "王伟",
            "organization",
            "1997-01-01",
            None,
            None,
            '["mandarin"]',
            883612800000000,
            1,
        )
    ]


@pytest.mark.parametrize(
    ("amount", "minor", "text"),
    [
        (Money("29.33", "USD"), 2933, None),
        (Money("0.00", "USD"), 0, None),
        (Money("120", "JPY"), 120, None),
        (Money("1.250", "KWD"), 1250, None),
        (Money("29.3", "USD"), 2930, "29.3"),
        (Money("1E+3", "USD"), 100_000, "1E+3"),
        (Money("0.125", "USD"), None, "0.125"),
        (Money("123456789012345678901.25", "USD"), None, "123456789012345678901.25"),
    ],
)
def test_money_is_whole_minor_units_and_never_less_than_it_was(
    store: SqlStore, file: Path, amount: Money, minor: int | None, text: str | None
) -> None:
    """An amount is an integer of minor units; what these cannot write stands beside as text."""
    found = kept(store, purchase(amount))

    assert rows(file, "SELECT amount_minor, amount_currency, amount_text FROM crm_purchases") == [
        (minor, amount.currency, text)
    ]
    assert str(found.amount) == str(amount)


def test_money_that_went_back_is_negative(store: SqlStore, file: Path) -> None:
    """The sign of a refund stands before its minor units."""
    found = kept(store, purchase(Money("-0.05", "USD"), refund=True))

    assert rows(file, "SELECT amount_minor, refund FROM crm_purchases") == [(-5, 1)]
    assert found.amount == Money("-0.05", "USD")


def test_the_sum_of_minor_units_is_the_sum_of_the_amounts(store: SqlStore, file: Path) -> None:
    """Conservation: what SQL adds up is what the records add up to."""
    with store.unit_of_work() as uow:
        uow.purchases.add_all(
            purchase(Money(f"{n}.{n:02}", "USD"), id=PurchaseId(f"p-{n}")) for n in range(100)
        )
        total = sum((found.amount for found in uow.purchases.stream()), Money(0, "USD"))
        uow.commit()

    ((minor,),) = rows(file, "SELECT sum(amount_minor) FROM crm_purchases")
    assert total.amount * 100 == minor


def test_all_rows_that_are_none_are_named_together(store: SqlStore, file: Path) -> None:
    """Whoever mends the rows of a table hears of all that were read."""
    with store.unit_of_work() as uow:
        uow.purchases.add_all(purchase(Money(1, "USD"), id=PurchaseId(f"p-{n}")) for n in range(5))
        uow.commit()
    change(file, "UPDATE crm_purchases SET quantity = -1 WHERE id IN ('p-1', 'p-3')")

    with store.unit_of_work(readonly=True) as uow, pytest.raises(FaultsError) as caught:
        list(uow.purchases.stream())

    assert [fault.path for fault in caught.value.faults] == ["row 'p-1'", "row 'p-3'"]


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("at", "'soon'", "unsupported type"),
        ("amount_currency", "'XXX'", "unknown currency 'XXX'"),
        ("amount_text", "'a lot'", "amount must be a decimal number"),
        ("quantity", "-1", "quantity must be at least 0"),
    ],
)
def test_what_others_have_written_wrongly_is_named(
    store: SqlStore, file: Path, column: str, value: str, problem: str
) -> None:
    """A row that is no record is refused with its table, its id and what is wrong."""
    kept(store, purchase(Money("29.33", "USD")))
    change(file, f"UPDATE crm_purchases SET {column} = {value}")  # noqa: S608 - our own words

    with store.unit_of_work(readonly=True) as uow, pytest.raises(FaultsError) as caught:
        uow.purchases.get("p-1")

    assert caught.value.source == "table crm_purchases"
    assert caught.value.faults[0].path == "row 'p-1'"
    assert problem in caught.value.faults[0].problem


def test_a_row_of_a_later_version_is_not_taken_for_a_fault(store: SqlStore, file: Path) -> None:
    """Whoever reads what a newer library has written is told to upgrade, and not to mend rows."""
    newer = '{"form":99,"record":{}}'
    change(
        file,
        "INSERT INTO crm_score_facts VALUES ('default', 'f-1', '1997-01-01', 'p', '1', 'f', 0, 1,"  # noqa: S608 - our own words
        f" 'c-17', 'r', '1', '1', '1', '1', '1', '{newer}')",
    )

    with store.unit_of_work(readonly=True) as uow, pytest.raises(SchemaOutOfDateError) as caught:
        list(uow.facts.scores.stream())

    assert caught.value.have == 99
