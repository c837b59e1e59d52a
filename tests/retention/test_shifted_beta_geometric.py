"""How contracts last: the shifted beta-geometric model."""

from __future__ import annotations

import itertools
import math
import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.codec import from_json, to_json
from crmcore.durations import annual, days, months, weeks, years
from crmcore.errors import (
    InfiniteMeanError,
    InvalidValueError,
    NotIdentifiedError,
    UndefinedValueError,
    UnknownNameError,
)
from crmcore.retention import ShiftedBetaGeometric

HIGH_END = (1000, 869, 743, 653, 593, 551, 517, 491)
REGULAR = (1000, 631, 468, 382, 326, 289, 262, 241)

PARAMETERS = st.floats(min_value=-3, max_value=3).map(lambda power: 10.0**power)


def sbg(alpha: float, beta: float) -> ShiftedBetaGeometric:
    """Return a model of yearly contracts."""
    return ShiftedBetaGeometric(alpha, beta, period=years(1))


@pytest.mark.parametrize(
    ("counts", "alpha", "beta"), [(HIGH_END, 0.668, 3.806), (REGULAR, 0.704, 1.182)]
)
def test_published_fits(counts: tuple[int, ...], alpha: float, beta: float) -> None:
    """Fader & Hardie 2007: the parameters of the two segments, at the digits printed."""
    model = ShiftedBetaGeometric.fit([counts], period=years(1))

    assert (round(model.alpha, 3), round(model.beta, 3)) == (alpha, beta)


def test_published_log_likelihood() -> None:
    """Fader & Hardie 2007: the log-likelihood of High End is -1611.2."""
    model = ShiftedBetaGeometric.fit([HIGH_END], period=years(1))

    assert model.fitted is not None
    assert round(model.fitted.log_likelihood, 1) == -1611.2
    assert model.log_likelihood([HIGH_END]) == pytest.approx(model.fitted.log_likelihood, rel=1e-14)


def test_two_segments_that_start_alike() -> None:
    """Fader & Hardie 2010: parameters 3.80, 15.20 and .067, .267 both give 80 % at first."""
    alike, apart = sbg(3.80, 15.20), sbg(0.067, 0.267)

    assert [round(10_000 * share) for share in alike.survival_curve(4)] == [
        10_000,
        8_000,
        6_480,
        5_307,
        4_391,
    ]
    assert round(apart.retention_rate(1), 2) == 0.8
    assert [round(apart.retention_rate(t), 2) for t in (2, 3, 4)] == [0.95, 0.97, 0.98]


def test_fits_the_counts_of_a_model_that_is_known() -> None:
    """Several cohorts, seen for different times, lead back to the parameters they came from."""
    curve = sbg(3.80, 15.20).survival_curve(4)
    counts = [round(100_000_000 * share) for share in curve]

    model = ShiftedBetaGeometric.fit([counts[:n] for n in (5, 4, 3, 2, 1)], period=years(1))

    assert model.alpha == pytest.approx(3.80, rel=1e-5)
    assert model.beta == pytest.approx(15.20, rel=1e-5)
    assert model.fitted is not None
    assert model.fitted.n == 400_000_000  # one cohort has only its size, and says nothing


def course(theta: float, rng: random.Random) -> int:
    """Return at which renewal a customer leaves."""
    renewal = 1
    while rng.random() >= theta:
        renewal += 1
    return renewal


def test_intervals_hold_the_parameters_that_customers_were_drawn_with() -> None:
    """Customers drawn one by one lead back to their parameters, within the error that is told."""
    rng = random.Random(1998)  # noqa: S311 - made-up customers need no cryptographic chance
    leaves = [course(max(rng.betavariate(1.5, 3), 1e-3), rng) for _ in range(4000)]
    counts = [sum(leave > age for leave in leaves) for age in range(9)]

    model = ShiftedBetaGeometric.fit([counts], period=months(1))

    assert model.fitted is not None
    alpha, beta = model.fitted.intervals(0.99)
    assert 1.5 in alpha
    assert 3 in beta
    assert 1.5 / 4.5 in model.interval(lambda m: 1 - m.retention_rate(1), level=0.99, scale="logit")


