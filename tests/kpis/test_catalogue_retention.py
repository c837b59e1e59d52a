"""K15 to K19, K25 and K26 from worked examples: who stays, who comes back, who is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Grain, Period
from crmcore.kernel import CustomerId, Money, Reason, Undefined
from crmcore.kpis import compute, kpi
from crmcore.measures import Value

MAY, JUNE, JULY = (Period.month(1998, month) for month in (5, 6, 7))
LATER = date(1999, 1, 1)

# By whom, on which day of which month, for how much; a negative amount is a refund.
Row = tuple[str, int, int, int]


def purchases(rows: Iterable[Row]) -> list[Purchase]:
    """Return purchases at noon in Greenwich in 1998."""
    return [
        Purchase(
            id=PurchaseId(f"p-{number}"),
            customer=CustomerId(customer),
            at=datetime(1998, month, day, 12, tzinfo=UTC),
            amount=Money(amount, "EUR"),
            refund=amount < 0,
        )
        for number, (customer, month, day, amount) in enumerate(rows)
    ]


def result(
    code: str,
    rows: Iterable[Row] = (),
    *,
    month: Period = JUNE,
    as_of: date = LATER,
    parameters: Mapping[str, int | Decimal] | None = None,
    **records: Sequence[object],
) -> Value | Undefined:
    """Return what a KPI comes to; an order keeps a customer active for 30 days."""
    (series,) = compute(
        {"purchases": purchases(rows), **records},
        [month],
        as_of=as_of,
        zone="UTC",
        currency="EUR",
        kpis=[kpi(code)],
        parameters={"active_days": 30, "repeat_days": 10, **(parameters or {})},
    )
    return series.values[0]


def value(code: str, rows: Iterable[Row] = (), **terms: object) -> Value:
    """Return what a KPI comes to, where it comes to something."""
    found = result(code, rows, **terms)  # type: ignore[arg-type]
    assert isinstance(found, Value), found
    return found


def reason(code: str, rows: Iterable[Row] = (), **terms: object) -> Reason:
    """Return why a KPI has no value."""
    found = result(code, rows, **terms)  # type: ignore[arg-type]
    assert isinstance(found, Undefined), found
    return found.reason


def parts(found: Value) -> tuple[int, int]:
    """Return numerator and denominator, which are whole numbers in these examples."""
    assert found.numerator is not None
    assert found.denominator is not None
    return int(found.numerator), int(found.denominator)


class TestK15AndK16:
    """Retention and churn, which are two sides of one count."""

    def test_24_of_800_lost_are_3_per_cent(self) -> None:
        """776 of the 800 of May order in June again: 97 % stay, 3 % are lost."""
        rows = [(f"c-{number}", 5, 20, 10) for number in range(800)]
        rows += [(f"c-{number}", 6, 20, 10) for number in range(24, 800)]

        kept, lost = value("K15", rows), value("K16", rows)

        assert parts(kept) == (776, 800)
        assert kept.number == Decimal("0.97")
        assert parts(lost) == (24, 800)
        assert lost.number == Decimal("0.03")

    def test_both_carry_wilsons_interval(self) -> None:
        """24 of 800: centre (24 + 1.9207) / (800 + 3.8415) = 0.03225, half width 0.01199."""
        rows = [(f"c-{number}", 5, 20, 10) for number in range(800)]
        rows += [(f"c-{number}", 6, 20, 10) for number in range(24, 800)]

        kept, lost = value("K15", rows).interval, value("K16", rows).interval

        assert kept is not None
        assert lost is not None
        assert lost.low == pytest.approx(0.02025, abs=5e-5)
        assert lost.high == pytest.approx(0.04424, abs=5e-5)
        assert (kept.low, kept.high) == pytest.approx((1 - lost.high, 1 - lost.low))

    def test_newly_won_customers_count_nowhere(self) -> None:
        """8 of 10 stay. Of 3 who are new 2 are active at the end: (E - N) / S = (10 - 2) / 10.

        With all 3 newly won the textbook formula would give 7 / 10.
        """
        rows = [(f"c-{number}", 5, 20, 10) for number in range(10)]
        rows += [(f"c-{number}", 6, 20, 10) for number in range(8)]
        rows += [("new-1", 6, 20, 10), ("new-2", 6, 25, 10), ("new-3", 6, 2, 10)]

        found = value("K15", rows, parameters={"active_days": 20})

        assert parts(found) == (8, 10)
        assert value("K25", rows, parameters={"active_days": 20}).number == 10

    def test_who_comes_back_later_was_lost_all_the_same(self) -> None:
        """Bob pauses in June and orders in July: June has lost one of two."""
        rows = [("ada", 5, 20, 10), ("bob", 5, 20, 10), ("ada", 6, 20, 10), ("bob", 7, 20, 10)]

        assert value("K16", rows).number == Decimal("0.5")

    def test_a_product_of_months_is_not_the_retention_of_the_quarter(self) -> None:
        """Cy is lost in April and back in May: 2 of 4 stay, not 2/4 * 1/2 * 2/2."""
        rows = [(name, 3, 20, 10) for name in ("ada", "bob", "cy", "dan")]
        rows += [("ada", month, 20, 10) for month in (4, 5, 6)]
        rows += [("bob", 4, 20, 10), ("cy", 5, 20, 10), ("cy", 6, 20, 10)]

        april, may, june = (
            parts(value("K15", rows, month=Period.month(1998, m))) for m in (4, 5, 6)
        )
        quarter = parts(value("K15", rows, month=Grain.QUARTER.period(date(1998, 4, 1))))

        assert (april, may, june) == ((2, 4), (1, 2), (2, 2))
        assert quarter == (2, 4)

    @pytest.mark.parametrize("code", ["K15", "K16"])
    def test_without_opening_customers_there_is_no_rate(self, code: str) -> None:
        """A business that opened in June has nobody to lose."""
        assert reason(code, [("ada", 6, 3, 10)]) is Reason.ZERO_DENOMINATOR

    def test_a_refund_keeps_nobody_active(self) -> None:
        """Money that went back in June is no order of June."""
        rows = [("ada", 5, 20, 10), ("ada", 6, 20, -10)]

        assert value("K15", rows).number == 0


class TestK17:
    """The repeat purchase rate."""

    ROWS = (
        ("ada", 6, 2, 10),
        ("ada", 6, 5, 10),
        ("bob", 6, 3, 10),
        ("bob", 6, 3, 10),
        ("cy", 6, 4, 10),
        ("cy", 6, 20, 10),
    )

    def test_on_a_later_day_within_the_window(self) -> None:
        """Ada is back after 3 days, bob on the same day only, cy after 16 of 10 days: 1 of 3."""
        found = value("K17", self.ROWS)

        assert parts(found) == (1, 3)

    def test_who_first_ordered_earlier_is_of_another_cohort(self) -> None:
        """Dan came in May; what he orders in June belongs to May's rate."""
        rows = [*self.ROWS, ("dan", 5, 25, 10), ("dan", 6, 1, 10)]

        assert value("K17", rows).denominator == 3
        assert value("K17", rows, month=MAY).number == 1

    def test_young_customers_are_waited_for(self) -> None:
        """Whoever came on 28 June has until 8 July to come back."""
        rows = [*self.ROWS, ("eve", 6, 28, 10)]

        assert reason("K17", rows, as_of=date(1998, 7, 8)) is Reason.IMMATURE
        assert value("K17", rows, as_of=date(1998, 7, 9)).denominator == 4


