"""Who of those that came together is back at each age."""

from __future__ import annotations

import csv
import gzip
import itertools
import random
import sys
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Grain, Period
from crmcore.codec import from_json, to_json
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.kernel import CustomerId, Money, Reason, Undefined
from crmcore.retention import CohortCell, CohortKind, CohortTriangle, cohorts
from crmcore.statistics import wilson

CDNOW = Path(__file__).parents[2] / "examples" / "data" / "cdnow_master.csv.gz"

Row = tuple[str, date, int]  # who, when, for how much; a negative amount is a refund


def purchases(rows: Iterable[Row]) -> list[Purchase]:
    """Return purchases at noon in Greenwich."""
    return [
        Purchase(
            id=PurchaseId(f"p-{number}"),
            customer=CustomerId(customer),
            at=datetime.combine(day, time(12), UTC),
            amount=Money(amount, "USD"),
            refund=amount < 0,
        )
        for number, (customer, day, amount) in enumerate(rows)
    ]


FIRST_QUARTER: list[Row] = [
    ("ada", date(1997, 1, 5), 10),
    ("ada", date(1997, 1, 20), 10),
    ("ada", date(1997, 3, 2), 10),
    ("bob", date(1997, 1, 31), 20),
    ("bob", date(1997, 2, 1), 20),
    ("cem", date(1997, 2, 14), 30),
    ("cem", date(1997, 3, 14), -5),
    ("dee", date(1997, 3, 30), 40),
]


def table(triangle: CohortTriangle) -> dict[str, list[int | None]]:
    """Return how many were back, by cohort and age; None where it is not known yet."""
    return {
        str(row.cohort): [None if isinstance(c, Undefined) else c.returned for c in row.cells]
        for row in triangle.rows
    }


def test_bounded_counts_who_bought_in_that_very_month() -> None:
    """Ada is back after two months, Bob after one, and both have been there at age 0."""
    found = cohorts(purchases(FIRST_QUARTER), grain="month", as_of=date(1997, 4, 1), zone="UTC")

    assert table(found) == {
        "1997-01": [2, 1, 1],
        "1997-02": [1, 0, None],
        "1997-03": [1, None, None],
    }
    assert [row.size for row in found.rows] == [2, 1, 1]
    assert found.rows[0].counts == (2, 1, 1)
    assert found.rows[2].counts == (1,)
    assert (found.kind, found.later, found.unplaced) == (CohortKind.BOUNDED, 0, None)


def test_unbounded_counts_who_bought_then_or_later() -> None:
    """Ada, who is back in March, counts in February too."""
    found = cohorts(
        purchases(FIRST_QUARTER),
        grain=Grain.MONTH,
        as_of=date(1997, 4, 1),
        zone="UTC",
        kind="unbounded",
    )

    assert table(found)["1997-01"] == [2, 2, 1]


def test_bracket_counts_days_since_the_own_first_purchase() -> None:
    """Windows run by each customer's own clock; the cohort waits for its last possible one.

    Who first bought on 31 January has had 28 days by 28 February, who did so on 28 February by
    28 March, both before 1 April; nobody of March has.
    """
    found = cohorts(
        purchases(FIRST_QUARTER),
        grain="month",
        as_of=date(1997, 4, 1),
        zone="UTC",
        kind=CohortKind.BRACKET,
        windows=[(1, 14), (15, 28), (29, 60)],
        currency="USD",
    )

    assert table(found) == {
        "1997-01": [1, 1, None],
        "1997-02": [0, 0, None],
        "1997-03": [None, None, None],
    }
    cell = found.rows[0].cells[1]
    assert isinstance(cell, CohortCell)
    assert cell.revenue == Money(10, "USD")
    refunded = found.rows[1].cells[1]
    assert isinstance(refunded, CohortCell)
    assert refunded.revenue == Money(-5, "USD")  # on the 28th day, without a purchase


def test_what_is_not_over_has_no_value() -> None:
    """A running month is undefined with its reason, though somebody has bought in it."""
    found = cohorts(purchases(FIRST_QUARTER), grain="month", as_of=date(1997, 3, 31), zone="UTC")

    assert table(found) == {"1997-01": [2, 1], "1997-02": [1, None], "1997-03": [None, None]}
    cell = found.rows[2].cells[0]
    assert isinstance(cell, Undefined)
    assert cell.reason is Reason.IMMATURE
    assert found.rows[2].size == 1


