"""Leads: who may become a customer."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import is_id, not_before, optional_utc, refusal, utc

_optional_id = attrs.validators.optional(is_id)


@attrs.frozen(kw_only=True)
class Lead:
    """Somebody who may become a customer.

    Attributes:
        id: The id of the lead.
        channel: The way it came, if recorded.
        campaign: The campaign that brought it, if one did.
        created_at: When it came, as an instant.
        converted_at: When it became a customer; None while it has not.
        lost_at: When it was given up; None while it is not, and where it came back and
            converted after all.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    channel: str | None = attrs.field(default=None, validator=_optional_id)
    campaign: str | None = attrs.field(default=None, validator=_optional_id)
    created_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    converted_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("created_at"),
    )
    lost_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("created_at"),
    )

    @lost_at.validator
    def _is_not_converted(
        self, attribute: attrs.Attribute[datetime | None], value: datetime | None
    ) -> None:
        if value is not None and self.converted_at is not None:
            rule = "be left out: whoever has converted is not lost as a lead"
            raise refusal(attribute, value.isoformat(), rule)

    @property
    def is_converted(self) -> bool:
        """Whether it became a customer."""
        return self.converted_at is not None
