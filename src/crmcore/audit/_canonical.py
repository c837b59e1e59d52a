"""Canonical JSON, quickly: the text that `crmcore.codec.to_json` gives, for what comes often."""

from __future__ import annotations

from datetime import datetime
from json.encoder import encode_basestring

from crmcore.codec import to_json


def text_of(value: object) -> str:
    """Return *value* as canonical JSON."""
    if value is None:
        return "null"
    if isinstance(value, str):  # a word of an enumeration too
        return encode_basestring(value)
    if type(value) is tuple:
        return f"[{','.join(map(text_of, value))}]"
    if type(value) is int:
        return str(value)
    return to_json(value)


def instant_text(at: datetime | None) -> str | None:
    """Return an instant in UTC as the codec writes it."""
    return None if at is None else at.isoformat().removesuffix("+00:00") + "Z"


def message_of(*parts: object) -> bytes:
    """Return the bytes of a list of plain parts, to be signed or digested.

    No two lists give the same bytes. A lone surrogate, which no field takes but which somebody
    may have written into a file by hand, is written as it is instead of refused.
    """
    return text_of(parts).encode("utf-8", "surrogatepass")
