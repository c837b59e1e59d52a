"""What the hostile tests share: stores with something in them, and files of any bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from crmcore.customers import Customer
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.storage import Store, UnitOfWork

Contents: TypeAlias = Callable[[Store], tuple[object, ...]]
Write: TypeAlias = Callable[[str | bytes], Path]


def _everything(uow: UnitOfWork) -> Iterator[object]:
    yield from uow.customers.stream()
    yield from uow.contacts.stream()
    yield from uow.ownerships.stream()
    yield from uow.purchases.stream()
    yield from uow.interactions.stream()
    yield from uow.departments.stream()
    yield from uow.teams.stream()
    yield from uow.roles.stream()
    yield from uow.members.stream()
    yield from uow.responsibilities.stream()
    yield from uow.assignments.stream()


@pytest.fixture
def contents() -> Contents:
    """Return a function that returns every record of a store."""

    def read(store: Store) -> tuple[object, ...]:
        with store.unit_of_work(readonly=True) as uow:
            return tuple(_everything(uow))

    return read


@pytest.fixture(params=["memory", "sql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return a store that knows one customer: in dictionaries, then in a database."""
    made: Store = (
        MemoryStore()
        if request.param == "memory"
        else SqlStore.open(f"sqlite:///{tmp_path / 'crm.db'}")
    )
    with made:
        with made.unit_of_work() as uow:
            uow.customers.add(Customer(id=CustomerId("c-1"), name="Northwind AG"))
            uow.commit()
        yield made


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file, byte by byte, and returns its path."""

    def write(data: str | bytes) -> Path:
        path = tmp_path / "input"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write
