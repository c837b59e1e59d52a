"""K43 to K49: a worked example for each figure, and what its definition decides at the edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.calendar import Period, WorkCalendar
from crmcore.kernel import CustomerId, MemberId, Reason, Undefined
from crmcore.kpis import compute, kpi
from crmcore.measures import Value
from crmcore.service import Pause, ServiceRequest
from crmcore.work import WorkLog

JANUARY = Period.month(1998, 1)
LATER = date(1999, 1, 1)

# Monday to Friday from 9 to 17 o'clock; the 5th of January 1998 was a Monday.
OFFICE = WorkCalendar(zone="UTC", hours=[*["09:00-17:00"] * 5, "", ""])
STATED = {"solution_days": 7, "reopen_days": 14}


def found(name: str, *, as_of: date = LATER, **records: Iterable[object]) -> Value | Undefined:
    """Return a figure of some records in January."""
    given: Mapping[str, Iterable[object]] = {"requests": (), "work_logs": (), **records}
    (series,) = compute(
        given,
        (JANUARY,),
        as_of=as_of,
        zone="UTC",
        currency="EUR",
        kpis=[kpi(name)],
        parameters=STATED,
        calendars={"service": OFFICE},
    )
    return series.at(JANUARY)


def one(name: str, *, as_of: date = LATER, **records: Iterable[object]) -> Value:
    """Return a figure of some records in January, which has a value."""
    value = found(name, as_of=as_of, **records)
    assert isinstance(value, Value), value
    return value


def why_not(name: str, *, as_of: date = LATER, **records: Iterable[object]) -> Reason:
    """Return why a figure of some records in January has no value."""
    value = found(name, as_of=as_of, **records)
    assert isinstance(value, Undefined), value
    return value.reason


def parts(value: Value) -> tuple[int, int]:
    """Return what stands above and below the line: whole numbers, in these examples."""
    above, below = value.numerator, value.denominator
    assert above is not None
    assert below is not None
    assert above == int(above)
    assert below == int(below)
    return int(above), int(below)


def at(day: int, hour: int = 9, *, month: int = 1, minute: int = 0) -> datetime:
    """Return an instant of 1998."""
    return datetime(1998, month, day, hour, minute, tzinfo=UTC)


def request(
    number: int = 0,
    *,
    opened: datetime | None = None,
    **more: Any,  # noqa: ANN401 - fields of several types
) -> ServiceRequest:
    """Return a request of Monday the 5th, 9 o'clock, unless stated."""
    return ServiceRequest(
        id=f"r-{number:04}",
        customer=CustomerId("ada"),
        opened_at=at(5) if opened is None else opened,
        **more,
    )


def many(
    count: int,
    start: int = 0,
    **more: Any,  # noqa: ANN401 - fields of several types
) -> list[ServiceRequest]:
    """Return equal requests."""
    return [request(start + number, **more) for number in range(count)]


# K43: first response.


def answered_after(*hours: int) -> list[ServiceRequest]:
    """Return requests of Monday, 9 o'clock, answered after so many hours of the same day."""
    return [request(hour, responded_at=at(5, 9 + hour)) for hour in hours]


def test_the_median_response_takes_3_hours() -> None:
    """After 1, 2, 3, 4 and 5 hours: the third of five, so that half are answered, is 3."""
    value = one("response_time", requests=answered_after(1, 2, 3, 4, 5))

    assert value.number == 3


def test_unanswered_requests_hold_the_median_up() -> None:
    """Answered after 1, 2 and 3 hours, two not at all: S falls to 4/5, 3/5, 2/5: the median is 3.

    Were the two dropped, it would be 2.
    """
    requests = [*answered_after(1, 2, 3), *many(2, 100)]

    assert one("response_time", requests=requests, as_of=date(1998, 2, 2)).number == 3


def test_where_most_wait_there_is_no_median() -> None:
    """1 of 3 is answered: nobody knows yet within which time half of them are."""
    requests = [*answered_after(1), *many(2, 100)]

    assert why_not("response_time", requests=requests) is Reason.TOO_FEW


