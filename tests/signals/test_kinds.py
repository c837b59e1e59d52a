"""Charts of shares and of counts that rest on different numbers."""

from __future__ import annotations

import math
import random
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.kernel import Reason, Undefined
from crmcore.signals import ChartKind, Limits, Rule

if TYPE_CHECKING:
    from tests.signals.conftest import Draw

counts = st.lists(st.integers(0, 40), min_size=12, max_size=24)


@given(counts, st.integers(40, 400), st.sampled_from([ChartKind.P, ChartKind.U]))
def test_shares_of_the_same_number_are_single_values(
    draw: Draw, row: list[int], n: int, kind: ChartKind
) -> None:
    """Where every month has as many cases, p′ and u′ are the chart of single values."""
    by_kind = draw([(count, n) for count in row], kind=kind)
    upper = 1 if kind is ChartKind.P else None
    single = draw([Decimal(count) / n for count in row], lower=0, upper=upper)

    for one, other in zip(by_kind.points, single.points, strict=True):
        assert isinstance(one.limits, Limits)
        assert isinstance(other.limits, Limits)
        assert one.value == other.value
        assert float(one.limits.centre) == pytest.approx(float(other.limits.centre), abs=1e-15)
        assert float(one.limits.low) == pytest.approx(float(other.limits.low), abs=1e-15)
        assert float(one.limits.high) == pytest.approx(float(other.limits.high), abs=1e-15)
        assert float(one.limits.sigma) == pytest.approx(float(other.limits.sigma), abs=1e-15)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(30, 900)), min_size=12, max_size=20),
    st.sampled_from([ChartKind.P, ChartKind.U]),
)
def test_limits_are_those_of_the_plain_formula(
    draw: Draw, row: list[tuple[int, int]], kind: ChartKind
) -> None:
    """D. B. Laney, 2002: centre ± 3 · σ of chance · σ of z, of 2.66 mean moving ranges of z."""
    chart = draw(row, kind=kind)

    base = row[:12]
    centre = sum(count for count, _ in base) / sum(n for _, n in base)
    chance = centre * (1 - centre) if kind is ChartKind.P else centre
    if chance == 0:
        return
    z = [(count / n - centre) / math.sqrt(chance / n) for count, n in base]
    mean_range = sum(abs(b - a) for a, b in pairwise(z)) / 11
    for (_, n), point in zip(row, chart.points, strict=True):
        half = 2.66 * mean_range * math.sqrt(chance / n)
        assert isinstance(point.limits, Limits)
        assert float(point.limits.centre) == pytest.approx(centre)
        assert float(point.limits.low) == pytest.approx(max(0, centre - half), abs=1e-12)
        top = min(1, centre + half) if kind is ChartKind.P else centre + half
        assert float(point.limits.high) == pytest.approx(top, abs=1e-12)


def test_the_centre_is_the_share_of_all_cases(draw: Draw) -> None:
    """10 of 100 and 90 of 300, in turn, are 100 of 400: not the mean of 10 % and 30 %."""
    chart = draw([(10, 100), (90, 300)] * 6, kind=ChartKind.P)

    assert isinstance(chart.limits, Limits)
    assert chart.limits.centre == Decimal("0.25")


def test_few_cases_may_stray_further(draw: Draw) -> None:
    """The same share is a signal where it rests on 2,000 cases, and none where on 20."""
    chance = random.Random(1)  # noqa: S311 - made-up answers need no cryptographic chance
    calm = [(sum(chance.random() < 0.2 for _ in range(200)), 200) for _ in range(12)]

    many, few = (draw([*calm, (n * 35 // 100, n)], kind=ChartKind.P) for n in (2000, 20))

    assert Rule.OUTSIDE in {signal.rule for signal in many.signals}
    assert Rule.OUTSIDE not in {signal.rule for signal in few.signals}


def test_a_base_of_nothing_is_a_missing_value(draw: Draw) -> None:
    """No case at all has no share, for a reason of its own."""
    chart = draw([*[(5, 20)] * 12, (0, 0), (5, 20)], kind=ChartKind.P)

    assert chart.points[12].value == Undefined(Reason.ZERO_DENOMINATOR)
    assert chart.points[13].moving_range is None
    assert chart.signals == ()


@pytest.mark.parametrize(
    ("kind", "calm", "odd"),
    [
        (ChartKind.U, (0, 300), (1, 300)),
        (ChartKind.P, (0, 300), (1, 300)),
        (ChartKind.P, (300, 300), (299, 300)),
    ],
)
def test_what_never_happened_is_a_signal_when_it_does(
    draw: Draw, kind: ChartKind, calm: tuple[int, int], odd: tuple[int, int]
) -> None:
    """After a year of none, or of all, chance has no room: the limits are exactly there."""
    chart = draw([*[calm] * 12, odd, calm], kind=kind)

    assert [signal.rule for signal in chart.signals] == [Rule.OUTSIDE]
    assert chart.points[12].moving_range is None
    assert chart.points[11].moving_range == 0


@pytest.mark.parametrize(
    ("kind", "pair"),
    [
        (ChartKind.P, (5, 4)),
        (ChartKind.P, (-1, 4)),
        (ChartKind.U, (-1, 4)),
        (ChartKind.U, (1, -4)),
    ],
)
def test_impossible_counts_are_refused(draw: Draw, kind: ChartKind, pair: tuple[int, int]) -> None:
    """A share of more than all, and a count below nothing, are refused."""
    with pytest.raises(InvalidValueError, match="values must be a count of at least 0"):
        draw([pair] * 12, kind=kind)


def test_a_rate_may_be_above_one(draw: Draw) -> None:
    """More contacts than customers are a rate, and no share."""
    chart = draw([(30, 10), (33, 10)] * 6, kind=ChartKind.U)

    assert isinstance(chart.limits, Limits)
    assert chart.limits.centre == Decimal("3.15")
    assert chart.limits.high > 3
