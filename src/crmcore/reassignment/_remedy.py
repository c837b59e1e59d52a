"""Remedies: the smallest changes that would let a member hold what nobody holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import attrs

from crmcore.kernel import MemberId, Phrase
from crmcore.organization import Member, SkillLevel
from crmcore.plans import Remedy

from ._case import Slot
from ._demand import Demand, Kind, Want
from ._standing import Standing
from ._weights import POINT, points

_FULL = 100
_MOST_CHANGES = 2
_SHOWN = 3


@attrs.frozen
class _Lack:
    """What a member lacks for a demand.

    Attributes:
        member: Who lacks it, as if it were no longer lacking.
        skills: The levels to reach.
        levels: How many levels that are together.
        rules: What else would have to be so.
    """

    member: Member
    skills: tuple[SkillLevel, ...]
    levels: int
    rules: tuple[Phrase, ...]


class Remedies:
    """A plan, ready to answer what would let somebody hold something."""

    def __init__(self, standing: Standing) -> None:
        self._case = standing.case
        self._held = standing.held
        self._curves = standing.curves
        self._standing = standing
        self._lacks: dict[Demand, dict[MemberId, _Lack]] = {}
        self._known: dict[object, tuple[Remedy, ...]] = {}

    def of(self, slot: Slot) -> tuple[Remedy, ...]:
        """Return what would do with one change, or where nothing would, with two."""
        if self._case.foes(slot.subject):
            return self._found(slot)
        keeper, holder = self._held[slot.subject], slot.holder
        terms = (slot.minutes, slot.importance, slot.uncovered, slot.change)
        key = (slot.demand, terms, holder, keeper, self._case.fixed(slot.subject))
        if key not in self._known:
            self._known[key] = self._found(slot)
        return self._known[key]

    def _found(self, slot: Slot) -> tuple[Remedy, ...]:
        for changes in range(1, _MOST_CHANGES + 1):
            found = [
                (lack.levels, one.hours, -one.worth, one.member, one)
                for lack, one in self._with(slot, changes)
            ]
            if found:
                return tuple(remedy for *_, remedy in sorted(found)[:_SHOWN])
        return ()

    def _with(self, slot: Slot, changes: int) -> Iterator[tuple[_Lack, Remedy]]:
        """Yield what would do with so many changes."""
        lacks = self._lacks_for(slot.demand)
        lifts: dict[MemberId, list[str]] = {}
        for foe in self._case.foes(slot.subject):
            who = self._held[foe]
            if who is not None:
                lifts.setdefault(who, []).append(foe)
        short_of_hours = []
        for who, lack in lacks.items():
            count = len(lack.skills) + len(lack.rules) + len(lifts.get(who, ()))
            if count == changes:
                remedy = self._remedy(slot, lack, lifts.get(who, []), 0)
                if remedy is not None:
                    yield lack, remedy
            elif count == changes - 1:
                load = self._standing.load_without(slot, who)
                short_of_hours.append((load + slot.minutes - self._curves[who].limit, who))
        for _, who in sorted(short_of_hours)[:_SHOWN]:
            lack = lacks[who]
            remedy = self._remedy(slot, lack, lifts.get(who, []), None)
            if remedy is not None:
                yield lack, remedy

    def _remedy(self, slot: Slot, lack: _Lack, lifts: list[str], more: int | None) -> Remedy | None:
        """Return a remedy, with no hours more or with as many as it takes, if it would do."""
        who = lack.member.id
        curve, load = self._curves[who], self._standing.load_without(slot, who)
        most = self._cost_now(slot) - self._cost_of(slot, lack.member) - 1
        if more is None:
            more = curve.fewest_more(load, slot.minutes, most)
            if more is None:
                return None
        wider = curve.with_more(more)
        added = wider.added(load, slot.minutes)
        if load + slot.minutes > wider.limit or added > most:
            return None
        names = [self._case.slots[key].called or Phrase(key, key) for key in lifts]
        return Remedy(
            member=who,
            hours=Decimal(more) / 60,
            skills=lack.skills,
            rules=lack.rules,
            lifts=tuple(lifts),
            lifted=tuple(names),
            worth=points(most + 1 - added),
        )

    def _cost_now(self, slot: Slot) -> int:
        """Return what a slot costs as the plan has it."""
        keeper = self._held[slot.subject]
        if keeper is None:
            return self._case.cost_of_nobody(slot)
        load = self._standing.load_without(slot, keeper)
        return self._case.kept_cost(slot) + self._curves[keeper].added(load, slot.minutes)

    def _cost_of(self, slot: Slot, member: Member) -> int:
        """Return what a slot would cost with a member who had all that is wanted."""
        case, weights = self._case, self._case.weights
        lost = _FULL - slot.demand.fit(member, weights)
        lost -= weights.interest * slot.demand.interest(member)
        stays = slot.holder == member.id or not case.may_stay(slot)
        return slot.importance * (lost + (0 if stays else slot.change)) * POINT

    def _lacks_for(self, demand: Demand) -> dict[MemberId, _Lack]:
        """Return what each member lacks for a demand, where it can be told."""
        if demand not in self._lacks:
            case = self._case
            wants = case.crowd.wants(demand)
            found = {}
            for key, member in case.members.items():
                rules = case.rules(demand, member)
                lacking = [w for w, (_, kept) in zip(wants, rules, strict=True) if not kept]
                lack = self._lack(demand, member, lacking)
                is_one = len(case.crowd.crews[key]) == 1 or not lacking
                if is_one and lack is not None:
                    found[key] = lack
            self._lacks[demand] = found
        return self._lacks[demand]

    def _lack(self, demand: Demand, member: Member, lacking: list[Want]) -> _Lack | None:
        """Return what one who lacks some things would need; None where that is too much."""
        levels = {want.of[0]: want.of[1] for want in lacking if want.kind is Kind.SKILL}
        others = [want for want in lacking if want.kind not in {Kind.SKILL, Kind.FIT}]
        if len(levels) + len(others) > _MOST_CHANGES:
            return None
        able = _taught(member, levels)
        while demand.responsibility is not None and demand.fit(able, self._case.weights) <= 0:
            farthest = max(
                demand.skills,
                key=lambda one: (one.level - able.level_of(one.skill), one.skill),
                default=None,
            )
            if farthest is None or farthest.level <= able.level_of(farthest.skill):
                return None
            levels[farthest.skill] = able.level_of(farthest.skill) + 1
            able = _taught(member, levels)
        return _Lack(
            member=able,
            skills=tuple(SkillLevel(skill, level) for skill, level in sorted(levels.items())),
            levels=sum(level - member.level_of(skill) for skill, level in levels.items()),
            rules=tuple(want.label for want in others),
        )


def _taught(member: Member, levels: Mapping[str, int]) -> Member:
    """Return a member who has reached some levels."""
    if not levels:
        return member
    kept = [level for level in member.skills if level.skill not in levels]
    reached = [SkillLevel(skill, level) for skill, level in levels.items()]
    return attrs.evolve(member, skills=[*kept, *reached])
