"""A store over Django's ORM: six plain deeds for each kind of record, four for a transaction."""
# ruff: noqa: D102, D105 - the protocols say what each of them does

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, reduce
from itertools import islice
from operator import or_
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias, TypeVar

import attrs
from django.db import Error, connections, transaction
from django.db.models import F, Q

from crmcore.audit import Act, AuditKey
from crmcore.codec import PayloadForm
from crmcore.errors import (
    InvalidCursorError,
    InvalidValueError,
    StorageUnavailableError,
    UnsupportedError,
)
from crmcore.events import DomainEvent, Outbox, OutboxPage, RecordedEvent
from crmcore.repositories import Aggregate, Order
from crmcore.storage import (
    DEFAULT_TENANT,
    Capability,
    Selection,
    Store,
    Table,
    TableUnitOfWork,
    Transaction,
    tenant_id,
)

from .models import KINDS, Event, column_name

A = TypeVar("A", bound=Aggregate)
Rows: TypeAlias = Any  # a QuerySet; Django carries no types
Condition: TypeAlias = Any  # a Q

_AT_ONCE: Final = 500  # far fewer than the variables that SQLite takes
_EVENTS: Final = PayloadForm(DomainEvent)


@contextmanager
def guarded(operation: str, alias: str) -> Iterator[None]:
    """Say what Django raises as the library says it; after a failure nothing can be kept."""
    try:
        yield
    except Error as error:
        if connections[alias].in_atomic_block:
            transaction.set_rollback(True, using=alias)
        raise StorageUnavailableError(operation) from error


class DjangoTable:
    """The records of one kind, as one transaction sees them."""

    def __init__(self, name: str, alias: str, tenant: str) -> None:
        """Look at one kind of records of a tenant, by the connection *alias*."""
        self._kind = KINDS[name]
        self._alias = alias
        self._tenant = tenant

    @cached_property
    def _rows(self) -> Rows:  # when it is first used: a unit of work makes a table of every kind
        return self._kind.model.objects.using(self._alias).filter(tenant=self._tenant)

    def read(self, keys: Iterable[str], /) -> Iterator[Any]:
        for some in _lists(keys):
            yield from map(self._kind.read, self._documents(self._rows.filter(record_id__in=some)))

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        # Page after page, each from where the last one ended: the caller may write between.
        rows = self._selected(selection)
        while found := self._documents(rows[:_AT_ONCE]):
            for document in found:
                record = self._kind.read(document)
                yield record
            rows = self._selected(attrs.evolve(selection, after=selection.place(record)))

    def count(self, selection: Selection, /) -> int:
        with guarded("counting", self._alias):
            return int(self._selected(selection).count())

    def insert(self, records: Iterable[Any], /) -> tuple[str, ...]:
        taken: list[str] = []
        for some in _lists(records):
            with guarded("adding", self._alias):
                found = self._rows.filter(record_id__in=[record.id for record in some])
                stored = {*found.values_list("record_id", flat=True)}
                new: dict[str, Any] = {}
                for record in some:
                    if record.id in stored or record.id in new:
                        taken.append(record.id)
                    else:
                        new[record.id] = self._row(attrs.evolve(record, version=1))
                self._rows.bulk_create(new.values())
        return tuple(taken)

    def update(self, records: Iterable[Any], /) -> tuple[str, ...]:
        # The statement that writes asks for the version, so nothing need be locked before.
        with guarded("saving", self._alias):
            return tuple(
                record.id
                for record in records
                if not self._at(record.id, record.version - 1).update(**self._kind.row(record))
            )

    def delete(self, key: str, /, *, expected: int) -> bool:
        with guarded("removing", self._alias):
            return bool(self._at(key, expected).delete()[0])

    def _at(self, key: str, version: int) -> Rows:
        return self._rows.filter(record_id=key, version=version)

    def _row(self, record: Aggregate) -> Rows:
        return self._kind.model(tenant=self._tenant, **self._kind.row(record))

    def _documents(self, rows: Rows) -> list[str]:
        with guarded("reading", self._alias):
            return [*rows.values_list("document", flat=True)]

    def _selected(self, selection: Selection) -> Rows:
        rows = self._rows if selection.archived else self._rows.filter(archived_at=None)
        for field in ("customer", "member"):
            if (wanted := getattr(selection, field)) is not None:
                rows = rows.filter(**{field: wanted})
        if selection.before is not None:
            rows = rows.filter(at__lt=selection.before)
        if selection.lasting is not None:
            rows = rows.filter(_holds("since", "until", selection.lasting))
        if selection.open is not None:
            rows = rows.filter(_holds("opened_at", "closed_at", selection.open))
        order = (*selection.order, Order("id"))
        if selection.after is not None:
            rows = rows.filter(_behind(order, selection.after))
        return rows.order_by(*map(_by, order))


def _by(order: Order) -> Rows:
    found = F(column_name(order.field))  # what has no value comes first, and last if it descends
    return found.desc(nulls_last=True) if order.descending else found.asc(nulls_first=True)


