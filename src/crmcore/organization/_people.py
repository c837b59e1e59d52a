"""The audit of people: do hours and roles fit?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase, minutes

from ._assignment import Duty
from ._member import Member
from ._situation import Situation, found, shown_hours

_GRAVE = Fraction(11, 10)


def audit_people(
    situation: Situation, *, overload_above: Decimal, idle_below: Decimal
) -> Iterator[Finding]:
    """Find who has too much to do, who too little, who no role, and whether hours suffice."""
    for member in situation.present:
        if not member.roles:
            yield found(
                "no_role",
                Severity.WARNING,
                f"member:{member.id}",
                Phrase(f"{member.name} has no role", f"{member.name}没有岗位"),
                suggestion=Phrase(
                    "Give the member a role, so that scope and purpose are clear",
                    "请为该成员指定岗位，明确其职责范围和目的",
                ),
            )
        yield from _hours_of(situation, member, Fraction(overload_above), Fraction(idle_below))
    yield from _hours_of_all(situation)


def _hours_of(
    situation: Situation, member: Member, overload_above: Fraction, idle_below: Fraction
) -> Iterator[Finding]:
    load, capacity = situation.load(member), situation.capacity(member)
    if load > overload_above * capacity:
        yield _overload(situation, member, load, capacity, overload_above)
    elif load < idle_below * capacity:
        has, does = shown_hours(capacity), shown_hours(load)
        yield found(
            "idle_capacity",
            Severity.NOTE,
            f"member:{member.id}",
            Phrase(
                f"{member.name} has {does} h of work in weeks of {has} h",
                f"{member.name}每周可用{has}小时，只安排了{does}小时的工作",
            ),
            evidence=_evidence(situation, member, load, capacity),
            suggestion=Phrase(
                f"There is room for {shown_hours(capacity - load)} h a week",
                f"每周还可安排{shown_hours(capacity - load)}小时",
            ),
        )


def _overload(
    situation: Situation, member: Member, load: Fraction, capacity: Fraction, limit: Fraction
) -> Finding:
    has, does = shown_hours(capacity), shown_hours(load)
    away = capacity < minutes(member.weekly_hours)
    return found(
        "overload",
        Severity.CRITICAL if load > _GRAVE * capacity else Severity.WARNING,
        f"member:{member.id}",
        Phrase(
            f"{member.name} has {does} h of work in weeks of {has} h"
            + (", with the days away taken off" if away else ""),
            f"{member.name}每周可用{has}小时，却有{does}小时的工作"
            + ("（已扣除休假）" if away else ""),
        ),
        evidence=_evidence(situation, member, load, capacity),
        suggestion=Phrase(
            f"Hand over {shown_hours(load - limit * capacity)} h of work a week",
            f"每周需转出{shown_hours(load - limit * capacity)}小时的工作",
        ),
    )


def _evidence(
    situation: Situation, member: Member, load: Fraction, capacity: Fraction
) -> list[tuple[str, object]]:
    other = situation.other.get(member.id, Fraction(0))
    return [
        ("hours a week of duties", shown_hours(load - other)),
        ("hours a week of other work", shown_hours(other)),
        ("weekly hours", member.weekly_hours),
        ("weekly hours with leave taken off", shown_hours(capacity)),
        ("looked ahead", situation.ahead),
    ]


def _hours_of_all(situation: Situation) -> Iterator[Finding]:
    """Compare what all duties together want with the hours of all members."""
    wanted = sum(situation.other.values(), Fraction(0))
    for responsibility in situation.organization.responsibilities:
        for duty in Duty:
            if duty is not Duty.BACKUP or responsibility.has_backup:
                wanted += minutes(responsibility.weekly_hours) * duty.hours_share
    available = sum((situation.capacity(member) for member in situation.present), Fraction(0))
    if wanted > available:
        needs, has = shown_hours(wanted), shown_hours(available)
        yield found(
            "too_few_hours",
            Severity.CRITICAL,
            f"department:{situation.organization.department.id}",
            Phrase(
                f"All duties want {needs} h a week; the members have {has} h",
                f"全部职责每周需要{needs}小时，而成员只有{has}小时",
            ),
            evidence=[
                ("hours a week wanted", needs),
                ("hours a week available", has),
                ("looked ahead", situation.ahead),
            ],
            suggestion=Phrase(
                f"Find {shown_hours(wanted - available)} h a week, or promise less",
                f"每周还缺{shown_hours(wanted - available)}小时，请增加人手或减少职责",
            ),
        )
