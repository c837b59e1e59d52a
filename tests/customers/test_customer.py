"""Customers and the people to talk to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from crmcore.customers import Contact, ContactId, Customer, CustomerKind
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId

NORTHWIND = CustomerId("c-17")


def test_a_customer_is_a_person_in_use_unless_said_otherwise() -> None:
    """Only an id and a name must be known."""
    customer = Customer(id=NORTHWIND, name="Northwind")

    assert customer.kind is CustomerKind.PERSON
    assert (customer.archived_at, customer.known_since, customer.version) == (None, None, 0)


def test_needs_come_in_any_order() -> None:
    """The same needs in another order make the same customer."""
    one = Customer(id=NORTHWIND, name="Northwind", needs=("tax", "law", "tax"))
    other = Customer(id=NORTHWIND, name="Northwind", needs=("law", "tax"))

    assert one == other
    assert one.needs == ("law", "tax")


def test_instants_are_kept_in_utc() -> None:
    """An instant of another zone is the same instant in UTC."""
    shanghai = timezone(timedelta(hours=8))

    customer = Customer(
        id=NORTHWIND, name="Northwind", archived_at=datetime(1998, 7, 1, 8, tzinfo=shanghai)
    )

    assert customer.archived_at == datetime(1998, 7, 1, tzinfo=UTC)
    assert customer.archived_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": ""}, r"^id must not be empty"),
        ({"id": " c-17"}, r"^id must have no blanks at its ends"),
        ({"name": "North\0wind"}, r"^name must hold no control characters"),
        ({"language": ""}, r"^language must not be empty"),
        ({"region": "x" * 65}, r"^region must have at most 64 characters"),
        ({"needs": [""]}, r"^needs must not be empty"),
        ({"archived_at": datetime(1998, 7, 1)}, r"^archived_at must carry a time zone"),  # noqa: DTZ001 - that is what is refused
        ({"version": -1}, r"^version must be at least 0"),
    ],
)
def test_a_customer_refuses_what_no_store_could_keep(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        Customer(**{"id": "c-17", "name": "Northwind", **fields})


def test_a_contact_belongs_to_a_customer() -> None:
    """What is not known of a contact is left out."""
    contact = Contact(id=ContactId("p-1"), customer=NORTHWIND, name="Mei", phone="+1 555 0100")

    assert (contact.customer, contact.email, contact.phone) == ("c-17", None, "+1 555 0100")


def test_one_text_is_no_list_of_needs() -> None:
    """It would fall apart into its letters, and nobody would ever have them."""
    with pytest.raises(InvalidValueError, match=r"^needs must be a list of texts, also of a sing"):
        Customer(id=CustomerId("c-17"), name="Northwind", needs="mandarin")


def test_an_instant_is_not_a_day_since_which() -> None:
    """Its day depends on a zone, and a database would keep another one than memory."""
    with pytest.raises(InvalidValueError, match=r"^known_since must be a day, not an instant"):
        Customer(
            id=CustomerId("c-17"),
            name="Northwind",
            known_since=datetime(1998, 7, 1, 23, tzinfo=UTC),
        )
