"""Examples of what a repository promises: what goes in comes out, and nothing else."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from typing import Final

import attrs
import pytest

from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    NotFoundError,
)
from crmcore.kernel import CustomerId
from crmcore.storage import Store

from ._promises import Promises
from ._samples import KEYS, all_ids, change, customer, keep, look
from ._whole import WHOLE, everything_of, put

KEEPING: Final = Promises()


@KEEPING
def a_record_comes_out_as_it_went_in(store: Store) -> None:
    """Every field of every kind of record comes back equal, to the last digit."""
    with store.unit_of_work() as uow:
        for name, records in WHOLE.items():
            put(uow, name, records)
        uow.commit()

    with store.unit_of_work(readonly=True) as uow:
        for name, records in WHOLE.items():
            expected = {record.id: attrs.evolve(record, version=1) for record in records}
            found = everything_of(uow, name)
            assert found == expected
            assert {key: repr(found[key]) for key in found} == {
                key: repr(expected[key]) for key in expected
            }


@KEEPING
def a_new_record_has_version_one(store: Store) -> None:
    """Whatever version a new record carries, it is stored as the first."""
    with store.unit_of_work() as uow:
        added = uow.customers.add(customer("c-1", version=7))
        uow.customers.add_all([customer("c-2", version=7)])
        uow.commit()

    assert added == customer("c-1", version=1)
    found = look(store, lambda uow: list(uow.customers.stream()))
    assert found == [customer("c-1", version=1), customer("c-2", version=1)]


@KEEPING
def what_is_missing_is_not_found(store: Store) -> None:
    """A key that nothing is stored under is an error to get, and None to find."""
    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.find("c-1") is None
        with pytest.raises(NotFoundError) as caught:
            uow.customers.get("c-1")

    assert (caught.value.kind, caught.value.key) == ("customer", "c-1")


@KEEPING
def many_are_found_at_once(store: Store) -> None:
    """Any number of keys may be asked for; each that is stored comes once, in order."""
    keep(store, customers=[customer("b"), customer("a")])
    keys = ["b", "a", "b", "missing", *(f"none-{n}" for n in range(1_500))]

    found = look(store, lambda uow: uow.customers.get_many(iter(keys)))

    assert dict(found) == {"a": customer("a", version=1), "b": customer("b", version=1)}
    assert list(found) == ["a", "b"]


@KEEPING
def an_id_is_given_once(store: Store) -> None:
    """Adding under an id that is taken is refused by its name, and changes nothing."""
    keep(store, customers=[customer("c-1")])

    with store.unit_of_work() as uow:
        with pytest.raises(AlreadyExistsError) as caught:
            uow.customers.add(customer("c-1", name="Somebody else"))
        assert uow.customers.get("c-1").name == "Customer c-1"

    assert (caught.value.kind, caught.value.key) == ("customer", "c-1")


@KEEPING
def an_id_is_given_once_in_a_unit(store: Store) -> None:
    """An id is taken from the moment it was added, before anybody commits."""
    with store.unit_of_work() as uow:
        uow.customers.add(customer("c-1"))
        with pytest.raises(AlreadyExistsError):
            uow.customers.add(customer("c-1"))


@KEEPING
def kinds_do_not_share_their_ids(store: Store) -> None:
    """A customer and a team may have the same id."""
    keep(store, customers=[customer("x")], teams=[attrs.evolve(WHOLE["teams"][1], id="x")])

    assert look(store, lambda uow: uow.teams.get("x").name) == "Analysis"
    assert look(store, lambda uow: uow.customers.get("x").name) == "Customer x"


@KEEPING
def streams_are_added_whole(store: Store) -> None:
    """Adding a stream says how many there were; an empty one is no mistake."""
    with store.unit_of_work() as uow:
        assert uow.customers.add_all(customer(key) for key in KEYS) == len(KEYS)
        assert uow.customers.add_all([]) == 0
        uow.commit()

    assert all_ids(store) == list(KEYS)


@KEEPING
def a_stream_names_the_id_that_is_taken(store: Store) -> None:
    """A stream with an id that is stored, or comes twice, is refused by that id."""
    keep(store, customers=[customer("c-7")])

    for keys, taken in (("c-1 c-7 c-1", "c-7"), ("c-1 c-2 c-2", "c-2")):
        with store.unit_of_work() as uow, pytest.raises(AlreadyExistsError) as caught:
            uow.customers.add_all(customer(key) for key in keys.split())
        assert caught.value.key == taken

    assert all_ids(store) == ["c-7"]


@KEEPING
def saving_replaces_the_whole(store: Store) -> None:
    """What is saved is stored as a whole, under the next version; nothing of the old stays."""
    keep(store, customers=[WHOLE["customers"][0]])
    bare = customer("c-1", version=1)

    with store.unit_of_work() as uow:
        saved = uow.customers.save(bare)
        uow.commit()

    assert saved == attrs.evolve(bare, version=2)
    assert look(store, lambda uow: uow.customers.get("c-1")) == saved


@KEEPING
def saving_twice_counts_twice(store: Store) -> None:
    """Each save counts, also within one unit of work."""
    keep(store, customers=[customer("c-1")])

    with store.unit_of_work() as uow:
        once = uow.customers.save(uow.customers.get("c-1"))
        twice = uow.customers.save(once)
        uow.commit()

    assert (once.version, twice.version) == (2, 3)
    assert look(store, lambda uow: uow.customers.get("c-1").version) == twice.version


@KEEPING
def nobody_overwrites_what_they_have_not_seen(store: Store) -> None:
    """Saving an old version is refused with both versions, and changes nothing."""
    keep(store, customers=[customer("c-1")])
    stale = look(store, lambda uow: uow.customers.get("c-1"))
    change(store, "c-1", "Changed by somebody else")

    with store.unit_of_work() as uow:
        with pytest.raises(ConcurrencyConflictError) as caught:
            uow.customers.save(stale)
        uow.commit()

    conflict = caught.value
    assert (conflict.kind, conflict.key) == ("customer", "c-1")
    assert (conflict.expected, conflict.actual) == (1, 2)
    assert look(store, lambda uow: uow.customers.get("c-1").name) == "Changed by somebody else"


@KEEPING
def nobody_saves_a_version_that_is_yet_to_come(store: Store) -> None:
    """A version ahead of the stored one is as wrong as one behind it."""
    keep(store, customers=[customer("c-1")])

    with store.unit_of_work() as uow:
        with pytest.raises(ConcurrencyConflictError):
            uow.customers.save(customer("c-1", version=2))
        with pytest.raises(ConcurrencyConflictError):
            uow.customers.remove("c-1", version=2)


@KEEPING
def what_is_not_there_cannot_be_saved(store: Store) -> None:
    """Saving does not add."""
    with store.unit_of_work() as uow:
        with pytest.raises(NotFoundError):
            uow.customers.save(customer("c-1", version=1))
        with pytest.raises(NotFoundError):
            uow.customers.save(customer("c-1"))
        assert uow.customers.count() == 0


@KEEPING
def what_is_removed_is_gone(store: Store) -> None:
    """A removed record is found by nobody, and its id may be given again."""
    keep(store, customers=[customer("c-1"), customer("c-2")])

    with store.unit_of_work() as uow:
        uow.customers.remove("c-1", version=1)
        assert uow.customers.find("c-1") is None
        uow.commit()

    assert all_ids(store) == ["c-2"]
    assert look(store, lambda uow: uow.customers.count()) == 1
    keep(store, customers=[customer("c-1")])
    assert look(store, lambda uow: uow.customers.get("c-1").version) == 1


@KEEPING
def nobody_removes_what_they_have_not_seen(store: Store) -> None:
    """Removing an old version, or what is not there, is refused."""
    keep(store, customers=[customer("c-1")])
    change(store, "c-1", "Changed by somebody else")

    with store.unit_of_work() as uow:
        with pytest.raises(ConcurrencyConflictError) as caught:
            uow.customers.remove("c-1", version=1)
        with pytest.raises(NotFoundError):
            uow.customers.remove("c-2", version=1)
        uow.commit()

    assert (caught.value.expected, caught.value.actual) == (1, 2)
    assert all_ids(store) == ["c-1"]


@KEEPING
def a_record_may_come_back_within_a_unit(store: Store) -> None:
    """Removing and adding under one id, in one unit of work, leaves what was added."""
    keep(store, customers=[customer("c-1")])
    change(store, "c-1", "Old")

    with store.unit_of_work() as uow:
        uow.customers.remove("c-1", version=2)
        uow.customers.add(customer("c-1", name="New"))
        uow.commit()

    assert look(store, lambda uow: uow.customers.get("c-1")) == customer(
        "c-1", name="New", version=1
    )


@KEEPING
def ids_are_compared_exactly(store: Store) -> None:
    """Small and capital letters differ, and so do the two ways to write an accent."""
    keys = ["A", "a", "e\u0301", "é", "x%", "x_", "xy"]
    keep(store, customers=[customer(CustomerId(key)) for key in keys])

    with store.unit_of_work(readonly=True) as uow:
        assert [uow.customers.get(key).id for key in keys] == keys
        assert uow.customers.find("E\u0301") is None
        assert len(uow.customers.get_many(["A", "É", "x%"])) == len(["A", "x%"])
