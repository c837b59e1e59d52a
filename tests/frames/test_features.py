"""Features from frames of purchases: what `collect` finds, customer by customer."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.activities import Channel, Direction, Interaction, InteractionId, Purchase, PurchaseId
from crmcore.criteria import Schema
from crmcore.customers import Customer
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.features import CustomerFeatures, collect
from crmcore.frames import collect_features
from crmcore.kernel import CustomerId, Money

TODAY = date(2020, 7, 1)
BEGIN = date(2019, 1, 1)
BOUGHT = Schema.of(customer=str | None, at=date | None, amount=Decimal | None)
MET = Schema.of(customer=str | None, at=date | None)
KNOWN = Schema.of(customer=str | None, known_since=date | None)
CHANCE = random.Random(20260930)  # noqa: S311 - made-up purchases

PURCHASES: list[dict[str, Any]] = [
    {
        "customer": f"c-{CHANCE.randrange(40):02}",
        "at": BEGIN + timedelta(days=CHANCE.randrange(700)),
        "amount": Decimal(CHANCE.choice([0, *range(-900, 3000)])) / 100,
    }
    for _ in range(500)
]
CONTACTS: list[dict[str, Any]] = [
    {
        "customer": f"c-{CHANCE.randrange(45):02}",
        "at": BEGIN + timedelta(days=CHANCE.randrange(700)),
    }
    for _ in range(150)
]
PEOPLE: list[dict[str, Any]] = [
    {
        "customer": f"c-{number:02}",
        "known_since": CHANCE.choice([None, BEGIN + timedelta(days=CHANCE.randrange(700))]),
    }
    for number in range(50)
]
OF_CONTACTS = {"contacts", "recent_contacts", "days_since_contact"}


def at_noon(day: date) -> datetime:
    """Return an instant that is on this day in UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def as_purchases(rows: list[dict[str, Any]]) -> list[Purchase]:
    """Return rows as purchases and refunds."""
    return [
        Purchase(
            id=PurchaseId(f"p-{number}"),
            customer=CustomerId(row["customer"]),
            at=at_noon(row["at"]),
            amount=Money(row["amount"], "EUR"),
            refund=row.get("refund", row["amount"] < 0),
        )
        for number, row in enumerate(rows)
    ]


def expected(purchases: list[dict[str, Any]], **more: Any) -> dict[str, CustomerFeatures]:
    """Return what objects get."""
    window = more.pop("window_days", 180)
    trails = collect(as_purchases(purchases), zone="UTC", currency="EUR", **more)
    return {
        str(customer): trail.at(TODAY, window_days=window) for customer, trail in trails.items()
    }


def check(columns: Mapping[str, list[Any]], features: Mapping[str, CustomerFeatures]) -> None:
    """Hold the columns of a frame to the features of objects."""
    customers = columns["customer"]
    assert sorted(customers) == sorted(features)
    for name, values in columns.items():
        for customer, value in zip(customers, values, strict=True):
            wanted = getattr(features[customer], name)
            if name in {"mean_spend", "trend"} and wanted is not None:
                wanted = float(wanted)
            assert value == wanted, (customer, name)


def test_every_customer_gets_what_objects_get(engine: Any) -> None:
    """Purchases alone give all features of purchases, to the last digit."""
    frame = engine.frame(PURCHASES, BOUGHT)

    columns = engine.columns(collect_features(frame, as_of=TODAY))

    check(columns, expected(PURCHASES))
    assert columns["spend"][0] == columns["spend"][0].quantize(Decimal("0.01"))


def test_contacts_and_customers_bring_their_features(engine: Any) -> None:
    """Whoever only called, or is only known, has a row too, with real zeros."""
    interactions = [
        Interaction(
            id=InteractionId(f"i-{number}"),
            customer=CustomerId(row["customer"]),
            at=at_noon(row["at"]),
            channel=Channel.CALL,
            direction=Direction.INBOUND,
        )
        for number, row in enumerate(CONTACTS)
    ]
    customers = [
        Customer(id=CustomerId(row["customer"]), name="x", known_since=row["known_since"])
        for row in PEOPLE
    ]

    columns = engine.columns(
        collect_features(
            engine.frame(PURCHASES, BOUGHT),
            as_of=TODAY,
            window_days=30,
            interactions=engine.frame(CONTACTS, MET),
            customers=engine.frame(PEOPLE, KNOWN),
        )
    )

    check(
        columns, expected(PURCHASES, interactions=interactions, customers=customers, window_days=30)
    )
    assert {*OF_CONTACTS, "known_days"} <= set(columns)


