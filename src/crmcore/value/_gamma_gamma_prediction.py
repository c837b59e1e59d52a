"""What a model of spend says of one customer."""

from __future__ import annotations

import attrs

from crmcore.kernel import CustomerId, Phrase
from crmcore.statistics import Interval


@attrs.frozen(kw_only=True)
class SpendPrediction:
    """What a customer is expected to spend on a purchase, and where the number comes from.

    Attributes:
        customer: The customer, if known.
        spend: The expected spend of a purchase to come.
        own_share: How much of it is the customer's own mean, as a fraction; the rest is the mean
            of all customers. It is 0 where nothing is known of the own spend.
        own_mean: The mean of the customer's repeat purchases, or None.
        frequency: How many these are.
        interval: How sure the parameters make it; None if they were not fitted.
        currency: The currency of the amounts, if known.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId | None
    spend: float
    own_share: float
    own_mean: float | None
    frequency: int
    interval: Interval | None
    currency: str | None

    @property
    def words(self) -> Phrase:
        """What is expected, and why."""
        return spend_words(self.spend, self.frequency, self.own_mean, self.own_share, self.currency)

    def __str__(self) -> str:
        """Say it in English."""
        return self.words.en


def spend_words(
    spend: float, x: int, mean: float | None, share: float, currency: str | None
) -> Phrase:
    """Say what is expected to be spent on a purchase, and what the number is made of."""
    code = code_of(currency)
    why = _reason(x, mean, share, code)
    return Phrase(
        f"{spend:,.2f}{code} a purchase: {why.en}", f"每次购买 {spend:,.2f}{code}：{why.zh}"
    )


def code_of(currency: str | None) -> str:
    """Return the code of a currency as it stands after an amount."""
    return f" {currency}" if currency else ""


def _reason(x: int, mean: float | None, share: float, code: str) -> Phrase:
    if mean is None:
        if x:
            return Phrase(
                "the mean of all customers, for their own spend is not known",
                "按全体客户的平均花费，因为该客户的花费未知",
            )
        return Phrase(
            "the mean of all customers, for there is no repeat purchase yet",
            "按全体客户的平均花费，因为该客户尚无重复购买",
        )
    times = "purchase" if x == 1 else "purchases"
    own = f"{mean:,.2f}{code}"
    percent = f"{100 * min(share, 1):.0f} %"
    return Phrase(
        f"{percent} their own mean of {own} over {x} repeat {times}, the rest the mean of all",
        f"其中 {percent} 取自该客户 {x} 次重复购买的平均值 {own}，其余取自全体客户的平均花费",
    )
