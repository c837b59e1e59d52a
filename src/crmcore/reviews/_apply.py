"""Applying a plan and taking it back: one unit of work, or nothing.

Who looks after a customer, and who holds a duty, is written down as intervals in time. To
apply a move is to end the interval of the old holder and to begin one of the new holder at
the same instant; to undo it is to do the same in the other direction, later. Nothing is
ever erased, so that the days in between keep the owner that they had.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Generic, TypeVar

import attrs

from crmcore.checks import utc
from crmcore.customers import Cause, Ownership, OwnershipId, OwnershipRole
from crmcore.errors import Fault, InvalidValueError
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Assignment, Duty
from crmcore.reassignment import Move, Plan
from crmcore.repositories import Repository
from crmcore.storage import Store, UnitOfWork

from ._plan import DepartmentPlan
from ._receipt import Change, PlanConflictError, PlanReceipt

_Key = tuple[CustomerId | None, ResponsibilityId | None, Duty | None]
_I = TypeVar("_I", Ownership, Assignment)


@attrs.define
class _Book(Generic[_I]):
    """The intervals of one kind that hold at an instant, and how to end and begin them."""

    repository: Repository[_I]
    make: Callable[[str, _Key, MemberId, datetime], _I]
    current: dict[_Key, dict[MemberId, _I]] = attrs.field(factory=dict)
    coming: dict[_Key, _I] = attrs.field(factory=dict)
    begun: list[_I] = attrs.field(factory=list)

    def read(self, at: datetime, intervals: Iterable[tuple[_Key, _I]]) -> None:
        """Keep the intervals that hold at the instant *at*, and those that are to come."""
        for key, held in intervals:
            if held.lasts_at(at):
                self.current.setdefault(key, {})[held.member] = held
            elif held.since > at:
                self.coming[key] = held

    def hand_over(
        self,
        key: _Key,
        from_member: MemberId | None,
        to_member: MemberId | None,
        at: datetime,
        plan: str,
    ) -> Change:
        """End what *from_member* holds, begin what *to_member* is to hold from *at* on.

        Whoever holds it already, beside the one who gives it up, just goes on.
        """
        old = None if from_member is None else self.current[key][from_member]
        if old is not None:
            self.repository.save(attrs.evolve(old, until=at))
        opened = None
        if to_member is not None and to_member not in self.current.get(key, {}):
            seed = "|".join((plan, at.isoformat(), *map(str, key), to_member))
            opened = hashlib.sha256(seed.encode()).hexdigest()[:32]
            self.begun.append(self.make(opened, key, to_member, at))
        return Change(
            customer=key[0],
            responsibility=key[1],
            duty=key[2],
            from_member=from_member,
            to_member=to_member,
            closed=None if old is None else old.id,
            opened=opened,
            version=0 if opened is None else 1,
        )


def _owner_keys(uow: UnitOfWork) -> Iterator[tuple[_Key, Ownership]]:
    for held in uow.ownerships.stream():
        if held.role is OwnershipRole.OWNER:
            yield (held.customer, None, None), held


def _duty_keys(uow: UnitOfWork) -> Iterator[tuple[_Key, Assignment]]:
    for held in uow.assignments.stream():
        yield (None, held.responsibility, held.duty), held


class _Books:
    """Both books of a unit of work: customers with their owners, duties with their holders."""

    def __init__(
        self,
        uow: UnitOfWork,
        at: datetime,
        *,
        plan: str,
        cause: Cause,
        gone_since: date = date.min,
    ) -> None:
        def own(name: str, key: _Key, member: MemberId, since: datetime) -> Ownership:
            customer = CustomerId(str(key[0]))
            return Ownership(
                id=OwnershipId(name), customer=customer, member=member, since=since, cause=cause
            )

        def assign(name: str, key: _Key, member: MemberId, since: datetime) -> Assignment:
            return Assignment(
                id=name,
                responsibility=ResponsibilityId(str(key[1])),
                duty=Duty(str(key[2])),
                member=member,
                since=since,
            )

        self._uow = uow
        self._at = at
        self._plan = plan
        self._gone_since = gone_since
        self._owners: _Book[Ownership] = _Book(uow.ownerships, own)
        self._owners.read(at, _owner_keys(uow))
        self._duties: _Book[Assignment] = _Book(uow.assignments, assign)
        self._duties.read(at, _duty_keys(uow))
        self._members = {member.id: member for member in uow.members.stream()}

    def holders(self, key: _Key) -> Mapping[MemberId, Ownership | Assignment]:
        """Return who holds it now, by member."""
        if key[0] is not None:
            return self._owners.current.get(key, {})
        return self._duties.current.get(key, {})

    def obstacles(
        self, key: _Key, from_member: MemberId | None, to_member: MemberId | None
    ) -> Iterator[str]:
        """Say what stands in the way of a change that is otherwise as it should be."""
        held = None if from_member is None else self.holders(key).get(from_member)
        if held is not None and held.since >= self._at:
            yield f"{from_member!r} holds it since {held.since.isoformat()}, not before this change"
        coming = (self._owners if key[0] is not None else self._duties).coming.get(key)
        if coming is not None:
            yield f"{coming.member!r} is to hold it from {coming.since.isoformat()} on already"
        if to_member is None:
            return
        member = self._members.get(to_member)
        if member is None:
            yield f"there is no member {to_member!r} any more"
        elif member.left_on is not None and self._gone_since < member.left_on <= self._at.date():
            yield f"member {to_member!r} left on {member.left_on}"

    def hand_over(
        self, key: _Key, from_member: MemberId | None, to_member: MemberId | None
    ) -> Change:
        """Let one member hold it in place of another, from the instant of the books on."""
        book = self._owners if key[0] is not None else self._duties
        return book.hand_over(key, from_member, to_member, self._at, self._plan)

    def finish(self) -> None:
        """Store all intervals that were begun."""
        self._uow.ownerships.add_all(self._owners.begun)
        self._uow.assignments.add_all(self._duties.begun)


def _key_of(thing: Move | Change) -> _Key:
    return (thing.customer, thing.responsibility, thing.duty)


def _order(key: _Key) -> tuple[bool, str, str]:
    return (key[0] is None, str(key[0] if key[0] is not None else key[1]), str(key[2]))


def _named(members: Iterable[MemberId]) -> str:
    return " and ".join(map(repr, sorted(members))) or "nobody"


def _differs_from_plan(
    move: Move, holders: Mapping[MemberId, Ownership | Assignment]
) -> Iterator[str]:
    held = None if move.from_member is None else holders.get(move.from_member)
    if (held is None and move.from_member is not None) or (move.from_member is None and holders):
        expected = "nobody" if move.from_member is None else repr(move.from_member)
        yield f"the plan takes it from {expected}, but {_named(holders)} holds it now"
    elif held is not None and move.expected_version not in (None, held.version):
        yield f"the plan knows version {move.expected_version}, version {held.version} is stored"


def _differs_from_receipt(
    change: Change, holders: Mapping[MemberId, Ownership | Assignment]
) -> Iterator[str]:
    if change.opened is None or change.to_member is None:
        if change.customer is not None and holders:
            yield f"the receipt left it to nobody, but {_named(holders)} holds it since"
        elif change.from_member in holders:
            yield f"{change.from_member!r} holds it again already"
        return
    held = holders.get(change.to_member)
    if held is None or held.id != change.opened:
        yield f"the receipt gave it to {change.to_member!r}, but {_named(holders)} holds it since"
    elif held.version != change.version:
        yield f"the receipt left version {change.version}, version {held.version} is stored"


def _begun(change: Change) -> MemberId | None:
    """Return whose interval the change began; None where it began none."""
    return None if change.opened is None else change.to_member


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
    that the plan was made for.

    Args:
        store: Where the customers, members, ownerships and assignments are kept.
        plan: The moves to carry out.
        by: Who has it done.
        at: When it takes effect, as an aware instant behind the beginning of every
            interval that it ends.
        reason: Why, for the receipt.

    Returns:
        The receipt, with which `undo_plan` can take it back.

    Raises:
        PlanConflictError: If anything has changed since the plan was made.
        InvalidValueError: If *at* is naive.

    .. versionadded:: 0.1.0
    """
    instant = utc(at, "at")
    moves = sorted(plan.moves, key=lambda move: _order(_key_of(move)))
    with store.unit_of_work() as uow:
        books = _Books(uow, instant, plan=plan.fingerprint, cause=Cause.PLAN)
        conflicts: list[Fault] = []
        for move in moves:
            key = _key_of(move)
            problems = [
                *_differs_from_plan(move, books.holders(key)),
                *books.obstacles(key, move.from_member, move.to_member),
            ]
            conflicts += [Fault(_item(key), problem) for problem in problems]
        if conflicts:
            raise PlanConflictError(conflicts)
        changes = tuple(
            books.hand_over(_key_of(move), move.from_member, move.to_member) for move in moves
        )
        books.finish()
        uow.commit()
    return PlanReceipt(plan=plan.fingerprint, by=by, at=instant, reason=reason, changes=changes)