def test_averages_weigh_cohorts_and_leave_out_the_immature() -> None:
    """At age 1 only January and February count, with two customers and one."""
    found = cohorts(
        purchases(FIRST_QUARTER), grain="month", as_of=date(1997, 4, 1), zone="UTC", currency="USD"
    )

    assert found.averages == (
        CohortCell(returned=4, size=4, revenue=Money(110, "USD")),
        CohortCell(returned=1, size=3, revenue=Money(15, "USD")),
        CohortCell(returned=1, size=2, revenue=Money(10, "USD")),
    )
    alone = cohorts(
        purchases(FIRST_QUARTER[-1:]), grain="month", as_of=date(1997, 3, 31), zone="UTC"
    )
    (average,) = alone.averages
    assert isinstance(average, Undefined)
    assert average.reason is Reason.IMMATURE


def test_a_share_is_exact_and_has_its_interval() -> None:
    """One of three is a third, and Wilson's interval says how little that tells."""
    cell = CohortCell(returned=1, size=3)

    assert cell.share == Fraction(1, 3)
    assert cell.interval(level=0.9) == wilson(1, 3, 0.9)
    assert str(cell) == "33.3 % (1 of 3)"


def test_the_zone_says_on_which_day_it_was() -> None:
    """What was bought at noon in Greenwich on 31 January is of 1 February in Auckland."""
    rows: list[Row] = [("bob", date(1997, 1, 31), 20)]

    found = cohorts(purchases(rows), grain="month", as_of=date(1997, 3, 1), zone="Pacific/Auckland")

    assert [str(row.cohort) for row in found.rows] == ["1997-02"]
    assert found.zone == "Pacific/Auckland"


def test_what_comes_later_is_left_out_and_told() -> None:
    """A triangle of the past knows nothing of later days; how many there were, it says."""
    whole = purchases(FIRST_QUARTER)
    past = purchases(row for row in FIRST_QUARTER if row[1] < date(1997, 2, 10))

    found = cohorts(whole, grain="month", as_of=date(1997, 2, 10), zone="UTC")

    assert found.later == 4
    assert found.rows == cohorts(past, grain="month", as_of=date(1997, 2, 10), zone="UTC").rows


def test_refunds_of_what_was_never_bought_are_told() -> None:
    """Money that went back before there was a purchase is in no cell, and not lost either."""
    rows: list[Row] = [
        ("ada", date(1997, 1, 1), -7),
        ("ada", date(1997, 2, 1), 10),
        ("bob", date(1997, 2, 3), -1),
    ]

    found = cohorts(
        purchases(rows), grain="month", as_of=date(1997, 3, 1), zone="UTC", currency="USD"
    )

    assert found.unplaced == Money(-8, "USD")
    assert [row.size for row in found.rows] == [1]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ada", "bob", "cem", "dee"]),
        st.integers(0, 400).map(lambda day: date(1996, 12, 1) + timedelta(days=day)),
        st.integers(-20, 100),
    ),
    max_size=25,
)
GRAINS = st.sampled_from(list(Grain))
DAYS = st.integers(0, 450).map(lambda day: date(1996, 12, 1) + timedelta(days=day))
WINDOWS = [(0, 0), (1, 7), (8, 30), (60, 90)]


def ages(
    days: list[date], kind: CohortKind, grain: Grain, count: int
) -> Iterator[tuple[int, date]]:
    """Yield the ages at which a customer who bought on these days was back, and their ends."""
    first = min(days)
    for age in range(count):
        if kind is CohortKind.BRACKET:
            low, high = (first + timedelta(days=edge) for edge in WINDOWS[age])
            if any(low <= day <= high for day in days):
                yield age, high
        else:
            start = grain.after(grain.start(first), age)
            end = date.max if kind is CohortKind.UNBOUNDED else grain.after(start)
            if any(start <= day < end for day in days):
                yield age, grain.after(start)


@given(ROWS, GRAINS, DAYS, st.sampled_from(list(CohortKind)))
def test_cells_are_those_of_a_plain_count(
    rows: list[Row], grain: Grain, as_of: date, kind: CohortKind
) -> None:
    """Each cell is what going through the days of each customer of the cohort comes to."""
    found = cohorts(
        purchases(rows),
        grain=grain,
        as_of=as_of,
        zone="UTC",
        kind=kind,
        windows=WINDOWS if kind is CohortKind.BRACKET else (),
    )

    bought: dict[str, list[date]] = {}
    for customer, day, amount in rows:
        if amount >= 0 and day < as_of:
            bought.setdefault(customer, []).append(day)
    assert sum(row.size for row in found.rows) == len(bought)
    for row in found.rows:
        own = [days for days in bought.values() if min(days) in row.cohort]
        backs = [age for days in own for age, _ in ages(days, kind, grain, len(row.cells))]
        assert row.size == len(own)
        for age, cell in enumerate(row.cells):
            if kind is CohortKind.BRACKET:
                over = row.cohort.end + timedelta(days=WINDOWS[age][1]) <= as_of
            else:
                over = grain.after(row.cohort.start, age + 1) <= as_of
            assert isinstance(cell, CohortCell) is over
            if isinstance(cell, CohortCell):
                assert (cell.returned, cell.size) == (backs.count(age), row.size)


