"""Times of which some have not ended yet."""

from __future__ import annotations

import math
import random
import statistics
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from crmcore.codec import from_json, to_json
from crmcore.errors import InvalidValueError
from crmcore.statistics import Cases, Interval, RestrictedMean, Survival, kaplan_meier

# Weeks in remission: E. J. Freireich and others, "The Effect of 6-Mercaptopurine on the
# Duration of Steroid-induced Remissions in Acute Leukemia", Blood 21(6), 1963. The
# second row had not relapsed when they were last seen.
ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
GOING_ON = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
TREATED = [*((time, True) for time in ENDED), *((time, False) for time in GOING_ON)]
UNTREATED = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

cases = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def test_remissions_last_as_published() -> None:
    """The table that every textbook prints, with Greenwood's standard errors."""
    found = kaplan_meier(TREATED)

    assert found.times == (6, 7, 10, 13, 16, 22, 23)
    assert found.at_risk == (21, 17, 15, 12, 11, 7, 6)
    assert found.events == (3, 1, 1, 1, 1, 1, 1)
    assert [round(share, 4) for share in found.survival] == [
        *(0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482)
    ]
    assert [round(math.sqrt(variance), 4) for variance in found.variance] == [
        *(0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346)
    ]
    assert (found.n, found.censored, found.until) == (21, 12, 35)


def test_the_median_remission_is_as_published() -> None:
    """23 weeks with the drug, of which the upper bound stays open; 8 weeks, 4 to 11, without."""
    treated, untreated = kaplan_meier(TREATED), kaplan_meier((t, True) for t in UNTREATED)

    assert treated.quantile() == 23
    assert treated.quantile_interval() is None
    assert treated.quantile(0.25) == 13
    assert treated.quantile(0.75) is None
    assert untreated.quantile() == 8
    assert untreated.quantile_interval() == Interval(low=4, high=11, method="Kaplan-Meier, log-log")


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@given(cases)
def test_shares_and_bounds_are_those_of_the_peer(observed: list[tuple[float, bool]]) -> None:
    """SciPy's product-limit estimator gives the same shares and the same log-log bounds."""
    found = kaplan_meier(observed)

    data = CensoredData.right_censored(
        [time for time, _ in observed], [not ended for _, ended in observed]
    )
    peer = ecdf(data).sf
    assert found.survival == pytest.approx(peer.evaluate(found.times), abs=1e-12)
    bounds = peer.confidence_interval(0.95, method="log-log") if found.times else None
    for time, share, interval in zip(found.times, found.survival, found.intervals, strict=True):
        assert bounds is not None
        if share > 0:  # where nobody is left, the peer has no bounds
            assert interval.low == pytest.approx(float(bounds.low.evaluate(time)), abs=1e-9)
            assert interval.high == pytest.approx(float(bounds.high.evaluate(time)), abs=1e-9)


@given(cases)
def test_nobody_gets_lost(observed: list[tuple[float, bool]]) -> None:
    """Who is at risk had neither ended nor got out of sight, and all have one of the two fates."""
    found = kaplan_meier(observed)

    assert sum(found.events) + found.censored == found.n == len(observed)
    for time, at_risk in zip(found.times, found.at_risk, strict=True):
        assert at_risk == sum(seen >= time for seen, _ in observed)
    assert list(found.survival) == sorted(found.survival, reverse=True)


