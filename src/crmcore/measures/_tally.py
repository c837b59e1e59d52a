"""Evaluating measures over streams of records, once, by day and group.

What is counted is kept by day and group, in states that many measures share. So any periods may
be asked for afterwards, a new day costs a day, and two tallies merge into that of all records.

What has been counted elsewhere, as an engine of data frames does, can be handed over state by
state: ``Tally._needs`` tells the states of a source, ``Tally._absorb`` takes the cells of one of
them for a day and group, in the form in which the state itself keeps them, and
``Tally._absorb_cases`` takes cases that are alike with how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Self, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmcore.calendar import Period, WorkCalendar
from crmcore.calendar import zone as find_zone
from crmcore.checks import day as is_day
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase, Reason, Undefined

from ._absorbing import Alike, Counted, absorb, absorb_cases, absorb_cells
from ._answers import Need
from ._answers_of_compounds import answer, needs_of
from ._asking import Desk, Found, Question
from ._cases import Cases, Store
from ._clock import Clock
from ._given import by_name, mapping, names_of, row_of
from ._loop import Held, Loop, Plan, Reading, loop_of
from ._measure import Measure
from ._settings import Settings, check_settings
from ._slots import Slots
from ._table import Group, Place, Row, Table, in_order
from ._trails import Trails

By: TypeAlias = "str | Sequence[str] | Mapping[str, Reading | Mapping[str, Reading]]"
Day: TypeAlias = "Reading | Mapping[str, Reading] | None"
Begin: TypeAlias = "date | Mapping[str, date] | None"
Records: TypeAlias = "Iterable[Any] | Mapping[str, Iterable[Any]]"

_UNPICKLED: Final = ("_loops",)


class Tally:
    """What some measures have counted so far, by day and group.

    Records are added one by one, in any order, each once. Two tallies of the same measures, each
    over a part of the records, merge into that of all of them; and a tally that is kept grows by
    a day's records at the price of that day. Any periods may be asked for at any time.

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        measures: Mapping[str, Measure],
        *,
        day: Day = None,
        by: By = (),
        zone: ZoneInfo | str | None = None,
        begin: Begin = None,
        parameters: Mapping[str, int | Decimal] | None = None,
        calendars: Mapping[str, WorkCalendar] | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        """Begin with nothing counted.

        Args:
            measures: The definitions by name.
            day: The day on which a record happened: the name of a field that holds dates or
                instants, or a function; for each source, where these differ. May be left out
                where all measures tell their own days.
            by: The dimensions: names of fields, or for each name the field, or the function,
                that tells it; for each source, where these differ. A source that is not named
                has no value in the dimension.
            zone: The zone whose days count, or its name, where fields hold instants.
            begin: The day on which the records begin, of all sources or of each one. Where it
                is not stated, it is the day of the first record of the source; what lies
                before it is not zero but unknown.
            parameters: The numbers that the measures leave open, by name.
            calendars: The work calendars that they name.
            functions: The functions that they name, besides those of `FUNCTIONS`. Each takes
                the values of the parts and the numbers given, and returns a `Value`, a decimal,
                or undefined; it is not asked where a part is undefined.

        Raises:
            InvalidValueError: If there is no measure, or no day where one is needed, or a
                number is missing or is no number of days.
            UnknownNameError: If there is no such zone, source, parameter, calendar or function.
        """
        self._measures = by_name(measures)
        self._zone = None if zone is None else find_zone(zone)
        self._clock = Clock(self._zone)
        self._settings = Settings(
            parameters=dict(mapping("parameters", parameters)),
            calendars=dict(mapping("calendars", calendars)),
            functions=dict(mapping("functions", functions)),
        )
        check_settings(self._measures, self._settings)
        sources = frozenset[str | None]().union(*(m.sources for m in self._measures.values()))
        self._sources = tuple(sorted(sources, key=str))
        self._by = names_of(by)
        self._begin = self._begins(begin)
        self._plans = {source: self._plan(source, day, by) for source in self._sources}
        self._held = {source: _held(plan) for source, plan in self._plans.items()}
        self._loops = self._compile()

    def _begins(self, begin: Begin) -> Mapping[str | None, int]:
        if begin is None:
            return {}
        if not isinstance(begin, Mapping):
            return dict.fromkeys(self._sources, is_day(begin, "begin").toordinal())
        for source in begin:
            self._known_source(source)
        return {source: is_day(first, "begin").toordinal() for source, first in begin.items()}

    def _plan(self, source: str | None, day: Day, by: By) -> Plan:
        needs: dict[Need, None] = {}
        for measure in self._measures.values():
            for need in needs_of(measure, self._settings):
                if need.source == source:
                    needs[need] = None
        reading = day.get(str(source)) if isinstance(day, Mapping) else day
        if reading is None and any(isinstance(need, Slots) for need in needs):
            of = "" if source is None else f" of {source}"
            raise InvalidValueError("day", day, f"tell the day of the records{of}, as 'at' would")
        return Plan.of(needs, day=reading, by=_readings(by, source))

    def _compile(self) -> dict[str | None, Loop]:
        return {
            source: loop_of(plan, self._held[source], self._clock)
            for source, plan in self._plans.items()
        }

    def __getstate__(self) -> dict[str, Any]:
        """Return what is kept, without the loops that were written for it."""
        return {name: kept for name, kept in vars(self).items() if name not in _UNPICKLED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what was kept, and write the loops anew."""
        vars(self).update(state)
        self._loops = self._compile()

    @property
    def sources(self) -> tuple[str | None, ...]:
        """The kinds of records that the measures read."""
        return self._sources

    def _known_source(self, source: str | None) -> str | None:
        if source is None and len(self._sources) == 1:
            return self._sources[0]
        if source not in self._sources:
            known = [each for each in self._sources if each is not None]
            raise UnknownNameError("source", str(source), known)
        return source

    def add(self, record: object, source: str | None = None) -> None:
        """Take a record into account.

        Args:
            record: The record.
            source: Which kind of record it is; may be left out where there is one kind only.

        Raises:
            InvalidValueError: If a field holds what cannot be measured.
            UnknownNameError: If no measure reads such a source, or the record has no such field.
            MixedCurrenciesError: If it is in another currency than those before it.
        """
        self._whole()
        self._loops[self._known_source(source)]((record,))

    def add_all(self, records: Iterable[Any], source: str | None = None) -> None:
        """Take many records into account, in one pass; a stream of any length.

        Args:
            records: The records, in any order.
            source: Which kind of records they are; may be left out where there is one kind only.

        Raises:
            InvalidValueError: If a field holds what cannot be measured. The tally has then
                counted a part of the record, and tells nothing any more.
            UnknownNameError: If no measure reads such a source, or a record has no such field.
            MixedCurrenciesError: If records of one sum are in different currencies.
        """
        self._whole()
        loop = self._loops[self._known_source(source)]
        if not isinstance(records, Iterable) or isinstance(records, str | Mapping):
            raise InvalidValueError("records", records, "be records, such as a list of them")
        loop(records)

    def _whole(self) -> None:
        """Want a tally that has refused nothing in the middle."""
        if any(held.is_spoilt for held in self._held.values()):
            refused = "one that refused a record, of which it may have counted a part"
            raise InvalidValueError("tally", refused, "hold whole records; begin a new one")

    def merge(self, other: Self) -> None:
        """Take over what another tally has counted; the other stays as it is.

        Raises:
            InvalidValueError: If the other counts other measures, or by other dimensions, zones
                or parameters.
        """
        if not isinstance(other, Tally):
            raise InvalidValueError("other", other, "be a tally of the same measures")
        self._whole()
        other._whole()
        if self._shape() != other._shape():
            rule = "count the same measures by the same dimensions, zone and parameters"
            raise InvalidValueError("other", other._shape(), rule)
        for source, plan in self._plans.items():
            _merge(plan, self._held[source], other._held[source])

    def _shape(self) -> tuple[object, ...]:
        names = sorted(self._settings.functions)
        settings = self._settings.parameters, self._settings.calendars, names
        return self._measures, self._by, self._zone, self._begin, settings

    def _needs(self, source: str | None = None) -> tuple[Need, ...]:
        """Return the states of a source, for `_absorb`."""
        plan = self._plans[self._known_source(source)]
        return (*(need for need, _ in plan.slots), *plan.cases)

    def _absorb(self, need: Need, group: Group, day: int, cells: Sequence[Any]) -> None:
        """Take over what a state has counted elsewhere of a day and group.

        Args:
            need: The state, one of `_needs`.
            group: The values of the dimensions.
            day: The ordinal of the day.
            cells: The cells of the state. Of a state of entities, the first one is the number
                of records without an entity, and the second one the trail of the others.
        """
        self._absorb_all(need, [(group, day, cells)])

    def _absorb_all(self, need: Need, found: Iterable[Counted]) -> None:
        """Take over many cells of a state, each with its group and the ordinal of its day."""
        plan, held = self._plans[need.source], self._held[need.source]
        if isinstance(need, Cases):
            absorb_cells(plan, held, need, found)
        else:
            absorb(plan, held, need, found)

    def _absorb_cases(self, need: Cases, found: Iterable[Alike]) -> None:
        """Take over cases: their group, the fields of the state, and how many are alike."""
        absorb_cases(self._plans[need.source], self._held[need.source], self._clock, need, found)

    def table(
        self,
        periods: Period | Iterable[Period],
        *,
        as_of: date,
        by: str | Sequence[str] | None = None,
        version: str = "1",
    ) -> Table:
        """Return what has been counted so far; the tally can go on afterwards.

        Args:
            periods: The periods to tell about, which may overlap.
            as_of: The day at whose beginning the records were known. A period that ends later
                is not over, and has no value yet; ask for the period up to *as_of* instead.
            by: Some of the dimensions; all where it is None. What is not additive is counted
                anew from the states, not from the values of the groups.
            version: The version of the definitions.

        Raises:
            InvalidValueError: If there is no period, or *as_of* is an instant.
            UnknownNameError: If there is no such dimension.
            MixedCurrenciesError: If the records of one sum are in different currencies.
        """
        is_day(as_of)
        self._whole()
        row = row_of(periods)
        names = self._by if by is None else names_of(by)
        groups = self._groups(names)
        desk = Desk(
            plans=self._plans,
            held=self._held,
            settings=self._settings,
            zone=self._zone,
            begin=self._begin,
            as_of=as_of,
            version=version,
        )
        found: dict[Place, Found] = {}
        for group, own in groups.items():
            desk.turn_to_next_group()
            for period in row:
                for name, measure in self._measures.items():
                    found[period, group, name] = _ask(desk, measure, name, own, period)
        places = [(p, group, name) for p in row for group in groups for name in self._measures]
        rows: list[Row] = [(*place, found[place].result) for place in places]
        return Table(
            by=names,
            rows=tuple(rows),
            definitions=self._measures,
            currencies={
                place: currency
                for place in places
                if (currency := found[place].currency) is not None
            },
        )

    def _groups(self, names: tuple[str, ...]) -> dict[Group, list[Group]]:
        """Return the groups by some dimensions, each with the groups that it is made of."""
        for name in names:
            if name not in self._by:
                raise UnknownNameError("dimension", name, self._by)
        places = [self._by.index(name) for name in names]
        found: dict[Group, list[Group]] = {} if names else {(): []}
        own = {group for held in self._held.values() for group in held.rows}
        for held in self._held.values():
            for store in held.stores:
                own.update(store.days, store.missing)
        for group in sorted(own, key=in_order):
            found.setdefault(tuple(group[place] for place in places), []).append(group)
        return {group: found[group] for group in sorted(found, key=in_order)}


def _readings(by: By, source: str | None) -> tuple[Reading | None, ...]:
    """Return what tells the dimensions of the records of a source."""
    if not isinstance(by, Mapping):
        return names_of(by)
    return tuple(
        each.get(str(source)) if isinstance(each, Mapping) else each for each in by.values()
    )


def _held(plan: Plan) -> Held:
    return Held(
        trails={at: {} for need, at in plan.slots if isinstance(need, Trails)},
        stores=tuple(Store() for _ in plan.cases),
    )


def _merge(plan: Plan, mine: Held, theirs: Held) -> None:
    new_row = plan.new_row()
    for group, days in theirs.rows.items():
        own = mine.rows.setdefault(group, {})
        for day, row in days.items():
            into = own.get(day)
            if into is None:
                into = own[day] = new_row()
            for need, at in plan.slots:
                need.merge(into, row, at)
    for need, at in plan.slots:
        if isinstance(need, Trails):
            need.take_over(mine.trails[at], theirs.trails[at])
    for case, into_store, store in zip(plan.cases, mine.stores, theirs.stores, strict=True):
        into_store.merge(store, case)


def _ask(desk: Desk, measure: Measure, name: str, own: list[Group], period: Period) -> Found:
    """Return what a measure comes to in a period of a group."""
    if not period.is_complete(desk.as_of):
        detail = Phrase(f"{period} on {desk.as_of}", f"{desk.as_of}时的{period}")
        return Found(Undefined(Reason.INCOMPLETE_PERIOD, detail))
    start, end = period.start.toordinal(), period.end.toordinal()
    ask = Question(desk=desk, name=name, groups=own, period=period, start=start, end=end)
    found = answer(measure, ask)
    if isinstance(found.result, Undefined) or found.result.definition == name:
        return found
    return attrs.evolve(found, result=attrs.evolve(found.result, definition=name))
