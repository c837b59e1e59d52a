"""Applying a plan and taking it back: one unit of work, or nothing.

To apply a move is to end the interval of the old holder and to begin one of the new holder
at the same instant; to undo it is to do the same in the other direction, later. Nothing is
ever erased, so that the days in between keep the owner that they had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from crmcore.checks import utc
from crmcore.customers import Cause
from crmcore.errors import Fault, InvalidValueError
from crmcore.kernel import MemberId
from crmcore.plans import Move, Plan
from crmcore.storage import Store

from ._books import Books, Interval, Key
from ._plan import DepartmentPlan
from ._receipt import Change, PlanConflictError, PlanReceipt, item

# Where a day begins first: no zone is farther ahead of UTC.
_FARTHEST_EAST: Final = timedelta(hours=14)


def apply_plan(
    store: Store,
    plan: Plan | DepartmentPlan,
    *,
    by: str,
    at: datetime,
    reason: str | None = None,
) -> PlanReceipt:
    """Carry out a plan in one unit of work, or nothing of it.

    Every move is held against what is stored now: the holder and the version must be those
    that the plan was made for, and whoever is to take over must still be there.

    Args:
        store: Where the customers, members, ownerships and assignments are kept.
        plan: The moves to carry out.
        by: Who has it done.
        at: When it takes effect, as an aware instant behind the beginning of every
            interval that it ends, and not before the day of the plan. Who has left by its
            day, in its own zone, takes over nothing.
        reason: Why, for the receipt.

    Returns:
        The receipt, with which `undo_plan` can take it back.

    Raises:
        PlanConflictError: If anything has changed since the plan was made.
        ConcurrencyConflictError: If another plan is carried out at the same moment.
        InvalidValueError: If *at* is naive or before the day of the plan, or *by* or
            *reason* says nothing.

    .. versionadded:: 0.1.0
    """
    instant = utc(at, "at")
    if (instant + _FARTHEST_EAST).date() < plan.as_of:
        rule = f"not be before {plan.as_of}, the day of the plan"
        raise InvalidValueError("at", instant.isoformat(), rule)
    moves = sorted(plan.moves, key=lambda move: _order(_key_of(move)))
    keys = [_key_of(move) for move in moves]
    with store.unit_of_work() as uow:
        books = Books(uow, keys, at=instant, day=at.date(), plan=plan.fingerprint, cause=Cause.PLAN)
        _refuse(
            Fault(item(*key), problem)
            for move, key in zip(moves, keys, strict=True)
            for problem in (
                *_differs_from_plan(move, books.holders(key)),
                *books.obstacles(key, move.from_member, move.to_member),
            )
        )
        changes = tuple(
            books.hand_over(key, move.from_member, move.to_member)
            for move, key in zip(moves, keys, strict=True)
        )
        receipt = PlanReceipt(
            plan=plan.fingerprint, by=by, at=instant, reason=reason, changes=changes
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
    up to an instant only holds it up to that instant again. The receipt of an undo can be
    undone in its turn.

    Args:
        store: Where the plan was applied.
        receipt: What `apply_plan` returned.
        by: Who has it taken back.
        at: When that takes effect, as an aware instant behind the receipt's.
        reason: Why, for the receipt.

    Raises:
        PlanConflictError: If anything that the receipt changed has changed again.
        ConcurrencyConflictError: If another plan is carried out at the same moment.
        InvalidValueError: If *at* is naive, or not behind the receipt's, or *by* or *reason*
            says nothing.

    .. versionadded:: 0.1.0
    """
    instant = utc(at, "at")
    if instant <= receipt.at:
        raise InvalidValueError(
            "at", instant.isoformat(), f"be after the receipt's, {receipt.at.isoformat()}"
        )
    keys = [_key_of(change) for change in receipt.changes]
    with store.unit_of_work() as uow:
        books = Books(
            uow,
            keys,
            at=instant,
            day=at.date(),
            plan=receipt.id,
            cause=Cause.UNDO,
            gone_since=(receipt.at.astimezone(at.tzinfo).date(), receipt.at),
        )
        ways = [
            (key, change, _begun(change), _again(change, instant))
            for key, change in zip(keys, receipt.changes, strict=True)
        ]
        _refuse(
            Fault(item(*key), problem)
            for key, change, holder, former in ways
            for problem in (
                *_differs_from_receipt(change, books.holders(key), receipt.at),
                *books.obstacles(key, holder, former),
            )
        )
        changes = tuple(
            books.hand_over(key, holder, former, until=change.until)
            for key, change, holder, former in ways
        )
        undone = PlanReceipt(
            plan=receipt.plan,
            by=by,
            at=instant,
            reason=reason,
            undoes=receipt.id,
            changes=changes,
        )
        books.finish()
        uow.commit()
    return undone


def _key_of(thing: Move | Change) -> Key:
    return (thing.customer, thing.responsibility, thing.duty)


def _order(key: Key) -> tuple[bool, str, str]:
    return (key[0] is None, str(key[0] if key[0] is not None else key[1]), str(key[2]))


def _refuse(conflicts: Iterable[Fault]) -> None:
    found = tuple(conflicts)
    if found:
        raise PlanConflictError(found)


def _named(members: Iterable[MemberId]) -> str:
    return " and ".join(map(repr, sorted(members))) or "nobody"


def _differs_from_plan(move: Move, holders: Mapping[MemberId, Interval]) -> Iterator[str]:
    """Say where the holders are not those that the plan was made for.

    A duty may have two holders today, of whom the plan knows one; a customer has one owner.
    """
    expected = set() if move.from_member is None else {move.from_member}
    is_shared = move.customer is None and move.from_member is not None
    found = expected & set(holders) if is_shared else set(holders)
    if found != expected:
        yield f"the plan takes it from {_named(expected)}, now it is held by {_named(holders)}"
        return
    if move.from_member is not None:
        version = holders[move.from_member].version
        if move.expected_version not in (None, version):
            yield f"the plan knows version {move.expected_version}, version {version} is stored"


def _differs_from_receipt(
    change: Change, holders: Mapping[MemberId, Interval], since: datetime
) -> Iterator[str]:
    """Say where the holders are not those that the receipt left, *since* its instant.

    What it began must still hold, and nothing else may have begun since.
    """
    ours = next((held for held in holders.values() if held.id == change.opened), None)
    is_newer = any(held is not ours and held.since >= since for held in holders.values())
    if is_newer or (change.opened is not None and ours is None):
        left_to = "nobody" if change.to_member is None else repr(change.to_member)
        now = "it is held by" if _named(holders) != left_to else "it is held anew by"
        yield f"the receipt left it to {left_to}, now {now} {_named(holders)}"
    elif ours is not None and ours.version != change.version:
        yield f"the receipt left version {change.version}, version {ours.version} is stored"


def _begun(change: Change) -> MemberId | None:
    """Return whose interval the change began; None where it began none."""
    return None if change.opened is None else change.to_member


def _again(change: Change, at: datetime) -> MemberId | None:
    """Return who is to hold it again; None where that would have come to its end by now."""
    is_over = change.until is not None and change.until <= at
    return None if is_over else change.from_member
