"""Lengths of time and discount rates."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.codec import from_json, to_json
from crmcore.durations import (
    DAY,
    MONTH,
    WEEK,
    YEAR,
    DiscountRate,
    Duration,
    TimeUnit,
    annual,
    days,
    months,
    weeks,
    years,
)
from crmcore.errors import InvalidValueError

UNITS = st.sampled_from(TimeUnit)
AMOUNTS = st.floats(0, 1e6)
RATES = st.floats(0, 1)


def test_units_have_fixed_lengths() -> None:
    """A week has 7 days, a year 365.25, and a month is a twelfth of a year."""
    assert [unit.days for unit in (DAY, WEEK, MONTH, YEAR)] == [1, 7, 30.4375, 365.25]
    assert 12 * MONTH.days == YEAR.days


def test_a_duration_converts() -> None:
    """39 weeks are 273 days, and 12 months are a year."""
    assert weeks(39).in_unit(DAY) == weeks(39).days == 273
    assert months(12).in_unit(YEAR) == 1
    assert years(2).in_unit(MONTH) == 24
    assert days(272).in_unit(WEEK) == pytest.approx(38.857142857)


@given(AMOUNTS, UNITS, UNITS)
def test_converting_there_and_back_changes_nothing(
    amount: float, unit: TimeUnit, other: TimeUnit
) -> None:
    """A duration in another unit has the same length."""
    there = Duration(Duration(amount, unit).in_unit(other), other)

    assert there.in_unit(unit) == pytest.approx(amount, rel=1e-15)


@pytest.mark.parametrize(
    ("duration", "en", "zh"),
    [
        (weeks(39), "39 weeks", "39 周"),
        (days(1), "1 day", "1 天"),
        (years(1.5), "1.5 years", "1.5 年"),
        (months(12), "12 months", "12 个月"),
        (days(0), "0 days", "0 天"),
        (days(10_000), "10,000 days", "10,000 天"),
    ],
)
def test_a_duration_says_its_unit(duration: Duration, en: str, zh: str) -> None:
    """People read the number with its unit, in both languages."""
    assert str(duration) == duration.words.en == en
    assert duration.words.zh == zh


def test_a_week_is_not_written_as_seven_days() -> None:
    """Two durations of one length in two units are two values of one length."""
    assert weeks(1) != days(7)
    assert weeks(1).days == days(7).days


def test_an_amount_may_be_any_real_number() -> None:
    """Whole numbers, decimals and fractions become floats."""
    exact: list[Any] = [1, Decimal("0.5"), Fraction(1, 4), -0.0]

    amounts = [Duration(amount, DAY).amount for amount in exact]

    assert amounts == [1.0, 0.5, 0.25, 0.0]
    assert all(math.copysign(1, amount) == 1 for amount in amounts)
    assert {type(amount) for amount in amounts} == {float}


@pytest.mark.parametrize(
    ("amount", "rule"),
    [
        (-1, "amount must be at least 0"),
        (math.nan, "amount must be finite"),
        (math.inf, "amount must be finite"),
        (Decimal("NaN"), "amount must be finite"),
        (Decimal("sNaN"), "amount must be finite"),
        (10**400, "amount must be finite"),
        (1e307, "amount must be finite, also in days"),
        ("39", "amount must be a number"),
        (True, "amount must be a number"),
        (None, "amount must be a number"),
    ],
)
def test_no_duration_is_negative_or_endless(amount: Any, rule: str) -> None:  # noqa: ANN401
    """What is no finite number from 0 on is refused by name."""
    with pytest.raises(InvalidValueError, match=rule):
        years(amount)


@pytest.mark.parametrize("unit", ["week", "W", 7, None])
def test_a_unit_is_named_and_never_abbreviated(unit: Any) -> None:  # noqa: ANN401
    """Texts that other libraries take for units are refused."""
    with pytest.raises(InvalidValueError, match=r"unit must be one of TimeUnit\.DAY"):
        Duration(39, unit)


@pytest.mark.parametrize("unit", ["week", 7, None, weeks(1)])
def test_a_number_is_asked_for_in_a_unit(unit: Any) -> None:  # noqa: ANN401
    """A word is no unit here either, nor is a duration one, nor a unit a duration."""
    with pytest.raises(InvalidValueError, match="unit must be a unit of time, such as WEEK"):
        weeks(39).in_unit(unit)
    with pytest.raises(InvalidValueError, match="unit must be a unit of time, such as WEEK"):
        annual(0.1).per(unit)
    with pytest.raises(InvalidValueError, match="unit must be a unit of time, such as WEEK"):
        annual(0.1).force(unit)
    with pytest.raises(InvalidValueError, match=r"duration must be a duration, such as weeks\(39"):
        annual(0.1).factor(WEEK)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [np.int64(3), np.float32(3), np.float64(3), Fraction(3)])
def test_numbers_of_other_kinds_become_floats(number: Any) -> None:  # noqa: ANN401
    """What numpy counts in is a number too."""
    found = weeks(number)

    assert found == weeks(3)
    assert type(found.amount) is float


def test_a_rate_discounts() -> None:
    """At 15 % a year, 1 is worth 1/1.15 in a year and 1/1.15² in two."""
    rate = annual(0.15)

    assert rate.factor(years(0)) == 1
    assert rate.factor(years(1)) == pytest.approx(1 / 1.15, rel=1e-15)
    assert rate.factor(months(24)) == pytest.approx(1 / 1.15**2, rel=1e-15)
    assert rate.per(YEAR) == pytest.approx(0.15, rel=1e-15)
    assert rate.force(YEAR) == pytest.approx(math.log(1.15), rel=1e-15)


def test_a_rate_of_a_week_is_the_published_one() -> None:
    """Fader, Hardie and Lee (JMR 42, 2005) discount at 15 % a year, which is .0027 a week."""
    assert round(annual(0.15).force(WEEK), 4) == 0.0027


@given(RATES, AMOUNTS, UNITS)
def test_a_rate_means_the_same_in_every_unit(rate: float, amount: float, unit: TimeUnit) -> None:
    """Factor, rate per unit and force tell the same story."""
    discount = annual(rate)
    factor = discount.factor(Duration(amount, unit))

    assert 0 <= factor <= 1
    assert factor == pytest.approx(math.exp(-discount.force(unit) * amount), rel=1e-9)
    assert factor == pytest.approx((1 + discount.per(unit)) ** -amount, rel=1e-6, abs=1e-300)


def test_no_rate_discounts_nothing() -> None:
    """At 0 % a year, money keeps its worth."""
    assert annual(0).factor(years(30)) == 1
    assert [annual(0).per(unit) for unit in TimeUnit] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("rate", "rule"),
    [
        (15, r"per_year must be a fraction between 0 and 1 \(0\.8, not 80\) \(got 15"),
        (-0.1, "per_year must be at least 0"),
        (math.nan, "per_year must be finite"),
        (math.inf, "per_year must be finite"),
        ("15 %", "per_year must be a number"),
    ],
)
def test_a_rate_is_a_fraction(rate: Any, rule: str) -> None:  # noqa: ANN401
    """Percentages and what is no number are refused."""
    with pytest.raises(InvalidValueError, match=rule):
        annual(rate)


def test_a_rate_says_its_year() -> None:
    """People read a rate in per cent, with its year."""
    assert str(annual(0.15)) == annual(0.15).words.en == "15 % a year"
    assert annual(0.15).words.zh == "每年 15 %"
    assert str(annual(0.07)) == "7 % a year"


def test_durations_and_rates_go_through_json() -> None:
    """What is written is read back equal."""
    for unit, amount in product(TimeUnit, (0, 0.1, 39)):
        duration = Duration(amount, unit)
        assert from_json(Duration, to_json(duration)) == duration
    assert from_json(DiscountRate, to_json(annual(0.15))) == annual(0.15)


def test_a_rate_is_asked_with_durations_and_units() -> None:
    """Numbers and words without a meaning are refused."""
    with pytest.raises(
        InvalidValueError, match=r"duration must be a duration, such as weeks\(39\)"
    ):
        annual(0.15).factor(39)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="unit must be a unit of time, such as WEEK"):
        annual(0.15).per("week")  # type: ignore[arg-type]
