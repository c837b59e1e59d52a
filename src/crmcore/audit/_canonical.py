"""Canonical JSON, quickly: the text that `crmcore.codec.to_json` gives, for what comes often."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Any, Final

from crmcore.codec import to_json

# The settings of the codec; the names of tables come from it, sorted already.
_encode: Final[Callable[[Any], str]] = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
).encode


def text_of(value: object) -> str:
    """Return *value* as canonical JSON."""
    if value is None:
        return "null"
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    return to_json(value)


def instant_text(at: datetime | None) -> str | None:
    """Return an instant as the codec writes it."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def message_of(parts: Sequence[Any]) -> bytes:
    """Return the bytes of a list of plain parts, to be signed or digested.

    No two lists give the same bytes. A lone surrogate, which no field takes but which somebody
    may have written into a file by hand, is written as it is instead of refused.
    """
    return _encode(parts).encode("utf-8", "surrogatepass")
