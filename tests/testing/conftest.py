"""A store in dictionaries, to be broken in one place at a time."""

# ruff: noqa: ANN401 - a table takes records of any kind

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import attrs
import pytest

from crmcore.audit import Act, AuditKey
from crmcore.errors import (
    InvalidCursorError,
    InvalidValueError,
    StorageUnavailableError,
)
from crmcore.events import DomainEvent, Outbox, OutboxPage, RecordedEvent
from crmcore.storage import (
    DEFAULT_TENANT,
    RECORDS,
    Capability,
    Selection,
    Store,
    Table,
    TableUnitOfWork,
    Transaction,
    tenant_id,
)
from crmcore.testing import StoreConformance

Rows = dict[str, Any]
F = TypeVar("F", bound=type[Any])
KEY = AuditKey(b"a secret of the tests, of no worth")


class PlainTable:
    """The rows of one kind in a dictionary of the transaction's own."""

    def __init__(self, rows: Rows, *, name: str, others: Sequence[Rows] = ()) -> None:
        """Look at *rows*, and not at those of the *others*, who are other tenants."""
        self.rows = rows
        self.name = name
        self.others = others

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        """Return the rows under the keys."""
        return [self.rows[key] for key in keys if key in self.rows]

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        """Yield the selected rows in order."""
        for row in self.in_order(
            selection, [row for row in self.rows.values() if self.takes(selection, row)]
        ):
            if row.id in self.rows:
                yield self.rows[row.id]

    def takes(self, selection: Selection, row: Any) -> bool:
        """Say whether a row is selected."""
        return selection.takes(row)

    def in_order(self, selection: Selection, rows: list[Any]) -> list[Any]:
        """Return the rows in their order."""
        return selection.sorted(rows)

    def count(self, selection: Selection, /) -> int:
        """Return how many rows there are."""
        return sum(1 for _ in self.scan(selection))

    def insert(self, records: Iterable[Any], /) -> tuple[str, ...]:
        """Store new rows."""
        return tuple([record.id for record in records if not self.insert_one(record)])

    def insert_one(self, record: Any) -> bool:
        """Store a new row; say whether it was free."""
        if record.id in self.rows:
            return False
        self.rows[record.id] = attrs.evolve(record, version=1)
        return True

    def update(self, records: Iterable[Any], /) -> tuple[str, ...]:
        """Store changed rows."""
        return tuple([record.id for record in records if not self.update_one(record)])

    def update_one(self, record: Any) -> bool:
        """Store a changed row; say whether it was at the version before."""
        if not self.is_at(record.id, record.version - 1):
            return False
        self.rows[record.id] = record
        return True

    def delete(self, key: str, /, *, expected: int) -> bool:
        """Remove a row."""
        if not self.is_at(key, expected):
            return False
        del self.rows[key]
        return True

    def is_at(self, key: str, version: int) -> bool:
        """Say whether a row is stored at this version."""
        return key in self.rows and self.rows[key].version == version


class PlainTransaction:
    """A copy of all rows of a tenant; committing puts it into the store."""

    def __init__(self, store: PlainStore, *, tenant: str, readonly: bool) -> None:
        """Wait for the turn of a writer, and copy."""
        self.store = store
        self.tenant = tenant
        self.writes = not readonly
        if self.writes:
            store.writing.acquire()
        self.rows = self.copied(store.rows[tenant])
        self.events: Sequence[DomainEvent] = ()

    def copied(self, rows: Mapping[str, Rows]) -> dict[str, Rows]:
        """Return the rows to work on."""
        return {name: dict(of_name) for name, of_name in rows.items()}

    def table(self, name: str, record: type[Any], /) -> Table[Any]:
        """Return a table over the copy."""
        del record
        others = [rows[name] for tenant, rows in self.store.rows.items() if tenant != self.tenant]
        return self.store.table(self.rows[name], name=name, others=others)

    def emit(self, events: Sequence[DomainEvent], /) -> None:
        """Keep events for the commit."""
        self.events = events

    def commit(self) -> None:
        """Put the copy into the store."""
        if self.writes:
            self.store.rows[self.tenant] = self.rows
            self.store.tell(self.tenant, self.events)
        self.end()

    def rollback(self) -> None:
        """Forget the copy."""
        self.end()

    def end(self) -> None:
        """Let the next writer begin."""
        if self.writes:
            self.writes = False
            self.store.writing.release()


class PlainOutbox:
    """The events of one tenant in a list; a position is the number of the last one."""

    def __init__(self, store: PlainStore, tenant: str) -> None:
        """Begin with what *store* keeps of the tenant."""
        self.store = store
        self.tenant = tenant

    @property
    def events(self) -> list[RecordedEvent]:
        """The events."""
        return self.store.events[self.tenant]

    def extend(self, events: Iterable[DomainEvent]) -> None:
        """Put events behind the others."""
        self.events.extend(RecordedEvent(number=self.number(), event=event) for event in events)

    def number(self) -> int:
        """Return a number that no event has had."""
        return next(self.store.numbers)

    def read(self, *, after: str | None = None, limit: int = 500) -> OutboxPage:
        """Return the events behind a position."""
        if limit < 1:
            raise InvalidValueError("limit", limit, "be at least 1")
        place = 0 if after is None else self.place(after)
        found = self.behind(place)[:limit]
        return OutboxPage(events=tuple(found), position=str(found[-1].number if found else place))

    def behind(self, place: int) -> list[RecordedEvent]:
        """Return the events behind a place."""
        return [told for told in self.events if told.number > place]

    def prune(self, *, before: str) -> int:
        """Forget the events up to a position."""
        left = self.behind(self.place(before))
        count = len(self.events) - len(left)
        self.store.events[self.tenant] = left
        return count

    def place(self, position: str) -> int:
        """Return the number that a position stands for."""
        if not (position.isascii() and position.isdigit() and len(position) < 20):
            raise InvalidCursorError("is no position")
        return int(position)


