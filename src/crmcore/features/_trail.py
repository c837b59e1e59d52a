"""Trails: what a customer did, by day, so that any day's features are a few look-ups away.

A trail keeps the days on which money moved, in order, and beside each the exact total up to
and with that day. What happened in a stretch of days is then the difference of two totals,
which two binary searches find: nothing is summed again, whichever day is asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date
from decimal import Context, Decimal
from typing import Final

import attrs

from crmcore.checks import day
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId

from ._features import CustomerFeatures

# Amounts have at most 30 digits on either side of the point (`crmcore.checks.decimal`), so
# that sums and differences in this context are exact, whatever context the caller has set.
EXACT: Final = Context(prec=120)
_QUOTIENT: Final = Context(prec=28)
_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)


@attrs.frozen(kw_only=True)
class Trail:
    """What a customer did, day by day, in one zone and one currency.

    Made by `collect`. Days are proleptic ordinals (``date.toordinal()``), ascending.

    Attributes:
        customer: The customer.
        known_since: The day on which the company first knew of the customer, if recorded.
        occasions: The days on which the customer bought something.
        further: The days of the purchases that were not the first of their day, each as often
            as there were such; empty for most customers.
        money_days: The days on which money went either way.
        totals: For each of *money_days*, what was paid up to and with it, less what went
            back, in the currency of the collection.
        contact_days: The days with interactions.
        contact_totals: For each of *contact_days*, the interactions up to and with it.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId
    known_since: date | None = None
    occasions: tuple[int, ...] = ()
    further: tuple[int, ...] = ()
    money_days: tuple[int, ...] = ()
    totals: tuple[Decimal, ...] = ()
    contact_days: tuple[int, ...] = ()
    contact_totals: tuple[int, ...] = ()

    @property
    def first_day(self) -> date | None:
        """The day of the first occasion, or None before it."""
        return date.fromordinal(self.occasions[0]) if self.occasions else None

    def occasions_between(self, start: date, end: date) -> int:
        """Return on how many days from *start* up to, and without, *end* the customer bought."""
        days = self.occasions
        return bisect_left(days, end.toordinal()) - bisect_left(days, start.toordinal())

    def purchases_between(self, start: date, end: date) -> int:
        """Return how often the customer bought from *start* up to, and without, *end*."""
        first, stop = start.toordinal(), end.toordinal()
        return sum(
            bisect_left(days, stop) - bisect_left(days, first)
            for days in (self.occasions, self.further)
        )

    def spend_between(self, start: date, end: date) -> Decimal:
        """Return what was spent from *start* up to, and without, *end*: paid, less refunds."""
        return self._spent(
            bisect_left(self.money_days, start.toordinal()),
            bisect_left(self.money_days, end.toordinal()),
        )

    def at(self, as_of: date, *, window_days: int = 180) -> CustomerFeatures:
        """Return the features when the day *as_of* begins: only days before it count.

        Args:
            as_of: The day.
            window_days: How long the recent and the earlier window are, in days.

        Raises:
            InvalidValueError: If *window_days* is less than 1, or *as_of* is an instant.

        Complexity:
            ``O(log d)`` time for *d* days on which something happened.
        """
        if window_days < 1:
            raise InvalidValueError("window_days", window_days, "be at least 1")
        today = day(as_of).toordinal()
        recent = today - window_days
        days = self.occasions
        bought = bisect_left(days, today)
        spend, recent_spend, earlier_spend = self._spent_at(today, window_days)
        contacts, recent_contacts, last_contact = self._contacts_at(today, recent)
        return CustomerFeatures(
            customer=self.customer,
            as_of=as_of,
            first_purchase=date.fromordinal(days[0]) if bought else None,
            last_purchase=date.fromordinal(days[bought - 1]) if bought else None,
            days_since_last=today - days[bought - 1] if bought else None,
            age_days=today - days[0] if bought else None,
            known_days=self._known_days_at(today),
            frequency=bought,
            recent_frequency=bought - bisect_left(days, recent, 0, bought),
            spend=spend,
            mean_spend=_QUOTIENT.divide(spend, bought) if bought else None,
            recent_spend=recent_spend,
            earlier_spend=earlier_spend,
            trend=_growth(recent_spend, earlier_spend),
            contacts=contacts,
            recent_contacts=recent_contacts,
            days_since_contact=today - last_contact if last_contact else None,
        )

    def _spent_at(self, today: int, window: int) -> tuple[Decimal, Decimal, Decimal]:
        """Return what was spent before *today*, in the window, and in the one before it."""
        days = self.money_days
        stop = bisect_left(days, today)
        if not stop:
            return _ZERO, _ZERO, _ZERO
        middle = bisect_left(days, today - window, 0, stop)
        first = bisect_left(days, today - 2 * window, 0, middle)
        return self.totals[stop - 1], self._spent(middle, stop), self._spent(first, middle)

    def _spent(self, first: int, stop: int) -> Decimal:
        """Return what was spent on the money days from the place *first* to before *stop*."""
        if first >= stop:
            return _ZERO
        last = self.totals[stop - 1]
        return EXACT.subtract(last, self.totals[first - 1]) if first else last

    def _contacts_at(self, today: int, recent: int) -> tuple[int, int, int]:
        """Return the contacts before *today*, those since *recent*, and the day of the last."""
        days = self.contact_days
        stop = bisect_left(days, today)
        if not stop:
            return 0, 0, 0
        total = self.contact_totals[stop - 1]
        before = bisect_left(days, recent, 0, stop)
        return total, total - (self.contact_totals[before - 1] if before else 0), days[stop - 1]

    def _known_days_at(self, today: int) -> int | None:
        if self.known_since is None:
            return None
        days = today - self.known_since.toordinal()
        return days if days > 0 else None


def _growth(recent: Decimal, earlier: Decimal) -> Decimal | None:
    if earlier <= 0:
        return None
    return _QUOTIENT.subtract(_QUOTIENT.divide(recent, earlier), _ONE)
