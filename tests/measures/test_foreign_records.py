"""Records of other systems: what is refused with its name, and what is never counted wrongly."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Money
from crmcore.measures import (
    Agreement,
    Balance,
    Concentration,
    Conversion,
    Count,
    Derived,
    Distinct,
    Duration,
    First,
    InTime,
    Last,
    Max,
    Mean,
    Measure,
    Min,
    Newcomers,
    Rank,
    Stock,
    Sum,
    Tally,
    Value,
    evaluate,
)

OCTOBER = Period.month(1998, 10)
NOVEMBER = date(1998, 11, 1)
BERLIN = ZoneInfo("Europe/Berlin")
# On this night clocks go back from 03:00 to 02:00: the second ten past two is the later one.
HALF_PAST_TWO = datetime(1998, 10, 25, 2, 30, tzinfo=BERLIN)
TEN_PAST_TWO = datetime(1998, 10, 25, 2, 10, fold=1, tzinfo=BERLIN)


@attrs.frozen(kw_only=True)
class Visit:
    """A visit, as another system tells of it."""

    id: int | None = 1
    day: Any = date(1998, 10, 5)
    until: Any = None
    due: Any = None
    who: Any = "ada"
    team: Any = "east"
    points: Any = 1


def measured(measure: Measure, *visits: object, **how: object) -> list[Any]:
    """Return the groups and numbers of October."""
    given: dict[str, Any] = {"day": "day", "zone": "Europe/Berlin", **how}
    table = evaluate({"it": measure}, visits, periods=OCTOBER, as_of=NOVEMBER, **given)
    return [(*group, getattr(value, "number", value)) for _, group, _, value in table.rows]


# Names


@pytest.mark.parametrize("field", ["team or 1", "team; day = None", "first name", "", "_id"])
def test_what_is_no_name_of_a_field_is_refused(field: object) -> None:
    """A day or dimension that is no name of a field is never run as a program."""
    with pytest.raises(InvalidValueError, match=r"^day must be the name of a field, such as"):
        measured(Count(), Visit(), day=field)
    with pytest.raises(InvalidValueError, match=r"^by must be the name of a field, such as"):
        measured(Count(), Visit(), by=[field])


@pytest.mark.parametrize("name", ["items", "values", "get", "from", "class"])
def test_a_field_of_a_mapping_may_have_any_name(name: str) -> None:
    """The items of a mapping are read, not its methods, nor what Python takes for a word."""
    visits = [{"day": date(1998, 10, 5), name: 3}, {"day": date(1998, 10, 6), name: 3}]

    assert measured(Distinct(name), *visits) == [(1,)]
    assert measured(Sum(name), *visits, by=name) == [(3, 6)]


# Values


@pytest.mark.parametrize(
    ("measure", "by", "named"),
    [
        (Distinct("who"), (), "who"),
        (Newcomers("who"), (), "who"),
        (Conversion("who", days=3), (), "who"),
        (Balance("points", "who"), (), "who"),
        (Concentration("points", "who"), (), "who"),
        (Rank(Count(), "points", "who"), (), "who"),
        (Count(), "team", "by"),
        (Newcomers("points"), "team", "by"),
        (Stock("day"), "team", "by"),
    ],
)
def test_lists_cannot_be_told_apart(measure: Measure, by: object, named: str) -> None:
    """An entity or a group that is a list is refused by its name."""
    with pytest.raises(InvalidValueError, match=rf"^{named} must be hashable, as text"):
        measured(measure, Visit(who=["ada"], team=["east"]), by=by)


@pytest.mark.parametrize(
    "measure",
    [
        Distinct("who"),
        Newcomers("who"),
        Balance("points", "who"),
        Sum("points", where=F.who == "ada"),
    ],
)
def test_not_a_number_is_nobody(measure: Measure) -> None:
    """Not a number, where a frame had nothing, is no value of its own."""
    nobody = [Visit(who=float("nan")), Visit(who=float("nan"))]

    assert measured(measure, Visit(), *nobody) == [(1,)]


@pytest.mark.parametrize("by", ["team", {"team": lambda visit: visit.team}])
def test_not_a_number_is_no_group(by: object) -> None:
    """Not a number in a dimension is the group of those that have no value in it."""
    visits = [Visit(team=float("nan")), Visit(team=float("nan")), Visit(team=None)]

    assert measured(Count(), *visits, by=by) == [(None, 3)]


def test_peers_are_no_amounts() -> None:
    """A rank among amounts, whose currencies nobody has compared, is refused."""
    peer = Visit(points=Money(6, "USD"))

    with pytest.raises(InvalidValueError, match=r"^points must hold plain numbers; .*'USD'"):
        measured(Rank(Count(), "points", "who"), peer)


@pytest.mark.parametrize("measure", [Min, Max, First, Last, lambda field: Balance(field, "who")])
def test_equal_numbers_are_told_alike(measure: Callable[..., Measure]) -> None:
    """Which of 1 and 1.00 comes first changes no digit of the answer."""
    it = measure("points", at="day") if measure in (First, Last) else measure("points")
    visits = Visit(points=1), Visit(points=Decimal("1.00"))

    assert repr(measured(it, *visits)) == repr(measured(it, *reversed(visits)))


def test_the_context_of_the_caller_rounds_nothing() -> None:
    """Comparisons are exact, whatever decimal context the caller has set."""
    visits = [
        Visit(who="ada", points=Decimal("1.2345")),
        Visit(who="bob", points=Decimal("1.2346")),
        Visit(who="bob", points=Decimal("0.0001")),
    ]

    with localcontext(Context(prec=2)):
        rank = measured(Rank(Sum("points", where=F.who == "ada"), "points", "who"), *visits)
        near = measured(Agreement("points", "who", Decimal("1.2344")), *visits)

    assert rank == [(2,)]
    assert near == [(0,)]


# Moments


@pytest.mark.parametrize(
    ("measure", "number"),
    [
        (First("points", at="day"), 1),
        (Last("points", at="day"), 2),
        (Balance("points", "who"), 2),
        (Conversion("who", F.points == 1, F.points == 2, days=1), 1),
        (Newcomers("who", F.team == "east"), 1),
    ],
)
def test_the_hour_that_comes_twice_is_in_order(measure: Measure, number: int) -> None:
    """Of two instants of one zone the later one is told, when its clocks go back between them."""
    first, second = Visit(day=HALF_PAST_TWO, points=1), Visit(day=TEN_PAST_TWO, points=2)

    assert measured(measure, first, second) == [(number,)]
    assert measured(measure, second, first) == [(number,)]


def test_newcomers_come_when_clocks_go_back() -> None:
    """The group of the earlier instant gets the newcomer, though its clock shows more."""
    visits = Visit(day=HALF_PAST_TWO, team="east"), Visit(day=TEN_PAST_TWO, team="west")

    assert measured(Newcomers("who"), *visits, by="team") == [("east", 1), ("west", 0)]


def test_a_night_on_which_clocks_go_back_is_an_hour_longer() -> None:
    """From noon to noon over the end of summer time there are 25 hours, in the zone itself."""
    noon = datetime(1998, 10, 24, 12, tzinfo=BERLIN)

    assert measured(Duration("day", "until"), Visit(day=noon, until=noon.replace(day=25))) == [
        (25,)
    ]


def test_late_is_late_when_clocks_go_back() -> None:
    """What is done after the hour has come again is late, though its clock shows less."""
    late = Visit(due=HALF_PAST_TWO, until=TEN_PAST_TWO)
    early = Visit(due=TEN_PAST_TWO, until=HALF_PAST_TWO)

    assert measured(InTime("day", "until", "due"), late) == [(0,)]
    assert measured(InTime("day", "until", "due"), early) == [(1,)]


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (datetime(1998, 10, 5), "day must carry a time zone"),  # noqa: DTZ001 - that is the point
        (None, "day must be there, to tell which record is the earlier one"),
    ],
)
def test_the_first_record_has_a_moment(at: object, message: str) -> None:
    """A first or last value is of records that tell when they were."""
    with pytest.raises(InvalidValueError, match=message):
        measured(Last("points", at="day"), Visit(day=at), day=lambda _: date(1998, 10, 5))


@pytest.mark.parametrize(
    ("measure", "named"),
    [
        (Last("points", at="day"), "day and id"),
        (Newcomers("who"), "day"),
        (Balance("points", "who"), "day"),
    ],
)
def test_moments_are_of_one_kind(measure: Measure, named: str) -> None:
    """Of days and instants nobody can tell which is the earlier one."""
    instant = Visit(day=datetime(1998, 10, 5, tzinfo=UTC))

    with pytest.raises(InvalidValueError, match=rf"^{named} must be of one kind in all records"):
        measured(measure, Visit(), instant)


# What was refused


def test_a_tally_that_refused_a_record_tells_nothing_more() -> None:
    """A record that was refused in the middle leaves no half of itself in a number."""
    tally = Tally({"n": Count(), "sum": Sum("points")}, day="day")
    tally.add(Visit())
    fresh = pickle.loads(pickle.dumps(tally))  # noqa: S301 - our own
    with pytest.raises(InvalidValueError, match="points must be an integer"):
        tally.add(Visit(points=1.5))

    rule = "^tally must hold whole records; begin a new one .*that refused a record"
    with pytest.raises(InvalidValueError, match=rule):
        tally.table(OCTOBER, as_of=NOVEMBER)
    with pytest.raises(InvalidValueError, match=rule):
        tally.add(Visit())
    with pytest.raises(InvalidValueError, match=rule):
        fresh.merge(tally)
    assert str(fresh.table(OCTOBER, as_of=NOVEMBER).value("n")) == "1 (n = 1, 1998-10)"


def test_a_stream_that_ends_badly_leaves_what_came_before() -> None:
    """Where the stream fails, and not a record, all that came has been counted."""
    tally = Tally({"mean": Mean("points")}, day="day")

    def stream() -> Iterator[Visit]:
        yield Visit()
        raise OSError

    with pytest.raises(OSError, match=r"^$"):
        tally.add_all(stream())

    assert str(tally.table(OCTOBER, as_of=NOVEMBER).value("mean")) == "1 (1 of 1, 1998-10)"


# Arguments


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"measures": Count()}, r"^measures must be measures by name, as"),
        (
            {"measures": {1: Count()}},
            r"^measures must be measures by names, which are text \(got 1",
        ),
        ({"records": None}, r"^records must be records, such as a list of them \(got None"),
        ({"records": "a.csv"}, r"^records must be records, .*'a.csv'"),
        ({"periods": "1998-10"}, r"^periods must be a Period, such as .*got '1'"),
        ({"periods": None}, r"^periods must be a Period, such as .*got None"),
        ({"periods": [NOVEMBER]}, r"^periods must be a Period, such as .*1998"),
        ({"day": 5}, r"^day must be the name of a field, .*got 5"),
        ({"by": 5}, r"^by must be the name of a dimension, .*got 5"),
        ({"by": [None]}, r"^by must be the name of a dimension, .*got None"),
        ({"by": {"team": 5}}, r"^by must be the name of a field, .*got 5"),
        ({"by": ["team", "team"]}, r"^by must name each dimension once"),
        ({"parameters": [1]}, r"^parameters must be given by name, as a mapping \(got \[1"),
        ({"functions": {"f": 5}}, r"^functions\['f'\] must be a function \(got 5"),
        ({"calendars": {"c": 5}}, r"^calendars\['c'\] must be a WorkCalendar \(got 5"),
    ],
)
def test_every_argument_is_refused_by_its_name(how: dict[str, Any], message: str) -> None:
    """Whoever hands in something else is told which argument it was, and what would be right."""
    right = {"measures": {"n": Count()}, "records": [Visit()], "periods": OCTOBER, "day": "day"}
    given: dict[str, Any] = {**right, **how}

    with pytest.raises(InvalidValueError, match=message):
        evaluate(given.pop("measures"), given.pop("records"), **given, as_of=NOVEMBER)


def test_a_tally_merges_with_tallies() -> None:
    """Something else has counted nothing that could be taken over."""
    other: Any = {"n": 5}

    with pytest.raises(InvalidValueError, match=r"^other must be a tally of the same measures"):
        Tally({"n": Count()}, day="day").merge(other)


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_parameters_are_finite(number: str) -> None:
    """A parameter that is no number makes no number."""
    scaled = Derived("scaled", (Count(),), (("factor", "rate"),))

    with pytest.raises(InvalidValueError, match=r"^parameters\['rate'\] must be .* finite"):
        measured(scaled, Visit(), parameters={"rate": Decimal(number)})


def test_a_function_takes_measures() -> None:
    """A single measure, or nothing, in place of the measures of a function is refused."""
    nothing: Any = None
    single: Any = Count()

    with pytest.raises(InvalidValueError, match=r"^of must be measures \(got None"):
        Derived("growth", nothing)
    with pytest.raises(InvalidValueError, match=r"^of must be 2, for growth \(got 1"):
        Derived("growth", single)


def test_days_beyond_the_calendar_never_pass() -> None:
    """A conversion that is judged after the end of the calendar says so, and is immature."""
    ((answer,),) = measured(Conversion("who", days=10_000_000), Visit())

    assert str(answer).endswith("the last of them can be judged after 9999-12-31")


def test_pauses_are_pairs() -> None:
    """What cannot be pauses is refused by the name of their field."""
    case = Visit(until=date(1998, 10, 6), team=5)

    with pytest.raises(InvalidValueError, match=r"^team must be pairs of instants"):
        measured(Duration("day", "until", pauses="team"), case)


def test_a_table_is_asked_for_what_is_in_it() -> None:
    """A group or period of another kind is refused as an unknown one."""
    table = evaluate(
        {"n": Count()}, [Visit()], periods=OCTOBER, day="day", by="team", as_of=NOVEMBER
    )
    group: Any = ["east"]
    period: Any = ["1998-10"]

    with pytest.raises(UnknownNameError, match="unknown group"):
        table.value("n", group=group)
    with pytest.raises(InvalidValueError, match="period must be one of 1998-10"):
        table.value("n", group=("east",), period=period)


@pytest.mark.parametrize("number", [Decimal("NaN"), 1.5, None])
def test_a_value_is_a_number(number: object) -> None:
    """A value that holds no exact number is never built."""
    one = Value(number=Decimal(1), n=1, period=OCTOBER, as_of=NOVEMBER, definition="sales")
    other: dict[str, Any] = {"number": number}

    with pytest.raises(InvalidValueError, match=r"^number must be a finite decimal, not a float"):
        attrs.evolve(one, **other)
