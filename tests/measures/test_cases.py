"""Cases in time, entities and cohorts: worked examples that can be checked in the head."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.calendar import Period, WorkCalendar
from crmcore.criteria import F
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Reason, Undefined
from crmcore.measures import (
    Agreement,
    Balance,
    Concentration,
    Conversion,
    Duration,
    InTime,
    LikeForLike,
    Measure,
    Newcomers,
    Rank,
    Stock,
    Sum,
    Tally,
    Value,
    evaluate,
)
from crmcore.service import Pause

JANUARY, FEBRUARY = (Period.month(1998, month) for month in (1, 2))
LATER = date(1998, 5, 1)


@attrs.frozen(kw_only=True)
class Case:
    """A request, a task or a visit."""

    at: date | datetime | None
    done: date | datetime | None = None
    due: date | datetime | None = None
    customer: str | None = "adatum"
    kind: str = "visit"
    x: int | None = 1
    pauses: Any = ()


def jan(day: int, hour: int = 12) -> datetime:
    """Return an instant of January 1998."""
    return datetime(1998, 1, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


def measured(
    measure: Measure,
    cases: Iterable[object],
    *,
    period: Period = JANUARY,
    as_of: date = LATER,
    **options: Any,  # noqa: ANN401
) -> Value | Undefined:
    """Return one measure of some cases in January."""
    options = {"day": "at", "zone": "UTC", **options}
    table = evaluate({"it": measure}, cases, periods=period, as_of=as_of, **options)
    return table.value("it")


def test_open_past_due_is_not_in_time_and_not_yet_due_says_nothing() -> None:
    """Two done in time, one late, one open past due, one open and not yet due: 2 of 4."""
    cases = [
        Case(at=jan(2), done=jan(3), due=jan(5)),
        Case(at=jan(2), done=jan(5), due=jan(5)),
        Case(at=jan(2), done=jan(6), due=jan(5)),
        Case(at=jan(2), due=jan(5)),
        Case(at=jan(30), due=jan(40)),
        Case(at=jan(30)),
    ]

    share = measured(InTime("at", "done", "due"), cases, as_of=FEBRUARY.start)

    assert str(share) == "0.5 (2 of 4, 1 missing, 0.15 to 0.85 (95 %, Wilson), 1998-01)"


def test_what_was_done_later_was_open_then() -> None:
    """As of 4 January the case of the 5th was open and not due; as of the 6th it was late."""
    cases = [Case(at=jan(2), done=jan(5), due=jan(4)), Case(at=jan(2), done=jan(3), due=jan(4))]
    first_days = Period(date(1998, 1, 1), date(1998, 1, 3))
    tally = Tally({"it": InTime("at", "done", "due")}, zone="UTC")
    tally.add_all(cases)

    told = [
        str(tally.table(first_days, as_of=date(1998, 1, day)).value("it"))[:12]
        for day in (3, 4, 5, 6)
    ]

    assert told == ["the time to ", "1 (1 of 1, 0", "0.5 (1 of 2,", "0.5 (1 of 2,"]


def test_a_case_may_belong_to_the_period_in_which_it_is_due() -> None:
    """Begun in January and due in February, it is a case of February."""
    cases = [Case(at=jan(30), done=jan(33), due=jan(34))]
    on_due = InTime("at", "done", "due", on="due")

    assert measured(on_due, cases) == Undefined(Reason.NO_DATA)
    assert str(measured(on_due, cases, period=FEBRUARY)).startswith("1 (1 of 1")


@pytest.mark.parametrize(
    ("done", "due", "is_in_time"),
    [
        (jan(5, 11), jan(5, 12), True),
        (jan(5, 13), jan(5, 12), False),
        (jan(5, 13), date(1998, 1, 5), True),
        (jan(6, 0), date(1998, 1, 5), False),
        (date(1998, 1, 5), jan(5, 12), True),
        (date(1998, 1, 5), date(1998, 1, 5), True),
    ],
)
def test_a_day_is_due_until_it_ends(done: date, due: date, is_in_time: object) -> None:
    """An instant is due at its very moment, and a day as long as it lasts."""
    share = measured(InTime("at", "done", "due"), [Case(at=jan(2), done=done, due=due)])

    assert isinstance(share, Value)
    assert share.number == (1 if is_in_time else 0)


def test_quick_cases_of_a_young_cohort_wait_for_the_others() -> None:
    """Within 10 days: the quick one of the 29th is not counted before its 10 days are over."""
    cases = [Case(at=jan(2), done=jan(3)), Case(at=jan(3)), Case(at=jan(29), done=jan(30))]

    for mature, expected in ((False, "0.6667 (2 of 3"), (True, "0.5 (1 of 2")):
        measure = InTime("at", "done", days=10, mature=mature)
        assert str(measured(measure, cases, as_of=FEBRUARY.start)).startswith(expected)


def test_a_case_without_a_beginning_is_missing() -> None:
    """Nobody knows when it was due, how long it took, or since when it was there."""
    cases = [Case(at=jan(2), done=jan(3), due=jan(4)), Case(at=None, done=jan(3), due=jan(4))]

    for measure in (
        InTime("at", "done", "due"),
        InTime("at", "done", days=3),
        Duration("at", "done"),
        Stock("at", "done"),
    ):
        value = measured(measure, cases)
        assert isinstance(value, Value)
        assert value.missing == 1


def test_open_cases_are_censored_and_not_dropped() -> None:
    """Ended after 1, 2 and 3 hours, one open: of four the middle two ended after 2 and 3."""
    cases = [Case(at=jan(2), done=jan(2) + timedelta(hours=h)) for h in (1, 2, 3)]

    closed = measured(Duration("at", "done"), cases)
    with_open = measured(Duration("at", "done"), [*cases, Case(at=jan(3))])

    assert isinstance(closed, Value)
    assert isinstance(with_open, Value)
    assert (str(closed.number), closed.n) == ("2", 3)
    assert (str(with_open.number), with_open.n) == ("2.5", 4)


def test_a_quantile_that_is_not_reached_is_undefined() -> None:
    """One of three has ended; how long two of three take nobody knows yet."""
    cases = [Case(at=jan(2), done=jan(3)), Case(at=jan(2)), Case(at=jan(4))]

    median = measured(Duration("at", "done"), cases)

    assert median == Undefined(Reason.TOO_FEW)
    assert str(median) == (
        "there are too few observations: 2 cases are open, and not 0.5 of 3 have ended"
    )
    assert measured(Duration("at", "done"), cases, period=FEBRUARY) == Undefined(Reason.NO_DATA)
    assert measured(Duration("at", "done"), []) == Undefined(Reason.NO_DATA)


# Weeks in remission under 6-mercaptopurine, from E. A. Freireich and others, Blood 21(6), 1963,
# as D. R. Cox and D. Oakes print them (Analysis of Survival Data, 1984): 9 of 21 had ended.
ENDED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
LASTING = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)


@pytest.mark.parametrize(("q", "weeks"), [("0.25", 13), ("0.5", 23)])
def test_a_published_median_with_cases_that_go_on(q: str, weeks: int) -> None:
    """Half of the patients stay in remission for 23 weeks, and a quarter leave it within 13."""
    whole = Period(date(1998, 1, 1), date(1999, 1, 1))
    as_of = datetime(1999, 1, 1, tzinfo=UTC)
    cases = [
        *(Case(at=jan(2), done=jan(2) + timedelta(weeks=n)) for n in ENDED),
        *(Case(at=as_of - timedelta(weeks=n)) for n in LASTING),
    ]

    took = measured(
        Duration("at", "done", q, "days"),
        cases,
        period=whole,
        as_of=whole.end,
    )

    assert isinstance(took, Value)
    assert (int(took.number), took.n) == (7 * weeks, 21)


def test_a_duration_has_its_interval_in_its_unit() -> None:
    """Ten cases of one to ten days: the bounds of the median are days too."""
    cases = [Case(at=jan(1), done=jan(1 + days)) for days in range(1, 11)]

    in_days, in_hours = (
        measured(Duration("at", "done", unit=unit), cases) for unit in ("days", "hours")
    )

    assert isinstance(in_days, Value)
    assert isinstance(in_hours, Value)
    assert in_days.number == Decimal("5.5")
    assert in_days.number * 24 == in_hours.number
    assert in_days.interval is not None
    assert in_hours.interval is not None
    assert in_days.interval.low * 24 == pytest.approx(in_hours.interval.low)
    assert 1 <= in_days.interval.low <= 5.5 <= in_days.interval.high <= 10


def test_days_last_whole_days() -> None:
    """From 2 to 5 January are three days, and an open case has lasted until the day begins."""
    took = Duration("at", "done", unit="days")
    three = [Case(at=date(1998, 1, 2), done=date(1998, 1, 5))]

    assert str(measured(took, three, zone=None)) == "3 (n = 1, 1998-01)"
    assert measured(took, [Case(at=date(1998, 1, 2))], zone=None) == Undefined(Reason.TOO_FEW)


SERVICE = WorkCalendar.working_days("09:00-17:00", zone="UTC")


@pytest.mark.parametrize(
    ("pauses", "options", "hours"),
    [
        ((), {}, "72"),
        (None, {}, "72"),
        ((), {"calendar": "service"}, "8"),  # Friday noon to five, Monday nine to noon
        ((Pause(jan(2, 13), jan(2, 15)),), {"pauses": "pauses"}, "70"),
        (((jan(2, 13), jan(2, 15)), (jan(2, 14), jan(2, 16))), {"pauses": "pauses"}, "69"),
        (((jan(2, 13), None),), {"pauses": "pauses"}, "1"),
        (None, {"pauses": "pauses"}, "72"),
        ((Pause(jan(2, 16), jan(5, 10)),), {"pauses": "pauses", "calendar": "service"}, "6"),
    ],
)
def test_pauses_and_closed_hours_do_not_count(
    pauses: Any,  # noqa: ANN401 - in every form
    options: dict[str, Any],
    hours: str,
) -> None:
    """From Friday, 2 January, noon to Monday noon: what overlaps is taken off once."""
    cases = [Case(at=jan(2), done=jan(5), pauses=pauses)]

    took = measured(Duration("at", "done", **options), cases, calendars={"service": SERVICE})

    assert str(took) == f"{hours} (n = 1, 1998-01)"


def test_calendars_are_handed_in_by_name() -> None:
    """A calendar that was not handed in is asked for, with the nearest that was."""
    took = Duration("at", "done", calendar="service")

    with pytest.raises(UnknownNameError, match=r"unknown calendar 'service'; did you mean 'servic"):
        measured(took, [], calendars={"servicing": SERVICE})
    with pytest.raises(
        InvalidValueError, match="calendars must hold 'service', which the measures"
    ):
        measured(took, [])


@pytest.mark.parametrize(
    ("done", "message"),
    [
        (jan(1), "done must not be before at"),
        (date(1998, 1, 9), "done must be a day or an instant, as at is"),
    ],
)
def test_a_case_does_not_end_before_it_begins(done: date, message: str) -> None:
    """Nor does one that begins at an instant end on a day."""
    with pytest.raises(InvalidValueError, match=message):
        measured(Duration("at", "done"), [Case(at=jan(2), done=done)])


def test_an_entity_that_ends_when_it_begins_was_never_there() -> None:
    """It counts in no stock, and on no day of its mean."""
    cases = [Case(at=jan(2), done=jan(2)), Case(at=jan(2), done=jan(12))]

    mean = measured(Stock("at", "done", "mean"), cases)

    assert str(mean) == "0.3226 (10 of 31, 1998-01)"
    assert str(measured(Stock("at", "done"), cases)) == "0 (n = 0, 1998-01)"


def test_a_stock_begins_with_the_first_entity() -> None:
    """Before the first one came nothing is known, unless it is said since when all are known."""
    cases = [Case(at=jan(31), done=jan(33))]
    december = JANUARY.before()

    assert measured(Stock("at", "done"), cases, period=december) == Undefined(Reason.NO_DATA)
    assert str(measured(Stock("at", "done"), cases)) == "1 (n = 1, 1998-01)"
    stated = measured(Stock("at", "done"), cases, period=december, begin=date(1997, 12, 1))
    assert str(stated) == "0 (n = 0, 1997-12)"


# Ada buys on 2 January, again 20 days later; Bob twice on one day; Cy once, late in January.
BUYS = [
    Case(at=jan(2), customer="ada"),
    Case(at=jan(22), customer="ada"),
    Case(at=jan(5, 9), customer="bob"),
    Case(at=jan(5, 15), customer="bob"),
    Case(at=jan(30), customer="cy"),
]


@pytest.mark.parametrize(
    ("options", "as_of", "told"),
    [
        ({"days": 20, "first": True}, date(1998, 3, 1), "0.6667 (2 of 3"),
        ({"days": 20, "first": True, "later_day": True}, date(1998, 3, 1), "0.3333 (1 of 3"),
        ({"days": 19, "first": True, "later_day": True}, date(1998, 3, 1), "0 (0 of 3"),
        ({"days": 20}, date(1998, 3, 1), "0.4 (2 of 5"),
        # Until 20 February is over, Cy's first purchase says nothing.
        ({"days": 20, "first": True}, date(1998, 2, 19), "1 (2 of 2"),
        ({"days": 20, "first": True}, date(1998, 2, 20), "0.6667 (2 of 3"),
        (
            {"days": 20, "first": True, "whole": True},
            date(1998, 2, 19),
            "the time to judge has not passed yet: the last of them can be judged after 1998-02-19",
        ),
        ({"days": 20, "first": True, "whole": True}, date(1998, 2, 20), "0.6667 (2 of 3"),
        (
            {"days": 90},
            date(1998, 2, 1),
            "the time to judge has not passed yet: the last of them can be judged after 1998-04-30",
        ),
    ],
)
def test_a_conversion_is_judged_when_its_days_are_over(
    options: dict[str, Any], as_of: date, told: str
) -> None:
    """Immature events are left out, or make the value wait for them."""
    assert str(measured(Conversion("customer", **options), BUYS, as_of=as_of)).startswith(told)


def test_nobody_to_convert_is_no_share() -> None:
    """In a month without base events there is nothing to take a share of."""
    share = measured(Conversion("customer", days=3), BUYS, period=FEBRUARY)

    assert share == Undefined(Reason.ZERO_DENOMINATOR)


def test_leads_convert_into_orders_of_another_source() -> None:
    """One of two leads orders within five days, in whichever team."""
    share = Conversion("customer", F.kind == "lead", days=5, source="leads", into="orders")
    records = {
        "leads": [Case(at=jan(2), kind="lead", customer=c) for c in ("ada", "bob", None)],
        "orders": [Case(at=jan(4), customer="ada"), Case(at=jan(1), customer="bob")],
    }

    table = evaluate(
        {"it": share},
        records,
        periods=JANUARY,
        day="at",
        zone="UTC",
        as_of=LATER,
    )

    value = table.value("it")
    assert str(value).startswith("0.5 (1 of 2, 1 missing")


def test_days_and_instants_are_in_no_order() -> None:
    """Whether an event of a day comes after an instant of that day nobody can tell."""
    mixed = [Case(at=jan(2)), Case(at=date(1998, 1, 2))]

    with pytest.raises(InvalidValueError, match="day must be days for all events, or instants"):
        measured(Conversion("customer", days=3), mixed)
    later = Conversion("customer", days=3, later_day=True)
    assert str(measured(later, mixed)).startswith("0 (0 of 2")


def test_everybody_is_new_once_in_one_group() -> None:
    """Who comes to two teams at the same moment is new in the first of them by name."""
    cases = [
        *(Case(at=jan(5), customer="ada", kind=kind) for kind in ("west", "east", "north")),
        Case(at=jan(9), customer="bob", kind="west"),
        Case(at=jan(3), customer="bob", kind="north"),
        Case(at=jan(4), customer=None, kind="east"),
    ]
    orders = (cases, list(reversed(cases)))

    for each in orders:
        tally = Tally({"new": Newcomers("customer")}, day="at", by="kind", zone="UTC")
        tally.add_all(each)
        table = tally.table(JANUARY, as_of=LATER)
        assert [str(table.value("new", group=group)) for group in table.groups] == [
            "1 (n = 1, 1 missing, 1998-01)",
            "1 (n = 1, 1998-01)",
            "0 (n = 0, 1998-01)",
        ]


def test_a_refund_counts_and_makes_nobody_a_buyer() -> None:
    """Ada buys in both months; Bob only sends something back in February."""
    cases = [
        Case(at=jan(5), customer="ada", x=100),
        Case(at=jan(35), customer="ada", x=80),
        Case(at=jan(36), customer="ada", x=-10, kind="refund"),
        Case(at=jan(5), customer="bob", x=50),
        Case(at=jan(36), customer="bob", x=-50, kind="refund"),
        Case(at=jan(36), customer=None, x=7),
        Case(at=jan(37), customer="ada", x=None),
        Case(at=jan(37), customer="ada", x=1000, kind="gift"),
    ]
    bought = ~(F.kind == "refund")
    paid = ~(F.kind == "gift")

    def told(part: Any, among: Any = "both") -> str:  # noqa: ANN401
        measure = LikeForLike("x", "customer", part, among, paid, present=bought)
        return str(measured(measure, cases, period=FEBRUARY))

    assert told("now") == "70 (n = 1, 2 missing, 1998-02)"
    assert told("before") == "100 (n = 1, 2 missing, 1998-02)"
    assert told("kept", "before") == "20 (n = 2, 2 missing, 1998-02)"
    unfiltered = LikeForLike("x", "customer", present=bought)
    assert str(measured(unfiltered, cases, period=FEBRUARY)).startswith("1070 (n = 1")


def test_the_largest_fifth_of_six_are_two() -> None:
    """60 and 20 of 100: rounded up, a fifth of six customers are two of them."""
    amounts = {"a": 60, "b": 20, "c": 10, "d": 5, "e": 4, "f": 1}
    cases = [Case(at=jan(5), customer=c, x=x) for c, x in amounts.items()]

    assert str(measured(Concentration("x", "customer"), cases)) == "0.8 (80 of 100, 1998-01)"


def test_a_share_of_nothing_is_undefined() -> None:
    """Where losses are as large as gains, nobody holds a share of them."""
    cases = [Case(at=jan(5), customer="a", x=60), Case(at=jan(5), customer="b", x=-60)]
    top = Concentration("x", "customer")

    assert str(measured(top, cases)) == "the denominator is zero: the total is 0"
    assert measured(top, cases, period=FEBRUARY) == Undefined(Reason.NO_DATA)


def test_peers_that_tie_share_a_place() -> None:
    """80 against 90, 80 and 70: the second; and of costs, where the lowest is best, too."""
    cases = [Case(at=jan(5), x=80, kind="own")]
    peers = [
        Case(at=date(1997, 6, 1), customer="a", x=90),
        Case(at=date(1997, 6, 1), customer="b", x=80),
        Case(at=date(1997, 6, 1), customer="c", x=99),
        Case(at=date(1997, 7, 1), customer="c", x=70),
        Case(at=date(1998, 2, 1), customer="d", x=95),
        Case(at=date(1997, 6, 1), customer=None, x=95),
        Case(at=date(1997, 6, 1), customer="e", x=None),
    ]

    for best, expected in (("highest", 2), ("lowest", 2)):
        rank = Rank(Sum("x", source="own"), "x", "customer", best, source="peers")  # type: ignore[arg-type]
        table = evaluate(
            {"it": rank},
            {"own": cases, "peers": peers},
            periods=[JANUARY, FEBRUARY],
            day="at",
            zone="UTC",
            as_of=LATER,
        )
        value = table.value("it", period=JANUARY)
        assert isinstance(value, Value)
        assert (int(value.number), value.n) == (expected, 3)


def test_a_rank_among_nobody_is_undefined() -> None:
    """And so is that of a value that is not there."""
    rank = Rank(Sum("x"), "x", "customer", where=F.kind == "peer")

    assert measured(rank, [Case(at=jan(5))]) == Undefined(Reason.NO_DATA)
    assert measured(rank, []) == Undefined(Reason.NO_DATA)


def test_agreement_is_of_pairs() -> None:
    """Marks 4, 5 and 2 make three pairs, of which one lies within 1; a single mark makes none."""
    cases = [
        *(Case(at=jan(5), customer="a", x=x) for x in (4, 5, 2)),
        Case(at=jan(5), customer="b", x=4),
        Case(at=jan(5), customer=None, x=4),
    ]

    agreed = measured(Agreement("x", "customer", 1), cases)

    assert str(agreed) == "0.3333 (1 of 3, 2 missing, 1998-01)"
    assert measured(Agreement("x", "customer"), cases[3:4]) == Undefined(Reason.TOO_FEW)
    assert measured(Agreement("x", "customer"), cases, period=FEBRUARY) == Undefined(Reason.NO_DATA)


def test_of_one_moment_the_larger_value_is_the_later() -> None:
    """Two balances of one instant: the first is the smaller one, the last the larger."""
    cases = [Case(at=jan(5), x=x) for x in (7, 9, 8)]

    for take, expected in (("first", "7"), ("last", "9"), ("mean", "8")):
        balance = Balance("x", "customer", take)  # type: ignore[arg-type]
        assert str(measured(balance, cases)) == f"{expected} (n = 1, 1998-01)"


def test_a_figure_of_a_year_is_not_one_of_its_january() -> None:
    """A figure that speaks of more days than the period is left out of it."""
    figures = [
        Case(at=date(1998, 1, 1), done=date(1998, 2, 1), x=10),
        Case(at=date(1998, 1, 1), done=date(1999, 1, 1), x=500),
        Case(at=date(1998, 1, 1), x=3),
        Case(at=date(1998, 2, 1), done=date(1998, 3, 1), x=20),
    ]
    figure = Sum("x", until="done")

    assert str(measured(figure, figures)) == "10 (n = 1, 1 missing, 1998-01)"
    quarter = Period(JANUARY.start, date(1998, 4, 1))
    assert str(measured(figure, figures, period=quarter)) == "30 (n = 2, 1 missing, 1998-Q1)"
