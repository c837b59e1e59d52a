"""How goals stand: where the KPI is, how fast it moves, where it leads, and in one word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period
from crmcore.errors import InvalidValueError
from crmcore.goals import (
    Forecast,
    Goal,
    GoalAssessment,
    GoalId,
    Levels,
    Status,
    Trajectory,
    assess,
    check_smart,
)
from crmcore.kernel import Reason, Undefined
from crmcore.kpis import KpiId, KpiSeries, Unit
from crmcore.measures import Value
from crmcore.statistics import linear_trend

Monthly = Callable[..., KpiSeries]

YEAR = Period(date(1998, 1, 1), date(1999, 1, 1))
HALF = Period(date(1998, 1, 1), date(1998, 7, 1))
APRIL, JULY = date(1998, 4, 1), date(1998, 7, 1)
NEW_YEAR = date(1998, 1, 1)


def goal(kpi: str, baseline: int | str, target: int | str, period: Period = HALF) -> Goal:
    """Return a goal."""
    return Goal(
        id=GoalId("g-1"),
        name="The goal",
        kpi=kpi,
        baseline=Decimal(baseline),
        target=Decimal(target),
        period=period,
    )


def number(value: Value | Undefined) -> Decimal:
    """Return the number of a value that is there."""
    assert isinstance(value, Value)
    return value.number


def forecast(assessment: GoalAssessment) -> Forecast:
    """Return the forecast that is there."""
    assert isinstance(assessment.forecast, Forecast)
    return assessment.forecast


# Where it stands: a ratio has a latest value, a flow adds up.


def test_a_ratio_stands_where_it_was_last_seen(monthly: Monthly) -> None:
    """From 72 % to 82 % in half a year; 74 % after a quarter is 0.2 of the way.

    90 of 181 days are gone: the pace is 0.2 × 181 / 90 = 0.402. Three months are left for
    8 points: 8 / 3 = 2.67 a month.
    """
    series = monthly("retention_rate", ["0.72", "0.72", "0.73", "0.74"], first=date(1997, 12, 1))

    found = assess(goal("retention_rate", "0.72", "0.82"), series, as_of=APRIL)

    assert number(found.current) == Decimal("0.74")
    assert found.progress == Decimal("0.2")
    assert round(found.elapsed, 4) == Decimal("0.4972")
    assert round(found.pace, 4) == Decimal("0.4022")  # type: ignore[arg-type]
    assert round(found.needed_rate, 4) == Decimal("0.0267")  # type: ignore[arg-type]


def test_a_flow_adds_up_from_nothing(monthly: Monthly) -> None:
    """Orders 300 + 200 + 250 of 1,600 in half a year are 0.46875 of the way.

    What a like half year brought before, 1,500, is where the target comes from, not where
    the counting begins. 850 are left for three months.
    """
    series = monthly("orders", [250, 300, 200, 250], first=date(1997, 12, 1))

    found = assess(goal("orders", 1500, 1600), series, as_of=APRIL)

    assert number(found.current) == 750
    assert found.progress == Decimal("0.46875")
    assert round(found.needed_rate, 2) == Decimal("283.33")  # type: ignore[arg-type]


def test_a_total_that_is_to_stay_low_has_no_way_to_go(monthly: Monthly) -> None:
    """With fewer orders wanted, none at all is no progress; only the forecast can tell."""
    series = monthly("orders", [250, 300, 200, 250, 240], first=date(1997, 11, 1))

    found = assess(goal("orders", 1600, 1400), series, as_of=APRIL)

    assert found.progress == found.pace == Undefined(Reason.NOT_APPLICABLE)
    assert found.status is not Status.UNKNOWN


def test_the_running_month_does_not_count(monthly: Monthly) -> None:
    """In the middle of April the goal stands where it stood at its beginning."""
    series = monthly("orders", [250, 300, 200, 250, 999], first=date(1997, 12, 1))
    asked = goal("orders", 1500, 1600)

    in_april = assess(asked, series, as_of=date(1998, 4, 20))

    assert number(in_april.current) == 750
    assert in_april.elapsed == assess(asked, series, as_of=APRIL).elapsed


def test_a_month_without_a_value_leaves_the_one_before(monthly: Monthly) -> None:
    """A repeat rate of young customers comes late; the goal is judged by what is known."""
    known = ["0.30", "0.31", "0.32", "0.33", Reason.IMMATURE]
    series = monthly("repeat_rate", known, first=date(1997, 11, 1))

    found = assess(goal("repeat_rate", "0.30", "0.40"), series, as_of=APRIL)

    assert number(found.current) == Decimal("0.33")
    assert round(found.elapsed, 3) == round(Decimal(59) / 181, 3)


def test_a_month_without_a_value_leaves_a_sum_without(monthly: Monthly) -> None:
    """Two of three months are not the quarter."""
    series = monthly("orders", [1, 1, 1, 1, 5, Reason.NO_DATA, 5], first=date(1997, 9, 1))

    found = assess(goal("orders", 10, 20), series, as_of=APRIL)

    missing = Undefined(Reason.NO_DATA)
    assert (found.current, found.progress, found.pace) == (missing, missing, missing)
    assert (found.needed_rate, found.forecast) == (missing, missing)
    assert found.status is Status.UNKNOWN


# The status at the end, and before there is anything to judge.


@pytest.mark.parametrize(("last", "status"), [("0.82", Status.ACHIEVED), ("0.8199", Status.MISSED)])
def test_at_the_end_the_last_value_decides(monthly: Monthly, last: str, status: Status) -> None:
    """To the last digit: 82 % is achieved, 81.99 % is missed."""
    series = monthly("retention_rate", [*["0.90"] * 5, last], first=NEW_YEAR)

    found = assess(goal("retention_rate", "0.72", "0.82"), series, as_of=JULY)

    assert found.status is status
    assert found.elapsed == 1
    assert found.needed_rate == found.forecast == Undefined(Reason.NOT_APPLICABLE)
    assert found.because.en.endswith("at the end of 1998-06-30, the target was 82.0 %")


def test_a_total_that_is_reached_stays_reached(monthly: Monthly) -> None:
    """100 orders are there in February; nobody can take them back."""
    series = monthly("orders", [60, 60], first=NEW_YEAR)

    assert assess(goal("orders", 0, 100), series, as_of=date(1998, 3, 1)).status is Status.ACHIEVED


def test_a_ratio_that_is_reached_may_fall_again(monthly: Monthly) -> None:
    """A target reached half-way is judged by where the line leads: down, in this case."""
    falling = ["0.90", "0.88", "0.87", "0.85", "0.84", "0.83"]
    series = monthly("retention_rate", falling, first=date(1997, 10, 1))

    found = assess(goal("retention_rate", "0.72", "0.82"), series, as_of=APRIL)

    assert found.progress > 1  # type: ignore[operator]
    assert found.status is Status.OFF_TRACK


def test_with_fewer_than_four_values_the_status_is_unknown(monthly: Monthly) -> None:
    """Three points are on a line too easily."""
    three = monthly("retention_rate", ["0.72", "0.73", "0.74"], first=NEW_YEAR)

    found = assess(goal("retention_rate", "0.72", "0.82"), three, as_of=APRIL)

    assert found.forecast == Undefined(Reason.TOO_FEW)
    assert found.status is Status.UNKNOWN
    assert found.because.en == "there are too few observations: 3 of 4 values"


@pytest.mark.parametrize("name", ["retention_rate", "orders"])
def test_before_it_begins_a_goal_has_a_forecast_only(monthly: Monthly, name: str) -> None:
    """On the first day nothing is covered yet, but the line of last year leads somewhere."""
    series = monthly(name, ["0.6", "0.7", "0.6", "0.7", "0.6"], first=date(1997, 8, 1))

    found = assess(goal(name, 0, 1), series, as_of=NEW_YEAR)

    assert found.current == found.progress == Undefined(Reason.INCOMPLETE_PERIOD)
    assert found.elapsed == 0
    assert isinstance(found.forecast, Forecast)
    assert found.status is not Status.UNKNOWN


def test_without_values_a_goal_that_runs_is_unknown(monthly: Monthly) -> None:
    """The reason is that none of its periods is over."""
    series = monthly("orders", [Reason.NO_DATA], first=date(1997, 12, 1))

    found = assess(goal("orders", 0, 1), series, as_of=date(1998, 1, 10))

    assert found.status is Status.UNKNOWN
    assert "no period of the goal, which begins on 1998-01-01, was over" in found.because.en


def test_a_goal_that_is_over_is_not_forecast(monthly: Monthly) -> None:
    """When the last months are missing at the end, nobody knows; no line stands in for them."""
    series = monthly("retention_rate", ["0.8"] * 10, first=date(1997, 8, 1))

    found = assess(goal("retention_rate", "0.7", "0.75"), series, as_of=JULY)

    assert found.forecast == Undefined(Reason.NO_DATA)
    assert found.because.en == "there is no data: the values end with 1998-06-01"


def test_a_sum_needs_the_goal_to_hold_whole_months(monthly: Monthly) -> None:
    """Sales from the middle of a month on are not in a series of months."""
    series = monthly("sales", [1] * 8, first=date(1997, 8, 1))
    crooked = Period(date(1998, 1, 15), date(1998, 7, 1))

    found = assess(goal("sales", 0, 9, crooked), series, as_of=APRIL)

    assert found.current == Undefined(Reason.NOT_APPLICABLE)
    assert "not made up of whole periods of the grain month" in found.because.en


def test_a_sum_needs_the_series_to_begin_with_the_goal(monthly: Monthly) -> None:
    """What was sold before the first value is not known."""
    series = monthly("sales", [1] * 4, first=date(1998, 2, 1))

    found = assess(goal("sales", 0, 9), series, as_of=date(1998, 6, 1))

    assert found.current == Undefined(Reason.NO_DATA)
    assert "the values begin with 1998-02, the goal on 1998-01-01" in found.because.en


def test_a_ratio_may_be_followed_within_any_period(monthly: Monthly) -> None:
    """A goal from mid-January to mid-June is judged by the whole months within it."""
    crooked = Period(date(1998, 1, 15), date(1998, 6, 15))
    series = monthly("retention_rate", ["0.7", "0.7", "0.7", "0.8"], first=date(1998, 2, 1))

    found = assess(goal("retention_rate", "0.7", "0.8", crooked), series, as_of=date(1998, 6, 1))

    assert found.status is Status.ACHIEVED


# Where it leads.


def test_a_straight_line_leads_where_it_points(monthly: Monthly) -> None:
    """72, 73, 74 … rise by 1 point a month: June ends at 78 %, and nothing is uncertain."""
    rising = ["0.71", "0.72", "0.73", "0.74", "0.75"]
    series = monthly("retention_rate", rising, first=date(1997, 11, 1))

    reached = assess(goal("retention_rate", "0.72", "0.78"), series, as_of=APRIL)
    beyond = assess(goal("retention_rate", "0.72", "0.781"), series, as_of=APRIL)

    assert forecast(reached).number == pytest.approx(0.78)
    assert forecast(reached).slope == pytest.approx(0.01)
    assert (forecast(reached).chance, forecast(beyond).chance) == (1, 0)
    assert (reached.status, beyond.status) == (Status.ON_TRACK, Status.OFF_TRACK)


def test_a_sum_adds_the_months_to_come(monthly: Monthly) -> None:
    """10, 20, 30 are there, 40, 50, 60 are to come: 210 in all."""
    series = monthly("orders", [0, 10, 20, 30], first=date(1997, 12, 1))

    found = assess(goal("orders", 0, 210), series, as_of=APRIL)

    assert forecast(found).number == pytest.approx(210)
    assert found.because.en.startswith("1998-01-01 to 1998-06-30 is expected to bring 210 ")


def test_only_the_last_values_make_the_line(monthly: Monthly) -> None:
    """A bad start years ago does not count for ever; how many values count can be stated."""
    long_ago = ["0.1"] * 12
    lately = ["0.72", "0.73", "0.72", "0.73"] * 3
    series = monthly("retention_rate", [*long_ago, *lately], first=date(1996, 4, 1))
    asked = goal("retention_rate", "0.72", "0.73")

    assert forecast(assess(asked, series, as_of=APRIL)).points == 12
    assert forecast(assess(asked, series, as_of=APRIL, history=24)).points == 24
    assert forecast(assess(asked, series, as_of=APRIL)).number < 0.8
    assert forecast(assess(asked, series, as_of=APRIL, history=24)).number > 0.8


WOBBLING = st.lists(st.integers(0, 100), min_size=5, max_size=12).filter(
    lambda numbers: len(set(numbers)) > 2
)


@given(WOBBLING, st.integers(1, 8))
def test_for_one_value_it_is_the_customary_prediction(
    monthly: Monthly, numbers: list[int], ahead: int
) -> None:
    """A goal about where a KPI ends has the prediction interval of a new observation there."""
    first = Grain.MONTH.after(APRIL, -len(numbers))
    end = Grain.MONTH.after(APRIL, ahead)
    series = monthly("amount_growth", numbers, first=first)
    asked = goal("amount_growth", -1, 50, Period(Grain.MONTH.after(APRIL, -1), end))

    found = forecast(assess(asked, series, as_of=APRIL))

    line = linear_trend(list(range(len(numbers))), [float(each) for each in numbers])
    place = len(numbers) + ahead - 1
    expected = line.prediction_interval(place, 0.8)
    assert expected is not None
    assert found.number == pytest.approx(line.at(place))
    assert found.interval.low == pytest.approx(expected.low)
    assert found.interval.high == pytest.approx(expected.high)
    assert found.chance == pytest.approx(line.chance_of_at_least(50, place))


def deviation_of_sum(xs: Sequence[int], future: Sequence[int], residual_sd: float) -> float:
    """Return the deviation of a sum of predictions by the matrix formula s² (m + a′(X′X)⁻¹a)."""
    n, sx, sxx = len(xs), sum(xs), sum(x * x for x in xs)
    determinant = n * sxx - sx * sx
    a = (len(future), sum(future))
    shared = (a[0] * (sxx * a[0] - sx * a[1]) + a[1] * (n * a[1] - sx * a[0])) / determinant
    return float(residual_sd * (len(future) + shared) ** 0.5)


@given(WOBBLING, st.integers(1, 8))
def test_for_a_sum_the_uncertainty_of_the_line_is_shared(
    monthly: Monthly, numbers: list[int], ahead: int
) -> None:
    """The variance of the months to come together is that of the linear model's matrix formula."""
    start = Grain.MONTH.after(APRIL, -1)
    series = monthly("sales", numbers, first=Grain.MONTH.after(APRIL, -len(numbers)))
    asked = goal("sales", 0, 10_000, Period(start, Grain.MONTH.after(APRIL, ahead)))

    found = forecast(assess(asked, series, as_of=APRIL))

    xs = list(range(len(numbers)))
    line = linear_trend(xs, [float(each) for each in numbers])
    future = list(range(len(numbers), len(numbers) + ahead))
    assert line.residual_sd is not None
    one = line.prediction_interval(future[0], 0.8)
    assert one is not None
    quantile = (one.high - line.at(future[0])) / deviation_of_sum(xs, future[:1], line.residual_sd)
    half = quantile * deviation_of_sum(xs, future, line.residual_sd)
    middle = numbers[-1] + sum(line.at(x) for x in future)
    assert found.number == pytest.approx(middle)
    assert found.interval.high - found.interval.low == pytest.approx(2 * half)


