"""Words: members of enumerations, yes or no, and lists of text."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

import attrs
import pytest

from crmcore.checks import is_a, words
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
