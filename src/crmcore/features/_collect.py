"""Collecting: one pass over what happened, in any order, into a trail for each customer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, localcontext
from itertools import accumulate
from typing import TypeAlias
from zoneinfo import ZoneInfo

from crmcore.activities import Interaction, Purchase
from crmcore.calendar import LocalDays
from crmcore.customers import Customer
from crmcore.errors import MixedCurrenciesError
from crmcore.kernel import CustomerId, minor_digits

from ._trail import EXACT, Trail

_DayOf: TypeAlias = Callable[[datetime], int]
_Money: TypeAlias = dict[CustomerId, dict[int, Decimal]]
_Days: TypeAlias = defaultdict[CustomerId, list[int]]


def _by_day(
    purchases: Iterable[Purchase], currency: str, day_of: _DayOf
) -> tuple[_Money, _Money, _Days]:
    """Return by customer what was paid and what went back on each day, and further purchases.

    A further purchase is one that was not the first of its day, and stands there as its day.
    """
    paid: _Money = {}
    returned: _Money = {}
    further: _Days = defaultdict(list)
    for purchase in purchases:
        money = purchase.amount
        if money.currency != currency:
            raise MixedCurrenciesError(currency, money.currency)
        customer = purchase.customer
        side = returned if purchase.refund else paid
        day = day_of(purchase.at)
        days = side.get(customer)
        if days is None:
            side[customer] = {day: money.amount}
        elif day not in days:
            days[day] = money.amount
        else:
            days[day] = EXACT.add(days[day], money.amount)
            if side is paid:
                further[customer].append(day)
    return paid, returned, further


def collect(
    purchases: Iterable[Purchase],
    *,
    zone: ZoneInfo | str,
    currency: str,
    interactions: Iterable[Interaction] = (),
    customers: Iterable[Customer] = (),
) -> Mapping[CustomerId, Trail]:
    """Collect what customers did into a trail for each of them.

    Several purchases of a customer on one day of the zone are one occasion. Refunds lower
    what was spent, on the day on which the money went back, and are no occasion.

    Args:
        purchases: Purchases and refunds, all in *currency*; a stream of any length.
        zone: The time zone whose days count, or its name.
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
    day_of = LocalDays(zone)
    paid, returned, further = _by_day(purchases, currency, day_of)
    contacts: defaultdict[CustomerId, Counter[int]] = defaultdict(Counter)
    for interaction in interactions:
        contacts[interaction.customer][day_of(interaction.at)] += 1
    known = {customer.id: customer.known_since for customer in customers}

    everybody = sorted(paid.keys() | returned.keys() | contacts.keys() | known.keys())
    with localcontext(EXACT):
        return {
            customer: _trail(
                customer,
                known.get(customer),
                paid=paid.pop(customer, {}),
                returned=returned.pop(customer, {}),
                further=further.pop(customer, ()),
                contacts=contacts.pop(customer, {}),
            )
            for customer in everybody
        }


def _trail(
    customer: CustomerId,
    known_since: date | None,
    *,
    paid: dict[int, Decimal],
    returned: dict[int, Decimal],
    further: Sequence[int],
    contacts: Mapping[int, int],
) -> Trail:
    """Put the days of one customer in order and run up the totals, in an exact context."""
    occasions = money_days = tuple(sorted(paid))
    for day, amount in returned.items():
        paid[day] = paid[day] + amount if day in paid else amount
    if len(paid) > len(occasions):
        money_days = tuple(sorted(paid))
    contact_days = tuple(sorted(contacts))
    return Trail(
        customer=customer,
        known_since=known_since,
        occasions=occasions,
        further=tuple(sorted(further)),
        money_days=money_days,
        totals=tuple(accumulate(map(paid.__getitem__, money_days))),
        contact_days=contact_days,
        contact_totals=tuple(accumulate(map(contacts.__getitem__, contact_days))),
    )
