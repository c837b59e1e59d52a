"""Lifetime values: the product that the ledger says, and right to the last digits."""

from __future__ import annotations

import math
from typing import Any

import attrs
import mpmath as mp
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifetimes import BetaGeoFitter, GammaGammaFitter

from crmcore.codec import from_json, to_json
from crmcore.durations import (
    DAY,
    WEEK,
    YEAR,
    annual,
    days,
    months,
    weeks,
    years,
)
from crmcore.errors import InfiniteMeanError, InvalidValueError
from crmcore.histories import Histories, PurchaseHistory
from crmcore.kernel import CustomerId
from crmcore.value import (
    BetaGeo,
    BetaGeoBetaBinomial,
    GammaGamma,
    LifetimeValue,
    ModifiedBetaGeo,
    ParetoNbd,
    PurchaseModel,
    lifetime_values,
    new_customer_value,
)
from tests.value import cdnow

BG = BetaGeo(r=0.2426, alpha=4.4136, a=0.7929, b=2.4259, unit=WEEK)
PARETO = ParetoNbd(r=0.5534, alpha=10.5802, s=0.6061, beta=11.6562, unit=WEEK)
SPEND = GammaGamma(p=6.25, q=3.74, gamma=15.44, currency="USD")
RATE = annual(0.15)


def customer(
    x: int, t_x: float, age: float, mean_spend: float | None = None, name: str = "ada"
) -> Histories:
    """Return one customer, in weeks."""
    return Histories.of(
        [
            PurchaseHistory(
                customer=CustomerId(name),
                frequency=x,
                last_purchase_age=t_x,
                age=age,
                mean_spend=mean_spend,
                unit=WEEK,
                currency=None if mean_spend is None else "USD",
            )
        ]
    )


ADA = customer(2, 30.43, 38.86, 22.35)


def discounted(value: LifetimeValue) -> float:
    """Return the discounted number of purchases, if alive."""
    return value.purchases * value.discount


def test_the_ledger_says_where_a_value_comes_from() -> None:
    """Five numbers, in words of both languages, whose product is the value to the last bit."""
    [value] = lifetime_values(ADA, BG, SPEND, horizon=weeks(39), discount=RATE, margin=0.4)

    assert math.prod(number for _, number in value.ledger) == value.value
    assert str(value) == (
        "ada: 11.52 USD = alive 0.73 × 1.69 purchases in 39 weeks × 24.66 USD a purchase "
        "× 0.95 for discount at 15 % a year × margin 0.40\n"
        "  24.66 USD a purchase: 82 % their own mean of 22.35 USD over 2 repeat purchases, "
        "the rest the mean of all"
    )
    assert value.words.zh == (
        "ada：11.52 USD = 存活概率 0.73 × 39 周内购买 1.69 次 × 每次购买 24.66 USD "
        "× 按每年 15 % 折现 0.95 × 利润率 0.40"
    )
    assert value.if_alive == pytest.approx(value.value / value.alive)


@pytest.mark.parametrize(
    ("alive", "shown"),
    [(0.0, "0.00"), (1e-9, "1.0e-09"), (0.000022, "0.000022"), (0.0941, "0.094"), (0.5, "0.50")],
)
def test_small_factors_are_shown_with_digits_that_count(alive: float, shown: str) -> None:
    """A factor that is not 0 is not shown as 0: the product of what is shown is the value."""
    [value] = lifetime_values(ADA, BG, SPEND, horizon=weeks(39), discount=RATE)

    found = attrs.evolve(value, alive=alive).words

    assert f" = alive {shown} × " in found.en
    assert f"概率 {shown} × " in found.zh


def test_who_was_seen_once_is_said_to_be_so() -> None:
    """BG/NBD takes one-time buyers for alive, and the mean spend is everybody's: both are said."""
    [value] = lifetime_values(customer(0, 0, 38.86), BG, SPEND, horizon=weeks(39), discount=RATE)

    assert value.alive == 1
    assert value.spend == SPEND.population_mean
    assert "no repeat purchase yet" in value.remarks[-1].en


