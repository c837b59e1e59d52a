"""The examples for stores are tested: stores that change, lose or overwrite records."""

# ruff: noqa: ANN401, D102 - a method that is broken is what its class says

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import attrs
import pytest

from crmcore.errors import (
    AlreadyExistsError,
)
from crmcore.kernel import Money, minor_digits, round_half_up
from crmcore.repositories import BulkResult, Page
from crmcore.storage import (
    Selection,
)
from tests.testing.conftest import (
    Faults,
    PlainTable,
    Proxy,
)

FAULTS = Faults()


@FAULTS.breaks("nobody_overwrites_what_they_have_not_seen")
class SavesWithoutLooking(PlainTable):
    """Overwrites whatever is stored, whichever version it has."""

    def update_one(self, record: Any) -> bool:
        self.rows[record.id] = record
        return True


@FAULTS.breaks("nobody_overwrites_what_they_have_not_seen")
class SavesOverAnyVersion(PlainTable):
    """Overwrites what is stored, as long as something is."""

    def update_one(self, record: Any) -> bool:
        if record.id not in self.rows:
            return False
        self.rows[record.id] = record
        return True


@FAULTS.breaks("nobody_saves_a_version_that_is_yet_to_come")
class SavesOverOlderVersions(PlainTable):
    """Takes a version that is ahead of the stored one."""

    def is_at(self, key: str, version: int) -> bool:
        return key in self.rows and self.rows[key].version <= version


@FAULTS.breaks("nobody_removes_what_they_have_not_seen")
class RemovesAnyVersion(PlainTable):
    """Removes what has changed since it was read."""

    def delete(self, key: str, /, *, expected: int) -> bool:  # noqa: ARG002 - that is the fault
        return self.rows.pop(key, None) is not None


@FAULTS.breaks("what_is_removed_is_gone")
class LosesRemovals(PlainTable):
    """Says that it has removed, and has not."""

    def delete(self, key: str, /, *, expected: int) -> bool:
        return self.is_at(key, expected)


@FAULTS.breaks("saving_replaces_the_whole")
class MergesOnSave(PlainTable):
    """Keeps the old value where the new one is missing."""

    def update_one(self, record: Any) -> bool:
        if not self.is_at(record.id, record.version - 1):
            return False
        old = self.rows[record.id]
        fields = [field.name for field in attrs.fields(type(record))]
        kept = {name: getattr(old, name) for name in fields if getattr(record, name) is None}
        self.rows[record.id] = attrs.evolve(record, **kept)
        return True


@FAULTS.breaks("saving_twice_counts_twice")
class CountsTheFirstSaveOnly(PlainTable):
    """Stores every change as the second version."""

    def update_one(self, record: Any) -> bool:
        if record.id not in self.rows:
            return False
        self.rows[record.id] = attrs.evolve(record, version=2)
        return True


@FAULTS.breaks("an_id_is_given_once")
class AddsOver(PlainTable):
    """Adds under an id that is taken."""

    def insert_one(self, record: Any) -> bool:
        self.rows[record.id] = attrs.evolve(record, version=1)
        return True


@FAULTS.breaks("an_id_is_given_once")
class SkipsTheTaken(PlainTable):
    """Adds the others, and says nothing of the one whose id is taken."""

    def insert(self, records: Iterable[Any], /) -> tuple[str, ...]:
        super().insert(records)
        return ()


@FAULTS.breaks("a_stream_names_the_id_that_is_taken")
class NamesTheWrongId(PlainTable):
    """Refuses a stream by its last id instead of the one that is taken."""

    def insert(self, records: Iterable[Any], /) -> tuple[str, ...]:
        some = list(records)
        return (str(some[-1].id),) if super().insert(some) else ()


@FAULTS.breaks("a_new_record_has_version_one")
class KeepsTheGivenVersion(PlainTable):
    """Stores a new record under the version that it happens to carry."""

    def insert_one(self, record: Any) -> bool:
        return self.rows.setdefault(record.id, record) is record


@FAULTS.breaks("ids_are_compared_exactly")
class FoldsIds(PlainTable):
    """Takes small and capital letters for the same."""

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        folded = {key.casefold(): row for key, row in self.rows.items()}
        return [folded[key.casefold()] for key in keys if key.casefold() in folded]


class _Changes(PlainTable):
    """Stores another value than it was given."""

    def insert_one(self, record: Any) -> bool:
        return super().insert_one(self.changed(record))

    def changed(self, record: Any) -> Any:
        """Return what is stored instead."""
        return record

    def mapped(self, record: Any, name: str, change: Callable[[Any], Any]) -> Any:
        """Return a record with one field changed, if it has the field and a value there."""
        value = getattr(record, name, None)
        return record if value is None else attrs.evolve(record, **{name: change(value)})


@FAULTS.breaks("ids_are_compared_exactly")
class NormalizesIds(_Changes):
    """Takes the two ways to write an accent for the same."""

    def changed(self, record: Any) -> Any:
        return self.mapped(record, "id", lambda key: unicodedata.normalize("NFC", key))


