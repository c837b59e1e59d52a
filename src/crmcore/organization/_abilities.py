"""The audit of abilities: does somebody have each skill that is wanted, and a second one?"""

from __future__ import annotations

from collections.abc import Iterator

from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase

from ._assignment import Duty
from ._member import Member
from ._responsibility import Responsibility
from ._situation import WORDS, Situation, found, shortfalls, shown_names
from ._skill import level_in

# How many levels short somebody may be who can still learn it on the way.
_LEARNABLE = {Duty.ACCOUNTABLE: 1, Duty.RESPONSIBLE: 1, Duty.BACKUP: 2}


def audit_abilities(situation: Situation) -> Iterator[Finding]:
    """Find the skills that nobody or only one member has, and who falls short of what is held."""
    for skill in situation.organization.skills:
        yield from _scarce(situation, skill)
    for member in situation.present:
        for responsibility, duty in situation.duties_of(member):
            yield from _short(member, responsibility, duty)


def _scarce(situation: Situation, skill: str) -> Iterator[Finding]:
    """Tell what wants *skill* at a level that nobody, or only one member, has."""
    wanting: dict[int, list[tuple[int, Responsibility]]] = {}
    for responsibility in situation.organization.responsibilities:
        level = level_in(responsibility.skills, skill)
        if level:
            wanting.setdefault(len(_able(situation, skill, level)), []).append(
                (level, responsibility)
            )
    if 0 in wanting:
        yield _nobody_has(situation, skill, wanting[0])
    if 1 in wanting:
        yield _only_one_has(situation, skill, wanting[1])


def _able(situation: Situation, skill: str, level: int) -> list[Member]:
    return [member for member in situation.present if member.level_of(skill) >= level]


def _nobody_has(
    situation: Situation, skill: str, wanting: list[tuple[int, Responsibility]]
) -> Finding:
    level = min(level for level, _ in wanting)
    best = max((member.level_of(skill) for member in situation.present), default=0)
    nearest = [m for m in situation.present if best and m.level_of(skill) == best]
    names = shown_names(nearest)
    return found(
        "missing_skill",
        Severity.CRITICAL,
        f"skill:{skill}",
        Phrase(
            f"Nobody has {skill} at level {level}, which {_titles(wanting).en} wants",
            f"{_titles(wanting).zh}需要{level}级的{skill}，但无人具备",
        ),
        evidence=[
            ("wanted level", level),
            ("highest level had", best),
            ("responsibilities", ", ".join(r.id for _, r in wanting)),
        ],
        suggestion=Phrase(
            f"Train {names.en}, who has level {best}, or hire"
            if len(nearest) == 1
            else f"Train {names.en}, who have level {best}, or hire",
            f"请培训现有{best}级的{names.zh}，或招聘人员",
        )
        if nearest
        else Phrase("Hire or train somebody", "请招聘或培训人员"),
    )


def _only_one_has(
    situation: Situation, skill: str, wanting: list[tuple[int, Responsibility]]
) -> Finding:
    level = min(level for level, _ in wanting)
    # Whoever alone reaches a higher level alone reaches the lower one as well.
    member = _able(situation, skill, level)[0]
    return found(
        "single_point_of_failure",
        Severity.WARNING,
        f"skill:{skill}",
        Phrase(
            f"Only {member.name} has {skill} at level {level}, which {_titles(wanting).en} wants",
            f"{_titles(wanting).zh}需要{level}级的{skill}，只有{member.name}一人具备",
        ),
        evidence=[
            ("wanted level", level),
            ("member", member.id),
            ("responsibilities", ", ".join(r.id for _, r in wanting)),
        ],
        suggestion=Phrase(
            f"Let {member.name} teach a second person",
            f"请{member.name}带教第二名成员",
        ),
    )


def _titles(wanting: list[tuple[int, Responsibility]]) -> Phrase:
    """Name the first of them, and how many more there are."""
    first, more = wanting[0][1].name, len(wanting) - 1
    if not more:
        return Phrase(f"“{first}”", f"“{first}”")
    return Phrase(f"“{first}” with {more} more", f"“{first}”等{more + 1}项职责")


def _short(member: Member, responsibility: Responsibility, duty: Duty) -> Iterator[Finding]:
    """Tell where a holder is below a level that is wanted."""
    for want, has in shortfalls(member, responsibility):
        learnable = want.level - has <= _LEARNABLE[duty]
        yield found(
            "below_level",
            Severity.NOTE if learnable else Severity.WARNING,
            f"member:{member.id}",
            Phrase(
                f"{member.name}, {WORDS[duty].en} “{responsibility.name}”, "
                f"has {want.skill} at level {has} instead of {want.level}",
                f"{member.name}（“{responsibility.name}”{WORDS[duty].zh}）"
                f"的{want.skill}为{has}级，要求{want.level}级",
            ),
            evidence=[
                ("responsibility", responsibility.id),
                ("duty", duty.value),
                ("skill", want.skill),
                ("level had", has),
                ("level wanted", want.level),
            ],
            suggestion=Phrase(
                f"Train {member.name} in {want.skill}", f"请为{member.name}安排{want.skill}培训"
            )
            if learnable
            else Phrase("Hand it to somebody who has the skill", "请改由具备该技能的人承担"),
        )
