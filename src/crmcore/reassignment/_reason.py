"""Reasons: why something moves, and what the plan would lose without that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from heapq import nsmallest

from crmcore.allocation import Certificate, Item, Option
from crmcore.kernel import MemberId, Phrase
from crmcore.plans import MoveKind, MoveReason, Term

from ._case import Case, Slot
from ._curve import Curve
from ._forces import Forces
from ._weights import POINT, points

_NEVER = 1 << 60
_SHORT = 8  # whom to remember of all who could take an item


class Reasons:
    """A plan, ready to answer why something moves.

    What it needs of all options of an item it finds out once for all items that share them
    and take as long: what follows for one move looks at a few holders only.

    Args:
        case: The slots and the members.
        items: The slots as items of allocation, by subject.
        held: Who holds each slot by the plan.
        certificate: What is proven of the plan, with the prices of the holders' minutes.
        loads_today: The minutes of each member today.
        loads: The minutes of each member by the plan.
    """

    def __init__(
        self,
        case: Case,
        items: Mapping[str, Item],
        held: Mapping[str, MemberId | None],
        certificate: Certificate,
        *,
        loads_today: Mapping[MemberId, int],
        loads: Mapping[MemberId, int],
    ) -> None:
        self._case = case
        self._items = items
        self._held = held
        self._certificate = certificate
        self._prices = dict(certificate.prices)
        self._loads_today = loads_today
        self._loads = loads
        self.curves = {key: Curve.of(h, case.minutes[key]) for key, h in case.holders.items()}
        self._rankings: dict[tuple[int, int], tuple[tuple[int, str], ...]] = {}
        self._more: dict[int, dict[str, int]] = {}
        self._cheapest: dict[tuple[int, int], int] = {}
        self._gained = self._largest_gains()
        self._forces = Forces(
            case, items, held, loads_today=loads_today, own_gain=self._gain_without_hours
        )

    def of(self, slot: Slot) -> MoveReason:
        """Return why a slot moves from today's holder to the new one."""
        case, judged = self._case, self._case.judge(slot.demand)
        before, after = self._ends(slot)
        terms = self._terms(slot, before, after)
        force = self._forces.on(slot)
        kind, other = self._choose(slot) if force is None else (force.kind, force.other)
        rival = self._runner_up(slot, after, kind) if after is not None else None
        is_told = force is None or kind is MoveKind.OVER_LIMIT
        return MoveReason(
            kind=kind,
            rule=force.rule if force is not None else None,
            other=other,
            other_name=None if other is None else self._name(other),
            fit_before=judged[MemberId(before.holder)].fit
            if before is not None and not case.breaks_rule(slot, slot.holder)
            else None,
            fit_after=judged[MemberId(after.holder)].fit if after is not None else None,
            terms=tuple((term, points(won)) for term, won in terms.items() if won),
            runner_up=MemberId(rival[1]) if rival is not None else None,
            margin=points(rival[0] - self._cost_with(slot, after))
            if rival is not None and after is not None
            else None,
            hour_before=self._hour(slot.holder),
            hour_after=self._hour(self._held[slot.subject]),
            keep_cost=self._keep_cost(slot, before) if force is None else None,
            flip=self._flip(slot, before, terms) if force is None else None,
            flip_hours=self._flip_hours(slot, before, terms) if is_told else None,
        )

    def _name(self, key: str) -> Phrase | None:
        return self._case.slots[key].called

    def _hour(self, who: MemberId | None) -> Decimal | None:
        """Return what an hour of somebody is worth, in points."""
        return points(self._prices[who] * 60) if who in self._prices else None

    def _cost_with(self, slot: Slot, option: Option) -> int:
        """Return what it costs that this option holds a slot, with all the rest of the plan."""
        own = option.cost + change_of(self._items[slot.subject], option.holder)
        return own + self._hours_with(slot, MemberId(option.holder))

    def _hours_with(self, slot: Slot, who: MemberId) -> int:
        """Return what the load curve of a member rises by with a slot."""
        return self.curves[who].added(self._load_without(slot, who), slot.minutes)

    def _load_without(self, slot: Slot, who: MemberId) -> int:
        return self._loads[who] - (slot.minutes if self._held[slot.subject] == who else 0)

    def _has_room(self, slot: Slot, who: MemberId) -> bool:
        return self._load_without(slot, who) + slot.minutes <= self.curves[who].limit

    def _runner_up(self, slot: Slot, after: Option, kind: MoveKind) -> tuple[int, str] | None:
        """Return who else would be best, with what that costs; None for one of several."""
        case, item = self._case, self._items[slot.subject]
        if len(case.bundle_of(slot.subject)) > 1:
            return None
        taken: set[str | None] = {self._held[foe] for foe in case.foes(slot.subject)}
        if kind.is_forced or kind is MoveKind.MAKES_ROOM:
            taken.add(slot.holder)
        rivals = []
        first = self._first_of(item, {*taken, after.holder, item.current})
        if first is not None:
            rivals.append((first[0] + change_of(item, first[1]), first[1]))
        now = next((one for one in item.options if one.holder == item.current), None)
        if now is not None and now is not after and now.holder not in taken:
            who = MemberId(now.holder)
            if self._has_room(slot, who):
                rivals.append((self._cost_with(slot, now), who))
        return min(rivals, default=None)

    def _first_of(self, item: Item, but: Collection[str | None]) -> tuple[int, str] | None:
        """Return whom an item would cost least with the hours, without a change, but for some."""
        key = (id(item.options), item.minutes)
        if key not in self._rankings:
            self._rankings[key] = tuple(nsmallest(_SHORT, self._costs_with(item)))
        found = next((one for one in self._rankings[key] if one[1] not in but), None)
        if found is None and len(self._rankings[key]) == _SHORT:
            found = min((one for one in self._costs_with(item) if one[1] not in but), default=None)
        return found

    def _costs_with(self, item: Item) -> Iterator[tuple[int, str]]:
        """Yield what one more such item would cost whoever has room for it, and who that is."""
        added = self._added(item.minutes)
        for option in item.options:
            if option.holder in added:
                yield option.cost + added[option.holder], option.holder

    def _added(self, minutes: int) -> Mapping[str, int]:
        """Return what so many minutes more cost each member who has room for them."""
        if minutes not in self._more:
            self._more[minutes] = {
                who: curve.added(self._loads[who], minutes)
                for who, curve in self.curves.items()
                if self._loads[who] + minutes <= curve.limit
            }
        return self._more[minutes]

    def _keep_cost(self, slot: Slot, before: Option | None) -> Decimal | None:
        """Return what every plan costs more in which today's holder keeps a slot.

        Whatever else it does, such a plan costs at least the bound of the prices and what the
        slot loses at them with today's holder.
        """
        item, proven = self._items[slot.subject], self._certificate
        if before is None or len(self._case.bundle_of(slot.subject)) > 1:
            return None
        kept = before.cost + change_of(item, before.holder)
        kept += item.minutes * self._prices[before.holder]
        loss = kept - min(item.cost_of_nobody, kept, self._least_at_prices(item))
        least = proven.price_bound + loss - proven.value
        return points(least) if least > 0 else None

    def _least_at_prices(self, item: Item) -> int:
        """Return what an item costs at least at the prices if it changes hands."""
        key = (id(item.options), item.minutes)
        if key not in self._cheapest:
            limits = self._case.holders
            costs = (
                option.cost + item.minutes * self._prices[option.holder]
                for option in item.options
                if item.minutes <= limits[MemberId(option.holder)].limit
            )
            self._cheapest[key] = min(costs, default=_NEVER)
        held = any(option.holder == item.current for option in item.options)
        return self._cheapest[key] + (item.change if held else 0)

    def _flip(
        self, slot: Slot, before: Option | None, terms: Mapping[Term, int]
    ) -> Fraction | None:
        """Return at how many times the price of the change a slot would stay."""
        price, net = -terms[Term.CHANGE], self._above_dead_band(terms)
        if before is None or price <= 0 or net < 0 or self._foe_with(slot, slot.holder):
            return None
        return 1 + Fraction(net, price) if self._has_room(slot, MemberId(before.holder)) else None

    def _flip_hours(
        self, slot: Slot, before: Option | None, terms: Mapping[Term, int]
    ) -> Decimal | None:
        """Return with how many hours of capacity more today's holder would keep a slot."""
        if before is None or self._case.is_capped or self._foe_with(slot, slot.holder):
            return None
        who, net = MemberId(before.holder), self._above_dead_band(terms)
        if net <= 0 and self._has_room(slot, who):
            return None
        most = self._hours_with(slot, who) - max(net, 0)
        more = self.curves[who].fewest_more(self._loads[who], slot.minutes, most)
        return None if more is None else Decimal(more) / 60

    def _above_dead_band(self, terms: Mapping[Term, int]) -> int:
        return sum(terms.values()) - self._case.weights.dead_band * POINT

    def _foe_with(self, slot: Slot, who: MemberId | None) -> str | None:
        """Return what somebody holds by the plan that a slot must be apart from."""
        foes = self._case.foes(slot.subject)
        return next((foe for foe in foes if self._held[foe] == who), None)

    def _gain_without_hours(self, slot: Slot) -> int:
        terms = self._terms(slot, *self._ends(slot))
        return sum(terms.values()) - terms[Term.HOURS]

    def _terms(self, slot: Slot, before: Option | None, after: Option | None) -> dict[Term, int]:
        """Return what is won by each term when one option gives way to the other."""
        terms = dict.fromkeys(Term, 0)
        for option, sign in ((before, 1), (after, -1)):
            if option is None:
                terms[Term.COVER] += sign * self._case.uncovered_cost(slot)
                terms[Term.CHANGE] += sign * change_of(self._items[slot.subject], None)
                continue
            if self._case.breaks_rule(slot, MemberId(option.holder)):
                terms[Term.COVER] += sign * option.cost
            else:
                terms[Term.FIT] += sign * option.fit
                terms[Term.INTEREST] += sign * option.interest
                terms[Term.CHANGE] += sign * change_of(self._items[slot.subject], option.holder)
            terms[Term.HOURS] += sign * self._hours_with(slot, MemberId(option.holder))
        return terms

    def _choose(self, slot: Slot) -> tuple[MoveKind, str | None]:
        """Return why something moves that could have stayed, and which other one it is for.

        What does not pay by itself makes room for what today's holder gets instead.
        """
        case, who = self._case, slot.holder
        if who is None:
            return MoveKind.FIRST, None
        parts = [case.slots[key] for key in case.bundle_of(slot.subject)]
        leader = next((p for p in parts if p.holder != who or self._forces.on(p)), None)
        if leader is not None:
            return MoveKind.TOGETHER, leader.subject
        terms = self._terms_together(parts)
        foe = self._foe_with(slot, who)
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

    def _terms_together(self, parts: Iterable[Slot]) -> dict[Term, int]:
        """Return what is won by each term when all of a bundle move."""
        each = [self._terms(part, *self._ends(part)) for part in parts]
        return {term: sum(terms[term] for terms in each) for term in Term}

    def _ends(self, slot: Slot) -> tuple[Option | None, Option | None]:
        """Return the options that a slot moves between."""
        item, new = self._items[slot.subject], self._held[slot.subject]
        before = next((option for option in item.options if option.holder == slot.holder), None)
        return before, None if new is None else option_of(item, new)

    def _largest_gains(self) -> dict[MemberId, str]:
        """Return the largest slot that each member gets anew."""
        slots = self._case.slots.values()
        new = [slot for slot in slots if self._held[slot.subject] not in (None, slot.holder)]
        new.sort(key=lambda slot: slot.minutes)
        return {who: slot.subject for slot in new if (who := self._held[slot.subject])}


def option_of(item: Item, who: str | None) -> Option:
    """Return the option of an item that somebody is."""
    return next(option for option in item.options if option.holder == who)


def change_of(item: Item, who: str | None) -> int:
    """Return what it costs that an item changes hands to somebody, or to nobody."""
    if who == item.current or all(option.holder != item.current for option in item.options):
        return 0
    return item.change
