"""Gamma-Gamma: what a customer spends on a purchase, however few of them have been seen.

What customers pay strays about a mean of their own, and these means differ from customer to
customer:

1. each payment of a customer is gamma distributed with shape *p* and a rate ν of their own;
2. the rates ν are gamma distributed over customers, with shape *q* and rate *γ*;
3. how often somebody buys tells nothing of how much is paid.

Then the mean *m* of *x* payments has a density without integrals, and of the true mean of a
customer one expects a weighted mean of the own payments and of those of all customers: after
few purchases it is close to the mean of all, after many to the own.

Only repeat purchases count, as they do in the models of purchases: *m* is the mean over the
*x* occasions after the first. Who paid nothing on all of them shows what no gamma
distribution can: such customers are left out of the fit and counted in its cautions.

Sources:
    P. S. Fader and B. G. S. Hardie, "The Gamma-Gamma Model of Monetary Value", note, 2013: the
    density of *m* (1a), the conditional mean (5).
    P. S. Fader, B. G. S. Hardie and K. L. Lee, "RFM and CLV: Using Iso-Value Curves for
    Customer Base Analysis", Journal of Marketing Research 42(4), 2005: the model with
    purchases, and the estimates for CDNOW.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat, starmap
from typing import ClassVar, Final, Self

import attrs

from crmcore.errors import (
    InfiniteMeanError,
    InvalidValueError,
    MixedCurrenciesError,
    NotIdentifiedError,
)
from crmcore.histories import Histories, PurchaseHistory
from crmcore.kernel import Phrase, minor_digits
from crmcore.likelihood import (
    Fit,
    Kernel,
    Progress,
    Scale,
    choose_kernel,
    delta_interval,
    maximize,
)
from crmcore.statistics import Interval

from ._gamma_gamma_independence import SpendIndependence, spend_independence
from ._gamma_gamma_prediction import SpendPrediction
from ._gamma_gamma_rows import (
    SpendRows,
    check_histories,
    python_sums,
    spend_derivatives,
    spend_rows,
)
from ._parameter import is_parameter, parameter

_START_P: Final = 2.0
_START_Q: Final = 3.0
_ROUNDING: Final = 1e-12  # of a spend, which rounding may take from a mean


def _is_currency_or_none(_: object, __: attrs.Attribute[str | None], value: str | None) -> None:
    if value is not None:
        minor_digits(value)


@attrs.frozen(kw_only=True)
class GammaGamma:
    """The Gamma-Gamma model of what a customer spends on a purchase.

    Attributes:
        p: The shape of the payments of one customer: their coefficient of variation is
            ``1 / sqrt(p)``.
        q: The shape of the rates over customers; the lower, the more customers differ. The
            mean over customers is finite for *q* above 1.
        gamma: The rate of the rates over customers, in units of *currency*.
        currency: The currency of the spend, if known.
        fitted: How the parameters were found; None if they were given.

    .. versionadded:: 0.1.0
    """

    p: float = attrs.field(converter=parameter, validator=is_parameter)
    q: float = attrs.field(converter=parameter, validator=is_parameter)
    gamma: float = attrs.field(converter=parameter, validator=is_parameter)
    currency: str | None = attrs.field(default=None, validator=_is_currency_or_none)
    fitted: Fit | None = attrs.field(default=None, repr=False)

    NAME: ClassVar[str] = "Gamma-Gamma"
    """How the model is called."""
    PARAMETERS: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")
    """The names of its parameters, all of them above 0."""

    @classmethod
    def fit(
        cls,
        histories: Histories,
        *,
        kernel: Kernel | str | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Return the model under which the spend of these customers is most probable.

        Only customers who bought again for more than nothing tell something. The fit says how
        many others there were, and whether the model suits the data.

        Args:
            histories: The customers, with their mean spend.
            kernel: What to sum up with; numpy where it is installed, unless stated.
            progress: Hears of each step of the search.

        Raises:
            NotIdentifiedError: If nobody bought again for more than nothing, if all spent the
                same, or if the likelihood rises without an end.
            DidNotConvergeError: If the search ends without a maximum.
            MissingExtraError: If numpy is asked for and not installed.

        Complexity:
            ``O(n + d log d)`` time for *n* customers with *d* different pairs of purchases and
            spend, of which each of some 7 steps takes ``O(d)``.
        """
        chosen = choose_kernel(kernel)
        rows = spend_rows(histories)
        _refuse(rows, cls.NAME)
        if chosen is Kernel.NUMPY:
            from ._gamma_gamma_numpy import numpy_sums as summing  # noqa: PLC0415 - an extra
        else:
            summing = python_sums
        sums = summing(rows.groups)
        found = maximize(
            lambda logs: spend_derivatives(rows.groups, sums, logs),
            _start(rows),
            model=cls.NAME,
            names=cls.PARAMETERS,
            weight=rows.weight,
            kernel=chosen,
            progress=progress,
        )
        p, q, gamma = found.parameters
        cautions = (*found.cautions, *_cautions(rows, q))
        fitted = attrs.evolve(found, cautions=cautions)
        return cls(p=p, q=q, gamma=gamma, currency=histories.currency, fitted=fitted)

    @staticmethod
    def independence(histories: Histories, *, level: float = 0.95) -> SpendIndependence:
        """Return whether those who buy more often spend more, or less, on a purchase.

        Args:
            histories: The customers, with their mean spend.
            level: The confidence of the interval, as a fraction.
        """
        return spend_independence(spend_rows(histories), level)

    @property
    def parameters(self) -> tuple[float, ...]:
        """The parameters, in the order of their names."""
        return self.p, self.q, self.gamma

    @property
    def population_mean(self) -> float:
        """The mean spend of a purchase over all customers: ``p gamma / (q - 1)``.

        Raises:
            InfiniteMeanError: If *q* is at most 1.
        """
        return self.conditional_mean(0, None)

    def log_likelihood(self, histories: Histories) -> float:
        """Return the logarithm of the density of what these customers spent."""
        groups = spend_rows(histories).groups
        if not groups:
            return 0.0
        logs = tuple(map(math.log, self.parameters))
        return spend_derivatives(groups, python_sums(groups), logs)[0]

    def conditional_mean(self, frequency: int, mean_spend: float | None) -> float:
        """Return what somebody is expected to spend on a purchase who spent so much.

        Args:
            frequency: How many repeat purchases there were.
            mean_spend: Their mean; None where it is not known, which says as little as no
                purchase at all.

        Raises:
            InfiniteMeanError: If there is no mean: without a spend for *q* of at most 1, with
                one for ``p frequency + q`` of at most 1.
        """
        x, mean = (0, 0.0) if mean_spend is None else (frequency, mean_spend)
        parts = x + (self.q - 1) / self.p
        if not parts > 0:
            reason = f"q is {self.q:.4g}, and the mean over customers is finite above 1 only"
            raise InfiniteMeanError(self.NAME, reason)
        return self.gamma / parts + mean * (x / parts)

    def expected_spend(self, histories: Histories) -> tuple[float, ...]:
        """Return what each customer is expected to spend on a purchase, in their order.

        Who has not bought again, or for nobody knows how much, is expected to spend the mean
        over all customers. Who bought again for nothing is drawn towards nothing.

        Raises:
            InfiniteMeanError: If there is no mean for one of them.
            MixedCurrenciesError: If their spend is in another currency than the model's.
        """
        check_histories(histories)
        self._refuse_currency(histories.currency)
        return tuple(starmap(self.conditional_mean, known_spends(histories)))

    def predict(self, history: PurchaseHistory, *, level: float = 0.95) -> SpendPrediction:
        """Return what one customer is expected to spend on a purchase, how sure, and why.

        Args:
            history: The customer.
            level: The confidence of the interval, as a fraction.

        Raises:
            InfiniteMeanError: If there is no mean.
            MixedCurrenciesError: If the spend is in another currency than the model's.
        """
        if not isinstance(history, PurchaseHistory):
            raise InvalidValueError("history", history, "be a PurchaseHistory")
        self._refuse_currency(history.currency)
        x, mean = history.frequency, history.mean_spend
        spend = self.conditional_mean(x, mean)
        interval = None
        if self.fitted is not None:
            interval = self.interval(lambda model: model.conditional_mean(x, mean), level=level)
        return SpendPrediction(
            customer=history.customer,
            spend=spend,
            own_share=self.own_share(x, mean),
            own_mean=mean,
            frequency=x,
            interval=interval,
            currency=self.currency or history.currency,
        )

    def own_share(self, frequency: int, mean_spend: float | None) -> float:
        """Return how much of an expected spend is the customer's own mean, as a fraction.

        With *q* below 1 there is no mean of everybody, and the share is above 1.
        """
        if mean_spend is None or not frequency:
            return 0.0
        return frequency / (frequency + (self.q - 1) / self.p)

    def interval(
        self,
        quantity: Callable[[Self], float],
        *,
        level: float = 0.95,
        scale: Scale | str = Scale.LOG,
    ) -> Interval:
        """Return an interval for whatever follows from the model, by the delta method.

        Args:
            quantity: Computes the quantity from a model.
            level: The confidence, as a fraction.
            scale: The scale on which the quantity scatters evenly: ``log`` for what is above 0,
                ``logit`` for what is between 0 and 1, ``plain`` for all else.

        Raises:
            InvalidValueError: If the model was not fitted: known parameters have no error.
        """
        return delta_interval(self.fitted, self._with, quantity, level=level, scale=scale)

    def _with(self, parameters: Sequence[float]) -> Self:
        """Return the model with other parameters, of which nobody says that they are fitted."""
        p, q, gamma = parameters
        return attrs.evolve(self, p=p, q=q, gamma=gamma, fitted=None)

    def _refuse_currency(self, currency: str | None) -> None:
        if currency and self.currency and currency != self.currency:
            raise MixedCurrenciesError(self.currency, currency)

    def __str__(self) -> str:
        """Return the parameters."""
        numbers = self.fitted or f"p={self.p:.4g}, q={self.q:.4g}, gamma={self.gamma:.4g}"
        return f"{self.NAME}: {numbers}"


