"""What has changed: the facts that differ from those that held before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final, TypeAlias, TypeVar

from crmcore.criteria import F
from crmcore.events import DomainEvent
from crmcore.facts import FactRepository, StageFact, TierFact, latest
from crmcore.kernel import CustomerId

_FactT = TypeVar("_FactT", StageFact, TierFact)
_Word: TypeAlias = Callable[[_FactT], str]

_DAY: Final = timedelta(days=1)
_FEW: Final = 5


def new_ones(repository: FactRepository[_FactT], facts: Iterable[_FactT]) -> list[_FactT]:
    """Return those of some facts of one day that are not stored yet."""
    wanted = list(facts)
    known: set[str] = set()
    if wanted:
        known = {fact.id for fact in repository.stream(F.as_of == wanted[0].as_of)}
    return [fact for fact in wanted if fact.id not in known]


def changes(
    repository: FactRepository[_FactT], facts: Iterable[_FactT], name: str, word: _Word[_FactT]
) -> Iterator[DomainEvent]:
    """Yield an event for each customer of whom something else held before.

    Args:
        repository: Where the facts from before are kept.
        facts: Facts of one day, by customer.
        name: How the events are called.
        word: Returns what is compared.
    """
    found = list(facts)
    before = _before(repository, found)
    for fact in found:
        held = before.get(fact.customer)
        if held is not None and word(held) != word(fact):
            yield DomainEvent(
                name=name,
                subject=f"customers/{fact.customer}",
                at=fact.recorded_at,
                data={
                    "before": word(held),
                    "after": word(fact),
                    "since": fact.since.isoformat(),
                    "as_of": fact.as_of.isoformat(),
                    "policy": fact.fingerprint,
                },
            )


def _before(repository: FactRepository[_FactT], facts: list[_FactT]) -> Mapping[CustomerId, _FactT]:
    """Return what held of each customer the day before.

    Most customers were judged last on one and the same day, and are read in one go; only the
    others are asked for one by one.
    """
    last = _last_day(repository, facts)
    if last is None:
        return {}
    of_day: dict[CustomerId, list[_FactT]] = {}
    for fact in repository.stream(F.as_of == last):
        of_day.setdefault(fact.customer, []).append(fact)
    found = {customer: latest(some, last) for customer, some in of_day.items()}
    for fact in facts:
        if fact.customer not in found:
            found[fact.customer] = repository.on(fact.customer, fact.as_of - _DAY)
    return {customer: fact for customer, fact in found.items() if fact is not None}


def _last_day(repository: FactRepository[_FactT], facts: list[_FactT]) -> date | None:
    """Return the last day before that of some facts of which there are any.

    A few customers are asked first; then there is seldom a later day to be found.
    """
    if not facts:
        return None
    end = facts[0].as_of
    asked = [repository.on(fact.customer, end - _DAY) for fact in facts[:_FEW]]
    last = max((fact.as_of for fact in asked if fact is not None), default=date.min)
    while later := next(repository.stream((F.as_of > last) & (F.as_of < end)), None):
        last = later.as_of
    return None if last == date.min else last
