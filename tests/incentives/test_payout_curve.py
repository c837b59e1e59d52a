"""Which share of the promised sum a number of points earns."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.incentives import PayoutCurve

POINTS = st.decimals(-50, 300, places=2)


@st.composite
def curves(draw: st.DrawFn, *, cliff: bool = False) -> PayoutCurve:
    """Curves with thresholds, targets and caps of whole points."""
    threshold, target, cap = sorted(
        draw(st.lists(st.integers(0, 200), min_size=3, max_size=3, unique=True))
    )
    return PayoutCurve(
        threshold=threshold,
        target=target,
        cap=cap,
        cliff=cliff,
        at_threshold=draw(st.sampled_from(["0.25", "0.5"])) if cliff else 0,
        at_cap=draw(st.sampled_from(["1", "1.5", "2"])),
    )


@pytest.mark.parametrize(
    ("points", "share"),
    [
        ("59.99", "0"),
        ("60", "0"),
        ("80", "0.5"),  # half of the way from 60 to 100
        ("100", "1"),
        ("105", "1.125"),  # a quarter of the way from 100 to 120, for half as much again
        ("120", "1.5"),
        ("500", "1.5"),
    ],
)
def test_the_share_rises_from_threshold_to_target_to_cap(points: str, share: str) -> None:
    """Nothing below the threshold, all at the target, no more beyond the cap."""
    curve = PayoutCurve(threshold=60, target=100, cap=120, at_cap="1.5")

    assert curve.share(Decimal(points)) == Decimal(share)


def test_without_a_cap_no_more_than_the_sum_is_paid() -> None:
    """A curve that says nothing of a cap ends at its target."""
    curve = PayoutCurve(threshold=60)

    assert (curve.target, curve.cap) == (Decimal(100), Decimal(100))
    assert curve.share(Decimal(150)) == 1


def test_a_declared_cliff_pays_at_its_edge() -> None:
    """Whoever is at the threshold gets half, whoever is a hair below nothing."""
    curve = PayoutCurve(threshold=60, cliff=True, at_threshold="0.5")

    assert curve.share(Decimal("59.99")) == 0
    assert curve.share(Decimal(60)) == Decimal("0.5")
    assert curve.share(Decimal(80)) == Decimal("0.75")


@given(curves(), POINTS, POINTS)
def test_more_points_never_earn_less(curve: PayoutCurve, one: Decimal, other: Decimal) -> None:
    """The payout is monotone."""
    low, high = sorted([one, other])

    assert curve.share(low) <= curve.share(high)


@given(curves(cliff=True), POINTS, POINTS)
def test_cliffs_are_monotone_too(curve: PayoutCurve, one: Decimal, other: Decimal) -> None:
    """A jump goes up, never down."""
    low, high = sorted([one, other])

    assert curve.share(low) <= curve.share(high)


@given(curves(), POINTS, st.decimals("0", "1", places=3))
def test_a_little_more_earns_little_more(
    curve: PayoutCurve, points: Decimal, step: Decimal
) -> None:
    """The payout is continuous: no step earns more than the steepest line gives for it."""
    steepest = max(
        Fraction(high - low) / Fraction(right - left)
        for (left, low), (right, high) in zip(curve.nodes, curve.nodes[1:], strict=False)
    )

    gained = Fraction(curve.share(points + step)) - Fraction(curve.share(points))

    assert gained <= steepest * Fraction(step) + Fraction(1, 10**20)


def test_the_words_tell_every_corner() -> None:
    """Points and shares, in both languages."""
    words = PayoutCurve(threshold=60, cap=120, at_cap="1.5").words

    assert words.en == "0 % at 60 points, 100 % at 100 points, 150 % at 120 points"
    assert words.zh == "60分发放0%，100分发放100%，120分发放150%"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"threshold": 110}, r"target must be above the threshold, 110 \(got '100'\)"),
        ({"threshold": 60, "cap": 90}, r"cap must be at least the target, 100 \(got '90'\)"),
        (
            {"threshold": 60, "at_threshold": "0.5"},
            r"at_threshold must be 0, unless the jump is declared with cliff=True \(got '0.5'\)",
        ),
        ({"cliff": True}, "at_threshold must be above 0 where a cliff is declared"),
        (
            {"cliff": True, "at_threshold": 50},
            r"at_threshold must be a fraction between 0 and 1 \(0.5, not 50\)",
        ),
        ({"cap": 120, "at_cap": "0.9"}, "at_cap must be at least 1, and 1 where the cap is the"),
        ({"at_cap": "1.5"}, "at_cap must be at least 1, and 1 where the cap is the target"),
    ],
)
def test_undeclared_jumps_and_falls_are_refused(fields: dict[str, Any], message: str) -> None:
    """A curve rises, and jumps only where it says so."""
    with pytest.raises(InvalidValueError, match=message):
        PayoutCurve(**fields)
