"""Acts: who does a unit of work, when, why, and by which plan."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import is_id, is_text, utc
from crmcore.privacy import masked, personal


@attrs.frozen(kw_only=True)
class Act:
    """Who does something, when, why, and by which plan.

    The library has no clock and knows nobody, so all of it is handed in.

    Attributes:
        by: The id of whoever does it: an id that means nothing to strangers, not a name,
            because it stays when personal data is erased.
        at: When, as an instant.
        reason: Why, in free text. It may name people, so it can be erased.
        plan: The fingerprint of the plan that it carries out, where there is one.

    .. versionadded:: 0.1.0
    """

    by: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    reason: str | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_text),
        repr=masked,
        metadata=personal("text", erase="null"),
    )
    plan: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
