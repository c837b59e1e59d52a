"""K59 to K66 and K72 to K74: tasks, knowledge, training, cooperation."""

from __future__ import annotations

from typing import Final

from ._kpi import Kpi

TEAM: Final[tuple[Kpi, ...]] = ()
