"""Work calendars: when a service is open, and for how long between two instants."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import WorkCalendar, midnight
from crmcore.errors import InvalidValueError, UnknownNameError

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")

# Days around which clocks are changed: by an hour, by half an hour, over midnight, twice within
# a week, and by a whole day, which is left out.
TURNS = [
    ("Europe/Berlin", datetime(1998, 3, 29, tzinfo=UTC)),
    ("Europe/Berlin", datetime(1998, 10, 25, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(1998, 10, 24, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, tzinfo=UTC)),
    ("America/Boa_Vista", datetime(2000, 10, 11, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
    ("Asia/Shanghai", datetime(1999, 12, 31, tzinfo=UTC)),
]


def service(**fields: Any) -> WorkCalendar:  # noqa: ANN401 - any field of a calendar
    """Return a service from nine to five, with an hour at noon for lunch."""
    usual: dict[str, Any] = {
        "zone": "Europe/Berlin",
        "hours": ["09:00-12:00, 13:00-17:00"] * 5 + ["", ""],
    }
    return WorkCalendar(**usual | fields)


@attrs.frozen
class Wait:
    """A pause as a record of somebody else's may have it."""

    start: datetime
    end: datetime | None = None


def berlin(text: str) -> datetime:
    """Return the instant at which the clocks in Berlin show this."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@st.composite
def day_hours(draw: st.DrawFn) -> str:
    """Draw the hours of a day: none, one stretch, or several."""
    ends = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    clocks = [f"{15 * end // 60:02}:{15 * end % 60:02}" for end in ends[: len(ends) // 2 * 2]]
    return ", ".join(f"{start}-{end}" for start, end in zip(clocks[::2], clocks[1::2], strict=True))


@st.composite
def situations(draw: st.DrawFn) -> tuple[WorkCalendar, list[datetime]]:
    """Draw a calendar, and instants in order around a day on which clocks are changed."""
    zone, turn = draw(st.sampled_from(TURNS))
    near = st.integers(-3, 3).map(lambda days: turn.date() + timedelta(days=days))
    calendar = WorkCalendar(
        zone=zone,
        hours=draw(st.lists(day_hours(), min_size=7, max_size=7)),
        holidays=draw(st.lists(near, max_size=2)),
        exceptions=draw(st.dictionaries(near, day_hours(), max_size=2)),
    )
    minutes = draw(st.lists(st.integers(-3 * 1440, 3 * 1440), min_size=2, max_size=6))
    return calendar, [turn + minute * MINUTE for minute in sorted(minutes)]


def open_minutes(calendar: WorkCalendar, start: datetime, end: datetime) -> set[datetime]:
    """Return the minutes of a service one by one, by what the clock on the wall shows."""
    special = dict.fromkeys(calendar.holidays, "") | dict(calendar.exceptions)
    where = ZoneInfo(calendar.zone)
    found = set()
    for count in range((end - start) // MINUTE):
        wall = (start + count * MINUTE).astimezone(where)
        hours = special.get(wall.date(), calendar.hours[wall.weekday()])
        parts = (part.split("-") for part in hours.split(", ") if part)
        if any(opens <= f"{wall:%H:%M}" < closes for opens, closes in parts):
            found.add(start + count * MINUTE)
    return found


@given(situations())
def test_it_counts_the_minutes_that_one_counts_on_the_wall(
    situation: tuple[WorkCalendar, list[datetime]],
) -> None:
    """Minute by minute, a clock on the wall and the hours on the door give the same time."""
    calendar, instants = situation

    minutes = calendar.minutes_between(instants[0], instants[-1])

    assert minutes == len(open_minutes(calendar, instants[0], instants[-1]))


@given(situations())
def test_pauses_are_taken_off_once_and_within_the_hours(
    situation: tuple[WorkCalendar, list[datetime]],
) -> None:
    """Of pauses in any order counts what lies in between and is open; what they share, once."""
    calendar, instants = situation
    start, *ends, end = instants if len(instants) > 2 else [*instants, instants[-1]]
    pauses = [(earlier - HOUR, later) for earlier in ends for later in ends if earlier <= later]

    minutes = calendar.minutes_between(start, end, reversed(pauses))

    left = {
        minute
        for minute in open_minutes(calendar, start, end)
        if not any(begin <= minute < over for begin, over in pauses)
    }
    assert minutes == len(left)


@given(situations(), st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_times_that_touch_add_up(
    situation: tuple[WorkCalendar, list[datetime]], later: timedelta
) -> None:
    """From one instant to another and on to a third is as long as from the first to the third."""
    calendar, (first, *_) = situation
    second = first + later / 3
    third = first + later

    both = calendar.time_between(first, second) + calendar.time_between(second, third)

    assert both == calendar.time_between(first, third)
    assert timedelta(0) <= both <= third - first


@given(situations())
def test_a_long_time_is_the_sum_of_its_days(
    situation: tuple[WorkCalendar, list[datetime]],
) -> None:
    """Half a year at once and half a year day by day come to the same."""
    calendar, (start, *_) = situation
    days = [start + timedelta(days=day) for day in range(183)]

    whole = calendar.time_between(days[0], days[-1])

    parts = [calendar.time_between(*day) for day in pairwise(days)]
    assert whole == sum(parts, timedelta(0))


@given(situations())
def test_it_is_open_where_time_passes(situation: tuple[WorkCalendar, list[datetime]]) -> None:
    """A moment counts exactly where the service is open."""
    calendar, instants = situation
    moment = timedelta.resolution

    counts = [calendar.time_between(at, at + moment) for at in instants]

    assert counts == [calendar.is_open(at) * moment for at in instants]


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        # Lunch, the night and the weekend do not count.
        ("1998-07-01T11:30", "1998-07-01T13:30", 1),
        ("1998-07-01T16:00", "1998-07-02T10:00", 2),
        ("1998-07-03T16:00", "1998-07-06T10:00", 2),
        ("1998-07-04T09:00", "1998-07-05T17:00", 0),
        # Opening time is within the hours, closing time is not.
        ("1998-07-01T08:00", "1998-07-01T09:00", 0),
        ("1998-07-01T17:00", "1998-07-02T09:00", 0),
        # The same instant.
        ("1998-07-01T10:00", "1998-07-01T10:00", 0),
        # 1998 had 261 days from Monday to Friday.
        ("1998-01-01T00:00", "1999-01-01T00:00", 261 * 7),
    ],
)
def test_what_counts_is_what_lies_within_the_hours(start: str, end: str, hours: int) -> None:
    """Worked examples for a service from nine to five that closes at noon for an hour."""
    assert service().time_between(berlin(start), berlin(end)) == hours * HOUR


def test_holidays_and_exceptions_replace_the_hours_of_the_week() -> None:
    """A holiday is closed, and hours for a day of its own hold even on a holiday."""
    holidays = [date(1998, 12, 25), date(1998, 12, 24), date(1998, 12, 25)]
    calendar = service(
        holidays=holidays,
        exceptions={date(1998, 12, 24): "9:00-12:00", date(1998, 12, 27): "14:00-18:00"},
    )

    days = [berlin(f"1998-12-{day}T00:00") for day in range(23, 30)]
    found = [calendar.time_between(day, day + 24 * HOUR) / HOUR for day in days]

    assert found == [7, 3, 0, 0, 4, 7, 7]
    assert calendar.holidays == (date(1998, 12, 24), date(1998, 12, 25))
    assert calendar.exceptions[0] == (date(1998, 12, 24), "09:00-12:00")


def test_around_the_clock_a_day_may_have_23_hours_or_25() -> None:
    """Where it never closes, all time counts, also that of the nights on which clocks change."""
    calendar = WorkCalendar.always("Europe/Berlin")
    days = [date(1998, 3, 29), date(1998, 7, 1), date(1998, 10, 25)]

    ends = [(midnight(day, BERLIN), midnight(day + timedelta(days=1), BERLIN)) for day in days]

    assert [calendar.time_between(*each) / HOUR for each in ends] == [23, 24, 25]
    assert WorkCalendar.always().zone == "UTC"


def test_an_hour_that_is_struck_twice_is_open_twice() -> None:
    """From two to three at night, the service is closed in March and open twice in October."""
    night = WorkCalendar(zone="Europe/Berlin", hours=["02:00-03:00"] * 7)

    march = night.time_between(berlin("1998-03-29T00:00"), berlin("1998-03-30T00:00"))
    october = night.time_between(berlin("1998-10-25T00:00"), berlin("1998-10-26T00:00"))

    assert (march, october) == (0 * HOUR, 2 * HOUR)


def test_pauses_are_pairs_or_records() -> None:
    """Either tells the same; one that lasts takes off all that follows."""
    start, end = berlin("1998-07-01T09:00"), berlin("1998-07-01T12:00")
    pause = berlin("1998-07-01T10:00"), berlin("1998-07-01T10:45")

    assert service().minutes_between(start, end, [pause]) == 135
    assert service().minutes_between(start, end, [Wait(*pause)]) == 135
    assert service().minutes_between(start, end, [pause, Wait(*pause)]) == 135
    assert service().minutes_between(start, end, [(pause[0], None)]) == 60
    assert service().minutes_between(start, end, [Wait(end + HOUR), Wait(start, start)]) == 180


def test_time_is_exact_to_the_microsecond() -> None:
    """Seconds and less count too: nothing is rounded."""
    start = berlin("1998-07-01T09:00")

    assert service().minutes_between(start, start + timedelta(microseconds=1)) == Fraction(
        1, 60_000_000
    )


def test_the_time_does_not_depend_on_the_zone_in_which_instants_are_told() -> None:
    """The same instants give the same time."""
    start, end = berlin("1998-07-01T09:00"), berlin("1998-07-02T10:00")
    shanghai = timezone(timedelta(hours=8))

    told = service().time_between(start.astimezone(shanghai), end.astimezone(UTC))

    assert told == service().time_between(start, end) == 8 * HOUR


def test_it_counts_from_the_beginning_of_the_calendar_to_its_end() -> None:
    """The first instant that a record may have, and the last, are no exception."""
    first = datetime(1, 1, 2, tzinfo=UTC)
    last = datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC)

    assert WorkCalendar.always("America/New_York").time_between(first, first + HOUR) == HOUR
    assert WorkCalendar.always("Asia/Shanghai").time_between(last - HOUR, last) == HOUR


def test_calendars_are_values() -> None:
    """Equal calendars are equal whatever order and form they were told in, and travel."""
    christmas, sylvester = date(1998, 12, 25), date(1998, 12, 31)
    told = WorkCalendar.working_days(
        "9:00-12:00,13:00-17:00",
        zone=BERLIN,
        holidays={sylvester, christmas},
        exceptions=[(date(1998, 12, 24), "")],
    )

    other = service(holidays=[christmas, sylvester], exceptions={date(1998, 12, 24): ""})

    assert told == other
    assert hash(told) == hash(other)
    again = pickle.loads(pickle.dumps(told))  # noqa: S301 - our own
    assert again == told
    assert again.is_open(berlin("1998-12-23T09:00"))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"hours": ["09:00-17:00"] * 5}, r"^hours must hold the hours of seven days, Monday first"),
        ({"hours": "09:00-17:00"}, r"^hours must hold the hours of seven days, Monday first"),
        ({"hours": [9] * 7}, r"^hours must hold hours as text, such as '09:00-17:00' \(got 9\)"),
        ({"hours": ["9-17"] * 7}, r"^hours must hold hours such as '09:00-12:00, 13:00-17:30'"),
        ({"hours": ["09:60-17:00"] * 7}, r"^hours must hold hours such as "),
        ({"hours": ["09:00-12:00,"] * 7}, r"^hours must hold hours such as "),
        ({"hours": ["22:00-06:00"] * 7}, r"^hours must .*over midnight are two, '22:00-24:00' on"),
        ({"hours": ["09:00-09:00"] * 7}, r"^hours must hold hours that end after they start"),
        ({"hours": ["09:00-24:15"] * 7}, r"^hours must .* by 24:00"),
        ({"hours": ["09:00-12:00, 11:00-17:00"] * 7}, r"^hours must .* and do not overlap"),
        ({"hours": ["13:00-17:00, 09:00-12:00"] * 7}, r"^hours must hold hours that follow each"),
        ({"holidays": [berlin("1998-12-25T00:00")]}, r"^holidays must be a day, not an instant"),
        ({"exceptions": {date(1998, 12, 24): "closed"}}, r"^exceptions must hold hours such as "),
        (
            {"exceptions": [(date(1998, 12, 24), ""), (date(1998, 12, 24), "09:00-12:00")]},
            r"^exceptions must name each day once",
        ),
        ({"exceptions": {"1998-12-24": ""}}, r"^exceptions must be a date"),
    ],
)
def test_a_calendar_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        service(**fields)


def test_the_zone_of_a_calendar_has_a_name() -> None:
    """An unknown name is answered with the nearest; a zone without a name cannot be told."""
    with pytest.raises(UnknownNameError, match="did you mean 'Europe/Berlin'"):
        service(zone="Europe/Berlim")

    class Nameless(ZoneInfo):
        key = None  # type: ignore[assignment]

    with pytest.raises(InvalidValueError, match=r"^zone must be a time zone with a name"):
        service(zone=Nameless.no_cache("Europe/Berlin"))


def test_instants_are_aware_and_in_order() -> None:
    """What is naive, or ends before it begins, is refused by its name."""
    noon = berlin("1998-07-01T12:00")

    with pytest.raises(InvalidValueError, match=r"^start must carry a time zone"):
        service().time_between(datetime(1998, 7, 1, 9), noon)  # noqa: DTZ001 - this is the fault
    with pytest.raises(InvalidValueError, match=r"^end must carry a time zone"):
        service().minutes_between(noon, datetime(1998, 7, 1, 9))  # noqa: DTZ001 - as above
    with pytest.raises(InvalidValueError, match=r"^at must carry a time zone"):
        service().is_open(datetime(1998, 7, 1, 9))  # noqa: DTZ001 - as above
    with pytest.raises(InvalidValueError, match=r"^end must not be before start, 1998-07-01T10:0"):
        service().time_between(noon, noon - HOUR)
    with pytest.raises(InvalidValueError, match=r"^pauses must not end before they start, 1998-0"):
        service().time_between(noon, noon + HOUR, [(noon, noon - HOUR)])
    with pytest.raises(InvalidValueError, match=r"^pauses must carry a time zone"):
        service().time_between(noon, noon + HOUR, [(noon, datetime(1998, 7, 1, 9))])  # noqa: DTZ001 - as above
