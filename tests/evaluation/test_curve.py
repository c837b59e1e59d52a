"""Points for a number."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.evaluation import Curve
from crmcore.kpis import Direction

NUMBERS = st.decimals(-1000, 1000, places=3)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """Curves of every direction, some with a stretch."""
    low, middle, high = sorted(draw(st.lists(NUMBERS, min_size=3, max_size=3, unique=True)))
    direction = draw(st.sampled_from(Direction))
    if direction is Direction.TARGET:
        return Curve(direction=direction, threshold=low, target=middle, far=high)
    ends = (low, middle, high) if direction is Direction.HIGHER else (high, middle, low)
    stretch = ends[2] if draw(st.booleans()) else None
    return Curve(direction=direction, threshold=ends[0], target=ends[1], stretch=stretch)


@pytest.mark.parametrize(
    ("rate", "points"),
    [
        ("0.60", "0"),
        ("0.70", "0"),
        ("0.75", "50"),  # half of the way from 0.70 to 0.80
        ("0.80", "100"),
        ("0.81", "105"),  # a quarter of the way from 0.80 to 0.84, for 20 points
        ("0.84", "120"),
        ("0.99", "120"),
    ],
)
def test_points_rise_from_threshold_to_target_to_stretch(rate: str, points: str) -> None:
    """0 at the threshold, 100 at the target, 120 at the stretch, straight between, then flat."""
    retention = Curve(threshold="0.70", target="0.80", stretch="0.84")

    assert retention.points(Decimal(rate)) == Decimal(points)
    assert retention.most == 120


@pytest.mark.parametrize(("hours", "points"), [(60, 0), (48, 0), (30, 75), (24, 100), (1, 100)])
def test_lower_is_better_turns_the_curve(hours: int, points: int) -> None:
    """Of hours that are to be few, the threshold lies above the target."""
    waiting = Curve(direction=Direction.LOWER, threshold=48, target=24)

    assert waiting.points(Decimal(hours)) == points
    assert waiting.most == 100


@pytest.mark.parametrize(
    ("number", "points"), [(2, 0), (4, 50), (6, 100), (7, 75), (9, 25), (10, 0), (12, 0)]
)
def test_the_target_may_be_best(number: int, points: int) -> None:
    """Where the target is best, points fall on both of its sides, each in its own slope."""
    visits = Curve(direction=Direction.TARGET, threshold=2, target=6, far=10)

    assert visits.points(Decimal(number)) == points


def test_thirds_are_told_to_28_digits() -> None:
    """A third of the way is 33.3…, as many digits as the library writes of a quotient."""
    curve = Curve(threshold=0, target=3)

    assert curve.points(Decimal(1)) == Decimal("33." + "3" * 26)


@given(curves(), NUMBERS)
def test_points_lie_on_the_line(curve: Curve, number: Decimal) -> None:
    """Between two nodes a number is worth what the line through them says."""
    nodes = [(Fraction(x), Fraction(y)) for x, y in curve.nodes]
    x = min(max(Fraction(number), nodes[0][0]), nodes[-1][0])
    (left, low), (right, high) = next(
        pair for pair in pairwise(nodes) if pair[0][0] <= x <= pair[1][0]
    )
    expected = low + (high - low) * (x - left) / (right - left)

    assert abs(Fraction(curve.points(number)) - expected) < Fraction(1, 10**20)


@given(curves(), NUMBERS, NUMBERS)
def test_better_is_never_worth_less(curve: Curve, one: Decimal, other: Decimal) -> None:
    """Whatever is further on the way of improvement has as many points, or more."""
    low, high = sorted([one, other])
    if curve.direction is Direction.LOWER:
        low, high = high, low
    if curve.direction is Direction.TARGET:
        low, high = sorted([one, other], key=lambda number: -abs(number - curve.target))
        same_side = (low < curve.target) is (high < curve.target)
        if not same_side:
            return

    assert curve.points(low) <= curve.points(high)


@given(curves(), NUMBERS, NUMBERS, NUMBERS)
def test_the_range_holds_all_between(
    curve: Curve, one: Decimal, other: Decimal, third: Decimal
) -> None:
    """No number between two bounds has fewer or more points than the range of these says."""
    low, between, high = sorted([one, other, third])

    least, most = curve.range(low, high)

    assert least <= curve.points(between) <= most


def test_the_range_sees_the_target_inside() -> None:
    """Both ends are off the target, and 100 points lie between them all the same."""
    visits = Curve(direction=Direction.TARGET, threshold=0, target=6, far=12)

    assert visits.range(Decimal(3), Decimal(9)) == (Decimal(50), Decimal(100))


def test_the_words_follow_the_way_of_improvement() -> None:
    """A curve is told from 0 points on, in both languages."""
    words = Curve(direction=Direction.LOWER, threshold=48, target=24, stretch=12).words

    assert words.en == "0 points at 48, 100 points at 24, 120 points at 12"
    assert words.zh == "48得0分，24得100分，12得120分"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"threshold": 9, "target": 8},
            r"target must be above the threshold, 9, where higher is better \(got '8'\)",
        ),
        ({"threshold": 8, "target": 8}, "target must be above the threshold, 8"),
        (
            {"direction": Direction.LOWER, "threshold": 8, "target": 9},
            "target must be below the threshold, 8",
        ),
        ({"threshold": 1, "target": 8, "stretch": 8}, "stretch must be above the target, 8"),
        (
            {"threshold": 1, "target": 8, "stretch": 9, "stretch_points": 100},
            "stretch_points must be above 100",
        ),
        (
            {"direction": Direction.TARGET, "threshold": 1, "target": 8},
            "far must be stated where the target is best, and only there",
        ),
        ({"threshold": 1, "target": 8, "far": 9}, "far must be stated where the target is best"),
        (
            {"direction": Direction.TARGET, "threshold": 1, "target": 8, "far": 7},
            "far must be above the target, 8",
        ),
        (
            {"direction": Direction.TARGET, "threshold": 1, "target": 8, "far": 9, "stretch": 10},
            "stretch must be left out where the target is best",
        ),
        ({"threshold": 0.5, "target": 8}, "threshold must be a decimal, an integer or text"),
    ],
)
def test_a_curve_that_leads_nowhere_is_refused(fields: dict[str, Any], message: str) -> None:
    """Numbers in the wrong order are refused with the one that they clash with."""
    with pytest.raises(InvalidValueError, match=message):
        Curve(**fields)