@given(WOBBLING)
def test_the_chance_agrees_with_the_interval(monthly: Monthly, numbers: list[int]) -> None:
    """At the bounds of an 80 % interval the chances are 90 % and 10 %; both ways add to 1."""
    series = monthly("amount_growth", numbers, first=Grain.MONTH.after(APRIL, -len(numbers)))
    interval = forecast(assess(goal("amount_growth", -999, 0), series, as_of=APRIL)).interval

    def chance(baseline: int, target: float) -> float:
        asked = goal("amount_growth", baseline, f"{target:.12f}")
        return forecast(assess(asked, series, as_of=APRIL)).chance

    assert chance(-9999, interval.low) == pytest.approx(0.9, abs=1e-6)
    assert chance(-9999, interval.high) == pytest.approx(0.1, abs=1e-6)
    assert chance(9999, interval.low) == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "numbers", "end"),
    [
        ("retention_rate", ["0.85", "0.90", "0.95", "0.98", "1"], 1.0),
        ("retention_rate", ["0.15", "0.10", "0.05", "0.02", "0"], 0.0),
        ("customer_base", [40, 30, 20, 10, 5], 0.0),
    ],
)
def test_a_forecast_stays_within_what_is_possible(
    monthly: Monthly, name: str, numbers: list[str | int], end: float
) -> None:
    """No share beyond 0 and 1, no customers below 0, however steep the line."""
    series = monthly(name, numbers, first=date(1997, 11, 1))

    found = forecast(assess(goal(name, "0.5", "0.6", YEAR), series, as_of=APRIL))

    assert found.number == end


