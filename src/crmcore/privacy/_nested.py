"""Types that have records of people in them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any, get_args, get_type_hints

import attrs

from ._personal import personal_fields


@cache
def holds_personal(kind: Any) -> bool:  # noqa: ANN401 - whatever a field is annotated with
    """Say whether a type is a record that declares personal data, or has such records in it.

    Args:
        kind: A class, or what annotates a field, such as ``tuple[Contact, ...] | None``.

    .. versionadded:: 0.1.0
    """
    return any(personal_fields(found) for found in _classes_in(kind))


def _classes_in(kind: Any) -> Iterator[type[Any]]:  # noqa: ANN401
    """Yield the classes that a type is made of, each once: a record may hold its like."""
    waiting, seen = [kind], {kind}
    while waiting:
        found = waiting.pop()
        parts = [*get_args(found)]
        if isinstance(found, type):
            yield found
            if attrs.has(found):
                hints = get_type_hints(found)
                parts += [hints[field.name] for field in attrs.fields(found)]
        new = [part for part in parts if isinstance(part, Hashable) and part not in seen]
        seen.update(new)
        waiting += new
