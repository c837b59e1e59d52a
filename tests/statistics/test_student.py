"""Student's t distribution."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.statistics import student_t_cdf, student_t_quantile

DEGREES = st.floats(0.5, 10_000)


@pytest.mark.parametrize(
    ("df", "t_90", "t_95", "t_975", "t_995"),
    [
        (1, 3.078, 6.314, 12.706, 63.657),
        (2, 1.886, 2.920, 4.303, 9.925),
        (5, 1.476, 2.015, 2.571, 4.032),
        (10, 1.372, 1.812, 2.228, 3.169),
        (30, 1.310, 1.697, 2.042, 2.750),
        (120, 1.289, 1.658, 1.980, 2.617),
    ],
)
def test_quantiles_are_those_of_the_table(
    df: int, t_90: float, t_95: float, t_975: float, t_995: float
) -> None:
    """The percentage points of the t distribution.

    M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964, Table 26.10.
    """
    found = [round(student_t_quantile(p, df), 3) for p in (0.9, 0.95, 0.975, 0.995)]

    assert found == [t_90, t_95, t_975, t_995]


@given(st.floats(1e-6, 1 - 1e-6))
def test_one_and_two_degrees_have_closed_forms(p: float) -> None:
    """With one degree it is Cauchy's distribution, with two an algebraic one."""
    one = -1 / math.tan(math.pi * p) if p != 0.5 else 0.0
    two = (2 * p - 1) / math.sqrt(2 * p * (1 - p))

    assert student_t_quantile(p, 1) == pytest.approx(one, rel=1e-9, abs=1e-12)
    assert student_t_quantile(p, 2) == pytest.approx(two, rel=1e-9, abs=1e-12)


@given(st.floats(1e-9, 1 - 1e-9), DEGREES)
def test_the_quantile_is_the_inverse(p: float, df: float) -> None:
    """The probability of staying below a quantile is the one that was asked for."""
    assert student_t_cdf(student_t_quantile(p, df), df) == pytest.approx(p, rel=1e-9)


@given(st.floats(-50, 50), DEGREES)
def test_it_is_symmetric(t: float, df: float) -> None:
    """As much lies above a value as below its negative."""
    assert student_t_cdf(t, df) + student_t_cdf(-t, df) == pytest.approx(1)


def test_the_ends_and_the_centre_are_exact() -> None:
    """Beyond all bounds nothing is left, and half lies on either side of the centre."""
    assert student_t_cdf(1e200, 3) == 1
    assert student_t_cdf(-1e200, 3) == 0
    assert student_t_cdf(0, 3) == student_t_cdf(1e-200, 3) == 0.5


@given(st.sampled_from([0.6, 0.9, 0.975, 0.9999]), DEGREES, st.floats(1.01, 10))
def test_tails_are_lighter_with_more_degrees(p: float, df: float, times: float) -> None:
    """More observations bring the quantile nearer to the normal one, and never beyond it."""
    more = student_t_quantile(p, df * times)

    assert more <= student_t_quantile(p, df)


@given(st.floats(1e-10, 1 - 1e-10), DEGREES)
def test_scipy_says_the_same(p: float, df: float) -> None:
    """Another implementation gives the same quantiles and probabilities, where it is installed."""
    peer = pytest.importorskip("scipy.stats", reason="a peer that only comparisons need").t

    t = student_t_quantile(p, df)

    assert t == pytest.approx(float(peer.ppf(p, df)), rel=1e-8, abs=1e-9)
    assert student_t_cdf(t, df) == pytest.approx(float(peer.cdf(t, df)), rel=1e-9)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, float("nan")])
def test_a_probability_lies_between_0_and_1(p: float) -> None:
    """The ends, where the quantile is infinite, are refused."""
    with pytest.raises(InvalidValueError, match="p must be above 0 and below 1"):
        student_t_quantile(p, 5)


@pytest.mark.parametrize("df", [0, -1, float("nan")])
def test_there_are_degrees_of_freedom(df: float) -> None:
    """A distribution without degrees of freedom is refused."""
    with pytest.raises(InvalidValueError, match="df must be above 0"):
        student_t_quantile(0.9, df)
    with pytest.raises(InvalidValueError, match="df must be above 0"):
        student_t_cdf(1.0, df)


@pytest.mark.parametrize("df", [1e6, 1e9, 1e12, 1e15])
def test_many_degrees_come_near_the_normal_distribution(df: float) -> None:
    """They miss it by the first term of Fisher's expansion, (z³ + z) / 4 for each degree."""
    z = NormalDist().inv_cdf(0.975)
    away = (z**3 + z) / (4 * df)

    assert student_t_quantile(0.975, df) == pytest.approx(z + away, abs=1e-10)
    assert student_t_cdf(z, df) == pytest.approx(0.975 - away * NormalDist().pdf(z), abs=1e-10)


@pytest.mark.parametrize("df", [math.inf, math.nan])
def test_degrees_of_freedom_have_an_end(df: float) -> None:
    """No iteration can end where they have none."""
    with pytest.raises(InvalidValueError, match="df must be above 0, and finite"):
        student_t_quantile(0.975, df)


def test_what_is_no_number_has_no_probability() -> None:
    """NaN is neither above nor below anything."""
    with pytest.raises(InvalidValueError, match="t must be a number"):
        student_t_cdf(math.nan, 5)


@pytest.mark.parametrize("t", [100.0, 1e200, math.inf])
def test_nothing_lies_far_out_with_many_degrees(t: float) -> None:
    """However far out: what a float can tell of it is 0."""
    assert (student_t_cdf(-t, 1e6), student_t_cdf(t, 1e6)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("p", "df", "quantile"),
    [
        (1e-300, 1, -1 / (math.pi * 1e-300)),
        (1 - 1e-16, 1, 1 / (math.pi * (1 - (1 - 1e-16)))),
        (1e-300, 2, -math.sqrt(1 / 2e-300)),
    ],
)
def test_the_rarest_values_are_those_of_the_closed_forms(
    p: float, df: float, quantile: float
) -> None:
    """Where the density itself is less than a float can tell, the quantile still is right."""
    found = student_t_quantile(p, df)

    assert found == pytest.approx(quantile, rel=1e-12)


@given(st.floats(1e-300, 1e-3), st.floats(1.0, 3000))
def test_the_rarest_values_lead_back_to_their_probability(p: float, df: float) -> None:
    """However rare: the distribution function of the quantile is the probability."""
    back = student_t_cdf(student_t_quantile(p, df), df)

    assert back == pytest.approx(p, rel=1e-10)


@pytest.mark.parametrize(("p", "df"), [(1e-300, 0.1), (0.999, 1e-300)])
def test_a_quantile_beyond_every_float_is_refused(p: float, df: float) -> None:
    """Of next to no degrees of freedom even a common value is too large to be written."""
    with pytest.raises(InvalidValueError, match=f"p must be further from 0 and 1.*got {p}"):
        student_t_quantile(p, df)
