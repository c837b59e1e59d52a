"""Examples of records that were put out of use: hidden, and still there."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from typing import Final

import attrs
import pytest

from crmcore.criteria import EVERYTHING, F
from crmcore.errors import AlreadyExistsError, ConcurrencyConflictError, NotFoundError
from crmcore.storage import Store

from ._promises import Promises
from ._samples import SUMMER, all_ids, customer, ids, keep, look

ARCHIVING: Final = Promises()


def _keep_one_archived(store: Store) -> None:
    """Store three customers of the north, of whom the second one is out of use."""
    keep(
        store,
        customers=[
            customer("a", region="north"),
            customer("b", region="north", archived_at=SUMMER),
            customer("c", region="north"),
        ],
    )


@ARCHIVING
def what_is_archived_is_hidden(store: Store) -> None:
    """No way of reading finds what is out of use, as long as nobody asks for it."""
    _keep_one_archived(store)

    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.find("b") is None
        with pytest.raises(NotFoundError):
            uow.customers.get("b")
        assert list(uow.customers.get_many(["a", "b", "c"])) == ["a", "c"]
        for where in (EVERYTHING, F.region == "north"):
            assert ids(uow.customers.stream(where)) == ["a", "c"]
            assert ids(uow.customers.page(where).items) == ["a", "c"]
            assert ids(uow.customers.page(where, order=("-region",)).items) == ["a", "c"]
            assert uow.customers.count(where) == len("ac")


@ARCHIVING
def what_is_archived_is_found_by_who_asks(store: Store) -> None:
    """Every way of reading finds what is out of use for whoever wants it too."""
    _keep_one_archived(store)

    with store.unit_of_work(readonly=True) as uow:
        found = uow.customers.get("b", with_archived=True)
        assert found.archived_at == SUMMER
        assert uow.customers.find("b", with_archived=True) == found
        assert list(uow.customers.get_many([*"abc"], with_archived=True)) == ["a", "b", "c"]
        for where in (EVERYTHING, F.region == "north"):
            assert ids(uow.customers.stream(where, with_archived=True)) == ["a", "b", "c"]
            assert ids(uow.customers.page(where, with_archived=True).items) == ["a", "b", "c"]
            assert uow.customers.count(where, with_archived=True) == len("abc")
        assert ids(uow.customers.stream(~F.archived_at.is_missing(), with_archived=True)) == ["b"]


@ARCHIVING
def pages_count_only_what_they_show(store: Store) -> None:
    """A page is as long as it may be, whatever lies hidden between its records."""
    keep(
        store,
        customers=[
            customer(f"c-{n}", archived_at=None if n % 3 == 0 else SUMMER) for n in range(10)
        ],
    )

    with store.unit_of_work(readonly=True) as uow:
        page = uow.customers.page(limit=3)
        rest = uow.customers.page(limit=3, after=page.next)
        assert ids(page.items) == ["c-0", "c-3", "c-6"]
        assert (ids(rest.items), rest.next) == (["c-9"], None)
        everything = uow.customers.page(limit=3, with_archived=True)
        assert ids(everything.items) == ["c-0", "c-1", "c-2"]


@ARCHIVING
def what_is_archived_keeps_its_id(store: Store) -> None:
    """Nobody is added under the id of somebody who is out of use, by whichever way."""
    _keep_one_archived(store)

    with store.unit_of_work() as uow:
        with pytest.raises(AlreadyExistsError):
            uow.customers.add(customer("b"))
        with pytest.raises(AlreadyExistsError):
            uow.customers.add_all([customer("b")])
        assert uow.customers.bulk_upsert([customer("b")]).conflicts == ("b",)


@ARCHIVING
def archiving_is_saving(store: Store) -> None:
    """A record is put out of use, and back into it, by saving it; it counts its versions on."""
    keep(store, customers=[customer("a"), customer("b")])

    with store.unit_of_work() as uow:
        uow.customers.save(customer("a", archived_at=SUMMER, version=1))
        assert ids(uow.customers.stream()) == ["b"]
        assert uow.customers.count() == 1
        uow.commit()
    assert all_ids(store) == ["b"]

    with store.unit_of_work() as uow:
        hidden = uow.customers.get("a", with_archived=True)
        uow.customers.save(attrs.evolve(hidden, archived_at=None))
        uow.commit()
    assert look(store, lambda uow: uow.customers.get("a")) == customer("a", version=3)


@ARCHIVING
def what_is_archived_can_be_removed(store: Store) -> None:
    """What is out of use is removed like everything else, at its version."""
    _keep_one_archived(store)

    with store.unit_of_work() as uow:
        with pytest.raises(ConcurrencyConflictError) as caught:
            uow.customers.remove("b", version=2)
        assert caught.value.actual == 1
        uow.customers.remove("b", version=1)
        uow.commit()

    assert look(store, lambda uow: uow.customers.find("b", with_archived=True)) is None
