"""Segments on frames: every row is where its record is, and what is unknown is listed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.criteria import EVERYTHING, Criterion, F, Schema, as_of
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.features import CustomerFeatures
from crmcore.frames import collect_features, place
from crmcore.kernel import CustomerId
from crmcore.segments import Segment, SegmentTable

TODAY = date(2026, 9, 30)
SCHEMA = Schema.of(visits=int | None, spend=Decimal | None, tier=str | None, seen=date | None)
CHANCE = random.Random(20260930)  # noqa: S311 - made-up customers


def maybe(value: object) -> Any:
    """Return a value, or None for a quarter of all."""
    return None if CHANCE.random() < 0.25 else value


CUSTOMERS = [
    {
        "visits": maybe(CHANCE.randrange(10)),
        "spend": maybe(Decimal(CHANCE.randrange(1000)) / 100),
        "tier": maybe(CHANCE.choice(["gold", "silver"])),
        "seen": maybe(TODAY - timedelta(days=CHANCE.randrange(200))),
    }
    for _ in range(150)
]
SEGMENTS = [
    Segment("champions", (F.visits > 6) & (F.tier == "gold")),
    Segment("spenders", F.spend >= Decimal("7.5")),
    Segment("slipping", F.seen < as_of.shift(months=-3)),
    Segment("regulars", F.visits > 3),
]
MANY = [Segment(f"s-{number}", F.visits > 9 - number % 9) for number in range(70)]
APART = [
    Segment("few", F.visits < 3),
    Segment("some", F.visits.between(3, 7)),
    Segment("spending", (F.visits > 5) & (F.spend > Decimal(5))),
]
TABLES = {
    "first wins": SegmentTable(segments=SEGMENTS),
    "with the rest": SegmentTable(segments=[*SEGMENTS, Segment("others", EVERYTHING)]),
    "many": SegmentTable(segments=MANY),
    "exactly one": SegmentTable(segments=APART, exactly_one=True),
    "exactly one, empty": SegmentTable(segments=[], exactly_one=True),
    "empty": SegmentTable(segments=[]),
}


def expected(table: SegmentTable, customer: dict[str, Any]) -> tuple[str | None, int | None]:
    """Return the segment of a record, and the mask of those that might have won."""
    try:
        found = table.place(customer, as_of=TODAY)
    except InvalidValueError:
        return None, None
    mask = sum(1 << table.segments.index(segment) for segment in found.unknown)
    return None if found.segment is None else found.segment.name, mask


def placed(columns: dict[str, list[Any]]) -> list[tuple[str | None, int | None]]:
    """Return the segments and the masks of a frame."""
    words = [name for name in columns if name.startswith("segment_unknown")]
    masks = [
        None if None in row else sum(word << 63 * place for place, word in enumerate(row))
        for row in zip(*(columns[name] for name in words), strict=True)
    ]
    return list(zip(columns["segment"], masks, strict=True))


@pytest.mark.parametrize("name", TABLES)
def test_every_row_is_where_its_record_is(engine: Any, name: str) -> None:
    """Segment and unknown segments are those of the object path, on every engine."""
    table = TABLES[name]
    frame = engine.frame(CUSTOMERS, SCHEMA)

    columns = engine.columns(place(frame, table, as_of=TODAY))

    assert placed(columns) == [expected(table, customer) for customer in CUSTOMERS]
    assert columns["visits"] == [customer["visits"] for customer in CUSTOMERS]


def test_a_row_in_two_segments_shows_as_refused() -> None:
    """Where exactly one segment should hold, a row with two has nulls, and only such a row."""
    frame = pl.DataFrame(
        {"visits": [6, 6, None], "spend": [Decimal(9), None, None]},
        schema={"visits": pl.Int64, "spend": pl.Decimal(18, 2)},
    )

    found = place(frame, TABLES["exactly one"])

    assert found["segment"].to_list() == [None, "some", None]
    assert found["segment_unknown"].to_list() == [None, 0, 0b111]


CRITERIA = st.sampled_from([F.visits > 4, F.visits.is_missing(), F.tier == "gold", EVERYTHING])


@settings(max_examples=50)
@given(st.lists(CRITERIA, max_size=5), st.booleans())
def test_any_table_puts_rows_where_records_are(
    criteria: list[Criterion],
    exactly_one: bool,  # noqa: FBT001 - drawn
) -> None:
    """Whatever holds, fails or is unknown in whatever order, the frame agrees with the records."""
    segments = [Segment(f"s-{number}", found) for number, found in enumerate(criteria)]
    table = SegmentTable(segments=segments, exactly_one=exactly_one)
    types: dict[str, Any] = {
        "visits": pl.Int64,
        "spend": pl.Decimal(18, 2),
        "tier": pl.String,
        "seen": pl.Date,
    }

    found = place(pl.DataFrame(CUSTOMERS[:40], schema=types), table).to_dict(as_series=False)

    assert placed(found) == [expected(table, customer) for customer in CUSTOMERS[:40]]


def test_a_table_for_features_reads_the_features_of_frames(engine: Any) -> None:
    """A table that was written for decimals also reads the trend, which is a float on frames."""
    table = SegmentTable(
        segments=[
            Segment("growing", F.trend > Decimal("0.25")),
            Segment("waning", F.trend <= Decimal("0.25")),
        ]
    )
    days = [TODAY - timedelta(days=day) for day in (1, 200, 1, 200)]
    amounts = [Decimal(5), Decimal(4), Decimal(5), Decimal("3.99")]
    purchases = [
        {"customer": customer, "at": at, "amount": amount}
        for customer, at, amount in zip("aabb", days, amounts, strict=True)
    ]
    frame = engine.frame(purchases, Schema.of(customer=str, at=date, amount=Decimal))

    columns = engine.columns(place(collect_features(frame, as_of=TODAY), table))

    assert dict(zip(columns["customer"], columns["segment"], strict=True)) == {
        "a": "waning",
        "b": "growing",
    }
    assert (
        table.assign(CustomerFeatures(customer=CustomerId("a"), as_of=TODAY, trend=Decimal("0.25")))
        == table.segments[1]
    )


def test_a_prefix_makes_room_for_a_second_table() -> None:
    """Two tables of one frame have their own columns; without a prefix the second is refused."""
    frame = pl.DataFrame({"visits": [7]})
    first = place(frame, SegmentTable(segments=SEGMENTS[3:]))

    second = place(first, SegmentTable(segments=APART[:2]), prefix="apart_")

    assert second.columns == [*first.columns, "apart_segment", "apart_segment_unknown"]
    with pytest.raises(InvalidValueError, match="have no column called 'segment'"):
        place(first, SegmentTable(segments=SEGMENTS[3:]))


def test_a_table_that_cannot_run_is_refused_before_it_runs() -> None:
    """The path of a fault leads to the segment."""
    table = SegmentTable(segments=[SEGMENTS[3], Segment("typo", F.visit > 3)])

    with pytest.raises(FaultsError, match=r"segments\[1\]\.criterion\.gt: unknown field 'visit'"):
        place(pl.DataFrame({"visits": [7]}), table)


def test_a_day_of_judgement_is_wanted_where_a_criterion_needs_it() -> None:
    """A criterion that compares with the day of judgement cannot do without."""
    table = SegmentTable(segments=SEGMENTS[2:3])

    with pytest.raises(InvalidValueError, match="as_of must be the date of judgement"):
        place(pl.DataFrame({"seen": [TODAY]}), table)
