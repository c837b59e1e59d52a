"""The check of stores is itself checked: each of these stores breaks one promise."""

# ruff: noqa: D102, D105, D107 - a method that is broken is what its class says

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self
from weakref import WeakSet

import attrs
import pytest

from crmcore.errors import CrmError, MissingExtraError, StorageUnavailableError
from crmcore.kernel import Money, minor_digits, round_half_up
from crmcore.memory import MemoryStore
from crmcore.storage import (
    RECORDS,
    Selection,
    Store,
    Table,
    TableUnitOfWork,
    Transaction,
)
from crmcore.testing import check_store

Rows = dict[str, Any]


class PlainTable:
    """The rows of one kind in a dictionary of the transaction's own."""

    def __init__(self, rows: Rows) -> None:
        """Look at *rows*."""
        self.rows = rows

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        """Return the rows under the keys."""
        return [self.rows[key] for key in keys if key in self.rows]

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        """Yield the selected rows in order."""
        for key in self.order(self.rows):
            row = self.rows.get(key)
            if row is not None and selection.takes(row):
                yield row

    def order(self, keys: Iterable[str]) -> list[str]:
        """Return the ids by code point."""
        return sorted(keys)

    def count(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def insert(self, records: Iterable[Any], /) -> str | None:
        """Store new rows."""
        for record in records:
            if record.id in self.rows:
                return str(record.id)
            self.rows[record.id] = attrs.evolve(record, version=1)
        return None

    def replace(self, record: Any, /, *, expected: int) -> bool:  # noqa: ANN401 - any record
        """Store a changed row."""
        if not self.is_at(record.id, expected):
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
    """A copy of all rows; committing puts it into the store."""

    def __init__(self, store: PlainStore, *, readonly: bool) -> None:
        """Wait for the turn of a writer, and copy."""
        self.store = store
        self.writes = not readonly
        if self.writes:
            store.writing.acquire()
        self.rows = self.copied(store.rows)

    def copied(self, rows: Mapping[str, Rows]) -> dict[str, Rows]:
        """Return the rows to work on."""
        return {name: dict(of_name) for name, of_name in rows.items()}

    def table(self, name: str, record: type[Any], /) -> Table[Any]:
        """Return a table over the copy."""
        del record
        return self.store.table(self.rows[name])

    def commit(self) -> None:
        """Put the copy into the store."""
        if self.writes:
            self.store.rows = self.rows
        self.end()

    def rollback(self) -> None:
        """Forget the copy."""
        self.end()

    def end(self) -> None:
        """Let the next writer begin."""
        if self.writes:
            self.writes = False
            self.store.writing.release()


class PlainStore:
    """A store of dictionaries that are copied for each unit of work; one writer at a time."""

    table: type[PlainTable] = PlainTable
    transaction: type[Transaction] = PlainTransaction
    uow: type[TableUnitOfWork] = TableUnitOfWork

    def __init__(self) -> None:
        """Begin with nothing in it."""
        self.rows: dict[str, Rows] = {name: {} for name in RECORDS}
        self.writing = Lock()
        self.is_open = True

    def unit_of_work(self, *, readonly: bool = False) -> TableUnitOfWork:
        """Return a new unit of work."""
        if not self.is_open:
            raise StorageUnavailableError("opening a unit of work of a closed store")
        begin: Any = self.transaction
        return self.uow(begin(self, readonly=readonly), readonly=readonly)

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


if TYPE_CHECKING:
    _: type[Store] = PlainStore


def test_an_honest_store_passes() -> None:
    """A store that keeps every promise is not accused of anything."""
    check_store(PlainStore, histories=5)


def test_an_honest_store_of_another_kind_passes() -> None:
    """Whether writers wait for each other or the later one is refused, both is honest."""
    check_store(MemoryStore, histories=30)


# What follows breaks one promise each, as real stores have broken it.


class SavesWithoutLooking(PlainTable):
    """Overwrites whatever is stored, whichever version it has."""

    def replace(self, record: Any, /, *, expected: int) -> bool:  # noqa: ANN401, ARG002
        self.rows[record.id] = record
        return True


class SavesOverAnyVersion(PlainTable):
    """Overwrites what is stored, as long as something is."""

    def replace(self, record: Any, /, *, expected: int) -> bool:  # noqa: ANN401, ARG002
        if record.id not in self.rows:
            return False
        self.rows[record.id] = record
        return True


class SavesOverOlderVersions(PlainTable):
    """Takes a version that is ahead of the stored one."""

    def is_at(self, key: str, version: int) -> bool:
        return key in self.rows and self.rows[key].version <= version


class RemovesAnyVersion(PlainTable):
    """Removes what has changed since it was read."""

    def delete(self, key: str, /, *, expected: int) -> bool:  # noqa: ARG002
        return self.rows.pop(key, None) is not None


class LosesRemovals(PlainTable):
    """Says that it has removed, and has not."""

    def delete(self, key: str, /, *, expected: int) -> bool:
        return self.is_at(key, expected)


class MergesOnSave(PlainTable):
    """Keeps the old value where the new one is missing."""

    def replace(self, record: Any, /, *, expected: int) -> bool:  # noqa: ANN401
        if not self.is_at(record.id, expected):
            return False
        old = self.rows[record.id]
        fields = [field.name for field in attrs.fields(type(record))]
        kept = {name: getattr(old, name) for name in fields if getattr(record, name) is None}
        self.rows[record.id] = attrs.evolve(record, **kept)
        return True


class AddsOver(PlainTable):
    """Adds under an id that is taken."""

    def insert(self, records: Iterable[Any], /) -> str | None:
        self.rows.update({record.id: attrs.evolve(record, version=1) for record in records})
        return None


class SkipsTheTaken(PlainTable):
    """Adds the others, and says nothing of the one whose id is taken."""

    def insert(self, records: Iterable[Any], /) -> str | None:
        for record in records:
            self.rows.setdefault(record.id, attrs.evolve(record, version=1))
        return None


class NamesTheWrongId(PlainTable):
    """Refuses a stream by its last id instead of the one that is taken."""

    def insert(self, records: Iterable[Any], /) -> str | None:
        some = list(records)
        return str(some[-1].id) if super().insert(some) is not None else None


class KeepsTheGivenVersion(PlainTable):
    """Stores a new record under the version that it happens to carry."""

    def insert(self, records: Iterable[Any], /) -> str | None:
        self.rows.update({record.id: record for record in records if record.id not in self.rows})
        return None


class DoesNotSort(PlainTable):
    """Streams in the order in which records were added."""

    def order(self, keys: Iterable[str]) -> list[str]:
        return list(keys)


class SortsLikeADictionary(PlainTable):
    """Streams without regard to capital letters."""

    def order(self, keys: Iterable[str]) -> list[str]:
        return sorted(keys, key=lambda key: (key.casefold(), key))


class SortsByUtf16(PlainTable):
    """Streams in the order of UTF-16, in which surrogates come before the last of the plane."""

    def order(self, keys: Iterable[str]) -> list[str]:
        return sorted(keys, key=lambda key: key.encode("utf-16-be"))


class StopsAtAThousand(PlainTable):
    """Reads one page and takes it for all."""

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        return islice(super().scan(selection), 1_000)


class BeginsAtTheLastOne(PlainTable):
    """Begins a page with the record that the last one ended with."""

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        others = attrs.evolve(selection, after=None)
        for row in super().scan(others):
            if selection.after is None or row.id >= selection.after:
                yield row


class LastsOneInstantTooLong(PlainTable):
    """Counts the end of an interval to it."""

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        at = selection.lasting
        others = attrs.evolve(selection, lasting=None)
        for row in super().scan(others):
            if at is None or (row.since <= at and (row.until is None or at <= row.until)):
                yield row


class GoesOnUntilTheEnd(PlainTable):
    """Counts what happened at the end to what happened before it."""

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        if selection.before is not None:
            later = selection.before + timedelta(microseconds=1)
            selection = attrs.evolve(selection, before=later)
        return super().scan(selection)


class FoldsIds(PlainTable):
    """Takes small and capital letters for the same."""

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        folded = {key.casefold(): row for key, row in self.rows.items()}
        return [folded[key.casefold()] for key in keys if key.casefold() in folded]


class NormalizesIds(PlainTable):
    """Takes the two ways to write an accent for the same."""

    def insert(self, records: Iterable[Any], /) -> str | None:
        normal = (
            attrs.evolve(record, id=unicodedata.normalize("NFC", record.id)) for record in records
        )
        return super().insert(normal)


class ReadsAFew(PlainTable):
    """Leaves out keys beyond what one statement takes."""

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        some = list(keys)
        return super().read(some[-999:])


class RoundsMoney(PlainTable):
    """Keeps money in minor units, whatever it was."""

    def insert(self, records: Iterable[Any], /) -> str | None:
        return super().insert(map(self._rounded, records))

    def _rounded(self, record: Any) -> Any:  # noqa: ANN401
        if not hasattr(record, "amount"):
            return record
        currency = record.amount.currency
        amount = round_half_up(record.amount.amount, minor_digits(currency))
        return attrs.evolve(record, amount=Money(amount, currency))


class CutsInstants(PlainTable):
    """Keeps instants to the second."""

    def insert(self, records: Iterable[Any], /) -> str | None:
        return super().insert(
            attrs.evolve(record, at=record.at.replace(microsecond=0))
            if hasattr(record, "at")
            else record
            for record in records
        )


class CountsOneTooMany(PlainTable):
    """Does not notice removals in its count."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self.removed = 0

    def delete(self, key: str, /, *, expected: int) -> bool:
        found = super().delete(key, expected=expected)
        self.removed += found
        return found

    def count(self) -> int:
        return super().count() + self.removed


class WritesAtOnce(PlainTransaction):
    """Works on the store's own rows: others see them at once, and nothing takes them back."""

    def copied(self, rows: Mapping[str, Rows]) -> dict[str, Rows]:
        return dict(rows)


class KeepsOnRollback(PlainTransaction):
    """Commits in either case."""

    def rollback(self) -> None:
        self.commit()


class KeepsHalf(PlainTransaction):
    """Keeps the customers and forgets the rest."""

    def commit(self) -> None:
        self.rows = {**self.store.rows, "customers": self.rows["customers"]}
        super().commit()


class SharesItsRows(PlainTransaction):
    """Keeps all kinds of records under the same ids."""

    def copied(self, rows: Mapping[str, Rows]) -> dict[str, Rows]:
        shared = {key: row for of_name in rows.values() for key, row in of_name.items()}
        return dict.fromkeys(RECORDS, shared)


class TakesNoTurns(PlainTransaction):
    """Lets two write at once, of whom the last one wins."""

    def __init__(self, store: PlainStore, *, readonly: bool) -> None:
        super().__init__(store, readonly=readonly)
        if self.writes:
            store.writing.release()

    def end(self) -> None:
        """Hold nothing that is to be let go."""


class SeesTheNewest(PlainTransaction):
    """Shows a reader what others commit meanwhile."""

    def __init__(self, store: PlainStore, *, readonly: bool) -> None:
        super().__init__(store, readonly=readonly)
        self.readonly = readonly

    def table(self, name: str, record: type[Any], /) -> Table[Any]:
        return Newest(self.store, name) if self.readonly else super().table(name, record)


class Newest(PlainTable):
    """A table that looks at the store each time."""

    def __init__(self, store: PlainStore, name: str) -> None:
        self.store = store
        self.name = name

    @property
    def rows(self) -> Rows:
        """The rows of the moment."""
        return self.store.rows[self.name]

    @rows.setter
    def rows(self, rows: Rows) -> None:
        """Nobody sets them."""


class CommitsOnExit(TableUnitOfWork):
    """Takes leaving the block for a commit."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        if kind is None and self._gate.is_open:
            self.commit()
        super().__exit__(kind, error, trace)


class SwallowsErrors(TableUnitOfWork):
    """Rolls back when something is raised, and says nothing."""

    def __exit__(  # type: ignore[override]  # that is the fault
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> bool:
        super().__exit__(kind, error, trace)
        return True


class NeverEnds(TableUnitOfWork):
    """May be used again after its end."""

    def commit(self) -> None:
        super().commit()
        self._gate.is_open = True


class WritesAlthoughItReads(TableUnitOfWork):
    """Forgets that it was only to read."""

    def __init__(self, transaction: Transaction, *, readonly: bool = False) -> None:
        del readonly
        super().__init__(transaction)


class NeverCloses(PlainStore):
    """Goes on after it was closed."""

    def close(self) -> None:
        """Do nothing."""


class IsNeverUpToDate(PlainStore):
    """Always has something to migrate."""

    def migrate(self, *, dry_run: bool = False) -> tuple[str, ...]:
        del dry_run
        return ("ALTER TABLE customers",)


TABLES = [
    SavesWithoutLooking,
    SavesOverAnyVersion,
    SavesOverOlderVersions,
    RemovesAnyVersion,
    LosesRemovals,
    MergesOnSave,
    AddsOver,
    SkipsTheTaken,
    NamesTheWrongId,
    KeepsTheGivenVersion,
    DoesNotSort,
    SortsLikeADictionary,
    SortsByUtf16,
    StopsAtAThousand,
    BeginsAtTheLastOne,
    LastsOneInstantTooLong,
    GoesOnUntilTheEnd,
    FoldsIds,
    NormalizesIds,
    ReadsAFew,
    RoundsMoney,
    CutsInstants,
    CountsOneTooMany,
]
TRANSACTIONS = [
    WritesAtOnce,
    KeepsOnRollback,
    KeepsHalf,
    SharesItsRows,
    TakesNoTurns,
    SeesTheNewest,
]
UNITS = [CommitsOnExit, SwallowsErrors, NeverEnds, WritesAlthoughItReads]
STORES = [NeverCloses, IsNeverUpToDate]


def broken(fault: type[Any]) -> Callable[[], PlainStore]:
    """Return what makes a store with one fault."""

    def make() -> PlainStore:
        if issubclass(fault, PlainStore):
            return fault()
        store = PlainStore()
        kind = {PlainTable: "table", PlainTransaction: "transaction", TableUnitOfWork: "uow"}
        (name,) = (kind[base] for base in kind if issubclass(fault, base))
        setattr(store, name, fault)
        return store

    return make


@pytest.mark.parametrize("fault", [*TABLES, *TRANSACTIONS, *UNITS, *STORES])
def test_every_fault_is_found_by_an_example(fault: type[Any]) -> None:
    """No luck is needed: an example finds the fault, and says which promise is broken."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - a fault may show as any error
        check_store(broken(fault), histories=0)

    assert caught.value.__notes__[-1].startswith("the promise: ")


def test_what_a_store_fails_to_refuse_is_a_failed_assertion() -> None:
    """A check may be run without pytest, so nothing but plain errors leaves it."""
    with pytest.raises(AssertionError, match="DID NOT RAISE StorageUnavailableError"):
        check_store(broken(NeverCloses), histories=0)


class ForgetsAfterARollback(PlainTransaction):
    """Keeps nothing of the first unit of work that is committed after one that was not."""

    forgetful: ClassVar[WeakSet[PlainStore]] = WeakSet()

    def commit(self) -> None:
        if self.store in self.forgetful and self.writes:
            self.rows = self.store.rows
        super().commit()
        self.forgetful.discard(self.store)

    def rollback(self) -> None:
        if self.writes:
            self.forgetful.add(self.store)
        super().rollback()


def test_a_fault_that_no_example_shows_is_found_by_a_history() -> None:
    """Random histories meet what nobody has thought of."""
    check_store(broken(ForgetsAfterARollback), histories=0)

    with pytest.raises((AssertionError, CrmError)):
        check_store(broken(ForgetsAfterARollback), histories=1_000, shrink=False)


def test_without_its_tools_the_room_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing the room without its extra names the command that brings it."""
    for name in [name for name in sys.modules if name.startswith("crmcore.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hypothesis", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'crmcore\[testing\]'"):
        __import__("crmcore.testing")
