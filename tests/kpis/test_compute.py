"""Computing KPIs from purchases: worked examples, edge cases, and a naive reckoning beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Grain, Period, periods
from crmcore.criteria import F, unless
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import CustomerId, Money, Reason, Undefined
from crmcore.kpis import KpiSeries, compute, kpi
from crmcore.measures import Value

# What purchases alone can answer, and what the naive reckoning below reckons.
EVERY = (
    "retention_rate",
    "churn_rate",
    "repeat_rate",
    "purchase_frequency",
    "amount_growth",
    "customer_base",
    "customers_kept",
    "new_customers",
    "acquisition_rate",
    "sales",
    "sales_growth",
    "orders",
)

# (customer, day, amount); a negative amount is a refund.
Row: TypeAlias = tuple[str, date, int]

JANUARY, FEBRUARY, MARCH = (Period.month(1998, month) for month in (1, 2, 3))
APRIL_1 = date(1998, 4, 1)
LATER = date(1999, 1, 1)


def purchases(rows: Iterable[Row]) -> list[Purchase]:
    """Return purchases at noon in Greenwich, each with an id of its own."""
    return [
        Purchase(
            id=PurchaseId(f"p-{number}"),
            customer=CustomerId(customer),
            at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
            amount=Money(amount, "EUR"),
            refund=amount < 0,
        )
        for number, (customer, day, amount) in enumerate(rows)
    ]


def series(
    rows: Iterable[Row],
    *names: str,
    months: Sequence[Period] = (FEBRUARY,),
    as_of: date = LATER,
    active_days: int = 30,
    repeat_days: int = 90,
) -> tuple[KpiSeries, ...]:
    """Return the named KPIs of these purchases."""
    return compute(
        {"purchases": purchases(rows)},
        months,
        as_of=as_of,
        zone="UTC",
        currency="EUR",
        parameters={"active_days": active_days, "repeat_days": repeat_days},
        kpis=names,
    )


def one(rows: Iterable[Row], name: str, month: Period = FEBRUARY, **terms: int) -> Value:
    """Return the defined value of a KPI in one month."""
    (found,) = series(rows, name, months=(month,), **terms)  # type: ignore[arg-type]
    value = found.at(month)
    assert isinstance(value, Value)
    return value


def parts(value: Value) -> tuple[int | None, int | None]:
    """Return numerator and denominator, which are whole numbers in these examples."""
    below = value.denominator
    return int(value.numerator or 0), None if below is None else int(below)


def why_not(rows: Iterable[Row], name: str, month: Period = FEBRUARY) -> Reason:
    """Return why a KPI has no value in one month."""
    (found,) = series(rows, name, months=(month,))
    value = found.at(month)
    assert isinstance(value, Undefined)
    return value.reason


def january_customers(count: int, *, lost: int) -> list[Row]:
    """Return customers who bought on 20 January, of whom all but *lost* bought in February."""
    names = [f"c{number:04}" for number in range(count)]
    return [
        *((name, date(1998, 1, 20), 10) for name in names),
        *((name, date(1998, 2, 10), 10) for name in names[lost:]),
    ]


# Worked examples, one or more for each KPI.


def test_24_of_800_customers_lost_is_a_churn_of_3_percent() -> None:
    """800 at the start, 776 of them at the end: 24 / 800 = 0.03, and 776 / 800 = 0.97 are kept."""
    rows = january_customers(800, lost=24)

    churn, retention = one(rows, "churn_rate"), one(rows, "retention_rate")

    assert parts(churn) == (24, 800)
    assert churn.number == Decimal("0.03")
    assert parts(retention) == (776, 800)
    assert retention.number == Decimal("0.97")


def test_25_of_1000_customers_lost_is_a_churn_of_2_and_a_half_percent() -> None:
    """1,000 at the start, 975 of them at the end: 25 / 1000 = 0.025."""
    assert one(january_customers(1000, lost=25), "churn_rate").number == Decimal("0.025")


def test_new_customers_do_not_hide_lost_ones() -> None:
    """With 4 at the start, 3 of them kept and 5 new ones, retention is 3 / 4, not 8 / 4."""
    new = [(f"n{number}", date(1998, 2, 15), 10) for number in range(5)]
    rows = [*january_customers(4, lost=1), *new]

    retention = one(rows, "retention_rate")

    assert parts(retention) == (3, 4)
    assert one(rows, "customer_base").number == 8
    assert one(rows, "customers_kept").number == 3


def test_the_textbook_formula_needs_new_customers_still_active_at_the_end() -> None:
    """S = 4, E = 8, N = 5 still active: (8 − 5) / 4 = 3 / 4; a sixth, gone again, is not in N."""
    new = [(f"n{number}", date(1998, 2, 15), 10) for number in range(5)]
    rows = [*january_customers(4, lost=1), *new, ("n5", date(1998, 2, 1), 10)]

    base, retention = one(rows, "customer_base", active_days=25), one(rows, "retention_rate")

    assert one(rows, "new_customers").number == 6
    assert (base.number - 5) / 4 == retention.number == Decimal("0.75")


def test_a_lost_customer_who_comes_back_later_was_lost_all_the_same() -> None:
    """Who bought in January and again in April was lost in February, before and after April."""
    before = [("ada", date(1998, 1, 20), 10), ("bob", date(1998, 2, 20), 10)]
    after = [*before, ("ada", date(1998, 4, 2), 10)]

    assert one(before, "churn_rate").number == one(after, "churn_rate").number == 1


def test_a_customer_is_active_for_the_stated_days_and_not_one_more() -> None:
    """A purchase on 30 January counts at the start of 1 March with 30 days, not with 29."""
    rows = [("ada", date(1998, 1, 30), 10)]

    assert one(rows, "customer_base", active_days=30).number == 1
    assert one(rows, "customer_base", active_days=29).number == 0


def test_a_purchase_on_the_first_day_of_a_period_does_not_open_it() -> None:
    """Active at the start means active before it: a purchase on 1 February comes too late."""
    assert why_not([("ada", date(1998, 2, 1), 10)], "retention_rate") is Reason.ZERO_DENOMINATOR


def test_two_of_three_new_customers_came_back_in_time() -> None:
    """Within 90 days: day 90 counts, day 91 does not, the same day does not. 1 / 3."""
    first = date(1998, 2, 10)
    rows = [
        *((name, first, 10) for name in ("on day 90", "on day 91", "on the same day")),
        ("on day 90", first + timedelta(days=90), 10),
        ("on day 91", first + timedelta(days=91), 10),
        ("on the same day", first, 10),
    ]

    repeat = one(rows, "repeat_rate")

    assert parts(repeat) == (1, 3)


def test_young_customers_are_not_judged_yet() -> None:
    """With a first purchase on 10 February and 90 days, there is a value from 12 May on.

    The window ends with 11 May, and a day is over when the next one begins.
    """
    rows = [("ada", date(1998, 2, 10), 10), ("ada", date(1998, 2, 20), 10)]

    (young,) = series(rows, "repeat_rate", as_of=date(1998, 5, 11))
    (ripe,) = series(rows, "repeat_rate", as_of=date(1998, 5, 12))

    assert young.values == (Undefined(Reason.IMMATURE),)
    assert "after 1998-05-11" in str(young.values[0])
    assert not isinstance(ripe.values[0], Undefined)
    assert ripe.values[0].number == 1


def test_five_orders_of_two_customers_are_two_and_a_half_each() -> None:
    """A refund is no order, two purchases on one day are two: 5 / 2 = 2.5."""
    rows = [
        *(("ada", date(1998, 2, day), 10) for day in (3, 3, 9)),
        *(("bob", date(1998, 2, day), 10) for day in (4, 27)),
        ("bob", date(1998, 2, 28), -10),
        ("cy", date(1998, 2, 28), -10),
    ]

    frequency = one(rows, "purchase_frequency")

    assert parts(frequency) == (5, 2)
    assert frequency.number == Decimal("2.5")
    assert one(rows, "orders").number == 5


def test_the_same_customers_paid_a_quarter_more() -> None:
    """Ada 100 → 120, Bob 60 → 80; the new and the stopped do not count: 200 / 160 − 1 = 0.25."""
    rows = [
        ("ada", date(1998, 1, 5), 100),
        ("ada", date(1998, 2, 5), 120),
        ("bob", date(1998, 1, 6), 70),
        ("bob", date(1998, 1, 7), -10),
        ("bob", date(1998, 2, 6), 80),
        ("new", date(1998, 2, 7), 500),
        ("stopped", date(1998, 1, 8), 500),
    ]

    growth = one(rows, "amount_growth")

    assert parts(growth) == (40, 160)
    assert growth.n == 2
    assert growth.number == Decimal("0.25")


def test_sales_are_what_was_paid_less_what_went_back() -> None:
    """100 + 50 − 30 in February is 120; after 80 in January it is 120 / 80 − 1 = 0.5 more."""
    rows = [
        ("ada", date(1998, 1, 31), 80),
        ("ada", date(1998, 2, 1), 100),
        ("bob", date(1998, 2, 28), 50),
        ("ada", date(1998, 2, 28), -30),
        ("bob", date(1998, 3, 1), 999),
    ]

    growth = one(rows, "sales_growth")

    assert one(rows, "sales").number == 120
    assert parts(growth) == (40, 80)
    assert growth.number == Decimal("0.5")


def test_new_customers_buy_for_the_first_time() -> None:
    """Two of the three of February are new to 2 at its start: 2 / 2 = 1, not among them Ada."""
    rows = [
        *((name, date(1998, 1, 20), 10) for name in ("ada", "bob")),
        *((name, date(1998, 2, 20), 10) for name in ("ada", "cy", "dee")),
    ]

    assert one(rows, "new_customers").number == 2
    assert one(rows, "acquisition_rate").number == 1


def test_who_comes_back_after_a_pause_is_not_new() -> None:
    """A reactivated customer is no new one."""
    rows = [("ada", date(1997, 1, 20), 10), ("ada", date(1998, 2, 20), 10)]

    assert one(rows, "new_customers").number == 0


def test_a_refund_makes_nobody_a_customer() -> None:
    """Money that went back is neither an order nor a first purchase, and keeps nobody active."""
    rows = [("ada", date(1998, 2, 20), -10)]

    assert one(rows, "new_customers").number == 0
    assert one(rows, "customer_base").number == 0
    assert one(rows, "sales").number == -10


# What every value carries, and why some are missing.


def test_a_value_carries_all_that_it_rests_on() -> None:
    """Parts, interval by Wilson, period, day, name and version of the definition."""
    (found,) = series(january_customers(20, lost=20), "retention_rate", as_of=date(1998, 3, 1))
    (value,) = found.values

    assert isinstance(value, Value)
    assert parts(value) == (0, 20)
    assert value.n == 20
    assert (value.period, value.as_of) == (FEBRUARY, date(1998, 3, 1))
    assert (value.definition, value.version) == ("retention_rate", "1")
    # E. B. Wilson's interval for 0 of 20 in R. G. Newcombe (1998), table I: 0 to 0.1611.
    assert value.interval is not None
    assert (value.interval.low, round(value.interval.high, 4)) == (0, 0.1611)


def test_only_proportions_have_an_interval_by_wilson() -> None:
    """An acquisition rate may be above 1 and is no proportion; a count is none either."""
    rows = january_customers(4, lost=1)

    with_interval = [
        each.kpi.id
        for each in series(rows, *EVERY)
        for value in each.values
        if isinstance(value, Value) and value.interval is not None
    ]

    assert with_interval == ["retention_rate", "churn_rate"]


def test_the_definition_states_the_number_of_days() -> None:
    """What the company has to state stands in the words of the definition, in both languages."""
    active, repeat, plain = series(
        january_customers(4, lost=1), "churn_rate", "repeat_rate", "sales", repeat_days=60
    )

    assert active.definition.en.endswith("The stated number of days is 30.")
    assert repeat.definition.zh.endswith("规定天数为60天。")
    assert plain.definition == kpi("sales").definition
    assert (active.currency, plain.currency) == (None, "EUR")


@pytest.mark.parametrize("name", ["retention_rate", "churn_rate", "acquisition_rate"])
def test_without_customers_at_the_start_there_is_no_rate(name: str) -> None:
    """A share of nobody is undefined, not 0 and not 1."""
    rows = [("ada", date(1998, 2, 20), 10)]

    assert why_not(rows, name) is Reason.ZERO_DENOMINATOR


def test_a_month_without_new_customers_has_no_repeat_rate() -> None:
    """There is nobody who could have come back."""
    rows = [("ada", date(1998, 1, 20), 10)]

    assert why_not(rows, "repeat_rate") is Reason.ZERO_DENOMINATOR
    assert why_not(rows, "purchase_frequency") is Reason.ZERO_DENOMINATOR


@pytest.mark.parametrize("before", [[], [("ada", date(1998, 1, 5), 0)]])
def test_nothing_grows_from_nothing(before: list[Row]) -> None:
    """Growth from 0, or from before the first purchase, is undefined."""
    rows = [*before, ("ada", date(1998, 2, 20), 10)]

    assert why_not(rows, "sales_growth") is Reason.NO_BASE
    assert why_not(rows, "amount_growth") is Reason.NO_BASE


def test_nothing_grows_from_less_than_nothing() -> None:
    """When more went back than was paid, a rate of growth would turn its sign."""
    rows = [("ada", date(1998, 1, 5), -10), ("ada", date(1998, 2, 20), 10)]

    assert why_not(rows, "sales_growth") is Reason.NO_BASE


def test_the_running_period_has_no_values_yet() -> None:
    """March is not told on 31 March, when its last day begins, but on 1 April."""
    rows = [("ada", date(1998, 3, 10), 10)]

    (running,) = series(rows, "sales", months=(MARCH,), as_of=date(1998, 3, 31))
    (over,) = series(rows, "sales", months=(MARCH,), as_of=APRIL_1)

    assert running.values == (Undefined(Reason.INCOMPLETE_PERIOD),)
    assert over.latest.number == 10  # type: ignore[union-attr]


def test_before_the_records_begin_there_is_no_data() -> None:
    """No sales are recorded for January, because nothing was: that is not a 0."""
    (sales,) = series([("ada", date(1998, 2, 1), 10)], "sales", months=(JANUARY, FEBRUARY, MARCH))

    assert sales.values[0] == Undefined(Reason.NO_DATA)
    assert "begin on 1998-02-01" in str(sales.values[0])
    assert sales.at(MARCH).number == 0  # type: ignore[union-attr]


def test_without_any_purchases_there_is_no_data() -> None:
    """A customer who never bought gives no KPI a value."""
    found = series([], *EVERY)

    assert {each.values for each in found} == {(Undefined(Reason.NO_DATA),)}


# Refusals.


@pytest.mark.parametrize(
    ("months", "rule"),
    [
        ([], "hold at least one period"),
        ([JANUARY, MARCH], "be calendar periods of one grain, each beginning where the last"),
        ([JANUARY, Period(date(1998, 2, 1), date(1998, 2, 2))], "be calendar periods of one grain"),
        ([Period(date(1998, 1, 5), date(1998, 1, 9))], "be calendar periods of one grain"),
    ],
)
def test_periods_that_are_no_row_are_refused(months: list[Period], rule: str) -> None:
    """A gap, two grains, or a stretch that is no calendar period would be compared wrongly."""
    with pytest.raises(InvalidValueError, match=f"periods must {rule}"):
        series([], "sales", months=months)


@pytest.mark.parametrize("name", ["active_days", "repeat_days"])
def test_a_window_of_no_days_is_refused(name: str) -> None:
    """Nobody would ever be active, and nobody could come back."""
    with pytest.raises(InvalidValueError, match=f"{name} must be a whole number from 1 to 3660"):
        series([], "sales", **{name: 0})  # type: ignore[arg-type]


def test_an_instant_is_no_day() -> None:
    """The day as of which values hold is a day; an instant would need a zone."""
    with pytest.raises(InvalidValueError, match="as_of must be a day, not an instant"):
        series([], "sales", as_of=datetime(1998, 3, 1, tzinfo=UTC))


def test_an_unknown_currency_is_refused() -> None:
    """Money without a currency is no money."""
    with pytest.raises(UnknownNameError, match="unknown currency 'EURO'"):
        compute({}, [MARCH], as_of=LATER, zone="UTC", currency="EURO")


# Properties on random purchases.

FIRST = date(1997, 12, 15)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ada", "bob", "cy", "dee"]),
        st.integers(0, 230).map(lambda days: FIRST + timedelta(days=days)),
        st.integers(-5, 20),
    ),
    max_size=25,
)
MONTHS = tuple(periods(Grain.MONTH, date(1998, 1, 1), date(1998, 7, 1)))
QUARTERS = tuple(periods(Grain.QUARTER, date(1998, 1, 1), date(1998, 7, 1)))


class Naive:
    """The KPIs by their definitions, slowly: each figure walks over all purchases again."""

    def __init__(self, rows: Sequence[Row], active_days: int, repeat_days: int) -> None:
        """Take the purchases as they are."""
        self.rows = rows
        self.customers = {customer for customer, _, _ in rows}
        self.active_days = active_days
        self.repeat_days = repeat_days

    def days(self, customer: str) -> list[date]:
        """Return the days of a customer's purchases."""
        return sorted(day for who, day, amount in self.rows if who == customer and amount >= 0)

    def active(self, at: date) -> set[str]:
        """Return who bought within the window before a day."""
        earliest = at - timedelta(days=self.active_days)
        return {
            customer
            for customer in self.customers
            if any(earliest <= day < at for day in self.days(customer))
        }

    def orders(self, period: Period) -> int:
        """Return how many purchases there were."""
        return sum(1 for _, day, amount in self.rows if amount >= 0 and day in period)

    def buyers(self, period: Period) -> set[str]:
        """Return who bought."""
        return {who for who, day, amount in self.rows if amount >= 0 and day in period}

    def sales(self, period: Period, among: set[str]) -> int:
        """Return what some customers paid, net."""
        return sum(amount for who, day, amount in self.rows if who in among and day in period)

    def new(self, period: Period) -> set[str]:
        """Return whose first purchase falls in a period."""
        return {c for c in self.customers if self.days(c) and self.days(c)[0] in period}

    def repeated(self, period: Period) -> set[str]:
        """Return who of the new ones came back in time."""
        return {
            customer
            for customer in self.new(period)
            for first in self.days(customer)[:1]
            if any(
                first < day <= first + timedelta(days=self.repeat_days)
                for day in self.days(customer)
            )
        }

    def parts(self, period: Period) -> dict[str, tuple[int, int | None]]:
        """Return numerator and denominator of every KPI."""
        opening, closing = self.active(period.start), self.active(period.end)
        before = period.before()
        same = self.buyers(period) & self.buyers(before)
        now, past = self.sales(period, same), self.sales(before, same)
        total = self.sales(period, self.customers)
        total_before = self.sales(before, self.customers)
        return {
            "retention_rate": (len(opening & closing), len(opening)),
            "churn_rate": (len(opening - closing), len(opening)),
            "repeat_rate": (len(self.repeated(period)), len(self.new(period))),
            "purchase_frequency": (self.orders(period), len(self.buyers(period))),
            "amount_growth": (now - past, past),
            "customer_base": (len(closing), None),
            "customers_kept": (len(opening & closing), None),
            "new_customers": (len(self.new(period)), None),
            "acquisition_rate": (len(self.new(period)), len(opening)),
            "sales": (total, None),
            "sales_growth": (total - total_before, total_before),
            "orders": (self.orders(period), None),
        }


