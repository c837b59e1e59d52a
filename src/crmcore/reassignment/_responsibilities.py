"""Responsibilities to people: who is accountable, who does it, who steps in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from crmcore.allocation import Budget, Solver, Watch
from crmcore.kernel import MemberId, Phrase
from crmcore.organization import Organization
from crmcore.plans import Plan

from ._continuity import Continuity
from ._eligibility import Eligibility, Fact
from ._scenario import Scenario
from ._weights import AssignmentWeights
from ._wish import Lock, Pin


def assign_responsibilities(
    organization: Organization,
    *,
    as_of: date,
    zone: ZoneInfo | str | None = None,
    weeks: int = 4,
    weights: AssignmentWeights | None = None,
    pins: Iterable[Pin | Lock] = (),
    rules: Iterable[Eligibility] = (),
    facts: Mapping[MemberId, Mapping[str, Fact]] | None = None,
    continuity: Continuity | None = None,
    after: Plan | None = None,
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
        pins: Duties that go to a stated member, or stay where they are.
        rules: Who may hold what, by the ``responsibility``, ``duty``, ``role``, ``team``,
            ``importance`` and ``weekly_hours`` of a duty and the facts of the member.
        facts: What the rules ask for beside the member's ``id``, ``name``, ``team`` and
            ``weekly_hours``, by member and name.
        continuity: How much of today is left as it is, beside what each change costs.
        after: The plan before this one; its prices warm the search.
        budget: How much work to do; see `crmcore.allocation.Budget`.
        watch: Takes the time, and may end the search early; see `crmcore.allocation.Watch`.
        solver: Has the last word within what can be checked, like `crmcore.solver.Highs`.
        progress: Hears how much of a step is done, of how much if known, and which it is.

    Returns:
        The plan, proven the best possible for a department of up to about 36 duties.

    Raises:
        FaultsError: With everything that is wrong: nobody has any hours, a skill is nearly
            one that somebody has, pins or locks contradict themselves or break a rule, or the
            points cannot be counted; likewise if the solver fails, or returns what cannot be.
        InvalidValueError: If something else is not what it should be.

    .. versionadded:: 0.1.0
    """
    scenario = Scenario.of_responsibilities(
        organization,
        as_of=as_of,
        zone=zone,
        weeks=weeks,
        weights=weights,
        pins=pins,
        rules=rules,
        facts=facts,
        continuity=continuity,
        budget=budget,
    )
    return scenario.plan(after=after, watch=watch, solver=solver, progress=progress)
