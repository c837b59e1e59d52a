"""K20 to K24 from worked examples: what customers are worth, and how loyal they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import attrs
import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Period
from crmcore.kernel import CustomerId, Money, Reason, Undefined
from crmcore.kpis import compute, kpi
from crmcore.market import Cost, CostKind
from crmcore.measures import Value
from crmcore.surveys import Audience, SurveyAnswer

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


def goods(*amounts: int, customer: str | None = None) -> list[Cost]:
    """Return costs of goods of the tenth of June."""
    return [
        Cost(
            id=f"g-{customer}-{number}",
            kind=CostKind.GOODS,
            at=datetime(1998, 6, 10, tzinfo=UTC),
            amount=Money(amount, "EUR"),
            customer=None if customer is None else CustomerId(customer),
        )
        for number, amount in enumerate(amounts)
    ]


def recommendations(*scores: int) -> list[SurveyAnswer]:
    """Return answers of June to whether customers would recommend, from 0 to 10."""
    return [
        SurveyAnswer(
            id=f"a-{number}",
            survey="service",
            wave="1998",
            item="recommendation",
            audience=Audience.CUSTOMER,
            at=datetime(1998, 6, 3, tzinfo=UTC),
            low=0,
            high=10,
            score=score,
        )
        for number, score in enumerate(scores)
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


# Five customers at the start of June, four of them and a new one at its end: r = 4 / 5. They
# pay 700 for goods of 200: the margin is 500, which is 100 for each of the five.
FIVE = (
    *((name, 5, 20, 10) for name in ("ada", "bob", "cy", "dan", "eve")),
    *((name, 6, 20, 100) for name in ("ada", "bob", "cy")),
    ("dan", 6, 20, 200),
    ("fay", 6, 20, 200),
)
TENTH = {"discount_rate": Decimal("0.1")}


class TestK20:
    """What a customer is worth, forecast in two timings, and looked back upon."""

    def test_the_first_margin_after_a_period(self) -> None:
        """100 * 0.8 / (1 + 0.1 - 0.8) = 80 / 0.3 = 266.67."""
        found = value("K20", FIVE, costs=goods(150, 50), parameters=TENTH)

        assert kpi("K20").unit.show(found.number) == "266.67"

    def test_the_first_margin_at_once(self) -> None:
        """100 * 1.1 / (1 + 0.1 - 0.8) = 110 / 0.3 = 366.67: one margin of 100 more."""
        found = value("K20b", FIVE, costs=goods(150, 50), parameters=TENTH)

        assert kpi("K20b").unit.show(found.number) == "366.67"

    @pytest.mark.parametrize("code", ["K20", "K20b"])
    def test_an_endless_sum_has_no_value(self, code: str) -> None:
        """Where everybody stays and nothing is discounted, it never ends."""
        stays = [("ada", 5, 20, 10), ("ada", 6, 20, 10)]
        nothing = {"discount_rate": Decimal(0)}

        assert reason(code, stays, costs=goods(1), parameters=nothing) is Reason.ZERO_DENOMINATOR
        assert value(code, stays, costs=goods(1), parameters=TENTH).number > 0

    @pytest.mark.parametrize("code", ["K20", "K20b"])
    def test_without_a_retention_rate_there_is_no_forecast(self, code: str) -> None:
        """Who opened in June does not know who stays."""
        opened = [("ada", 6, 3, 10)]

        assert reason(code, opened, costs=goods(1)) is Reason.ZERO_DENOMINATOR

    @pytest.mark.parametrize("code", ["K20", "K20b", "K20c"])
    def test_sales_are_no_margin(self, code: str) -> None:
        """Where nobody records what goods cost, nobody knows what customers bring."""
        assert reason(code, FIVE) is Reason.NO_DATA

    def test_what_customers_have_brought_so_far(self) -> None:
        """50 in May and 700 in June, less goods of 200, are 550 of 6 customers: 91.67."""
        found = value("K20c", FIVE, costs=goods(150, 50))

        assert parts(found) == (550, 6)
        assert kpi("K20c").unit.show(found.number) == "91.67"
        assert reason("K20c", [("ada", 6, 3, -10)], costs=goods(1)) is Reason.ZERO_DENOMINATOR


class TestK21:
    """Contribution, and how few customers make most of it."""

    def test_margin_of_the_period(self) -> None:
        """700 less 30 that went back less goods of 200 are 470; other costs are not its goods."""
        service = Cost(
            id="s-1",
            kind=CostKind.SERVICE,
            at=datetime(1998, 6, 9, tzinfo=UTC),
            amount=Money(99, "EUR"),
        )

        found = value("K21", [*FIVE, ("ada", 6, 25, -30)], costs=[*goods(150, 50), service])

        assert found.number == 470

    def test_it_may_be_negative_and_needs_records_of_costs(self) -> None:
        """Goods of 20 for sales of 10 are a loss; sales without any costs are no margin."""
        rows = [("ada", 6, 3, 10)]

        assert value("K21", rows, costs=goods(20)).number == -10
        assert reason("K21", rows) is Reason.NO_DATA

    def test_contributions_of_customers_add_up(self) -> None:
        """Ada brings 100 - 60 = 40, bob 50: 90 in all."""
        rows = [("ada", 6, 3, 100), ("bob", 6, 3, 50)]
        found = compute(
            {"purchases": purchases(rows), "costs": goods(60, customer="ada")},
            [JUNE],
            as_of=LATER,
            zone="UTC",
            currency="EUR",
            kpis=[kpi("K21")],
            by="customer",
        )

        each = {series.scope: series.values[0] for series in found}

        assert {scope: v.number for scope, v in each.items() if isinstance(v, Value)} == {
            (("customer", "ada"),): 40,
            (("customer", "bob"),): 50,
        }
        assert value("K21", rows, costs=goods(60, customer="ada")).number == 90

    def test_the_top_fifth(self) -> None:
        """Of 50, 20, 10, 10 and 10 the largest one holds 50 of 100; of six, two hold 70 of 110."""
        rows = [("ada", 6, 3, 50), ("bob", 6, 3, 20)]
        rows += [(name, 6, 3, 10) for name in ("cy", "dan", "eve")]

        five, six = value("K21b", rows), value("K21b", [*rows, ("fay", 6, 3, 10)])

        assert parts(five) == (50, 100)
        assert parts(six) == (70, 110)

    def test_who_got_more_back_than_paid_makes_the_others_share_larger(self) -> None:
        """Ada's 110 are more than the 100 that are left when bob got 10 back."""
        assert parts(value("K21b", [("ada", 6, 3, 110), ("bob", 6, 4, -10)])) == (110, 100)

    @pytest.mark.parametrize("rows", [[], [("ada", 6, 3, 10), ("bob", 6, 4, -10)]])
    def test_of_nothing_there_is_no_share(self, rows: list[Row]) -> None:
        """Where refunds eat up the sales, no part of the total means anything."""
        assert isinstance(result("K21b", rows), Undefined)