def test_an_automatic_answer_is_none() -> None:
    """A machine answers one of three at once; people answer the others after 2 and 4 hours.

    The one waits on: S falls to 2/3 and 1/3, so that the median is 4, and not 2.
    """
    requests = [
        request(0, responded_at=at(5), answered_automatically=True),
        *answered_after(2, 4),
    ]

    assert one("response_time", requests=requests).number == 4


def test_nobody_waits_while_nobody_works() -> None:
    """From Friday 16 o'clock to Monday 10 o'clock: 1 + 1 hours of the office, not 66."""
    requests = many(1, opened=at(9, 16), responded_at=at(12, 10))

    assert one("response_time", requests=requests).number == 2


def test_who_withdrew_before_an_answer_waits_no_more() -> None:
    """Of two, one was withdrawn unanswered: the median is that of the other, 2 hours."""
    requests = [*answered_after(2), request(100, closed_at=at(5, 12))]

    assert one("response_time", requests=requests).number == 2


def test_nine_of_ten_are_answered_within_7_hours() -> None:
    """8 of 10 after 1 hour and 2 after 7: 0.8 are done before, so that 0.9 are within 7.

    Of 19 after 1 hour and 1 after 7 it is 1: 0.95 are done by then.
    """
    eight = [*many(8, responded_at=at(5, 10)), *many(2, 100, responded_at=at(5, 16))]
    nineteen = [*many(19, responded_at=at(5, 10)), *many(1, 100, responded_at=at(5, 16))]

    assert one("response_time_p90", requests=eight).number == 7
    assert one("response_time_p90", requests=nineteen).number == 1


# K44: response in target.


def due(
    number: int,
    *,
    answered: datetime | None,
    hour: int = 12,
    **more: Any,  # noqa: ANN401 - fields of several types
) -> ServiceRequest:
    """Return a request of Monday, 9 o'clock, to be answered by an hour of that day."""
    return request(number, responded_at=answered, response_due_at=at(5, hour), **more)


def test_3_of_5_were_answered_in_time() -> None:
    """3 by noon, that of noon itself among them, 1 later, 1 never: 3 / (3 + 1 + 1) = 0.6."""
    requests = [
        due(0, answered=at(5, 10)),
        due(1, answered=at(5, 11)),
        due(2, answered=at(5, 12)),
        due(3, answered=at(5, 13)),
        due(4, answered=None),
    ]

    value = one("response_in_target", requests=requests)

    assert parts(value) == (3, 5)
    assert value.number == Decimal("0.6")
    assert value.interval is not None


def test_what_is_not_due_yet_and_what_has_no_due_time_do_not_count() -> None:
    """On 1 February one is due on the 9th, and one was never due: 1 / 1."""
    requests = [
        due(0, answered=at(5, 10)),
        request(1, opened=at(30), response_due_at=at(9, month=2)),
        request(2, responded_at=at(5, 10)),
    ]

    assert parts(one("response_in_target", requests=requests, as_of=date(1998, 2, 1))) == (1, 1)


def test_a_machine_does_not_answer_in_time_and_who_gave_up_was_not_answered() -> None:
    """An automatic answer at 9 o'clock, a withdrawal at 10, an answer at 11: 1 / 3."""
    requests = [
        due(0, answered=at(5), answered_automatically=True),
        due(1, answered=None, closed_at=at(5, 10)),
        due(2, answered=at(5, 11)),
    ]

    assert parts(one("response_in_target", requests=requests)) == (1, 3)


# K45: resolution time.


def test_the_median_resolution_takes_2_hours_less_its_pauses() -> None:
    """Solved after 1, 2 and 7 hours, the last with a pause of 4: 1, 2 and 3; the median is 2."""
    pause = Pause(at(5, 10), at(5, 14))
    requests = [
        request(0, solved_at=at(5, 10)),
        request(1, solved_at=at(5, 11)),
        request(2, solved_at=at(5, 16), pauses=(pause,)),
    ]

    assert one("resolution_time", requests=requests).number == 2
    assert one("resolution_time_p90", requests=requests).number == 3


def test_a_pause_outside_service_hours_takes_nothing_off() -> None:
    """Monday 16 to Tuesday 10 o'clock is 2 hours; a pause from 18 to 8 lies outside of them."""
    pause = Pause(at(5, 18), at(6, 8))
    requests = many(1, opened=at(5, 16), solved_at=at(6, 10), pauses=(pause,))

    assert one("resolution_time", requests=requests).number == 2


