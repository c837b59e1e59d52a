"""Trajectories: how much of the way is planned to be covered by when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period, periods
from crmcore.errors import InvalidValueError
from crmcore.goals import Forecast, Goal, GoalId, Status, Trajectory, assess
from crmcore.kernel import Reason, Undefined
from crmcore.kpis import KpiSeries

Monthly = Callable[..., KpiSeries]

YEAR = Period(date(1998, 1, 1), date(1999, 1, 1))
APRIL, JULY = date(1998, 4, 1), date(1998, 7, 1)
SPRING = {date(1998, 3, 1): "0.5", date(1998, 6, 1): "0.8"}

WEIGHTS = st.lists(st.integers(0, 50), min_size=12, max_size=12).filter(any)
DAYS = st.integers(-40, 400).map(lambda days: YEAR.start + timedelta(days=days))


def goal(kpi: str, baseline: int | str, target: int | str, **fields: Any) -> Goal:  # noqa: ANN401 - fields of several types
    """Return a goal for 1998."""
    return Goal(
        id=GoalId("g-1"),
        name="The goal",
        kpi=kpi,
        baseline=Decimal(baseline),
        target=Decimal(target),
        **{"period": YEAR, **fields},
    )


def weighted(weights: list[int]) -> Trajectory:
    """Return a plan by months of 1998."""
    return Trajectory.weighted(weights, YEAR, Grain.MONTH)


# What is planned by a day.


@pytest.mark.parametrize(
    ("on", "planned"),
    [
        (date(1997, 6, 1), "0"),
        (YEAR.start, "0"),
        (date(1998, 5, 27), "0.4"),  # 146 of 365 days
        (date(1998, 12, 31), "0.9972602739726027397260273973"),
        (YEAR.end, "1"),
        (date(2000, 1, 1), "1"),
    ],
)
def test_a_straight_line_covers_the_way_day_by_day(on: date, planned: str) -> None:
    """Nothing before the first day, everything after the last, and a line between them."""
    assert Trajectory().planned(on, YEAR) == Decimal(planned)
    assert Trajectory().is_straight


@pytest.mark.parametrize(
    ("on", "planned"),
    [
        (date(1998, 2, 28), "0"),
        (date(1998, 3, 1), "0.5"),
        (date(1998, 5, 31), "0.5"),
        (date(1998, 6, 1), "0.8"),
        (date(1998, 12, 31), "0.8"),
        (YEAR.end, "1"),
    ],
)
def test_steps_leap_on_their_days(on: date, planned: str) -> None:
    """A plan of milestones rests between them, and the rest of the way comes with the end."""
    steps = Trajectory.steps({on: Decimal(share) for on, share in SPRING.items()})

    assert steps.planned(on, YEAR) == Decimal(planned)
    assert (steps.is_straight, steps.is_shaped) == (False, False)


def test_points_are_joined_by_lines() -> None:
    """From 0.5 on 1 March to 0.8 on 1 June: half-way, 46 of 92 days later, it is 0.65."""
    path = Trajectory(points=SPRING.items())

    assert path.planned(date(1998, 4, 16), YEAR) == Decimal("0.65")
    assert (path.is_straight, path.is_shaped) == (False, True)


def test_falling_weights_put_the_effort_at_the_front() -> None:
    """Weights 4, 3, 2, 1 cover 0.4, 0.7 and 0.9 of the way by the ends of the quarters."""
    front = Trajectory.weighted([4, 3, 2, 1], YEAR, Grain.QUARTER)

    assert [str(planned) for _, planned in front.points] == ["0.4", "0.7", "0.9"]


@given(WEIGHTS)
def test_each_month_covers_its_weight(weights: list[int]) -> None:
    """What is planned within a month is its weight by all weights, and the months sum to 1."""
    path = weighted(weights)

    with localcontext(prec=60):
        parts = [
            path.planned(month.end, YEAR) - path.planned(month.start, YEAR)
            for month in periods(Grain.MONTH, YEAR.start, YEAR.end)
        ]
        assert sum(parts) == 1

    for part, weight in zip(parts, weights, strict=True):
        assert float(part) == pytest.approx(weight / sum(weights))


@given(WEIGHTS, DAYS, DAYS)
def test_a_plan_never_goes_back(weights: list[int], one: date, other: date) -> None:
    """A later day has no less of the way behind it."""
    early, late = sorted([one, other])

    assert weighted(weights).planned(early, YEAR) <= weighted(weights).planned(late, YEAR)


@given(st.permutations(sorted(SPRING.items())))
def test_the_order_of_points_does_not_matter(points: list[tuple[date, str]]) -> None:
    """They are put in order."""
    assert Trajectory(points=points) == Trajectory(points=SPRING.items())


def test_the_season_is_last_years_shape(monthly: Monthly) -> None:
    """A shop that sold 30 of its 100 in December is to sell 30 % of its goal in December."""
    last_year = monthly("sales", [5, 5, 5, 5, 5, 5, 5, 5, 10, 10, 10, 30])

    season = Trajectory.seasonal(last_year, YEAR)

    assert season == weighted([5, 5, 5, 5, 5, 5, 5, 5, 10, 10, 10, 30])
    assert season.planned(date(1998, 12, 1), YEAR) == Decimal("0.7")


def test_a_season_may_be_told_by_quarters(monthly: Monthly) -> None:
    """Quarters of the year before are as good as months."""
    quarters = monthly("sales", [1, 2, 3, 4], grain=Grain.QUARTER)

    assert Trajectory.seasonal(quarters, YEAR).planned(JULY, YEAR) == Decimal("0.3")


# What a plan cannot be.


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ({date(1998, 3, 1): "1.1"}, "points must be fractions between 0 and 1, on 1998-03-01"),
        ({date(1998, 3, 1): "-0.1"}, "points must be fractions between 0 and 1"),
        (
            {date(1998, 3, 1): "0.5", date(1998, 4, 1): "0.4"},
            "points must not fall: 0.5 was planned for 1998-03-01 already",
        ),
        ({datetime(1998, 3, 1, tzinfo=UTC): "0.5"}, "points must be a day, not an instant"),
        ({date(1998, 3, 1): 0.5}, "points must be a decimal, an integer or text"),
    ],
)
def test_points_that_are_no_plan_are_refused(points: dict[date, Any], message: str) -> None:
    """Shares lie between nothing and all, and never fall."""
    with pytest.raises(InvalidValueError, match=message):
        Trajectory(points=points.items())


def test_a_day_has_one_point() -> None:
    """Two shares for one day are no plan."""
    with pytest.raises(InvalidValueError, match="points must name each day once"):
        Trajectory(points=[(APRIL, "0.1"), (APRIL, "0.2")])


@pytest.mark.parametrize(
    ("weights", "period", "grain", "message"),
    [
        ([1, 2, 3], YEAR, Grain.QUARTER, "weights must be 4, one for each quarter of 1998"),
        ([1, -1, 1, 1], YEAR, Grain.QUARTER, "weights must be at least 0, and one of them above"),
        ([0, 0, 0, 0], YEAR, Grain.QUARTER, "weights must be at least 0, and one of them above"),
        ([1] * 52, YEAR, Grain.WEEK, "be made up of whole periods of the grain ISO week"),
        ([], Period(APRIL, date(1998, 4, 3)), Grain.MONTH, "whole periods of the grain month"),
        (
            [1],
            Period(APRIL, date(1998, 5, 3)),
            Grain.MONTH,
            "period must be made up of whole periods of the grain month",
        ),
    ],
)
def test_weights_fit_the_period(
    weights: list[int], period: Period, grain: Grain, message: str
) -> None:
    """One weight for each calendar period, none below 0, not all of them 0."""
    with pytest.raises(InvalidValueError, match=message):
        Trajectory.weighted(weights, period, grain)


def test_a_season_needs_every_month_of_the_year_before(monthly: Monthly) -> None:
    """Without December there is no shape of the year; nor with one that is undefined."""
    eleven = monthly("sales", [1] * 11)
    unknown = monthly("sales", [*[1] * 11, Reason.NO_DATA])

    with pytest.raises(InvalidValueError, match="hold a value of 1997-12, a year before 1998-12"):
        Trajectory.seasonal(eleven, YEAR)
    with pytest.raises(InvalidValueError, match="hold a value of 1997-12"):
        Trajectory.seasonal(unknown, YEAR)


@pytest.mark.parametrize(
    ("name", "grain", "first"),
    [
        ("retention_rate", Grain.MONTH, date(1997, 1, 1)),
        ("sales", Grain.WEEK, date(1997, 1, 6)),
    ],
)
def test_only_what_adds_up_has_a_season(
    monthly: Monthly, name: str, grain: Grain, first: date
) -> None:
    """A rate is not spread over the months, and weeks do not begin with the year."""
    series = monthly(name, [1, 1], first=first, grain=grain)

    with pytest.raises(InvalidValueError, match="a KPI that adds up over time, by month or quar"):
        Trajectory.seasonal(series, YEAR)


@pytest.mark.parametrize("on", [YEAR.start, YEAR.end, date(1999, 3, 1)])
def test_a_goal_is_planned_within_its_period(on: date) -> None:
    """What is planned for the first day, or for a day after the goal, is a slip of the pen."""
    path = Trajectory(points=[(on, "0.5")])

    with pytest.raises(InvalidValueError, match="trajectory must have its points within 1998"):
        goal("orders", 0, 1000, trajectory=path)


# How a goal stands against its plan.


def test_who_is_ahead_of_the_calendar_may_be_behind_the_plan(monthly: Monthly) -> None:
    """Weights 4, 3, 2, 1: 400 of 1,000 orders are due by April; 300 are a pace of 0.75.

    By the calendar they would have been 300 by 90 of 365 days, which is a pace of 1.217.
    """
    asked = goal("orders", 900, 1000)
    front = Trajectory.weighted([4, 3, 2, 1], YEAR, Grain.QUARTER)
    series = monthly("orders", [100, 100, 100], first=YEAR.start)

    planned = assess(attrs.evolve(asked, trajectory=front), series, as_of=APRIL)
    straight = assess(asked, series, as_of=APRIL)

    assert (planned.planned, planned.pace) == (Decimal("0.4"), Decimal("0.75"))
    assert straight.planned == straight.elapsed
    assert round(straight.pace, 3) == Decimal("1.217")  # type: ignore[arg-type]


def test_the_next_month_needs_its_part_of_what_is_missing(monthly: Monthly) -> None:
    """700 orders are missing, for 0.6 of the plan; April is to bring a third of 0.3 of it.

    700 / 0.6 is what the plan's whole would be, and of that 30 of 91 days of 0.3 fall into
    April: 115.38. On average over nine months it takes 77.78.
    """
    front = Trajectory.weighted([4, 3, 2, 1], YEAR, Grain.QUARTER)
    series = monthly("orders", [100, 100, 100], first=YEAR.start)

    found = assess(goal("orders", 900, 1000, trajectory=front), series, as_of=APRIL)

    assert round(found.needed_next, 2) == Decimal("115.38")  # type: ignore[arg-type]
    assert round(found.needed_rate, 2) == Decimal("77.78")  # type: ignore[arg-type]


def test_before_the_first_step_there_is_no_pace(monthly: Monthly) -> None:
    """Where nothing was planned yet, nothing is in time or late.

    Half is due when March begins: of the 900 that are missing, February is to bring 450.
    """
    steps = Trajectory.steps({date(1998, 3, 1): "0.5"})
    series = monthly("orders", [100], first=YEAR.start)

    found = assess(goal("orders", 0, 1000, trajectory=steps), series, as_of=date(1998, 2, 1))

    assert found.progress == Decimal("0.1")
    assert found.pace == Undefined(Reason.ZERO_DENOMINATOR)
    assert "nothing was planned by 1998-02-01" in str(found.pace)
    assert found.needed_next == 450


def test_where_all_was_planned_before_nothing_is_planned_for_the_rest(monthly: Monthly) -> None:
    """A plan may be to have everything in spring; then no plan says what May is to bring."""
    early = Trajectory(points=[(APRIL, 1)])
    series = monthly("orders", [100] * 4, first=YEAR.start)

    found = assess(goal("orders", 0, 1000, trajectory=early), series, as_of=date(1998, 5, 1))

    assert found.pace == Decimal("0.4")
    assert found.needed_next == Undefined(Reason.NOT_APPLICABLE)


# Where a shape leads.


def test_a_shop_that_lives_on_december_is_not_lost_in_summer(monthly: Monthly) -> None:
    """Half a year brought 330 of 1,000, and last year's half was 30 %: 1,100 are to come.

    Each month brought 5.5 times its 10 of the 1,000. A straight line through last year and
    this one would lead elsewhere.
    """
    last_year = [5, 5, 5, 5, 5, 5, 5, 5, 10, 10, 10, 30]
    series = monthly("sales", [*last_year, *[55] * 6])
    asked = goal("sales", 100, 1000, trajectory=Trajectory.seasonal(series, YEAR))

    found = assess(asked, series, as_of=JULY)

    assert isinstance(found.forecast, Forecast)
    assert found.forecast.number == pytest.approx(1100)
    assert (found.forecast.slope, found.forecast.points, found.forecast.chance) == (None, 6, 1)
    assert found.forecast.interval.method == "prediction by the planned shape"
    assert found.status is Status.ON_TRACK
    assert found.pace == Decimal("1.1")


def test_a_shape_needs_four_months_of_the_goal_itself(monthly: Monthly) -> None:
    """Last year is in the shape already; it says nothing about this one."""
    series = monthly("sales", [*range(1, 13), 5, 6, 7])
    asked = goal("sales", 100, 1000, trajectory=weighted([*range(1, 13)]))

    found = assess(asked, series, as_of=APRIL)

    assert found.forecast == Undefined(Reason.TOO_FEW)
    assert found.because.en == "there are too few observations: 3 of 4 values"
    assert found.status is Status.UNKNOWN


def test_months_of_which_nothing_was_planned_say_nothing_about_the_rest(
    monthly: Monthly,
) -> None:
    """What January brought counts, but as it was to bring nothing, it is no measure."""
    series = monthly("sales", [7, 10, 10, 10, 10], first=YEAR.start)
    asked = goal("sales", 0, 100, trajectory=weighted([0, *[1] * 11]))

    found = assess(asked, series, as_of=date(1998, 6, 1))

    assert isinstance(found.forecast, Forecast)
    assert found.forecast.points == 4
    assert found.forecast.number == pytest.approx(47 + 70)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 100)), min_size=4, max_size=11))
def test_a_shape_leads_to_what_there_is_by_what_was_planned(
    monthly: Monthly, months: list[tuple[int, int]]
) -> None:
    """The forecast is the total so far by its planned share, with Royall's variance."""
    weights = [*(weight for weight, _ in months), *[3] * (12 - len(months))]
    brought = [number for _, number in months]
    series = monthly("sales", brought, first=YEAR.start)
    asked = goal("sales", 0, 10_000, trajectory=weighted(weights))

    found = assess(asked, series, as_of=Grain.MONTH.after(YEAR.start, len(months))).forecast

    assert isinstance(found, Forecast)
    done = sum(weights[: len(months)]) / sum(weights)
    assert found.number == pytest.approx(sum(brought) / done)
    shares = [weight / sum(weights) for weight in weights[: len(months)]]
    ratio = sum(brought) / done
    spread = sum((y - ratio * w) ** 2 / w for w, y in zip(shares, brought, strict=True))
    variance = spread / (len(months) - 1) * ((1 - done) + (1 - done) ** 2 / done)
    quantile = {3: 1.6377, 4: 1.5332, 5: 1.4759}
    half = found.interval.high - found.number
    if len(months) - 1 in quantile:  # Student's t at 90 %, as the tables print it
        assert half == pytest.approx(quantile[len(months) - 1] * variance**0.5, rel=1e-3)


def test_a_level_is_forecast_by_a_line_whatever_was_planned(monthly: Monthly) -> None:
    """A plan says when a rate is to rise; where it leads, its values say."""
    series = monthly("retention_rate", ["0.71", "0.72", "0.73", "0.74"], first=date(1997, 12, 1))
    path = Trajectory(points=[(JULY, "0.9")])

    planned = assess(goal("retention_rate", "0.71", "0.90", trajectory=path), series, as_of=APRIL)
    straight = assess(goal("retention_rate", "0.71", "0.90"), series, as_of=APRIL)

    assert planned.forecast == straight.forecast
    assert planned.pace != straight.pace