def test_the_types_are_those_of_the_features(engine: Any) -> None:
    """Counts are integers, sums are decimals, quotients are floats and days are dates."""
    columns = engine.columns(
        collect_features(
            engine.frame(PURCHASES, BOUGHT),
            as_of=TODAY,
            interactions=engine.frame(CONTACTS, MET),
            customers=engine.frame(PEOPLE, KNOWN),
        )
    )

    kinds = {
        name: {type(value) for value in values if value is not None}
        for name, values in columns.items()
    }
    days = ["first_purchase", "last_purchase"]
    sums = ["spend", "recent_spend", "earlier_spend"]
    of_type = {date: days, Decimal: sums, float: ["mean_spend", "trend"], str: ["customer"]}
    for kind, names in of_type.items():
        assert [kinds.pop(name) for name in names] == [{kind}] * len(names)
    assert list(kinds.values()) == [{int}] * len(kinds)
    assert {"frequency", "known_days", *OF_CONTACTS} <= set(kinds)


@settings(max_examples=15)
@given(st.randoms())
def test_the_order_of_purchases_does_not_matter(chance: random.Random) -> None:
    """The same purchases in another order give the same features."""
    frame = polars(PURCHASES)
    places = list(range(len(PURCHASES)))
    chance.shuffle(places)

    first = collect_features(frame, as_of=TODAY).sort("customer")
    second = collect_features(frame[places], as_of=TODAY).sort("customer")

    assert first.equals(second)


def polars(rows: list[dict[str, Any]], **types: Any) -> pl.DataFrame:
    """Return purchases as a frame of Polars."""
    usual: dict[str, Any] = {"customer": pl.String, "at": pl.Date, "amount": pl.Decimal(18, 2)}
    return pl.DataFrame(rows, schema=usual | types)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.dates(date(2019, 12, 1), date(2020, 7, 3)),
            st.decimals(-99, 99, places=2),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 120),
)
def test_any_purchases_give_what_objects_get(
    bought: list[tuple[str, date, Decimal]], window_days: int
) -> None:
    """Few customers with few purchases and any window agree with the objects."""
    rows = [{"customer": who, "at": at, "amount": amount} for who, at, amount in bought]

    found = collect_features(polars(rows), as_of=TODAY, window_days=window_days)

    check(found.to_dict(as_series=False), expected(rows, window_days=window_days))


@settings(max_examples=60)
@given(st.integers(1, 10**12), st.integers(1, 10**12), st.integers(1, 9))
def test_quotients_are_the_nearest_floats(recent: int, earlier: int, times: int) -> None:
    """The mean and the trend are rounded once, from the exact quotient."""
    days = [TODAY - timedelta(days=day + 1) for day in range(times)]
    amounts = [Decimal(recent) / 100, *[Decimal(0)] * (times - 1)]
    rows = [{"customer": "a", "at": d, "amount": a} for d, a in zip(days, amounts, strict=True)]
    before = {"customer": "a", "at": TODAY - timedelta(days=11), "amount": Decimal(earlier) / 100}

    found = collect_features(polars([*rows, before]), as_of=TODAY, window_days=10)

    assert found["mean_spend"].item() == float(Fraction(recent + earlier, 100 * (times + 1)))
    assert found["trend"].item() == float(Fraction(recent - earlier, earlier))


def test_refunds_can_be_marked(engine: Any) -> None:
    """A refund of nothing is no occasion, where the frame says that it is a refund."""
    rows: list[dict[str, Any]] = [
        {"customer": "a", "at": date(2020, 6, 1), "amount": Decimal(5), "refund": False},
        {"customer": "a", "at": date(2020, 6, 2), "amount": Decimal(0), "refund": True},
        {"customer": "a", "at": date(2020, 6, 3), "amount": Decimal(-2), "refund": True},
        {"customer": "b", "at": date(2020, 6, 4), "amount": Decimal(0), "refund": False},
    ]
    schema = Schema.of(customer=str, at=date, amount=Decimal, refund=bool | None)

    columns = engine.columns(
        collect_features(engine.frame(rows, schema), as_of=TODAY, refund="refund")
    )

    check(columns, expected(rows))


