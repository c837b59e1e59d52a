"""Campaigns: whom they reached, and whom they were kept from to compare with."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import is_a, is_id, not_before, optional_utc, utc
from crmcore.kernel import CustomerId, Money


@attrs.frozen(kw_only=True)
class CampaignContact:
    """A customer whom a campaign reached, or one of the group that it is compared with.

    Attributes:
        id: The id of the contact.
        campaign: The campaign.
        customer: The customer.
        at: When the customer was reached, or would have been, as an instant.
        is_control: Whether the customer was kept out of the campaign, to compare with.
        responded_at: When the customer did what the campaign is for, reached or not; None
            while not.
        margin: What the customer brought in within the time that the campaign is judged by,
            less what was sold cost; below 0 where it did not pay. None where nobody knows.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    campaign: str = attrs.field(validator=is_id)
    customer: CustomerId = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    is_control: bool = attrs.field(default=False, validator=is_a(bool))
    responded_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("at"),
    )
    margin: Money | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_a(Money))
    )

    @property
    def has_responded(self) -> bool:
        """Whether the customer did what the campaign is for."""
        return self.responded_at is not None
