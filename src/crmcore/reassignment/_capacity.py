"""Capacities: the hours that members have for customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.calendar import Period
from crmcore.checks import decimal
from crmcore.errors import InvalidValueError
from crmcore.kernel import MemberId
from crmcore.organization import Member, Organization

from ._eligibility import Fact, Facts, are_new_facts, facts
from ._need import in_minutes, whole_minutes
from ._weights import AssignmentWeights

_WEEK = 7
_OWN = frozenset({"id", "name", "team", "weekly_hours"})


def _is_member(_: object, attribute: attrs.Attribute[Member], value: Member) -> None:
    if not isinstance(value, Member):
        raise InvalidValueError(attribute.name, value, "be a member, not an id")


@attrs.frozen(kw_only=True)
class Capacity:
    """The hours that a member has for customers in the planning period.

    Attributes:
        member: Who has them.
        hours: How many, in whole minutes, with leave taken off.
        taken: How many of them are taken already, as by a temporary project team. Where that
            is more than there are, the plan says so, and the member gets no customers.
        curve: Weights whose load curve is this member's own, from ``idle_below`` to ``over``;
            that of the plan unless given.
        facts: What the rules of the company ask for beside the member's ``id``, ``name``,
            ``team`` and ``weekly_hours``, by name: ``{"seniority": 3}``.

    .. versionadded:: 0.1.0
    """

    member: Member = attrs.field(validator=_is_member)
    hours: Decimal = attrs.field(
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=in_minutes,
    )
    taken: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=in_minutes,
    )
    curve: AssignmentWeights | None = None
    facts: Facts = attrs.field(default=(), converter=facts)

    @facts.validator
    def _are_new(self, attribute: attrs.Attribute[Facts], value: Facts) -> None:
        are_new_facts(_OWN, attribute, value)

    @property
    def minutes(self) -> int:
        """The minutes that are left for customers."""
        return max(whole_minutes(self.hours) - whole_minutes(self.taken), 0)

    @classmethod
    def of_team_members(
        cls,
        organization: Organization,
        *,
        as_of: date,
        weeks: int,
        duty_hours: Iterable[tuple[MemberId, Decimal]] = (),
        projects: Iterable[tuple[MemberId, Period, Decimal]] = (),
        facts: Mapping[MemberId, Mapping[str, Fact]] | None = None,
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
            projects: Temporary assignments to project teams: who, in which days, for how
                many hours a week. The part within the planning period is taken.
            facts: What the rules of the company ask for, by member and name.
        """
        period = Period(as_of, as_of + timedelta(days=_WEEK * weeks))
        duties = dict(duty_hours)
        away = _in_projects(projects, period)
        told = facts or {}
        found = []
        for member in organization.members:
            if organization.team(member.team).looks_after_customers:
                left = member.weekly_hours - duties.get(member.id, Decimal(0))
                there = minutes_there(member, left, period) * weeks
                if there > 0:
                    found.append(
                        cls(
                            member=member,
                            hours=_hours(there),
                            taken=_hours(away.get(member.id, 0)),
                            facts=told.get(member.id, {}),
                        )
                    )
        return tuple(found)


def _in_projects(
    projects: Iterable[tuple[MemberId, Period, Decimal]], period: Period
) -> dict[MemberId, int]:
    """Return the minutes that projects take of each member within a period, rounded up."""
    exact: dict[MemberId, Fraction] = {}
    for member, when, weekly_hours in projects:
        start, end = max(when.start, period.start), min(when.end, period.end)
        weeks = Fraction(max((end - start).days, 0), _WEEK)
        exact[member] = exact.get(member, Fraction(0)) + weeks * Fraction(weekly_hours) * 60
    return {member: -int(-minutes // 1) for member, minutes in exact.items()}


def known_of(member: Member, given: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return all facts of a member that rules may ask for."""
    own: dict[str, Fact] = {
        "id": member.id,
        "name": member.name,
        "team": member.team,
        "weekly_hours": member.weekly_hours,
    }
    return {**given, **own}


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
