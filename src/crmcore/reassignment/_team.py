"""Teams as holders: the hours and the abilities of several people as those of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby

from crmcore.allocation import Band, Holder
from crmcore.kernel import MemberId
from crmcore.organization import Member, SkillLevel

_WEEK_HOURS = 168


def one_of(key: MemberId, crew: Sequence[Member]) -> Member:
    """Return the only one of a crew, or somebody who stands for all of it.

    That one has every skill, language and region that somebody of the crew has: enough to
    name what nobody of it has. Who may hold what is found out person by person.
    """
    if len(crew) == 1 and crew[0].id == key:
        return crew[0]
    levels: dict[str, int] = {}
    for person in crew:
        for level in person.skills:
            levels[level.skill] = max(level.level, levels.get(level.skill, 0))
    everywhere = any(not person.regions for person in crew)
    return Member(
        id=key,
        name=key,
        team=crew[0].team,
        skills=[SkillLevel(skill, level) for skill, level in levels.items()],
        weekly_hours=min(sum((one.weekly_hours for one in crew), Decimal(0)), Decimal(_WEEK_HOURS)),
        languages=sorted({tag for person in crew for tag in person.languages}),
        regions=[] if everywhere else sorted({name for one in crew for name in one.regions}),
    )


def merged(key: str, curves: Iterable[Holder]) -> Holder:
    """Return the load curve of several who share their work as well as can be.

    The cheapest minutes of all come first: sorted by slope, the bands are convex again.
    """
    bands = sorted((band for curve in curves for band in curve.bands), key=lambda band: band.slope)
    alike = groupby(bands, key=lambda band: band.slope)
    return Holder(key, [Band(sum(b.minutes for b in group), slope) for slope, group in alike])
