"""Kinds: what a field must be an instance of, refused in the words of the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import attrs

from crmcore.errors import InvalidValueError

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
