"""Natural limits of a row of values."""

from __future__ import annotations

import statistics
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.kernel import Reason, Undefined
from crmcore.kpis import kpi
from crmcore.signals import Limits, natural_limits

# Monthly trade deficits of the United States in billions of dollars: the exercise at the end of
# D. J. Wheeler, Understanding Variation, 1993, chapter 6.
SECOND_HALF_OF_1988 = [Decimal(x) for x in ("10.5", "11.2", "9.2", "10.1", "10.4", "10.5")]
FIRST_HALF_OF_1989 = [Decimal(x) for x in ("8.7", "8.7", "7.0", "6.8", "9.6", "9.0")]

# The flow rates of NIST/SEMATECH e-Handbook of Statistical Methods, 2012, section 6.3.2.2.
FLOW_RATES = ("49.6", "47.6", "49.9", "51.3", "47.8", "51.2", "52.6", "52.4", "53.6", "52.1")

rows = st.lists(st.decimals(-1000, 1000, places=2), min_size=12, max_size=40)


def test_flow_rates_have_the_published_limits() -> None:
    """The mean is 50.81, the mean moving range 1.8778, the limits 45.82 and 55.80."""
    found = natural_limits([Decimal(rate) for rate in FLOW_RATES], fewest=10)

    assert isinstance(found, Limits)
    assert found.centre == Decimal("50.81")
    assert round(found.moving_range, 4) == Decimal("1.8778")
    assert (round(found.low, 2), round(found.high, 2)) == (Decimal("45.82"), Decimal("55.80"))
    assert found.n == 10


def test_trade_deficits_shift_twice_as_published() -> None:
    """Half a year sets the limits; in the next one a better month and a worse jump stand out.

    The mean is 61.9 / 6 = 10.3167, the ranges 0.7, 2.0, 0.9, 0.3, 0.1 have the mean 0.80: the
    limits are 10.3167 ± 2.128 and 2.614. The book asks for one shift to the better and one to
    the worse: March 1989 lies below the limits, and May jumps by 2.8.
    """
    found = natural_limits(SECOND_HALF_OF_1988, fewest=6)

    assert isinstance(found, Limits)
    assert round(found.low, 4) == Decimal("8.1887")
    assert round(found.high, 4) == Decimal("12.4447")
    assert found.range_limit == Decimal("2.6144")
    assert [found.low <= each <= found.high for each in FIRST_HALF_OF_1989] == [
        *(True, True, False, False, True, True)
    ]
    jumps = [abs(b - a) > found.range_limit for a, b in pairwise(FIRST_HALF_OF_1989)]
    assert jumps == [False, False, False, True, False]


@given(rows)
def test_limits_are_those_of_the_plain_formula(values: list[Decimal]) -> None:
    """Centre ± 2.66 mean moving ranges, and 3.268 of them; 3.145 and 3.865 with medians."""
    ranges = [abs(b - a) for a, b in pairwise(values)]

    found, by_median = natural_limits(values), natural_limits(values, median=True)

    assert isinstance(found, Limits)
    mean_range = statistics.mean(ranges)
    assert float(found.centre) == pytest.approx(float(statistics.mean(values)))
    assert float(found.high - found.centre) == pytest.approx(2.66 * float(mean_range))
    assert float(found.centre - found.low) == pytest.approx(2.66 * float(mean_range))
    assert float(found.range_limit) == pytest.approx(3.268 * float(mean_range))
    assert float(3 * found.sigma) == pytest.approx(float(found.high - found.centre))
    assert isinstance(by_median, Limits)
    assert by_median.centre == statistics.median(values)
    assert by_median.moving_range == statistics.median(ranges)
    assert by_median.high == by_median.centre + Decimal("3.145") * by_median.moving_range
    assert by_median.range_limit == Decimal("3.865") * by_median.moving_range


@given(rows, st.decimals(-1000, 1000, places=2), st.sampled_from([2, 10, Decimal("0.5")]))
def test_limits_move_and_stretch_with_the_values(
    values: list[Decimal], shift: Decimal, stretch: Decimal
) -> None:
    """Other units, as cents for euros or a scale that begins elsewhere, give the same limits."""
    found = natural_limits(values)
    moved = natural_limits([value * stretch + shift for value in values])

    assert isinstance(found, Limits)
    assert isinstance(moved, Limits)
    for of_one, of_other in [(found.low, moved.low), (found.high, moved.high)]:
        assert abs(of_one * stretch + shift - of_other) < Decimal("1e-20")


