"""Crediting: whose figures a purchase counts in, which is the owner's of the day.

A customer who changes hands takes nothing along: what was bought before counts for whoever
owned the customer then, also after a plan is taken back. That is possible for what happens at
an instant, such as an order, and each of the KPIs credited here is a sum of such. So the
figures of all members, and of what happened while nobody owned the customer, add up to the
figure of the whole. A ratio has no owner: retention rests on two instants, and a customer who
bought from two members is a buyer of both.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crmcore.activities import Purchase
from crmcore.calendar import Period, day_in, midnight
from crmcore.calendar import zone as find_zone
from crmcore.checks import day
from crmcore.customers import OwnerIndex
from crmcore.errors import MixedCurrenciesError, UnknownNameError
from crmcore.kernel import CustomerId, MemberId, Undefined, minor_digits
from crmcore.measures import Value

from ._catalogue import kpi
from ._compute import missing_in
from ._kpi import Kpi, Unit
from ._roll_up import value_of
from ._series import KpiSeries, in_a_row

_First: TypeAlias = tuple[int, datetime, str, "MemberId | None"]

_NEW, _SALES, _ORDERS = "new_customers", "sales", "orders"
CREDITED: Final[tuple[Kpi, ...]] = tuple(map(kpi, (_NEW, _SALES, _ORDERS)))
_EXACT: Final = Context(prec=120)


@attrs.frozen(kw_only=True)
class MemberKpis:
    """The KPIs that a member is credited with, by the owner of the day.

    Attributes:
        member: Whose figures they are; None for what happened while nobody owned the customer.
        series: The values of each KPI: new customers, sales and orders.

    .. versionadded:: 0.1.0
    """

    member: MemberId | None
    series: tuple[KpiSeries, ...]

    def kpi(self, key: str) -> KpiSeries:
        """Return the values of a KPI.

        Args:
            key: Its id, or its code, as in the catalogue.

        Raises:
            UnknownNameError: If nobody is credited with it.
        """
        for series in self.series:
            if key in {series.kpi.id, series.kpi.code}:
                return series
        raise UnknownNameError("credited KPI", key, [series.kpi.id for series in self.series])


@attrs.define
class _Day:
    """What one member is credited with on one day."""

    orders: int = 0
    sales: Decimal = Decimal(0)


class CreditTally:
    """Credits purchases to the owners of the day, one after the other and in any order.

    `credit` is enough for whoever has nothing else to do with the purchases. With a tally they
    are read once, however much is made of them.

    .. versionadded:: 0.1.0
    """

    __slots__ = ("_currency", "_days", "_first_day", "_firsts", "_owners", "_zone")

    def __init__(self, owners: OwnerIndex, *, zone: ZoneInfo | str, currency: str) -> None:
        """Begin with nothing.

        Args:
            owners: Who owned which customer when.
            zone: The time zone whose days count, or its name.
            currency: The ISO 4217 code of all amounts.

        Raises:
            UnknownNameError: If there is no such zone or currency.
        """
        minor_digits(currency)
        self._owners = owners
        self._zone = find_zone(zone)
        self._currency = currency
        self._days: dict[MemberId | None, dict[int, _Day]] = {}
        self._firsts: dict[CustomerId, _First] = {}
        self._first_day: int | None = None

    def passing(self, purchases: Iterable[Purchase]) -> Iterator[Purchase]:
        """Yield purchases as they come, and credit each on its way.

        Raises:
            MixedCurrenciesError: If an amount is in another currency.
        """
        for purchase in purchases:
            self._add(purchase)
            yield purchase

    def _add(self, purchase: Purchase) -> None:
        if purchase.amount.currency != self._currency:
            raise MixedCurrenciesError(self._currency, purchase.amount.currency)
        customer, at = purchase.customer, purchase.at
        owner = self._owners.at(customer, at)
        on = day_in(at, self._zone).toordinal()
        self._first_day = on if self._first_day is None else min(on, self._first_day)
        credited = self._days.setdefault(owner, {}).setdefault(on, _Day())
        credited.sales = _EXACT.add(credited.sales, purchase.amount.amount)
        if not purchase.refund:
            credited.orders += 1
            here = (on, at, purchase.id, owner)
            first = self._firsts.setdefault(customer, here)
            if here[:3] < first[:3]:
                self._firsts[customer] = here

    def kpis(self, periods: Iterable[Period], *, as_of: date) -> tuple[MemberKpis, ...]:
        """Return what each member is credited with in each period of a row.

        Args:
            periods: Calendar periods of one grain, one after the other, in any order.
            as_of: The day at whose beginning the values hold.

        Returns:
            The figures of everybody who owned a customer in the row, by member, and at last
            those of nobody.

        Raises:
            InvalidValueError: If there are no periods, or they are no row of one grain, or
                *as_of* is an instant.
        """
        day(as_of)
        row = in_a_row(periods)
        edges = [period.start.toordinal() for period in row]
        edges.append(row[-1].end.toordinal())
        counts = {owner: _by_period(days, edges) for owner, days in self._days.items()}
        new = self._new_by_period(edges)
        start, end = (midnight(each, self._zone) for each in (row[0].start, row[-1].end))
        members = self._owners.members_between(start, end)
        return tuple(
            MemberKpis(
                member=member,
                series=tuple(self._series(counts.get(member), new.get(member), row, as_of)),
            )
            for member in (*members, None)
        )

    def _new_by_period(self, edges: Sequence[int]) -> dict[MemberId | None, list[int]]:
        """Count customers for whoever owned each of them at the very first purchase."""
        counts: dict[MemberId | None, list[int]] = {}
        for on, _, _, owner in self._firsts.values():
            if edges[0] <= on < edges[-1]:
                row = counts.setdefault(owner, [0] * (len(edges) - 1))
                row[bisect_right(edges, on) - 1] += 1
        return counts

    def _series(
        self,
        days: list[_Day] | None,
        new: list[int] | None,
        row: tuple[Period, ...],
        as_of: date,
    ) -> Iterator[KpiSeries]:
        days = days or [_Day() for _ in row]
        new = new or [0] * len(row)
        counted = {
            _NEW: [(Decimal(count), count) for count in new],
            _SALES: [(one.sales, one.orders) for one in days],
            _ORDERS: [(Decimal(one.orders), one.orders) for one in days],
        }
        for of in CREDITED:
            yield KpiSeries(
                kpi=of,
                periods=row,
                values=tuple(
                    self._value(of, period, upper, n, as_of)
                    for period, (upper, n) in zip(row, counted[of.id], strict=True)
                ),
                as_of=as_of,
                currency=self._currency if of.unit is Unit.MONEY else None,
            )

    def _value(
        self, of: Kpi, period: Period, upper: Decimal, n: int, as_of: date
    ) -> Value | Undefined:
        missing = missing_in(period, self._first_day, as_of)
        if missing is not None:
            return missing
        return value_of(of, upper=upper, lower=None, n=n, period=period, as_of=as_of)


def _by_period(days: dict[int, _Day], edges: Sequence[int]) -> list[_Day]:
    row = [_Day() for _ in edges[1:]]
    for on, credited in days.items():
        if edges[0] <= on < edges[-1]:
            total = row[bisect_right(edges, on) - 1]
            total.orders += credited.orders
            total.sales = _EXACT.add(total.sales, credited.sales)
    return row


def credit(
    purchases: Iterable[Purchase],
    periods: Iterable[Period],
    *,
    owners: OwnerIndex,
    as_of: date,
    zone: ZoneInfo | str,
    currency: str,
) -> tuple[MemberKpis, ...]:
    """Credit purchases to whoever owned the customer at the instant of each.

    New customers are credited at their very first purchase, sales and orders at each. In every
    period the figures of all members and of nobody add up to those of `compute`.

    Args:
        purchases: Purchases and refunds from the beginning of the records, in any order.
        periods: Calendar periods of one grain, one after the other, in any order.
        owners: Who owned which customer when, from `crmcore.customers.owner_index`.
        as_of: The day at whose beginning the values hold.
        zone: The time zone whose days count, or its name.
        currency: The ISO 4217 code of all amounts.

    Returns:
        The figures of everybody who owned a customer in the row, by member, and at last those
        of nobody.

    Raises:
        InvalidValueError: If there are no periods, or they are no row of one grain, or *as_of*
            is an instant.
        MixedCurrenciesError: If an amount is in another currency.
        UnknownNameError: If there is no such zone or currency.

    Complexity:
        ``O(n log k)`` time for *n* purchases of customers with up to *k* owners each.

    .. versionadded:: 0.1.0
    """
    tally = CreditTally(owners, zone=zone, currency=currency)
    for _ in tally.passing(purchases):
        pass
    return tally.kpis(periods, as_of=as_of)