@given(cases, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_counting_says_the_same(
    observed: list[tuple[float, bool]], chance: random.Random
) -> None:
    """A shuffled list and the counts of its pairs give the same bits."""
    found = kaplan_meier(observed)

    assert kaplan_meier(chance.sample(observed, len(observed))) == found
    assert kaplan_meier(Counter(observed)) == found


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_where_all_have_ended_it_is_the_plain_share(ended: list[int]) -> None:
    """Without open cases share, variance and median are those of the plain numbers."""
    found = kaplan_meier((time, True) for time in ended)

    n = len(ended)
    for time, share, variance in zip(found.times, found.survival, found.variance, strict=True):
        assert share == sum(each > time for each in ended) / n
        assert variance == pytest.approx(share * (1 - share) / n)
    assert found.quantile() == statistics.median(ended)
    assert found.at(10**9) == 0


@given(cases, st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_a_quantile_lies_in_its_interval(observed: list[tuple[float, bool]], q: float) -> None:
    """Both bounds enclose the time, and where there is an interval there is a time."""
    found = kaplan_meier(observed)

    time, interval = found.quantile(q), found.quantile_interval(q)

    if interval is not None:
        assert time is not None
        assert interval.low <= time <= interval.high


def test_shares_are_known_as_long_as_somebody_was_seen() -> None:
    """Before the first end all last longer; beyond the last case that was seen nobody knows."""
    found = kaplan_meier(TREATED)

    assert found.at(5.9) == 1
    assert found.at(6) == found.at(6.5) == pytest.approx(18 / 21)
    assert found.at(35) == pytest.approx(0.4482, abs=1e-4)
    assert found.at(35.1) is None


def test_where_nobody_has_ended_nothing_is_known_but_that() -> None:
    """Open cases alone have no step: all last longer than what was seen."""
    found = kaplan_meier([(3, False), (5, False)])

    assert found.times == ()
    assert found.at(5) == 1
    assert found.at(6) is None
    assert found.quantile() is None
    assert found.quantile_interval() is None
    assert found.intervals == ()


def test_the_share_of_nobody_is_bounded_by_the_step_before() -> None:
    """At the last end the formula has no value: the share is 0, and was at most so much."""
    found = kaplan_meier([(1, True), (2, True)])

    assert found.survival == (0.5, 0)
    assert found.variance == (0.125, 0)
    assert found.intervals[1].low == 0
    assert found.intervals[1].high == found.intervals[0].high
    assert kaplan_meier([(1, True)]).intervals == (
        Interval(low=0, high=1, method="Kaplan-Meier, log-log"),
    )


@pytest.mark.parametrize("make", [list, np.array])
def test_a_curve_comes_back_from_json(make: Any) -> None:  # noqa: ANN401 - a column
    """Also one that falls to 0: no part of it is infinite."""
    found = kaplan_meier(Cases(make([1, 2, 3, 3]), make([1, 0, 1, 1])))

    assert found.survival[-1] == 0
    assert found.spread == pytest.approx((1 / 12, 1 / 12))
    assert from_json(Survival, to_json(found)) == found
    assert from_json(RestrictedMean, to_json(found.restricted_mean())) == found.restricted_mean()


def test_what_is_open_at_the_very_time_was_at_risk() -> None:
    """Of two cases, one ends at 4 hours and one is last seen then: half last longer."""
    found = kaplan_meier([(4, True), (4, False)])

    assert (found.at_risk, found.survival) == ((2,), (0.5,))
    assert found.quantile(0.5) == 4


def test_counts_of_nobody_change_nothing() -> None:
    """A pair that was counted 0 times is as if it were not there."""
    assert kaplan_meier({(1, True): 2, (9, False): 0}) == kaplan_meier([(1, True)] * 2)


@pytest.mark.parametrize(
    ("observed", "message"),
    [
        ([], "times must hold at least one case"),
        ({(1, True): 0}, "times must hold at least one case"),
        ([(-1, True)], "times must be times of 0 or more, and finite"),
        ([(math.inf, False)], "times must be times of 0 or more, and finite"),
        ([(math.nan, True)], "times must be times of 0 or more, and finite"),
        ({(1, True): -2}, "times must count how often 1 occurs, .* of 0 or more"),
        ({(1, True): 2.5}, "times must count how often 1 occurs, with a whole number"),
        ({(1, True): math.nan}, "times must count how often 1 occurs, with a whole number"),
        ({(1, True): "2"}, "times must count how often 1 occurs, with a whole number"),
        ([("1", True)], "times must be times of 0 or more, and finite"),
        ([(1, "no")], "times must say whether the case of 1 ended then, as true or false"),
        ([(1, None)], "times must say whether the case of 1 ended then, as true or false"),
        ([(True, 12)], "times must say whether the case of True ended then"),
        ([[1, True]], "times must be pairs .* as tuples"),
        ([3], "times must be pairs .* as tuples"),
        ([(1, True, 2)], "times must be pairs .* as tuples"),
        (5, "times must be pairs .* as tuples"),
    ],
)
def test_impossible_times_are_refused(
    observed: Any,  # noqa: ANN401 - also counts that are none
    message: str,
) -> None:
    """No case, a time before the beginning or without end, and a count that is none are refused."""
    with pytest.raises(InvalidValueError, match=message):
        kaplan_meier(observed)


@pytest.mark.parametrize("q", [0, 1, 50, math.nan])
def test_a_quantile_is_a_fraction(q: float) -> None:
    """Neither none nor all of the cases have a time within which they end."""
    found = kaplan_meier(TREATED)

    with pytest.raises(InvalidValueError, match="q must be above 0 and below 1"):
        found.quantile(q)
    with pytest.raises(InvalidValueError, match="q must be above 0 and below 1"):
        found.quantile_interval(q)


@pytest.mark.parametrize("level", [95, "0.95", None])
def test_a_level_is_a_fraction(level: Any) -> None:  # noqa: ANN401 - also what is no number
    """A level in percent, or in words, is refused."""
    with pytest.raises(InvalidValueError, match=r"0\.95, not 95"):
        kaplan_meier(TREATED, level=level)


@pytest.mark.parametrize("strange", [math.nan, "6", None])
def test_what_is_no_number_is_no_time(strange: Any) -> None:  # noqa: ANN401 - no number
    """Nobody lasts longer than what is no number, and nobody shorter."""
    found = kaplan_meier(TREATED)

    with pytest.raises(InvalidValueError, match="time must be a number"):
        found.at(strange)
    if strange is not None:
        with pytest.raises(InvalidValueError, match="limit must be above 0"):
            found.restricted_mean(strange)
    with pytest.raises(InvalidValueError, match="q must be above 0 and below 1"):
        found.quantile(strange)


def test_one_of_very_many_leaves_an_interval_of_no_width() -> None:
    """A float cannot tell the share that is left from 1, nor its bounds."""
    found = kaplan_meier({(1, True): 1, (2, False): 10**18})

    assert found.survival == (1.0,)
    assert [(each.low, each.high) for each in found.intervals] == [(1.0, 1.0)]


def test_exact_numbers_are_times_as_well() -> None:
    """Decimals, fractions and the numbers of numpy give what floats give."""
    exact = [(Decimal("1.5"), True), (Fraction(5, 2), np.bool_(1)), (np.int64(4), False)]
    plain = kaplan_meier([(1.5, True), (2.5, True), (4, False)])

    assert kaplan_meier(exact) == plain  # type: ignore[arg-type]
    assert plain.restricted_mean(Decimal(3)) == plain.restricted_mean(3)  # type: ignore[arg-type]


def test_the_mean_remission_up_to_35_weeks_is_as_published() -> None:
    """23.29 weeks with a standard error of 2.83, and 8.67 with 1.38 (R, package survival)."""
    treated, untreated = kaplan_meier(TREATED), kaplan_meier((t, True) for t in UNTREATED)

    found = [treated.restricted_mean(), untreated.restricted_mean(35)]

    assert [round(each.mean, 2) for each in found] == [23.29, 8.67]
    assert [round(math.sqrt(each.variance), 2) for each in found] == [2.83, 1.38]
    assert found[0].limit == 35
    assert found[0].interval.low == pytest.approx(23.287 - 1.96 * 2.8275, abs=1e-3)
    assert str(found[0].interval) == "17.75 to 28.83 (95 %, restricted mean)"


@given(st.lists(st.integers(0, 30), min_size=2, max_size=40), st.integers(1, 40))
def test_where_all_have_ended_the_restricted_mean_is_the_plain_one(
    ended: list[int], limit: int
) -> None:
    """It is the mean of the times, each at most the limit, with the variance of that mean."""
    found = kaplan_meier((time, True) for time in ended).restricted_mean(limit)

    cut = [min(time, limit) for time in ended]
    assert found.mean == pytest.approx(statistics.fmean(cut))
    assert found.variance == pytest.approx(statistics.pvariance(cut) / len(cut), abs=1e-12)
    assert 0 <= found.interval.low <= found.mean <= found.interval.high + 1e-9 <= limit + 1e-9


@pytest.mark.parametrize("limit", [0, -1, 35.5, math.inf, math.nan])
def test_a_mean_beyond_what_was_seen_is_refused(limit: float) -> None:
    """Nobody knows how many last longer than 35 weeks."""
    with pytest.raises(InvalidValueError, match="limit must be above 0 and at most 35"):
        kaplan_meier(TREATED).restricted_mean(limit)


def test_where_all_have_ended_the_mean_has_any_limit_that_is_one() -> None:
    """Nobody lasts longer than 2, so a limit of 100 changes nothing; without end there is none."""
    found = kaplan_meier([(1, True), (2, True)])

    assert found.restricted_mean(100).mean == 1.5
    with pytest.raises(InvalidValueError, match="limit must be above 0 and finite"):
        found.restricted_mean(math.inf)
