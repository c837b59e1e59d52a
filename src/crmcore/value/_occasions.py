"""Occasions by customer, counted while the purchases go by.

Days are counted back from the last day of the observation, which is day 0: the larger the
number, the earlier the day. The days on which a customer bought are the bits of one integer.
What was spent on the first day is kept apart from what was spent later. When an earlier day
turns up, what seemed to be the first joins the later ones; so the order does not matter, and
no purchase is remembered.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import Final, Literal, TypeAlias

import attrs

from crmcore.activities import Purchase
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.kernel import CustomerId, LabelledEnum

# Amounts have at most 30 digits on either side of the point (`crmcore.checks.decimal`), so
# that sums in this context are exact, whatever context the caller has set.
_EXACT: Final = Context(prec=120)
_QUOTIENT: Final = Context(prec=40)  # far more digits than a float keeps of it
_ZERO: Final = Decimal(0)


class Refunds(LabelledEnum):
    """What becomes of money that went back.

    A refund never makes an occasion, and never unmakes one.

    .. versionadded:: 0.1.0
    """

    NET = "net", "taken off what was spent", "从消费额中扣除"
    DROP = "drop", "left out", "不计入"
    ERROR = "error", "refused", "拒绝"


RefundsWord: TypeAlias = Refunds | Literal["net", "drop", "error"]


def chosen(word: RefundsWord) -> Refunds:
    """Return what becomes of refunds.

    Raises:
        UnknownNameError: If nothing has this word.
    """
    if isinstance(word, str) and word in {*Refunds}:
        return Refunds(word)
    raise UnknownNameError("treatment of refunds", str(word), [*Refunds])


@attrs.define(eq=False)
class Occasions:
    """What one customer's purchases come to so far.

    Attributes:
        days: The days on which the customer bought, a bit for each.
        first: The first of them; its bit is the highest.
        first_spend: What was spent on it.
        later_spend: What was spent on all others.
        refunds: What went back on each day, as amounts below 0; None where nothing did.
    """

    days: int = 0
    first: int = -1
    first_spend: Decimal = _ZERO
    later_spend: Decimal = _ZERO
    refunds: dict[int, Decimal] | None = None

    def add(self, day: int, spend: Decimal) -> None:
        """Count a purchase, in a context that keeps all digits."""
        self.days |= 1 << day
        if day < self.first:
            self.later_spend += spend
        elif day == self.first:
            self.first_spend += spend
        else:
            self.later_spend += self.first_spend
            self.first, self.first_spend = day, spend

    def take_back(self, day: int, amount: Decimal) -> None:
        """Count a refund, in a context that keeps all digits."""
        if self.refunds is None:
            self.refunds = {}
        self.refunds[day] = self.refunds.get(day, _ZERO) + amount

    def merge(self, other: Occasions) -> None:
        """Count what was counted elsewhere, in a context that keeps all digits."""
        if other.days:
            self.add(other.first, other.first_spend)
            self.days |= other.days
            self.later_spend += other.later_spend
        for day, amount in (other.refunds or {}).items():
            self.take_back(day, amount)

    @property
    def count(self) -> int:
        """On how many days the customer bought."""
        return self.days.bit_count()

    @property
    def last(self) -> int:
        """The last day; its bit is the lowest."""
        return (self.days & -self.days).bit_length() - 1

    def mean_spend(self) -> float:
        """Return what was spent on an occasion on average."""
        return self._mean(self.first_spend + self.later_spend, self.count, self.first)

    def mean_later_spend(self) -> float:
        """Return what was spent on an occasion after the first on average; NaN without any."""
        later = self.days ^ (1 << self.first)
        return self._mean(self.later_spend, later.bit_count(), later.bit_length() - 1)

    def _mean(self, spend: Decimal, count: int, since: int) -> float:
        """Return the mean of *count* occasions, the first of which was on the day *since*.

        What goes back was bought before, on the last occasion before most likely. Of the
        refunds since then, what exceeds all that was spent since then is of something else.
        """
        if not count:
            return math.nan
        if self.refunds:
            spend += sum((back for day, back in self.refunds.items() if day <= since), _ZERO)
        return float(_QUOTIENT.divide(max(spend, _ZERO), count))


@attrs.frozen
class Unwanted:
    """Records that nobody wants, counted.

    Attributes:
        count: How many there are.
        first: The instant and the id of the first, as text.
    """

    count: int = 0
    first: tuple[str, str] = ("~", "")  # behind all instants

    def __add__(self, other: Unwanted) -> Unwanted:
        """Count both together."""
        return Unwanted(self.count + other.count, min(self.first, other.first))

    def refuse(self, rule: str) -> None:
        """Refuse them, if there are any, because a record must do as *rule* says."""
        if self.count:
            at, name = self.first
            number = "1 is" if self.count == 1 else f"{self.count:,} are"
            rule = f"{rule}; {number} at fault, the first at {at}"
            raise InvalidValueError("purchases", name, rule)


def _unwanted(purchase: Purchase) -> Unwanted:
    return Unwanted(1, (purchase.at.isoformat(), purchase.id))


@attrs.define(eq=False)
class Book:
    """The occasions of all customers up to a day.

    Attributes:
        as_of: The last day, which counts.
        treatment: What becomes of refunds.
        currency: The currency of all that was counted; None before anything was.
        customers: The occasions of each customer; of some, nothing but refunds.
        later: Purchases after the last day.
        refunds: Refunds where they are an error.
    """

    as_of: date
    treatment: Refunds
    currency: str | None = None
    customers: dict[CustomerId, Occasions] = attrs.field(factory=dict)
    later: Unwanted = Unwanted()
    refunds: Unwanted = Unwanted()

    def take(self, purchases: Sequence[Purchase], days: Sequence[int]) -> None:
        """Count purchases and refunds.

        Args:
            purchases: The purchases.
            days: The ordinals of their days.
        """
        customers, end = self.customers, self.as_of.toordinal()
        with localcontext(_EXACT):
            for purchase, ordinal in zip(purchases, days, strict=True):
                money = purchase.amount
                if money.currency != self.currency:
                    self.keep_to(money.currency)
                day = end - ordinal
                if day < 0:
                    self.later += _unwanted(purchase)
                    continue
                if purchase.refund and self.treatment is not Refunds.NET:
                    if self.treatment is Refunds.ERROR:
                        self.refunds += _unwanted(purchase)
                    continue
                held = customers.get(purchase.customer)
                if held is None:
                    held = customers[purchase.customer] = Occasions()
                if purchase.refund:
                    held.take_back(day, money.amount)
                else:
                    held.add(day, money.amount)

    def merge(self, other: Book) -> None:
        """Take over what another book has counted."""
        self.keep_to(other.currency)
        with localcontext(_EXACT):
            for customer, occasions in other.customers.items():
                self.customers.setdefault(customer, Occasions()).merge(occasions)
        self.later += other.later
        self.refunds += other.refunds

    def check(self, *, is_later_refused: bool) -> None:
        """Refuse what nobody wants.

        Raises:
            InvalidValueError: With how many records are refused, and which is the first.
        """
        self.refunds.refuse("be no refunds unless refunds='net' or 'drop'")
        if is_later_refused:
            self.later.refuse(f"lie on days up to {self.as_of} unless later='drop'")

    def buyers(self) -> list[tuple[CustomerId, Occasions]]:
        """Return those who have bought, sorted."""
        return sorted((each for each in self.customers.items() if each[1].days), key=_customer)

    def keep_to(self, currency: str | None) -> None:
        """Take only records of this currency, from now on.

        Raises:
            MixedCurrenciesError: If there was another one.
        """
        if self.currency is None:
            self.currency = currency
        elif currency is not None and currency != self.currency:
            raise MixedCurrenciesError(self.currency, currency)


def _customer(pair: tuple[CustomerId, Occasions]) -> CustomerId:
    return pair[0]
