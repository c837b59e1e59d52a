"""The summary: one screen that a head of department understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from crmcore.errors import UnknownNameError
from crmcore.goals import GoalId, Status
from crmcore.kernel import Reason, Undefined
from crmcore.plans import Balance
from crmcore.reviews import Review

if TYPE_CHECKING:
    from tests.reviews.conftest import Shop


def test_it_says_in_english_what_was_found(review: Review) -> None:
    """The chief KPIs, where customers stand, what is wrong, and what the plan does."""
    lines = review.summary().splitlines()

    base = "8 (2026-08, before 8, usually 4): a change for the better"
    kept = "(2026-08, before 100.0 %): nothing but the usual variation"
    sold = "(2026-08, before 285.00 USD, usually 169.58 USD): a change for the better"
    assert lines[0] == "Customer care as of 2026-09-30: 12 customers, 4 members, policy 'default'"
    for line in (
        "How it goes",
        f"  customer base                      {base}",
        f"  customer retention rate            100.0 % [67.6 % to 100.0 %] {kept}",
        f"  sales amount                       520.00 USD {sold}",
        "  purchase frequency                 1.50 (2026-08, before 1.40)",
        "  prospect 2 · new 1 · active 3 · loyal 3 · at risk 2 · lost 1",
        "  standard 5 · bronze 1 · silver 2 · gold 4",
        "  Champions                          3 customers, 38.9 % of the spend",
        "  Dora Maar left on 2026-09-01 and still owns 2 customers",
        "  2 duties change hands, 2 stay, 1 nobody can hold: the best possible, proven",
        "  Ben Carter has to reach level 4 of complaint handling",
    ):
        assert line in lines


def test_it_says_the_same_in_chinese(review: Review) -> None:
    """Line by line, with the words of the Chinese glossary."""
    lines = review.summary(language="zh-CN").splitlines()

    assert lines[0] == "Customer care，截至2026-09-30：12位客户，4位成员，规则集“default”"
    assert len(lines) == len(review.summary().splitlines())
    for line in (
        "经营指标",
        "  客户总量：8（2026-08，上期8，通常4）：特殊原因（改善）",
        "  客户保留率：100.0 %［67.6 %至100.0 %］（2026-08，上期100.0 %）：普通原因波动",
        "  潜在客户 2 · 新客户 1 · 活跃客户 3 · 忠诚客户 3 · 流失风险 2 · 流失客户 1",
        "  核心客户：3位客户，消费占比38.9%",
        "  Dora Maar已于2026-09-01离开，名下仍有2位客户",
        "  2项职责调整，2项不变，1项无人可承担：已证明为最优方案",
    ):
        assert line in lines


def test_it_fits_on_one_screen(review: Review) -> None:
    """However much was found, the summary has at most forty lines."""
    assert len(review.summary().splitlines()) <= 40


def test_what_is_printed_is_the_summary(review: Review) -> None:
    """Printing a review shows the summary; the short of its parts fits on a line each."""
    ada, kim = review.judgement("ada"), review.judgement("kim")
    duties, customers = len(review.plan.duties.moves), len(review.plan.customers.moves)
    proven = "the best possible, proven"

    assert str(review) == review.summary()
    assert repr(review) == (
        "<Review of 'Customer care' as of 2026-09-30: 12 customers, "
        f"{len(review.findings)} findings, {duties + customers} moves>"
    )
    assert repr(review.plan) == (
        f"<DepartmentPlan as of 2026-09-30: {duties} duties and {customers} customers move; "
        f"duties: {proven}; customers: {proven}>"
    )
    assert repr(ada) == (
        f"<Judgement of 'ada' as of 2026-09-30: loyal, champions, gold, {ada.score.value} points>"
    )
    assert "prospect, no segment, standard" in repr(kim)


def test_another_language_is_refused(review: Review) -> None:
    """There are two, and no third is made up."""
    with pytest.raises(UnknownNameError, match="unknown language 'fr'"):
        review.summary(language="fr")


def test_what_has_no_value_says_why(shop: Shop) -> None:
    """An empty book has no retention, no shares and no hours, and nothing is shown as zero."""
    empty = attrs.evolve(shop, customers=(), purchases=(), interactions=(), ownerships=()).review()

    lines = empty.summary().splitlines()

    assert lines[0].endswith(": 0 customers, 4 members, policy 'default'")
    assert "  customer retention rate            – (there is no data)" in lines
    assert "  0 customers change hands, 0 stay, 0 have nobody: the best possible, proven" in lines
    assert not any("of the spend" in line for line in lines)


def test_customers_who_paid_nothing_have_no_share_of_it(shop: Shop) -> None:
    """Where all purchases were free of charge, no segment is shown with a share."""
    free = tuple(
        attrs.evolve(each, amount=attrs.evolve(each.amount, amount=0)) for each in shop.purchases
    )

    lines = attrs.evolve(shop, purchases=free).review().summary().splitlines()

    assert not any("of the spend" in line for line in lines)


def test_the_first_month_has_none_before_it(review: Review, shop: Shop) -> None:
    """One month alone is shown alone, and so is one after a month without a value."""
    alone = shop.review(months=1).summary().splitlines()
    assert (
        "  customer base                      8 (2026-08, usually 4): a change for the better"
        in alone
    )

    retention = review.kpi("retention_rate")
    (place,) = (n for n, each in enumerate(review.kpis) if each is retention)
    gap = attrs.evolve(
        retention,
        values=(*retention.values[:-2], Undefined(Reason.NO_DATA), retention.values[-1]),
    )
    patched = attrs.evolve(review, kpis=(*review.kpis[:place], gap, *review.kpis[place + 1 :]))
    assert any(
        line.startswith("  customer retention rate") and "] (2026-08): " in line
        for line in patched.summary().splitlines()
    )


def test_a_plan_of_one_speaks_in_the_singular(review: Review) -> None:
    """One duty changes hands, two change; where nothing is found, a dash says so."""
    plan = review.plan
    small = attrs.evolve(
        review,
        findings=(),
        training=(),
        plan=attrs.evolve(
            plan,
            duties=attrs.evolve(plan.duties, moves=plan.duties.moves[:1], kept=1),
            customers=attrs.evolve(
                plan.customers,
                moves=plan.customers.moves[:1],
                kept=1,
                before=Balance(loads=(), unheld=0),
                uncovered=plan.duties.uncovered[:1],
            ),
        ),
    )

    lines = small.summary().splitlines()

    assert "What asks to be done: –" in lines
    assert lines[-3].startswith("  1 duty changes hands, 1 stays, 1 nobody can hold: ")
    assert lines[-2].startswith("  1 customer changes hands, 1 stays, 1 has nobody: ")
    assert lines[-1].startswith("  hours for customers: from – to ")


def test_many_goals_are_cut_short(review: Review) -> None:
    """Five goals are shown, the gravest first, and the rest is counted."""
    standing = review.goals[0]
    statuses = (Status.ACHIEVED, Status.ON_TRACK, Status.MISSED, *[Status.UNKNOWN] * 4)
    goals = tuple(
        attrs.evolve(
            standing,
            status=status,
            goal=attrs.evolve(standing.goal, id=GoalId(f"g-{place}"), name=f"G{place}"),
        )
        for place, status in enumerate(statuses)
    )

    found = attrs.evolve(review, goals=goals)
    lines = found.summary().splitlines()

    start = next(place for place, line in enumerate(lines) if line.startswith("  G2: missed. "))
    assert [line[2:4] for line in lines[start : start + 5]] == ["G2", "G3", "G4", "G5", "G6"]
    assert lines[start + 5] == "  … and 2 more goals"
    assert "  ……另有2个目标" in found.summary(language="zh-CN").splitlines()
    assert "  … and 1 more goal" in attrs.evolve(review, goals=goals[1:]).summary().splitlines()
