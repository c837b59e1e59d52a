"""Every measure against a slow count over plain lists, written from its definition."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period, midnight
from crmcore.criteria import F
from crmcore.kernel import Money, Undefined
from crmcore.measures import (
    Agreement,
    Balance,
    Both,
    Concentration,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Duration,
    First,
    InTime,
    Last,
    LikeForLike,
    Max,
    Mean,
    Measure,
    Min,
    Newcomers,
    Previous,
    Quantile,
    Rank,
    Ratio,
    Stock,
    Sum,
    Tally,
    Value,
)
from crmcore.statistics import kaplan_meier

ZONE = ZoneInfo("Europe/Berlin")
JANUARY, FEBRUARY, MARCH = (Period.month(1998, month) for month in (1, 2, 3))
AS_OF = date(1998, 4, 1)
START = datetime(1997, 12, 20, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Visit:
    """Something that happens to a customer, is paid for, and may come to an end."""

    id: str
    at: datetime
    team: str
    customer: str | None
    amount: Money | None
    minutes: int | None
    done: datetime | None
    due: datetime | None


Visits: TypeAlias = Sequence[Visit]

MOMENTS = st.integers(0, 110 * 24 * 4).map(
    lambda quarters: START + quarters * timedelta(minutes=15)
)
LENGTHS = st.integers(0, 40 * 24).map(lambda hours: timedelta(hours=hours))


@st.composite
def a_visit(draw: st.DrawFn) -> Visit:
    """Draw a visit that ends, if at all, after it began."""
    at = draw(MOMENTS)
    done, due = (draw(st.none() | LENGTHS) for _ in range(2))
    cents = draw(st.none() | st.integers(-5000, 20_000))
    return Visit(
        id=str(draw(st.uuids())),
        at=at,
        team=draw(st.sampled_from(["east", "west"])),
        customer=draw(st.sampled_from(["adatum", "fabrikam", "northwind", "tailspin", None])),
        amount=None if cents is None else Money(Decimal(cents).scaleb(-2), "EUR"),
        minutes=draw(st.none() | st.integers(0, 9)),
        done=None if done is None else at + done,
        due=None if due is None else at + due,
    )


VISITS = st.lists(a_visit(), max_size=20, unique_by=lambda visit: visit.id)


def day(at: datetime) -> date:
    """Return the day of an instant in the zone of the house."""
    return at.astimezone(ZONE).date()


def within(visits: Iterable[Visit], period: Period) -> list[Visit]:
    """Return the visits of a period."""
    return [visit for visit in visits if day(visit.at) in period]


def over(upper: Fraction | Decimal | int, lower: Fraction | Decimal | int) -> Fraction | None:
    """Return a quotient, or None where there is none."""
    return Fraction(upper) / Fraction(lower) if lower else None


def euros(visits: Iterable[Visit]) -> Fraction:
    """Return what was paid."""
    return sum((Fraction(v.amount.amount) for v in visits if v.amount is not None), Fraction(0))


def minutes(visits: Iterable[Visit]) -> list[int]:
    """Return all minutes that are known, in order."""
    return sorted(v.minutes for v in visits if v.minutes is not None)


def who(visits: Iterable[Visit]) -> set[str]:
    """Return the customers that are known."""
    return {v.customer for v in visits if v.customer is not None}


def quantile(ordered: Sequence[int], q: Fraction) -> Fraction | None:
    """Return definition 7 of Hyndman and Fan, 1996."""
    if not ordered:
        return None
    place = (len(ordered) - 1) * q
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def by_customer(visits: Iterable[Visit]) -> dict[str, Fraction]:
    """Return what each customer has paid, of those with a payment."""
    paid = [v for v in visits if v.amount is not None and v.customer is not None]
    return {c: euros(v for v in paid if v.customer == c) for c in who(paid)}


def window(end: date, days: int) -> Period:
    """Return the last days before a day."""
    return Period(end - timedelta(days=days), end)


@attrs.frozen(kw_only=True)
class Case:
    """What an oracle is asked.

    Attributes:
        all: All visits.
        own: Those of the group.
        period: The period.
        team: The group, or None for the whole.
    """

    all: Visits
    own: Visits
    period: Period
    team: str | None

    @property
    def now(self) -> list[Visit]:
        """Return the visits of the group in the period."""
        return within(self.own, self.period)

    @property
    def before(self) -> list[Visit]:
        """Return those of the period before."""
        return within(self.own, self.period.before())

    def is_own(self, visit: Visit) -> bool:
        """Say whether a visit is of the group."""
        return self.team in {None, visit.team}


Oracle: TypeAlias = Callable[[Case], "Fraction | Decimal | int | float | None"]


def balances(case: Case, take: str) -> list[Fraction]:
    """Return each customer's last, first or mean minutes."""
    found = []
    known = [v for v in case.now if v.minutes is not None]
    for customer in who(known):
        values = sorted((v.at, v.minutes or 0) for v in known if v.customer == customer)
        if take == "mean":
            found.append(Fraction(sum(value for _, value in values), len(values)))
        else:
            found.append(Fraction(values[-1 if take == "last" else 0][1]))
    return found


