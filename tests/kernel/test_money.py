"""Money: an exact amount in one currency."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.kernel import Money, minor_digits


def amounts(currency: str = "USD") -> st.SearchStrategy[Money]:
    """Amounts in cents."""
    cents = st.integers(-(10**15), 10**15)
    return cents.map(lambda number: Money(Decimal(number).scaleb(-2), currency))


@given(amounts(), amounts(), amounts())
def test_amounts_add_up_in_any_order(a: Money, b: Money, c: Money) -> None:
    """A sum does not depend on the order or the grouping of its parts."""
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)


@given(amounts(), amounts())
def test_what_is_added_can_be_taken_away(a: Money, b: Money) -> None:
    """Taking away undoes adding, and an amount and its negative cancel out."""
    assert a + b - b == a
    assert a + -a == Money(0, "USD")
    assert a - b == -(b - a)


@given(amounts(), st.integers(0, 20))
def test_multiplying_is_adding_again_and_again(a: Money, times: int) -> None:
    """A multiple is the sum of as many equal amounts."""
    assert a * times == sum([a] * times, start=Money(0, "USD"))


@given(amounts(), amounts())
def test_amounts_compare_as_their_numbers(a: Money, b: Money) -> None:
    """Of two amounts of one currency the comparison is that of the numbers."""
    assert (a < b) == (a.amount < b.amount)
    assert (a <= b) == (a.amount <= b.amount)
    assert (a > b) == (a.amount > b.amount)
    assert (a >= b) == (a.amount >= b.amount)


def test_no_setting_of_the_caller_rounds_money() -> None:
    """Sums and products are exact, however many digits the caller's context keeps."""
    million = Money("1000000.01", "USD")

    with localcontext() as context:
        context.prec = 3
        assert million + million == Money("2000000.02", "USD")
        assert million - Money("0.01", "USD") == Money("1000000.00", "USD")
        assert million * Decimal("1.001") == Money("1001000.01001", "USD")
        assert -million == Money("-1000000.01", "USD")


def test_a_cent_beside_a_fortune_is_not_lost() -> None:
    """Thirty digits are kept to the last one."""
    fortune = Money("1234567890123456789012345678.01", "IDR")

    assert fortune + Money("0.01", "IDR") == Money("1234567890123456789012345678.02", "IDR")


def test_two_currencies_do_not_mix() -> None:
    """Adding, taking away or comparing two currencies raises with both codes."""
    dollars, yuan = Money(10, "USD"), Money(10, "CNY")

    for mix in (
        lambda: dollars + yuan,
        lambda: dollars - yuan,
        lambda: dollars < yuan,
        lambda: dollars <= yuan,
        lambda: dollars > yuan,
        lambda: dollars >= yuan,
    ):
        with pytest.raises(MixedCurrenciesError, match="cannot put USD and CNY together") as caught:
            mix()
        assert (caught.value.left, caught.value.right) == ("USD", "CNY")
    assert dollars != yuan


@pytest.mark.parametrize("factor", [0.5, "half", None])
def test_factors_are_exact_numbers(factor: Any) -> None:  # noqa: ANN401
    """A float is no factor for money."""
    with pytest.raises(InvalidValueError, match=r"^factor must be a decimal"):
        Money(10, "USD") * factor


def test_floats_are_refused() -> None:
    """A float is seldom the number that was written."""
    with pytest.raises(InvalidValueError, match=r"^amount must be a decimal, an integer or text"):
        Money(19.99, "USD")  # type: ignore[arg-type]  # which is what is refused


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("CNY", 2), ("JPY", 0), ("KWD", 3)])
def test_currencies_know_their_minor_unit(currency: str, digits: int) -> None:
    """The digits of the minor unit are those of ISO 4217."""
    assert minor_digits(currency) == digits


@pytest.mark.parametrize("currency", ["usd", "EURO", "", None, ["USD"]])
def test_unknown_currencies_are_refused(currency: Any) -> None:  # noqa: ANN401
    """What is no active code is refused, whatever it is."""
    with pytest.raises(UnknownNameError, match=r"^unknown currency "):
        Money(1, currency)


def test_the_nearest_currency_is_suggested() -> None:
    """A code in lower case is answered with the code."""
    with pytest.raises(UnknownNameError, match="did you mean 'USD'"):
        minor_digits("usd")


def test_an_amount_reads_as_amount_and_code() -> None:
    """The text of an amount keeps the digits as they came."""
    assert str(Money("12.50", "USD")) == "12.50 USD"
    assert {Money("12.50", "USD"): "twelve fifty"}[Money("12.5", "USD")] == "twelve fifty"
