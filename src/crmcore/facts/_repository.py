"""Where facts are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol, TypeVar

from crmcore.criteria import EVERYTHING, Criterion

from ._customer import ScoreFact, StageFact, TierFact
from ._fact import Fact
from ._kpi import KpiFact

F = TypeVar("F", bound=Fact)


class FactRepository(Protocol[F]):
    """Keeps facts of one kind for good, and finds them again.

    Facts are appended, and neither changed nor removed; only what is personal in them can be
    erased. What they are about, their *subject*, is the customer, and of a `KpiFact` its
    ``subject``.

    .. versionadded:: 0.1.0
    """

    def append(self, facts: Iterable[F], /) -> int:
        """Store facts from a stream of any length, and return how many were new.

        A fact that is stored already is passed over.

        Raises:
            AlreadyExistsError: If something else was judged of the same subject, as of the
                same day, by the same policy.
        """
        ...

    def of(self, subject: str, /) -> tuple[F, ...]:
        """Return what was judged of *subject*, in order of the days, as `in_order` has it."""
        ...

    def on(self, subject: str, day: date, /) -> F | None:
        """Return what held of *subject* on a day, as `latest` has it; None before all."""
        ...

    def stream(self, where: Criterion = EVERYTHING, /) -> Iterator[F]:
        """Yield the facts that *where* holds for, by id, and so by day, in constant memory."""
        ...

    def erase(self, subject: str, /) -> int:
        """Take the personal data out of what was judged of *subject*; return from how many.

        Everything else stays, and a fact that is appended again is still passed over.
        """
        ...


class FactLog(Protocol):
    """All that was judged, kind by kind.

    .. versionadded:: 0.1.0
    """

    @property
    def stages(self) -> FactRepository[StageFact]:
        """Where customers stood in their life cycle."""
        ...

    @property
    def tiers(self) -> FactRepository[TierFact]:
        """In which tier customers were."""
        ...

    @property
    def scores(self) -> FactRepository[ScoreFact]:
        """Which scores customers had, and why.

        Of a customer whom several rule sets score, *on* returns what was written down last.
        """
        ...

    @property
    def kpis(self) -> FactRepository[KpiFact]:
        """What the KPIs were known to be."""
        ...
