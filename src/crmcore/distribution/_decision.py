"""Decisions: who takes an arrival, with the reason at hand when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import starmap
from typing import overload

import attrs

from crmcore.kernel import MemberId

from ._arrival import Arrival
from ._page import Page
from ._why import Outcome, Why


@attrs.frozen(kw_only=True)
class Decision:
    """Who takes an arrival.

    Attributes:
        arrival: What came.
        member: Who takes it; None where nobody may.
        outcome: How it was decided.

    .. versionadded:: 0.1.0
    """

    arrival: Arrival
    member: MemberId | None
    outcome: Outcome
    _tell: Callable[[], Why] = attrs.field(alias="tell", eq=False, repr=False)

    @property
    def why(self) -> Why:
        """Why, with what counted for everybody at that moment.

        It is worked out when it is asked for, and costs nothing where nobody asks.
        """
        return self._tell()

    def __str__(self) -> str:
        """Return what goes to whom, and why, in English."""
        return f"{self.arrival.id}: {self.why}"


def decision(
    arrival: Arrival, member: MemberId | None, outcome: Outcome, page: Page | None, until: int
) -> Decision:
    """Return a decision that is told from a page as it was after so many entries."""
    tell = (
        partial(Why, outcome=outcome, member=member)
        if page is None
        else partial(page.tell, arrival, member=member, outcome=outcome, until=until)
    )
    return Decision(arrival=arrival, member=member, outcome=outcome, tell=tell)


class Decisions(Sequence[Decision]):
    """Decisions in the order in which they were made, each written out when it is looked at.

    A million of them take as many references, and no objects that a collector has to visit.
    """

    __slots__ = ("_columns",)

    def __init__(
        self,
        arrivals: Sequence[Arrival],
        members: Sequence[MemberId | None],
        outcomes: Sequence[Outcome],
        pages: Sequence[Page | None],
        counts: Sequence[int],
    ) -> None:
        """Keep the columns, all of one length."""
        self._columns = (arrivals, members, outcomes, pages, counts)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._columns[0])

    @overload
    def __getitem__(self, index: int) -> Decision: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Decision, ...]: ...
    def __getitem__(self, index: int | slice) -> Decision | tuple[Decision, ...]:
        """Return one of them, or a stretch."""
        if isinstance(index, slice):
            return tuple(self[at] for at in range(len(self))[index])
        arrivals, members, outcomes, pages, counts = self._columns
        return decision(
            arrivals[index], members[index], outcomes[index], pages[index], counts[index]
        )

    def __iter__(self) -> Iterator[Decision]:
        """Return them one after the other."""
        return starmap(decision, zip(*self._columns, strict=True))

    def __eq__(self, other: object) -> bool:
        """Say whether the same was decided of the same."""
        if not isinstance(other, Decisions):
            return NotImplemented
        return self._columns[:3] == other._columns[:3]

    def __hash__(self) -> int:
        """Return a number that is equal for equal decisions."""
        return hash((len(self), *self._columns[1][:1]))

    def __repr__(self) -> str:
        """Say how many there are."""
        return f"<{len(self)} decisions>"
