"""The examples for stores are tested: stores that forget or make up facts, commands and events."""

# ruff: noqa: ANN401, D102, D107 - a method that is broken is what its class says

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import count
from typing import Any

import attrs
import pytest

from crmcore.errors import (
    AlreadyExistsError,
)
from crmcore.events import DomainEvent, OutboxPage, RecordedEvent
from crmcore.facts import in_order
from crmcore.storage import (
    Capability,
    TableUnitOfWork,
)
from tests.testing.conftest import (
    Faults,
    PlainOutbox,
    PlainStore,
    PlainTable,
    PlainTransaction,
    Proxy,
    Rows,
)

FAULTS = Faults()


class _Facts(Proxy):
    place = "tiers"


@FAULTS.breaks("facts_are_appended_once")
class CountsFactsTwice(_Facts):
    """Counts what it passes over."""

    def append(self, facts: Iterable[Any], /) -> int:
        some = list(facts)
        self.behind.append(some)
        return len(some)


@FAULTS.breaks("facts_are_appended_once")
class RefusesKnownFacts(_Facts):
    """Refuses a fact that is stored already."""

    def append(self, facts: Iterable[Any], /) -> int:
        some = list(facts)
        for fact in some:
            if fact.id in {known.id for known in self.behind.of(fact.customer)}:
                raise AlreadyExistsError("tierfact", fact.id)
        return int(self.behind.append(some))


@FAULTS.breaks("facts_are_never_changed")
class JudgesAgain(_Facts):
    """Keeps the first judgement, and says nothing of another one."""

    def append(self, facts: Iterable[Any], /) -> int:
        some = {fact.id: fact for fact in facts}.values()
        known = {fact.id for fact in self.behind.stream()}
        return int(self.behind.append(fact for fact in some if fact.id not in known))


@FAULTS.breaks("a_fact_holds_from_its_day_on")
class HoldsFromTheDayAfter(_Facts):
    """Takes a fact to hold from the day after that it was judged as of."""

    def on(self, subject: str, day: date, /) -> Any:
        earlier = [fact for fact in self.behind.of(subject) if fact.as_of < day]
        return earlier[-1] if earlier else None


@FAULTS.breaks("a_fact_holds_from_its_day_on")
class LooksAhead(_Facts):
    """Says on any day what was judged last."""

    def on(self, subject: str, day: date, /) -> Any:
        del day
        return self.behind.on(subject, date.max)


@FAULTS.breaks("facts_of_a_subject_come_by_day")
class TurnsDaysRound(_Facts):
    """Gives the latest fact first."""

    def of(self, subject: str, /) -> Any:
        return in_order(self.behind.of(subject))[::-1]


@FAULTS.breaks("two_policies_judge_apart")
class OrdersPoliciesById(_Facts):
    """Orders the facts of one day by id, not as they were written down."""

    def of(self, subject: str, /) -> Any:
        return tuple(sorted(self.behind.of(subject), key=lambda fact: (fact.as_of, fact.id)))

    def on(self, subject: str, day: date, /) -> Any:
        return next((fact for fact in self.of(subject)[::-1] if fact.as_of <= day), None)


@FAULTS.breaks("facts_are_kept_with_the_rest")
class KeepsFactsAtOnce(PlainTransaction):
    """Keeps facts outside of the transaction."""

    def copied(self, rows: Mapping[str, Rows]) -> dict[str, Rows]:
        return {**super().copied(rows), "tier_facts": rows["tier_facts"]}


@FAULTS.breaks("a_key_stands_for_one_request")
class ForgetsTheRequest(TableUnitOfWork):
    """Knows keys, and not what they stand for."""

    def once(self, key: str, /, *, request: str) -> Any:
        del request
        return super().once(key, request="")


@FAULTS.breaks("a_command_is_carried_out_once")
class BeginsEachTime(TableUnitOfWork):
    """Takes every command for a new one."""

    def once(self, key: str, /, *, request: str) -> None:
        super().once(key, request=request)


@FAULTS.breaks("a_command_that_was_not_kept_was_not_sent")
class KeepsCommandsAtOnce(PlainTransaction):
    """Keeps commands outside of the transaction."""

    def copied(self, rows: Mapping[str, Rows]) -> dict[str, Rows]:
        return {**super().copied(rows), "commands": rows["commands"]}


@FAULTS.breaks("requests_and_answers_are_text_of_any_length")
class CutsAnswers(PlainTable):
    """Has a column for 255 characters."""

    def update_one(self, record: Any) -> bool:
        if self.name == "commands":
            record = attrs.evolve(record, answer=record.answer[:255])
        return super().update_one(record)


@FAULTS.breaks("requests_and_answers_are_text_of_any_length")
class ComparesTheBeginning(TableUnitOfWork):
    """Compares requests by their first letters."""

    def once(self, key: str, /, *, request: str) -> Any:
        return super().once(key, request=request[:255])


@FAULTS.breaks("a_command_may_have_no_answer")
class NeedsAnAnswer(TableUnitOfWork):
    """Takes a command without an answer for one that was not carried out."""

    def once(self, key: str, /, *, request: str) -> Any:
        found = super().once(key, request=request)
        return None if found is None or found.answer is None else found


