"""Words: members of enumerations, yes or no, and lists of text."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs
import pytest

from crmcore.checks import is_a, only_with, words
from crmcore.errors import InvalidValueError


class Colour(Enum):
    """Colours of a traffic light."""

    RED = "red"
    GREEN = "green"


@attrs.frozen(kw_only=True)
class Light:
    """A record with a field for each of the checks."""

    colour: Colour = attrs.field(default=Colour.RED, validator=is_a(Colour))
    is_on: bool = attrs.field(default=True, validator=is_a(bool))
    price: Decimal = attrs.field(default=Decimal(9), validator=is_a(Decimal))
    lamps: int | None = attrs.field(default=None, validator=attrs.validators.optional(is_a(int)))
    streets: tuple[str, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(words, takes_field=True),  # type: ignore[misc]
    )


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("colour", "red", r"be one of Colour.RED, Colour.GREEN \(got 'red'\)"),
        ("colour", None, r"be one of Colour.RED, Colour.GREEN \(got None\)"),
        ("is_on", 1, r"be True or False \(got 1\)"),
        ("is_on", "yes", r"be True or False \(got 'yes'\)"),
        ("price", 9.5, r"be a Decimal \(got 9.5\)"),
        ("lamps", "3", r"be an int \(got '3'\)"),
        (
            "streets",
            "High Street",
            r"be a list of texts, also of a single one \(got 'High Street'\)",
        ),
        ("streets", b"High Street", "be a list of texts"),
        ("streets", 3, "be a list of texts"),
        ("streets", ["High Street", 3], r"hold nothing but texts \(got 3\)"),
        ("streets", [["High Street"]], "hold nothing but texts"),
    ],
)
def test_what_merely_looks_right_is_refused(field: str, value: Any, rule: str) -> None:  # noqa: ANN401
    """A word is not yet a member of an enumeration, 1 is not true, and one text is no list."""
    with pytest.raises(InvalidValueError, match=f"^{field} must {rule}"):
        Light(**{field: value})


def test_words_come_once_and_sorted() -> None:
    """The order in which words are given says nothing."""
    assert Light(streets=iter(["Mill Lane", "High Street", "Mill Lane"])).streets == (
        "High Street",
        "Mill Lane",
    )


@attrs.frozen(kw_only=True)
class Letter:
    """A record of which a part makes sense only with another one."""

    read_at: datetime | None = None
    answered_at: datetime | None = attrs.field(default=None, validator=only_with("read_at"))
    is_urgent: bool = False
    is_answered_at_once: bool = attrs.field(default=False, validator=only_with("is_urgent"))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"answered_at": datetime(1998, 7, 1, tzinfo=UTC)},
            r"^answered_at must go with read_at, which is None \(got '1998-07-01T00:",
        ),
        (
            {"is_answered_at_once": True},
            r"^is_answered_at_once must go with is_urgent, which is False \(got True\)",
        ),
    ],
)
def test_the_later_fact_goes_with_the_earlier(fields: dict[str, Any], message: str) -> None:
    """What was answered was read; without the one there is no other."""
    with pytest.raises(InvalidValueError, match=message):
        Letter(**fields)


def test_what_is_left_out_needs_no_other() -> None:
    """Nothing is refused where both are there, or the later one is not."""
    noon = datetime(1998, 7, 1, 12, tzinfo=UTC)

    assert Letter(read_at=noon, is_urgent=True).answered_at is None
    assert Letter(read_at=noon, answered_at=noon).answered_at == noon
    assert Letter(is_urgent=True, is_answered_at_once=True).is_answered_at_once