# One word that does not flicker.


@pytest.mark.parametrize(
    ("chance", "previous", "status"),
    [
        (0.50, None, Status.ON_TRACK),
        (0.49, None, Status.AT_RISK),
        (0.20, None, Status.AT_RISK),
        (0.19, None, Status.OFF_TRACK),
        (0.55, Status.ON_TRACK, Status.ON_TRACK),
        (0.55, Status.UNKNOWN, Status.ON_TRACK),
        (0.55, Status.AT_RISK, Status.AT_RISK),
        (0.60, Status.AT_RISK, Status.ON_TRACK),
        (0.25, Status.AT_RISK, Status.AT_RISK),
        (0.25, Status.OFF_TRACK, Status.OFF_TRACK),
        (0.30, Status.OFF_TRACK, Status.AT_RISK),
        (0.55, Status.OFF_TRACK, Status.AT_RISK),
        (0.60, Status.OFF_TRACK, Status.ON_TRACK),
    ],
)
def test_an_alarm_is_raised_and_given_up_at_different_levels(
    chance: float, previous: Status | None, status: Status
) -> None:
    """Below 0.5 at risk until 0.6; below 0.2 off track until 0.3."""
    assert Levels().status(chance, previous) is status


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([None, *Status]))
def test_a_better_chance_never_gives_a_worse_status(
    one: float, other: float, previous: Status | None
) -> None:
    """From the same past, the status rises with the chance."""
    ranks = {Status.OFF_TRACK: 0, Status.AT_RISK: 1, Status.ON_TRACK: 2}
    low, high = sorted([one, other])

    assert ranks[Levels().status(low, previous)] <= ranks[Levels().status(high, previous)]


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ({"at_risk_below": 50}, "at_risk_below must be a fraction between 0 and 1"),
        ({"off_track_until": 0.1}, "off_track_until must be at least off_track_below, 0.2"),
        ({"at_risk_below": 0.1}, "at_risk_below must be at least off_track_below, 0.2"),
        ({"at_risk_until": 0.4}, "at_risk_until must be at least at_risk_below, 0.5"),
        (
            {"off_track_until": 0.7},
            "at_risk_until must be at least off_track_until, 0.7",
        ),
    ],
)
def test_levels_that_cross_are_refused(levels: dict[str, float], message: str) -> None:
    """An alarm is given up no lower than it is raised, and the worse one is raised lower."""
    with pytest.raises(InvalidValueError, match=message):
        Levels(**levels)


