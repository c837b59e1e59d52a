"""Roles and responsibilities: what is to be done, with which outcome and by which skills."""

from __future__ import annotations

from decimal import Decimal

import attrs

from crmcore.checks import between, decimal, is_a, is_count, is_id, is_name, is_text, words
from crmcore.errors import InvalidValueError
from crmcore.kernel import ResponsibilityId, RoleId, TeamId, minutes

from ._skill import SkillLevel, each_skill_once, skill_levels


@attrs.frozen(kw_only=True)
class Role:
    """A set of responsibilities that people can hold.

    Attributes:
        id: The company's own id of it.
        name: How people call it.
        purpose: What it is there for, if written down.
        skills: The skills that it wants of whoever has it.
        has_authority: Whether people in it may be accountable for responsibilities.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: RoleId = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_name)
    purpose: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    skills: tuple[SkillLevel, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(skill_levels, takes_field=True),  # type: ignore[misc]
        validator=each_skill_once,
    )
    has_authority: bool = attrs.field(default=False, validator=is_a(bool))
    version: int = attrs.field(default=0, validator=is_count)


@attrs.frozen(kw_only=True)
class Responsibility:
    """Something that the department has promised to do.

    Attributes:
        id: The company's own id of it.
        name: How people call it.
        role: The role that it belongs to.
        team: The team that it belongs to.
        content: What is to be done, if written down.
        expected_outcome: What must come of it, if written down.
        weekly_hours: The hours of work a week for whoever does it, in whole minutes.
        skills: The skills that it wants, each once, at a level.
        indicators: The ids of the KPIs that show how well it is done, each once, sorted.
        importance: From 1 (useful) to 3 (the department stands or falls with it).
        has_backup: Whether a second person must be able to step in.
        segregated_from: Responsibilities that the same person must not be responsible for.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: ResponsibilityId = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_name)
    role: RoleId = attrs.field(validator=is_id)
    team: TeamId = attrs.field(validator=is_id)
    content: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    expected_outcome: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_text)
    )
    weekly_hours: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    skills: tuple[SkillLevel, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(skill_levels, takes_field=True),  # type: ignore[misc]
        validator=each_skill_once,
    )
    indicators: tuple[str, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(words, takes_field=True),  # type: ignore[misc]
        validator=attrs.validators.deep_iterable(is_id),
    )
    importance: int = attrs.field(default=2, validator=between(1, 3))
    has_backup: bool = attrs.field(default=True, validator=is_a(bool))
    segregated_from: tuple[ResponsibilityId, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(words, takes_field=True),  # type: ignore[misc]
        validator=attrs.validators.deep_iterable(is_id),
    )
    version: int = attrs.field(default=0, validator=is_count)

    @segregated_from.validator
    def _names_others(
        self, attribute: attrs.Attribute[tuple[ResponsibilityId, ...]], value: object
    ) -> None:
        if self.id in self.segregated_from:
            raise InvalidValueError(attribute.name, value, "not name the responsibility itself")

    @weekly_hours.validator
    def _is_some_work(self, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
        if not 0 < value <= 168:  # noqa: PLR2004 - the hours of a week
            raise InvalidValueError(attribute.name, str(value), "be above 0 and at most 168")
        minutes(value, field=attribute.name)
