"""Responsibilities to people: who is accountable, who does it, who steps in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from crmcore.allocation import Budget, Solver, Watch
from crmcore.calendar import Period, midnight
from crmcore.errors import Fault, FaultsError
from crmcore.kernel import Phrase, minutes
from crmcore.organization import Assignment, Duty, Member, Organization, Responsibility
from crmcore.plans import Plan, PlanKind

from ._case import Case, Slot, pin_faults, pinned
from ._demand import Demand
from ._explain import plan_for
from ._need import Pin, minutes_there
from ._weights import AssignmentWeights

_QUARTER = 15
_WEEK = 7
_SHORT = {Duty.ACCOUNTABLE: 1, Duty.RESPONSIBLE: 1, Duty.BACKUP: 2}


def assign_responsibilities(
    organization: Organization,
    *,
    as_of: date,
    zone: ZoneInfo | str | None = None,
    weeks: int = 4,
    weights: AssignmentWeights | None = None,
    pins: Iterable[Pin] = (),
    budget: Budget | None = None,
    watch: Watch | None = None,
    solver: Solver | None = None,
    progress: Callable[[int, int | None, Phrase], None] | None = None,
) -> Plan:
    """Find who should be accountable for, do, and back up each responsibility.

    Somebody may hold a duty who has every skill that is wanted, at most one level short of
    it, or two for a backup; who is accountable also needs a role with authority. The backup
    is neither the one who does it nor the one who is accountable, and responsibilities that
    are segregated are not done by the same person. Each duty costs its share of the weekly
    hours, in quarters of an hour. Where two people hold one duty today, the one whose
    assignment has the lower id counts; the other one shows as an overlap in the audit.

    Args:
        organization: The department with its people, responsibilities and assignments.
        as_of: The day of the plan; assignments that hold when it begins are today's.
        zone: The zone in which the day begins, or its name; UTC where it is left out.
        weeks: The weeks from then on over which leave is counted; whoever leaves for good
            within them is planned without.
        weights: What counts how much; the defaults where it is left out.
        pins: Duties that stay with, or go to, a stated member.
        budget: How much work to do; see `crmcore.allocation.Budget`.
        watch: Takes the time, and may end the search early; see `crmcore.allocation.Watch`.
        solver: Has the last word within what can be checked, like `crmcore.solver.Highs`.
        progress: Hears how much of a step is done, of how much if known, and which it is.

    Returns:
        The plan, proven the best possible for a department of up to about 36 duties.

    Raises:
        FaultsError: If nobody has any hours, or the pins break a rule; likewise if the
            solver fails, or returns what cannot be.
        MissingExtraError: If the solver needs an extra that is not installed.

    .. versionadded:: 0.1.0
    """
    weights = weights or AssignmentWeights()
    period = Period(as_of, as_of + timedelta(days=_WEEK * weeks))
    hours = {m.id: _quarters(m, period) for m in organization.members}
    members = {m.id: m for m in organization.members if hours[m.id] > 0}
    if not members:
        raise FaultsError(
            "organization",
            [Fault("members", f"nobody has any hours from {period.start} to {period.end}")],
        )
    begins = datetime.combine(as_of, time(0), UTC) if zone is None else midnight(as_of, zone)
    today = organization.assigned_at(begins)
    slots = {slot.subject: slot for slot in _slots(organization, today, weights)}
    case = Case(
        slots=dict(sorted(slots.items())),
        members=members,
        minutes={key: hours[key] for key in members},
        holders={key: weights.holder(key, hours[key], _QUARTER) for key in members},
        authorities=frozenset(k for k, m in members.items() if organization.has_authority(m)),
        conflicts=tuple(sorted(_conflicts(organization.responsibilities))),
        pins=pinned(pins),
        weights=weights,
    )
    faults = pin_faults(case)
    if faults:
        raise FaultsError("pins", faults)
    return plan_for(
        case,
        kind=PlanKind.RESPONSIBILITIES,
        as_of=as_of,
        budget=budget,
        watch=watch,
        solver=solver,
        progress=progress,
    )


def _quarters(member: Member, period: Period) -> int:
    """Return the minutes a week that a member has, rounded down to quarters of an hour."""
    there = minutes_there(member, member.weekly_hours, period)
    return there // _QUARTER * _QUARTER


def _duties(responsibility: Responsibility) -> tuple[Duty, ...]:
    return tuple(duty for duty in Duty if duty is not Duty.BACKUP or responsibility.has_backup)


def _slots(
    organization: Organization, held_today: Iterable[Assignment], weights: AssignmentWeights
) -> Iterator[Slot]:
    today: dict[tuple[str, Duty], Assignment] = {}
    for held in held_today:
        today.setdefault((held.responsibility, held.duty), held)
    for responsibility in organization.responsibilities:
        for duty in _duties(responsibility):
            holding = today.get((responsibility.id, duty))
            yield Slot(
                responsibility=responsibility.id,
                duty=duty,
                demand=Demand(
                    skills=responsibility.skills,
                    levels_short=_SHORT[duty],
                    wants_authority=duty is Duty.ACCOUNTABLE,
                    responsibility=responsibility.id,
                    team=responsibility.team,
                ),
                minutes=_work(responsibility, duty),
                importance=responsibility.importance,
                uncovered=weights.uncovered_backup if duty is Duty.BACKUP else weights.uncovered,
                change=weights.change,
                value=Decimal(responsibility.importance),
                holder=holding.member if holding is not None else None,
                version=holding.version if holding is not None else None,
            )


def _work(responsibility: Responsibility, duty: Duty) -> int:
    """Return the minutes a week of a duty, to the nearest quarter of an hour, one at least."""
    exact = minutes(responsibility.weekly_hours) * duty.hours_share
    return max(int(exact / _QUARTER + Fraction(1, 2)), 1) * _QUARTER


def _conflicts(responsibilities: Iterable[Responsibility]) -> set[tuple[str, str]]:
    found = set()
    for r in responsibilities:
        if r.has_backup:
            backup = f"responsibility:{r.id}:{Duty.BACKUP}"
            for duty in (Duty.ACCOUNTABLE, Duty.RESPONSIBLE):
                found.add((f"responsibility:{r.id}:{duty}", backup))
        for other in r.segregated_from:
            one, two = sorted((r.id, other))
            does = Duty.RESPONSIBLE
            found.add((f"responsibility:{one}:{does}", f"responsibility:{two}:{does}"))
    return found
