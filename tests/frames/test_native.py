"""What the columns of frames may be, and what is made of them."""

from __future__ import annotations

import importlib
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from narwhals._utils import Version  # it has no public name

from crmcore.criteria import EVERYTHING, Criterion, F, Schema, unless
from crmcore.errors import FaultsError, InvalidValueError, MissingExtraError
from crmcore.frames import judge, schema_of, where

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)


def judged(frame: Any, criterion: Criterion, schema: Schema | None = None) -> list[bool | None]:
    """Return the verdicts on the rows of a frame."""
    column = nw.from_native(judge(frame, {"verdict": criterion}, schema=schema)).lazy()
    verdicts: list[bool | None] = column.select("verdict").collect("pyarrow")["verdict"].to_list()
    return verdicts


def test_the_schema_is_read_from_the_columns(engine: Any) -> None:
    """Every kind of value that criteria know is found, and each may be missing."""
    wanted = Schema.of(
        visits=int | None,
        spent=Decimal | None,
        ratio=float | None,
        name=str | None,
        is_vip=bool | None,
        due=date | None,
        seen=datetime | None,
        tags=frozenset[str] | None,
    )

    assert schema_of(engine.frame([], wanted)) == wanted


def test_types_say_what_a_column_may_hold() -> None:
    """Narrow integers are bounded, decimals have their scale, and categories are the words."""
    frame = pl.DataFrame(
        schema={
            "age": pl.UInt8,
            "change": pl.Int16,
            "spent": pl.Decimal(12, 3),
            "tier": pl.Enum(["silver", "gold"]),
            "city": pl.Categorical,
            "share": pl.Float32,
            "place": pl.Struct({"x": pl.Int8}),
            "days": pl.List(pl.Date),
            "Customer ID": pl.String,
        }
    )

    schema = schema_of(frame)

    assert schema.names == (*("age", "change", "city", "days", "place", "share", "spent", "tier"),)
    assert (schema["age"].low, schema["age"].high) == (0, 255)
    assert (schema["change"].low, schema["change"].high) == (-32768, 32767)
    assert schema["spent"].scale == 3
    assert schema["tier"].words == ("gold", "silver")
    kinds = [schema[name].kind.name for name in ("city", "days", "place", "share")]
    assert kinds == ["TEXT", "OTHER", "OTHER", "FLOAT"]


def test_what_criteria_do_not_know_may_be_missing() -> None:
    """A struct can be asked whether it is there, and nothing else."""
    frame = pl.DataFrame({"place": [{"x": 1}, None]})

    assert judged(frame, F.place.is_missing()) == [False, True]
    with pytest.raises(FaultsError, match="cannot be compared"):
        judged(frame, F.place == 1)


def test_narrow_numbers_are_widened() -> None:
    """What fits into no narrow integer or float is neither wrapped nor rounded."""
    frame = pl.DataFrame(
        {"age": [100, -128], "share": [0.1, 0.5]}, schema={"age": pl.Int8, "share": pl.Float32}
    )

    assert judged(frame, F.age + 100 > 127) == [True, False]
    assert judged(frame, abs(F.age) == 128) == [False, True]
    assert judged(frame, F.age.otherwise(1000) == 1000) == [False, False]
    assert judged(frame, F.share > 0.1) == [True, True]  # 0.1 of 32 bits is a little more


@pytest.mark.parametrize("dtype", [pl.UInt64, pl.Int128])
def test_wide_integers_are_narrowed(dtype: Any) -> None:
    """Sums of DuckDB have 128 bits; they count as integers as long as 64 bits hold them."""
    frame = pl.DataFrame({"visits": [1, None]}, schema={"visits": dtype})

    assert judged(frame, F.visits - 2 < 0) == [True, None]


