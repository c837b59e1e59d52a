"""Trails: what a customer did, by day, so that any day's features are a few look-ups away.

A trail keeps the days on which money moved, in order, and beside each the exact total up to
and with that day. What happened in a stretch of days is then the difference of two totals,
which two binary searches find: nothing is summed again, whichever day is asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Final

import attrs

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

    Made by `collect`. Days are proleptic ordinals (`datetime.date.toordinal`), ascending.

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
        """Return what was paid from *start* up to, and without, *end*, less what went back."""
        return self._paid(
            bisect_left(self.money_days, start.toordinal()),
            bisect_left(self.money_days, end.toordinal()),
        )

    def _paid(self, first: int, stop: int) -> Decimal:
        """Return what was paid on the money days from the place *first* to before *stop*."""
        if first >= stop:
            return _ZERO
        last = self.totals[stop - 1]
        return EXACT.subtract(last, self.totals[first - 1]) if first else last

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
        if isinstance(as_of, datetime):
            raise InvalidValueError("as_of", as_of.isoformat(), "be a day, not an instant")
        today = as_of.toordinal()
        recent = today - window_days
        known = None if self.known_since is None else today - self.known_since.toordinal()
        if known is not None and known <= 0:
            known = None

        days = self.contact_days
        contacted = bisect_left(days, today) if days else 0
        contacts = self.contact_totals[contacted - 1] if contacted else 0
        before = bisect_left(days, recent, 0, contacted) if contacted else 0
        recent_contacts = contacts - self.contact_totals[before - 1] if before else contacts
        days_since_contact = today - days[contacted - 1] if contacted else None

        days = self.money_days
        stop = bisect_left(days, today) if days else 0
        if not stop:
            return CustomerFeatures(
                customer=self.customer,
                as_of=as_of,
                known_days=known,
                contacts=contacts,
                recent_contacts=recent_contacts,
                days_since_contact=days_since_contact,
            )
        middle = bisect_left(days, recent, 0, stop)
        earlier_spend = self._paid(bisect_left(days, recent - window_days, 0, middle), middle)
        recent_spend = self._paid(middle, stop)
        spend = self.totals[stop - 1]
        if self.occasions is not days:  # money went back on a day without a purchase
            days = self.occasions
            stop = bisect_left(days, today)
            middle = bisect_left(days, recent, 0, stop)
        return CustomerFeatures(
            customer=self.customer,
            as_of=as_of,
            first_purchase=date.fromordinal(days[0]) if stop else None,
            last_purchase=date.fromordinal(days[stop - 1]) if stop else None,
            days_since_last=today - days[stop - 1] if stop else None,
            age_days=today - days[0] if stop else None,
            known_days=known,
            frequency=stop,
            recent_frequency=stop - middle,
            spend=spend,
            mean_spend=_QUOTIENT.divide(spend, stop) if stop else None,
            recent_spend=recent_spend,
            earlier_spend=earlier_spend,
            trend=(
                _QUOTIENT.subtract(_QUOTIENT.divide(recent_spend, earlier_spend), _ONE)
                if earlier_spend > 0
                else None
            ),
            contacts=contacts,
            recent_contacts=recent_contacts,
            days_since_contact=days_since_contact,
        )