@given(ROWS, st.integers(1, 120), st.integers(1, 120))
def test_agrees_with_a_naive_reckoning(rows: list[Row], active_days: int, repeat_days: int) -> None:
    """Every part of every value is what a loop over all purchases finds; else it is undefined."""
    naive = Naive(rows, active_days, repeat_days)

    found = series(rows, *EVERY, months=MONTHS, active_days=active_days, repeat_days=repeat_days)

    begin = min((day for _, day, _ in rows), default=LATER)
    for each in found:
        for period, value in zip(each.periods, each.values, strict=True):
            upper, lower = naive.parts(period)[each.kpi.id]
            if period.end <= begin or (lower is not None and lower <= 0):
                assert isinstance(value, Undefined)
            else:
                assert isinstance(value, Value)
                assert parts(value) == (upper, lower)
                exact = Fraction(upper, 1 if lower is None else lower)
                assert float(value.number) == pytest.approx(float(exact))


@given(st.data(), ROWS)
def test_the_order_of_purchases_does_not_matter(data: st.DataObject, rows: list[Row]) -> None:
    """The same purchases, customers and periods in another order give the same values."""
    shuffled = data.draw(st.permutations(rows))
    turned = data.draw(st.permutations(MONTHS[:3]))

    assert series(rows, *EVERY, months=MONTHS[:3]) == series(shuffled, *EVERY, months=turned)


