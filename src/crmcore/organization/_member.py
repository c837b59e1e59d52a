"""Members: what they can do, what they like to do, and how much time they have."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.calendar import Period
from crmcore.checks import between, day, decimal, is_count, is_id, is_name, words
from crmcore.errors import InvalidValueError
from crmcore.kernel import MemberId, RoleId, TeamId, minutes
from crmcore.privacy import masked, personal

from ._listed import listed
from ._skill import SkillLevel, each_skill_once, level_in, skill_levels

_WEEK_HOURS = 168


@attrs.frozen(order=True)
class Interest:
    """How much a member wishes to do a kind of work.

    Attributes:
        subject: The name of a skill or the id of a responsibility.
        strength: From -2 (would rather not) to 2 (very much).

    .. versionadded:: 0.1.0
    """

    subject: str = attrs.field(validator=is_name)
    strength: int = attrs.field(validator=between(-2, 2))


_interests = listed(Interest, "list interests, such as Interest('negotiation', 2)")


def _is_day(_: object, attribute: attrs.Attribute[date | None], value: date | None) -> None:
    """Want a day, or None where there is none."""
    if value is not None:
        day(value, attribute.name)


_periods = listed(Period, "list periods, as Period(start, end)")


@attrs.frozen(kw_only=True)
class Member:
    """A person of the department.

    Attributes:
        id: The company's own id of the person.
        name: How people call the person.
        team: The team that the person belongs to.
        roles: The ids of the roles that the person has.
        skills: The skills that the person has, each once, at a level.
        interests: What the person would like, or rather not like, to do.
        weekly_hours: Working hours a week, at most 168, in whole minutes.
        leave: The days away.
        languages: The languages to serve customers in, as BCP 47 tags.
        regions: The regions whose customers the person can serve; none means all.
        left_on: The first day on which the person no longer belongs to the department.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: MemberId = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_name, repr=masked, metadata=personal("name"))
    team: TeamId = attrs.field(validator=is_id)
    roles: tuple[RoleId, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(words, takes_field=True),  # type: ignore[misc]
        validator=attrs.validators.deep_iterable(is_id),
    )
    skills: tuple[SkillLevel, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(skill_levels, takes_field=True),  # type: ignore[misc]
        validator=each_skill_once,
    )
    interests: tuple[Interest, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(_interests, takes_field=True),  # type: ignore[misc]
    )
    weekly_hours: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    leave: tuple[Period, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(_periods, takes_field=True),  # type: ignore[misc]
    )
    languages: tuple[str, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(words, takes_field=True),  # type: ignore[misc]
        validator=attrs.validators.deep_iterable(is_id),
    )
    regions: tuple[str, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(words, takes_field=True),  # type: ignore[misc]
        validator=attrs.validators.deep_iterable(is_id),
    )
    left_on: date | None = attrs.field(default=None, validator=_is_day)
    version: int = attrs.field(default=0, validator=is_count)

    @interests.validator
    def _names_each_subject_once(
        self, attribute: attrs.Attribute[tuple[Interest, ...]], value: tuple[Interest, ...]
    ) -> None:
        subjects = [interest.subject for interest in value]
        twice = next((name for name in subjects if subjects.count(name) > 1), None)
        if twice is not None:
            raise InvalidValueError(attribute.name, twice, "name each subject once")

    @weekly_hours.validator
    def _fits_into_a_week(self, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
        if not 0 <= value <= _WEEK_HOURS:
            raise InvalidValueError(attribute.name, str(value), f"be between 0 and {_WEEK_HOURS}")
        minutes(value, field=attribute.name)

    def level_of(self, skill: str) -> int:
        """Return the level at which the person has *skill*; 0 where not at all."""
        return level_in(self.skills, skill)

    def interest_in(self, subject: str) -> int:
        """Return how much the person wishes to work on *subject*; 0 where nothing is said."""
        return next((i.strength for i in self.interests if i.subject == subject), 0)

    def availability(self, period: Period) -> Fraction:
        """Return the share of the days of *period* on which the person is there."""
        days = (period.start + timedelta(days=n) for n in range(period.days))
        present = sum(
            (self.left_on is None or day < self.left_on)
            and not any(day in away for away in self.leave)
            for day in days
        )
        return Fraction(present, period.days)
