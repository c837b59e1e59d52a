"""Forces: what of all that moves could not have stayed where it is, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import attrs

from crmcore.allocation import Item
from crmcore.kernel import MemberId, Phrase
from crmcore.plans import MoveKind

from ._case import Case, Slot, shown_hours


@attrs.frozen
class Force:
    """Why a slot could not stay where it is.

    Attributes:
        kind: The sort of reason.
        rule: What forces it, in words.
        other: The slot that it cannot stay beside, or goes with, by subject.
    """

    kind: MoveKind
    rule: Phrase | None = None
    other: str | None = None


class Forces:
    """What forces each slot that moves away from today's holder, if anything does.

    Where several slots clash, or are together beyond a limit of hours, only as many of them
    are forced as must go: those that win least by themselves. The others go because they win.

    Args:
        case: The slots and the members.
        items: The slots as items of allocation, by subject.
        held: Who holds each slot by the plan.
        loads_today: The minutes of each member today.
        own_gain: What a slot wins by moving, hours not counted.
    """

    def __init__(
        self,
        case: Case,
        items: Mapping[str, Item],
        held: Mapping[str, MemberId | None],
        *,
        loads_today: Mapping[MemberId, int],
        own_gain: Callable[[Slot], int],
    ) -> None:
        self._case = case
        self._items = items
        self._own_gain = own_gain
        self._found: dict[str, Force] = {}
        leaving: dict[MemberId, list[Slot]] = {}
        for key, slot in case.slots.items():
            if slot.holder is not None and held[key] != slot.holder:
                leaving.setdefault(slot.holder, []).append(slot)
        for slots in leaving.values():
            self._take_barred(slots)
            self._take_clashing(slots, held)
        for who, slots in leaving.items():
            if who in case.members:
                self._take_excess(slots, loads_today[who] - case.holders[who].limit)

    def on(self, slot: Slot) -> Force | None:
        """Return what forces a slot away from today's holder; None where nothing does."""
        return self._found.get(slot.subject)

    def is_barred(self, slot: Slot) -> bool:
        """Say whether today's holder may not go on holding a slot, whatever else moves."""
        options = self._items[slot.subject].options
        may_hold = any(option.holder == slot.holder for option in options)
        return not may_hold or self._case.breaks_rule(slot, slot.holder)

    def _take_barred(self, slots: Iterable[Slot]) -> None:
        for slot in slots:
            if self.is_barred(slot):
                self._found[slot.subject] = self._bar(slot)

    def _bar(self, slot: Slot) -> Force:
        """Return what bars today's holder from going on."""
        case, who = self._case, slot.holder
        if who not in case.members:
            return Force(MoveKind.LEFT, rule=_absence(case, who))
        if not case.may_stay(slot):
            return Force(
                MoveKind.NOT_ELIGIBLE, rule=case.judge(slot.demand)[MemberId(str(who))].broken
            )
        return Force(MoveKind.PINNED)

    def _take_clashing(self, slots: list[Slot], held: Mapping[str, MemberId | None]) -> None:
        """Take what cannot stay beside what stays, then as few as may be of what clashes."""
        clashing = [slot for slot in slots if slot.subject not in self._found]
        clashing.sort(key=self._rank)
        for stays in (True, False):
            for slot in clashing:
                if slot.subject in self._found:
                    continue
                foes = (self._case.slots[foe] for foe in self._case.foes(slot.subject))
                other = next(
                    (
                        foe.subject
                        for foe in foes
                        if foe.holder == slot.holder
                        and foe.subject not in self._found
                        and (held[foe.subject] == foe.holder) is stays
                    ),
                    None,
                )
                if other is not None:
                    self._found[slot.subject] = Force(MoveKind.CONFLICT, other=other)

    def _take_excess(self, slots: list[Slot], excess: int) -> None:
        """Take as few as may be of what must go because there is more than the limit."""
        most = excess
        for slot in slots:
            if slot.subject in self._found:
                excess -= slot.minutes
        if excess <= 0:
            return
        chosen: list[Slot] = []
        spare = -excess
        for slot in sorted(slots, key=self._rank):
            if spare < 0 and slot.subject not in self._found:
                chosen.append(slot)
                spare += slot.minutes
        for slot in reversed(chosen):
            if slot.minutes <= spare:
                spare -= slot.minutes
                continue
            self._found[slot.subject] = (
                Force(MoveKind.RELIEF)
                if self._case.is_capped
                else Force(MoveKind.OVER_LIMIT, rule=_beyond(most))
            )

    def _rank(self, slot: Slot) -> tuple[int, str]:
        return self._own_gain(slot), slot.subject


def _absence(case: Case, who: MemberId | None) -> Phrase | None:
    member = None if who is None else case.absent.get(who)
    if member is None:
        return None
    if member.left_on is not None:
        return Phrase(f"gone from {member.left_on} on", f"自{member.left_on}起离开")
    return Phrase("no hours in these weeks", "此期间没有可用工时")


def _beyond(excess: int) -> Phrase:
    hours = shown_hours(excess)
    return Phrase(f"{hours} h too many", f"超出{hours}小时")
