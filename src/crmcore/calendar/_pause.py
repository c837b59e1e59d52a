"""Pauses: times in which a case waits for somebody else."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import not_before, optional_utc, utc


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
