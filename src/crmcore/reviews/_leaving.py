"""Planning a handover: exactly what one member holds, and nobody else's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, DefaultContext, localcontext
from typing import Final

import attrs

from crmcore.activities import Matter
from crmcore.allocation import Solver, Watch
from crmcore.calendar import Period
from crmcore.calendar import zone as find_zone
from crmcore.checks import day
from crmcore.customers import Ownership, OwnershipRole
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, MemberId, Phrase
from crmcore.organization import Assignment, Member
from crmcore.plans import Move, MoveKind, MoveReason, Plan
from crmcore.policies import Policy
from crmcore.reassignment import (
    AssignmentWeights,
    Capacity,
    CustomerNeed,
    Lock,
    Pin,
    assign_customers,
    assign_responsibilities,
)
from crmcore.storage import Store, UnitOfWork

from ._assigning import Planning, needs_of
from ._carrying import carrying
from ._handover import Handover
from ._judging import Judgement, judge
from ._note import HandoverNote
from ._records import Progress, Records, read_records, silent
from ._scope import Scope, duty_hours, scope_of

_MOST_WEEKS: Final = 52
_LATEST: Final = 5  # contacts in a note
_ENDS: Final = MoveReason(kind=MoveKind.LEFT)


@attrs.frozen(kw_only=True)
class _Task:
    """All that one member holds when a day begins, and what it is to be judged by.

    Attributes:
        member: Whose it is.
        owned: The customers that the member owns, in use or not.
        collaborations: Where the member works beside the owner.
        matters: The open matters that the member is in charge of with other people's customers.
        others_may_move: Whether what others hold may move as well.
    """

    records: Records
    judgements: tuple[Judgement, ...]
    planning: Planning
    member: Member
    owned: Mapping[CustomerId, Ownership]
    collaborations: tuple[Ownership, ...]
    matters: tuple[Matter, ...]
    others_may_move: bool
    progress: Progress

    @property
    def period(self) -> Period:
        """The days that are planned."""
        start = self.planning.as_of
        return Period(start, start + timedelta(weeks=self.planning.weeks))


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
    others_may_move: bool = False,
    watch: Watch | None = None,
    solver: Solver | None = None,
    progress: Progress = silent,
) -> Handover:
    """Plan who takes over what one member holds, with a note for each customer.

    It is about exactly what the member holds: customers, duties, open matters and
    collaborations. What others hold stays with them, and what nobody holds is not given to
    anybody, but for the other duties of a responsibility that the member holds a part of.
    Customers for whom the policy has no time go to somebody as well, without hours.

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
        others_may_move: Whether what others hold may move as well, where that wins more than
            it costs.
        watch: Takes the time of each search, and may end it early.
        solver: Has the last word in each search.
        progress: Hears how much of a step is done, of how much if known, and which it is.

    Raises:
        NotFoundError: If there is no such member.
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
        with store.unit_of_work(readonly=True) as uow:
            department = uow.teams.get(uow.members.get(member).team).department
        records = read_records(
            store, policy=policy, as_of=as_of, department=department, progress=progress
        )
        judgements = judge(records, policy=policy, as_of=as_of, progress=progress)
        planning = Planning(
            as_of=as_of,
            policy=policy,
            weeks=weeks,
            weights=weights or AssignmentWeights(),
            pins=tuple(pins),
            watch=watch,
            solver=solver,
        )
        progress(0, None, Phrase("making the plan", "制定调整方案"))
        with store.unit_of_work(readonly=True) as uow:
            task = _task(uow, member, records, judgements, planning)
            task = attrs.evolve(task, others_may_move=others_may_move, progress=progress)
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


def _task(
    uow: UnitOfWork,
    member: str,
    records: Records,
    judgements: tuple[Judgement, ...],
    planning: Planning,
) -> _Task:
    """Read what a member holds, beside what the records of a review tell."""
    leaver = records.organization.member(member)
    mine = [held for held in uow.ownerships.lasting(at=records.at) if held.member == leaver.id]
    owned = {held.customer: held for held in mine if held.role is OwnershipRole.OWNER}
    return _Task(
        records=records,
        judgements=judgements,
        planning=planning,
        member=leaver,
        owned=owned,
        collaborations=tuple(held for held in mine if held.role is OwnershipRole.COLLABORATOR),
        matters=tuple(
            matter
            for some in records.matters.values()
            for matter in some
            if matter.member == leaver.id and matter.customer not in owned
        ),
        others_may_move=False,
        progress=silent,
    )


