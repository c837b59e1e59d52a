"""Examples of the outbox: events are there with what they tell of, and none is missed."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from crmcore.errors import (
    CrmError,
    InvalidCursorError,
    InvalidValueError,
    NotFoundError,
    StorageUnavailableError,
    UnsupportedError,
)
from crmcore.events import DomainEvent, Outbox, RecordedEvent
from crmcore.storage import Capability, Store, run

from ._promises import Promises
from ._samples import NEW_YEAR, SUMMER, all_ids, customer, keep

TELLING: Final = Promises(needs=(Capability.OUTBOX,))
NOT_TELLING: Final = Promises(lacks=Capability.OUTBOX)

_WRITERS: Final = 4
_TURNS: Final = 10
_MOST: Final = 20


def _event(name: str, **fields: Any) -> DomainEvent:  # noqa: ANN401 - any field
    """Return an event of customer ``c-1`` at new year."""
    usual: dict[str, Any] = {"name": name, "subject": "customers/c-1", "at": NEW_YEAR}
    return DomainEvent(**usual | fields)


def _tell(store: Store, *names: str) -> None:
    """Record events in one unit of work."""
    with store.unit_of_work() as uow:
        uow.record(*(_event(name) for name in names))
        uow.commit()


def _names(events: tuple[RecordedEvent, ...]) -> list[str]:
    return [told.event.name for told in events]


def _all(outbox: Outbox, after: str | None = None, limit: int = 500) -> tuple[RecordedEvent, ...]:
    """Read on until there is nothing more."""
    met: tuple[RecordedEvent, ...] = ()
    page = outbox.read(after=after, limit=limit)
    while page.events:
        met += page.events
        assert len(met) <= _MOST  # or it goes round and round
        page = outbox.read(after=page.position, limit=limit)
    return met


@TELLING
def events_come_with_what_they_tell_of(store: Store) -> None:
    """An event is in the outbox once its unit of work was committed, whole and in its turn."""
    whole = _event(
        "customer.added",
        at=SUMMER,
        data={"region": "北", "count": 2**53, "new": True, "was": None, "less": -1},
    )

    with store.unit_of_work() as uow:
        uow.customers.add(customer("c-1"))
        uow.record(whole, _event("b"))
        uow.record()
        uow.record(_event("a"))
        assert store.outbox().read().events == ()
        uow.commit()

    events = store.outbox().read().events
    assert [told.event for told in events] == [whole, _event("b"), _event("a")]
    assert all_ids(store) == ["c-1"]


@TELLING
def nothing_is_told_without_a_commit(store: Store) -> None:
    """Events of a unit of work that was left, rolled back or broken off are told to nobody."""
    with store.unit_of_work() as uow:
        uow.record(_event("left"))
    with store.unit_of_work() as uow:
        uow.record(_event("rolled back"))
        uow.rollback()
    with pytest.raises(NotFoundError), store.unit_of_work() as uow:  # noqa: PT012 - the unit
        uow.record(_event("broken off"))
        uow.customers.get("c-1")
    _tell(store, "kept")

    assert _names(_all(store.outbox())) == ["kept"]


@TELLING
def nothing_is_told_of_what_was_refused(store: Store) -> None:
    """Where two add the same and one is refused, also when committing, one is told."""

    def add(name: str) -> bool:
        try:
            with store.unit_of_work() as uow:
                uow.record(_event(name))
                uow.customers.add(customer("c-1", name=name))
                uow.commit()
        except CrmError:
            return False
        return True

    names = [f"writer-{n}" for n in range(_WRITERS)]
    with ThreadPoolExecutor(_WRITERS) as threads:
        kept = list(threads.map(add, names))

    assert kept.count(True) == 1
    assert _names(_all(store.outbox())) == [names[kept.index(True)]]


@TELLING
def numbers_tell_events_apart(store: Store) -> None:
    """No two events have the same number, and of one subject the later one has the higher."""
    for turn in range(3):
        _tell(store, *(f"event-{turn}-{n}" for n in range(3)))

    events = _all(store.outbox())
    assert _names(events) == [f"event-{turn}-{n}" for turn in range(3) for n in range(3)]
    numbers = [told.number for told in events]
    assert numbers == sorted(set(numbers))


@TELLING
def positions_lead_on(store: Store) -> None:
    """Reading on from each position meets every event once, however many are read at a time."""
    _tell(store, *(f"event-{n}" for n in range(7)))
    outbox = store.outbox()

    for limit in (1, 2, 3, 7, 500):
        events = _all(outbox, limit=limit)
        assert _names(events) == [f"event-{n}" for n in range(7)]
    assert len(outbox.read(limit=2).events) == len(_all(outbox)[:2])
    with pytest.raises(InvalidValueError, match="limit must be at least 1"):
        outbox.read(limit=0)


@TELLING
def positions_lead_on_from_the_end(store: Store) -> None:
    """Where there is nothing to read, the position leads to what comes afterwards."""
    outbox = store.outbox()
    start = outbox.read().position
    _tell(store, "first")
    first = outbox.read(after=start)
    end = outbox.read(after=first.position)
    _tell(store, "second", "third")

    assert _names(first.events) == ["first"]
    assert end.events == ()
    assert _names(outbox.read(after=end.position).events) == ["second", "third"]
    assert _names(outbox.read(after=first.position).events) == ["second", "third"]


@TELLING
def reading_takes_nothing_away(store: Store) -> None:
    """Events may be read by many, each from where it stands."""
    _tell(store, "first", "second")
    one, another = store.outbox(), store.outbox()
    behind = one.read(limit=1).position

    assert _names(another.read().events) == ["first", "second"]
    assert _names(another.read(after=behind).events) == ["second"]
    assert _names(one.read(after=None).events) == ["first", "second"]


@TELLING
def what_all_have_read_can_be_forgotten(store: Store) -> None:
    """Pruning forgets the events up to a position, says how many, and spares those behind it."""
    _tell(store, *(f"event-{n}" for n in range(5)))
    outbox = store.outbox()
    behind = outbox.read(limit=3).position

    assert outbox.prune(before=behind) == 3  # noqa: PLR2004 - as many as were read
    assert _names(_all(outbox)) == ["event-3", "event-4"]
    assert _names(_all(outbox, after=behind)) == ["event-3", "event-4"]
    assert outbox.prune(before=behind) == 0


@TELLING
def pruning_gives_no_number_again(store: Store) -> None:
    """After everything was forgotten, what comes next is still behind every old position."""
    _tell(store, "first", "second")
    outbox = store.outbox()
    first = outbox.read()
    outbox.prune(before=first.position)
    _tell(store, "third")

    rest = outbox.read(after=first.position)
    assert _names(rest.events) == ["third"]
    assert rest.events[0].number > first.events[-1].number
    assert _names(_all(outbox)) == ["third"]


@TELLING
def what_is_no_position_is_refused(store: Store) -> None:
    """Text that no outbox has given is no place to read on from, or to prune up to."""
    _tell(store, "first")
    outbox = store.outbox()

    for text in ("", "x", "é", "1.5", "-1", " ", "1 OR 1=1", "٣", "1" * 5_000, "null"):
        with pytest.raises(InvalidCursorError):
            outbox.read(after=text)
        with pytest.raises(InvalidCursorError):
            outbox.prune(before=text)
    assert _names(_all(outbox)) == ["first"]


@TELLING
def writers_at_once_are_all_heard(store: Store) -> None:
    """While many write at once, a reader who follows them misses no event of any of them."""
    with ThreadPoolExecutor(_WRITERS) as threads:

        def write(writer: int) -> None:
            for turn in range(_TURNS):
                event = _event(f"event-{turn}", subject=f"customers/c-{writer}")
                run(store, lambda uow, told=event: uow.record(told), attempts=1_000)  # type: ignore[misc]

        writing = [threads.submit(write, n) for n in range(_WRITERS)]
        outbox = store.outbox()
        heard: dict[int, DomainEvent] = {}
        position: str | None = None
        while True:
            all_done = all(each.done() for each in writing)
            page = outbox.read(after=position, limit=3)
            position = page.position
            heard |= {told.number: told.event for told in page.events}
            if all_done and not page.events:
                break
            assert len(heard) <= _WRITERS * _TURNS
        for each in writing:
            each.result()

    for writer in range(_WRITERS):
        told = [heard[n].name for n in sorted(heard) if heard[n].subject.endswith(f"-{writer}")]
        assert told == [f"event-{turn}" for turn in range(_TURNS)]


@TELLING
def a_closed_store_has_no_outbox(store: Store) -> None:
    """A closed store is closed to those who want to read what has happened."""
    store.close()

    with pytest.raises(StorageUnavailableError):
        store.outbox().read()


@NOT_TELLING
def a_store_without_an_outbox_says_so(store: Store) -> None:
    """Nobody thinks that an event was kept which was not: recording one is refused."""
    with pytest.raises(UnsupportedError):
        store.outbox().read()
    with pytest.raises(UnsupportedError), store.unit_of_work() as uow:  # noqa: PT012 - the unit
        uow.customers.add(customer("c-1"))
        uow.record(_event("customer.added"))
        uow.commit()
    assert all_ids(store) == []

    keep(store, customers=[customer("c-1")])
    assert all_ids(store) == ["c-1"]
