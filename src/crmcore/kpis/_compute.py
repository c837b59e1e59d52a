"""Computing: from records to the KPIs of a row of periods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmcore.calendar import Period, WorkCalendar
from crmcore.checks import day
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.features import collect
from crmcore.kernel import Phrase

from ._catalogue import CATALOGUE
from ._dimensions import By, read_by, untold
from ._kpi import Kpi
from ._parameters import Stated
from ._series import KpiSeries, in_a_row
from ._sources import SOURCES, Source
from ._tally import KpiTally
from ._watch import chunks

Progress: TypeAlias = Callable[[int, "int | None", Phrase], None]


def silent(_: int, __: int | None, ___: Phrase) -> None:
    """Tell nobody."""


def compute(
    records: Mapping[str, Iterable[object]],
    periods: Period | Iterable[Period],
    *,
    as_of: date,
    zone: ZoneInfo | str,
    currency: str,
    kpis: Kpi | str | Iterable[Kpi | str] | None = None,
    parameters: Mapping[str, Stated] | None = None,
    by: By = (),
    where: Criterion | None = None,
    customers: Mapping[Any, object] | None = None,
    calendars: Mapping[str, WorkCalendar] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    sources: Mapping[str, Source] = SOURCES,
    begin: date | Mapping[str, date] | None = None,
    progress: Progress = silent,
) -> tuple[KpiSeries, ...]:
    """Compute KPIs for a row of periods, in one pass over the records of each kind.

    A period that has not ended when the day *as_of* begins has no value yet, and neither has
    one that ended before the records begin. What the definition of a KPI leaves to the company
    is stated in *parameters*, and stands in the definition of each series.

    Args:
        records: The records of each kind, by the names of `SOURCES`: lists, or streams of any
            length, in any order.
        periods: Calendar periods of one grain, one after the other, in any order; or one alone.
        as_of: The day at whose beginning the values hold.
        zone: The time zone whose days count, or its name.
        currency: The ISO 4217 code of all amounts.
        kpis: Which KPIs, or their ids or codes, or one of them; all of the catalogue that the
            records can answer unless stated. Of several definitions of one KPI each period has
            the one that is in force on its first day.
        parameters: What the company states of `PARAMETERS`, such as ``active_days``.
        by: The dimensions by which figures are told apart: names of fields; or for each
            dimension a field or a function, or for each kind of records one of these; kinds
            that no KPI counts may be among them.
        where: Which customers count: those for whom it holds. Of whom it is unknown does not
            count. It is judged once, as of *as_of*, so that it suits what customers *are*; who
            is chosen by what they did lately is chosen by the outcome.
        customers: What the criterion reads of each customer, by id. Where it is left out, the
            features as of *as_of*, for which purchases and interactions are kept in memory.
        calendars: Working hours by the names that definitions call them; a calendar that is
            not there counts every hour, and the series says so.
        functions: Functions of one's own, by the names that definitions call them.
        sources: The kinds of records, by the names that definitions call them. Of kinds that
            are not in `SOURCES` as they are here, records may merely look alike.
        begin: The day on which the records begin, of all kinds or of each; the day of the first
            record where it is not stated.
        progress: Is told how many records of a kind have been read.

    Returns:
        A series for each KPI and group, the KPIs in the order in which they were asked for, the
        groups by their values.

    Raises:
        InvalidValueError: If *records* is no mapping, or holds records of another class than
            their kind, there are no periods, or they are no row of one grain, two definitions
            of a KPI are in force at once, a parameter is out of bounds, a KPI cannot be told
            apart by a dimension, or *as_of* is an instant.
        MixedCurrenciesError: If an amount is in another currency.
        UnknownNameError: If there is no such KPI, zone, currency, parameter, dimension or kind
            of records, or a customer is not among *customers*.

    Complexity:
        Linear in the records; what is kept depends on the measures, which say so themselves.

    .. versionadded:: 0.1.0
    """
    day(as_of)
    row = in_a_row(periods)
    if not isinstance(records, Mapping):
        rule = 'be a mapping from kinds to records, such as {"purchases": purchases}'
        raise InvalidValueError("records", type(records).__name__, rule)
    for name in records:
        if name not in sources:
            raise UnknownNameError("source", name, sources)
    if kpis is None:
        kpis = _answerable({name: sources[name] for name in records}, by, sources)
    if where is not None and customers is None:
        records, customers = _with_features(records, as_of, zone, currency)
        sources = {name: attrs.evolve(each, has_others=True) for name, each in sources.items()}
    tally = KpiTally(
        kpis,
        zone=zone,
        currency=currency,
        parameters=parameters,
        by=by,
        where=where,
        customers=customers,
        calendars=calendars,
        functions=functions,
        sources=sources,
        begin=begin,
        as_of=as_of,
    )
    for name in sorted(records):
        _read(records[name], name, sources[name].name, tally, progress)
    return tally.series(row, as_of=as_of)


def _answerable(given: Mapping[str, Source], by: By, known: Iterable[str]) -> tuple[Kpi, ...]:
    """Return the KPIs of the catalogue that some kinds of records can answer."""
    readings = read_by(by, given, known)
    return tuple(
        each
        for each in CATALOGUE
        if each.measure.sources <= given.keys() and untold(each, readings) is None
    )


def _with_features(
    records: Mapping[str, Iterable[object]], as_of: date, zone: ZoneInfo | str, currency: str
) -> tuple[Mapping[str, Iterable[object]], Mapping[Any, object]]:
    """Return the records, kept, and what is known of each customer as of a day."""
    purchases: list[Any] = list(records.get("purchases", ()))
    interactions: list[Any] = list(records.get("interactions", ()))
    trails = collect(purchases, zone=zone, currency=currency, interactions=interactions)
    kept = {"purchases": purchases, "interactions": interactions}
    features = {customer: trail.at(as_of) for customer, trail in trails.items()}
    return {name: kept.get(name, each) for name, each in records.items()}, features


def _read(
    records: Iterable[object], source: str, name: Phrase, tally: KpiTally, progress: Progress
) -> None:
    """Count the records of a kind, and tell how many have been."""
    what = Phrase(f"reading {name.en}", f"读取{name.zh}")
    count = 0
    for chunk in chunks(records):
        tally.add_all(chunk, source)
        count += len(chunk)
        progress(count, None, what)
    progress(count, count, what)