@given(ROWS, st.integers(1, 120))
def test_who_was_there_is_kept_or_lost(rows: list[Row], active_days: int) -> None:
    """Retention and churn have one base and make 1; what is kept is retention's upper part."""
    retention, churn, kept = series(
        rows,
        "retention_rate",
        "churn_rate",
        "customers_kept",
        months=MONTHS,
        active_days=active_days,
    )

    for stayed, left, count in zip(retention.values, churn.values, kept.values, strict=True):
        if isinstance(stayed, Undefined):
            assert stayed == left
        else:
            assert isinstance(left, Value)
            assert isinstance(count, Value)
            assert stayed.number + left.number == 1
            assert stayed.numerator == count.number
            assert stayed.denominator == left.denominator


@given(ROWS)
def test_the_base_is_what_was_kept_and_what_came(rows: list[Row]) -> None:
    """Opening + come − lost = closing: each month's end is the next month's start."""
    retention, base = series(rows, "retention_rate", "customer_base", months=MONTHS)

    for closing, following in zip(base.values, retention.values[1:], strict=False):
        if isinstance(following, Value):
            assert isinstance(closing, Value)
            assert closing.number == following.denominator


@given(ROWS)
def test_months_sum_to_quarters(rows: list[Row]) -> None:
    """What is additive in the catalogue is the sum of its months when computed for quarters."""
    names = ("sales", "orders", "new_customers")
    by_month = series(rows, *names, months=MONTHS)
    by_quarter = series(rows, *names, months=QUARTERS)

    for short, long in zip(by_month, by_quarter, strict=True):
        for place, value in enumerate(long.values):
            months = short.values[3 * place : 3 * place + 3]
            known = [month.number for month in months if isinstance(month, Value)]
            if isinstance(value, Value):
                assert value.number == sum(known)
            else:
                assert not known


