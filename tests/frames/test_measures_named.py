"""What measures over frames read of columns, and what they refuse, example by example."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Grain, Period, WorkCalendar, periods
from crmcore.criteria import F, Schema, predicate
from crmcore.errors import (
    FaultsError,
    InvalidValueError,
    MixedCurrenciesError,
    UnknownNameError,
)
from crmcore.frames import evaluate
from crmcore.kernel import CustomerId, Money, Reason
from crmcore.kpis import CATALOGUE, PARAMETERS, compute
from crmcore.measures import (
    Balance,
    Both,
    Count,
    Distinct,
    Duration,
    InTime,
    Mean,
    Measure,
    Min,
    Stock,
    Sum,
)
from crmcore.measures import evaluate as evaluate_objects

JANUARY = Period.month(1998, 1)
LATER = date(1998, 6, 1)
NOON = datetime(1998, 1, 5, 12, tzinfo=UTC)

ORDERS = pl.DataFrame(
    {
        "day": [date(1998, 1, 5), date(1998, 1, 9), date(1998, 1, 9), None],
        "amount": [Decimal("30.10"), Decimal("50.20"), None, Decimal("7.00")],
        "currency": ["EUR", "EUR", None, "USD"],
        "weight": [1.5, float("nan"), None, 2.0],
        "tags": [["web"], [], None, ["web"]],
        "team": ["east", "west", "east", "west"],
    }
)


def told(measure: Measure, frame: Any = ORDERS, **options: Any) -> Any:
    """Return what a measure of January comes to over a frame."""
    options = {"periods": JANUARY, "day": "day", "as_of": LATER, **options}
    return evaluate({"it": measure}, frame, **options).value("it")


def test_the_sum_of_a_frame() -> None:
    """30.10 and 50.20 make 80.30; one amount is missing, and a row without a day is of no month."""
    value = told(Sum("amount"))

    assert (value.number, value.n, value.missing) == (Decimal("80.30"), 2, 1)


def test_a_column_holds_the_amount_of_money() -> None:
    """What reads amount.amount reads the column amount, and its currency where that is told."""
    table: Any = evaluate(
        {"sales": Sum("amount.amount")},
        ORDERS,
        periods=JANUARY,
        day="day",
        as_of=LATER,
        currencies={"amount": "currency"},
    )

    assert table.value("sales").number == Decimal("80.30")
    assert table.value("sales").missing == 1
    assert table.currencies == {"EUR"}


def test_a_column_with_the_very_name_comes_first() -> None:
    """A column that is called amount.amount is the field of this name."""
    frame = ORDERS.rename({"amount": "amount.amount"})

    assert told(Sum("amount.amount"), frame).number == Decimal("80.30")
    assert told(Sum("amount.amount"), duckdb.from_arrow(frame.to_arrow())).number == Decimal("80.3")


def test_two_currencies_are_refused() -> None:
    """Euros and dollars are not summed, where a column tells them apart."""
    frame = ORDERS.with_columns(day=date(1998, 1, 5))

    with pytest.raises(MixedCurrenciesError, match="EUR"):
        told(Mean("amount"), frame, currencies={"amount": "currency"})


def test_not_a_number_is_missing() -> None:
    """NaN is no value of a field, as in criteria."""
    assert told(Distinct("weight")).number == 1
    assert told(Distinct("weight")).missing == 2


@pytest.mark.parametrize("column", ["weight", "team"])
def test_only_exact_numbers_are_summed(column: str) -> None:
    """The sum of floats depends on their order, and text has none."""
    with pytest.raises(InvalidValueError, match=f"{column} must be a column of whole numbers or"):
        told(Sum(column))


def test_long_numbers_are_refused() -> None:
    """Engines sum in 38 digits and some say nothing beyond; 28 leave room for any frame."""
    longest = Decimal(9_999_999_999_999_999_999_999_999_999).scaleb(-2)
    frame = pl.DataFrame(
        {"day": [date(1998, 1, 5)] * 3, "amount": [longest] * 3},
        schema_overrides={"amount": pl.Decimal(38, 2)},
    )
    longer = frame.with_columns(amount=pl.col("amount") + pl.lit(Decimal("0.01")))

    assert told(Sum("amount"), frame).number == Decimal("299999999999999999999999999.97")
    with pytest.raises(InvalidValueError, match="numbers of at most 28 digits"):
        told(Sum("amount"), longer)


def test_large_integers_do_not_wrap() -> None:
    """Three times the largest number of 64 bits, and its square, are what they are."""
    most = 2**63 - 1
    frame = pl.DataFrame({"day": [date(1998, 1, 5)] * 3, "n": [most] * 3})

    assert told(Sum("n"), frame).number == 3 * most
    assert told(Mean("n"), frame).interval.low == float(most)


def test_two_means_of_a_column_share_its_squares() -> None:
    """1, 2 and 6 have the mean 3, and those of the east, 1 and 2, the mean 1.5."""
    frame = pl.DataFrame(
        {"day": [date(1998, 1, 5)] * 3, "n": [1, 2, 6], "team": ["east", "east", "west"]}
    )
    options: dict[str, Any] = {"periods": JANUARY, "day": "day", "as_of": LATER}
    measures = {"all": Mean("n"), "east": Mean("n", F.team == "east")}

    table: Any = evaluate(measures, frame, **options)

    assert table.value("all").number == 3
    assert table.value("east").number == Decimal("1.5")
    assert table == evaluate_objects(measures, frame.to_dicts(), **options)


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (Sum("amuont"), "unknown column 'amuont'; did you mean 'amount'"),
        (Distinct("tem"), "unknown column 'tem'; did you mean 'team'"),
    ],
)
def test_an_unknown_column_is_refused(measure: Measure, said: str) -> None:
    """A field without a column is told with the nearest one."""
    with pytest.raises(UnknownNameError, match=said):
        told(measure)


def test_a_criterion_must_fit_the_columns() -> None:
    """A criterion about a column that is not there is a fault."""
    with pytest.raises(FaultsError, match="unknown field 'taem'; did you mean 'team'"):
        told(Count(F.taem == "east"), ORDERS.lazy())


def test_lists_are_no_values() -> None:
    """What cannot be told apart cannot be counted."""
    with pytest.raises(InvalidValueError, match="tags must be a column of plain values"):
        told(Distinct("tags"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"day": "team"}, "team must be a column of dates or instants"),
        ({"day": lambda order: order.day}, "be the name of a column"),
        ({"by": {"team": len}}, "be the name of a column"),
    ],
)
def test_days_and_dimensions_are_columns(options: Any, said: str) -> None:
    """A frame is asked by names, not by functions; and a day is no text."""
    with pytest.raises(InvalidValueError, match=said):
        told(Count(), **options)


def test_instants_need_the_zone() -> None:
    """The day of an instant is another one elsewhere."""
    frame = pl.DataFrame({"at": [NOON]})

    with pytest.raises(InvalidValueError, match="zone must be given, because at holds instants"):
        told(Count(), frame, day="at")


def test_a_frame_of_somebody_else_is_refused() -> None:
    """What is no frame is told by its kind."""
    with pytest.raises(InvalidValueError, match="be one of Polars, DuckDB, PySpark, pandas"):
        told(Count(), [1, 2])


def test_a_column_of_the_wrong_kind_is_refused() -> None:
    """A schema that promises whole numbers is held to it."""
    with pytest.raises(InvalidValueError, match="team must be an integer, but the frame has"):
        told(Sum("team"), schema=Schema.of(team=int | None))


def test_each_source_has_its_frame() -> None:
    """Days, dimensions and schemas are told for each source; one that has none has no value."""
    visits = pd.DataFrame({"at": [NOON, NOON], "who": ["bo", None], "minutes": [5, None]})
    table: Any = evaluate(
        {
            "sales": Sum("amount", source="orders"),
            "minutes": Sum("minutes", source="visits"),
            "both": Both(Distinct("team", source="orders"), Distinct("who", source="visits")),
        },
        {"orders": ORDERS, "visits": visits},
        periods=JANUARY,
        day={"orders": "day", "visits": "at"},
        by={"branch": {"orders": "team"}},
        zone="Europe/Berlin",
        as_of=LATER,
        schema={"visits": Schema.of(minutes=int | None)},
    )

    assert table.groups == (("east",), ("west",), (None,))
    assert [table.value("sales", group=g).number for g in table.groups] == [
        Decimal("30.10"),
        Decimal("50.20"),
        0,
    ]
    assert [table.value("minutes", group=g).number for g in table.groups] == [0, 0, 5]
    assert [table.value("both", group=g).number for g in table.groups] == [0, 0, 0]


@pytest.mark.parametrize(
    ("frames", "error", "said"),
    [
        ({"orders": ORDERS}, UnknownNameError, "unknown source 'visits'"),
        (ORDERS, InvalidValueError, "frames must be given for each of orders, visits"),
    ],
)
def test_every_source_is_wanted(frames: Any, error: type[Exception], said: str) -> None:
    """A frame that is missing is not an empty one."""
    measures = {"one": Count(source="orders"), "other": Count(source="visits")}

    with pytest.raises(error, match=said):
        evaluate(measures, frames, periods=JANUARY, day="day", as_of=LATER)


def test_a_frame_without_rows_has_no_data(engine: Any) -> None:
    """Nothing at all is not zero, whether days are days or instants."""
    schema = Schema.of(day=date | None, at=datetime | None, n=int | None)
    frame = engine.frame([], schema)

    for day in ("day", "at"):
        assert told(Sum("n"), frame, day=day, zone="UTC").reason is Reason.NO_DATA


def test_a_lazy_frame_is_worked_out_once() -> None:
    """However much is asked, a plan of Polars runs one time."""
    runs = []

    def run(frame: pl.DataFrame) -> pl.DataFrame:
        runs.append(frame.height)
        return frame

    plan = ORDERS.lazy().map_batches(run, schema=ORDERS.schema)
    measures = {
        "n": Count(F.team == "east"),
        "mean": Mean("amount"),
        "who": Distinct("team"),
        "low": Min("amount"),
    }

    evaluate(measures, plan, periods=JANUARY, day="day", as_of=LATER)

    assert len(runs) == 1


def test_a_plugin_predicate_can_be_asked() -> None:
    """One without an expression is asked in Python about distinct values, where that is allowed."""

    @predicate("acme.is_of_the_east", version="1.0", reads={"team": str})
    def is_of_the_east(order: Any) -> bool:
        return bool(order.team == "east")

    assert told(Count(is_of_the_east()), python_only="distinct").number == 2


CHANGES = ((1998, 3, 29, 1), (1998, 10, 11, 3), (2011, 12, 30, 10))
SHIFTY = ("Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "America/Sao_Paulo")


@pytest.mark.parametrize("zone", SHIFTY)
def test_days_are_those_of_the_zone(engine: Any, zone: str) -> None:
    """Also where clocks leap at midnight, by half an hour, or over a whole day."""
    changes = [datetime(*at, tzinfo=UTC) for at in CHANGES]
    instants = [
        edge + step * timedelta(minutes=15, microseconds=1)
        for edge in changes
        for step in range(-110, 110)
    ]
    rows = [{"at": at} for at in instants]
    options: dict[str, Any] = {
        "periods": [
            Grain.DAY.period(edge.date() + timedelta(days=n))
            for edge in changes
            for n in (-1, 0, 1)
        ],
        "day": "at",
        "zone": zone,
        "as_of": date(2012, 2, 1),
    }

    on_frame = evaluate({"n": Count()}, engine.frame(rows, Schema.of(at=datetime)), **options)

    assert on_frame == evaluate_objects({"n": Count()}, rows, **options)


@attrs.frozen
class Request:
    """A request that is answered, and rests in between."""

    opened: datetime
    solved: datetime | None
    pauses: tuple[tuple[datetime, datetime | None], ...]


HOUR = timedelta(hours=1)
REQUESTS = [
    Request(NOON, NOON + 5 * HOUR, ((NOON + HOUR, NOON + 2 * HOUR),)),
    Request(NOON, NOON + 3 * HOUR, ()),
    Request(NOON + HOUR, None, ((NOON + 2 * HOUR, None),)),
    Request(NOON, NOON + 9 * HOUR, ((NOON, NOON + HOUR), (NOON + 2 * HOUR, NOON + 3 * HOUR))),
]
PAUSES = pa.list_(pa.struct([("start", pa.timestamp("us")), ("end", pa.timestamp("us"))]))


def test_pauses_are_lists_of_starts_and_ends(engine: Any) -> None:
    """A request is paused where its list says so; an open pause lasts."""

    def naive(at: datetime | None) -> datetime | None:
        return None if at is None else at.replace(tzinfo=None)

    pauses = [
        [{"start": naive(start), "end": naive(end)} for start, end in request.pauses] or None
        for request in REQUESTS
    ]
    frame = engine.of_table(
        pa.table(
            {
                "opened": pa.array([naive(r.opened) for r in REQUESTS], pa.timestamp("us")),
                "solved": pa.array([naive(r.solved) for r in REQUESTS], pa.timestamp("us")),
                "pauses": pa.array(pauses, PAUSES),
            }
        )
    )
    measures = {"it": Duration("opened", "solved", pauses="pauses", calendar="always")}
    options: dict[str, Any] = {
        "periods": JANUARY,
        "zone": "UTC",
        "as_of": LATER,
        "calendars": {"always": WorkCalendar.always("UTC")},
    }

    assert evaluate(measures, frame, **options) == evaluate_objects(measures, REQUESTS, **options)


def test_an_hour_late_on_the_day_is_late() -> None:
    """Of two instants the very moment counts, of two days the day."""
    frame = pl.DataFrame(
        {"at": [NOON] * 2, "due": [NOON + HOUR] * 2, "done": [NOON + HOUR, NOON + 2 * HOUR]}
    )
    days = frame.with_columns(pl.all().dt.date())

    by_hour = told(InTime("at", "done", "due"), frame, day=None, zone="UTC")
    by_day = told(InTime("at", "done", "due"), days, day=None)

    assert (by_hour.numerator, by_hour.denominator) == (1, 2)
    assert (by_day.numerator, by_day.denominator) == (2, 2)


def test_cases_that_are_alike_are_counted() -> None:
    """Three members who came on one day are three, and one who came before nobody knows is not."""
    frame = pl.DataFrame({"since": [date(1998, 1, 2)] * 3 + [None]})

    value = told(Stock("since"), frame, day=None)

    assert (value.number, value.missing) == (3, 1)


def test_the_last_value_of_a_day_is_that_of_its_last_moment() -> None:
    """10 at noon and 4 an hour later leave 4; who has no name is missing."""
    frame = pl.DataFrame(
        {"at": [NOON, NOON + HOUR, NOON], "who": ["ada", "ada", None], "stock": [10, 4, 8]}
    )

    value = told(Balance("stock", "who"), frame, day="at", zone="UTC")

    assert (value.number, value.n, value.missing) == (4, 1, 1)


def purchases() -> list[Purchase]:
    """Make up what twelve customers buy in a year, refunds among it."""
    chance = random.Random(1998)  # noqa: S311 - made-up data
    found = []
    for number in range(160):
        refund = chance.random() < 0.1
        cents = chance.randrange(100, 90_000) * (-1 if refund else 1)
        found.append(
            Purchase(
                id=PurchaseId(f"p-{number}"),
                customer=CustomerId(f"c-{chance.randrange(12)}"),
                at=datetime(1998, 1, 1, tzinfo=UTC) + chance.randrange(360 * 24) * HOUR,
                amount=Money(Decimal(cents).scaleb(-2), "EUR"),
                refund=refund,
                channel=chance.choice(["web", "shop", None]),
            )
        )
    return found


def test_kpis_of_the_catalogue_are_the_same_on_frames() -> None:
    """Every KPI that purchases alone can answer is, on a frame, what it is over the records."""
    bought = purchases()
    frame = pl.DataFrame(
        {
            "id": [each.id for each in bought],
            "customer": [each.customer for each in bought],
            "at": [each.at for each in bought],
            "amount": [each.amount.amount for each in bought],
            "currency": [each.amount.currency for each in bought],
            "quantity": [each.quantity for each in bought],
            "refund": [each.refund for each in bought],
            "channel": [each.channel for each in bought],
        }
    )
    months = list(periods(Grain.MONTH, date(1998, 1, 1), date(1999, 1, 1)))
    as_of = date(1999, 1, 1)
    kpis = [kpi for kpi in CATALOGUE if kpi.measure.sources == {"purchases"}]

    series = compute(
        {"purchases": bought}, months, as_of=as_of, zone="Europe/Berlin", currency="EUR", kpis=kpis
    )
    measures = {str(kpi.id): kpi.measure for kpi in kpis}
    options: dict[str, Any] = {
        "periods": months,
        "day": "at",
        "zone": "Europe/Berlin",
        "as_of": as_of,
        "parameters": {name: each.default for name, each in PARAMETERS.items()},
    }
    table = evaluate(measures, frame, currencies={"amount": "currency"}, **options)

    assert len(kpis) >= 10
    assert table == evaluate_objects(measures, bought, **options)
    # A KPI tells of how many customers, where the measure tells of how many records.
    parts = ("number", "numerator", "denominator", "missing", "interval", "reason")
    for each in series:
        for month, value in zip(months, each.values, strict=True):
            found = table.value(each.kpi.id, period=month)
            for part in parts:
                assert getattr(found, part, None) == getattr(value, part, None)
