"""The goals that companies set, each followed with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import attrs
import pytest

from crmcore.calendar import Grain, Period
from crmcore.goals import Forecast, Goal, GoalId, Mode, Status, assess
from crmcore.kernel import Reason, Undefined
from crmcore.kpis import KpiSeries

Monthly = Callable[..., KpiSeries]

YEAR = Period(date(1998, 1, 1), date(1999, 1, 1))
HALF = Period(date(1998, 1, 1), date(1998, 7, 1))
QUARTER = Period(date(1998, 1, 1), date(1998, 4, 1))


def test_retention_of_80_percent_within_six_months(monthly: Monthly) -> None:
    """From 74 %, at 76 % by April: a third of the way in 90 of 181 days is a pace of 0.67.

    73, 74, 74, 75, 76, 76 have the mean 74.667 and, with Σ(x − 2.5)y = 11 over 17.5, rise by
    0.629 points a month: June, 5.5 months behind the middle, is expected at 78.1 %. Residuals
    of −0.095, 0.276, −0.352, 0.019, 0.390, −0.238 have s² = 0.419 / 4; for one value there
    s² (1 + 1/6 + 5.5² / 17.5) = 0.303, a deviation of 0.551 points. The 1.876 points to the
    target are 3.41 of these, which t with 4 degrees exceeds in 1.4 % of cases.
    """
    series = monthly(
        "retention_rate",
        ["0.73", "0.74", "0.74", "0.75", "0.76", "0.76"],
        first=date(1997, 10, 1),
    )
    goal = Goal(
        id=GoalId("keep"),
        name="Keep more",
        kpi="retention_rate",
        baseline=Decimal("0.74"),
        target=Decimal("0.80"),
        period=HALF,
    )

    found = assess(goal, series, as_of=QUARTER.end)

    assert round(found.progress, 4) == Decimal("0.3333")  # type: ignore[arg-type]
    assert round(found.pace, 2) == Decimal("0.67")  # type: ignore[arg-type]
    assert round(found.needed_rate, 4) == Decimal("0.0133")  # type: ignore[arg-type]
    assert isinstance(found.forecast, Forecast)
    assert found.forecast.number == pytest.approx(0.78124, abs=5e-6)
    assert found.forecast.chance == pytest.approx(0.014, abs=0.001)
    assert found.status is Status.OFF_TRACK


@pytest.mark.parametrize(
    ("goal", "progress"),
    [
        (Goal.relative, "0.8333333333333333333333333333"),  # 6 of 7.2 points
        (Goal.points, "0.6"),  # 6 of 10
    ],
)
def test_satisfaction_ten_percent_up_in_a_quarter(
    monthly: Monthly, goal: Callable[..., Goal], progress: str
) -> None:
    """72 % to 79.2 % or to 82 %: at 78 % in February, these are two different goals."""
    asked = goal(
        "0.10",
        baseline="0.72",
        id=GoalId("up"),
        name="More satisfied customers",
        kpi="satisfaction_rate",
        period=QUARTER,
    )
    series = monthly("satisfaction_rate", ["0.75", "0.78"], first=QUARTER.start)

    found = assess(asked, series, as_of=date(1998, 3, 1))

    assert found.progress == Decimal(progress)


def test_a_hundred_new_customers_in_a_month(monthly: Monthly) -> None:
    """After 15 of 31 days with 3 a day 45 are there: a pace of 0.93, and 3.4 a day to come."""
    goal = Goal(
        id=GoalId("new"),
        name="A hundred new customers",
        kpi="new_customers",
        baseline=Decimal(0),
        target=Decimal(100),
        period=Grain.MONTH.period(YEAR.start),
    )
    days = [2, 4, 3] * 5
    series = monthly("new_customers", days, first=YEAR.start, grain=Grain.DAY)

    found = assess(goal, series, as_of=date(1998, 1, 16))

    assert found.progress == Decimal("0.45")
    assert found.elapsed == Decimal(15) / 31
    assert round(found.pace, 2) == Decimal("0.93")  # type: ignore[arg-type]
    assert found.needed_rate == Decimal("3.4375")
    assert found.status is not Status.UNKNOWN


def test_twice_the_customers_in_a_year(monthly: Monthly) -> None:
    """From 4,200 to 8,400: 6,000 in June are 3/7 of the way in half of the time."""
    goal = Goal.multiple(
        2, baseline=4200, id=GoalId("double"), name="Twice", kpi="customer_base", period=YEAR
    )
    growing = [4500, 4800, 5100, 5400, 5700, 6000]
    series = monthly("customer_base", growing, first=YEAR.start)

    found = assess(goal, series, as_of=HALF.end)

    assert round(found.progress, 4) == Decimal("0.4286")  # type: ignore[arg-type]
    assert round(found.pace, 3) == Decimal("0.864")  # type: ignore[arg-type]
    assert found.needed_rate == 400
    assert isinstance(found.forecast, Forecast)
    assert found.forecast.number == pytest.approx(7800)
    assert found.status is Status.OFF_TRACK


def test_complaints_from_two_hundred_to_none(monthly: Monthly) -> None:
    """At 100 half of the way is covered, and at 250 it goes backwards."""
    goal = Goal(
        id=GoalId("calm"),
        name="No complaints",
        kpi="complaint_rate",
        baseline=Decimal("0.200"),
        target=Decimal(0),
        period=YEAR,
    )

    def progress(*rates: str) -> Decimal | Undefined:
        series = monthly("complaint_rate", rates, first=YEAR.start)
        return assess(goal, series, as_of=HALF.end).progress

    assert progress("0.150", "0.100") == Decimal("0.5")
    assert progress("0.250") == Decimal("-0.25")


@pytest.mark.parametrize("values", [[], [Reason.NO_DATA], ["0.5"]])
def test_with_little_history_nothing_is_foretold(
    monthly: Monthly, values: list[str | Reason]
) -> None:
    """No value and one value are no forecast, and never a number."""
    goal = Goal(
        id=GoalId("keep"),
        name="Keep more",
        kpi="retention_rate",
        baseline=Decimal("0.4"),
        target=Decimal("0.6"),
        period=YEAR,
    )
    months = [Reason.NO_DATA, *values]

    found = assess(goal, monthly("retention_rate", months, first=YEAR.start), as_of=QUARTER.end)

    assert isinstance(found.forecast, Undefined)
    assert found.status is Status.UNKNOWN
    assert found.because.zh


def test_a_rank_in_three_years_is_a_goal_for_a_rank(monthly: Monthly) -> None:
    """Best satisfaction of the industry in three years: followed in ranks among the peers."""
    best = Goal.rank(
        1,
        baseline=6,
        id=GoalId("best"),
        name="Best of the industry",
        kpi="industry_rank",
        period=Period(YEAR.start, date(2001, 1, 1)),
    )
    series = monthly("industry_rank", [7, 6, 6, 4], first=date(1995, 1, 1), grain=Grain.YEAR)

    found = assess(best, series, as_of=date(1999, 1, 1))

    assert (best.mode, found.progress) == (Mode.RANK, Decimal("0.4"))
    assert assess(attrs.evolve(best, version=1), series, as_of=date(1999, 1, 1)).pace == found.pace
