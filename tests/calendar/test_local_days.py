"""Local days of many instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.calendar import LocalDays, day_in, midnight, zone
from crmcore.errors import InvalidValueError, UnknownNameError

# Zones whose days begin within an hour of UTC, which change their clocks around midnight, or
# which have left out a day.
ZONES = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "America/Havana",
        "America/Nuuk",
        "America/St_Johns",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Asia/Shanghai",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    ]
)
DAYS = st.dates(date(1960, 1, 1), date(2035, 12, 31))


@given(st.lists(DAYS, min_size=1, max_size=3), ZONES)
@example([date(2011, 12, 30)], "Pacific/Apia")
@example([date(1998, 10, 25)], "America/New_York")
@example([date(1998, 4, 5)], "America/Havana")
@example([date(2006, 10, 29)], "America/St_Johns")
def test_it_says_what_the_zone_says(days: list[date], name: str) -> None:
    """Around each local midnight it tells the day that the zone tells, whatever it has kept."""
    where = zone(name)
    day_of = LocalDays(name)
    around = [timedelta(minutes=minutes) for minutes in range(-91, 92, 7)]

    for day in days:
        begin = midnight(day, where)
        for step in around:
            at = begin + step
            assert day_of(at) == day_in(at, where).toordinal()


@given(st.lists(st.datetimes(datetime(1960, 1, 1), datetime(2035, 12, 31)), max_size=5), ZONES)  # noqa: DTZ001
def test_an_instant_may_carry_another_zone(instants: list[datetime], name: str) -> None:
    """What is not in UTC is asked for each time, and gets the right answer."""
    day_of = LocalDays(zone(name))
    there = timezone(timedelta(hours=9))

    for instant in instants:
        at = instant.replace(tzinfo=there)
        assert day_of(at) == day_of(at.astimezone(UTC)) == day_in(at, zone(name)).toordinal()


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)]
)
def test_an_end_of_the_calendar_is_refused(at: datetime) -> None:
    """An instant that has no day in the zone is refused, at each asking."""
    name = "America/New_York" if at.year == 1 else "Asia/Shanghai"
    day_of = LocalDays(name)

    for _ in range(2):
        with pytest.raises(InvalidValueError, match="have a day in the years 1 to 9999"):
            day_of(at)


def test_naive_instants_and_unknown_zones_are_refused() -> None:
    """An instant carries a zone, and a zone exists."""
    with pytest.raises(InvalidValueError, match="at must carry a time zone"):
        LocalDays("UTC")(datetime(1998, 1, 1))  # noqa: DTZ001 - that is what is refused
    with pytest.raises(UnknownNameError, match="did you mean 'Europe/Berlin'"):
        LocalDays("Europe/Berlim")
