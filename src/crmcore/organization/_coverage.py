"""The audit of responsibilities: is each one covered, once, by the right person?"""

from __future__ import annotations

from collections.abc import Iterator

from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase

from ._assignment import Duty
from ._member import Member
from ._responsibility import Responsibility
from ._situation import WORDS, Situation, found, shortfalls, shown_names

_HIGHEST_IMPORTANCE = 3
_SHOWN_CANDIDATES = 3


def audit_responsibilities(situation: Situation) -> Iterator[Finding]:
    """Find what is wrong with how each responsibility is held and described."""
    for responsibility in situation.organization.responsibilities:
        yield from _gaps(situation, responsibility)
        yield from _held_by_former(situation, responsibility)
        yield from _overlaps(situation, responsibility)
        yield from _weak_backups(situation, responsibility)
        yield from _without_authority(situation, responsibility)
        yield from _undescribed(responsibility)
    yield from _broken_segregation(situation)


def _gaps(situation: Situation, responsibility: Responsibility) -> Iterator[Finding]:
    for duty in Duty:
        if duty is Duty.BACKUP and not responsibility.has_backup:
            continue
        if situation.holders(responsibility, duty) or situation.former_holders(
            responsibility, duty
        ):
            continue
        name, word = responsibility.name, WORDS[duty]
        yield found(
            "gap",
            _gravity_of_gap(responsibility, duty),
            f"responsibility:{responsibility.id}",
            Phrase(f"Nobody is {word.en} “{name}”", f"“{name}”没有{word.zh}"),
            evidence=[
                ("duty", duty.value),
                ("weekly hours", responsibility.weekly_hours),
                ("importance", responsibility.importance),
            ],
            suggestion=_who_could(situation, responsibility, duty),
        )


def _gravity_of_gap(responsibility: Responsibility, duty: Duty) -> Severity:
    if duty is Duty.RESPONSIBLE and responsibility.importance == _HIGHEST_IMPORTANCE:
        return Severity.CRITICAL
    if duty is Duty.BACKUP and responsibility.importance == 1:
        return Severity.NOTE
    return Severity.WARNING


def _who_could(situation: Situation, responsibility: Responsibility, duty: Duty) -> Phrase:
    """Name who else could take the duty over, or who is nearest to being able to."""
    held = {m.id for other in Duty for m in situation.holders(responsibility, other)}
    free = [
        member
        for member in situation.present
        if member.id not in held
        and (duty is not Duty.ACCOUNTABLE or situation.organization.has_authority(member))
    ]
    # The keenest comes first; the id settles ties.
    free.sort(key=lambda m: (-_will(m, responsibility), m.id))
    able = [member for member in free if not shortfalls(member, responsibility)]
    if able:
        names = shown_names(able[:_SHOWN_CANDIDATES])
        return Phrase(
            f"{names.en} could take it, as far as skills and authority go",
            f"就技能和权限而言，{names.zh}可以承担",
        )
    return _who_is_nearest(free, responsibility)


def _who_is_nearest(free: list[Member], responsibility: Responsibility) -> Phrase:
    if not free:
        return Phrase(
            "There is nobody else to take it; hire somebody", "没有其他人可以承担，请招聘人员"
        )
    nearest = min(
        free, key=lambda m: sum(want.level - has for want, has in shortfalls(m, responsibility))
    )
    lacks = [(w.skill, has, w.level) for w, has in shortfalls(nearest, responsibility)]
    en = ", ".join(f"{skill} at level {has} instead of {level}" for skill, has, level in lacks)
    zh = "、".join(f"{skill}为{has}级（要求{level}级）" for skill, has, level in lacks)
    return Phrase(
        f"Nobody else has all that it wants; nearest is {nearest.name}, with {en}",
        f"没有其他人完全符合要求；最接近的是{nearest.name}：{zh}",
    )


def _will(member: Member, responsibility: Responsibility) -> int:
    wishes = (member.interest_in(want.skill) for want in responsibility.skills)
    return member.interest_in(responsibility.id) + sum(wishes)


def _held_by_former(situation: Situation, responsibility: Responsibility) -> Iterator[Finding]:
    for duty in Duty:
        for member in situation.former_holders(responsibility, duty):
            yield found(
                "held_by_former_member",
                _gravity_of_gap(responsibility, duty),
                f"responsibility:{responsibility.id}",
                Phrase(
                    f"{member.name}, who left on {member.left_on}, is still {WORDS[duty].en} "
                    f"“{responsibility.name}”",
                    f"{member.name}已于{member.left_on}离开，"
                    f"但仍是“{responsibility.name}”的{WORDS[duty].zh}",
                ),
                evidence=[
                    ("member", member.id),
                    ("duty", duty.value),
                    ("left on", member.left_on),
                ],
                suggestion=_who_could(situation, responsibility, duty),
            )


