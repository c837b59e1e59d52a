"""Following a goal: how far it has come, how fast, where it leads, and how it stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

import attrs

from crmcore.checks import day
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Undefined
from crmcore.kpis import KpiSeries
from crmcore.measures import Value

from ._exact import QUOTIENT
from ._forecast import Forecast
from ._goal import Goal
from ._reckoning import FEWEST_POINTS, check_series
from ._standing import Standing
from ._status import Levels, Status


@attrs.frozen(kw_only=True)
class GoalAssessment:
    """How a goal stands on a day.

    Attributes:
        goal: The goal.
        series: The values of its KPI.
        as_of: The day at whose beginning all this holds.
        current: Where the KPI stands: the latest value within the period; for a KPI that adds
            up, what the period has brought so far.
        elapsed: The share of the goal's days that *current* tells of, as a fraction.
        planned: The share of the way that its trajectory plans for these days, as a fraction;
            the same as *elapsed* where it is a straight line.
        progress: The share of the way that is covered, as a fraction, not cut off.
        pace: *progress* by *planned*: 1 is just in time, 2 twice as fast, below 0 backwards.
        needed_rate: What each period still to come must bring on average, in the KPI's unit.
        needed_next: What the next one must bring, where what is missing is spread over the
            rest of the time as the trajectory plans it.
        forecast: What is expected for the end of the period.
        status: All of it in one word.
        because: Why this word, with the numbers.

    .. versionadded:: 0.1.0
    """

    goal: Goal
    series: KpiSeries
    as_of: date
    current: Value | Undefined
    elapsed: Decimal
    planned: Decimal
    progress: Decimal | Undefined
    pace: Decimal | Undefined
    needed_rate: Decimal | Undefined
    needed_next: Decimal | Undefined
    forecast: Forecast | Undefined
    status: Status
    because: Phrase

    def __str__(self) -> str:
        """Return the goal's name, its status and the reason on one line."""
        return f"{self.goal.name}: {self.status.label}, {self.because}"


def assess(
    goal: Goal,
    series: KpiSeries,
    *,
    as_of: date,
    previous: Status | None = None,
    levels: Levels | None = None,
    history: int = 12,
) -> GoalAssessment:
    """Say how a goal stands on a day.

    Where the KPI *stands* (a stock, a ratio), its latest complete value counts, and the way
    runs from the baseline to the target. What *adds up* over time (sales, orders, new
    customers) is summed over the goal's periods, and the way runs from nothing to the target;
    the baseline then only says what a like period brought before.

    The status comes from the forecast: a line through the last complete values, with at least
    four of them, gives the chance of reaching the target, and *levels* turn it into a word.
    What adds up along a trajectory that is neither straight nor stepped is forecast by that
    shape instead, from at least four periods of the goal itself. At the end of the period
    the last value decides.

    A goal for a rank stands where the dated figures of the peers put it; without them
    nothing is known.

    Args:
        goal: The goal.
        series: The values of its KPI. Those of periods that end after *as_of* are left out.
        as_of: The day.
        previous: The status that the goal had before, whose alarm may still stand.
        levels: At which chances an alarm is raised and given up; `Levels()` unless stated.
        history: Through how many of the last values the line is laid, 4 or more.

    Raises:
        InvalidValueError: If *series* is of another KPI or another scope, the goal is for a
            rank and the KPI is none, or *history* is less than 4.

    .. versionadded:: 0.1.0
    """
    day(as_of)
    check_series(goal, series)
    if history < FEWEST_POINTS:
        raise InvalidValueError("history", history, f"be at least {FEWEST_POINTS}")
    with localcontext(QUOTIENT):  # whatever context the caller has set
        standing = Standing(goal, series, as_of)
        forecast = standing.forecast(history)
        status, because = standing.status(forecast, previous, levels or Levels())
        return GoalAssessment(
            goal=goal,
            series=series,
            as_of=as_of,
            current=standing.current,
            elapsed=standing.elapsed,
            planned=standing.planned,
            progress=standing.progress,
            pace=standing.pace,
            needed_rate=standing.needed_rate,
            needed_next=standing.needed_next,
            forecast=forecast,
            status=status,
            because=because,
        )