@given(PARAMETERS, PARAMETERS, st.integers(1, 60))
def test_retention_rates_rise_and_make_survival(alpha: float, beta: float, age: int) -> None:
    """A survival is the product of the rates up to it, and no rate is below the one before."""
    model = sbg(alpha, beta)

    rates = [model.retention_rate(renewal) for renewal in range(1, age + 1)]

    assert model.survival(age) == pytest.approx(math.prod(rates), rel=1e-12)
    assert rates == sorted(rates)
    assert 0 <= model.survival(age) <= 1


@given(PARAMETERS, PARAMETERS, st.integers(0, 30), st.integers(0, 30))
def test_who_has_renewed_is_a_customer_of_the_same_model(
    alpha: float, beta: float, passed: int, ahead: int
) -> None:
    """Surviving first so many renewals and then more is surviving them all."""
    model = sbg(alpha, beta)

    together = model.survival(passed) * model.after(passed).survival(ahead)

    assert together == pytest.approx(model.survival(passed + ahead), rel=1e-11)


def summed_up(alpha: float, beta: float, rate: float) -> float:
    """Return a discounted lifetime, term by term in thirty digits.

    The hypergeometric function of mpmath itself goes astray where both parameters are some
    hundreds: at 316.2, 316.2 and 22 % it says 7.4e10, and not 1.697.
    """
    with mpmath.workdps(30):
        total, term = mpmath.mpf(0), mpmath.mpf(1)
        for age in itertools.count():
            total += term
            if term < total * mpmath.mpf("1e-20"):
                break
            term *= (beta + age) / (alpha + beta + mpmath.mpf(age)) / (1 + mpmath.mpf(rate))
        return float(total)


@given(PARAMETERS, PARAMETERS, st.floats(0.05, 1))
def test_discounted_lifetimes_are_the_sums_they_stand_for(
    alpha: float, beta: float, rate: float
) -> None:
    """The continued fraction gives what summing up in thirty digits does."""
    found = sbg(alpha, beta).discounted_lifetime(annual(rate))

    assert found == pytest.approx(summed_up(alpha, beta, rate), rel=1e-12)


@given(PARAMETERS, PARAMETERS, st.integers(0, 20), st.floats(0.05, 1))
def test_a_long_horizon_is_as_good_as_none(
    alpha: float, beta: float, renewals: int, rate: float
) -> None:
    """What comes after eight hundred years at 5 % or more is nothing to a float."""
    model, rate_of_year = sbg(alpha, beta), annual(rate)

    for_ever = model.discounted_residual_lifetime(rate_of_year, renewals=renewals)
    long = model.discounted_residual_lifetime(rate_of_year, renewals=renewals, horizon=years(800))

    assert long == pytest.approx(for_ever, rel=1e-12)


@given(PARAMETERS, PARAMETERS, st.integers(0, 20), st.integers(1, 40))
def test_periods_add_up(alpha: float, beta: float, renewals: int, count: int) -> None:
    """A lifetime is the first period, and then what is left of it at the first renewal."""
    customer = sbg(alpha, beta).after(renewals)
    rate = annual(0.1)

    whole = customer.discounted_lifetime(rate, horizon=years(count + 1))
    rest = customer.discounted_residual_lifetime(rate, renewals=0, horizon=years(count))

    assert whole == pytest.approx(1 + rate.factor(years(1)) * rest, rel=1e-12)


def test_a_daily_contract_is_summed_up_too() -> None:
    """Where thousands of periods matter, no digit is lost and it does not take long."""
    model = ShiftedBetaGeometric(0.5, 20, period=days(1))

    value = model.discounted_lifetime(annual(0.01))

    with mpmath.workdps(30):
        factor = mpmath.exp(-mpmath.log1p(mpmath.mpf("0.01")) / mpmath.mpf("365.25"))
        expected = mpmath.hyp2f1(1, 20, 20.5, factor)
    assert value == pytest.approx(float(expected), rel=1e-11)


@given(st.floats(1.01, 1000), PARAMETERS, st.integers(0, 20))
def test_mean_tenure_is_the_sum_of_survivals(alpha: float, beta: float, renewals: int) -> None:
    """Undiscounted and without end, a lifetime is the mean tenure in its closed form."""
    model = sbg(alpha, beta)

    tenure = model.expected_tenure(renewals=renewals)

    assert tenure == pytest.approx((alpha + beta + renewals - 1) / (alpha - 1), rel=1e-9)
    assert model.after(renewals).discounted_lifetime(annual(0)) == tenure


