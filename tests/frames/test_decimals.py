"""Decimals that are divided become the floats that are nearest to them, on every engine."""

from __future__ import annotations

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
