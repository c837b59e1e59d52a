"""Indexes serve: what a criterion compares is not wrapped into anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crmcore.criteria import Criterion, F, Schema, as_of, named
from crmcore.sql import FixedDecimal, clause

SCHEMA = Schema.of(
    id=str, tier=str | None, visits=int | None, spent=Decimal | None, since=date | None
)
SELECTIVE = {
    "a text": F.id == "c-17",
    "texts": F.tier.in_(["gold", "silver"]),
    "an integer": F.visits == 7,
    "an interval of integers": F.visits.between(7, 9),
    "an integer and a fraction": F.visits > 2.5,
    "a decimal": F.spent >= Decimal("1000.005"),
    "a day": F.since < as_of.shift(months=-3),
    "a negation": ~(F.visits < 7),
    "one of several conditions": (F.tier == "gold") & F.tier.contains("o") & (F.visits / 2 > 1),
}


@pytest.fixture
def plan(connection: sa.Connection) -> Iterator[Callable[[Criterion], str]]:
    """Return what tells how a database looks for the customers that a criterion holds for."""
    table = sa.Table(
        "customers",
        sa.MetaData(),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tier", sa.Text, index=True),
        sa.Column("visits", sa.Integer, index=True),
        sa.Column("spent", FixedDecimal(2), index=True),
        sa.Column("since", sa.Date, index=True),
    )
    table.create(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")

    def planned(criterion: Criterion) -> str:
        condition = clause(criterion, table, schema=SCHEMA, as_of=date(2026, 9, 30))
        query = sa.select(table.c.id).where(condition)
        text = query.compile(connection, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        rows = connection.exec_driver_sql(f"{explain} {text}".replace("%", "%%")).all()
        return "\n".join(str(row[-1]) for row in rows)

    yield planned
    table.drop(connection)


@pytest.mark.parametrize("criterion", SELECTIVE.values(), ids=SELECTIVE)
def test_a_simple_criterion_is_found_by_index(
    plan: Callable[[Criterion], str], criterion: Criterion
) -> None:
    """The database looks rows up instead of going through all of them."""
    found = plan(criterion)

    assert "SEARCH customers USING" in found or "Index Cond" in found


def test_what_is_wrapped_is_found_by_going_through_all(plan: Callable[[Criterion], str]) -> None:
    """The plan can tell one from the other: a definite condition hides its index."""
    found = plan(named("gold", F.tier == "gold"))

    assert "SEARCH" not in found
    assert "Index Cond" not in found
