"""Pauses: times in which a case waits for somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

import attrs

from crmcore.checks import not_before, optional_utc, refusal, utc

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@attrs.frozen
class Pause:
    """A time in which a case waits for the customer or for somebody else.

    Attributes:
        start: When the wait began, as an instant.
        end: When it was over; None where it lasts.

    .. versionadded:: 0.1.0
    """

    start: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    end: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("start"),
    )


def in_order(given: Iterable[Pause], field: attrs.Attribute[Any]) -> tuple[Pause, ...]:
    """Return pauses each once, by start, then by end; those that last come last.

    Raises:
        InvalidValueError: If they are anything but pauses.
    """
    if not isinstance(given, Iterable):
        raise refusal(field, given, "be a list of pauses, also of a single one")
    found = tuple(given)
    for pause in found:
        if not isinstance(pause, Pause):
            raise refusal(field, pause, "hold nothing but pauses")
    if len(found) <= 1:
        return found
    return tuple(sorted(set(found), key=lambda pause: (pause.start, pause.end or _NEVER)))


def none_before(name: str) -> Callable[[Any, attrs.Attribute[Any], tuple[Pause, ...]], None]:
    """Return a validator that wants no pause to begin before the instant of a field."""

    def check(instance: Any, attribute: attrs.Attribute[Any], value: tuple[Pause, ...]) -> None:  # noqa: ANN401
        begin = getattr(instance, name)
        if value and value[0].start < begin:
            rule = f"not begin before {name}, {begin.isoformat()}"
            raise refusal(attribute, value[0].start.isoformat(), rule)

    return check
