"""Kinds: what a field must be an instance of, refused in the words of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

import attrs

from crmcore.errors import InvalidValueError

_T = TypeVar("_T")

Validator: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def is_a(kind: type, rule: str) -> Validator:
    """Return a validator that wants an instance of *kind*, as *rule* says."""

    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
        if not isinstance(value, kind):
            raise InvalidValueError(attribute.name, value, rule)

    return check


def each_is_a(kind: type, rule: str) -> Validator:
    """Return a validator that wants every element to be an instance of *kind*."""

    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
        for element in value:
            if not isinstance(element, kind):
                raise InvalidValueError(attribute.name, element, rule)

    return check


def listed(values: Iterable[_T], field: str, rule: str) -> tuple[_T, ...]:
    """Return values as they come, and refuse what is no list of them, as *rule* says.

    Raises:
        InvalidValueError: If there is nothing to look through, or it is a text.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidValueError(field, values, rule)
    return tuple(values)


def must_be(kind: type, value: object, field: str, rule: str) -> None:
    """Refuse what a caller hands in if it is no instance of *kind*, as *rule* says.

    Raises:
        InvalidValueError: If it is none.
    """
    if not isinstance(value, kind):
        raise InvalidValueError(field, value, rule)
