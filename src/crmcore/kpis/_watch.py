"""Watching records pass: when they begin, and which of them count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from operator import attrgetter
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from crmcore.calendar import day_in
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError

from ._sources import SOURCES, Source

Counts: TypeAlias = Callable[[object], bool]

_CHUNK: Final = 2048


def chunks(records: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the records in lists of some, as they come."""
    if not isinstance(records, Iterable):
        raise InvalidValueError("records", records, "be records, such as a list of them")
    flow = iter(records)
    while chunk := list(islice(flow, _CHUNK)):
        yield chunk


def refuse_strangers(records: Iterable[object], name: str, source: Source) -> None:
    """Refuse records of another class than a shipped kind has; its own a company knows best.

    Raises:
        InvalidValueError: If there is one.
    """
    kind = source.record
    if name not in SOURCES or kind is not SOURCES[name].record:
        return
    for other in dict.fromkeys(map(type, records)):  # one look at each class, not each record
        if not issubclass(other, kind):
            rule = f"hold records of the class {kind.__name__} under {name!r}"
            raise InvalidValueError("records", other.__name__, rule)


def read(record: Any, path: str) -> Any:  # noqa: ANN401 - whatever the field holds
    """Return what a path leads to, or None where something on its way is missing."""
    for step in path.split("."):
        record = record.get(step) if isinstance(record, Mapping) else getattr(record, step, None)
    return record


def all_of(records: Sequence[Any], path: str) -> Iterable[Any]:
    """Return what a path leads to in each record, as quickly as can be."""
    try:
        return list(map(attrgetter(path), records))
    except AttributeError:
        return [read(record, path) for record in records]


class Watch:
    """What is to be known of the records of one source, whatever is counted of them."""

    __slots__ = ("_counts", "_currency", "_day", "_first")

    def __init__(self, day: str | None, counts: Counts | None, currency: str | None) -> None:
        """Begin without records.

        Args:
            day: The field that says when a record happened.
            counts: Says which records count; all where it is None.
            currency: In which currency the records say that they are, if they say any.
        """
        self._day = day
        self._currency = currency
        self._counts = counts
        self._first: date | None = None

    def look_at(self, records: list[Any]) -> list[Any]:
        """Return those of some records that count.

        Raises:
            MixedCurrenciesError: If one says that it is in another currency.
        """
        if self._currency is not None:
            for other in sorted({*all_of(records, "currency")} - {self._currency, None}, key=str):
                raise MixedCurrenciesError(self._currency, str(other))
        if self._day is not None:
            self._begin_with(filter(None, all_of(records, self._day)))
        if self._counts is None:
            return records
        return [record for record in records if self._counts(record)]

    def _begin_with(self, instants: Iterable[date]) -> None:
        try:
            first = min(instants, default=None)
        except TypeError:
            rule = "hold days of all records, or instants with a time zone of all"
            raise InvalidValueError(str(self._day), "several kinds of moments", rule) from None
        if first is not None and (self._first is None or first < self._first):
            self._first = first

    def merge(self, other: Watch) -> None:
        """Take over what another watch over the same source has seen."""
        if other._first is not None:
            self._begin_with((other._first,))

    def first_day(self, zone: ZoneInfo) -> date | None:
        """Return the day of the first record of all; None without any."""
        first = self._first
        return day_in(first, zone) if isinstance(first, datetime) else first


def counting(
    judge: Callable[[Any], object], customers: Mapping[Any, object], source: Source
) -> Counts | None:
    """Return what says of a record whether its customer is one for whom a criterion holds.

    Each customer is judged once. A record without a customer does not count. None is returned
    where the records tell no customers.
    """
    field = source.customer
    if field is None:
        return None
    known: dict[Any, bool] = {None: False}

    def counts(record: object) -> bool:
        customer = read(record, field)
        found = known.get(customer)
        if found is None:
            if customer in customers:
                found = judge(customers[customer]) is True
            elif source.has_others:
                found = False
            else:
                raise UnknownNameError("customer", customer, customers)
            known[customer] = found
        return found

    return counts
