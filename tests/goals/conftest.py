"""What the tests of goals share: series of monthly values, as many as a story needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import pytest

from crmcore.calendar import Grain, Period
from crmcore.kernel import Reason, Undefined
from crmcore.kpis import KpiSeries, Unit, kpi
from crmcore.measures import Value

Monthly: TypeAlias = Callable[..., KpiSeries]


def _monthly(
    name: str, numbers: Sequence[str | int | Reason], *, first: date = date(1997, 1, 1)
) -> KpiSeries:
    of = kpi(name)
    months = tuple(
        Period(Grain.MONTH.after(first, place), Grain.MONTH.after(first, place + 1))
        for place in range(len(numbers))
    )
    values = tuple(
        Undefined(number)
        if isinstance(number, Reason)
        else Value(
            number=Decimal(number),
            numerator=Decimal(number),
            n=1,
            period=month,
            as_of=months[-1].end,
            definition=of.id,
        )
        for month, number in zip(months, numbers, strict=True)
    )
    currency = "EUR" if of.unit is Unit.MONEY else None
    return KpiSeries(kpi=of, periods=months, values=values, as_of=months[-1].end, currency=currency)


@pytest.fixture(scope="session")
def monthly() -> Monthly:
    """Return the maker of a series: a KPI's name, and its numbers by month from January 1997."""
    return _monthly
