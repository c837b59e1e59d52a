"""The examples for stores are tested: stores that find too much, too little or out of turn."""

# ruff: noqa: ANN401, D102 - a method that is broken is what its class says

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, ClassVar

import attrs
import pytest

from crmcore.criteria import EVERYTHING
from crmcore.errors import (
    InvalidCursorError,
)
from crmcore.repositories import Order, Page
from crmcore.storage import (
    Selection,
    Table,
)
from tests.testing.conftest import (
    Faults,
    PlainTable,
    PlainTransaction,
    Proxy,
    Rows,
)

FAULTS = Faults()


@FAULTS.breaks("records_come_in_the_order_of_their_ids")
class DoesNotSort(PlainTable):
    """Streams in the order in which records were added."""

    def in_order(self, selection: Selection, rows: list[Any]) -> list[Any]:
        return super().in_order(selection, rows) if selection.order else rows


@FAULTS.breaks("records_come_in_the_order_of_their_ids")
class SortsLikeADictionary(PlainTable):
    """Streams without regard to capital letters."""

    def in_order(self, selection: Selection, rows: list[Any]) -> list[Any]:
        del selection
        return sorted(rows, key=lambda row: (row.id.casefold(), row.id))


@FAULTS.breaks("records_come_in_the_order_of_their_ids")
class SortsByUtf16(PlainTable):
    """Streams in the order of UTF-16, in which surrogates come before the last of the plane."""

    def in_order(self, selection: Selection, rows: list[Any]) -> list[Any]:
        del selection
        return sorted(rows, key=lambda row: row.id.encode("utf-16-be"))


@FAULTS.breaks("a_stream_goes_through_many")
class StopsAtAThousand(PlainTable):
    """Reads one page and takes it for all."""

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        return islice(super().scan(selection), 1_000)


@FAULTS.breaks("many_are_found_at_once")
class ReadsAFew(PlainTable):
    """Leaves out keys beyond what one statement takes."""

    def read(self, keys: Iterable[str], /) -> Iterable[Any]:
        return super().read(list(keys)[-999:])


@FAULTS.breaks("what_is_removed_is_gone")
class CountsOneTooMany(PlainTable):
    """Does not notice removals in its count."""

    removed: ClassVar[defaultdict[str, int]] = defaultdict(int)

    def delete(self, key: str, /, *, expected: int) -> bool:
        found = super().delete(key, expected=expected)
        self.removed[self.name] += found
        return found

    def count(self, selection: Selection, /) -> int:
        return super().count(selection) + self.removed[self.name]


@FAULTS.breaks("an_interval_holds_its_beginning_and_not_its_end")
class LastsOneInstantTooLong(PlainTable):
    """Counts the end of an interval to it."""

    def takes(self, selection: Selection, row: Any) -> bool:
        at = selection.lasting
        if not super().takes(attrs.evolve(selection, lasting=None), row):
            return False
        return at is None or (row.since <= at and (row.until is None or at <= row.until))


@FAULTS.breaks("until_leaves_out_the_end")
class GoesOnUntilTheEnd(PlainTable):
    """Counts what happened at the end to what happened before it."""

    def takes(self, selection: Selection, row: Any) -> bool:
        before = selection.before and selection.before + timedelta(microseconds=1)
        return super().takes(attrs.evolve(selection, before=before), row)


@FAULTS.breaks("a_matter_is_open_until_it_is_closed")
class OpensEarly(PlainTable):
    """Takes for open what has yet to come up."""

    def takes(self, selection: Selection, row: Any) -> bool:
        if selection.open is not None:
            return row.closed_at is None or selection.open < row.closed_at
        return super().takes(selection, row)


@FAULTS.breaks("a_query_returns_what_surely_holds")
class TakesMissingForNo(PlainTable):
    """Leaves out rows in which something is missing that the criterion reads."""

    def takes(self, selection: Selection, row: Any) -> bool:
        read = [getattr(row, name) for name in selection.where.fields]
        return super().takes(selection, row) and None not in read


@FAULTS.breaks("a_query_is_no_pattern")
class TakesTextForPatterns(PlainTable):
    """Looks for what comes before the first wildcard only, and at the beginning."""

    def takes(self, selection: Selection, row: Any) -> bool:
        if "contains" in repr(selection.where) and not (row.note or "").isalnum():
            return False
        return super().takes(selection, row)


@FAULTS.breaks("numbers_and_instants_are_compared_exactly")
class ComparesNumbersAsText(PlainTable):
    """Leaves out what does not hold when numbers are compared letter by letter."""

    def takes(self, selection: Selection, row: Any) -> bool:
        if repr(selection.where) == "F.quantity > 9" and str(row.quantity) <= "9":
            return False
        return super().takes(selection, row)


