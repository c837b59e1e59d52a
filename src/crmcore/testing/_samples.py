"""Samples: a company's records, by hand, for the examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import attrs

from crmcore.activities import Channel, Direction, Interaction, Matter, MatterKind, Purchase
from crmcore.customers import (
    Contact,
    Customer,
    Ownership,
)
from crmcore.kernel import Money
from crmcore.organization import (
    Assignment,
    Duty,
)
from crmcore.storage import DEFAULT_TENANT, Store, UnitOfWork

R = TypeVar("R")

NEW_YEAR: Final = datetime(1997, 1, 1, 5, tzinfo=UTC)
SPRING: Final = datetime(1997, 4, 1, 4, tzinfo=UTC)
SUMMER: Final = datetime(1997, 7, 1, 4, 0, 0, 1, tzinfo=UTC)

# By code point: capitals first, and what lies beyond the basic plane last, behind U+FF5E.
KEYS: Final = ("B", "a", "a-1", "b", "e\u0301", "é", "中", "\uff5e", "😀")


def customer(key: str, **fields: Any) -> Customer:  # noqa: ANN401 - any field of a customer
    """Return a customer."""
    return Customer(**{"id": key, "name": f"Customer {key}"} | fields)


def contact(key: str, **fields: Any) -> Contact:  # noqa: ANN401 - as above
    """Return a contact of customer ``c-1``."""
    return Contact(**{"id": key, "customer": "c-1", "name": f"Contact {key}"} | fields)


def ownership(key: str, **fields: Any) -> Ownership:  # noqa: ANN401 - as above
    """Return an ownership of customer ``c-1`` since new year."""
    usual: dict[str, Any] = {"id": key, "customer": "c-1", "member": "wei", "since": NEW_YEAR}
    return Ownership(**usual | fields)


def purchase(key: str, **fields: Any) -> Purchase:  # noqa: ANN401 - as above
    """Return a purchase of customer ``c-1`` at new year."""
    usual: dict[str, Any] = {
        "id": key,
        "customer": "c-1",
        "at": NEW_YEAR,
        "amount": Money("29.33", "USD"),
    }
    return Purchase(**usual | fields)


def interaction(key: str, **fields: Any) -> Interaction:  # noqa: ANN401 - as above
    """Return a call of customer ``c-1`` at new year."""
    usual: dict[str, Any] = {"id": key, "customer": "c-1", "at": NEW_YEAR}
    words: dict[str, Any] = {"channel": Channel.CALL, "direction": Direction.INBOUND}
    return Interaction(**usual | words | fields)


def matter(key: str, **fields: Any) -> Matter:  # noqa: ANN401 - as above
    """Return a request of customer ``c-1`` that is open since new year."""
    usual: dict[str, Any] = {"id": key, "customer": "c-1", "opened_at": NEW_YEAR}
    words: dict[str, Any] = {"kind": MatterKind.REQUEST, "subject": f"Matter {key}"}
    return Matter(**usual | words | fields)


def assignment(key: str, **fields: Any) -> Assignment:  # noqa: ANN401 - as above
    """Return an assignment since new year."""
    usual: dict[str, Any] = {
        "id": key,
        "responsibility": "complaints",
        "member": "wei",
        "since": NEW_YEAR,
    }
    return Assignment(**usual | {"duty": Duty.RESPONSIBLE} | fields)


def keep(store: Store, *, tenant: str = DEFAULT_TENANT, **records: Iterable[Any]) -> None:
    """Store records in one unit of work; the names are those of the repositories."""
    with store.unit_of_work(tenant=tenant) as uow:
        for name, some in records.items():
            getattr(uow, name).add_all(some)
        uow.commit()


def change(store: Store, key: str, name: str) -> None:
    """Give a stored customer another name, in a unit of work of its own."""
    with store.unit_of_work() as uow:
        uow.customers.save(attrs.evolve(uow.customers.get(key), name=name))
        uow.commit()


def look(store: Store, question: Callable[[UnitOfWork], R], *, tenant: str = DEFAULT_TENANT) -> R:
    """Return the answer to a question, from a unit of work that only reads."""
    with store.unit_of_work(readonly=True, tenant=tenant) as uow:
        return question(uow)


def ids(found: Iterable[Any]) -> list[str]:
    """Return the ids of records, in their order."""
    return [record.id for record in found]


def all_ids(store: Store, *, tenant: str = DEFAULT_TENANT) -> list[str]:
    """Return the ids of all customers, in the order of the stream."""
    return look(store, lambda uow: ids(uow.customers.stream()), tenant=tenant)
