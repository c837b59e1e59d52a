"""Applying a plan and taking it back: one unit of work, or nothing.

To apply a move is to end the interval of the old holder and to begin one of the new holder
at the same instant; to undo it is to do the same in the other direction, later. Nothing is
ever erased, so that the days in between keep the owner that they had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs

from crmcore.checks import utc
from crmcore.customers import Cause, OwnershipRole
from crmcore.errors import Fault, InvalidValueError
from crmcore.kernel import MemberId
from crmcore.receipts import (
    Change,
    Departure,
    MatterChange,
    PlanConflictError,
    PlanLike,
    PlanReceipt,
    Remainder,
)
from crmcore.storage import Store, UnitOfWork

from ._along import bring_back, carry_along, what_took_place
from ._books import Books, Interval, Key
from ._departing import depart, departure_faults, stay_after_all
from ._handover import Handover

# Where a day begins first: no zone is farther ahead of UTC.
_FARTHEST_EAST: Final = timedelta(hours=14)


@attrs.frozen
class _Step:
    """One thing that is to change hands."""

    key: Key
    from_member: MemberId | None
    to_member: MemberId | None
    expected_version: int | None


def apply_plan(
    store: Store,
    plan: PlanLike,
    *,
    by: str,
    at: datetime,
    reason: str | None = None,
    cause: Cause | None = None,
) -> PlanReceipt:
    """Carry out a plan in one unit of work, or nothing of it.

    Every move is held against what is stored now: the holder and the version must be those
    that the plan was made for, and whoever is to take over must still be there. The open
    matters that the old owner of a customer is in charge of go along to the new one, as they
    are then, not as they were when the plan was made. What others are in charge of stays with
    them, and so does what is closed.

    With a `Handover` for good, whoever leaves has nothing afterwards: collaborations end, open
    matters with other people's customers go to their owners, and the last day is written down.

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

    Returns:
        The receipt, with which `undo_plan` can take it back.

    Raises:
        PlanConflictError: If anything has changed since the plan was made.
        ConcurrencyConflictError: If another plan is carried out at the same moment.
        StorageUnavailableError: If the store cannot keep it. Nothing was kept then.
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
    handover = plan if isinstance(plan, Handover) else None
    steps = _steps(plan, handover)
    keys = [step.key for step in steps]
    with store.unit_of_work() as uow:
        books = Books(
            uow,
            keys,
            at=instant,
            day=at.date(),
            plan=plan.fingerprint,
            cause=getattr(plan, "cause", Cause.PLAN) if cause is None else cause,
            of=None if handover is None else handover.member.id,
        )
        _refuse([*_plan_faults(books, steps), *departure_faults(books, handover, set(keys))])
        changes = tuple(
            books.hand_over(step.key, step.from_member, step.to_member) for step in steps
        )
        matters = carry_along(uow, changes, instant)
        departures: tuple[Departure, ...] = ()
        if handover is not None:
            more, departures = depart(uow, books, handover, instant)
            matters += more
        receipt = PlanReceipt(
            plan=plan.fingerprint,
            by=by,
            at=instant,
            reason=reason,
            changes=changes,
            matters=_in_order(matters),
            departures=departures,
        )
        books.finish()
        uow.commit()
    return receipt