def newcomers(case: Case) -> int:
    """Count customers whose very first visit of all is of the group and in the period."""
    firsts = (
        min((v for v in case.all if v.customer == c), key=lambda v: (v.at, v.team))
        for c in who(case.all)
    )
    return sum(day(v.at) in case.period and case.is_own(v) for v in firsts)


def converted(case: Case, *, days: int, first: bool, later_day: bool) -> Fraction | None:
    """Return which share of mature visits another one follows in time."""
    upper = lower = 0
    for customer in who(case.all):
        theirs = sorted(
            (v for v in case.all if v.customer == customer), key=lambda v: (v.at, v.team)
        )
        for visit in theirs[:1] if first else theirs:
            last = day(visit.at) + timedelta(days=days)
            if not (day(visit.at) in case.period and case.is_own(visit) and last < AS_OF):
                continue
            lower += 1
            upper += any(
                (day(v.at) > day(visit.at) if later_day else v.at > visit.at) and day(v.at) <= last
                for v in theirs
            )
    return over(upper, lower)


def in_time(case: Case, *, days: int | None, on: str, mature: bool) -> Fraction | None:
    """Return which share of the visits that can be judged was done in time."""
    upper = lower = 0
    for visit in case.own:
        if days is None and visit.due is None:
            continue
        due_day = (
            day(visit.at) + timedelta(days=days) if days is not None else day(visit.due or visit.at)
        )
        if (due_day if on == "due" else day(visit.at)) not in case.period:
            continue
        done = visit.done if visit.done is not None and day(visit.done) < AS_OF else None
        is_past = due_day < AS_OF
        if done is None:
            is_good = False
        elif days is None:
            is_good = visit.due is not None and done <= visit.due
        else:
            is_good = day(done) <= due_day
        if is_past or (is_good and not mature):
            lower += 1
            upper += is_good
    return over(upper, lower)


def duration(case: Case) -> float | None:
    """Return the median of hours, by the product-limit estimator."""
    edge = midnight(AS_OF, ZONE)
    times = [
        ((v.done - v.at) / timedelta(hours=1), True)
        if v.done is not None and v.done < edge
        else ((edge - v.at) / timedelta(hours=1), False)
        for v in case.now
    ]
    return kaplan_meier(times).quantile(0.5) if times else None


def there(case: Case, edge: date) -> int:
    """Count the visits that had begun before a day and had not ended before it."""
    return sum(day(v.at) < edge and (v.done is None or day(v.done) >= edge) for v in case.own)


def mean_stock(case: Case) -> Fraction:
    """Return the mean of the closing stocks of all days."""
    days = [case.period.start + timedelta(days=n + 1) for n in range(case.period.days)]
    return Fraction(sum(there(case, edge) for edge in days), len(days))


def like_for_like(case: Case, part: str, among: str) -> Fraction:
    """Return what the same customers have paid."""
    now, before = by_customer(case.now), by_customer(case.before)
    chosen = who(case.before) & who(case.now) if among == "both" else who(case.before)
    nothing = Fraction(0)
    pairs = [(now.get(c, nothing), before.get(c, nothing)) for c in chosen]
    take: dict[str, Callable[[tuple[Fraction, Fraction]], Fraction]] = {
        "now": lambda pair: pair[0],
        "before": lambda pair: pair[1],
        "kept": min,
    }
    return sum(map(take[part], pairs), nothing)


def concentration(case: Case) -> Fraction | None:
    """Return which share the largest fifth of customers has paid."""
    sums = sorted(by_customer(case.now).values(), reverse=True)
    total = sum(sums, Fraction(0))
    return over(sum(sums[: math.ceil(len(sums) / 5)], Fraction(0)), total) if total > 0 else None