def test_a_customer_with_a_faulty_row_has_no_features(engine: Any) -> None:
    """What no purchase could be made of shows as nulls, and is never left out in silence."""
    rows: list[dict[str, Any]] = [
        {"customer": "sound", "at": date(2020, 6, 1), "amount": Decimal(5), "refund": False},
        {"customer": "no day", "at": None, "amount": Decimal(5), "refund": False},
        {"customer": "no day", "at": date(2020, 6, 1), "amount": Decimal(5), "refund": False},
        {"customer": "no amount", "at": date(2020, 6, 1), "amount": None, "refund": False},
        {"customer": "no word", "at": date(2020, 6, 1), "amount": Decimal(1), "refund": None},
        {"customer": "paid back", "at": date(2020, 6, 1), "amount": Decimal(5), "refund": True},
        {"customer": "took", "at": date(2020, 6, 1), "amount": Decimal(-5), "refund": False},
        {"customer": None, "at": date(2020, 6, 1), "amount": Decimal(5), "refund": False},
        {"customer": "missed", "at": date(2020, 6, 1), "amount": Decimal(5), "refund": False},
    ]
    schema = Schema.of(customer=str | None, at=date, amount=Decimal, refund=bool | None)
    contacts = [{"customer": "missed", "at": None}, {"customer": None, "at": date(2020, 6, 1)}]

    columns = engine.columns(
        collect_features(
            engine.frame(rows, schema),
            as_of=TODAY,
            refund="refund",
            interactions=engine.frame(contacts, MET),
        )
    )

    assert set(columns["customer"]) == {row["customer"] for row in rows}
    for name, values in columns.items():
        known = {c for c, v in zip(columns["customer"], values, strict=True) if v is not None}
        assert name == "customer" or known <= {"sound"}, name
    at = columns["customer"].index("sound")
    assert (columns["frequency"][at], columns["contacts"][at]) == (1, 0)


def test_only_what_is_wanted_is_there(engine: Any) -> None:
    """The wanted features come in the order in which they were asked for."""
    frame = engine.frame(PURCHASES, BOUGHT)

    columns = engine.columns(
        collect_features(frame, as_of=TODAY, only=["spend", "days_since_last", "spend"])
    )

    assert list(columns) == ["customer", "spend", "days_since_last"]
    check(columns, expected(PURCHASES))


def test_whole_numbers_are_amounts_too(engine: Any) -> None:
    """Amounts in whole units stay whole; their mean does not."""
    rows = [{"customer": "a", "at": date(2020, 6, day), "amount": 5 * day} for day in (1, 2)]
    schema = Schema.of(customer=str, at=date, amount=int)

    columns = engine.columns(collect_features(engine.frame(rows, schema), as_of=TODAY))

    assert (columns["spend"], columns["mean_spend"]) == ([15], [7.5])


def test_other_names_of_columns_are_told() -> None:
    """A frame keeps its own names; what comes out has those of the features."""
    frame = polars(PURCHASES).rename({"customer": "Client No", "at": "Day", "amount": "Paid"})

    found = collect_features(frame, as_of=TODAY, customer="Client No", at="Day", amount="Paid")

    check(found.to_dict(as_series=False), expected(PURCHASES))


def test_instants_have_their_day_in_the_zone(engine: Any) -> None:
    """What happened after midnight in Berlin belongs to the next day there."""
    if engine.name in {"duckdb", "spark"}:
        pytest.skip("engines of SQL want days")
    rows = [
        {"customer": "a", "at": datetime(2020, 6, 1, 21, 59, tzinfo=UTC), "amount": Decimal(1)},
        {"customer": "b", "at": datetime(2020, 6, 1, 22, 0, tzinfo=UTC), "amount": Decimal(1)},
    ]
    frame = engine.of_table(polars(rows, at=pl.Datetime("us", "UTC")).to_arrow())

    columns = engine.columns(collect_features(frame, as_of=TODAY, zone="Europe/Berlin"))

    days = dict(zip(columns["customer"], columns["last_purchase"], strict=True))
    assert days == {"a": date(2020, 6, 1), "b": date(2020, 6, 2)}


