"""Grants: what somebody may see of the records of one kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any, get_type_hints

import attrs

from crmcore.checks import day, is_id, words
from crmcore.criteria import EVERYTHING, Criterion, Schema
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.privacy import holds_personal, personal_fields


def _optional_words(
    given: Iterable[str] | None, field: attrs.Attribute[Any]
) -> tuple[str, ...] | None:
    return None if given is None else words(given, field)


def _is_record(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not (isinstance(value, type) and attrs.has(value)):
        raise InvalidValueError(attribute.name, value, "be the attrs class of the records")


def _is_day(_: object, attribute: attrs.Attribute[Any], value: date | None) -> None:
    if value is not None:
        day(value, attribute)


@attrs.frozen(kw_only=True)
class Grant:
    """Lets a role or a person see fields of records of one kind, and ask for them.

    Whoever may see a field may also select and sort by it, because that tells the same.

    Attributes:
        id: What reviews and explanations call it.
        role: The role that it is given to; None where it is given to one person.
        actor: The id of the person, or program, that it is given to; None where to a role.
        of: The class of the records.
        fields: The fields, sorted; None for all that hold nothing personal. A personal field is
            given only where it is named.
        purpose: What the fields are to be used for; None for anything. Personal data is
            collected for a purpose, so a grant of it states one.
        when: Only of records for which this holds. Where it is unknown, nothing may be seen.
        until: The first day on which it no longer lasts; None where it lasts.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    role: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    actor: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    of: type[Any] = attrs.field(validator=_is_record)
    fields: tuple[str, ...] | None = attrs.field(
        default=None,
        converter=attrs.Converter(_optional_words, takes_field=True),  # type: ignore[misc]
    )
    purpose: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    when: Criterion = attrs.field(default=EVERYTHING)
    until: date | None = attrs.field(default=None, validator=_is_day)

    def __attrs_post_init__(self) -> None:
        """Refuse a grant that nobody has, or that gives what it should not.

        Raises:
            InvalidValueError: If it is given to nobody, or to a role and a person at once; if
                it gives personal data for no purpose.
            UnknownNameError: If the records have no such field.
            FaultsError: If the criterion cannot be asked of the records.
        """
        if (self.role is None) is (self.actor is None):
            raise InvalidValueError("role", self.role, "be stated, or actor, and not both")
        known = attrs.fields_dict(self.of)
        for name in self.fields or ():
            if name not in known:
                raise UnknownNameError("field", name, known)
        if self.personal and self.purpose is None:
            rule = f"be stated where personal data is given: {', '.join(self.personal)}"
            raise InvalidValueError("purpose", None, rule)
        if self.when != EVERYTHING:
            Schema.of(self.of).check(self.when, path="when")

    @cached_property
    def covers(self) -> frozenset[str]:
        """The names of the fields that it gives."""
        if self.fields is not None:
            return frozenset(self.fields)
        hidden, hints = personal_fields(self.of), get_type_hints(self.of)
        return frozenset(
            field.name
            for field in attrs.fields(self.of)
            if field.name not in hidden and not holds_personal(hints[field.name])
        )

    @property
    def personal(self) -> tuple[str, ...]:
        """The names of the personal fields that it gives, sorted."""
        return tuple(sorted(self.covers & personal_fields(self.of).keys()))
