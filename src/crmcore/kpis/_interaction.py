"""K50 to K54: contacts, participation, what care costs and what it brings."""

from __future__ import annotations

from typing import Final

from ._kpi import Kpi

INTERACTION: Final[tuple[Kpi, ...]] = ()
