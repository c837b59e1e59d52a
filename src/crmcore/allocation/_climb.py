"""The way up: by how much prizes change from step to step.

Sources:
    M. L. Fisher, "The Lagrangian Relaxation Method for Solving Integer Programming
    Problems", Management Science 27(1), 1981 (the length of a step).
    P. M. Camerini, L. Fratta and F. Maffioli, "On Improving Relaxation Methods by Modified
    Gradient Techniques", Mathematical Programming Study 3, 1975 (a direction that keeps a
    part of the one before).
"""

from __future__ import annotations

from collections.abc import Sequence

_PATIENCE = 6  # steps that may lead no higher before they get shorter
_INERTIA = 0.75  # the part of its direction that a climb keeps
_NEAR = 0.2  # what is less off than this keeps its prize


class Climb:
    """Where a climb goes, and in what steps.

    Prizes go up for items that nobody takes, and down for items that are taken twice. A part
    of the direction is kept from step to step, since the climb would zigzag otherwise. A step
    is as long as what is left to the least cost known suggests, and gets shorter where the
    bound gets no higher.
    """

    def __init__(self, rows: int) -> None:
        self._aim = [0.0] * rows
        self._scale = 1.0
        self._stale = 0

    def note(self, *, higher: bool) -> None:
        """Take note whether the last step has led higher than all before."""
        self._stale = 0 if higher else self._stale + 1
        if self._stale == _PATIENCE:
            self._stale = 0
            self._scale /= 2

    def step(self, takers: Sequence[Sequence[int]], left: int) -> dict[int, int]:
        """Return by how much which prizes change; nothing where that leads no further.

        Args:
            takers: The columns that take each row now.
            left: How far the bound is below the least cost known.
        """
        missed = [1 - len(who) for who in takers]
        self._aim = [
            miss + _INERTIA * before for miss, before in zip(missed, self._aim, strict=True)
        ]
        far = {row: by for row, by in enumerate(self._aim) if abs(by) > _NEAR}
        if not far or not any(missed):
            return {}
        size = self._scale * left / sum([by * by for by in far.values()])
        return {row: round(size * by) for row, by in far.items()} if size >= 1 else {}