class TestK18AndK19:
    """How often, and how much more, the same customers buy."""

    def test_orders_by_those_who_placed_them(self) -> None:
        """3 orders of ada and 2 of bob are 2.5 for each; the refund is none."""
        rows = [("ada", 6, day, 10) for day in (1, 2, 3)] + [("bob", 6, day, 10) for day in (4, 5)]

        found = value("K18", [*rows, ("cy", 6, 9, -10)])

        assert parts(found) == (5, 2)
        assert found.number == Decimal("2.5")
        assert reason("K18", rows, month=JULY) is Reason.ZERO_DENOMINATOR

    def test_growth_is_of_the_same_customers(self) -> None:
        """Ada and bob paid 100 + 50, and now 120 + 45: 15 / 150 = 10 % more."""
        rows = [("ada", 5, 3, 100), ("bob", 5, 3, 50), ("gone", 5, 3, 999)]
        rows += [("ada", 6, 3, 120), ("bob", 6, 3, 45), ("new", 6, 3, 999)]

        found = value("K19", rows)

        assert parts(found) == (15, 150)
        assert found.number == Decimal("0.1")

    def test_from_nothing_there_is_no_growth(self) -> None:
        """A free order in May is no base."""
        assert reason("K19", [("ada", 5, 3, 0), ("ada", 6, 3, 10)]) is Reason.NO_BASE


FIVE = (
    *((name, 5, 20, 10) for name in ("ada", "bob", "cy", "dan", "eve")),
    *((name, 6, 20, 100) for name in ("ada", "bob", "cy", "dan", "fay")),
)


class TestK25AndK26:
    """How many are there, and how many of the old ones."""

    def test_the_base_is_who_is_active_at_the_end(self) -> None:
        """Four of the five of May, and fay."""
        assert value("K25", FIVE).number == 5
        assert value("K25", FIVE, month=MAY).number == 5
        assert value("K25", FIVE, month=JULY).number == 0

    def test_kept_is_the_count_above_the_line_of_retention(self) -> None:
        """Ada, bob, cy and dan."""
        assert value("K26", FIVE).number == value("K15", FIVE).numerator == 4
