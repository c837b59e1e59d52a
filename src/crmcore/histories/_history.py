"""What one customer's purchases come to: how often, until when, observed for how long."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from crmcore.checks import day, is_a, is_count, is_id, not_negative, refusal
from crmcore.durations import TimeUnit
from crmcore.kernel import CustomerId, minor_digits


def _optional_number(
    value: float | Decimal | Fraction | None, field: attrs.Attribute[float]
) -> float | None:
    return None if value is None else not_negative(value, field)


def is_day_or_none(_: object, attribute: attrs.Attribute[Any], value: date | None) -> None:
    """Want a day, or nothing."""
    if value is not None:
        day(value, attribute)


def is_currency_or_none(_: object, __: attrs.Attribute[Any], value: str | None) -> None:
    """Want the code of a currency, or nothing."""
    if value is not None:
        minor_digits(value)


@attrs.frozen(kw_only=True)
class PurchaseHistory:
    """What a customer's purchases come to, as models of repeat buying want it.

    The first purchase makes somebody a customer; what the models count are the repeats. A day
    with several purchases is one occasion.

    The age at the last purchase is what the literature on these models calls *recency*; in RFM
    scoring the same word is the time *since* the last purchase, which is `days_since_last`.

    Attributes:
        customer: The customer; None in a table that tells no ids.
        frequency: On how many days the customer has bought again, after the first; often *x*.
        last_purchase_age: The time from the first purchase to the last, in *unit*; 0 where
            there was no repeat; often *t_x*.
        age: The time from the first purchase to the end of the observation, in *unit*; often
            *T*.
        mean_spend: What was spent on a repeat occasion on average, in *currency*, the first
            purchase not counted; None where there was none, or where it is not known.
        unit: The unit of the ages.
        as_of: The last day of the observation, which counts, if known.
        currency: The currency of the spend, if known.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_id)
    )
    frequency: int = attrs.field(validator=is_count)
    last_purchase_age: float = attrs.field(
        converter=attrs.Converter(not_negative, takes_field=True),  # type: ignore[misc]
    )
    age: float = attrs.field(
        converter=attrs.Converter(not_negative, takes_field=True),  # type: ignore[misc]
    )
    mean_spend: float | None = attrs.field(
        default=None,
        converter=attrs.Converter(_optional_number, takes_field=True),  # type: ignore[misc]
    )
    unit: TimeUnit = attrs.field(validator=is_a(TimeUnit))
    as_of: date | None = attrs.field(default=None, validator=is_day_or_none)
    currency: str | None = attrs.field(default=None, validator=is_currency_or_none)

    @last_purchase_age.validator
    def _lies_within(self, attribute: attrs.Attribute[float], value: float) -> None:
        if value > self.age:
            raise refusal(attribute, value, f"be at most age, {self.age!r}")
        if value and not self.frequency:
            rule = "be 0 where frequency is 0: it is an age, and not the time since"
            raise refusal(attribute, value, rule)
        if self.frequency and not value:
            raise refusal(attribute, value, f"be above 0 where frequency is {self.frequency}")

    @mean_spend.validator
    def _is_of_repeats(self, attribute: attrs.Attribute[float], value: float | None) -> None:
        if value is not None and not self.frequency:
            rule = "be left out where frequency is 0: it is the mean of repeats, not of the first"
            raise refusal(attribute, value, rule)

    @property
    def days_since_last(self) -> float:
        """How many days lie between the last purchase and the end of the observation."""
        return (self.age - self.last_purchase_age) * self.unit.days
