"""Domain events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

import attrs

from crmcore.checks import above, is_id, is_name, utc
from crmcore.errors import InvalidValueError

Scalar: TypeAlias = str | int | bool | None
"""What the data of an event may hold: text, whole numbers, yes or no, or nothing."""

_LARGEST: Final = 2**53  # beyond it readers in other languages lose digits


def _to_data(
    data: Mapping[str, Scalar] | Iterable[tuple[str, Scalar]],
) -> tuple[tuple[str, Scalar], ...]:
    return tuple(sorted(dict(data).items(), key=lambda pair: str(pair[0])))


def _is_data(
    _: object, attribute: attrs.Attribute[Any], value: tuple[tuple[Any, Any], ...]
) -> None:
    for name, found in value:
        is_name(None, attribute, name)
        if isinstance(found, str):
            is_name(None, attribute, found)
        elif found is not None and not isinstance(found, int):
            rule = f"hold text, whole numbers, booleans or None, not a {type(found).__name__}"
            raise InvalidValueError(f"{attribute.name}[{name!r}]", type(found).__name__, rule)
        elif found is not None and abs(found) > _LARGEST:
            rule = f"lie within ±{_LARGEST}"
            raise InvalidValueError(f"{attribute.name}[{name!r}]", found, rule)


@attrs.frozen(kw_only=True)
class DomainEvent:
    """Something that has happened, in a word.

    Attributes:
        name: What has happened, such as ``customer.reassigned``.
        subject: To what, as the name of a repository and an id: ``customers/c-17``.
        at: When.
        data: What else there is to know, by name: ids, words, whole numbers. A mapping is
            taken as its pairs, sorted by name. Nothing personal belongs here.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_id)
    subject: str = attrs.field(validator=is_name)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    data: tuple[tuple[str, Scalar], ...] = attrs.field(
        default=(), converter=_to_data, validator=_is_data
    )


@attrs.frozen(kw_only=True)
class RecordedEvent:
    """An event as it stands in the outbox.

    Attributes:
        number: Which one it is: no other event of the store has the same, and of two events of
            one subject the later one has the higher. Numbers may be missing.
        event: The event.

    .. versionadded:: 0.1.0
    """

    number: int = attrs.field(validator=above(0))
    event: DomainEvent
