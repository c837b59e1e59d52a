"""Desks: the running side of a rota."""

from __future__ import annotations

from ._arrival import Arrival
from ._decision import Decision
from ._kinds import must_be
from ._rota import Rota, rota_after, turns_from


class Desk:
    """A place at which arrivals are given out one by one, as fast as they come.

    It does what `Rota.assign` does, but keeps the memory at hand instead of returning it each
    time; ``rota`` is the memory so far, whenever it is asked for.

    .. versionadded:: 0.1.0
    """

    __slots__ = ("_began", "_turns")

    def __init__(self, rota: Rota) -> None:
        """Go on from a rota, which itself stays as it is."""
        must_be(Rota, rota, "rota", "be a Rota, such as Rota.of(members)")
        self._began = rota
        self._turns = turns_from(rota)

    @property
    def rota(self) -> Rota:
        """The rota as it is now, to be kept until the desk opens again."""
        return rota_after(self._began, self._turns)

    def assign(self, arrival: Arrival, *, to: str | None = None) -> Decision:
        """Give an arrival out, as `Rota.assign` does; what is refused changes nothing."""
        return self._turns.assign(arrival, to)

    def release(self, arrival: str) -> None:
        """Free the room that an arrival takes, as `Rota.release` does."""
        self._turns.release(arrival, as_if_never=False)

    def take_back(self, arrival: str) -> None:
        """Let an arrival count as never given, as `Rota.take_back` does."""
        self._turns.release(arrival, as_if_never=True)

    def __repr__(self) -> str:
        """Say for how many members it gives out."""
        return f"<Desk of {len(self._began.shares)} members>"