@pytest.mark.parametrize(
    ("x", "age", "horizon", "rate"),
    [
        (2, 38.86, 39, 0.15),
        (0, 0.0, 39, 0.15),
        (26, 31.0, 520, 0.15),
        (1, 0.01, 500, 0.05),
        (60, 5.0, 260, 1.0),
    ],
)
def test_discounted_purchases_agree_with_twenty_digits(
    x: int, age: float, horizon: float, rate: float
) -> None:
    """The integral of BG/NBD's formula with its hypergeometric function gives ten digits."""
    [value] = lifetime_values(
        customer(x, age if x else 0, age), BG, SPEND, horizon=weeks(horizon), discount=annual(rate)
    )

    with mp.workdps(20):
        r, alpha, a, b = map(mp.mpf, BG.parameters)
        force = mp.log(1 + mp.mpf(rate)) * 7 / mp.mpf("365.25")

        def expected(t: mp.mpf) -> mp.mpf:
            whole = alpha + age + t
            silent = ((alpha + age) / whole) ** (r + x)
            series = mp.hyp2f1(r + x, b + x, a + b + x - 1, t / whole)
            return (a + b + x - 1) / (a - 1) * (1 - silent * series)

        ends = [0, 0.1, 1, 10, 39, 200, horizon]
        inner = mp.quad(
            lambda t: force * mp.exp(-force * t) * expected(t), [t for t in ends if t <= horizon]
        )
        exact = mp.exp(-force * horizon) * expected(mp.mpf(horizon)) + inner

    assert discounted(value) == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize("x", [0, 3, 40])
def test_an_endless_horizon_has_the_published_formula(x: int) -> None:
    """Fader, Hardie & Lee 2005, RFM and CLV: Pareto/NBD's discounted residual transactions."""
    age = 30.0
    [value] = lifetime_values(
        customer(x, 20 if x else 0, age), PARETO, SPEND, horizon=years(300), discount=RATE
    )

    r, alpha, s, beta = PARETO.parameters
    force = RATE.force(WEEK)
    with mp.workdps(30):
        tricomi = mp.hyperu(s, s, force * (beta + age))
        exact = (r + x) / (alpha + age) * (beta + age) ** s * force ** (s - 1) * tricomi

    assert discounted(value) == pytest.approx(float(exact), rel=1e-8)


@pytest.mark.parametrize(
    "model", [BG, PARETO, ModifiedBetaGeo(*(), r=0.525, alpha=6.183, a=0.891, b=1.614, unit=WEEK)]
)
def test_fine_steps_come_to_the_same(model: PurchaseModel) -> None:
    """Discounting what is expected in each of 780 steps, from its middle, gives seven digits."""
    steps = [0.05 * step for step in range(781)]
    expected = [model.expected_if_alive(ADA, horizon=weeks(t))[0] for t in steps]
    factors = [RATE.factor(weeks(t + 0.025)) for t in steps]

    [value] = lifetime_values(ADA, model, SPEND, horizon=weeks(39), discount=RATE)

    total = sum(
        factor * (after - before)
        for factor, before, after in zip(factors, expected, expected[1:], strict=False)
    )
    assert discounted(value) == pytest.approx(total, rel=1e-7)


def test_without_discount_it_is_what_is_expected() -> None:
    """At a rate of 0 nothing is lost, and a horizon of 0 brings nothing."""
    [value] = lifetime_values(ADA, BG, SPEND, horizon=weeks(39), discount=annual(0))
    [nothing] = lifetime_values(ADA, BG, SPEND, horizon=weeks(0), discount=RATE)

    assert value.discount == 1
    assert value.alive * value.purchases == BG.expected_purchases(ADA, horizon=weeks(39))[0]
    assert nothing.value == 0
    assert nothing.discount == 1


