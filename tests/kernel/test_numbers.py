"""Rounding at the edge, and hours at the door."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.kernel import hours, minutes, round_half_up


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal(45) / 30, 2),  # half to even would give these as 2, 0 and 2
        (Decimal(15) / 30, 1),
        (Decimal(75) / 30, 3),
        (Decimal("70.5"), 71),
        (Decimal("-70.5"), -71),
        (Decimal("40.1228"), 40),
        (7, 7),
    ],
)
def test_a_half_goes_up(value: Decimal | int, shown: int) -> None:
    """A half is rounded away from zero, as people do it on paper."""
    assert round_half_up(value) == shown


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_rounding_moves_by_half_a_step_at_most(thousandths: int, digits: int) -> None:
    """The rounded number has the digits that were asked for, and is the nearest of them."""
    value = Decimal(thousandths).scaleb(-3)

    rounded = round_half_up(value, digits)

    assert rounded.as_tuple().exponent == -digits
    assert abs(Fraction(rounded) - Fraction(value)) <= Fraction(1, 2 * 10**digits)


def test_nothing_is_shown_as_less_than_nothing() -> None:
    """A small loss that rounds to zero is shown without a sign."""
    assert str(round_half_up(Decimal("-0.004"), 2)) == "0.00"


def test_no_setting_of_the_caller_changes_what_is_shown() -> None:
    """Large numbers are rounded to the last digit, whatever the caller's context keeps."""
    with localcontext() as context:
        context.prec = 3
        assert round_half_up(Decimal("123456.785"), 2) == Decimal("123456.79")
        assert hours(60_000_030) == Decimal("1000000.50")
        assert minutes(Decimal("1000000.5")) == 60_000_030


@given(st.integers(0, 10**7))
def test_quarters_of_an_hour_come_back(quarters: int) -> None:
    """Hours in quarters are whole minutes, and the minutes give the hours back."""
    value = Decimal(quarters) / 4

    assert minutes(value) == 15 * quarters
    assert hours(minutes(value)) == value


@pytest.mark.parametrize("value", [Decimal("0.33"), Decimal("7.999")])
def test_parts_of_a_minute_are_refused(value: Decimal) -> None:
    """Hours that are no whole number of minutes are refused under the field's name."""
    with pytest.raises(InvalidValueError, match=r"^weekly_hours must be hours that are a whole"):
        minutes(value, field="weekly_hours")
