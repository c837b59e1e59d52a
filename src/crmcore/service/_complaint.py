"""Complaints: dissatisfaction that expects an answer."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import is_id, not_before, optional_utc, utc
from crmcore.kernel import CustomerId

from ._pause import Pause, in_order, none_before


@attrs.frozen(kw_only=True)
class Complaint:
    """A customer is dissatisfied, says so, and expects an answer.

    Attributes:
        id: The id of the complaint.
        matter: What it is about: the same for all complaints of the same matter, so that it
            can be counted once.
        customer: Who complained.
        category: What sort of complaint it is, if recorded.
        received_at: When it came, as an instant.
        acknowledged_at: When the customer was told that it has arrived; None while not.
        due_at: By when it was to be closed, if that was promised.
        answered_at: When the customer was told what was decided; None while not.
        closed_at: When it was closed; None while it is open.
        pauses: When nothing could be done, by start; they may overlap.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    matter: str = attrs.field(validator=is_id)
    customer: CustomerId = attrs.field(validator=is_id)
    category: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    received_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    acknowledged_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("received_at"),
    )
    due_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("received_at"),
    )
    answered_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("received_at"),
    )
    closed_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("received_at"),
    )
    pauses: tuple[Pause, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(in_order, takes_field=True),  # type: ignore[misc]
        validator=none_before("received_at"),
    )

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self.closed_at is not None
