"""Charts in a review: what has changed, and what is within reach."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Period
from crmcore.errors import UnknownNameError
from crmcore.goals import Goal, GoalId
from crmcore.improvement import Finding
from crmcore.kernel import CustomerId, Money, Phrase, Undefined
from crmcore.memory import MemoryStore
from crmcore.policies import Policy
from crmcore.reviews import Review, review_department
from crmcore.signals import Assurance, Rule, Variation, chart

if TYPE_CHECKING:
    from tests.reviews.conftest import Shop

AS_OF = date(2026, 9, 30)
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
# How many orders there are in each month from January 2025 to August 2026.
STEADY = (8, 9, 8, 10, 9, 8, 9, 10, 8, 9, 10, 9, 8, 9, 10, 8, 9, 8, 9)


def sold(*orders: int) -> tuple[Purchase, ...]:
    """Return so many purchases in each month from January 2025 on."""
    return tuple(
        Purchase(
            id=PurchaseId(f"{month:02}-{nth:02}"),
            customer=CustomerId("ada" if nth % 2 else "bob"),
            at=datetime(2025 + month // 12, month % 12 + 1, nth + 1, 16, tzinfo=UTC),
            amount=Money(10, "USD"),
        )
        for month, count in enumerate(orders)
        for nth in range(count)
    )


def with_goals(shop: Shop, policy: Policy, *goals: Goal, months: int = 12) -> Review:
    """Return the review with these goals and no others."""
    return review_department(
        shop.into(MemoryStore()),
        policy=attrs.evolve(policy, goals=()),
        as_of=AS_OF,
        months=months,
        goals=goals,
    )


def retention(target: str, **fields: object) -> Goal:
    """Return a goal for the retention rate in 2026."""
    usual: dict[str, object] = {
        "id": GoalId("keep"),
        "name": "Keep customers",
        "kpi": "retention_rate",
        "baseline": Decimal("0.5"),
        "target": Decimal(target),
        "period": YEAR,
    }
    return Goal(**usual | fields)  # type: ignore[arg-type]


def of_charts(review: Review) -> dict[str, list[Finding]]:
    """Return the findings that come from charts, by what they are about."""
    found: dict[str, list[Finding]] = {}
    for each in review.findings:
        if each.kind in {"signal", "no_limits", "target_out_of_reach"}:
            found.setdefault(each.subject, []).append(each)
    return found


def test_every_kpi_has_its_chart(review: Review) -> None:
    """There is one for each KPI, in their order, over the months under review."""
    assert [each.subject for each in review.charts] == [f"kpi:{one.kpi.id}" for one in review.kpis]
    for series, drawn in zip(review.kpis, review.charts, strict=True):
        assert tuple(point.period for point in drawn.points) == series.periods
        assert review.chart(series.kpi.id) is review.chart(series.kpi.code) is drawn


def test_a_chart_of_what_was_not_computed_is_refused(review: Review) -> None:
    """A misspelt KPI is told, with the nearest."""
    with pytest.raises(UnknownNameError, match="did you mean 'sales'"):
        review.chart("sale")


def test_limits_rest_on_the_first_months_even_if_they_are_not_shown(
    shop: Shop, policy: Policy
) -> None:
    """A review of one month has the limits that the review of all months has."""
    long, short = (with_goals(shop, policy, months=months) for months in (24, 1))

    for one, other in zip(long.charts, short.charts, strict=True):
        assert other.points == one.points[-1:]
        assert other.limits == one.limits
        assert other.latest is None or other.variation == one.variation
    whole = chart(long.kpi("orders"))
    assert whole.limits == short.chart("orders").limits
    assert not any(point.is_baseline for point in short.chart("orders").points)


def test_signals_of_months_that_are_not_shown_are_left_out(shop: Shop, policy: Policy) -> None:
    """A month far outside is a signal of its time, and no news three months later."""
    bought = sold(*STEADY[:15], 25, *STEADY[16:], 9)
    changed = attrs.evolve(shop, purchases=bought)

    shown = with_goals(changed, policy, months=6).chart("orders")
    later = with_goals(changed, policy, months=3)

    assert Rule.OUTSIDE in {signal.rule for signal in shown.signals}
    assert later.chart("orders").signals == ()
    assert "kpi:orders" not in of_charts(later)


def test_a_change_for_the_worse_is_a_warning(shop: Shop, policy: Policy) -> None:
    """Orders that break in are among what asks to be done, and the summary says so."""
    found = with_goals(attrs.evolve(shop, purchases=sold(*STEADY, 1)), policy)

    assert found.chart("orders").variation is Variation.CONCERN
    (finding,) = of_charts(found)["kpi:orders"]
    assert finding.severity.value == "warning"
    assert finding.title.en.startswith("orders, a change for the worse: ")
    assert any(
        line.startswith("  orders ") and line.endswith(": a change for the worse")
        for line in found.summary().splitlines()
    )


def test_changes_that_are_welcome_share_a_note(review: Review) -> None:
    """What has become better is one note, with what each value tells as its evidence."""
    (note,) = (each for each in of_charts(review)["kpis"] if each.kind == "signal")

    better = [each.subject for each in review.charts if each.variation is Variation.IMPROVEMENT]
    assert note.severity.value == "note"
    assert note.title.en == (
        "changed, and not for the worse: customer base, existing customers kept, orders, "
        "sales amount"
    )
    assert note.title.zh == "有变化且并非恶化：客户总量、老客户保有数、订单数量、销售额"
    assert sorted(subject for subject, _ in note.evidence) == sorted(better)
    assert dict(note.evidence)["kpi:sales"].endswith(
        "520.00 USD is above the upper limit, 487.57 USD"
    )


def test_what_only_wanders_is_no_finding(shop: Shop, policy: Policy) -> None:
    """Where nothing has changed, no chart asks for anything."""
    found = with_goals(attrs.evolve(shop, purchases=sold(*STEADY, 9)), policy)

    assert found.chart("orders").variation is Variation.COMMON_CAUSE
    assert "kpi:orders" not in of_charts(found)


def test_a_value_of_long_ago_is_no_news(shop: Shop, policy: Policy) -> None:
    """What the last value told is a finding for three months, and history thereafter."""
    silent = sold(*STEADY[:14], 1)  # nobody has bought since, so that nothing grows any more

    found = with_goals(attrs.evolve(shop, purchases=silent), policy)

    growth = found.chart("sales_growth")
    assert growth.latest is not None
    assert growth.latest.period == Period.month(2026, 4)
    assert isinstance(growth.variation, Variation)
    assert growth.latest_signals
    assert "kpi:sales_growth" not in of_charts(found)


def test_what_is_left_to_one_is_told_once(shop: Shop, policy: Policy) -> None:
    """Churn is what retention leaves: both have a chart, and one of them a finding."""
    leaving = sold(*(4,) * 12, *(0,) * 7, 1)

    found = with_goals(attrs.evolve(shop, purchases=leaving), policy)

    churn, kept = found.chart("churn_rate"), found.chart("retention_rate")
    assert churn.variation == kept.variation
    assert len(churn.signals) == len(kept.signals)
    assert "kpi:churn_rate" not in of_charts(found)


def test_young_records_make_one_note(shop: Shop, policy: Policy) -> None:
    """Below twelve values nothing is told, and one finding says of which KPIs."""
    found = with_goals(attrs.evolve(shop, purchases=sold(*(0,) * 16, *STEADY[:4])), policy)

    (note,) = (each for each in of_charts(found)["kpis"] if each.kind == "no_limits")
    drawn = found.chart("sales")
    assert isinstance(drawn.limits, Undefined)
    assert note.severity.value == "note"
    assert note.title.en == (
        f"{len(note.evidence)} KPIs have too few values to tell a change from chance"
    )
    assert dict(note.evidence)["sales"] == drawn.limits.detail.en
    assert "churn_rate" not in dict(note.evidence)


def test_one_young_kpi_is_told_in_the_singular(shop: Shop, policy: Policy) -> None:
    """Where the others are old enough, the note is about one KPI."""
    found = with_goals(attrs.evolve(shop, purchases=sold(*STEADY[:12])), policy)

    young = [each.subject for each in found.charts if isinstance(each.limits, Undefined)]
    notes = [each for each in of_charts(found)["kpis"] if each.kind == "no_limits"]
    assert len(young) > 1
    assert [len(each.evidence) for each in notes] == [
        sum(
            found.chart(each.removeprefix("kpi:")).latest is not None
            for each in young
            if each != "kpi:churn_rate"
        )
    ]


def test_the_target_of_a_goal_stands_in_the_chart(shop: Shop, policy: Policy) -> None:
    """Whether the process as it is meets the target is told beside what has changed."""
    found = with_goals(shop, policy, retention("1.01"))
    easy = with_goals(shop, policy, retention("0.6"))

    assert found.chart("retention_rate").assurance is Assurance.NEVER
    (finding,) = of_charts(found)["kpi:retention_rate"]
    assert finding.kind == "target_out_of_reach"
    assert easy.chart("retention_rate").target == (Decimal("0.6"), None)
    assert easy.chart("retention_rate").assurance is Assurance.ALWAYS
    assert "kpi:retention_rate" not in of_charts(easy)


def test_what_a_year_is_to_bring_is_no_target_of_its_months(shop: Shop, policy: Policy) -> None:
    """A hundred orders in a year are not asked of each month; nor does an old goal count."""
    yearly = retention("100", id=GoalId("more"), kpi="orders", baseline=Decimal(10))
    over = retention("0.9", period=Period(date(2025, 1, 1), date(2026, 1, 1)))

    found = with_goals(shop, policy, yearly, over)

    assert found.chart("orders").target is None
    assert found.chart("retention_rate").target is None


def test_a_stated_change_begins_anew(shop: Shop, policy: Policy) -> None:
    """Half the orders are usual again, once somebody has said why there are so few."""
    fewer = attrs.evolve(shop, purchases=sold(*(20,) * 7, *(9, 10, 8) * 4, 9))
    why = Phrase("the shop in the mall was closed", "商场门店已关闭")

    untold = with_goals(fewer, policy)
    told = review_department(
        fewer.into(MemoryStore()),
        policy=attrs.evolve(policy, goals=()),
        as_of=AS_OF,
        changes={date(2025, 8, 1): why},
        months=13,
    )

    assert untold.chart("orders").variation is Variation.CONCERN
    assert told.chart("orders").variation is Variation.COMMON_CAUSE
    assert told.chart("orders").changes == ()
    assert "kpi:orders" not in of_charts(told)


def test_a_change_in_the_months_shown_stands_in_the_chart(shop: Shop, policy: Policy) -> None:
    """Who looks at the chart sees when the work was changed, and why."""
    why = Phrase("a new shop", "新门店")

    found = review_department(
        shop.into(MemoryStore()), policy=policy, as_of=AS_OF, changes={date(2026, 5, 1): why}
    )

    assert found.chart("orders").changes == ((date(2026, 5, 1), why),)
    assert isinstance(found.chart("orders").limits, Undefined)
