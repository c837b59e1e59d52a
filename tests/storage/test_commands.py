"""Commands, and what becomes of events when a unit of work ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crmcore.errors import ConcurrencyConflictError, InvalidValueError
from crmcore.events import DomainEvent
from crmcore.memory import MemoryStore
from crmcore.storage import Command, TableUnitOfWork
from tests.storage.conftest import PlainTransaction

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
TOLD = DomainEvent(name="customer.added", subject="customers/c-17", at=NOON)


@pytest.mark.parametrize("answer", [1, b"done", ["done"], "a\0b", "\ud800"])
def test_an_answer_is_text_that_every_store_keeps(answer: Any) -> None:  # noqa: ANN401 - that is wrong
    """What is no text, or no database keeps, is refused, and not told."""
    with pytest.raises(InvalidValueError, match="answer must") as caught:
        Command(id="k-1", request="9f2c", answer=answer)

    assert "done" not in str(caught.value)


def test_an_answer_may_be_missing_or_empty() -> None:
    """No answer is not the same as an empty one, and neither is shown."""
    assert Command(id="k-1", request="9f2c").answer is None
    assert Command(id="k-1", request="9f2c", answer="").answer == ""
    assert "done" not in repr(Command(id="k-1", request="9f2c", answer="done"))


def test_of_two_at_once_the_later_is_told_to_try_again() -> None:
    """A key that somebody else has taken since this unit began is no reason to give up."""
    uow = TableUnitOfWork(PlainTransaction(takes_no_more_of="commands"))

    with pytest.raises(ConcurrencyConflictError) as caught:
        uow.once("k-1", request="do it")

    assert caught.value.retryable
    assert (caught.value.kind, caught.value.key) == ("command", "k-1")


def test_any_text_is_a_request() -> None:
    """Only a digest of what is asked is kept, so it may be whatever somebody has typed."""
    with MemoryStore().unit_of_work() as uow:
        for key, request in enumerate(("", "\0", "\ud800", "做" * 100_000)):
            assert uow.once(str(key), request=request) is None
            assert uow.once(str(key), request=request) is not None
        with pytest.raises(InvalidValueError, match="request must be text"):
            uow.once("k-1", request=b"do it")  # type: ignore[arg-type]  # that is what is refused


def test_what_is_no_event_is_not_told() -> None:
    """A dictionary is no event, and whatever it holds is not shown."""
    uow = TableUnitOfWork(PlainTransaction())

    with pytest.raises(InvalidValueError, match="events must be a DomainEvent"):
        uow.record(TOLD, {"name": "customer.added"})  # type: ignore[arg-type]  # as above


def test_events_are_told_once_and_right_before_the_end() -> None:
    """A transaction is told all events together, and only if there are any."""
    with_events, without = PlainTransaction(), PlainTransaction()

    uow = TableUnitOfWork(with_events)
    uow.record(TOLD)
    uow.record(TOLD, TOLD)
    uow.commit()
    TableUnitOfWork(without).commit()

    assert with_events.ended == ["told 3", "committed"]
    assert without.ended == ["committed"]


def test_where_events_cannot_be_told_nothing_is_kept() -> None:
    """What a transaction raises when it is told events is the end of the unit of work."""

    class Deaf(PlainTransaction):
        def emit(self, events: object, /) -> None:
            raise ConcurrencyConflictError("event", str(events), 0, 1)

    transaction = Deaf()
    uow = TableUnitOfWork(transaction)
    uow.record(TOLD)
    with pytest.raises(ConcurrencyConflictError):
        uow.commit()

    assert transaction.ended == ["rolled back"]
