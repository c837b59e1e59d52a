"""Erasing: what is left of a record."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given

from crmcore.activities import Interaction, Matter
from crmcore.checks import is_id
from crmcore.customers import Contact, ContactId, Customer
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, MemberId, Phrase, TeamId
from crmcore.organization import Member
from crmcore.privacy import Erasure, erased, masked, personal, personal_fields
from crmcore.testing import records

PEOPLE: list[type[Any]] = [Customer, Contact, Interaction, Matter, Member]


@pytest.mark.parametrize("cls", PEOPLE)
def test_erasing_leaves_everything_that_is_not_personal(cls: type[Any]) -> None:
    """Personal fields hold what is declared; ids, numbers, days and all else stay."""

    @given(records(cls))
    def erase(record: Any) -> None:  # noqa: ANN401
        left = erased(record)

        for name, declared in personal_fields(cls).items():
            value = getattr(record, name)
            is_gone = value is None or declared.erase is Erasure.NULL
            assert getattr(left, name) == (None if is_gone else "[erased]")
        kept = {field.name: getattr(record, field.name) for field in attrs.fields(cls)}
        kept.update({name: getattr(left, name) for name in personal_fields(cls)})
        assert left == cls(**kept)

    erase()


@given(records(Matter))
def test_erasing_twice_changes_nothing_more(matter: Matter) -> None:
    """What is erased is not erased again."""
    left = erased(matter)

    assert erased(left) == left


@attrs.frozen
class Booking:
    """A night at the inn, with those who stay."""

    id: str
    guests: tuple[Contact, ...] = ()
    host: Member | None = None
    nights: tuple[int, ...] = ()
    title: Phrase = attrs.field(
        default=Phrase("A night", "一晚"), metadata=personal("text"), repr=masked
    )
    shown: str = attrs.field(init=False, default="")


def test_records_within_a_record_are_erased_too() -> None:
    """Whoever hangs on a record is erased with it; a text in two languages is in both."""
    ada = Contact(
        id=ContactId("p-1"), customer=CustomerId("c-17"), name="Ada", email="ada@example.org"
    )
    wei = Member(id=MemberId("wei"), name="Wei", team=TeamId("service"), weekly_hours=38)

    left = erased(Booking("b-1", guests=(ada,), host=wei, nights=(1, 2)))

    assert left == Booking(
        "b-1",
        guests=(attrs.evolve(ada, name="[erased]", email=None),),
        host=attrs.evolve(wei, name="[erased]"),
        nights=(1, 2),
        title=Phrase("[erased]", "[erased]"),
    )


def test_a_record_without_personal_data_stays_the_same() -> None:
    """Where there is nothing to erase, nothing is made anew."""
    phrase = Phrase("one", "一")

    assert erased(phrase) is phrase


@attrs.frozen
class Room:
    """A room whose guest is called by an id; the placeholder is none, by mistake."""

    guest: str = attrs.field(validator=is_id, metadata=personal("name", placeholder=" - "))


def test_a_placeholder_satisfies_its_field() -> None:
    """A placeholder that the field does not take is a mistake of the declaration."""
    with pytest.raises(InvalidValueError, match="guest must have no blanks at its ends"):
        erased(Room("ada"))


def test_only_records_can_be_erased() -> None:
    """Something else is refused, and not shown."""
    with pytest.raises(InvalidValueError, match="be of an attrs class") as caught:
        erased("Ada Lovelace")

    assert "Ada" not in str(caught.value)