def _overlaps(situation: Situation, responsibility: Responsibility) -> Iterator[Finding]:
    for duty in Duty:
        holders = situation.holders(responsibility, duty)
        if len(holders) > 1:
            names = shown_names(holders)
            yield found(
                "overlap",
                Severity.NOTE if duty is Duty.BACKUP else Severity.WARNING,
                f"responsibility:{responsibility.id}",
                Phrase(
                    f"{len(holders)} people are {WORDS[duty].en} “{responsibility.name}”: "
                    f"{names.en}",
                    f"“{responsibility.name}”有{len(holders)}名{WORDS[duty].zh}：{names.zh}",
                ),
                evidence=[
                    ("duty", duty.value),
                    ("members", ", ".join(m.id for m in holders)),
                ],
                suggestion=Phrase(
                    "Leave it to one of them, or split the responsibility in two",
                    "只保留其中一人，或将该职责拆分为两项",
                ),
            )


def _weak_backups(situation: Situation, responsibility: Responsibility) -> Iterator[Finding]:
    backups = situation.holders(responsibility, Duty.BACKUP)
    for duty in (Duty.ACCOUNTABLE, Duty.RESPONSIBLE):
        for member in situation.holders(responsibility, duty):
            if member in backups:
                yield found(
                    "backup_is_same_person",
                    Severity.WARNING,
                    f"responsibility:{responsibility.id}",
                    Phrase(
                        f"{member.name} is both {WORDS[duty].en} and backup of "
                        f"“{responsibility.name}”",
                        f"{member.name}既是“{responsibility.name}”的{WORDS[duty].zh}，"
                        "又是其后备人员",
                    ),
                    evidence=[("member", member.id), ("duty", duty.value)],
                    suggestion=_who_could(situation, responsibility, Duty.BACKUP),
                )


def _without_authority(situation: Situation, responsibility: Responsibility) -> Iterator[Finding]:
    for member in situation.holders(responsibility, Duty.ACCOUNTABLE):
        if not situation.organization.has_authority(member):
            yield found(
                "no_authority",
                Severity.WARNING,
                f"responsibility:{responsibility.id}",
                Phrase(
                    f"{member.name} is accountable for “{responsibility.name}” "
                    "without the authority to decide",
                    f"{member.name}对“{responsibility.name}”负终责，却没有决定权限",
                ),
                evidence=[("member", member.id), ("roles", ", ".join(member.roles) or "none")],
                suggestion=Phrase(
                    "Give one of the member's roles authority, or make somebody accountable "
                    "who has it",
                    "赋予该成员相应岗位权限，或改由有权限的人负终责",
                ),
            )


def _undescribed(responsibility: Responsibility) -> Iterator[Finding]:
    subject, name = f"responsibility:{responsibility.id}", responsibility.name
    if responsibility.expected_outcome is None:
        yield found(
            "no_outcome",
            Severity.NOTE,
            subject,
            Phrase(f"“{name}” says no expected outcome", f"“{name}”没有写明预期成果"),
            suggestion=Phrase("Write down what must come of it", "请写明应取得的成果"),
        )
    if not responsibility.indicators:
        yield found(
            "no_indicator",
            Severity.NOTE,
            subject,
            Phrase(f"“{name}” is measured by no indicator", f"“{name}”没有衡量指标"),
            suggestion=Phrase(
                "Name a KPI that shows how well it is done", "请指定一个关键绩效指标"
            ),
        )


def _broken_segregation(situation: Situation) -> Iterator[Finding]:
    """Find who is responsible for two responsibilities that must not be in one hand."""
    everything = situation.organization.responsibilities
    pairs = {
        tuple(sorted((responsibility.id, other)))
        for responsibility in everything
        for other in responsibility.segregated_from
    }
    by_id = {responsibility.id: responsibility for responsibility in everything}
    for first, second in sorted(pairs):
        one, two = by_id[first], by_id[second]
        others = situation.holders(two, Duty.RESPONSIBLE)
        for member in situation.holders(one, Duty.RESPONSIBLE):
            if member in others:
                yield found(
                    "segregation_broken",
                    Severity.CRITICAL,
                    f"member:{member.id}",
                    Phrase(
                        f"{member.name} is responsible for both “{one.name}” and “{two.name}”, "
                        "which must be in two hands",
                        f"{member.name}同时执行“{one.name}”和“{two.name}”，这两项职责必须分离",
                    ),
                    evidence=[("responsibilities", f"{first}, {second}")],
                    suggestion=Phrase(
                        "Hand one of the two to somebody else", "请将其中一项交由他人执行"
                    ),
                )
