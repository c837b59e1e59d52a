"""Kinds: what fields and arguments hold, refused where it is something else.

What is given in the wrong place would otherwise be taken for nothing: a text such as "no" for
yes, or a rule among the wishes that nobody reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from crmcore.errors import InvalidValueError


def is_flag(_: object, attribute: attrs.Attribute[bool], value: object) -> None:
    """Want yes or no, and nothing that only looks like it."""
    if not isinstance(value, bool):
        raise InvalidValueError(attribute.name, value, "be True or False")


def is_one(kind: type) -> Callable[[Any, attrs.Attribute[Any], Any], None]:
    """Return a validator that wants an instance of *kind*."""

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, kind):
            raise InvalidValueError(attribute.name, value, f"be of type {kind.__name__}")

    return check


def each_of(
    kinds: type | tuple[type, ...], name: str, what: str, given: Iterable[Any]
) -> tuple[Any, ...]:
    """Return several values, if all of them are of some kinds.

    Raises:
        InvalidValueError: With the first that is not, or if it is a single one.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidValueError(name, given, f"be a list of {what}, also of a single one")
    found = tuple(given)
    wrong = [one for one in found if not isinstance(one, kinds)]
    if wrong:
        raise InvalidValueError(name, wrong[0], f"hold only {what}")
    return found
