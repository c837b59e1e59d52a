"""Loading: a file of purchases into a store, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmcore.activities import Purchase
from crmcore.calendar import day_in
from crmcore.calendar import zone as find_zone
from crmcore.customers import Customer
from crmcore.errors import AlreadyExistsError, Fault, FaultsError
from crmcore.kernel import CustomerId, Money, Phrase
from crmcore.storage import DEFAULT_TENANT, Store, UnitOfWork

from ._columns import PurchaseColumns
from ._purchases import read_purchases
from ._table import Source

Progress: TypeAlias = Callable[[int, int | None, Phrase], None]
"""Hears how far a long job is: how much is done, of how much if known, and what it does.

.. versionadded:: 0.1.0
"""

_EVERY = 10_000
_READING = Phrase("purchases read", "已读取购买记录")


@attrs.frozen(kw_only=True)
class LoadReport:
    """What a load has brought into the store.

    Attributes:
        source: The file.
        purchases: How many purchases there were, refunds among them.
        refunds: How many of them were refunds.
        customers: How many customers they belong to.
        new_customers: How many of these customers the store did not know before.
        first_day: The day of the earliest purchase; None without any.
        last_day: The day of the latest purchase; None without any.
        totals: What was paid, less what went back, in each currency, by its code.

    .. versionadded:: 0.1.0
    """

    source: str
    purchases: int
    refunds: int
    customers: int
    new_customers: int
    first_day: date | None
    last_day: date | None
    totals: tuple[Money, ...]

    def __str__(self) -> str:
        """Return it as one sentence."""
        money = ", ".join(map(str, self.totals)) or "nothing"
        days = "" if self.first_day is None else f" from {self.first_day} to {self.last_day}"
        return (
            f"{self.source}: {self.purchases:,} purchases of {self.customers:,} customers "
            f"({self.new_customers:,} new){days}, {money}"
        )


def load_purchases(
    store: Store,
    source: Source,
    *,
    columns: PurchaseColumns,
    zone: ZoneInfo | str,
    currency: str | None = None,
    delimiter: str = ",",
    progress: Progress | None = None,
    tenant: str = DEFAULT_TENANT,
) -> LoadReport:
    """Load a CSV file of purchases into *store* as one unit of work.

    Customers that the store does not know are added, named by their id and known since the
    day of their first purchase in the file. Everything goes in, or nothing.

    Args:
        store: Where to load it.
        source: The path of the file.
        columns: Which column means what.
        zone: The zone in which days begin, or its name.
        currency: The currency of amounts for which no column names one.
        delimiter: What stands between two fields.
        progress: Hears every ten thousand purchases how many were read, and at the end of
            how many.
        tenant: Whose purchases they are.

    Raises:
        FaultsError: If anything is wrong with the file, as `read_purchases` says, or if a
            purchase is stored already. The store is as it was.
        InvalidValueError: If neither *currency* nor a column tells the currency.
        UnknownNameError: If *currency* is no active code of ISO 4217.

    .. versionadded:: 0.1.0
    """
    purchases = read_purchases(
        source, columns=columns, zone=zone, currency=currency, delimiter=delimiter
    )
    tally = _Tally(zone, progress)
    with store.unit_of_work(tenant=tenant) as uow:
        try:
            uow.purchases.add_all(tally.counted(purchases))
        except AlreadyExistsError as error:
            fault = Fault(f"purchase {error.key}", "it is stored already; nothing was loaded")
            raise FaultsError(str(source), [fault]) from error
        new = _add_missing(uow, tally.first_days)
        uow.commit()
    return LoadReport(
        source=str(source),
        purchases=tally.purchases,
        refunds=tally.refunds,
        customers=len(tally.first_days),
        new_customers=new,
        first_day=min(tally.first_days.values(), default=None),
        last_day=tally.last_day,
        totals=tuple(Money(amount, code) for code, amount in sorted(tally.totals.items())),
    )


@attrs.define
class _Tally:
    """Counts the purchases that go through it."""

    zone: ZoneInfo = attrs.field(converter=find_zone)
    progress: Progress | None
    purchases: int = attrs.field(default=0, init=False)
    refunds: int = attrs.field(default=0, init=False)
    last_day: date | None = attrs.field(default=None, init=False)
    first_days: dict[CustomerId, date] = attrs.field(factory=dict, init=False)
    totals: dict[str, Decimal] = attrs.field(factory=dict, init=False)

    def counted(self, purchases: Iterable[Purchase]) -> Iterator[Purchase]:
        for purchase in purchases:
            self._count(purchase)
            if self.purchases % _EVERY == 0:
                self._tell(None)
            yield purchase
        self._tell(self.purchases)

    def _count(self, purchase: Purchase) -> None:
        day, money = day_in(purchase.at, self.zone), purchase.amount
        self.purchases += 1
        self.refunds += purchase.refund
        self.last_day = day if self.last_day is None else max(day, self.last_day)
        self.first_days[purchase.customer] = min(day, self.first_days.get(purchase.customer, day))
        self.totals[money.currency] = self.totals.get(money.currency, Decimal(0)) + money.amount

    def _tell(self, total: int | None) -> None:
        if self.progress is not None:
            self.progress(self.purchases, total, _READING)


def _add_missing(uow: UnitOfWork, first_days: Mapping[CustomerId, date]) -> int:
    """Add the customers that are not stored yet, by id, and return how many."""
    known = uow.customers.get_many(first_days, with_archived=True)
    return uow.customers.add_all(
        Customer(id=customer, name=customer, known_since=day)
        for customer, day in sorted(first_days.items())
        if customer not in known
    )