@FAULTS.breaks("a_query_sees_own_writes")
class AsksWhatWasCommitted(PlainTransaction):
    """Answers queries from what was there when the unit of work began."""

    def table(self, name: str, record: type[Any], /) -> Table[Any]:
        del record
        return _AsksBefore(self.rows[name], name=name, before=self.store.rows[self.tenant][name])


class _AsksBefore(PlainTable):
    def __init__(self, rows: Rows, *, name: str, before: Rows) -> None:
        super().__init__(rows, name=name)
        self.before = before

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        if selection.where == EVERYTHING:
            return super().scan(selection)
        return PlainTable(self.before, name=self.name).scan(selection)


@FAULTS.breaks("pages_cover_everything_once")
class BeginsAtTheLastOne(PlainTable):
    """Begins a page with the record that the last one ended with."""

    def takes(self, selection: Selection, row: Any) -> bool:
        return super().takes(selection, row) or selection.after == selection.place(row)


def _comparable(value: Any) -> tuple[bool, Any]:
    """Return what sorts None first."""
    return (value is not None, value)


class _Sorts(PlainTable):
    """Sorts in another order, and goes on from a place in it."""

    def value(self, value: Any) -> Any:
        """Return what a value is sorted by."""
        return _comparable(value)

    def tie(self, row: Any, selection: Selection) -> Any:
        """Return what rows with equal values are sorted by."""
        del selection
        return row.id

    def in_order(self, selection: Selection, rows: list[Any]) -> list[Any]:
        if not selection.order:
            return super().in_order(selection, rows)
        found = sorted(rows, key=lambda row: self.tie(row, selection))
        for place, by in reversed(list(enumerate(selection.order))):
            found.sort(key=lambda row, n=place: self.value(selection.place(row)[n]))  # type: ignore[misc]
            if by.descending:
                groups: dict[Any, list[Any]] = {}
                for row in found:
                    groups.setdefault(selection.place(row)[place], []).append(row)
                found = [row for value in reversed(groups) for row in groups[value]]
        return found

    def takes(self, selection: Selection, row: Any) -> bool:
        return super().takes(attrs.evolve(selection, after=None), row)

    def scan(self, selection: Selection, /) -> Iterator[Any]:
        rows = super().scan(selection)
        places = list(rows)
        start = 0
        if selection.after is not None:
            known = [selection.place(row) for row in places]
            gone = selection.after not in known
            start = self.where(selection, places) if gone else known.index(selection.after) + 1
        return iter(places[start:])

    def where(self, selection: Selection, rows: list[Any]) -> int:
        """Return where to go on, where the record that was the last one has gone."""
        return sum(not selection.takes(row) for row in rows)


@FAULTS.breaks("pages_go_by_any_order")
class PutsNoneLast(_Sorts):
    """Sorts what is missing behind everything else."""

    def value(self, value: Any) -> Any:
        return (value is None, value)


@FAULTS.breaks("pages_go_by_any_order")
class FoldsInOrder(_Sorts):
    """Sorts text as a dictionary does."""

    def value(self, value: Any) -> Any:
        return _comparable(value.casefold() if isinstance(value, str) else value)


@FAULTS.breaks("pages_go_by_any_order")
class SortsEnumerationsAsDeclared(_Sorts):
    """Sorts the words of an enumeration as they stand in the code."""

    def value(self, value: Any) -> Any:
        return _comparable({"person": "0", "organization": "1"}.get(value, value))


@FAULTS.breaks("pages_go_by_numbers_and_instants")
class SortsNumbersAsText(_Sorts):
    """Sorts 10 before 9."""

    def value(self, value: Any) -> Any:
        return _comparable(str(value) if isinstance(value, int) else value)


@FAULTS.breaks("pages_go_by_numbers_and_instants")
class SortsNumbersAsFloats(_Sorts):
    """Takes large numbers for the same."""

    def value(self, value: Any) -> Any:
        return _comparable(float(value) if isinstance(value, int) else value)


@FAULTS.breaks("pages_go_by_numbers_and_instants")
class SortsToTheSecond(_Sorts):
    """Takes instants of one second for the same."""

    def value(self, value: Any) -> Any:
        return _comparable(value.replace(microsecond=0) if hasattr(value, "hour") else value)


@FAULTS.breaks("pages_go_by_any_order")
class TurnsTiesRound(_Sorts):
    """Lets ids descend where the order descends."""

    def tie(self, row: Any, selection: Selection) -> Any:
        if any(by.descending for by in selection.order):
            return tuple(-ord(letter) for letter in row.id)
        return row.id


