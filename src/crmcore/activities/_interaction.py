"""Interactions: contacts with customers, in either direction."""

from __future__ import annotations

from datetime import datetime
from typing import NewType

import attrs

from crmcore.checks import is_a, is_count, is_id, is_text, utc
from crmcore.kernel import CustomerId, LabelledEnum, MemberId
from crmcore.privacy import masked, personal

InteractionId = NewType("InteractionId", str)


class Channel(LabelledEnum):
    """The way a contact took.

    .. versionadded:: 0.1.0
    """

    CALL = "call", "call", "电话"
    EMAIL = "email", "e-mail", "邮件"
    CHAT = "chat", "chat", "在线聊天"
    VISIT = "visit", "visit", "拜访"
    LETTER = "letter", "letter", "信函"
    EVENT = "event", "event", "活动"


class Direction(LabelledEnum):
    """Who turned to whom.

    .. versionadded:: 0.1.0
    """

    INBOUND = "inbound", "from the customer", "客户发起"
    OUTBOUND = "outbound", "to the customer", "我方发起"


@attrs.frozen(kw_only=True)
class Interaction:
    """One contact between the company and a customer.

    Attributes:
        id: The id of the interaction.
        customer: The customer.
        member: The member who took part, if recorded.
        at: When it began, as an instant.
        channel: The way it took.
        direction: Who turned to whom.
        minutes: How long it lasted, in minutes, if recorded.
        note: What was said, in words, if recorded.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: InteractionId = attrs.field(validator=is_id)
    customer: CustomerId = attrs.field(validator=is_id)
    member: MemberId | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    channel: Channel = attrs.field(validator=is_a(Channel))
    direction: Direction = attrs.field(validator=is_a(Direction))
    minutes: int | None = attrs.field(default=None, validator=attrs.validators.optional(is_count))
    note: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_text),
        repr=masked,
        metadata=personal("text", erase="null"),
    )
    version: int = attrs.field(default=0, validator=is_count)
