"""Decimals that are divided become the floats that are nearest to them, on every engine."""

from __future__ import annotations

import operator
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from crmcore.criteria import F, Schema
from crmcore.frames import judge

LARGEST = 2**53 - 1


@pytest.mark.parametrize("places", [2, 3, 4, 6])
def test_a_divided_decimal_is_the_nearest_float(engine: Any, places: int) -> None:
    """An engine that multiplies by a hundredth, which no float is, would miss it by a digit."""
    random = Random(places)  # noqa: S311 - chance that can be repeated
    units = [random.randint(-LARGEST, LARGEST) for _ in range(500)]
    units += [random.randint(-(10**6), 10**6) for _ in range(500)]
    exact = [Decimal(unit).scaleb(-places) for unit in units]
    bound = Decimal(LARGEST).scaleb(-places)
    schema = Schema.of(price=Decimal, nearest=float).bounded(price=(-bound, bound))
    rows = [{"price": price, "nearest": float(price)} for price in exact]
    same = {"low": F.price / 1 >= F.nearest, "high": F.price / 1 <= F.nearest}

    judged = engine.columns(judge(engine.frame(rows, schema), same, schema=schema))

    assert all(judged["low"])
    assert all(judged["high"])


def test_a_constant_decimal_is_the_nearest_float(engine: Any) -> None:
    """So are the constants that something is divided by."""
    prices = [Decimal("29.99"), Decimal("0.07"), Decimal("90071992547409.88"), Decimal("-19.95")]
    schema = Schema.of(units=int, nearest=float)
    rows = [{"units": LARGEST - 1, "nearest": (LARGEST - 1) / float(price)} for price in prices]
    same = {
        f"{op}_{place}": compare(F.units / price, F.nearest)
        for place, price in enumerate(prices)
        for op, compare in (("ge", operator.ge), ("le", operator.le))
    }

    judged = engine.columns(judge(engine.frame(rows, schema), same, schema=schema))

    for place in range(len(prices)):
        assert judged[f"ge_{place}"][place] is judged[f"le_{place}"][place] is True