def test_the_status_before_holds_an_alarm(monthly: Monthly) -> None:
    """The same figures: on track for who comes new, still at risk for who was at risk."""
    wobbling = ["0.70", "0.72", "0.71", "0.74", "0.72", "0.75"]
    series = monthly("retention_rate", wobbling, first=date(1997, 10, 1))
    chances = {
        target: forecast(assess(goal("retention_rate", "0.70", target), series, as_of=APRIL)).chance
        for target in (f"0.{digits}" for digits in range(7500, 7800))
    }
    target = next(target for target, chance in chances.items() if 0.5 <= chance < 0.6)
    asked = goal("retention_rate", "0.70", target)

    now = assess(asked, series, as_of=APRIL)
    still = assess(asked, series, as_of=APRIL, previous=Status.AT_RISK)
    strict = assess(asked, series, as_of=APRIL, levels=Levels(at_risk_below=0.6))

    assert now.status is Status.ON_TRACK
    assert still.status is strict.status is Status.AT_RISK


# Ranks.


def ranked(monthly: Monthly, ranks: Sequence[int | Reason], first: date) -> KpiSeries:
    """Return ranks in the industry by year."""
    series = monthly("customer_base", ranks, first=first, grain=Grain.YEAR)
    of = attrs.evolve(series.kpi, id=KpiId("industry_rank"), unit=Unit.RANK)
    return attrs.evolve(series, kpi=of)


