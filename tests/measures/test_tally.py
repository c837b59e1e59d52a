"""Tallies: sources, dimensions, parameters, totals, and what is counted elsewhere."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any

import attrs
import pytest

from crmcore.calendar import Grain, Period, periods
from crmcore.criteria import F
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.kernel import Money, Reason, Undefined
from crmcore.measures import (
    Balance,
    Concentration,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Duration,
    InTime,
    Last,
    LikeForLike,
    Mean,
    Measure,
    Newcomers,
    Quantile,
    Ratio,
    Stock,
    Sum,
    Table,
    Tally,
    Value,
    evaluate,
)

JANUARY, FEBRUARY, MARCH = (Period.month(1998, month) for month in (1, 2, 3))
LATER = date(1998, 5, 1)


@attrs.frozen(kw_only=True)
class Order:
    """An order of a customer."""

    on: date
    customer: str
    team: str | None = "east"
    channel: str = "web"
    price: Money = attrs.field(default=Money(10, "EUR"))


@attrs.frozen(kw_only=True)
class Call:
    """A call, in the words of another system."""

    begun: datetime
    who: str
    squad: str
    minutes: int = 5


ORDERS = [
    Order(on=date(1998, 1, 5), customer="ada"),
    Order(on=date(1998, 1, 6), customer="bob", team="west", channel="shop"),
    Order(on=date(1998, 2, 6), customer="ada", team="west"),
    Order(on=date(1998, 2, 7), customer="cy", team=None),
]
CALLS = [
    Call(begun=datetime(1998, 1, 31, 23, 30, tzinfo=UTC), who="ada", squad="e"),
    Call(begun=datetime(1998, 1, 7, 9, tzinfo=UTC), who="bob", squad="w"),
]

MEASURES: dict[str, Measure] = {
    "orders": Count(source="orders"),
    "customers": Distinct("customer", source="orders"),
    "calls by order": Ratio(Count(source="calls"), Count(source="orders")),
}
DAY = {"orders": "on", "calls": "begun"}
TEAMS = {"e": "east", "w": "west"}


def team_of(call: Any) -> str:  # noqa: ANN401 - a call, or what a wrong one is
    """Return the team of a squad."""
    return TEAMS[call.squad if isinstance(call, Call) else call["squad"]]


BY: dict[str, Any] = {
    "team": {"orders": "team", "calls": team_of},
    "channel": {"orders": "channel"},
}


def counted(**options: Any) -> Tally:  # noqa: ANN401 - options of a tally
    """Count all orders and calls by team and channel."""
    tally = Tally(MEASURES, **{"day": DAY, "by": BY, "zone": "Europe/Berlin", **options})
    tally.add_all(ORDERS, "orders")
    tally.add_all(CALLS, "calls")
    return tally


def numbers(table: Table, measure: str, group: tuple[object, ...] = ()) -> list[object]:
    """Return the numbers of a measure by period, and the reasons where there are none."""
    return [
        value.reason if isinstance(value, Undefined) else float(value.number)
        for value in table.series(measure, group=group)
    ]


def test_each_source_has_its_own_days_and_names() -> None:
    """A call of 31 January, 23:30 in UTC, is one of February in Berlin."""
    table = counted().table([JANUARY, FEBRUARY], as_of=LATER, by="team")

    assert table.groups == (("east",), ("west",), (None,))
    assert numbers(table, "calls by order", ("east",)) == [0, Reason.ZERO_DENOMINATOR]
    assert numbers(table, "calls by order", ("west",)) == [1, 0]


def test_a_source_without_a_dimension_has_no_value_in_it() -> None:
    """Calls come by no channel, and are no calls of the web."""
    table = counted().table([JANUARY, FEBRUARY], as_of=LATER, by="channel")

    assert table.groups == (("shop",), ("web",), (None,))
    assert numbers(table, "orders", ("web",)) == [1, 2]
    assert numbers(table, "orders", (None,)) == [0, 0]


def test_fewer_dimensions_are_counted_anew() -> None:
    """Ada bought in both teams, and is one customer of the whole."""
    tally = counted()
    both = Period(JANUARY.start, FEBRUARY.end)

    by_team, whole = (tally.table(both, as_of=LATER, by=by) for by in ("team", ()))

    assert [numbers(by_team, "customers", group) for group in by_team.groups] == [[1], [2], [1]]
    assert numbers(whole, "customers") == [3]
    assert tally.table(both, as_of=LATER).by == ("team", "channel")
    assert tally.table(both, as_of=LATER, by=("channel", "team")).by == ("channel", "team")


def test_totals_are_of_what_adds_up() -> None:
    """Orders of all channels are those of the team; customers of all channels are not."""
    table = counted().table([JANUARY, FEBRUARY], as_of=LATER)

    total = table.total("orders", over="channel")

    assert total.by == ("team",)
    assert total.total("orders", over="team") == counted_orders()
    with pytest.raises(
        InvalidValueError, match="measure must add up over channel, which the number of different"
    ):
        table.total("customers", over="channel")
    with pytest.raises(InvalidValueError, match="measure must come with its definition"):
        Table(by=table.by, rows=table.rows).total("orders", over="team")
    with pytest.raises(UnknownNameError, match=r"unknown measure 'order'; did you mean 'orders'"):
        table.total("order", over="team")
    with pytest.raises(UnknownNameError, match=r"unknown dimension 'teams'; did you mean 'team'"):
        table.total("orders", over="teams")


def counted_orders() -> Table:
    """Return the orders of both months, undivided."""
    return evaluate(
        {"orders": MEASURES["orders"]},
        {"orders": ORDERS},
        periods=[JANUARY, FEBRUARY],
        day="on",
        as_of=LATER,
    )


def test_a_total_of_undefined_parts_is_undefined() -> None:
    """The running month has no value in any team, and none over all."""
    table = counted().table(MARCH, as_of=MARCH.start, by="team")

    assert table.total("orders", over="team").value("orders") == Undefined(Reason.INCOMPLETE_PERIOD)


def test_a_total_of_daily_means_is_the_mean_of_the_whole() -> None:
    """Its parts are by the same days; numerators add up, and are divided once."""
    stays = [
        {"team": team, "since": date(1998, 1, 1), "until": date(1998, 1, until)}
        for team, until in (("a", 2), ("b", 3), ("c", 5))
    ]
    tally = Tally({"mean": Stock("since", "until", "mean")}, by="team")
    tally.add_all(stays)

    total = tally.table(JANUARY, as_of=LATER).total("mean", over="team")

    assert total == tally.table(JANUARY, as_of=LATER, by=())
    assert str(total.value("mean")) == "0.2258 (7 of 31, 1998-01)"


PRICES = [("EUR", 3, "a"), ("EUR", 4, "b"), ("USD", 5, "b")]


@pytest.fixture
def priced() -> Tally:
    """Sales by currency and team."""
    tally = Tally(
        {"sales": Sum("price"), "dearest": Last("price", at="on", tie="team"), "n": Count()},
        day="on",
        by={"currency": lambda each: each["price"].currency, "team": "team"},
    )
    tally.add_all(
        {"on": date(1998, 1, day), "team": team, "price": Money(day, currency)}
        for currency, day, team in PRICES
    )
    return tally


def test_like_for_like_is_in_one_currency() -> None:
    """Euros before and dollars now are no growth of anybody."""
    orders = [
        Order(on=date(1998, 1, 5), customer="ada"),
        Order(on=date(1998, 2, 5), customer="ada", price=Money(1, "USD")),
    ]

    with pytest.raises(MixedCurrenciesError, match="EUR"):
        evaluate(
            {"it": LikeForLike("price", "customer")},
            orders,
            periods=FEBRUARY,
            day="on",
            as_of=LATER,
        )


def test_currencies_are_groups_and_no_sum(priced: Tally) -> None:
    """Sales by currency are sums; over all currencies they are refused, with both codes."""
    table = priced.table(JANUARY, as_of=LATER)

    by_currency = table.total("sales", over="team")

    assert [numbers(by_currency, "sales", group) for group in by_currency.groups] == [[7], [5]]
    for each in (table, by_currency):
        with pytest.raises(MixedCurrenciesError, match="EUR"):
            each.total("sales", over="currency")
    with pytest.raises(MixedCurrenciesError, match="EUR"):
        priced.table(JANUARY, as_of=LATER, by="team")
    assert numbers(table.total("n", over="currency"), "n", ("b",)) == [2]


def test_a_merge_does_not_mix_currencies() -> None:
    """Euros of the morning and dollars of the afternoon of one day make no sum."""
    mine, other = (Tally({"sales": Sum("price")}, day="on") for _ in range(2))
    mine.add(Order(on=date(1998, 1, 5), customer="ada"))
    other.add(Order(on=date(1998, 1, 5), customer="ada", price=Money(1, "USD")))

    with pytest.raises(MixedCurrenciesError, match="EUR"):
        mine.merge(other)


def test_old_periods_before_the_records_are_unknown() -> None:
    """Unless it is said since when the records are complete: then nothing is a real zero."""
    december = JANUARY.before()

    for begin, expected in (
        (None, Reason.NO_DATA),
        (date(1997, 1, 1), 0),
        ({"orders": date(1997, 12, 31)}, 0),
        ({"orders": date(1998, 1, 1)}, Reason.NO_DATA),
        ({"calls": date(1997, 1, 1)}, Reason.NO_DATA),
    ):
        table = counted(begin=begin).table(december, as_of=LATER, by=())
        assert numbers(table, "orders") == [expected]
    unknown = counted().table(december, as_of=LATER, by=()).value("orders")
    assert str(unknown) == "there is no data: the records begin on 1998-01-05"


def test_every_measure_is_unknown_before_the_records() -> None:
    """No measure takes what nobody recorded for a zero."""
    table = evaluate(
        {
            "last": Last("minutes", at="begun", tie="who"),
            "mean": Mean("minutes"),
            "median": Quantile("minutes", "0.5"),
            "balance": Balance("minutes", "who"),
            "top": Concentration("minutes", "who"),
            "new": Newcomers("who"),
            "conversion": Conversion("who", days=3),
            "in time": InTime("begun", "begun", days=3),
            "took": Duration("begun", "begun"),
            "stock": Stock("begun"),
        },
        CALLS,
        periods=JANUARY.before(),
        day="begun",
        zone="UTC",
        as_of=LATER,
    )

    assert {row[-1] for row in table.rows} == {Undefined(Reason.NO_DATA)}


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda t: t.add({}, "order"), UnknownNameError, "unknown source 'order'; did you mean 'o"),
        (lambda t: t.add({}), UnknownNameError, "unknown source 'None'"),
        (lambda t: t.add_all([], "cals"), UnknownNameError, "did you mean 'calls'"),
        (lambda t: t.table([], as_of=LATER), InvalidValueError, "periods must hold at least one"),
        (
            lambda t: t.table(JANUARY, as_of=LATER, by="chanel"),
            UnknownNameError,
            "unknown dimension 'chanel'; did you mean 'channel'",
        ),
        (
            lambda t: t.add({"begun": "noon", "squad": "e"}, "calls"),
            InvalidValueError,
            "begun must be a date or an instant",
        ),
    ],
)
def test_a_tally_refuses_what_it_does_not_know(
    ask: Callable[[Tally], Any], error: type[Exception], message: str
) -> None:
    """Sources and dimensions are named, and a slip of the pen comes with the nearest."""
    with pytest.raises(error, match=message):
        ask(counted())


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"day": {"orders": "on"}}, InvalidValueError, "day must tell the day of the records of c"),
        ({"begin": {"order": LATER}}, UnknownNameError, "unknown source 'order'"),
        ({"begin": datetime(1998, 1, 1, tzinfo=UTC)}, InvalidValueError, "begin must be a day"),
        ({"zone": "Europe/Berln"}, UnknownNameError, "did you mean 'Europe/Berlin'"),
    ],
)
def test_a_tally_is_told_all_it_needs(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    """The day of each source, the zone, and the beginning are looked at before anything else."""
    with pytest.raises(error, match=message):
        counted(**options)


def test_what_is_measured_are_measures() -> None:
    """The name of a KPI is none."""
    with pytest.raises(InvalidValueError, match=r"measures\['it'\] must be a measure"):
        Tally({"it": "retention_rate"})  # type: ignore[dict-item]


ACTIVE = Cumulative(Distinct("customer"), "active_days")
SCALED = Derived("scaled", (Count(),), {"factor": "factor"})


@pytest.mark.parametrize(
    ("measure", "parameters", "error", "message"),
    [
        (ACTIVE, None, InvalidValueError, "parameters must hold 'active_days', which the measures"),
        (ACTIVE, {"activ_days": 3}, UnknownNameError, "unknown parameter 'active_days'; did you"),
        (
            ACTIVE,
            {"active_days": 0},
            InvalidValueError,
            r"parameters\['active_days'\] must be",
        ),
        (ACTIVE, {"active_days": Decimal(3)}, InvalidValueError, "must be a whole number of days"),
        (SCALED, {"factor": 1.5}, InvalidValueError, "must be a whole number or a decimal"),
        (SCALED, {"factor": True}, InvalidValueError, "must be a whole number or a decimal"),
    ],
)
def test_parameters_are_checked_before_anything_is_counted(
    measure: Measure,
    parameters: Any,  # noqa: ANN401 - right and wrong ones
    error: type[Exception],
    message: str,
) -> None:
    """What a definition leaves to the company has to be given, and be of its kind."""
    with pytest.raises(error, match=message):
        Tally({"it": measure}, day="on", parameters=parameters)


def test_a_name_stands_for_the_number_given() -> None:
    """The same definition of two companies, of whom one says 30 days and one says 60."""
    for days, expected in ((30, 2), (60, 3)):
        table = evaluate(
            {"active": ACTIVE, "scaled": SCALED},
            ORDERS,
            periods=FEBRUARY,
            day="on",
            as_of=LATER,
            parameters={"active_days": days, "factor": Decimal("0.5"), "unused": 1},
        )
        assert numbers(table, "active") == [expected]
        assert numbers(table, "scaled") == [1]


def test_sources_are_handed_in_by_name() -> None:
    """One stream for each; and where there is one source only, it need not be named."""
    one = {"orders": MEASURES["orders"]}
    options: dict[str, Any] = {"periods": JANUARY, "day": "on", "as_of": LATER}

    by_name = evaluate(one, {"orders": iter(ORDERS), "calls": []}, **options)

    assert evaluate(one, iter(ORDERS), **options) == by_name
    with pytest.raises(UnknownNameError, match=r"unknown source 'orders'; did you mean 'order'"):
        evaluate(one, {"order": ORDERS}, **options)
    with pytest.raises(UnknownNameError, match="unknown source 'None'"):
        evaluate({"orders": Count()}, {"orders": ORDERS}, **options)
    with pytest.raises(InvalidValueError, match="records must be given for each of calls, orders"):
        evaluate(MEASURES, ORDERS, periods=JANUARY, day=DAY, zone="UTC", as_of=LATER)


def test_a_stream_may_ask_the_tally_while_it_is_counted() -> None:
    """Records come from a generator, one after the other, and are kept nowhere."""
    tally = Tally({"orders": Count()}, day="on")

    def stream() -> Iterator[Order]:
        for place, order in enumerate(ORDERS):
            counts = [
                v.n
                for v in tally.table(JANUARY, as_of=LATER).series("orders")
                if isinstance(v, Value)
            ]
            assert sum(counts) == min(place, 2)
            yield order

    tally.add_all(stream())

    assert tally.sources == (None,)


def test_a_tally_is_kept_and_goes_on() -> None:
    """Through a pickle and back it counts on where it was."""
    by: dict[str, Any] = {"team": {"orders": "team"}, "channel": {"orders": "channel"}}
    first = counted(by=by)

    again = pickle.loads(pickle.dumps(first))  # noqa: S301 - our own
    again.add(ORDERS[0], "orders")
    first.add(ORDERS[0], "orders")

    months = [JANUARY, FEBRUARY]
    assert again.table(months, as_of=LATER) == first.table(months, as_of=LATER)
    again.merge(first)
    assert numbers(again.table(months, as_of=LATER, by=()), "orders") == [6, 4]


def test_a_criterion_that_is_unknown_takes_no_record() -> None:
    """Of an order without a team nobody knows whether it is of the west; it is counted nowhere."""
    for where, expected in (
        (F.team == "west", 2),
        (~(F.team == "west"), 1),
        (F.team.is_missing(), 1),
    ):
        both = Period(JANUARY.start, FEBRUARY.end)
        table = evaluate({"n": Count(where)}, ORDERS, periods=both, day="on", as_of=LATER)
        assert numbers(table, "n") == [expected]


def test_criteria_judge_mappings_too() -> None:
    """Records from elsewhere are mappings, and are judged as objects are."""
    rows = [{"on": o.on, "team": o.team, "channel": o.channel} for o in ORDERS]
    wheres: Mapping[str, Measure] = {
        "west": Count(F.team == "west"),
        "shops": Count(F.channel == "shop"),
    }
    options: dict[str, Any] = {"periods": JANUARY, "day": "on", "by": "team", "as_of": LATER}

    assert evaluate(wheres, rows, **options) == evaluate(wheres, ORDERS, **options)


KEPT: dict[str, Measure] = {
    "n": Count(source="calls"),
    "sum": Sum("minutes", source="calls"),
    "mean": Mean("minutes", source="calls"),
    "who": Distinct("who", source="calls"),
    "new": Newcomers("who", source="calls"),
    "back": Conversion("who", days=3, source="calls"),
    "there": Stock("begun", source="calls"),
}


def test_what_was_counted_elsewhere_is_taken_over() -> None:
    """State by state, cells of days and groups that an engine has added up are as good."""
    options: dict[str, Any] = {"day": "begun", "by": "squad", "zone": "UTC"}
    counted_here = Tally(KEPT, **options)
    taken_over = Tally(KEPT, **options)
    calls = [*CALLS, *(attrs.evolve(c, minutes=7) for c in CALLS)]
    counted_here.add_all(calls)

    for need in taken_over._needs():  # noqa: SLF001 - the entry of other rooms
        for call in calls:
            day = call.begun.toordinal()
            cells: dict[str, list[Any]] = {
                "Tick": [1],
                "Read": [1, 0, None if getattr(need, "number", False) else ""],
                "Total": [call.minutes, Decimal(0)],
                "Squares": [0, Decimal(call.minutes**2)],
                "Seen": [{call.who}],
                "Firsts": [0, {call.who: (day, call.begun, (call.squad,))}],
                "Events": [0, {call.who: [(day, call.begun, (call.squad,))]}],
                "Levels": [1, 0],
            }
            name = type(need).__name__
            at = day + 1 if name == "Levels" else day
            taken_over._absorb(need, (call.squad,), at, cells[name])  # noqa: SLF001 - as above

    months = list(periods(Grain.MONTH, JANUARY.start, MARCH.end))
    assert taken_over.table(months, as_of=LATER) == counted_here.table(months, as_of=LATER)


def test_a_day_without_what_is_counted_is_a_day_of_records() -> None:
    """Where an engine found records and none to count, nothing is a real zero."""
    tally = Tally({"west": Count(F.team == "west")}, day="on")
    assert tally.table(JANUARY, as_of=LATER).value("west") == Undefined(Reason.NO_DATA)

    (need,) = tally._needs()  # noqa: SLF001 - the entry of other rooms
    tally._absorb(need, (), JANUARY.start.toordinal(), ())  # noqa: SLF001 - as above

    assert numbers(tally.table(JANUARY, as_of=LATER), "west") == [0]


def test_cases_that_are_alike_are_taken_over_together() -> None:
    """Twice the same stay is told once, with how often it came; and so is one without a day."""
    measures: dict[str, Measure] = {
        "there": Stock("since", "until"),
        "in time": InTime("since", "until", days=3),
        "took": Duration("since", "until", unit="days"),
    }
    days = (date(1998, 1, 5), date(1998, 1, 7)), (date(1998, 1, 6), None), (None, None)
    one_by_one, together = (Tally(measures, by="team") for _ in range(2))
    one_by_one.add_all(
        {"team": "a", "since": since, "until": until} for since, until in days for _ in range(2)
    )

    for need in together._needs():  # noqa: SLF001 - the entry of other rooms
        together._absorb_cases(need, [(("a",), each, 2) for each in days])  # type: ignore[arg-type]  # noqa: SLF001 - as above

    assert together.table(JANUARY, as_of=LATER) == one_by_one.table(JANUARY, as_of=LATER)
    assert str(together.table(JANUARY, as_of=LATER).value("there", group=("a",))) == (
        "2 (n = 2, 2 missing, 1998-01)"
    )


def test_a_new_day_leaves_old_periods_as_they_were() -> None:
    """What was told of January is told again when February has come."""
    tally = Tally({"n": Count(), "who": Distinct("customer")}, day="on")
    tally.add_all(ORDERS[:2])
    before = tally.table(JANUARY, as_of=FEBRUARY.start)

    tally.add_all(ORDERS[2:])

    assert tally.table(JANUARY, as_of=FEBRUARY.start) == before


def test_weeks_and_days_are_periods_too() -> None:
    """What is kept by day can be told by any stretch of days."""
    tally = Tally({"n": Count()}, day="on")
    tally.add_all(ORDERS)
    days = [Period(o.on, o.on + timedelta(days=1)) for o in ORDERS]

    assert numbers(tally.table(days, as_of=LATER), "n") == [1, 1, 1, 1]
    assert numbers(tally.table(Grain.WEEK.period(date(1998, 1, 5)), as_of=LATER), "n") == [2]


class Stars(IntEnum):
    """How many stars somebody gives."""

    TWO = 2
    FIVE = 5


class Exact(Decimal):
    """A decimal of another library."""


def test_kinds_of_whole_numbers_and_decimals_are_numbers() -> None:
    """A rating that is an enumeration, and a decimal of a class of its own, are exact too."""
    rows = [{"on": date(1998, 1, 5), "x": x} for x in (Stars.TWO, Exact("0.5"), 3, Decimal(1))]
    measures: dict[str, Measure] = {
        "sum": Sum("x"),
        "median": Quantile("x", "0.5"),
        "mean": Mean("x"),
    }

    table = evaluate(measures, rows, periods=JANUARY, day="on", as_of=LATER)

    assert [numbers(table, name) for name in ("sum", "median", "mean")] == [[6.5], [1.5], [1.625]]


def test_cases_without_a_beginning_merge_too() -> None:
    """What two tallies could not tell, their sum cannot tell either."""
    mine, other = (Tally({"there": Stock("since")}, by="team") for _ in range(2))
    for tally in (mine, other):
        tally.add({"team": "a", "since": None})
        tally.add({"team": "a", "since": date(1998, 1, 5)})

    mine.merge(other)

    value = mine.table(JANUARY, as_of=LATER).value("there", group=("a",))
    assert str(value) == "2 (n = 2, 2 missing, 1998-01)"
