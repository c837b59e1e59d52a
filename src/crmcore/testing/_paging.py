"""Examples of pages: in any order, whole, and steady while others write."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final

import attrs
import pytest

from crmcore.criteria import EVERYTHING, Criterion, F
from crmcore.customers import CustomerKind
from crmcore.errors import InvalidCursorError, InvalidValueError, UnknownNameError
from crmcore.repositories import Order, Repository
from crmcore.storage import Store, UnitOfWork

from ._promises import Promises
from ._samples import (
    KEYS,
    NEW_YEAR,
    SPRING,
    SUMMER,
    change,
    contact,
    customer,
    ids,
    keep,
    look,
    purchase,
)

PAGING: Final = Promises()

_LIMITS: Final = (1, 2, 3, 5, 100)
_MOST: Final = 20
_MICROSECOND: Final = timedelta(microseconds=1)


def _walk(
    repository: Repository[Any],
    order: Sequence[str | Order],
    limit: int,
    where: Criterion = EVERYTHING,
) -> list[str]:
    """Return the ids that page after page shows, none of which may be longer than it may."""
    page = repository.page(where, order=order, limit=limit)
    met = ids(page.items)
    while page.next is not None:
        assert len(page.items) == limit
        page = repository.page(where, order=order, limit=limit, after=page.next)
        assert page.items  # a next page that is empty was none
        met += ids(page.items)
        assert len(met) <= _MOST  # or it goes round and round
    return met


@PAGING
def pages_cover_everything_once(store: Store) -> None:
    """Going on from each page meets every record once, by id, and then ends."""
    keep(store, customers=[customer(key) for key in KEYS])

    with store.unit_of_work(readonly=True) as uow:
        for limit in _LIMITS:
            assert _walk(uow.customers, (), limit) == list(KEYS)


@PAGING
def a_full_last_page_is_the_last(store: Store) -> None:
    """Where nothing is left, there is no next page to go to."""
    keep(store, customers=[customer("a"), customer("b")])

    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.page(limit=2).next is None
        first = uow.customers.page(limit=1)
        assert first.next is not None
        assert ids(uow.customers.page(after=first.next).items) == ["b"]
        assert uow.customers.page(after=first.next).next is None
        with pytest.raises(InvalidValueError, match="limit must be at least 1"):
            uow.customers.page(limit=0)
        assert uow.customers.page(F.region == "north").items == ()


@PAGING
def pages_hold_what_the_criterion_holds_for(store: Store) -> None:
    """A page counts only what was asked for."""
    keep(
        store,
        customers=[customer(f"c-{n}", region="north" if n % 2 else "south") for n in range(7)],
    )

    page = look(store, lambda uow: uow.customers.page(F.region == "north", limit=2))
    rest = look(store, lambda uow: uow.customers.page(F.region == "north", after=page.next))

    assert ids(page.items) == ["c-1", "c-3"]
    assert page.next is not None
    assert (ids(rest.items), rest.next) == (["c-5"], None)


def _found(key: str) -> Callable[[Any], Any]:
    """Return a key that sorts by one field, None first."""

    def by(row: Any) -> tuple[bool, Any]:  # noqa: ANN401 - a record
        value = getattr(row, key)
        return (value is not None, "" if value is None else value)

    return by


def _ordered(rows: Sequence[Any], order: Sequence[str]) -> list[str]:
    """Return the ids in an order, by one stable sort after the other."""
    found = sorted(rows, key=lambda row: row.id)
    for by in reversed(order):
        found.sort(key=_found(by.removeprefix("-")), reverse=False)
        if by.startswith("-"):
            found = _turned(found, by.removeprefix("-"))
    return ids(found)


def _turned(rows: list[Any], key: str) -> list[Any]:
    """Return sorted rows the other way round, those with equal values in the order they had."""
    groups: list[list[Any]] = []
    for row in rows:
        if groups and getattr(groups[-1][0], key) == getattr(row, key):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [row for group in reversed(groups) for row in group]


@PAGING
def pages_go_by_any_order(store: Store) -> None:
    """By text, days, instants and enumerations, up and down; None comes first, ties by id."""
    regions = ("south", None, "Süd", "north", "South", "\uff5e", "😀", "north", None, "a b")
    days = (date(1997, 1, 1), None, date(1, 1, 1), date(1997, 1, 1), date(9999, 12, 31))
    rows = [
        customer(
            f"c-{n:02}",
            region=regions[n % len(regions)],
            known_since=days[n % len(days)],
            kind=list(CustomerKind)[n // 3 % 2],
            archived_at=None,
            language=("en", "zh", None)[n % 3],
        )
        for n in range(15)
    ]
    keep(store, customers=reversed(rows))
    orders: tuple[tuple[str, ...], ...] = (
        ("region",),
        ("-region",),
        ("-known_since", "region"),
        ("kind", "-language", "known_since"),
        ("-id",),
    )

    with store.unit_of_work(readonly=True) as uow:
        for order in orders:
            for limit in _LIMITS:
                found = _walk(uow.customers, order, limit)
                assert found == _ordered(rows, order), (order, limit)


@PAGING
def pages_go_by_numbers_and_instants(store: Store) -> None:
    """By instants to the microsecond, by whole numbers as numbers, and by yes and no."""
    moments = (NEW_YEAR, SPRING, NEW_YEAR + _MICROSECOND, NEW_YEAR - _MICROSECOND, SUMMER)
    rows = [
        purchase(
            f"p-{n:02}",
            at=moments[n % len(moments)],
            quantity=(9, 10, 2**53 + 1, 2**53, 0, 100)[n % 6],
            refund=n % 4 == 0,
            amount=attrs.evolve(purchase("x").amount, amount=0),
        )
        for n in range(15)
    ]
    keep(store, purchases=rows)
    orders: tuple[tuple[str, ...], ...] = (
        ("at",),
        ("-at", "quantity"),
        ("quantity",),
        ("-quantity", "-id"),
        ("refund", "-at"),
        ("-refund", "quantity"),
    )

    with store.unit_of_work(readonly=True) as uow:
        for order in orders:
            for limit in _LIMITS:
                found = _walk(uow.purchases, order, limit)
                assert found == _ordered(rows, order), (order, limit)


@PAGING
def ordered_pages_hold_what_the_criterion_holds_for(store: Store) -> None:
    """Order and criterion go together, also where they are about the same field."""
    regions = (None, "south", "north", "west")
    keep(store, customers=[customer(f"c-{n:02}", region=regions[n % 4]) for n in range(12)])
    where = (F.region != "west") | F.region.is_missing()

    with store.unit_of_work(readonly=True) as uow:
        for limit in _LIMITS:
            assert _walk(uow.customers, ("-region",), limit, where) == [
                f"c-{n:02}" for n in (1, 5, 9, 2, 6, 10, 0, 4, 8)
            ]


@PAGING
def pages_are_steady_while_others_write(store: Store) -> None:
    """What is added before a cursor is not met, what is added behind it is, and nothing twice."""
    keep(store, customers=[customer(f"c-{n}", region="south") for n in range(6)])

    def page_after(after: str | None) -> Callable[[UnitOfWork], Any]:
        return lambda uow: uow.customers.page(order=("-region",), after=after, limit=2)

    first = look(store, page_after(None))
    keep(store, customers=[customer("c-0a", region="south"), customer("c-3a", region="south")])
    keep(store, customers=[customer("c-9", region="west"), customer("c-8")])
    with store.unit_of_work() as uow:
        uow.customers.remove("c-1", version=1)  # the one that the cursor stands at
        uow.commit()
    change(store, "c-0", "Met already")
    met = ids(first.items)
    while first.next is not None:
        first = look(store, page_after(first.next))
        met += ids(first.items)
        assert len(met) <= _MOST  # as above

    assert met == ["c-0", "c-1", "c-2", "c-3", "c-3a", "c-4", "c-5", "c-8"]


def _cursor(store: Store, order: Sequence[str | Order] = ()) -> str:
    """Return a cursor behind the first of two customers."""
    keep(store, customers=[customer("a", region="north"), customer("b", region="south")])
    cursor = look(store, lambda uow: uow.customers.page(order=order, limit=1)).next
    assert cursor is not None
    return cursor


@PAGING
def a_cursor_leads_on_in_its_own_order_only(store: Store) -> None:
    """A cursor is refused for every order but the one that it was given for."""
    cursor = _cursor(store, ("region",))

    with store.unit_of_work(readonly=True) as uow:
        for order in ((), ("-region",), ("known_since",), ("region", "known_since")):
            with pytest.raises(InvalidCursorError):
                uow.customers.page(order=order, after=cursor)
        same = uow.customers.page(order=[Order("region")], after=cursor)
        assert ids(same.items) == ["b"]


@PAGING
def a_cursor_leads_on_among_its_own_kind_only(store: Store) -> None:
    """A cursor of customers is none of contacts."""
    cursor = _cursor(store)

    with store.unit_of_work(readonly=True) as uow:
        with pytest.raises(InvalidCursorError):
            uow.contacts.page(after=cursor)
        with pytest.raises(InvalidCursorError):
            uow.teams.page(after=cursor)


@PAGING
def what_is_no_cursor_is_refused(store: Store) -> None:
    """Text that no page has given leads nowhere, and harms nobody."""
    cursor = _cursor(store)
    garbage = (
        "",
        "a",
        "b",
        "0",
        "%",
        "é",
        "null",
        "bnVsbA",
        "[" * 2_000,
        "A" * 10_000,
        cursor[:-4],
        cursor[4:],
        cursor + cursor,
        cursor[::-1],
    )

    with store.unit_of_work(readonly=True) as uow:
        for text in garbage:
            with pytest.raises(InvalidCursorError):
                uow.customers.page(after=text)


@PAGING
def pages_do_not_go_by_personal_data(store: Store) -> None:
    """Cursors stand in addresses and logs, so no order goes by what is personal."""
    keep(store, contacts=[contact("k-1", email="li@example.org")])

    with store.unit_of_work(readonly=True) as uow:
        for repository, field in (
            (uow.customers, "name"),
            (uow.contacts, "email"),
            (uow.contacts, "phone"),
        ):
            with pytest.raises(InvalidValueError, match="personal"):
                repository.page(order=(field,))


@PAGING
def pages_go_by_what_has_an_order(store: Store) -> None:
    """Amounts, lists and fields that are none, or come twice, make no order."""
    with store.unit_of_work(readonly=True) as uow:
        with pytest.raises(InvalidValueError):
            uow.purchases.page(order=("amount",))
        with pytest.raises(InvalidValueError):
            uow.customers.page(order=("needs",))
        with pytest.raises(InvalidValueError):
            uow.customers.page(order=("region", "-region"))
        with pytest.raises(InvalidValueError):
            uow.customers.page(order="region")
        with pytest.raises(UnknownNameError, match="did you mean 'region'"):
            uow.customers.page(order=("regoin",))
