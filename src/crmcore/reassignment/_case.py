"""Cases: items with all that is known of them, which become a problem and then a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import attrs

from crmcore.allocation import Conflict, Holder, Item, Option, Problem
from crmcore.errors import Fault, FaultsError
from crmcore.kernel import CustomerId, MemberId, Phrase, ResponsibilityId
from crmcore.organization import Duty, Member
from crmcore.plans import subject

from ._demand import Demand, Rule
from ._need import Pin
from ._weights import POINT, AssignmentWeights

_FULL = 100


@attrs.frozen
class Judgement:
    """What a member is to a demand.

    Attributes:
        broken: The first rule that the member does not keep; None where all are kept.
        fit: How well the member fits, in percent.
        interest: How much the member wishes for it, from -2 to 2.
    """

    broken: Phrase | None
    fit: int
    interest: int


@attrs.frozen(kw_only=True, eq=False)
class Slot:
    """One item of a case.

    Attributes:
        demand: What it wants of whoever holds it.
        minutes: The work that it is.
        importance: How much it weighs.
        uncovered: Points that it costs uncovered, importance not counted yet.
        change: Points that a change costs, importance not counted yet.
        value: What it is worth, for the share of value that is kept.
        holder: Who holds it today.
        version: The version of today's record.
    """

    customer: CustomerId | None = None
    responsibility: ResponsibilityId | None = None
    duty: Duty | None = None
    demand: Demand
    minutes: int
    importance: int
    uncovered: int
    change: int
    value: Decimal
    holder: MemberId | None
    version: int | None

    @property
    def subject(self) -> str:
        """What it is: ``customer:c-17`` or ``responsibility:renewals:backup``."""
        return subject(self.customer, self.responsibility, self.duty)


@attrs.frozen(kw_only=True, eq=False)
class Case:
    """Slots, the members who could hold them, and the rules between slots.

    Attributes:
        slots: The slots by subject, in order.
        members: The members by id, in order.
        minutes: The capacity of each member.
        holders: The load curve of each member.
        authorities: The members who have authority.
        conflicts: Pairs of subjects that must have different holders.
        pins: The member to whom a subject is pinned.
        weights: What counts how much.
    """

    slots: Mapping[str, Slot]
    members: Mapping[MemberId, Member]
    minutes: Mapping[MemberId, int]
    holders: Mapping[MemberId, Holder]
    authorities: frozenset[MemberId]
    conflicts: tuple[tuple[str, str], ...]
    pins: Mapping[str, MemberId]
    weights: AssignmentWeights
    _judged: dict[Demand, dict[MemberId, Judgement]] = attrs.field(factory=dict, init=False)

    def judge(self, demand: Demand) -> Mapping[MemberId, Judgement]:
        """Return what each member is to a demand."""
        if demand not in self._judged:
            self._judged[demand] = {
                key: self._judge(demand, member) for key, member in self.members.items()
            }
        return self._judged[demand]

    def _judge(self, demand: Demand, member: Member) -> Judgement:
        broken = next((rule for rule, kept in self.rules(demand, member) if not kept), None)
        return Judgement(broken, demand.fit(member, self.weights), demand.interest(member))

    def rules(self, demand: Demand, member: Member) -> list[Rule]:
        """Return what a demand wants, and for each whether a member has it."""
        has_authority = member.id in self.authorities
        return list(demand.rules(member, self.weights, has_authority=has_authority))

    def foes(self, key: str) -> list[str]:
        """Return the subjects that must have another holder than this one."""
        return [two if one == key else one for one, two in self.conflicts if key in (one, two)]

    def problem(self) -> Problem:
        """Write the case down as a problem of allocation, in thousandths of a point."""
        shared: dict[object, tuple[Option, ...]] = {}
        dear = self._dearer_than_all()
        return Problem(
            items=[
                Item(
                    id=key,
                    minutes=slot.minutes,
                    uncovered=dear if key in self.pins else self.uncovered_cost(slot),
                    options=self._options(slot, shared),
                    current=self._spared(slot),
                    change=slot.importance * slot.change * POINT,
                )
                for key, slot in self.slots.items()
            ],
            holders=self.holders.values(),
            conflicts=[Conflict(one, other) for one, other in self.conflicts],
        )

    def uncovered_cost(self, slot: Slot) -> int:
        """Return what it costs that nobody holds a slot, in thousandths of a point."""
        return slot.importance * slot.uncovered * POINT

    def kept_cost(self, slot: Slot) -> int:
        """Return what it costs that a slot is kept against a rule, in thousandths of a point.

        That is three quarters of what it costs when nobody holds it: better than nobody, and
        dearer than anybody who keeps the rules and has the hours.
        """
        return self.uncovered_cost(slot) * 3 // 4

    def may_keep(self, slot: Slot) -> bool:
        """Say whether whoever holds a slot today against a rule may keep it for want of others."""
        return (
            slot.holder in self.members
            and slot.subject not in self.pins
            and not self.may_stay(slot)
        )

    def _spared(self, slot: Slot) -> MemberId | None:
        """Return today's holder, if a search should try to leave the slot there.

        What is held against a rule is left there only where nobody else keeps the rule either.
        """
        judged = self.judge(slot.demand).values()
        if self.may_keep(slot) and any(one.broken is None for one in judged):
            return None
        return slot.holder

    def breaks_rule(self, slot: Slot, who: MemberId | None) -> bool:
        """Say whether somebody holds a slot against a rule, which only today's holder may."""
        return who is not None and who == slot.holder and not self.may_stay(slot)

    def may_stay(self, slot: Slot) -> bool:
        """Say whether whoever holds a slot today keeps every rule for it."""
        judged = self.judge(slot.demand).get(slot.holder) if slot.holder is not None else None
        return judged is not None and judged.broken is None

    def _options(self, slot: Slot, shared: dict[object, tuple[Option, ...]]) -> tuple[Option, ...]:
        pinned = self.pins.get(slot.subject)
        keeps = slot.holder if self.may_keep(slot) else None
        key = (slot.demand, slot.importance, slot.uncovered, keeps, pinned)
        if key not in shared:
            weight = slot.importance * POINT
            shared[key] = tuple(
                Option(
                    member,
                    fit=weight * (_FULL - judged.fit),
                    interest=-weight * self.weights.interest * judged.interest,
                )
                for member, judged in self.judge(slot.demand).items()
                if judged.broken is None and pinned in (None, member)
            )
            if keeps is not None:
                shared[key] += (Option(keeps, fit=self.kept_cost(slot)),)
        return shared[key]

    def _dearer_than_all(self) -> int:
        """Return more than anything could save, so that what is pinned is held."""
        curves = sum(cost for holder in self.holders.values() for _, cost in holder.corners)
        items = sum(self.uncovered_cost(slot) for slot in self.slots.values())
        return items + curves + POINT


