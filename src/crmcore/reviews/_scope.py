"""Scopes: a department as it looks when only the duties of one member are to be handed over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

import attrs

from crmcore.calendar import Period
from crmcore.kernel import MemberId, ResponsibilityId, minutes
from crmcore.organization import Assignment, Duty, Member, Organization, Responsibility
from crmcore.reassignment import Lock

_QUARTER: Final = 15
_HOUR: Final = 60


@attrs.frozen(kw_only=True)
class Scope:
    """What is asked, and what is to stay as it is.

    Attributes:
        organization: The department in which the member is gone. What nobody holds is left
            out, unless the member holds another duty of it; whoever holds a part of it has so
            many hours less.
        locks: The duties of others, which stay with them.
        given_up: Where a duty of the member has another holder as well, who just goes on.
        is_empty: Whether no duty is to be handed over.
    """

    organization: Organization
    locks: tuple[Lock, ...]
    given_up: tuple[Assignment, ...]
    is_empty: bool


def is_there(member: Member, period: Period) -> bool:
    """Say whether somebody has hours in a period, and stays to its end."""
    stays = member.left_on is None or member.left_on >= period.end
    return stays and int(Fraction(member.weekly_hours) * _HOUR * member.availability(period)) > 0


def hours_of(responsibility: Responsibility, duty: Duty) -> Decimal:
    """Return the hours a week of a duty, to the nearest quarter of an hour, one at least."""
    exact = minutes(responsibility.weekly_hours) * duty.hours_share
    quarters = max(int(exact / _QUARTER + Fraction(1, 2)), 1)
    return Decimal(quarters * _QUARTER) / _HOUR


def duty_hours(
    organization: Organization, held: Iterable[Assignment]
) -> Mapping[MemberId, Decimal]:
    """Return the hours a week that duties take of each member who holds some."""
    spent: dict[MemberId, Decimal] = {}
    for one in held:
        hours = hours_of(organization.responsibility(one.responsibility), one.duty)
        spent[one.member] = spent.get(one.member, Decimal(0)) + hours
    return spent


def scope_of(organization: Organization, member: Member, *, at: datetime, period: Period) -> Scope:
    """Return the department as it looks when a member hands over everything."""
    there = {
        one.id for one in organization.members if one.id != member.id and is_there(one, period)
    }
    held = organization.assigned_at(at)
    kept = [one for one in held if one.member in there]
    goes_on = {(one.responsibility, one.duty) for one in kept}
    mine = [one for one in held if one.member == member.id]
    given_up = tuple(one for one in mine if (one.responsibility, one.duty) in goes_on)
    asked = [one for one in mine if (one.responsibility, one.duty) not in goes_on]
    wanted = {one.responsibility for one in asked}
    whole = _wholes(organization, kept, wanted)
    return Scope(
        organization=_narrowed(organization, member, [*kept, *asked], whole, period),
        locks=tuple(
            Lock(responsibility=responsibility, duty=duty)
            for responsibility, duty in sorted(goes_on)
            if responsibility in whole
        ),
        given_up=given_up,
        is_empty=not asked,
    )


def _wholes(
    organization: Organization, kept: Iterable[Assignment], wanted: Collection[ResponsibilityId]
) -> frozenset[ResponsibilityId]:
    """Return the responsibilities to plan with: those wanted, and those that lack nobody.

    One that lacks somebody accountable stays where its segregation from others matters.
    """
    held = {(one.responsibility, one.duty) for one in kept}
    apart = {other for one in organization.responsibilities for other in one.segregated_from}
    return frozenset(
        one.id
        for one in organization.responsibilities
        if one.id in wanted
        or (
            (one.id, Duty.RESPONSIBLE) in held
            and ((one.id, Duty.ACCOUNTABLE) in held or one.segregated_from or one.id in apart)
        )
    )


def _narrowed(
    organization: Organization,
    member: Member,
    held: Iterable[Assignment],
    whole: Collection[ResponsibilityId],
    period: Period,
) -> Organization:
    """Return the department without the member, and without what is not asked about."""
    assignments = list(held)
    backed = {one.responsibility for one in assignments if one.duty is Duty.BACKUP}
    left_out = [one for one in assignments if one.responsibility not in whole]
    spent = duty_hours(organization, left_out)
    return attrs.evolve(
        organization,
        members=[
            attrs.evolve(
                one,
                weekly_hours=max(one.weekly_hours - spent.get(one.id, Decimal(0)), Decimal(0)),
                left_on=period.start if one.id == member.id else one.left_on,
            )
            for one in organization.members
        ],
        responsibilities=[
            attrs.evolve(
                one,
                has_backup=one.has_backup and one.id in backed,
                segregated_from=[other for other in one.segregated_from if other in whole],
            )
            for one in organization.responsibilities
            if one.id in whole
        ],
        assignments=[one for one in assignments if one.responsibility in whole],
    )
