"""Commands: what was asked under a key, and what was answered."""

from __future__ import annotations

from typing import Any

import attrs

from crmcore.checks import is_count, is_id, refusal
from crmcore.privacy import masked, personal

from ._storable import is_storable


def _is_answer(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise refusal(attribute, value, "be text")
    if not is_storable(value):
        rule = "hold neither NUL nor lone surrogates"
        raise refusal(attribute, value, rule)


@attrs.frozen(kw_only=True)
class Command:
    """Something that was asked under a key, so that asking again does not do it again.

    Attributes:
        id: The key.
        request: A digest of what was asked, which tells another request under the same key.
        answer: What was answered; None where nothing was. It may name people, so it can be erased.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    request: str = attrs.field(validator=is_id)
    answer: str | None = attrs.field(
        default=None,
        validator=_is_answer,
        repr=masked,
        metadata=personal("text", erase="null"),
    )
    version: int = attrs.field(default=0, validator=is_count)