def first_of_all(baseline: int = 5) -> Goal:
    """Return a goal to be the first of the industry in three years."""
    return Goal.rank(
        1,
        baseline=baseline,
        id=GoalId("best"),
        name="Best of the industry",
        kpi="industry_rank",
        period=Period(NEW_YEAR, date(2001, 1, 1)),
    )


def test_a_rank_is_followed_in_ranks(monthly: Monthly) -> None:
    """From 5 to 1 in three years: rank 4 after the first is a quarter of the way.

    The ranks 8, 7, 6, 5, 4 fall by one a year, so that the third year ends with rank 2, and
    the chance to be the first is none.
    """
    series = ranked(monthly, [8, 7, 6, 5, 4], first=date(1994, 1, 1))

    found = assess(first_of_all(), series, as_of=date(1999, 1, 1))

    assert found.progress == Decimal("0.25")
    assert found.needed_rate == Decimal("-1.5")
    assert (forecast(found).number, forecast(found).chance) == (2, 0)
    assert found.status is Status.OFF_TRACK


def test_nobody_is_forecast_to_be_better_than_the_first(monthly: Monthly) -> None:
    """A line that leads to rank -2 leads to rank 1."""
    series = ranked(monthly, [10, 8, 6, 4, 2], first=date(1994, 1, 1))

    found = assess(first_of_all(), series, as_of=date(1999, 1, 1))

    assert (forecast(found).number, forecast(found).chance) == (1, 1)