@given(ROWS, st.integers(1, 25))
def test_the_past_does_not_change(rows: list[Row], days: int) -> None:
    """What is bought after a month changes none of its values, but for who was still young."""
    until = date(1998, 4, 1)
    names = tuple(name for name in EVERY if name != "repeat_rate")
    first = min((day for _, day, _ in rows), default=until)
    known = [*rows, ("ada", min(first, date(1997, 12, 15)), 1)]
    earlier = [row for row in known if row[1] < until]

    now = series(known, *names, months=MONTHS[:3], as_of=until, active_days=days)
    then = series(earlier, *names, months=MONTHS[:3], as_of=until, active_days=days)

    assert now == then


def test_one_period_and_one_kpi_need_no_list_around_them() -> None:
    """A period alone is a row of one, and so is a KPI, its id, or its code."""
    bought = {
        "purchases": purchases([("ada", date(1998, 1, 5), 10), ("bob", date(1998, 2, 5), 20)])
    }
    terms: Any = {"as_of": LATER, "zone": "UTC", "currency": "EUR"}
    listed = compute(bought, [FEBRUARY], kpis=["K32"], **terms)

    for asked in (kpi("K32"), "K32", "sales"):
        assert compute(bought, FEBRUARY, kpis=asked, **terms) == listed