def test_a_reopened_request_counts_to_its_final_closure() -> None:
    """Solved on Monday at 10, reopened, closed on Tuesday at 12: 8 + 3 = 11 hours."""
    requests = many(1, solved_at=at(5, 10), reopened_at=at(5, 15), closed_at=at(6, 12))

    assert one("resolution_time", requests=requests).number == 11


def test_an_open_request_has_lasted_until_now() -> None:
    """Solved after 1 and 2 hours, two open: S is 3/4, then 2/4: half are solved within 2 hours."""
    requests = [
        request(0, solved_at=at(5, 10)),
        request(1, solved_at=at(5, 11)),
        *many(2, 100),
        request(200, closed_at=at(5, 9)),
    ]

    assert one("resolution_time", requests=requests).number == 2
    assert why_not("resolution_time_p90", requests=requests) is Reason.TOO_FEW


# K46: how many are solved.


def test_7_of_10_were_solved_within_their_days() -> None:
    """7 on the 7th day, 1 on the 8th, 1 withdrawn, 1 open: 7 / 10 = 0.7."""
    requests = [
        *many(7, solved_at=at(12)),
        *many(1, 100, solved_at=at(13)),
        *many(1, 200, closed_at=at(6)),
        *many(1, 300),
    ]

    value = one("resolution_rate", requests=requests)

    assert parts(value) == (7, 10)
    assert value.number == Decimal("0.7")
    assert value.interval is not None


def test_young_requests_are_left_out_even_where_they_are_solved() -> None:
    """On 1 February the 7 days of the 5th are over, those of the 29th are not: 1 / 2."""
    requests = [
        request(0, solved_at=at(6)),
        request(1),
        *many(5, 100, opened=at(29), solved_at=at(30)),
    ]

    assert parts(one("resolution_rate", requests=requests, as_of=date(1998, 2, 1))) == (1, 2)


def test_a_reopened_request_is_solved_when_it_is_closed() -> None:
    """One reopened and closed on day 3 is solved; one reopened and never closed is not: 1 / 2."""
    requests = [
        request(0, solved_at=at(6), reopened_at=at(7), closed_at=at(8)),
        request(1, solved_at=at(6), reopened_at=at(7)),
    ]

    assert parts(one("resolution_rate", requests=requests)) == (1, 2)


def test_more_may_be_solved_than_come_in() -> None:
    """3 of December are solved in January, in which 2 come and 1 is solved: 4 / 2 = 2."""
    december = datetime(1997, 12, 30, 9, tzinfo=UTC)
    requests = [
        *many(3, opened=december, solved_at=at(7)),
        request(100, solved_at=at(8)),
        request(101, solved_at=at(2, month=2)),
    ]

    value = one("resolution_flow", requests=requests)

    assert parts(value) == (4, 2)
    assert value.number == 2
    assert value.interval is None


# K47: first contact.


def test_700_of_1000_at_first_contact_are_82_percent_of_the_850_that_could_be() -> None:
    """Gross 700 / 1000 = 70.0 %; net, without 150 for other levels, 700 / 850 = 82.35 %."""
    requests = [
        *many(700, solved_at=at(5, 10), contacts=1),
        *many(150, 1000, solved_at=at(5, 10), contacts=2),
        *many(150, 2000, solved_at=at(5, 10), contacts=3, resolvable_at_first=False),
    ]

    gross = one("first_contact_resolution", requests=requests)
    net = one("first_contact_resolution_net", requests=requests)

    assert (parts(gross), gross.number) == ((700, 1000), Decimal("0.7"))
    assert parts(net) == (700, 850)
    assert net.number.quantize(Decimal("0.0001")) == Decimal("0.8235")
    assert gross.interval is not None
    assert net.interval is not None


@pytest.mark.parametrize("name", ["first_contact_resolution", "first_contact_resolution_net"])
def test_what_came_back_was_not_solved_at_first_and_what_nobody_counted_is_unknown(
    name: str,
) -> None:
    """One solved at once, one reopened, one open, one without a count of contacts: 1 / 3."""
    requests = [
        request(0, solved_at=at(5, 10), contacts=1),
        request(1, solved_at=at(5, 10), contacts=1, reopened_at=at(20)),
        request(2, contacts=1),
        request(3, solved_at=at(5, 10)),
    ]

    assert parts(one(name, requests=requests)) == (1, 3)


