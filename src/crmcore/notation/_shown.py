"""Showing data of any size and shape in a message, without walking through it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from typing import Final

_CHARACTERS: Final = 40
_KEYS: Final = 4
_BITS: Final = 128


def shown(data: object) -> str:
    """Return a few words for data: a scalar as it is, or else what sort of thing it is."""
    if isinstance(data, str):
        return repr(data) if len(data) <= _CHARACTERS else f"{data[:_CHARACTERS]!r}…"
    if isinstance(data, int) and data.bit_length() > _BITS:
        return f"an integer of {data.bit_length()} bits"
    if isinstance(data, Mapping):
        keys = ", ".join(shown(key) for key in islice(data, _KEYS))
        more = ", …" if len(data) > _KEYS else ""
        return f"a table of {keys}{more}" if data else "an empty table"
    if isinstance(data, list | tuple):
        return f"a list of {len(data)}"
    if data is None or isinstance(data, bool | int | float | Decimal):
        text = repr(data)
        return text if len(text) <= _CHARACTERS else f"{text[:_CHARACTERS]}…"
    return f"a value of the type {type(data).__name__}"
