"""Functions about the gamma function, held to forty digits of mpmath."""

from __future__ import annotations

import math

import mpmath as mp
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.likelihood import digamma, log_beta, log_rising, trigamma

mp.mp.dps = 40

anything = st.floats(-12, 12).map(lambda power: 10**power)
counts = st.lists(st.one_of(st.integers(0, 60), st.integers(0, 10**7)), min_size=1, max_size=4).map(
    sorted
)


@given(anything)
@example(1.4616321449683623)
@example(10.0)
def test_digamma_is_right_to_fourteen_digits(x: float) -> None:
    """The error is a few units in the last place, of the value or of 1 near its zero."""
    expected = mp.digamma(x)

    assert abs(digamma(x) - expected) <= 5e-15 * max(1, abs(expected))


@given(anything)
@example(10.0)
def test_trigamma_is_right_to_fourteen_digits(x: float) -> None:
    """The relative error is a few units in the last place."""
    expected = mp.psi(1, x)

    assert abs(trigamma(x) - expected) <= 5e-15 * expected


@given(anything, anything)
@example(10.0, 1e-12)
@example(9.999, 9.999)
def test_log_beta_is_right_where_its_parts_are_huge(a: float, b: float) -> None:
    """Large gamma functions do not cancel."""
    large, small = mp.mpf(max(a, b)), mp.mpf(min(a, b))
    with mp.workdps(60):
        expected = mp.loggamma(small) + mp.loggamma(large) - mp.loggamma(small + large)

    assert abs(log_beta(a, b) - expected) <= 2e-14 * max(1, abs(expected))
    assert log_beta(a, b) == log_beta(b, a)


@given(anything, counts)
@example(1e12, [0, 1, 2, 10**6])
@example(1e-12, [0, 1, 49, 200])
def test_rising_factorials_are_right_with_their_derivatives(a: float, counts: list[int]) -> None:
    """Sums of few terms and leaps over many give the same as the gamma function."""
    found = list(zip(*log_rising(a, counts), strict=True))

    with mp.workdps(60):
        for n, (log, first, second) in zip(counts, found, strict=True):
            expected = mp.loggamma(mp.mpf(a) + n) - mp.loggamma(a)
            slope = mp.psi(0, mp.mpf(a) + n) - mp.psi(0, a)
            bend = mp.psi(1, mp.mpf(a) + n) - mp.psi(1, a)
            # Where a is near 1 logarithms of both signs may cancel: their largest counts.
            scale = max(1, abs(expected), abs(mp.log(a)))
            assert abs(log - expected) <= 1e-14 * scale
            assert abs(first - slope) <= 1e-14 * slope
            assert abs(second - bend) <= 1e-14 * abs(bend)


def test_next_to_nothing_they_are_infinite() -> None:
    """What no float can hold is infinite, as the logarithm's slopes are at 0."""
    assert trigamma(1e-200) == math.inf
    assert trigamma(1e-150) == pytest.approx(1e300, rel=1e-15)
    assert digamma(1e-200) == pytest.approx(-1e200, rel=1e-15)


def test_counts_have_to_rise() -> None:
    """Factors are shared from one count to the next, so the counts come in order."""
    with pytest.raises(InvalidValueError, match="counts must rise from 0, and 5 stands before it"):
        log_rising(2.0, [5, 4])


@pytest.mark.parametrize("x", [0.0, -1.5, math.nan, math.inf])
def test_only_numbers_above_0_have_them(x: float) -> None:
    """The functions have poles at and below 0, and models never go there."""
    for function in (digamma, trigamma):
        with pytest.raises(InvalidValueError, match="x must be above 0, and finite"):
            function(x)
    with pytest.raises(InvalidValueError, match="b must be above 0, and finite"):
        log_beta(1.0, x)
    with pytest.raises(InvalidValueError, match="a must be above 0, and finite"):
        log_rising(x, [1])
