"""Deliveries, inspections and changes: what passes from hand to hand, and how well it is made."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import above, is_a, is_count, is_id, not_before, only_with, optional_utc, utc


@attrs.frozen(kw_only=True)
class Delivery:
    """Something that one department, team or member passed to another.

    Attributes:
        id: The id of the delivery.
        sender: Who passed it on.
        recipient: Who was to get it.
        sent_at: When it was sent, as an instant.
        due_at: By when it was to be received.
        received_at: When the recipient said to have it; None while nobody has.
        handled_at: When the recipient had done what it asks for; None while not.
        corrected: Whether it had to be put right.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    sender: str = attrs.field(validator=is_id)
    recipient: str = attrs.field(validator=is_id)
    sent_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    due_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    received_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("sent_at"),
    )
    handled_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=[only_with("received_at"), not_before("received_at")],
    )
    corrected: bool = attrs.field(default=False, validator=is_a(bool))

    @property
    def is_handled(self) -> bool:
        """Whether it was received and what it asks for was done."""
        return self.handled_at is not None


@attrs.frozen(kw_only=True)
class Inspection:
    """One check of one step of a piece of work.

    Attributes:
        id: The id of the inspection.
        subject: The piece of work.
        step: The step that was checked.
        at: When, as an instant.
        accepted: Whether it was accepted.
        attempt: Which check of this step of this piece it was, from 1.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    subject: str = attrs.field(validator=is_id)
    step: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    accepted: bool = attrs.field(validator=is_a(bool))
    attempt: int = attrs.field(default=1, validator=[is_count, above(0)])

    @property
    def is_first(self) -> bool:
        """Whether it was the first check of this step of this piece."""
        return self.attempt == 1


@attrs.frozen(kw_only=True)
class ChangeRequest:
    """A change of duties or of a process, from approval to effect.

    Attributes:
        id: The id of the change.
        approved_at: When it was approved, as an instant.
        due_at: By when it was to take effect, if that was agreed.
        effective_at: When it took effect in all units that it concerns; None while not.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    approved_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    due_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("approved_at"),
    )
    effective_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("approved_at"),
    )
