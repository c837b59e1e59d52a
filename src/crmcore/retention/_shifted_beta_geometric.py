"""How long contracts last: the shifted beta-geometric model of renewals.

At the end of each period a contract is renewed or not. A customer leaves with the same
probability θ each time, as if a coin were thrown, and customers differ: θ is spread over them
as a beta distribution with parameters α and β. Nobody changes, and yet the retention rate of a
cohort rises from year to year, because those with a high θ leave first:

    r(t) = (β + t - 1) / (α + β + t - 1)             the t-th renewal
    S(t) = r(1) r(2) … r(t)                           the share that renews t times

So the log-likelihood of counts by age is a sum over ages alone, and so are its derivatives.
A customer who has renewed *n* times is one of the same model with ``β + n``.

Sources:
    P. S. Fader, B. G. S. Hardie, "How to Project Customer Retention", Journal of Interactive
    Marketing 21(1), 2007: the model, equations 5 to 7; the counts "High End" and "Regular".
    P. S. Fader, B. G. S. Hardie, "Customer-Base Valuation in a Contractual Setting: The Perils
    of Ignoring Heterogeneity", Marketing Science 29(1), 2010: discounted (residual) lifetimes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Final

import attrs

from crmcore.checks import is_a, refusal
from crmcore.durations import DiscountRate, Duration
from crmcore.errors import InfiniteMeanError, InvalidValueError
from crmcore.likelihood import Derivatives, Fit, Progress, Scale, delta_interval, maximize
from crmcore.statistics import Interval

from ._discounted import finite_sum, infinite_sum
from ._periods import check_discount, check_number, lasts, lost_by_waiting, whole_periods
from ._renewals import MODEL, Renewals, check_customers

_LEAST: Final = 1e-50
_MOST: Final = 1e50


# A plain function, so that every type checker sees what a parameter may be given as.
def _parameter(value: float) -> float:
    """Turn a number into a float; what is none is left for the validator."""
    is_number = isinstance(value, Real | Decimal) and not isinstance(value, bool)
    try:
        return float(value) if is_number else value
    except (OverflowError, ValueError):  # too large, or a NaN that signals
        return value


def _is_positive(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not (isinstance(value, float) and _LEAST <= value <= _MOST):
        rule = f"be above 0, and finite; between {_LEAST:g} and {_MOST:g} at that"
        raise refusal(attribute, value, rule)


@attrs.frozen
class ShiftedBetaGeometric:
    """How customers with contracts stay, who differ in how readily they leave.

    Attributes:
        alpha: The first parameter of the beta distribution of churn, above 0.
        beta: The second one, above 0. The mean churn at the first renewal is
            ``alpha / (alpha + beta)``; the smaller the two, the more customers differ.
        period: The time from one renewal to the next.
        fitted: How sure the parameters are, where they were fitted.

    .. versionadded:: 0.1.0
    """

    alpha: float = attrs.field(converter=_parameter, validator=_is_positive)
    beta: float = attrs.field(converter=_parameter, validator=_is_positive)
    period: Duration = attrs.field(kw_only=True, validator=lasts)
    fitted: Fit | None = attrs.field(
        default=None, kw_only=True, validator=attrs.validators.optional(is_a(Fit))
    )

    @classmethod
    def fit(
        cls,
        cohorts: Iterable[Sequence[int]],
        *,
        period: Duration,
        progress: Progress | None = None,
    ) -> ShiftedBetaGeometric:
        """Return the model that makes the counts of cohorts most probable.

        Args:
            cohorts: For each cohort its size, then how many were left after the first renewal,
                the second and so on. The cohorts may have been seen for different times, in any
                order; one of which only the size is known says nothing, and does no harm.
            period: The time from one renewal to the next.
            progress: Hears of each step of the search.

        Raises:
            InvalidValueError: If there is no cohort, or counts rise, or a cohort is empty.
            NotIdentifiedError: If no parameters are best: nobody left, everybody left at once,
                no cohort was seen at two renewals, or the retention rate does not rise with age.
            DidNotConvergeError: If the search fails.

        Complexity:
            ``O(n)`` for *n* counts, and some steps over as many ages as there are.
        """
        seen = Renewals.of(cohorts)
        seen.check_identified()
        churn = seen.left[0] + 0.5
        first = (churn, seen.renewed[0] + 0.5)
        found = maximize(
            _objective(seen),
            [math.log(part / sum(first)) for part in first],
            model=MODEL,
            names=("alpha", "beta"),
            weight=seen.customers,
            progress=progress,
        )
        return cls(*found.parameters, period=period, fitted=found)

    def log_likelihood(self, cohorts: Iterable[Sequence[int]]) -> float:
        """Return the log-likelihood of counts, given as for a fit; no constant is left out.

        It is that of each customer's own course: how the customers of a cohort could be
        permuted is not counted.
        """
        value, _, _ = _objective(Renewals.of(cohorts))((math.log(self.alpha), math.log(self.beta)))
        return value

    def retention_rate(self, renewal: int = 1) -> float:
        """Return the share of those who have come to a renewal that renews.

        Args:
            renewal: The first, the second, and so on.
        """
        age = check_number("renewal", renewal, 1) - 1
        return (self.beta + age) / (self.alpha + self.beta + age)

    def survival(self, renewals: int) -> float:
        """Return the share of a cohort that renews so many times or more."""
        return self.survival_curve(renewals)[-1]

    def survival_curve(self, renewals: int) -> tuple[float, ...]:
        """Return the share of a cohort that is left after no renewal, one, and so on.

        Args:
            renewals: The last of them.
        """
        share = 1.0
        found = [share]
        for age in range(check_number("renewals", renewals)):
            share *= (self.beta + age) / (self.alpha + self.beta + age)
            found.append(share)
        return tuple(found)

    def after(self, renewals: int) -> ShiftedBetaGeometric:
        """Return the model of those who have renewed so many times; it carries no fit."""
        beta = self.beta + check_number("renewals", renewals)
        return attrs.evolve(self, beta=beta, fitted=None)

    def aggregate_retention(self, customers: Mapping[int, int]) -> float:
        """Return the share of a whole base that is expected to renew next time.

        Args:
            customers: How many customers there are, by how often they have renewed.

        Raises:
            InvalidValueError: If there are none, or a number of renewals or customers is none.
        """
        if not isinstance(customers, Mapping):
            rule = "say how many customers there are by how often they have renewed, as a dict does"
            raise InvalidValueError("customers", customers, rule)
        found = {
            check_number("renewals", age): check_customers(f"{age}", count)
            for age, count in customers.items()
        }
        total = sum(found.values())
        if not total:
            raise InvalidValueError("customers", dict(customers), "hold at least one customer")
        stay = ((self.beta + n) / (self.alpha + self.beta + n) * found[n] for n in found)
        return math.fsum(stay) / total

    def expected_tenure(self, *, renewals: int = 0) -> float:
        """Return for how many periods a customer is there on average, the present one included.

        Args:
            renewals: How often the customer has renewed; those periods are not counted.

        Raises:
            InfiniteMeanError: If ``alpha`` is 1 or less. So many customers hardly ever leave
                then that there is no mean; ask for a discounted lifetime, or state a horizon.
        """
        beta = self.beta + check_number("renewals", renewals)
        if self.alpha <= 1:
            raise InfiniteMeanError(
                MODEL,
                f"alpha is {self.alpha:.4g}, and the mean time until somebody leaves is finite "
                "above 1 only; state a discount above 0, or a horizon",
            )
        return 1 + beta / (self.alpha - 1)

    def discounted_lifetime(
        self, discount: DiscountRate, *, horizon: Duration | None = None
    ) -> float:
        """Return the expected number of periods of a new customer, discounted to today (DEL).

        Each period is paid at its beginning; the first one is certain and paid at once.
        Multiply with the margin of a period to have a lifetime value.

        Args:
            discount: The discount rate.
            horizon: The time that counts, a whole number of periods; without end unless stated.

        Raises:
            InfiniteMeanError: If it is endless, not discounted, and ``alpha`` is 1 or less.
            InvalidValueError: If the horizon is no whole number of periods.

        Sources:
            Fader & Hardie 2010: DEL is ``₂F₁(1, β; α + β; 1 / (1 + d))``.
        """
        return self._sum(self.beta, discount, horizon)

    def discounted_residual_lifetime(
        self, discount: DiscountRate, *, renewals: int, horizon: Duration | None = None
    ) -> float:
        """Return the expected number of further periods of a customer, discounted (DERL).

        The customer has renewed so often and is about to renew, or not, this very moment; the
        period that ends now is not counted.

        Args:
            discount: The discount rate.
            renewals: How often the customer has renewed: 0 in the first period.
            horizon: The time that counts from now on; without end unless stated.

        Raises:
            InfiniteMeanError: If it is endless, not discounted, and ``alpha`` is 1 or less.
            InvalidValueError: If the horizon is no whole number of periods.

        Sources:
            Fader & Hardie 2010, with *n* = *renewals* + 1: DERL is
            ``(β + n - 1) / (α + β + n - 1) · ₂F₁(1, β + n; α + β + n; 1 / (1 + d))``.
        """
        rate = self.retention_rate(check_number("renewals", renewals) + 1)
        return rate * self._sum(self.beta + renewals + 1, discount, horizon)

    def _sum(self, beta: float, discount: DiscountRate, horizon: Duration | None) -> float:
        factor = check_discount(discount).factor(self.period)
        if horizon is not None:
            return finite_sum(self.alpha, beta, factor, whole_periods(horizon, self.period))
        lost = lost_by_waiting(discount, self.period)
        if not lost:
            return attrs.evolve(self, beta=beta, fitted=None).expected_tenure()
        return infinite_sum(self.alpha, beta, lost)

    def interval(
        self,
        quantity: Callable[[ShiftedBetaGeometric], float],
        *,
        level: float = 0.95,
        scale: Scale | str = Scale.LOG,
    ) -> Interval:
        """Return the interval of anything that the model predicts, by the delta method.

        Args:
            quantity: Computes it from a model: ``lambda model: model.survival(12)``.
            level: The confidence, as a fraction.
            scale: The scale on which it is taken to be normal: that of logarithms for what is
                above 0, ``logit`` for shares, ``plain`` for what may be below 0.

        Raises:
            InvalidValueError: If the model was not fitted, *level* is none, or the quantity lies
                outside of its scale.
            UnknownNameError: If there is no such scale.
            UndefinedValueError: If the quantity is no number, or infinite.
        """
        return delta_interval(
            self.fitted,
            lambda parameters: ShiftedBetaGeometric(*parameters, period=self.period),
            quantity,
            level=level,
            scale=scale,
        )

    def __str__(self) -> str:
        """Return the parameters, with their standard errors where they were fitted."""
        shown = self.fitted or f"alpha={self.alpha:.4g}, beta={self.beta:.4g}"
        return f"sBG({shown}), renewed every {self.period}"


def _objective(seen: Renewals) -> Callable[[tuple[float, ...]], Derivatives]:
    """Return the log-likelihood of what was seen, with regard to the logs of the parameters."""
    renewed = [(age, count) for age, count in enumerate(seen.renewed) if count]
    faced = [(a, n) for a, n in enumerate(map(sum, zip(seen.left, seen.renewed, strict=True))) if n]
    left = sum(seen.left)

    def objective(logs: tuple[float, ...]) -> Derivatives:
        alpha, beta = map(math.exp, logs)
        value = [left * logs[0]]
        value += [count * math.log(beta + age) for age, count in renewed]
        value += [-count * math.log(alpha + beta + age) for age, count in faced]
        up = [math.fsum(n / (beta + age) ** power for age, n in renewed) for power in (1, 2)]
        down = [
            math.fsum(n / (alpha + beta + age) ** power for age, n in faced) for power in (1, 2)
        ]
        gradient = (left - alpha * down[0], beta * (up[0] - down[0]))
        mixed = alpha * beta * down[1]
        hessian = (
            (alpha * (alpha * down[1] - down[0]), mixed),
            (mixed, gradient[1] + beta * beta * (down[1] - up[1])),
        )
        return math.fsum(value), gradient, hessian

    return objective
