"""What a customer is worth: a product of five numbers, each of which can be argued about."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import attrs

from crmcore.durations import DiscountRate, Duration
from crmcore.kernel import CustomerId, Phrase
from crmcore.statistics import Interval

from ._gamma_gamma_prediction import code_of

_SMALL: Final = 0.095  # from here on two digits after the point are two that count
_TINY: Final = 1e-6


_NEW: Final = Phrase("a new customer", "新客户")
_UNNAMED: Final = Phrase("a customer", "某位客户")


@attrs.frozen(kw_only=True)
class LifetimeValue:
    """What is earned of a customer within a horizon, as expected today.

    It is what a customer brings from now on. What was bought before today is no part of it, and
    neither is what it costs to win or to keep the customer.

    Attributes:
        customer: The customer; None for a new one, and where the histories tell no ids.
        alive: How probable it is that the customer is still one, as a fraction.
        purchases: How many purchases are expected within the horizon, if so.
        spend: What is expected to be spent on each, in *currency*.
        discount: What a purchase is worth today by the time it comes, on average, as a fraction.
        margin: What is earned of each unit of spend, as a fraction.
        horizon: How far it looks.
        rate: The rate at which it is discounted, continuously.
        currency: The currency, if known.
        interval: Where the value may lie for all that is known of the parameters; None where it
            was not asked for. How the customer's own luck turns out comes on top.
        remarks: What the models assume that shows in these numbers.
        is_new: Whether it is somebody of whom nothing is known but the first purchase.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId | None
    alive: float
    purchases: float
    spend: float
    discount: float
    margin: float
    horizon: Duration
    rate: DiscountRate
    currency: str | None = None
    interval: Interval | None = None
    remarks: tuple[Phrase, ...] = ()
    is_new: bool = False

    @property
    def value(self) -> float:
        """The value: the product of the five numbers, in the major unit of the currency."""
        return self.alive * self.purchases * self.spend * self.discount * self.margin

    @property
    def if_alive(self) -> float:
        """What the value would be, were the customer surely still one."""
        return self.purchases * self.spend * self.discount * self.margin

    @property
    def ledger(self) -> tuple[tuple[Phrase, float], ...]:
        """The five numbers with what they are; their product in this order is the value."""
        horizon, rate, code = self.horizon.words, self.rate.words, code_of(self.currency)
        said = (
            (self.alive, f"alive {_shown(self.alive)}", f"存活概率 {_shown(self.alive)}"),
            (
                self.purchases,
                f"{_shown(self.purchases)} purchases in {horizon.en}",
                f"{horizon.zh}内购买 {_shown(self.purchases)} 次",
            ),
            (
                self.spend,
                f"{self.spend:,.2f}{code} a purchase",
                f"每次购买 {self.spend:,.2f}{code}",
            ),
            (
                self.discount,
                f"{self.discount:.2f} for discount at {rate.en}",
                f"按{rate.zh} 折现 {self.discount:.2f}",
            ),
            (self.margin, f"margin {_shown(self.margin)}", f"利润率 {_shown(self.margin)}"),
        )
        return tuple((Phrase(en, zh), number) for number, en, zh in said)

    @property
    def words(self) -> Phrase:
        """The value and how it comes about, in one line."""
        amount = f"{self.value:,.2f}{code_of(self.currency)}"
        sure = f" ({self.interval.low:,.2f} … {self.interval.high:,.2f})" if self.interval else ""
        product = " × ".join(phrase.en for phrase, _ in self.ledger)
        product_zh = " × ".join(phrase.zh for phrase, _ in self.ledger)
        who = _NEW if self.is_new else _UNNAMED
        en, zh = (who.en, who.zh) if self.customer is None else (self.customer, self.customer)
        return Phrase(f"{en}: {amount}{sure} = {product}", f"{zh}：{amount}{sure} = {product_zh}")

    def __str__(self) -> str:
        """Return the value and what to know of it, each on a line."""
        return "\n  ".join([self.words.en, *(remark.en for remark in self.remarks)])


def _shown(factor: float) -> str:
    """Return a factor with two digits after the point, or with two that count if it is small.

    A factor that is shown as 0.00 would make nothing of a product that is not.
    """
    if not factor or factor >= _SMALL:
        return f"{factor:.2f}"
    return f"{Decimal(f'{factor:.1e}'):f}" if factor >= _TINY else f"{factor:.1e}"