def undo_plan(
    store: Store, receipt: PlanReceipt, *, by: str, at: datetime, reason: str
) -> PlanReceipt:
    """Take back what a receipt says was changed, in one unit of work, or nothing of it.

    Everybody holds again what they held before, from *at* on, whoever had left by the time
    of the receipt among them; the time in between stays as it was. The receipt of an undo
    can be undone in its turn.

    Args:
        store: Where the plan was applied.
        receipt: What `apply_plan` returned.
        by: Who has it taken back.
        at: When that takes effect, as an aware instant behind the receipt's.
        reason: Why, for the receipt.

    Raises:
        PlanConflictError: If anything that the receipt changed has changed again.
        InvalidValueError: If *at* is naive, or not behind the receipt's.

    .. versionadded:: 0.1.0
    """
    instant = utc(at, "at")
    if instant <= receipt.at:
        raise InvalidValueError(
            "at", instant.isoformat(), f"be after the receipt's, {receipt.at.isoformat()}"
        )
    with store.unit_of_work() as uow:
        books = _Books(
            uow, instant, plan=receipt.id, cause=Cause.UNDO, gone_since=receipt.at.date()
        )
        conflicts: list[Fault] = []
        for change in receipt.changes:
            key = _key_of(change)
            problems = [
                *_differs_from_receipt(change, books.holders(key)),
                *books.obstacles(key, _begun(change), change.from_member),
            ]
            conflicts += [Fault(_item(key), problem) for problem in problems]
        if conflicts:
            raise PlanConflictError(conflicts)
        changes = tuple(
            books.hand_over(_key_of(change), _begun(change), change.from_member)
            for change in receipt.changes
        )
        books.finish()
        uow.commit()
    return PlanReceipt(
        plan=receipt.plan, by=by, at=instant, reason=reason, undoes=receipt.id, changes=changes
    )


def _item(key: _Key) -> str:
    customer, responsibility, duty = key
    return f"customer {customer!r}" if customer is not None else f"{duty} of {responsibility!r}"
