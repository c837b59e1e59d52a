"""The log of facts over tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

import attrs

from crmcore.criteria import EVERYTHING, Criterion, F
from crmcore.errors import AlreadyExistsError
from crmcore.facts import (
    Fact,
    FactRepository,
    KpiFact,
    ScoreFact,
    StageFact,
    TierFact,
    in_order,
    latest,
)
from crmcore.privacy import erased

from ._records import Records, named
from ._table import Selection

A = TypeVar("A", bound=Fact)

_AT_ONCE: Final = 1_000


@attrs.frozen(repr=False)
class Facts(FactRepository[A]):
    """A `crmcore.facts.FactRepository` over the records of one kind.

    Attributes:
        records: The records.
        subject: The name of the field that says whom or what a fact is about.
    """

    _records: Records[A]
    _subject: str

    def __repr__(self) -> str:
        return repr(self._records)

    def append(self, facts: Iterable[A], /) -> int:
        waiting = iter(facts)
        count = 0
        while some := list(islice(waiting, _AT_ONCE)):
            count += self._append({str(fact.id): fact for fact in _alike(some)})
        return count

    def _append(self, facts: dict[str, A]) -> int:
        known = self._records.get_many(facts)
        for key, stored in known.items():
            _refuse_another(stored, facts[key])
        return self._records.add_all(facts[key] for key in facts if key not in known)

    def of(self, subject: str, /) -> tuple[A, ...]:
        return in_order(self._about(subject))

    def on(self, subject: str, day: date, /) -> A | None:
        return latest(self._about(subject), day)

    def _about(self, subject: str) -> Iterator[A]:
        named(self._subject, subject)
        if self._subject == "customer":  # by whom every store finds records at once
            return self._records.selected(Selection(customer=subject))
        return self._records.stream(F[self._subject] == subject)

    def stream(self, where: Criterion = EVERYTHING, /) -> Iterator[A]:
        return self._records.stream(where)

    def erase(self, subject: str, /) -> int:
        count = 0
        for fact in self.of(subject):
            bare = erased(fact)
            if bare != fact:
                self._records.save(bare)
                count += 1
        return count


def _alike(facts: Iterable[A]) -> Iterator[A]:
    """Yield each fact once.

    Raises:
        AlreadyExistsError: If two of the same id differ.
    """
    seen: dict[str, A] = {}
    for fact in facts:
        if fact.id in seen:
            _refuse_another(seen[fact.id], fact)
        else:
            seen[fact.id] = fact
            yield fact


def _refuse_another(stored: A, fact: A) -> None:
    same = attrs.evolve(fact, version=stored.version)
    if stored not in (same, erased(same)):
        raise AlreadyExistsError(type(fact).__name__.lower(), fact.id)


@attrs.frozen(kw_only=True)
class FactTables:
    """A `crmcore.facts.FactLog` over tables."""

    stages: Facts[StageFact]
    tiers: Facts[TierFact]
    scores: Facts[ScoreFact]
    kpis: Facts[KpiFact]


if TYPE_CHECKING:
    _: type[FactRepository[StageFact]] = Facts[StageFact]
