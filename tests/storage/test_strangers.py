"""Strangers: a repository keeps the records of its class, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crmcore.customers import Contact, ContactId, Customer
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore

ADA = Contact(id=ContactId("p-1"), customer=CustomerId("c-17"), name="Ada Canary")
WRITES: dict[str, Callable[[Any, Any], object]] = {
    "add": lambda repository, record: repository.add(record),
    "add_all": lambda repository, record: repository.add_all([record]),
    "save": lambda repository, record: repository.save(record),
    "bulk_upsert": lambda repository, record: repository.bulk_upsert([record]),
}


class Friend(Contact):
    """A contact of one's own, whose further fields no table has."""


FRIEND = Friend(id=ContactId("p-2"), customer=CustomerId("c-17"), name="Bo Canary")


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    "stranger", [Customer(id=CustomerId("c"), name="Canary"), FRIEND, "Canary"], ids=type
)
def test_what_is_no_record_of_the_repository_is_refused(write: str, stranger: object) -> None:
    """It is not kept, and not shown."""
    with MemoryStore().unit_of_work() as uow:
        uow.contacts.add(ADA)

        with pytest.raises(InvalidValueError, match=r"^aggregate must be a Contact") as caught:
            WRITES[write](uow.contacts, stranger)

        assert "Canary" not in repr((str(caught.value), caught.value.args))
        assert uow.contacts.count() == 1


def test_what_is_no_criterion_is_not_shown() -> None:
    """Whatever was handed in to search with may name somebody."""
    where: Any = {"name": "Ada Canary"}

    with (
        MemoryStore().unit_of_work() as uow,
        pytest.raises(InvalidValueError, match=r"^where must be a Criterion") as caught,
    ):
        uow.contacts.count(where)

    assert "Canary" not in repr((str(caught.value), caught.value.args))
