"""Intervals of a net promoter score, and of a share minus another."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.statistics import nps_interval, two_proportions


def test_a_net_promoter_score_has_the_adjusted_interval() -> None:
    """40 promoters and 20 detractors of 100: 40.75/103 and 20.75/103 after the adjustment.

    Their difference is 0.194175, their variance (61.5/103 − 0.194175²) / 103 = 0.00543096, its
    root 0.0736950; 1.959964 times as much is 0.144440. B. Rocks, The American Statistician
    70(4), 2016, adds the three answers.
    """
    found = nps_interval(40, 20, 100)

    assert found.low == pytest.approx(100 * (0.194175 - 0.144440), abs=2e-4)
    assert found.high == pytest.approx(100 * (0.194175 + 0.144440), abs=2e-4)
    assert found.method == "adjusted Wald"


@given(st.integers(1, 300), st.data(), st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_a_net_promoter_score_lies_in_its_interval(
    n: int, data: st.DataObject, level: float
) -> None:
    """The observed score is within the bounds, and they within −100 and 100."""
    promoters = data.draw(st.integers(0, n))
    detractors = data.draw(st.integers(0, n - promoters))

    found = nps_interval(promoters, detractors, n, level)

    assert -100 <= found.low <= 100 * (promoters - detractors) / n <= found.high <= 100
    mirrored = nps_interval(detractors, promoters, n, level)
    assert (mirrored.low, mirrored.high) == (-found.high, -found.low)


@pytest.mark.parametrize("n", [5, 20])
def test_a_net_promoter_interval_covers_as_often_as_it_says(n: int) -> None:
    """Over a grid of true shares the exact probability to hold the true score is about 95 %."""
    outcomes = [(p, d) for p, d in product(range(n + 1), repeat=2) if p + d <= n]
    intervals = {outcome: nps_interval(*outcome, n) for outcome in outcomes}
    grid = [(i / 10, j / 10) for i, j in product(range(1, 9), repeat=2) if i + j < 10]

    held = []
    for p, d in grid:
        chance = 0.0
        for ups, downs in outcomes:
            rest = n - ups - downs
            if 100 * (p - d) in intervals[ups, downs]:
                ways = math.comb(n, ups) * math.comb(n - ups, downs)
                chance += ways * p**ups * d**downs * (1 - p - d) ** rest
        held.append(chance)

    assert math.fsum(held) / len(held) == pytest.approx(0.955, abs=0.015)
    assert min(held) > 0.9


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_differences_have_the_published_intervals(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    """The eight examples of R. G. Newcombe, Statistics in Medicine 17(8), 1998, method 10."""
    found = two_proportions(*one, *other)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert found.method == "Newcombe"


@given(st.integers(1, 80), st.integers(1, 80), st.data())
def test_a_difference_is_the_other_one_turned_round(n: int, m: int, data: st.DataObject) -> None:
    """One minus the other is the negative of the other minus the one, and within its bounds."""
    x, y = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))

    found, turned = two_proportions(x, n, y, m), two_proportions(y, m, x, n)

    assert found.low == pytest.approx(-turned.high)
    assert found.high == pytest.approx(-turned.low)
    assert -1 <= found.low <= x / n - y / m <= found.high <= 1


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ((0, 0, 0), "n must be at least 1"),
        ((4, 0, 3), "promoters must be between 0 and n, 3"),
        ((2, 2, 3), "detractors must be between 0 and the 1 that are no promoters"),
        ((2, -1, 3), "detractors must be between 0"),
    ],
)
def test_there_are_no_more_promoters_than_answers(
    counts: tuple[int, int, int], message: str
) -> None:
    """A score of nobody, or of more than all, is refused."""
    with pytest.raises(InvalidValueError, match=message):
        nps_interval(*counts)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ((1, 0, 1, 2), "n must be at least 1"),
        ((1, 2, 0, 0), "other_n must be at least 1"),
        ((3, 2, 0, 1), "successes must be between 0 and n, 2"),
        ((1, 2, 3, 2), "other_successes must be between 0 and other_n, 2"),
    ],
)
def test_no_sample_succeeds_more_often_than_it_tries(
    counts: tuple[int, int, int, int], message: str
) -> None:
    """The message says which of the two samples is wrong."""
    with pytest.raises(InvalidValueError, match=message):
        two_proportions(*counts)


def test_a_level_is_a_fraction() -> None:
    """A level in percent is refused."""
    with pytest.raises(InvalidValueError, match=r"0\.95, not 95"):
        nps_interval(1, 0, 2, level=95)
