"""Predicates of plugins in SQL: by a form of their own, by Python afterwards, or not at all."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from crmcore.criteria import Criterion, F, Schema, as_of, named, predicate, unless
from crmcore.customers import Customer
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError
from crmcore.kernel import CustomerId
from crmcore.sql import SqlStore, clause, matching
from crmcore.testing import EDGES, random_criteria, random_rows

DAY = date(2026, 9, 30)


def _is_even(row: Any, *, offset: int = 0) -> sa.ColumnElement[bool]:  # noqa: ANN401 - the columns
    condition: sa.ColumnElement[bool] = (row.orders + offset) % 2 == 0
    return condition


@predicate("acme.is_even", version="1.0", reads={"orders": int}, sql=_is_even)
def is_even(row: Any, *, offset: int = 0) -> bool:  # noqa: ANN401 - the record
    """Say whether the number of orders is even."""
    return bool((row.orders + offset) % 2 == 0)


@predicate("acme.is_ascii", version="1.0", reads={"name": str})
def is_ascii(row: Any) -> bool:  # noqa: ANN401 - the record
    """Say whether the name is written in letters of ASCII."""
    return bool(set(row.name) <= set(string.ascii_letters))


@predicate("acme.is_short", version="1.0", reads={"name": str | None, "visits": int | None})
def is_short(row: Any) -> bool | None:  # noqa: ANN401 - the record
    """Say whether the name has fewer letters than there were visits."""
    return None if row.name is None else len(row.name) < (row.visits or 0)


SCHEMA = Schema.of(orders=int, name=str | None, visits=int | None)


def test_a_form_of_its_own_is_asked_in_the_database(ask: Callable[..., list[bool | None]]) -> None:
    """What the predicate must have is there when it is asked, and else it is unknown."""
    rows = [{"orders": 2}, {"orders": 3}, {"orders": None}]

    assert ask(is_even(), *rows, orders=int | None) == [True, False, None]
    assert ask(~is_even(offset=1), *rows, orders=int | None) == [True, False, None]
    assert ask(unless(is_even()), *rows, orders=int | None) == [False, True, True]


def test_a_form_sees_what_is_missing_if_the_predicate_declares_so(
    ask: Callable[..., list[bool | None]],
) -> None:
    """Only then does it decide for itself what a missing field means."""

    def form(row: Any) -> sa.ColumnElement[bool]:  # noqa: ANN401 - the columns
        missing: sa.ColumnElement[bool] = row.orders.is_(None)
        return missing

    rows = [{"orders": 2}, {"orders": None}]
    for declared, expected in ((int | None, [False, True]), (int, [False, None])):
        asked = predicate("acme.is_new", version="1", reads={"orders": declared}, sql=form)
        is_new = asked(lambda row: row.orders is None)
        assert ask(is_new(), *rows, orders=int | None) == expected


def test_a_predicate_of_python_is_refused_in_sql() -> None:
    """The message says what to do."""
    columns = {"name": sa.column("name", sa.Text)}

    with pytest.raises(InvalidValueError, match=r"predicate must have a form for SQL.*acme.is_asc"):
        clause(is_ascii(), columns, schema=SCHEMA)
    with pytest.raises(UnknownNameError, match="unknown python_only 'residue'; did you mean 'resi"):
        clause(is_ascii(), columns, schema=SCHEMA, python_only="residue")  # type: ignore[arg-type]


def test_a_form_that_returns_no_condition_is_refused() -> None:
    """A Python truth in a condition would be the same for all rows."""
    broken = predicate("acme.broken", version="1", reads={"orders": int}, sql=lambda row: True)  # noqa: ARG005 - broken
    criterion = broken(lambda row: True)()  # noqa: ARG005 - as above

    with pytest.raises(InvalidValueError, match=r"form of acme\.broken for SQL must return an ex"):
        clause(criterion, {"orders": sa.column("orders", sa.Integer)}, schema=SCHEMA)


def test_the_declared_types_are_checked() -> None:
    """A predicate reads fields of the type that it declares."""
    with pytest.raises(FaultsError, match=r"acme\.is_even reads orders"):
        clause(is_even(), {}, schema=Schema.of(orders=str))


def mixed(seed: int, size: int) -> Iterator[Criterion]:
    """Yield random criteria in which predicates are parts."""
    chance = count()
    for criterion in random_criteria(seed, count=size):
        asked = (is_ascii(), is_short(), is_even())[next(chance) % 3]
        yield from (
            asked & criterion,
            asked | criterion,
            unless(asked & criterion),
            ~(unless(asked) | criterion),
            named("asked", asked | ~criterion),
            unless(unless(asked | criterion)),
        )


def test_what_python_decides_stays_open_and_all_else_stands(
    database: Callable[[Schema], Any], connection: sa.Connection
) -> None:
    """SQL never says what Python would take back, however a predicate is wrapped."""
    rows = random_rows(1, count=40)
    asked = database(EDGES)
    asked.load(rows)
    criteria = list(mixed(1, 40))
    query = sa.select(
        *(
            clause(each, asked.table, schema=EDGES, as_of=DAY, python_only="residual")
            for each in criteria
        )
    )

    found = connection.execute(query.order_by(asked.table.c.place)).all()

    decided = 0
    for row, truths in zip(rows, found, strict=True):
        for criterion, truth in zip(criteria, truths, strict=True):
            assert truth in {None, criterion.evaluate(row, as_of=DAY).truth}
            decided += truth is not None
    assert decided > len(rows) * len(criteria) / 3


def test_python_decides_what_sql_has_left_open(
    database: Callable[[Schema], Any], connection: sa.Connection
) -> None:
    """The rows that come out are those for which the criterion holds, no more and no fewer."""
    rows = random_rows(2, count=40)
    asked = database(EDGES)
    asked.load(rows)

    for criterion in mixed(2, 10):
        found = matching(connection, criterion, asked.table, schema=EDGES, as_of=DAY)
        expected = [place for place, row in enumerate(rows) if criterion.holds(row, as_of=DAY)]
        assert sorted(row["place"] for row in found) == expected


def test_python_is_asked_about_no_more_rows_than_it_must_be(
    database: Callable[[Schema], Any], connection: sa.Connection
) -> None:
    """What SQL can say of a row settles it."""
    asked_of: list[str] = []

    def ask(row: Any) -> bool:  # noqa: ANN401 - the record
        asked_of.append(row.name)
        return bool(row.name == "Ada")

    is_ada = predicate("acme.is_ada", version="1", reads={"name": str})(ask)
    asked = database(SCHEMA)
    asked.load([{"orders": number, "name": name} for number, name in enumerate(["Ida", "Ada"] * 3)])

    both = matching(connection, (F.orders > 2) & is_ada(), asked.table, schema=SCHEMA)
    either = matching(connection, (F.orders > 2) | is_ada(), asked.table, schema=SCHEMA)

    assert sorted(row["orders"] for row in both) == [3, 5]
    assert sorted(asked_of) == ["Ada", "Ada", "Ida"]
    asked_of.clear()
    assert sorted(row["orders"] for row in either) == [1, 3, 4, 5]
    assert sorted(asked_of) == ["Ada", "Ida", "Ida"]


def test_rows_without_predicates_come_from_the_database_alone(
    database: Callable[[Schema], Any], connection: sa.Connection
) -> None:
    """Each row has the values of all columns by name."""
    asked = database(SCHEMA)
    asked.load([{"orders": 1, "name": "Ada"}, {"orders": 2, "name": None}])

    rows = matching(connection, named("known", F.name == "Ada"), asked.table, schema=SCHEMA)

    assert list(rows) == [{"place": 0, "orders": 1, "name": "Ada", "visits": None}]


class Tier(Enum):
    """A tier."""

    GOLD = "gold"


def test_python_gets_the_values_that_the_language_knows(postgresql: sa.Engine) -> None:
    """Words of enumerations are text, and instants without a zone are in UTC."""
    seen: list[Mapping[str, Any]] = []

    def ask(row: Any) -> bool:  # noqa: ANN401 - the record
        seen.append({"tier": row.tier, "seen": row.seen})
        return True

    remember = predicate("acme.remember", version="1", reads={"tier": str, "seen": datetime})(ask)
    columns: dict[str, sa.ColumnElement[Any]] = {
        "tier": sa.literal(Tier.GOLD, sa.Enum(Tier, values_callable=lambda _: ["gold"])),
        "seen": sa.literal(datetime(2026, 9, 30, 12), sa.DateTime),  # noqa: DTZ001 - the column has none
        "since": sa.literal(DAY),
    }
    schema = Schema.of(tier=str, seen=datetime, since=date)

    with postgresql.connect() as connection:
        connection.exec_driver_sql("CREATE TYPE tier AS ENUM ('gold')")
        rows = matching(
            connection, remember() & (F.since == as_of), columns, schema=schema, as_of=DAY
        )
        found = list(rows)
        connection.rollback()

    assert [row["since"] for row in found] == [DAY]
    assert seen == [{"tier": "gold", "seen": datetime(2026, 9, 30, 12, tzinfo=UTC)}]


def test_a_store_asks_predicates_in_python(store: SqlStore) -> None:
    """The form for SQL may have been written for another database."""

    def form(_row: Any) -> sa.ColumnElement[bool]:  # noqa: ANN401 - the columns
        raise AssertionError

    asked = predicate("acme.is_short", version="1", reads={"name": str}, sql=form)
    is_brief = asked(lambda row: len(row.name) < 4)
    names = ["Ada", "Grace", "Ida"]

    with store.unit_of_work() as uow:
        uow.customers.add_all(Customer(id=CustomerId(name), name=name) for name in names)
        found = [one.name for one in uow.customers.stream(is_brief() & (F.name != "Ada"))]

    assert found == ["Ida"]
