"""The algebra: what is counted in parts, in any order, equals what is counted at once."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period, periods
from crmcore.criteria import F
from crmcore.kernel import Reason, Undefined
from crmcore.measures import (
    Count,
    Distinct,
    Last,
    Mean,
    Measure,
    Quantile,
    Ratio,
    Stock,
    Sum,
    Tally,
    Value,
    evaluate,
)
from crmcore.statistics import mean_interval, median_interval, wilson

QUARTER = Period(date(1998, 1, 1), date(1998, 4, 1))
MONTHS = tuple(periods(Grain.MONTH, QUARTER.start, QUARTER.end))
AS_OF = date(1998, 5, 1)


@attrs.frozen(kw_only=True)
class Call:
    """A call of a customer, from one day on and perhaps until another."""

    id: str
    day: date
    customer: str
    minutes: int | None
    cost: Decimal
    channel: str | None
    closed: date | None = None


DAYS = st.integers(0, 100).map(lambda n: date(1997, 12, 25) + timedelta(days=n))
CALLS = st.lists(
    st.builds(
        Call,
        id=st.uuids().map(str),
        day=DAYS,
        customer=st.sampled_from(["adatum", "fabrikam", "northwind"]),
        minutes=st.none() | st.integers(0, 60),
        cost=st.decimals(-1000, 1000, places=2) | st.integers(-9, 9).map(Decimal),
        channel=st.sampled_from(["phone", "chat", None]),
        closed=st.none() | DAYS,
    ),
    max_size=25,
    unique_by=lambda call: call.id,
)

MEASURES: dict[str, Measure] = {
    "count": Count(),
    "chats": Count(F.channel == "chat"),
    "cost": Sum("cost"),
    "mean minutes": Mean("minutes"),
    "median minutes": Quantile("minutes", "0.5"),
    "p90 cost": Quantile("cost", "0.9"),
    "customers": Distinct("customer"),
    "chat share": Ratio(Count(F.channel == "chat"), Count(), proportion=True),
    "cost by minute": Ratio(Sum("cost"), Sum("minutes")),
    "last cost": Last("cost", at="day"),
    "open": Stock("day", "closed"),
    "open before": Stock("day", "closed", moment="start"),
    "growth": Ratio(Count(), Stock("day", "closed", moment="start")),
}
OVER_TIME = {
    name: measure
    for name, measure in MEASURES.items()
    if name not in {"last cost", "open", "open before", "growth"}
}


def tally(calls: Sequence[Call], measures: dict[str, Measure] = MEASURES) -> Tally[Call]:
    """Count calls by month and channel."""
    counted = Tally[Call](measures, periods=MONTHS, day="day", by="channel")
    for call in calls:
        counted.add(call)
    return counted


@given(st.data(), CALLS)
def test_order_does_not_matter(data: st.DataObject, calls: list[Call]) -> None:
    """The same records in another order give the same table, to the last digit."""
    turned = data.draw(st.permutations(calls))

    assert repr(tally(calls).table(as_of=AS_OF)) == repr(tally(turned).table(as_of=AS_OF))


@given(CALLS, st.integers(0, 25), st.integers(0, 25))
def test_merging_in_any_grouping_equals_counting_at_once(
    calls: list[Call], first: int, second: int
) -> None:
    """(a + b) + c, a + (b + c) and the whole are one."""
    low, high = sorted((first, second))
    parts = (calls[:low], calls[low:high], calls[high:])
    left, middle, right = map(tally, parts)
    left.merge(middle)
    left.merge(right)
    start, rest, end = map(tally, parts)
    rest.merge(end)
    start.merge(rest)

    whole = repr(tally(calls).table(as_of=AS_OF))

    assert repr(left.table(as_of=AS_OF)) == whole
    assert repr(start.table(as_of=AS_OF)) == whole


@given(CALLS, CALLS)
def test_what_was_counted_can_go_on(before: list[Call], after: list[Call]) -> None:
    """A table does not end a tally: adding the rest later equals counting all at once."""
    counted = tally(before)
    counted.table(as_of=AS_OF)
    for call in after:
        counted.add(call)

    assert repr(counted.table(as_of=AS_OF)) == repr(tally(before + after).table(as_of=AS_OF))


@given(CALLS)
def test_merging_leaves_the_other_as_it_is(calls: list[Call]) -> None:
    """What was taken over does not change when the first goes on."""
    mine, other = tally([]), tally(calls)
    mine.merge(other)

    for call in calls:
        mine.add(call)

    assert repr(other.table(as_of=AS_OF)) == repr(tally(calls).table(as_of=AS_OF))


@given(CALLS)
def test_months_roll_up_into_their_quarter(calls: list[Call]) -> None:
    """States of adjoining periods merge into what the long period would have counted itself."""
    whole = evaluate(OVER_TIME, calls, periods=QUARTER, day="day", as_of=AS_OF)

    for name, measure in OVER_TIME.items():
        january, february, march = (measure.start(month) for month in MONTHS)
        for state in (january, february, march):
            for call in calls:
                state.add(call, call.day)
        march.merge(february)
        march.merge(january)

        assert march.period == QUARTER
        assert march.finish(as_of=AS_OF, definition=name) == whole.value(name)


def taken(calls: Sequence[Call], period: Period) -> list[Call]:
    """Return the calls of a period."""
    return [call for call in calls if call.day in period]


def by_hand(name: str, calls: Sequence[Call], period: Period) -> Fraction | None:
    """Compute a measure the slow way, from its definition."""
    inside = taken(calls, period)
    minutes = sorted(c.minutes for c in inside if c.minutes is not None)
    costs = sorted(c.cost for c in inside)
    chats = sum(c.channel == "chat" for c in inside)

    def open_before(day: date) -> int:
        return sum(c.day < day and (c.closed is None or c.closed >= day) for c in calls)

    def over(upper: int | Decimal, lower: int) -> Fraction | None:
        return Fraction(upper) / lower if lower else None

    slow: dict[str, Callable[[], Fraction | int | Decimal | None]] = {
        "count": lambda: len(inside),
        "chats": lambda: chats,
        "cost": lambda: sum(costs, Decimal(0)),
        "mean minutes": lambda: over(sum(minutes), len(minutes)),
        "median minutes": lambda: Fraction(statistics.median(minutes)) if minutes else None,
        "p90 cost": lambda: quantile(costs, Fraction(9, 10)),
        "customers": lambda: len({c.customer for c in inside}),
        "chat share": lambda: over(chats, len(inside)),
        "cost by minute": lambda: over(sum(costs, Decimal(0)), sum(minutes)),
        "last cost": lambda: max(inside, key=lambda c: (c.day, c.id)).cost if inside else None,
        "open": lambda: open_before(period.end),
        "open before": lambda: open_before(period.start),
        "growth": lambda: over(len(inside), open_before(period.start)),
    }
    number = slow[name]()
    return None if number is None else Fraction(number)


def quantile(ordered: Sequence[Decimal], q: Fraction) -> Fraction | None:
    """Return definition 7 of Hyndman and Fan, 1996."""
    if not ordered:
        return None
    place = (len(ordered) - 1) * q
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return Fraction(ordered[low]) + (place - low) * (
        Fraction(ordered[high]) - Fraction(ordered[low])
    )


@given(CALLS)
def test_measures_are_what_their_definitions_say(calls: list[Call]) -> None:
    """For every month each measure is what a slow count says, and undefined where it has none."""
    table = evaluate(MEASURES, calls, periods=MONTHS, day="day", as_of=AS_OF)

    for period, _, name, result in table.rows:
        expected = by_hand(name, calls, period)
        if expected is None:
            assert isinstance(result, Undefined)
            assert result.reason in {Reason.NO_DATA, Reason.ZERO_DENOMINATOR}
        else:
            assert isinstance(result, Value)
            assert float(result.number) == pytest.approx(float(expected), rel=1e-12, abs=1e-12)


@given(CALLS)
def test_groups_add_up_to_the_whole(calls: list[Call]) -> None:
    """Counts and sums of the groups are those of all records; nobody is counted nowhere."""
    names: dict[str, Measure] = {"count": Count(), "cost": Sum("cost")}
    whole = evaluate(names, calls, periods=QUARTER, day="day", as_of=AS_OF)
    parts = evaluate(
        names, calls, periods=QUARTER, day="day", by=["channel", "customer"], as_of=AS_OF
    )

    for name in names:
        total = whole.value(name)
        assert isinstance(total, Value)
        assert total.number == sum(
            result.number
            for _, _, measure, result in parts.rows
            if measure == name and isinstance(result, Value)
        )


@given(CALLS)
def test_intervals_are_those_of_the_statistics(calls: list[Call]) -> None:
    """A share carries Wilson's interval, a mean Student's, a median that of its ranks."""
    table = evaluate(MEASURES, calls, periods=QUARTER, day="day", as_of=AS_OF)
    inside = taken(calls, QUARTER)
    minutes = [c.minutes for c in inside if c.minutes is not None]

    share, mean = table.value("chat share"), table.value("mean minutes")
    median = table.value("median minutes")

    if isinstance(share, Value):
        assert share.interval == wilson(sum(c.channel == "chat" for c in inside), len(inside))
    if isinstance(median, Value):
        assert median.interval == median_interval(minutes)
    if isinstance(mean, Value):
        assert mean.missing == len(inside) - len(minutes)
        if len(minutes) == 1:
            assert mean.interval is None
        else:
            expected = mean_interval(
                statistics.fmean(minutes), statistics.stdev(minutes), len(minutes)
            )
            assert expected is not None
            assert mean.interval is not None
            assert mean.interval.low == pytest.approx(expected.low, abs=1e-9)
            assert mean.interval.high == pytest.approx(expected.high, abs=1e-9)
