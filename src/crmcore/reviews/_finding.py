"""Findings about the book: customers who matter and whom nobody looks after well."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from crmcore.improvement import Finding, Severity
from crmcore.kernel import CustomerId, MemberId, Phrase, round_half_up
from crmcore.lifecycle import Stage
from crmcore.organization import Organization
from crmcore.policies import Policy

from ._judging import Judgement

_SHOWN = 5


def book_findings(
    judgements: Sequence[Judgement],
    *,
    organization: Organization,
    elsewhere: Collection[MemberId],
    policy: Policy,
    as_of: date,
) -> Iterator[Finding]:
    """Yield what is wrong with who looks after whom today, and who is about to be lost."""
    owned: dict[MemberId, list[Judgement]] = {}
    for one in judgements:
        if one.owner is not None:
            owned.setdefault(one.owner, []).append(one)
    yield from _left_alone(judgements, policy)
    yield from _owned_by_leavers(owned, organization, as_of)
    yield from _owned_by_strangers(owned, organization, elsewhere)
    yield from _slipping(judgements, policy)
    yield from _unplaced(judgements)


def stranger_findings(strangers: Mapping[CustomerId, int]) -> Iterator[Finding]:
    """Yield that there are purchases of customers who are not stored, if there are.

    Args:
        strangers: How many purchases there are of each of them.
    """
    if strangers:
        count = sum(strangers.values())
        yield Finding(
            kind="unknown_customer",
            severity=Severity.WARNING,
            subject="purchases",
            title=Phrase(
                f"{count:,} {'purchase belongs' if count == 1 else 'purchases belong'} to "
                f"{_customers(len(strangers))} that {_verb(len(strangers), 'is', 'are')} not "
                f"stored, and {_verb(count, 'counts', 'count')} nowhere",
                f"{count:,}条购买记录属于{len(strangers):,}位未登记的客户，未计入任何指标",
            ),
            evidence=(
                ("customers", str(len(strangers))),
                ("first of them", ", ".join(sorted(strangers)[:_SHOWN])),
            ),
            suggestion=Phrase(
                "add the customers, or remove the purchases", "登记客户或删除这些记录"
            ),
        )


def _some(judgements: Sequence[Judgement]) -> tuple[tuple[str, str], ...]:
    """Return the count and the first few, those who spent most first."""
    ranked = sorted(judgements, key=lambda one: (-one.features.recent_spend, one.customer))
    first = ", ".join(one.customer for one in ranked[:_SHOWN])
    spend = sum((one.features.recent_spend for one in judgements), Decimal(0))
    return (
        ("customers", str(len(judgements))),
        ("recent spend", str(round_half_up(spend, 2))),
        ("first of them", first),
    )


def _customers(count: int) -> str:
    return f"{count:,} customer" if count == 1 else f"{count:,} customers"


def _verb(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def _left_alone(judgements: Sequence[Judgement], policy: Policy) -> Iterator[Finding]:
    alone = [
        one
        for one in judgements
        if one.owner is None
        and policy.book.minutes(str(one.features.tier), str(one.features.stage))
    ]
    if alone:
        count = len(alone)
        yield Finding(
            kind="no_owner",
            severity=Severity.WARNING,
            subject="book",
            title=Phrase(
                f"{_customers(count)} to be looked after in person "
                f"{_verb(count, 'has', 'have')} no owner",
                f"{count:,}位应有专人负责的客户没有负责人",
            ),
            evidence=_some(alone),
            suggestion=Phrase("see whom the plan gives them to", "参见调整方案中指定的负责人"),
        )


def _owned_by_leavers(
    owned_by: Mapping[MemberId, Sequence[Judgement]], organization: Organization, as_of: date
) -> Iterator[Finding]:
    for member in organization.members:
        if member.left_on is None or member.left_on > as_of:
            continue
        owned = owned_by.get(member.id)
        if owned:
            count = len(owned)
            yield Finding(
                kind="owner_has_left",
                severity=Severity.CRITICAL,
                subject=f"member:{member.id}",
                title=Phrase(
                    f"{member.name} left on {member.left_on} and still owns {_customers(count)}",
                    f"{member.name}已于{member.left_on}离开，名下仍有{count:,}位客户",
                ),
                evidence=_some(owned),
                suggestion=Phrase(
                    "the plan hands over those who need somebody; release the others",
                    "调整方案会移交需要专人负责的客户，其余可释放",
                ),
            )


def _owned_by_strangers(
    owned_by: Mapping[MemberId, Sequence[Judgement]],
    organization: Organization,
    elsewhere: Collection[MemberId],
) -> Iterator[Finding]:
    known = {member.id for member in organization.members}.union(elsewhere)
    for owner in sorted(owned_by.keys() - known):
        owned = owned_by[owner]
        count = len(owned)
        yield Finding(
            kind="unknown_owner",
            severity=Severity.CRITICAL,
            subject=f"member:{owner}",
            title=Phrase(
                f"{_customers(count)} {_verb(count, 'is', 'are')} owned by {owner!r}, "
                "who is no member",
                f"{count:,}位客户的负责人{owner}不是任何部门的成员",
            ),
            evidence=_some(owned),
            suggestion=Phrase(
                "the plan hands over those who need somebody; release the others",
                "调整方案会移交需要专人负责的客户，其余可释放",
            ),
        )


def _slipping(judgements: Sequence[Judgement], policy: Policy) -> Iterator[Finding]:
    for tier in reversed(policy.tiers.tiers[1:]):
        going = [
            one
            for one in judgements
            if one.features.tier == tier.name and one.stages.stage is Stage.AT_RISK
        ]
        if going:
            count = len(going)
            yield Finding(
                kind="valued_at_risk",
                severity=Severity.WARNING,
                subject=f"tier:{tier.name}",
                title=Phrase(
                    f"{_customers(count)} of the tier {tier.label.en} "
                    f"{_verb(count, 'is', 'are')} at risk",
                    f"{tier.label.zh}客户中有{count:,}位存在流失风险",
                ),
                evidence=_some(going),
                suggestion=Phrase(
                    "call them, the ones who spent most first", "按消费金额从高到低逐一联系"
                ),
            )


def _unplaced(judgements: Sequence[Judgement]) -> Iterator[Finding]:
    bought = [one for one in judgements if one.features.frequency]
    lost = [one for one in bought if one.placement.segment is None]
    if lost:
        count = len(lost)
        yield Finding(
            kind="no_segment",
            severity=Severity.NOTE,
            subject="segment_table",
            title=Phrase(
                f"{_customers(count)} with purchases {_verb(count, 'is', 'are')} in no segment",
                f"{count:,}位有购买记录的客户不属于任何细分",
            ),
            evidence=_some(lost),
        )
