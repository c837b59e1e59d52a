"""Refusals: a field that holds personal data keeps the value to itself."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.checks import (
    PERSONAL,
    Withheld,
    above,
    at_least,
    between,
    day,
    decimal,
    is_a,
    is_after_since,
    is_count,
    is_fraction,
    is_id,
    is_name,
    is_text,
    is_zone,
    not_before,
    only_with,
    optional_decimal,
    optional_utc,
    refusal,
    utc,
    words,
)
from crmcore.errors import InvalidValueError, UnknownNameError

CANARY = "zz-canary"
LONG = CANARY * 2_000
SINCE = datetime.fromisoformat("1998-07-01T00:00:00Z")


@attrs.frozen
class Since:
    """Stands for a record that has begun at some instant."""

    since: datetime = SINCE
    nothing: None = None


def is_day(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Want a day, as a record of somebody else's may."""
    day(value, attribute)


def field(**keywords: Any) -> attrs.Attribute[Any]:  # noqa: ANN401
    """Return the one field of a record that is made for it."""
    made = attrs.make_class("Made", {"secret": attrs.field(**keywords)})
    return attrs.fields_dict(made)["secret"]


VALIDATORS: dict[str, tuple[Any, Any]] = {
    "above": (above(3), CANARY),
    "at_least": (at_least(3), CANARY),
    "between": (between(1, 3), CANARY),
    "is_a": (is_a(bool), CANARY),
    "is_after_since": (is_after_since, datetime.fromisoformat("1812-04-01T00:00:00Z")),
    "is_count": (is_count, CANARY),
    "is_day, no day": (is_day, CANARY),
    "is_day, an instant": (is_day, datetime.fromisoformat("1812-04-01T00:00:00Z")),
    "is_fraction": (is_fraction, CANARY),
    "is_id, long": (is_id, LONG),
    "is_id, blank": (is_id, f"{CANARY} "),
    "is_name, long": (is_name, LONG),
    "is_name, NUL": (is_name, f"{CANARY}\0"),
    "is_name, bytes": (is_name, CANARY.encode()),
    "is_text, long": (is_text, LONG),
    "is_text, a list": (is_text, [CANARY]),
    "not_before": (not_before("since"), datetime.fromisoformat("1812-04-01T00:00:00Z")),
    "only_with": (only_with("nothing"), CANARY),
    "is_zone, a list": (is_zone, [CANARY]),
    "is_zone, unknown": (is_zone, CANARY),
}
CONVERTERS: dict[str, tuple[Any, Any]] = {
    "decimal, text": (decimal, CANARY),
    "decimal, long": (decimal, "1812" * 10),
    "decimal, NaN": (optional_decimal, Decimal("NaN1812")),
    "utc, text": (utc, CANARY),
    "utc, naive": (utc, datetime(1812, 4, 1)),  # noqa: DTZ001 - the absent zone is the point
    "utc, late": (
        optional_utc,
        datetime.max.replace(year=9999, microsecond=1812, tzinfo=SINCE.tzinfo),
    ),
    "words, one text": (words, CANARY),
    "words, a number last": (words, [CANARY, 3]),
    "words, a number first": (words, [3, CANARY]),
}


def said(error: BaseException) -> str:
    """Return everything that an error holds, its parts, notes and causes among it."""
    parts = [str(error), repr(error), repr(error.args), repr(vars(error))]
    parts += getattr(error, "__notes__", [])
    for cause in (error.__cause__, error.__context__):
        if cause is not None:
            parts.append(said(cause))
    return "\n".join(parts)


@pytest.mark.parametrize(("check", "value"), VALIDATORS.values(), ids=VALIDATORS)
def test_validators_withhold_personal_data(check: Any, value: Any) -> None:  # noqa: ANN401
    """No part of a validator's error holds the value of a field that is personal."""
    with pytest.raises(InvalidValueError, match=r"^secret must ") as caught:
        check(Since(), field(metadata={PERSONAL: True}), value)

    assert "canary" not in said(caught.value)
    assert "1812" not in said(caught.value)


@pytest.mark.parametrize(("convert", "value"), CONVERTERS.values(), ids=CONVERTERS)
def test_converters_withhold_personal_data(convert: Any, value: Any) -> None:  # noqa: ANN401
    """No part of a converter's error holds the value of a field that is personal."""
    with pytest.raises(InvalidValueError, match=r"^secret must ") as caught:
        convert(value, field(metadata={PERSONAL: True}))

    assert "canary" not in said(caught.value)
    assert "1812" not in said(caught.value)


@pytest.mark.parametrize("metadata", [{}, {PERSONAL: True}], ids=["open", "personal"])
def test_what_is_right_is_right_where_it_is_personal_too(metadata: dict[str, bool]) -> None:
    """A personal field takes what any other field takes."""
    is_zone(Since(), field(metadata=metadata), "Europe/Berlin")


def test_only_an_open_field_suggests_the_nearest() -> None:
    """The zone that was meant is suggested where that gives nothing away."""
    with pytest.raises(UnknownNameError, match="did you mean 'Europe/Berlin'"):
        is_zone(Since(), field(), "Europe/Berlim")


@pytest.mark.parametrize(("check", "value"), [(is_name, f"{CANARY}\0"), (is_id, f"{CANARY} ")])
def test_other_fields_show_what_was_found(check: Any, value: str) -> None:  # noqa: ANN401
    """What is not personal is told, because it helps to find the mistake."""
    with pytest.raises(InvalidValueError, match=CANARY) as caught:
        check(Since(), field(), value)

    assert caught.value.value == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", "1 character"),
        ("ada@example.org", "15 characters"),
        (b"\0\0", "2 bytes"),
        (bytearray(1), "1 byte"),
        (None, "a NoneType"),
        (Decimal("2.5"), "a Decimal"),
        (3, "an int"),
        (Withheld("character", 3), "3 characters"),
    ],
)
def test_what_is_withheld_tells_kind_and_length(value: object, shown: str) -> None:
    """Instead of the value stand its kind and its length."""
    error = refusal(field(metadata={PERSONAL: True}), value, "be left out")

    assert str(error) == f"secret must be left out (got {shown})"


def test_a_mere_name_hides_nothing() -> None:
    """Whoever names a field instead of handing it on is shown the value."""
    assert str(refusal("spend", 3, "be above 3")) == "spend must be above 3 (got 3)"
