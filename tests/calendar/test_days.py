"""Days: where an instant falls in a zone, and where a day begins."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.calendar import day_in, midnight, months_after, zone
from crmcore.errors import InvalidValueError

DAYS = st.dates(date(1960, 1, 1), date(2035, 12, 31))
# Zones that change their clocks around midnight, have left out a day, or lie far apart.
ZONES = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "America/Sao_Paulo",
        "America/Havana",
        "America/Nuuk",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Asia/Shanghai",
        "Asia/Tehran",
        "Pacific/Apia",
        "Pacific/Kiritimati",
    ]
)


@given(DAYS, ZONES)
@example(date(2011, 12, 29), "Pacific/Apia")
@example(date(2018, 11, 4), "America/Sao_Paulo")
@example(date(1998, 10, 25), "America/New_York")
def test_days_follow_each_other_without_gap(day: date, name: str) -> None:
    """The last moment before a day's end is of that day or an earlier one, the end is not."""
    where = zone(name)

    begin, end = midnight(day, where), midnight(day + timedelta(days=1), where)

    assert begin <= end
    assert day_in(end, where) > day
    assert day_in(end - timedelta(microseconds=1), where) <= day
    assert timedelta(0) <= end - begin <= timedelta(hours=25)


@given(st.datetimes(timezones=st.just(UTC)), ZONES)
def test_every_instant_lies_within_its_day(at: datetime, name: str) -> None:
    """An instant is not before the beginning of its day, and before the beginning of the next."""
    where = zone(name)
    if not 1960 <= at.year <= 2035:
        at = at.replace(year=1998, day=min(at.day, 28))

    day = day_in(at, where)

    assert midnight(day, where) <= at < midnight(day + timedelta(days=1), where)


@pytest.mark.parametrize(
    ("name", "day", "begins"),
    [
        # An ordinary day, before and after the clocks change.
        ("America/New_York", date(1998, 7, 1), "1998-07-01T04:00:00+00:00"),
        ("America/New_York", date(1998, 1, 1), "1998-01-01T05:00:00+00:00"),
        # The clock leapt from midnight to one o'clock.
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00+00:00"),
        # It leapt from 23:30 to 00:30: the day had no midnight, and began half an hour late.
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30:00+00:00"),
        # It was set back from 00:01 to 23:01: the day began with the first stroke.
        ("America/St_Johns", date(2010, 11, 7), "2010-11-07T02:30:00+00:00"),
        # Samoa went over the date line: 30 December 2011 was left out.
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-29T10:00:00+00:00"),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00:00+00:00"),
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00:00+00:00"),
    ],
)
def test_days_begin_where_history_has_it(name: str, day: date, begins: str) -> None:
    """The beginnings of days that are known from the tz database come out as they were."""
    assert midnight(day, zone(name)).isoformat() == begins


def test_an_instant_falls_on_the_zones_own_day() -> None:
    """The same instant is on two days at two ends of the earth."""
    at = datetime(1998, 6, 30, 20, 30, tzinfo=UTC)

    assert day_in(at, zone("America/New_York")) == date(1998, 6, 30)
    assert day_in(at, zone("Asia/Shanghai")) == date(1998, 7, 1)


def test_naive_instants_are_refused() -> None:
    """Without a zone of its own, an instant has no day in another one."""
    with pytest.raises(InvalidValueError, match=r"^at must carry a time zone "):
        day_in(datetime(1998, 7, 1, 9), zone("Asia/Shanghai"))  # noqa: DTZ001 this is the fault


@pytest.mark.parametrize(
    ("at", "where"),
    [
        (datetime.min.replace(tzinfo=UTC), "America/New_York"),
        (datetime.max.replace(tzinfo=UTC), "Asia/Shanghai"),
    ],
)
def test_an_instant_without_a_day_in_the_zone_is_refused(at: datetime, where: str) -> None:
    """West of the first instant, and east of the last one, the calendar has no day for it."""
    with pytest.raises(InvalidValueError, match=rf"have a day in the years 1 to 9999 in {where} "):
        day_in(at, zone(where))


def test_a_day_that_begins_before_the_calendar_is_refused() -> None:
    """East of UTC the first day of all began in the year 0."""
    with pytest.raises(InvalidValueError, match=r"^day must lie within the calendar \(got '0001"):
        midnight(date.min, zone("Asia/Shanghai"))


def test_a_zone_may_be_named() -> None:
    """The name of the zone will do."""
    assert midnight(date(1998, 7, 1), "Asia/Shanghai") == datetime(1998, 6, 30, 16, tzinfo=UTC)


def test_an_instant_does_not_begin() -> None:
    """Only a day does; the message says what came in its place."""
    with pytest.raises(InvalidValueError, match=r"^day must be a day, not an instant \(got '1998"):
        midnight(datetime(1998, 7, 1, 9, tzinfo=UTC), zone("Asia/Shanghai"))


@pytest.mark.parametrize("months", [-24_000, 100_000, 10**30])
def test_months_end_with_the_calendar(months: int) -> None:
    """Steps that lead out of it are refused, with where they began."""
    with pytest.raises(
        InvalidValueError,
        match=r"^months must lead from 1998-07-01 to a day in the years ",
    ):
        months_after(date(1998, 7, 1), months)


@pytest.mark.parametrize(
    ("anchor", "months", "day"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 31), 2, date(2025, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2025, 3, 31), 0, date(2025, 3, 31)),
    ],
)
def test_months_end_where_they_end(anchor: date, months: int, day: date) -> None:
    """A step of months is cut at the month's end."""
    assert months_after(anchor, months) == day


@given(DAYS, st.integers(-600, 600))
def test_steps_of_months_never_drift(anchor: date, months: int) -> None:
    """From the anchor, the day is the anchor's or the month's last, in the month counted out."""
    day = months_after(anchor, months)

    assert 12 * day.year + day.month == 12 * anchor.year + anchor.month + months
    assert day.day == min(anchor.day, calendar.monthrange(day.year, day.month)[1])
