"""Batches: arrivals in the order in which they are given out, with all their faults."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise, takewhile
from operator import attrgetter

from crmcore.errors import Fault, FaultsError

from ._arrival import Arrival
from ._kinds import listed

_TURN = attrgetter("at", "id")


def in_order(
    arrivals: Iterable[Arrival], *, since: datetime, held: Collection[str]
) -> Sequence[Arrival]:
    """Return arrivals by instant, then by id.

    Args:
        arrivals: The arrivals.
        since: The first instant at which something can be given out.
        held: The ids of what is given out already, which may come again at any time.

    Raises:
        FaultsError: If one is none, comes too late, or contradicts another one of the same id
            and instant.
    """
    given = list(listed(arrivals, "arrivals", "be a list of arrivals, also of a single one"))
    faults = [
        Fault(f"row {row}", f"must be an Arrival (got {type(arrival).__name__})")
        for row, arrival in enumerate(given, start=1)
        if not isinstance(arrival, Arrival)
    ]
    if not faults:
        # A feed is in order most of the time, which is seen faster than it is sorted.
        ordered = all(
            one.at < two.at or (one.at == two.at and one.id < two.id)
            for one, two in pairwise(given)
        )
        if not ordered:
            given.sort(key=_TURN)
            faults += _contradictions(given)
        faults += _late(given, since, held)
    if faults:
        raise FaultsError("arrivals", faults)
    return given


def _contradictions(ordered: Sequence[Arrival]) -> Iterator[Fault]:
    for one, two in pairwise(ordered):
        if _TURN(one) == _TURN(two) and one != two:
            problem = f"two different arrivals have this id at {one.at.isoformat()}; keep one"
            yield Fault(f"arrival {one.id}", problem)


def _late(ordered: Sequence[Arrival], since: datetime, held: Collection[str]) -> Iterator[Fault]:
    for arrival in takewhile(lambda one: one.at < since, ordered):
        if arrival.id not in held:
            problem = (
                f"it is of {arrival.at.isoformat()}, before {since.isoformat()}, "
                "when the last arrival was given out"
            )
            yield Fault(f"arrival {arrival.id}", problem)
