"""Views: how other tools see the tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmcore.activities import Purchase, PurchaseId
from crmcore.customers import Customer
from crmcore.kernel import CustomerId, MemberId, Money, TeamId
from crmcore.organization import Member, SkillLevel
from crmcore.sql import SqlStore
from crmcore.storage import RECORDS

INSTANTS = [
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 9, 30, 12, 0, 0, 1, tzinfo=UTC),
    datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
]
AMOUNTS = [
    Money("29.33", "USD"),
    Money("-0.05", "EUR"),
    Money("120", "JPY"),
    Money("1.250", "KWD"),
    Money("29.3", "USD"),
    Money("0.125", "USD"),
    Money("123456789012345678901.25", "USD"),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def shown(request: pytest.FixtureRequest, file: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Return what stores records, and shows what a query finds of them."""
    if request.param == "sqlite":
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("emptied_postgresql_url")()

    def show(query: str, **records: list[Any]) -> list[tuple[Any, ...]]:
        with SqlStore.open(url) as store, store.unit_of_work() as uow:
            for name, kept in records.items():
                getattr(uow, name).add_all(kept)
            uow.commit()
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.exec_driver_sql(query)]
        engine.dispose()
        return [(request.param, *row) for row in found]

    return show


def purchase(number: int, **fields: Any) -> Purchase:  # noqa: ANN401 - any field of a purchase
    """Return a purchase."""
    usual: dict[str, Any] = {
        "id": PurchaseId(f"p-{number}"),
        "customer": CustomerId("c-17"),
        "at": INSTANTS[2],
        "amount": Money(1, "USD"),
    }
    return Purchase(**usual | fields)


def test_instants_are_instants_to_the_microsecond(
    shown: Callable[..., list[tuple[Any, ...]]],
) -> None:
    """Also long ago, and before what computers count from."""
    bought = [purchase(number, at=at) for number, at in enumerate(INSTANTS)]

    found = shown("SELECT at FROM crm_purchases_v ORDER BY id", purchases=bought)

    for (database, at), expected in zip(found, INSTANTS, strict=True):
        if database == "sqlite":
            assert at == expected.isoformat(timespec="microseconds").replace("+00:00", "Z")
        else:
            assert at == expected


def test_amounts_are_numbers(shown: Callable[..., list[tuple[Any, ...]]]) -> None:
    """Whatever the currency and however they were written; exact on PostgreSQL."""
    bought = [
        purchase(number, amount=amount, refund=amount.amount < 0)
        for number, amount in enumerate(AMOUNTS)
    ]

    found = shown(
        "SELECT amount, amount_currency FROM crm_purchases_v ORDER BY id", purchases=bought
    )

    for (database, amount, currency), expected in zip(found, AMOUNTS, strict=True):
        assert currency == expected.currency
        if database == "sqlite":
            assert amount == pytest.approx(float(expected.amount))
        else:
            assert (type(amount), amount) == (Decimal, expected.amount)


def test_days_sets_and_truths_are_what_they_are(
    shown: Callable[..., list[tuple[Any, ...]]],
) -> None:
    """PostgreSQL shows them in types of its own, and SQLite as it can."""
    people = [
        Customer(
            id=CustomerId("c-17"),
            name="王伟",
            known_since=date(1997, 1, 1),
            needs=("mandarin", 'so-called "quotes"'),
        )
    ]
    bought = [purchase(1, refund=True, amount=Money(-1, "USD"))]

    found = shown(
        "SELECT c.tenant, name, known_since, needs, refund, archived_at "
        "FROM crm_customers_v AS c JOIN crm_purchases_v AS p ON p.customer = c.id",
        customers=people,
        purchases=bought,
    )

    plain = ("1997-01-01", '["mandarin","so-called \\"quotes\\""]', 1)
    typed = (date(1997, 1, 1), ["mandarin", 'so-called "quotes"'], True)
    ((database, tenant, name, *others, archived),) = found
    assert (tenant, name, archived) == ("default", "王伟", None)
    assert tuple(others) == (plain if database == "sqlite" else typed)


def test_hours_are_numbers_and_skills_are_json(
    shown: Callable[..., list[tuple[Any, ...]]],
) -> None:
    """Exact decimals can be added up, and what has parts can be taken apart."""
    members = [
        Member(
            id=MemberId("wei"),
            name="Wei",
            team=TeamId("sales"),
            weekly_hours=Decimal("37.5"),
            skills=[SkillLevel("mandarin", 3)],
        )
    ]

    found = shown("SELECT weekly_hours + 1, skills FROM crm_members_v", members=members)

    assert found in (
        [("sqlite", 38.5, '[{"level":3,"skill":"mandarin"}]')],
        [("postgresql", Decimal("38.5"), [{"level": 3, "skill": "mandarin"}])],
    )


@pytest.mark.parametrize("name", RECORDS)
def test_there_is_a_view_of_every_table(
    shown: Callable[..., list[tuple[Any, ...]]], name: str
) -> None:
    """Each of them can be read, also where nothing stands in it."""
    assert shown(f"SELECT * FROM crm_{name}_v") == []  # noqa: S608 - our own names
