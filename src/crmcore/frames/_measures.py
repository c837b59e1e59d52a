"""Measures over data frames, equal to those over the same rows as objects.

The engine reduces a frame to what the states of a `crmcore.measures.Tally` keep; the tally takes
it over and finishes every measure as it does for objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import attrs
import narwhals.stable.v2 as nw

from crmcore.calendar import Period, WorkCalendar
from crmcore.calendar import zone as find_zone
from crmcore.criteria import Schema
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.measures import Measure, Table, Tally

from ._expressions import Expressions
from ._measures_columns import Columns, column_for, columns, rows
from ._measures_states import (
    Cells,
    How,
    Keyed,
    Place,
    State,
    Wanted,
    WantedCases,
    wanted,
    wanted_cases,
)
from ._native import Either, Frame
from ._passes import aliased, hidden, through_arrow
from ._plugins import PythonOnly

Group: TypeAlias = "tuple[Any, ...]"

_LEN: Final = hidden("len")
_NUMBER: Final = hidden("number")


def evaluate(
    measures: Mapping[str, Measure],
    frames: Any,  # noqa: ANN401 - any frame, or frames by their sources
    *,
    periods: Period | Iterable[Period],
    day: str | Mapping[str, str] | None = None,
    by: str | Sequence[str] | Mapping[str, str | Mapping[str, str]] = (),
    zone: ZoneInfo | str | None = None,
    begin: date | Mapping[str, date] | None = None,
    as_of: date,
    version: str = "1",
    parameters: Mapping[str, int | Decimal] | None = None,
    calendars: Mapping[str, WorkCalendar] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    currencies: Mapping[str, str] | None = None,
    schema: Schema | Mapping[str, Schema] | None = None,
    python_only: PythonOnly = "refuse",
) -> Table:
    """Evaluate measures over data frames, by period and group.

    The table is the one that `crmcore.measures.evaluate` makes of the rows as objects. Columns
    stand for fields: null and NaN for what is missing, and an instant without a zone for one in
    UTC. Amounts are whole numbers or decimals; where a measure reads ``amount.amount``, of money,
    a column of this name is read, or one called ``amount``.

    Args:
        measures: The definitions by name.
        frames: A frame of Polars, DuckDB, PySpark, pandas or pyarrow; or for each source its own.
            A lazy frame of Polars is worked out once; DuckDB and Spark are asked several
            times, so that a relation must hold the same rows each time, and be no stream.
        periods: The periods to tell about, which may overlap.
        day: The column that holds the day or instant of a row; for each source, where these
            differ. May be left out where all measures tell their own days.
        by: The dimensions: names of columns, or for each name the column that tells it; for each
            source, where these differ.
        zone: The zone whose days count, or its name, where columns hold instants.
        begin: The day on which the records begin, of all sources or of each one; that of the
            first row where it is not stated.
        as_of: The day at whose beginning the records were known.
        version: The version of the definitions.
        parameters: The numbers that the measures leave open, by name.
        calendars: The work calendars that they name.
        functions: The functions that they name, besides `crmcore.measures.FUNCTIONS`.
        currencies: For each column of amounts of money, the column with their currencies; a
            second currency in a sum is refused. Amounts without such a column are taken to be
            in one currency.
        schema: The types of the columns, of all frames or for each source; those of `schema_of`
            if there is none.
        python_only: What to do with plugin predicates, as for `crmcore.frames.where`.

    Raises:
        FaultsError: If a criterion of a measure cannot run over the columns.
        InvalidValueError: If there is no measure or no period, no day where one is needed, a
            frame is of another library, or a column holds what cannot be measured, as floats.
        UnknownNameError: If there is no such zone, source, column, parameter, calendar or
            function.
        MixedCurrenciesError: If amounts of one sum are in different currencies.

    .. versionadded:: 0.1.0
    """
    tally = Tally(
        measures,
        day=_readings(day),
        by={name: _readings(column) for name, column in _dimensions(by).items()},
        zone=zone,
        begin=begin,
        parameters=parameters,
        calendars=calendars,
        functions=functions,
    )
    for source, frame in _by_source(tally, frames):
        counting = _Counting.opened(
            tally,
            source,
            frame,
            day=_of_source(day, source),
            by=tuple(_of_source(column, source) for column in _dimensions(by).values()),
            zone=None if zone is None else find_zone(zone),
            currencies=currencies or {},
            schema=_of_source(schema, source),
            python_only=python_only,
        )
        counting.count()
    return tally.table(periods, as_of=as_of, version=version)


def _dimensions(by: Any) -> Mapping[str, Any]:  # noqa: ANN401 - in any of three forms
    if isinstance(by, Mapping):
        return by
    return {name: name for name in ([by] if isinstance(by, str) else by)}


def _of_source(given: Any, source: str | None) -> Any:  # noqa: ANN401 - of each or of all
    """Return what was given for a source, or for all of them."""
    return given.get(source) if isinstance(given, Mapping) else given


def _readings(columns: Any) -> Any:  # noqa: ANN401 - of each or of all
    """Return what a tally is told instead of names of columns; it never reads a record."""
    if isinstance(columns, Mapping):
        return {source: _readings(column) for source, column in columns.items()}
    if columns is None:
        return None
    if not isinstance(columns, str):
        rule = "be the name of a column, because a frame is asked by the names of its columns"
        raise InvalidValueError("day or by", columns, rule)
    return attrgetter(columns)


def _by_source(tally: Tally, frames: Any) -> Iterator[tuple[str | None, Any]]:  # noqa: ANN401
    if isinstance(frames, Mapping):
        for source in tally.sources:
            if source is None or source not in frames:
                raise UnknownNameError("source", str(source), frames)
            yield source, frames[source]
    elif len(tally.sources) > 1:
        rule = f"be given for each of {', '.join(map(str, tally.sources))}"
        raise InvalidValueError("frames", type(frames).__name__, rule)
    else:
        yield tally.sources[0], frames


@attrs.define(kw_only=True)
class _Counting:
    """Counts one frame into a tally.

    Attributes:
        tally: The tally.
        source: The kind of records that the rows are.
        columns: What is read of the frame.
        day: The column with the days; None where all cases tell their own.
        moment: The column with the days or instants.
        by: The columns of the dimensions; None for one that this source does not have.
    """

    tally: Tally
    source: str | None
    columns: Columns
    day: str | None
    moment: str | None
    by: tuple[str | None, ...]

    @classmethod
    def opened(
        cls,
        tally: Tally,
        source: str | None,
        native: object,
        *,
        day: str | None,
        by: tuple[str | None, ...],
        zone: ZoneInfo | None,
        currencies: Mapping[str, str],
        schema: Schema | None,
        python_only: PythonOnly,
    ) -> _Counting:
        """Return what counts a frame, of which it has read what is needed."""
        needs = tally._needs(source)  # noqa: SLF001 - the entry for what was counted elsewhere
        paths = {path for need in needs for path in _paths(need)}
        paths.update(name for name in (day, *by) if name is not None)
        names = Frame.open(native, reading=()).types
        reading = {column_for(path, names) for path in paths}
        reading.update(column_for(currencies[name], names) for name in reading & {*currencies})
        wheres = (need.where for need in needs if need.where is not None)
        reading.update(*(where.fields for where in wheres))
        expressions = Expressions.opened(
            _worked_out(native, reading), schema=schema, reading=reading, python_only=python_only
        )
        frame = through_arrow(expressions.frame, reading)
        columns = Columns(
            expressions=attrs.evolve(expressions, frame=frame), zone=zone, currencies=currencies
        )
        return cls(
            tally=tally,
            source=source,
            columns=columns,
            day=None if day is None else columns.day(day),
            moment=None if day is None else columns.value(day),
            by=tuple(None if name is None else columns.value(name) for name in by),
        )

    def count(self) -> None:
        """Count everything that the tally needs."""
        days: list[tuple[State, Wanted, list[nw.Expr]]] = []
        cases: list[tuple[State, WantedCases, list[nw.Expr]]] = []
        for need in self.tally._needs(self.source):  # noqa: SLF001 - as above
            taken = [nw.col(name) for name in self.columns.taken(need.where)]
            of_cases = wanted_cases(need, self.columns)
            if of_cases is not None:
                cases.append((need, of_cases, taken))
            else:
                days.append((need, wanted(need, self.columns, str(self.moment)), taken))
        found = self.columns.read()
        for need, asked, taken in cases:
            self._count_cases(found, need, asked, taken)
        if days:
            dated = found.filter(~nw.col(str(self.day)).is_null())
            self._count_plain(dated, days)
            for need, each, taken in days:
                if each.keyed is not None:
                    self._count_keyed(dated, need, each.keyed, taken)

    def _count_plain(
        self, dated: Either, days: Sequence[tuple[State, Wanted, list[nw.Expr]]]
    ) -> None:
        """Count all that is a number for each day and group, in one go."""
        keys = self._keys(str(self.day))
        masked: dict[str, nw.Expr] = {}
        totals: dict[str, nw.Expr] = {_LEN: nw.len()}
        places: list[list[str]] = []
        for _, asked, taken in days:
            names = []
            for column, how in asked.plain:
                name = hidden("plain", len(masked))
                masked[name] = _masked(column, how, taken, there=nw.col(str(self.day)))
                totals[name] = _total(nw.col(name), how)
                names.append(name)
            places.append(names)
        picked = dated.select(*map(nw.col, keys), *aliased(masked))
        counted = picked.group_by(*keys).agg(*aliased(totals))
        table = list(rows(counted.select(*keys, *totals)))
        at = {name: place for place, name in enumerate([*keys, *totals])}
        where = [(self._group(row, at), row[at[str(self.day)]].toordinal(), row) for row in table]
        for (need, asked, _), names in zip(days, places, strict=True):
            mine = [at[name] for name in names]
            self.tally._absorb_all(  # noqa: SLF001 - the entry for what was counted elsewhere
                need,
                (
                    (group, day, asked.cells([row[place] for place in mine]) if mine else ())
                    for group, day, row in where
                ),
            )

    def _count_keyed(
        self, dated: Either, need: State, asked: Keyed, taken: Sequence[nw.Expr]
    ) -> None:
        """Count what a state keeps of each value or entity."""
        keys = self._keys(str(self.day), *asked.by)
        totals = {_LEN: nw.len()}
        if asked.number is not None:
            totals[_NUMBER] = _total(nw.col(asked.number), asked.how)
        conditions = [*taken, ~nw.col(asked.of).is_null()]
        counted = dated.filter(*conditions).group_by(*keys).agg(*aliased(totals))
        held = dict(zip([*keys, *totals], columns(counted.select(*keys, *totals)), strict=True))
        heads = zip(*(held[name] for name in self._keys(str(self.day))), strict=True)
        values = zip(*(held[name] for name in asked.by), strict=True)
        places: dict[tuple[Any, ...], Place] = {}
        numbers = held.get(_NUMBER, held[_LEN])
        put = asked.put
        for head, found, n, number in zip(heads, values, held[_LEN], numbers, strict=True):
            place = places.get(head)
            if place is None:
                place = places[head] = self._place(head, asked.fresh())
            put(place, found, n, number)
        self.tally._absorb_all(  # noqa: SLF001 - as above
            need, ((each.group, each.day, each.cells) for each in places.values())
        )

    def _place(self, head: tuple[Any, ...], cells: Cells) -> Place:
        """Return a place of the values of its dimensions, and its day behind them."""
        at = dict(zip(self._keys(str(self.day)), head, strict=True))
        group = tuple(None if name is None else at[name] for name in self.by)
        return Place(at[str(self.day)].toordinal(), group, cells)

    def _count_cases(
        self, found: Either, need: State, asked: WantedCases, taken: Sequence[nw.Expr]
    ) -> None:
        """Count cases, which tell their own days."""
        keys = self._keys(*asked.by)
        names = [*keys, _LEN] if asked.is_alike else keys
        picked = found.filter(*taken) if taken else found
        if asked.is_alike:
            picked = picked.group_by(*keys).agg(nw.len().alias(_LEN))
        at = {name: place for place, name in enumerate(names)}
        self.tally._absorb_cases(  # noqa: SLF001 - as above
            need,
            (
                (
                    self._group(row, at),
                    asked.values([row[at[name]] for name in asked.by]),
                    row[at[_LEN]] if asked.is_alike else 1,
                )
                for row in rows(picked.select(*names))
            ),
        )

    def _keys(self, *more: str) -> list[str]:
        """Return the columns to group by, each once."""
        return list(dict.fromkeys([*(name for name in self.by if name is not None), *more]))

    def _group(self, row: Sequence[Any], at: Mapping[str, int]) -> Group:
        return tuple(None if name is None else row[at[name]] for name in self.by)


def _paths(need: State) -> tuple[str, ...]:
    """Return the fields that a state reads."""
    if hasattr(need, "fields"):
        return tuple(need.fields)
    main = () if need.main is None else (need.main,)
    return tuple(key.path for key in (*main, *need.further))


def _worked_out(native: Any, reading: Iterable[str]) -> Any:  # noqa: ANN401 - any frame
    """Return what is read of a lazy frame of Polars, worked out once; another one as it is."""
    given = nw.from_native(native)
    if isinstance(given, nw.LazyFrame) and given.implementation.is_polars():
        names = given.collect_schema().names()
        picked = [name for name in names if name in set(reading)]
        if len(picked) == len(set(reading)):  # else a fault, which is told of the whole frame
            return given.select(*picked).collect().to_native()
    return native


def _masked(column: str | None, how: How, taken: Sequence[nw.Expr], *, there: nw.Expr) -> nw.Expr:
    """Return what is added up, with nulls in the rows that do not count."""
    if column is None:
        return nw.when(*(taken or [~there.is_null()])).then(nw.lit(1, nw.Int64))
    values = nw.col(column)
    if how == "missing":
        return nw.when(*taken, values.is_null()).then(nw.lit(1, nw.Int64))
    return nw.when(*taken).then(values) if taken else values


def _total(values: nw.Expr, how: How) -> nw.Expr:
    """Return the number that a column comes to."""
    totals = {"sum": values.sum, "min": values.min, "max": values.max}
    return totals.get(how, values.count)()