def test_a_higher_rate_takes_more_and_a_longer_horizon_brings_more() -> None:
    """The value falls with the rate and rises with the horizon, up to the undiscounted one."""
    rates = [
        lifetime_values(ADA, BG, SPEND, horizon=years(3), discount=annual(rate)).total
        for rate in (0, 0.05, 0.15, 0.5, 1)
    ]
    horizons = [
        lifetime_values(ADA, BG, SPEND, horizon=years(n), discount=RATE).total
        for n in (0.5, 1, 2, 5, 20)
    ]

    assert rates == sorted(rates, reverse=True)
    assert horizons == sorted(horizons)


def test_opportunities_are_discounted_one_by_one() -> None:
    """BG/BB's purchases fall on whole opportunities, and each is discounted from where it is."""
    model = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783, unit=YEAR)
    donor = Histories.from_columns(
        frequency=[4], last_purchase_age=[6], age=[6], unit=YEAR, mean_spend=[50.0]
    )

    [value] = lifetime_values(donor, model, SPEND, horizon=years(5), discount=RATE)

    expected = [model.expected_if_alive(donor, horizon=years(n))[0] for n in range(6)]
    exact = sum((expected[n] - expected[n - 1]) / 1.15**n for n in range(1, 6))
    assert discounted(value) == pytest.approx(exact, rel=1e-12)
    assert value.purchases == pytest.approx(expected[5])
    first = new_customer_value(model, SPEND, horizon=years(5), discount=RATE, with_first=True)
    without = new_customer_value(model, SPEND, horizon=years(5), discount=RATE)
    assert discounted(first) == pytest.approx(1 + discounted(without))


def test_the_unit_of_time_makes_no_difference() -> None:
    """Histories in days, a model in weeks, a horizon in months: the value is the same."""
    in_weeks = lifetime_values(ADA, BG, SPEND, horizon=months(9), discount=RATE)
    in_days = lifetime_values(
        ADA.in_unit(DAY), BG.in_unit(DAY), SPEND, horizon=days(9 * 365.25 / 12), discount=RATE
    )
    mixed = lifetime_values(ADA.in_unit(DAY), BG, SPEND, horizon=months(9), discount=RATE)

    assert in_days.total == pytest.approx(in_weeks.total, rel=1e-10)
    assert mixed.total == pytest.approx(in_weeks.total, rel=1e-10)


@pytest.fixture(scope="module")
def sample() -> Histories:
    """Return every 30th customer of the sample of CDNOW who bought again."""
    return Histories.of([each for each in cdnow.calibration() if each.frequency][::30])


def peer_total(histories: Histories, *, discount: float, freq: str, time: int = 12) -> float:
    """Return the value that lifetimes finds with the same parameters."""
    purchases, spend = BetaGeoFitter(), GammaGammaFitter()
    purchases.params_ = pd.Series(dict(zip(("r", "alpha", "a", "b"), BG.parameters, strict=True)))
    purchases.predict = purchases.conditional_expected_number_of_purchases_up_to_time
    spend.params_ = pd.Series(dict(zip("pqv", SPEND.parameters, strict=True)))
    columns = [
        pd.Series([getattr(each, name) for each in histories], dtype=float)
        for name in ("frequency", "last_purchase_age", "age", "mean_spend")
    ]
    values = spend.customer_lifetime_value(
        purchases, *columns, time=time, discount_rate=discount, freq=freq
    )
    return float(values.sum())


def test_the_peer_agrees_where_its_units_are_right(sample: Histories) -> None:
    """Lifetimes takes 12 months of 4.345 weeks and discounts each month from its end."""
    horizon = weeks(12 * 4.345)
    plain = lifetime_values(sample, BG, SPEND, horizon=horizon, discount=annual(0))
    ours = lifetime_values(sample, BG, SPEND, horizon=horizon, discount=annual(1.01**12 - 1))

    theirs = peer_total(sample, discount=0.01, freq="W")

    assert peer_total(sample, discount=0, freq="W") == pytest.approx(plain.total, rel=1e-10)
    assert theirs < ours.total < 1.01 * theirs
    assert ours.total == pytest.approx(theirs * 1.01**0.5, rel=1e-3)


