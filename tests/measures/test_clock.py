"""Days of instants, periods before, and what is cumulated: true to the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period, day_in, periods
from crmcore.errors import InvalidValueError
from crmcore.kernel import Undefined
from crmcore.measures import Count, Cumulative, Derived, Measure, Previous, Tally, Value

YEAR = Period(date(1998, 1, 1), date(1999, 1, 1))

# Half hours, three quarters, a change one minute after midnight, a day that was left out, and
# an offset of seconds.
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Africa/Monrovia",
    "Asia/Tehran",
]


def days_of(instants: list[datetime], zone: str) -> list[date]:
    """Return the days on which a tally counts instants, in order."""
    tally = Tally({"n": Count()}, day="at", zone=zone)
    tally.add_all({"at": at} for at in [*instants, *instants])
    first, last = (f(day_in(at, ZoneInfo(zone)) for at in instants) for f in (min, max))
    found = []
    for day in {day_in(at, ZoneInfo(zone)) for at in instants} | {first, last}:
        period = Period(day, day + timedelta(days=1))
        value = tally.table(period, as_of=date(2100, 1, 1)).value("n")
        assert isinstance(value, Value)
        found += [day] * (value.n // 2)
    return sorted(found)


@pytest.mark.parametrize("zone", ZONES)
@given(
    instants=st.lists(
        st.datetimes(datetime(1900, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the bounds are naive
        min_size=1,
        max_size=20,
    )
)
def test_an_instant_counts_on_its_day(zone: str, instants: list[datetime]) -> None:
    """Whatever the zone and the century, it is the day that the zone's own clock shows."""
    assert days_of(instants, zone) == sorted(day_in(at, ZoneInfo(zone)) for at in instants)


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", datetime(1998, 3, 29, 1, tzinfo=UTC)),
        ("Europe/Berlin", datetime(1998, 10, 25, 1, tzinfo=UTC)),
        ("America/St_Johns", datetime(1998, 4, 5, 3, 31, tzinfo=UTC)),  # at 00:01 there
        ("America/St_Johns", datetime(1998, 10, 25, 2, 31, tzinfo=UTC)),  # back over midnight
        ("America/Sao_Paulo", datetime(1998, 10, 11, 3, tzinfo=UTC)),  # midnight is left out
        ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),  # a day is left out
    ],
)
def test_every_minute_around_a_change_of_clocks(zone: str, change: datetime) -> None:
    """Three hours before and after, minute by minute, twice: once looked up, once kept."""
    minutes = [change + timedelta(minutes=n) for n in range(-180, 180)]

    assert days_of(minutes, zone) == sorted(day_in(at, ZoneInfo(zone)) for at in minutes)


def test_instants_of_other_offsets_count_on_the_same_day() -> None:
    """What New York writes with its own offset is the same instant in UTC."""
    at = datetime(1998, 1, 31, 23, tzinfo=timezone(timedelta(hours=-5)))

    assert days_of([at], "Europe/Berlin") == [date(1998, 2, 1)]


@pytest.mark.parametrize(
    ("at", "zone", "message"),
    [
        (datetime(1998, 1, 1), "UTC", "at must carry a time zone"),  # noqa: DTZ001 - what is refused
        (datetime(9999, 12, 31, 23, tzinfo=UTC), "Asia/Tokyo", "at must have a day in the years"),
        (datetime(1998, 1, 1, tzinfo=UTC), None, "zone must be given, because at holds instants"),
    ],
)
def test_an_instant_without_a_day_is_refused(at: datetime, zone: str | None, message: str) -> None:
    """Naive, behind the end of the calendar, or in no zone: it has no day."""
    with pytest.raises(InvalidValueError, match=message):
        Tally({"n": Count()}, day="at", zone=zone).add({"at": at})


def test_the_last_hour_of_the_calendar_has_a_day() -> None:
    """Its end lies behind the calendar in Kathmandu, and it counts on its day none the less."""
    edge = datetime(9999, 12, 31, 18, 10, tzinfo=UTC)  # 23:55 in Kathmandu
    tally = Tally({"n": Count()}, day="at", zone="Asia/Kathmandu", begin=date(1, 1, 1))
    tally.add_all([{"at": edge}, {"at": edge}, {"at": edge - timedelta(days=1)}])

    last = Period(date(9999, 12, 30), date(9999, 12, 31))

    assert str(tally.table(last, as_of=last.end).value("n")) == "1 (n = 1, 9999-12-30)"