def rank(case: Case) -> int | None:
    """Return the place of the mean minutes among the latest minutes of customers."""
    own = over(sum(minutes(case.now)), len(minutes(case.now)))
    known = [
        v for v in case.all if v.minutes is not None and v.customer and day(v.at) < case.period.end
    ]
    if own is None or not known:
        return None
    latest = [max((v.at, v.minutes or 0) for v in known if v.customer == c)[1] for c in who(known)]
    return 1 + sum(value > own for value in latest)


def agreement(case: Case) -> Fraction | None:
    """Return which share of the pairs of minutes of one customer differ by 1 at most."""
    pairs = [
        (one.minutes, other.minutes)
        for one, other in combinations([v for v in case.now if v.minutes is not None], 2)
        if one.customer is not None and one.customer == other.customer
    ]
    return over(sum(abs((a or 0) - (b or 0)) <= 1 for a, b in pairs), len(pairs))


def whole_stays(case: Case) -> Fraction:
    """Return what was paid for visits that begin and end in the period."""
    return euros(v for v in case.now if v.done is not None and day(v.done) <= case.period.end)


def growth(case: Case) -> Fraction | None:
    """Return by which share there are more visits than before."""
    return over(len(case.now) - len(case.before), len(case.before))


def ever(case: Case) -> list[Visit]:
    """Return all visits of the group before the end of the period."""
    return [v for v in case.own if day(v.at) < case.period.end]


def end(visits: Visits, which: int) -> int | None:
    """Return the first or last minutes that are known."""
    known = sorted((v.at, v.id, v.minutes) for v in visits if v.minutes is not None)
    return known[which][2] if known else None


ACTIVE_AT_START = Cumulative(Distinct("customer"), "active_days", until="start")
ACTIVE_AT_END = Cumulative(Distinct("customer"), "active_days")

