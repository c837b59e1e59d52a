"""Criteria as conditions: what goes in, what comes out, and what is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from subprocess import run
from typing import Any

import pytest
import sqlalchemy as sa

from crmcore.criteria import Criterion, F, Schema, as_of, named, unless
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError
from crmcore.sql import FixedDecimal, Instant, TextSet, clause, verdict
from crmcore.verdicts import Verdict

SCHEMA = Schema.of(tier=str | None, visits=int, since=date | None)
CUSTOMERS = sa.table(
    "customers",
    sa.column("tier", sa.Text),
    sa.column("visits", sa.BigInteger),
    sa.column("since", sa.Date),
)
LOYAL = (F.tier == "gold") & (F.visits >= 10)
ROWS: list[dict[str, Any]] = [
    {"tier": "gold", "visits": 12},
    {"tier": "gold", "visits": 3},
    {"tier": None, "visits": 12},
]


def written(condition: sa.ColumnElement[Any], database: str) -> str:
    """Return the text of a condition for a database, with its constants."""
    dialect = sa.make_url(f"{database}://").get_dialect()()
    compiled = condition.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return str(compiled)


def test_a_query_finds_what_surely_holds(
    connection: sa.Connection, database: Callable[[Schema], Any]
) -> None:
    """Rows for which the criterion fails or is unknown stay away."""
    asked = database(SCHEMA)
    asked.load(ROWS)

    condition = clause(LOYAL, asked.table, schema=SCHEMA)
    found = connection.execute(sa.select(asked.table.c.place).where(condition)).all()

    assert found == [(0,)]


def test_all_three_verdicts_are_words(
    connection: sa.Connection, database: Callable[[Schema], Any]
) -> None:
    """The words are those of the verdicts, and none is missing."""
    asked = database(SCHEMA)
    asked.load(ROWS)

    told = verdict(LOYAL, asked.table, schema=SCHEMA)
    found = connection.scalars(sa.select(told).order_by(asked.table.c.place)).all()

    assert [Verdict(word) for word in found] == [Verdict.HOLDS, Verdict.FAILS, Verdict.UNKNOWN]


def test_the_columns_may_have_other_names() -> None:
    """A mapping says which expression stands for which field."""
    columns = {"visits": sa.column("n", sa.Integer) + 1}

    condition = clause(F.visits > 5, columns, schema=SCHEMA)

    assert written(condition, "sqlite") == "(n + 1) > 5"


def test_whether_something_is_there_may_be_asked_of_any_column() -> None:
    """A field of another kind is compared with nothing, so that its column may be of any type."""
    columns = {"amount": sa.column("amount", sa.JSON)}

    condition = clause(F.amount.is_missing(), columns, schema=Schema.of(amount=dict))

    assert written(condition, "sqlite") == "amount IS NULL"


def test_brackets_stand_around_what_is_no_single_word() -> None:
    """An expression in place of a column is one operand, whatever stands beside it."""
    columns = {"tier": sa.column("a", sa.Text) + sa.column("b", sa.Text)}

    condition = clause(unless(F.tier == "gold"), columns, schema=SCHEMA)

    assert written(condition, "sqlite") == ("(((a || b) COLLATE BINARY = 'gold') IS NOT TRUE)")


def test_a_condition_prints_as_for_postgresql() -> None:
    """Where no database is named, people who read a condition still see it."""
    condition = clause(named("ours", F.tier == "gold"), CUSTOMERS, schema=SCHEMA)

    assert str(condition) == (
        "((customers.tier = :param_1"
        ' AND CAST(customers.tier AS TEXT) COLLATE "C" = :param_1) IS TRUE)'
    )


@pytest.mark.parametrize("criterion", [F.tier == "gold", F.visits > 5, F.since.is_missing()])
def test_other_databases_are_refused(criterion: Criterion) -> None:
    """Nobody has tested that they mean the same."""
    condition = clause(criterion, CUSTOMERS, schema=SCHEMA)

    with pytest.raises(InvalidValueError, match=r"dialect must be sqlite or postgresql .*'mysql'"):
        written(condition, "mysql")


def test_the_criterion_is_checked_first() -> None:
    """What cannot run over the fields gets no SQL."""
    with pytest.raises(FaultsError, match="unknown field 'teir'; did you mean 'tier'"):
        clause(F.teir == "gold", CUSTOMERS, schema=SCHEMA)


def test_a_field_without_a_column_is_refused() -> None:
    """The message names the column that is nearest."""
    columns = {"visit": sa.column("visits", sa.Integer)}

    with pytest.raises(UnknownNameError, match="unknown column 'visits'; did you mean 'visit'"):
        clause(F.visits > 5, columns, schema=SCHEMA)


def test_the_day_of_judgement_is_asked_for_where_it_is_needed() -> None:
    """Nothing reads a clock, and an instant is no day."""
    recent = F.since > as_of.shift(months=-3)

    with pytest.raises(InvalidValueError, match="as_of must be the date of judgement"):
        clause(recent, CUSTOMERS, schema=SCHEMA)
    with pytest.raises(InvalidValueError, match="as_of must be a day, not an instant"):
        clause(recent, CUSTOMERS, schema=SCHEMA, as_of=datetime(2026, 9, 30, tzinfo=UTC))
    assert "2026-06-30" in written(
        clause(recent, CUSTOMERS, schema=SCHEMA, as_of=date(2026, 9, 30)), "sqlite"
    )


@pytest.mark.parametrize("text", ["a\0b", "\ud83d"])
def test_a_text_that_databases_do_not_keep_is_refused(text: str) -> None:
    """PostgreSQL knows no U+0000, SQLite stops at it, and half a character is none."""
    for criterion in (F.tier == text, F.tier.in_([text]), F.tier.contains(text)):
        with pytest.raises(InvalidValueError, match=r"value must have neither U\+0000 nor half"):
            clause(criterion, CUSTOMERS, schema=SCHEMA)


class Tier(Enum):
    """A tier, whose names are not its values."""

    GOLD = "gold"
    BASE = "base"


def _values(words: type[Enum]) -> list[str]:
    return [word.value for word in words]


@pytest.mark.parametrize(
    ("kind", "type_", "rule"),
    [
        (int, sa.Text(), r"of an integer type \(got 'Text\(\)'\)"),
        (int, sa.Numeric(10, 0), "of an integer type"),
        (bool, sa.Integer(), "of the type Boolean"),
        (date, sa.DateTime(), "of the type Date"),
        (float, sa.Numeric(10, 2), "of the type Double or Float"),
        (Decimal, sa.Double(), r"of the type crmcore\.sql\.FixedDecimal, or Numeric"),
        (Decimal, FixedDecimal(4), r"at most 2 behind the point, as the schema says \(got '4 digi"),
        (str, sa.CHAR(3), "of the type Text or String"),
        (str, sa.Enum(Tier), "of the type Text or String, or an Enum that keeps values, not names"),
        (str, sa.Uuid(), "of the type Text or String"),
        (datetime, sa.Date(), r"of the type crmcore\.sql\.Instant"),
        (frozenset[str], sa.JSON(), r"of the type crmcore\.sql\.TextSet"),
        (frozenset[str], sa.ARRAY(sa.Integer), r"of the type crmcore\.sql\.TextSet"),
    ],
)
def test_a_column_that_cannot_hold_the_values_truly_is_refused(
    kind: Any,  # noqa: ANN401 - a type
    type_: Any,  # noqa: ANN401 - a type of SQLAlchemy
    rule: str,
) -> None:
    """The message says which types can."""
    with pytest.raises(InvalidValueError, match=f"the column for value must (be|have) {rule}"):
        clause(F.value.is_missing(), {"value": sa.column("v", type_)}, schema=Schema.of(value=kind))


@pytest.mark.parametrize(
    ("kind", "type_", "rule"),
    [
        (Decimal, sa.Numeric(10, 2), r"be of the type crmcore\.sql\.FixedDecimal: SQLite keeps"),
        (datetime, sa.DateTime(), r"be of the type crmcore\.sql\.Instant: SQLite keeps"),
    ],
)
def test_a_type_that_only_postgresql_keeps_truly_is_refused_on_sqlite(
    kind: Any,  # noqa: ANN401 - a type
    type_: Any,  # noqa: ANN401 - a type of SQLAlchemy
    rule: str,
) -> None:
    """It is refused when the statement is compiled, because only then is the database known."""
    columns = {"value": sa.column("v", type_)}
    condition = clause(F.value.is_missing(), columns, schema=Schema.of(value=kind))

    assert "IS NULL" in written(condition, "postgresql")
    with pytest.raises(InvalidValueError, match=f"columns must {rule}"):
        written(condition, "sqlite")


@pytest.mark.parametrize("type_", [sa.REAL(), sa.Float(24)])
def test_a_float_of_32_bits_is_refused_on_postgresql(type_: Any) -> None:  # noqa: ANN401
    """Its digits differ by who reads them; on SQLite it is one of 64 bits."""
    columns = {"ratio": sa.column("ratio", type_)}
    condition = clause(F.ratio > 0.1, columns, schema=Schema.of(ratio=float))

    assert written(condition, "sqlite") == "ratio > 0.1"
    with pytest.raises(InvalidValueError, match="columns must be of the type DOUBLE PRECISION"):
        written(condition, "postgresql")


def test_postgresql_has_decimals_sets_and_instants_of_its_own(postgresql: sa.Engine) -> None:
    """Columns that were there before the library are read as they are."""
    schema = Schema.of(
        spent=Decimal, rate=Decimal, needs=frozenset[str], at=datetime, seen=datetime, tier=str
    )
    table = sa.Table(
        "customers",
        sa.MetaData(),
        sa.Column("spent", sa.Numeric(10, 2)),
        sa.Column("rate", sa.Numeric),
        sa.Column("needs", sa.ARRAY(sa.Text)),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("seen", sa.DateTime),
        sa.Column("tier", sa.Enum(Tier, values_callable=_values)),
    )
    noon = datetime(2026, 9, 30, 12, tzinfo=UTC)
    row: Mapping[str, Any] = {
        "spent": Decimal("29.90"),
        "rate": Decimal("0.125"),
        "needs": ["mandarin"],
        "at": noon,
        "seen": noon.replace(tzinfo=None),
        "tier": Tier.GOLD,
    }
    criterion = (
        (F.spent + F.rate == Decimal("30.025"))
        & (F.spent > F.rate)
        & (F.rate < Decimal("0.1251"))
        & (F.spent / F.rate > 239)
        & F.spent.in_([Decimal("29.9")])
        & F.needs.has("mandarin")
        & (F.at == noon)
        & (F.seen == noon)
        & F.tier.in_(["gold", "silver"])
    )

    with postgresql.connect() as connection:
        connection.exec_driver_sql("SET TIME ZONE 'Asia/Shanghai'")
        table.create(connection)
        connection.execute(sa.insert(table), row)
        schema = schema.bounded(rate=(Decimal("0.000"), Decimal("1.000")))
        (found,) = connection.execute(sa.select(clause(criterion, table, schema=schema))).one()
        connection.rollback()

    assert found is True


def test_not_a_number_is_missing_among_decimals_too(postgresql: sa.Engine) -> None:
    """The NUMERIC of PostgreSQL has a NaN, which it takes for the greatest number."""
    column = sa.cast(sa.literal_column("'NaN'"), sa.Numeric(10, 2))
    condition = clause(F.spent > 1, {"spent": column}, schema=Schema.of(spent=Decimal))

    with postgresql.connect() as connection:
        assert connection.scalar(sa.select(condition)) is None


def test_instants_with_and_without_a_time_zone_do_not_mix() -> None:
    """PostgreSQL would read the one without in the time zone of whoever asks."""
    columns = {"at": sa.column("at", Instant()), "seen": sa.column("seen", sa.DateTime())}
    schema = Schema.of(at=datetime, seen=datetime)

    for criterion in (F.at < F.seen, F.at.otherwise(F.seen) == datetime(2026, 9, 30, tzinfo=UTC)):
        with pytest.raises(InvalidValueError, match="both have a time zone, or both have none"):
            clause(criterion, columns, schema=schema)


def test_texts_are_the_same_letter_by_letter_whatever_the_collation_says(sqlite: sa.Engine) -> None:
    """A column that takes upper and lower case for equal does not do so in a criterion."""
    schema = Schema.of(tier=str, other=str)
    table = sa.table("tiers", sa.column("tier", sa.Text), sa.column("other", sa.Text))
    criteria = (
        F.tier == "gold",
        F.tier.in_(["gold"]),
        F.tier.starts_with("g"),
        F.tier.ends_with("D"),
        F.tier.contains("OL"),
        F.tier == F.other,
        ~(F.tier != "gold"),
        ~(F.tier != F.other),
        F.tier.otherwise("none") == "gold",
    )

    with sqlite.connect() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE tiers (tier TEXT COLLATE NOCASE, other TEXT COLLATE NOCASE)"
        )
        connection.execute(sa.insert(table), {"tier": "Gold", "other": "gold"})
        query = sa.select(*(clause(each, table, schema=schema) for each in criteria))
        found = connection.execute(query).one()

    assert set(found) == {False}


def test_columns_of_few_bits_do_not_overflow(connection: sa.Connection) -> None:
    """PostgreSQL calculates in the bits of its columns, unless they are widened."""
    columns = {"visits": sa.cast(sa.literal(30_000), sa.SmallInteger)}
    criterion = (
        (F.visits + F.visits == 60_000)
        & (F.visits * 100_000 == 3_000_000_000)
        & (abs(F.visits) - 3 * F.visits == -60_000)
    )

    schema = SCHEMA.bounded(visits=(0, 30_000))
    query = sa.select(clause(criterion, columns, schema=schema))

    assert connection.execute(query).scalar() is True


def test_a_set_may_stand_in_a_column_of_any_name(sqlite: sa.Engine) -> None:
    """The columns of JSON_EACH do not hide those of the table."""
    table = sa.table("customers", sa.column("value", TextSet()))
    condition = clause(
        F.needs.has("a"),
        {"needs": sa.column("value", TextSet())},
        schema=Schema.of(needs=frozenset[str]),
    )

    with sqlite.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE customers (value TEXT)")
        connection.execute(sa.insert(table), [{"value": {"a", "b"}}, {"value": {"b"}}])
        found = connection.scalars(sa.select(condition).select_from(table)).all()

    assert found == [True, False]


def test_the_room_does_not_load_a_driver_of_postgresql() -> None:
    """Whoever uses SQLite needs none."""
    code = "import sys, crmcore.sql; sys.exit('psycopg' in sys.modules)"

    assert run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own code
