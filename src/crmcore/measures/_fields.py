"""Reading fields of records by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from crmcore.calendar import day_in
from crmcore.errors import InvalidValueError, UnknownNameError

Reader: TypeAlias = Callable[[object], Any]


def reader(path: str) -> Reader:
    """Return the function that reads a field, or None where something on its way is missing."""
    quick = attrgetter(path)
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

    def read(record: object) -> object:
        try:
            return quick(record)
        except AttributeError:
            return walk(record)

    return read


def day_of(value: object, path: str, where: ZoneInfo | None) -> date | None:
    """Return the day of a date, or of an instant in the zone *where*; None stays None.

    Raises:
        InvalidValueError: If it is neither, or an instant and no zone was given.
    """
    if isinstance(value, datetime):
        if where is None:
            raise InvalidValueError("zone", None, f"be given, because {path} holds instants")
        return day_in(value, where)
    if value is None or isinstance(value, date):
        return value
    raise InvalidValueError(path, value, "be a date or an instant")
