"""Purchases and refunds."""

from __future__ import annotations

from datetime import datetime
from typing import NewType

import attrs

from crmcore.checks import is_a, is_count, is_id, utc
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, Money

PurchaseId = NewType("PurchaseId", str)


@attrs.frozen(kw_only=True)
class Purchase:
    """A customer bought something, or got money back.

    Attributes:
        id: The id of the purchase.
        customer: Who bought.
        at: When, as an instant.
        amount: What was paid; 0 is a purchase too, and only a refund is below 0.
        quantity: How many units were bought.
        refund: Whether this is money that went back.
        channel: Where it was bought, if recorded.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: PurchaseId = attrs.field(validator=is_id)
    customer: CustomerId = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    amount: Money = attrs.field()
    quantity: int = attrs.field(default=1, validator=is_count)
    refund: bool = attrs.field(default=False, validator=is_a(bool))
    channel: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    version: int = attrs.field(default=0, validator=is_count)

    @amount.validator
    def _is_money(self, attribute: attrs.Attribute[Money], value: object) -> None:
        if not isinstance(value, Money):
            raise InvalidValueError(attribute.name, value, "be money, such as Money('9.90', 'EUR')")

    @refund.validator
    def _agrees_with_amount(self, attribute: attrs.Attribute[bool], value: object) -> None:
        if value and self.amount.amount > 0:
            rule = f"go with an amount of 0 or less, not {self.amount}"
            raise InvalidValueError(attribute.name, value, rule)
        if not value and self.amount.amount < 0:
            raise InvalidValueError(
                "amount", str(self.amount), "be 0 or more unless the purchase is marked as a refund"
            )
