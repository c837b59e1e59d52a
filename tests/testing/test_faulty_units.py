"""The examples for stores are tested: stores that keep half, or show what is not kept."""

# ruff: noqa: ANN401, D102, D105, D107 - a method that is broken is what its class says

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import TracebackType
from typing import Any, ClassVar

import pytest

from crmcore.audit import Act
from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
)
from crmcore.events import DomainEvent
from crmcore.storage import (
    DEFAULT_TENANT,
    RECORDS,
    Capability,
    Selection,
    Table,
    TableUnitOfWork,
    Transaction,
)
from tests.testing.conftest import (
    KEY,
    Faults,
    PlainOutbox,
    PlainStore,
    PlainTable,
    PlainTransaction,
    Rows,
)

FAULTS = Faults()


@FAULTS.breaks("nothing_is_kept_without_a_commit")
class WritesAtOnce(PlainTransaction):
    """Works on the store's own rows: others see them at once, and nothing takes them back."""

    def copied(self, rows: Mapping[str, Rows]) -> dict[str, Rows]:
        return dict(rows)


@FAULTS.breaks("rolling_back_keeps_nothing")
class KeepsOnRollback(PlainTransaction):
    """Commits in either case."""

    def rollback(self) -> None:
        self.commit()


@FAULTS.breaks("a_commit_keeps_all_kinds_together")
class KeepsHalf(PlainTransaction):
    """Keeps the customers and forgets the rest."""

    def commit(self) -> None:
        self.rows = {**self.store.rows[self.tenant], "customers": self.rows["customers"]}
        super().commit()


@FAULTS.breaks("kinds_do_not_share_their_ids")
class SharesItsRows(PlainTransaction):
    """Keeps all kinds of records under the same ids."""

    def copied(self, rows: Mapping[str, Rows]) -> dict[str, Rows]:
        shared = {key: row for of_name in rows.values() for key, row in of_name.items()}
        return dict.fromkeys(RECORDS, shared)


@FAULTS.breaks("of_two_writers_at_once_none_is_lost")
class TakesNoTurns(PlainTransaction):
    """Lets two write at once, of whom the last one wins."""

    def __init__(self, store: PlainStore, *, tenant: str, readonly: bool) -> None:
        super().__init__(store, tenant=tenant, readonly=readonly)
        if self.writes:
            store.writing.release()

    def end(self) -> None:
        """Hold nothing that is to be let go."""


class _Merges(TakesNoTurns):
    """Lets two write at once, and refuses the later one that has changed the same."""

    # That a command was carried out meanwhile explains whatever else stands in the way.
    in_turn: ClassVar[Iterable[str]] = ("commands", *(RECORDS.keys() - {"commands"}))

    def __init__(self, store: PlainStore, *, tenant: str, readonly: bool) -> None:
        super().__init__(store, tenant=tenant, readonly=readonly)
        self.before = store.rows[tenant]

    def commit(self) -> None:
        with self.store.writing:
            now = self.store.rows[self.tenant]
            self.store.rows[self.tenant] = {
                name: self.merged(name, now[name], self.before[name], self.rows[name])
                for name in self.in_turn
            }

    def merged(self, name: str, now: Rows, before: Rows, after: Rows) -> Rows:
        """Return what is kept of one kind."""
        found = dict(now)
        for key in before.keys() | after.keys():
            if before.get(key) is not after.get(key):
                if before.get(key) is not now.get(key):
                    self.refuse(RECORDS[name].__name__.lower(), key, before.get(key))
                found.pop(key, None)
                found.update({key: after[key]} if key in after else {})
        return found

    def refuse(self, kind: str, key: str, before: Any) -> None:
        """Refuse what somebody else has changed or added meanwhile."""
        if before is None:
            raise AlreadyExistsError(kind, key)
        raise ConcurrencyConflictError(kind, key, before.version, before.version + 1)


class _LooksAtCustomersFirst(_Merges):
    in_turn = tuple(RECORDS)


class _KeepsWhatItSaw(_Merges):
    def merged(self, name: str, now: Rows, before: Rows, after: Rows) -> Rows:
        del name, now, before
        return after


class _RefusesAdditionsOnly(_Merges):
    def refuse(self, kind: str, key: str, before: Any) -> None:
        if before is None:
            super().refuse(kind, key, before)


class _RefusesChangesOnly(_Merges):
    def refuse(self, kind: str, key: str, before: Any) -> None:
        if before is not None:
            super().refuse(kind, key, before)


class _Interleaves(PlainStore):
    """Lets writers write side by side."""

    capabilities = PlainStore.capabilities | {Capability.INTERLEAVED}
    transaction: type[PlainTransaction] = _Merges


@FAULTS.breaks("two_may_write_at_once")
class KeepsTheLastWriter(_Interleaves):
    """Keeps what the last one has seen, and nothing of what the others have done meanwhile."""

    transaction = _KeepsWhatItSaw


@FAULTS.breaks("of_two_who_change_the_same_the_first_wins")
class KeepsTheLastChange(_Interleaves):
    """Keeps the later of two changes to one record."""

    transaction = _RefusesAdditionsOnly


@FAULTS.breaks("of_two_who_add_the_same_the_first_wins")
class KeepsTheLastAddition(_Interleaves):
    """Keeps the later of two records with one id."""

    transaction = _RefusesChangesOnly