def test_a_rank_needs_figures_of_the_peers(monthly: Monthly) -> None:
    """Without a benchmark nobody knows the rank, and the reason says what is missing."""
    series = ranked(monthly, [Reason.NO_DATA] * 5, first=date(1994, 1, 1))

    found = assess(first_of_all(), series, as_of=date(1999, 1, 1))

    assert found.current == Undefined(Reason.NO_DATA)
    assert "a rank needs dated figures of the peers" in str(found.current)
    assert found.status is Status.UNKNOWN


def test_a_rank_is_not_read_from_a_number_of_customers(monthly: Monthly) -> None:
    """A goal for a rank is judged by ranks alone."""
    asked = attrs.evolve(first_of_all(), kpi="customer_base")

    with pytest.raises(InvalidValueError, match="series must be ranks, as the goal is for a rank"):
        assess(asked, monthly("customer_base", [1]), as_of=APRIL)


# Refusals, and how it reads.


def test_a_goal_for_the_north_is_judged_by_the_north(monthly: Monthly) -> None:
    """In which order the dimensions are named does not matter."""
    scope = [("region", "north"), ("channel", "web")]
    north = attrs.evolve(goal("orders", 0, 100), scope=scope)
    series = attrs.evolve(monthly("orders", [60, 60], first=NEW_YEAR), scope=tuple(scope))

    assert assess(north, series, as_of=date(1998, 3, 1)).status is Status.ACHIEVED