class PlainStore:
    """A store of dictionaries that are copied for each unit of work; one writer at a time."""

    capabilities: frozenset[Capability] = frozenset(
        {Capability.OUTBOX, Capability.TENANTS, Capability.SNAPSHOT_READS}
    )
    table: type[PlainTable] = PlainTable
    transaction: type[PlainTransaction] = PlainTransaction
    uow: type[TableUnitOfWork] = TableUnitOfWork
    box: type[PlainOutbox] = PlainOutbox
    proxy: type[Proxy] | None = None
    audit_key: AuditKey | None = None

    def __init__(self) -> None:
        """Begin with nothing in it."""
        self.rows: dict[str, dict[str, Rows]] = defaultdict(lambda: {name: {} for name in RECORDS})
        self.events: dict[str, list[RecordedEvent]] = defaultdict(list)
        self.numbers = count(1)
        self.writing = Lock()
        self.is_open = True

    def unit_of_work(
        self, *, readonly: bool = False, tenant: str = DEFAULT_TENANT, act: Act | None = None
    ) -> TableUnitOfWork:
        """Return a new unit of work."""
        self.refuse_closed()
        transaction = self.transaction(self, tenant=tenant_id(tenant), readonly=readonly)
        uow = self.uow(
            transaction, readonly=readonly, tenant=tenant, act=act, audit_key=self.audit_key
        )
        if self.proxy is not None:
            self.proxy.put_before(uow)
        return uow

    def outbox(self, *, tenant: str = DEFAULT_TENANT) -> PlainOutbox:
        """Return the events of a tenant."""
        self.refuse_closed()
        return self.box(self, tenant)

    def tell(self, tenant: str, events: Iterable[DomainEvent]) -> None:
        """Put events into the outbox of a tenant."""
        self.box(self, tenant).extend(events)

    def refuse_closed(self) -> None:
        """Refuse what is asked of a closed store."""
        if not self.is_open:
            raise StorageUnavailableError("using a closed store")

    def migrate(self, *, dry_run: bool = False) -> tuple[str, ...]:
        """Do nothing."""
        del dry_run
        return ()

    def close(self) -> None:
        """Refuse further units of work."""
        self.is_open = False

    def __enter__(self) -> Self:
        """Begin the block that the store is used in."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Close it."""
        self.close()


class Proxy:
    """Stands before a part of a unit of work, and hands on what it does not do itself."""

    place: ClassVar[str] = "customers"

    def __init__(self, behind: Any, uow: TableUnitOfWork) -> None:
        """Stand before *behind*."""
        self.behind = behind
        self.uow = uow

    def __getattr__(self, name: str) -> Any:
        """Hand on."""
        return getattr(self.behind, name)

    @classmethod
    def put_before(cls, uow: TableUnitOfWork) -> None:
        """Put one before its part of a unit of work."""
        if cls.place == "tiers":
            tiers: Any = cls(uow.facts.tiers, uow)
            uow.facts = attrs.evolve(uow.facts, tiers=tiers)
        else:
            setattr(uow, cls.place, cls(getattr(uow, cls.place), uow))


if TYPE_CHECKING:
    _store: type[Store] = PlainStore
    _outbox: type[Outbox] = PlainOutbox
    _transaction: type[Transaction] = PlainTransaction


class Conformance(StoreConformance):
    """The examples one by one."""


def broken(fault: type[Any]) -> PlainStore:
    """Return a new store with one fault."""
    if issubclass(fault, PlainStore):
        return fault()
    store = PlainStore()
    kinds = {
        PlainTable: "table",
        PlainTransaction: "transaction",
        TableUnitOfWork: "uow",
        PlainOutbox: "box",
        Proxy: "proxy",
    }
    (name,) = (kinds[base] for base in kinds if issubclass(fault, base))
    setattr(store, name, fault)
    return store


class Faults(dict[type[Any], str]):
    """Faulty parts of stores, each with the example that finds it."""

    def breaks(self, promise: str) -> Callable[[F], F]:
        """Return what notes a fault."""

        def note(fault: F) -> F:
            self[fault] = promise
            return fault

        return note

    def find(self, fault: type[Any]) -> None:
        """Find a fault by its example, which says which promise is broken.

        What the fault shares with others, its base, must keep the same promise: it is the
        fault itself that is found.
        """
        example = getattr(Conformance(), f"test_{self[fault]}")

        with pytest.raises(Exception) as caught:  # noqa: PT011 - a fault may show as any error
            example(broken(fault))

        assert caught.value.__notes__ == [f"the promise: {example.__doc__}"]
        (base,) = fault.__bases__
        if base.__name__.startswith("_"):
            example(broken(base))
