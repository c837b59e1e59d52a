"""Intervals of confidence."""

from __future__ import annotations

import math
import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.statistics import Interval, mean_interval, median_interval, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(
    successes: int, n: int, low: float, high: float
) -> None:
    """The four examples of R. G. Newcombe, Statistics in Medicine 17(8), 1998, Table I."""
    found = wilson(successes, n)

    assert round(found.low, 4) == low
    assert round(found.high, 4) == high


@given(st.integers(1, 500), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_is_where_the_score_test_turns(n: int, data: st.DataObject, level: float) -> None:
    """At each bound the observed share lies exactly z standard errors of the bound away."""
    successes = data.draw(st.integers(0, n))
    share, found = successes / n, wilson(successes, n, level)

    z = {0.8: 1.2815515655446004, 0.95: 1.959963984540054, 0.99: 2.5758293035489004}[level]
    for bound in (found.low, found.high):
        if 0 < bound < 1:
            distance = abs(share - bound) / math.sqrt(bound * (1 - bound) / n)
            assert distance == pytest.approx(z, rel=1e-6)
    assert 0 <= found.low <= share <= found.high <= 1


def test_wilson_is_a_mirror() -> None:
    """What is said of the successes is said, turned round, of the failures."""
    found, mirrored = wilson(3, 20), wilson(17, 20)

    assert found.low == pytest.approx(1 - mirrored.high)
    assert wilson(20, 20).high == 1.0


def test_a_mean_has_the_interval_of_student() -> None:
    """Gosset's first sleeping drug: 10 patients, mean 0.75 h, sd 1.789 h, 95 % ± 1.28 h.

    "Student", Biometrika 6(1), 1908; t is 2.262 for 9 degrees of freedom.
    """
    found = mean_interval(0.75, 1.7890, 10)

    assert found is not None
    assert found.low == pytest.approx(0.75 - 2.262157 * 1.7890 / math.sqrt(10), abs=1e-6)
    assert found.high == pytest.approx(0.75 + 2.262157 * 1.7890 / math.sqrt(10), abs=1e-6)
    assert found.method == "Student t"


def test_one_observation_tells_no_spread() -> None:
    """A single value has a mean, and nobody knows how far it strays."""
    assert mean_interval(12.0, 0.0, 1) is None


@pytest.mark.parametrize(
    ("n", "rank"),
    [(6, 1), (8, 1), (9, 2), (10, 2), (15, 4), (20, 6), (25, 8), (50, 18), (100, 40)],
)
def test_medians_have_the_tabled_ranks(n: int, rank: int) -> None:
    """The ranks that the table of the binomial distribution gives for 95 %.

    For 10 values, fewer than 2 fall below the median with probability 0.0107, fewer than 3
    with 0.0547: 0.025 lies between them.
    """
    found = median_interval(range(1, n + 1))

    assert found == Interval(low=rank, high=n + 1 - rank, method="order statistics")


@given(st.integers(1, 400), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_a_median_interval_keeps_its_level_and_no_rank_more(n: int, level: float) -> None:
    """The rank is the last for which the exact binomial tails stay within 1 − level."""
    found = median_interval(range(1, n + 1), level)
    rank = 0 if found is None else int(found.low)

    def tails(k: int) -> float:
        return float(2 * sum(math.comb(n, i) for i in range(k)) / 2**n)

    assert tails(rank) <= (1 - level) * (1 + 1e-9)
    assert tails(rank + 1) > (1 - level) * (1 - 1e-9)


def test_a_median_interval_covers_as_often_as_it_says() -> None:
    """Of all 3^6 samples from three equally likely values the middle one is nearly always held."""
    samples = list(product([1, 2, 3], repeat=6))
    held = sum(2 in found for s in samples if (found := median_interval(s)) is not None)

    assert held / len(samples) >= 0.95


@pytest.mark.parametrize("n", range(6))
def test_too_few_values_have_no_median_interval(n: int) -> None:
    """Fewer than six values cannot enclose a median with a certainty of 95 %."""
    assert median_interval([7.0] * n) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=30), st.randoms(use_true_random=False))
def test_order_does_not_matter(values: list[float], chance: random.Random) -> None:
    """The same values in another order have the same interval."""
    shuffled = chance.sample(values, len(values))

    assert median_interval(values) == median_interval(shuffled)


def test_an_interval_reads_as_one_line() -> None:
    """Bounds to four digits, level and method stand in the text; the bounds belong to it."""
    found = wilson(81, 263)

    assert str(found) == "0.2553 to 0.3662 (95 %, Wilson)"
    assert 0.3 in found
    assert found.low in found
    assert found.high in found
    assert 0.4 not in found


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, float("nan")])
def test_a_level_is_a_fraction(level: float) -> None:
    """A level in percent is refused, and the fraction is shown."""
    message = r"level must be a fraction above 0 and below 1 \(0.95, not 95\)"

    with pytest.raises(InvalidValueError, match=message):
        wilson(1, 2, level)
    with pytest.raises(InvalidValueError, match=message):
        mean_interval(1.0, 1.0, 3, level)
    with pytest.raises(InvalidValueError, match=message):
        median_interval([1.0, 2.0], level)
    with pytest.raises(InvalidValueError, match=message):
        Interval(low=0, high=1, level=level, method="guess")


@pytest.mark.parametrize(
    ("successes", "n", "message"),
    [
        (0, 0, "n must be at least 1"),
        (3, 2, r"successes must be between 0 and n, 2 \(got 3\)"),
        (-1, 2, "successes must be between 0 and n, 2"),
    ],
)
def test_there_are_no_more_successes_than_trials(successes: int, n: int, message: str) -> None:
    """A share of nothing, or of more than all, is refused."""
    with pytest.raises(InvalidValueError, match=message):
        wilson(successes, n)


@pytest.mark.parametrize("sd", [-0.1, float("nan")])
def test_a_spread_is_not_negative(sd: float) -> None:
    """A negative standard deviation is refused."""
    with pytest.raises(InvalidValueError, match="sd must be at least 0"):
        mean_interval(1.0, sd, 5)


def test_bounds_are_in_order() -> None:
    """An interval whose ends are exchanged is refused."""
    with pytest.raises(InvalidValueError, match="high must be at least the low bound, 2"):
        Interval(low=2, high=1, method="guess")


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_intervals_are_of_finite_observations(bad: float) -> None:
    """NaN has no place in any order, so that the bounds would depend on where it stood."""
    with pytest.raises(InvalidValueError, match="values must be finite"):
        median_interval([1, 2, bad, 4, 5, 6, 7, 8])
    with pytest.raises(InvalidValueError, match="mean must be finite"):
        mean_interval(bad, 1, 5)


def test_a_spread_has_an_end() -> None:
    """A mean between minus and plus infinity tells nothing."""
    with pytest.raises(InvalidValueError, match="sd must be finite"):
        mean_interval(1, math.inf, 5)
