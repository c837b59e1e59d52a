"""Successors: who takes over the duties and the customers of one member."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Final

from crmcore.customers import Ownership
from crmcore.kernel import CustomerId, MemberId
from crmcore.organization import Assignment
from crmcore.plans import Move, MoveKind, MoveReason, Plan
from crmcore.reassignment import (
    Capacity,
    CustomerNeed,
    Lock,
    Scenario,
)

from ._assigning import needs_of
from ._carrying import carrying
from ._scope import Scope, duty_hours
from ._task import Task

_LEFT: Final = MoveReason(kind=MoveKind.LEFT)
_RECYCLED: Final = MoveReason(kind=MoveKind.RECYCLED)


def duty_scenario(task: Task, scope: Scope) -> Scenario:
    """Return what the plan for the duties is made from."""
    planning = task.planning
    return Scenario.of_responsibilities(
        scope.organization,
        as_of=planning.as_of,
        zone=planning.policy.zone,
        weeks=planning.weeks,
        weights=planning.weights,
        pins=[*planning.duty_pins, *(() if task.others_may_move else scope.locks)],
    )


def plan_duties(task: Task, scenario: Scenario) -> Plan:
    """Plan who takes over the duties."""
    planning = task.planning
    return scenario.plan(
        after=None if planning.after is None else planning.after.duties,
        watch=planning.watch,
        solver=planning.solver,
        progress=task.progress,
    )


def customer_scenario(task: Task, scope: Scope, duties: Plan | None) -> Scenario | None:
    """Return what the plan for the customers is made from; None where none needs anybody."""
    mine = (task.owned.keys() & task.records.customers.keys()) - task.quiet
    if not mine:
        return None
    planning, organization = task.planning, scope.organization
    capacities = Capacity.of_team_members(
        organization,
        as_of=planning.as_of,
        weeks=planning.weeks,
        duty_hours=_duty_hours(task, scope, duties),
    )
    present = {capacity.member.id for capacity in capacities}
    needs = [
        need
        for need in needs_of(task.records, task.judgements, planning, also=mine)
        if need.customer in mine or need.owner in present
    ]
    return Scenario.of_customers(
        needs,
        capacities,
        as_of=planning.as_of,
        weights=planning.weights,
        pins=[
            *planning.customer_pins,
            *(() if task.others_may_move else _locks(needs, mine)),
        ],
        rules=planning.rules,
    )


def plan_customers(task: Task, scenario: Scenario) -> Plan:
    """Plan who takes over the customers."""
    planning = task.planning
    plan = scenario.plan(
        after=None if planning.after is None else planning.after.customers,
        watch=planning.watch,
        solver=planning.solver,
        progress=task.progress,
    )
    return carrying(plan, task.records.matters)


def _duty_hours(
    task: Task, scope: Scope, duties: Plan | None
) -> Iterable[tuple[MemberId, Decimal]]:
    """Return the hours a week that duties take of each member, once they are handed over."""
    if duties is not None:
        return [(load.member, load.hours) for load in duties.after.loads]
    organization = scope.organization
    return duty_hours(organization, organization.assigned_at(task.records.at)).items()


def _locks(needs: Iterable[CustomerNeed], mine: Collection[CustomerId]) -> Iterator[Lock]:
    for need in needs:
        if need.customer not in mine:
            yield Lock(customer=need.customer)


def the_rest(task: Task, scope: Scope, *, is_final: bool) -> tuple[Move, ...]:
    """Return what moves without being planned.

    A duty that somebody else holds as well just ends. Customers for whom the policy has no
    time go to whoever is to take them, or back to the pool; who is out of use is let go.
    Where the member comes back, these only move if somebody is to take them.
    """
    moves = [_end_of(held) for held in scope.given_up]
    for customer, held in sorted(task.owned.items()):
        if customer in task.quiet and task.rest_to is not None:
            moves.append(_hand_on(held, task.rest_to, _LEFT))
        elif customer in task.quiet and is_final:
            moves.append(_hand_on(held, None, _RECYCLED))
        elif customer not in task.records.customers and is_final:
            moves.append(_hand_on(held, None, _LEFT))
    return tuple(moves)


def _end_of(held: Assignment) -> Move:
    return Move(
        responsibility=held.responsibility,
        duty=held.duty,
        from_member=held.member,
        to_member=None,
        expected_version=held.version,
        reason=_LEFT,
    )


def _hand_on(held: Ownership, to_member: MemberId | None, reason: MoveReason) -> Move:
    return Move(
        customer=held.customer,
        from_member=held.member,
        to_member=to_member,
        expected_version=held.version,
        reason=reason,
    )
