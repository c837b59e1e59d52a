"""Skills: abilities at a level, had or wanted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from crmcore.checks import between, is_name
from crmcore.errors import InvalidValueError

from ._listed import listed


@attrs.frozen(order=True)
class SkillLevel:
    """A skill at a level, had or wanted.

    Attributes:
        skill: The name of the skill.
        level: The level from 1 (follows) to 7 (sets strategy), as the levels of
            responsibility of SFIA (Skills Framework for the Information Age) count.

    .. versionadded:: 0.1.0
    """

    skill: str = attrs.field(validator=is_name)
    level: int = attrs.field(validator=between(1, 7))


skill_levels = listed(SkillLevel, "list levels of skills, such as SkillLevel('negotiation', 3)")
"""Sorts levels by the name of the skill."""


def each_skill_once(
    _: object, attribute: attrs.Attribute[Any], value: Iterable[SkillLevel]
) -> None:
    """Refuse a skill that comes at two levels."""
    seen: set[str] = set()
    for level in value:
        if level.skill in seen:
            raise InvalidValueError(attribute.name, level.skill, "name each skill once")
        seen.add(level.skill)


def level_in(levels: Iterable[SkillLevel], skill: str) -> int:
    """Return the level of *skill* among *levels*; 0 where it is not there."""
    return next((level.level for level in levels if level.skill == skill), 0)