MEASURES: dict[str, tuple[Measure, Oracle]] = {
    "count": (Count(), lambda c: len(c.now)),
    "count where": (Count(F.minutes > 4), lambda c: sum((v.minutes or 0) > 4 for v in c.now)),
    "sum": (Sum("amount"), lambda c: euros(c.now)),
    "sum of whole numbers": (Sum("minutes"), lambda c: sum(minutes(c.now))),
    "mean": (
        Mean("amount.amount"),
        lambda c: over(euros(c.now), sum(v.amount is not None for v in c.now)),
    ),
    "mean of whole numbers": (
        Mean("minutes"),
        lambda c: over(sum(minutes(c.now)), len(minutes(c.now))),
    ),
    "median": (Quantile("minutes", "0.5"), lambda c: quantile(minutes(c.now), Fraction(1, 2))),
    "p90": (Quantile("minutes", "0.9"), lambda c: quantile(minutes(c.now), Fraction(9, 10))),
    "distinct": (Distinct("customer"), lambda c: len(who(c.now))),
    "min": (Min("minutes"), lambda c: min(minutes(c.now), default=None)),
    "max": (Max("minutes"), lambda c: max(minutes(c.now), default=None)),
    "first": (First("minutes"), lambda c: end(c.now, 0)),
    "last": (Last("minutes"), lambda c: end(c.now, -1)),
    "balance": (Balance("minutes", "customer"), lambda c: sum(balances(c, "last"))),
    "first balance": (Balance("minutes", "customer", "first"), lambda c: sum(balances(c, "first"))),
    "mean balance": (Balance("minutes", "customer", "mean"), lambda c: sum(balances(c, "mean"))),
    "highest balance": (
        Balance("minutes", "customer", "mean", over="highest"),
        lambda c: max(balances(c, "mean"), default=None),
    ),
    "lowest balance": (
        Balance("minutes", "customer", over="lowest"),
        lambda c: min(balances(c, "last"), default=None),
    ),
    "middle balance": (
        Balance("minutes", "customer", over="median"),
        lambda c: statistics.median(balances(c, "last")) if balances(c, "last") else None,
    ),
    "agreement": (Agreement("minutes", "customer", within=1), agreement),
    "sum of whole stays": (Sum("amount", until="done"), whole_stays),
    "newcomers": (Newcomers("customer"), newcomers),
    "conversion": (
        Conversion("customer", days=20),
        lambda c: converted(c, days=20, first=False, later_day=False),
    ),
    "first conversion": (
        Conversion("customer", days="wait", first=True, later_day=True),
        lambda c: converted(c, days=12, first=True, later_day=True),
    ),
    "in time": (
        InTime("at", "done", "due"),
        lambda c: in_time(c, days=None, on="since", mature=False),
    ),
    "in days": (
        InTime("at", "done", days="wait", on="due"),
        lambda c: in_time(c, days=12, on="due", mature=False),
    ),
    "in days, when due": (
        InTime("at", "done", days=12, mature=True),
        lambda c: in_time(c, days=12, on="since", mature=True),
    ),
    "duration": (Duration("at", "done"), duration),
    "stock": (Stock("at", "done"), lambda c: there(c, c.period.end)),
    "opening stock": (Stock("at", "done", "start"), lambda c: there(c, c.period.start)),
    "mean stock": (Stock("at", "done", "mean"), mean_stock),
    "both": (
        Both(ACTIVE_AT_START, ACTIVE_AT_END),
        lambda c: len(
            who(within(c.own, window(c.period.start, 40)))
            & who(within(c.own, window(c.period.end, 40)))
        ),
    ),
    "lost": (
        Derived(
            "complement",
            (Ratio(Both(ACTIVE_AT_START, ACTIVE_AT_END), ACTIVE_AT_START, proportion=True),),
        ),
        lambda c: over(
            len(
                who(within(c.own, window(c.period.start, 40)))
                - who(within(c.own, window(c.period.end, 40)))
            ),
            len(who(within(c.own, window(c.period.start, 40)))),
        ),
    ),
    "rolling": (
        Cumulative(Sum("amount"), 40),
        lambda c: euros(within(c.own, window(c.period.end, 40))),
    ),
    "ever": (Cumulative(Distinct("customer")), lambda c: len(who(ever(c)))),
    "balance of all time": (
        Cumulative(Balance("minutes", "customer")),
        lambda c: sum(balances(attrs.evolve(c, period=Period(START.date(), c.period.end)), "last")),
    ),
    "to date": (
        Cumulative(Count(), to_date=Grain.QUARTER),
        lambda c: len(within(c.own, Period(date(1998, 1, 1), c.period.end))),
    ),
    "growth": (Derived("growth", (Count(), Previous(Count()))), growth),
    "a quarter before": (
        Previous(Count(), Grain.QUARTER),
        lambda c: len(
            within(c.own, Period(*(_quarter_before(d) for d in (c.period.start, c.period.end))))
        ),
    ),
    "ratio": (Ratio(Sum("amount"), Count()), lambda c: over(euros(c.now), len(c.now))),
    "share": (
        Ratio(Distinct("customer", F.minutes > 4), Distinct("customer"), proportion=True),
        lambda c: over(len(who(v for v in c.now if (v.minutes or 0) > 4)), len(who(c.now))),
    ),
    "concentration": (Concentration("amount", "customer"), concentration),
    "rank": (Rank(Mean("minutes"), "minutes", "customer"), rank),
} | {
    f"like for like {part} {among}": (
        LikeForLike("amount", "customer", part, among),
        lambda c, part=part, among=among: like_for_like(c, part, among),
    )
    for part in ("now", "before", "kept")
    for among in ("both", "before")
}


def _quarter_before(day: date) -> date:
    month = day.month - 3
    return day.replace(year=day.year - (month < 1), month=(month - 1) % 12 + 1)


def counted(visits: Iterable[Visit], names: Iterable[str] = MEASURES) -> Tally:
    """Count visits by team, from a stated day on."""
    tally = Tally(
        {name: MEASURES[name][0] for name in names},
        day="at",
        by="team",
        zone=ZONE,
        begin=date(1997, 1, 1),
        parameters={"active_days": 40, "wait": 12},
    )
    tally.add_all(visits)
    return tally


@settings(max_examples=30)
@given(VISITS)
def test_a_measure_is_what_its_definition_says(visits: list[Visit]) -> None:
    """Group by group and for the whole it is what a slow count says, and undefined with it."""
    tally = counted(visits)

    for by in ((), "team"):
        table = tally.table([JANUARY, FEBRUARY, MARCH], as_of=AS_OF, by=by)
        for period, group, name, result in table.rows:
            team: Any = group[0] if group else None
            own = [v for v in visits if team in {None, v.team}]
            expected = MEASURES[name][1](Case(all=visits, own=own, period=period, team=team))
            if expected is None:
                assert isinstance(result, Undefined), name
            else:
                assert isinstance(result, Value), name
                about = pytest.approx(float(expected), rel=1e-12, abs=1e-9)
                assert float(result.number) == about, name