@given(rows)
def test_limits_are_the_same_in_any_context(values: list[Decimal]) -> None:
    """A caller who reckons with three digits changes nothing."""
    found = natural_limits(values)

    with localcontext() as narrow:
        narrow.prec = 3
        assert natural_limits(values) == found


def test_a_missing_value_bridges_no_range() -> None:
    """From 10, a gap and 30 there is no step of 20: the pairs are those of neighbours only."""
    steady = [10, 11] * 4
    higher = [30, 31] * 4

    found = natural_limits([*steady, None, *higher])

    assert isinstance(found, Limits)
    assert found.moving_range == 1
    assert found.n == 16
    bridged = natural_limits([*steady, *higher])
    assert isinstance(bridged, Limits)
    assert bridged.moving_range > 2


def test_a_value_is_never_below_its_bounds() -> None:
    """Two complaints in a month and seven in the next: no month will have fewer than none."""
    values = [2, 7] * 6

    free, bound = natural_limits(values), natural_limits(values, lower=0, upper=10)

    assert isinstance(free, Limits)
    assert isinstance(bound, Limits)
    assert free.low < 0
    assert free.high > 10
    assert bound.low == 0
    assert bound.high == 10
    assert (bound.centre, bound.sigma) == (free.centre, free.sigma)


def test_what_never_moves_has_limits_of_its_own_value() -> None:
    """Twelve months without a complaint have limits of exactly 0, which are limits."""
    found = natural_limits([0] * 12, lower=0)

    assert isinstance(found, Limits)
    assert {found.low, found.centre, found.high, found.range_limit} == {Decimal(0)}


def test_too_few_values_have_no_limits() -> None:
    """Eleven values are refused with the reason, and so are twelve with five neighbours."""
    short, scattered = natural_limits([5] * 11), natural_limits([*[5, 6, None] * 5, 5, None, 6])

    assert short == Undefined(Reason.TOO_FEW)
    assert isinstance(short, Undefined)
    assert (
        short.detail.en == "a baseline needs 12 values and 6 pairs of neighbours, and has 11 and 10"
    )
    assert short.detail.zh == "基线需要12个值和6对相邻值，现有11个值和10对"
    assert scattered == Undefined(Reason.TOO_FEW)
    assert isinstance(natural_limits([5] * 12), Limits)
    assert isinstance(natural_limits([5, 6, None] * 6), Limits)


def test_bounds_are_in_order_and_numbers_exact() -> None:
    """Bounds the wrong way round, floats, and a single value are refused."""
    with pytest.raises(InvalidValueError, match="upper must be above the lower bound, 1"):
        natural_limits([1] * 12, lower=1, upper=1)
    with pytest.raises(InvalidValueError, match="values must be a decimal, an integer or text"):
        natural_limits([0.5] * 12)  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match="values must be finite"):
        natural_limits([Decimal("NaN")] * 12)
    with pytest.raises(InvalidValueError, match="fewest must be at least 2"):
        natural_limits([1], fewest=1)


def test_a_value_beyond_its_bounds_is_refused() -> None:
    """Limits of which the low one lies above the high one are none."""
    with pytest.raises(InvalidValueError, match="values must be at least the lower bound, 0"):
        natural_limits([-5, -6] * 6, lower=0)
    with pytest.raises(InvalidValueError, match="values must be at most the upper bound, 100"):
        natural_limits([120, 130] * 6, upper=100)


@pytest.mark.parametrize("values", [kpi("sales"), 12, "12131415", {1: 2}])
def test_limits_are_of_numbers_in_a_row(values: Any) -> None:  # noqa: ANN401 - refused
    """One number, its digits as text, and what is to be charted first are refused by name."""
    with pytest.raises(InvalidValueError, match="values must be numbers in a row; limits of a KPI"):
        natural_limits(values)


def test_limits_of_several_values_at_once_are_refused() -> None:
    """A pair is no number."""
    pair: Any = (70, 100)

    with pytest.raises(InvalidValueError, match=r"values must be a decimal, .*got \(70, 100\)"):
        natural_limits([pair] * 12)
