"""The examples for stores are tested: stores that show one tenant what belongs to another."""

# ruff: noqa: ANN401, D102 - a method that is broken is what its class says

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import pytest

from crmcore.audit import Act
from crmcore.criteria import EVERYTHING
from crmcore.events import RecordedEvent
from crmcore.storage import (
    DEFAULT_TENANT,
    Capability,
    Selection,
    TableUnitOfWork,
)
from tests.testing.conftest import (
    Faults,
    PlainOutbox,
    PlainStore,
    PlainTable,
    Rows,
)

FAULTS = Faults()


class _Leaks(PlainTable):
    """Looks at what others keep."""

    @property
    def everybody(self) -> Rows:
        """The rows of all tenants, one's own first."""
        return {key: row for rows in (*self.others, self.rows) for key, row in rows.items()}

    def leaks(self, selection: Selection) -> bool:
        """Say whether others' rows are looked at for a selection."""
        del selection
        return False

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        if not self.leaks(selection):
            return super().scan(selection)
        return PlainTable(self.everybody, name=self.name).scan(selection)


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksByKey(_Leaks):
    """Finds a record of anybody by its id."""

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        return PlainTable(self.everybody, name=self.name).read(keys)


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksStreams(_Leaks):
    """Streams everybody's records."""

    def leaks(self, selection: Selection) -> bool:
        return selection.where == EVERYTHING and not selection.order


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksQueries(_Leaks):
    """Asks everybody's records."""

    def leaks(self, selection: Selection) -> bool:
        return selection.where != EVERYTHING


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksInOrder(_Leaks):
    """Shows everybody's records where there is an order."""

    def leaks(self, selection: Selection) -> bool:
        return bool(selection.order)


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksCounts(_Leaks):
    """Counts everybody's records."""

    def count(self, selection: Selection, /) -> int:
        return PlainTable(self.everybody, name=self.name).count(selection)


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksCustomers(_Leaks):
    """Shows everybody's records of a customer."""

    def leaks(self, selection: Selection) -> bool:
        return selection.customer is not None


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksMembers(_Leaks):
    """Shows everybody's records of a member."""

    def leaks(self, selection: Selection) -> bool:
        return selection.member is not None


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksIntervals(_Leaks):
    """Shows everybody's intervals."""

    def leaks(self, selection: Selection) -> bool:
        return selection.lasting is not None


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksActivities(_Leaks):
    """Shows what happened with everybody's customers."""

    def leaks(self, selection: Selection) -> bool:
        return selection.before is not None


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksOpenMatters(_Leaks):
    """Shows everybody's open matters."""

    def leaks(self, selection: Selection) -> bool:
        return selection.open is not None


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksOneKind(_Leaks):
    """Has forgotten the tenant in one of its tables."""

    def leaks(self, selection: Selection) -> bool:
        del selection
        return self.name == "responsibilities"


@FAULTS.breaks("nobody_reads_what_others_keep")
class LeaksFacts(_Leaks):
    """Shows what others have judged."""

    def leaks(self, selection: Selection) -> bool:
        del selection
        return self.name == "tier_facts"


@FAULTS.breaks("facts_of_others_were_not_judged")
class LeaksFactsByKey(_Leaks):
    """Passes over what others have judged."""

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        rows = self.everybody if self.name == "tier_facts" else self.rows
        return PlainTable(rows, name=self.name).read(keys)


@FAULTS.breaks("commands_of_others_were_not_sent")
class LeaksCommands(_Leaks):
    """Finds what others have asked under the same key."""

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        rows = self.everybody if self.name == "commands" else self.rows
        return PlainTable(rows, name=self.name).read(keys)


@FAULTS.breaks("what_others_keep_takes_no_id")
class SharesIds(_Leaks):
    """Gives an id once to all tenants."""

    def insert_one(self, record: Any) -> bool:
        return record.id not in self.everybody and super().insert_one(record)


