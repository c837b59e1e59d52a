"""Figures: numbers from outside, with their source and their date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs

from crmcore.calendar import Period
from crmcore.checks import day, decimal, is_id, is_name, refusal
from crmcore.kernel import Money, minor_digits


@attrs.frozen(kw_only=True)
class Figure:
    """A number that the company did not count itself, or has set itself.

    Attributes:
        id: The id of the figure.
        name: What it says, such as ``market_sales``, ``sales_target`` or ``peer_index``.
        subject: Whom or what it is about, such as a competitor, if it is about one.
        start: The first day it is about.
        end: The day after the last one.
        number: The number, exact.
        currency: The currency it is in, where it is an amount.
        source: Where it stands, so that it can be looked up.
        published_on: The day on which it was published or set.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_id)
    subject: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    start: date = attrs.field(converter=attrs.Converter(day, takes_field=True))  # type: ignore[misc]
    end: date = attrs.field(converter=attrs.Converter(day, takes_field=True))  # type: ignore[misc]
    number: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    currency: str | None = attrs.field(default=None)
    source: str = attrs.field(validator=is_name)
    published_on: date = attrs.field(converter=attrs.Converter(day, takes_field=True))  # type: ignore[misc]

    @end.validator
    def _is_after_start(self, attribute: attrs.Attribute[date], value: date) -> None:
        if value <= self.start:
            rule = f"be after start, {self.start.isoformat()}"
            raise refusal(attribute, value.isoformat(), rule)

    @currency.validator
    def _is_known(self, _: attrs.Attribute[str | None], value: str | None) -> None:
        if value is not None:
            minor_digits(value)  # which suggests the nearest

    @property
    def period(self) -> Period:
        """The days it is about."""
        return Period(self.start, self.end)

    @property
    def amount(self) -> Money | None:
        """The amount it is; None where it has no currency."""
        return None if self.currency is None else Money(self.number, self.currency)