def test_integers_may_stand_for_decimals_and_floats() -> None:
    """Where the schema says so, whole numbers are read as what they stand for."""
    frame = pl.DataFrame({"spent": [100, None], "ratio": [1, None]})
    schema = Schema.of(spent=Decimal | None, ratio=float | None)

    assert judged(frame, F.spent.otherwise(Decimal("0.05")) > 1, schema) == [True, False]
    assert judged(frame, F.spent.in_([Decimal("100.00")]), schema) == [True, None]
    assert judged(frame, F.ratio > 0.5, schema) == [True, None]


@pytest.mark.parametrize("scale", [0, 1, 4])
def test_the_scale_of_decimals_is_that_of_the_schema(engine: Any, scale: int) -> None:
    """A coarser column is as good; a finer one is refused, because it would be rounded."""
    cell = Decimal(5).scaleb(-scale)
    frame = engine.of_table(pa.table({"spent": pa.array([cell], pa.decimal128(12, scale))}))
    schema = Schema.of(spent=Decimal)
    criteria = {
        "listed": F.spent.in_([cell, Decimal("0.01")]),
        "summed": F.spent + F.spent - Decimal("0.25") == cell + cell - Decimal("0.25"),
        "replaced": F.spent.otherwise(Decimal("0.01")) == cell,
    }

    if scale > 2:
        with pytest.raises(FaultsError, match="spent: must have at most 2 decimal places"):
            judge(frame, criteria, schema=schema)
    else:
        columns = engine.columns(judge(frame, criteria, schema=schema))
        assert [columns[name] for name in criteria] == [[True], [True], [True]]


@pytest.mark.parametrize(
    ("values", "annotation", "said"),
    [
        (["1"], int, "visits: must be an integer, but the frame has String"),
        ([1.0], int, "visits: must be an integer, but the frame has Float64"),
        ([1.0], Decimal, "visits: must be a decimal, but the frame has Float64"),
        ([NOON.replace(tzinfo=None)], date, "visits: must be a date, but the frame has Datetime"),
    ],
)
def test_a_column_must_hold_what_the_schema_says(
    values: list[Any], annotation: type, said: str
) -> None:
    """Nothing is read as what it is not; decimals never come from floats."""
    frame = pl.DataFrame({"visits": values})

    with pytest.raises(FaultsError, match=said):
        where(frame, F.visits.is_present(), schema=Schema.of(visits=annotation))


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai"])
def test_instants_are_compared_in_utc(unit: Any, zone: str | None) -> None:
    """A zone is part of how an instant is shown; without one, it is in UTC."""
    aware = pl.Series("seen", [NOON, None]).dt.cast_time_unit(unit)
    shown = aware.dt.replace_time_zone(None) if zone is None else aware.dt.convert_time_zone(zone)
    frames = [shown.to_frame(), shown.to_frame().to_arrow()]
    frames.append(frames[-1].to_pandas(types_mapper=pd.ArrowDtype))

    for frame in frames:
        assert judged(frame, F.seen == NOON) == [True, None]
        assert judged(frame, F.seen < NOON) == [False, None]


@pytest.mark.parametrize(("zone", "is_read"), [("UTC", True), ("Asia/Shanghai", False)])
def test_the_zone_of_a_session_is_utc(zone: str, *, is_read: bool) -> None:
    """An engine of SQL shows instants in the zone of its session, which decides what they say."""
    with duckdb.connect() as connection:
        connection.execute(f"SET TimeZone = '{zone}'")
        relation = connection.sql("SELECT TIMESTAMPTZ '2026-09-30 12:00:00+00' AS seen")

        if is_read:
            assert judged(relation, F.seen == NOON) == [True]
        else:
            with pytest.raises(FaultsError, match="seen: must be in UTC, to which the zone of"):
                where(relation, F.seen < NOON)


def test_categories_are_text() -> None:
    """They are compared as what they say, also with words that are no category."""
    frame = pl.DataFrame({"city": ["Kiel", None]}, schema={"city": pl.Categorical})

    assert judged(frame, F.city.starts_with("Ki")) == [True, None]
    assert judged(frame, F.city == "Ulm") == [False, None]