def known_spends(histories: Histories) -> Iterator[tuple[int, float | None]]:
    """Yield the repeat purchases of each customer and their mean, or None where it is unknown."""
    if histories.mean_spend is None:
        return zip(histories.frequency, repeat(None), strict=False)
    spends = (None if math.isnan(mean) else mean for mean in histories.mean_spend)
    return zip(histories.frequency, spends, strict=True)


def _refuse(rows: SpendRows, model: str) -> None:
    """Want customers who spent something, and not all the same."""
    if not rows.groups:
        reason = "nobody bought again for more than nothing, as far as is known"
        raise NotIdentifiedError(model, reason)
    means = {total / group.x for group in rows.groups for total in group.totals}
    if max(means) - min(means) <= _ROUNDING * max(means):
        raise NotIdentifiedError(model, "all customers spent the same")


def _start(rows: SpendRows) -> tuple[float, ...]:
    """Return where to begin: ordinary shapes, and the mean that the data have."""
    n = rows.weight
    mean = math.exp(math.fsum(group.log_mean for group in rows.groups) / n)
    return math.log(_START_P), math.log(_START_Q), math.log(mean * (_START_Q - 1) / _START_P)


def _cautions(rows: SpendRows, q: float) -> Iterator[Phrase]:
    """Yield what a reader of the parameters has to know of the data."""
    if rows.free:
        n = f"{rows.free:,g}"
        yield Phrase(
            f"{n} of the customers bought again and paid nothing; the fit leaves them out",
            f"{n} 位客户有重复购买但花费为零，拟合时未计入",
        )
    if rows.unknown:
        n = f"{rows.unknown:,g}"
        yield Phrase(
            f"{n} of the customers bought again for nobody knows how much; the fit leaves them out",
            f"{n} 位有重复购买的客户花费未知，未计入拟合",
        )
    if q <= 1:
        yield Phrase(
            f"q is {q:.3g}: the mean spend over customers is infinite, so that nothing can be "
            "expected of those without repeat purchases",
            f"q 为 {q:.3g}：全体客户的平均花费为无穷大，无法预计尚无重复购买的客户的花费",
        )
    independence = spend_independence(rows)
    if independence.holds is False:
        yield independence.words
