"""Batches: arrivals in the order in which they are given out, with all their faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from operator import attrgetter

from crmcore.errors import Fault, FaultsError

from ._arrival import Arrival


def in_order(arrivals: Iterable[Arrival], *, seen: datetime | None) -> Sequence[Arrival]:
    """Return arrivals by instant, then by id.

    Raises:
        FaultsError: If one is none, lies before the last one that was given out, or contradicts
            another one of the same id and instant.
    """
    given = list(arrivals)
    faults = [
        Fault(f"row {row}", f"must be an Arrival (got {type(arrival).__name__})")
        for row, arrival in enumerate(given, start=1)
        if not isinstance(arrival, Arrival)
    ]
    if faults:
        raise FaultsError("arrivals", faults)
    key = attrgetter("at", "id")
    ordered = all(
        one.at < two.at or (one.at == two.at and one.id < two.id) for one, two in pairwise(given)
    )
    if not ordered:
        given.sort(key=key)
        for one, two in pairwise(given):
            if key(one) == key(two) and one != two:
                problem = f"two different arrivals have this id at {one.at.isoformat()}; keep one"
                faults.append(Fault(f"arrival {one.id}", problem))
    if seen is not None:
        for arrival in given:
            if arrival.at >= seen:
                break
            problem = (
                f"it is of {arrival.at.isoformat()}, before {seen.isoformat()}, when the last "
                "arrival was given out"
            )
            faults.append(Fault(f"arrival {arrival.id}", problem))
    if faults:
        raise FaultsError("arrivals", faults)
    return given
