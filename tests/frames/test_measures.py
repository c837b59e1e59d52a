"""Measures over frames against the same measures over the rows as objects."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.calendar import Grain, WorkCalendar, periods
from crmcore.criteria import F, Schema
from crmcore.frames import evaluate
from crmcore.measures import (
    Agreement,
    Balance,
    Both,
    Concentration,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Duration,
    First,
    InTime,
    Last,
    LikeForLike,
    Max,
    Mean,
    Measure,
    Min,
    Newcomers,
    Previous,
    Quantile,
    Rank,
    Ratio,
    Stock,
    Sum,
    Value,
)
from crmcore.measures import evaluate as evaluate_objects

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(1998, 1, 20, tzinfo=UTC)
AS_OF = date(1998, 6, 1)
MONTHS = tuple(periods(Grain.MONTH, date(1998, 1, 1), date(1998, 7, 1)))

SCHEMA = Schema.of(
    id=str,
    at=datetime | None,
    on=date | None,
    team=str | None,
    customer=str | None,
    amount=Decimal | None,
    minutes=int | None,
    is_web=bool | None,
    done=datetime | None,
    due=datetime | None,
    until=date | None,
)

# Around the last Sunday of March, when the clocks of Berlin leap, and all through spring.
MOMENTS = st.integers(0, 4 * 24 * 110).map(lambda n: START + n * timedelta(minutes=15))
LENGTHS = st.integers(0, 24 * 20).map(lambda n: timedelta(hours=n))


@st.composite
def a_visit(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a visit of which much may be missing."""
    at = draw(MOMENTS)
    done, due = (draw(st.none() | LENGTHS) for _ in range(2))
    cents = draw(st.none() | st.integers(-500, 99_999))
    on = at.date()
    return {
        "id": str(draw(st.integers(0, 10**9))),
        "at": draw(st.sampled_from([at] * 9 + [None])),
        "on": draw(st.sampled_from([on] * 9 + [None])),
        "team": draw(st.sampled_from(["east", "west", None])),
        "customer": draw(st.sampled_from(["adatum", "fabrikam", "northwind", None])),
        "amount": None if cents is None else Decimal(cents).scaleb(-2),
        "minutes": draw(st.none() | st.integers(0, 9)),
        "is_web": draw(st.none() | st.booleans()),
        "done": None if done is None else at + done,
        "due": None if due is None else at + due,
        "until": draw(st.none() | st.integers(0, 40).map(lambda n: on + timedelta(days=n))),
    }


VISITS = st.lists(a_visit(), max_size=14, unique_by=lambda visit: visit["id"])

WEB = F.is_web.is_true()
DEAR = (F.amount > 100) | (F.minutes >= 8)
V: dict[str, Any] = {"source": "visits"}
OF_VISITS: dict[str, Measure] = {
    "count": Count(**V),
    "count web": Count(WEB, **V),
    "sum": Sum("amount", **V),
    "sum web": Sum("minutes", ~WEB, **V),
    "sum until": Sum("amount", until="until", **V),
    "mean": Mean("amount", **V),
    "mean dear": Mean("minutes", DEAR, **V),
    "median": Quantile("amount", Decimal("0.5"), WEB, **V),
    "quartile": Quantile("minutes", Decimal("0.25"), **V),
    "distinct": Distinct("customer", **V),
    "minutes": Distinct("minutes", DEAR, **V),
    "min": Min("amount", **V),
    "max": Max("minutes", WEB, **V),
    "first": First("amount", at="id", tie="id", **V),
    "last": Last("minutes", WEB, at="id", tie="id", **V),
    "stock": Stock("at", "done", "mean", **V),
    "stock of days": Stock("on", "until", "end", WEB, **V),
    "stock for ever": Stock("at", moment="start", **V),
    "balance": Balance("amount", "customer", **V),
    "balance first": Balance("minutes", "customer", "first", WEB, over="highest", **V),
    "balance mean": Balance("amount", "customer", "mean", over="median", **V),
    "newcomers": Newcomers("customer", **V),
    "newcomers web": Newcomers("customer", WEB, **V),
    "conversion": Conversion("customer", ~WEB, WEB, days="window", **V),
    "conversion once": Conversion("customer", days=20, first=True, later_day=True, **V),
    "conversion into": Conversion("customer", days=30, into="notes", **V),
    "in time": InTime("at", "done", "due", **V),
    "in time web": InTime("at", "done", "due", where=WEB, on="due", mature=True, **V),
    "in some days": InTime("at", "done", days="window", **V),
    "in time by day": InTime("on", "done", "until", **V),
    "duration": Duration("at", "done", **V),
    "duration web": Duration("at", "done", Decimal("0.25"), "days", where=WEB, **V),
    "working time": Duration("at", "done", calendar="office", **V),
    "agreement": Agreement("minutes", "customer", Decimal(1), **V),
    "like now": LikeForLike("amount", "customer", "now", **V),
    "like before": LikeForLike("amount", "customer", "before", "before", WEB, **V),
    "like kept": LikeForLike("amount", "customer", "kept", "before", present=DEAR, **V),
    "concentration": Concentration("amount", "customer", **V),
    "rank": Rank(Sum("minutes", **V), "minutes", "customer", **V),
    "both": Both(Distinct("customer", **V), Distinct("customer", source="notes")),
    "year": Cumulative(Sum("amount", **V), to_date=Grain.YEAR),
    "active": Cumulative(Distinct("customer", **V), days=60),
    "per head": Ratio(Sum("amount", **V), Distinct("customer", **V)),
    "share": Ratio(Count(WEB, **V), Count(**V), proportion=True),
    "growth": Derived("growth", (Sum("amount", **V), Previous(Sum("amount", **V)))),
    "notes": Mean("minutes", source="notes"),
}
OFFICE = WorkCalendar.always("Europe/Berlin")
GIVEN: dict[str, Any] = {
    "periods": MONTHS,
    "as_of": AS_OF,
    "zone": "Europe/Berlin",
    "parameters": {"window": 14},
    "calendars": {"office": OFFICE},
}


