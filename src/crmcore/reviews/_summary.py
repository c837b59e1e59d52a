"""The summary: a review on one screen, in English or in Chinese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from crmcore.improvement import Severity
from crmcore.kernel import Phrase, Undefined, round_half_up
from crmcore.lifecycle import Stage

if TYPE_CHECKING:
    from ._review import Review

_SHOWN: Final = 5
_KPIS: Final = ("customer_base", "retention_rate", "new_customers", "orders", "sales")
_NAME: Final = 34


def summary_lines(review: Review, language: str) -> Iterator[str]:
    """Yield the lines of the summary."""

    def say(en: str, zh: str) -> str:
        return Phrase(en, zh).in_language(language)

    customers = len(review.judgements)
    department = review.organization.department.name
    yield say(
        f"{department} as of {review.as_of}: {customers:,} customers, "
        f"{len(review.organization.members)} members, policy {review.policy.name!r}",
        f"{department}，截至{review.as_of}：{customers:,}位客户，"
        f"{len(review.organization.members)}位成员，策略“{review.policy.name}”",
    )
    yield ""
    yield say("How it goes", "经营指标")
    yield from _kpis(review, language)
    for goal in review.goals:
        status = goal.status.label.in_language(language)
        yield f"  {goal.goal.name}: {status}. {goal.because.in_language(language)}"
    yield ""
    yield say("Where the customers stand", "客户现状")
    yield from _groups(review, language)
    yield ""
    yield from _findings(review, language)
    yield ""
    yield from _plan(review, language)


def _kpis(review: Review, language: str) -> Iterator[str]:
    for key in _KPIS:
        series = review.kpi(key)
        latest = series.values[-1]
        name = series.kpi.name.in_language(language)
        if isinstance(latest, Undefined):
            yield f"  {name:<{_NAME}} – ({latest.reason.label.in_language(language)})"
            continue
        shown = f"  {name:<{_NAME}} {series.show(latest.number)} ({latest.period}"
        before = series.values[-2] if len(series.values) > 1 else None
        if before is None or isinstance(before, Undefined):
            yield shown + ")"
        else:
            words = Phrase("before", "上期").in_language(language)
            yield f"{shown}, {words} {series.show(before.number)})"


def _groups(review: Review, language: str) -> Iterator[str]:
    stages = {stage.value: stage.label for stage in Stage}
    yield "  " + " · ".join(
        f"{stages[str(row.name)].in_language(language)} {row.count:,}"
        for row in review.stages
        if row.count
    )
    labels = {tier.name: tier.label for tier in review.policy.tiers.tiers}
    yield "  " + " · ".join(
        f"{labels[str(row.name)].in_language(language)} {row.count:,}" for row in review.tiers
    )
    named = {each.name: each.label for each in review.policy.segments.segments}
    ranked = sorted(
        (row for row in review.segments if row.name in named),
        key=lambda row: (-row.spend, str(row.name)),
    )
    for row in ranked[:_SHOWN]:
        if isinstance(row.spend_share, Undefined):
            continue
        words = Phrase("customers, share of the spend", "位客户，消费占比").in_language(language)
        share = round_half_up(row.spend_share * 100, 1)
        label = named[str(row.name)].in_language(language)
        yield f"  {label:<{_NAME}} {row.count:,} {words} {share} %"


def _findings(review: Review, language: str) -> Iterator[str]:
    counts = Counter(finding.severity for finding in review.findings)
    parts = [
        f"{counts[severity]} {severity.label.in_language(language)}"
        for severity in Severity
        if counts[severity]
    ]
    title = Phrase("What asks to be done", "待处理事项").in_language(language)
    yield f"{title}: {', '.join(parts) or '–'}"
    for finding in review.findings[:_SHOWN]:
        yield f"  {finding.title.in_language(language)}"


def _plan(review: Review, language: str) -> Iterator[str]:
    def say(en: str, zh: str) -> str:
        return Phrase(en, zh).in_language(language)

    plan = review.plan
    duties, customers = plan.duties, plan.customers
    yield say("What the plan proposes", "调整方案")
    yield say(
        f"  {len(duties.moves)} duties change hands, {duties.kept} stay, "
        f"{len(duties.uncovered)} nobody can hold: {duties.certificate}",
        f"  {len(duties.moves)}项职责调整，{duties.kept}项不变，"
        f"{len(duties.uncovered)}项无人可承担：{duties.certificate}",
    )
    yield say(
        f"  {len(customers.moves):,} customers change hands, {customers.kept:,} stay, "
        f"{len(customers.uncovered):,} have nobody: {customers.certificate}",
        f"  {len(customers.moves):,}位客户调整负责人，{customers.kept:,}位不变，"
        f"{len(customers.uncovered):,}位无人负责：{customers.certificate}",
    )
    ends = [customers.before.lowest, customers.before.highest]
    ends += [customers.after.lowest, customers.after.highest]
    shares = [
        "–" if isinstance(end, Undefined) else f"{round_half_up(_percent(end), 0)} %"
        for end in ends
    ]
    yield say(
        f"  hours for customers: from {shares[0]} – {shares[1]} of what each member has "
        f"to {shares[2]} – {shares[3]}",
        f"  客户工时占比：由{shares[0]}–{shares[1]}变为{shares[2]}–{shares[3]}",
    )
    if review.training:
        yield f"  {review.training[0].title.in_language(language)}"


def _percent(share: Fraction) -> Decimal:
    return Decimal(share.numerator) * 100 / Decimal(share.denominator)