NUMPY = pd.DataFrame(
    {
        "visits": [1, None, 3],
        "ratio": [1.5, float("nan"), 2.0],
        "name": ["Ada", None, "Bo"],
        "is_vip": [True, None, False],
        "spent": [Decimal("1.50"), None, Decimal("2.00")],
        "due": [date(2026, 1, 1), None, date(2026, 2, 1)],
        "tags": [{"web"}, None, set()],
        "mixed": [1, "a", None],
    },
    index=[7, 7, 9],
)


@pytest.mark.parametrize(
    ("criterion", "verdicts"),
    [
        (F.visits == 1, [True, None, False]),
        (~(F.ratio > 1.5), [True, None, False]),
        (F.name != "Bo", [True, None, False]),
        (~F.is_vip.is_true(), [False, None, True]),
        (F.spent + 1 > 2, [True, None, True]),
        (F.due < date(2026, 1, 15), [True, None, False]),
        (F.tags.has("web"), [True, None, False]),
        (F.mixed.is_missing(), [False, False, True]),
        (unless(F.is_vip.is_true()), [False, True, True]),
    ],
)
def test_types_of_numpy_are_converted(criterion: Criterion, verdicts: list[bool | None]) -> None:
    """What NumPy calls NaN, False or an object is missing where it is; the rest is untouched."""
    schema = Schema.of(schema_columns(), visits=int | None)

    found = judge(NUMPY, {"verdict": criterion}, schema=schema)
    kept = where(NUMPY, criterion, schema=schema)

    assert [None if pd.isna(truth) else truth for truth in found["verdict"]] == verdicts
    pd.testing.assert_frame_equal(found.drop(columns="verdict"), NUMPY)
    pd.testing.assert_frame_equal(kept, NUMPY[[truth is True for truth in verdicts]])


def schema_columns() -> dict[str, Any]:
    """Return the types of the columns that NumPy has no type for."""
    return {
        "ratio": float | None,
        "name": str | None,
        "is_vip": bool | None,
        "spent": Decimal | None,
        "due": date | None,
        "tags": frozenset[str] | None,
        "mixed": object,
    }


def test_fractions_are_no_integers() -> None:
    """A column of NumPy's floats is read as integers only if all of them are whole."""
    frame = pd.DataFrame({"visits": [1.0, 2.5]})

    with pytest.raises(FaultsError, match="visits: must be an integer, but the frame has Float64"):
        where(frame, F.visits == 1, schema=Schema.of(visits=int))


def test_conversion_needs_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame of pandas is refused where nothing can tell which of its cells are missing."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(InvalidValueError, match="have pyarrow beside it"):
        where(pd.DataFrame({"visits": [1]}), F.visits == 1)


@pytest.mark.parametrize("frame", [pl.DataFrame(), pd.DataFrame()])
def test_a_frame_without_columns_is_refused(frame: Any) -> None:
    """There is nothing that a criterion could be asked of."""
    with pytest.raises(InvalidValueError, match="frame must have a column"):
        where(frame, EVERYTHING)


class OfSomebodyElse:
    """A frame that narwhals knows and this library does not."""

    _implementation = nw.Implementation.DASK
    _version = Version.V2

    def _with_version(self, _version: Any) -> OfSomebodyElse:
        return self

    def __narwhals_lazyframe__(self) -> OfSomebodyElse:
        """Return itself."""
        return self


@pytest.mark.parametrize("frame", [[{"visits": 1}], OfSomebodyElse()])
def test_other_libraries_are_refused(frame: Any) -> None:
    """The message says which ones are proven to give the right verdicts."""
    with pytest.raises(InvalidValueError, match="be one of Polars, DuckDB, PySpark, pandas or py"):
        where(frame, F.visits > 0)


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without narwhals, the message says which command installs it."""
    monkeypatch.setitem(sys.modules, "narwhals.stable.v2", None)
    monkeypatch.delitem(sys.modules, "crmcore.frames")

    with pytest.raises(MissingExtraError, match=r"pip install 'crmcore\[frames\]'"):
        importlib.import_module("crmcore.frames")