@given(ROWS, GRAINS, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_purchases_does_not_matter(
    rows: list[Row], grain: Grain, as_of: date, chance: random.Random
) -> None:
    """A stream in another order gives the same triangle, money included."""
    stream = purchases(rows)
    one = cohorts(iter(stream), grain=grain, as_of=as_of, zone="UTC", currency="USD")
    chance.shuffle(stream)

    other = cohorts(iter(stream), grain=grain, as_of=as_of, zone="UTC", currency="USD")

    assert one == other
    assert from_json(CohortTriangle, to_json(one)) == one


@given(ROWS, GRAINS, st.sampled_from([CohortKind.BOUNDED, CohortKind.UNBOUNDED]))
def test_no_money_is_lost(rows: list[Row], grain: Grain, kind: CohortKind) -> None:
    """Once all periods are over, the cells and what is in none of them are all the money."""
    found = cohorts(
        purchases(rows),
        grain=grain,
        as_of=date(1999, 1, 4),
        zone="UTC",
        kind=kind,
        currency="USD",
    )

    cells = [cell for row in found.rows for cell in row.cells if isinstance(cell, CohortCell)]
    total = sum((cell.revenue.amount for cell in cells if cell.revenue), Decimal(0))
    assert found.unplaced is not None
    assert total + found.unplaced.amount == sum(amount for _, _, amount in rows)


@given(ROWS, GRAINS, DAYS)
def test_unbounded_never_rises_and_is_never_below_bounded(
    rows: list[Row], grain: Grain, as_of: date
) -> None:
    """Who is back in a period is back then or later, and who is back later was so before."""
    kinds = [
        cohorts(purchases(rows), grain=grain, as_of=as_of, zone="UTC", kind=kind)
        for kind in ("bounded", "unbounded")
    ]

    for bounded, unbounded in zip(kinds[0].rows, kinds[1].rows, strict=True):
        assert list(unbounded.counts) == sorted(unbounded.counts, reverse=True)
        assert all(a <= b for a, b in zip(bounded.counts, unbounded.counts, strict=True))
        assert unbounded.counts[:1] in {(), (unbounded.size,)}


def test_published_cohorts_of_cdnow() -> None:
    """The 23,570 customers of CDNOW (Fader & Hardie 2001) came in three months of 1997.

    Each cell of the three rows is what sets of customers by month come to.
    """
    with gzip.open(CDNOW, "rt", encoding="utf-8", newline="") as file:
        rows = [(row["customer_id"], row["date"]) for row in csv.DictReader(file)]
    nothing = Money(0, "USD")
    stream = (
        Purchase(
            id=PurchaseId("p-1"),
            customer=CustomerId(customer),
            at=datetime.fromisoformat(f"{day}T12:00:00+00:00"),
            amount=nothing,
        )
        for customer, day in reversed(rows)
    )

    found = cohorts(stream, grain="month", as_of=date(1998, 7, 1), zone="UTC")

    assert [row.size for row in found.rows] == [7_846, 8_476, 7_248]
    by_month: dict[str, set[str]] = {}
    for customer, day in rows:
        by_month.setdefault(day[:7], set()).add(customer)
    months = [by_month[month] for month in sorted(by_month)]
    known: set[str] = set()
    for place, row in enumerate(found.rows):
        cohort = months[place] - known
        known |= cohort
        assert row.counts == tuple(len(cohort & month) for month in months[place:])


def test_work_grows_with_cohorts_and_not_with_their_square() -> None:
    """With as many ages to show, three times the cohorts of a day are three times the calls."""

    def calls(count: int) -> int:
        start = date(1997, 1, 1)
        stream = purchases((f"c-{n}", start + timedelta(days=n), 1) for n in range(count))
        seen = 0

        def count_calls(*_: object) -> None:
            nonlocal seen
            seen += 1

        sys.setprofile(count_calls)
        try:
            cohorts(stream, grain="day", as_of=start + timedelta(days=count), zone="UTC", ages=2)
        finally:
            sys.setprofile(None)
        return seen

    calls(20)  # what is made once is made now

    assert calls(300) < 4 * calls(100)


def test_memory_grows_with_customers_and_not_with_purchases() -> None:
    """Ten times the purchases of the same customers need hardly more room."""
    pool = purchases((f"c-{n % 100}", date(1997, 1, 1) + timedelta(days=n), n) for n in range(360))

    def room(count: int) -> int:
        tracemalloc.start()
        stream = itertools.islice(itertools.cycle(pool), count)
        cohorts(stream, grain="month", as_of=date(1998, 1, 1), zone="UTC", currency="USD")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    room(5_000)  # what is made once is made now

    assert room(50_000) < 1.5 * room(5_000)


def test_nothing_but_refunds_is_an_empty_triangle() -> None:
    """Without a purchase there is no cohort, and nothing to average."""
    rows: list[Row] = [("ada", date(1997, 1, 1), -7)]

    found = cohorts(purchases(rows), grain="month", as_of=date(1998, 1, 1), zone="UTC")

    assert (found.rows, found.averages) == ((), ())
    assert str(found) == "all  0"


def test_a_triangle_is_told_as_a_table() -> None:
    """Its text shows shares in percent, and a point where nothing is known yet."""
    found = cohorts(
        purchases(FIRST_QUARTER), grain="month", as_of=date(1997, 4, 1), zone="UTC", ages=2
    )

    assert str(found).splitlines() == [
        "1997-01  2   100.0    50.0",
        "1997-02  1   100.0     0.0",
        "1997-03  1   100.0       .",
        "all      4   100.0    33.3",
    ]


def test_a_cohort_is_found_by_a_day() -> None:
    """Any day of its period names a cohort; a period without newcomers has none."""
    found = cohorts(purchases(FIRST_QUARTER), grain="month", as_of=date(1997, 4, 1), zone="UTC")

    assert found.row(date(1997, 2, 28)).cohort == Period.month(1997, 2)
    with pytest.raises(InvalidValueError, match="day must lie in a period in which customers"):
        found.row(date(1998, 2, 28))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "bracket"}, "windows must be stated for bracket, and for no other kind"),
        ({"windows": [(1, 7)]}, "windows must be stated for bracket, and for no other kind"),
        ({"kind": "bracket", "windows": [(1, 7), (7, 9)]}, "windows must follow one another"),
        ({"kind": "bracket", "windows": [(7, 1)]}, "windows must follow one another"),
        ({"kind": "bracket", "windows": [(-1, 1)]}, "windows must have days from 0 to 36525"),
        ({"kind": "bracket", "windows": [(1, 7.5)]}, "windows must have days from 0"),
        ({"kind": "bracket", "windows": [(1, 7)], "ages": 1}, "left out for bracket"),
        ({"kind": "bracket", "windows": [5]}, "windows must be pairs: the first and the last"),
        ({"kind": "bracket", "windows": [(1, 2, 3)]}, "windows must be pairs"),
        ({"kind": "bracket", "windows": 7}, "windows must be pairs"),
        ({"kind": "bracket", "windows": [(0, True)]}, "windows must have days from 0"),
        ({"ages": 0}, "ages must be a whole number of 1 or more"),
        ({"ages": 1.5}, "ages must be a whole number of 1 or more"),
        ({"as_of": datetime(1998, 1, 1, tzinfo=UTC)}, "as_of must be a day, not an instant"),
    ],
)
def test_arguments_that_cannot_be(options: dict[str, object], message: str) -> None:
    """Windows and ages that make no sense are refused with what would be right."""
    given: dict[str, object] = {"grain": "month", "as_of": date(1998, 1, 1), "zone": "UTC"}

    with pytest.raises(InvalidValueError, match=message):
        cohorts([], **given | options)  # type: ignore[arg-type]


def test_names_and_currencies_that_cannot_be() -> None:
    """Grains, kinds and currencies are known words, and amounts are of one currency."""
    as_of = date(1998, 1, 1)
    euros = Purchase(
        id=PurchaseId("p-1"),
        customer=CustomerId("ada"),
        at=datetime(1997, 1, 1, tzinfo=UTC),
        amount=Money(1, "EUR"),
    )

    with pytest.raises(UnknownNameError, match="unknown grain 'monthly'; did you mean 'month'"):
        cohorts([], grain="monthly", as_of=as_of, zone="UTC")
    with pytest.raises(UnknownNameError, match="unknown kind 'unbound'; did you mean 'unbounded'"):
        cohorts([], grain="month", as_of=as_of, zone="UTC", kind="unbound")
    with pytest.raises(UnknownNameError, match="unknown currency"):
        cohorts([], grain="month", as_of=as_of, zone="UTC", currency="XYZ")
    with pytest.raises(MixedCurrenciesError, match="USD and EUR"):
        cohorts([euros], grain="month", as_of=as_of, zone="UTC", currency="USD")
    assert len(cohorts([euros], grain="month", as_of=as_of, zone="UTC").rows) == 1
