"""Reading fields of records by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from crmcore.errors import UnknownNameError

Reader: TypeAlias = Callable[[object], Any]


def reader(path: str) -> Reader:
    """Return the function that reads a field, or None where something on its way is missing."""
    steps = path.split(".")

    def walk(record: object) -> object:
        value = record
        for step in steps:
            if value is None:
                return None
            if isinstance(value, Mapping):
                value = value.get(step)
            elif hasattr(value, step):
                value = getattr(value, step)
            else:
                known = (name for name in dir(value) if not name.startswith("_"))
                raise UnknownNameError(f"field of {type(value).__name__}", step, known)
        return value

    return walk
