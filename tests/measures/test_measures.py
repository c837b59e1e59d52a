"""Single measures, with numbers that can be checked in the head."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.criteria import as_of as day_of_judgement
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Money, Reason, Undefined
from crmcore.measures import (
    Additivity,
    Count,
    Distinct,
    Last,
    Mean,
    Measure,
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
    """An order."""

    id: str
    at: date | datetime | None
    customer: str = "northwind"
    amount: Money | None = None
    quantity: int = 1


ORDERS = (
    Order(id="o-1", at=date(1998, 1, 5), amount=Money("30.00", "EUR"), quantity=3),
    Order(id="o-2", at=date(1998, 1, 31), amount=Money("10.00", "EUR"), customer="adatum"),
    Order(id="o-3", at=date(1998, 2, 1), amount=Money("20.50", "EUR")),
    Order(id="o-4", at=date(1998, 2, 28), amount=None, quantity=0),
)


def measured(measure: Measure, *, period: Period = JANUARY, **options: Any) -> Value | Undefined:  # noqa: ANN401
    """Return one measure of the orders of one month."""
    options = {"day": "at", "as_of": LATER, **options}
    return evaluate({"it": measure}, ORDERS, periods=period, **options).value("it")


def test_a_value_carries_all_that_it_rests_on() -> None:
    """Numerator, denominator, number of records, period, day, definition and version are kept."""
    table = evaluate(
        {"pieces by order": Ratio(Sum("quantity"), Count())},
        ORDERS,
        periods=JANUARY,
        day="at",
        as_of=LATER,
        version="2",
    )

    assert table.value("pieces by order") == Value(
        number=Decimal(2),
        numerator=Decimal(4),
        denominator=Decimal(2),
        n=2,
        period=JANUARY,
        as_of=LATER,
        definition="pieces by order",
        version="2",
    )


@pytest.mark.parametrize(
    ("measure", "text"),
    [
        (Sum("amount.amount"), "40.00 (n = 2, 1998-01)"),
        (Count(F.quantity > 1), "1 (n = 1, 1998-01)"),
        (
            Ratio(Count(F.quantity > 1), Count(), proportion=True),
            "0.5 (1 of 2, 0.09453 to 0.9055 (95 %, Wilson), 1998-01)",
        ),
        (Ratio(Count(), Sum("quantity")), "0.5 (2 of 4, 1998-01)"),
        (Quantile("quantity", "0.25"), "1.5 (n = 2, 1998-01)"),
    ],
)
def test_a_value_reads_as_one_line(measure: Measure, text: str) -> None:
    """Number, parts, interval and period stand in the text, rounded for the eye."""
    assert str(measured(measure)) == text


def test_what_is_missing_is_left_out_and_told() -> None:
    """A record without a value is neither above nor below the line of a mean."""
    mean = measured(Mean("amount.amount"), period=FEBRUARY)

    assert isinstance(mean, Value)
    assert (mean.number, mean.n, mean.missing, mean.interval) == (Decimal("20.50"), 1, 1, None)
    assert str(mean) == "20.50 (20.50 of 1, 1 missing, 1998-02)"


@pytest.mark.parametrize("measure", [Count(), Sum("quantity"), Distinct("customer")])
def test_nothing_counted_is_a_real_zero(measure: Measure) -> None:
    """In a month without orders nothing was sold, and that is known."""
    value = measured(measure, period=MARCH)

    assert isinstance(value, Value)
    assert value.number == value.n == 0


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        (Mean("quantity"), Reason.NO_DATA),
        (Quantile("quantity", "0.5"), Reason.NO_DATA),
        (Last("quantity"), Reason.NO_DATA),
        (Ratio(Sum("quantity"), Count()), Reason.ZERO_DENOMINATOR),
        (Ratio(Count(), Count(), proportion=True), Reason.ZERO_DENOMINATOR),
    ],
)
def test_what_has_no_value_says_why(measure: Measure, reason: Reason) -> None:
    """A mean of nothing and a ratio to nothing are undefined, and never 0."""
    assert measured(measure, period=MARCH) == Undefined(reason)


def test_a_period_that_is_not_over_has_no_value() -> None:
    """The running month is incomplete on its last day, and complete when the next begins."""
    running = measured(Count(), as_of=date(1998, 1, 31))

    assert running == Undefined(Reason.INCOMPLETE_PERIOD)
    assert isinstance(running, Undefined)
    assert str(running) == "the period has not ended yet: 1998-01 on 1998-01-31"
    assert running.detail.zh == "1998-01-31时的1998-01"
    assert isinstance(measured(Count(), as_of=date(1998, 2, 1)), Value)


def test_an_instant_counts_on_its_day_in_the_zone() -> None:
    """The evening of 31 January in New York is 1 February in UTC."""
    late = [Order(id="o-1", at=datetime(1998, 2, 1, 4, tzinfo=UTC))]

    table = evaluate(
        {"orders": Count()},
        late,
        periods=[FEBRUARY, JANUARY],
        day="at",
        zone="America/New_York",
        as_of=LATER,
    )

    assert [value.number for value in table.series("orders") if isinstance(value, Value)] == [1, 0]


def test_a_record_without_a_day_is_in_no_period() -> None:
    """Nobody knows when it happened, so it is counted nowhere."""
    table = evaluate(
        {"orders": Count()}, [Order(id="o-1", at=None)], periods=JANUARY, day="at", as_of=LATER
    )

    assert str(table.value("orders")) == "there is no data: no records at all"


def test_a_day_can_be_a_function() -> None:
    """Where no field holds the day, a function of the record tells it."""
    table = evaluate(
        {"orders": Count()}, ORDERS, periods=JANUARY, day=lambda _: date(1998, 1, 1), as_of=LATER
    )

    assert str(table.value("orders")) == "4 (n = 4, 1998-01)"


def test_periods_may_overlap() -> None:
    """An order of January counts in the month and in the quarter."""
    quarter = Period(date(1998, 1, 1), date(1998, 4, 1))

    table = evaluate({"orders": Count()}, ORDERS, periods=[JANUARY, quarter], day="at", as_of=LATER)

    assert str(table.value("orders", period=JANUARY)) == "2 (n = 2, 1998-01)"
    assert str(table.value("orders", period=quarter)) == "4 (n = 4, 1998-Q1)"


def test_every_group_has_a_row_for_every_period() -> None:
    """Who ordered in January only has ordered nothing in February, and missing ones come last."""
    orders = [*ORDERS, {"at": date(1998, 1, 7)}]

    table = evaluate(
        {"orders": Count()},
        orders,
        periods=[JANUARY, FEBRUARY],
        day="at",
        by="customer",
        as_of=LATER,
    )

    assert table.by == ("customer",)
    assert table.groups == (("adatum",), ("northwind",), (None,))
    assert [str(v) for v in table.series("orders", group=("adatum",))] == [
        "1 (n = 1, 1998-01)",
        "0 (n = 0, 1998-02)",
    ]


@attrs.frozen(kw_only=True)
class Contract:
    """A contract that lasts from one day up to, and without, another."""

    since: date | datetime | None
    until: date | datetime | None = None
    kind: str = "gold"


CONTRACTS = (
    Contract(since=date(1997, 6, 1), until=date(1998, 1, 1)),  # over when January begins
    Contract(since=date(1997, 6, 1), until=date(1998, 1, 15)),
    Contract(since=date(1998, 1, 1), until=date(1998, 2, 1), kind="silver"),  # all of January
    Contract(since=date(1998, 1, 31)),
    Contract(since=date(1998, 2, 1)),
    Contract(since=None),
)


@pytest.mark.parametrize(
    ("measure", "number"),
    [
        (Stock("since", "until", moment="start"), 1 + 1),
        (Stock("since", "until"), 1 + 1),
        (Stock("since"), 4),
        (Stock("since", "until", "mean"), Decimal(14 + 31 + 1) / 31),
        (Stock("since", "until", where=F.kind == "silver"), 1),
    ],
)
def test_a_stock_is_what_the_days_before_have_left(measure: Measure, number: int) -> None:
    """At the end of January those count that lasted through its last day."""
    table = evaluate({"contracts": measure}, CONTRACTS, periods=JANUARY, as_of=LATER)
    value = table.value("contracts")

    assert isinstance(value, Value)
    assert value.number == pytest.approx(number)
    assert value.missing == (
        0 if measure == Stock("since", "until", where=F.kind == "silver") else 1
    )


def test_the_closing_stock_is_the_next_opening_stock() -> None:
    """What is there when January ends is there when February begins."""
    table = evaluate(
        {"closing": Stock("since", "until"), "opening": Stock("since", "until", moment="start")},
        CONTRACTS,
        periods=[JANUARY, FEBRUARY],
        as_of=LATER,
    )
    closing, opening = (
        table.value("closing", period=JANUARY),
        table.value("opening", period=FEBRUARY),
    )

    assert isinstance(closing, Value)
    assert isinstance(opening, Value)
    assert closing.number == opening.number


def test_a_ratio_of_stocks_needs_no_day() -> None:
    """Its parts look at the days in their own fields."""
    silver = Ratio(
        Stock("since", "until", where=F.kind == "silver"), Stock("since", "until"), proportion=True
    )

    table = evaluate({"silver": silver}, CONTRACTS, periods=JANUARY, as_of=LATER)

    assert str(table.value("silver")).startswith("0.5 (1 of 2, 1 missing, ")


def test_a_stock_of_instants_needs_the_zone() -> None:
    """Whether an instant is before midnight depends on where."""
    contracts = [Contract(since=datetime(1998, 2, 1, 4, tzinfo=UTC))]
    stock: dict[str, Measure] = {"contracts": Stock("since")}

    there = evaluate(stock, contracts, periods=JANUARY, zone="America/New_York", as_of=LATER)

    assert str(there.value("contracts")) == "1 (n = 1, 1998-01)"
    with pytest.raises(InvalidValueError, match="zone must be given, because since holds instants"):
        evaluate(stock, contracts, periods=JANUARY, as_of=LATER)


def test_the_last_of_one_moment_is_decided_by_the_tie() -> None:
    """Two orders of one day: the one with the larger id is the later one."""
    orders = [
        Order(id="o-2", at=date(1998, 1, 5), quantity=7),
        Order(id="o-9", at=date(1998, 1, 5), quantity=4),
        Order(id="o-1", at=date(1998, 1, 5), quantity=9),
    ]

    table = evaluate({"last": Last("quantity")}, orders, periods=JANUARY, day="at", as_of=LATER)

    assert str(table.value("last")) == "4 (n = 3, 1998-01)"


def test_fields_of_mappings_are_read_by_key() -> None:
    """A record may be a mapping, and a key that it lacks is missing."""
    rows = [
        {"at": date(1998, 1, 2), "amount": {"amount": Decimal(3)}},
        {"at": date(1998, 1, 2), "amount": None},
        {"at": date(1998, 1, 2)},
    ]

    table = evaluate({"it": Sum("amount.amount")}, rows, periods=JANUARY, day="at", as_of=LATER)

    assert str(table.value("it")) == "3 (n = 1, 2 missing, 1998-01)"


@pytest.mark.parametrize(
    ("measure", "additivity"),
    [
        (Count(), Additivity.ADDITIVE),
        (Sum("quantity"), Additivity.ADDITIVE),
        (Mean("quantity"), Additivity.NON_ADDITIVE),
        (Quantile("quantity", "0.5"), Additivity.NON_ADDITIVE),
        (Distinct("customer"), Additivity.NON_ADDITIVE),
        (Ratio(Count(), Count()), Additivity.NON_ADDITIVE),
        (Last("quantity"), Additivity.SEMI_ADDITIVE),
        (Stock("at"), Additivity.SEMI_ADDITIVE),
        (Ratio(Count(), Stock("at")), Additivity.NON_ADDITIVE),
        (Ratio(Stock("at", where=F.quantity > 1), Stock("at")), Additivity.SEMI_ADDITIVE),
    ],
)
def test_measures_know_whether_they_add_up(measure: Measure, additivity: Additivity) -> None:
    """Counts and sums add up over time, stocks do not, and ratios are taken anew."""
    assert measure.additivity is additivity


def test_different_tallies_are_not_merged() -> None:
    """Tallies of other measures, dimensions or parameters have no common cells."""
    tally = Tally({"orders": Count()}, day="at")

    for other in (
        Tally({"orders": Count(F.quantity > 1)}, day="at"),
        Tally({"orders": Count()}, day="at", by="customer"),
        Tally({"orders": Count()}, day="at", zone="UTC"),
        Tally({"orders": Count()}, day="at", parameters={"days": 3}),
        Tally({"orders": Count()}, day="at", begin=date(1998, 1, 1)),
    ):
        with pytest.raises(InvalidValueError, match="other must count the same measures by"):
            tally.merge(other)


@pytest.mark.parametrize("value", [1.5, True, "3", Decimal("NaN"), Decimal("Infinity")])
def test_only_exact_numbers_are_measured(value: object) -> None:
    """The sum of floats depends on their order, and of texts there is none."""
    rows = [{"at": date(1998, 1, 2), "minutes": value}]

    with pytest.raises(InvalidValueError, match="minutes must be an integer or a finite decimal"):
        evaluate({"it": Sum("minutes")}, rows, periods=JANUARY, day="at", as_of=LATER)


def test_an_unknown_field_is_refused_with_the_nearest() -> None:
    """A slip of the pen is not a missing value."""
    with pytest.raises(
        UnknownNameError, match=r"unknown field of Order 'quantitty'; did you mean 'quantity'\?"
    ):
        measured(Sum("quantitty"))


def test_a_day_is_a_date_or_an_instant() -> None:
    """Text that looks like a date is none."""
    with pytest.raises(InvalidValueError, match="at must be a date or an instant"):
        evaluate(
            {"orders": Count()}, [{"at": "1998-01-01"}], periods=JANUARY, day="at", as_of=LATER
        )


@pytest.mark.parametrize("path", ["", "a b", "amount.", "_secret", "amount.__class__", 3])
def test_a_field_is_a_name(path: Any) -> None:  # noqa: ANN401
    """Names joined by dots lead to a field, and nothing else does."""
    with pytest.raises(InvalidValueError, match="field must be the name of a field"):
        Sum(path)


def test_a_filter_says_the_same_every_day() -> None:
    """A criterion that depends on the day of judgement would change what was counted before."""
    with pytest.raises(InvalidValueError, match="where must not depend on the day of judgement"):
        Count(F.at < day_of_judgement)


def test_a_filter_is_a_criterion() -> None:
    """A text or a function is no criterion."""
    with pytest.raises(InvalidValueError, match="where must be a criterion"):
        Count("quantity > 1")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (Sum("quantity"), Sum("quantity")),
        (Count(), Distinct("customer")),
        (Distinct("id"), Distinct("customer")),
        (Stock("at"), Stock("at", moment="start")),
    ],
)
def test_a_proportion_counts_the_same_things(upper: Measure, lower: Measure) -> None:
    """A share has an interval only where some of the very same things are counted."""
    with pytest.raises(InvalidValueError, match="proportion must count the same things"):
        Ratio(upper, lower, proportion=True)  # type: ignore[arg-type]


def test_a_proportion_is_at_most_the_whole() -> None:
    """More things above than below the line cannot be a share of them."""
    with pytest.raises(InvalidValueError, match="numerator must be part of the denominator, 1"):
        measured(Ratio(Count(), Count(F.quantity > 1), proportion=True))


def test_a_mean_is_no_part_of_a_ratio() -> None:
    """A ratio of means would be a mean of ratios."""
    with pytest.raises(InvalidValueError, match="numerator must be one of Count, Sum, Distinct"):
        Ratio(Mean("quantity"), Count())  # type: ignore[arg-type]


def test_a_share_is_a_fraction() -> None:
    """The ninetieth percentile is 0.9, and not 90."""
    with pytest.raises(InvalidValueError, match=r"q must be a fraction between 0 and 1"):
        Quantile("quantity", 90)


def test_a_stock_is_taken_at_an_end() -> None:
    """There is no middle of a period."""
    with pytest.raises(InvalidValueError, match="moment must be start or end or mean"):
        Stock("at", moment="middle")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measures": {}}, "measures must name at least one measure"),
        ({"periods": []}, "periods must hold at least one period"),
        ({"day": None}, "day must tell the day of the records, as 'at' would"),
        (
            {"day": None, "measures": {"growth": Ratio(Count(), Stock("at"))}},
            "day must tell the day of the records, as 'at' would",
        ),
    ],
)
def test_a_question_is_complete(options: dict[str, Any], message: str) -> None:
    """Without measures, periods, or the days of the records there is nothing to tell."""
    question = {"measures": {"orders": Count()}, "periods": JANUARY, "day": "at", **options}

    with pytest.raises(InvalidValueError, match=message):
        evaluate(records=ORDERS, as_of=LATER, **question)


@pytest.fixture
def table() -> Table:
    """Orders by customer in two months."""
    return evaluate(
        {"orders": Count()},
        ORDERS,
        periods=[JANUARY, FEBRUARY],
        day="at",
        by="customer",
        as_of=LATER,
    )


def test_a_table_knows_what_it_holds(table: Table) -> None:
    """Periods, groups and measures are listed in order, and equal questions give equal tables."""
    assert table.periods == (JANUARY, FEBRUARY)
    assert table.groups == (("adatum",), ("northwind",))
    assert table.measures == ("orders",)
    assert table == Table(by=table.by, rows=table.rows)


def test_a_table_refuses_what_it_does_not_hold(table: Table) -> None:
    """An unknown measure, group or period is named, with what there is."""
    with pytest.raises(UnknownNameError, match=r"unknown measure 'order'; did you mean 'orders'\?"):
        table.series("order", group=("adatum",))
    with pytest.raises(UnknownNameError, match="unknown group"):
        table.series("orders", group=("tailspin",))
    with pytest.raises(InvalidValueError, match="period must be one of 1998-01, 1998-02"):
        table.value("orders", period=MARCH, group=("adatum",))
    with pytest.raises(InvalidValueError, match="period must be named, because there are 2"):
        table.value("orders", group=("adatum",))


@pytest.mark.parametrize(
    ("measures", "by", "short"),
    [
        ({"n": Count()}, (), "<Table of n: 1 rows>"),
        ({"n": Count(), "m": Count()}, "customer", "<Table of m, n by customer: 4 rows>"),
    ],
)
def test_the_short_of_a_table_counts_its_rows(
    measures: dict[str, Measure], by: str | tuple[str, ...], short: str
) -> None:
    """A table does not fill the screen: it names its measures and counts its rows."""
    table = evaluate(measures, ORDERS, periods=JANUARY, day="at", by=by, as_of=LATER)

    assert repr(table) == short


def test_the_day_of_knowing_is_a_date() -> None:
    """An instant has a day only in some zone."""
    with pytest.raises(InvalidValueError, match="as_of must be a day, not an instant"):
        measured(Count(), as_of=datetime(1998, 5, 1, tzinfo=UTC))


def test_a_zone_is_given_by_name_or_itself() -> None:
    """New Year's Eve in New York is the new year elsewhere, however the zone is given."""
    eve = Order(id="o-9", at=datetime(1998, 1, 1, 3, tzinfo=UTC))
    name = "America/New_York"

    by_name, itself = (
        evaluate({"n": Count()}, [eve], periods=JANUARY, day="at", zone=zone, as_of=LATER)
        for zone in (name, ZoneInfo(name))
    )

    assert by_name == itself
    assert str(by_name.value("n")) == "0 (n = 0, 1998-01)"


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611)]
)
def test_a_share_carries_a_published_interval(
    successes: int, n: int, low: float, high: float
) -> None:
    """Wilson's interval as Newcombe printed it in 1998, method 3, in his two examples."""
    orders = [
        Order(id=f"o-{place}", at=date(1998, 1, 5), quantity=2 if place < successes else 1)
        for place in range(n)
    ]

    table = evaluate(
        {"share": Ratio(Count(F.quantity > 1), Count(), proportion=True)},
        orders,
        periods=JANUARY,
        day="at",
        as_of=LATER,
    )

    share = table.value("share")
    assert isinstance(share, Value)
    assert share.interval is not None
    assert (share.interval.low, share.interval.high) == pytest.approx((low, high), abs=5e-5)
