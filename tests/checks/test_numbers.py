"""Numbers: finite, exact, within their bounds."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.checks import (
    above,
    at_least,
    between,
    decimal,
    is_count,
    is_fraction,
    not_negative,
    optional_decimal,
)
from crmcore.errors import InvalidValueError


class Level(IntEnum):
    """A number with a name, which a store would give back without it."""

    LOW = 1


@attrs.frozen
class Offer:
    """A record with a field for each of the checks."""

    price: Decimal = attrs.field(
        default=Decimal(1),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    share: Any = attrs.field(default=0, validator=is_fraction)
    pieces: Any = attrs.field(default=1, validator=above(0))
    days: Any = attrs.field(default=0, validator=at_least(0))
    level: Any = attrs.field(default=1, validator=between(1, 7))
    count: Any = attrs.field(default=0, validator=is_count)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9)))
def test_decimals_stay_what_they_are(number: Decimal) -> None:
    """A decimal, and its text, become a number equal to it."""
    if len(number.as_tuple().digits) <= 30:
        assert decimal(number) == number
        assert decimal(str(number)) == number


@pytest.mark.parametrize("zero", ["-0", "-0.00", Decimal("-0")])
def test_there_is_one_zero(zero: Decimal | str) -> None:
    """A negative zero is the plain one, so that equal amounts read the same."""
    assert not decimal(zero).is_signed()


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (12.5, "be a decimal, an integer or text, not a float"),
        (True, "be a decimal, an integer or text, not a float"),
        (None, "be a decimal, an integer or text, not a float"),
        ("twelve", "be a decimal number"),
        ("NaN", "be finite"),
        (Decimal("-Infinity"), "be finite"),
        ("1E+9999999", "have at most 30 digits"),
        ("1E-31", "have at most 30 digits"),
        (10**30, "have at most 30 digits"),
    ],
)
def test_what_is_no_exact_number_is_refused(value: Any, rule: str) -> None:  # noqa: ANN401
    """Floats, words, infinities and absurd sizes are refused with the field's name."""
    with pytest.raises(InvalidValueError, match=f"^price must {rule} "):
        Offer(price=value)


def test_a_missing_number_may_stay_missing() -> None:
    """The optional converter lets None through, and nothing else that is no number."""
    assert optional_decimal(None) is None
    assert optional_decimal("2.50") == Decimal("2.50")
    with pytest.raises(InvalidValueError, match="value must be a decimal number"):
        optional_decimal("")


@pytest.mark.parametrize(
    "fields",
    [
        {"share": 0},
        {"share": 1},
        {"share": Decimal("0.8")},
        {"share": Fraction(1, 3)},
        {"pieces": 1},
        {"pieces": Decimal("0.01")},
        {"days": 0},
        {"level": 1},
        {"level": 7},
    ],
)
def test_bounds_that_are_included_are_taken(fields: dict[str, Any]) -> None:
    """A number on an included bound, of any exact type, is right."""
    assert attrs.evolve(Offer(), **fields) is not None


@pytest.mark.parametrize("odd", [None, "7", float("nan"), (1,)])
@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("share", "be a fraction between 0 and 1"),
        ("pieces", "be above 0"),
        ("days", "be at least 0"),
        ("level", "be a whole number between 1 and 7"),
    ],
)
def test_what_is_no_number_is_refused(field: str, rule: str, odd: object) -> None:
    """None, text and NaN get the message of the field's rule."""
    with pytest.raises(InvalidValueError, match=f"^{field} must {rule}"):
        attrs.evolve(Offer(), **{field: odd})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"share": 80}, r"share must be a fraction between 0 and 1 \(0.8, not 80\) \(got 80\)"),
        ({"share": Decimal("-0.1")}, "share must be a fraction"),
        ({"pieces": 0}, r"pieces must be above 0 \(got 0\)"),
        ({"days": -1}, r"days must be at least 0 \(got -1\)"),
        ({"level": 0}, r"level must be between 1 and 7 \(got 0\)"),
        ({"level": 8}, r"level must be between 1 and 7 \(got 8\)"),
        ({"level": 2.5}, r"level must be a whole number between 1 and 7 \(got 2.5\)"),
        ({"level": True}, r"level must be a whole number between 1 and 7 \(got True\)"),
        ({"level": Decimal(3)}, r"level must be a whole number between 1 and 7 \(got Decimal"),
    ],
)
def test_numbers_out_of_bounds_are_refused(fields: dict[str, Any], message: str) -> None:
    """A number out of its bounds is told with the bounds."""
    with pytest.raises(InvalidValueError, match=f"^{message}"):
        attrs.evolve(Offer(), **fields)


@pytest.mark.parametrize("count", [0, 1, 2**63 - 1])
def test_counts_are_whole_and_fit_into_64_bits(count: int) -> None:
    """A count is what every database can count."""
    assert Offer(count=count).count == count


@pytest.mark.parametrize(
    ("count", "rule"),
    [
        (True, "be a whole number"),
        pytest.param(Level.LOW, "be a whole number", id="enumeration"),
        (1.0, "be a whole number"),
        ("1", "be a whole number"),
        (-1, "be at least 0"),
        (2**63, "be at most 9223372036854775807"),
        pytest.param(10**5000, "be at most 9223372036854775807", id="5,001 digits"),
    ],
)
def test_what_is_no_count_is_refused(count: object, rule: str) -> None:
    """Yes, numbers of enumerations, floats and numbers beyond 64 bits are no counts."""
    with pytest.raises(InvalidValueError, match=f"^count must {rule} "):
        Offer(count=count)


@pytest.mark.parametrize(
    ("given_as", "number"), [(3, 3.0), (Decimal("0.5"), 0.5), (Fraction(1, 4), 0.25), (-0.0, 0.0)]
)
def test_a_measure_is_taken_from_any_kind_of_number(given_as: Any, number: float) -> None:  # noqa: ANN401
    """It becomes a float, and a zero has no sign."""
    assert str(not_negative(given_as, "age")) == str(number)


@pytest.mark.parametrize(
    ("given_as", "rule"),
    [
        (True, "be a number"),
        ("3", "be a number"),
        (None, "be a number"),
        (float("nan"), "be finite"),
        (Decimal("sNaN"), "be finite"),
        (Decimal("Infinity"), "be finite"),
        (10**400, "be finite"),
        (-1, "be at least 0"),
    ],
)
def test_a_measure_is_finite_and_not_below_0(given_as: Any, rule: str) -> None:  # noqa: ANN401
    """Whatever else is refused by the name of its field, a NaN that signals too."""
    with pytest.raises(InvalidValueError, match=f"^age must {rule}"):
        not_negative(given_as, "age")
