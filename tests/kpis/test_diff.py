"""Differences between definitions: why is our churn 4 % and theirs 6 %?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.kernel import Phrase
from crmcore.kpis import CATALOGUE, Direction, Kpi, KpiSeries, Unit, diff, kpi
from crmcore.measures import (
    Balance,
    Both,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    LikeForLike,
    Measure,
    Previous,
    Quantile,
    Ratio,
    Stock,
    Sum,
    Value,
)

CHURN = kpi("churn_rate")
MONTH = Period.month(1998, 1)


def series(of: Kpi, **fields: Any) -> KpiSeries:  # noqa: ANN401 - fields of several types
    """Return a value of a KPI, 24 of 600."""
    value = Value(
        number=Decimal("0.04"),
        n=600,
        period=MONTH,
        as_of=date(1998, 2, 1),
        definition=of.id,
        version=of.version,
    )
    return KpiSeries(kpi=of, periods=(MONTH,), values=(value,), as_of=date(1998, 2, 1), **fields)


def lost(base: str, *, of: Distinct) -> Measure:
    """Return the share that was lost of those who were there at an edge of the period."""
    start, end = (
        Cumulative(of, "active_days", until="start"),
        Cumulative(of, "active_days", until="end"),
    )
    return Derived(
        "complement", (Ratio(Both(start, end), start if base == "start" else end, proportion=True),)
    )


def test_why_our_churn_is_four_percent_and_theirs_six() -> None:
    """They keep customers active for less long, take refunds for orders, and have another base."""
    theirs = attrs.evolve(
        CHURN, measure=lost("end", of=Distinct("customer", source="purchases")), version="theirs"
    )

    found = diff(
        series(CHURN, stated=(("active_days", 180),)),
        series(theirs, stated=(("active_days", 90),)),
    )

    assert [each.en for each in found] == [
        "the numerator and the denominator take records where refund is no instead of all records",
        "the denominator reaches to the start of the period instead of the end of the period",
        "for how many days an order keeps a customer active: 180 instead of 90",
    ]
    assert [each.zh for each in found] == [
        "分子、分母取符合条件（refund 等于 否）的记录，而不是全部记录",
        "分母截至期初，而不是期末",
        "一次订单使客户保持活跃的天数：180，而不是90",
    ]


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.id)
def test_a_definition_does_not_differ_from_itself(each: Kpi) -> None:
    """Nothing is said where there is nothing to say."""
    assert diff(each, each) == ()


def test_another_wording_is_told_where_nothing_else_differs() -> None:
    """The numbers are the same, and nobody need argue."""
    reworded = attrs.evolve(CHURN, definition=Phrase("Who left.", "离开者。"))

    assert [each.en for each in diff(CHURN, reworded)] == [
        "only the wording of the definition differs"
    ]


def test_two_kpis_are_told_by_name_unit_direction_and_limits() -> None:
    """What is not in the measure is compared as well."""
    other = attrs.evolve(
        kpi("sales"), unit=Unit.COUNT, direction=Direction.TARGET, smallest=5, confidential=True
    )

    assert [each.en for each in diff(kpi("sales"), other)] == [
        "it has the unit money, in the stated currency instead of a number of things",
        "it has the direction higher is better instead of the target is best",
        "it has a smallest number of records of 1 instead of 5",
        "it has the confidence of no instead of yes",
    ]
    assert diff(kpi("sales"), kpi("orders"))[0].en == "it is sales amount instead of orders"


WEB = F.channel == "web"


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (Count(), Sum("quantity"), ["it counts the number instead of the sum of quantity"]),
        (Sum("quantity"), Sum("price"), ["it has the field quantity instead of price"]),
        (Count(), Count(WEB), ["it takes all records instead of records where channel is web"]),
        (
            Ratio(Count(WEB), Count(), proportion=True),
            Ratio(Count(), Count()),
            [
                "the numerator takes records where channel is web instead of all records",
                "it is a share with an interval instead of a ratio without one",
            ],
        ),
        (
            Derived("growth", (Count(), Previous(Count()))),
            Derived("growth", (Count(), Previous(Count(WEB)))),
            ["the second part takes all records instead of records where channel is web"],
        ),
        (
            Derived("growth", (Ratio(Count(), Count()), Count())),
            Derived("growth", (Ratio(Count(), Count(WEB)), Count())),
            ["the denominator of the first part takes all records instead of records where"],
        ),
        (
            Derived("growth", (Count(), Count(WEB))),
            Derived("difference", (Count(), Count(WEB))),
            ["it counts the growth of"],
        ),
        (
            Derived("total", (Count(),) * 8),
            Derived("total", (*(Count(),) * 7, Count(WEB))),
            ["the 8th part takes all records instead of records where channel is web"],
        ),
        (
            Derived("scaled", (Count(),), (("factor", 2),)),
            Derived("scaled", (Count(),), (("factor", "sizes"),)),
            ["it has the given numbers factor = 2 instead of factor = sizes"],
        ),
        (
            Conversion("customer", None, WEB, days=30),
            Conversion("customer", None, None, days=60, first=True),
            [
                "it has the event that converts channel is web instead of none",
                "it has the number of days 30 instead of 60",
                "it has only the first event no instead of yes",
            ],
        ),
        (
            Both(Distinct("customer"), Cumulative(Distinct("customer"), 30)),
            Both(Distinct("customer"), Cumulative(Distinct("customer"), 60)),
            ["the second set has the number of days 30 instead of 60"],
        ),
        (
            Both(Distinct("customer"), Cumulative(Distinct("customer"), 30)),
            Both(Distinct("customer", WEB), Cumulative(Distinct("customer", WEB), 30)),
            ["it takes all records instead of records where channel is web"],
        ),
        (
            LikeForLike("amount", "customer", whose=Distinct("customer")),
            LikeForLike("amount", "customer"),
            ["it has those who count, the number of different values of customer instead of none"],
        ),
        (
            Balance("score", "team", "last"),
            Balance("score", "team", "first"),
            ["it has of each entity the last instead of first"],
        ),
        (
            Derived("scaled", (Count(),), (("factor", 2),)),
            Derived("own", (Count(),)),
            ["it counts the scaled of"],
        ),
        (
            Derived("own", (Count(),), (("factor", 2),)),
            Derived("own", (Count(),)),
            ["it has the given numbers factor = 2 instead of none"],
        ),
        (
            Stock("since", "until"),
            Stock("since", "left"),
            ["it has the end until instead of left"],
        ),
        (
            Quantile("minutes", Decimal("0.5")),
            Quantile("minutes", Decimal("0.9")),
            ["it has the quantile 0.5 instead of 0.9"],
        ),
    ],
)
def test_what_differs_is_told_where_it_stands(
    ours: Measure, theirs: Measure, said: list[str]
) -> None:
    """Part by part where two measures are alike, and as a whole where they are not."""
    plain: dict[str, Any] = {"denominator": Phrase("below", "分母")}
    one, other = (attrs.evolve(CHURN, measure=each, **plain) for each in (ours, theirs))

    found = diff(one, other)

    assert len(found) == len(said)
    for each, begin in zip(found, said, strict=True):
        assert each.en.startswith(begin)
        assert "而不是" in each.zh


def test_who_counted_and_whose_figure_it_is_is_told() -> None:
    """The same definition over other customers, or for one team, is another number."""
    whole = series(CHURN, stated=(("active_days", 5), ("own_days", 9)))
    stated = (("active_days", 5), ("own_days", 8))
    part = series(CHURN, stated=stated, where=WEB, scope=(("team", "a"), ("way", None)))

    assert [each.en for each in diff(whole, part)] == [
        "own_days: 9 instead of 8",
        "it looks at all customers instead of customers of whom holds: channel is web",
        "it is the figure of the whole instead of team a, way -",
    ]
    assert len(diff(part, whole)) == 3
    assert diff(whole, CHURN) == ()


def test_a_share_and_the_rest_of_it_are_told_in_a_few_words() -> None:
    """Retention and churn have one base, and the one is 1 less the other."""
    retention = kpi("retention_rate")

    assert diff(retention, CHURN)[-1] == Phrase(
        "it is the share itself instead of 1 less that share",
        "该指标为该比率本身，而不是1减去该比率",
    )
    assert diff(CHURN, retention)[-1].en == "it is 1 less that share instead of the share itself"


def test_what_only_one_definition_leaves_open_is_told_with_its_number() -> None:
    """A definition that fixes its days is compared with what was stated for the other."""
    open_to_all, fixed = series(CHURN, stated=(("active_days", 90),)), series(CHURN)

    assert [each.en for each in diff(fixed, open_to_all)] == [
        "only the second leaves open for how many days an order keeps a customer active: 90"
    ]
    assert [each.zh for each in diff(open_to_all, fixed)] == [
        "仅前者由公司规定一次订单使客户保持活跃的天数：90"
    ]


def test_when_it_was_known_makes_a_difference() -> None:
    """What was recorded later is in the one figure and not in the other."""
    early = series(CHURN)
    late = attrs.evolve(early, as_of=date(2099, 1, 1))

    assert [each.en for each in diff(late, early)] == [
        f"it tells what was known on 2099-01-01 instead of {early.as_of}"
    ]