def test_mean_tenure_of_a_steep_curve_is_what_its_terms_sum_to() -> None:
    """With alpha 6 the tail is short enough to be summed up one by one."""
    model = sbg(6, 4)

    assert model.expected_tenure() == pytest.approx(math.fsum(model.survival_curve(3000)))


def test_there_is_no_mean_where_some_stay_nearly_for_ever() -> None:
    """With alpha of 1 or less the mean time is infinite, and that is said."""
    with pytest.raises(InfiniteMeanError, match=r"alpha is 0.668, .* state a discount above 0"):
        sbg(0.668, 3.806).expected_tenure()
    with pytest.raises(InfiniteMeanError, match="no finite mean"):
        sbg(1, 3.806).discounted_lifetime(annual(0))


def test_a_single_retention_rate_undervalues_a_base() -> None:
    """Fader & Hardie 2010: the aggregate rate makes customers who differ look like leavers.

    One rate for all, found by adding up cohorts, values those who stayed at less than the
    model does that they come from.
    """
    model, rate = sbg(0.067, 0.267), annual(0.1)
    base = {n: round(10_000 * model.survival(n)) for n in range(5)}

    stays = model.aggregate_retention(base)

    one_rate = sum(base.values()) * stays / (1 - stays / 1.1)
    each = sum(
        count * model.discounted_residual_lifetime(rate, renewals=n) for n, count in base.items()
    )
    assert one_rate < 0.95 * each


def test_aggregate_retention_weighs_each_age_by_its_customers() -> None:
    """The rate of a whole base lies between those of its ages, and moves with their numbers."""
    model = sbg(1, 1)

    assert model.aggregate_retention({0: 10}) == 0.5
    assert model.aggregate_retention({0: 10, 2: 10}) == pytest.approx((1 / 2 + 3 / 4) / 2)
    with pytest.raises(InvalidValueError, match="customers must hold at least one customer"):
        model.aggregate_retention({1: 0})
    with pytest.raises(InvalidValueError, match="whole number of 0 or more"):
        model.aggregate_retention({1: -1})


@st.composite
def falling(draw: st.DrawFn) -> list[list[int]]:
    """Counts of cohorts that never rise."""
    cohorts = st.lists(st.integers(0, 200), min_size=1, max_size=6).map(
        lambda counts: [201, *sorted(counts, reverse=True)]
    )
    return draw(st.lists(cohorts, min_size=1, max_size=4))


@given(falling(), st.randoms(use_true_random=False))
def test_a_fit_is_a_maximum_or_says_why_there_is_none(
    cohorts: list[list[int]], chance: random.Random
) -> None:
    """Whatever the counts: either no parameters nearby are better, or there are none.

    The order of cohorts makes no difference, to the last bit.
    """
    try:
        model = ShiftedBetaGeometric.fit(cohorts, period=years(1))
    except NotIdentifiedError:
        return
    chance.shuffle(cohorts)

    assert model == ShiftedBetaGeometric.fit(cohorts, period=years(1))
    best = model.log_likelihood(cohorts)
    for step in (0.9, 1.1):
        assert sbg(model.alpha * step, model.beta).log_likelihood(cohorts) <= best + 1e-9
        assert sbg(model.alpha, model.beta * step).log_likelihood(cohorts) <= best + 1e-9


@given(falling(), st.integers(2, 5))
def test_larger_cohorts_of_the_same_shape_say_the_same(
    cohorts: list[list[int]], times: int
) -> None:
    """Counting everybody several times leaves the parameters where they are."""
    try:
        model = ShiftedBetaGeometric.fit(cohorts, period=years(1))
    except NotIdentifiedError:
        return

    repeated = ShiftedBetaGeometric.fit(cohorts * times, period=years(1))

    assert repeated.alpha == pytest.approx(model.alpha, rel=1e-4)
    assert repeated.beta == pytest.approx(model.beta, rel=1e-4)