def both(
    engine: Any, records: Mapping[str, Sequence[Mapping[str, Any]]], **options: Any
) -> tuple[Any, Any]:
    """Return the table of frames, and that of objects."""
    frames = {name: engine.frame(rows, SCHEMA) for name, rows in records.items()}
    options = {**GIVEN, **options}
    return evaluate(OF_VISITS, frames, **options), evaluate_objects(OF_VISITS, records, **options)


def a_spring() -> dict[str, list[dict[str, Any]]]:
    """Make up visits and notes of one spring, the same ones each time."""
    chance = random.Random(1998)  # noqa: S311 - made-up data

    def maybe(value: Any) -> Any:
        return None if chance.random() < 0.15 else value

    def a_row(number: int) -> dict[str, Any]:
        at = START + chance.randrange(4 * 24 * 110) * timedelta(minutes=15)
        return {
            "id": str(number),
            "at": maybe(at),
            "on": maybe(at.date()),
            "team": maybe(chance.choice(["east", "west"])),
            "customer": maybe(f"c-{chance.randrange(8)}"),
            "amount": maybe(Decimal(chance.randrange(-500, 99_999)).scaleb(-2)),
            "minutes": maybe(chance.randrange(10)),
            "is_web": maybe(chance.random() < 0.5),
            "done": maybe(at + chance.randrange(200) * timedelta(hours=1)),
            "due": maybe(at + chance.randrange(200) * timedelta(hours=1)),
            "until": maybe(at.date() + timedelta(days=chance.randrange(40))),
        }

    return {name: [a_row(number) for number in range(150)] for name in ("visits", "notes")}


@pytest.mark.parametrize("day", ["at", "on"])
def test_a_spring_comes_to_the_same(engine: Any, day: str) -> None:
    """Every measure over a spring of visits, counted by instants or by days, is the very same."""
    on_frames, on_objects = both(engine, a_spring(), day=day, by=["team", "is_web"])

    assert on_frames == on_objects
    assert {name for _, _, name, value in on_frames.rows if isinstance(value, Value)} == {
        *OF_VISITS
    }


# Spark takes seconds for each question, and has the spring above.
@pytest.mark.parametrize(
    "engine", ["polars", "polars-lazy", "duckdb", "pandas", "pyarrow"], indirect=True
)
@settings(max_examples=3)
@given(visits=VISITS, notes=VISITS)
def test_frames_tell_what_objects_tell(engine: Any, visits: Any, notes: Any) -> None:
    """Every measure, by every engine, is the very value that single records come to."""
    records = {"visits": visits, "notes": notes}

    on_frames, on_objects = both(engine, records, day="at", by="team")

    assert on_frames == on_objects
