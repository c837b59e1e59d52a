"""What is kept of each customer while purchases pass by, and what it says at the end.

Time is counted backwards from the day as of which it is known, in slots: periods of the grain,
or days where windows are asked for. A customer is a whole number whose bits are the slots with
a purchase; its highest bit is the first purchase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Context, Decimal
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from crmcore.activities import Purchase
from crmcore.calendar import Grain, LocalDays
from crmcore.errors import MixedCurrenciesError
from crmcore.kernel import CustomerId

EXACT: Final = Context(prec=100)  # no sum of amounts outgrows it
NOTHING: Final = Decimal(0)
_CHUNK: Final = 4096
_WEEK: Final = 7
_QUARTER: Final = 3
_YEAR: Final = 12


def slot(grain: Grain, day: int) -> int:
    """Return the number of the period of a grain that holds a day, given as its ordinal."""
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK:
        return (day - 1) // _WEEK
    found = date.fromordinal(day)
    months = found.year * _YEAR + found.month - 1
    return months // {Grain.MONTH: 1, Grain.QUARTER: _QUARTER, Grain.YEAR: _YEAR}[grain]


@attrs.frozen
class Trails:
    """What is known of many customers.

    Attributes:
        bought: For each customer who bought, the slots before the present one, as bits.
        paid: For each customer with an amount, what was paid less refunds, by slot.
        later: How many purchases and refunds were not before the day.
    """

    bought: Mapping[CustomerId, int]
    paid: Mapping[CustomerId, Mapping[int, Decimal]]
    later: int

    @classmethod
    def of(
        cls,
        purchases: Iterable[Purchase],
        *,
        grain: Grain,
        as_of: date,
        zone: ZoneInfo,
        currency: str | None,
    ) -> Trails:
        """Collect the trails in one pass."""
        back = _slots_before(grain, as_of)
        end = as_of.toordinal()
        bought: dict[CustomerId, int] = {}
        paid: dict[CustomerId, dict[int, Decimal]] = {}
        later = 0
        for day, purchase in _dated(purchases, zone):
            if currency is not None and purchase.amount.currency != currency:
                raise MixedCurrenciesError(currency, purchase.amount.currency)
            if day >= end:
                later += 1
                continue
            customer, place = purchase.customer, back(day)
            if not purchase.refund:
                bought[customer] = bought.get(customer, 0) | 1 << place
            if currency is not None:
                own = paid.setdefault(customer, {})
                own[place] = EXACT.add(own.get(place, NOTHING), purchase.amount.amount)
        return cls(bought, paid, later)

    def money(self) -> Iterator[tuple[CustomerId, int, Decimal]]:
        """Yield what customers paid since they first bought, with its slot."""
        for customer, slots in self.bought.items():
            first = slots.bit_length() - 1
            for place, amount in self.paid.get(customer, {}).items():
                if place <= first:
                    yield customer, place, amount

    def unplaced(self) -> Decimal:
        """Return what went back to those who had not bought before."""
        total = NOTHING
        for customer, own in self.paid.items():
            first = self.bought.get(customer, 0).bit_length() - 1
            for place, amount in own.items():
                if place > first:
                    total = EXACT.add(total, amount)
        return total


def _dated(purchases: Iterable[Purchase], zone: ZoneInfo) -> Iterator[tuple[int, Purchase]]:
    """Yield purchases with the ordinals of their days, some thousands at a time."""
    days, stream = LocalDays(zone), iter(purchases)
    while chunk := list(islice(stream, _CHUNK)):
        yield from zip(days.of([purchase.at for purchase in chunk]), chunk, strict=True)


def _slots_before(grain: Grain, as_of: date) -> Callable[[int], int]:
    """Return a function from a day to how many slots before the present one it lies."""
    now = slot(grain, as_of.toordinal())
    known: dict[int, int] = {}

    def back(day: int) -> int:
        place = known.get(day)
        if place is None:
            place = known[day] = now - slot(grain, day)
        return place

    return back
