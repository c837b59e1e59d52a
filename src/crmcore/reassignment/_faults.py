"""Faults: everything that is wrong with what goes into a plan, all of it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from typing import TypeAlias

from crmcore.errors import Fault, UnknownNameError, nearest
from crmcore.kernel import MemberId

from ._case import Case, Slot, shown_hours
from ._weights import POINT
from ._wish import Lock, Pin

Subjects: TypeAlias = tuple[str, ...]

MOST_UNITS = 10**12  # thousandths of a point that an item may cost


def each_once(kind: str, keys: Iterable[str]) -> list[Fault]:
    """Return a fault for each key that comes more than once."""
    twice = sorted(key for key, count in Counter(keys).items() if count > 1)
    return [Fault(f"{kind} {key}", "it comes more than once; name it once") for key in twice]


def skill_faults(slots: Iterable[Slot], known: Collection[str], *, is_whole: bool) -> list[Fault]:
    """Return a fault for each wanted skill that is not known, with what wants it.

    Args:
        slots: What wants skills.
        known: The names that are known.
        is_whole: Whether those are all names that there are. If they are not, only a name
            that is nearly a known one is taken for a slip; another one is a skill that
            nobody has yet.
    """
    wanting: dict[str, list[str]] = {}
    for slot in slots:
        for level in slot.demand.skills:
            if level.skill not in known:
                wanting.setdefault(level.skill, []).append(slot.subject)
    faults = []
    for skill, subjects in sorted(wanting.items()):
        if is_whole or nearest(skill, known) is not None:
            first, more = min(subjects), len(subjects) - 1
            others = f" and {more} more" if more else ""
            problem = str(UnknownNameError("skill", skill, known))
            faults.append(Fault(f"{first}{others}", problem))
    return faults


def owner_faults(
    owners: Iterable[tuple[str, MemberId | None]], known: Collection[str]
) -> list[Fault]:
    """Return a fault for each owner of today who is nobody that is known."""
    return [
        Fault(key, str(UnknownNameError("owner", owner, known)))
        for key, owner in owners
        if owner is not None and owner not in known
    ]


def wishes(pins: Iterable[Pin | Lock]) -> tuple[dict[str, MemberId], set[str], list[Fault]]:
    """Return the member of each subject that is pinned, what is locked, and contradictions."""
    found: dict[str, MemberId] = {}
    faults = []
    wished = list(pins)
    for pin in sorted(
        (one for one in wished if isinstance(one, Pin)), key=lambda one: (one.subject, one.member)
    ):
        other = found.setdefault(pin.subject, pin.member)
        if other != pin.member:
            problem = f"it is pinned to {other!r} and to {pin.member!r}; keep one of the pins"
            faults.append(Fault(pin.subject, problem))
    return found, {one.subject for one in wished if isinstance(one, Lock)}, faults


def lock_faults(
    locks: Iterable[str],
    slots: Mapping[str, Slot],
    members: Collection[MemberId],
    pins: Mapping[str, MemberId],
) -> list[Fault]:
    """Return what is wrong with locks."""
    faults = []
    for key in sorted(locks):
        slot = slots.get(key)
        if slot is None:
            faults.append(Fault(key, "it is locked, but it is not part of the plan"))
        elif slot.holder is None:
            faults.append(Fault(key, "it is locked, but nobody holds it today; pin it instead"))
        elif slot.holder not in members:
            problem = f"it is locked with {slot.holder!r}, who has no hours in the plan"
            faults.append(Fault(key, problem))
        elif pins.get(key, slot.holder) != slot.holder:
            problem = (
                f"it is locked with {slot.holder!r} and pinned to {pins[key]!r}; keep one of both"
            )
            faults.append(Fault(key, problem))
    return faults


def pin_faults(case: Case) -> list[Fault]:
    """Return what is wrong with the pins of a case."""
    return [
        fault
        for faults in (_each_pin(case), _clashes(case), _pinned_hours(case), _split(case))
        for fault in faults
    ]


def _each_pin(case: Case) -> Iterator[Fault]:
    for key, member in sorted(case.pins.items()):
        slot = case.slots.get(key)
        if slot is None:
            yield Fault(key, "it is pinned, but it is not part of the plan")
        elif member not in case.members:
            yield Fault(key, f"it is pinned to {member!r}, who has no hours in the plan")
        elif key not in case.locks:
            broken = case.judge(slot.demand)[member].broken
            if broken is not None:
                help_ = "; lock it to leave it there" if member == slot.holder else ""
                yield Fault(key, f"it is pinned to {member!r}, who lacks {broken}{help_}")


def _clashes(case: Case) -> Iterator[Fault]:
    for one, other in case.conflicts:
        who = case.sent(one)
        if who is None or who != case.sent(other) or {one, other} <= case.locks:
            continue
        if {one, other} <= case.pins.keys() - case.locks:
            problem = f"it and {other} are pinned to {who!r}, but must differ"
        else:
            problem = f"it and {other} are locked with or pinned to {who!r}, but must differ"
        yield Fault(one, problem)


def _pinned_hours(case: Case) -> Iterator[Fault]:
    """Yield who gets more by pins, and what goes along with them, than there is room for."""
    pinned: dict[MemberId, int] = {}
    for key, slot in case.slots.items():
        member = case.sent(key)
        if member is not None and member in case.members and key not in case.locks:
            pinned[member] = pinned.get(member, 0) + slot.minutes
    locked = case.locked_minutes()
    for member, work in sorted(pinned.items()):
        most = case.holders[member].limit
        total = work + locked.get(member, 0)
        if total > most:
            what = "pins and locks" if member in locked else "pins"
            has = f"{shown_hours(most)} h are the most that {member!r} can take"
            yield Fault(f"member:{member}", f"the {what} take {shown_hours(total)} h, {has}")


def _split(case: Case) -> Iterator[Fault]:
    """Yield bundles that pins or locks tear apart, or send where not all may go."""
    for bundle in case.bundles:
        ends = sorted({who for key in bundle if (who := case.fixed(key)) is not None})
        if len(ends) > 1:
            names = " and ".join(map(repr, ends))
            yield Fault(f"bundle of {bundle[0]}", f"pins or locks send its parts to {names}")
        for who in ends if len(ends) == 1 and ends[0] in case.members else []:
            for key in bundle:
                broken = case.judge(case.slots[key].demand)[who].broken
                if broken is not None and key not in case.locks:
                    problem = f"it goes to {who!r} with its bundle, who lacks {broken}"
                    yield Fault(key, problem)


def group_faults(
    apart: Collection[Subjects], bundles: Collection[Subjects], slots: Collection[str]
) -> list[Fault]:
    """Return what is wrong with subjects that belong apart or together."""
    bundled: dict[str, Subjects] = {}
    faults: list[Fault] = []
    groups = [("apart", group) for group in apart]
    groups += [("in a bundle", group) for group in bundles]
    for what, group in sorted(groups):
        faults += [
            Fault(key, f"it is to be {what}, but it is not part of the plan")
            for key in group
            if key not in slots
        ]
        if what != "apart":
            faults += [
                Fault(key, "it is in more than one bundle; make one of them")
                for key in group
                if bundled.setdefault(key, group) is not group
            ]
    for group in sorted(apart):
        together = [key for key in group if key in bundled]
        faults += [
            Fault(one, f"it and {other} are to be apart, and in one bundle")
            for one, other in combinations(together, 2)
            if bundled[one] is bundled[other]
        ]
    return faults


def weight_faults(case: Case) -> list[Fault]:
    """Return a fault where points add up to more than can be counted."""
    dearest = max(case.slots.values(), key=case.most_cost, default=None)
    costs = [] if dearest is None else [(dearest.subject, case.most_cost(dearest))]
    if case.pins or case.locks:
        costs.append(("all items", case.dearer_than_all()))
    return [
        Fault(
            "weights",
            f"the points of {what} come to {cost // POINT}, above the {MOST_UNITS // POINT} "
            "that can be counted; take smaller weights or importances",
        )
        for what, cost in costs
        if cost > MOST_UNITS
    ][:1]
