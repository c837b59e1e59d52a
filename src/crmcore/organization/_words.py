"""Words: text that means the same in any order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from crmcore.errors import InvalidValueError


def words(given: Iterable[str], field: attrs.Attribute[Any]) -> tuple[str, ...]:
    """Return the words, each once, sorted.

    Raises:
        InvalidValueError: If it is one text, which would fall apart into its letters.
    """
    if isinstance(given, str):
        raise InvalidValueError(field.name, given, "be a list of texts, also of a single one")
    return tuple(sorted(set(given)))
