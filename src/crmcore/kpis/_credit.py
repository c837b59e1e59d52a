"""Crediting: whose figures a purchase counts in, which is the owner's of the day.

A customer who changes hands takes nothing along: what was bought before counts for whoever
owned the customer then, also after a plan is taken back. That is possible for what happens at
an instant, such as an order, and each of the KPIs credited here is a sum of such. So the
figures of all members, and of what happened while nobody owned the customer, add up to the
figure of the whole. A ratio has no owner: retention rests on two instants, and a customer who
bought from two members is a buyer of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from crmcore.activities import Purchase
from crmcore.calendar import Period, midnight
from crmcore.calendar import zone as find_zone
from crmcore.customers import OwnerIndex
from crmcore.errors import UnknownNameError
from crmcore.kernel import MemberId, Undefined

from ._series import KpiSeries, in_a_row
from ._tally import KpiTally

CREDITED: Final = ("new_customers", "sales", "orders")
_MEMBER: Final = "member"


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


class CreditTally:
    """Credits purchases to the owners of the day, one after the other and in any order.

    `credit` is enough for whoever has nothing else to do with the purchases. With a tally they
    are read once, however much is made of them.

    .. versionadded:: 0.1.0
    """

    __slots__ = ("_owners", "_tally", "_zone")

    def __init__(self, owners: OwnerIndex, *, zone: ZoneInfo | str, currency: str) -> None:
        """Begin with nothing.

        Args:
            owners: Who owned which customer when.
            zone: The time zone whose days count, or its name.
            currency: The ISO 4217 code of all amounts.

        Raises:
            UnknownNameError: If there is no such zone or currency.
        """
        self._owners = owners
        self._zone = find_zone(zone)
        self._tally = KpiTally(
            CREDITED, zone=zone, currency=currency, by={_MEMBER: owner_of_the_day(owners)}
        )

    def passing(self, purchases: Iterable[Purchase]) -> Iterator[Purchase]:
        """Yield purchases as they come, and credit each on its way.

        Raises:
            MixedCurrenciesError: If an amount is in another currency.
        """
        return self._tally.passing(purchases, "purchases")

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
        row = in_a_row(periods)
        found: dict[str | None, list[KpiSeries]] = {}
        for series in self._tally.series(row, as_of=as_of):
            ((_, member),) = series.scope
            found.setdefault(member, []).append(series)
        nothing = [_nothing(one) for one in self._tally.series(row, as_of=as_of, by=())]
        start, end = (midnight(each, self._zone) for each in (row[0].start, row[-1].end))
        return tuple(
            MemberKpis(
                member=member,
                series=tuple(attrs.evolve(one, scope=()) for one in found.get(member, nothing)),
            )
            for member in (*self._owners.members_between(start, end), None)
        )


def owner_of_the_day(owners: OwnerIndex) -> Callable[[Purchase], MemberId | None]:
    """Return what tells of a purchase who owned the customer at its instant."""
    at = owners.at
    return lambda purchase: at(purchase.customer, purchase.at)


def _nothing(series: KpiSeries) -> KpiSeries:
    """Return the values of somebody who has nothing where others have something."""
    zero = Decimal(0)
    values = (
        value
        if isinstance(value, Undefined)
        else attrs.evolve(value, number=zero, numerator=zero, n=0, missing=0)
        for value in series.values
    )
    return attrs.evolve(series, values=tuple(values))


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