def daily(measures: dict[str, Measure], first: date, days: int, **options: Any) -> Tally:  # noqa: ANN401
    """Count one record a day."""
    tally = Tally(measures, day="at", **options)
    tally.add_all({"at": first + timedelta(days=n)} for n in range(days))
    return tally


def number(result: Value | Undefined) -> int:
    """Return a number that is there."""
    assert isinstance(result, Value)
    return int(result.number)


@pytest.mark.parametrize(
    ("period", "grain", "expected"),
    [
        (Period.month(2024, 2), None, 31),
        (Period.month(2024, 2), Grain.YEAR, 28),
        (Period.month(2025, 2), Grain.YEAR, 29),
        (Period.month(2024, 3), Grain.MONTH, 29),
        (Period.month(2024, 5), Grain.QUARTER, 29),
        (Period(date(2024, 7, 1), date(2024, 10, 1)), Grain.QUARTER, 91),
        (Period(date(2024, 7, 1), date(2024, 10, 1)), Grain.MONTH, 92),
        (Period(date(2024, 3, 1), date(2024, 3, 11)), None, 10),
        (Period(date(2024, 3, 1), date(2024, 3, 11)), Grain.MONTH, 10),
        (Period(date(2024, 3, 4), date(2024, 3, 11)), Grain.WEEK, 7),
        (Period(date(2024, 3, 30), date(2024, 4, 1)), Grain.DAY, 2),
    ],
)
def test_the_period_before_is_that_of_the_calendar(
    period: Period, grain: Grain | None, expected: int
) -> None:
    """With one record a day, what was counted is the number of days of the period before."""
    tally = daily({"before": Previous(Count(), grain)}, date(2023, 1, 1), 3 * 365)

    value = tally.table(period, as_of=date(2026, 1, 1)).value("before")

    assert number(value) == expected
    assert isinstance(value, Value)
    assert value.period == period


def test_a_leap_february_is_compared_with_the_whole_february() -> None:
    """29 days against 28: a growth by a twenty-eighth, and no day of January or March in it."""
    growth = Derived("growth", (Count(), Previous(Count(), Grain.YEAR)))
    tally = daily({"growth": growth}, date(2023, 2, 1), 600)

    value = tally.table(Period.month(2024, 2), as_of=date(2025, 1, 1)).value("growth")

    assert str(value) == "0.0357 (1 of 28, 2024-02)"


@pytest.mark.parametrize(
    ("cumulative", "expected"),
    [
        (Cumulative(Count(), 10), 10),
        (Cumulative(Count(), 1, until="start"), 1),
        (Cumulative(Count(), to_date=Grain.YEAR), 31 + 28 + 31),
        (Cumulative(Count(), to_date=Grain.QUARTER, until="start"), 31 + 28),
        (Cumulative(Count(), to_date=Grain.MONTH), 31),
        (Cumulative(Count()), 31 + 28 + 31),
        (Cumulative(Count(), until="start"), 31 + 28),
    ],
)
def test_what_is_cumulated_ends_with_the_period_or_before_it(
    cumulative: Cumulative, expected: int
) -> None:
    """Of one record a day since the first of January, by the end or the start of March."""
    tally = daily({"n": cumulative}, date(1998, 1, 1), 200)

    assert number(tally.table(Period.month(1998, 3), as_of=YEAR.end).value("n")) == expected


def test_to_date_begins_anew_with_each_year() -> None:
    """At the start of January the year to date is the year that is over."""
    opening = Cumulative(Count(), to_date=Grain.YEAR, until="start")
    tally = daily({"n": opening}, date(1997, 1, 1), 800)

    found = tally.table(
        list(periods(Grain.MONTH, date(1998, 1, 1), date(1998, 4, 1))), as_of=YEAR.end
    )

    assert [number(value) for value in found.series("n")] == [365, 31, 59]
