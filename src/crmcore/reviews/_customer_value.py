"""Customer value: what the customers of a department are worth, and the models that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import attrs

from crmcore.durations import DiscountRate, Duration
from crmcore.errors import DidNotConvergeError, NotIdentifiedError
from crmcore.features import Trail
from crmcore.histories import Histories
from crmcore.kernel import CustomerId, Phrase, Undefined, round_half_up
from crmcore.statistics import Interval
from crmcore.value import (
    DropoutCheck,
    GammaGamma,
    ModifiedBetaGeo,
    SpendIndependence,
    Tracking,
)

from ._judging import Judgement
from ._predicting import Appraisal

_ZERO: Final = Decimal(0)
_ONE_DAY: Final = timedelta(days=1)


@attrs.frozen(kw_only=True)
class CustomerValue:
    """What the customers of a department are worth, and the models that say so.

    Attributes:
        purchases: How often customers buy, and how they leave.
        spend: What an occasion is worth to whom. It was not fitted where customers are not seen
            to differ in what they spend.
        histories: What the models were fitted to: everybody who has bought, in use or not, up
            to the day before the review.
        horizon: How far ahead purchases count.
        discount: By which rate money that comes later is worth less.
        margin: Which share of what is paid stays with the company, a fraction. At 1 value is
            sales, and no profit.
        customers: How many customers in use have bought.
        alive: How many of them are still there, on average.
        expected_purchases: On how many occasions they will buy within the horizon, on average.
        total: What that is expected to bring, discounted, in the currency of the policy: the
            sum over them, to the last digit.
        interval: Within which bounds the total may lie, as far as the parameters of the models
            are not known; how the future turns out comes on top.
        independence: Whether those who buy more often spend more, which the product of the two
            models takes for untrue.
        tracking: How often customers bought again week by week, and how often by the model.
        dropout: Whether the purchases say that customers leave at all; None where that cannot be
            told. Where they do not, nobody is said to slip away.
        cautions: What to know before relying on it.

    .. versionadded:: 0.1.0
    """

    purchases: ModifiedBetaGeo
    spend: GammaGamma
    histories: Histories
    horizon: Duration
    discount: DiscountRate
    margin: Decimal
    customers: int
    alive: Decimal
    expected_purchases: Decimal
    total: Decimal
    interval: Interval
    independence: SpendIndependence
    tracking: Tracking
    dropout: DropoutCheck | None = None
    cautions: tuple[Phrase, ...] = ()

    @property
    def currency(self) -> str:
        """The ISO 4217 code of the amounts."""
        return str(self.histories.currency)

    @property
    def is_sales(self) -> bool:
        """Whether value is what customers pay, of which nobody has said what stays."""
        return self.margin == 1

    @property
    def meant(self) -> Phrase:
        """What value is: sales, or what stays of them."""
        return Phrase("sales", "销售额") if self.is_sales else Phrase("margin", "毛利")

    @property
    def words(self) -> Phrase:
        """The total in whole units of the currency, with its interval."""
        total, low, high = (
            f"{round_half_up(Decimal(each), 0):,}"
            for each in (self.total, self.interval.low, self.interval.high)
        )
        what, code = self.meant, self.currency
        return Phrase(
            f"{total} {code} of {what.en} [{low} to {high}]",
            f"{what.zh}{total} {code}［{low}至{high}］",
        )

    @property
    def tells_who_leaves(self) -> bool:
        """Whether probabilities of being alive are something to act on."""
        return self.dropout is None or self.dropout.is_supported

    def __repr__(self) -> str:
        """Return what it comes to, without the models."""
        return f"<CustomerValue: {self}>"

    def __str__(self) -> str:
        """Say what the customers are worth, in English."""
        return f"{self.customers:,} customers are worth {self.words.en} in {self.horizon}"


def customer_value(
    appraisal: Appraisal | Undefined,
    judgements: Iterable[Judgement],
    trails: Mapping[CustomerId, Trail],
    *,
    as_of: date,
) -> CustomerValue | Undefined:
    """Return what the customers who were judged come to.

    Args:
        appraisal: What models say of each.
        judgements: Where each stands.
        trails: What all customers did whom the models were fitted to.
        as_of: The day of the review.
    """
    if isinstance(appraisal, Undefined):
        return appraisal
    valued = [one.features for one in judgements if one.value is not None]
    rule, purchases, spend = appraisal.rule, appraisal.purchases, appraisal.spend
    return CustomerValue(
        purchases=purchases,
        spend=spend,
        histories=appraisal.histories,
        horizon=rule.horizon,
        discount=rule.discount,
        margin=rule.margin,
        customers=len(valued),
        alive=sum((one.alive or _ZERO for one in valued), _ZERO),
        expected_purchases=sum((one.expected_purchases or _ZERO for one in valued), _ZERO),
        total=sum((one.lifetime_value or _ZERO for one in valued), _ZERO),
        interval=appraisal.interval,
        independence=spend.independence(appraisal.histories),
        tracking=purchases.tracking(
            (trail.occasions for trail in trails.values()), end=as_of - _ONE_DAY
        ),
        dropout=_dropout(appraisal),
        cautions=tuple(dict.fromkeys(_cautions(appraisal))),
    )


def _dropout(appraisal: Appraisal) -> DropoutCheck | None:
    """Return whether customers are seen to leave; None where that cannot be told."""
    try:
        return appraisal.purchases.dropout_check(appraisal.histories)
    except (NotIdentifiedError, DidNotConvergeError):
        return None


def _cautions(appraisal: Appraisal) -> Iterator[Phrase]:
    """Yield what one has to know of the fits: what they could not settle, and what is in doubt."""
    for fit in (appraisal.purchases.fitted, appraisal.spend.fitted):
        yield from () if fit is None else fit.cautions
    if appraisal.doubt is not None:
        yield appraisal.doubt
