"""Rolling months up to quarters: what may be summed, what may not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Grain, Period, periods
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, Money, Reason, Undefined
from crmcore.kpis import KpiSeries, compute, kpi, roll_up, value_over
from crmcore.measures import Value

MONTHS = tuple(periods(Grain.MONTH, date(1998, 1, 1), date(1998, 7, 1)))
QUARTERS = tuple(periods(Grain.QUARTER, date(1998, 1, 1), date(1998, 7, 1)))
JULY = date(1998, 7, 1)


def series(name: str, parts: Sequence[tuple[int, int | None] | Reason]) -> KpiSeries:
    """Return a series with these numerators and denominators, from January 1998 on."""
    row = MONTHS[: len(parts)]
    values = tuple(
        Undefined(part)
        if isinstance(part, Reason)
        else Value(
            number=Decimal(part[0]) / (part[1] or 1),
            numerator=Decimal(part[0]),
            denominator=None if part[1] is None else Decimal(part[1]),
            n=part[1] or part[0],
            period=period,
            as_of=JULY,
            definition=name,
        )
        for period, part in zip(row, parts, strict=True)
    )
    return KpiSeries(kpi=kpi(name), periods=row, values=values, as_of=JULY)


def test_orders_of_three_months_are_summed() -> None:
    """10 + 20 + 30 orders are 60 in the quarter."""
    months = series("orders", [(10, None), (20, None), (30, None)])

    quarter = roll_up(months, Grain.QUARTER)

    (value,) = quarter.values
    assert isinstance(value, Value)
    assert (int(value.number), value.n, str(value.period)) == (60, 60, "1998-Q1")


def test_of_a_stock_the_last_value_is_taken() -> None:
    """A customer base of 10, 20 and 30 is 30 at the end of the quarter, not 60."""
    months = series("customer_base", [(10, None), (20, None), (30, None)])

    value = roll_up(months, Grain.QUARTER).values[0]

    assert isinstance(value, Value)
    assert (int(value.number), str(value.period)) == (30, "1998-Q1")


def test_a_ratio_of_sums_is_no_mean_of_ratios() -> None:
    """1 of 10, 9 of 10 and 30 of 80 came back: 40 / 100 = 0.4, not (0.1 + 0.9 + 0.375) / 3."""
    months = series("repeat_rate", [(1, 10), (9, 10), (30, 80)])

    value = roll_up(months, Grain.QUARTER).values[0]

    assert isinstance(value, Value)
    assert value.number == Decimal("0.4")
    assert value.interval is not None
    assert 0.4 in value.interval


def test_a_month_without_new_customers_adds_nothing() -> None:
    """Nothing above and nothing below the line leaves the ratio of the other months."""
    months = series("repeat_rate", [(1, 10), Reason.ZERO_DENOMINATOR, (3, 10)])

    value = roll_up(months, Grain.QUARTER).values[0]

    assert isinstance(value, Value)
    assert value.number == Decimal("0.2")


@pytest.mark.parametrize("name", ["acquisition_cost", "complaint_rate"])
def test_what_was_spent_on_nobody_was_spent(name: str) -> None:
    """30 in a month without a new customer belong to the cost of the quarter, and are not told."""
    months = series(name, [(100, 10), Reason.ZERO_DENOMINATOR, (80, 10)])

    assert roll_up(months, Grain.QUARTER).values == (Undefined(Reason.ZERO_DENOMINATOR),)


def test_a_quarter_of_nothing_has_no_ratio() -> None:
    """Three months without new customers make a quarter without."""
    months = series("repeat_rate", [Reason.ZERO_DENOMINATOR] * 3)

    assert roll_up(months, Grain.QUARTER).values == (Undefined(Reason.ZERO_DENOMINATOR),)


@pytest.mark.parametrize("name", ["sales", "customer_base", "repeat_rate"])
def test_a_quarter_that_runs_is_not_told(name: str) -> None:
    """A month without a value leaves the quarter without, for the same reason."""
    months = series(name, [(10, 20), (20, 20), Reason.INCOMPLETE_PERIOD])

    assert roll_up(months, Grain.QUARTER).values == (Undefined(Reason.INCOMPLETE_PERIOD),)


def test_only_whole_quarters_are_told() -> None:
    """Four months cover one quarter, and nothing is said about the second."""
    months = series("orders", [(1, None)] * 4)

    assert roll_up(months, Grain.QUARTER).periods == QUARTERS[:1]


def test_what_covers_no_quarter_is_refused() -> None:
    """Two months make no quarter."""
    months = series("orders", [(1, None)] * 2)

    with pytest.raises(InvalidValueError, match="series must cover a whole quarter, not only 1998"):
        roll_up(months, Grain.QUARTER)


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("retention_rate", "compute K15 .* because it rests on customers active at the start"),
        ("purchase_frequency", "compute K18 .* because it rests on customers with an order"),
        ("sales_growth", "compute K34 .* because it rests on sales amount of the period before"),
        ("customers_kept", "compute K26 .* because it rests on customers active both"),
    ],
)
def test_what_does_not_add_up_is_refused_with_the_reason(name: str, because: str) -> None:
    """No sum, mean or product of monthly retentions is the retention of the quarter."""
    months = series(name, [(1, 2)] * 3)

    with pytest.raises(InvalidValueError, match=because):
        roll_up(months, Grain.QUARTER)


def test_one_period_is_its_own_value() -> None:
    """Even what does not add up has a value for a period that needs no adding."""
    months = series("retention_rate", [(1, 2), (1, 4)])

    assert value_over(months, MONTHS[1]) == months.values[1]


@pytest.mark.parametrize(
    "period",
    [
        Period(date(1998, 1, 2), date(1998, 3, 1)),
        Period(date(1998, 1, 1), date(1998, 2, 15)),
        Period(date(1997, 12, 1), date(1998, 2, 1)),
    ],
)
def test_a_stretch_that_cuts_months_is_refused(period: Period) -> None:
    """Half a month has no value in a series of months."""
    months = series("orders", [(1, None)] * 3)

    with pytest.raises(InvalidValueError, match="period must be made up of periods of the series"):
        value_over(months, period)


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.integers(0, 180), st.integers(0, 20)), max_size=25
    )
)
def test_rolled_up_months_are_quarters(rows: list[tuple[str, int, int]]) -> None:
    """What may be rolled up equals what is computed for the quarters themselves."""
    bought = [
        Purchase(
            id=PurchaseId(f"p-{number}"),
            customer=CustomerId(customer),
            at=datetime(1998, 1, 1, 12, tzinfo=UTC) + timedelta(days=day),
            amount=Money(amount, "EUR"),
        )
        for number, (customer, day, amount) in enumerate([("z", 0, 1), *rows])
    ]
    names = ("sales", "orders", "new_customers", "customer_base", "repeat_rate")

    by_month, by_quarter = (
        compute(
            {"purchases": bought},
            row,
            as_of=date(1998, 8, 1),
            zone="UTC",
            currency="EUR",
            parameters={"active_days": 40, "repeat_days": 20},
            kpis=names,
        )
        for row in (MONTHS, QUARTERS)
    )

    assert tuple(roll_up(each, Grain.QUARTER) for each in by_month) == by_quarter


# The series itself.


def test_a_series_has_a_value_for_each_period() -> None:
    """One value too few would shift all the others."""
    months = series("orders", [(1, None)] * 3)

    with pytest.raises(InvalidValueError, match="values must be one for each of the 3 periods"):
        attrs.evolve(months, values=months.values[:2])


def test_the_periods_of_a_series_are_in_order() -> None:
    """A series is a row in time."""
    months = series("orders", [(1, None)] * 2)

    with pytest.raises(InvalidValueError, match="periods must be in order"):
        attrs.evolve(months, periods=tuple(reversed(months.periods)))


def test_the_latest_value_is_the_last_that_there_is() -> None:
    """A running month does not hide the month before it."""
    months = series("orders", [(1, None), (2, None), Reason.INCOMPLETE_PERIOD])

    assert months.latest == months.values[1]
    assert months.grain is Grain.MONTH


def test_without_values_there_is_no_latest() -> None:
    """It is undefined, and says of what."""
    months = series("orders", [Reason.INCOMPLETE_PERIOD])

    assert months.latest == Undefined(Reason.NO_DATA)
    assert str(months.latest) == "there is no data: orders"


def test_a_period_of_another_row_is_refused() -> None:
    """Asking for a month that was not computed is an error, not an empty answer."""
    months = series("orders", [(1, None)] * 2)

    with pytest.raises(InvalidValueError, match="period must be one of the series, 1998-01 to 19"):
        months.at(MONTHS[4])


def test_money_is_shown_with_its_currency() -> None:
    """The yen has no digits behind the point, the euro two; a share has no currency."""
    sales = series("sales", [(1, None)])

    assert attrs.evolve(sales, currency="JPY").show(Decimal("1234.5")) == "1,235 JPY"
    assert attrs.evolve(sales, currency="EUR").show(Decimal("1234.5")) == "1,234.50 EUR"
    assert sales.show(Decimal("1234.5")) == "1,234.50"
    assert series("repeat_rate", [(1, 2)]).show(Decimal("0.5")) == "50.0 %"


def test_a_series_is_shown_line_by_line() -> None:
    """A series reads as its name and a line for each period; the short of it has no values."""
    months = series("repeat_rate", [(1, 10), Reason.NO_DATA])

    assert str(months) == "repeat purchase rate\n  1998-01  10.0 %\n  1998-02  there is no data"
    assert repr(months) == "<KpiSeries of repeat_rate, 1998-01 to 1998-02, as of 1998-07-01>"
