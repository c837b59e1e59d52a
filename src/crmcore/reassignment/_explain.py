"""From the numbers of a solution to a plan that gives its reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from crmcore.allocation import Budget, Holder, Incumbent, Item, Option, Solution, solve
from crmcore.development import SkillGap, gaps_of
from crmcore.kernel import MemberId, Reason, Undefined

from ._case import Case, Slot
from ._move import Move, MoveKind, MoveReason, Term
from ._plan import Balance, MemberLoad, Plan, PlanKind
from ._uncovered import why_uncovered
from ._weights import points

Holding = dict[str, MemberId | None]


def plan_for(
    case: Case,
    *,
    kind: PlanKind,
    as_of: date,
    budget: Budget | None,
    progress: Callable[[str, int], None] | None,
) -> Plan:
    """Solve a case and explain the solution."""
    problem = case.problem()
    weights = case.weights
    incumbent = Incumbent(tolerance=Fraction(weights.tolerance), dead_band=weights.dead_band * 1000)
    solution = solve(problem, budget=budget, incumbent=incumbent, progress=progress)
    return _Explained(case, {item.id: item for item in problem.items}, solution).plan(kind, as_of)


class _Explained:
    """A solved case, ready to answer why."""

    def __init__(self, case: Case, items: dict[str, Item], solution: Solution) -> None:
        self._case = case
        self._items = items
        self._certificate = solution.certificate
        self._held: Holding = {key: _member(who) for key, who in solution.assignment}
        self._today: Holding = {key: slot.holder for key, slot in case.slots.items()}
        self._prices = {MemberId(key): price for key, price in solution.certificate.prices}
        self._loads_today = self._minutes(self._today)
        self._loads = self._minutes(self._held)
        self._gained = self._largest_gains()
        self._curves = {key: _Curve(holder) for key, holder in case.holders.items()}

    def plan(self, kind: PlanKind, as_of: date) -> Plan:
        case = self._case
        uncovered = [
            why_uncovered(case, slot, self._held, self._loads)
            for key, slot in case.slots.items()
            if self._held[key] is None or self._breaks_rule(slot, self._held[key])
        ]
        moves = [
            self._move(slot)
            for key, slot in case.slots.items()
            if self._held[key] != self._today[key]
        ]
        kept = [
            slot
            for key, slot in case.slots.items()
            if slot.holder is not None and self._held[key] == slot.holder
        ]
        started = [slot for slot in case.slots.values() if slot.holder is not None]
        return Plan(
            kind=kind,
            as_of=as_of,
            moves=tuple(moves),
            kept=len(kept),
            uncovered=tuple(uncovered),
            certificate=self._certificate,
            before=self._balance(self._today, self._loads_today),
            after=self._balance(self._held, self._loads),
            kept_share=_share(Decimal(len(kept)), Decimal(len(started))),
            kept_value_share=_share(
                sum((slot.value for slot in kept), Decimal(0)),
                sum((slot.value for slot in started), Decimal(0)),
            ),
            prices=tuple((key, points(price * 60)) for key, price in self._prices.items()),
            points=self._points(self._held),
            points_before=self._points_today(),
            gaps=self._gaps(),
        )

    def _minutes(self, held: Holding) -> dict[MemberId, int]:
        loads = dict.fromkeys(self._case.members, 0)
        for key, who in held.items():
            if who in loads:
                loads[who] += self._case.slots[key].minutes
        return loads

    def _largest_gains(self) -> dict[MemberId, str]:
        """Return the largest slot that each member gets anew."""
        slots = self._case.slots.values()
        new = [slot for slot in slots if self._held[slot.subject] not in (None, slot.holder)]
        new.sort(key=lambda slot: slot.minutes)
        return {who: slot.subject for slot in new if (who := self._held[slot.subject])}

    def _balance(self, held: Holding, loads: dict[MemberId, int]) -> Balance:
        counts = dict.fromkeys(self._case.members, 0)
        for who in held.values():
            if who in counts:
                counts[who] += 1
        return Balance(
            loads=tuple(
                MemberLoad(
                    member=key,
                    hours=Decimal(loads[key]) / 60,
                    capacity=Decimal(self._case.minutes[key]) / 60,
                    items=counts[key],
                )
                for key in self._case.members
            ),
            unheld=len(held) - sum(counts.values()),
        )

    def _points(self, held: Holding) -> tuple[tuple[Term, Decimal], ...]:
        """Return what holding costs, by term."""
        costs = dict.fromkeys(Term, 0)
        for key, who in held.items():
            item = self._items[key]
            if who is None:
                costs[Term.COVER] += item.uncovered
                continue
            option = _option(item, who)
            if self._breaks_rule(self._case.slots[key], who):
                costs[Term.COVER] += option.cost
                continue
            costs[Term.FIT] += option.fit
            costs[Term.INTEREST] += option.interest
            costs[Term.CHANGE] += option.tax
        loads = self._minutes(held)
        costs[Term.HOURS] = sum(h.cost(loads[key]) for key, h in self._case.holders.items())
        return tuple((term, points(cost)) for term, cost in costs.items())

    def _points_today(self) -> Decimal | Undefined:
        """Return what today's assignment costs, if it breaks no rule."""
        case = self._case
        breaks = (
            any(slot.holder is not None and not case.may_stay(slot) for slot in case.slots.values())
            or any(load > case.holders[key].limit for key, load in self._loads_today.items())
            or any(
                self._today[one] is not None and self._today[one] == self._today[other]
                for one, other in case.conflicts
            )
            or any(self._today[key] != member for key, member in case.pins.items())
        )
        if breaks:
            return Undefined(Reason.NOT_APPLICABLE)
        return sum((cost for _, cost in self._points(self._today)), Decimal(0))

    def _move(self, slot: Slot) -> Move:
        return Move(
            customer=slot.customer,
            responsibility=slot.responsibility,
            duty=slot.duty,
            from_member=slot.holder,
            to_member=self._held[slot.subject],
            expected_version=slot.version,
            reason=self._reason(slot),
        )

    def _reason(self, slot: Slot) -> MoveReason:
        item, case = self._items[slot.subject], self._case
        new = self._held[slot.subject]
        before = next((option for option in item.options if option.holder == slot.holder), None)
        after = _option(item, new) if new is not None else None
        terms = self._terms(slot, before, after)
        judged = case.judge(slot.demand)
        kind, other = self._kind(slot, before, terms)
        taken = {self._held[foe] for foe in case.foes(slot.subject)}
        if kind.is_forced or kind is MoveKind.MAKES_ROOM:
            taken.add(slot.holder)
        rivals = sorted(
            (self._cost_with(slot, option), option.holder)
            for option in item.options
            if option is not after and option.holder not in taken and self._has_room(slot, option)
        )
        first = rivals[0] if rivals and after is not None else None
        return MoveReason(
            kind=kind,
            rule=judged[slot.holder].broken
            if slot.holder is not None and kind is MoveKind.NOT_ELIGIBLE
            else None,
            other=other,
            fit_before=judged[MemberId(before.holder)].fit
            if before is not None and not self._breaks_rule(slot, slot.holder)
            else None,
            fit_after=judged[MemberId(after.holder)].fit if after is not None else None,
            terms=tuple((term, points(won)) for term, won in terms.items() if won),
            runner_up=MemberId(first[1]) if first is not None else None,
            margin=points(first[0] - self._cost_with(slot, after))
            if first is not None and after is not None
            else None,
        )

    def _breaks_rule(self, slot: Slot, who: MemberId | None) -> bool:
        """Say whether somebody holds a slot against a rule, which only today's holder may."""
        return who is not None and who == slot.holder and not self._case.may_stay(slot)

    def _cost_with(self, slot: Slot, option: Option) -> int:
        """Return what it costs that this option holds a slot, with all the rest of the plan."""
        return option.cost + self._hours_with(slot, MemberId(option.holder))

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
            if self._breaks_rule(slot, MemberId(option.holder)):
                terms[Term.COVER] += sign * option.cost
            else:
                terms[Term.FIT] += sign * option.fit
                terms[Term.INTEREST] += sign * option.interest
                terms[Term.CHANGE] += sign * option.tax
            terms[Term.HOURS] += sign * self._hours_with(slot, MemberId(option.holder))
        return terms

    def _kind(
        self, slot: Slot, before: Option | None, terms: dict[Term, int]
    ) -> tuple[MoveKind, str | None]:
        """Return why a slot moves, and which other one it makes way for."""
        who = slot.holder
        if who is None:
            return MoveKind.FIRST, None
        if before is None or self._breaks_rule(slot, who):
            return self._force(slot, who), None
        foes = self._case.foes(slot.subject)
        clash = next((foe for foe in foes if self._today[foe] == who), None)
        if clash is not None:
            return MoveKind.CONFLICT, clash
        if self._loads_today[who] > self._case.holders[who].limit:
            return MoveKind.OVER_LIMIT, None
        return self._choose(slot, who, terms)

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

    def _force(self, slot: Slot, who: MemberId) -> MoveKind:
        """Return what forces a slot away from somebody who may not go on holding it."""
        if who not in self._case.members:
            return MoveKind.LEFT
        if not self._case.may_stay(slot):
            return MoveKind.NOT_ELIGIBLE
        return MoveKind.PINNED

    def _gaps(self) -> tuple[SkillGap, ...]:
        """Return the levels that members lack for the responsibilities they get."""
        case = self._case
        return gaps_of(
            (case.members[who], slot.responsibility, slot.demand.skills)
            for key, slot in case.slots.items()
            if (who := self._held[key]) is not None and slot.responsibility is not None
        )


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


def _member(key: str | None) -> MemberId | None:
    return None if key is None else MemberId(key)


def _option(item: Item, who: str | None) -> Option:
    return next(option for option in item.options if option.holder == who)


def _share(part: Decimal, whole: Decimal) -> Fraction | Undefined:
    return Fraction(part) / Fraction(whole) if whole else Undefined(Reason.ZERO_DENOMINATOR)
