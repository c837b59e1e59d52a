"""Revenue retention: what the customers of before bring now, beside what they brought."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from crmcore.errors import InvalidValueError, MixedCurrenciesError
from crmcore.kernel import CustomerId, Money, Phrase, Reason, Undefined
from crmcore.statistics import Interval, wilson

_NOBODY = Phrase("no customer brought anything before", "此前没有客户带来收入")


@attrs.frozen(kw_only=True)
class RevenueRetention:
    """How much of the recurring revenue of customers stays, and where the rest goes.

    ``opening + expansion - contraction - churned == closing`` holds exactly.

    Attributes:
        opening: What the customers of before brought before.
        churned: What those of them brought who bring nothing now.
        contraction: By how much others of them bring less.
        expansion: By how much others of them bring more.
        closing: What they bring now.
        new: What customers bring now who brought nothing before; it is in no rate.
        customers: How many customers brought something before.
        lost: How many of them bring nothing now.
        contracted: How many of them bring less.
        expanded: How many of them bring more.
        newcomers: How many bring something now, and brought nothing before.

    .. versionadded:: 0.1.0
    """

    opening: Money
    churned: Money
    contraction: Money
    expansion: Money
    closing: Money
    new: Money
    customers: int
    lost: int
    contracted: int
    expanded: int
    newcomers: int

    @property
    def net(self) -> Fraction | Undefined:
        """Net revenue retention: closing by opening; above 1 where growth outweighs loss."""
        return self._share(self.closing)

    @property
    def gross(self) -> Fraction | Undefined:
        """Gross revenue retention: what is left without what others bring more; at most 1."""
        return self._share(self.opening - self.contraction - self.churned)

    @property
    def logo_churn(self) -> Fraction | Undefined:
        """The share of the customers of before who bring nothing now, each counted as one."""
        if not self.customers:
            return Undefined(Reason.ZERO_DENOMINATOR, _NOBODY)
        return Fraction(self.lost, self.customers)

    def logo_churn_interval(self, *, level: float = 0.95) -> Interval | Undefined:
        """Return Wilson's interval of the share of customers who are lost."""
        if not self.customers:
            return Undefined(Reason.ZERO_DENOMINATOR, _NOBODY)
        return wilson(self.lost, self.customers, level)

    def _share(self, part: Money) -> Fraction | Undefined:
        if not self.opening.amount:
            return Undefined(Reason.ZERO_DENOMINATOR, _NOBODY)
        return Fraction(part.amount) / Fraction(self.opening.amount)

    def __str__(self) -> str:
        """Return the way from the opening to the closing revenue, and what is new beside it."""
        return (
            f"{self.opening} + {self.expansion} expansion - {self.contraction} contraction - "
            f"{self.churned} churned = {self.closing}; {self.new} new"
        )


def revenue_retention(
    before: Mapping[CustomerId, Money], after: Mapping[CustomerId, Money]
) -> RevenueRetention:
    """Compare the recurring revenue of customers in two periods of the same length.

    A customer who brings 0 is one who is not there: with 0 before, new; with 0 now, lost.

    Args:
        before: What each customer brought in the period before; none who is missing.
        after: What each customer brings now.

    Raises:
        InvalidValueError: If an amount is below 0 or no money, or nobody is named at all, so
            that not even the currency is known.
        MixedCurrenciesError: If the amounts are of two currencies.

    Complexity:
        ``O(n)`` for *n* customers.

    .. versionadded:: 0.1.0
    """
    then, now = _paying("before", before), _paying("after", after)
    nothing = _nothing(before, after)
    kept = [(amount, now[customer]) for customer, amount in then.items() if customer in now]
    lost = [amount for customer, amount in then.items() if customer not in now]
    less = [old - new for old, new in kept if new < old]
    more = [new - old for old, new in kept if new > old]
    newcomers = [amount for customer, amount in now.items() if customer not in then]
    return RevenueRetention(
        opening=sum(then.values(), nothing),
        churned=sum(lost, nothing),
        contraction=sum(less, nothing),
        expansion=sum(more, nothing),
        closing=sum((new for _, new in kept), nothing),
        new=sum(newcomers, nothing),
        customers=len(then),
        lost=len(lost),
        contracted=len(less),
        expanded=len(more),
        newcomers=len(newcomers),
    )


def _paying(name: str, amounts: Mapping[CustomerId, Money]) -> dict[CustomerId, Money]:
    """Return those who bring something."""
    if not isinstance(amounts, Mapping):
        rule = "tell by customer what each brings, as a dict does"
        raise InvalidValueError(name, amounts, rule)
    for customer, amount in amounts.items():
        if not isinstance(amount, Money):
            rule = "be money, such as Money('9.90', 'EUR')"
            raise InvalidValueError(f"{name}[{customer!r}]", amount, rule)
        if amount.amount < 0:
            raise InvalidValueError(f"{name}[{customer!r}]", str(amount), "be 0 or more")
    return {customer: amount for customer, amount in amounts.items() if amount.amount}


def _nothing(*periods: Mapping[CustomerId, Money]) -> Money:
    """Return no money at all, in the currency of the amounts."""
    codes = sorted({amount.currency for period in periods for amount in period.values()})
    if not codes:
        raise InvalidValueError("before", {}, "name a customer, or after must")
    if len(codes) > 1:
        raise MixedCurrenciesError(codes[0], codes[1])
    return Money(0, codes[0])
