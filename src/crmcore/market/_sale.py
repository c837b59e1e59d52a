"""Sales by market: what was sold where the company is new."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import attrs

from crmcore.calendar import midnight, months_after
from crmcore.checks import day, is_a, is_id, is_zone, refusal, utc
from crmcore.kernel import Money

_NEW_MONTHS: Final = 24


@attrs.frozen(kw_only=True)
class MarketSale:
    """Something was sold in a market: a region, an industry, or a group of customers.

    Attributes:
        id: The id of the sale.
        market: The market.
        at: When it was sold, as an instant.
        amount: For how much; below 0 where money went back.
        market_entered_on: The day of the company's first sale in that market.
        zone: The name of the time zone in which that market counts its days.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    market: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    amount: Money = attrs.field(validator=is_a(Money))
    market_entered_on: date = attrs.field(converter=attrs.Converter(day, takes_field=True))  # type: ignore[misc]
    zone: str = attrs.field(default="UTC", validator=is_zone)

    @zone.validator
    def _was_entered(self, _: attrs.Attribute[str], value: str) -> None:
        if self.at < midnight(self.market_entered_on, value):
            rule = f"not be before market_entered_on, {self.market_entered_on} in {value}"
            raise refusal("at", self.at.isoformat(), rule)

    @property
    def is_new(self) -> bool:
        """Whether the market was entered less than 24 calendar months before.

        Months are counted from the day of entry and cut at the month's end: a market entered on
        29 February 1996 is new up to, and without, 28 February 1998.
        """
        return self.at < midnight(months_after(self.market_entered_on, _NEW_MONTHS), self.zone)
