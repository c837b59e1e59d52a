"""What many customers are worth together and each, and what a new one is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from heapq import nsmallest
from numbers import Real
from operator import mul
from statistics import NormalDist
from typing import Final, overload

import attrs

from crmcore.durations import DiscountRate, Duration
from crmcore.errors import InvalidValueError
from crmcore.histories import Histories
from crmcore.kernel import Phrase
from crmcore.statistics import Interval

from ._gamma_gamma import GammaGamma
from ._gamma_gamma_prediction import code_of, spend_words
from ._lifetime_value import LifetimeValue
from ._lifetime_value_columns import (
    NewCustomer,
    different,
    discounted,
    extremes,
    log_variances,
    moments_for,
    new_customer_variance,
    total_variance,
)
from ._model import PurchaseModel

_MOST: Final = 700.0  # the exponential of more is more than a float can hold


@attrs.frozen(kw_only=True, repr=False)
class LifetimeValues(Sequence[LifetimeValue]):
    """What many customers are worth, in columns; a sequence of `LifetimeValue` besides.

    It has the order of the histories.

    Attributes:
        histories: What the customers did, in the unit of the model of purchases.
        purchase_model: The model of purchases.
        spend_model: The model of spend.
        alive: How probable it is that each is still a customer.
        purchases: How many purchases are expected of each, if so.
        spend: What each is expected to spend on a purchase.
        discount: What a purchase of each is worth today, on average.
        margin: What is earned of each unit of spend.
        horizon: How far it looks.
        rate: The rate at which it is discounted.
        level: The confidence of the intervals of single customers; None where they were not
            asked for.
        log_errors: The standard errors of the logarithms of the values, or None.

    .. versionadded:: 0.1.0
    """

    histories: Histories
    purchase_model: PurchaseModel
    spend_model: GammaGamma
    alive: tuple[float, ...]
    purchases: tuple[float, ...]
    spend: tuple[float, ...]
    discount: tuple[float, ...]
    margin: float
    horizon: Duration
    rate: DiscountRate
    level: float | None = None
    log_errors: tuple[float, ...] | None = None

    def __len__(self) -> int:
        """Return how many customers there are."""
        return len(self.alive)

    @overload
    def __getitem__(self, place: int) -> LifetimeValue: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[LifetimeValue, ...]: ...
    def __getitem__(self, place: int | slice) -> LifetimeValue | tuple[LifetimeValue, ...]:
        """Return the value of one customer, or those of a slice."""
        if isinstance(place, slice):
            return tuple(map(self._value, range(len(self))[place]))
        return self._value(range(len(self))[place])

    def __iter__(self) -> Iterator[LifetimeValue]:
        """Yield the value of each customer."""
        return map(self._value, range(len(self)))

    def __repr__(self) -> str:
        """Say what it holds, but not all of it."""
        return f"LifetimeValues({self})"

    def __str__(self) -> str:
        """Return the total and what it rests on."""
        return self.words.en

    @property
    def currency(self) -> str | None:
        """The currency of the values, if known."""
        return self.spend_model.currency or self.histories.currency

    @property
    def values(self) -> tuple[float, ...]:
        """The values alone, in the order of the histories."""
        sure = map(mul, self.alive, self.purchases)
        discounted_spend = map(mul, map(mul, sure, self.spend), self.discount)
        return tuple(value * self.margin for value in discounted_spend)

    @property
    def total(self) -> float:
        """The value of all customers together; a weight counts as so many customers."""
        return math.fsum(self._weighed())

    def total_interval(self, level: float = 0.95) -> Interval:
        """Return where the total may lie for all that is known of the parameters.

        The errors of the customers do not cancel out: all have the same parameters. How their
        luck turns out comes on top, and cancels out over many.

        Args:
            level: The confidence, as a fraction.

        Raises:
            InvalidValueError: If neither model was fitted: known parameters have no error.
        """
        models = self.purchase_model, self.spend_model
        _want_fit(*models)
        own, t, force = _in_unit(self.purchase_model, self.histories, self.horizon, self.rate)
        total = self.total
        variance = total_variance(models, own, t, force, self._weighed())
        return _interval(total, math.sqrt(variance) / total if total else 0.0, level)

    @property
    def words(self) -> Phrase:
        """The total and what it rests on."""
        amount = f"{self.total:,.2f}{code_of(self.currency)}"
        n = f"{self.histories.total_weight:,.10g}"
        horizon, rate = self.horizon.words, self.rate.words
        return Phrase(
            f"{n} {'customer is' if n == '1' else 'customers are'} worth {amount} in {horizon.en}, "
            f"discounted at {rate.en}, at a margin of {self.margin:.2f}",
            f"{n} 位客户在 {horizon.zh}内共值 {amount}，按{rate.zh} 折现，利润率 {self.margin:.2f}",
        )

    def largest(self, n: int) -> tuple[LifetimeValue, ...]:
        """Return the *n* greatest values, the greatest first; equal ones in their order.

        Raises:
            InvalidValueError: If *n* is no whole number of 0 or more.
        """
        if type(n) is not int or n < 0:
            raise InvalidValueError("n", n, "be a whole number of 0 or more")
        values = self.values
        places = nsmallest(n, range(len(values)), key=lambda place: (-values[place], place))
        return tuple(map(self._value, places))

    def _weighed(self) -> Sequence[float]:
        """Return what each history brings, as many customers as it stands for."""
        values, weight = self.values, self.histories.weight
        return values if weight is None else [*map(mul, values, weight)]

    def _value(self, place: int) -> LifetimeValue:
        history, spend = self.histories[place], self.spend[place]
        x, mean = history.frequency, history.mean_spend
        share = self.spend_model.own_share(x, mean)
        found = LifetimeValue(
            customer=history.customer,
            alive=self.alive[place],
            purchases=self.purchases[place],
            spend=spend,
            discount=self.discount[place],
            margin=self.margin,
            horizon=self.horizon,
            rate=self.rate,
            currency=self.currency,
            remarks=(
                *self.purchase_model._remarks(x, history.last_purchase_age, history.age),  # noqa: SLF001 - of the same room
                spend_words(spend, x, mean, share, self.currency),
            ),
        )
        if self.log_errors is None or self.level is None:
            return found
        interval = _interval(found.value, self.log_errors[place], self.level)
        return attrs.evolve(found, interval=interval)


def lifetime_values(
    histories: Histories,
    purchases: PurchaseModel,
    spend: GammaGamma,
    *,
    horizon: Duration,
    discount: DiscountRate,
    margin: float = 1.0,
    level: float | None = None,
) -> LifetimeValues:
    """Return what each customer is worth from now on, within a stated horizon.

    A value is the product of how probable it is that the customer is still one, the purchases
    that are expected if so, the expected spend of each, what these purchases are worth today on
    average, and the margin. Purchases are discounted continuously from when they are expected:
    the discounted number is the integral of ``exp(-δ t)`` over dE[Y(t)], where ``exp(δ)`` a year
    is 1 plus the yearly rate.

    Args:
        histories: What the customers did; the horizon begins where they end.
        purchases: The model of purchases.
        spend: The model of spend.
        horizon: How far to look.
        discount: How much less money is worth that comes later.
        margin: What is earned of each unit of spend, as a fraction.
        level: The confidence of an interval for each customer, as a fraction; None leaves them
            out. The total has its interval in any case.

    Raises:
        InvalidValueError: If one of the arguments is not what it should be, or if intervals are
            asked for and neither model was fitted.
        InfiniteMeanError: If the expected spend of a customer is infinite.
        MixedCurrenciesError: If the histories have another currency than the model of spend.
        UnitMismatchError: If the times cannot be converted to the unit of the model.

    Complexity:
        Some 10 times that of `PurchaseModel.expected_purchases`; with intervals some 60 times.
        The dear parts are computed once for each different history.

    Sources:
        P. S. Fader, B. G. S. Hardie and K. L. Lee, "RFM and CLV: Using Iso-Value Curves for
        Customer Base Analysis", Journal of Marketing Research 42(4), 2005.

    .. versionadded:: 0.1.0
    """
    _refuse(purchases, spend, discount, margin)
    own, t, force = _in_unit(purchases, histories, horizon, discount)
    spends = spend.expected_spend(histories)
    known, which = different(own)
    moments = moments_for(extremes(known.groups), purchases, t, force)
    alive = known.alive(purchases)
    expected, worth = discounted(known, purchases, moments)
    shares = [_share(d, e) for d, e in zip(worth, expected, strict=True)]
    groups = tuple(map(known.which.__getitem__, which))
    log_errors = None
    if level is not None:
        _want_fit(purchases, spend)
        log_errors = tuple(map(math.sqrt, log_variances((purchases, spend), own, t, force)))
    return LifetimeValues(
        histories=own,
        purchase_model=purchases,
        spend_model=spend,
        alive=tuple(map(alive.__getitem__, which)),
        purchases=tuple(map(expected.__getitem__, groups)),
        spend=spends,
        discount=tuple(map(shares.__getitem__, groups)),
        margin=float(margin),
        horizon=horizon,
        rate=discount,
        level=level,
        log_errors=log_errors,
    )


def new_customer_value(
    purchases: PurchaseModel,
    spend: GammaGamma,
    *,
    horizon: Duration,
    discount: DiscountRate,
    margin: float = 1.0,
    with_first: bool = False,
    level: float | None = None,
) -> LifetimeValue:
    """Return what somebody is worth of whom nothing is known but the first purchase.

    That is what winning a customer is worth, and so the most that it may cost.

    Args:
        purchases: The model of purchases.
        spend: The model of spend.
        horizon: How far to look from the first purchase on.
        discount: How much less money is worth that comes later.
        margin: What is earned of each unit of spend, as a fraction.
        with_first: Whether the first purchase counts as well, at the mean spend and today.
        level: The confidence of the interval, as a fraction; None leaves it out.

    Raises:
        InvalidValueError: If one of the arguments is not what it should be, or if an interval
            is asked for and neither model was fitted.
        InfiniteMeanError: If the mean spend over customers is infinite.

    .. versionadded:: 0.1.0
    """
    _refuse(purchases, spend, discount, margin)
    if not isinstance(with_first, bool):
        raise InvalidValueError("with_first", with_first, "be True or False")
    t = purchases._length(horizon)  # noqa: SLF001 - of the same room
    asked = NewCustomer(int(with_first))
    moments = moments_for(asked, purchases, t, discount.force(purchases.unit))
    (expected,), (worth,) = discounted(asked, purchases, moments)
    found = LifetimeValue(
        customer=None,
        alive=1.0,
        purchases=expected,
        spend=spend.population_mean,
        discount=_share(worth, expected),
        margin=float(margin),
        horizon=horizon,
        rate=discount,
        currency=spend.currency,
        remarks=(_WITH_FIRST if with_first else _WITHOUT_FIRST,),
        is_new=True,
    )
    if level is None:
        return found
    _want_fit(purchases, spend)
    error = math.sqrt(new_customer_variance((purchases, spend), asked, moments))
    return attrs.evolve(found, interval=_interval(found.value, error, level))


_WITH_FIRST: Final = Phrase(
    "the first purchase is one of them",
    "其中包含首次购买",
)
_WITHOUT_FIRST: Final = Phrase(
    "the first purchase is not counted",
    "未计入首次购买",
)


def _refuse(purchases: object, spend: object, discount: object, margin: object) -> None:
    """Want models, a rate and a fraction."""
    if not isinstance(purchases, PurchaseModel):
        raise InvalidValueError("purchases", purchases, "be a model of purchases, such as BetaGeo")
    if not isinstance(spend, GammaGamma):
        raise InvalidValueError("spend", spend, "be a model of spend, GammaGamma")
    if not isinstance(discount, DiscountRate):
        raise InvalidValueError("discount", discount, "be a rate, such as annual(0.15)")
    if isinstance(margin, bool) or not isinstance(margin, int | float | Decimal | Fraction):
        raise InvalidValueError("margin", margin, "be a number")
    if not 0 <= float(margin) <= 1:
        raise InvalidValueError("margin", margin, "be a fraction between 0 and 1 (0.4, not 40)")


def _want_fit(purchases: PurchaseModel, spend: GammaGamma) -> None:
    if purchases.fitted is None and spend.fitted is None:
        rule = "be there for one model at least: parameters that are known have no interval"
        raise InvalidValueError("fitted", None, rule)


def _in_unit(
    model: PurchaseModel, histories: Histories, horizon: Duration, rate: DiscountRate
) -> tuple[Histories, float, float]:
    """Return histories, horizon and continuous rate in the unit of the model."""
    own = model._own(histories)  # noqa: SLF001 - of the same room
    return own, model._length(horizon), rate.force(model.unit)  # noqa: SLF001 - as above


def _share(worth: float, expected: float) -> float:
    """Return what a purchase is worth today; nothing is lost where none is expected."""
    return min(1.0, worth / expected) if expected > 0 else 1.0


def _interval(value: float, error: float, level: float) -> Interval:
    """Return the interval of a value above 0 whose logarithm has this standard error."""
    if not (isinstance(level, Real) and 0 < level < 1):
        rule = "be a fraction above 0 and below 1 (0.95, not 95)"
        raise InvalidValueError("level", level, rule)
    factor = math.exp(min(_MOST, NormalDist().inv_cdf((1 + level) / 2) * error))
    return Interval(low=value / factor, high=value * factor, level=level, method="delta, log scale")