def told(tally: Tally) -> list[str]:
    """Return all that a tally tells, to the last digit."""
    months = [FEBRUARY, MARCH]
    return [repr(tally.table(months, as_of=AS_OF, by=by).rows) for by in ((), "team")]


@settings(max_examples=10)
@given(st.data(), VISITS)
def test_order_does_not_matter(data: st.DataObject, visits: list[Visit]) -> None:
    """The same records in another order give the same, to the last digit."""
    turned = data.draw(st.permutations(visits))

    assert told(counted(visits)) == told(counted(turned))


@settings(max_examples=10)
@given(VISITS, st.integers(0, 20), st.integers(0, 20))
def test_merging_in_any_grouping_equals_counting_at_once(
    visits: list[Visit], first: int, second: int
) -> None:
    """(a + b) + c, a + (b + c) and the whole are one; and what was taken over stays as it was."""
    low, high = sorted((first, second))
    parts = visits[:low], visits[low:high], visits[high:]
    left, middle, right = map(counted, parts)
    kept = told(middle)
    left.merge(middle)
    left.merge(right)
    start, rest, last = map(counted, parts)
    rest.merge(last)
    start.merge(rest)

    whole = told(counted(visits))

    assert told(left) == told(start) == whole
    assert told(middle) == kept


@settings(max_examples=10)
@given(VISITS, VISITS)
def test_a_tally_can_go_on(before: list[Visit], after: list[Visit]) -> None:
    """A table does not end a tally: adding the rest later equals counting all at once."""
    tally = counted(before)
    told(tally)
    for visit in after:
        tally.add(visit)

    assert told(tally) == told(counted(before + after))


def total(values: Iterable[Value | Undefined]) -> Decimal:
    """Return the sum of some values, which are all there."""
    return sum((v.number for v in values if isinstance(v, Value)), Decimal(0))


@settings(max_examples=10)
@given(VISITS)
def test_what_adds_up_adds_up(visits: list[Visit]) -> None:
    """Months make the quarter, and groups the whole, of whatever says that it adds up so."""
    tally = counted(visits)
    quarter = Period(JANUARY.start, MARCH.end)
    months = tally.table([JANUARY, FEBRUARY, MARCH], as_of=AS_OF, by=())
    whole = tally.table(quarter, as_of=AS_OF, by=())
    by_team = tally.table(quarter, as_of=AS_OF)

    for name, (measure, _) in MEASURES.items():
        value = whole.value(name)
        if measure.additivity == "additive":
            assert total([value]) == total(months.series(name))
        last = months.series(name)[-1]
        if measure.additivity == "semi_additive" and isinstance(last, Value):
            assert total([last]) == total([value])
        if measure.sums_over_groups and by_team.groups:
            summed = by_team.total(name, over="team")
            assert total(summed.series(name)) == total([value])


@given(VISITS)
def test_a_ratio_of_a_quarter_is_the_ratio_of_its_sums(visits: list[Visit]) -> None:
    """Never the mean of three ratios."""
    tally = counted(visits, ["ratio", "sum", "count"])
    months = tally.table([JANUARY, FEBRUARY, MARCH], as_of=AS_OF, by=())

    quarter = tally.table(Period(JANUARY.start, MARCH.end), as_of=AS_OF, by=())
    ratio, orders = quarter.value("ratio"), total(months.series("count"))

    if orders:
        assert isinstance(ratio, Value)
        assert ratio.numerator == total(months.series("sum"))
        assert ratio.denominator == orders


def test_sums_are_exact() -> None:
    """A thousand tenths and one of ten to the 25th do not lose the tenths."""
    amounts = [Decimal("0.1")] * 1000 + [Decimal(10) ** 25]
    assert statistics.fmean(map(float, amounts))  # they are numbers
    tally = Tally({"sum": Sum("x"), "mean": Mean("x")}, day="day")
    tally.add_all({"day": date(1998, 1, 5), "x": amount} for amount in amounts)

    value = tally.table(JANUARY, as_of=AS_OF).value("sum")

    assert isinstance(value, Value)
    assert value.number == 10**25 + 100
