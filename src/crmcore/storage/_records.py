"""Repositories over tables: the rules that are the same for every store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final, Generic, TypeVar

import attrs

from crmcore.activities import Interaction, Matter, MatterRepository, Purchase
from crmcore.checks import Withheld, utc
from crmcore.criteria import EVERYTHING, Criterion
from crmcore.customers import (
    Contact,
    ContactRepository,
    Ownership,
    OwnershipRepository,
    owners_at,
)
from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    InvalidValueError,
    NotFoundError,
    UnitOfWorkClosedError,
    UnknownNameError,
)
from crmcore.kernel import CustomerId
from crmcore.organization import Assignment, AssignmentRepository
from crmcore.repositories import Aggregate, BulkResult, Order, Page, Repository

from ._cursor import cursor_at, orders, place_of
from ._storable import LARGEST, is_storable
from ._table import Selection, Table

A = TypeVar("A", bound=Aggregate)
K = TypeVar("K", bound=str)
_Activity = TypeVar("_Activity", Purchase, Interaction)

_MOST: Final = 2**31 - 1  # more than anybody waits for


@attrs.define
class Gate:
    """Lets calls through while the unit of work lasts, and writes where it may write."""

    readonly: bool
    is_open: bool = True
    failure: BaseException | None = None  # after which nothing may be kept

    def read(self) -> None:
        """Refuse once the unit of work has ended."""
        if not self.is_open:
            raise UnitOfWorkClosedError

    def write(self) -> None:
        """Refuse once the unit of work has ended, and where it only reads."""
        self.read()
        if self.readonly:
            rule = "be False for a unit of work that writes"
            raise InvalidValueError("readonly", True, rule)  # noqa: FBT003 - the value found

    def keep(self) -> None:
        """Refuse to keep anything after a failure that left a deed half done."""
        if self.failure is not None:
            raise self.failure


@attrs.frozen(repr=False)
class Records(Repository[A]):  # whose words are what help() shows
    """A `crmcore.repositories.Repository` over a table."""

    _record: type[A]
    _table: Table[A]
    _gate: Gate

    def __repr__(self) -> str:
        return f"<repository of {self._record.__name__}>"

    @property
    def _kind(self) -> str:
        return self._record.__name__.lower()

    @property
    def _archives(self) -> bool:
        return "archived_at" in attrs.fields_dict(self._record)  # type: ignore[arg-type]  # each record is attrs

    def get(self, key: str, /, *, with_archived: bool = False) -> A:
        found = self.find(key, with_archived=with_archived)
        if found is None:
            raise NotFoundError(self._kind, key)
        return found

    def find(self, key: str, /, *, with_archived: bool = False) -> A | None:
        return next(iter(self._read([key], with_archived=with_archived)), None)

    def get_many(self, keys: Iterable[str], /, *, with_archived: bool = False) -> Mapping[str, A]:
        if isinstance(keys, str):
            raise InvalidValueError("keys", keys, "be a list of keys, also of a single one")
        found = self._read(dict.fromkeys(keys), with_archived=with_archived)
        return {record.id: record for record in sorted(found, key=_id)}

    def _read(self, keys: Iterable[str], *, with_archived: bool) -> Iterator[A]:
        self._gate.read()
        found = iter(self._table.read(filter(is_storable, keys)))
        if with_archived or not self._archives:
            return found
        return (record for record in found if getattr(record, "archived_at") is None)  # noqa: B009 - not all kinds have one

    def add(self, aggregate: A, /) -> A:
        self.add_all([aggregate])
        return _at_version(aggregate, 1)

    def add_all(self, aggregates: Iterable[A], /) -> int:
        self._gate.write()
        counted = _Counted(self._mine(aggregates))
        taken = self._table.insert(counted)
        if taken:
            raise AlreadyExistsError(self._kind, taken[0])
        return counted.count

    def save(self, aggregate: A, /) -> A:
        self._gate.write()
        self._refuse_stranger(aggregate)
        saved = _at_version(aggregate, aggregate.version + 1)
        if self._table.update([saved]):
            raise self._refusal(aggregate.id, aggregate.version)
        return saved

    def bulk_upsert(self, aggregates: Iterable[A], /, *, chunk: int = 5_000) -> BulkResult:
        self._gate.write()
        _refuse_none("chunk", chunk)
        inserted = updated = 0
        conflicts: list[str] = []
        for some in without_repetition(self._mine(aggregates), chunk):
            new = [record for record in some if record.version == 0]
            changed = [_at_version(record, record.version + 1) for record in some if record.version]
            refused = {*self._table.insert(new)} if new else set()
            inserted += len(new) - len(refused)
            failed = {*self._table.update(changed)} if changed else set()
            updated += len(changed) - len(failed)
            conflicts += [record.id for record in some if record.id in refused | failed]
        return BulkResult(inserted=inserted, updated=updated, conflicts=tuple(conflicts))

    def remove(self, key: str, /, *, version: int) -> None:
        self._gate.write()
        if not isinstance(version, int):
            raise InvalidValueError("version", version, "be a whole number")
        can_be_there = is_storable(key) and abs(version) <= LARGEST
        if not (can_be_there and self._table.delete(key, expected=version)):
            raise self._refusal(key, version)

    def _mine(self, aggregates: Iterable[A]) -> Iterator[A]:
        for aggregate in aggregates:
            self._gate.read()  # what makes them may have ended the unit of work
            self._refuse_stranger(aggregate)
            yield aggregate

    def _refuse_stranger(self, aggregate: A) -> None:
        # A table keeps the fields of its class and no others, so a class of one's own that
        # derives from it would lose some; and what is a view would overwrite what it hides.
        if type(aggregate) is not self._record:
            rule = f"be a {self._record.__name__}"
            raise InvalidValueError("aggregate", Withheld.of(aggregate), rule)

    def _refusal(self, key: str, expected: int) -> NotFoundError | ConcurrencyConflictError:
        found = self.find(key, with_archived=True)
        if found is None:
            return NotFoundError(self._kind, key)
        return ConcurrencyConflictError(self._kind, key, expected, found.version)

    def stream(
        self, where: Criterion = EVERYTHING, /, *, with_archived: bool = False
    ) -> Iterator[A]:
        return self._matching(where, self._wanted(with_archived=with_archived))

    def page(
        self,
        where: Criterion = EVERYTHING,
        /,
        *,
        order: Sequence[str | Order] = (),
        after: str | None = None,
        limit: int = 100,
        with_archived: bool = False,
    ) -> Page[A]:
        _refuse_none("limit", limit)
        by = orders(self._record, order)
        selection = attrs.evolve(
            self._wanted(with_archived=with_archived),
            order=by,
            after=None if after is None else place_of(self._kind, self._record, by, after),
        )
        found = tuple(islice(self._matching(where, selection), min(limit, _MOST) + 1))
        items = found[:limit]
        more = len(found) > limit
        cursor = cursor_at(self._kind, by, selection.place(items[-1])) if more else None
        return Page(items=items, next=cursor)

    def count(self, where: Criterion = EVERYTHING, /, *, with_archived: bool = False) -> int:
        if where == EVERYTHING:
            self._gate.read()
            return self._table.count(self._wanted(with_archived=with_archived))
        return sum(1 for _ in self.stream(where, with_archived=with_archived))

    def _wanted(self, *, with_archived: bool) -> Selection:
        return Selection(archived=with_archived or not self._archives)

    def _matching(self, where: Criterion, selection: Selection) -> Iterator[A]:
        if where == EVERYTHING:
            return self.selected(selection)
        if not isinstance(where, Criterion):
            rule = "be a Criterion; crmcore.notation.from_text makes one of text"
            raise InvalidValueError("where", Withheld.of(where), rule)
        known = attrs.fields_dict(self._record)  # type: ignore[arg-type]  # each record is attrs
        for field in sorted(where.fields):
            if field not in known:
                raise UnknownNameError("field", field, known)
        judge = where.compile(of=self._record)
        rows = self.selected(attrs.evolve(selection, where=where))
        return (row for row in rows if judge(row) is True)

    def selected(self, selection: Selection) -> Iterator[A]:
        """Yield what is selected, while the unit of work lasts."""
        self._gate.read()  # at once, not with the first record
        whom = (key for key in (selection.customer, selection.member) if key is not None)
        rows = self._table.scan(selection) if all(map(is_storable, whom)) else iter(())
        return self._while_open(rows)

    def _while_open(self, rows: Iterator[A]) -> Iterator[A]:
        self._gate.read()
        for row in rows:
            yield row
            self._gate.read()  # before the next one is fetched

    def _sorted(self, selection: Selection, key: Callable[[A], Any]) -> tuple[A, ...]:
        return tuple(sorted(self.selected(selection), key=key))


class Contacts(Records[Contact], ContactRepository):
    """A `crmcore.customers.ContactRepository` over a table."""

    def of_customer(self, customer: str, /) -> tuple[Contact, ...]:
        return self._sorted(Selection(customer=named("customer", customer)), _id)


class Ownerships(Records[Ownership], OwnershipRepository):
    """A `crmcore.customers.OwnershipRepository` over a table."""

    def of_customer(self, customer: str, /) -> tuple[Ownership, ...]:
        return self._sorted(
            Selection(customer=named("customer", customer)), lambda held: (held.since, held.id)
        )

    def owner_of(self, customer: str, /, *, at: datetime) -> Ownership | None:
        instant = utc(at)
        return owners_at(self.of_customer(customer), instant).get(CustomerId(customer))

    def lasting(self, *, at: datetime) -> Iterator[Ownership]:
        return self.selected(Selection(lasting=utc(at)))


class Assignments(Records[Assignment], AssignmentRepository):
    """A `crmcore.organization.AssignmentRepository` over a table."""

    def lasting(self, *, at: datetime) -> Iterator[Assignment]:
        return self.selected(Selection(lasting=utc(at)))


class Activities(Records[_Activity]):
    """A repository of purchases or of interactions over a table."""

    def of_customer(self, customer: str, /) -> tuple[_Activity, ...]:
        """Return what took place with *customer*, by instant, then by id."""
        return self._sorted(
            Selection(customer=named("customer", customer)), lambda done: (done.at, done.id)
        )

    def until(self, end: datetime, /) -> Iterator[_Activity]:
        """Yield what took place before the instant *end*, by id, in constant memory."""
        return self.selected(Selection(before=utc(end, "end")))


class Matters(Records[Matter], MatterRepository):
    """A `crmcore.activities.MatterRepository` over a table."""

    def of_customer(self, customer: str, /) -> tuple[Matter, ...]:
        return self._sorted(Selection(customer=named("customer", customer)), _by_opening)

    def of_member(self, member: str, /) -> tuple[Matter, ...]:
        return self._sorted(Selection(member=named("member", member)), _by_opening)

    def open(self, *, at: datetime) -> Iterator[Matter]:
        return self.selected(Selection(open=utc(at)))


def named(field: str, key: K) -> K:
    """Return *key*, which names somebody: None would select everybody.

    Raises:
        InvalidValueError: If it is no text.
    """
    if not isinstance(key, str):
        raise InvalidValueError(field, key, "be an id")
    return key


def _refuse_none(name: str, number: int) -> None:
    if not isinstance(number, int):
        raise InvalidValueError(name, number, "be a whole number")
    if number < 1:
        raise InvalidValueError(name, number, "be at least 1")


def _by_opening(matter: Matter) -> tuple[datetime, str]:
    return matter.opened_at, matter.id


def without_repetition(records: Iterable[A], most: int) -> Iterator[list[A]]:
    """Yield lists of at most so many records, no id twice in any of them."""
    some: dict[str, A] = {}
    for record in records:
        if record.id in some or len(some) == most:
            yield [*some.values()]
            some.clear()
        some[record.id] = record
    if some:
        yield [*some.values()]


@attrs.define
class _Counted(Generic[A]):
    """Hands records on and counts them."""

    _records: Iterable[A]
    count: int = attrs.field(default=0, init=False)

    def __iter__(self) -> Iterator[A]:
        for record in self._records:
            self.count += 1
            yield record


def _id(record: Aggregate) -> str:
    return record.id


def _at_version(aggregate: A, version: int) -> A:
    return attrs.evolve(aggregate, version=version)  # type: ignore[misc]  # each record is attrs