def undo_plan(
    store: Store, receipt: PlanReceipt, *, by: str, at: datetime, reason: str
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

    Args:
        store: Where the plan was applied.
        receipt: What `apply_plan` returned.
        by: Who has it taken back.
        at: When that takes effect, as an aware instant behind the receipt's.
        reason: Why, for the receipt.

    Raises:
        PlanConflictError: If any holder that the receipt changed has changed again.
        ConcurrencyConflictError: If another plan is carried out at the same moment.
        StorageUnavailableError: If the store cannot keep it. Nothing was kept then.
        InvalidValueError: If *at* is naive, or not behind the receipt's, or *by* or *reason*
            says nothing.

    .. versionadded:: 0.1.0
    """
    instant = utc(at, "at")
    if instant <= receipt.at:
        raise InvalidValueError(
            "at", instant.isoformat(), f"be after the receipt's, {receipt.at.isoformat()}"
        )
    ways = [_Way.back(change, instant) for change in receipt.changes]
    with store.unit_of_work() as uow:
        books = Books(
            uow,
            [way.key for way in ways],
            at=instant,
            day=at.date(),
            plan=receipt.id,
            cause=Cause.UNDO,
            gone_since=(receipt.at.astimezone(at.tzinfo).date(), receipt.at),
        )
        departures, faults = stay_after_all(books, receipt)
        _refuse([*_receipt_faults(books, ways, receipt.at), *faults])
        changes = tuple(
            books.hand_over(way.key, way.holder, way.former, until=way.change.until) for way in ways
        )
        matters, remains = _bring_matters_back(uow, receipt, changes, instant)
        undone = PlanReceipt(
            plan=receipt.plan,
            by=by,
            at=instant,
            reason=reason,
            undoes=receipt.id,
            changes=changes,
            matters=_in_order(matters),
            departures=departures,
            remains=tuple(remains),
        )
        books.finish()
        uow.commit()
    return undone


@attrs.frozen
class _Way:
    """The way back of one change: who gives it up again, and to whom."""

    key: Key
    change: Change
    holder: MemberId | None
    former: MemberId | None

    @classmethod
    def back(cls, change: Change, at: datetime) -> _Way:
        """Return the way back at an instant.

        A change that began no interval leaves nobody to take it from; what would have come
        to its end by now goes back to nobody.
        """
        is_over = change.until is not None and change.until <= at
        return cls(
            Key.of(change),
            change,
            None if change.opened is None else change.to_member,
            None if is_over else change.from_member,
        )


def _steps(plan: PlanLike, handover: Handover | None) -> list[_Step]:
    steps = [
        _Step(Key.of(move), move.from_member, move.to_member, move.expected_version)
        for move in plan.moves
    ]
    if handover is not None:
        steps += [
            _Step(Key(held.customer, role=held.role), held.member, None, held.version)
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


def _plan_faults(books: Books, steps: Iterable[_Step]) -> Iterator[Fault]:
    for step in steps:
        for problem in (
            *_differs_from_plan(step, books.holders(step.key)),
            *books.obstacles(step.key, step.from_member, step.to_member),
        ):
            yield Fault(str(step.key), problem)


def _receipt_faults(books: Books, ways: Iterable[_Way], since: datetime) -> Iterator[Fault]:
    for way in ways:
        for problem in (
            *_differs_from_receipt(way, books.holders(way.key), since),
            *books.obstacles(way.key, way.holder, way.former),
        ):
            yield Fault(str(way.key), problem)


def _named(members: Iterable[MemberId]) -> str:
    return " and ".join(map(repr, sorted(members))) or "nobody"


def _differs_from_plan(step: _Step, holders: Mapping[MemberId, Interval]) -> Iterator[str]:
    """Say where the holders are not those that the plan was made for.

    A duty may have two holders today, of whom the plan knows one; a customer has one owner.
    """
    expected = set() if step.from_member is None else {step.from_member}
    is_shared = step.key.is_shared and step.from_member is not None
    found = expected & set(holders) if is_shared else set(holders)
    if found != expected:
        yield f"the plan takes it from {_named(expected)}, now it is held by {_named(holders)}"
        return
    if step.from_member is not None:
        version = holders[step.from_member].version
        if step.expected_version == 0:
            yield f"the plan was made without a version, version {version} is stored"
        elif step.expected_version not in (None, version):
            yield f"the plan knows version {step.expected_version}, version {version} is stored"


def _differs_from_receipt(
    way: _Way, holders: Mapping[MemberId, Interval], since: datetime
) -> Iterator[str]:
    """Say where the holders are not those that the receipt left, *since* its instant.

    What it began must still hold, and nothing else may have begun since, but for others who
    have begun to work beside an owner.
    """
    change = way.change
    if way.key.role is OwnershipRole.COLLABORATOR:
        concerned = {change.from_member, change.to_member}
        holders = {who: held for who, held in holders.items() if who in concerned}
    ours = next((held for held in holders.values() if held.id == change.opened), None)
    is_newer = any(held is not ours and held.since >= since for held in holders.values())
    if is_newer or (change.opened is not None and ours is None):
        left_to = "nobody" if change.to_member is None else repr(change.to_member)
        now = "it is held by" if _named(holders) != left_to else "it is held anew by"
        yield f"the receipt left it to {left_to}, now {now} {_named(holders)}"
    elif ours is not None and ours.version != change.version:
        yield f"the receipt left version {change.version}, version {ours.version} is stored"
