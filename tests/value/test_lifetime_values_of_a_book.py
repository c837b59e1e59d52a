"""The value of a book of customers: its total, its order, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.durations import WEEK, Duration, annual, weeks, years
from crmcore.errors import InvalidValueError
from crmcore.histories import Histories
from crmcore.value import BetaGeo, GammaGamma, LifetimeValues, lifetime_values, new_customer_value
from tests.value import cdnow

RATE = annual(0.15)


@pytest.fixture(scope="module")
def purchases() -> BetaGeo:
    """Return the model of purchases of the sample of CDNOW."""
    return BetaGeo.fit(cdnow.calibration())


@pytest.fixture(scope="module")
def spend() -> GammaGamma:
    """Return the model of spend of the sample of CDNOW."""
    return GammaGamma.fit(cdnow.calibration())


@pytest.fixture(scope="module")
def book(purchases: BetaGeo, spend: GammaGamma) -> LifetimeValues:
    """Return the value of every eighth customer of the sample, with intervals."""
    return lifetime_values(
        cdnow.calibration()[::16], purchases, spend, horizon=weeks(39), discount=RATE, level=0.9
    )


def test_a_book_is_worth_its_customers(book: LifetimeValues) -> None:
    """The total is the sum of the values, and the columns hold what the values tell."""
    assert len(book) == 148
    assert book.total == pytest.approx(sum(value.value for value in book), rel=1e-12)
    assert list(book.values) == [value.value for value in book]
    assert [value.customer for value in book] == list(book.histories.customers or ())
    assert book[-1] == book[147]
    assert book[:2] == (book[0], book[1])
    assert book.currency == "USD"


def test_it_says_what_it_comes_to(book: LifetimeValues) -> None:
    """The total stands in one line of both languages, with all that it rests on."""
    said = str(book)

    assert said.startswith("148 customers are worth ")
    assert said.endswith(" USD in 39 weeks, discounted at 15 % a year, at a margin of 1.00")
    assert book.words.zh.startswith("148 位客户在 39 周内共值 ")
    assert repr(book) == f"LifetimeValues({said})"


def test_the_largest_come_first(book: LifetimeValues) -> None:
    """The most valuable customers are those, the greatest first; equal ones keep their order."""
    largest = book.largest(5)

    assert [value.value for value in largest] == sorted(book.values, reverse=True)[:5]
    equal = attrs.evolve(book, spend=(0.0,) * len(book)).largest(3)
    assert [value.customer for value in equal] == list((book.histories.customers or ())[:3])


def test_the_margin_is_a_factor(purchases: BetaGeo, spend: GammaGamma) -> None:
    """Half the margin leaves half the value."""
    histories = cdnow.calibration()[:20]

    whole, half = (
        lifetime_values(
            histories, purchases, spend, horizon=weeks(39), discount=RATE, margin=margin
        )
        for margin in (1, 0.5)
    )

    assert half.total == pytest.approx(whole.total / 2)


ROWS = [(0, 0.0, 30.0, None), (2, 30.0, 39.0, 22.0), (1, 2.0, 39.0, 11.0), (7, 20.0, 21.0, 70.0)]


def table(
    rows: list[tuple[int, float, float, float | None]], weight: list[float] | None = None
) -> Histories:
    """Return histories of a table without ids."""
    x, last, age, mean = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Histories.from_columns(
        frequency=x, last_purchase_age=last, age=age, unit=WEEK, mean_spend=mean, weight=weight
    )


@given(order=st.permutations(range(4)))
def test_order_makes_no_difference(purchases: BetaGeo, spend: GammaGamma, order: list[int]) -> None:
    """Each customer has the same value wherever he stands, and the total is the same to the bit."""
    terms = {"horizon": weeks(39), "discount": RATE}
    plain = lifetime_values(table(ROWS), purchases, spend, **terms)  # type: ignore[arg-type]
    shuffled = lifetime_values(
        table([ROWS[place] for place in order]),
        purchases,
        spend,
        **terms,  # type: ignore[arg-type]
    )

    assert shuffled.values == tuple(plain.values[place] for place in order)
    assert shuffled.total == plain.total


def test_a_weight_counts_as_so_many_customers(purchases: BetaGeo, spend: GammaGamma) -> None:
    """The total, its interval and the count take a weight for repetition."""
    terms = {"horizon": weeks(39), "discount": RATE}
    weighted = lifetime_values(
        table(ROWS, weight=[2.0, 0.0, 1.0, 3.0]),
        purchases,
        spend,
        **terms,  # type: ignore[arg-type]
    )
    repeated = lifetime_values(
        table([ROWS[place] for place in (0, 0, 2, 3, 3, 3)]),
        purchases,
        spend,
        **terms,  # type: ignore[arg-type]
    )

    assert weighted.total == pytest.approx(repeated.total)
    assert weighted.total_interval().high == pytest.approx(repeated.total_interval().high)
    assert str(weighted).startswith("6 customers are worth ")


def test_nobody_is_worth_nothing(purchases: BetaGeo, spend: GammaGamma) -> None:
    """An empty book has a total of 0, of which one is sure."""
    nobody = lifetime_values(table([]), purchases, spend, horizon=weeks(39), discount=RATE)

    interval = nobody.total_interval()
    assert nobody.total == 0
    assert (interval.low, interval.high) == (0, 0)
    assert nobody.largest(3) == ()


def deviation(
    quantity: Callable[[BetaGeo, GammaGamma], float], purchases: BetaGeo, spend: GammaGamma
) -> float:
    """Return the standard error of a logarithm by differences of all seven parameters."""

    def slope(name: str) -> float:
        high, low = (
            math.log(quantity(moved(purchases, name, step), moved(spend, name, step)))
            for step in (1e-4, -1e-4)
        )
        return (high - low) / 2e-4

    assert purchases.fitted is not None
    assert spend.fitted is not None
    of_purchases = np.array([slope(name) for name in purchases.PARAMETERS])
    of_spend = np.array([slope(name) for name in spend.PARAMETERS])
    variance = of_purchases @ np.array(purchases.fitted.covariance) @ of_purchases
    variance += of_spend @ np.array(spend.fitted.covariance) @ of_spend
    return math.sqrt(variance)


M = TypeVar("M", BetaGeo, GammaGamma)


def moved(model: M, name: str, step: float) -> M:
    """Return the model with the logarithm of one parameter moved, if it is one of its own."""
    if name not in model.PARAMETERS:
        return model
    return attrs.evolve(model, **{name: getattr(model, name) * math.exp(step)})


def test_intervals_hold_the_errors_of_both_models(
    book: LifetimeValues, purchases: BetaGeo, spend: GammaGamma
) -> None:
    """The interval of a customer is that of the delta method over all seven parameters."""
    place = max(range(len(book)), key=lambda each: book.histories.frequency[each])
    one = book.histories[place : place + 1]

    error = deviation(
        lambda p, s: lifetime_values(one, p, s, horizon=weeks(39), discount=RATE).total,
        purchases,
        spend,
    )

    value = book[place]
    assert value.interval is not None
    assert value.interval.level == 0.9
    assert math.log(value.interval.high / value.value) == pytest.approx(
        1.6448536269514722 * error, rel=1e-3
    )
    assert f" USD ({value.interval.low:,.2f} … {value.interval.high:,.2f}) = alive" in str(value)


@pytest.mark.parametrize("horizon", [weeks(39), years(2)])
def test_the_errors_of_a_book_do_not_cancel_out(
    purchases: BetaGeo, spend: GammaGamma, horizon: Duration
) -> None:
    """All customers have the same parameters: the interval of the total is that of its slopes."""
    histories = cdnow.calibration()[::200]
    values = lifetime_values(histories, purchases, spend, horizon=horizon, discount=RATE)

    error = deviation(
        lambda p, s: lifetime_values(histories, p, s, horizon=horizon, discount=RATE).total,
        purchases,
        spend,
    )

    interval = values.total_interval(0.9)
    assert math.log(interval.high / values.total) == pytest.approx(
        1.6448536269514722 * error, rel=5e-3
    )
    assert interval.low < values.total < interval.high


def test_one_fit_is_enough_for_an_interval(purchases: BetaGeo, spend: GammaGamma) -> None:
    """Parameters that are known add no error to those that were fitted."""
    known = attrs.evolve(spend, fitted=None)
    terms = {"horizon": weeks(39), "discount": RATE}

    both = lifetime_values(table(ROWS), purchases, spend, **terms)  # type: ignore[arg-type]
    one = lifetime_values(table(ROWS), purchases, known, **terms)  # type: ignore[arg-type]

    assert one.total_interval().high < both.total_interval().high
    assert one.total == both.total


def test_known_parameters_have_no_interval(purchases: BetaGeo, spend: GammaGamma) -> None:
    """Where nothing was fitted there is nothing to be unsure of, and a level is a fraction."""
    known = attrs.evolve(purchases, fitted=None), attrs.evolve(spend, fitted=None)
    values = lifetime_values(table(ROWS), *known, horizon=weeks(39), discount=RATE)
    fitted = lifetime_values(table(ROWS), purchases, spend, horizon=weeks(39), discount=RATE)

    with pytest.raises(InvalidValueError, match="parameters that are known have no interval"):
        values.total_interval()
    with pytest.raises(InvalidValueError, match=r"level must be a fraction .* \(0\.95, not 95\)"):
        fitted.total_interval(95)


def test_a_customer_may_be_worth_nothing_at_all(purchases: BetaGeo, spend: GammaGamma) -> None:
    """Who bought often and has been silent for ages is gone, and is surely worth nothing."""
    gone = table([(400, 1.0, 500.0, 20.0)])

    [value] = lifetime_values(gone, purchases, spend, horizon=weeks(39), discount=RATE, level=0.95)

    assert value.value == 0
    assert value.interval is not None
    assert value.interval.high == 0


def test_a_new_customer_has_a_value(purchases: BetaGeo, spend: GammaGamma) -> None:
    """It is the mean spend by the discounted purchases, with the first one where it counts."""
    terms = {"horizon": weeks(39), "discount": RATE, "margin": 0.4}
    repeats = new_customer_value(purchases, spend, **terms)  # type: ignore[arg-type]
    all_of_them = new_customer_value(purchases, spend, with_first=True, **terms)  # type: ignore[arg-type]

    assert repeats.purchases == purchases.new_customer_purchases(weeks(39))
    assert all_of_them.purchases == repeats.purchases + 1
    first = 0.4 * spend.population_mean
    assert all_of_them.value == pytest.approx(repeats.value + first, rel=1e-9)
    assert str(repeats).startswith("a new customer: ")
    assert repeats.words.zh.startswith("新客户：")
    assert "the first purchase is not counted" in str(repeats)
    assert "the first purchase is one of them" in str(all_of_them)


def test_the_value_of_a_new_customer_has_an_interval(purchases: BetaGeo, spend: GammaGamma) -> None:
    """It holds the errors of both models too."""
    terms = {"horizon": weeks(39), "discount": RATE, "with_first": True}
    error = deviation(
        lambda p, s: new_customer_value(p, s, **terms).value,  # type: ignore[arg-type]
        purchases,
        spend,
    )

    value = new_customer_value(purchases, spend, level=0.9, **terms)  # type: ignore[arg-type]

    assert value.interval is not None
    assert math.log(value.interval.high / value.value) == pytest.approx(
        1.6448536269514722 * error, rel=1e-3
    )
