"""Customers to members or to teams: who should look after whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from crmcore.allocation import Budget, Solver, Watch
from crmcore.kernel import Phrase
from crmcore.organization import Organization
from crmcore.plans import Plan

from ._capacity import Capacity
from ._continuity import Continuity
from ._eligibility import Eligibility
from ._need import CustomerNeed
from ._scenario import Scenario
from ._weights import AssignmentWeights
from ._wish import Apart, Bundle, Lock, Pin


def assign_customers(
    book: Iterable[CustomerNeed],
    holders: Iterable[Capacity],
    *,
    as_of: date,
    weights: AssignmentWeights | None = None,
    pins: Iterable[Pin | Lock] = (),
    rules: Iterable[Eligibility | Apart | Bundle] = (),
    within: Plan | None = None,
    organization: Organization | None = None,
    continuity: Continuity | None = None,
    after: Plan | None = None,
    budget: Budget | None = None,
    watch: Watch | None = None,
    solver: Solver | None = None,
    progress: Callable[[int, int | None, Phrase], None] | None = None,
) -> Plan:
    """Find who should look after each customer.

    Somebody may look after a customer who has every skill that is wanted at its level,
    speaks the language, serves the region, keeps the rules of the company, and is none of
    those whom the customer does not want. Hours are in one planning period for needs and
    capacities alike. Today's owners keep their customers unless a change wins more points
    than it costs, or nobody asks them any more.

    Args:
        book: The customers with what they need, each once.
        holders: The members with the hours that they have, each once.
        as_of: The day of the plan.
        weights: What counts how much; the defaults where it is left out.
        pins: Customers that go to a stated member, or stay where they are.
        rules: Who may look after whom, who must not have the same holder, and who must.
        within: A plan of `assign_to_teams` for the same book: each customer goes to a member
            of its team.
        organization: The department. Where it is given, its skills and its members, those who
            have left among them, are all that there are: another skill or owner is refused.
            Otherwise a skill is refused only where it is nearly one that somebody has, and
            an owner without hours is one who has left.
        continuity: How much of today is left as it is, beside what each change costs.
        after: The plan before this one; its prices warm the search.
        budget: How much work to do; see `crmcore.allocation.Budget`. Where it is left out,
            a small book is searched through 200 branches, and with a solver the first only.
        watch: Takes the time, and may end the search early; see `crmcore.allocation.Watch`.
        solver: Has the last word within what can be checked, like `crmcore.solver.Highs`.
        progress: Hears how much of a step is done, of how much if known, and which it is.

    Returns:
        The plan with a bound on how much better any other could be.

    Raises:
        FaultsError: With everything that is wrong: whatever comes twice, contradicts itself,
            breaks a rule, names what is not there, or cannot be counted; likewise if the
            solver fails, or returns what cannot be.
        InvalidValueError: If *as_of* is an instant, or something else is not what it should be.

    Complexity:
        Memory goes with the customers, and with their kinds times the members; time with
        customers times members. ``benchmarks/books.py`` needed half a second for 1,000
        customers of 20 members, 6 seconds for 10,000 of 50, and 20 for 100,000 of 20.

    .. versionadded:: 0.1.0
    """
    scenario = Scenario.of_customers(
        book,
        holders,
        as_of=as_of,
        weights=weights,
        pins=pins,
        rules=rules,
        within=within,
        organization=organization,
        continuity=continuity,
        budget=budget,
    )
    return scenario.plan(after=after, watch=watch, solver=solver, progress=progress)


def assign_to_teams(
    book: Iterable[CustomerNeed],
    holders: Iterable[Capacity],
    *,
    as_of: date,
    weights: AssignmentWeights | None = None,
    pins: Iterable[Pin | Lock] = (),
    rules: Iterable[Eligibility | Apart | Bundle] = (),
    organization: Organization | None = None,
    continuity: Continuity | None = None,
    after: Plan | None = None,
    budget: Budget | None = None,
    watch: Watch | None = None,
    solver: Solver | None = None,
    progress: Callable[[int, int | None, Phrase], None] | None = None,
) -> Plan:
    """Find which team should look after each customer.

    A team may look after a customer if one of its members may, and fits as well as the one
    who fits best. Its hours are those of its members, who share them as well as can be. A
    customer belongs today to the team that it says, or else to that of its owner. Pins send a
    customer to the team of the member; what is to be apart may still be in one team.

    The plan speaks of teams where others speak of members. Handed to `assign_customers` as
    *within*, it decides from which team each customer gets its member.

    Args:
        book: The customers with what they need, each once.
        holders: The members with the hours that they have, each once.
        as_of: The day of the plan.
        weights: What counts how much; the defaults where it is left out.
        pins: Customers that go to the team of a stated member, or stay with their team.
        rules: Who may look after whom, and who go together.
        organization: The department, as for `assign_customers`; its members also tell the
            team of an owner who has left.
        continuity: How much of today is left as it is, beside what each change costs.
        after: The plan before this one; its prices warm the search.
        budget: How much work to do; see `assign_customers`.
        watch: Takes the time, and may end the search early; see `crmcore.allocation.Watch`.
        solver: Has the last word within what can be checked, like `crmcore.solver.Highs`.
        progress: Hears how much of a step is done, of how much if known, and which it is.

    Returns:
        The plan, of kind ``TEAMS``, with the ids of teams as holders.

    Raises:
        FaultsError: With everything that is wrong, as `assign_customers` finds it.
        InvalidValueError: If *as_of* is an instant, or something else is not what it should be.

    .. versionadded:: 0.1.0
    """
    scenario = Scenario.of_customers(
        book,
        holders,
        as_of=as_of,
        weights=weights,
        pins=pins,
        rules=rules,
        organization=organization,
        continuity=continuity,
        budget=budget,
        to_teams=True,
    )
    return scenario.plan(after=after, watch=watch, solver=solver, progress=progress)
