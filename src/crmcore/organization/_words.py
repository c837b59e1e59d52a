"""Words: text that means the same in any order."""

from __future__ import annotations

from collections.abc import Iterable


def words(given: Iterable[str]) -> tuple[str, ...]:
    """Return the words, each once, sorted."""
    return tuple(sorted(set(given)))
