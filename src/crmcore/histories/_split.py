"""Calibration and holdout: what a model learns from, and what it is held to."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmcore.activities import Purchase
from crmcore.checks import day, is_a, is_count
from crmcore.checks import zone as zone_named
from crmcore.durations import Duration, TimeUnit
from crmcore.errors import InvalidValueError

from ._book import Book
from ._columns import Counts, Numbers, counts, optional_numbers, same_length
from ._histories import Histories
from ._refunds import Refunds, RefundsWord, chosen
from ._tally import Later, Progress, chunks, days_of, histories_of, is_later_refused, known_unit

_Part: TypeAlias = tuple[list[Purchase], list[int]]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Holdout:
    """What the customers of a calibration did after it.

    Attributes:
        histories: The histories up to the end of the calibration.
        horizon: How long the holdout is.
        frequency: On how many days of the holdout each of them bought.
        mean_spend: What each of them spent on such a day on average, NaN where there was none;
            None where nothing is known of spend.
        newcomers: How many customers bought for the first time in the holdout, and so have no
            history.
        newcomer_purchases: On how many days of the holdout those bought, the first included.

    .. versionadded:: 0.1.0
    """

    histories: Histories = attrs.field(validator=is_a(Histories))
    horizon: Duration = attrs.field(validator=is_a(Duration))
    frequency: Counts = attrs.field(converter=attrs.Converter(counts, takes_field=True))  # type: ignore[misc]
    mean_spend: Numbers | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_numbers, takes_field=True),  # type: ignore[misc]
    )
    newcomers: int = attrs.field(default=0, validator=is_count)
    newcomer_purchases: int = attrs.field(default=0, validator=is_count)

    def __attrs_post_init__(self) -> None:
        """Refuse columns that do not fit together."""
        same_length(histories=self.histories, frequency=self.frequency, mean_spend=self.mean_spend)
        if min(self.frequency, default=0) < 0:
            raise InvalidValueError("frequency", min(self.frequency), "be at least 0")
        for bought, spend in zip(self.frequency, self.mean_spend or (), strict=False):
            if not math.isnan(spend) and not (bought and 0 <= spend < math.inf):
                rule = "be finite, at least 0, and left out where frequency is 0"
                raise InvalidValueError("mean_spend", spend, rule)

    def __eq__(self, other: object) -> bool:
        """Say whether both hold the same."""
        return self._parts() == other._parts() if isinstance(other, Holdout) else NotImplemented

    def __hash__(self) -> int:
        """Return the same number for what holds the same."""
        return hash(self._parts())

    def __repr__(self) -> str:
        """Say what it holds, but not all of it."""
        bought = f"{sum(self.frequency):,} purchases of {len(self.frequency):,} customers"
        return f"Holdout({bought} in {self.horizon}; {self.newcomers:,} newcomers)"

    def _parts(self) -> tuple[Any, ...]:
        spend = None if self.mean_spend is None else self.mean_spend.tobytes()
        own = self.horizon, self.frequency.tobytes(), spend
        return (*own, self.histories, self.newcomers, self.newcomer_purchases)


def split(
    purchases: Iterable[Purchase],
    *,
    calibration_end: date,
    holdout_end: date,
    unit: TimeUnit,
    zone: ZoneInfo | str,
    refunds: RefundsWord = Refunds.NET,
    later: Later = "error",
    progress: Progress | None = None,
) -> tuple[Histories, Holdout]:
    """Split purchases into the histories that a model learns from, and what came after.

    The calibration is `summarize` with *calibration_end* as its last day. Of the holdout, which
    begins on the next day, every occasion is a repeat. Refunds are treated as `summarize` says;
    one that follows no occasion of the holdout concerns what was bought before.

    Customers who were born later have no history that could be held to anything. They are
    reported, and not dropped in silence.

    Args:
        purchases: Purchases and refunds in one currency, each once, in any order; a stream of
            any length.
        calibration_end: The last day of the calibration.
        holdout_end: The last day of the holdout, after *calibration_end*.
        unit: The unit of the ages, and of the holdout's length.
        zone: The time zone whose days count, or its name.
        refunds: What becomes of money that went back.
        later: Whether purchases after *holdout_end* are an ``"error"``, or left out (``"drop"``).
        progress: Hears how many were counted, and of how many where that is known.

    Returns:
        The histories by customer, and the holdout in the same order.

    Raises:
        MixedCurrenciesError: If there are two currencies.
        InvalidValueError: If the holdout ends before it begins, or if there are purchases after
            it, or refunds, where these are an error: how many, and which is the first.
        UnknownNameError: If there is no such zone, or no such word for refunds.

    Complexity:
        As `summarize`.

    .. versionadded:: 0.1.0
    """
    cut, end = day(calibration_end, "calibration_end"), day(holdout_end, "holdout_end")
    if end <= cut:
        rule = f"be after calibration_end, {cut}"
        raise InvalidValueError("holdout_end", end.isoformat(), rule)
    where = zone_named(zone)
    known_unit(unit)
    is_refused = is_later_refused(later)
    before, after = (Book(last, chosen(refunds)) for last in (cut, end))
    for chunk in chunks(purchases, progress):
        early: _Part = ([], [])
        late: _Part = ([], [])
        for purchase, on in zip(chunk, days_of(chunk, where), strict=True):
            records, ordinals = late if on > cut.toordinal() else early
            records.append(purchase)
            ordinals.append(on)
        before.take(*early)
        after.take(*late)
        before.keep_to(after.currency)
        after.keep_to(before.currency)
    before.check(is_later_refused=True)
    after.check(is_later_refused=is_refused)
    histories = histories_of(before, unit)
    horizon = Duration((end - cut).days / unit.days, unit)
    return histories, _holdout(histories, horizon, after)


def _holdout(histories: Histories, horizon: Duration, book: Book) -> Holdout:
    buyers = book.buyers()
    bought = zip(buyers.counts(), buyers.mean_spend(), strict=True)
    found = dict(zip(buyers.customers, bought, strict=True))
    nothing = (0, math.nan)
    known = [found.pop(customer, nothing) for customer in histories.customers or ()]
    return Holdout(
        histories=histories,
        horizon=horizon,
        frequency=array("q", [count for count, _ in known]),
        mean_spend=array("d", [spend for _, spend in known]),
        newcomers=len(found),
        newcomer_purchases=sum(count for count, _ in found.values()),
    )
