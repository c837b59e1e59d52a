"""Units of work over tables, as every store gets them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import (
    InteractionRepository,
    MatterRepository,
    Purchase,
    PurchaseRepository,
)
from crmcore.criteria import Criterion
from crmcore.customers import ContactRepository, Ownership, OwnershipRepository
from crmcore.errors import AlreadyExistsError, InvalidValueError, UnitOfWorkClosedError
from crmcore.events import Outbox
from crmcore.facts import FactRepository
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.organization import AssignmentRepository
from crmcore.repositories import Repository
from crmcore.storage import RECORDS, Selection, UnitOfWork
from crmcore.testing import check_store, records

MARCH = datetime(1997, 3, 1, tzinfo=UTC)


def test_all_promises_are_kept_over_dictionaries() -> None:
    """The rules that all stores share keep every promise."""
    check_store(MemoryStore, histories=0)


def test_each_kind_of_record_is_kept_somewhere() -> None:
    """A unit of work has a place under the name of each kind of record."""
    places = {
        "audit_records": lambda uow: uow.trail.stream(),
        "audit_heads": lambda uow: uow.trail.heads(),
        **{f"{name[:-1]}_facts": _facts(name) for name in ("stages", "tiers", "scores", "kpis")},
    }

    with MemoryStore() as store, store.unit_of_work(readonly=True) as uow:
        for name in RECORDS:
            found = places[name](uow) if name in places else getattr(uow, name).stream()
            assert list(found) == []


def _facts(name: str) -> Callable[[UnitOfWork], Iterator[Any]]:
    return lambda uow: getattr(uow.facts, name).stream()


def test_a_selection_without_wishes_takes_everything() -> None:
    """What is None does not narrow a selection."""
    assert Selection().takes(object())


@given(records(Ownership), st.sampled_from(["a", "B", "😀"]))
def test_a_selection_takes_what_all_its_wishes_take(held: Ownership, customer: str) -> None:
    """Each wish narrows the selection by itself."""
    wishes = [
        Selection(after=("a",)),
        Selection(customer=CustomerId(customer)),
        Selection(lasting=MARCH),
    ]
    together = Selection(after=("a",), customer=CustomerId(customer), lasting=MARCH)

    assert together.takes(held) == all(wish.takes(held) for wish in wishes)


@given(records(Purchase))
def test_before_is_before(bought: Purchase) -> None:
    """A selection before an instant takes what lies before it, and not what lies at it."""
    assert not Selection(before=bought.at).takes(bought)
    assert Selection(before=datetime.max.replace(tzinfo=UTC)).takes(bought)


def test_a_commit_that_fails_rolls_back() -> None:
    """When two change one record at once, the second one keeps nothing of its unit."""
    store = MemoryStore()
    first, second = store.unit_of_work(), store.unit_of_work()
    for uow in (first, second):
        uow.departments.add(RECORDS["departments"](id="care", name="Care"))
    first.commit()

    with pytest.raises(AlreadyExistsError, match="there is a department 'care' already"):
        second.commit()
    with pytest.raises(UnitOfWorkClosedError, match="this unit of work has ended"):
        second.rollback()


def test_text_is_read_before_a_repository_is_asked() -> None:
    """What is no criterion is refused, with what makes one of text."""
    text = cast("Criterion", 'region == "north"')

    with (
        MemoryStore() as store,
        store.unit_of_work(readonly=True) as uow,
        pytest.raises(InvalidValueError, match=r"be a Criterion; crmcore.notation.from_text"),
    ):
        uow.customers.stream(text)


def test_help_says_what_the_protocols_say() -> None:
    """What a store hands out is of classes without a name, and its methods explain themselves."""
    store = MemoryStore()
    uow = store.unit_of_work()
    handed_out: list[tuple[object, type]] = [
        (uow.customers, Repository),
        (uow.contacts, ContactRepository),
        (uow.ownerships, OwnershipRepository),
        (uow.purchases, PurchaseRepository),
        (uow.interactions, InteractionRepository),
        (uow.matters, MatterRepository),
        (uow.assignments, AssignmentRepository),
        (uow.facts.scores, FactRepository),
        (store.outbox(), Outbox),
    ]

    for found, protocol in handed_out:
        for name in dir(protocol):
            if not name.startswith("_"):
                assert inspect.getdoc(getattr(found, name)), f"{protocol.__name__}.{name}"


def test_what_is_handed_out_says_what_it_is() -> None:
    """Whoever prints a unit of work sees what it may do, and a repository what is in it."""
    store = MemoryStore()

    with store.unit_of_work() as uow:
        assert repr(uow) == "<TableUnitOfWork that reads and writes>"
        assert repr(uow.customers) == "<repository of Customer>"
        assert repr(uow.facts.tiers) == "<repository of TierFact>"
    assert repr(uow) == "<TableUnitOfWork that has ended>"
    assert repr(store.unit_of_work(readonly=True)) == "<TableUnitOfWork that only reads>"
