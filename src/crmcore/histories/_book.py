"""Occasions by customer, counted while the purchases go by.

Each customer has a place in some columns: the first day, what was spent on it, and what was
spent later. When an earlier day turns up, what seemed to be the first joins the later ones; so
the order does not matter, and no purchase is remembered. The days themselves are bits: for each
eight days in a row there is a column of bytes, one for each customer.

All of it is small and lies close together. A pass over many customers in any order waits for
the memory of the machine more than for anything else.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, MutableSequence, Sequence
from datetime import date
from decimal import Decimal
from itertools import compress, repeat
from typing import Final, TypeAlias

import attrs

from crmcore.activities import Purchase
from crmcore.errors import InvalidValueError, MixedCurrenciesError
from crmcore.kernel import CustomerId

from ._buyers import Buyers
from ._refunds import Refunds
from ._whole import TooFineError, Whole

_NEVER: Final = 2**31 - 1  # behind all days
_BITS: Final = bytes(1 << day for day in range(8))
_DIGITS: Final = 2  # as most currencies have; more as soon as an amount has more
_BLOCK: Final = 2_048
_SPARE: Final = 8  # one more place for so many, so that columns are seldom moved
_LARGEST: Final = 2**63

_Column: TypeAlias = MutableSequence[int]


class _Places(dict[CustomerId, int]):
    """The place of each customer; who is asked for gets the next one."""

    __slots__ = ()

    def __missing__(self, customer: CustomerId) -> int:
        self[customer] = place = len(self)
        return place


@attrs.frozen
class Unwanted:
    """Records that nobody wants, counted.

    Attributes:
        count: How many there are.
        first: The instant and the id of the first, as text.
    """

    count: int = 0
    first: tuple[str, str] = ("~", "")  # behind all instants

    @classmethod
    def among(cls, purchases: Iterable[Purchase]) -> Unwanted:
        """Return what nobody wants."""
        found = sorted((purchase.at.isoformat(), purchase.id) for purchase in purchases)
        return cls(len(found), found[0]) if found else cls()

    def __add__(self, other: Unwanted) -> Unwanted:
        """Count both together."""
        return Unwanted(self.count + other.count, min(self.first, other.first))

    def refuse(self, rule: str) -> None:
        """Refuse them, if there are any, because a record must do as *rule* says."""
        if self.count:
            at, name = self.first
            number = "1 is" if self.count == 1 else f"{self.count:,} are"
            rule = f"{rule}; {number} at fault, the first at {at}"
            raise InvalidValueError("purchases", name, rule)


class Book:
    """The occasions of all customers up to a day.

    Attributes:
        as_of: The last day, which counts.
        treatment: What becomes of refunds.
        currency: The currency of all that was counted; None before anything was.
    """

    __slots__ = (
        "_first",
        "_first_spend",
        "_later",
        "_later_spend",
        "_places",
        "_refunded",
        "_refused",
        "_rows",
        "_total",
        "_whole",
        "as_of",
        "currency",
        "treatment",
    )

    def __init__(self, as_of: date, treatment: Refunds) -> None:
        self.as_of = as_of
        self.treatment = treatment
        self.currency: str | None = None
        self._places = _Places()
        self._rows: dict[int, bytearray] = {}
        self._first = array("i")
        self._first_spend: _Column = array("q")
        self._later_spend: _Column = array("q")
        self._refunded: dict[int, dict[int, int]] = {}
        self._whole = Whole(_DIGITS)
        self._total = 0  # of all amounts without their signs: no sum is larger
        self._later = Unwanted()
        self._refused = Unwanted()

    def take(self, purchases: Sequence[Purchase], days: Sequence[int]) -> None:
        """Count purchases and refunds, whose days are given as ordinals."""
        money = [purchase.amount for purchase in purchases]
        for currency in sorted({each.currency for each in money}):
            self.keep_to(currency)
        end = self.as_of.toordinal()
        if max(days, default=end) > end:
            is_late = [day > end for day in days]
            self._later += Unwanted.among(compress(purchases, is_late))
            purchases, days = _without(is_late, purchases, days)
        is_refund = [purchase.refund for purchase in purchases]
        if True in is_refund:
            self._take_back([*compress(purchases, is_refund)], [*compress(days, is_refund)])
            purchases, days = _without(is_refund, purchases, days)
        amounts = self._whole_of([purchase.amount.amount for purchase in purchases])
        places = [*map(self._places.__getitem__, [each.customer for each in purchases])]
        self._count(places, days, amounts)

    def merge(self, other: Book) -> None:
        """Take over what another book has counted; the other stays as it is."""
        self.keep_to(other.currency)
        if other._whole.digits > self._whole.digits:
            self._refine(other._whole.digits)
        factor = 10 ** (self._whole.digits - other._whole.digits)
        self._expect(other._total * factor)
        places = [self._places[customer] for customer in other._places]
        firsts = [(theirs, day) for theirs, day in enumerate(other._first) if day != _NEVER]
        self._count(
            [places[theirs] for theirs, _ in firsts],
            [day for _, day in firsts],
            [other._first_spend[theirs] * factor for theirs, _ in firsts],
        )
        for theirs, _ in firsts:
            self._later_spend[places[theirs]] += other._later_spend[theirs] * factor
        self._make_room(8 * week for week in other._rows)
        for week, row in other._rows.items():
            ours = self._rows[week]
            for theirs in compress(range(len(row)), row):
                ours[places[theirs]] |= row[theirs]
        for theirs, refunds in other._refunded.items():
            for day, amount in refunds.items():
                self._refund(places[theirs], day, amount * factor)
        self._later += other._later
        self._refused += other._refused

    def check(self, *, is_later_refused: bool) -> None:
        """Refuse what nobody wants.

        Raises:
            InvalidValueError: With how many records are refused, and which is the first.
        """
        self._refused.refuse("be no refunds unless refunds='net' or 'drop'")
        if is_later_refused:
            self._later.refuse(f"lie on days up to {self.as_of} unless later='drop'")

    def keep_to(self, currency: str | None) -> None:
        """Take only records of this currency, from now on.

        Raises:
            MixedCurrenciesError: If there was another one.
        """
        if self.currency is None:
            self.currency = currency
        elif currency is not None and currency != self.currency:
            raise MixedCurrenciesError(self.currency, currency)

    def buyers(self) -> Buyers:
        """Return those who have bought, with what they did."""
        weeks = sorted(self._rows)
        days = self._days(weeks)
        customers = sorted(self._places)
        places = [*map(self._places.__getitem__, customers)]
        has_bought = [self._first[place] != _NEVER for place in places]
        if False in has_bought:  # somebody had nothing but refunds
            customers = [*compress(customers, has_bought)]
            places = [*compress(places, has_bought)]
        refunded = [n for n, place in enumerate(places) if place in self._refunded]
        return Buyers(
            customers=customers,
            days=[days[place] for place in places],
            weeks=weeks,
            first=[self._first[place] for place in places],
            first_spend=[self._first_spend[place] for place in places],
            later_spend=[self._later_spend[place] for place in places],
            refunds={n: self._refunded[places[n]] for n in refunded},
            units=10**self._whole.digits,
        )

    def _days(self, weeks: Sequence[int]) -> list[int]:
        """Return the days of each as the bits of a number, eight for each week."""
        rows = [self._rows[week] for week in weeks]
        found: list[int] = []
        for start in range(0, len(self._places), _BLOCK):  # which stays close to the processor
            part = [row[start : start + _BLOCK] for row in rows]
            held, width = b"".join(part), len(part[0]) if part else _BLOCK
            found += [int.from_bytes(held[n::width], "little") for n in range(width)]
        return found

    def _count(self, places: Sequence[int], days: Sequence[int], amounts: Sequence[int]) -> None:
        """Count purchases: whose they are, on which days, and what was spent."""
        self._make_room(days)
        rows, bits, first = self._rows, _BITS, self._first
        first_spend, later_spend = self._first_spend, self._later_spend
        for place, day, amount in zip(places, days, amounts, strict=True):
            rows[day >> 3][place] |= bits[day & 7]
            known = first[place]
            if day > known:
                later_spend[place] += amount
            elif day == known:
                first_spend[place] += amount
            else:
                later_spend[place] += first_spend[place]
                first_spend[place] = amount
                first[place] = day

    def _make_room(self, days: Iterable[int]) -> None:
        """Lengthen the columns for all who have a place and some more; begin those of new days."""
        held = len(self._places)
        if held > len(self._first):
            new = held + held // _SPARE - len(self._first)
            self._first.extend(repeat(_NEVER, new))
            self._first_spend.extend(repeat(0, new))
            self._later_spend.extend(repeat(0, new))
            for row in self._rows.values():
                row.extend(bytes(new))
        for week in {day >> 3 for day in set(days)}:
            if week not in self._rows:
                self._rows[week] = bytearray(len(self._first))

    def _take_back(self, refunds: Sequence[Purchase], days: Sequence[int]) -> None:
        if self.treatment is Refunds.ERROR:
            self._refused += Unwanted.among(refunds)
        elif self.treatment is Refunds.NET:
            amounts = self._whole_of([refund.amount.amount for refund in refunds])
            for refund, day, amount in zip(refunds, days, amounts, strict=True):
                self._refund(self._places[refund.customer], day, amount)

    def _refund(self, place: int, day: int, amount: int) -> None:
        of_days = self._refunded.setdefault(place, {})
        of_days[day] = of_days.get(day, 0) + amount

    def _whole_of(self, amounts: Sequence[Decimal]) -> list[int]:
        """Return amounts of one sign in the unit of the book, which becomes finer if it has to."""
        while True:
            try:
                found = [*map(self._whole.__getitem__, amounts)]
            except TooFineError as error:
                self._refine(error.digits)
            else:
                self._expect(abs(sum(found)))
                return found

    def _refine(self, digits: int) -> None:
        """Count in a finer unit from now on."""
        factor = 10 ** (digits - self._whole.digits)
        self._whole = Whole(digits)
        self._total *= factor
        self._first_spend = self._column(spend * factor for spend in self._first_spend)
        self._later_spend = self._column(spend * factor for spend in self._later_spend)
        self._refunded = {
            place: {day: amount * factor for day, amount in of_days.items()}
            for place, of_days in self._refunded.items()
        }

    def _expect(self, total: int) -> None:
        """Leave room for so much more money."""
        fitted = self._total < _LARGEST
        self._total += total
        if fitted and self._total >= _LARGEST:
            self._first_spend = list(self._first_spend)
            self._later_spend = list(self._later_spend)

    def _column(self, values: Iterable[int]) -> _Column:
        return array("q", values) if self._total < _LARGEST else list(values)


def _without(
    unwanted: Sequence[bool], purchases: Sequence[Purchase], days: Sequence[int]
) -> tuple[list[Purchase], list[int]]:
    wanted = [not each for each in unwanted]
    return [*compress(purchases, wanted)], [*compress(days, wanted)]