# K48: effort.


def logs(*minutes: int) -> list[WorkLog]:
    """Return hours that were worked in January."""
    return [
        WorkLog(id=f"w-{number}", member=MemberId("max"), at=at(5), minutes=each, units=Decimal(0))
        for number, each in enumerate(minutes)
    ]


def test_12_requests_in_6_hours_are_2_an_hour() -> None:
    """11 solved in January and 1 of December, over 4 + 2 hours: 12 / 6 = 2."""
    december = datetime(1997, 12, 30, 9, tzinfo=UTC)
    requests = [
        *many(11, solved_at=at(6)),
        request(100, opened=december, solved_at=at(7)),
        request(101),
    ]

    value = one("solved_per_hour", requests=requests, work_logs=logs(240, 120))

    assert value.number == 2


def test_without_hours_nothing_is_solved_per_hour() -> None:
    """5 requests over no time at all are no speed; nor are they where nobody logged any."""
    requests = many(5, solved_at=at(6))

    in_no_time = why_not("solved_per_hour", requests=requests, work_logs=logs(0))

    assert in_no_time is Reason.ZERO_DENOMINATOR
    assert why_not("solved_per_hour", requests=requests) is Reason.NO_DATA


def test_like_is_compared_with_like() -> None:
    """Of easy requests 6 are solved in 1 hour, of hard ones 1 in 2: 6 and 0.5 an hour."""
    requests = [
        *many(6, solved_at=at(6), category="easy"),
        *many(1, 100, solved_at=at(6), category="hard"),
    ]
    worked = [
        attrs.evolve(log, category=category)
        for log, category in zip(logs(60, 120), ("easy", "hard"), strict=True)
    ]

    series = compute(
        {"requests": requests, "work_logs": worked},
        (JANUARY,),
        as_of=LATER,
        zone="UTC",
        currency="EUR",
        kpis=["solved_per_hour"],
        by="category",
    )

    told = {each.scope: each.at(JANUARY) for each in series}
    speeds = {
        scope[0][1]: value.number for scope, value in told.items() if isinstance(value, Value)
    }
    assert speeds == {"easy": 6, "hard": Decimal("0.5")}


def test_a_request_takes_half_an_hour_of_work() -> None:
    """20 and 40 minutes of two solved ones: 60 / 2 = 30 minutes, half an hour.

    One that nobody logged and one that is still open do not count.
    """
    requests = [
        request(0, solved_at=at(6), minutes=20),
        request(1, solved_at=at(6), minutes=40),
        request(2, solved_at=at(6)),
        request(3, minutes=500),
    ]

    assert one("handling_time", requests=requests).number == Decimal("0.5")


# K49: what comes back.


def test_2_of_20_solutions_came_back_in_time() -> None:
    """2 reopened on day 14, 1 on day 15, 17 never: 2 / 20 = 0.1."""
    solved = at(6)
    requests = [
        *many(2, solved_at=solved, reopened_at=solved + timedelta(days=14)),
        *many(1, 100, solved_at=solved, reopened_at=solved + timedelta(days=15)),
        *many(17, 200, solved_at=solved),
    ]

    value = one("reopen_rate", requests=requests)

    assert parts(value) == (2, 20)
    assert value.number == Decimal("0.1")
    assert value.interval is not None


def test_a_solution_whose_days_have_not_passed_may_still_come_back() -> None:
    """On 1 February the 14 days of the 6th are over, those of the 28th are not: 0 / 1."""
    requests = [
        request(0, solved_at=at(6)),
        request(1, opened=at(28), solved_at=at(28), reopened_at=at(29)),
    ]

    assert parts(one("reopen_rate", requests=requests, as_of=date(1998, 2, 1))) == (0, 1)


def test_a_solution_counts_in_the_month_of_the_solution() -> None:
    """Opened in December, solved in January: 1 of 1, whenever it was opened."""
    december = datetime(1997, 12, 30, 9, tzinfo=UTC)
    requests = many(1, opened=december, solved_at=at(6), reopened_at=at(7))

    assert parts(one("reopen_rate", requests=requests)) == (1, 1)
