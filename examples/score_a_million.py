"""Score a million customers on two engines, and write the ledgers of three of them.

The customers are made up, the same ones each time. Run it with another number of customers to
take fewer: ``python examples/score_a_million.py 20000``. It needs the extra ``crmcore[frames]``
with Polars, and DuckDB.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl

from crmcore.criteria import F, as_of
from crmcore.frames import score
from crmcore.scoring import HalfLife, Linear, Rule, RuleSet

TODAY = date(2026, 9, 30)
RULES = RuleSet(
    "care",
    [
        Rule("large company", when=F.employees >= 250, points=20, group="fit"),
        Rule("our market", when=F.country.in_(["DE", "AT", "CH"]), points=15, group="fit"),
        Rule("spends much", when=F.spend >= 5_000, points=30),
        Rule(
            "visited us",
            when=F.visits_30d >= 1,
            points=25,
            decay=HalfLife(days=14, since=F.last_visit),
        ),
        Rule("orders", when=F.orders >= 1, points=5, times=F.orders, cap=30),
        Rule(
            "ordered lately",
            when=F.last_order >= as_of - timedelta(days=60),
            points=20,
            decay=Linear(days=60, since=F.last_order),
        ),
        Rule("complained", when=F.open_complaints > 0, points=-40),
        Rule("bargain hunter", when=(F.discount > 0.3) & (F.tier != "gold"), points="-7.5"),
    ],
    group_caps={"fit": 30},
    floor=0,
    cap=100,
)
SCORED = ["id", "score", "low", "high", "fired", "unknown"]


def make_customers(count: int) -> pl.DataFrame:
    """Make customers up; of each, one thing in six is not known."""
    chance = random.Random(20260930)  # noqa: S311 - made-up customers need no secrets

    def some(values: list[Any]) -> list[Any]:
        return chance.choices([None, *values], [len(values) / 5, *([1] * len(values))], k=count)

    days = [TODAY - timedelta(days=ago) for ago in range(120)]
    columns = {
        "id": [f"c-{number:07}" for number in range(count)],
        "country": some(["DE", "AT", "CH", "FR", "PL", "CN"]),
        "employees": some([8, 40, 120, 300, 2_000]),
        "spend": some(list(range(0, 20_000, 250))),
        "visits_30d": some([0, 0, 0, 1, 2, 5]),
        "last_visit": some(days),
        "orders": some([0, 0, 1, 2, 3, 9]),
        "last_order": some(days),
        "open_complaints": some([0, 0, 0, 0, 1]),
        "discount": some([0.0, 0.1, 0.2, 0.35, 0.5]),
        "tier": some(["gold", "silver", "bronze"]),
    }
    return pl.DataFrame(columns).with_columns(pl.col("spend").cast(pl.Decimal(18, 2)))


def on_polars(customers: pl.DataFrame) -> pl.DataFrame:
    """Score on Polars."""
    return score(customers, RULES, as_of=TODAY)


def on_duckdb(customers: pl.DataFrame) -> pl.DataFrame:
    """Score on DuckDB, which does nothing before it is asked for the columns."""
    relation = duckdb.from_arrow(customers.to_arrow())
    scored: pl.DataFrame = score(relation, RULES, as_of=TODAY).select(*SCORED).order("id").pl()
    return scored


def show_ledger(customer: dict[str, Any]) -> None:
    """Write the ledger of a customer from the masks; no rule is judged again."""
    ledger = RULES.ledger(
        customer, fired=customer["fired"], unknown=customer["unknown"], as_of=TODAY
    )
    print(f"\n{customer['id']}, {ledger}")


def main(count: int = 1_000_000) -> None:
    """Score, compare and explain."""
    customers = make_customers(count)
    start = time.perf_counter()
    scored = on_polars(customers)
    between = time.perf_counter()
    again = on_duckdb(customers)
    end = time.perf_counter()
    print(f"{count:,} customers, {len(RULES.rules)} rules")
    print(f"Polars: {between - start:.2f} s, DuckDB: {end - between:.2f} s")
    if not scored.select(SCORED).equals(again):
        raise SystemExit("the engines do not agree")
    print("both agree on every score, every bound and every mask")

    mean = scored.select(pl.col("score").mean()).item()
    sure = (scored["low"] == scored["high"]).sum()
    print(f"the mean score is {mean:.2f}; of {sure:,} customers all is known that matters")

    by_doubt = scored.sort(pl.col("high") - pl.col("low"), "id", descending=[True, False])
    by_score = scored.sort("score", "id", descending=[True, False])
    for customer in (by_score.row(0, named=True), by_doubt.row(0, named=True)):
        show_ledger(customer)
    show_ledger(scored.row(count // 2, named=True))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
