"""Reading a record, and the few tests that Python has no operator for."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from crmcore.checks import Withheld
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Undefined
from crmcore.privacy import personal_fields

from ._back_end import Comparison, Match

OPERATORS: Final[dict[Comparison, Callable[[Any, Any], Any]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def read(record: object, name: str) -> object:
    """Return the value of a record's field; None where it is missing.

    Raises:
        UnknownNameError: If the record is an object without such an attribute.
        InvalidValueError: If nobody can tell whether the value is missing, or the attribute
            is there and cannot be read.
    """
    if isinstance(record, Mapping):
        value: object = record.get(name)
    else:
        try:
            value = getattr(record, name)
        except AttributeError as error:
            if hasattr(type(record), name):
                rule = f"be an attribute that can be read, and says: {error}"
                raise InvalidValueError(name, type(record).__name__, rule) from error
            raise UnknownNameError("field", name, _names(record)) from None
    with suppress(TypeError, ValueError, ArithmeticError):
        # NaN is the one value that differs from itself.
        is_absent = bool(value != value) or isinstance(value, Undefined)  # noqa: PLR0124
        return None if is_absent else value
    shown = Withheld.of(value) if name in personal_fields(type(record)) else value
    raise InvalidValueError(name, shown, "be a single value, and None where it is missing")


def _names(record: object) -> list[str]:
    return [name for name in dir(record) if not name.startswith("_")]


def has(value: object, text: str) -> bool:
    """Say whether a set of texts has *text* as an element."""
    if not isinstance(value, set | frozenset | tuple | list):
        raise TypeError
    return text in value


def contains(value: object, text: str) -> bool:
    """Say whether a text contains *text*."""
    if not isinstance(value, str):
        raise TypeError
    return text in value


def starts(value: object, text: str) -> bool:
    """Say whether a text starts with *text*."""
    if not isinstance(value, str):
        raise TypeError
    return value.startswith(text)


def ends(value: object, text: str) -> bool:
    """Say whether a text ends with *text*."""
    if not isinstance(value, str):
        raise TypeError
    return value.endswith(text)


MATCHES: Final[dict[Match, Callable[[object, str], bool]]] = {
    "starts": starts,
    "ends": ends,
    "contains": contains,
}
