"""From purchases to histories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from crmcore.activities import Purchase
from crmcore.durations import TimeUnit

from ._histories import Histories
from ._refunds import Refunds, RefundsWord
from ._tally import Later, OccasionTally, Progress, known_unit


def summarize(
    purchases: Iterable[Purchase],
    *,
    as_of: date,
    unit: TimeUnit,
    zone: ZoneInfo | str,
    refunds: RefundsWord = Refunds.NET,
    later: Later = "error",
    progress: Progress | None = None,
) -> Histories:
    """Summarise purchases into a history for each customer.

    A day of the zone on which somebody bought is one occasion, however many purchases it had,
    and a purchase of 0 counts. The first occasion makes a customer; only what follows it is
    frequency and spend. Amounts are summed exactly; their mean becomes a float in the end.

    A refund is no occasion. Where refunds are *netted*, one is taken to concern the occasion
    that it follows, or falls on. One that follows the first occasion and no other leaves the
    spend of repeats alone, and so does one before the first occasion. The others are taken off
    the repeats, down to 0 and not below: who gets back more than the repeats brought gets
    back some of the first purchase. Customers of whom nothing but refunds is known have no history.

    The day *as_of* counts: it is the last one observed, as in the published studies. (The
    features of `crmcore.features` ask what was known when a day *began*.)

    Args:
        purchases: Purchases and refunds in one currency, each once, in any order; a stream of
            any length.
        as_of: The last day of the observation.
        unit: The unit of the ages.
        zone: The time zone whose days count, or its name.
        refunds: What becomes of money that went back: taken off (``"net"``), left out
            (``"drop"``), or refused (``"error"``).
        later: Whether purchases after *as_of* are an ``"error"``, or left out (``"drop"``).
        progress: Hears how many were counted, and of how many where that is known.

    Returns:
        The histories, by customer.

    Raises:
        MixedCurrenciesError: If there are two currencies.
        InvalidValueError: If there are purchases after *as_of*, or refunds, where these are an
            error: how many, and which is the first.
        UnknownNameError: If there is no such zone, or no such word for refunds.

    Complexity:
        ``O(n + c log c)`` time for *n* purchases of *c* customers. Memory grows with the
        customers, not with the purchases: two amounts for each, a bit for each day, and an
        amount for each day on which somebody got money back.

    .. versionadded:: 0.1.0
    """
    known_unit(unit)
    tally = OccasionTally(as_of=as_of, zone=zone, refunds=refunds, later=later)
    tally.add_all(purchases, progress=progress)
    return tally.histories(unit)
