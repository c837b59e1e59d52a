"""Features by customer, from a frame of purchases.

Everything is counted in two steps. First the rows of each customer and day become one, which
makes an occasion of several purchases on a day; then the days of each customer become one row.
Between the two, every day is put into the columns of the stretches of time to which it belongs,
so that what is left for the second step are plain sums, counts and bounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any, Final, TypeVar, cast
from zoneinfo import ZoneInfo

import attrs
import narwhals.stable.v2 as nw

from crmcore.calendar import zone as zone_of
from crmcore.checks import day
from crmcore.errors import InvalidValueError, UnknownNameError

from ._native import Either, Frame
from ._passes import aliased, deferred, finished, through_arrow
from ._schema import column_of
from ._terms import Term

_FrameT = TypeVar("_FrameT")

_PURCHASES: Final = (
    "first_purchase",
    "last_purchase",
    "days_since_last",
    "age_days",
    "frequency",
    "recent_frequency",
    "spend",
    "mean_spend",
    "recent_spend",
    "earlier_spend",
    "trend",
)
_CONTACTS: Final = ("contacts", "recent_contacts", "days_since_contact")
_KNOWN: Final = ("known_days",)
_DATE: Final = column_of(nw.Date())

# What a row is. The largest number wins where rows are put together.
_REFUND: Final = 0
_PURCHASE: Final = 1
_FAULTY: Final = 2


@attrs.frozen(kw_only=True)
class _Layout:
    """Which columns are read, and for which day.

    Attributes:
        customer: The column with the customers.
        at: The column with the days or instants.
        amount: The column with what was paid.
        refund: The column that marks refunds, if there is one.
        known_since: The column with the day since which a customer is known.
        zone: The zone whose days count, if it was named.
        as_of: The day of judgement.
        window_days: How long the two windows are, in days.
    """

    customer: str
    at: str
    amount: str
    refund: str | None
    known_since: str
    zone: ZoneInfo | None
    as_of: date
    window_days: int

    def since(self, windows: int) -> date:
        """Return the first day of the window, and of the one before it."""
        days = min(windows * self.window_days, self.as_of.toordinal() - 1)
        return self.as_of - timedelta(days=days)


def collect_features(
    purchases: _FrameT,
    *,
    as_of: date,
    window_days: int = 180,
    zone: ZoneInfo | str | None = None,
    customer: str = "customer",
    at: str = "at",
    amount: str = "amount",
    refund: str | None = None,
    interactions: object = None,
    customers: object = None,
    known_since: str = "known_since",
    only: Iterable[str] | None = None,
) -> _FrameT:
    """Return the features of each customer when a day begins, in the columns of a frame.

    The columns are called, and mean, what `crmcore.features.CustomerFeatures` says, and hold
    what `crmcore.features.collect` finds, with two differences of type: *mean_spend* and
    *trend* are floats, the nearest to what the objects hold. Everybody who is in one of the
    frames has a row; the rows are in no particular order.

    A customer with a row of which no `crmcore.activities.Purchase` could be made has no
    features, only nulls: one without a day or an amount, or with an amount that contradicts
    *refund*. Rows without a customer count for the customer null.

    Args:
        purchases: Purchases and refunds, all in one currency, with a column for each of
            *customer*, *at* and *amount*.
        as_of: The day; only what happened on days before it counts.
        window_days: How long the recent and the earlier window are, in days.
        zone: The time zone whose days count, or its name, where *at* holds instants.
        customer: The name of the column with the customers, in all three frames.
        at: The name of the column with days or with instants. Engines of SQL convert zones
            each in their own way, so that DuckDB and Spark want days.
        amount: The name of the column with the amounts, as decimals or whole numbers.
        refund: The name of the column that is true for refunds; without one, every amount
            below 0 is a refund.
        interactions: Contacts, with columns *customer* and *at*; without them there are no
            features of contacts. Like *customers*, it is a frame of the same library.
        customers: The customers, each once, with columns *customer* and *known_since*, a
            date; without them, *known_days* is left out.
        known_since: The name of the column with the day since which a customer is known.
        only: The names of the features that are wanted; all that there are, unless stated.

    Raises:
        InvalidValueError: If a frame is of a library that is not supported, a column does not
            hold what it should, *window_days* is less than 1, or *as_of* is an instant.
        UnknownNameError: If there is no such column, feature or zone.

    .. versionadded:: 0.1.0
    """
    if window_days < 1:
        raise InvalidValueError("window_days", window_days, "be at least 1")
    layout = _Layout(
        customer=customer,
        at=at,
        amount=amount,
        refund=refund,
        known_since=known_since,
        zone=None if zone is None else zone_of(zone),
        as_of=day(as_of),
        window_days=window_days,
    )
    names = _wanted(only, contacts=interactions is not None, known=customers is not None)
    bought = _opened(purchases, customer, at, amount, refund)
    parts = [_purchases(bought, layout)]
    if interactions is not None:
        parts.append(_contacts(_beside(bought, "interactions", interactions, customer, at), layout))
    if customers is not None:
        parts.append(_known(_beside(bought, "customers", customers, customer, known_since), layout))
    found = _features(_joined(parts), bought, layout)
    return finished(found.select("customer", *names), like=bought.given)  # type: ignore[no-any-return]


def _opened(native: object, *names: str | None) -> Frame:
    reading = {name for name in names if name is not None}
    return through_arrow(Frame.open(native, reading=reading), reading)


def _beside(bought: Frame, argument: str, native: object, *names: str) -> Frame:
    """Open a frame of the same library as that of the purchases."""
    frame = _opened(native, *names)
    library, found = bought.given.implementation, frame.given.implementation
    if found is not library:
        rule = f"be a frame of {library.value}, as the purchases are"
        raise InvalidValueError(argument, f"a frame of {found.value}", rule)
    return frame


def _wanted(only: Iterable[str] | None, *, contacts: bool, known: bool) -> list[str]:
    there = [*_PURCHASES, *(_KNOWN if known else ()), *(_CONTACTS if contacts else ())]
    if only is None:
        return there
    wanted = list(dict.fromkeys(only))
    for name in wanted:
        if name not in there:
            raise UnknownNameError("feature", name, there)
    return wanted


def _purchases(frame: Frame, layout: _Layout) -> Either:
    """Return a row for each customer who bought something or got money back."""
    amount, refund = _amount(frame, layout), _refund(frame, layout)
    faulty = [nw.col(layout.customer).is_null(), amount.is_null(), refund.is_null()]
    if layout.refund is not None:
        faulty += [refund & (amount > 0), ~refund & (amount < 0)]
    kind = nw.when(refund).then(nw.lit(_REFUND)).otherwise(nw.lit(_PURCHASE))
    days = _by_day(frame, layout, faulty, kind=kind, amount=amount)
    days = days.group_by("customer", "day").agg(nw.col("amount").sum(), nw.col("kind").max())

    day, paid = nw.col("day"), nw.col("amount")
    before, recent, earlier = _stretches(frame, layout)
    occasion = before & (nw.col("kind") == _PURCHASE)
    days = days.with_columns(
        occasion=nw.when(occasion).then(day),
        recent_occasion=nw.when(occasion & recent).then(day),
        spend=nw.when(before).then(paid),
        recent_spend=nw.when(before & recent).then(paid),
        earlier_spend=nw.when(earlier).then(paid),
    )
    return days.group_by("customer").agg(
        nw.col("kind").max(),
        nw.col("occasion").min().alias("first_purchase"),
        nw.col("occasion").max().alias("last_purchase"),
        nw.col("occasion").count().alias("frequency"),
        nw.col("recent_occasion").count().alias("recent_frequency"),
        nw.col("spend").sum(),
        nw.col("recent_spend").sum(),
        nw.col("earlier_spend").sum(),
    )


def _contacts(frame: Frame, layout: _Layout) -> Either:
    """Return a row for each customer who was in contact."""
    days = _by_day(frame, layout, [nw.col(layout.customer).is_null()], kind=nw.lit(_PURCHASE))
    before, recent, _ = _stretches(frame, layout)
    days = days.with_columns(
        contact=nw.when(before).then(nw.col("day")),
        recent_contact=nw.when(before & recent).then(nw.col("day")),
    )
    return days.group_by("customer").agg(
        nw.col("kind").max().alias("contact_kind"),
        nw.col("contact").count().alias("contacts"),
        nw.col("recent_contact").count().alias("recent_contacts"),
        nw.col("contact").max().alias("last_contact"),
    )


def _known(frame: Frame, layout: _Layout) -> Either:
    """Return a row for each customer that the company knows."""
    if _type_of(frame, layout.known_since) != nw.Date:
        found = str(_type_of(frame, layout.known_since))
        raise InvalidValueError(layout.known_since, found, "be a column of dates")
    _type_of(frame, layout.customer)
    return deferred(frame.readable).select(
        nw.col(layout.customer).alias("customer"), nw.col(layout.known_since).alias("known_since")
    )


def _by_day(frame: Frame, layout: _Layout, faulty: list[nw.Expr], **columns: nw.Expr) -> Either:
    """Return the rows with their customers, their days and what they are."""
    _type_of(frame, layout.customer)
    day = _day(frame, layout)
    fault = reduce(lambda one, other: one | other, faulty, day.is_null())
    columns["kind"] = nw.when(fault).then(nw.lit(_FAULTY)).otherwise(columns["kind"])
    customer = nw.col(layout.customer).alias("customer")
    return deferred(frame.readable).select(customer, day.alias("day"), *aliased(columns))


def _stretches(frame: Frame, layout: _Layout) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
    """Say of a day whether it is before the day of judgement, and in which window."""
    day, constant = nw.col("day"), frame.dialect.constant
    today, recent, earlier = map(constant, (layout.as_of, layout.since(1), layout.since(2)))
    return day < today, day >= recent, (day >= earlier) & (day < recent)


def _day(frame: Frame, layout: _Layout) -> nw.Expr:
    """Return the days of the rows in the zone."""
    dtype = _type_of(frame, layout.at)
    values = nw.col(layout.at)
    if dtype == nw.Date:
        return values
    if not isinstance(dtype, nw.Datetime) or dtype.time_zone is None:
        rule = "be a column of dates, or of instants with a time zone"
        raise InvalidValueError(layout.at, str(dtype), rule)
    if frame.is_sql:
        rule = "be a column of dates, because engines of SQL convert zones each in their own way"
        raise InvalidValueError(layout.at, str(dtype), rule)
    if layout.zone is None:
        rule = f"name the zone whose days count, because {layout.at} holds instants"
        raise InvalidValueError("zone", None, rule)
    return values.dt.convert_time_zone(layout.zone.key).dt.date()


def _amount(frame: Frame, layout: _Layout) -> nw.Expr:
    dtype = _type_of(frame, layout.amount)
    values = nw.col(layout.amount)
    if dtype.is_integer():
        return values.cast(nw.Int64)
    if not dtype.is_decimal():
        rule = "be a column of decimals or whole numbers, because floats do not sum exactly"
        raise InvalidValueError(layout.amount, str(dtype), rule)
    return values


def _refund(frame: Frame, layout: _Layout) -> nw.Expr:
    if layout.refund is None:
        return _amount(frame, layout) < 0
    dtype = _type_of(frame, layout.refund)
    if dtype != nw.Boolean:
        raise InvalidValueError(layout.refund, str(dtype), "be a column of true and false")
    return nw.col(layout.refund)


def _type_of(frame: Frame, name: str) -> nw.dtypes.DType:
    types = frame.readable.collect_schema()
    if name not in types:
        raise UnknownNameError("column", name, types.names())
    return types[name]


def _joined(parts: list[Either]) -> Either:
    """Return a row for everybody who is in one of the parts, with the columns of all."""
    if len(parts) == 1:
        return parts[0]
    alike: Any = parts  # all are lazy, or all are eager
    found = nw.concat([part.select("customer") for part in alike]).unique(keep="any")
    for part in alike:
        found = found.join(part, on="customer", how="left")
    return cast("Either", found)


def _features(found: Either, frame: Frame, layout: _Layout) -> Either:
    """Return the features, with zeros where nothing happened and nulls where something is wrong."""
    types = found.collect_schema()
    zeros = [
        nw.col(name).fill_null(Decimal(0) if types[name].is_decimal() else 0)
        for name in types.names()
        if types[name].is_numeric()
    ]
    found = found.with_columns(*zeros)
    amount = _type_of(frame, layout.amount)
    columns = _bought(frame, layout, amount.scale if isinstance(amount, nw.Decimal) else 0)
    sound = ~nw.col("customer").is_null() & (nw.col("kind") != _FAULTY)
    if "contact_kind" in types:
        sound &= nw.col("contact_kind") != _FAULTY
        columns |= _contacted(frame, layout)
    if "known_since" in types:
        known = _days_until(frame, layout, "known_since")
        columns["known_days"] = nw.when(known > 0).then(known)
    checked = {name: nw.when(sound).then(column) for name, column in columns.items()}
    return found.select("customer", *aliased(checked))


def _bought(frame: Frame, layout: _Layout, scale: int) -> dict[str, nw.Expr]:
    col = nw.col
    spend, recent, earlier = (
        _units(name, scale) for name in ("spend", "recent_spend", "earlier_spend")
    )
    occasions = col("frequency").cast(nw.Float64) * float(10**scale)
    return {
        "first_purchase": col("first_purchase"),
        "last_purchase": col("last_purchase"),
        "days_since_last": _days_until(frame, layout, "last_purchase"),
        "age_days": _days_until(frame, layout, "first_purchase"),
        "frequency": col("frequency").cast(nw.Int64),
        "recent_frequency": col("recent_frequency").cast(nw.Int64),
        "spend": col("spend"),
        "mean_spend": spend / nw.when(occasions > 0).then(occasions),
        "recent_spend": col("recent_spend"),
        "earlier_spend": col("earlier_spend"),
        "trend": (recent - earlier) / nw.when(earlier > 0).then(earlier),
    }


def _contacted(frame: Frame, layout: _Layout) -> dict[str, nw.Expr]:
    return {
        "contacts": nw.col("contacts").cast(nw.Int64),
        "recent_contacts": nw.col("recent_contacts").cast(nw.Int64),
        "days_since_contact": _days_until(frame, layout, "last_contact"),
    }


def _units(name: str, scale: int) -> nw.Expr:
    """Return amounts in their smallest unit, as floats that are whole numbers.

    Engines round differently when they make a float of a decimal, but never by so much that
    the nearest whole number would be another. With whole numbers, a division rounds once.
    """
    return (nw.col(name).cast(nw.Float64) * float(10**scale)).round(0)


def _days_until(frame: Frame, layout: _Layout, name: str) -> nw.Expr:
    """Return how many days before the day of judgement the day in a column is."""
    then, now = Term(nw.col(name), _DATE), frame.dialect.term(layout.as_of)
    return frame.dialect.days_between(then, now)
