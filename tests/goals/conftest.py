"""What the tests of goals share: series of values, as many as a story needs."""

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
from crmcore.statistics import wilson

Monthly: TypeAlias = Callable[..., KpiSeries]


def _monthly(
    name: str,
    numbers: Sequence[str | int | Reason],
    *,
    first: date = date(1997, 1, 1),
    grain: Grain = Grain.MONTH,
    samples: int | None = None,
    versions: Sequence[str] = (),
) -> KpiSeries:
    of = kpi(name)
    months = tuple(
        Period(grain.after(first, place), grain.after(first, place + 1))
        for place in range(len(numbers))
    )
    version = dict(enumerate(versions))
    values = tuple(
        Undefined(number)
        if isinstance(number, Reason)
        else Value(
            number=Decimal(number),
            numerator=Decimal(number),
            n=samples or 1,
            interval=None if samples is None else wilson(int(Decimal(number) * samples), samples),
            period=month,
            as_of=months[-1].end,
            definition=of.id,
            version=version.get(place, of.version),
        )
        for place, (month, number) in enumerate(zip(months, numbers, strict=True))
    )
    currency = "EUR" if of.unit is Unit.MONEY else None
    return KpiSeries(kpi=of, periods=months, values=values, as_of=months[-1].end, currency=currency)


@pytest.fixture(scope="session")
def monthly() -> Monthly:
    """Return the maker of a series: a KPI's name, and its numbers from January 1997 on.

    They are monthly unless another grain is asked for. Of a stated number of samples, each
    value has its interval; the versions are those of the first values.
    """
    return _monthly