@FAULTS.breaks("pages_go_by_any_order")
class ForgetsTies(PlainTable):
    """Leaves rows with equal values in the order in which they were added."""

    def in_order(self, selection: Selection, rows: list[Any]) -> list[Any]:
        found = super().in_order(selection, rows)
        if not selection.order:
            return found
        places = {selection.place(row)[:-1]: 0 for row in found}
        turn = {values: place for place, values in enumerate(places)}
        return sorted(rows, key=lambda row: turn[selection.place(row)[:-1]])


@FAULTS.breaks("pages_go_by_any_order")
class OnlyAscends(PlainTable):
    """Knows one direction."""

    def in_order(self, selection: Selection, rows: list[Any]) -> list[Any]:
        return super().in_order(self._up(selection), rows)

    def takes(self, selection: Selection, row: Any) -> bool:
        return super().takes(self._up(selection), row)

    def _up(self, selection: Selection) -> Selection:
        return attrs.evolve(selection, order=tuple(Order(by.field) for by in selection.order))


@FAULTS.breaks("pages_go_by_any_order")
class SkipsTies(PlainTable):
    """Goes on behind all rows that have the values of the last one."""

    def takes(self, selection: Selection, row: Any) -> bool:
        if selection.order and selection.after is not None:
            last = (*selection.after[:-1], "\U0010ffff" * 64)
            selection = attrs.evolve(selection, after=last)
        return super().takes(selection, row)


@FAULTS.breaks("pages_go_by_any_order")
class GoesOnByIdOnly(PlainTable):
    """Goes on behind the id of the last row, whatever the order."""

    def takes(self, selection: Selection, row: Any) -> bool:
        if selection.after is not None and row.id <= selection.after[-1]:
            return False
        return super().takes(attrs.evolve(selection, after=None), row)


@FAULTS.breaks("pages_are_steady_while_others_write")
class StartsAgainWhereItsPlaceHasGone(_Sorts):
    """Looks for the record that the last page ended with, and begins anew where it is gone."""

    def where(self, selection: Selection, rows: list[Any]) -> int:
        del selection, rows
        return 0


class _Pages(Proxy):
    """Has pages of its own making."""

    def page(
        self, where: Any = EVERYTHING, /, *, order: Any = (), after: Any = None, **wanted: Any
    ) -> Page[Any]:
        """Return a page."""
        found: Page[Any] = self.behind.page(where, order=order, after=after, **wanted)
        return found


@FAULTS.breaks("a_cursor_leads_on_in_its_own_order_only")
class TakesAnyOrder(_Pages):
    """Goes on from the id in a cursor, whichever order it was given for."""

    def page(
        self, where: Any = EVERYTHING, /, *, order: Any = (), after: Any = None, **wanted: Any
    ) -> Page[Any]:
        try:
            return super().page(where, order=order, after=after, **wanted)
        except InvalidCursorError:
            return super().page(where, order=order, **wanted)


@FAULTS.breaks("a_cursor_leads_on_among_its_own_kind_only")
class TakesAnyKind(TakesAnyOrder):
    """Goes on among contacts from a cursor of customers."""

    place = "contacts"


@FAULTS.breaks("a_full_last_page_is_the_last")
class LeadsToAnEmptyPage(_Pages):
    """Gives a cursor with every full page."""

    def page(
        self, where: Any = EVERYTHING, /, *, order: Any = (), after: Any = None, **wanted: Any
    ) -> Page[Any]:
        found = super().page(where, order=order, after=after, **wanted)
        is_full = len(found.items) == wanted.get("limit")
        return attrs.evolve(found, next=found.next or ("end" if is_full else None))


@FAULTS.breaks("what_is_no_cursor_is_refused")
class TakesAnyCursor(TakesAnyOrder):
    """Begins anew where a cursor says nothing to it."""


@FAULTS.breaks("pages_do_not_go_by_personal_data")
class SortsByNames(_Pages):
    """Goes by a name, which then stands in its cursors."""

    def page(
        self, where: Any = EVERYTHING, /, *, order: Any = (), after: Any = None, **wanted: Any
    ) -> Page[Any]:
        by = ("region",) if order == ("name",) else order
        return super().page(where, order=by, after=after, **wanted)


@FAULTS.breaks("pages_go_by_what_has_an_order")
class TakesANameForAList(_Pages):
    """Takes the letters of a name for a list of names."""

    def page(
        self, where: Any = EVERYTHING, /, *, order: Any = (), after: Any = None, **wanted: Any
    ) -> Page[Any]:
        by = (order,) if isinstance(order, str) else order
        return super().page(where, order=by, after=after, **wanted)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found_by_an_example(fault: type[Any]) -> None:
    """No luck is needed: an example finds the fault, and says which promise is broken."""
    FAULTS.find(fault)