@pytest.mark.parametrize(
    ("scope", "found"),
    [((), "everything"), ((("region", None),), "region=none"), ((("region", "s"),), "region=s")],
)
def test_a_goal_for_the_north_is_not_judged_by_others(
    monthly: Monthly, scope: tuple[tuple[str, str | None], ...], found: str
) -> None:
    """The values must be of the same part of the business as the goal."""
    north = attrs.evolve(goal("orders", 0, 1), scope=[("region", "north")])
    series = attrs.evolve(monthly("orders", [1]), scope=scope)

    with pytest.raises(InvalidValueError, match=rf"scope, region=north \(got '{found}'\)"):
        assess(north, series, as_of=APRIL)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"history": 3}, "history must be at least 4"),
        ({"as_of": datetime(1998, 4, 1, tzinfo=UTC)}, "as_of must be a day, not an instant"),
    ],
)
def test_wrong_options_are_refused(monthly: Monthly, options: dict[str, Any], message: str) -> None:
    """Too few points for a line, and an instant where a day is meant."""
    with pytest.raises(InvalidValueError, match=message):
        assess(goal("orders", 0, 1), monthly("orders", [1]), **{"as_of": APRIL, **options})


def test_an_assessment_prints_on_one_line_in_words(monthly: Monthly) -> None:
    """The goal, the word, and the numbers behind it, in English and in Chinese."""
    falling = ["0.90", "0.88", "0.87", "0.85", "0.84", "0.83"]
    series = monthly("retention_rate", falling, first=date(1997, 10, 1))

    found = assess(goal("retention_rate", "0.72", "0.82"), series, as_of=APRIL)

    # The line falls by 1.4 points a month: 86.17 % in the middle, 78.47 % 5.5 months later.
    assert str(found) == (
        "The goal: off track, 1998-01-01 to 1998-06-30 is expected to end at 78.5 % "
        "(77.5 % to 79.4 % at 80 %); the chance to reach 82.0 % is below 1 %"
    )
    assert found.because.zh == (
        "预计1998-01-01至1998-06-30期末为78.5 %（80 %区间：77.5 %至79.4 %），"
        "达到82.0 %的概率：低于1 %"
    )


def test_a_chance_is_never_called_certain_that_is_not(monthly: Monthly) -> None:
    """0.999 is above 99 %, not 100 %; half is 50 %."""
    rising = ["0.70", "0.72", "0.73", "0.75", "0.76", "0.77"]
    series = monthly("retention_rate", rising, first=date(1997, 10, 1))

    easy = assess(goal("retention_rate", "0.70", "0.71"), series, as_of=APRIL)
    exact = forecast(easy).number
    even = assess(goal("retention_rate", "0.70", f"{exact:.9f}"), series, as_of=APRIL)

    assert easy.because.en.endswith("the chance to reach 71.0 % is above 99 %")
    assert even.because.en.endswith("is 50 %")


def test_a_year_is_called_by_its_name(monthly: Monthly) -> None:
    """A calendar period has a name; only others are told by their first and last day."""
    series = monthly("orders", [10, 20, 10, 20], first=date(1997, 12, 1))

    found = assess(goal("orders", 0, 500, YEAR), series, as_of=APRIL)

    assert found.because.en.startswith("1998 is expected to bring ")
    assert found.because.zh.startswith("预计1998合计为")


def test_the_same_goal_is_assessed_the_same(monthly: Monthly) -> None:
    """An assessment is a value: equal inputs, equal outputs, usable as a key."""
    series = monthly("orders", [250, 300, 200, 250, 240], first=date(1997, 11, 1))
    asked = goal("orders", 1500, 1600)

    assert assess(asked, series, as_of=APRIL) == assess(asked, series, as_of=APRIL)
    assert len({asked, attrs.evolve(asked, version=1)}) == 2


