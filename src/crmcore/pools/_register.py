"""The register of a pool: who owns and owned whom, and what happened, checked and indexed."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

import attrs

from crmcore.activities import Interaction, Matter, Purchase
from crmcore.calendar import Period
from crmcore.customers import Customer, Ownership, OwnershipRole
from crmcore.errors import Fault, FaultsError
from crmcore.kernel import CustomerId, MemberId
from crmcore.organization import Member
from crmcore.repositories import Aggregate

from ._days import joined
from ._facts import MEMBER_FIELDS, OWN_FIELDS, formless, frozen, frozen_facts, names, read, thawed
from ._faults import Names, bad_locks, overlaps, strangers, twice
from ._kinds import each_is_a

_R = TypeVar("_R")
_A = TypeVar("_A", bound=Aggregate)


@attrs.frozen(kw_only=True)
class Holding:
    """An unbroken stretch in which one member owns a customer.

    Attributes:
        since: When the member took the customer over; intervals of the same member that
            touch are one stretch.
        until: When the stretch ends; None while it lasts.
        last: The interval that lasts.
    """

    since: datetime
    until: datetime | None
    last: Ownership


# A converter for each type, because type checkers read the arguments of a record from them.
def _customers(records: Iterable[Customer]) -> tuple[Customer, ...]:
    return _records(Customer, records, "customers")


def _members(records: Iterable[Member]) -> tuple[Member, ...]:
    return _records(Member, records, "members")


def _ownerships(records: Iterable[Ownership]) -> tuple[Ownership, ...]:
    return _records(Ownership, records, "ownerships")


def _interactions(records: Iterable[Interaction]) -> tuple[Interaction, ...]:
    return _records(Interaction, records, "interactions")


def _purchases(records: Iterable[Purchase]) -> tuple[Purchase, ...]:
    return _records(Purchase, records, "purchases")


def _matters(records: Iterable[Matter]) -> tuple[Matter, ...]:
    return _records(Matter, records, "matters")


def _facts(facts: Mapping[CustomerId, object]) -> Mapping[CustomerId, object]:
    return frozen_facts(facts, "facts")


def _member_facts(facts: Mapping[MemberId, object]) -> Mapping[MemberId, object]:
    return frozen_facts(facts, "member_facts")


def _locks(locks: Mapping[CustomerId, date | None]) -> Mapping[CustomerId, date | None]:
    return frozen(locks, "locks")


def _id(record: Aggregate) -> str:
    return record.id


def _records(kind: type[_A], records: Iterable[_A], field: str) -> tuple[_A, ...]:
    found = each_is_a(kind, records, field, f"hold {kind.__name__} records")
    return tuple(sorted(found, key=_id))


def _grouped(
    records: Iterable[_R], of: Callable[[_R], str], instant: Callable[[_R], datetime]
) -> dict[str, list[_R]]:
    """Return the records, which come by id, by what they are of, each group by instant."""
    groups: defaultdict[str, list[_R]] = defaultdict(list)
    for record in records:
        groups[of(record)].append(record)
    for group in groups.values():
        group.sort(key=instant)
    return dict(groups)


def _customer_of(record: Ownership | Interaction | Purchase | Matter) -> str:
    return record.customer


def _since(held: Ownership) -> datetime:
    return held.since


def _held(own: Register, *, as_owner: bool) -> list[Ownership]:
    return [held for held in own.ownerships if (held.role is OwnershipRole.OWNER) is as_owner]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Register:
    """Who owns and owned whom, and what happened: all that pools ask for.

    It is checked when it is built, and everything that is wrong is told at once; the order of
    the records never matters. It may hold records of days to come: who asks as of a day is
    told what was known when that day began. Only the end of an ownership, and who has the
    customer then, is taken as planned all along, since nothing says when it was written down.

    Attributes:
        customers: The customers, each once.
        members: The members, those who have left too as long as they are named anywhere.
        ownerships: Who looks and looked after whom; one owner at a time for each customer.
        interactions: Contacts.
        purchases: Purchases and refunds.
        matters: What came up with customers, open or closed.
        facts: What criteria may ask of a customer beside the customer's own fields, by
            customer: a mapping, or a record such as `crmcore.features.CustomerFeatures`.
        member_facts: What criteria may ask of a member beside the member's own fields.
        locks: The customers who stay where they are, up to and without a day, or for good.

    .. versionadded:: 0.1.0
    """

    customers: tuple[Customer, ...] = attrs.field(converter=_customers)
    members: tuple[Member, ...] = attrs.field(converter=_members)
    ownerships: tuple[Ownership, ...] = attrs.field(default=(), converter=_ownerships)
    interactions: tuple[Interaction, ...] = attrs.field(default=(), converter=_interactions)
    purchases: tuple[Purchase, ...] = attrs.field(default=(), converter=_purchases)
    matters: tuple[Matter, ...] = attrs.field(default=(), converter=_matters)
    facts: Mapping[CustomerId, object] = attrs.field(factory=dict, converter=_facts)
    member_facts: Mapping[MemberId, object] = attrs.field(factory=dict, converter=_member_facts)
    locks: Mapping[CustomerId, date | None] = attrs.field(factory=dict, converter=_locks)

    def __attrs_post_init__(self) -> None:
        """Refuse the records where anything is wrong.

        Raises:
            FaultsError: With all that is wrong.
        """
        faults = tuple(self._faults())
        if faults:
            raise FaultsError("register", faults)

    def _faults(self) -> Iterator[Fault]:
        customers = Names("customer", self._customer)
        members = Names("member", self._member)
        yield from twice("customer", self.customers)
        yield from twice("member", self.members)
        yield from twice("ownership", self.ownerships)
        yield from twice("interaction", self.interactions)
        yield from twice("purchase", self.purchases)
        yield from twice("matter", self.matters)
        yield from strangers(
            (f"ownership {o.id!r}", ((customers, o.customer), (members, o.member)))
            for o in self.ownerships
        )
        yield from strangers(
            (f"interaction {i.id!r}", ((customers, i.customer), (members, i.member)))
            for i in self.interactions
        )
        yield from strangers(
            (f"purchase {p.id!r}", ((customers, p.customer),)) for p in self.purchases
        )
        yield from strangers(
            (f"matter {m.id!r}", ((customers, m.customer), (members, m.member)))
            for m in self.matters
        )
        yield from strangers(
            ("facts", ((customers, name),)) for name in sorted(self.facts, key=str)
        )
        yield from strangers(
            ("member_facts", ((members, name),)) for name in sorted(self.member_facts, key=str)
        )
        yield from formless(self.facts, "facts")
        yield from formless(self.member_facts, "member_facts")
        yield from bad_locks(self.locks, customers)
        yield from overlaps(self._owned)

    @cached_property
    def _customer(self) -> dict[str, Customer]:
        return {customer.id: customer for customer in self.customers}

    @cached_property
    def _member(self) -> dict[str, Member]:
        return {member.id: member for member in self.members}

    @cached_property
    def _owned(self) -> dict[str, list[Ownership]]:
        return _grouped(_held(self, as_owner=True), _customer_of, _since)

    @cached_property
    def _beside(self) -> dict[str, list[Ownership]]:
        return _grouped(_held(self, as_owner=False), _customer_of, _since)

    @cached_property
    def _of_member(self) -> dict[str, list[Ownership]]:
        return _grouped(_held(self, as_owner=True), lambda held: held.member, _since)

    @cached_property
    def _contacts(self) -> dict[str, list[Interaction]]:
        return _grouped(self.interactions, _customer_of, lambda contact: contact.at)

    @cached_property
    def _bought(self) -> dict[str, list[Purchase]]:
        bought = [purchase for purchase in self.purchases if not purchase.refund]
        return _grouped(bought, _customer_of, lambda purchase: purchase.at)

    @cached_property
    def _matters(self) -> dict[str, list[Matter]]:
        return _grouped(self.matters, _customer_of, lambda matter: matter.opened_at)

    @cached_property
    def _leave(self) -> dict[str, tuple[Period, ...]]:
        return {member.id: joined(member.leave) for member in self.members}

    def __repr__(self) -> str:
        """Return how much it holds."""
        return (
            f"<Register of {len(self.customers)} customers, {len(self.members)} members, "
            f"{len(self.ownerships)} ownerships>"
        )

    def __reduce__(self) -> tuple[Callable[..., Register], tuple[dict[str, Any]]]:
        """Let it be copied, and sent to other processes, as what it was built of."""
        fields: dict[str, Any] = {
            field.name: getattr(self, field.name) for field in attrs.fields(Register)
        }
        for name in ("facts", "member_facts", "locks"):
            fields[name] = thawed(fields[name])
        return _rebuilt, (fields,)

    @cached_property
    def first(self) -> datetime | None:
        """When the first ownership began; None where there is none."""
        return min((held.since for held in self.ownerships), default=None)

    def problems(self, *, customers: Iterable[str], members: Iterable[str]) -> list[Fault]:
        """Return what is wrong with names that a caller hands in."""
        known = Names("customer", self._customer), Names("member", self._member)
        named = [("customer", known[0], name) for name in customers]
        named += [("member", known[1], name) for name in members]
        found = [(path, names.unknown(name)) for path, names, name in named]
        return [Fault(path, problem) for path, problem in dict.fromkeys(found) if problem]

    def customer(self, name: CustomerId) -> Customer:
        """Return a customer that is known."""
        return self._customer[name]

    def member(self, name: MemberId) -> Member:
        """Return a member who is known."""
        return self._member[name]

    def leave(self, member: MemberId) -> tuple[Period, ...]:
        """Return the days on which a member is away, as periods that do not touch."""
        return self._leave[member]

    def intervals(self, customer: CustomerId) -> list[Ownership]:
        """Return the owners' intervals of a customer, by beginning."""
        return self._owned.get(customer, [])

    def owned_by(self, member: MemberId) -> list[Ownership]:
        """Return the intervals in which a member owns or owned customers, by beginning."""
        return self._of_member.get(member, [])

    def holding(self, customer: CustomerId, at: datetime) -> Holding | None:
        """Return who owns a customer at an instant, and since when without a break.

        :meta private:
        """
        intervals = self.intervals(customer)
        place = bisect_left(intervals, True, key=lambda held: held.since > at) - 1  # noqa: FBT003
        if place < 0 or not intervals[place].lasts_at(at):
            return None
        first = end = place
        while first > 0 and _touches(intervals[first - 1], intervals[first]):
            first -= 1
        while end + 1 < len(intervals) and _touches(intervals[end], intervals[end + 1]):
            end += 1
        return Holding(
            since=intervals[first].since, until=intervals[end].until, last=intervals[place]
        )

    def contacts(self, customer: CustomerId) -> list[Interaction]:
        """Return the contacts with a customer, by instant."""
        return self._contacts.get(customer, [])

    def bought(self, customer: CustomerId) -> list[Purchase]:
        """Return the purchases of a customer that are no refunds, by instant."""
        return self._bought.get(customer, [])

    def matters_of(self, customer: CustomerId) -> list[Matter]:
        """Return the matters of a customer, by the instant at which they came up."""
        return self._matters.get(customer, [])

    def collaborates(self, member: MemberId, customer: CustomerId, at: datetime) -> bool:
        """Say whether a member is a collaborator of a customer at an instant."""
        beside = self._beside.get(customer, ())
        return any(held.member == member and held.lasts_at(at) for held in beside)

    def facts_of(self, customer: CustomerId, asked: Iterable[str]) -> dict[str, object]:
        """Return those of the named facts of a customer that are known."""
        own, given = self._customer[customer], self.facts.get(customer)
        return {name: read(name, given, own, OWN_FIELDS) for name in asked}

    def member_facts_of(self, member: MemberId, asked: Iterable[str]) -> dict[str, object]:
        """Return those of the named facts of a member that are known."""
        own, given = self._member[member], self.member_facts.get(member)
        found = {name: read(name, given, own, MEMBER_FIELDS) for name in asked}
        if found.get("skills", 0) is None:
            found["skills"] = tuple(level.skill for level in own.skills)
        return found

    @cached_property
    def fact_names(self) -> frozenset[str]:
        """The names of all facts of customers."""
        return frozenset(OWN_FIELDS).union(*names(self.facts.values()))

    @cached_property
    def member_fact_names(self) -> frozenset[str]:
        """The names of all facts of members."""
        return frozenset({*MEMBER_FIELDS, "skills"}).union(*names(self.member_facts.values()))


def _touches(earlier: Ownership, later: Ownership) -> bool:
    return earlier.member == later.member and earlier.until == later.since


def _rebuilt(fields: dict[str, Any]) -> Register:
    return Register(**fields)
