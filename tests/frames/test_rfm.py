"""RFM on frames: cuts by rank as those of objects, and every customer in the same cell."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.criteria import Schema
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.features import CustomerFeatures
from crmcore.frames import add_rfm, quantile_bins
from crmcore.kernel import CustomerId
from crmcore.segments import RfmBins

SCHEMA = Schema.of(days_since_last=int | None, frequency=int | None, spend=Decimal | None)
CHANCE = random.Random(20260930)  # noqa: S311 - made-up customers
BUYERS = [
    {
        "days_since_last": CHANCE.randrange(1, 60),
        "frequency": int(CHANCE.paretovariate(1.2)),
        "spend": Decimal(CHANCE.randrange(-500, 50_000)) / 100,
    }
    for _ in range(203)
]
NOBODY_YET: dict[str, Any] = {"days_since_last": None, "frequency": 0, "spend": Decimal(0)}
CUSTOMERS: list[dict[str, Any]] = [*BUYERS, NOBODY_YET, *BUYERS[:9]]
STATED = RfmBins(
    recency=(5, 5, 30, Decimal("41.5")),
    frequency=(Decimal("1.5"), 2, 6),
    monetary=(Decimal("0.005"), 100, 200, 400),
)


def features(rows: list[dict[str, Any]]) -> list[CustomerFeatures]:
    """Return rows as features."""
    return [
        CustomerFeatures(customer=CustomerId(f"c-{number}"), as_of=date(2020, 7, 1), **row)
        for number, row in enumerate(rows)
    ]


def cells(rows: list[dict[str, Any]], bins: RfmBins) -> list[tuple[int | None, ...]]:
    """Return the cells that objects are in."""
    found = [bins.cell(customer) for customer in features(rows)]
    return [(None,) * 3 if cell is None else (cell.r, cell.f, cell.m) for cell in found]


def frame_of(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return rows as a frame of Polars."""
    types: dict[str, Any] = {
        "days_since_last": pl.Int64,
        "frequency": pl.Int64,
        "spend": pl.Decimal(18, 2),
    }
    return pl.DataFrame(rows, schema=types)


def test_cuts_and_cells_are_those_of_objects(engine: Any) -> None:
    """Every engine finds the same cuts, and puts every customer into the same cell."""
    frame = engine.frame(CUSTOMERS, SCHEMA)

    bins = quantile_bins(frame)
    columns = engine.columns(add_rfm(frame, bins))

    assert bins == RfmBins.by_quantile(features(CUSTOMERS))
    found = list(zip(columns["r"], columns["f"], columns["m"], strict=True))
    assert found == cells(CUSTOMERS, bins)
    assert list(columns) == [*SCHEMA.names, "r", "f", "m"]


def test_stated_cuts_may_lie_between_two_values(engine: Any) -> None:
    """A cut of half a day or half a cent begins with the next value that there is."""
    columns = engine.columns(add_rfm(engine.frame(CUSTOMERS, SCHEMA), STATED))

    found = list(zip(columns["r"], columns["f"], columns["m"], strict=True))
    assert found == cells(CUSTOMERS, STATED)


def test_the_published_example_comes_out() -> None:
    """With the cuts of the R package rfm, 205 days are in bin 3, and 6 occasions in bin 4.

    Analysis date 2006-12-31; frequency cuts 4, 5, 6, 8; recency cuts 115, 181, 297, 482 days.
    """
    bins = RfmBins(recency=(115, 181, 297, 482), frequency=(4, 5, 6, 8), monetary=())
    frame = pl.DataFrame({"days_since_last": [205, 84, 619], "frequency": [6, 8, 3], "spend": 0})

    found = add_rfm(frame, bins)

    assert found["r"].to_list() == [3, 5, 1]
    assert found["f"].to_list() == [4, 5, 1]
    assert found["m"].to_list() == [1, 1, 1]


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "days_since_last": st.one_of(st.none(), st.integers(1, 9)),
            "frequency": st.integers(1, 4),
            "spend": st.decimals(-2, 2, places=1),
        }
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60)
@given(ROWS)
def test_ties_share_a_bin_as_with_objects(rows: list[dict[str, Any]]) -> None:
    """Few values that many share give fewer bins, the same as those of objects."""
    frame = frame_of([NOBODY_YET, *rows])
    if all(row["days_since_last"] is None for row in rows):
        return

    bins = quantile_bins(frame)
    found = add_rfm(frame, bins)

    assert bins == RfmBins.by_quantile(features(rows))
    assert found.select("r", "f", "m").rows() == cells([NOBODY_YET, *rows], bins)


@settings(max_examples=15)
@given(st.randoms())
def test_the_order_of_customers_does_not_matter(chance: random.Random) -> None:
    """The same customers in another order give the same cuts."""
    shuffled = list(CUSTOMERS)
    chance.shuffle(shuffled)

    assert quantile_bins(frame_of(shuffled)) == quantile_bins(frame_of(CUSTOMERS))


@pytest.mark.parametrize("cut", ["0.1", "0.3", "1e-30"])
def test_cuts_among_floats_are_exact(cut: str) -> None:
    """A float reaches a cut only if its exact value does: 0.1 is above, 0.3 is below."""
    number = float(cut)
    frame = pl.DataFrame({"days_since_last": 1, "frequency": 1, "spend": [number, float("nan")]})

    found = add_rfm(frame, RfmBins(recency=(), frequency=(), monetary=(Decimal(cut),)))

    assert found["m"].to_list() == [1 + (Decimal(number) >= Decimal(cut)), None]


def test_bins_of_floats_begin_with_a_value() -> None:
    """Among floats, a cut by rank is one of them."""
    spend = [0.1, 0.2, 0.3, 0.4, 0.5]
    frame = pl.DataFrame({"days_since_last": 1, "frequency": 1, "spend": spend})

    bins = quantile_bins(frame)

    assert bins.monetary == tuple(Decimal(number) for number in spend[1:])
    assert add_rfm(frame, bins)["m"].to_list() == [1, 2, 3, 4, 5]


def test_nobody_gives_no_cuts() -> None:
    """Where nobody has bought anything there is nothing to cut."""
    with pytest.raises(InvalidValueError, match="features must hold at least one customer"):
        quantile_bins(frame_of([NOBODY_YET]))


def test_wrong_columns_are_refused() -> None:
    """A missing column, one of text and one that would be lost are told by their names."""
    frame = frame_of(CUSTOMERS)

    with pytest.raises(UnknownNameError, match="unknown column 'spend'"):
        add_rfm(frame.drop("spend"), STATED)
    with pytest.raises(InvalidValueError, match="spend must be a column of numbers"):
        add_rfm(frame.with_columns(spend=pl.lit("much")), STATED)
    with pytest.raises(InvalidValueError, match="have no column called 'r'"):
        add_rfm(frame.with_columns(r=1), STATED)
