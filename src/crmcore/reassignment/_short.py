"""Shortfalls: true and irreducible reasons why not everything can be covered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property

import attrs

from crmcore.allocation import Band, Budget, Conflict, Holder, Item, Option, Problem, solve
from crmcore.kernel import MemberId, Phrase
from crmcore.plans import Shortfall, Uncovered

from ._case import Case, Slot, shown_hours
from ._demand import Demand, Want
from ._hall import Need, hall_sets

_MOST_PIECES = 16
_MOST_TRIALS = 60
_MOST_BRANCHES = 30


class Shortfalls:
    """A plan, ready to answer why not everything can be covered.

    What goes as one is one item here, under the first of its subjects.

    Args:
        case: The slots and the members.
        held: Who holds each slot by the plan.
    """

    def __init__(self, case: Case, held: Mapping[str, MemberId | None]) -> None:
        self._case = case
        self._held = held
        self._limits = {key: holder.limit for key, holder in case.holders.items()}
        self._able: dict[Demand, frozenset[str]] = {}
        self._trials = 0

    @cached_property
    def _needs(self) -> dict[str, Need]:
        return {need.key: need for need in self._all_needs()}

    def of(self, uncovered: Collection[Uncovered]) -> tuple[Shortfall, ...]:
        """Return the reasons for what is uncovered, other than that hours are worth more.

        Args:
            uncovered: What nobody holds by the plan, or is kept against a rule.
        """
        if not uncovered:
            return ()
        dear = {self._key(each.subject) for each in uncovered if each.dearer is not None}
        open_ = {key for key, need in self._needs.items() if need.by is None}
        found = [*self._by_nobody(open_), *self._by_hours()]
        told = {self._key(key) for each in found for key in each.uncovered}
        found += self._by_pieces(sorted(open_ - told, key=lambda key: (key in dear, key)))
        return tuple(sorted(found, key=lambda one: one.items))

    def _key(self, subject: str) -> str:
        return self._case.bundle_of(subject)[0]

    def _all_needs(self) -> Iterator[Need]:
        """Yield each item, with who may hold it and could take its hours."""
        case, least = self._case, min(self._limits.values())
        for key, slot in case.slots.items():
            parts = [case.slots[part] for part in case.bundle_of(key)]
            if parts[0] is not slot:
                continue
            minutes = sum(part.minutes for part in parts)
            able = frozenset.intersection(*(self._able_for(part) for part in parts))
            who = self._held[key]
            is_open = who is None or any(case.breaks_rule(part, who) for part in parts)
            if minutes > least:
                able = frozenset(one for one in able if self._limits[MemberId(one)] >= minutes)
            yield Need(key, minutes, able, None if is_open else who)

    def _able_for(self, slot: Slot) -> frozenset[str]:
        """Return who keeps every rule for a slot."""
        if slot.demand not in self._able:
            judged = self._case.judge(slot.demand).items()
            self._able[slot.demand] = frozenset(key for key, one in judged if one.broken is None)
        able, fixed = self._able[slot.demand], self._case.fixed(slot.subject)
        return able if fixed is None else able & {fixed}

    def _by_nobody(self, open_: Collection[str]) -> Iterator[Shortfall]:
        """Yield why nobody at all could hold something, once for all that want the same."""
        alike: dict[tuple[Phrase, ...], list[Need]] = {}
        for key in sorted(open_):
            need = self._needs[key]
            if not need.holders:
                alike.setdefault(self._wanting(need), []).append(need)
        for wants, needs in alike.items():
            yield self._shortfall(needs[:1], (), wants, needs, sum(n.minutes for n in needs))

    def _wanting(self, need: Need) -> tuple[Phrase, ...]:
        """Return what nobody has together, and nothing that could be left out of it."""
        case = self._case
        parts = [case.slots[key] for key in case.bundle_of(need.key)]
        if frozenset.intersection(*(self._able_for(part) for part in parts)):
            hours = shown_hours(need.minutes)
            return (Phrase(f"{hours} h of one member", f"同一成员的{hours}小时"),)
        keepers = self._keepers(parts)
        named = list(keepers)
        for want in reversed(list(keepers)):
            rest = [one for one in named if one is not want]
            if rest and not frozenset.intersection(*(keepers[one] for one in rest)):
                named = rest
        return tuple(want.label for want in named)

    def _keepers(self, parts: Iterable[Slot]) -> dict[Want, frozenset[str]]:
        """Return for each thing that is wanted who has it."""
        case = self._case
        found: dict[Want, frozenset[str]] = {}
        for part in parts:
            wants = case.crowd.wants(part.demand)
            kept = {key: case.rules(part.demand, one) for key, one in case.members.items()}
            for at, want in enumerate(wants):
                found[want] = frozenset(key for key, rules in kept.items() if rules[at][1])
        return found

    def _by_hours(self) -> Iterator[Shortfall]:
        """Yield why hours do not suffice, whoever takes what."""
        needs = [need for need in self._needs.values() if need.holders and need.minutes]
        if all(need.by is not None for need in needs):
            return
        for found in hall_sets(needs, {str(key): most for key, most in self._limits.items()}):
            reason = self._shortfall(
                found.needs,
                found.holders,
                self._in_common(found.needs),
                found.explained,
                found.lacking,
            )
            yield attrs.evolve(reason, is_irreducible=found.is_irreducible)

    def _in_common(self, needs: Iterable[Need]) -> tuple[Phrase, ...]:
        """Return what all of several items want and not everybody has."""
        case, everybody = self._case, len(self._case.members)
        demands = {
            case.slots[key].demand: None for need in needs for key in case.bundle_of(need.key)
        }
        common: dict[Want, None] | None = None
        for demand in demands:
            wants = dict.fromkeys(case.crowd.wants(demand))
            common = wants if common is None else {w: None for w in common if w in wants}
        if not common:
            return ()
        first = next(iter(demands))
        rules = [case.rules(first, member) for member in case.members.values()]
        labels = {
            label: sum(each[at][1] for each in rules) for at, (label, _) in enumerate(rules[0])
        }
        return tuple(w.label for w in common if labels.get(w.label, everybody) < everybody)

    def _by_pieces(self, left: Iterable[str]) -> Iterator[Shortfall]:
        """Yield why a few items do not go together though hours would do."""
        told: set[str] = set()
        for key in left:
            found, is_irreducible = ([], False) if key in told else self._irreducible(key)
            if found:
                needs = [self._needs[one] for one in found]
                holders = frozenset[str]().union(*(need.holders for need in needs))
                explained = [need for need in needs if need.by is None]
                told |= {need.key for need in explained}
                reason = self._shortfall(needs, holders, (), explained, 0)
                yield attrs.evolve(reason, is_irreducible=is_irreducible)

    def _irreducible(self, key: str) -> tuple[list[str], bool]:
        """Return items about this one that cannot all be held, and if none can be left out.

        Where they can all be held, or it is not known, there are none.
        """
        kept = next((some for some in self._around(key) if self._is_too_much(some)), [])
        is_irreducible, foes = True, self._foes(key)
        for one in sorted(kept, key=lambda each: (each == key, each in foes, each)):
            rest = [each for each in kept if each != one]
            is_too_much = self._is_too_much(rest)
            is_irreducible &= is_too_much is not None
            if is_too_much:
                kept = rest
        return kept, is_irreducible

    def _around(self, key: str) -> Iterator[list[str]]:
        """Yield an item with all that is in its way, then with what is in the way of that, too.

        What is in the way is held by somebody who could hold the item, or must be apart from
        it. Where nothing more is, what is open and wants the same holders is in the way. The
        end is where items are too many, or all others have to do with none of them.
        """
        found = {key}
        while new := self._in_the_way(found):
            found |= new
            if len(found) > _MOST_PIECES:
                return
            yield sorted(found)

    def _in_the_way(self, found: Collection[str]) -> set[str]:
        """Return what else is in the way of some items; more than enough if that is too many."""
        holders = {who for one in found for who in self._needs[one].holders}
        new = {foe for one in found for foe in self._foes(one) if self._needs[foe].holders}
        for who in sorted(holders):
            new.update(self._by_holder.get(who, ()))
            if len(new) > _MOST_PIECES:
                return new
        wanting = (one for who in holders for one in self._open_for.get(who, ()))
        return new.difference(found) or set(wanting).difference(found)

    def _foes(self, key: str) -> set[str]:
        """Return the items that must have another holder than this one."""
        case = self._case
        return {self._key(foe) for part in case.bundle_of(key) for foe in case.foes(part)}

    @cached_property
    def _by_holder(self) -> dict[str, list[str]]:
        """What each holds by the plan."""
        found: dict[str, list[str]] = {}
        for need in self._needs.values():
            if need.by is not None:
                found.setdefault(need.by, []).append(need.key)
        return found

    @cached_property
    def _open_for(self) -> dict[str, list[str]]:
        """What is open that each could hold."""
        found: dict[str, list[str]] = {}
        for need in self._needs.values():
            for who in need.holders if need.by is None else ():
                found.setdefault(who, []).append(need.key)
        return found

    def _is_too_much(self, keys: Collection[str]) -> bool | None:
        """Say whether there is not somebody for each of these items; None where it is not known."""
        if self._trials >= _MOST_TRIALS:
            return None
        self._trials += 1
        holders = {who for key in keys for who in self._needs[key].holders}
        pairs = {(key, foe) for key in keys for foe in self._foes(key) if foe in keys}
        problem = Problem(
            items=[
                Item(
                    id=key,
                    minutes=self._needs[key].minutes,
                    uncovered=1,
                    options=tuple(Option(who) for who in sorted(self._needs[key].holders)),
                )
                for key in keys
            ],
            holders=[
                Holder(key, [Band(most, 0)] if most else [])
                for key, most in self._limits.items()
                if key in holders
            ],
            conflicts=[Conflict(one, other) for one, other in pairs],
        )
        proven = solve(problem, budget=Budget(nodes=_MOST_BRANCHES)).certificate
        return False if proven.value == 0 else True if proven.bound > 0 else None

    def _shortfall(
        self,
        needs: Collection[Need],
        holders: Collection[str],
        wants: tuple[Phrase, ...],
        explained: Iterable[Need],
        lacking: int,
    ) -> Shortfall:
        case = self._case
        items = sorted(need.key for need in needs)
        named = set(items)
        open_ = [
            key
            for need in explained
            for key in case.bundle_of(need.key)
            if self._held[key] is None or case.breaks_rule(case.slots[key], self._held[key])
        ]
        return Shortfall(
            items=tuple(items),
            names=tuple(case.slots[key].called or Phrase(key, key) for key in items),
            holders=tuple(MemberId(key) for key in sorted(holders)),
            wants=wants,
            need=_hours(sum(need.minutes for need in needs)),
            have=_hours(sum(self._limits[MemberId(key)] for key in holders)),
            apart=tuple(
                pair for pair in case.conflicts if {self._key(pair[0]), self._key(pair[1])} <= named
            ),
            lacking=_hours(lacking),
            uncovered=tuple(sorted(open_)),
        )


def _hours(minutes: int) -> Decimal:
    return Decimal(minutes) / 60
