"""The audit of responsibilities: everything that is wrong with who does what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from crmcore.calendar import Period, midnight
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.improvement import Finding, in_order
from crmcore.kernel import MemberId

from ._abilities import audit_abilities
from ._coverage import audit_responsibilities
from ._organization import Organization
from ._people import audit_people
from ._situation import Situation


def audit(
    organization: Organization,
    *,
    as_of: date,
    zone: ZoneInfo | str,
    weeks: int = 4,
    other_hours: Mapping[MemberId, Decimal] | None = None,
    overload_above: Decimal = Decimal(1),
    idle_below: Decimal = Decimal("0.5"),
) -> tuple[Finding, ...]:
    """Audit who does what: gaps, overlaps, hours, skills, authority, descriptions.

    These are the kinds of findings:

    - ``gap``, ``held_by_former_member``: nobody who is still there holds a duty;
    - ``overlap``: two or more hold the same duty of one responsibility;
    - ``backup_is_same_person``, ``segregation_broken``, ``no_authority``: the wrong one does;
    - ``overload``, ``idle_capacity``, ``too_few_hours``: hours do not fit;
    - ``missing_skill``, ``single_point_of_failure``, ``below_level``: skills do not;
    - ``no_role``, ``no_outcome``, ``no_indicator``: something is not written down.

    Whoever has left by *as_of* counts neither for hours nor for skills.

    Args:
        organization: The department.
        as_of: The day to look at, as it begins.
        zone: The zone in which the day begins, or its name.
        weeks: For how many weeks from that day leave is taken off the hours.
        other_hours: Hours a week that members work beside all duties, for instance for the
            customers that they own.
        overload_above: The share of the hours there are above which work is too much; above
            1.1 of the hours it is critical.
        idle_below: The share of the hours there are below which there is room for more.

    Returns:
        The findings, the gravest first, then by kind and subject.

    Raises:
        UnknownNameError: If *other_hours* names somebody who is no member.
        InvalidValueError: If *weeks* is below 1.

    .. versionadded:: 0.1.0
    """
    if weeks < 1:
        raise InvalidValueError("weeks", weeks, "be at least 1")
    situation = Situation(
        organization=organization,
        as_of=as_of,
        ahead=Period(as_of, as_of + timedelta(weeks=weeks)),
        held=organization.assigned_at(midnight(as_of, zone)),
        other=_other_minutes(organization, other_hours or {}),
    )
    return in_order(
        [
            *audit_responsibilities(situation),
            *audit_people(situation, overload_above=overload_above, idle_below=idle_below),
            *audit_abilities(situation),
        ]
    )


def _other_minutes(
    organization: Organization, other_hours: Mapping[MemberId, Decimal]
) -> dict[str, Fraction]:
    known = [member.id for member in organization.members]
    for name in sorted(other_hours):
        if name not in known:
            raise UnknownNameError("member", name, known)
    return {name: Fraction(value) * 60 for name, value in other_hours.items()}
