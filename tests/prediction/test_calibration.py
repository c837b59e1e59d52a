"""Calibration: predicted probabilities beside what happened."""

from __future__ import annotations

import math
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.kernel import Reason, Undefined
from crmcore.prediction import calibration
from crmcore.statistics import wilson

PAIRS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40)


def test_a_table_reckoned_by_hand() -> None:
    """Each bin has its count, mean and share; Brier and error follow."""
    pairs = [(0.1, False), (0.1, False), (0.1, True), (0.1, False), (0.8, True), (0.8, True)]

    found = calibration(pairs, bins=2)

    low, high = found.bins
    assert (low.low, low.high, low.count, low.observed) == (0.0, 0.5, 4, 0.25)
    assert (high.low, high.high, high.count, high.observed) == (0.5, 1.0, 2, 1.0)
    assert low.predicted == pytest.approx(0.1)
    assert low.interval == wilson(1, 4)
    assert found.base_rate == 0.5
    assert found.brier == pytest.approx((3 * 0.01 + 0.81 + 2 * 0.04) / 6)
    assert found.error == pytest.approx((4 * 0.15 + 2 * 0.2) / 6)


@pytest.mark.parametrize("bins", [3, 7, 10, 49, 100])
def test_a_bound_belongs_to_the_bin_that_it_begins(bins: int) -> None:
    """It is the bound as a float, and not the longer fraction that a float stands for."""
    found = calibration([(place / bins, True) for place in range(bins)], bins=bins)

    assert [each.low for each in found.bins] == [place / bins for place in range(bins)]
    assert {each.count for each in found.bins} == {1}
    assert calibration([(Decimal("0.3"), True)]).bins == calibration([(0.3, True)]).bins


@given(PAIRS, st.integers(1, 20))
def test_every_prediction_is_in_one_bin(pairs: list[tuple[float, bool]], bins: int) -> None:
    """The bins hold all predictions and all outcomes, each within its bounds."""
    found = calibration(pairs, bins=bins)

    assert sum(row.count for row in found.bins) == found.count == len(pairs)
    assert round(sum(row.observed * row.count for row in found.bins)) == sum(
        happened for _, happened in pairs
    )
    assert all(
        row.low <= row.predicted <= row.high or math.isclose(row.predicted, row.low)
        for row in found.bins
    )


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(pairs: list[tuple[float, bool]], random: Random) -> None:
    """The same pairs in another order give the same numbers, to the bit."""
    shuffled = list(pairs)
    random.shuffle(shuffled)

    assert calibration(shuffled) == calibration(pairs)


def test_a_lower_bound_belongs_to_its_bin() -> None:
    """Three tenths is in the bin that begins there, and 1 in the last."""
    found = calibration([(Decimal("0.3"), True), (Decimal("0.29"), False), (1, True)])

    assert [(row.low, row.count) for row in found.bins] == [(0.2, 1), (0.3, 1), (0.9, 1)]


def test_a_bin_is_in_doubt_where_chance_cannot_explain_it() -> None:
    """A mean prediction outside the interval of the true share is in doubt."""
    (far,) = calibration([(0.9, False)] * 50, bins=1).bins
    (near,) = calibration([(0.9, True)] * 18 + [(0.9, False)] * 2, bins=1).bins

    assert far.is_in_doubt
    assert not near.is_in_doubt


def test_nothing_predicted_has_no_numbers() -> None:
    """Without predictions there is neither a rate nor an error, and no zero in their place."""
    found = calibration([])

    nothing = Undefined(Reason.NO_DATA)
    assert (found.base_rate, found.brier, found.error) == (nothing, nothing, nothing)
    assert found.bins == ()


@pytest.mark.parametrize(
    ("pairs", "bins", "message"),
    [
        ([(1.5, True)], 10, "probability must be a fraction between 0 and 1"),
        ([(10**400, True)], 10, "probability must be a fraction between 0 and 1"),
        ([("0.5", True)], 10, "probability must be a fraction between 0 and 1"),
        ([(math.nan, True)], 10, "probability must be a fraction between 0 and 1"),
        ([(0.5, 1)], 10, "outcome must be True or False"),
        ([], 0, "bins must be a whole number between 1 and 100"),
        ([], 2.0, "bins must be a whole number between 1 and 100"),
    ],
)
def test_what_is_no_prediction_is_refused(
    pairs: list[tuple[float, bool]], bins: int, message: str
) -> None:
    """A probability is a fraction, an outcome is yes or no."""
    with pytest.raises(InvalidValueError, match=message):
        calibration(pairs, bins=bins)


def test_a_calibration_reads_as_a_table() -> None:
    """The errors come first, then a bin a line, and whether it is in doubt."""
    found = calibration([(0.9, False)] * 50 + [(0.1, False)] * 9 + [(0.1, True)], bins=2)

    assert str(found).splitlines() == [
        "60 predictions, Brier 0.6900, error 75.0 %",
        "  0.0 % to 50.0 %: 10 predictions, predicted 10.0 %, observed 10.0 %",
        "  50.0 % to 100.0 %: 50 predictions, predicted 90.0 %, observed 0.0 %, in doubt",
    ]
    assert str(calibration([])) == "0 predictions, Brier –, error –"