def test_the_peer_agrees_in_the_limit_of_short_steps(sample: Histories) -> None:
    """With steps of a week in place of a month its value comes as much closer."""
    rate = RATE.per(WEEK)
    ours = lifetime_values(sample, BG, SPEND, horizon=weeks(26), discount=RATE)

    theirs = peer_total(sample, discount=rate, freq="M", time=26)

    assert theirs < ours.total < theirs * (1 + rate)
    assert ours.total == pytest.approx(theirs * (1 + rate) ** 0.5, rel=1e-5)


def test_the_defaults_of_the_peer_are_far_off_on_weeks(sample: Histories) -> None:
    """Its default takes any age for days: on weeks a year has 360 weeks, and value triples."""
    ours = lifetime_values(sample, BG, SPEND, horizon=years(1), discount=annual(1.01**12 - 1))

    assert 3.5 < peer_total(sample, discount=0.01, freq="D") / ours.total < 3.8


POSITIVE = st.floats(1e-3, 1e3)
KINDS: list[type[Any]] = [BetaGeo, ModifiedBetaGeo, ParetoNbd]


@given(
    kind=st.sampled_from(KINDS),
    parameters=st.tuples(POSITIVE, POSITIVE, POSITIVE, POSITIVE),
    x=st.sampled_from([0, 1, 2, 30, 400]),
    silence=st.floats(0, 1),
    age=st.floats(0.1, 500),
    terms=st.tuples(st.floats(0, 1_000), st.floats(0, 1)),
)
def test_there_is_a_value_everywhere(  # noqa: PLR0917 - Hypothesis names what it draws
    kind: type[Any],
    parameters: tuple[float, ...],
    x: int,
    silence: float,
    age: float,
    terms: tuple[float, float],
) -> None:
    """Anywhere among the parameters every part of a value is a number within its bounds."""
    model = kind(**dict(zip(kind.PARAMETERS, parameters, strict=True)), unit=WEEK)
    history = customer(x, age * (1 - silence / 2) if x else 0, age, 20.0 if x else None)
    horizon, rate = weeks(terms[0]), annual(terms[1])

    [value] = lifetime_values(history, model, SPEND, horizon=horizon, discount=rate)

    assert 0 <= value.value < math.inf
    assert (1 - 1e-9) * rate.factor(horizon) <= value.discount <= 1


def test_a_value_goes_through_text_and_back() -> None:
    """What a customer is worth is a value like any other."""
    [value] = lifetime_values(ADA, BG, SPEND, horizon=weeks(39), discount=RATE)

    assert from_json(LifetimeValue, to_json(value)) == value


def test_a_mean_that_does_not_exist_is_no_value() -> None:
    """Where the mean spend is infinite, so would be the value, and that is refused."""
    with pytest.raises(InfiniteMeanError, match="finite above 1 only"):
        lifetime_values(
            customer(0, 0, 38.86),
            BG,
            GammaGamma(p=1, q=0.9, gamma=10),
            horizon=weeks(39),
            discount=RATE,
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"purchases": SPEND}, "purchases must be a model of purchases"),
        ({"spend": BG}, "spend must be a model of spend"),
        ({"discount": 0.15}, r"discount must be a rate, such as annual\(0.15\)"),
        ({"horizon": 39}, "horizon must be a duration"),
        ({"margin": 40}, r"margin must be a fraction between 0 and 1 \(0.4, not 40\)"),
        ({"margin": -0.1}, "margin must be a fraction"),
        ({"margin": math.nan}, "margin must be a fraction"),
        ({"margin": "0.4"}, "margin must be a number"),
        ({"margin": True}, "margin must be a number"),
        ({"level": 0.95}, "parameters that are known have no interval"),
    ],
)
def test_what_is_none_of_it_is_refused_by_name(given: dict[str, object], said: str) -> None:
    """Every argument that is not what it should be is named, with what would be right."""
    arguments: dict[str, object] = {
        "purchases": BG,
        "spend": SPEND,
        "horizon": weeks(39),
        "discount": RATE,
    }

    with pytest.raises(InvalidValueError, match=said):
        lifetime_values(ADA, **(arguments | given))  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=said):
        new_customer_value(**(arguments | given))  # type: ignore[arg-type]
