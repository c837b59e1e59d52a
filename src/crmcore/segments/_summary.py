"""Summaries: how many customers a group has, and what share of the spend is theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from typing import Final, Literal

import attrs

from crmcore.features import CustomerFeatures
from crmcore.kernel import Phrase, Reason, Undefined

_EXACT: Final = Context(prec=120)
_QUOTIENT: Final = Context(prec=28)


@attrs.frozen(kw_only=True)
class GroupSummary:
    """What a segment, a tier or a stage amounts to.

    Attributes:
        name: The group; None for customers who are in none.
        count: How many customers it has.
        share: Their share of all customers, as a fraction.
        spend: What they paid so far, in the currency of the features.
        spend_share: Their share of what all customers paid, as a fraction.
        mean_recency: The mean of their days since the latest occasion, over those who have
            bought.

    .. versionadded:: 0.1.0
    """

    name: str | None
    count: int
    share: Decimal | Undefined
    spend: Decimal
    spend_share: Decimal | Undefined
    mean_recency: Decimal | Undefined


def summarize(
    features: Iterable[CustomerFeatures],
    *,
    by: Literal["segment", "stage", "tier"] = "segment",
    names: Sequence[str] = (),
) -> tuple[GroupSummary, ...]:
    """Return a row for each group; the counts and the spend add up to those of all.

    Args:
        features: The customers, with the verdict *by* filled in, in any order.
        by: The verdict that groups them.
        names: Groups that have a row even if nobody is in them, in the order of the rows.
            Other groups follow by name, and customers in none come last.

    .. versionadded:: 0.1.0
    """
    groups: defaultdict[str | None, list[CustomerFeatures]] = defaultdict(list)
    for customer in features:
        groups[getattr(customer, by)].append(customer)
    others = sorted(name for name in groups if name is not None and name not in names)
    order: list[str | None] = [*names, *others]
    if None in groups:
        order.append(None)
    customers = Decimal(sum(len(group) for group in groups.values()))
    spend = _spend(customer for group in groups.values() for customer in group)
    return tuple(_row(name, groups.get(name, []), customers, spend) for name in order)


def _row(
    name: str | None, group: Sequence[CustomerFeatures], customers: Decimal, spend: Decimal
) -> GroupSummary:
    own = _spend(group)
    days = [c.days_since_last for c in group if c.days_since_last is not None]
    return GroupSummary(
        name=name,
        count=len(group),
        share=_quotient(Decimal(len(group)), customers),
        spend=own,
        spend_share=_quotient(own, spend),
        mean_recency=_quotient(Decimal(sum(days)), Decimal(len(days))),
    )


def _spend(group: Iterable[CustomerFeatures]) -> Decimal:
    total = Decimal(0)
    for customer in group:
        total = _EXACT.add(total, customer.spend)
    return total


def _quotient(part: Decimal, whole: Decimal) -> Decimal | Undefined:
    if not whole:
        detail = Phrase("nobody to share it among", "没有可供分摊的客户")
        return Undefined(Reason.ZERO_DENOMINATOR, detail)
    return _QUOTIENT.divide(part, whole)