def test_records_without_their_kind_are_refused() -> None:
    """Whoever hands in a list is told to name what it holds."""
    bought: Any = purchases([("ada", date(1998, 1, 5), 10)])

    with pytest.raises(InvalidValueError, match=r"records must be a mapping .* \(got 'list'\)"):
        compute(bought, [JANUARY], as_of=LATER, zone="UTC", currency="EUR")


def test_a_kpi_is_asked_for_by_its_id_or_code() -> None:
    """The word that a policy writes, and the code of the catalogue, will do."""
    by_name, itself = (
        compute({}, [MARCH], as_of=LATER, zone="UTC", currency="EUR", kpis=kpis)
        for kpis in (["sales", "K15"], [kpi("sales"), kpi("retention_rate")])
    )

    assert by_name == itself


CHANNELS = {
    CustomerId("ada"): {"channel": "web"},
    CustomerId("bob"): {"channel": "shop"},
    CustomerId("cy"): {"channel": None},
}
BOUGHT: list[Row] = [
    ("ada", date(1998, 1, 20), 10),
    ("ada", date(1998, 2, 3), 15),
    ("bob", date(1998, 1, 5), 20),
    ("bob", date(1998, 2, 9), 40),
    ("cy", date(1998, 2, 11), 80),
]


def bought(*months: Period, **terms: Any) -> KpiSeries:  # noqa: ANN401 - terms of any kind
    """Return the one KPI of these purchases that is asked for."""
    (found,) = compute(
        {"purchases": iter(purchases(BOUGHT))},
        months or [FEBRUARY],
        as_of=LATER,
        zone="UTC",
        currency="EUR",
        **terms,
    )
    return found