@given(PARAMETERS, PARAMETERS, st.lists(st.integers(1, 100), min_size=1, max_size=4))
def test_log_likelihood_agrees_with_the_published_form(
    alpha: float, beta: float, sizes: list[int]
) -> None:
    """Equations 5 and 6 of Fader & Hardie 2007, in beta functions."""
    cohorts = [[2 * size, size, size // 2] for size in sizes]

    found = sbg(alpha, beta).log_likelihood(cohorts)

    with mpmath.workdps(30):
        whole = mpmath.beta(alpha, beta)
        expected = mpmath.fsum(
            (a - b) * mpmath.log(mpmath.beta(alpha + 1, beta) / whole)
            + (b - c) * mpmath.log(mpmath.beta(alpha + 1, mpmath.mpf(beta) + 1) / whole)
            + c * mpmath.log(mpmath.beta(alpha, mpmath.mpf(beta) + 2) / whole)
            for a, b, c in cohorts
        )
    assert found == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize(
    ("cohorts", "reason"),
    [
        ([[1000], [900]], "no cohort has been seen at a renewal"),
        ([[1000, 1000, 1000]], "nobody has left"),
        ([[1000, 0, 0]], "everybody has left at the first renewal"),
        ([[1000, 900], [800, 700]], "one renewal tells a rate"),
        ([[1000, 900, 900, 900]], "nobody has left after the first renewal"),
        ([[1000, 500, 250, 125]], "constant churn of 0.5 in each period"),
        ([[1000, 600, 300, 0]], "does not rise with age"),
        ([[1000, 1000, 800]], "does not rise with age"),
    ],
)
def test_counts_that_tell_too_little(cohorts: list[list[int]], reason: str) -> None:
    """Where no parameters are best, the reason is named, and no parameters are made up."""
    with pytest.raises(NotIdentifiedError, match=reason):
        ShiftedBetaGeometric.fit(cohorts, period=years(1))


@pytest.mark.parametrize(
    ("cohorts", "message"),
    [
        ([], "cohorts must hold at least one cohort"),
        ([[]], r"cohorts\[0\] must begin with the size"),
        ([[0, 0]], r"cohorts\[0\] must begin with at least one customer"),
        ([[10, 5], [10, 12]], r"cohorts\[1\] must not rise: 12 customers cannot be left of 10"),
        ([[10, 5.0]], "whole numbers of 0 or more"),
        ([[10, -1]], "whole numbers of 0 or more"),
        ([1000, 869], "list of counts, also where there is one cohort"),
        (["1000"], "list of counts"),
        ([b"ab"], "list of counts"),
        ([{1000, 869}], "list of counts"),
        ([{1000: 1, 869: 2}], "list of counts"),
        ([[True, False]], "whole numbers of 0 or more"),
        ([[2**63, 5]], r"below 2\*\*63"),
        (None, "cohorts must be a list of cohorts"),
    ],
)
def test_counts_that_cannot_be(cohorts: list[list[int]], message: str) -> None:
    """Counts that no cohort can have are refused by the place where they stand."""
    with pytest.raises(InvalidValueError, match=message):
        ShiftedBetaGeometric.fit(cohorts, period=years(1))


@pytest.mark.parametrize(
    "wrong", [0, -1, math.inf, math.nan, True, "1", 1e60, 1e-60, 10**400, Decimal("sNaN")]
)
def test_parameters_are_above_0(wrong: float) -> None:
    """A parameter is a finite number above 0."""
    with pytest.raises(InvalidValueError, match="be above 0, and finite"):
        sbg(wrong, 1)
    with pytest.raises(InvalidValueError, match="be above 0, and finite"):
        sbg(1, wrong)


@pytest.mark.parametrize("number", [np.int64(2), np.float32(2), np.float64(2), Fraction(2), 2])
def test_numbers_of_other_kinds_are_parameters_and_counts(number: Any) -> None:  # noqa: ANN401
    """What numpy counts in is a number too, and a parameter is a float whatever it came as."""
    model = sbg(number, number)

    assert model == sbg(2.0, 2.0)
    assert (type(model.alpha), type(model.beta)) == (float, float)
    assert model.survival(np.int64(3)) == model.survival(3)  # type: ignore[arg-type]
    assert model.aggregate_retention({0: np.int64(7)}) == model.retention_rate()  # type: ignore[dict-item]
    fitted = ShiftedBetaGeometric.fit([np.array(HIGH_END)], period=years(1))  # type: ignore[list-item]
    assert fitted == ShiftedBetaGeometric.fit([HIGH_END], period=years(1))


def test_a_base_that_cannot_be_is_refused_by_its_renewals() -> None:
    """Renewals are whole numbers, and the message names the one that is not as it was given."""
    model = sbg(1, 1)

    with pytest.raises(InvalidValueError, match=r"renewals must be .* \(got -1\)"):
        model.aggregate_retention({-1: 5})
    with pytest.raises(InvalidValueError, match=r"renewals must be .* \(got 'one'\)"):
        model.aggregate_retention({"one": 5})  # type: ignore[dict-item]
    with pytest.raises(InvalidValueError, match=r"customers\[0\] must be a whole number"):
        model.aggregate_retention({0: 2.5})  # type: ignore[dict-item]
    with pytest.raises(InvalidValueError, match="as a dict does"):
        model.aggregate_retention([3, 5])  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="fitted must be a Fit"):
        ShiftedBetaGeometric(1, 1, period=years(1), fitted="well")  # type: ignore[arg-type]


def test_a_loss_asks_for_another_scale() -> None:
    """What is below 0 has no logarithm; an interval of no width would call it certain."""
    model = ShiftedBetaGeometric.fit([HIGH_END], period=years(1))

    with pytest.raises(InvalidValueError, match="quantity must be 0 or more for the log scale"):
        model.interval(lambda m: m.survival(3) - 1)
    assert model.interval(lambda m: m.survival(3) - 1, scale="plain").low < -0.3


def test_times_carry_their_units() -> None:
    """A mere number is no period, no horizon and no discount rate."""
    model = ShiftedBetaGeometric(0.7, 1.2, period=months(3))

    with pytest.raises(InvalidValueError, match="period must be a duration above 0"):
        ShiftedBetaGeometric(1, 1, period=years(0))
    with pytest.raises(InvalidValueError, match="period must be a duration above 0"):
        ShiftedBetaGeometric(1, 1, period=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="horizon must be a duration, such as 3 months"):
        model.discounted_lifetime(annual(0.1), horizon=4)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="horizon must be a whole number of times 3 months"):
        model.discounted_lifetime(annual(0.1), horizon=weeks(52))
    with pytest.raises(InvalidValueError, match="discount must be a discount rate"):
        model.discounted_lifetime(0.1)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="discount must be 0, or take 1e-09 or more"):
        model.discounted_lifetime(annual(1e-12))
    with pytest.raises(InvalidValueError, match="discount must be 0, or take 1e-09 or more"):
        model.discounted_lifetime(annual(5e-324))
    moment = ShiftedBetaGeometric(0.7, 1.2, period=days(1e-320))
    with pytest.raises(InvalidValueError, match="discount must be 0, or take 1e-09 or more"):
        moment.discounted_lifetime(annual(0.1))
    with pytest.raises(InvalidValueError, match="horizon must be at most 100000 times"):
        moment.discounted_lifetime(annual(0.1), horizon=years(1))
    assert model.discounted_lifetime(annual(0), horizon=years(1)) == pytest.approx(
        math.fsum(model.survival_curve(3))
    )


