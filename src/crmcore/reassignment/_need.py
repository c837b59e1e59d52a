"""What goes into a plan: the needs of customers, the hours of members, and pins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.calendar import Period
from crmcore.checks import at_least, between, decimal, is_id
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Duty, Member, Organization, SkillLevel

_MOST_HOURS = 10_000
_WEEK = 7
_ROUNDED = Decimal("0.01")  # of a minute


def _skills(levels: Iterable[SkillLevel]) -> tuple[SkillLevel, ...]:
    return tuple(sorted(levels))


def _in_minutes(_: object, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
    if not 0 <= value <= _MOST_HOURS:
        rule = f"be between 0 and {_MOST_HOURS} hours"
        raise InvalidValueError(attribute.name, str(value), rule)
    if abs(value * 60 - whole_minutes(value)) > _ROUNDED:
        raise InvalidValueError(attribute.name, str(value), "be a whole number of minutes")


def whole_minutes(value: Decimal) -> int:
    """Return hours as minutes, though decimals cannot write every minute: 0.3333 h are 20."""
    return int((value * 60).to_integral_value())


@attrs.frozen(kw_only=True)
class CustomerNeed:
    """What looking after a customer takes in the planning period.

    Attributes:
        customer: Whose need it is.
        hours: Hours of work in the planning period, in whole minutes.
        importance: How much the customer weighs, from 1; twice as much counts twice.
        value: What the customer is worth, in the company's currency.
        skills: The skills that are wanted, at a level.
        language: The language to serve the customer in, if it matters.
        region: The region to serve the customer in, if it matters.
        owner: Who looks after the customer today, if anybody does.
        ownership_version: The version of today's ownership; 0 where there is none.
        change: What a change costs in points, where the customer is a case of its own.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId = attrs.field(validator=is_id)
    hours: Decimal = attrs.field(
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=_in_minutes,
    )
    importance: int = attrs.field(default=1, validator=between(1, 1000))
    value: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=at_least(0),
    )
    skills: tuple[SkillLevel, ...] = attrs.field(default=(), converter=_skills)
    language: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    region: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    owner: MemberId | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    ownership_version: int = attrs.field(default=0, validator=at_least(0))
    change: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(between(0, 1_000_000))
    )


@attrs.frozen(kw_only=True)
class Pin:
    """A wish that is a rule: this member holds this item.

    Attributes:
        member: Who holds it.
        customer: The customer, in a plan for customers.
        responsibility: The responsibility, in a plan for responsibilities.
        duty: The duty of the responsibility.

    .. versionadded:: 0.1.0
    """

    member: MemberId = attrs.field(validator=is_id)
    customer: CustomerId | None = None
    responsibility: ResponsibilityId | None = None
    duty: Duty | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a pin that names neither one customer nor one duty.

        Raises:
            InvalidValueError: If it names both, neither, or a part.
        """
        names = (self.customer is not None, self.responsibility is not None, self.duty is not None)
        if names not in {(True, False, False), (False, True, True)}:
            found = (self.customer, self.responsibility, self.duty)
            raise InvalidValueError("pin", found, "name a customer, or a responsibility and a duty")


@attrs.frozen(kw_only=True)
class Capacity:
    """The hours that a member has for customers in the planning period.

    Attributes:
        member: Who has them.
        hours: How many, in whole minutes.

    .. versionadded:: 0.1.0
    """

    member: Member
    hours: Decimal = attrs.field(
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=_in_minutes,
    )

    @classmethod
    def of_team_members(
        cls,
        organization: Organization,
        *,
        as_of: date,
        weeks: int,
        duty_hours: Iterable[tuple[MemberId, Decimal]] = (),
    ) -> tuple[Capacity, ...]:
        """Return what the members of teams that look after customers have left for them.

        That is their weekly hours, less the hours of their duties, for the days of so many
        weeks from *as_of* on that they are there. Whoever has none left, or leaves for good
        within these weeks, is not among them.

        Args:
            organization: The department.
            as_of: The first day of the planning period.
            weeks: How many weeks it has.
            duty_hours: The hours a week that duties take, by member.
        """
        period = Period(as_of, as_of + timedelta(days=_WEEK * weeks))
        taken = dict(duty_hours)
        found = []
        for member in organization.members:
            if organization.team(member.team).looks_after_customers:
                left = member.weekly_hours - taken.get(member.id, Decimal(0))
                there = minutes_there(member, left, period) * weeks
                if there > 0:
                    found.append(cls(member=member, hours=_hours(there)))
        return tuple(found)


def minutes_there(member: Member, weekly_hours: Decimal, period: Period) -> int:
    """Return the minutes a week that somebody is there, rounded down.

    Leave within the period takes its share; whoever leaves for good within it has none, so
    that nothing is handed to somebody who will not stay.
    """
    if member.left_on is not None and member.left_on < period.end:
        return 0
    return int(Fraction(weekly_hours) * 60 * member.availability(period))


def _hours(whole: int) -> Decimal:
    """Return minutes as hours, rounded down to the twentieths that decimals can write exactly."""
    return Decimal(whole // 3) / 20
