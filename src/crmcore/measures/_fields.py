"""Reading fields of records by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from crmcore.errors import InvalidValueError, UnknownNameError

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


def when(at: object, path: str) -> object:
    """Return what orders records: instants in UTC, as the clocks of a zone are set back.

    Raises:
        InvalidValueError: If there is nothing, or a naive instant.
    """
    if at is None:
        raise InvalidValueError(path, at, "be there, to tell which record is the earlier one")
    if not isinstance(at, datetime):
        return at
    if at.utcoffset() is None:
        raise InvalidValueError(path, at.isoformat(), "carry a time zone")
    return at.astimezone(UTC)


def no_key(path: str, value: object) -> InvalidValueError:
    """Return the refusal of a value that cannot be told from others, such as a list."""
    return InvalidValueError(path, value, "be hashable, as text and numbers are, to be told apart")


def no_order(path: str, value: object) -> InvalidValueError:
    """Return the refusal of a value that is of another kind than those of other records."""
    rule = "be of one kind in all records, to tell which is the earlier one"
    return InvalidValueError(path, value, rule)
