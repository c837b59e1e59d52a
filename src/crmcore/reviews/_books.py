"""Books: who holds what at an instant, in a unit of work, and how it changes hands.

Who looks after a customer, who works beside the owner, and who holds a duty, is written down
as intervals in time. To hand something over is to end the interval of the old holder and to
begin one of the new holder at the same instant. Nothing is ever erased.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Generic, TypeAlias, TypeVar

import attrs

from crmcore.customers import Cause, Ownership, OwnershipId, OwnershipRole
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Assignment, Duty, Member
from crmcore.plans import Move
from crmcore.receipts import Change, item
from crmcore.repositories import Repository
from crmcore.storage import UnitOfWork

Interval: TypeAlias = Ownership | Assignment
_I = TypeVar("_I", Ownership, Assignment)

_ALWAYS = datetime.min.replace(tzinfo=UTC)


@attrs.frozen
class Key:
    """What can change hands: a customer, the collaboration on one, or a duty."""

    customer: CustomerId | None = None
    responsibility: ResponsibilityId | None = None
    duty: Duty | None = None
    role: OwnershipRole = OwnershipRole.OWNER

    @classmethod
    def of(cls, thing: Move | Change) -> Key:
        """Return what a move or a change is about."""
        role = thing.role if isinstance(thing, Change) else OwnershipRole.OWNER
        return cls(thing.customer, thing.responsibility, thing.duty, role)

    @property
    def is_shared(self) -> bool:
        """Whether several may hold it at once; a customer has one owner."""
        return self.customer is None or self.role is OwnershipRole.COLLABORATOR

    @property
    def order(self) -> tuple[bool, str, str, str]:
        """What it is sorted by: customers, then duties, each by id."""
        named = self.customer if self.customer is not None else self.responsibility
        return (self.customer is None, str(named), str(self.duty), str(self.role))

    def __str__(self) -> str:
        """Return its name, as messages write it."""
        return item(self.customer, self.responsibility, self.duty, self.role)


_Make: TypeAlias = Callable[[str, Key, MemberId, datetime, "datetime | None"], _I]


@attrs.define
class _Book(Generic[_I]):
    """The intervals of one kind that hold at an instant, and how to end and begin them."""

    repository: Repository[_I]
    make: _Make[_I]
    current: dict[Key, dict[MemberId, _I]] = attrs.field(factory=dict)
    coming: dict[Key, list[_I]] = attrs.field(factory=dict)
    begun: list[_I] = attrs.field(factory=list)

    def read(self, at: datetime, intervals: Iterable[tuple[Key, _I]]) -> None:
        """Keep the intervals that hold at the instant *at*, and those that are to come."""
        for key, held in intervals:
            if held.lasts_at(at):
                self.current.setdefault(key, {})[held.member] = held
            elif held.since > at:
                self.coming.setdefault(key, []).append(held)

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
            seed = "|".join((plan, at.isoformat(), *map(str, attrs.astuple(key)), to_member))
            opened = hashlib.sha256(seed.encode()).hexdigest()[:32]
            self.begun.append(self.make(opened, key, to_member, at, until))
        return Change(
            customer=key.customer,
            responsibility=key.responsibility,
            duty=key.duty,
            role=key.role,
            from_member=from_member,
            to_member=to_member,
            closed=None if old is None else old.id,
            opened=opened,
            version=0 if opened is None else 1,
            until=None if old is None else old.until,
        )


class Books:
    """Both books of a unit of work: customers with their holders, duties with theirs.

    Args:
        uow: Where they are kept.
        keys: What is to change hands.
        at: The instant at which it does.
        day: The day of *at*, as whoever has it done counts days.
        plan: What the ids of new intervals are made from, beside what they are about.
        cause: How customers come to their new owners.
        gone_since: Who left by that day, and who was put out of use by that instant, may
            hold or be held again.
        of: The member of whom everything is wanted, whether or not it is to change hands.
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
        of: MemberId | None = None,
    ) -> None:
        def own(
            name: str, key: Key, member: MemberId, since: datetime, until: datetime | None
        ) -> Ownership:
            return Ownership(
                id=OwnershipId(name),
                customer=CustomerId(str(key.customer)),
                member=member,
                since=since,
                until=until,
                role=key.role,
                cause=cause,
            )

        self._uow = uow
        self._at = at
        self._day = day
        self._plan = plan
        self._gone_since = gone_since
        self._owners: _Book[Ownership] = _Book(uow.ownerships, own)
        self._owners.read(at, _owned(uow, set(keys), of))
        self._duties: _Book[Assignment] = _Book(uow.assignments, _assign)
        self._duties.read(at, _assigned(uow, set(keys), of))
        self.members = {member.id: member for member in uow.members.stream()}
        customers = (key.customer for key in keys if key.customer is not None)
        self._customers = uow.customers.get_many(customers, with_archived=True)
        self._responsibilities = uow.responsibilities.get_many(
            key.responsibility for key in keys if key.responsibility is not None
        )

    def holders(self, key: Key) -> Mapping[MemberId, Interval]:
        """Return who holds it now, by member."""
        if key.customer is not None:
            return self._owners.current.get(key, {})
        return self._duties.current.get(key, {})

    def held_by(self, member: MemberId) -> tuple[Key, ...]:
        """Return what is known to be held by a member, now or from a later instant on."""
        found = {
            key
            for book in (self._owners, self._duties)
            for key, holders in book.current.items()
            if member in holders
        }
        found |= {
            key
            for book in (self._owners, self._duties)
            for key, coming in book.coming.items()
            if any(held.member == member for held in coming)
        }
        return tuple(sorted(found, key=lambda key: key.order))

    def obstacles(
        self, key: Key, from_member: MemberId | None, to_member: MemberId | None
    ) -> Iterator[str]:
        """Say what stands in the way of a change that is otherwise as it should be."""
        held = None if from_member is None else self.holders(key).get(from_member)
        if held is not None and held.since >= self._at:
            yield f"{from_member!r} holds it since {held.since.isoformat()}, not before this change"
        coming = self._coming(key, {from_member, to_member})
        if coming is not None:
            yield f"{coming.member!r} is to hold it from {coming.since.isoformat()} on already"
        if to_member is not None:
            yield from self._gone(key)
            yield from self._has_left(to_member)

    def _coming(self, key: Key, concerned: Collection[MemberId | None]) -> Interval | None:
        """Return what is to begin later, and would collide.

        Those who work beside an owner do not collide with each other.
        """
        coming: Iterable[Interval] = self._owners.coming.get(key, ())
        if key.customer is None:
            coming = self._duties.coming.get(key, ())
        elif key.role is OwnershipRole.COLLABORATOR:
            coming = [held for held in coming if held.member in concerned]
        return max(coming, key=lambda held: held.id, default=None)

    def _gone(self, key: Key) -> Iterator[str]:
        if key.responsibility is not None and key.responsibility not in self._responsibilities:
            yield f"there is no responsibility {key.responsibility!r} any more"
        if key.customer is None:
            return
        found = self._customers.get(key.customer)
        if found is None:
            yield f"there is no customer {key.customer!r} any more"
        elif found.archived_at is not None and (
            self._gone_since[1] < found.archived_at <= self._at
        ):
            yield f"the customer is out of use since {found.archived_at.isoformat()}"

    def has_left(self, member: MemberId) -> bool:
        """Say whether somebody is gone, so that nothing can be given to them."""
        return any(True for _ in self._has_left(member))

    def _has_left(self, member: MemberId) -> Iterator[str]:
        found = self.members.get(member)
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
        book = self._owners if key.customer is not None else self._duties
        return book.hand_over(
            key, from_member, to_member, at=self._at, until=until, plan=self._plan
        )

    def save(self, member: Member) -> Member:
        """Store a changed member, and return it as it is stored."""
        saved = self._uow.members.save(member)
        self.members[saved.id] = saved
        return saved

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
        responsibility=ResponsibilityId(str(key.responsibility)),
        duty=Duty(str(key.duty)),
        member=member,
        since=since,
        until=until,
    )


def _owned(
    uow: UnitOfWork, keys: Collection[Key], of: MemberId | None
) -> Iterator[tuple[Key, Ownership]]:
    for held in uow.ownerships.stream():
        key = Key(held.customer, role=held.role)
        if key in keys or (of is not None and held.member == of):
            yield key, held


def _assigned(
    uow: UnitOfWork, keys: Collection[Key], of: MemberId | None
) -> Iterator[tuple[Key, Assignment]]:
    for held in uow.assignments.stream():
        key = Key(responsibility=held.responsibility, duty=held.duty)
        if key in keys or (of is not None and held.member == of):
            yield key, held
