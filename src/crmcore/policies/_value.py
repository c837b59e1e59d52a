"""Value: how far ahead a company looks when it says what a customer is worth, and who matters."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import attrs

from crmcore.checks import at_least, between, decimal, is_a, is_fraction
from crmcore.durations import DiscountRate, Duration, annual, weeks
from crmcore.errors import InvalidValueError

_MOST_DAYS: Final = 36_525


@attrs.frozen(kw_only=True)
class ValuePolicy:
    """What is meant by the value of a customer, and by slipping away.

    Who *slips away* has probably bought for the last time, and not long ago, and would be worth
    something if it were not so.

    Attributes:
        horizon: How far ahead purchases count, from a day to a hundred years.
        yearly_discount: By which share money a year from now is worth less than today, a
            fraction.
        margin: Which share of what is paid stays with the company, a fraction above 0. At 1
            value is sales, and no profit.
        repeat_customers: How many customers must have bought again, at least, before a value
            is told.
        slipping_below: Who is alive with a smaller probability has probably left, a fraction.
        gone_after_days: Who has not bought for more days is gone, and slips away no more.
        worth: What a customer who is still there must be worth, at least, to matter here, in
            the currency of the policy.

    .. versionadded:: 0.1.0
    """

    horizon: Duration = attrs.field(default=weeks(52), validator=is_a(Duration))
    yearly_discount: Decimal = attrs.field(
        default=Decimal("0.1"),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=is_fraction,
    )
    margin: Decimal = attrs.field(
        default=Decimal(1),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=is_fraction,
    )
    repeat_customers: int = attrs.field(default=30, validator=between(1, 1_000_000))
    slipping_below: Decimal = attrs.field(
        default=Decimal("0.5"),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=is_fraction,
    )
    gone_after_days: int = attrs.field(default=_MOST_DAYS, validator=between(1, _MOST_DAYS))
    worth: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=at_least(0),
    )

    @horizon.validator
    def _is_no_dream(self, attribute: attrs.Attribute[Duration], value: Duration) -> None:
        if not 1 <= value.days <= _MOST_DAYS:
            raise InvalidValueError(attribute.name, str(value), "last a day to a hundred years")

    @margin.validator
    def _is_something(self, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
        if not value:
            raise InvalidValueError(attribute.name, value, "be above 0")

    @property
    def discount(self) -> DiscountRate:
        """The discount rate."""
        return annual(float(self.yearly_discount))

    @property
    def is_sales(self) -> bool:
        """Whether value is what customers pay, of which nobody has said what stays."""
        return self.margin == 1