def _handover(
    uow: UnitOfWork, task: _Task, *, left_on: date | None, until: date | None
) -> Handover:
    scope = scope_of(task.records.organization, task.member, at=task.records.at, period=task.period)
    duties = None if scope.is_empty else _plan_duties(task, scope)
    customers = _plan_customers(task, scope, duties)
    endings = [_end_of_duty(held) for held in scope.given_up]
    if left_on is not None:
        endings += [
            _end_of_ownership(held)
            for customer, held in sorted(task.owned.items())
            if customer not in task.records.customers
        ]
    return Handover(
        as_of=task.planning.as_of,
        member=task.member,
        left_on=left_on,
        until=until,
        duties=duties,
        customers=customers,
        endings=tuple(endings),
        collaborations=task.collaborations if left_on is not None else (),
        matters=task.matters,
        notes=tuple(_notes(uow, task, customers)),
    )


def _plan_duties(task: _Task, scope: Scope) -> Plan:
    planning = task.planning
    return assign_responsibilities(
        scope.organization,
        as_of=planning.as_of,
        zone=find_zone(planning.policy.zone),
        weeks=planning.weeks,
        weights=planning.weights,
        pins=[
            *(pin for pin in planning.pins if pin.customer is None),
            *(() if task.others_may_move else scope.locks),
        ],
        watch=planning.watch,
        solver=planning.solver,
        progress=task.progress,
    )


def _plan_customers(task: _Task, scope: Scope, duties: Plan | None) -> Plan | None:
    """Plan who takes over the customers; None where the member owns none in use."""
    mine = task.owned.keys() & task.records.customers.keys()
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
    plan = assign_customers(
        needs,
        capacities,
        as_of=planning.as_of,
        weights=planning.weights,
        pins=[
            *(pin for pin in planning.pins if pin.customer is not None),
            *(() if task.others_may_move else _locks(needs, mine)),
        ],
        watch=planning.watch,
        solver=planning.solver,
        progress=task.progress,
    )
    return carrying(plan, task.records.matters)


def _duty_hours(
    task: _Task, scope: Scope, duties: Plan | None
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


def _end_of_duty(held: Assignment) -> Move:
    return Move(
        responsibility=held.responsibility,
        duty=held.duty,
        from_member=held.member,
        to_member=None,
        expected_version=held.version,
        reason=_ENDS,
    )


def _end_of_ownership(held: Ownership) -> Move:
    return Move(
        customer=held.customer,
        from_member=held.member,
        to_member=None,
        expected_version=held.version,
        reason=_ENDS,
    )


def _notes(uow: UnitOfWork, task: _Task, plan: Plan | None) -> Iterator[HandoverNote]:
    """Yield what to tell of each customer who is in use, by customer."""
    successors = {} if plan is None else {move.customer: move.to_member for move in plan.moves}
    policy = task.planning.policy
    labels = {tier.name: tier.label for tier in policy.tiers.tiers}
    for judgement in task.judgements:
        customer = judgement.customer
        if customer not in task.owned:
            continue
        held = uow.ownerships.of_customer(customer)
        done = [one for one in uow.interactions.of_customer(customer) if one.at < task.records.at]
        yield HandoverNote(
            customer=task.records.customers[customer],
            from_member=task.member.id,
            since=task.owned[customer].since,
            successor=successors.get(customer),
            judgement=judgement,
            tier=labels[str(judgement.features.tier)],
            currency=policy.currency,
            zone=policy.zone,
            contacts=uow.contacts.of_customer(customer),
            collaborators=tuple(
                sorted(
                    one.member
                    for one in held
                    if one.role is OwnershipRole.COLLABORATOR and one.lasts_at(task.records.at)
                )
            ),
            interactions=done[-_LATEST:],
            matters=task.records.matters.get(customer, ()),
        )