@FAULTS.breaks("ids_may_be_as_long_as_ids_may_be")
class CutsIds(_Changes):
    """Has a column for 64 bytes where there may be 64 characters."""

    def changed(self, record: Any) -> Any:
        if self.name != "customers":
            return record
        return self.mapped(record, "id", lambda key: key.encode()[:64].decode(errors="ignore"))


@FAULTS.breaks("money_is_kept_to_the_last_digit")
class RoundsMoney(_Changes):
    """Keeps money in minor units, whatever it was."""

    def changed(self, record: Any) -> Any:
        return self.mapped(record, "amount", self._rounded)

    def _rounded(self, money: Money) -> Money:
        return Money(round_half_up(money.amount, minor_digits(money.currency)), money.currency)


@FAULTS.breaks("money_is_kept_to_the_last_digit")
class FloatsMoney(_Changes):
    """Keeps money as a float."""

    def changed(self, record: Any) -> Any:
        return self.mapped(
            record, "amount", lambda money: Money(f"{float(money.amount):.30g}", money.currency)
        )


@FAULTS.breaks("figures_are_kept_as_they_were_measured")
class FloatsFigures(_Changes):
    """Keeps decimals as floats."""

    def changed(self, record: Any) -> Any:
        return self.mapped(record, "number", lambda number: Decimal(str(float(number))))


@FAULTS.breaks("counts_are_kept_up_to_the_largest")
class FloatsCounts(_Changes):
    """Keeps whole numbers as JSON does in a browser."""

    def changed(self, record: Any) -> Any:
        return self.mapped(record, "quantity", lambda number: min(int(float(number)), 2**62))


@FAULTS.breaks("instants_are_kept_to_the_microsecond")
class CutsInstants(_Changes):
    """Keeps instants to the millisecond."""

    def changed(self, record: Any) -> Any:
        return self.mapped(
            record, "at", lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
        )


@FAULTS.breaks("days_are_kept_from_the_first_to_the_last")
class BeginsIn1900(_Changes):
    """Counts days as spreadsheets do."""

    def changed(self, record: Any) -> Any:
        return self.mapped(record, "known_since", lambda day: max(day, date(1900, 1, 1)))


@FAULTS.breaks("text_is_kept_as_it_was_written")
class StripsText(_Changes):
    """Takes blanks at both ends away."""

    def changed(self, record: Any) -> Any:
        return self.mapped(record, "note", str.strip)


@FAULTS.breaks("what_is_empty_is_not_what_is_missing")
class TakesZeroForNothing(_Changes):
    """Stores None where there is nothing that is true."""

    def changed(self, record: Any) -> Any:
        return self.mapped(record, "minutes", lambda minutes: minutes or None)


@FAULTS.breaks("a_record_comes_out_as_it_went_in")
class LosesLists(_Changes):
    """Forgets a field that has a table of its own."""

    def changed(self, record: Any) -> Any:
        return self.mapped(record, "segregated_from", lambda _: ())


@FAULTS.breaks("what_cannot_be_written_hinders_nothing_else")
class StopsAtTheFirstTaken(PlainTable):
    """Inserts up to the first id that is taken."""

    def insert(self, records: Iterable[Any], /) -> tuple[str, ...]:
        for record in records:
            if not self.insert_one(record):
                return (record.id,)
        return ()


@FAULTS.breaks("what_cannot_be_written_hinders_nothing_else")
class StopsAtTheFirstStale(PlainTable):
    """Updates up to the first record that is stale."""

    def update(self, records: Iterable[Any], /) -> tuple[str, ...]:
        some = list(records)
        for place, record in enumerate(some):
            if not self.update_one(record):
                return tuple(left.id for left in some[place:])
        return ()


@FAULTS.breaks("what_cannot_be_written_hinders_nothing_else")
class TellsNothingOfTheStale(PlainTable):
    """Updates what it can, and reports nothing."""

    def update(self, records: Iterable[Any], /) -> tuple[str, ...]:
        missed = super().update(records)
        return missed if len(missed) == 1 else ()


@FAULTS.breaks("more_are_written_than_fit_a_statement")
class WritesAThousand(PlainTable):
    """Writes what fits one statement, and thinks that this was all."""

    def insert(self, records: Iterable[Any], /) -> tuple[str, ...]:
        return super().insert(islice(records, 1_000))


@FAULTS.breaks("what_cannot_be_written_hinders_nothing_else")
class TellsConflictsByName(Proxy):
    """Tells conflicts in the order of their ids."""

    def bulk_upsert(self, records: Iterable[Any], /, *, chunk: int = 5_000) -> BulkResult:
        found = self.behind.bulk_upsert(records, chunk=chunk)
        result: BulkResult = attrs.evolve(found, conflicts=tuple(sorted(found.conflicts)))
        return result