@pytest.mark.parametrize("wrong", [0, -1, 1.0, True, 100_001])
def test_renewals_are_whole_numbers(wrong: int) -> None:
    """There is no renewal number 0, and none that is no whole number."""
    with pytest.raises(InvalidValueError, match="renewal must be a whole number between 1 and"):
        sbg(1, 1).retention_rate(wrong)


def test_intervals_ask_for_a_fit() -> None:
    """Parameters that were stated have no errors; a scale or a level has its bounds."""
    model = ShiftedBetaGeometric.fit([HIGH_END], period=years(1))

    with pytest.raises(InvalidValueError, match="fitted must be there"):
        sbg(1, 1).interval(lambda m: m.survival(3))
    with pytest.raises(UnknownNameError, match="scale"):
        model.interval(lambda m: m.survival(3), scale="square")
    with pytest.raises(UndefinedValueError, match="no number"):
        model.interval(lambda _: math.nan)


def test_a_model_comes_back_from_json() -> None:
    """A fitted model goes through the codec and is the same, with its errors."""
    model = ShiftedBetaGeometric.fit([REGULAR, HIGH_END], period=months(12))

    assert from_json(ShiftedBetaGeometric, to_json(model)) == model
    assert hash(model) == hash(from_json(ShiftedBetaGeometric, to_json(model)))


def test_a_model_says_what_it_is() -> None:
    """The text of a model tells its parameters, their errors and its period."""
    fitted = ShiftedBetaGeometric.fit([HIGH_END], period=years(1))

    assert str(sbg(0.5, 2)) == "sBG(alpha=0.5, beta=2), renewed every 1 year"
    assert str(fitted).startswith("sBG(alpha=0.6681 ± 0.104, beta=3.806 ± 0.786)")
