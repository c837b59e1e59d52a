"""Examples of writing many records at once, new ones and changed ones."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from typing import Final

import attrs
import pytest

from crmcore.errors import InvalidValueError
from crmcore.repositories import BulkResult
from crmcore.storage import Store

from ._promises import Promises
from ._samples import SUMMER, all_ids, customer, keep, look, matter

UPSERTING: Final = Promises()

_CHUNKS: Final = (1, 2, 3, 5_000)


@UPSERTING
def many_are_written_at_once(store: Store) -> None:
    """Those of version 0 are new, the others are changed, and both are counted."""
    keep(store, customers=[customer("a"), customer("b")])

    with store.unit_of_work() as uow:
        found = uow.customers.bulk_upsert(
            [customer("c"), customer("a", name="Changed", version=1), customer("d")]
        )
        uow.commit()

    assert found == BulkResult(inserted=2, updated=1)
    assert look(store, lambda uow: list(uow.customers.stream())) == [
        customer("a", name="Changed", version=2),
        customer("b", version=1),
        customer("c", version=1),
        customer("d", version=1),
    ]


@UPSERTING
def what_cannot_be_written_hinders_nothing_else(store: Store) -> None:
    """Taken ids, stale versions and records that are gone are told, in turn, and left alone."""
    keep(store, customers=[customer("taken"), customer("stale"), customer("good")])
    with store.unit_of_work() as uow:
        uow.customers.save(customer("stale", version=1))
        uow.commit()

    with store.unit_of_work() as uow:
        found = uow.customers.bulk_upsert(
            [
                customer("stale", name="Other", version=1),
                customer("new-1"),
                customer("gone", version=3),
                customer("good", name="Good", version=1),
                customer("taken", name="Other"),
                customer("ahead", version=1),
                customer("new-2"),
            ]
        )
        uow.commit()

    assert found == BulkResult(inserted=2, updated=1, conflicts=("stale", "gone", "taken", "ahead"))
    names = look(store, lambda uow: {c.id: (c.name, c.version) for c in uow.customers.stream()})
    assert names == {
        "good": ("Good", 2),
        "new-1": ("Customer new-1", 1),
        "new-2": ("Customer new-2", 1),
        "stale": ("Customer stale", 2),
        "taken": ("Customer taken", 1),
    }


@UPSERTING
def chunks_make_no_difference(store: Store) -> None:
    """However many are written at once, the outcome is that of one after the other."""
    records = [
        customer("a"),
        customer("b"),
        customer("a", name="Again"),
        customer("a", name="Changed", version=1),
        customer("c", version=4),
        customer("b", name="Changed", version=1),
        customer("b", name="Changed twice", version=2),
        customer("a", name="Stale", version=1),
    ]

    for chunk in _CHUNKS:
        with store.unit_of_work() as uow:
            found = uow.customers.bulk_upsert(iter(records), chunk=chunk)
            stored = [(c.name, c.version) for c in uow.customers.stream()]

        assert found == BulkResult(inserted=2, updated=3, conflicts=("a", "c", "a")), chunk
        assert stored == [("Changed", 2), ("Changed twice", 3)], chunk


@UPSERTING
def an_id_that_repeats_is_told_as_often(store: Store) -> None:
    """Each record that was not written is told, also where several have one id."""
    keep(store, matters=[matter("m-1")])

    with store.unit_of_work() as uow:
        found = uow.matters.bulk_upsert([matter("m-1"), matter("m-2"), matter("m-1")])

    assert found == BulkResult(inserted=1, conflicts=("m-1", "m-1"))


@UPSERTING
def more_are_written_than_fit_a_statement(store: Store) -> None:
    """A stream longer than anybody writes at once is written whole, and refused by each id."""
    count = 1_200
    keys = [f"c-{n:05}" for n in range(count)]
    with store.unit_of_work() as uow:
        uow.customers.bulk_upsert(customer(key) for key in keys[::2])
        uow.commit()

    with store.unit_of_work() as uow:
        new = uow.customers.bulk_upsert(customer(key) for key in keys)
        saved = uow.customers.bulk_upsert(customer(key, version=1) for key in reversed(keys))
        uow.commit()

    assert new == BulkResult(inserted=count // 2, conflicts=tuple(keys[::2]))
    assert saved == BulkResult(updated=count)
    assert all_ids(store) == keys


@UPSERTING
def nothing_is_an_outcome_too(store: Store) -> None:
    """An empty stream is no mistake; writing none at a time is one."""
    with store.unit_of_work() as uow:
        assert uow.customers.bulk_upsert([]) == BulkResult()
        with pytest.raises(InvalidValueError, match="chunk must be at least 1"):
            uow.customers.bulk_upsert([customer("a")], chunk=0)


@UPSERTING
def nothing_of_many_is_kept_without_a_commit(store: Store) -> None:
    """What was written at once is seen at once by the unit of work, and by nobody else."""
    keep(store, customers=[customer("a")])

    with store.unit_of_work() as uow:
        uow.customers.bulk_upsert([customer("a", archived_at=SUMMER, version=1), customer("b")])
        assert uow.customers.find("a") is None
        assert attrs.evolve(uow.customers.get("b"), version=0) == customer("b")

    assert all_ids(store) == ["a"]
