"""TOML files to plain data, within limits."""

from __future__ import annotations

import os
from typing import Any

from crmcore import notation

from ._limits import FILES


def read_toml(text: str | os.PathLike[str], *, source: str | None = None) -> dict[str, Any]:
    """Return the plain data of a TOML file, with exact decimals for its numbers.

    The file may come from anybody: more than 16 MiB, nesting deeper than 64, NaN, infinities
    and numbers of more than 30 digits are refused.

    Args:
        text: A path object that says where the file is, or, if it is a string, the text itself.
        source: How to call the text in a message; by default the path, or ``TOML``.

    Raises:
        FaultsError: If it cannot be read, with the line and what is wrong there.

    .. versionadded:: 0.1.0
    """
    return notation.read_toml(text, source=source, exact=True, limits=FILES)
