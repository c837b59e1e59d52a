"""Feedback: what customers say of their own accord."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import is_a, is_id, not_before, only_with, optional_utc, utc
from crmcore.kernel import CustomerId

_optional_id = attrs.validators.optional(is_id)


@attrs.frozen(kw_only=True)
class Feedback:
    """An opinion, a suggestion, praise or a question, whichever way it came.

    Attributes:
        id: The id of the feedback.
        customer: Who said it; None where nobody knows.
        channel: The way it came, if recorded.
        category: What sort of feedback it is, if recorded.
        received_at: When it came, as an instant.
        answered_at: When the customer was answered; None while not.
        is_actionable: Whether something is to be done about it.
        verified_at: When it was seen that what was done has helped; None while not.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    customer: CustomerId | None = attrs.field(default=None, validator=_optional_id)
    channel: str | None = attrs.field(default=None, validator=_optional_id)
    category: str | None = attrs.field(default=None, validator=_optional_id)
    received_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    answered_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("received_at"),
    )
    is_actionable: bool = attrs.field(default=False, validator=is_a(bool))
    verified_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=[only_with("is_actionable"), not_before("received_at")],
    )

    @property
    def is_answered(self) -> bool:
        """Whether the customer was answered."""
        return self.answered_at is not None

    @property
    def is_closed_loop(self) -> bool:
        """Whether something was done about it, and was seen to have helped."""
        return self.verified_at is not None
