"""Erasing: records without the personal data that they held."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs

from crmcore.checks import Withheld
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._personal import Erasure, Personal, personal_fields

R = TypeVar("R")


def erased(record: R) -> R:
    """Return the record with its personal fields erased, as each of them is declared.

    Ids, numbers, days and everything else stay: what is left is pseudonymous, and what was
    counted once can be counted again. Records inside the record are erased too. Erasing twice
    changes nothing more.

    Args:
        record: A record of an attrs class.

    Raises:
        InvalidValueError: If it is no record, or a placeholder does not satisfy its field.

    .. versionadded:: 0.1.0
    """
    cls: type[Any] = type(record)
    if not attrs.has(cls):
        raise InvalidValueError("record", Withheld.of(record), "be of an attrs class")
    declared = personal_fields(cls)
    changes: dict[str, Any] = {}
    for field in attrs.fields(cls):
        if not field.init:
            continue
        value = getattr(record, field.name)
        found = declared.get(field.name)
        left = _within(value) if found is None else _left_of(value, found)
        if left is not value:
            changes[str(field.alias)] = left
    return attrs.evolve(record, **changes) if changes else record  # type: ignore[misc]


def _left_of(value: object, declared: Personal) -> object:
    """Return what is left of personal data."""
    if value is None or declared.erase is Erasure.NULL:
        return None
    if isinstance(value, Phrase):
        return Phrase(declared.placeholder, declared.placeholder)
    return declared.placeholder


def _within(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    """Return *value* with the records in it erased; the very same where there are none."""
    if attrs.has(type(value)):
        return erased(value)
    if type(value) is tuple:
        items = tuple(_within(item) for item in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
