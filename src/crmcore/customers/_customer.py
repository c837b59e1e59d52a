"""Customers and the people to talk to."""

from __future__ import annotations

from datetime import date, datetime
from typing import NewType

import attrs

from crmcore.checks import day, is_a, is_count, is_id, is_name, optional_utc, words
from crmcore.kernel import CustomerId, LabelledEnum
from crmcore.privacy import masked, personal

ContactId = NewType("ContactId", str)


class CustomerKind(LabelledEnum):
    """What sort of customer it is.

    .. versionadded:: 0.1.0
    """

    PERSON = "person", "person", "个人"
    ORGANIZATION = "organization", "organisation", "企业"


def _is_day(_: object, attribute: attrs.Attribute[date | None], value: date | None) -> None:
    if value is not None:
        day(value, attribute.name)


@attrs.frozen(kw_only=True)
class Customer:
    """Somebody who buys or may buy.

    Attributes:
        id: The company's own id of the customer.
        name: How people call the customer.
        kind: Person or organisation.
        known_since: The day on which the company first knew of the customer, if recorded.
        language: The language to serve the customer in, as a BCP 47 tag such as ``zh``.
        region: The region in which the customer wants to be served.
        needs: The skills that whoever looks after the customer must have, each once, sorted.
        archived_at: When the customer was put out of use; None while in use.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: CustomerId = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_name, repr=masked, metadata=personal("name"))
    kind: CustomerKind = attrs.field(default=CustomerKind.PERSON, validator=is_a(CustomerKind))
    known_since: date | None = attrs.field(default=None, validator=_is_day)
    language: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    region: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    needs: tuple[str, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(words, takes_field=True),  # type: ignore[misc]
        validator=attrs.validators.deep_iterable(is_name),
    )
    archived_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
    )
    version: int = attrs.field(default=0, validator=is_count)


@attrs.frozen(kw_only=True)
class Contact:
    """A person to talk to at a customer.

    Attributes:
        id: The company's own id of the contact.
        customer: The customer that the person belongs to.
        name: How to address the person.
        email: The address to write to, if known.
        phone: The number to call, if known.
        position: What the person does there, if known.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: ContactId = attrs.field(validator=is_id)
    customer: CustomerId = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_name, repr=masked, metadata=personal("name"))
    email: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_name),
        repr=masked,
        metadata=personal("email", erase="null"),
    )
    phone: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_name),
        repr=masked,
        metadata=personal("phone", erase="null"),
    )
    position: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_name),
        repr=masked,
        metadata=personal("position", erase="null"),
    )
    version: int = attrs.field(default=0, validator=is_count)
