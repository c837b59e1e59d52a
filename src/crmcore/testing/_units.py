"""Examples of what a unit of work promises: everything or nothing, and nobody in between."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs
import pytest

from crmcore.customers import Customer
from crmcore.errors import (
    AlreadyExistsError,
    InvalidValueError,
    StorageUnavailableError,
    UnitOfWorkClosedError,
)
from crmcore.events import DomainEvent
from crmcore.kernel import MemberId
from crmcore.organization import Organization
from crmcore.storage import Store, UnitOfWork, add_organization, read_organization

from ._promises import Promises
from ._samples import (
    NEW_YEAR,
    all_ids,
    assignment,
    customer,
    keep,
    look,
    ownership,
    purchase,
)
from ._whole import WHOLE

UNITS: Final = Promises()


class _PowerCut(Exception):  # noqa: N818 - it stands for any error at all
    """Something goes wrong in the middle."""


@UNITS
def nothing_is_kept_without_a_commit(store: Store) -> None:
    """Leaving the block without a word keeps nothing."""
    with store.unit_of_work() as uow:
        uow.customers.add(customer("c-1"))

    assert all_ids(store) == []


@UNITS
def nothing_is_kept_after_an_error(store: Store) -> None:
    """An error in the middle takes back all that was added, saved and removed before it."""
    keep(store, customers=[customer("a"), customer("b")], purchases=[purchase("p-1")])

    with pytest.raises(_PowerCut), store.unit_of_work() as uow:  # noqa: PT012 - the whole unit
        uow.customers.add(customer("c"))
        uow.customers.save(customer("a", name="Changed", version=1))
        uow.customers.remove("b", version=1)
        uow.purchases.remove("p-1", version=1)
        raise _PowerCut

    assert look(store, lambda uow: list(uow.customers.stream())) == [
        customer("a", version=1),
        customer("b", version=1),
    ]
    assert look(store, lambda uow: uow.purchases.count()) == 1


@UNITS
def nothing_is_kept_of_half_a_stream(store: Store) -> None:
    """A stream that breaks off leaves nothing behind."""

    def broken() -> Iterator[Customer]:
        for n in range(2_100):
            yield customer(f"c-{n}")
        raise _PowerCut

    with pytest.raises(_PowerCut), store.unit_of_work() as uow:
        uow.customers.add_all(broken())

    assert all_ids(store) == []


@UNITS
def rolling_back_keeps_nothing(store: Store) -> None:
    """Taking back in so many words does what leaving does."""
    with store.unit_of_work() as uow:
        uow.customers.add(customer("c-1"))
        uow.rollback()

    assert all_ids(store) == []


@UNITS
def a_commit_keeps_all_kinds_together(store: Store) -> None:
    """What was written to several repositories is kept as one."""
    with store.unit_of_work() as uow:
        uow.customers.add(customer("c-1"))
        uow.purchases.add(purchase("p-1"))
        uow.ownerships.add(ownership("o-1"))
        uow.commit()

    with store.unit_of_work(readonly=True) as uow:
        counts = [uow.customers.count(), uow.purchases.count(), uow.ownerships.count()]
    assert counts == [1, 1, 1]


@UNITS
def a_refusal_is_not_the_end(store: Store) -> None:
    """What was refused by its own fault leaves the rest of the unit of work as it is."""
    keep(store, customers=[customer("a")])

    with store.unit_of_work() as uow:
        uow.customers.add(customer("b"))
        with pytest.raises(AlreadyExistsError):
            uow.customers.add(customer("a"))
        uow.customers.add(customer("c"))
        uow.commit()

    assert all_ids(store) == ["a", "b", "c"]


_EVENT: Final = DomainEvent(name="customer.added", subject="customers/c-1", at=NEW_YEAR)

# Everything that can be asked of a unit of work.
_CALLS: Final[tuple[Callable[[UnitOfWork], Any], ...]] = (
    lambda uow: uow.customers.get("c-1"),
    lambda uow: uow.customers.find("c-1"),
    lambda uow: uow.customers.get_many(["c-1"]),
    lambda uow: uow.customers.add(customer("c-2")),
    lambda uow: uow.customers.add_all([customer("c-2")]),
    lambda uow: uow.customers.save(customer("c-1", version=1)),
    lambda uow: uow.customers.bulk_upsert([customer("c-2")]),
    lambda uow: uow.customers.remove("c-1", version=1),
    lambda uow: uow.customers.stream(),
    lambda uow: uow.customers.page(),
    lambda uow: uow.customers.count(),
    lambda uow: uow.contacts.of_customer(customer("c-1").id),
    lambda uow: uow.ownerships.of_customer(customer("c-1").id),
    lambda uow: uow.ownerships.lasting(at=NEW_YEAR),
    lambda uow: uow.ownerships.owner_of(customer("c-1").id, at=NEW_YEAR),
    lambda uow: uow.purchases.of_customer(customer("c-1").id),
    lambda uow: uow.purchases.until(NEW_YEAR),
    lambda uow: uow.interactions.until(NEW_YEAR),
    lambda uow: uow.matters.of_customer(customer("c-1").id),
    lambda uow: uow.matters.of_member(MemberId("wei")),
    lambda uow: uow.matters.open(at=NEW_YEAR),
    lambda uow: uow.assignments.lasting(at=NEW_YEAR),
    lambda uow: uow.facts.tiers.append(WHOLE["tier_facts"]),
    lambda uow: uow.facts.stages.of("c-1"),
    lambda uow: uow.facts.scores.on("c-1", NEW_YEAR.date()),
    lambda uow: uow.facts.kpis.stream(),
    lambda uow: uow.facts.scores.erase("c-1"),
    lambda uow: uow.record(_EVENT),
    lambda uow: uow.once("command-1", request="do it"),
    lambda uow: uow.answer("command-1", "done"),
    lambda uow: uow.commands.find("command-1"),
    lambda uow: uow.trail.of("customers", "c-1"),
    lambda uow: uow.trail.stream(),
    lambda uow: uow.trail.heads(),
    lambda uow: uow.trail.erase("customers", "c-1"),
    lambda uow: uow.commit(),
    lambda uow: uow.rollback(),
    lambda uow: uow.__enter__(),
)


_ENDS: Final[tuple[Callable[[UnitOfWork], Any], ...]] = (
    lambda uow: uow.commit(),
    lambda uow: uow.rollback(),
    lambda uow: uow.__exit__(None, None, None),
)


@UNITS
def a_unit_is_used_once(store: Store) -> None:
    """After its end, however it came, a unit of work refuses every call."""
    keep(store, customers=[customer("c-1")])

    for end in _ENDS:
        uow = store.unit_of_work()
        end(uow)
        for call in _CALLS:
            with pytest.raises(UnitOfWorkClosedError):
                call(uow)

    assert all_ids(store) == ["c-1"]


@UNITS
def a_stream_ends_with_its_unit(store: Store) -> None:
    """A stream that was begun before the end cannot be gone on with after it."""
    keep(store, customers=[customer("a"), customer("b")])

    with store.unit_of_work(readonly=True) as uow:
        stream = uow.customers.stream()
        assert next(stream).id == "a"

    with pytest.raises(UnitOfWorkClosedError):
        next(stream)


@UNITS
def a_reader_writes_nothing(store: Store) -> None:
    """A unit of work that only reads refuses to write, and has nothing to commit."""
    keep(store, customers=[customer("c-1")])

    with store.unit_of_work(readonly=True) as uow:
        for write in (
            lambda: uow.customers.add(customer("c-2")),
            lambda: uow.customers.add_all([]),
            lambda: uow.customers.save(customer("c-1", version=1)),
            lambda: uow.customers.remove("c-1", version=1),
            lambda: uow.customers.bulk_upsert([]),
            lambda: uow.facts.tiers.append(WHOLE["tier_facts"]),
            lambda: uow.record(_EVENT),
            lambda: uow.once("command-1", request="do it"),
        ):
            with pytest.raises(InvalidValueError, match="readonly must be False"):
                write()
        uow.commit()

    assert look(store, lambda uow: uow.customers.get("c-1").version) == 1


@UNITS
def nobody_sees_what_is_not_committed(store: Store) -> None:
    """What a writer has not committed is seen by the writer alone."""
    keep(store, customers=[customer("a")])

    with store.unit_of_work() as uow:
        uow.customers.add(customer("b"))
        uow.customers.save(customer("a", name="Changed", version=1))

        assert all_ids(store) == ["a"]
        assert look(store, lambda other: other.customers.get("a").name) == "Customer a"
        uow.commit()

    assert all_ids(store) == ["a", "b"]


@UNITS
def an_organization_comes_back_whole(store: Store) -> None:
    """A department that was added is read again with all that belongs to it."""
    whole = {name: WHOLE[name] for name in ("teams", "roles", "members", "responsibilities")}
    department = WHOLE["departments"][0]
    organization = Organization(
        department=department, **whole, assignments=[assignment("complaints/responsible/wei")]
    )

    with store.unit_of_work() as uow:
        add_organization(uow, organization)
        uow.commit()

    found = look(store, lambda uow: read_organization(uow, department="care"))
    assert found.department == attrs.evolve(department, version=1)
    assert [member.name for member in found.members] == ["Ada", "伟"]
    assert found.skills == organization.skills
    assert [held.id for held in found.assignments] == ["complaints/responsible/wei"]


@UNITS
def a_new_store_is_up_to_date(store: Store) -> None:
    """A store that was just made has nothing to migrate."""
    assert store.migrate(dry_run=True) == ()
    assert store.migrate() == ()


@UNITS
def a_closed_store_is_closed(store: Store) -> None:
    """A closed store gives out no units of work; closing it again is no mistake."""
    with store as same:
        assert same is store

    store.close()

    with pytest.raises(StorageUnavailableError):
        store.unit_of_work()
