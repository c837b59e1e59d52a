"""Why nobody holds something: a funnel of rules, and the smallest change that would help."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from crmcore.kernel import MemberId, Phrase, round_half_up
from crmcore.organization import Member
from crmcore.plans import Uncovered

from ._case import Case, Slot
from ._weights import points

Held = Mapping[str, MemberId | None]
Loads = Mapping[MemberId, int]

_MEMBERS = Phrase("members", "名成员")


def why_uncovered(case: Case, slot: Slot, held: Held, loads: Loads) -> Uncovered:
    """Say why nobody holds a slot, or why it is kept against a rule."""
    judged, keeper = case.judge(slot.demand), held[slot.subject]
    able = [key for key, judgement in judged.items() if judgement.broken is None]
    foes = case.foes(slot.subject)
    busy = {held[foe] for foe in foes}
    free = [key for key in able if key not in busy]
    roomy = [
        key
        for key, holder in case.holders.items()
        if key not in busy and (key == keeper or loads[key] + slot.minutes <= holder.limit)
    ]
    ready = [key for key in roomy if key in able]
    funnel = [*_rules(case, slot)]
    if len(free) < len(able):
        what = ", ".join(sorted({foe.partition(":")[2] for foe in foes if held[foe] in able}))
        funnel.append((Phrase(f"hands free of {what}", f"不冲突的职责（{what}）"), len(free)))
    if free:
        need = _shown(slot.minutes)
        funnel.append((Phrase(f"{need} h left", f"{need}小时余量"), len(ready)))
    return Uncovered(
        customer=slot.customer,
        responsibility=slot.responsibility,
        duty=slot.duty,
        cost=points(case.uncovered_cost(slot) if keeper is None else case.kept_cost(slot)),
        funnel=tuple(funnel),
        reason=_worded(funnel, dear=bool(ready)),
        remedy=_hours(case, slot, free, loads) if free else _training(case, slot, roomy),
        stays_with=keeper,
        rule=None if keeper is None else judged[keeper].broken,
    )


def _rules(case: Case, slot: Slot) -> list[tuple[Phrase, int]]:
    """Return how many members are left after each rule that some do not keep."""
    left = list(case.members.values())
    funnel = [(_MEMBERS, len(left))]
    labels = [rule for rule, _ in case.rules(slot.demand, left[0])]
    for at, label in enumerate(labels):
        able = [member for member in left if _kept(case, slot, member)[at]]
        if len(able) < len(left):
            funnel.append((label, len(able)))
        left = able
    return funnel


def _kept(case: Case, slot: Slot, member: Member) -> list[bool]:
    """Return for each rule whether a member keeps it."""
    return [kept for _, kept in case.rules(slot.demand, member)]


def _worded(funnel: list[tuple[Phrase, int]], *, dear: bool) -> Phrase:
    (_, everybody), *steps = funnel
    english = [f"{everybody} member{'' if everybody == 1 else 's'}"]
    chinese = [f"{everybody}名成员"]
    for label, count in steps:
        english.append(f"{count or 'none'} with {label.en}")
        chinese.append(f"{count}名具备{label.zh}")
    if dear:
        english.append("but their hours are worth more elsewhere")
        chinese.append("但其工时用于他处更有价值")
    return Phrase(" → ".join(english), " → ".join(chinese))


def _hours(case: Case, slot: Slot, free: list[MemberId], loads: Loads) -> Phrase | None:
    """Return the fewest hours that would do, where hours are what is wanting."""
    lacking = {key: loads[key] + slot.minutes - case.holders[key].limit for key in free}
    who = min(lacking, key=lambda key: (lacking[key], key))
    if lacking[who] <= 0:
        return None
    hours = _shown(lacking[who])
    return Phrase(f"{hours} h more for {who} would do", f"为{who}增加{hours}小时即可")


def _training(case: Case, slot: Slot, roomy: list[MemberId]) -> Phrase | None:
    """Return the shortest training that would do for one who has the hours and no conflict."""
    unknown = slot.demand.unknown_skills(case.members.values())
    if unknown:
        return Phrase("; ".join(unknown), f"没有成员具备所需技能（{'；'.join(unknown)}）")
    best: tuple[int, MemberId, str, int] | None = None
    for key in roomy:
        member = case.members[key]
        rules = _kept(case, slot, member)
        short = [
            (slot.demand.least(wanted), wanted.skill)
            for wanted, kept in zip(slot.demand.skills, rules, strict=False)
            if not kept
        ]
        if len(short) == rules.count(False) == 1:
            level, skill = short[0]
            found = (level - member.level_of(skill), key, skill, level)
            best = found if best is None else min(best, found)
    if best is None:
        return None
    _, who, skill, level = best
    return Phrase(
        f"training {who} in {skill} up to level {level} would do",
        f"将{who}的{skill}培训至{level}级即可",
    )


def _shown(minutes: int) -> Decimal:
    return round_half_up(Decimal(minutes) / 60, 2).normalize() + 0
