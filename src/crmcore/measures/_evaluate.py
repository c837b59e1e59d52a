"""Evaluating measures over streams of records, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from crmcore.calendar import Period, WorkCalendar
from crmcore.errors import InvalidValueError, UnknownNameError

from ._measure import Measure
from ._table import Table
from ._tally import Begin, By, Day, Tally

Records: TypeAlias = "Iterable[Any] | Mapping[str, Iterable[Any]]"


def evaluate(
    measures: Mapping[str, Measure],
    records: Records,
    *,
    periods: Period | Iterable[Period],
    day: Day = None,
    by: By = (),
    zone: ZoneInfo | str | None = None,
    begin: Begin = None,
    as_of: date,
    version: str = "1",
    parameters: Mapping[str, int | Decimal] | None = None,
    calendars: Mapping[str, WorkCalendar] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Table:
    """Evaluate measures over records in one pass, by period and group.

    Args:
        measures: The definitions by name.
        records: The records, in any order, streams of any length: those of the only source, or
            for each source its own.
        periods: The periods to tell about, which may overlap.
        day: The day on which a record happened: the name of a field that holds dates or
            instants, or a function; for each source, where these differ. May be left out where
            all measures tell their own days.
        by: The dimensions: names of fields, or for each name the field, or the function, that
            tells it; for each source, where these differ.
        zone: The zone whose days count, or its name, where fields hold instants.
        begin: The day on which the records begin, of all sources or of each one; that of the
            first record where it is not stated.
        as_of: The day at whose beginning the records were known.
        version: The version of the definitions.
        parameters: The numbers that the measures leave open, by name.
        calendars: The work calendars that they name.
        functions: The functions that they name, besides those of `FUNCTIONS`.

    Raises:
        InvalidValueError: If there is no measure or no period, no day where one is needed, or
            a field that holds what cannot be measured.
        UnknownNameError: If there is no such zone, source, parameter, calendar or function, or
            a record has no such field.
        MixedCurrenciesError: If the records of one sum are in different currencies.

    Complexity:
        ``O(n)`` time for *n* records, and then for each period time with the days and groups
        that it holds.

    .. versionadded:: 0.1.0
    """
    tally = Tally(
        measures,
        day=day,
        by=by,
        zone=zone,
        begin=begin,
        parameters=parameters,
        calendars=calendars,
        functions=functions,
    )
    if isinstance(records, Mapping):
        for source in tally.sources:
            if source is None or source not in records:
                raise UnknownNameError("source", str(source), records)
            tally.add_all(records[source], source)
    elif len(tally.sources) > 1:
        rule = f"be given for each of {', '.join(map(str, tally.sources))}"
        raise InvalidValueError("records", type(records).__name__, rule)
    else:
        tally.add_all(records)
    return tally.table(periods, as_of=as_of, version=version)