def test_a_criterion_says_which_customers_count() -> None:
    """Of whom it holds counts; of whom it fails or is unknown does not."""
    on_the_web = F.channel == "web"

    web = bought(kpis=["sales"], where=on_the_web, customers=CHANNELS)
    others = bought(kpis=["sales"], where=unless(on_the_web), customers=CHANNELS)
    everybody = bought(kpis=["sales"])

    sales = [one.latest for one in (web, others, everybody)]
    assert [value.number for value in sales if isinstance(value, Value)] == [15, 120, 135]
    assert web.definition.en.endswith(" Only customers count of whom this holds: channel is web.")
    assert web.definition.zh.endswith("仅计入符合条件的客户：channel 等于 web。")


def test_a_criterion_reads_features_where_nothing_else_is_given() -> None:
    """Without records, a criterion judges what is known of a customer as of the day."""
    found = bought(kpis=["orders"], where=F.frequency > 1)

    assert isinstance(found.latest, Value)
    assert found.latest.number == 2


def test_the_records_begin_where_they_begin_for_everybody() -> None:
    """A period before the first purchase of those who count is a zero, not a gap."""
    found = bought(JANUARY, kpis=["orders"], where=F.channel.is_missing(), customers=CHANNELS)

    assert isinstance(found.latest, Value)
    assert found.latest.number == 0


def test_a_customer_without_a_record_is_refused() -> None:
    """Nobody is left out in silence because a record is missing."""
    with pytest.raises(UnknownNameError, match="unknown customer 'ada'"):
        bought(kpis=["orders"], where=F.channel == "web", customers={})
