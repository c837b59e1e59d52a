"""Declaring: a field says once what personal data it holds."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from crmcore.checks import PERSONAL, is_name
from crmcore.customers import Contact, ContactId
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import CustomerId, Money
from crmcore.privacy import Erasure, Personal, PersonalKind, masked, personal, personal_fields


def test_a_declaration_says_what_it_is_and_what_erasing_makes_of_it() -> None:
    """Words do as well as members of the enumerations."""
    assert personal("email", erase="null") == {
        PERSONAL: Personal(PersonalKind.EMAIL, Erasure.NULL, "[erased]")
    }
    assert personal(PersonalKind.NAME, placeholder="-")[PERSONAL] == Personal(
        PersonalKind.NAME, Erasure.TOMBSTONE, "-"
    )


def test_a_declaration_cannot_be_changed() -> None:
    """The metadata of a field belongs to all records of its class."""
    declared: Any = personal("name")

    with pytest.raises(TypeError, match="does not support item assignment"):
        declared[PERSONAL] = None


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"kind": "e-mail"}, "unknown kind of personal data 'e-mail'; did you mean 'email'?"),
        ({"kind": "name", "erase": "nul"}, "unknown erasure 'nul'; did you mean 'null'?"),
    ],
)
def test_unknown_words_are_refused(words: dict[str, str], refusal: str) -> None:
    """A slip of the pen is told when the record is declared."""
    with pytest.raises(UnknownNameError) as caught:
        personal(**words)

    assert str(caught.value) == refusal


def test_a_placeholder_is_text() -> None:
    """What takes the place of a value can be seen."""
    with pytest.raises(InvalidValueError, match="placeholder must not be empty"):
        personal("name", placeholder="")


def test_personal_fields_come_in_the_order_of_the_record() -> None:
    """What is not declared is not there."""
    found = personal_fields(Contact)

    assert {name: declared.kind.value for name, declared in found.items()} == {
        "name": "name",
        "email": "email",
        "phone": "phone",
        "position": "position",
    }
    assert list(found) == ["name", "email", "phone", "position"]
    assert personal_fields(Money) == personal_fields(dict) == {}


@pytest.mark.parametrize(
    "thing",
    [Contact(id=ContactId("p-1"), customer=CustomerId("c-17"), name="Ada"), "Ada", None],
    ids=type,
)
def test_only_classes_have_fields(thing: Any) -> None:  # noqa: ANN401
    """Something else than a class is refused, and is not shown: it may be a record."""
    with pytest.raises(InvalidValueError, match=r"^record_type must be a class") as caught:
        personal_fields(thing)

    assert "Ada" not in repr((str(caught.value), caught.value.args))


@attrs.frozen
class Guest:
    """Somebody who stays for a night."""

    id: str
    name: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_name),
        metadata=personal("name"),
        repr=masked,
    )


@pytest.mark.parametrize(
    ("name", "shown"), [("Ada", "<personal>"), ("", "<personal>"), (None, "None")]
)
def test_the_repr_hides_what_is_there(name: str | None, shown: str) -> None:
    """The repr tells whether there is a value, and not which one."""
    assert masked(name) == shown


def test_a_record_hides_its_personal_fields() -> None:
    """Neither the repr of a record nor its text shows personal data."""
    ada = Guest("g-1", "Ada")

    assert repr(ada) == str(ada) == f"{ada}" == "Guest(id='g-1', name=<personal>)"


def test_an_error_tells_the_length_and_not_the_value() -> None:
    """A validator keeps the value to itself, in the message and in the parts."""
    with pytest.raises(InvalidValueError) as caught:
        Guest("g-2", "Ada" * 100)

    assert str(caught.value) == "name must have at most 200 characters (got 300 characters)"
    assert "Ada" not in repr((caught.value, caught.value.args, vars(caught.value)))