def test_the_callers_precision_does_not_matter(monthly: Monthly) -> None:
    """Somebody else's decimal context rounds nothing here."""
    series = monthly("sales", ["1000000.01", "1000000.02"] * 3, first=date(1997, 10, 1))
    asked = goal("sales", 0, 9_000_000)

    with localcontext(prec=4):
        coarse = assess(asked, series, as_of=APRIL), check_smart(asked, series=series)

    assert coarse == (assess(asked, series, as_of=APRIL), check_smart(asked, series=series))


# What adds up never falls again, if none of its values can be below 0.


def test_a_steep_fall_takes_back_nothing(monthly: Monthly) -> None:
    """200 are there; a line that leads below 0 brings none more, and does not undo these."""
    series = monthly("feedback_volume", [100, 60, 30, 10], first=NEW_YEAR)
    found = assess(goal("feedback_volume", 300, 190, YEAR), series, as_of=date(1998, 5, 1))

    ahead = forecast(found)

    assert (ahead.number, ahead.interval.low) == (200.0, 200.0)
    assert ahead.interval.high > 200


def test_a_total_that_was_to_stay_low_and_is_exceeded_has_no_chance(monthly: Monthly) -> None:
    """At most 190 were to come, and 200 came by April: no later month can mend that."""
    series = monthly("feedback_volume", [100, 60, 30, 10], first=NEW_YEAR)

    found = assess(goal("feedback_volume", 300, 190, YEAR), series, as_of=date(1998, 5, 1))

    assert (forecast(found).chance, found.status) == (0.0, Status.OFF_TRACK)


def test_along_a_shape_too_what_is_exceeded_stays_so(monthly: Monthly) -> None:
    """The same with a plan by weights, whatever its rest would bring."""
    plan = Trajectory.weighted(range(1, 13), YEAR, Grain.MONTH)
    asked = attrs.evolve(goal("feedback_volume", 300, 190, YEAR), trajectory=plan)
    series = monthly("feedback_volume", [180, 20, 0, 0], first=NEW_YEAR)

    found = forecast(assess(asked, series, as_of=date(1998, 5, 1)))

    assert found.chance == 0.0


def test_money_that_went_back_may_take_a_total_below_what_it_was(monthly: Monthly) -> None:
    """Sales less refunds can fall, so that the forecast of sales may be less than there is."""
    series = monthly("sales", [100, 60, 20, -20], first=NEW_YEAR)

    found = forecast(assess(goal("sales", 0, 100, YEAR), series, as_of=date(1998, 5, 1)))

    assert found.number < 160


def test_a_number_of_customers_that_is_a_difference_may_fall(monthly: Monthly) -> None:
    """Customers won less customers lost were below 0 once, and may be again."""
    series = monthly("new_customers", [20, 10, 0, -10], first=NEW_YEAR)

    found = forecast(assess(goal("new_customers", 0, 100, YEAR), series, as_of=date(1998, 5, 1)))

    assert found.number == pytest.approx(20 - 20 - 30 - 40 - 50 - 60 - 70 - 80 - 90)


def test_what_cannot_be_is_reached_by_no_chance(monthly: Monthly) -> None:
    """No share comes to 120 %, however steep the line towards it."""
    series = monthly("retention_rate", ["0.2", "0.5", "0.7", "0.9"], first=NEW_YEAR)

    found = assess(goal("retention_rate", "0.2", "1.2", YEAR), series, as_of=date(1998, 5, 1))

    assert forecast(found).chance == 0.0


@pytest.mark.parametrize("chance", [-0.1, 1.1, float("nan")])
def test_a_chance_is_a_fraction(chance: float) -> None:
    """NaN is below no level, which would make all goals be on track."""
    with pytest.raises(InvalidValueError, match="chance must be a fraction between 0 and 1"):
        Levels().status(chance)
