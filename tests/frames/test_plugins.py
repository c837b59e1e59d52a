"""Plugin predicates on frames."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from crmcore.criteria import F, Schema, predicate, unless
from crmcore.errors import InvalidValueError
from crmcore.frames import judge, verdict, where

SCHEMA = Schema.of(
    name=str | None,
    city=str | None,
    born=date | None,
    seen=datetime | None,
    spent=Decimal | None,
    ratio=float | None,
    visits=int | None,
    is_vip=bool | None,
    tags=frozenset[str] | None,
)
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
ROWS = [
    {"name": "a", "city": "1:b", "born": date(1976, 4, 1), "visits": 5, "tags": {"web"}},
    {"name": "a1:b", "city": None, "spent": Decimal("1.50"), "ratio": 0.1, "tags": set()},
    {"name": None, "city": "a", "seen": NOON, "ratio": float("nan"), "is_vip": True},
    {"name": "a", "city": "1:b", "born": date(2000, 2, 29), "visits": -7, "tags": set()},
    {
        "name": "",
        "city": "",
        "seen": NOON,
        "spent": Decimal("-2.00"),
        "is_vip": False,
        "tags": set(),
    },
]


@predicate("acme.is_there", version="1", reads=["name", "city"])
def is_there(customer: Any, *, city: str) -> bool | None:
    """The customer is in {city}, or called so."""
    if customer.name is None:
        return None
    return city in (customer.city, customer.name)


@predicate(
    "acme.is_of_age",
    version="1",
    reads={"born": date, "visits": int | None},
    frames=lambda customer, *, year: customer.born.dt.year() <= year,
)
def is_of_age(customer: Any, *, year: int) -> bool:
    """The customer was born in {year} or before."""
    return bool(customer.born.year <= year)


@predicate(
    "acme.is_known",
    version="1",
    reads={"name": str | None},
    frames=lambda customer: ~customer.name.is_null(),
)
def is_known(customer: Any) -> bool:
    """The customer has a name."""
    return customer.name is not None


ASKED: list[tuple[Any, ...]] = []


@predicate(
    "acme.sees_all",
    version="1",
    reads=["born", "seen", "spent", "ratio", "visits", "is_vip"],
)
def sees_all(customer: Any) -> bool:
    """The customer is looked at."""
    ASKED.append((customer.born, customer.seen, customer.spent, customer.ratio, customer.visits))
    return bool(customer.is_vip or (customer.visits or 0) > 0)


@predicate("acme.is_tagged", version="1", reads={"tags": frozenset[str]})
def is_tagged(customer: Any) -> bool:
    """The customer has a tag."""
    return bool(customer.tags)


@predicate("acme.fails", version="1", reads=["visits"])
def fails(customer: Any) -> bool:
    """The customer cannot be asked."""
    raise RuntimeError(customer)


CRITERIA = {
    "there": is_there(city="1:b"),
    "elsewhere": is_there(city="a") & (F.visits > 0),
    "of_age": is_of_age(year=1990),
    "known": is_known(),
    "seen_all": unless(sees_all()),
    "failed": fails() | (F.visits > 0),
}


def test_predicates_say_of_rows_what_they_say_of_records(engine: Any) -> None:
    """With an expression or asked in Python, each row gets the verdict of its record."""
    frame = engine.frame(ROWS, SCHEMA)

    judged = engine.columns(judge(frame, CRITERIA, schema=SCHEMA, python_only="distinct"))

    for name, criterion in CRITERIA.items():
        assert judged[name] == [criterion.evaluate(row).truth for row in ROWS], name


def test_rows_are_kept_and_expressions_given(engine: Any) -> None:
    """All three functions ask predicates."""
    frame = engine.frame(ROWS, SCHEMA)
    criterion = is_there(city="a")

    kept = where(frame, criterion, python_only="distinct")

    assert engine.columns(kept)["visits"] == [5, -7]
    if engine.name != "pandas":
        condition = verdict(frame, criterion, python_only="distinct")
        filtered = nw.from_native(frame).filter(condition).to_native()
        assert engine.columns(filtered)["visits"] == [5, -7]


def test_a_predicate_is_asked_once_for_equal_values() -> None:
    """It sees the values that records have, and each combination of them once."""
    ASKED.clear()
    frame = pl.DataFrame(
        {
            "born": [date(1976, 4, 1)] * 3,
            "seen": [NOON.replace(tzinfo=None)] * 3,
            "spent": [Decimal("1.50")] * 3,
            "ratio": [float("nan")] * 3,
            "visits": [1, 1, 2],
            "is_vip": [True] * 3,
        }
    )

    judged = judge(frame, {"a": sees_all(), "b": ~sees_all()}, python_only="distinct")

    assert judged["b"].to_list() == [False] * 3
    common = (date(1976, 4, 1), NOON, Decimal("1.50"), None)
    assert sorted(ASKED) == [(*common, 1), (*common, 2)]


def test_predicates_in_python_are_refused_unless_allowed(engine: Any) -> None:
    """The message names the predicate and says what can be done."""
    frame = engine.frame(ROWS, SCHEMA)

    with pytest.raises(InvalidValueError, match=r'python_only="distinct" .*acme\.is_there'):
        where(frame, is_there(city="a"))


def test_sets_have_no_distinct_values() -> None:
    """A predicate that reads a set must bring an expression."""
    frame = pl.DataFrame({"tags": [["a"]]})

    with pytest.raises(InvalidValueError, match="predicate must read no sets"):
        where(frame, is_tagged(), python_only="distinct")


def test_too_many_distinct_values_are_refused() -> None:
    """A predicate in Python is not asked about every row of a large frame."""
    frame = pl.DataFrame({"visits": range(10_001)})

    with pytest.raises(InvalidValueError, match="at most 10,000 distinct values"):
        where(frame, fails(), python_only="distinct")


def test_there_are_two_ways_with_predicates() -> None:
    """Anything else is refused by the name of the argument."""
    frame = pl.DataFrame({"visits": [1]})

    with pytest.raises(InvalidValueError, match="python_only must be 'refuse' or 'distinct'"):
        where(frame, fails(), python_only="residual")  # type: ignore[arg-type]
