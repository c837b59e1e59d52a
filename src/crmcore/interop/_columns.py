"""Columns: which of a file's columns means what."""

from __future__ import annotations

import attrs

from crmcore.checks import is_name
from crmcore.errors import InvalidValueError

_optional = attrs.validators.optional(is_name)


@attrs.frozen(kw_only=True)
class PurchaseColumns:
    """The names that a file gives to the columns of purchases.

    Attributes:
        customer: The column with the customer's id.
        at: The column with the day (``1997-01-31``), or with an instant that carries its
            offset (``1997-01-31T18:30-05:00``).
        amount: The column with what was paid, as a decimal number.
        id: The column with the purchase's own id. Without one, ids are made from what the
            rows hold, so that the same rows in any order get the same ids.
        currency: The column with the ISO 4217 code of the amount.
        quantity: The column with the number of units; 1 is meant without it.
        refund: The column that marks money that went back: ``yes``, ``true`` or ``1``, and
            ``no``, ``false``, ``0`` or nothing for a purchase.
        channel: The column that says where it was bought.

    .. versionadded:: 0.1.0
    """

    customer: str = attrs.field(validator=is_name)
    at: str = attrs.field(validator=is_name)
    amount: str = attrs.field(validator=is_name)
    id: str | None = attrs.field(default=None, validator=_optional)
    currency: str | None = attrs.field(default=None, validator=_optional)
    quantity: str | None = attrs.field(default=None, validator=_optional)
    refund: str | None = attrs.field(default=None, validator=_optional)
    channel: str | None = attrs.field(default=None, validator=_optional)

    def __attrs_post_init__(self) -> None:
        """Refuse one column with two meanings.

        Raises:
            InvalidValueError: If a name comes twice.
        """
        names = list(self.by_field.values())
        for field, name in self.by_field.items():
            if names.count(name) > 1:
                raise InvalidValueError(field, name, "be a column that means nothing else")

    @property
    def by_field(self) -> dict[str, str]:
        """The named columns, by what they mean."""
        return {field: name for field, name in attrs.asdict(self).items() if name is not None}
