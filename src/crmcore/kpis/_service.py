"""K43 to K49: how fast and how thoroughly customers are served."""

from __future__ import annotations

from typing import Final

from ._kpi import Kpi

SERVICE: Final[tuple[Kpi, ...]] = ()
