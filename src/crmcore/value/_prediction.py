"""What a model says of one customer."""

from __future__ import annotations

import attrs

from crmcore.durations import Duration
from crmcore.kernel import CustomerId, Phrase
from crmcore.statistics import Interval


@attrs.frozen(kw_only=True)
class Prediction:
    """What a model of purchases says of one customer.

    Attributes:
        customer: The customer, if the history told.
        model: The model.
        horizon: How far it looks.
        alive: How probable it is that the customer is still one, as a fraction.
        purchases_if_alive: How many purchases are expected within the horizon of a customer
            who is still one.
        purchases: How many are expected of this customer: the product of both.
        alive_interval: Where the first may lie; None where the parameters were known.
        purchases_if_alive_interval: Where the second may lie, or None.
        purchases_interval: Where the third may lie, or None.
        remarks: What the model assumes that shows in these numbers.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId | None
    model: str
    horizon: Duration
    alive: float
    purchases_if_alive: float
    purchases: float
    alive_interval: Interval | None = None
    purchases_if_alive_interval: Interval | None = None
    purchases_interval: Interval | None = None
    remarks: tuple[Phrase, ...] = ()

    @property
    def words(self) -> Phrase:
        """What it says, in one sentence."""
        alive, purchases = f"{self.alive:.3g}", f"{self.purchases:.4g}"
        alive_en = alive_zh = purchases_en = purchases_zh = ""
        if self.alive_interval is not None:
            low, high = f"{self.alive_interval.low:.3g}", f"{self.alive_interval.high:.3g}"
            alive_en, alive_zh = f" ({low} to {high})", f"（{low} 至 {high}）"
        if self.purchases_interval is not None:
            low, high = f"{self.purchases_interval.low:.4g}", f"{self.purchases_interval.high:.4g}"
            purchases_en, purchases_zh = f" ({low} to {high})", f"（{low} 至 {high}）"
        horizon = self.horizon.words
        return Phrase(
            f"{self.customer}: alive with probability {alive}{alive_en}; "
            f"{purchases}{purchases_en} purchases expected in {horizon.en}",
            f"{self.customer}：存活概率 {alive}{alive_zh}；"
            f"预计 {horizon.zh}内购买 {purchases} 次{purchases_zh}",
        )

    def __str__(self) -> str:
        """Return what it says, and what to know of it, each on a line."""
        return "\n  ".join([self.words.en, *(remark.en for remark in self.remarks)])
