"""Tallying: records pass once, and every KPI counts of them what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Self, TypeVar, cast
from zoneinfo import ZoneInfo

from crmcore.calendar import Period, WorkCalendar
from crmcore.calendar import zone as find_zone
from crmcore.checks import day
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.kernel import Phrase, minor_digits
from crmcore.measures import Measure, Tally

from ._answers import Answers, key
from ._catalogue import CATALOGUE, kpi
from ._crowd import people
from ._definitions import by_id, definitions
from ._dimensions import By, read_by, refuse_untold
from ._kpi import Kpi
from ._parameters import Stated, settled
from ._series import KpiSeries, in_a_row
from ._sources import SOURCES, Source
from ._walk import within
from ._watch import Counts, Watch, chunks, counting, refuse_strangers

_R = TypeVar("_R")


class KpiTally:
    """Counts what KPIs need while records pass once, in any order.

    What has been counted can be asked for any row of periods, and counting can go on
    afterwards: one more day costs a day, not a year. `compute` is enough for whoever has all
    records at hand and one question.

    .. versionadded:: 0.1.0
    """

    __slots__ = (
        "_assumed",
        "_begin",
        "_crowds",
        "_currency",
        "_hours",
        "_kinds",
        "_parameters",
        "_readings",
        "_sources",
        "_tally",
        "_versions",
        "_watches",
        "_where",
        "_zone",
    )

    def __init__(
        self,
        kpis: Kpi | str | Iterable[Kpi | str] = CATALOGUE,
        *,
        zone: ZoneInfo | str,
        currency: str,
        parameters: Mapping[str, Stated] | None = None,
        by: By = (),
        where: Criterion | None = None,
        customers: Mapping[Any, object] | None = None,
        calendars: Mapping[str, WorkCalendar] | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        sources: Mapping[str, Source] = SOURCES,
        begin: date | Mapping[str, date] | None = None,
        as_of: date | None = None,
    ) -> None:
        """Begin with nothing counted.

        Args:
            kpis: The definitions, or ids or codes of the catalogue. Of several definitions of
                one KPI each period has the one that is in force on its first day.
            zone: The time zone whose days count, or its name.
            currency: The ISO 4217 code of all amounts.
            parameters: What the company states of `PARAMETERS`, and of what further names the
                definitions speak.
            by: The dimensions by which figures can be told apart: names of fields; or for each
                dimension a field or a function, or for each source one of these.
            where: Which customers count: those for whom it holds. Of whom it is unknown does
                not count. It is judged once of each, so that it suits what customers *are*;
                who is chosen by what they did lately is chosen by the outcome.
            customers: What the criterion reads of each customer, by id.
            calendars: Working hours by the names that definitions call them; a calendar that is
                not there counts every hour.
            functions: Functions of one's own, by the names that definitions call them.
            sources: The kinds of records, by the names that definitions call them. Of kinds
                that are not in `SOURCES` as they are here, records may merely look alike.
            begin: The day on which the records begin, of all kinds or of each. Where it is not
                stated it is the day of the first record, and a period before it has no value:
                whether there were no complaints, or nobody wrote them down, cannot be told.
            as_of: The day as of which the criterion is judged, where it depends on one.

        Raises:
            InvalidValueError: If there is no KPI, two definitions of one are in force at once, a
                parameter is out of bounds, a KPI cannot be told apart by a dimension, a
                confidential one counts records that do not say whom they are about, or there is
                a criterion and no customers.
            UnknownNameError: If there is no such KPI, zone, currency, parameter, dimension,
                source, function or calendar.
        """
        minor_digits(currency)
        named = (kpis,) if isinstance(kpis, Kpi | str) else kpis
        asked = [kpi(each) if isinstance(each, str) else each for each in named]
        if not asked:
            raise InvalidValueError("kpis", (), "name at least one KPI that the records can answer")
        versions = by_id(dict.fromkeys(definitions(asked)))
        self._versions = {str(each.id): versions[each.id] for each in asked}
        chosen = [each for held in self._versions.values() for each in held]
        self._kinds = frozenset(sources)
        self._sources = _used(chosen, sources)
        self._readings = read_by(by, self._sources, sources)
        refuse_untold(chosen, self._readings)
        self._zone = find_zone(zone)
        self._currency = currency
        self._where = where
        self._parameters = settled(
            parameters or {}, {name for each in chosen for name in each.stated}
        )
        self._begin = _begins(begin, self._kinds)
        self._crowds = {
            key(each): people(each, self._sources) for each in chosen if each.confidential
        }
        self._hours, self._assumed = _with_hours(chosen, calendars or {}, self._zone)
        self._tally = Tally(
            dict(_measures(chosen, self._crowds)),
            day={name: each.day for name, each in self._sources.items() if each.day is not None},
            by=self._readings,
            zone=self._zone,
            begin=date.min,
            parameters=self._parameters,
            calendars=self._hours,
            functions=functions or {},
        )
        counts = _counting(where, customers, as_of)
        self._watches = {
            name: Watch(
                source.day,
                None if counts is None else counts(source),
                currency if source.tells("currency") else None,
            )
            for name, source in self._sources.items()
        }

    def add(self, record: object, source: str) -> None:
        """Take a record into account.

        Args:
            record: The record.
            source: What kind of record it is, such as ``purchases``.

        Raises:
            InvalidValueError: If it is of another class, or holds what cannot be counted.
            UnknownNameError: If there is no such kind.
            MixedCurrenciesError: If an amount is in another currency.
        """
        self.add_all((record,), source)

    def add_all(self, records: Iterable[object], source: str) -> None:
        """Take records of a kind into account, in any order; a stream of any length.

        Raises:
            InvalidValueError: If one is of another class, or holds what cannot be counted.
            UnknownNameError: If there is no such kind.
            MixedCurrenciesError: If an amount is in another currency.
        """
        for _ in self.passing(records, source):
            pass

    def passing(self, records: Iterable[_R], source: str) -> Iterator[_R]:
        """Yield records of a kind as they come, and take them into account on their way.

        They are looked at some at a time, so that what has been yielded has been counted, and
        some more may have been. Kinds of records that no KPI counts just pass.

        Raises:
            InvalidValueError: If a record is of another class, or holds what cannot be counted.
            UnknownNameError: If there is no such kind.
            MixedCurrenciesError: If an amount is in another currency.
        """
        if source not in self._kinds:
            raise UnknownNameError("source", str(source), self._kinds)
        watch = self._watches.get(source)
        for chunk in chunks(records):
            if watch is not None:
                refuse_strangers(chunk, source, self._sources[source])
                self._tally.add_all(watch.look_at(chunk), source)
            yield from chunk

    def merge(self, other: Self) -> None:
        """Take over what another tally has counted; the other stays as it is.

        Raises:
            InvalidValueError: If the other counts something else.
        """
        if not isinstance(other, KpiTally):
            raise InvalidValueError("other", other, "be a tally of the same KPIs")
        if self._terms() != other._terms():
            rule = "count the same KPIs on the same terms"
            raise InvalidValueError("other", repr(other), rule)
        self._tally.merge(other._tally)
        for name, watch in self._watches.items():
            watch.merge(other._watches[name])

    def _terms(self) -> tuple[object, ...]:
        stated = (self._parameters, self._currency, self._zone.key, self._begin)
        return (self._versions, self._where, *stated)

    def series(
        self,
        periods: Period | Iterable[Period],
        *,
        as_of: date,
        by: str | Sequence[str] | None = None,
        kpis: str | Iterable[str] | None = None,
    ) -> tuple[KpiSeries, ...]:
        """Return the values of the KPIs, as far as records have been counted.

        Args:
            periods: Calendar periods of one grain, one after the other, in any order.
            as_of: The day at whose beginning the values hold.
            by: Which of the dimensions to tell apart; all of them where it is None.
            kpis: Which of the KPIs, by id or code; all of them where it is None.

        Returns:
            A series for each KPI and group, the KPIs in the order in which they were asked for,
            the groups by their values.

        Raises:
            InvalidValueError: If there are no periods, or they are no row of one grain, or
                *as_of* is an instant.
            UnknownNameError: If there is no such dimension or KPI.
            MixedCurrenciesError: If amounts are in another currency.
        """
        day(as_of)
        row = in_a_row(periods)
        names = {
            name: versions for versions in self._versions.values() for name in _names(versions)
        }
        chosen = self._versions if kpis is None else [_find(name, names) for name in _words(kpis)]
        told = tuple(self._readings) if by is None else _words(by)
        for name in told:
            if name not in self._readings:
                raise UnknownNameError("dimension", str(name), self._readings)
        table = self._tally.table(row, as_of=as_of, by=told)
        for other in sorted(table.currencies - {self._currency}):
            raise MixedCurrenciesError(self._currency, other)
        answers = Answers(
            table=table,
            row=row,
            as_of=as_of,
            crowds={name: _crowd_names(name, crowd) for name, crowd in self._crowds.items()},
            first_days={
                name: self._begin.get(name) or each.first_day(self._zone)
                for name, each in self._watches.items()
            },
            sources=self._sources,
            parameters=self._parameters,
            currency=self._currency,
            where=self._where,
            assumed=self._assumed,
        )
        return tuple(one for name in chosen for one in answers.series(self._versions[name]))

    def __repr__(self) -> str:
        """Return how much it counts."""
        by = f" by {', '.join(self._readings)}" if self._readings else ""
        return f"<KpiTally of {len(self._versions)} KPIs{by}>"


def _names(versions: Iterable[Kpi]) -> set[str]:
    return {name for each in versions for name in (each.id, each.code)}


def _words(given: object) -> tuple[Any, ...]:
    is_one = isinstance(given, str) or not isinstance(given, Iterable)
    return (given,) if is_one else tuple(cast("Iterable[Any]", given))


def _find(name: str, names: Mapping[str, Sequence[Kpi]]) -> str:
    if name not in names:
        raise UnknownNameError("KPI", str(name), names)
    return names[name][0].id


def _used(kpis: Iterable[Kpi], sources: Mapping[str, Source]) -> dict[str, Source]:
    """Return the kinds of records that KPIs count."""
    found: dict[str, Source] = {}
    for each in kpis:
        for name in sorted(map(str, each.measure.sources)):
            if name not in sources:
                raise UnknownNameError("source", name, sources)
            found[name] = sources[name]
    return found


def _begins(begin: date | Mapping[str, date] | None, kinds: Iterable[str]) -> dict[str, date]:
    """Return the days on which records begin, as far as they are stated."""
    if begin is None:
        return {}
    if not isinstance(begin, Mapping):
        return dict.fromkeys(kinds, day(begin, "begin"))
    for name in begin:
        if name not in kinds:
            raise UnknownNameError("source", name, kinds)
    return {name: day(first, "begin") for name, first in begin.items()}


def _crowd_names(name: str, crowd: Sequence[Measure]) -> tuple[str, ...]:
    return tuple(f"{name}/{place}" for place in range(len(crowd)))


def _measures(
    kpis: Iterable[Kpi], crowds: Mapping[str, Sequence[Measure]]
) -> Iterator[tuple[str, Measure]]:
    """Yield all that is to be counted, by name."""
    for each in kpis:
        yield key(each), each.measure
    for name, crowd in crowds.items():
        yield from zip(_crowd_names(name, crowd), crowd, strict=True)


def _calendars_of(kpi: Kpi) -> set[str]:
    """Return the names of the calendars of which a KPI speaks."""
    named = {getattr(part, "calendar", None) for part in within(kpi.measure)}
    return {str(name) for name in named - {None}}


def _with_hours(
    kpis: Sequence[Kpi], calendars: Mapping[str, WorkCalendar], zone: ZoneInfo
) -> tuple[dict[str, WorkCalendar], dict[str, tuple[Phrase, ...]]]:
    """Return all calendars that KPIs speak of, and what is assumed where one was not given."""
    hours, assumed = dict(calendars), {}
    known = {name for each in (*kpis, *CATALOGUE) for name in _calendars_of(each)}
    for name in calendars:
        if name not in known:
            raise UnknownNameError("calendar", str(name), known)
    for each in kpis:
        named = _calendars_of(each)
        lacking = sorted(named - calendars.keys())
        hours |= {name: WorkCalendar.always(zone) for name in lacking}
        assumed[key(each)] = tuple(
            Phrase(
                f"Every hour counts, because no calendar {name!r} was handed in.",
                f"未提供日历“{name}”，按全天24小时计算。",
            )
            for name in lacking
        )
    return hours, assumed


def _counting(
    where: Criterion | None, customers: Mapping[Any, object] | None, as_of: date | None
) -> Callable[[Source], Counts | None] | None:
    """Return what makes the judge of the records of a kind."""
    if where is None:
        return None
    if customers is None:
        rule = "be given, because a criterion asks about them"
        raise InvalidValueError("customers", None, rule)
    if not isinstance(where, Criterion):
        raise InvalidValueError("where", where, "be a criterion, such as F.frequency > 1")
    judge, known = where.compile(as_of=as_of), customers
    return lambda source: counting(judge, known, source)
