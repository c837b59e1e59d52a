"""K67 to K71: time, cost, quality, conformance and flexibility of processes."""

from __future__ import annotations

from typing import Final

from ._kpi import Kpi

PROCESS: Final[tuple[Kpi, ...]] = ()
