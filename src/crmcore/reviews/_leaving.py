"""Planning a handover: exactly what one member holds, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import DefaultContext, localcontext
from typing import Final

import attrs

from crmcore.allocation import Solver, Watch
from crmcore.checks import day
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase
from crmcore.policies import Policy
from crmcore.reassignment import AssignmentWeights, Pin
from crmcore.storage import DEFAULT_TENANT, Store, UnitOfWork

from ._assigning import CustomerRule, Planning
from ._handover import Handover
from ._judging import judge
from ._plan import DepartmentPlan
from ._predicting import appraise
from ._records import Progress, read_records, silent
from ._scope import scope_of
from ._successors import (
    customer_scenario,
    duty_scenario,
    plan_customers,
    plan_duties,
    the_rest,
)
from ._task import Task, notes_of, task_of

_MOST_WEEKS: Final = 52


def plan_handover(
    store: Store,
    member: str,
    *,
    policy: Policy,
    as_of: date,
    left_on: date | None = None,
    until: date | None = None,
    weeks: int = 4,
    weights: AssignmentWeights | None = None,
    pins: Iterable[Pin] = (),
    rules: Iterable[CustomerRule] = (),
    rest_to: str | None = None,
    others_may_move: bool = False,
    after: DepartmentPlan | None = None,
    watch: Watch | None = None,
    solver: Solver | None = None,
    progress: Progress = silent,
    tenant: str = DEFAULT_TENANT,
) -> Handover:
    """Plan who takes over what one member holds, with a note for each customer.

    It is about exactly what the member holds: customers, duties, open matters and
    collaborations. What others hold stays with them, and what nobody holds is not given to
    anybody, but that a responsibility of which the member holds a part is done, and somebody
    is accountable for it.
    Customers for whom the policy has no time, and with whom nothing is open, go to one member,
    or back to the pool.

    Nothing is changed: `apply_plan` carries the handover out in one unit of work. Where
    *until* is given, the member only goes away for a while: when the day has come,
    `undo_plan` gives everything back.

    Args:
        store: Where the records are kept.
        member: The id of whoever hands over.
        policy: What the company decides for itself.
        as_of: The day at whose beginning the department is looked at.
        left_on: The first day on which the member no longer belongs to the department; where
            it is left out, the day that is stored, or else *as_of*.
        until: The day on which the member is back, for those who come back.
        weeks: How many weeks from *as_of* on are planned, from 1 to 52.
        weights: What counts how much; the defaults where it is left out.
        pins: What is to go to a stated member.
        rules: Who may look after which customer, as for `review_department`.
        rest_to: The id of whoever takes the customers for whom the policy has no time. Where
            it is left out, they go back to the pool when the member leaves for good, and
            otherwise stay.
        others_may_move: Whether what others hold may move as well, where that wins more than
            it costs.
        after: The plan of an earlier review; its prices warm the search.
        watch: Takes the time of each search, and may end it early.
        solver: Has the last word in each search.
        progress: Hears how much of a step is done, of how much if known, and which it is.
        tenant: Whose records are looked at.

    Raises:
        NotFoundError: If there is no such member.
        UnknownNameError: If *rest_to* is nobody of the department.
        FaultsError: If what is stored does not hang together, nobody else has any hours, or a
            pin breaks a rule.
        InvalidValueError: If *as_of* is an instant, *weeks* is out of bounds, *until* is not
            after *as_of*, or both *left_on* and *until* are given.

    Complexity:
        As for a review of the department: every customer is judged.

    .. versionadded:: 0.1.0
    """
    day(as_of)
    _refuse_absurd(as_of, left_on, until, weeks)
    with localcontext(DefaultContext):
        with store.unit_of_work(readonly=True, tenant=tenant) as uow:
            department = uow.teams.get(uow.members.get(member).team).department
        records = read_records(
            store,
            policy=policy,
            as_of=as_of,
            department=department,
            progress=progress,
            tenant=tenant,
        )
        appraisal = appraise(
            records.trails, records.customers, policy=policy, as_of=as_of, progress=progress
        )
        judgements = judge(records, appraisal, policy=policy, as_of=as_of, progress=progress)
        planning = Planning(
            as_of=as_of,
            policy=policy,
            weeks=weeks,
            weights=weights or AssignmentWeights(),
            pins=tuple(pins),
            rules=tuple(rules),
            after=after,
            watch=watch,
            solver=solver,
        )
        progress(0, None, Phrase("making the plan", "制定调整方案"))
        with store.unit_of_work(readonly=True, tenant=tenant) as uow:
            task = attrs.evolve(
                task_of(uow, member, records, judgements, planning),
                rest_to=None if rest_to is None else records.organization.member(rest_to).id,
                others_may_move=others_may_move,
                progress=progress,
            )
            leaving = None if until is not None else left_on or task.member.left_on or as_of
            return _handover(uow, task, left_on=leaving, until=until)


def _refuse_absurd(as_of: date, left_on: date | None, until: date | None, weeks: int) -> None:
    if not isinstance(weeks, int) or not 1 <= weeks <= _MOST_WEEKS:
        raise InvalidValueError("weeks", weeks, f"be a whole number between 1 and {_MOST_WEEKS}")
    if left_on is not None:
        day(left_on, "left_on")
    if until is None:
        return
    if day(until, "until") <= as_of:
        raise InvalidValueError("until", until.isoformat(), f"be after as_of, {as_of}")
    if left_on is not None:
        rule = "be left out where left_on is given: who leaves for good does not come back"
        raise InvalidValueError("until", until.isoformat(), rule)


def _handover(uow: UnitOfWork, task: Task, *, left_on: date | None, until: date | None) -> Handover:
    scope = scope_of(task.records.organization, task.member, at=task.records.at, period=task.period)
    duty_case = None if scope.is_empty else duty_scenario(task, scope)
    duties = None if duty_case is None else plan_duties(task, duty_case)
    customer_case = customer_scenario(task, scope, duties)
    customers = None if customer_case is None else plan_customers(task, customer_case)
    rest = the_rest(task, scope, is_final=left_on is not None)
    moves = (*(() if customers is None else customers.moves), *rest)
    return Handover(
        as_of=task.planning.as_of,
        member=task.member,
        left_on=left_on,
        until=until,
        duties=duties,
        customers=customers,
        duty_scenario=duty_case,
        customer_scenario=customer_case,
        rest=rest,
        collaborations=task.collaborations if left_on is not None else (),
        matters=task.matters,
        notes=tuple(notes_of(uow, task, moves)),
    )
