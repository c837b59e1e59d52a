"""Straight lines."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.statistics import LinearTrend, linear_trend

# F. J. Anscombe, "Graphs in Statistical Analysis", The American Statistician 27(1), 1973: the
# first of the four data sets.
ANSCOMBE = (
    [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5],
    [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
)
POINTS = st.lists(
    st.tuples(st.integers(-50, 50), st.integers(-1000, 1000)), min_size=3, max_size=20
).filter(lambda points: len({x for x, _ in points}) > 1)


def line(points: list[tuple[int, int]]) -> LinearTrend:
    """Return the line through points."""
    return linear_trend([x for x, _ in points], [y for _, y in points])


def test_anscombes_first_line() -> None:
    """Slope 0.5, intercept 3.0, residual sum of squares 13.75 on 9 degrees of freedom."""
    trend = linear_trend(*ANSCOMBE)

    assert (round(trend.slope, 3), round(trend.intercept, 2)) == (0.5, 3.0)
    assert trend.residual_sd is not None
    assert trend.residual_sd**2 * 9 == pytest.approx(13.75, abs=0.02)
    assert (trend.n, trend.mean_x, trend.spread_x) == (11, 9.0, 110.0)


@given(POINTS)
def test_no_other_line_is_nearer(points: list[tuple[int, int]]) -> None:
    """Turning or lifting the line makes the sum of squared distances larger."""
    trend = line(points)

    def squares(slope: float, intercept: float) -> float:
        return math.fsum((y - intercept - slope * x) ** 2 for x, y in points)

    best = squares(trend.slope, trend.intercept)
    for turn, lift in ((0.01, 0), (-0.01, 0), (0, 0.1), (0, -0.1)):
        assert best <= squares(trend.slope + turn, trend.intercept + lift) + 1e-6


@given(POINTS, st.randoms(use_true_random=False))
def test_order_does_not_matter(points: list[tuple[int, int]], chance: random.Random) -> None:
    """The same points in another order give the same line, to the last bit."""
    assert line(points) == line(chance.sample(points, len(points)))


@given(POINTS, st.integers(-100, 100))
def test_scipy_says_the_same(points: list[tuple[int, int]], x: int) -> None:
    """Another implementation gives the same line, and a prediction by its textbook formula."""
    stats = pytest.importorskip("scipy.stats", reason="a peer that only comparisons need")
    xs, ys = [x for x, _ in points], [y for _, y in points]
    peer = stats.linregress(xs, ys)
    n, middle = len(xs), sum(xs) / len(xs)
    sd = math.sqrt(sum((b - peer.intercept - peer.slope * a) ** 2 for a, b in points) / (n - 2))
    spread = sum((a - middle) ** 2 for a in xs)
    half = stats.t.ppf(0.975, n - 2) * sd * math.sqrt(1 + 1 / n + (x - middle) ** 2 / spread)

    trend = line(points)
    found = trend.prediction_interval(x)

    assert trend.slope == pytest.approx(peer.slope, abs=1e-9)
    assert trend.intercept == pytest.approx(peer.intercept, abs=1e-8)
    assert found is not None
    assert found.low == pytest.approx(trend.at(x) - half, rel=1e-6, abs=1e-5)
    assert found.high == pytest.approx(trend.at(x) + half, rel=1e-6, abs=1e-5)


def test_a_prediction_is_least_sure_far_away() -> None:
    """The interval is narrowest at the middle of the points and wider for a higher level."""
    trend = linear_trend(*ANSCOMBE)

    def width(x: float, level: float = 0.95) -> float:
        found = trend.prediction_interval(x, level)
        assert found is not None
        return found.high - found.low

    assert width(9) < width(12) < width(20)
    assert width(9, 0.8) < width(9, 0.95)


def test_chances_agree_with_the_interval() -> None:
    """The chance to reach the upper end of a 95 % interval is 2.5 %, and the line's own is half."""
    trend = linear_trend(*ANSCOMBE)
    found = trend.prediction_interval(15)

    assert found is not None
    assert trend.chance_of_at_least(found.high, 15) == pytest.approx(0.025)
    assert trend.chance_of_at_least(found.low, 15) == pytest.approx(0.975)
    assert trend.chance_of_at_least(trend.at(15), 15) == pytest.approx(0.5)


def test_points_on_a_line_leave_no_doubt() -> None:
    """Without any spread a value is reached for certain, or for certain not."""
    trend = linear_trend([1, 2, 3], [10, 20, 30])
    found = trend.prediction_interval(4)

    assert found is not None
    assert (found.low, found.high) == (40, 40)
    assert trend.chance_of_at_least(40, 4) == 1
    assert trend.chance_of_at_least(41, 4) == 0


def test_two_points_tell_no_spread() -> None:
    """A line through two points always fits, and says nothing of how sure it is."""
    trend = linear_trend([1, 2], [10, 20])

    assert (trend.at(3), trend.residual_sd) == (30, None)
    assert trend.prediction_interval(3) is None
    assert trend.chance_of_at_least(30, 3) is None


def test_each_x_has_its_y() -> None:
    """Lists of different lengths are refused."""
    with pytest.raises(InvalidValueError, match=r"ys must have one value for each of the 3 xs"):
        linear_trend([1, 2, 3], [1, 2])


@pytest.mark.parametrize("xs", [[], [1], [2, 2, 2]])
def test_a_line_needs_two_places(xs: list[float]) -> None:
    """Points above one another have no line."""
    with pytest.raises(InvalidValueError, match="xs must have at least two different values"):
        linear_trend(xs, xs)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_line_goes_through_finite_points(bad: float) -> None:
    """One point that is none would take slope, intercept and every forecast with it."""
    with pytest.raises(InvalidValueError, match="xs must be finite"):
        linear_trend([1, 2, bad], [1, 2, 3])
    with pytest.raises(InvalidValueError, match="ys must be finite"):
        linear_trend([1, 2, 3], [1, bad, 3])


def test_places_that_floats_cannot_tell_apart_are_one() -> None:
    """The squared distance of 0 and 1e-200 is 0, and there is no slope by 0."""
    with pytest.raises(InvalidValueError, match="at least two different values"):
        linear_trend([0, 1e-200], [1, 2])
