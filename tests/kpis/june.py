"""KPIs of June 1998: what the worked examples of the catalogue ask for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from crmcore.calendar import Period
from crmcore.kernel import Reason, Undefined
from crmcore.kpis import KpiSeries, compute
from crmcore.measures import Value

JUNE = Period.month(1998, 6)
JULY_1 = date(1998, 7, 1)


def all_of(
    code: str, *by: str, as_of: date = JULY_1, **records: Iterable[object]
) -> tuple[KpiSeries, ...]:
    """Return what a KPI comes to in June, in each group."""
    return compute(records, [JUNE], as_of=as_of, zone="UTC", currency="EUR", kpis=[code], by=by)


def result(code: str, *, as_of: date = JULY_1, **records: Iterable[object]) -> Value | Undefined:
    """Return what a KPI comes to in June."""
    (series,) = all_of(code, as_of=as_of, **records)
    return series.at(JUNE)


def value(code: str, *, as_of: date = JULY_1, **records: Iterable[object]) -> Value:
    """Return what a KPI comes to in June, where it comes to something."""
    found = result(code, as_of=as_of, **records)
    assert isinstance(found, Value), found
    return found


def reason(code: str, *, as_of: date = JULY_1, **records: Iterable[object]) -> Reason:
    """Return why a KPI has no value in June."""
    found = result(code, as_of=as_of, **records)
    assert isinstance(found, Undefined), found
    return found.reason


def parts(found: Value) -> tuple[object, object]:
    """Return what stands above and below the line."""
    return found.numerator, found.denominator


def on(day: int, hour: int = 12, *, month: int = 6) -> datetime:
    """Return an instant of 1998, in June unless stated."""
    return datetime(1998, month, day, hour, tzinfo=UTC)
