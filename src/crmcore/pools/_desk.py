"""The desk of a pool: it answers who may have which customer, and counts what it grants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import attrs

from crmcore.customers import Cause
from crmcore.kernel import CustomerId, MemberId

from . import _objections as objections
from ._claim import Claim, Objection, Refusal
from ._days import first_day_there
from ._objections import Tally
from ._register import Register
from ._terms import Terms


@attrs.define(kw_only=True)
class Desk:
    """What is asked for at an instant, of a pool and of a register.

    Attributes:
        terms: The terms of the pool.
        register: The records.
        at: The instant.
        cause: How customers would come to members.
    """

    terms: Terms
    register: Register
    at: datetime
    cause: Cause = Cause.CLAIM
    _tallies: dict[MemberId, Tally] = attrs.field(factory=dict, init=False)
    _about: dict[MemberId, tuple[Objection, ...]] = attrs.field(factory=dict, init=False)

    @property
    def is_claim(self) -> bool:
        """Whether it is about claims."""
        return self.cause is Cause.CLAIM

    def is_free(self, customer: CustomerId) -> bool:
        """Say whether nothing speaks against a customer, whoever asks."""
        against = objections.to_customer(
            self.terms, self.register, customer, self.at, is_claim=self.is_claim
        )
        return not any(True for _ in against)

    def is_open(self, customer: CustomerId, member: MemberId) -> bool:
        """Say whether nothing speaks against a member for a customer who is free."""
        return not self._against_both(customer, member)

    def answer(self, customer: CustomerId, member: MemberId) -> Claim | Refusal:
        """Grant a customer to a member and count that, or say all that speaks against it."""
        against = (
            *objections.to_customer(
                self.terms, self.register, customer, self.at, is_claim=self.is_claim
            ),
            *self._against_both(customer, member),
        )
        if against:
            return self._refusal(customer, member, objections.in_order(against))
        tally = self._tally(member)
        tally.take(self.terms, self.register, customer)
        if self.is_claim:
            tally.claim(self._today, self._today)
        last = objections.last_ended(self.register.intervals(customer), self.at)
        return Claim(
            pool=self.terms.name,
            customer=customer,
            member=member,
            at=self.at,
            as_of=self._today,
            cause=self.cause,
            after=None if last is None else last[1].id,
        )

    @property
    def _today(self) -> date:
        return self.terms.day_of(self.at)

    def _tally(self, member: MemberId) -> Tally:
        if member not in self._tallies:
            self._tallies[member] = Tally.of(self.terms, self.register, member, self.at)
        return self._tallies[member]

    def _against_both(self, customer: CustomerId, member: MemberId) -> tuple[Objection, ...]:
        if member not in self._about:
            about = objections.to_member(self.terms, self.register, member, self.at)
            self._about[member] = tuple(about)
        return (
            *self._about[member],
            *objections.to_both(self.terms, self.register, customer, member, self.at),
            *objections.to_number(
                self.terms,
                self._tally(member),
                member,
                self.at,
                counts=self.terms.counts(self.register, customer),
                is_claim=self.is_claim,
            ),
        )

    def _refusal(
        self, customer: CustomerId, member: MemberId, against: tuple[Objection, ...]
    ) -> Refusal:
        return Refusal(
            pool=self.terms.name,
            customer=customer,
            member=member,
            at=self.at,
            objections=against,
            possible_from=self._first_day(member, [one.possible_from for one in against]),
        )

    def _first_day(self, member: MemberId, days: Iterable[date | None]) -> date | None:
        """Return the first day on which nothing speaks against it, and the member is there."""
        latest = date.min
        for day in days:
            if day is None:
                return None
            latest = max(latest, day)
        back = first_day_there(latest, self.register.leave(member))
        left_on = self.register.member(member).left_on
        return None if left_on is not None and left_on <= back else back
