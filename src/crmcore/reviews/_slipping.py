"""Slipping away: customers who matter and have probably left, but not long ago."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from crmcore.improvement import Finding, Severity
from crmcore.kernel import MemberId, Phrase, Reason, Undefined, minor_digits, round_half_up
from crmcore.policies import Policy, ValuePolicy

from ._customer_value import CustomerValue
from ._judging import Judgement

_SHOWN: Final = 5
_ZERO: Final = Decimal(0)


def slipping_away(
    judgements: Iterable[Judgement], policy: Policy, told: CustomerValue | Undefined
) -> tuple[Judgement, ...]:
    """Return who is slipping away, by the policy; those who would be worth most come first.

    Nobody does where customers are not seen to leave: the model would blame anybody's silence.
    """
    rule = policy.value
    if rule is None or isinstance(told, Undefined) or not told.tells_who_leaves:
        return ()
    found = (one for one in judgements if _slips_away(one, rule))
    return tuple(sorted(found, key=lambda one: (-_at_stake(one), one.customer)))


def _slips_away(one: Judgement, rule: ValuePolicy) -> bool:
    alive, silent = one.features.alive, one.features.days_since_last
    if alive is None or silent is None or alive >= rule.slipping_below:
        return False
    return silent <= rule.gone_after_days and _at_stake(one) >= rule.worth


def _at_stake(one: Judgement) -> Decimal:
    """Return what a customer would be worth who had not left."""
    return one.value_if_alive or _ZERO


def value_findings(
    told: CustomerValue | Undefined,
    slipping: Sequence[Judgement],
    *,
    policy: Policy,
) -> Iterator[Finding]:
    """Yield who is slipping away, why no value can be told, and what to know of it."""
    rule = policy.value
    if rule is None:
        return
    if isinstance(told, Undefined):
        if told.reason is not Reason.NO_DATA:  # that nobody has bought yet is no news
            yield _no_value(told)
        return
    if slipping:
        yield _slipping(slipping, policy, rule)
    if told.cautions:
        yield _cautions(told.cautions)


def _slipping(slipping: Sequence[Judgement], policy: Policy, rule: ValuePolicy) -> Finding:
    """Return that some customers are slipping away, and whose customers they are."""
    count, stake, horizon = len(slipping), _stake(slipping, policy), rule.horizon.words
    en = "1 customer is" if count == 1 else f"{count:,} customers are"
    return Finding(
        kind="slipping_away",
        severity=Severity.WARNING,
        subject="customer_value",
        title=Phrase(
            f"{en} slipping away, who would be worth {stake} in {horizon.en}",
            f"{count:,}位客户正在流失，若能留住，{horizon.zh}内价值{stake}",
        ),
        evidence=(
            ("customers", str(count)),
            ("still there by the model", f"{_still_there(slipping)} of them"),
            ("first of them", ", ".join(map(_with_owner, slipping[:_SHOWN]))),
            *_by_owner(slipping, policy),
        ),
        suggestion=_call(slipping),
    )


def _still_there(slipping: Iterable[Judgement]) -> str:
    """Return how many of them have not left, on average."""
    return f"{round_half_up(sum((one.features.alive or _ZERO for one in slipping), _ZERO), 0):,}"


def _call(slipping: Iterable[Judgement]) -> Phrase:
    """Return who should call them: who has no owner is called by nobody."""
    said = Phrase(
        "let their owners call them, the ones who would be worth most first",
        "请各负责人按潜在价值从高到低逐一联系",
    )
    if all(one.owner is not None for one in slipping):
        return said
    return Phrase(
        f"{said.en}; name somebody for those who have no owner", f"{said.zh}；无负责人的请先指定"
    )


def _with_owner(one: Judgement) -> str:
    return one.customer if one.owner is None else f"{one.customer} ({one.owner})"


def _by_owner(slipping: Sequence[Judgement], policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield how many each owner has and what they would be worth, those with most at stake."""
    by_owner: defaultdict[MemberId | None, list[Judgement]] = defaultdict(list)
    for one in slipping:
        by_owner[one.owner].append(one)
    ranked = sorted(
        by_owner.items(), key=lambda item: (-sum(map(_at_stake, item[1])), str(item[0]))
    )
    for owner, some in ranked[:_SHOWN]:
        yield f"owned by {owner or 'nobody'}", f"{len(some):,}, worth {_stake(some, policy)}"


def _stake(some: Iterable[Judgement], policy: Policy) -> str:
    total = round_half_up(sum(map(_at_stake, some), _ZERO), minor_digits(policy.currency))
    return f"{total:,} {policy.currency}"


def _no_value(why: Undefined) -> Finding:
    return Finding(
        kind="no_customer_value",
        severity=Severity.NOTE,
        subject="customer_value",
        title=Phrase(
            f"what customers are worth cannot be told: {why.detail.en}",
            f"无法估算客户价值：{why.detail.zh}",
        ),
    )


def _cautions(cautions: Sequence[Phrase]) -> Finding:
    """Return what to know of customer value before relying on it."""
    return Finding(
        kind="value_caution",
        severity=Severity.NOTE,
        subject="customer_value",
        title=Phrase(
            f"of customer value one has to know: {'; '.join(each.en for each in cautions)}",
            f"使用客户价值前请注意：{'；'.join(each.zh for each in cautions)}",
        ),
    )
