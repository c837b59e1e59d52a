"""Books: who holds what at an instant, in a unit of work, and how it changes hands.

Who looks after a customer, and who holds a duty, is written down as intervals in time. To
hand something over is to end the interval of the old holder and to begin one of the new
holder at the same instant. Nothing is ever erased.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Generic, TypeAlias, TypeVar

import attrs

from crmcore.customers import Cause, Ownership, OwnershipId, OwnershipRole
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Assignment, Duty
from crmcore.repositories import Repository
from crmcore.storage import UnitOfWork

from ._receipt import Change

Key: TypeAlias = tuple[CustomerId | None, ResponsibilityId | None, Duty | None]
Interval: TypeAlias = Ownership | Assignment
_I = TypeVar("_I", Ownership, Assignment)
_Make: TypeAlias = Callable[[str, Key, MemberId, datetime, datetime | None], _I]

_ALWAYS = datetime.min.replace(tzinfo=UTC)


@attrs.define
class _Book(Generic[_I]):
    """The intervals of one kind that hold at an instant, and how to end and begin them."""

    repository: Repository[_I]
    make: _Make[_I]
    current: dict[Key, dict[MemberId, _I]] = attrs.field(factory=dict)
    coming: dict[Key, _I] = attrs.field(factory=dict)
    begun: list[_I] = attrs.field(factory=list)

    def read(self, at: datetime, intervals: Iterable[tuple[Key, _I]]) -> None:
        """Keep the intervals that hold at the instant *at*, and those that are to come."""
        for key, held in intervals:
            if held.lasts_at(at):
                self.current.setdefault(key, {})[held.member] = held
            elif held.since > at:
                self.coming[key] = held

    def hand_over(
        self,
        key: Key,
        from_member: MemberId | None,
        to_member: MemberId | None,
        *,
        at: datetime,
        until: datetime | None,
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
            self.begun.append(self.make(opened, key, to_member, at, until))
        return Change(
            customer=key[0],
            responsibility=key[1],
            duty=key[2],
            from_member=from_member,
            to_member=to_member,
            closed=None if old is None else old.id,
            opened=opened,
            version=0 if opened is None else 1,
            until=None if old is None else old.until,
        )


class Books:
    """Both books of a unit of work: customers with their owners, duties with their holders.

    Args:
        uow: Where they are kept.
        keys: What is to change hands.
        at: The instant at which it does.
        day: The day of *at*, as whoever has it done counts days.
        plan: What the ids of new intervals are made from, beside what they are about.
        cause: How customers come to their new owners.
        gone_since: Who left by that day, and who was put out of use by that instant, may
            hold or be held again.
    """

    def __init__(
        self,
        uow: UnitOfWork,
        keys: Collection[Key],
        *,
        at: datetime,
        day: date,
        plan: str,
        cause: Cause,
        gone_since: tuple[date, datetime] = (date.min, _ALWAYS),
    ) -> None:
        def own(
            name: str, key: Key, member: MemberId, since: datetime, until: datetime | None
        ) -> Ownership:
            return Ownership(
                id=OwnershipId(name),
                customer=CustomerId(str(key[0])),
                member=member,
                since=since,
                until=until,
                cause=cause,
            )

        self._uow = uow
        self._at = at
        self._day = day
        self._plan = plan
        self._gone_since = gone_since
        self._owners: _Book[Ownership] = _Book(uow.ownerships, own)
        self._owners.read(at, _owned(uow, set(keys)))
        self._duties: _Book[Assignment] = _Book(uow.assignments, _assign)
        self._duties.read(at, _assigned(uow, set(keys)))
        self._members = {member.id: member for member in uow.members.stream()}
        self._customers = uow.customers.get_many(key[0] for key in keys if key[0] is not None)
        self._responsibilities = uow.responsibilities.get_many(
            key[1] for key in keys if key[1] is not None
        )

    def holders(self, key: Key) -> Mapping[MemberId, Interval]:
        """Return who holds it now, by member."""
        if key[0] is not None:
            return self._owners.current.get(key, {})
        return self._duties.current.get(key, {})

    def obstacles(
        self, key: Key, from_member: MemberId | None, to_member: MemberId | None
    ) -> Iterator[str]:
        """Say what stands in the way of a change that is otherwise as it should be."""
        held = None if from_member is None else self.holders(key).get(from_member)
        if held is not None and held.since >= self._at:
            yield f"{from_member!r} holds it since {held.since.isoformat()}, not before this change"
        coming = (self._owners if key[0] is not None else self._duties).coming.get(key)
        if coming is not None:
            yield f"{coming.member!r} is to hold it from {coming.since.isoformat()} on already"
        if to_member is not None:
            yield from self._gone(key)
            yield from self._has_left(to_member)

    def _gone(self, key: Key) -> Iterator[str]:
        customer, responsibility, _ = key
        if responsibility is not None and responsibility not in self._responsibilities:
            yield f"there is no responsibility {responsibility!r} any more"
        if customer is None:
            return
        found = self._customers.get(customer)
        if found is None:
            yield f"there is no customer {customer!r} any more"
        elif found.archived_at is not None and (
            self._gone_since[1] < found.archived_at <= self._at
        ):
            yield f"the customer is out of use since {found.archived_at.isoformat()}"

    def _has_left(self, member: MemberId) -> Iterator[str]:
        found = self._members.get(member)
        if found is None:
            yield f"there is no member {member!r} any more"
        elif found.left_on is not None and self._gone_since[0] < found.left_on <= self._day:
            yield f"member {member!r} left on {found.left_on}"

    def hand_over(
        self,
        key: Key,
        from_member: MemberId | None,
        to_member: MemberId | None,
        *,
        until: datetime | None = None,
    ) -> Change:
        """Let one member hold it in place of another, from the instant of the books on."""
        book = self._owners if key[0] is not None else self._duties
        return book.hand_over(
            key, from_member, to_member, at=self._at, until=until, plan=self._plan
        )

    def finish(self) -> None:
        """Store all intervals that were begun, unless another plan was carried out meanwhile.

        Two plans may begin intervals of the same customer under two ids, which no store takes
        for a conflict. So both save the departments, and whoever comes second is told.
        """
        for department in self._uow.departments.stream():
            self._uow.departments.save(department)
        self._uow.ownerships.add_all(self._owners.begun)
        self._uow.assignments.add_all(self._duties.begun)


def _assign(
    name: str, key: Key, member: MemberId, since: datetime, until: datetime | None
) -> Assignment:
    return Assignment(
        id=name,
        responsibility=ResponsibilityId(str(key[1])),
        duty=Duty(str(key[2])),
        member=member,
        since=since,
        until=until,
    )


def _owned(uow: UnitOfWork, keys: Collection[Key]) -> Iterator[tuple[Key, Ownership]]:
    for held in uow.ownerships.stream():
        key = (held.customer, None, None)
        if held.role is OwnershipRole.OWNER and key in keys:
            yield key, held


def _assigned(uow: UnitOfWork, keys: Collection[Key]) -> Iterator[tuple[Key, Assignment]]:
    for held in uow.assignments.stream():
        key = (None, held.responsibility, held.duty)
        if key in keys:
            yield key, held
