"""What every store can keep, and so can be asked for."""

from __future__ import annotations

from typing import Final, TypeGuard

LARGEST: Final = 2**63 - 1
"""The largest whole number that databases count up to."""


def is_storable(value: object) -> TypeGuard[str]:
    """Say whether *value* is text without NUL, which PostgreSQL refuses, and lone surrogates."""
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
