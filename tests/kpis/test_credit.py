"""Crediting KPIs to the owner of the day: nothing is lost, and nothing changes hands later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Period
from crmcore.customers import Ownership, OwnershipId, owner_index
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.kernel import CustomerId, MemberId, Money, Reason, Undefined
from crmcore.kpis import MemberKpis, compute, credit

# (customer, instant, amount); a negative amount is a refund.
Row: TypeAlias = tuple[str, datetime, int]

MONTHS = tuple(Period.month(1998, month) for month in (1, 2, 3))
JANUARY, FEBRUARY, MARCH = MONTHS
LATER = date(1998, 7, 1)
ZONE = "America/New_York"


def at(month: int, day: int, hour: int = 12) -> datetime:
    """Return an hour of 1998 in Greenwich."""
    return datetime(1998, month, day, hour, tzinfo=UTC)


def purchases(rows: Iterable[Row]) -> list[Purchase]:
    """Return purchases, each with an id of its own."""
    return [
        Purchase(
            id=PurchaseId(f"p-{number}"),
            customer=CustomerId(customer),
            at=instant,
            amount=Money(amount, "EUR"),
            refund=amount < 0,
        )
        for number, (customer, instant, amount) in enumerate(rows)
    ]


def held(customer: str, member: str, since: datetime, until: datetime | None = None) -> Ownership:
    """Return the interval in which a member owned a customer."""
    return Ownership(
        id=OwnershipId(f"{customer} {since.isoformat()}"),
        customer=CustomerId(customer),
        member=MemberId(member),
        since=since,
        until=until,
    )


def credited(
    rows: Iterable[Row],
    history: Iterable[Ownership],
    *,
    months: Sequence[Period] = MONTHS,
    as_of: date = LATER,
) -> dict[MemberId | None, MemberKpis]:
    """Return what everybody is credited with, by member."""
    found = credit(
        purchases(rows),
        months,
        owners=owner_index(history),
        as_of=as_of,
        zone=ZONE,
        currency="EUR",
    )
    return {one.member: one for one in found}


def numbers(kpis: MemberKpis, key: str) -> list[Decimal | str]:
    """Return the numbers of a KPI, or the reasons for none."""
    values = kpis.kpi(key).values
    return [str(v.reason) if isinstance(v, Undefined) else v.number for v in values]


HANDOVER = at(2, 15)
HANDED_OVER = [held("ada", "wei", at(1, 1), HANDOVER), held("ada", "lin", HANDOVER)]
BOUGHT = [
    ("ada", at(1, 10), 10),
    ("ada", at(2, 10), 20),
    ("ada", HANDOVER - timedelta(microseconds=1), 3),
    ("ada", HANDOVER, 40),
    ("ada", at(3, 10), 50),
    ("ada", at(3, 11), -5),
]


def test_a_handover_in_mid_month_parts_the_month() -> None:
    """Each owner is credited with what happened up to, or from, the instant of the handover."""
    found = credited(BOUGHT, HANDED_OVER)

    assert numbers(found[MemberId("wei")], "sales") == [10, 23, 0]
    assert numbers(found[MemberId("lin")], "sales") == [0, 40, 45]
    assert numbers(found[MemberId("wei")], "orders") == [1, 2, 0]
    assert numbers(found[MemberId("lin")], "orders") == [0, 1, 1]
    assert numbers(found[MemberId("wei")], "new_customers") == [1, 0, 0]
    assert numbers(found[MemberId("lin")], "new_customers") == [0, 0, 0]
    assert numbers(found[None], "sales") == [0, 0, 0]


def test_a_handover_that_is_taken_back_keeps_the_days_in_between() -> None:
    """After an undo the first owner is credited anew, and the second with what was meanwhile."""
    back = at(3, 1)
    undone = [
        held("ada", "wei", at(1, 1), HANDOVER),
        held("ada", "lin", HANDOVER, back),
        held("ada", "wei", back),
    ]

    found = credited(BOUGHT, undone)

    assert numbers(found[MemberId("wei")], "sales") == [10, 23, 45]
    assert numbers(found[MemberId("lin")], "sales") == [0, 40, 0]


def test_what_nobody_owned_is_told_apart() -> None:
    """A purchase before the first owner, and in a gap, counts for nobody."""
    rows = [("ada", at(1, 10), 10), ("ada", at(2, 10), 20), ("bob", at(2, 11), 7)]

    found = credited(rows, [held("ada", "wei", at(2, 1), at(2, 20))])

    assert list(found) == ["wei", None]
    assert numbers(found[None], "sales") == [10, 7, 0]
    assert numbers(found[None], "new_customers") == [1, 1, 0]
    assert numbers(found[MemberId("wei")], "sales") == [0, 20, 0]


def test_days_are_those_of_the_zone() -> None:
    """The evening of 31 January in New York is 1 February in Greenwich, and counts for January."""
    found = credited([("ada", at(2, 1, 3), 10)], [held("ada", "wei", at(1, 1))])

    assert numbers(found[MemberId("wei")], "sales") == [10, 0, 0]


def test_who_owned_customers_and_sold_nothing_has_a_zero() -> None:
    """Everybody who owned a customer in the row is there, and whoever did not is left out."""
    history = [
        held("ada", "wei", at(1, 1)),
        held("bob", "mia", at(1, 1)),
        held("cy", "old", at(1, 1) - timedelta(days=90), at(1, 1, 5)),
        held("dee", "new", at(6, 1)),
    ]

    found = credited([("ada", at(1, 10), 10)], history)

    assert list(found) == ["mia", "wei", None]
    assert numbers(found[MemberId("mia")], "sales") == [0, 0, 0]


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Row], list[Ownership]]:
    """Draw purchases of some customers, and who owned them when, with gaps."""
    hours = st.integers(0, 24 * 100)
    begin = at(1, 1, 0) - timedelta(days=5)
    rows = [
        (customer, begin + timedelta(hours=draw(hours)), draw(st.integers(-9, 99)))
        for customer in draw(st.lists(st.sampled_from(["ada", "bob", "cy"]), max_size=12))
    ]
    history: list[Ownership] = []
    for customer in ("ada", "bob"):
        ends = sorted(draw(st.sets(hours, max_size=5)))
        for since, until in zip(ends, [*ends[1:], None], strict=False):
            member = draw(st.sampled_from(["wei", "lin", None]))
            if member is not None:
                last = None if until is None else begin + timedelta(hours=until)
                history.append(held(customer, member, begin + timedelta(hours=since), last))
    return rows, history


@given(stories(), st.sampled_from([LATER, date(1998, 3, 10)]))
def test_the_parts_add_up_to_the_whole(
    story: tuple[list[Row], list[Ownership]], as_of: date
) -> None:
    """In every month, members and nobody together have what the whole has, and no more."""
    rows, history = story
    whole = compute(
        {"purchases": purchases(rows)},
        MONTHS,
        as_of=as_of,
        zone=ZONE,
        currency="EUR",
        kpis=["new_customers", "sales", "orders"],
    )

    parts = credited(rows, history, as_of=as_of).values()

    for series in whole:
        for place, total in enumerate(series.values):
            values = [part.kpi(series.kpi.id).values[place] for part in parts]
            if isinstance(total, Undefined):
                assert all(value == total and str(value) == str(total) for value in values)
            else:
                known = [value for value in values if not isinstance(value, Undefined)]
                assert len(known) == len(values)
                assert sum(value.number for value in known) == total.number
                assert sum(value.n for value in known) == total.n


@given(stories(), st.data())
def test_the_order_of_purchases_does_not_matter(
    story: tuple[list[Row], list[Ownership]], data: st.DataObject
) -> None:
    """Purchases and intervals in another order are credited alike."""
    rows, history = story
    bought = data.draw(st.permutations(purchases(rows)))
    turned = owner_index(data.draw(st.permutations(history)))

    found = credit(bought, MONTHS, owners=turned, as_of=LATER, zone=ZONE, currency="EUR")

    assert {one.member: one for one in found} == credited(rows, history)


@given(stories())
def test_each_purchase_is_credited_to_the_owner_of_its_instant(
    story: tuple[list[Row], list[Ownership]],
) -> None:
    """It is what looking at every interval for every purchase finds."""
    rows, history = story

    found = credited(rows, history, months=[Period.month(1998, 2)])

    for member, kpis in found.items():
        expected = 0
        for customer, instant, amount in rows:
            owners: list[MemberId | None] = [
                one.member for one in history if one.customer == customer and one.lasts_at(instant)
            ]
            local = instant - timedelta(hours=5)
            if local.month == 2 and (owners or [None]) == [member]:
                expected += amount
        assert numbers(kpis, "sales") in ([expected], [Reason.NO_DATA])


def test_before_the_records_begin_nobody_has_a_value() -> None:
    """A month before the first purchase of all has no figures, for nobody."""
    found = credited([("ada", at(2, 10), 20)], [held("ada", "wei", at(1, 1))])

    for kpis in found.values():
        assert numbers(kpis, "orders")[0] == "no_data"


def test_what_cannot_be_credited_is_refused() -> None:
    """Another currency, an instant for a day, and a KPI that has no owner."""
    index = owner_index(HANDED_OVER)
    bought = purchases(BOUGHT)

    with pytest.raises(MixedCurrenciesError, match="USD"):
        credit(bought, MONTHS, owners=index, as_of=LATER, zone=ZONE, currency="USD")
    with pytest.raises(UnknownNameError, match="Mars"):
        credit(bought, MONTHS, owners=index, as_of=LATER, zone="Mars", currency="EUR")
    with pytest.raises(UnknownNameError, match="EURO"):
        credit(bought, MONTHS, owners=index, as_of=LATER, zone=ZONE, currency="EURO")
    with pytest.raises(InvalidValueError, match="as_of must be a day"):
        credit(bought, MONTHS, owners=index, as_of=at(7, 1), zone=ZONE, currency="EUR")
    with pytest.raises(UnknownNameError, match="unknown credited KPI 'retention_rate'"):
        credited(BOUGHT, HANDED_OVER)[None].kpi("retention_rate")