@FAULTS.breaks("a_command_that_is_sent_twice_at_once_is_carried_out_once")
class RefusesForGood(PlainTransaction):
    """Lets the later one fail with an error after which nobody tries again."""

    def __init__(self, store: PlainStore, *, tenant: str, readonly: bool) -> None:
        if store.writing.locked() and not readonly:
            raise AlreadyExistsError("customer", "c-1")
        super().__init__(store, tenant=tenant, readonly=readonly)


@FAULTS.breaks("events_come_with_what_they_tell_of")
class TellsBackwards(PlainOutbox):
    """Puts the last event first."""

    def extend(self, events: Iterable[DomainEvent]) -> None:
        super().extend([*events][::-1])


@FAULTS.breaks("events_come_with_what_they_tell_of")
class LosesData(PlainOutbox):
    """Keeps the name of an event only."""

    def extend(self, events: Iterable[DomainEvent]) -> None:
        super().extend(attrs.evolve(event, data=()) for event in events)


@FAULTS.breaks("nothing_is_told_without_a_commit")
class TellsAtOnce(TableUnitOfWork):
    """Tells what is recorded before anybody commits."""

    def record(self, *events: DomainEvent) -> None:
        super().record(*events)
        transaction: Any = self._transaction
        transaction.store.outbox(tenant=transaction.tenant).extend(events)
        self._events.clear()


@FAULTS.breaks("nothing_is_told_of_what_was_refused")
class TellsOfTheRefused(TellsAtOnce):
    """Keeps the events of units of work that failed."""


@FAULTS.breaks("nothing_is_told_of_what_was_refused")
class TellsWhateverBecomesOfIt(TableUnitOfWork):
    """Tells what was recorded when the unit of work ends, in whichever way."""

    def rollback(self) -> None:
        transaction: Any = self._transaction
        transaction.store.outbox(tenant=transaction.tenant).extend(self._events)
        super().rollback()


@FAULTS.breaks("numbers_tell_events_apart")
class NumbersByUnit(PlainOutbox):
    """Numbers the events of each unit of work from one."""

    def extend(self, events: Iterable[DomainEvent]) -> None:
        self.store.numbers = count(1)
        super().extend(events)


@FAULTS.breaks("pruning_gives_no_number_again")
class NumbersByPlace(PlainOutbox):
    """Numbers events by how many there are."""

    def number(self) -> int:
        return len(self.events) + 1


@FAULTS.breaks("positions_lead_on")
class SkipsOne(PlainOutbox):
    """Goes on behind the event after the position."""

    def place(self, position: str) -> int:
        return super().place(position) + 1


@FAULTS.breaks("positions_lead_on_from_the_end")
class LosesItsPlace(PlainOutbox):
    """Leads to the beginning where there is nothing to read."""

    def read(self, *, after: str | None = None, limit: int = 500) -> OutboxPage:
        found = super().read(after=after, limit=limit)
        return found if found.events else attrs.evolve(found, position="0")


@FAULTS.breaks("positions_lead_on")
class ReadsWithoutEnd(PlainOutbox):
    """Reads everything, whatever the limit."""

    def read(self, *, after: str | None = None, limit: int = 500) -> OutboxPage:
        return super().read(after=after, limit=max(limit, 0) and 500)


@FAULTS.breaks("reading_takes_nothing_away")
class TakesAway(PlainOutbox):
    """Hands each event to one reader."""

    def read(self, *, after: str | None = None, limit: int = 500) -> OutboxPage:
        found = super().read(after=after, limit=limit)
        self.prune(before=found.position)
        return found


@FAULTS.breaks("what_all_have_read_can_be_forgotten")
class ForgetsEverything(PlainOutbox):
    """Forgets more than it was told to."""

    def prune(self, *, before: str) -> int:
        del before
        return super().prune(before="999999")


@FAULTS.breaks("what_all_have_read_can_be_forgotten")
class ForgetsNothing(PlainOutbox):
    """Says that it has forgotten, and has not."""

    def prune(self, *, before: str) -> int:
        return len(self.events) - len(self.behind(self.place(before)))


@FAULTS.breaks("what_is_no_position_is_refused")
class TakesAnyPosition(PlainOutbox):
    """Begins anew where a position says nothing to it."""

    def place(self, position: str) -> int:
        return int(position) if position.isascii() and position.isdigit() else 0


@FAULTS.breaks("writers_at_once_are_all_heard")
class NumbersBeforeItsTurn(PlainOutbox):
    """Puts events into their places by their numbers, also before those that were read."""

    def extend(self, events: Iterable[DomainEvent]) -> None:
        number = next(self.store.numbers)
        numbers = count(number * 10 if number % 2 else (number - 3) * 10 + 11)
        for event in events:
            self.events.append(RecordedEvent(number=next(numbers), event=event))
        self.events.sort(key=lambda told: told.number)


@FAULTS.breaks("a_store_without_an_outbox_says_so")
class ForgetsEvents(PlainStore):
    """Has no outbox, and takes events all the same."""

    capabilities = frozenset({Capability.TENANTS, Capability.SNAPSHOT_READS})


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found_by_an_example(fault: type[Any]) -> None:
    """No luck is needed: an example finds the fault, and says which promise is broken."""
    FAULTS.find(fault)