@FAULTS.breaks("chunks_make_no_difference")
class TakesTheLastOfAChunk(Proxy):
    """Writes of each id the last record of a chunk only."""

    def bulk_upsert(self, records: Iterable[Any], /, *, chunk: int = 5_000) -> BulkResult:
        waiting = iter(records)
        inserted, updated, conflicts = 0, 0, ()
        while some := {record.id: record for record in islice(waiting, chunk)}:
            found = self.behind.bulk_upsert(some.values())
            inserted, updated = inserted + found.inserted, updated + found.updated
            conflicts += found.conflicts
        return BulkResult(inserted=inserted, updated=updated, conflicts=conflicts)


@FAULTS.breaks("many_are_written_at_once")
class CountsWhatItWasGiven(Proxy):
    """Counts everything as new."""

    def bulk_upsert(self, records: Iterable[Any], /, *, chunk: int = 5_000) -> BulkResult:
        found = self.behind.bulk_upsert(records, chunk=chunk)
        return BulkResult(inserted=found.inserted + found.updated, conflicts=found.conflicts)


@FAULTS.breaks("what_cannot_be_written_hinders_nothing_else")
class RefusesAllForOne(Proxy):
    """Raises at the first conflict."""

    def bulk_upsert(self, records: Iterable[Any], /, *, chunk: int = 5_000) -> BulkResult:
        found: BulkResult = self.behind.bulk_upsert(records, chunk=chunk)
        if found.conflicts:
            raise AlreadyExistsError("customer", found.conflicts[0])
        return found


@FAULTS.breaks("nothing_is_an_outcome_too")
class TakesAnyChunk(Proxy):
    """Writes nothing at a time, and says that nothing was to be written."""

    def bulk_upsert(self, records: Iterable[Any], /, *, chunk: int = 5_000) -> BulkResult:
        if chunk < 1:
            return BulkResult()
        found: BulkResult = self.behind.bulk_upsert(records, chunk=chunk)
        return found


@FAULTS.breaks("what_is_archived_is_hidden")
class CountsTheArchived(PlainTable):
    """Counts what it does not show."""

    def count(self, selection: Selection, /) -> int:
        return super().count(attrs.evolve(selection, archived=True))


@FAULTS.breaks("what_is_archived_is_hidden")
class ShowsTheArchived(PlainTable):
    """Knows nothing of archives."""

    def takes(self, selection: Selection, row: Any) -> bool:
        return super().takes(attrs.evolve(selection, archived=True), row)


@FAULTS.breaks("what_is_archived_is_hidden")
class ShowsTheArchivedInOrder(PlainTable):
    """Shows in an order what it hides otherwise."""

    def takes(self, selection: Selection, row: Any) -> bool:
        hides = not selection.order
        return super().takes(attrs.evolve(selection, archived=selection.archived or not hides), row)


@FAULTS.breaks("what_is_archived_is_hidden")
class FindsTheArchived(Proxy):
    """Gives what is archived to everybody who has its id."""

    def find(self, key: str, /, *, with_archived: bool = True) -> Any:
        return self.behind.find(key, with_archived=with_archived)


@FAULTS.breaks("what_is_archived_is_hidden")
class FindsManyArchived(Proxy):
    """Gives what is archived to everybody who asks for several."""

    def get_many(self, keys: Iterable[str], /, *, with_archived: bool = True) -> Any:
        return self.behind.get_many(keys, with_archived=with_archived)


@FAULTS.breaks("what_is_archived_is_found_by_who_asks")
class ForgetsTheArchived(PlainTable):
    """Shows nobody what is archived, not even to who asks for it."""

    def takes(self, selection: Selection, row: Any) -> bool:
        return super().takes(selection, row) and getattr(row, "archived_at", None) is None


@FAULTS.breaks("what_is_archived_keeps_its_id")
class GivesArchivedIdsAgain(PlainTable):
    """Takes the id of what is archived for a free one."""

    def insert_one(self, record: Any) -> bool:
        if getattr(self.rows.get(record.id), "archived_at", None) is not None:
            del self.rows[record.id]
        return super().insert_one(record)


@FAULTS.breaks("archiving_is_saving")
class NeverBringsBack(PlainTable):
    """Refuses to change what is archived."""

    def update_one(self, record: Any) -> bool:
        archived = getattr(self.rows.get(record.id), "archived_at", None) is not None
        return not archived and super().update_one(record)


@FAULTS.breaks("pages_count_only_what_they_show")
class CountsTheHidden(Proxy):
    """Takes as many as the page is long, and hides what is archived only then."""

    def page(self, *args: Any, with_archived: bool = False, **wanted: Any) -> Page[Any]:
        found = self.behind.page(*args, with_archived=True, **wanted)
        shown = [row for row in found.items if with_archived or row.archived_at is None]
        return Page(items=tuple(shown), next=found.next)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found_by_an_example(fault: type[Any]) -> None:
    """No luck is needed: an example finds the fault, and says which promise is broken."""
    FAULTS.find(fault)
