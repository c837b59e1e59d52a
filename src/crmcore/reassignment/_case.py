"""Cases: items with all that is known of them, which become a problem and then a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

import attrs

from crmcore.allocation import Band, Conflict, Holder, Item, Option, Problem
from crmcore.kernel import CustomerId, MemberId, Phrase, ResponsibilityId, round_half_up
from crmcore.organization import Duty, Member
from crmcore.plans import subject

from ._crowd import Crowd, Judgement, Rule
from ._demand import Demand
from ._weights import POINT, AssignmentWeights

_FULL = 100
_MOST_INTEREST = 2


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
        called: How people call it, where that is not by its id.
    """

    customer: CustomerId | None = None
    responsibility: ResponsibilityId | None = None
    duty: Duty | None = None
    called: Phrase | None = None
    demand: Demand
    minutes: int
    importance: int
    uncovered: int
    change: int
    value: Decimal
    holder: MemberId | None
    version: int | None

    @cached_property
    def subject(self) -> str:
        """What it is: ``customer:c-17`` or ``responsibility:renewals:backup``."""
        return subject(self.customer, self.responsibility, self.duty)


@attrs.frozen(kw_only=True, eq=False)
class Case:
    """Slots, the members who could hold them, and the rules between slots.

    Attributes:
        slots: The slots by subject, in order.
        members: The members by id, in order; a team stands here as if it were one.
        minutes: The capacity of each member.
        curves: The load curve of each member, as far as it may be used.
        crowd: The people behind the members, and what they have.
        conflicts: Pairs of subjects that must have different holders.
        pins: The member to whom a subject is pinned.
        locks: The subjects that stay with today's holder.
        bundles: Subjects that have one holder together; no two share one.
        weights: What counts how much.
        absent: The members who have no hours, by id.
        noted: What is not as it should be before anything moves.
        are_teams: Whether the members are teams.
        is_capped: Whether the load curves end below their own limits, for the lowest peak.
        holders: The load curves again, with room for what is locked.
    """

    slots: Mapping[str, Slot]
    members: Mapping[MemberId, Member]
    minutes: Mapping[MemberId, int]
    curves: Mapping[MemberId, Holder]
    crowd: Crowd
    conflicts: tuple[tuple[str, str], ...] = ()
    pins: Mapping[str, MemberId] = attrs.field(factory=dict)
    locks: frozenset[str] = frozenset()
    bundles: tuple[tuple[str, ...], ...] = ()
    weights: AssignmentWeights
    absent: Mapping[MemberId, Member] = attrs.field(factory=dict)
    noted: tuple[Phrase, ...] = ()
    are_teams: bool = False
    is_capped: bool = False
    holders: Mapping[MemberId, Holder] = attrs.field(init=False)
    _foes: Mapping[str, list[str]] = attrs.field(init=False)
    _bundled: Mapping[str, tuple[str, ...]] = attrs.field(init=False)
    _judged: dict[Demand, dict[MemberId, Judgement]] = attrs.field(factory=dict, init=False)

    @holders.default
    def _with_room_for_locks(self) -> dict[MemberId, Holder]:
        locked = self.locked_minutes()
        return {key: _stretched(curve, locked.get(key, 0)) for key, curve in self.curves.items()}

    @_foes.default
    def _pairs_by_subject(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one, other in self.conflicts:
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
        return found

    @_bundled.default
    def _bundles_by_subject(self) -> dict[str, tuple[str, ...]]:
        return {key: bundle for bundle in self.bundles for key in bundle}

    def judge(self, demand: Demand) -> Mapping[MemberId, Judgement]:
        """Return what each member is to a demand."""
        if demand not in self._judged:
            self._judged[demand] = self.crowd.judge(demand)
        return self._judged[demand]

    def could(self, demands: Iterable[Demand]) -> tuple[MemberId, ...]:
        """Return who keeps all rules for some demands, and has no hours but will not leave."""
        judged = [self._away.judge(demand) for demand in demands]
        return tuple(
            key
            for key, member in self.absent.items()
            if member.left_on is None and all(each[key].broken is None for each in judged)
        )

    def rules(self, demand: Demand, member: Member) -> list[Rule]:
        """Return what a demand wants, and for each whether a member has it."""
        return self.crowd.rules(demand, member.id)

    def counted(self, number: int) -> Phrase:
        """Return so many members, or teams, in words."""
        plural = "" if number == 1 else "s"
        if self.are_teams:
            return Phrase(f"{number} team{plural}", f"{number}个团队")
        return Phrase(f"{number} member{plural}", f"{number}名成员")

    def foes(self, key: str) -> list[str]:
        """Return the subjects that must have another holder than this one."""
        return self._foes.get(key, [])

    def fixed(self, key: str) -> MemberId | None:
        """Return who must hold a subject, by a pin or a lock; None where nobody must."""
        return self.slots[key].holder if key in self.locks else self.pins.get(key)

    def sent(self, key: str) -> MemberId | None:
        """Return who must hold a subject, by a pin or a lock of it or of what goes with it."""
        if not self.pins and not self.locks:
            return None
        ends = (self.fixed(part) for part in self.bundle_of(key))
        return next((who for who in ends if who is not None), None)

    def problem(self) -> Problem:
        """Write the case down as a problem of allocation, in thousandths of a point.

        What goes as one is one item there, under the first of its subjects.
        """
        items = dict(self.items)
        for bundle in self.bundles:
            parts = [items.pop(key) for key in bundle]
            is_fixed = any(self.fixed(key) is not None for key in bundle)
            costs = [part.uncovered for part in parts]
            items[bundle[0]] = _united(parts, max(costs) if is_fixed else sum(costs))
        return Problem(
            items=items.values(),
            holders=self.holders.values(),
            conflicts=[
                Conflict(self.bundle_of(one)[0], self.bundle_of(other)[0])
                for one, other in self.conflicts
                if not self._clash_is_locked(one, other)
            ],
        )

    @cached_property
    def _away(self) -> Crowd:
        """The members who have no hours."""
        return attrs.evolve(self.crowd, crews={k: (one,) for k, one in self.absent.items()})

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Each slot as an item, by subject."""
        shared: dict[object, tuple[Option, ...]] = {}
        dear = self.dearer_than_all() if self.pins or self.locks else 0
        return {
            key: Item(
                id=key,
                minutes=slot.minutes,
                uncovered=self.uncovered_cost(slot) if self.fixed(key) is None else dear,
                options=self._options(slot, shared),
                current=self._spared(slot),
                change=slot.importance * slot.change * POINT,
            )
            for key, slot in self.slots.items()
        }

    def spread(self, assignment: Iterable[tuple[str, str | None]]) -> dict[str, MemberId | None]:
        """Return who holds each subject by an assignment of the problem."""
        held = {key: None if who is None else MemberId(who) for key, who in assignment}
        for bundle in self.bundles:
            held.update(dict.fromkeys(bundle, held[bundle[0]]))
        return {key: held[key] for key in self.slots}

    def bundle_of(self, key: str) -> tuple[str, ...]:
        """Return the subjects that go as one with this one, itself among them."""
        return self._bundled.get(key, (key,))

    def uncovered_cost(self, slot: Slot) -> int:
        """Return what it costs that nobody holds a slot, in thousandths of a point."""
        return slot.importance * slot.uncovered * POINT

    def cost_of_nobody(self, slot: Slot) -> int:
        """Return what it costs that nobody holds a slot any more, its change counted in."""
        item = self.items[slot.subject]
        return self.uncovered_cost(slot) + item.cost_of_nobody - item.uncovered

    def kept_cost(self, slot: Slot) -> int:
        """Return what it costs that a slot is kept against a rule, in thousandths of a point.

        That is three quarters of what it costs when nobody holds it: better than nobody, and
        dearer than anybody who keeps the rules and has the hours.
        """
        return self.uncovered_cost(slot) * 3 // 4

    def may_keep(self, slot: Slot) -> bool:
        """Say whether whoever holds a slot today against a rule may keep it for want of others."""
        is_pinned = slot.subject in self.pins and slot.subject not in self.locks
        return slot.holder in self.members and not is_pinned and not self.may_stay(slot)

    def _spared(self, slot: Slot) -> MemberId | None:
        """Return today's holder, if a search should try to leave the slot there.

        What is held against a rule is left there only where it is locked, or nobody else
        keeps the rule either.
        """
        judged = self.judge(slot.demand).values()
        if (
            self.may_keep(slot)
            and slot.subject not in self.locks
            and any(one.broken is None for one in judged)
        ):
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
        fixed = self.fixed(slot.subject)
        keeps = slot.holder if self.may_keep(slot) else None
        key = (slot.demand, slot.importance, slot.uncovered, keeps, fixed)
        if key not in shared:
            weight = slot.importance * POINT
            shared[key] = tuple(
                Option(
                    member,
                    fit=weight * (_FULL - judged.fit),
                    interest=-weight * self.weights.interest * judged.interest,
                )
                for member, judged in self.judge(slot.demand).items()
                if judged.broken is None and fixed in (None, member)
            )
            if keeps is not None:
                shared[key] += (Option(keeps, fit=self.kept_cost(slot)),)
        return shared[key]

    def most_cost(self, slot: Slot) -> int:
        """Return more than a slot can cost, in thousandths of a point."""
        points = slot.uncovered + slot.change + _FULL + _MOST_INTEREST * self.weights.interest
        return slot.importance * points * POINT

    def dearer_than_all(self) -> int:
        """Return more than anything could save, so that what must be held is held."""
        curves = sum(cost for holder in self.holders.values() for _, cost in holder.corners)
        items = sum(self.most_cost(slot) for slot in self.slots.values())
        return items + curves + POINT

    def _clash_is_locked(self, one: str, other: str) -> bool:
        """Say whether two subjects are in conflict today, and locked there."""
        return {one, other} <= self.locks and self.slots[one].holder == self.slots[other].holder

    def breaches(self) -> Iterator[Phrase]:
        """Yield what is not as it should be, and what locks leave against a rule between items."""
        yield from self.noted
        for one, other in self.conflicts:
            if self._clash_is_locked(one, other):
                who = self.slots[one].holder
                yield Phrase(
                    f"{one} and {other} are locked with {who}, but should be apart",
                    f"{one}与{other}均已锁定给{who}，但本应由不同的人负责",
                )
        for member, work in sorted(self.locked_minutes().items()):
            most = self.curves[member].limit
            if work > most:
                need, has = shown_hours(work), shown_hours(most)
                yield Phrase(
                    f"{need} h are locked with {member}, whose limit is {has} h",
                    f"{member}已锁定{need}小时的工作，而其上限为{has}小时",
                )

    def locked_minutes(self) -> dict[MemberId, int]:
        """Return the work that is locked with each member."""
        slots = [self.slots[key] for key in self.locks]
        found = dict.fromkeys((slot.holder for slot in slots if slot.holder is not None), 0)
        for slot in slots:
            found[MemberId(str(slot.holder))] += slot.minutes
        return found


def _stretched(curve: Holder, locked: int) -> Holder:
    """Return a load curve that has room for what is locked, as steep beyond its limit as below."""
    beyond = locked - curve.limit
    if beyond <= 0:
        return curve
    slope = curve.bands[-1].slope if curve.bands else 0
    return Holder(curve.id, [*curve.bands, Band(beyond, max(slope, 0))])


def _united(parts: Sequence[Item], uncovered: int) -> Item:
    """Return several items as one that is held by one holder or none.

    Where all have the same holder today, a change costs what it costs them together;
    otherwise what each change costs is a part of the options, and of the lack.
    """
    options = [{option.holder: option for option in part.options} for part in parts]
    able = [key for key in options[0] if all(key in each for each in options[1:])]
    current = parts[0].current
    goes_on = current in able and all(part.current == current for part in parts)

    def option(key: str) -> Option:
        extra = 0 if goes_on else sum(part.costs[key] - each[key].cost for part, each in pairs)
        return Option(
            key,
            fit=sum(each[key].fit for each in options) + extra,
            interest=sum(each[key].interest for each in options),
        )

    pairs = list(zip(parts, options, strict=True))
    lost = 0 if goes_on else sum(part.cost_of_nobody - part.uncovered for part in parts)
    return Item(
        id=parts[0].id,
        minutes=sum(part.minutes for part in parts),
        uncovered=uncovered + lost,
        options=tuple(option(key) for key in able),
        current=current if goes_on else None,
        change=sum(part.change for part in parts) if goes_on else 0,
    )


def shown_hours(minutes: int) -> str:
    """Return minutes as hours, rounded half up to two digits, with no zeros at the end."""
    return f"{round_half_up(Decimal(minutes) / 60, 2).normalize() + 0:f}"
