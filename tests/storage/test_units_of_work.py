"""Units of work over tables, as every store gets them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Purchase
from crmcore.criteria import Criterion
from crmcore.customers import Ownership
from crmcore.errors import AlreadyExistsError, InvalidValueError, UnitOfWorkClosedError
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.storage import RECORDS, Selection
from crmcore.testing import check_store, records

MARCH = datetime(1997, 3, 1, tzinfo=UTC)


def test_all_promises_are_kept_over_dictionaries() -> None:
    """The rules that all stores share keep every promise."""
    check_store(MemoryStore, histories=0)


def test_each_repository_has_its_records() -> None:
    """A unit of work has a repository under the name of each kind of record."""
    with MemoryStore() as store, store.unit_of_work(readonly=True) as uow:
        assert [name for name in RECORDS if getattr(uow, name).count() == 0] == list(RECORDS)


def test_a_selection_without_wishes_takes_everything() -> None:
    """What is None does not narrow a selection."""
    assert Selection().takes(object())


@given(records(Ownership), st.sampled_from(["a", "B", "😀"]))
def test_a_selection_takes_what_all_its_wishes_take(held: Ownership, customer: str) -> None:
    """Each wish narrows the selection by itself."""
    wishes = [
        Selection(after="a"),
        Selection(customer=CustomerId(customer)),
        Selection(lasting=MARCH),
    ]
    together = Selection(after="a", customer=CustomerId(customer), lasting=MARCH)

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
