"""Keeping the rows of a frame, and giving each its verdict."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, cast

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from crmcore.criteria import EVERYTHING, Criterion, F, Schema, any_of, as_of, named, unless
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.frames import judge, verdict, where

TODAY = date(2026, 9, 30)
CUSTOMERS = Schema.of(
    id=str,
    visits=int | None,
    spent=Decimal | None,
    ratio=float | None,
    tier=Literal["base", "gold", "silver"] | None,
    last_order=date | None,
    seen=datetime | None,
    is_vip=bool | None,
    tags=frozenset[str] | None,
)
ROWS = [
    {
        "id": "c-1",
        "visits": 12,
        "spent": Decimal("99.95"),
        "ratio": 0.5,
        "tier": "gold",
        "last_order": date(2026, 9, 1),
        "seen": datetime(2026, 9, 30, 8, tzinfo=UTC),
        "is_vip": True,
        "tags": {"web", "fair"},
    },
    {"id": "c-2", "ratio": float("nan")},
    {
        "id": "c-3",
        "visits": 3,
        "spent": Decimal("0.00"),
        "ratio": -1.5,
        "tier": "base",
        "last_order": date(2025, 1, 31),
        "seen": datetime(2020, 2, 29, tzinfo=UTC),
        "is_vip": False,
        "tags": set(),
    },
]
# The verdicts on the three customers; on the second one, of whom nothing is known, too.
VERDICTS: dict[str, tuple[Criterion, list[bool | None]]] = {
    "calculated": (F.visits * 10 - 5 > 100, [True, None, False]),
    "dated": (F.last_order > as_of.shift(months=-3), [True, None, False]),
    "seen_now": (F.seen >= datetime(2026, 9, 30, 8, tzinfo=UTC), [True, None, False]),
    "seen_then": (F.seen.in_([datetime(2020, 2, 29, tzinfo=UTC)]), [False, None, True]),
    "listed": (F.last_order.in_([date(2025, 1, 31), date(2000, 1, 1)]), [False, None, True]),
    "spends": (F.spent.in_([Decimal("99.95"), Decimal("1.001")]), [True, None, False]),
    "never_spends": (F.spent.in_([Decimal("1.001")]), [False, None, False]),
    "counted": (F.visits.in_([Decimal("3.0"), Decimal("3.5")]), [False, None, True]),
    "of_many": (F.visits.in_(range(4, 16)), [True, None, False]),
    "spends_of_many": (
        F.spent.in_([Decimal("99.95"), *(Decimal(n) for n in range(1, 12))]),
        [True, None, False],
    ),
    "spends_a_visit": (F.spent / F.visits > 8, [True, None, False]),
    "spends_or_so": (F.spent.otherwise(Decimal("1.005")) > 1, [True, True, False]),
    "spends_and_visits": (F.spent + F.visits > 100, [True, None, False]),
    "lately": (F.last_order.days_until(F.last_order) <= F.visits, [True, None, True]),
    "long_ago": (F.last_order.days_until(as_of) > 365, [False, None, True]),
    "positive": (F.ratio > 0, [True, None, False]),
    "tagged": (F.tags.has("web"), [True, None, False]),
    "vip": (F.is_vip.is_true(), [True, None, False]),
    "unless_vip": (unless(F.is_vip.is_true()), [False, True, True]),
    "not_vip": (~F.is_vip.is_true(), [False, None, True]),
    "in_segment": (named("vips", F.is_vip.is_true()), [True, False, False]),
    "not_in_segment": (~named("vips", F.is_vip.is_true()), [False, True, True]),
    "known": (F.ratio.is_present(), [True, False, True]),
    "everybody": (EVERYTHING, [True, True, True]),
    "nobody": (~EVERYTHING, [False, False, False]),
    "any_of_none": (any_of() | (F.visits > 5), [True, None, False]),
    "everybody_or": (EVERYTHING | (F.visits > 5), [True, True, True]),
    "unless_nobody": (unless(~EVERYTHING) & EVERYTHING, [True, True, True]),
}


def ids(engine: Any, frame: Any) -> list[str]:
    """Return the customers that are left, sorted."""
    return sorted(engine.columns(frame)["id"])


def test_every_row_gets_its_verdict(engine: Any) -> None:
    """A column for each criterion is true where it holds, false where it fails, else null."""
    criteria = {name: criterion for name, (criterion, _) in VERDICTS.items()}

    judged = judge(engine.frame(ROWS, CUSTOMERS), criteria, as_of=TODAY, schema=CUSTOMERS)

    columns = engine.columns(judged)
    assert {name: columns[name] for name in criteria} == {
        name: verdicts for name, (_, verdicts) in VERDICTS.items()
    }
    assert list(columns) == [*sorted(CUSTOMERS.names), *criteria]


@pytest.mark.parametrize("name", VERDICTS)
def test_rows_are_kept_where_a_criterion_holds(engine: Any, name: str) -> None:
    """What is unknown is left out, as in every query; a stranger needs no schema."""
    criterion, verdicts = VERDICTS[name]
    expected = [row["id"] for row, truth in zip(ROWS, verdicts, strict=True) if truth]

    kept = where(engine.frame(ROWS, CUSTOMERS), criterion, as_of=TODAY)

    assert ids(engine, kept) == expected


def test_what_goes_in_comes_out(engine: Any) -> None:
    """The frame is of the same library and lazy if it was; its columns keep their types."""
    frame = engine.frame(ROWS, CUSTOMERS)

    kept, judged = where(frame, F.visits > 5), judge(frame, {"busy": F.visits > 5})

    assert type(kept) is type(judged) is type(frame)
    before, after = nw.from_native(frame), nw.from_native(judged)
    assert nw.from_native(kept).collect_schema() == before.collect_schema()
    assert after.drop("busy").collect_schema() == before.collect_schema()
    assert after.collect_schema()["busy"] == nw.Boolean


def test_a_verdict_is_an_expression(engine: Any) -> None:
    """It goes into whatever else one does with a frame of that kind."""
    frame = engine.frame(ROWS, CUSTOMERS)
    if engine.name == "pandas":
        with pytest.raises(InvalidValueError, match="not be one of pandas, whose expressions"):
            verdict(frame, F.visits > 5)
        return

    opened = nw.from_native(frame).filter(verdict(frame, ~(F.visits > 5)))

    assert ids(engine, opened.to_native()) == ["c-3"]


def test_unknown_columns_are_refused(engine: Any) -> None:
    """The message names the criterion and suggests the nearest column."""
    frame = engine.frame(ROWS, CUSTOMERS)

    with pytest.raises(FaultsError, match=r"busy\.gt: unknown field 'visit'; did you mean 'visits"):
        judge(frame, {"busy": F.visit > 5})


def test_a_field_of_the_schema_need_not_be_there() -> None:
    """A schema may know more than a frame; what a criterion reads must be in both."""
    frame = pl.DataFrame({"visits": [1]})

    assert where(frame, F.visits > 0, schema=CUSTOMERS).height == 1
    with pytest.raises(FaultsError, match="unknown field 'tier'"):
        where(frame, F.tier == "gold", schema=CUSTOMERS)


def test_words_of_the_schema_hold_for_frames() -> None:
    """A word that the field cannot have is refused before anything runs."""
    frame = pl.DataFrame({"tier": ["gold"]})

    with pytest.raises(FaultsError, match="'glod'; did you mean 'gold'"):
        where(frame, F.tier == "glod", schema=CUSTOMERS)


def test_the_day_of_judgement_is_handed_in() -> None:
    """A criterion that depends on it is refused without it."""
    frame = pl.DataFrame({"last_order": [TODAY]})

    with pytest.raises(InvalidValueError, match="as_of must be the date of judgement"):
        where(frame, F.last_order == as_of)


def test_nothing_is_written_over() -> None:
    """A column that is there already is not replaced by a verdict."""
    frame = pl.DataFrame({"visits": [1]})

    with pytest.raises(InvalidValueError, match="have no column called 'visits'"):
        judge(frame, {"visits": F.visits > 0})


def test_no_criteria_change_nothing() -> None:
    """A frame that is asked nothing is what it was."""
    frame = pl.DataFrame({"visits": [1]})

    assert judge(frame, {}).equals(frame)


def test_text_is_read_before_a_frame_is_asked() -> None:
    """What is no criterion is refused, with what makes one of text."""
    frame, text = pl.DataFrame({"visits": [1]}), cast("Criterion", "visits > 0")

    for ask in (where, verdict):
        with pytest.raises(InvalidValueError, match=r"be a Criterion; crmcore.notation.from_text"):
            ask(frame, text)
    with pytest.raises(InvalidValueError, match="criteria must be criteria by the names"):
        judge(frame, cast("Any", F.visits > 0))
