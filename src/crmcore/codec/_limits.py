"""How large a file of records may be."""

from __future__ import annotations

from typing import Final

from crmcore.notation import Limits

FILES: Final = Limits(bytes=16 * 2**20, digits=30)
