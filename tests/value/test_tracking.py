"""Repeat purchases by the calendar, actual and expected."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.durations import WEEK, days
from crmcore.errors import InvalidValueError
from crmcore.histories import OccasionTally
from crmcore.value import BetaGeo, ParetoNbd, Tracking
from tests.value import cdnow

CDS = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)
FIRST = date(2026, 1, 1)
START = FIRST.toordinal()


@cache
def trails() -> tuple[tuple[int, ...], ...]:
    """The days with a purchase of each customer of the CDNOW sample."""
    found: dict[str, list[int]] = defaultdict(list)
    for customer, day, _, _ in cdnow.rows():
        found[customer].append(day.toordinal())
    return tuple(tuple(found[customer]) for customer in sorted(found))


def test_cdnow_is_tracked_as_published() -> None:
    """After 78 weeks 4 % and 2 % too few are expected (Fader, Hardie and Lee 2005)."""
    easy = BetaGeo.fit(cdnow.calibration()).tracking(trails(), end=cdnow.HOLDOUT_END)
    pareto = ParetoNbd.fit(cdnow.calibration()).tracking(trails(), end=cdnow.HOLDOUT_END)

    assert len(easy.ends) == 78
    assert round(easy.final_error or 0, 2) == -0.04
    assert round(pareto.final_error or 0, 2) == -0.02
    assert easy.cumulative_actual[38] == sum(cdnow.calibration().frequency)
    assert easy.ends[38] == cdnow.CALIBRATION_END
    assert sum(easy.actual) == easy.cumulative_actual[38] + sum(cdnow.holdout_purchases())


def test_a_manager_reads_how_far_it_is_off() -> None:
    """A sentence, and a line for each week."""
    found = CDS.tracking(trails(), end=cdnow.HOLDOUT_END, calibration_end=cdnow.CALIBRATION_END)

    lines = str(found).splitlines()
    assert lines[0] == (
        "by 1998-06-30, 4,339 repeat purchases, 4,166 expected by BG/NBD; the curve is off by "
        "2.5 % on average"
    )
    assert found.words.zh == (
        "截至1998-06-30，重复购买4,339次，BG/NBD预期4,166次；曲线平均偏差2.5%"
    )
    assert lines[-1].split() == ["1998-06-30", "4,339", "4,166.4"]
    assert len(lines) == 3 + 78


days_bought = st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=5), min_size=1, max_size=6)


@given(days_bought, st.integers(1, 50), st.integers(0, 45), st.randoms(use_true_random=False))
def test_it_is_as_counted_by_hand(
    found: list[list[int]],
    step: int,
    length: int,
    chance: Any,  # noqa: ANN401 - random
) -> None:
    """By each end all repeats are counted, and each customer is expected to have made some."""
    trails = [[START + day for day in each] for each in found]
    end = FIRST + timedelta(days=length)
    if min(map(min, found)) > length:
        with pytest.raises(InvalidValueError, match=f"trails must hold a purchase up to {end}"):
            CDS.tracking(trails, end=end, step=step)
        return

    tracked = CDS.tracking(trails, end=end, step=step)

    for last, made, told in zip(
        tracked.ends, tracked.cumulative_actual, tracked.cumulative_expected, strict=True
    ):
        until = last.toordinal()
        known = [{day for day in trail if day <= until} for trail in trails]
        assert made == sum(max(0, len(each) - 1) for each in known)
        assert told == pytest.approx(
            sum(CDS.new_customer_purchases(days(until - min(each))) for each in known if each)
        )
    assert tracked.ends[-1] == end
    shuffled = chance.sample([chance.sample(each, len(each)) for each in trails], len(trails))
    assert CDS.tracking(shuffled, end=end, step=step) == tracked


def tracked(actual: list[float], expected: list[float], cut: int | None = None) -> Tracking:
    """Weeks with so many repeats, of which the first *cut* belong to the calibration."""
    ends = tuple(FIRST + timedelta(days=7 * week) for week in range(len(actual)))
    return Tracking(
        model="BG/NBD",
        ends=ends,
        actual=tuple(actual),
        expected=tuple(expected),
        calibration_end=None if cut is None else ends[cut - 1],
    )


def test_the_deviation_is_the_mean_of_the_shares() -> None:
    """10 % too many and 20 % too few are 15 % on average; a week without repeats has no share."""
    found = tracked([10, 0, 20], [11, 3, 16])

    assert found.mape == pytest.approx(0.15)
    assert found.cumulative_mape == pytest.approx((0.1 + 0.4 + 0) / 3)
    assert found.final_error == pytest.approx(0)


def test_only_what_came_after_the_calibration_is_held_against_it() -> None:
    """The weeks that the model has learnt from say nothing of how well it predicts."""
    found = tracked([10, 5, 20], [100, 50, 16], cut=2)

    assert found.mape == pytest.approx(0.2)
    assert found.cumulative_mape == pytest.approx(166 / 35 - 1)


def test_without_repeats_nothing_can_be_off() -> None:
    """Where nobody came back, there is no share of it."""
    found = tracked([0, 0], [1, 2])

    assert (found.mape, found.cumulative_mape, found.final_error) == (None, None, None)
    assert found.words.en == "by 2026-01-08, 0 repeat purchases, 3 expected by BG/NBD"


def test_a_tally_tells_the_trails() -> None:
    """The days of each customer come from purchases in any order, and refunds make none."""
    tally = OccasionTally(as_of=cdnow.HOLDOUT_END, zone=cdnow.ZONE)
    tally.add_all(reversed(cdnow.purchases()))

    assert [*tally.trails()] == [tuple(sorted({*trail})) for trail in trails()]


def test_a_tally_of_later_purchases_tells_none() -> None:
    """Purchases after the last day are refused, as in histories."""
    tally = OccasionTally(as_of=date(1996, 12, 31), zone=cdnow.ZONE)
    tally.add(cdnow.purchases()[0])

    with pytest.raises(InvalidValueError, match="lie on days up to 1996-12-31"):
        next(tally.trails())


@pytest.mark.parametrize("step", [0, -7, 3.5])
def test_a_period_has_some_days(step: Any) -> None:  # noqa: ANN401 - no number
    """Periods of no days, or of parts of them, are refused."""
    with pytest.raises(InvalidValueError, match="step must be a whole number of days, 1 or more"):
        CDS.tracking([[START]], end=FIRST, step=step)


def test_the_expected_of_a_period_are_what_is_added() -> None:
    """One customer is expected to make in each week what the curve of new customers gains."""
    found = CDS.tracking([[START]], end=FIRST + timedelta(days=20))

    levels = [CDS.new_customer_purchases(days(each)) for each in (6, 13, 20)]
    assert found.expected == pytest.approx(
        [levels[0], levels[1] - levels[0], levels[2] - levels[1]]
    )
    assert math.fsum(found.actual) == 0
