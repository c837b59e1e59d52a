"""Invitations: who was asked to take part, and who did."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import is_a, is_id, is_name, not_before, optional_utc, utc
from crmcore.kernel import CustomerId, LabelledEnum


class InvitationKind(LabelledEnum):
    """What a customer is asked to.

    .. versionadded:: 0.1.0
    """

    SURVEY = "survey", "survey", "问卷调查"
    EVENT = "event", "event", "客户活动"
    TRIAL = "trial", "trial", "产品试用"


@attrs.frozen(kw_only=True)
class Invitation:
    """A customer was asked to take part in something.

    Attributes:
        id: The id of the invitation.
        kind: A survey, an event or a trial.
        name: What it is called; the same for all who were asked.
        customer: Who was asked.
        at: When the customer was asked, as an instant.
        took_part_at: When the customer took part; None for those who have not, or not yet.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    kind: InvitationKind = attrs.field(validator=is_a(InvitationKind))
    name: str = attrs.field(validator=is_name)
    customer: CustomerId = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    took_part_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("at"),
    )

    @property
    def took_part(self) -> bool:
        """Whether the customer has taken part."""
        return self.took_part_at is not None
