"""Types of columns that both databases keep without loss."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from crmcore.errors import InvalidValueError
from crmcore.sql import FixedDecimal, Instant, TextSet

NOON = datetime(2026, 9, 30, 12, 0, 0, 1, tzinfo=UTC)


@pytest.fixture
def kept(connection: sa.Connection) -> Callable[[Any, Any], Any]:
    """Return what stores a value in a column of a type and reads it again."""

    def keep(type_: Any, value: Any) -> Any:  # noqa: ANN401 - a type and its values
        table = sa.Table("kept", sa.MetaData(), sa.Column("value", type_))
        table.create(connection)
        connection.execute(sa.insert(table), {"value": value})
        found = connection.execute(sa.select(table.c.value)).scalar_one()
        table.drop(connection)
        return found

    return keep


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        (FixedDecimal(), Decimal("29.33"), Decimal("29.33")),
        (FixedDecimal(), Decimal("-0.1"), Decimal("-0.10")),
        (FixedDecimal(), 7, Decimal("7.00")),
        (FixedDecimal(0), Decimal(10**18 - 1), Decimal(10**18 - 1)),
        (FixedDecimal(18), Decimal("0.123456789012345678"), Decimal("0.123456789012345678")),
        (FixedDecimal(), Decimal("NaN"), None),
        (FixedDecimal(), None, None),
        (Instant(), NOON, NOON),
        (Instant(), NOON.astimezone(timezone(timedelta(hours=8))), NOON),
        (Instant(), datetime(1, 1, 2, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)),
        (Instant(), None, None),
    ],
)
def test_a_value_comes_back_as_it_went_in(
    kept: Callable[[Any, Any], Any],
    type_: Any,  # noqa: ANN401 - a type of SQLAlchemy
    value: Any,  # noqa: ANN401 - what it keeps
    expected: Any,  # noqa: ANN401 - as above
) -> None:
    """Digits, microseconds and letters stay; NaN is missing, and an instant comes in UTC."""
    found = kept(type_, value)

    assert found == expected
    assert repr(found) == repr(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b", "a"}, frozenset({"a", "b"})),
        (["客户", '"', "", "客户"], frozenset({"客户", '"', ""})),
        ((), frozenset()),
        (None, None),
    ],
)
def test_a_set_comes_back_whole(
    kept: Callable[[Any, Any], Any], value: Collection[str] | None, expected: frozenset[str] | None
) -> None:
    """Each text comes once; no text at all is not the same as no set."""
    assert kept(TextSet(), value) == expected


def test_sqlite_shows_what_other_tools_can_read(sqlite: sa.Engine) -> None:
    """Decimals and instants are whole numbers there, and sets are sorted lists in JSON."""
    table = sa.Table(
        "kept",
        sa.MetaData(),
        sa.Column("spent", FixedDecimal(2)),
        sa.Column("at", Instant),
        sa.Column("needs", TextSet),
    )

    with sqlite.connect() as connection:
        table.create(connection)
        row = {"spent": Decimal("29.33"), "at": NOON, "needs": {"b", "a"}}
        connection.execute(sa.insert(table), row)
        found = connection.exec_driver_sql("SELECT * FROM kept").one()

    assert found == (2933, 1_790_769_600_000_001, '["a","b"]')


def test_postgresql_has_types_of_its_own(postgresql: sa.Engine) -> None:
    """Decimals, instants and lists are there what any other tool makes of them."""
    table = sa.Table(
        "kept",
        sa.MetaData(),
        sa.Column("spent", FixedDecimal(2)),
        sa.Column("at", Instant),
        sa.Column("needs", TextSet),
    )

    with postgresql.connect() as connection:
        table.create(connection)
        columns = sa.inspect(connection).get_columns("kept")
        connection.rollback()

    assert [str(column["type"].compile(postgresql.dialect)) for column in columns] == [
        "NUMERIC(18, 2)",
        "TIMESTAMP WITH TIME ZONE",
        "TEXT[]",
    ]


@pytest.mark.parametrize(
    ("type_", "value", "rule"),
    [
        (FixedDecimal(2), Decimal("0.125"), "at most 2 digits behind the point, and 18 in all"),
        (FixedDecimal(2), Decimal("1e16"), "at most 2 digits behind the point, and 18 in all"),
        (FixedDecimal(2), Decimal("Infinity"), "at most 2 digits behind the point"),
        (Instant(), datetime(2026, 9, 30, 12), "instant must carry a time zone"),  # noqa: DTZ001 - what is refused
        (TextSet(), "mandarin", "be a set of texts, not one text"),
    ],
)
def test_what_would_not_come_back_is_refused(
    kept: Callable[[Any, Any], Any],
    type_: Any,  # noqa: ANN401 - a type of SQLAlchemy
    value: Any,  # noqa: ANN401 - what it does not keep
    rule: str,
) -> None:
    """Nothing is rounded, cut off or guessed."""
    with pytest.raises(StatementError, match=rule):
        kept(type_, value)


@pytest.mark.parametrize("scale", [-1, 19])
def test_a_scale_beyond_18_digits_is_refused(scale: int) -> None:
    """More than 18 digits do not fit into 64 bits."""
    with pytest.raises(InvalidValueError, match="scale must be from 0 to 18"):
        FixedDecimal(scale)
