"""Streams of purchases, counted apart and put together."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Final, Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from crmcore.activities import Purchase
from crmcore.calendar import LocalDays
from crmcore.checks import day
from crmcore.checks import zone as zone_named
from crmcore.durations import TimeUnit
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._book import Book
from ._histories import Histories
from ._refunds import Refunds, RefundsWord, chosen

T = TypeVar("T")

Progress: TypeAlias = Callable[[int, "int | None", Phrase], None]
Later: TypeAlias = Literal["error", "drop"]

_CHUNK: Final = 4_096  # of a stream, which is not to be held in memory
_LONG: Final = 131_072  # of what is held anyway: counting waits less for what was just elsewhere
_COUNTED: Final = Phrase("purchases counted", "已统计购买记录")


def is_later_refused(word: Later) -> bool:
    """Say whether purchases after the last day are an error.

    Raises:
        InvalidValueError: If the word is neither.
    """
    if not isinstance(word, str) or word not in {"error", "drop"}:
        raise InvalidValueError("later", word, "be 'error' or 'drop'")
    return word == "error"


def known_unit(unit: TimeUnit) -> TimeUnit:
    """Return a unit of time as it is, before a long stream is read in vain.

    Raises:
        InvalidValueError: If it is none.
    """
    if not isinstance(unit, TimeUnit):
        raise InvalidValueError("unit", unit, f"be one of {', '.join(map(_path, TimeUnit))}")
    return unit


def _path(unit: TimeUnit) -> str:
    return f"TimeUnit.{unit.name}"


def chunks(items: Iterable[T], progress: Progress | None) -> Iterator[list[T]]:
    """Yield a stream in lists, and report after each how far it has come."""
    if not isinstance(items, Iterable):
        raise InvalidValueError("purchases", items, "be an iterable of purchases")
    total = len(items) if isinstance(items, Sized) else None
    size = _LONG if isinstance(items, list | tuple) else _CHUNK
    stream, done = iter(items), 0
    while chunk := list(islice(stream, size)):
        yield chunk
        done += len(chunk)
        if progress is not None:
            progress(done, total, _COUNTED)


@lru_cache(maxsize=16)
def days_in(where: ZoneInfo) -> LocalDays:
    """Return what tells the days of a zone, which keeps what it was asked."""
    return LocalDays(where)


def days_of(purchases: Sequence[Purchase], where: ZoneInfo) -> Sequence[int]:
    """Return the days of purchases in a zone, as ordinals.

    Raises:
        InvalidValueError: If there is something among them that is no purchase.
    """
    for kind in set(map(type, purchases)):
        if not issubclass(kind, Purchase):
            rule = "hold values of crmcore.activities.Purchase"
            raise InvalidValueError("purchases", kind.__name__, rule)
    return days_in(where).of([purchase.at for purchase in purchases])


class OccasionTally:
    """Counts the occasions of customers while their purchases go by, in any order.

    Streams may be counted apart, in several processes if need be, and merged afterwards: the
    outcome is that of one stream. `summarize` is a tally that sees one stream, and says what is
    counted.

    A tally keeps two exact amounts for each customer, a bit for each customer and day, and an
    amount more for each day on which somebody got money back. It keeps no purchases, and so
    cannot tell one that it is given twice.

    >>> from datetime import UTC, date, datetime
    >>> from crmcore.activities import Purchase
    >>> from crmcore.durations import WEEK
    >>> from crmcore.kernel import Money
    >>> from crmcore.histories import OccasionTally
    >>> shop, web = (OccasionTally(as_of=date(1997, 9, 30), zone="UTC") for _ in range(2))
    >>> bought = [
    ...     Purchase(
    ...         id=f"p-{day}",
    ...         customer="ada",
    ...         at=datetime(1997, 1, day, 12, tzinfo=UTC),
    ...         amount=Money("9.90", "USD"),
    ...     )
    ...     for day in (1, 15)
    ... ]
    >>> shop.add(bought[1])
    >>> web.add(bought[0])
    >>> shop.merge(web)
    >>> shop.histories(WEEK)[0].last_purchase_age
    2.0

    .. versionadded:: 0.1.0
    """

    __slots__ = ("_book", "_later", "_zone")

    def __init__(
        self,
        *,
        as_of: date,
        zone: ZoneInfo | str,
        refunds: RefundsWord = Refunds.NET,
        later: Later = "error",
    ) -> None:
        """Begin to count.

        Args:
            as_of: The last day of the observation, which counts.
            zone: The time zone whose days count, or its name.
            refunds: What becomes of money that went back.
            later: Whether purchases after *as_of* are an ``"error"``, or left out (``"drop"``).

        Raises:
            InvalidValueError: If *as_of* is no day, or *later* another word.
            UnknownNameError: If there is no such zone or no such word for refunds.
        """
        self._zone = zone_named(zone)
        self._later: Later = "error" if is_later_refused(later) else "drop"
        self._book = Book(day(as_of), chosen(refunds))

    def add(self, purchase: Purchase) -> None:
        """Count one purchase or refund.

        Raises:
            MixedCurrenciesError: If it is in another currency than those before it.
        """
        self._book.take([purchase], days_of([purchase], self._zone))

    def add_all(self, purchases: Iterable[Purchase], *, progress: Progress | None = None) -> None:
        """Count purchases and refunds.

        Args:
            purchases: A stream of any length.
            progress: Hears how many were counted, and of how many where that is known.

        Raises:
            MixedCurrenciesError: If one is in another currency than those before it. What came
                before it may have been counted.

        Complexity:
            ``O(n)`` time for *n* purchases.
        """
        for chunk in chunks(purchases, progress):
            self._book.take(chunk, days_of(chunk, self._zone))

    def merge(self, other: OccasionTally) -> None:
        """Take over what another tally has counted; the other stays as it is.

        Raises:
            InvalidValueError: If the other counts up to another day or in another zone, or
                treats refunds or what is later in another way.
            MixedCurrenciesError: If the other counts another currency.
        """
        if not isinstance(other, OccasionTally) or other._settings() != self._settings():
            rule = "count up to the same day, in the same zone, and treat refunds alike"
            shown = other._settings() if isinstance(other, OccasionTally) else other
            raise InvalidValueError("other", shown, rule)
        self._book.merge(other._book)

    def histories(self, unit: TimeUnit) -> Histories:
        """Return what was counted, with ages in *unit*.

        Raises:
            InvalidValueError: If there were purchases after the last day, or refunds, where
                these are an error: how many, and which was the first.

        Complexity:
            ``O(n log n)`` time for *n* customers.
        """
        self._book.check(is_later_refused=self._later == "error")
        return histories_of(self._book, unit)

    def trails(self) -> Iterator[tuple[int, ...]]:
        """Yield for each customer, in order, the days with a purchase, ascending.

        Days are ordinals, as ``date.toordinal`` gives them.

        Raises:
            InvalidValueError: As ``histories`` does.
        """
        self._book.check(is_later_refused=self._later == "error")
        buyers = self._book.buyers()
        yield from map(buyers.trail, range(len(buyers.customers)))

    def _settings(self) -> tuple[object, ...]:
        return self._book.as_of, self._zone, self._book.treatment, self._later


def histories_of(book: Book, unit: TimeUnit) -> Histories:
    """Return what a book has counted, with ages in *unit*."""
    buyers = book.buyers()
    end, length = book.as_of.toordinal(), known_unit(unit).days
    spans = zip(buyers.first, buyers.last(), strict=True)
    return Histories(
        frequency=array("q", [count - 1 for count in buyers.counts()]),
        last_purchase_age=array("d", [(last - first) / length for first, last in spans]),
        age=array("d", [(end - first) / length for first in buyers.first]),
        unit=unit,
        mean_spend=array("d", buyers.mean_later_spend()),
        customers=buyers.customers,
        as_of=book.as_of,
        currency=book.currency,
    )
