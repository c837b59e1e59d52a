"""Reassignment: departments that are proven, and books with their gap, time and memory.

Run it with ``python benchmarks/reassignment.py``, or name the kind, as in
``python benchmarks/reassignment.py department``. Departments and books are made up, the same
ones each time. A department has duties (three for each responsibility) with scattered skills,
wishes and holders; a book has four tiers of customers with skills, languages and today's
owners, of whom one in twenty is gone, and members whose hours are used to 90 %. Every case
runs in a process of its own, so that its peak of memory is its own; plans are checked by
their certificates' numbers, which the tests do item by item. Each case is measured once:
the work is counted in steps and is always the same. The seconds are those of the processor,
since machines are shared; gaps are certified ones.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs

from crmcore.kernel import (
    CustomerId,
    DepartmentId,
    MemberId,
    ResponsibilityId,
    RoleId,
    TeamId,
)
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Interest,
    Member,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)
from crmcore.plans import Plan
from crmcore.reassignment import Capacity, CustomerNeed, assign_customers, assign_responsibilities

AS_OF = date(2026, 9, 30)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
SKILLS = ["negotiation", "analysis", "service", "writing", "planning"]
LANGUAGES = ["de", "en", "zh"]
TEAM, LEAD, CLERK = TeamId("care"), RoleId("lead"), RoleId("clerk")

# Importance and twentieths of an hour of a customer, by tier, and how many there are.
TIERS = [((8, 20), 5), ((4, 8), 15), ((2, 4), 30), ((1, 2), 50)]


@attrs.frozen
class Case:
    """A department of so many responsibilities, or a book of so many customers."""

    kind: str
    size: int
    members: int
    seed: int = 0


CASES = [
    *(
        Case("department", size, members, seed)
        for size, members in [(8, 4), (12, 5), (12, 12), (20, 8), (30, 10), (40, 12)]
        for seed in range(3)
    ),
    Case("book", 1_000, 20),
    Case("book", 2_000, 8),
    Case("book", 10_000, 50),
    Case("book", 23_570, 12),
    Case("first book", 23_570, 12),
]


def people(count: int, chance: random.Random) -> list[Member]:
    """Make members up, every third with authority."""
    return [
        Member(
            id=MemberId(f"m{at}"),
            name=f"Member {at}",
            team=TEAM,
            weekly_hours=Decimal(38),
            roles=[LEAD if at % 3 == 0 else CLERK],
            skills=[SkillLevel(s, chance.randint(1, 5)) for s in chance.sample(SKILLS, 4)],
            interests=[Interest(s, chance.randint(-2, 2)) for s in chance.sample(SKILLS, 2)],
            languages=chance.sample(LANGUAGES, 2),
        )
        for at in range(count)
    ]


def held(responsibility: ResponsibilityId, duty: Duty, member: MemberId) -> Assignment:
    """Let a member hold a duty."""
    fields: dict[str, Any] = {"id": f"{responsibility}-{duty}", "since": SINCE}
    return Assignment(responsibility=responsibility, duty=duty, member=member, **fields)


def department(case: Case) -> Organization:
    """Make a department up whose duties fill two thirds of its hours."""
    chance = random.Random(case.seed)
    hours = case.members * 25 // case.size
    responsibilities = [
        Responsibility(
            id=ResponsibilityId(f"r{at}"),
            name=f"Responsibility {at}",
            role=CLERK,
            team=TEAM,
            weekly_hours=Decimal(max(1, round(hours * chance.uniform(0.4, 1.6)))),
            skills=[SkillLevel(s, chance.randint(1, 4)) for s in chance.sample(SKILLS, 2)],
            importance=chance.randint(1, 3),
            segregated_from=[ResponsibilityId(f"r{at - 1}")] if at % 5 == 4 else [],
        )
        for at in range(case.size)
    ]
    return Organization(
        department=Department(id=DepartmentId("d"), name="Department"),
        teams=[Team(id=TEAM, name="Care", department=DepartmentId("d"))],
        roles=[Role(id=LEAD, name="Lead", has_authority=True), Role(id=CLERK, name="Clerk")],
        members=people(case.members, chance),
        responsibilities=responsibilities,
        assignments=[
            held(r.id, duty, MemberId(f"m{chance.randrange(case.members)}"))
            for r in responsibilities
            for duty in Duty
            if chance.random() < 0.7
        ],
    )


def book(case: Case) -> tuple[list[CustomerNeed], list[Capacity]]:
    """Make a book up, in which some owners have far too much."""
    chance = random.Random(case.seed)
    members = people(case.members, chance)
    tiers, shares = zip(*TIERS, strict=True)
    needs = []
    twentieths = 0
    for at in range(case.size):
        importance, usual = chance.choices(tiers, shares)[0]
        work = max(1, round(usual * chance.uniform(0.5, 1.5)))
        twentieths += work
        owner = min(chance.randrange(case.members), chance.randrange(case.members))
        gone = chance.random() < 0.05
        needs.append(
            CustomerNeed(
                customer=CustomerId(f"c{at}"),
                hours=Decimal(work) / 20,
                importance=importance,
                value=Decimal(chance.randint(0, 10_000)),
                skills=[SkillLevel(chance.choice(SKILLS), chance.randint(1, 3))],
                language=chance.choice([*LANGUAGES, None]),
                owner=None if case.kind != "book" else MemberId("gone" if gone else f"m{owner}"),
            )
        )
    hours = Decimal(round(twentieths / 0.9 / case.members)) / 20
    return needs, [Capacity(member=member, hours=hours) for member in members]


def run(case: Case) -> str:
    """Plan one case and return its row of the table."""
    if case.kind == "department":
        organization = department(case)
        begin = time.process_time()
        plan = assign_responsibilities(organization, as_of=AS_OF)
        size = f"{3 * case.size:,} duties"
    else:
        needs, holders = book(case)
        begin = time.process_time()
        plan = assign_customers(needs, holders, as_of=AS_OF)
        size = f"{case.size:,} customers"
    return row(case, size, plan, time.process_time() - begin)


def row(case: Case, size: str, plan: Plan, seconds: float) -> str:
    """Return a row of the table."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    gap = "proven" if plan.certificate.is_optimal else f"{float(plan.certificate.gap):.5%}"
    return (
        f"{case.kind:<12}{size:>18}{case.members:>5}{plan.certificate.value / 1000:>14,.0f}"
        f"{gap:>11}{len(plan.moves):>8,}{len(plan.uncovered):>11,}{seconds:>8.2f}{peak:>8.0f}"
    )


def main() -> None:
    """Print the table."""
    cases = [case for case in CASES if case.kind in sys.argv[1:] or not sys.argv[1:]]
    print(
        f"{'case':<12}{'size':>18}{'by':>5}{'points':>14}{'gap':>11}{'moves':>8}"
        f"{'uncovered':>11}{'s':>8}{'MiB':>8}"
    )
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, maxtasksperchild=1) as pool:
        for line in pool.imap(run, cases, chunksize=1):
            print(line, flush=True)


if __name__ == "__main__":
    main()
