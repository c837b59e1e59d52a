"""Distribution: a million arrivals, one by one, beside what else could give them out.

Run it with ``python benchmarks/distribution.py``; a number behind it is how many arrivals
there are. Members have weights from 0.1 to 4, skills, languages and regions; arrivals come
three seconds apart, for 35 days, and want nothing in particular or one of 384 combinations of
a skill, a language and a region. Everybody keeps the memory of all that was given, by the id
of what arrived.

Four programs see the same arrivals, each in a process of its own:

- *desk* is crmcore one by one, with each decision looked at and the memory kept in the end;
- *batch* is crmcore with all of them at once, checked, put in order, and the memory kept;
- *limit* is a bare loop around one heap of floats, which knows neither leave nor needs nor
  reasons: as fast as plain Python can be;
- *naive* is the rule as it is written down: all who may, and the least of their fractions,
  in floats so that it is as fast as it can be. It is given a tenth of the arrivals.

The seconds are those of the processor, so that whatever else the machine does counts little.
"""

from __future__ import annotations

import heapq
import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import attrs

from crmcore.distribution import Arrival, Desk, Need, Rota, Share
from crmcore.kernel import MemberId, TeamId
from crmcore.organization import Member, SkillLevel

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SKILLS = [f"skill {n}" for n in range(8)]
LANGUAGES = ["de", "en", "fr", "zh"]
REGIONS = [f"region {n}" for n in range(12)]


@attrs.frozen
class Case:
    """So many arrivals for so many members, of one class or of 384, given out by a program."""

    program: str
    arrivals: int
    members: int
    classes: int


def team(case: Case) -> list[Share]:
    """Make members up."""
    chance = random.Random(case.members)
    return [
        Share(
            member=Member(
                id=MemberId(f"m{n}"),
                name=f"Member {n}",
                team=TeamId("care"),
                weekly_hours=Decimal(38),
                skills=[SkillLevel(s, chance.randint(1, 5)) for s in chance.sample(SKILLS, 4)],
                languages=chance.sample(LANGUAGES, 2),
                regions=chance.sample(REGIONS, 6),
            ),
            weight=Decimal(chance.randint(1, 40)) / 10,
        )
        for n in range(case.members)
    ]


def feed(case: Case) -> list[Arrival]:
    """Make arrivals up."""
    chance = random.Random(case.classes)
    needs = [
        Need(skills=[SkillLevel(skill, 1)], language=language, region=region)
        for skill in SKILLS
        for language in LANGUAGES
        for region in REGIONS
    ]
    if case.classes == 1:
        needs = [Need()]
    return [
        Arrival(id=f"c-{n:07}", at=BEGIN + timedelta(seconds=3 * n), need=chance.choice(needs))
        for n in range(case.arrivals)
    ]


def desk(shares: list[Share], arrivals: Iterable[Arrival]) -> int:
    """Give out at a desk."""
    counter = Desk(Rota(shares=shares))
    given = sum(counter.assign(arrival).member is not None for arrival in arrivals)
    return given if counter.rota.held or not given else -1


def batch(shares: list[Share], arrivals: Iterable[Arrival]) -> int:
    """Give out all at once."""
    return sum(given for _, given in Rota(shares=shares).distribute(arrivals).given)


def limit(shares: list[Share], arrivals: Iterable[Arrival]) -> int:
    """Give out from one heap, whatever is wanted."""
    queue = [(0.0, place) for place in range(len(shares))]
    steps = [1 / float(share.weight) for share in shares]
    holds: dict[str, MemberId] = {}
    for arrival in arrivals:
        level, place = queue[0]
        heapq.heapreplace(queue, (level + steps[place], place))
        holds[arrival.id] = shares[place].member.id
    return len(holds)


def naive(shares: list[Share], arrivals: Iterable[Arrival]) -> int:
    """Give out as the rule is written down."""
    counts = dict.fromkeys((share.id for share in shares), 0)
    weights = {share.id: float(share.weight) for share in shares}
    holds: dict[str, MemberId] = {}
    for arrival in arrivals:
        able = [share.id for share in shares if may_take(share.member, arrival)]
        if able:
            chosen = min(able, key=lambda member: counts[member] / weights[member])
            counts[chosen] += 1
            holds[arrival.id] = chosen
    return len(holds)


def may_take(member: Member, arrival: Arrival) -> bool:
    """Say whether a member is there and has what is wanted."""
    need, today = arrival.need, arrival.at.date()
    return (
        not any(today in leave for leave in member.leave)
        and all(member.level_of(wanted.skill) >= wanted.level for wanted in need.skills)
        and (need.language is None or need.language in member.languages)
        and (need.region is None or need.region in member.regions)
    )


PROGRAMS: dict[str, Callable[[list[Share], Iterable[Arrival]], int]] = {
    "desk": desk,
    "batch": batch,
    "limit": limit,
    "naive": naive,
}


def run(case: Case) -> tuple[Case, int, float, float]:
    """Give one case out: how many got somewhere, in how many seconds, with how many MiB."""
    shares, arrivals = team(case), feed(case)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.process_time()
    given = PROGRAMS[case.program](shares, arrivals)
    seconds = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return case, given, seconds, (peak - before) / 1024


def cases(arrivals: int) -> Iterable[Case]:
    """Yield each case, the limit first, which the others are compared with."""
    for members, classes in [(10, 1), (200, 1), (10, 384), (200, 384)]:
        yield Case("limit", arrivals, members, classes)
        yield Case("desk", arrivals, members, classes)
        yield Case("batch", arrivals, members, classes)
        yield Case("naive", arrivals // 10, members, classes)


def main() -> None:
    """Print the table."""
    print(
        f"{'members':>7}{'classes':>9}  {'program':<8}{'arrivals':>10}{'given':>10}"
        f"{'seconds':>9}{'a second':>11}{'of limit':>10}{'MiB':>7}"
    )
    arrivals = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    context = multiprocessing.get_context("spawn")
    fastest = 1.0
    with context.Pool(1, maxtasksperchild=1) as pool:
        for case, given, seconds, memory in pool.imap(run, cases(arrivals), chunksize=1):
            speed = case.arrivals / seconds
            fastest = speed if case.program == "limit" else fastest
            print(
                f"{case.members:>7}{case.classes:>9}  {case.program:<8}{case.arrivals:>10,}"
                f"{given:>10,}{seconds:>9.2f}{speed:>11,.0f}{speed / fastest:>10.4f}"
                f"{memory:>7.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