def _lists(items: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(items)
    while some := [*islice(waiting, _AT_ONCE)]:
        yield some


def _holds(first: str, end: str, at: datetime) -> Condition:
    """Return the condition that an interval holds an instant: from *first* up to *end*, if any."""
    return Q(**{f"{first}__lte": at}) & (Q(**{end: None}) | Q(**{f"{end}__gt": at}))


def _behind(order: Sequence[Order], place: Sequence[Any]) -> Condition:
    """Return the condition for what lies behind a place: equal up to some field, beyond there."""
    found, equal = [], Q()
    for by, value in zip(order, place, strict=True):
        name = column_name(by.field)
        if value is None:
            beyond = Q(pk__in=[]) if by.descending else ~Q(**{name: None})
        elif by.descending:
            beyond = Q(**{f"{name}__lt": value}) | Q(**{name: None})
        else:
            beyond = Q(**{f"{name}__gt": value})
        found.append(equal & beyond)
        equal &= Q(**{name: value})
    return reduce(or_, found)


class DjangoTransaction:
    """An atomic block of Django."""

    def __init__(self, alias: str, tenant: str, *, joins: bool) -> None:
        """Begin it; inside another block only where it *joins* that, as a savepoint."""
        self._alias = alias
        self._tenant = tenant
        self._is_open = False
        if connections[alias].in_atomic_block and not joins:
            operation = "a unit of work inside another transaction"
            raise UnsupportedError(operation, Capability.INTERLEAVED.value)
        self._atomic = transaction.atomic(using=alias)
        with guarded("beginning a unit of work", alias):
            self._atomic.__enter__()
            self._is_open = True
            Event.objects.using(alias).exists()  # SQLite's snapshot is that of the first look

    def table(self, name: str, record: type[A], /) -> Table[A]:
        del record  # the models know their records
        return DjangoTable(name, self._alias, self._tenant)

    def emit(self, events: Sequence[DomainEvent], /) -> None:
        rows = [Event(tenant=self._tenant, document=_EVENTS.write(event)) for event in events]
        with guarded("recording events", self._alias):
            Event.objects.using(self._alias).bulk_create(rows)

    def commit(self) -> None:
        if transaction.get_rollback(using=self._alias):
            raise StorageUnavailableError("committing after a failure")
        self._end("committing")

    def rollback(self) -> None:
        if self._is_open:
            transaction.set_rollback(True, using=self._alias)
            self._end("rolling back")

    def _end(self, operation: str) -> None:
        self._is_open = False
        with guarded(operation, self._alias):
            self._atomic.__exit__(None, None, None)
            connection = connections[self._alias]
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()  # as Django does after each request


class DjangoOutbox:
    """The events of one tenant; a position is the number of the last one."""

    def __init__(self, alias: str, tenant: str) -> None:
        """Look at the events of a tenant, by the connection *alias*."""
        self._alias = alias
        self._rows: Rows = Event.objects.using(alias).filter(tenant=tenant)

    def read(self, *, after: str | None = None, limit: int = 500) -> OutboxPage:
        if limit < 1:
            raise InvalidValueError("limit", limit, "be at least 1")
        number = 0 if after is None else _number(after)
        rows = self._rows.filter(number__gt=number).order_by("number")
        with guarded("reading events", self._alias):
            found = [*rows.values_list("number", "document")[:limit]]
        events = [RecordedEvent(number=n, event=_EVENTS.read(document)) for n, document in found]
        position = events[-1].number if events else number
        return OutboxPage(events=tuple(events), position=str(position))

    def prune(self, *, before: str) -> int:
        with guarded("pruning events", self._alias):
            return int(self._rows.filter(number__lte=_number(before)).delete()[0])


def _number(position: str) -> int:
    if not (isinstance(position, str) and re.fullmatch("[0-9]{1,18}", position)):
        raise InvalidCursorError("is no position of this outbox")
    return int(position)


class DjangoStore:
    """A store in the database of a Django project, which is a file of SQLite."""

    capabilities = frozenset(
        {
            Capability.DURABLE,
            Capability.MULTI_PROCESS,
            Capability.SNAPSHOT_READS,
            Capability.OUTBOX,
            Capability.TENANTS,
        }
    )  # not INTERLEAVED: a thread has one connection, and SQLite has one writer

    def __init__(
        self,
        using: str = "default",
        readers: str = "readers",
        *,
        audit_key: AuditKey | None = None,
        joins: bool = False,
    ) -> None:
        """Write by the connection *using*, and read by *readers*."""
        self._aliases = {False: using, True: readers}  # by whether a unit of work only reads
        self._audit_key = audit_key
        self._joins = joins
        self._is_open = True

    def joined(self) -> DjangoStore:
        """Return a store for use inside ``transaction.atomic``, which then commits.

        Its units of work are savepoints there; what they commit is kept together with what the
        caller writes, or not at all.
        """
        using = self._aliases[False]
        found = DjangoStore(using, using, audit_key=self._audit_key, joins=True)
        found.capabilities = self.capabilities - {Capability.DURABLE, Capability.SNAPSHOT_READS}
        return found

    def unit_of_work(
        self, *, readonly: bool = False, tenant: str = DEFAULT_TENANT, act: Act | None = None
    ) -> TableUnitOfWork:
        self._refuse_closed()
        joins = self._joins or readonly  # a reader within a reader sees what that one sees
        return TableUnitOfWork(
            DjangoTransaction(self._aliases[readonly], tenant_id(tenant), joins=joins),
            readonly=readonly,
            tenant=tenant,
            act=act,
            audit_key=self._audit_key,
        )

    def outbox(self, *, tenant: str = DEFAULT_TENANT) -> Outbox:
        self._refuse_closed()
        return DjangoOutbox(self._aliases[False], tenant_id(tenant))

    def migrate(self, *, dry_run: bool = False) -> tuple[str, ...]:
        del dry_run  # Django's own migrations do it
        return ()

    def close(self) -> None:
        self._is_open = False  # the connections are Django's

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self.close()

    def _refuse_closed(self) -> None:
        if not self._is_open:
            raise StorageUnavailableError("using a closed store")


if TYPE_CHECKING:
    _: type[Store] = DjangoStore
    __: type[Transaction] = DjangoTransaction
