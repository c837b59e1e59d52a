"""Instants and time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.checks import day, is_after_since, is_zone, not_before, optional_utc, utc, zone
from crmcore.errors import InvalidValueError, UnknownNameError

# Hypothesis wants the bounds of its instants without a zone.
FIRST = datetime(1900, 1, 1)  # noqa: DTZ001
LAST = datetime(2100, 1, 1)  # noqa: DTZ001


@attrs.frozen
class Call:
    """A record with an instant and a zone."""

    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    where: str = attrs.field(default="Asia/Shanghai", validator=is_zone)


@given(st.datetimes(timezones=st.timezones(), min_value=FIRST, max_value=LAST))
def test_the_instant_stays_the_same(at: datetime) -> None:
    """Turning to UTC changes the clock that is read, and not the instant."""
    turned = utc(at)

    assert turned.tzinfo is UTC
    assert turned.timestamp() == at.timestamp()


def test_utc_stays_as_it_is() -> None:
    """An instant that is in UTC already is not made anew."""
    at = datetime(1998, 7, 1, tzinfo=UTC)

    assert utc(at) is at


def test_naive_datetimes_are_refused_at_the_door() -> None:
    """Without a zone there is no instant; the message names the field and what came."""
    with pytest.raises(
        InvalidValueError, match=r"^at must carry a time zone \(got '1998-07-01T09:00:00'\)"
    ):
        Call(datetime(1998, 7, 1, 9))  # noqa: DTZ001 this is the fault


@pytest.mark.parametrize(
    "at",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime(1, 1, 2, 5, tzinfo=timezone(timedelta(hours=6))),
        datetime(9999, 12, 31, tzinfo=UTC),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    ],
)
def test_an_instant_at_the_end_of_the_calendar_is_refused(at: datetime) -> None:
    """It would have no day in some zone; systems write these for *never* and *nobody knows*."""
    with pytest.raises(
        InvalidValueError, match=r"^at must lie between 0001-01-02 and 9999-12-30 in UTC \(got '"
    ):
        utc(at)


@given(st.timezones())
def test_every_instant_has_a_day_in_every_zone(where: ZoneInfo) -> None:
    """The first and the last instant that is taken can be read on any clock."""
    first, last = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, 23, 59, 59, tzinfo=UTC)

    days = [utc(at).astimezone(where).date() for at in (first, last)]

    assert days[0] < days[1]


def test_a_day_is_no_instant() -> None:
    """A date has no place on the clock."""
    with pytest.raises(InvalidValueError, match=r"^at must be a datetime "):
        utc(date(1998, 7, 1))  # type: ignore[arg-type]


def test_a_missing_instant_may_stay_missing() -> None:
    """The optional converter lets None through, and turns what is there."""
    shanghai = timezone(timedelta(hours=8))

    assert optional_utc(None) is None
    assert optional_utc(datetime(1998, 7, 1, 8, tzinfo=shanghai)) == datetime(
        1998, 7, 1, tzinfo=UTC
    )


def test_zones_have_the_names_of_the_database() -> None:
    """A zone is found by its name."""
    assert zone("America/New_York") == ZoneInfo("America/New_York")


def test_a_zone_may_be_handed_in_itself() -> None:
    """Who has a zone already need not take its name."""
    shanghai = ZoneInfo("Asia/Shanghai")

    assert zone(shanghai) is shanghai


def test_a_day_is_a_date() -> None:
    """A date is returned as it is."""
    assert day(date(1998, 7, 1)) == date(1998, 7, 1)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (datetime(1998, 7, 1, tzinfo=UTC), r"^as_of must be a day, not an instant \(got '1998-07"),
        ("1998-07-01", r"^as_of must be a date \(got '1998-07-01'\)"),
    ],
)
def test_what_is_no_day_is_refused(value: Any, message: str) -> None:  # noqa: ANN401
    """An instant has a day only in some zone, and text is no date."""
    with pytest.raises(InvalidValueError, match=message):
        day(value)


@pytest.mark.parametrize("name", ["Asia/Shangai", "Asia", "../etc/passwd", ""])
def test_unknown_zones_are_refused(name: str) -> None:
    """What is no zone is refused, a folder of zones and a path out of it too."""
    with pytest.raises(UnknownNameError, match=r"^unknown time zone"):
        Call(datetime(1998, 7, 1, tzinfo=UTC), where=name)


def test_the_nearest_zone_is_suggested() -> None:
    """A slip of the pen in a zone's name is answered with the zone."""
    with pytest.raises(UnknownNameError, match="did you mean 'Asia/Shanghai'"):
        zone("Asia/Shangai")


def test_a_zone_is_given_by_its_name() -> None:
    """A field keeps the name, which can be written down, and not the zone itself."""
    with pytest.raises(InvalidValueError, match=r"^where must be the name of a time zone "):
        Call(datetime(1998, 7, 1, tzinfo=UTC), where=ZoneInfo("Asia/Shanghai"))  # type: ignore[arg-type]


@attrs.frozen
class Shift:
    """A record with a beginning and perhaps an end."""

    since: datetime
    until: datetime | None = attrs.field(default=None, validator=is_after_since)


@pytest.mark.parametrize("hour", [8, 9])
def test_what_ends_has_begun_before(hour: int) -> None:
    """An end at the beginning, or before it, is refused with both instants."""
    since = datetime(1998, 7, 1, 9, tzinfo=UTC)

    with pytest.raises(
        InvalidValueError, match=r"^until must be after since, 1998-07-01T09:00:00\+00:00 \(got "
    ):
        Shift(since, since.replace(hour=hour))


def test_what_lasts_needs_no_end() -> None:
    """Without an end there is nothing to hold against the beginning."""
    since = datetime(1998, 7, 1, 9, tzinfo=UTC)

    assert Shift(since).until is None
    assert Shift(since, since.replace(hour=10)).until == since.replace(hour=10)


@pytest.mark.parametrize("what", [None, 8, timezone(timedelta(hours=8))])
def test_what_is_no_name_is_no_zone(what: Any) -> None:  # noqa: ANN401 - whatever comes
    """An offset, a number and nothing at all are refused in the words of the library."""
    with pytest.raises(InvalidValueError, match="zone must be the name of a time zone"):
        zone(what)


@attrs.frozen(kw_only=True)
class Case:
    """A record whose instants follow each other, where they are known."""

    opened_at: datetime
    solved_at: datetime | None = attrs.field(default=None, validator=not_before("opened_at"))
    closed_at: datetime | None = attrs.field(
        default=None, validator=not_before("opened_at", "solved_at")
    )


def test_nothing_ends_before_it_begins() -> None:
    """The message names the field that comes first, and the instant there."""
    opened = datetime(1998, 7, 1, 9, tzinfo=UTC)

    with pytest.raises(
        InvalidValueError,
        match=r"^solved_at must not be before opened_at, 1998-07-01T09:00:00\+00:00 \(got '1998-07",
    ):
        Case(opened_at=opened, solved_at=opened.replace(hour=8))
    with pytest.raises(InvalidValueError, match=r"^closed_at must not be before solved_at, 1998-"):
        Case(opened_at=opened, solved_at=opened.replace(hour=11), closed_at=opened.replace(hour=10))


def test_what_is_unknown_is_in_no_order() -> None:
    """An instant that is missing is before none and after none; equal ones are in order."""
    opened = datetime(1998, 7, 1, 9, tzinfo=UTC)

    assert Case(opened_at=opened, closed_at=opened).solved_at is None
    assert Case(opened_at=opened, solved_at=opened).closed_at is None