@FAULTS.breaks("of_two_who_send_the_same_one_is_carried_out")
class RefusesForTheWrongReason(_Interleaves):
    """Says for good that an id is taken, where a command was carried out meanwhile."""

    transaction = _LooksAtCustomersFirst


@FAULTS.breaks("a_reader_sees_one_state")
class SeesTheNewest(PlainTransaction):
    """Shows a reader what others commit meanwhile."""

    def __init__(self, store: PlainStore, *, tenant: str, readonly: bool) -> None:
        super().__init__(store, tenant=tenant, readonly=readonly)
        self.readonly = readonly

    def table(self, name: str, record: type[Any], /) -> Table[Any]:
        if self.readonly:
            return _Newest(self.store, self.tenant, name)
        return super().table(name, record)


class _Newest(PlainTable):
    """A table that looks at the store each time."""

    def __init__(self, store: PlainStore, tenant: str, name: str) -> None:
        self.store = store
        self.tenant = tenant
        self.name = name

    @property
    def rows(self) -> Rows:
        """The rows of the moment."""
        return self.store.rows[self.tenant][self.name]

    @rows.setter
    def rows(self, rows: Rows) -> None:
        """Nobody sets them."""


@FAULTS.breaks("nothing_is_kept_without_a_commit")
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


@FAULTS.breaks("nothing_is_kept_after_an_error")
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


@FAULTS.breaks("a_unit_is_used_once")
class NeverEnds(TableUnitOfWork):
    """May be used again after its end."""

    def commit(self) -> None:
        super().commit()
        self._gate.is_open = True


@FAULTS.breaks("a_reader_writes_nothing")
class WritesAlthoughItReads(TableUnitOfWork):
    """Forgets that it was only to read."""

    def __init__(self, transaction: Transaction, *, readonly: bool = False, **more: Any) -> None:
        del readonly
        super().__init__(transaction, **more)


@FAULTS.breaks("a_closed_store_is_closed")
class NeverCloses(PlainStore):
    """Goes on after it was closed."""

    def close(self) -> None:
        """Do nothing."""


@FAULTS.breaks("a_new_store_is_up_to_date")
class IsNeverUpToDate(PlainStore):
    """Always has something to migrate."""

    def migrate(self, *, dry_run: bool = False) -> tuple[str, ...]:
        del dry_run
        return ("ALTER TABLE customers",)


@FAULTS.breaks("a_unit_is_used_once")
class TellsAfterItsEnd(TableUnitOfWork):
    """Takes events when it is too late."""

    def record(self, *events: DomainEvent) -> None:
        self._events.extend(events)


@FAULTS.breaks("a_closed_store_has_no_outbox")
class TellsAfterItsClosing(PlainStore):
    """Gives out its outbox although it is closed."""

    def outbox(self, *, tenant: str = DEFAULT_TENANT) -> PlainOutbox:
        return PlainOutbox(self, tenant)


class _Audits(PlainStore):
    """Was given a key to keep a trail with."""

    audit_key = KEY


@FAULTS.breaks("the_trail_tells_what_was_done")
class ForgetsTheAct(_Audits):
    """Does not say who did it."""

    def unit_of_work(
        self, *, readonly: bool = False, tenant: str = DEFAULT_TENANT, act: Act | None = None
    ) -> TableUnitOfWork:
        del act
        return super().unit_of_work(readonly=readonly, tenant=tenant)


class _LosesTheTrail(PlainTransaction):
    def commit(self) -> None:
        self.rows |= {name: {} for name in ("audit_records", "audit_heads")}
        super().commit()


@FAULTS.breaks("the_trail_tells_of_every_kind")
class LosesTheTrail(_Audits):
    """Keeps what was done, and not who did it."""

    transaction = _LosesTheTrail


class _TellsTheTrailAtOnce(PlainTransaction):
    def copied(self, rows: Mapping[str, Rows]) -> dict[str, Rows]:
        kept = {name: rows[name] for name in ("audit_records", "audit_heads")}
        return {**super().copied(rows), **kept}


@FAULTS.breaks("the_trail_is_kept_with_what_it_tells")
class TellsWhatWasNotDone(_Audits):
    """Keeps the trail outside of the transaction."""

    transaction = _TellsTheTrailAtOnce


class _SharedTrail(PlainTable):
    def scan(self, selection: Selection, /) -> Iterator[Any]:
        everybody = [*self.others, self.rows] if self.name.startswith("audit") else [self.rows]
        rows = {key: row for of_one in everybody for key, row in of_one.items()}
        return PlainTable(rows, name=self.name).scan(selection)


@FAULTS.breaks("tenants_have_trails_of_their_own")
class LeaksTheTrail(_Audits):
    """Shows what others have done."""

    table = _SharedTrail


class _CutsTheTrail(PlainTable):
    def insert(self, records: Iterable[Any], /) -> tuple[str, ...]:
        return super().insert(islice(records, 100) if self.name == "audit_records" else records)


@FAULTS.breaks("many_at_once_leave_a_trail_each")
class TellsOfAFew(_Audits):
    """Tells of the first of many."""

    table = _CutsTheTrail


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found_by_an_example(fault: type[Any]) -> None:
    """No luck is needed: an example finds the fault, and says which promise is broken."""
    FAULTS.find(fault)
