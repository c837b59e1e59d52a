"""Differences: what a link tells of a record before and after."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final, get_type_hints

import attrs

from crmcore.privacy import holds_personal, personal_fields
from crmcore.repositories import Aggregate

from ._canonical import text_of

_UNTOLD: Final = {"id", "version"}  # the subject says the one, the store counts the other


def differences(
    before: Aggregate | None, after: Aggregate | None
) -> Iterator[tuple[str, bool, str | None, str | None]]:
    """Yield each field that differs: its name, whether it is personal, and both values as text."""
    cls: Any = type(before if after is None else after)
    for name, field, is_personal in told_fields(cls):
        old = None if before is None else getattr(before, field)
        new = None if after is None else getattr(after, field)
        if before is None:
            yield name, is_personal, None, text_of(new)
        elif after is None:
            yield name, is_personal, text_of(old), None
        elif old is not new:
            written, rewritten = text_of(old), text_of(new)
            if written != rewritten:
                yield name, is_personal, written, rewritten


@cache
def told_fields(cls: type[Any]) -> tuple[tuple[str, str, bool], ...]:
    """Return the fields that links tell: in data, in the class, and whether they are personal."""
    hints = get_type_hints(cls)
    declared = personal_fields(cls)
    return tuple(
        sorted(
            (
                str(field.alias),
                field.name,
                field.name in declared or holds_personal(hints[field.name]),
            )
            for field in attrs.fields(cls)
            if field.init and field.name not in _UNTOLD
        )
    )
