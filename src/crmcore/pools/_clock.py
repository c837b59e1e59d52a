"""Running the clocks of a pool's rules: one clock for every way to come to an owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final, TypeAlias

import attrs

from crmcore.activities import Interaction
from crmcore.criteria import EVERYTHING
from crmcore.customers import Ownership
from crmcore.errors import Fault, FaultsError
from crmcore.kernel import CustomerId, Phrase
from crmcore.verdicts import Use, Verdict, decide

from ._days import after_full_days
from ._outlook import Clock, Fate, Outlook
from ._register import Holding, Register
from ._rules import Activity, RecycleRule, Whose
from ._terms import Terms

_NEVER: Final = date.max

# When something happened, and what it was.
_Event: TypeAlias = tuple[datetime, str]


@attrs.frozen(kw_only=True)
class Reader:
    """What the clocks read: the terms of a pool, a register, and a day.

    Attributes:
        terms: The terms of the pool.
        register: The records.
        as_of: The day.
        now: The instant at which it begins.
    """

    terms: Terms
    register: Register
    as_of: date
    now: datetime

    def outlook(self, customer: CustomerId) -> Outlook:
        """Return what becomes of a customer, owned or not."""
        outside = self._outside(customer)
        holding = self.register.holding(customer, self.now)
        if holding is None or outside is not None:
            nobody = Phrase("nobody owns it", "没有负责人")
            return Outlook(
                pool=self.terms.name,
                customer=customer,
                member=None if holding is None else holding.last.member,
                as_of=self.as_of,
                fate=Fate.OUTSIDE,
                hindrance=outside or nobody,
            )
        return self._owned(customer, holding)

    def _outside(self, customer: CustomerId) -> Phrase | None:
        if self.terms.has(self.register, customer, self.now):
            return None
        name = self.terms.name
        return Phrase(f"it is not one of the customers of {name}", f"不属于公海{name}")

    def _owned(self, customer: CustomerId, holding: Holding) -> Outlook:
        facts = self.terms.facts(self.register, customer)
        taken_over = self.terms.day_of(holding.since)
        clocks = [
            clock
            for rule in self.terms.rules
            if (clock := self._clock(rule, facts, holding, taken_over)) is not None
        ]
        clocks.sort(key=lambda clock: clock.due or _NEVER)
        due, hindrance = self._due(facts, holding, clocks[0].due if clocks else None)
        warned_from, fate = None, Fate.KEPT
        if due is not None:
            ahead = min(self.terms.warn_days, due.toordinal() - 1)
            warned_from = date.fromordinal(due.toordinal() - ahead)
            if due == self.as_of:
                fate = Fate.RECYCLED
            elif warned_from <= self.as_of:
                fate = Fate.WARNED
        return Outlook(
            pool=self.terms.name,
            customer=customer,
            member=holding.last.member,
            as_of=self.as_of,
            fate=fate,
            taken_over=taken_over,
            clocks=tuple(clocks),
            due=due,
            warned_from=warned_from,
            hindrance=hindrance,
            version=holding.last.version,
            is_overtaken=fate is Fate.RECYCLED and self._is_overtaken(customer, holding),
        )

    def _is_overtaken(self, customer: CustomerId, holding: Holding) -> bool:
        """Say whether the owner goes later that day, or somebody is to have the customer."""
        until = holding.until
        goes = until is not None and self.terms.day_of(until) == self.as_of
        return goes or self.register.intervals(customer)[-1].since > self.now

    def _due(
        self, facts: dict[str, object], holding: Holding, ends: date | None
    ) -> tuple[date | None, Phrase | None]:
        """Return the first day from now on on which the customer goes back, and what delays it."""
        customer = holding.last.customer
        exempt = self._exempt(facts, customer)
        if exempt is not None or ends is None:
            return None, exempt
        due, hindrance = max(ends, self.as_of), None
        if customer in self.register.locks:
            locked = self.register.locks[customer]
            if locked is None:
                return None, Phrase("locked for good", "永久锁定")
            if locked > due:
                due, hindrance = locked, Phrase(f"locked until {locked}", f"锁定至{locked}")
        if holding.until is not None and self._is_over_before(due, customer, holding.until):
            day = self.terms.day_of(holding.until)
            return None, Phrase(f"its ownership ends on {day} anyway", f"其归属将于{day}结束")
        return due, hindrance

    def _is_over_before(self, due: date, customer: CustomerId, until: datetime) -> bool:
        """Say whether there is nothing to take back on a day.

        Who ends an ownership just as that day begins, and gives the customer to nobody, has
        carried out what was due.
        """
        begins = self.terms.beginning(due)
        if until == begins:
            return self.register.holding(customer, until) is not None
        return until < begins

    def _exempt(self, facts: dict[str, object], customer: CustomerId) -> Phrase | None:
        exempt = self.terms.exempt
        if exempt is not None:
            verdict = exempt.evaluate(facts)
            if decide(verdict, Use.FORBID):
                words = exempt.explain(facts).summary
                perhaps = Phrase("exempt", "豁免")
                if verdict is Verdict.UNKNOWN:
                    perhaps = Phrase("perhaps exempt", "可能豁免")
                return Phrase(f"{perhaps.en}: {words.en}", f"{perhaps.zh}：{words.zh}")
        if self.terms.exempt_while_open:
            for matter in self.register.matters_of(customer):
                if matter.kind in self.terms.exempt_while_open and matter.is_open_at(self.now):
                    return Phrase(
                        f"the {matter.kind.label.en} {matter.id} is open",
                        f"{matter.kind.label.zh}{matter.id}未关闭",
                    )
        return None

    def _clock(
        self, rule: RecycleRule, facts: dict[str, object], holding: Holding, taken_over: date
    ) -> Clock | None:
        """Return the clock of a rule; None where the rule does not apply."""
        if rule.when is not EVERYTHING:
            verdict = rule.when.evaluate(facts)
            if verdict is Verdict.FAILS:
                return None
            if verdict is Verdict.UNKNOWN:
                told = rule.when.explain(facts)
                return Clock(rule=rule, missing=told.missing, doubt=told.summary)
        start, started_by = taken_over, "taken_over"
        if rule.since is not None:
            named = self._named_day(rule.since, facts, holding.last.customer)
            if named is None:
                return Clock(rule=rule, missing=(rule.since,))
            if named > start:
                start, started_by = named, f"fact:{rule.since}"
        settled = self._last(rule.settled_by, holding)
        if settled is not None:
            return Clock(rule=rule, settled_by=settled[1])
        reset = self._last(rule.resets, holding)
        if reset is not None:
            day = self.terms.day_of(reset[0])
            if day >= start:
                start, started_by = day, reset[1]
        off = self.register.leave(holding.last.member) if rule.leave_pauses else ()
        due = after_full_days(start, rule.days, off)
        lost = 0 if due is None else (due - start).days - 1 - rule.days
        return Clock(rule=rule, since=start, started_by=started_by, due=due, days_off=lost)

    def _named_day(self, name: str, facts: dict[str, object], customer: CustomerId) -> date | None:
        found = facts[name]
        if isinstance(found, datetime) and found.tzinfo is not None:
            return self.terms.day_of(found)
        if found is None or (isinstance(found, date) and not isinstance(found, datetime)):
            return found
        problem = f"{name} must be a day, or an instant with its zone (got {found!r})"
        raise FaultsError("facts", [Fault(f"customer {customer!r}", problem)])

    def _last(self, activities: Iterable[Activity], holding: Holding) -> _Event | None:
        """Return the last of some activities since the owner has the customer, before now."""
        last: _Event | None = None
        for activity in activities:
            event = self._newest(activity, holding)
            if event is not None and (last is None or event > last):
                last = event
        return last

    def _newest(self, activity: Activity, holding: Holding) -> _Event | None:
        events = {
            "contact": self._contacts,
            "purchase": self._purchases,
            "matter": self._matters,
        }[activity.what](activity, holding.last)
        newest = next((event for event in events if event[0] < self.now), None)
        return None if newest is None or newest[0] < holding.since else newest

    def _contacts(self, activity: Activity, owner: Ownership) -> Iterator[_Event]:
        for contact in reversed(self.register.contacts(owner.customer)):
            if activity.takes_contact(contact) and self._is_theirs(contact, activity.by, owner):
                yield contact.at, f"interaction:{contact.id}"

    def _purchases(self, _: Activity, owner: Ownership) -> Iterator[_Event]:
        for bought in reversed(self.register.bought(owner.customer)):
            yield bought.at, f"purchase:{bought.id}"

    def _matters(self, activity: Activity, owner: Ownership) -> Iterator[_Event]:
        for matter in reversed(self.register.matters_of(owner.customer)):
            if activity.takes_matter(matter):
                yield matter.opened_at, f"matter:{matter.id}"

    def _is_theirs(self, contact: Interaction, by: Whose, owner: Ownership) -> bool:
        """Say whether whoever took part in a contact is one of those whose contacts count."""
        if by is Whose.ANYBODY:
            return True
        if contact.member is None:
            return False
        return contact.member == owner.member or (
            by is Whose.HOLDERS
            and self.register.collaborates(contact.member, contact.customer, contact.at)
        )
