"""Why nobody holds something: a funnel of rules, and whether hours are worth more elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from crmcore.kernel import MemberId, Phrase, round_half_up
from crmcore.plans import Uncovered

from ._case import Slot, shown_hours
from ._demand import Demand
from ._remedy import Remedies
from ._standing import Standing
from ._weights import points

_MEMBERS = Phrase("members", "名成员")

_Steps = Sequence[tuple[Phrase, int]]


class Gaps:
    """A plan, ready to answer why nobody holds something."""

    def __init__(self, standing: Standing) -> None:
        self._case = standing.case
        self._held = standing.held
        self._standing = standing
        self._remedies = Remedies(standing)
        self._funnels: dict[Demand, tuple[_Steps, tuple[MemberId, ...]]] = {}

    def of(self, slot: Slot) -> Uncovered:
        """Return why nobody holds a slot, or why it is kept against a rule."""
        case, keeper = self._case, self._held[slot.subject]
        parts = [case.slots[key] for key in case.bundle_of(slot.subject)]
        minutes = sum(part.minutes for part in parts)
        steps, able = self._funnel(slot.demand)
        funnel = list(steps)
        for part in parts:
            if part.demand != slot.demand:
                able = tuple(key for key in able if case.judge(part.demand)[key].broken is None)
        if steps[-1][1] > len(able):
            funnel.append((Phrase("all that goes with it", "同组事项的条件"), len(able)))
        foes = [foe for part in parts for foe in case.foes(part.subject)]
        busy = {self._held[foe] for foe in foes}
        free = [key for key in able if key not in busy]
        if len(free) < len(able):
            funnel.append((self._hands(foes, able), len(free)))
        ready = [key for key in free if self._standing.has_room(slot, key, minutes)]
        if free:
            need = shown_hours(minutes)
            funnel.append((Phrase(f"{need} h left", f"{need}小时余量"), len(ready)))
        dearer = self._dearer(parts, ready, minutes)
        absent = () if ready else case.could(part.demand for part in parts)
        unknown = slot.demand.unknown_skills([*case.members.values(), *case.absent.values()])
        remedies = () if unknown or len(parts) > 1 else self._remedies.of(slot)
        help_ = Phrase("; ".join(unknown), f"没有成员具备所需技能（{'；'.join(unknown)}）")
        return Uncovered(
            customer=slot.customer,
            responsibility=slot.responsibility,
            duty=slot.duty,
            cost=points(case.uncovered_cost(slot) if keeper is None else case.kept_cost(slot)),
            funnel=tuple(funnel),
            reason=_worded(case.counted(len(case.members)), funnel[1:], dearer, absent),
            remedy=help_ if unknown else next((one.wording for one in remedies), None),
            remedies=remedies,
            dearer=dearer,
            stays_with=keeper,
            rule=None if keeper is None else case.judge(slot.demand)[keeper].broken,
        )

    def _funnel(self, demand: Demand) -> tuple[_Steps, tuple[MemberId, ...]]:
        """Return how many members are left after each rule that some do not keep, and who."""
        if demand not in self._funnels:
            case = self._case
            kept = {key: case.rules(demand, member) for key, member in case.members.items()}
            left = list(case.members)
            steps = [(_MEMBERS, len(left))]
            for at, (label, _) in enumerate(kept[left[0]]):
                able = [key for key in left if kept[key][at][1]]
                if len(able) < len(left):
                    steps.append((label, len(able)))
                left = able
            self._funnels[demand] = steps, tuple(left)
        return self._funnels[demand]

    def _hands(self, foes: Collection[str], able: Collection[MemberId]) -> Phrase:
        """Return what those who are able hold that must be apart from it."""
        clashing = sorted({foe for foe in foes if self._held[foe] in able})
        names = [self._case.slots[foe].called or Phrase(foe, foe) for foe in clashing]
        english, chinese = ", ".join(n.en for n in names), "、".join(n.zh for n in names)
        return Phrase(f"hands free of {english}", f"不冲突的职责（{chinese}）")

    def _dearer(
        self, parts: Sequence[Slot], ready: Collection[MemberId], minutes: int
    ) -> Decimal | None:
        """Return by how many points an hour of whoever is ready costs more than it is worth."""
        if not ready or not minutes or self._held[parts[0].subject] is not None:
            return None
        standing = self._standing
        costs = [self._case.items[part.subject].costs for part in parts]
        worth = sum(self._case.cost_of_nobody(part) for part in parts)
        cost = min(
            sum(each.get(key, worth) for each in costs)
            + standing.curves[key].added(standing.loads[key], minutes)
            for key in ready
        )
        return points(max(cost - worth, 0)) * 60 / minutes


def _worded(
    everybody: Phrase,
    steps: Sequence[tuple[Phrase, int]],
    dearer: Decimal | None,
    absent: Sequence[MemberId],
) -> Phrase:
    english, chinese = [everybody.en], [everybody.zh]
    for label, count in steps:
        english.append(f"{count or 'none'} with {label.en}")
        chinese.append(f"{count}名具备{label.zh}")
    if dearer is not None:
        by = f"{round_half_up(dearer, 1).normalize() + 0:f}"
        english.append(f"but their hours are worth more elsewhere, by {by} points an hour")
        chinese.append(f"但其工时用于他处更有价值，每小时相差{by}分")
    if absent:
        english.append(f"only {', '.join(absent)} could, without any hours in the plan")
        chinese.append(f"仅{'、'.join(absent)}符合条件，但在方案中无可用工时")
    return Phrase(" → ".join(english), " → ".join(chinese))
