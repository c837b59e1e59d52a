"""Matters: what is not settled yet between the company and a customer."""

from __future__ import annotations

from datetime import datetime
from typing import NewType

import attrs

from crmcore.checks import is_a, is_count, is_id, is_name, is_text, optional_utc, utc
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, LabelledEnum, MemberId, Money
from crmcore.privacy import masked, personal

MatterId = NewType("MatterId", str)


class MatterKind(LabelledEnum):
    """What sort of matter it is.

    .. versionadded:: 0.1.0
    """

    REQUEST = "request", "request", "服务请求"
    COMPLAINT = "complaint", "complaint", "客户投诉"
    OPPORTUNITY = "opportunity", "opportunity", "商机"
    MEETING = "meeting", "meeting", "会面"


@attrs.frozen(kw_only=True)
class Matter:
    """Something that is to be settled with a customer, and who is in charge of it.

    It is open from *opened_at* up to, and without, *closed_at*. When the customer changes
    hands, the open matters of whoever gives the customer up go along; a closed one stays what
    it was. Who was in charge before is not kept here, but in the receipt of the change.

    Attributes:
        id: The company's own id of the matter.
        kind: Request, complaint, opportunity or meeting.
        customer: The customer.
        member: The member in charge of it; None where nobody is.
        subject: What it is about, on one line.
        opened_at: When it came up, as an instant.
        due_at: When it is to be settled, or when the meeting takes place, if agreed.
        closed_at: When it was settled, or given up; None while it is open.
        promise: What the customer was promised, if anything was.
        next_step: What is to be done next, if recorded.
        amount: What an opportunity is worth, if estimated; other matters have none.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: MatterId = attrs.field(validator=is_id)
    kind: MatterKind = attrs.field(validator=is_a(MatterKind))
    customer: CustomerId = attrs.field(validator=is_id)
    member: MemberId | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    subject: str = attrs.field(validator=is_name, repr=masked, metadata=personal("text"))
    opened_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    due_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
    )
    closed_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
    )
    promise: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_text),
        repr=masked,
        metadata=personal("text", erase="null"),
    )
    next_step: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_text),
        repr=masked,
        metadata=personal("text", erase="null"),
    )
    amount: Money | None = attrs.field(default=None)
    version: int = attrs.field(default=0, validator=is_count)

    @due_at.validator
    @closed_at.validator
    def _comes_later(
        self, attribute: attrs.Attribute[datetime | None], value: datetime | None
    ) -> None:
        if value is not None and value < self.opened_at:
            rule = f"not be before opened_at, {self.opened_at.isoformat()}"
            raise InvalidValueError(attribute.name, value.isoformat(), rule)

    @amount.validator
    def _is_worth_of_an_opportunity(
        self, attribute: attrs.Attribute[Money | None], value: object
    ) -> None:
        if value is None:
            return
        if self.kind is not MatterKind.OPPORTUNITY:
            rule = f"be left out: a {self.kind} is not worth an amount, an opportunity is"
            raise InvalidValueError(attribute.name, str(value), rule)
        if not isinstance(value, Money):
            raise InvalidValueError(attribute.name, value, "be money, such as Money('9.90', 'EUR')")
        if value.amount < 0:
            raise InvalidValueError(attribute.name, str(value), "be 0 or more")

    def is_open_at(self, at: datetime) -> bool:
        """Say whether it had come up, and was not closed, at the instant *at*."""
        return self.opened_at <= at and (self.closed_at is None or at < self.closed_at)
