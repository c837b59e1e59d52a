"""Discretion: what stands in the place of records of people is not told either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, get_args

import attrs

from crmcore.privacy import personal_fields

from ._faulty import Faulty, withheld
from ._record import fields_of


@cache
def holds_personal(cls: Any) -> bool:  # noqa: ANN401 - whatever a field is annotated with
    """Say whether a type is a record that declares personal data, or has such records in it."""
    return any(personal_fields(found) for found in _classes_in(cls))


def _classes_in(cls: Any) -> Iterator[type[Any]]:  # noqa: ANN401
    """Yield the classes that a type is made of, each once: a record may hold its like."""
    waiting, seen = [cls], {cls}
    while waiting:
        found = waiting.pop()
        parts = [*get_args(found)]
        if isinstance(found, type):
            yield found
            if attrs.has(found):
                parts += [annotation for _, annotation in fields_of(found).values()]
        new = [part for part in parts if part not in seen]
        seen.update(new)
        waiting += new


def read_discreetly(read: Callable[[Any], Any], data: object) -> Any:  # noqa: ANN401
    """Read data, and tell nothing of it where it is not of the kind that was expected.

    Each field takes care of its own value; this is for the fault of the whole, such as text in
    the place of a record.
    """
    try:
        return read(data)
    except Faulty as error:
        faults = [fault if fault.path else withheld(fault, "") for fault in error.faults]
    raise Faulty(faults)
