"""Instants and time zones."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

import attrs

from crmcore.errors import InvalidValueError, UnknownNameError

from ._refusal import PERSONAL, refusal

Validator: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]

# A day away from both ends of the calendar, so that each instant has a day in every zone.
_FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
_END: Final = datetime(9999, 12, 31, tzinfo=UTC)


def utc(value: datetime, field: attrs.Attribute[Any] | str = "at") -> datetime:
    """Return the same instant in UTC.

    Args:
        value: An aware datetime from 0001-01-02 up to, and without, 9999-12-31 in UTC. So it
            has a day in every zone.
        field: The field or the name to use in the message.

    Raises:
        InvalidValueError: If it is naive, outside these days, or no datetime at all.

    .. versionadded:: 0.1.0
    """
    if type(value) is datetime and value.tzinfo is UTC and _FIRST <= value < _END:
        return value
    if not isinstance(value, datetime):
        raise refusal(field, value, "be a datetime")
    if value.utcoffset() is None:
        raise refusal(field, value.isoformat(), "carry a time zone")
    if not _FIRST <= value < _END:
        rule = "lie between 0001-01-02 and 9999-12-30 in UTC"
        raise refusal(field, value.isoformat(), rule)
    moment = value.astimezone(UTC)
    # Some libraries have datetimes of their own, with more digits than a store keeps.
    return datetime.combine(moment.date(), moment.time(), UTC)


def optional_utc(
    value: datetime | None, field: attrs.Attribute[Any] | str = "at"
) -> datetime | None:
    """Return the same instant as `utc` does, or None as it is.

    .. versionadded:: 0.1.0
    """
    return None if value is None else utc(value, field)


def day(value: date, field: attrs.Attribute[Any] | str = "as_of") -> date:
    """Return the day as it is, and refuse an instant, which has a day only in some zone.

    Args:
        value: A day.
        field: The field or the name to use in the message.

    Raises:
        InvalidValueError: If it is a datetime, or no date at all.

    .. versionadded:: 0.1.0
    """
    if isinstance(value, datetime):
        raise refusal(field, value.isoformat(), "be a day, not an instant")
    if not isinstance(value, date):
        raise refusal(field, value, "be a date")
    return value


def zone(name: str | ZoneInfo) -> ZoneInfo:
    """Return the time zone of the IANA database with this name, such as ``Europe/Berlin``.

    A zone is returned as it is.

    Raises:
        UnknownNameError: If there is none; the message suggests the nearest.
        InvalidValueError: If it is no text, such as a fixed offset.

    .. versionadded:: 0.1.0
    """
    if isinstance(name, ZoneInfo):
        return name
    if not isinstance(name, str):
        raise InvalidValueError("zone", name, "be the name of a time zone")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownNameError("time zone", name, available_timezones()) from None


def is_zone(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Want the name of a time zone of the IANA database.

    .. versionadded:: 0.1.0
    """
    if isinstance(value, str):
        if PERSONAL not in attribute.metadata:
            zone(value)  # which suggests the nearest
            return
        with suppress(UnknownNameError):
            zone(value)
            return
    raise refusal(attribute, value, "be the name of a time zone")


def is_after_since(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Want an instant behind the record's field ``since``, or None for what lasts.

    .. versionadded:: 0.1.0
    """
    if value is not None and value <= instance.since:
        rule = f"be after since, {instance.since.isoformat()}"
        raise refusal(attribute, value.isoformat(), rule)


def not_before(*fields: str) -> Validator:
    """Return a validator that wants an instant or a day not before those of other fields.

    Nothing ends before it begins; at the same instant it may. Where the value is None, or what
    another field holds is, there is nothing to compare.

    Args:
        fields: The names of the other fields of the record.

    .. versionadded:: 0.1.0
    """

    def check(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
        if value is None:
            return
        for name in fields:
            earlier = getattr(instance, name)
            if earlier is not None and value < earlier:
                rule = f"not be before {name}, {earlier.isoformat()}"
                raise refusal(attribute, value.isoformat(), rule)

    return check
