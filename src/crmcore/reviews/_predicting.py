"""Predicting: what models of purchases say of every customer, on any day of a trail.

Two models are fitted to what all customers did, those out of use included: to leave out whoever
has gone would make everybody look faithful. The one tells how often somebody buys and whether
somebody has left for good, the other what an occasion is worth. Both are fitted in plain Python,
whatever else is installed, so that a review is the same bytes everywhere.

Modified BG/NBD is the model of purchases, because it lets customers leave after their very first
purchase. BG/NBD does not, and would hold everybody who bought once for alive for ever.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import compress
from types import MappingProxyType
from typing import Final, Self

import attrs

from crmcore.durations import DAY, WEEK
from crmcore.errors import DidNotConvergeError, InfiniteMeanError, NotIdentifiedError
from crmcore.features import Trail
from crmcore.histories import Histories
from crmcore.kernel import CustomerId, Phrase, Reason, Undefined, minor_digits, round_half_up
from crmcore.likelihood import Kernel
from crmcore.policies import Policy, ValuePolicy
from crmcore.statistics import Interval
from crmcore.value import (
    GammaGamma,
    LifetimeValue,
    LifetimeValues,
    ModifiedBetaGeo,
    lifetime_values,
)

from ._records import Progress
from ._walk import NOTHING, Predicted

_DIGITS: Final = 6
_ALIKE: Final = 1e9  # so many purchases of one's own would weigh as much as those of all others
_ONE_DAY: Final = timedelta(days=1)
_STEP: Final = Phrase("valuing customers", "估算客户价值")
_PREDICTED: Final = frozenset({"alive", "expected_purchases", "lifetime_value"})
_NOT_ASKED: Final = Undefined(
    Reason.NOT_APPLICABLE, Phrase("the policy tells no value", "规则集未启用客户价值")
)
_NOBODY: Final = Undefined(
    Reason.NO_DATA,
    Phrase("no customer in use has bought anything yet", "在用客户尚无任何购买记录"),
)
_WIDE: Final = 10  # who knows a sum to no better than a factor of so much does not know it
_OPEN: Final = Undefined(
    Reason.TOO_FEW,
    Phrase(
        f"the purchases leave open whether it is {_WIDE} times as much, or less than a tenth",
        f"这些购买记录不足以估算：结果可能相差{_WIDE}倍以上",
    ),
)


def histories_of(trails: Mapping[CustomerId, Trail], *, as_of: date, currency: str) -> Histories:
    """Return what models of purchases need to know of everybody who has bought before a day.

    They count the day before *as_of* as the last one that was observed. Money that went back
    lowers what the occasions after the first brought, down to nothing.
    """
    last_day = as_of.toordinal() - 1
    customers: list[CustomerId] = []
    frequency: list[int] = []
    last_purchase_age: list[int] = []
    age: list[int] = []
    mean_spend: list[float] = []
    for customer, trail in trails.items():
        days = trail.occasions
        bought = bisect_left(days, last_day + 1)
        if bought:
            repeats, first = bought - 1, days[0]
            customers.append(customer)
            frequency.append(repeats)
            last_purchase_age.append(days[repeats] - first)
            age.append(last_day - first)
            mean_spend.append(_mean_spend(trail, first, repeats, as_of))
    return Histories.from_columns(
        customers=customers,
        frequency=frequency,
        last_purchase_age=last_purchase_age,
        age=age,
        mean_spend=mean_spend,
        unit=DAY,
        as_of=as_of - _ONE_DAY,
        currency=currency,
    ).in_unit(WEEK)


def _mean_spend(trail: Trail, first: int, repeats: int, as_of: date) -> float:
    """Return what an occasion after the first brought on average, 0 where there was none."""
    if not repeats:
        return 0.0
    spent = trail.spend_between(date.fromordinal(first + 1), as_of)
    return max(float(spent), 0.0) / repeats


@attrs.frozen(kw_only=True)
class Appraisal:
    """What models say of every customer who has bought, and the models.

    Attributes:
        rule: What the policy means by value.
        histories: What the models were fitted to.
        purchases: The model of purchases.
        spend: The model of spend.
        values: What each customer in use is worth, in order of their ids.
        interval: Within which bounds their sum may lie.
        doubt: What to know of the model of spend where it was not fitted.
    """

    rule: ValuePolicy
    histories: Histories
    purchases: ModifiedBetaGeo
    spend: GammaGamma
    values: LifetimeValues
    interval: Interval
    doubt: Phrase | None


def by_customer(told: Appraisal | Undefined) -> Mapping[CustomerId, LifetimeValue]:
    """Return the value of each customer; of nobody where no model tells."""
    if isinstance(told, Undefined):
        return {}
    return dict(zip(told.values.histories.customers or (), told.values, strict=True))


def appraise(
    trails: Mapping[CustomerId, Trail],
    in_use: Collection[CustomerId],
    *,
    policy: Policy,
    as_of: date,
    progress: Progress,
) -> Appraisal | Undefined:
    """Return what models say of customers when a day begins, or why they say nothing.

    Args:
        trails: What each customer did; all of them teach the models.
        in_use: The customers who are to be valued.
        policy: Says what value means.
        as_of: The day.
        progress: Hears that it is done.
    """
    rule = policy.value
    if rule is None:
        return _NOT_ASKED
    progress(0, None, _STEP)
    histories = histories_of(trails, as_of=as_of, currency=policy.currency)
    again = sum(map(bool, histories.frequency))
    if not any(customer in in_use for customer in histories.customers or ()):
        return _NOBODY
    if again < rule.repeat_customers:
        return _too_few(again, rule.repeat_customers)
    try:
        purchases = ModifiedBetaGeo.fit(histories, kernel=Kernel.PYTHON)
        spend, doubt = _spend_of(histories)
        values = lifetime_values(
            _only(histories, in_use),
            purchases,
            spend,
            horizon=rule.horizon,
            discount=rule.discount,
            margin=float(rule.margin),
        )
    except (NotIdentifiedError, DidNotConvergeError, InfiniteMeanError) as error:
        why = Phrase(str(error), f"这些购买记录无法确定模型{error.model}的参数")
        return Undefined(Reason.NOT_APPLICABLE, why)
    interval = values.total_interval()
    if interval.high > _WIDE * values.total:
        return _OPEN
    return Appraisal(
        rule=rule,
        histories=histories,
        purchases=purchases,
        spend=spend,
        values=values,
        interval=interval,
        doubt=doubt,
    )


def _spend_of(histories: Histories) -> tuple[GammaGamma, Phrase | None]:
    """Return what an occasion is worth to whom, and what to know of it.

    Where customers are not seen to differ, as where all things have one price, the model runs
    on without an end towards the one in which they do not, and that is taken.

    Raises:
        NotIdentifiedError: If nobody has bought again for more than nothing.
    """
    try:
        return GammaGamma.fit(histories, kernel=Kernel.PYTHON), None
    except (NotIdentifiedError, DidNotConvergeError):
        mean = _mean_of_all(histories)
        if not mean:
            raise
    code = histories.currency
    return (
        GammaGamma(p=1, q=1 + _ALIKE, gamma=mean * _ALIKE, currency=code),
        Phrase(
            "customers are not seen to differ in what they spend: everybody is expected to spend "
            f"the mean of all, {mean:,.2f} {code} on an occasion",
            f"未见客户花费存在差异：均按全体平均每次{mean:,.2f} {code}估算",
        ),
    )


def _mean_of_all(histories: Histories) -> float:
    """Return the mean spend of all occasions after the first ones, of which there are some."""
    pairs = zip(histories.mean_spend or (), histories.frequency, strict=True)
    return math.fsum(mean * x for mean, x in pairs if x) / sum(histories.frequency)


def _only(histories: Histories, in_use: Collection[CustomerId]) -> Histories:
    """Return the histories of those in use."""
    customers = histories.customers or ()
    kept = [customer in in_use for customer in customers]
    if all(kept):
        return histories
    return Histories.of(compress(histories, kept))


def _too_few(again: int, needed: int) -> Undefined:
    en = "1 customer has" if again == 1 else f"{again:,} customers have"
    verb = "is" if needed == 1 else "are"
    return Undefined(
        Reason.TOO_FEW,
        Phrase(
            f"{en} bought again, and {needed:,} {verb} needed",
            f"仅{again:,}位客户有重复购买，至少需要{needed:,}位",
        ),
    )


def in_money(amount: float, currency: str | None) -> Decimal:
    """Return an amount in the digits that money of a currency has."""
    return round_half_up(Decimal(amount), minor_digits(str(currency)))


def predicted(value: LifetimeValue | None) -> Predicted:
    """Return what models say of a customer, rounded, by the names of the features."""
    if value is None:
        return NOTHING
    return {
        "alive": round_half_up(Decimal(value.alive), _DIGITS),
        "expected_purchases": round_half_up(Decimal(value.alive * value.purchases), _DIGITS),
        "lifetime_value": in_money(value.value, value.currency),
    }


@attrs.frozen
class Forecasts:
    """What models say of customers on several days of the past, each time from what was known.

    Attributes:
        days: What they say of each customer, by day; nothing where nobody asks.
    """

    days: Mapping[date, Mapping[CustomerId, LifetimeValue]] = MappingProxyType({})

    @classmethod
    def of(
        cls,
        policy: Policy,
        trails: Mapping[CustomerId, Trail],
        days: Iterable[date],
        progress: Progress,
    ) -> Self:
        """Return what they say for a policy, which need not ask for it."""
        asked = policy.rules.fields.union(
            *(each.criterion.fields for each in policy.segments.segments)
        )
        if not asked & _PREDICTED:
            return cls()
        found: dict[date, Mapping[CustomerId, LifetimeValue]] = {}
        for day in days:
            told = appraise(trails, trails, policy=policy, as_of=day, progress=progress)
            found[day] = by_customer(told)
        return cls(found)

    def at(self, day: date, customer: CustomerId) -> Predicted:
        """Return what they say of a customer on one of the days."""
        return predicted(self.days.get(day, {}).get(customer))
