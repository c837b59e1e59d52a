"""Words: members of enumerations, yes or no, and lists of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum
from typing import Any, TypeAlias

import attrs

from ._refusal import refusal

Validator: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def is_a(kind: type[Any]) -> Validator:
    """Return a validator that wants a value of one class, and none that merely looks like it.

    The word of an enumeration is not yet its member, nor is 1 true: a store would give back
    something else than was put in.

    Args:
        kind: An enumeration, ``bool``, or another class.

    .. versionadded:: 0.1.0
    """
    rule = _rule(kind)

    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
        if not isinstance(value, kind):
            raise refusal(attribute, value, rule)

    return check


def _rule(kind: type[Any]) -> str:
    if kind is bool:
        return "be True or False"
    if issubclass(kind, Enum):
        return f"be one of {', '.join(map(_path, kind))}"
    return f"be {'an' if kind.__name__[0] in 'AEIOUaeiou' else 'a'} {kind.__name__}"


def _path(member: Enum) -> str:
    return f"{type(member).__name__}.{member.name}"


def words(given: Iterable[str], field: attrs.Attribute[Any]) -> tuple[str, ...]:
    """Return texts as a field keeps them whose order says nothing: each once, sorted.

    Args:
        given: The texts.
        field: The field, for the message.

    Raises:
        InvalidValueError: If it is no list of texts, or one text, which would fall apart into
            its letters.

    .. versionadded:: 0.1.0
    """
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise refusal(field, given, "be a list of texts, also of a single one")
    found = tuple(given)
    for word in found:
        if not isinstance(word, str):
            raise refusal(field, word, "hold nothing but texts")
    return tuple(sorted(set(found)))


def only_with(name: str) -> Validator:
    """Return a validator that wants a field left out, or false, where another one is.

    What is answered has arrived before, and what is passed was attended: the later fact cannot
    be recorded without the earlier.

    Args:
        name: The name of the other field of the record.

    .. versionadded:: 0.1.0
    """

    def check(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
        other = getattr(instance, name)
        if value not in (None, False) and other in (None, False):
            shown = value.isoformat() if isinstance(value, date) else value
            rule = f"go with {name}, which is {other}"
            raise refusal(attribute, shown, rule)

    return check
