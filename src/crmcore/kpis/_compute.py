"""Computing: from trails to the KPIs of a row of periods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

import attrs

from crmcore.calendar import Period
from crmcore.checks import day
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.features import Trail
from crmcore.kernel import CustomerId, Phrase, Reason, Undefined, minor_digits
from crmcore.measures import Value

from ._catalogue import kpi
from ._kpi import Kpi, Unit
from ._roll_up import value_of
from ._series import KpiSeries, in_a_row
from ._tally import Count, Tally

_Number: TypeAlias = int | Decimal


@attrs.frozen
class _Parts:
    """What a KPI is made of in one period.

    Attributes:
        upper: The numerator, or the figure itself.
        lower: The denominator; None where there is none.
        n: How many customers or orders it rests on.
    """

    upper: _Number
    lower: _Number | None
    n: int


_Rule: TypeAlias = Callable[[Count, Count], _Parts]

# Each rule reads the counts of the period and of the one before it.
_RULES: Final[Mapping[str, _Rule]] = {
    "retention_rate": lambda now, _: _Parts(now.kept, now.opening, now.opening),
    "churn_rate": lambda now, _: _Parts(now.opening - now.kept, now.opening, now.opening),
    "repeat_rate": lambda now, _: _Parts(now.repeated, now.new, now.new),
    "purchase_frequency": lambda now, _: _Parts(now.orders, now.buyers, now.buyers),
    "amount_growth": lambda now, _: _Parts(
        now.stayers_now - now.stayers_before, now.stayers_before, now.stayers
    ),
    "customer_base": lambda now, _: _Parts(now.base, None, now.base),
    "customers_kept": lambda now, _: _Parts(now.kept, None, now.opening),
    "new_customers": lambda now, _: _Parts(now.new, None, now.new),
    "acquisition_rate": lambda now, _: _Parts(now.new, now.opening, now.opening),
    "sales": lambda now, _: _Parts(now.sales, None, now.orders),
    "sales_growth": lambda now, before: _Parts(now.sales - before.sales, before.sales, now.orders),
    "orders": lambda now, _: _Parts(now.orders, None, now.orders),
}


# Which stated number of days a definition speaks of.
_ACTIVE: Final = (
    "acquisition_rate",
    "churn_rate",
    "customer_base",
    "customers_kept",
    "retention_rate",
)
_REPEAT: Final = "repeat_rate"


def compute(
    trails: Mapping[CustomerId, Trail],
    periods: Iterable[Period],
    *,
    as_of: date,
    currency: str,
    active_days: int,
    repeat_days: int = 90,
    kpis: Iterable[Kpi | str] = tuple(_RULES),
    where: Criterion | None = None,
    customers: Mapping[CustomerId, object] | None = None,
) -> tuple[KpiSeries, ...]:
    """Compute KPIs of the catalogue for a row of periods.

    A period that has not ended when the day *as_of* begins has no value yet, and neither has
    one that ended before the records begin. What the definition of a KPI leaves to the
    company is stated here: how many days after an order a customer is still active, and
    within how many days an order counts as a return.

    Args:
        trails: What customers did, from `crmcore.features.collect`.
        periods: Calendar periods of one grain, one after the other, in any order.
        as_of: The day at whose beginning the values hold.
        currency: The ISO 4217 code of the trails' amounts.
        active_days: For how many days a purchase keeps a customer active, 1 or more.
        repeat_days: Within how many days after the first purchase a second one makes a
            repeat customer, 1 or more.
        kpis: Which KPIs, or their ids or codes; all of the catalogue unless stated.
        where: Which customers count: those for whom it holds. Of whom it is unknown does not
            count. It is judged once, as of *as_of*, so that it suits what customers *are*; who
            is chosen by what they did lately is chosen by the outcome.
        customers: What the criterion reads of each customer, by id; the features as of *as_of*
            where it is left out.

    Returns:
        A series for each KPI, in the order in which they were asked for.

    Raises:
        InvalidValueError: If there are no periods, or they are no row of one grain, or a
            number of days is less than 1, or *as_of* is an instant.
        UnknownNameError: If a KPI is not of the catalogue, there is no such currency, or a
            customer is not among *customers*.

    Complexity:
        ``O(d + t + k p)`` time for *d* days with purchases of *t* customers, and *k* KPIs of
        *p* periods. The trails are walked once.

    .. versionadded:: 0.1.0
    """
    wanted = tuple(kpi(each) if isinstance(each, str) else each for each in kpis)
    for each in wanted:
        kpi(each.id)
    minor_digits(currency)
    day(as_of)
    for name, days in (("active_days", active_days), ("repeat_days", repeat_days)):
        if days < 1:
            raise InvalidValueError(name, days, "be at least 1")
    row = in_a_row(periods)
    tally = Tally((row[0].before(), *row), active_days=active_days, repeat_days=repeat_days)
    tally.read(_counting(trails, where, customers, as_of))
    stated = {_REPEAT: repeat_days, **dict.fromkeys(_ACTIVE, active_days)}
    return tuple(
        KpiSeries(
            kpi=each,
            periods=row,
            values=tuple(_values(each, row, tally, as_of)),
            as_of=as_of,
            currency=currency if each.unit is Unit.MONEY else None,
            stated_days=stated.get(each.id),
            where=where,
        )
        for each in wanted
    )


def _counting(
    trails: Mapping[CustomerId, Trail],
    where: Criterion | None,
    customers: Mapping[CustomerId, object] | None,
    as_of: date,
) -> Iterator[tuple[Trail, bool]]:
    """Yield each trail with whether its customer counts."""
    judge = None if where is None else where.compile(as_of=as_of)
    for customer, trail in trails.items():
        if judge is None:
            yield trail, True
        elif customers is None:
            yield trail, judge(trail.at(as_of)) is True
        elif customer in customers:
            yield trail, judge(customers[customer]) is True
        else:
            raise UnknownNameError("customer", customer, customers)


def _values(
    of: Kpi, row: Sequence[Period], tally: Tally, as_of: date
) -> Iterator[Value | Undefined]:
    for place, period in enumerate(row, start=1):
        now, before = tally.counts[place], tally.counts[place - 1]
        missing = missing_in(period, tally.first_day, as_of)
        if missing is None and of.id == _REPEAT:
            missing = _immature(now, as_of)
        if missing is not None:
            yield missing
            continue
        parts = _RULES[of.id](now, before)
        yield value_of(
            of,
            upper=Decimal(parts.upper),
            lower=None if parts.lower is None else Decimal(parts.lower),
            n=parts.n,
            period=period,
            as_of=as_of,
        )


def missing_in(period: Period, first_day: int | None, as_of: date) -> Undefined | None:
    """Return why a period has no values at all, if so."""
    if not period.is_complete(as_of):
        detail = Phrase(f"{period} at {as_of}", f"{period}，截至{as_of}")
        return Undefined(Reason.INCOMPLETE_PERIOD, detail)
    if first_day is None:
        return Undefined(Reason.NO_DATA, Phrase("no purchases at all", "没有任何购买记录"))
    if period.end.toordinal() <= first_day:
        begin = date.fromordinal(first_day)
        detail = Phrase(f"the records begin on {begin}", f"记录始于{begin}")
        return Undefined(Reason.NO_DATA, detail)
    return None


def _immature(count: Count, as_of: date) -> Undefined | None:
    """Return why new customers cannot be judged yet, if so."""
    if count.last_judged < as_of.toordinal():
        return None
    last = date.fromordinal(count.last_judged)
    detail = Phrase(
        f"the last of them can be judged after {last}", f"最后一位客户的观察期于{last}结束"
    )
    return Undefined(Reason.IMMATURE, detail)
