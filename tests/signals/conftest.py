"""What the tests of signals share: months in a row, and the charts of their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeAlias

import pytest

from crmcore.calendar import Grain, Period
from crmcore.kernel import Phrase
from crmcore.kpis import Direction
from crmcore.signals import ControlChart

Months: TypeAlias = Callable[[int], tuple[Period, ...]]
Draw: TypeAlias = Callable[..., ControlChart]

FIRST = date(2024, 1, 1)


def _months(count: int) -> tuple[Period, ...]:
    return tuple(
        Period(Grain.MONTH.after(FIRST, place), Grain.MONTH.after(FIRST, place + 1))
        for place in range(count)
    )


def _draw(values: Sequence[Any], **options: Any) -> ControlChart:  # noqa: ANN401
    told = {"subject": "complaints:delay", "name": Phrase("late deliveries", "延迟交付")}
    options = {"direction": Direction.LOWER, **told, **options}
    return ControlChart.of(dict(zip(_months(len(values)), values, strict=True)), **options)


@pytest.fixture(scope="session")
def months() -> Months:
    """Return the maker of so many months in a row, from January 2024 on."""
    return _months


@pytest.fixture(scope="session")
def draw() -> Draw:
    """Return the maker of a chart: values by month from January 2024, and the chart's options."""
    return _draw
