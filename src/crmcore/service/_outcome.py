"""Outcomes: what customers are to reach with what they bought."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import is_id, optional_utc, utc
from crmcore.kernel import CustomerId


@attrs.frozen(kw_only=True)
class Outcome:
    """What was agreed that a customer reaches by a date.

    Attributes:
        id: The id of the outcome.
        customer: Who is to reach it.
        due_at: By when, as an instant.
        met_at: When it was reached; None while it is not.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    customer: CustomerId = attrs.field(validator=is_id)
    due_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    met_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
    )

    @property
    def is_met_in_time(self) -> bool:
        """Whether it was reached by the date agreed, that instant included."""
        return self.met_at is not None and self.met_at <= self.due_at
