"""Measures over frames against the same measures over the rows as objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period, WorkCalendar, periods
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


@settings(max_examples=5)
@given(visits=VISITS, notes=VISITS)
def test_frames_tell_what_objects_tell(engine: Any, visits: Any, notes: Any) -> None:
    """Every measure, by every engine, is the very value that single records come to."""
    records = {"visits": visits, "notes": notes}

    on_frames, on_objects = both(engine, records, day="at", by="team")

    assert on_frames == on_objects
