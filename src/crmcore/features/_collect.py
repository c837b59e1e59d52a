"""Collecting: one pass over what happened, in any order, into a trail for each customer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from types import MappingProxyType
from typing import TypeAlias

from crmcore.activities import Interaction, Purchase
from crmcore.calendar import day_in
from crmcore.calendar import zone as find_zone
from crmcore.customers import Customer
from crmcore.errors import MixedCurrenciesError
from crmcore.kernel import CustomerId, minor_digits

from ._trail import EXACT, Trail

_DayOf: TypeAlias = Callable[[datetime], int]
_Money: TypeAlias = dict[CustomerId, dict[int, Decimal]]

_HOURS = 24
_NEARLY_AN_HOUR = timedelta(hours=1, microseconds=-1)


def _local_days(name: str) -> _DayOf:
    """Return a function that tells the ordinal of the local day of an instant in UTC.

    Asking the zone is the dearest step of a long pass, and the answer is the same for all
    instants of most hours: an hour of UTC through which the offset does not change, and in
    which no local day begins, is asked for once. The other hours are asked for each time.
    """
    where = find_zone(name)
    settled: dict[int, int] = {}

    def settle(at: datetime) -> int | None:
        begin = at.replace(minute=0, second=0, microsecond=0).astimezone(where)
        end = (at.replace(minute=0, second=0, microsecond=0) + _NEARLY_AN_HOUR).astimezone(where)
        same = begin.utcoffset() == end.utcoffset() and begin.date() == end.date()
        return begin.toordinal() if same else None

    def day_of(at: datetime) -> int:
        hour = at.toordinal() * _HOURS + at.hour
        day = settled.get(hour)
        if day is None:
            day = settle(at)
            if day is None:
                return day_in(at, where).toordinal()
            settled[hour] = day
        return day

    return day_of


def _by_day(
    purchases: Iterable[Purchase], currency: str, day_of: _DayOf
) -> tuple[_Money, _Money, defaultdict[CustomerId, list[int]]]:
    """Return what each customer paid, what went back, by day; and the days of further purchases."""
    further: defaultdict[CustomerId, list[int]] = defaultdict(list)
    paid: _Money = {}
    returned: _Money = {}
    add = EXACT.add
    for purchase in purchases:
        amount = purchase.amount
        if amount.currency != currency:
            raise MixedCurrenciesError(currency, amount.currency)
        side = returned if purchase.refund else paid
        day = day_of(purchase.at)
        days = side.get(purchase.customer)
        if days is None:
            side[purchase.customer] = {day: amount.amount}
        elif day in days:
            days[day] = add(days[day], amount.amount)
            if side is paid:
                further[purchase.customer].append(day)
        else:
            days[day] = amount.amount
    return paid, returned, further


def collect(
    purchases: Iterable[Purchase],
    *,
    zone: str,
    currency: str,
    interactions: Iterable[Interaction] = (),
    customers: Iterable[Customer] = (),
) -> Mapping[CustomerId, Trail]:
    """Collect what customers did into a trail for each of them.

    Several purchases of a customer on one day of the zone are one occasion. Refunds lower
    what was spent, on the day on which the money went back, and are no occasion.

    Args:
        purchases: Purchases and refunds, all in *currency*; a stream of any length.
        zone: The name of the time zone whose days count.
        currency: The ISO 4217 code of all amounts.
        interactions: Contacts, in either direction.
        customers: Customers, for the day since which they are known; each has a trail,
            whether or not anything has happened yet.

    Returns:
        The trails by customer, in order of the ids.

    Raises:
        MixedCurrenciesError: If an amount is in another currency.
        UnknownNameError: If there is no such zone or currency.

    Complexity:
        ``O(n + d log d)`` time for *n* records on *d* days of customers, and ``O(d)``
        memory, and one number more for each further purchase on the same day.

    .. versionadded:: 0.1.0
    """
    minor_digits(currency)
    day_of = _local_days(zone)
    paid, returned, further = _by_day(purchases, currency, day_of)
    contacts: defaultdict[CustomerId, Counter[int]] = defaultdict(Counter)
    for interaction in interactions:
        contacts[interaction.customer][day_of(interaction.at)] += 1
    known = {customer.id: customer.known_since for customer in customers}

    everybody = sorted(paid.keys() | returned.keys() | contacts.keys() | known.keys())
    return MappingProxyType(
        {
            customer: _trail(
                customer,
                known.get(customer),
                paid=paid.pop(customer, {}),
                returned=returned.pop(customer, {}),
                further=further.pop(customer, []),
                contacts=contacts.pop(customer, Counter()),
            )
            for customer in everybody
        }
    )


def _trail(
    customer: CustomerId,
    known_since: date | None,
    *,
    paid: dict[int, Decimal],
    returned: dict[int, Decimal],
    further: list[int],
    contacts: Counter[int],
) -> Trail:
    """Put the days of one customer in order and run up the totals."""
    occasions = money_days = tuple(sorted(paid))
    for day, amount in returned.items():
        paid[day] = EXACT.add(paid[day], amount) if day in paid else amount
    if len(paid) > len(occasions):
        money_days = tuple(sorted(paid))
    contact_days = tuple(sorted(contacts))
    return Trail(
        customer=customer,
        known_since=known_since,
        occasions=occasions,
        further=tuple(sorted(further)),
        money_days=money_days,
        totals=tuple(accumulate((paid[day] for day in money_days), EXACT.add)),
        contact_days=contact_days,
        contact_totals=tuple(accumulate(contacts[day] for day in contact_days)),
    )
