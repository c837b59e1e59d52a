"""Pools: customers whom nobody owns, who may claim them, and how they come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import attrs

from crmcore.checks import day, utc
from crmcore.customers import Cause
from crmcore.errors import Fault, FaultsError, InvalidValueError
from crmcore.kernel import CustomerId, MemberId

from ._claim import Claim, Refusal
from ._clock import Reader
from ._desk import Desk
from ._kinds import word
from ._outlook import Fate, Outlook, Recycling
from ._register import Register
from ._terms import Terms

_PAIR: Final = 2


@attrs.frozen(kw_only=True)
class Pool(Terms):
    """Customers whom nobody owns and members may claim, and the rules by which they come back.

    Attributes:
        name: How the pool is called.
        zone: The IANA time zone whose days count, by its name; a ``ZoneInfo`` may be
            handed in.
        scope: Which customers are the pool's, owned or not; one of whom it is unknown is not.
        who: Who may claim, asked of members; one of whom it is unknown may not.
        skills: The skills that a member must have, at a level.
        serves: Whether a member must also speak the customer's language, serve its region and
            have the skills that it needs.
        limits: How much a member may have and claim.
        previous_owner_days: How many full days the last owner must wait before owning the
            customer again.
        every_former_owner: Whether every former owner must, so that two members cannot pass a
            customer to and fro.
        waiting_days: How many full days a customer stays in the pool before anybody may claim
            it, from the day on which it came there, or was first known.
        priority: The facts by which customers are offered, the most important first; with
            ``-`` before it, the highest comes first. Who lacks a fact comes last.
        rules: After how long customers come back; the first of several that run out decides.
        exempt: Which customers stay whatever the clocks say; one of whom it is unknown stays.
        exempt_while_open: The kinds of matters that keep a customer as long as they are open.
        warn_days: How many days before a customer goes back the owner is warned.

    .. versionadded:: 0.1.0
    """

    def claim(
        self,
        register: Register,
        *,
        customer: CustomerId,
        member: MemberId,
        at: datetime,
        cause: Cause = Cause.CLAIM,
    ) -> Claim | Refusal:
        """Say whether a member may have a customer, with all rules that stand in the way.

        Whatever the cause, the same rules are asked; only the waiting time and the limits a
        day and a week are about claims alone.

        Args:
            register: The records.
            customer: Who is claimed.
            member: Who is to look after the customer.
            at: When, as an aware instant.
            cause: How the customer would come to the member: by a claim, by hand, with an
                import, …

        Raises:
            FaultsError: If the customer or the member is not known, or nobody has a fact that
                the pool asks for.
            InvalidValueError: If *at* is naive.
        """
        return self.claim_all(register, [(customer, member)], at=at, cause=cause)[0]

    def claim_all(
        self,
        register: Register,
        wishes: Iterable[tuple[CustomerId, MemberId]],
        *,
        at: datetime,
        cause: Cause = Cause.CLAIM,
    ) -> tuple[Claim | Refusal, ...]:
        """Answer several wishes at once, each with those before it counted.

        They are answered in the order in which the pool offers its customers; their own order
        does not matter.

        Args:
            register: The records.
            wishes: Customers, each once, with the members who are to have them.
            at: When, as an aware instant.
            cause: How the customers would come to the members.

        Returns:
            The answers in the order of the pool.

        Raises:
            FaultsError: If a customer or a member is not known, a customer is wished for
                twice, or nobody has a fact that the pool asks for.
            InvalidValueError: If *at* is naive.

        Complexity:
            ``O(n + m)`` look-ups for *n* wishes of members who own *m* customers.
        """
        desk = self._desk(register, at, cause)
        wanted = self._known(register, list(wishes))
        return tuple(
            desk.answer(customer, wanted[customer]) for customer in self._in_order(register, wanted)
        )

    def _desk(self, register: Register, at: datetime, cause: Cause) -> Desk:
        self.check(register)
        reason = word("cause", Cause, cause)
        return Desk(terms=self, register=register, at=utc(at, "at"), cause=reason)

    def offers(
        self, register: Register, *, at: datetime, member: MemberId | None = None
    ) -> tuple[CustomerId, ...]:
        """Return the customers who may be claimed, the first to be offered first.

        Args:
            register: The records.
            at: When, as an aware instant.
            member: Who asks: only those whom this member may claim; None for all that
                somebody might.

        Raises:
            FaultsError: If the member is not known, nobody has a fact that the pool asks
                for, or facts are not of the type that it asks for.
            InvalidValueError: If *at* is naive.
        """
        desk = self._desk(register, at, Cause.CLAIM)
        if member is not None:
            _refuse(register.problems(customers=(), members=[member]))
        faults: list[Fault] = []
        found: list[CustomerId] = []
        for customer in register.customers:
            try:
                if desk.is_free(customer.id) and (
                    member is None or desk.is_open(customer.id, member)
                ):
                    found.append(customer.id)
            except InvalidValueError as error:
                faults.append(_unfit(customer.id, error))
        _refuse(faults)
        return tuple(self._in_order(register, found))

    def explain(self, register: Register, customer: CustomerId, *, as_of: date) -> Outlook:
        """Return what will become of a customer: by which rule, when, and what resets it.

        Args:
            register: The records; what happens on *as_of* and later is not known yet.
            customer: The customer.
            as_of: The day, as it begins.

        Raises:
            FaultsError: If the customer is not known, nobody has a fact that the pool asks
                for, or a fact that should be a day is none.
            InvalidValueError: If *as_of* is an instant, or before the first record.
        """
        reader = self._reader(register, as_of)
        _refuse(register.problems(customers=[customer], members=()))
        return reader.outlook(customer)

    def recycle(self, register: Register, *, as_of: date) -> Recycling:
        """Return what becomes of all owned customers of the pool as a day begins.

        Args:
            register: The records; what happens on *as_of* and later is not known yet.
            as_of: The day, as it begins.

        Raises:
            FaultsError: If nobody has a fact that the pool asks for, or facts are not of the
                type that it asks for.
            InvalidValueError: If *as_of* is an instant, or before the first record.

        Complexity:
            ``O(c r + a)`` time for *c* customers, *r* rules and *a* activities.
        """
        reader = self._reader(register, as_of)
        faults: list[Fault] = []
        outlooks: list[Outlook] = []
        for customer in register.customers:
            try:
                outlook = reader.outlook(customer.id)
            except FaultsError as error:
                faults += error.faults
                continue
            except InvalidValueError as error:
                faults.append(_unfit(customer.id, error))
                continue
            if outlook.fate is not Fate.OUTSIDE:
                outlooks.append(outlook)
        _refuse(faults)
        return Recycling(pool=self.name, as_of=as_of, at=reader.now, outlooks=tuple(outlooks))

    def _reader(self, register: Register, as_of: date) -> Reader:
        day(as_of)
        self.check(register)
        now = self.beginning(as_of)
        first = register.first
        if first is not None and as_of < self.day_of(first):
            rule = f"not be before the first ownership, of {self.day_of(first)}"
            raise InvalidValueError("as_of", as_of.isoformat(), rule)
        return Reader(terms=self, register=register, as_of=as_of, now=now)

    def _known(
        self, register: Register, wishes: list[tuple[CustomerId, MemberId]]
    ) -> dict[CustomerId, MemberId]:
        for wish in wishes:
            if not isinstance(wish, tuple | list) or len(wish) != _PAIR:
                rule = "be pairs of the ids of a customer and of a member"
                raise InvalidValueError("wishes", wish, rule)
        faults = register.problems(
            customers=sorted([customer for customer, _ in wishes], key=str),
            members=sorted([member for _, member in wishes], key=str),
        )
        customers = Counter(customer for customer, _ in wishes if isinstance(customer, str))
        faults += [
            Fault(f"customer {name!r}", f"is wished for {count} times; say who is to have it")
            for name, count in sorted(customers.items())
            if count > 1
        ]
        _refuse(faults)
        return dict(wishes)

    def _in_order(self, register: Register, customers: Iterable[CustomerId]) -> list[CustomerId]:
        """Return customers in the order in which they are offered; ties by id."""
        ordered = sorted(customers)
        for name in reversed(self.priority):
            fact = name.removeprefix("-")
            found: dict[CustomerId, Any] = {
                customer: register.facts_of(customer, [fact])[fact] for customer in ordered
            }
            known = [customer for customer in ordered if found[customer] is not None]
            _refuse(_unordered(fact, [found[customer] for customer in known]))
            known.sort(key=found.__getitem__, reverse=name.startswith("-"))
            ordered = known + [customer for customer in ordered if found[customer] is None]
        return ordered


def _refuse(faults: Iterable[Fault]) -> None:
    found = tuple(faults)
    if found:
        raise FaultsError("pool", found)


def _unfit(customer: CustomerId, error: InvalidValueError) -> Fault:
    """Return what is wrong with the facts of a customer."""
    return Fault(f"customer {customer!r}", str(error))


def _unordered(fact: str, values: list[object]) -> list[Fault]:
    """Return what is wrong with values that cannot be put in an order."""
    kinds = sorted({_kind(value) for value in values})
    if len(kinds) > 1:
        problem = f"must be of one type, and is {', '.join(kinds)}"
        return [Fault(f"priority {fact!r}", problem)]
    if values and not _has_order(values[0]):
        problem = f"must be what can be put in an order, and is {kinds[0]}"
        return [Fault(f"priority {fact!r}", problem)]
    return []


def _has_order(value: Any) -> bool:  # noqa: ANN401 - whatever facts hold
    """Say whether values like this one stand in a line; sets lie beside each other."""
    try:
        return not isinstance(value, AbstractSet) and bool(value <= value)  # noqa: PLR0124
    except TypeError:
        return False


def _kind(value: object) -> str:
    if isinstance(value, int | float | Decimal | Fraction):
        return "number"
    if isinstance(value, datetime):
        return "instant without a zone" if value.tzinfo is None else "instant"
    return "text" if isinstance(value, str) else type(value).__name__