def test_instants_need_a_zone_and_an_engine_that_knows_it() -> None:
    """Without a zone an instant has no day, and engines of SQL know zones each in its own way."""
    frame = polars([], at=pl.Datetime("us", "UTC"))
    naive = polars([], at=pl.Datetime("us"))

    with pytest.raises(InvalidValueError, match="zone must name the zone whose days count"):
        collect_features(frame, as_of=TODAY)
    with pytest.raises(InvalidValueError, match="at must be a column of dates, because engines"):
        collect_features(duckdb.from_arrow(frame.to_arrow()), as_of=TODAY, zone="Europe/Berlin")
    with pytest.raises(InvalidValueError, match="at must be a column of dates, or of instants"):
        collect_features(naive, as_of=TODAY, zone="Europe/Berlin")


def test_a_window_may_be_longer_than_the_calendar() -> None:
    """A window that would begin before the first day of the calendar begins with it."""
    found = collect_features(polars(PURCHASES), as_of=TODAY, window_days=10**7)

    assert found["recent_spend"].equals(found["spend"].rename("recent_spend"))
    assert found["earlier_spend"].to_list() == [Decimal(0)] * len(found)


def test_columns_of_numpy_are_read() -> None:
    """A frame of pandas with plain Python objects and whole numbers is converted."""
    frame = pd.DataFrame({"customer": ["a", "a"], "at": [date(2020, 6, 1)] * 2, "amount": [1, 2]})

    found = collect_features(frame, as_of=TODAY, only=["frequency", "spend"])

    assert found.to_dict("records") == [{"customer": "a", "frequency": 1, "spend": 3}]


def test_a_lazy_frame_stays_lazy() -> None:
    """Nothing is evaluated before somebody asks."""
    found = collect_features(polars(PURCHASES).lazy(), as_of=TODAY)

    assert isinstance(found, pl.LazyFrame)


@pytest.mark.parametrize(
    ("column", "dtype", "message"),
    [
        ("amount", pl.Float64, "amount must be a column of decimals or whole numbers"),
        ("at", pl.String, "at must be a column of dates, or of instants with a time zone"),
    ],
)
def test_columns_of_the_wrong_type_are_refused(column: str, dtype: Any, message: str) -> None:
    """Floats do not sum exactly, and text is no day."""
    with pytest.raises(InvalidValueError, match=message):
        collect_features(polars([], **{column: dtype}), as_of=TODAY)


def test_marks_and_days_of_the_wrong_type_are_refused() -> None:
    """A mark of refunds is true or false, and the day since when somebody is known is a date."""
    frame = polars([])
    people = pl.DataFrame({"customer": ["a"], "known_since": ["2020"]})

    with pytest.raises(InvalidValueError, match="customer must be a column of true and false"):
        collect_features(frame, as_of=TODAY, refund="customer")
    with pytest.raises(InvalidValueError, match="known_since must be a column of dates"):
        collect_features(frame, as_of=TODAY, customers=people)


def test_unknown_columns_and_features_are_refused_with_the_nearest() -> None:
    """A slip of the pen is told from what was meant."""
    frame = polars([])

    with pytest.raises(UnknownNameError, match="unknown column 'amout'; did you mean 'amount'"):
        collect_features(frame, as_of=TODAY, amount="amout")
    with pytest.raises(UnknownNameError, match="unknown feature 'spent'; did you mean 'spend'"):
        collect_features(frame, as_of=TODAY, only=["spent"])
    with pytest.raises(UnknownNameError, match="unknown feature 'contacts'"):
        collect_features(frame, as_of=TODAY, only=["contacts"])


def test_windows_and_days_must_be_proper() -> None:
    """A window has a day at least, and the day of judgement is no instant."""
    with pytest.raises(InvalidValueError, match="window_days must be at least 1"):
        collect_features(polars([]), as_of=TODAY, window_days=0)
    with pytest.raises(InvalidValueError, match="as_of must be a day"):
        collect_features(polars([]), as_of=at_noon(TODAY))


def test_frames_of_two_libraries_do_not_go_together() -> None:
    """Contacts and customers come in frames of the library of the purchases."""
    contacts = pl.DataFrame(CONTACTS).to_arrow()

    with pytest.raises(InvalidValueError, match="interactions must be a frame of polars"):
        collect_features(polars(PURCHASES), as_of=TODAY, interactions=contacts)
