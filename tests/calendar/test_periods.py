"""Periods: half-open stretches of whole days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period, periods
from crmcore.errors import InvalidValueError

DAYS = st.dates(date(1960, 1, 1), date(2035, 12, 31))
GRAINS = st.sampled_from(Grain)


@given(GRAINS, DAYS)
def test_every_day_has_one_period_of_each_grain(grain: Grain, day: date) -> None:
    """The period that holds a day is the same for all its days, and for no day around it."""
    period = grain.period(day)

    assert day in period
    assert grain.period(period.start) == period
    assert grain.period(period.end - timedelta(days=1)) == period
    assert period.start - timedelta(days=1) not in period
    assert period.end not in period


@given(GRAINS, DAYS, st.integers(0, 800))
def test_periods_part_a_stretch_of_days(grain: Grain, first: date, days: int) -> None:
    """Calendar periods touch without a gap, lie within the stretch, and leave out no whole one."""
    end = first + timedelta(days=days)

    parts = list(periods(grain, first, end))

    for earlier, later in pairwise(parts):
        assert earlier.end == later.start
    assert all(part.grain is grain and first <= part.start and part.end <= end for part in parts)
    if parts:
        assert parts[0].before().start < first
        assert grain.period(parts[-1].end).end > end
    else:
        assert grain.after(grain.period(first).end) > end or grain.start(first) < first


@given(DAYS)
def test_months_and_quarters_add_up_to_the_year(day: date) -> None:
    """A year has the days of its months, and those of its quarters."""
    year = Grain.YEAR.period(day)

    for grain, count in ((Grain.MONTH, 12), (Grain.QUARTER, 4)):
        parts = list(periods(grain, year.start, year.end))
        assert len(parts) == count
        assert sum(part.days for part in parts) == year.days


@given(GRAINS, DAYS, st.integers(-40, 40))
def test_periods_are_counted_from_an_anchor(grain: Grain, day: date, count: int) -> None:
    """Counting forth and back comes out where it began, on a start of the grain."""
    start = grain.start(day)

    there = grain.after(start, count)

    assert grain.start(there) == there
    assert grain.after(there, -count) == start


@pytest.mark.parametrize("grain", list(Grain))
def test_periods_end_with_the_calendar(grain: Grain) -> None:
    """Whatever the grain, the message says where the count began."""
    with pytest.raises(InvalidValueError, match=r" must lead from 9999-01-01 to a day in the "):
        grain.after(date(9999, 1, 1), 400)


@pytest.mark.parametrize(
    ("period", "name", "grain", "before"),
    [
        (Period(date(1998, 1, 1), date(1999, 1, 1)), "1998", Grain.YEAR, "1997"),
        (Period(date(1998, 1, 1), date(1998, 4, 1)), "1998-Q1", Grain.QUARTER, "1997-Q4"),
        (Period(date(1998, 10, 1), date(1999, 1, 1)), "1998-Q4", Grain.QUARTER, "1998-Q3"),
        (Period.month(1998, 4), "1998-04", Grain.MONTH, "1998-03"),
        (Period(date(1998, 12, 28), date(1999, 1, 4)), "1998-W53", Grain.WEEK, "1998-W52"),
        (Period(date(1998, 3, 1), date(1998, 3, 2)), "1998-03-01", Grain.DAY, "1998-02-28"),
        (
            Period(date(1998, 1, 5), date(1998, 1, 15)),
            "1998-01-05/1998-01-15",
            None,
            "1997-12-26/1998-01-05",
        ),
    ],
)
def test_periods_have_the_names_of_the_calendar(
    period: Period, name: str, grain: Grain | None, before: str
) -> None:
    """A period of the calendar is named as such; the one before is of the same kind."""
    assert str(period) == name
    assert period.grain is grain
    assert str(period.before()) == before


def test_the_month_before_is_the_whole_month_before() -> None:
    """The month before one of 28 days has its 31 days."""
    assert Period.month(1998, 2).before().days == 31


def test_a_period_is_complete_when_its_last_day_is_over() -> None:
    """As of the end every day has passed; a day earlier one is still to come."""
    june = Period.month(1998, 6)

    assert june.is_complete(date(1998, 7, 1))
    assert not june.is_complete(date(1998, 6, 30))


@given(st.lists(st.builds(Grain.MONTH.period, DAYS), max_size=6))
def test_periods_are_in_order_of_their_start(several: list[Period]) -> None:
    """Sorted periods begin one after the other."""
    starts = [period.start for period in sorted(several)]

    assert starts == sorted(starts)


@pytest.mark.parametrize("end", [date(1998, 1, 1), date(1997, 12, 31)])
def test_a_period_has_a_day(end: date) -> None:
    """A period without days, or with its ends swapped, is refused."""
    with pytest.raises(InvalidValueError, match=r"^end must be after the start, 1998-01-01 "):
        Period(date(1998, 1, 1), end)


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (datetime(1998, 1, 1, tzinfo=UTC), date(1998, 2, 1), "start"),
        (date(1998, 1, 1), datetime(1998, 2, 1, tzinfo=UTC), "end"),
        ("1998-01-01", date(1998, 2, 1), "start"),
    ],
)
def test_a_period_is_made_of_days(start: Any, end: Any, field: str) -> None:  # noqa: ANN401
    """An instant is no day: which day it falls on depends on a zone."""
    with pytest.raises(InvalidValueError, match=f"^{field} must be a date, not an instant "):
        Period(start, end)


def test_an_instant_is_not_asked_for_in_a_period() -> None:
    """Asking whether an instant is in a period is refused, and other things are not in it."""
    june = Period.month(1998, 6)

    assert "1998-06-15" not in june
    with pytest.raises(InvalidValueError, match=r"^day must be a date, as day_in gives it "):
        _ = datetime(1998, 6, 15, tzinfo=UTC) in june


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (Period.month(2024, 2), "2023-02"),
        (Period.month(2025, 2), "2024-02"),
        (Grain.YEAR.period(date(2024, 5, 1)), "2023"),
        (Grain.QUARTER.period(date(2024, 2, 1)), "2023-Q1"),
        (Grain.DAY.period(date(2024, 2, 29)), "2023-02-28"),
        (Grain.DAY.period(date(2025, 2, 28)), "2024-02-28"),
        (Grain.WEEK.period(date(1998, 7, 1)), "1997-W27"),
        (Grain.WEEK.period(date(1999, 7, 1)), "1998-W26"),
        # 1998 had 53 weeks, 1997 and 1999 had 52.
        (Grain.WEEK.period(date(1998, 12, 30)), "1997-W52"),
        (Grain.WEEK.period(date(1999, 12, 30)), "1998-W52"),
        (Grain.WEEK.period(date(1999, 1, 4)), "1998-W01"),
        (Period(date(2024, 2, 10), date(2024, 2, 29)), "2023-02-10/2023-02-28"),
        (Period(date(2024, 2, 10), date(2024, 3, 1)), "2023-02-10/2023-03-01"),
    ],
)
def test_a_year_before_is_the_calendars(period: Period, before: str) -> None:
    """A month is the whole month, whatever its days; a week has the number, a day the date."""
    assert str(period.a_year_before()) == before


@given(GRAINS, DAYS)
def test_a_year_before_is_of_the_same_grain(grain: Grain, day: date) -> None:
    """It lies in the year before, and is as long as the calendar has it there."""
    period = grain.period(day)

    before = period.a_year_before()

    assert before.grain is grain
    assert before.end <= period.start
    assert 350 <= (period.start - before.start).days <= 371
    if grain is not Grain.WEEK:
        assert (before.start.year, before.start.month) == (
            period.start.year - 1,
            period.start.month,
        )


@given(DAYS, st.integers(2, 900), st.integers(2, 900))
def test_stretches_that_touch_touched_a_year_before(start: date, one: int, two: int) -> None:
    """No day is lost between two stretches that follow each other, and none is in both."""
    middle = start + timedelta(days=one)
    first, second = Period(start, middle), Period(middle, middle + timedelta(days=two))
    assume(first.grain is second.grain is None)

    assert first.a_year_before().end == second.a_year_before().start


@pytest.mark.parametrize("grain", list(Grain))
def test_before_the_first_year_there_is_none(grain: Grain) -> None:
    """What would lie before the calendar is refused."""
    with pytest.raises(InvalidValueError, match=r" must lead from 0001-01-01 to a day in the "):
        grain.period(date(1, 1, 1)).a_year_before()


@pytest.mark.parametrize(
    ("as_of", "found"),
    [
        (date(1998, 2, 28), None),
        (date(1998, 3, 1), None),
        (date(1998, 3, 2), "1998-03-01"),
        (date(1998, 3, 11), "1998-03-01/1998-03-11"),
        (date(1998, 4, 1), "1998-03"),
        (date(1999, 1, 1), "1998-03"),
    ],
)
def test_to_date_are_the_days_that_have_passed(as_of: date, found: str | None) -> None:
    """The day as of which one looks has only begun, so it does not count."""
    so_far = Period.month(1998, 3).to_date(as_of)

    assert (None if so_far is None else str(so_far)) == found


@pytest.mark.parametrize(
    ("as_of", "days"),
    [
        (date(1998, 3, 1), None),
        (date(1998, 3, 11), (10, 10)),
        (date(1998, 3, 29), (28, 28)),
        # February has no more days than these.
        (date(1998, 3, 31), (28, 28)),
        # March is over: whole months are compared.
        (date(1998, 4, 1), (31, 28)),
    ],
)
def test_like_is_compared_with_like(as_of: date, days: tuple[int, int] | None) -> None:
    """A running month is compared with as many days of the one before, a whole one with a whole."""
    march, february = Period.month(1998, 3), Period.month(1998, 2)

    found = march.like_for_like(february, as_of=as_of)

    assert days == (found and tuple(part.days for part in found))
    if found is not None:
        assert [part.start for part in found] == [march.start, february.start]


@given(GRAINS, DAYS, st.integers(1, 800))
def test_the_first_days_begin_where_the_period_does(grain: Grain, day: date, days: int) -> None:
    """They are as many as were asked for, or all that there are."""
    period = grain.period(day)

    first = period.first(days)

    assert (first.start, first.days) == (period.start, min(days, period.days))


def test_there_are_no_first_days_without_a_day() -> None:
    """A period has a day at least."""
    with pytest.raises(InvalidValueError, match=r"^days must be at least 1 \(got 0\)"):
        Period.month(1998, 3).first(0)


def test_to_date_asks_for_a_day() -> None:
    """An instant has a day only in some zone."""
    with pytest.raises(InvalidValueError, match=r"^as_of must be a day, not an instant"):
        Period.month(1998, 3).to_date(datetime(1998, 3, 11, tzinfo=UTC))


def test_before_the_first_year_there_is_nothing() -> None:
    """Seven days from 2 January of the year 1 on have no seven days before them."""
    with pytest.raises(InvalidValueError, match="a day in the years 1 to 9999"):
        Period(date(1, 1, 2), date(1, 1, 9)).before()