class TestK22:
    """The loyalty index, and its parts."""

    # Ada and bob, old customers: 3 + 2 orders, 100 in May and 110 in June. Cy and dan, new: 2 + 1
    # orders, and only cy comes back.
    ROWS = (
        ("ada", 5, 3, 60),
        ("bob", 5, 3, 40),
        *(("ada", 6, day, 22) for day in (1, 2, 3)),
        *(("bob", 6, day, 22) for day in (4, 5)),
        ("cy", 6, 6, 10),
        ("cy", 6, 8, 10),
        ("dan", 6, 9, 10),
    )

    def test_the_mean_of_four_parts(self) -> None:
        """Each part on 0 to 100, then (50 + 50 + 60 + 63.64) / 4 = 55.91.

        Repeat rate 1 of 2 is 50. Frequency 8 of 4 = 2 lies half-way from 1 to 3: 50. Growth
        10 / 100 = 0.1 from -0.5 to 0.5 is 60. The net promoter score 100 * (5 - 2) / 11 = 27.27
        from -100 to 100 is 63.64.
        """
        answers = recommendations(10, 10, 9, 9, 9, 8, 8, 7, 7, 2, 3)

        found = value("K22", self.ROWS, answers=answers)

        parts = {
            code: value(code, self.ROWS, answers=answers).number
            for code in ("K17", "K18", "K19", "K08")
        }
        assert parts == {
            "K17": Decimal("0.5"),
            "K18": 2,
            "K19": Decimal("0.1"),
            "K08": pytest.approx(Decimal(300) / 11),
        }
        assert found.number == pytest.approx((160 + (Decimal(300) / 11 + 100) / 2) / 4)
        assert round(found.number, 2) == Decimal("55.91")

    def test_a_part_beyond_its_range_is_cut_off(self) -> None:
        """Five orders each and twice the amount count as three orders and half as much more."""
        rows = [("ada", 5, 3, 10)] + [("ada", 6, day, 4) for day in range(1, 6)]
        rows += [("bob", 6, day, 1) for day in range(1, 6)]

        assert value("K22", rows, answers=recommendations(10)).number == 100

    def test_without_one_of_its_parts_it_is_another_index(self) -> None:
        """All were asked on the scale from 1 to 10: three parts are left, and one is missing."""
        other = [attrs.evolve(answer, low=1, high=10) for answer in recommendations(9, 10)]

        found = value("K22", self.ROWS, answers=other)

        assert found.missing == 1
        assert found.number == pytest.approx(Decimal(160) / 3)
        assert isinstance(result("K22"), Undefined)


# In May 100 in all. In June ada pays 15 more, bob 3 less, cy nothing, dan the same; eve is new.
REVENUE = (
    *(("ada", 5, 3, 40), ("bob", 5, 3, 30), ("cy", 5, 3, 5), ("dan", 5, 3, 25)),
    *(("ada", 6, 3, 55), ("bob", 6, 3, 27), ("dan", 6, 3, 25), ("eve", 6, 3, 50)),
)


class TestK23AndK24:
    """How much of the money stays."""

    def test_net_with_growth(self) -> None:
        """(100 + 15 - 3 - 5) / 100 = 107 %; eve does not count."""
        found = value("K23", REVENUE)

        assert parts(found) == (107, 100)
        assert found.number == Decimal("1.07")

    def test_gross_without_growth(self) -> None:
        """(100 - 3 - 5) / 100 = 92 %: ada counts with her 40 of May."""
        found = value("K24", REVENUE)

        assert parts(found) == (92, 100)
        assert found.number == Decimal("0.92")

    def test_gross_is_never_above_one(self) -> None:
        """Who pays ten times as much keeps what there was."""
        rows = [("ada", 5, 3, 10), ("ada", 6, 3, 100)]

        assert value("K23", rows).number == 10
        assert value("K24", rows).number == 1

    @pytest.mark.parametrize("code", ["K23", "K24"])
    def test_without_a_period_before_nothing_stays(self, code: str) -> None:
        """Only new customers have no base."""
        assert reason(code, [("eve", 6, 3, 50)]) is Reason.ZERO_DENOMINATOR
