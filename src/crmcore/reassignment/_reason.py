"""Reasons: why something moves, and what the plan would lose without that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crmcore.allocation import Holder, Item, Option
from crmcore.kernel import MemberId
from crmcore.plans import MoveKind, MoveReason, Term

from ._case import Case, Slot
from ._weights import points


class Reasons:
    """A plan, ready to answer why something moves.

    Args:
        case: The slots and the members.
        items: The slots as items of allocation, by subject.
        held: Who holds each slot by the plan.
        loads_today: The minutes of each member today.
        loads: The minutes of each member by the plan.
    """

    def __init__(
        self,
        case: Case,
        items: Mapping[str, Item],
        held: Mapping[str, MemberId | None],
        *,
        loads_today: Mapping[MemberId, int],
        loads: Mapping[MemberId, int],
    ) -> None:
        self._case = case
        self._items = items
        self._held = held
        self._loads_today = loads_today
        self._loads = loads
        self._gained = self._largest_gains()
        self._curves = {key: _Curve(holder) for key, holder in case.holders.items()}

    def of(self, slot: Slot) -> MoveReason:
        """Return why a slot moves from today's holder to the new one."""
        item, case = self._items[slot.subject], self._case
        before, after = self._ends(slot)
        terms = self._terms(slot, before, after)
        judged = case.judge(slot.demand)
        kind, other = self._kind(slot)
        taken = {self._held[foe] for foe in case.foes(slot.subject)}
        if kind.is_forced or kind is MoveKind.MAKES_ROOM:
            taken.add(slot.holder)
        rivals = sorted(
            (self._cost_with(slot, option), option.holder)
            for option in item.options
            if option is not after and option.holder not in taken and self._has_room(slot, option)
            if len(case.bundle_of(slot.subject)) == 1
        )
        first = rivals[0] if rivals and after is not None else None
        return MoveReason(
            kind=kind,
            rule=judged[slot.holder].broken
            if slot.holder is not None and kind is MoveKind.NOT_ELIGIBLE
            else None,
            other=other,
            fit_before=judged[MemberId(before.holder)].fit
            if before is not None and not self._case.breaks_rule(slot, slot.holder)
            else None,
            fit_after=judged[MemberId(after.holder)].fit if after is not None else None,
            terms=tuple((term, points(won)) for term, won in terms.items() if won),
            runner_up=MemberId(first[1]) if first is not None else None,
            margin=points(first[0] - self._cost_with(slot, after))
            if first is not None and after is not None
            else None,
        )

    def _cost_with(self, slot: Slot, option: Option) -> int:
        """Return what it costs that this option holds a slot, with all the rest of the plan."""
        item = self._items[slot.subject]
        return item.costs[option.holder] + self._hours_with(slot, MemberId(option.holder))

    def _hours_with(self, slot: Slot, who: MemberId) -> int:
        """Return what the load curve of a member rises by with a slot."""
        with_it = self._load_with(slot, who)
        curve = self._curves[who]
        return curve.cost(with_it) - curve.cost(with_it - slot.minutes)

    def _load_with(self, slot: Slot, who: MemberId) -> int:
        has_it = self._held[slot.subject] == who
        return self._loads[who] + (0 if has_it else slot.minutes)

    def _has_room(self, slot: Slot, option: Option) -> bool:
        who = MemberId(option.holder)
        return self._load_with(slot, who) <= self._curves[who].limit

    def _terms(self, slot: Slot, before: Option | None, after: Option | None) -> dict[Term, int]:
        """Return what is won by each term when one option gives way to the other."""
        terms = dict.fromkeys(Term, 0)
        for option, sign in ((before, 1), (after, -1)):
            if option is None:
                terms[Term.COVER] += sign * self._case.uncovered_cost(slot)
                continue
            if self._case.breaks_rule(slot, MemberId(option.holder)):
                terms[Term.COVER] += sign * option.cost
            else:
                terms[Term.FIT] += sign * option.fit
                terms[Term.INTEREST] += sign * option.interest
                terms[Term.CHANGE] += sign * change_of(self._items[slot.subject], option.holder)
            terms[Term.HOURS] += sign * self._hours_with(slot, MemberId(option.holder))
        return terms

    def _kind(self, slot: Slot) -> tuple[MoveKind, str | None]:
        """Return why a slot moves, and which other one it makes way for."""
        who = slot.holder
        if who is None:
            return MoveKind.FIRST, None
        if self._is_forced(slot):
            return self._force(slot, who), None
        foes = self._case.foes(slot.subject)
        clash = next((foe for foe in foes if self._case.slots[foe].holder == who), None)
        if clash is not None:
            return MoveKind.CONFLICT, clash
        if self._loads_today[who] > self._case.holders[who].limit:
            return MoveKind.RELIEF if self._case.is_capped else MoveKind.OVER_LIMIT, None
        parts = [self._case.slots[key] for key in self._case.bundle_of(slot.subject)]
        leader = next((p for p in parts if p.holder != who or self._is_forced(p)), None)
        if leader is not None:
            return MoveKind.TOGETHER, leader.subject
        return self._choose(slot, who, self._terms_together(parts))

    def _choose(
        self, slot: Slot, who: MemberId, terms: dict[Term, int]
    ) -> tuple[MoveKind, str | None]:
        """Return why something moves that could have stayed with *who*.

        What does not pay by itself makes room for what *who* gets instead.
        """
        foes = self._case.foes(slot.subject)
        foe = next((foe for foe in foes if self._held[foe] == who), None)
        if foe is not None:
            return MoveKind.MAKES_ROOM, foe
        gained = self._gained.get(who)
        pays = gained is None or sum(terms.values()) >= 0
        by_fit = terms[Term.FIT] + terms[Term.INTEREST] + terms[Term.CHANGE]
        if pays and by_fit > 0 and self._held[slot.subject] is not None:
            return MoveKind.BETTER_FIT, None
        if gained is None or (pays and self._loads[who] < self._loads_today[who]):
            return MoveKind.RELIEF, None
        return MoveKind.MAKES_ROOM, gained

    def _is_forced(self, slot: Slot) -> bool:
        """Say whether today's holder may not go on holding a slot."""
        options = self._items[slot.subject].options
        may_hold = any(option.holder == slot.holder for option in options)
        return not may_hold or self._case.breaks_rule(slot, slot.holder)

    def _terms_together(self, parts: Sequence[Slot]) -> dict[Term, int]:
        """Return what is won by each term when all of a bundle move."""
        each = [self._terms(part, *self._ends(part)) for part in parts]
        return {term: sum(terms[term] for terms in each) for term in Term}

    def _ends(self, slot: Slot) -> tuple[Option | None, Option | None]:
        """Return the options that a slot moves between."""
        item, new = self._items[slot.subject], self._held[slot.subject]
        before = next((option for option in item.options if option.holder == slot.holder), None)
        return before, None if new is None else option_of(item, new)

    def _force(self, slot: Slot, who: MemberId) -> MoveKind:
        """Return what forces a slot away from somebody who may not go on holding it."""
        if who not in self._case.members:
            return MoveKind.LEFT
        if not self._case.may_stay(slot):
            return MoveKind.NOT_ELIGIBLE
        return MoveKind.PINNED

    def _largest_gains(self) -> dict[MemberId, str]:
        """Return the largest slot that each member gets anew."""
        slots = self._case.slots.values()
        new = [slot for slot in slots if self._held[slot.subject] not in (None, slot.holder)]
        new.sort(key=lambda slot: slot.minutes)
        return {who: slot.subject for slot in new if (who := self._held[slot.subject])}


class _Curve:
    """A load curve that goes on beyond the limit as steeply as up to it, and remembers."""

    def __init__(self, holder: Holder) -> None:
        self.limit = holder.limit
        self._holder = holder
        self._known: dict[int, int] = {}

    def cost(self, minutes: int) -> int:
        """Return what a load costs, in thousandths of a point."""
        if minutes not in self._known:
            slope = self._holder.bands[-1].slope if self._holder.bands else 0
            inside = self._holder.cost(min(minutes, self.limit))
            self._known[minutes] = inside + max(minutes - self.limit, 0) * slope
        return self._known[minutes]


def option_of(item: Item, who: str | None) -> Option:
    """Return the option of an item that somebody is."""
    return next(option for option in item.options if option.holder == who)


def change_of(item: Item, who: str) -> int:
    """Return what it costs that an item changes hands to somebody."""
    return item.costs[who] - option_of(item, who).cost
