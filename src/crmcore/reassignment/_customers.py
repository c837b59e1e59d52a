"""Customers to members: who should look after whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from crmcore.allocation import Budget, Solver, Watch
from crmcore.checks import day
from crmcore.errors import Fault, FaultsError
from crmcore.kernel import Phrase
from crmcore.plans import Plan, PlanKind

from ._case import Case, Slot, each_once, pin_faults, pinned
from ._demand import Demand
from ._explain import plan_for
from ._need import Capacity, CustomerNeed, Pin, whole_minutes
from ._weights import AssignmentWeights

# Books are large; where one is small, prices and a few branches prove enough.
_BUDGET = Budget(nodes=20)


def assign_customers(
    book: Iterable[CustomerNeed],
    holders: Iterable[Capacity],
    *,
    as_of: date,
    weights: AssignmentWeights | None = None,
    pins: Iterable[Pin] = (),
    budget: Budget | None = None,
    watch: Watch | None = None,
    solver: Solver | None = None,
    progress: Callable[[int, int | None, Phrase], None] | None = None,
) -> Plan:
    """Find who should look after each customer.

    Somebody may look after a customer who has every skill that is wanted at its level,
    speaks the language and serves the region. Hours are in one planning period for needs
    and capacities alike. Today's owners keep their customers unless a change wins more
    points than it costs, or nobody asks them any more.

    Args:
        book: The customers with what they need, each once.
        holders: The members with the hours that they have, each once.
        as_of: The day of the plan.
        weights: What counts how much; the defaults where it is left out.
        pins: Customers that stay with, or go to, a stated member.
        budget: How much work to do; see `crmcore.allocation.Budget`. Where it is left out,
            a small book is searched through 20 branches, and with a solver the first only.
        watch: Takes the time, and may end the search early; see `crmcore.allocation.Watch`.
        solver: Has the last word within what can be checked, like `crmcore.solver.Highs`.
        progress: Hears how much of a step is done, of how much if known, and which it is.

    Returns:
        The plan with a bound on how much better any other could be.

    Raises:
        FaultsError: If a customer or a member comes twice, nobody has any hours, or the
            pins break a rule.
            Likewise if the solver fails, or returns what cannot be.
        InvalidValueError: If *as_of* is an instant.
        MissingExtraError: If the solver needs an extra that is not installed.

    Complexity:
        About ``n m`` numbers of memory and a second for 20,000 customers and 12 members.

    .. versionadded:: 0.1.0
    """
    day(as_of)
    weights = weights or AssignmentWeights()
    if budget is None and solver is None:
        budget = _BUDGET
    needs = sorted(book, key=lambda need: need.customer)
    people = sorted(holders, key=lambda capacity: capacity.member.id)
    faults = [
        *each_once("customer", [need.customer for need in needs]),
        *each_once("member", [capacity.member.id for capacity in people]),
    ]
    hours = {c.member.id: whole_minutes(c.hours) for c in people if c.hours > 0}
    if not hours:
        faults.append(Fault("holders", "nobody has any hours for customers"))
    if faults:
        raise FaultsError("book", faults)
    case = Case(
        slots=_slots(needs, weights),
        members={c.member.id: c.member for c in people if c.member.id in hours},
        minutes=hours,
        holders={key: weights.holder(key, work) for key, work in hours.items()},
        authorities=frozenset(),
        conflicts=(),
        pins=pinned(pins),
        weights=weights,
    )
    faults = pin_faults(case)
    if faults:
        raise FaultsError("pins", faults)
    return plan_for(
        case,
        kind=PlanKind.CUSTOMERS,
        as_of=as_of,
        budget=budget,
        watch=watch,
        solver=solver,
        progress=progress,
    )


def _slots(needs: Sequence[CustomerNeed], weights: AssignmentWeights) -> dict[str, Slot]:
    median = _median([need.value for need in needs])
    demands: dict[Demand, Demand] = {}  # thousands of customers share a few demands
    slots = {}
    for need in needs:
        demand = Demand(skills=need.skills, language=need.language, region=need.region)
        usual = weights.change + (weights.valuable_change if need.value > median else 0)
        slot = Slot(
            customer=need.customer,
            demand=demands.setdefault(demand, demand),
            minutes=whole_minutes(need.hours),
            importance=need.importance,
            uncovered=weights.uncovered,
            change=usual if need.change is None else need.change,
            value=need.value,
            holder=need.owner,
            version=need.ownership_version if need.owner is not None else None,
        )
        slots[slot.subject] = slot
    return slots


def _median(values: list[Decimal]) -> Decimal:
    """Return the lower median; 0 of nothing."""
    return sorted(values)[(len(values) - 1) // 2] if values else Decimal(0)
