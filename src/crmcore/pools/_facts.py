"""Facts: what criteria may ask of customers and members, kept as they were handed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeVar

from crmcore.errors import Fault, InvalidValueError
from crmcore.kernel import Undefined

_K = TypeVar("_K")
_V = TypeVar("_V")

OWN_FIELDS: Final = ("id", "kind", "known_since", "language", "name", "needs", "region")
MEMBER_FIELDS: Final = ("id", "languages", "name", "regions", "roles", "team", "weekly_hours")


def frozen(given: Mapping[_K, _V], field: str) -> Mapping[_K, _V]:
    """Return what is in a mapping now, whatever becomes of the mapping.

    Raises:
        InvalidValueError: If it is no mapping.
    """
    if not isinstance(given, Mapping):
        raise InvalidValueError(field, given, "be a mapping from ids")
    return MappingProxyType(dict(given))


def frozen_facts(given: Mapping[_K, object], field: str) -> Mapping[_K, object]:
    """Return what is known of each now, whatever becomes of the mappings.

    Raises:
        InvalidValueError: If it is no mapping.
    """
    kept = frozen(given, field)
    return MappingProxyType(
        {
            name: frozen(known, field) if isinstance(known, Mapping) else known
            for name, known in kept.items()
        }
    )


def thawed(kept: Mapping[_K, object]) -> dict[_K, object]:
    """Return a plain copy of what `frozen` or `frozen_facts` keeps."""
    return {
        name: dict(known) if isinstance(known, Mapping) else known for name, known in kept.items()
    }


def formless(facts: Mapping[_K, object], field: str) -> Iterator[Fault]:
    """Find facts that are neither a mapping nor a record, and so have no names."""
    for name, known in facts.items():
        if not isinstance(known, Mapping) and type(known).__module__ == "builtins":
            problem = f"must be a mapping from names of facts, or a record (got {known!r})"
            yield Fault(f"{field} of {name!r}", problem)


def read(name: str, given: object, own: object, own_fields: tuple[str, ...]) -> object:
    """Return a fact as it was given, or else as the record itself has it; None if missing."""
    found = given.get(name) if isinstance(given, Mapping) else getattr(given, name, None)
    if (found is None or _is_absent(found)) and name in own_fields:
        found = getattr(own, name)
    return None if _is_absent(found) else found


def _is_absent(value: object) -> bool:
    """Say whether a value tells nothing, as criteria see it."""
    if isinstance(value, Decimal):
        return value.is_nan()
    # What is not a number, or not a time, is the one value that differs from itself.
    differs = isinstance(value, float | datetime) and bool(value != value)  # noqa: PLR0124
    return differs or isinstance(value, Undefined)


def names(facts: Iterable[object]) -> Iterator[Iterable[str]]:
    """Yield the names of what is known of each, and of each class of records once."""
    classes: set[type] = set()
    for known in facts:
        if isinstance(known, Mapping):
            yield known
        elif type(known) not in classes:
            classes.add(type(known))
            yield (name for name in dir(known) if not name.startswith("_"))
