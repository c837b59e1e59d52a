"""K55 to K58: how good the data is, and what is made of it."""

from __future__ import annotations

from typing import Final

from ._kpi import Kpi

DATA: Final[tuple[Kpi, ...]] = ()
