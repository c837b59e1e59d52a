"""Reading: the fields of a record, counts and dates among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Undefined

# The largest count with which points are multiplied exactly, in every engine.
MOST_TIMES: Final = 2**53 - 1


def is_missing(value: object) -> bool:
    """Say whether a value is None, NaN or undefined."""
    try:
        return value is None or bool(value != value) or isinstance(value, Undefined)  # noqa: PLR0124
    except (TypeError, ValueError, ArithmeticError):
        return False  # what cannot be compared with itself is no value that can be counted


def reader(names: tuple[str, ...], of: type | None) -> Callable[[Any], tuple[object, ...]]:
    """Return the function that reads these fields of a record of class *of*, or of any."""
    getters = [attrgetter(name) for name in names]

    def by_attribute(record: object) -> tuple[object, ...]:
        try:
            return tuple([get(record) for get in getters])
        except AttributeError as error:
            broken = next((name for name in names if _is_broken(record, name)), None)
            if broken is not None:
                rule = f"be an attribute that can be read, and says: {error}"
                raise InvalidValueError(broken, type(record).__name__, rule) from error
            known = [name for name in dir(record) if not name.startswith("_")]
            raise UnknownNameError("field", str(error.name), known) from None

    def by_key(record: Mapping[str, object]) -> tuple[object, ...]:
        return tuple(map(record.get, names))

    def by_either(record: object) -> tuple[object, ...]:
        return by_key(record) if isinstance(record, Mapping) else by_attribute(record)

    if of is None:
        return by_either
    return by_key if issubclass(of, Mapping) else by_attribute


def _is_broken(record: object, name: str) -> bool:
    """Say whether a record has an attribute of this name, and not its value."""
    return hasattr(type(record), name) and not hasattr(record, name)


def count(value: object, field: str) -> int | None:
    """Return a count, or None where it is missing.

    Raises:
        InvalidValueError: If it is no whole number, or not one that counts.
    """
    if is_missing(value):
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_TIMES:
        raise InvalidValueError(field, value, "be a count, 0 or more and below 2^53")
    return value


def day(value: object, field: str) -> date | None:
    """Return a day, or None where it is missing.

    Raises:
        InvalidValueError: If it is no date, or an instant.
    """
    if is_missing(value):
        return None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidValueError(field, value, "be a date")
    return value
