"""Kinds: what a field must be made of, refused in the words of the library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import attrs

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import LabelledEnum

_T = TypeVar("_T")
_E = TypeVar("_E", bound=LabelledEnum)


def each_is_a(kind: type[_T], values: Iterable[_T], field: str, rule: str) -> tuple[_T, ...]:
    """Return the values, and refuse what is none of their kind, as *rule* says.

    Raises:
        InvalidValueError: If one of them is something else, or there are none to look at.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidValueError(field, values, rule)
    found = tuple(values)
    for value in found:
        if not isinstance(value, kind):
            raise InvalidValueError(field, value, rule)
    return found


def word(kind: str, known: type[_E], value: object) -> _E:
    """Return a word as the one of its kind, however it was written down.

    Raises:
        UnknownNameError: If there is no such word; the message suggests the nearest.
    """
    for one in known:
        if one == value:
            return one
    raise UnknownNameError(kind, str(value), [one.value for one in known])


def words(kind: str, known: type[_E], values: Iterable[_E], field: str) -> tuple[_E, ...]:
    """Return words of a kind, each once, in the order of their kind.

    Raises:
        InvalidValueError: If they are no list.
        UnknownNameError: If there is no such word; the message suggests the nearest.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidValueError(field, values, "be a list, also of a single one")
    found = {word(kind, known, value) for value in values}
    return tuple(one for one in known if one in found)


def is_yes_or_no(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Want True or False."""
    if not isinstance(value, bool):
        raise InvalidValueError(attribute.name, value, "be True or False")