@FAULTS.breaks("nobody_changes_what_others_keep")
class SavesForOthers(_Leaks):
    """Changes a record of anybody."""

    def update_one(self, record: Any) -> bool:
        owner = self.rows if record.id in self.rows else self.of_another(record.id)
        return PlainTable(owner, name=self.name).update_one(record)

    def of_another(self, key: str) -> Rows:
        """Return the rows of another tenant who has a record under a key."""
        return next((rows for rows in self.others if key in rows), self.rows)


@FAULTS.breaks("nobody_changes_what_others_keep")
class RemovesForOthers(SavesForOthers):
    """Removes a record of anybody."""

    def update_one(self, record: Any) -> bool:
        return PlainTable.update_one(self, record)

    def delete(self, key: str, /, *, expected: int) -> bool:
        owner = self.rows if key in self.rows else self.of_another(key)
        return PlainTable(owner, name=self.name).delete(key, expected=expected)


@FAULTS.breaks("nobody_removes_or_saves_for_others")
class RemovesForAll(_Leaks):
    """Removes the records of all tenants that have an id."""

    def delete(self, key: str, /, *, expected: int) -> bool:
        for rows in self.others:
            PlainTable(rows, name=self.name).delete(key, expected=expected)
        return super().delete(key, expected=expected)


@FAULTS.breaks("nobody_removes_or_saves_for_others")
class SavesForAll(_Leaks):
    """Saves a record for all tenants that have its id."""

    def update_one(self, record: Any) -> bool:
        for rows in self.others:
            PlainTable(rows, name=self.name).update_one(record)
        return super().update_one(record)


@FAULTS.breaks("a_conflict_tells_nothing_of_others")
class TellsOthersVersions(_Leaks):
    """Says at which version others have a record."""

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        rows = [*super().read(keys)]
        newest = {row.id: row for of_other in self.others for row in of_other.values()}
        return [
            attrs.evolve(row, version=max(row.version, newest.get(row.id, row).version))
            for row in rows
        ]


@FAULTS.breaks("events_of_others_are_not_told")
class LeaksEvents(PlainOutbox):
    """Tells everybody's events."""

    def behind(self, place: int) -> list[RecordedEvent]:
        return [t for told in self.store.events.values() for t in told if t.number > place]


@FAULTS.breaks("events_of_others_are_not_told")
class ForgetsForAll(PlainOutbox):
    """Forgets everybody's events."""

    def prune(self, *, before: str) -> int:
        found = super().prune(before=before)
        self.store.events.clear()
        return found


class _KnowsTenants(PlainStore):
    """Finds the tenant that somebody means."""

    def tenant(self, tenant: str) -> str:
        """Return the tenant whose records they are."""
        return tenant

    def unit_of_work(
        self, *, readonly: bool = False, tenant: str = DEFAULT_TENANT, act: Act | None = None
    ) -> TableUnitOfWork:
        return super().unit_of_work(readonly=readonly, tenant=self.tenant(tenant), act=act)


@FAULTS.breaks("nobody_reads_what_others_keep")
class KnowsOneTenant(_KnowsTenants):
    """Keeps everything together."""

    def tenant(self, tenant: str) -> str:
        del tenant
        return DEFAULT_TENANT


@FAULTS.breaks("tenants_are_told_apart_exactly")
class FoldsTenants(_KnowsTenants):
    """Takes small and capital letters for the same."""

    def tenant(self, tenant: str) -> str:
        return tenant.casefold()


@FAULTS.breaks("tenants_are_told_apart_exactly")
class TakesNobodyForATenant(_KnowsTenants):
    """Takes no name for a name."""

    def tenant(self, tenant: str) -> str:
        return tenant.strip()[:64] or DEFAULT_TENANT


@FAULTS.breaks("a_store_without_tenants_says_so")
class TakesTenantsForNothing(KnowsOneTenant):
    """Knows no tenants, and takes them all the same."""

    capabilities = frozenset({Capability.OUTBOX, Capability.SNAPSHOT_READS})


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found_by_an_example(fault: type[Any]) -> None:
    """No luck is needed: an example finds the fault, and says which promise is broken."""
    FAULTS.find(fault)
