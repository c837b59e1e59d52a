"""Applying a plan and taking it back: one unit of work, or nothing.

To apply a move is to end the interval of the old holder and to begin one of the new holder
at the same instant; to undo it is to do the same in the other direction, later. Nothing is
ever erased, so that the days in between keep the owner that they had.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from crmcore.audit import Act
from crmcore.checks import utc
from crmcore.customers import Cause, OwnershipRole
from crmcore.errors import Fault, InvalidValueError
from crmcore.receipts import (
    Change,
    Departure,
    MatterChange,
    PlanConflictError,
    PlanLike,
    PlanReceipt,
    Remainder,
)
from crmcore.storage import DEFAULT_TENANT, Store, UnitOfWork

from ._along import bring_back, carry_along, what_took_place
from ._books import Books, Key
from ._conflicts import Step, Way, plan_faults, receipt_faults
from ._departing import depart, departure_faults, stay_after_all
from ._handover import Handover
from ._sending import Order, carry_out

# Where a day begins first: no zone is farther ahead of UTC.
_FARTHEST_EAST: Final = timedelta(hours=14)


def apply_plan(
    store: Store,
    plan: PlanLike,
    *,
    by: str,
    at: datetime,
    reason: str | None = None,
    cause: Cause | None = None,
    key: str | None = None,
    tenant: str = DEFAULT_TENANT,
) -> PlanReceipt:
    """Carry out a plan in one unit of work, or nothing of it.

    Every move is held against what is stored now: the holder and the version must be those
    that the plan was made for, and whoever is to take over must still be there. The open
    matters that the old owner of a customer is in charge of go along to the new one, as they
    are then, not as they were when the plan was made. What others are in charge of stays with
    them, and so does what is closed.

    With a `Handover` for good, whoever leaves has nothing afterwards: collaborations end, open
    matters with other people's customers go to their owners, and the last day is written down.

    Sent again, the very same call changes nothing and returns the very same receipt, for as
    long as the store keeps it, also where the plan was taken back since. So whoever does not
    know whether it got through sends it again. To apply a plan anew after an undo, name a
    later instant.

    Where the store has an outbox, ``plan.applied`` is recorded, and ``customer.reassigned`` or
    ``duty.reassigned`` for each change; where it keeps an audit trail, it names the plan.

    Args:
        store: Where the customers, members, ownerships, assignments and matters are kept.
        plan: What to carry out: a `crmcore.plans.Plan`, a `DepartmentPlan`, a `Handover`, or
            anything else that has moves.
        by: Who has it done.
        at: When it takes effect, as an aware instant behind the beginning of every
            interval that it ends, and not before the day of the plan. Who has left by its
            day, in its own zone, takes over nothing. Matters change hands at once.
        reason: Why, for the receipt.
        cause: How the customers come to their new owners; by default what *plan* says in an
            attribute ``cause`` of its own, as a claim does, else by a plan.
        key: What tells that it is the same call; by default it is made of all that the call
            says.
        tenant: Whose records the plan is about.

    Returns:
        The receipt, with which `undo_plan` can take it back.

    Raises:
        PlanConflictError: If anything has changed since the plan was made.
        ConcurrencyConflictError: If others carry out plans at the same moment, again and again.
        KeyReusedError: If *key* stands for another call.
        StorageUnavailableError: If the store cannot keep it. Nothing was kept then.
        CommitUnknownError: If the connection broke while it was kept. Send it again.
        InvalidValueError: If *plan* is none, such as a whole review, *at* is naive or before
            the day of the plan, or *by* or *reason* says nothing.

    .. versionadded:: 0.1.0
    """
    if not isinstance(plan, PlanLike):
        rule = "be something with moves, such as the plan of a review, review.plan"
        raise InvalidValueError("plan", plan, rule)
    instant = utc(at, "at")
    if (instant + _FARTHEST_EAST).date() < plan.as_of:
        rule = f"not be before {plan.as_of}, the day of the plan"
        raise InvalidValueError("at", instant.isoformat(), rule)
    found = getattr(plan, "cause", Cause.PLAN) if cause is None else cause
    order = Order(
        verb="apply",
        act=Act(by=by, at=instant, reason=reason, plan=plan.fingerprint),
        about=(plan.as_of.isoformat(), at.date().isoformat(), str(found)),
        key=key,
        tenant=tenant,
    )
    return carry_out(
        store, order, lambda uow: _applied(uow, plan, order.act, day=at.date(), cause=found)
    )


def _applied(uow: UnitOfWork, plan: PlanLike, act: Act, *, day: date, cause: Cause) -> PlanReceipt:
    handover = plan if isinstance(plan, Handover) else None
    steps = _steps(plan, handover)
    keys = [step.key for step in steps]
    books = Books(
        uow,
        keys,
        at=act.at,
        day=day,
        plan=plan.fingerprint,
        cause=cause,
        of=None if handover is None else handover.member.id,
    )
    _refuse([*plan_faults(books, steps), *departure_faults(books, handover, set(keys))])
    changes = tuple(books.hand_over(step.key, step.from_member, step.to_member) for step in steps)
    matters = carry_along(uow, changes, act.at)
    departures: tuple[Departure, ...] = ()
    if handover is not None:
        more, departures = depart(uow, books, handover, act.at)
        matters += more
    books.finish()
    return PlanReceipt(
        plan=plan.fingerprint,
        by=act.by,
        at=act.at,
        reason=act.reason,
        changes=changes,
        matters=_in_order(matters),
        departures=departures,
    )


def undo_plan(
    store: Store,
    receipt: PlanReceipt,
    *,
    by: str,
    at: datetime,
    reason: str,
    key: str | None = None,
    tenant: str = DEFAULT_TENANT,
) -> PlanReceipt:
    """Take back what a receipt says was changed, in one unit of work, or nothing of it.

    Everybody holds again what they held before, from *at* on, whoever had left by the time
    of the receipt among them; the time in between stays as it was. Who was to hold something
    up to an instant only holds it up to that instant again. The matters that went along come
    back, and so do those that came up since in the charge of whoever gives the customer up.
    The receipt of an undo can be undone in its turn.

    Holders are a matter of all or nothing: where one of them has changed again, nothing is
    taken back. Matters are not: one that was closed meanwhile, or given to somebody else,
    stays as it is. What stays, and the contacts that took place, is named in the receipt as
    its *remains*.

    Sent again, the very same call changes nothing and returns the very same receipt, as with
    `apply_plan`. Where the store has an outbox, ``plan.undone`` is recorded, and each change.

    Args:
        store: Where the plan was applied.
        receipt: What `apply_plan` returned.
        by: Who has it taken back.
        at: When that takes effect, as an aware instant behind the receipt's.
        reason: Why, for the receipt.
        key: What tells that it is the same call; by default it is made of all that the call
            says.
        tenant: Whose records the plan is about.

    Raises:
        PlanConflictError: If any holder that the receipt changed has changed again.
        ConcurrencyConflictError: If others carry out plans at the same moment, again and again.
        KeyReusedError: If *key* stands for another call.
        StorageUnavailableError: If the store cannot keep it. Nothing was kept then.
        CommitUnknownError: If the connection broke while it was kept. Send it again.
        InvalidValueError: If *at* is naive, or not behind the receipt's, or *by* or *reason*
            says nothing.

    .. versionadded:: 0.1.0
    """
    instant = utc(at, "at")
    if instant <= receipt.at:
        raise InvalidValueError(
            "at", instant.isoformat(), f"be after the receipt's, {receipt.at.isoformat()}"
        )
    # The day on which the receipt took effect, as whoever takes it back counts days.
    since = receipt.at.astimezone(at.tzinfo).date()
    order = Order(
        verb="undo",
        act=Act(by=by, at=instant, reason=reason, plan=receipt.plan),
        about=(receipt.id, at.date().isoformat(), since.isoformat()),
        key=key,
        tenant=tenant,
    )
    return carry_out(
        store,
        order,
        lambda uow: _taken_back(uow, receipt, order.act, day=at.date(), since=since),
    )


def _taken_back(
    uow: UnitOfWork, receipt: PlanReceipt, act: Act, *, day: date, since: date
) -> PlanReceipt:
    ways = [Way.back(change, act.at) for change in receipt.changes]
    books = Books(
        uow,
        [way.key for way in ways],
        at=act.at,
        day=day,
        plan=receipt.id,
        cause=Cause.UNDO,
        gone_since=(since, receipt.at),
    )
    departures, faults = stay_after_all(books, receipt)
    _refuse([*receipt_faults(books, ways, receipt.at), *faults])
    changes = tuple(
        books.hand_over(way.key, way.holder, way.former, until=way.change.until) for way in ways
    )
    matters, remains = _bring_matters_back(uow, receipt, changes, act.at)
    books.finish()
    return PlanReceipt(
        plan=receipt.plan,
        by=act.by,
        at=act.at,
        reason=act.reason,
        undoes=receipt.id,
        changes=changes,
        matters=_in_order(matters),
        departures=departures,
        remains=tuple(remains),
    )


def _steps(plan: PlanLike, handover: Handover | None) -> list[Step]:
    steps = [
        Step(Key.of(move), move.from_member, move.to_member, move.expected_version)
        for move in plan.moves
    ]
    if handover is not None:
        steps += [
            Step(Key(held.customer, role=held.role), held.member, None, held.version)
            for held in handover.collaborations
        ]
    return sorted(steps, key=lambda step: step.key.order)


def _bring_matters_back(
    uow: UnitOfWork, receipt: PlanReceipt, changes: Sequence[Change], at: datetime
) -> tuple[list[MatterChange], list[Remainder]]:
    """Give the matters back, those that came up since among them; return what stays, too."""
    owners = {
        change.customer: change.to_member
        for change in changes
        if change.role is OwnershipRole.OWNER
    }
    matters, remains = bring_back(
        uow, receipt, at, rightful=lambda gone: owners.get(gone.customer, gone.from_member)
    )
    known = {change.matter for change in receipt.matters}
    matters += carry_along(uow, changes, at, but=known, since=receipt.at)
    return matters, [*remains, *what_took_place(uow, receipt, at)]


def _in_order(matters: Iterable[MatterChange]) -> tuple[MatterChange, ...]:
    return tuple(sorted(matters, key=lambda change: change.matter))


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise PlanConflictError(faults)
