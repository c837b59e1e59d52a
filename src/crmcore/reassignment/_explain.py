"""From the numbers of a solution to a plan that gives its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from crmcore.allocation import Item, Solution
from crmcore.development import SkillGap, gaps_of
from crmcore.kernel import MemberId, Reason, Undefined
from crmcore.plans import Balance, MemberChange, MemberLoad, Move, Plan, PlanKind, Term

from ._case import Case, Slot
from ._reason import Reasons, change_of, option_of
from ._short import Shortfalls
from ._solving import Effort, solve_case
from ._standing import Standing
from ._uncovered import Gaps
from ._weights import points

Holding = dict[str, MemberId | None]


def plan_for(case: Case, *, kind: PlanKind, as_of: date, effort: Effort) -> Plan:
    """Solve a case and explain the solution."""
    solved, solution = solve_case(case, effort)
    return _Explained(solved, solved.items, solution).plan(kind, as_of)


class _Explained:
    """A solved case, ready to answer why."""

    def __init__(self, case: Case, items: Mapping[str, Item], solution: Solution) -> None:
        self._case = case
        self._items = items
        self._solution = solution
        self._certificate = solution.certificate
        self._held: Holding = case.spread(solution.assignment)
        self._today: Holding = {key: slot.holder for key, slot in case.slots.items()}
        self._prices = {MemberId(key): price for key, price in solution.certificate.prices}
        self._loads_today = self._minutes(self._today)
        self._loads = self._minutes(self._held)
        self._reasons = Reasons(
            case,
            items,
            self._held,
            solution.certificate,
            loads_today=self._loads_today,
            loads=self._loads,
        )

    def plan(self, kind: PlanKind, as_of: date) -> Plan:
        case = self._case
        curves = self._reasons.curves
        gaps = Gaps(Standing(case=case, held=self._held, loads=self._loads, curves=curves))
        uncovered = [
            gaps.of(slot)
            for key, slot in case.slots.items()
            if self._held[key] is None or self._case.breaks_rule(slot, self._held[key])
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
        points_before, skill_gaps = self._points_today(), self._gaps()
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
            points_before=points_before,
            won=self._won(points_before),
            gaps=skill_gaps,
            shortfalls=Shortfalls(case, self._held).of(uncovered),
            changes=tuple(self._changes(skill_gaps)),
            breaches=tuple(case.breaches()),
            stopped=self._solution.stopped,
            seconds=self._solution.seconds,
        )

    def _minutes(self, held: Holding) -> dict[MemberId, int]:
        loads = dict.fromkeys(self._case.members, 0)
        for key, who in held.items():
            if who in loads:
                loads[who] += self._case.slots[key].minutes
        return loads

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
                costs[Term.CHANGE] += change_of(item, None)
                continue
            option = option_of(item, who)
            if self._case.breaks_rule(self._case.slots[key], who):
                costs[Term.COVER] += option.cost
                continue
            costs[Term.FIT] += option.fit
            costs[Term.INTEREST] += option.interest
            costs[Term.CHANGE] += change_of(item, who)
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

    def _won(
        self, points_before: Decimal | Undefined
    ) -> tuple[tuple[Term, Decimal], ...] | Undefined:
        """Return what the plan wins on today's assignment, by term."""
        if isinstance(points_before, Undefined):
            return points_before
        before, after = dict(self._points(self._today)), dict(self._points(self._held))
        return tuple((term, before[term] - after[term]) for term in Term if term in before)

    def _changes(self, gaps: Iterable[SkillGap]) -> Iterator[MemberChange]:
        """Yield what the plan means for each member who holds something before or after."""
        case = self._case
        keeps: dict[MemberId, list[Slot]] = {}
        gains: dict[MemberId, list[Slot]] = {}
        loses: dict[MemberId, list[Slot]] = {}
        for key, slot in case.slots.items():
            now, then = slot.holder, self._held[key]
            if then is not None:
                (keeps if now == then else gains).setdefault(then, []).append(slot)
            if now is not None and now != then:
                loses.setdefault(now, []).append(slot)
        prices = {key: points(price * 60) for key, price in self._prices.items()}
        for who in sorted({*case.members, *keeps, *gains, *loses}):
            kept, come, gone = (each.get(who, []) for each in (keeps, gains, loses))
            staying = _hours(kept)
            yield MemberChange(
                member=who,
                keeps=_subjects(kept),
                gains=_subjects(come),
                loses=_subjects(gone),
                hours_gained=_hours(come),
                hours_lost=_hours(gone),
                value_gained=_value(come),
                value_lost=_value(gone),
                hours_before=staying + _hours(gone),
                hours_after=staying + _hours(come),
                capacity=Decimal(case.minutes.get(who, 0)) / 60,
                hour_price=prices.get(who),
                gaps=tuple(gap for gap in gaps if gap.member == who),
            )

    def _move(self, slot: Slot) -> Move:
        return Move(
            customer=slot.customer,
            responsibility=slot.responsibility,
            duty=slot.duty,
            from_member=slot.holder,
            to_member=self._held[slot.subject],
            expected_version=slot.version,
            reason=self._reasons.of(slot),
        )

    def _gaps(self) -> tuple[SkillGap, ...]:
        """Return the levels that members lack for the responsibilities they get."""
        case = self._case
        return gaps_of(
            (case.members[who], slot.responsibility, slot.demand.skills)
            for key, slot in case.slots.items()
            if (who := self._held[key]) is not None and slot.responsibility is not None
        )


def _subjects(slots: Iterable[Slot]) -> tuple[str, ...]:
    return tuple(slot.subject for slot in slots)


def _hours(slots: Iterable[Slot]) -> Decimal:
    return Decimal(sum(slot.minutes for slot in slots)) / 60


def _value(slots: Iterable[Slot]) -> Decimal:
    return sum((slot.value for slot in slots), Decimal(0))


def _share(part: Decimal, whole: Decimal) -> Fraction | Undefined:
    return Fraction(part) / Fraction(whole) if whole else Undefined(Reason.ZERO_DENOMINATOR)