def pinned(pins: Iterable[Pin]) -> dict[str, MemberId]:
    """Return the member of each subject that is pinned.

    Raises:
        FaultsError: If two pins contradict each other.
    """
    found: dict[str, MemberId] = {}
    faults = []
    wishes = [(subject(pin.customer, pin.responsibility, pin.duty), pin.member) for pin in pins]
    for key, member in sorted(wishes):
        other = found.setdefault(key, member)
        if other != member:
            problem = f"it is pinned to {other!r} and to {member!r}; keep one of the pins"
            faults.append(Fault(key, problem))
    if faults:
        raise FaultsError("pins", faults)
    return found


def pin_faults(case: Case) -> list[Fault]:
    """Return what is wrong with the pins of a case."""
    faults = []
    taken: dict[MemberId, int] = {}
    for key, member in case.pins.items():
        slot = case.slots.get(key)
        if slot is None:
            faults.append(Fault(key, "it is pinned, but it is not part of the plan"))
        elif member not in case.members:
            faults.append(Fault(key, f"it is pinned to {member!r}, who has no hours in the plan"))
        else:
            broken = case.judge(slot.demand)[member].broken
            taken[member] = taken.get(member, 0) + slot.minutes
            if broken is not None:
                problem = f"it is pinned to {member!r}, who lacks {broken}"
                faults.append(Fault(key, problem))
    for one, other in case.conflicts:
        if one in case.pins and case.pins[one] == case.pins.get(other):
            problem = f"it and {other} are pinned to {case.pins[one]!r}, but must differ"
            faults.append(Fault(one, problem))
    for member, work in sorted(taken.items()):
        most = case.holders[member].limit
        if work > most:
            problem = f"the pins take {work} minutes, {most} are the most that {member!r} can take"
            faults.append(Fault(f"member:{member}", problem))
    return faults


def each_once(kind: str, keys: Sequence[str]) -> list[Fault]:
    """Return a fault for each key that comes more than once."""
    twice = sorted(key for key, count in Counter(keys).items() if count > 1)
    return [Fault(f"{kind} {key}", "it comes more than once; name it once") for key in twice]
