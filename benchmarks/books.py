"""Books of business, small to large: what is proven, and in what time and memory.

Run it with ``python benchmarks/books.py``, or name what to run, as in
``python benchmarks/books.py 10000x50 leaver``. Every case runs in a process of its own, from
the needs of customers to the plan with its reasons; the making up of the book is not timed.
Wall time and processor time are told beside each other, since machines are shared; the work
is counted in steps and is the same each time.

The books are made up, the same ones each time, by `generate`:

- A customer belongs to one of 12 regions and one of 8 industries, speaks one of 4 languages
  (half of them the first one) and is in one of 4 tiers: 5 % are A, 15 % B, 30 % C, 50 % D.
- Tiers weigh 8, 4, 2 and 1. They take 240, 120, 60 and 30 minutes, times a lognormal factor
  (sigma .5), in steps of 5 minutes: few customers take most of the time. Their value is
  lognormal as well, with a median that goes with the tier.
- A customer wants the skill of its industry at a level from 1 to 4, its language and its
  region. A member has 7 of the 8 skills on average at a level from 1 to 5, wishes for some of
  them, speaks the first language and each other one in 6 of 10 cases, and serves each region
  in 7 of 10 cases. Where nobody could serve some kind of customer, somebody learns to.
- The hours are such that the work is .88 of them. Every fifth member works part time.
- One in twenty members is a new hire, who has no customers yet; and one in twenty owners has
  left and is not among the members. All other customers belong to somebody who may look
  after them, but some members have far more than others.

The case *leaver* is the 10,000 customers of 50 members after one more, who looked after 500 of
them, has gone: the plan before it, with that member, warms the search. It is run with its
moves priced, with at most 100 voluntary moves, with none, and with continuity first; then the
first of these plans is carried out and made again, which should move nobody.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import time
from datetime import date
from decimal import Decimal
from itertools import cycle, product
from typing import Any

import attrs

from crmcore.kernel import CustomerId, MemberId, TeamId
from crmcore.organization import Interest, Member, SkillLevel
from crmcore.plans import Plan
from crmcore.reassignment import (
    Capacity,
    Continuity,
    CustomerNeed,
    Pin,
    assign_customers,
)

AS_OF = date(2026, 9, 30)
REGIONS = [f"region {at}" for at in range(1, 13)]
INDUSTRIES = [
    "automotive",
    "chemicals",
    "energy",
    "finance",
    "food",
    "health",
    "machinery",
    "retail",
]
LANGUAGES = ["de", "en", "fr", "zh"]
LEVELS = [1, 2, 3, 4]
SPOKEN = [50, 20, 15, 15]

# Importance, usual steps of work and usual value of a customer, and how many there are.
TIERS = [(8, 48, 80_000), (4, 24, 20_000), (2, 12, 6_000), (1, 6, 1_500)]
AN_HOUR = 12  # steps
SHARES = [5, 15, 30, 50]
UTILISATION = 0.88
LEAVER = MemberId("leaver")


def generate(
    customers: int, members: int, seed: int = 0
) -> tuple[list[CustomerNeed], list[Capacity]]:
    """Make a book up: so many customers with their owners, and so many members with hours."""
    chance = random.Random(f"{customers} {members} {seed}")
    people = _people(members, chance)
    owners = _owners(people, chance)
    hours = [Decimal(steps) / AN_HOUR for steps in range(3_000)]
    wanted = {(i, n): (SkillLevel(i, n),) for i in INDUSTRIES for n in LEVELS}
    able = {
        kind: [(who, share) for who, share in owners if _can(who, *kind)]
        for kind in product(REGIONS, INDUSTRIES, LEVELS, LANGUAGES)
    }
    needs, total = [], 0
    for at in range(customers):
        importance, usual, worth = chance.choices(TIERS, SHARES)[0]
        steps = max(1, round(usual * chance.lognormvariate(0, 0.5)))
        total += steps
        region, industry = chance.choice(REGIONS), chance.choice(INDUSTRIES)
        level, language = chance.choice(LEVELS), chance.choices(LANGUAGES, SPOKEN)[0]
        who, shares = zip(*able[region, industry, level, language], strict=True)
        needs.append(
            CustomerNeed(
                customer=CustomerId(f"c{at:06}"),
                hours=hours[steps],
                importance=importance,
                value=Decimal(round(worth * chance.lognormvariate(0, 0.8))),
                skills=wanted[industry, level],
                language=language,
                region=region,
                owner=chance.choices(who, shares)[0].id,
            )
        )
    full = total / UTILISATION / sum(_part(at) for at in range(members))
    return needs, [
        Capacity(member=member, hours=Decimal(round(full * _part(at))) / AN_HOUR)
        for at, member in enumerate(people)
    ]


def _part(at: int) -> float:
    """Return which part of the time a member works."""
    return 0.6 if at % 5 == 4 else 1.0


def _people(count: int, chance: random.Random) -> list[Member]:
    people = [_member(f"m{at:03}", chance) for at in range(count)]
    turn = cycle(range(count))
    for region, industry, language in product(REGIONS, INDUSTRIES, LANGUAGES):
        kind = (region, industry, LEVELS[-1], language)
        # Two besides the new hires, so that each kind of customer can have had an owner.
        old = people[: count - count // 20]
        while sum(_can(member, *kind) for member in old) < 2:
            at = next(turn)
            if at < len(old) and not _can(people[at], *kind):
                old[at] = people[at] = _taught(people[at], *kind)
    return people


def _member(key: str, chance: random.Random) -> Member:
    skills = [i for i in INDUSTRIES if chance.random() < 7 / 8]
    return Member(
        id=MemberId(key),
        name=f"Member {key}",
        team=TeamId("care"),
        weekly_hours=Decimal(38),
        skills=[SkillLevel(skill, chance.randint(1, 5)) for skill in skills],
        interests=[Interest(skill, chance.randint(-2, 2)) for skill in skills[::3]],
        languages=[LANGUAGES[0], *(one for one in LANGUAGES[1:] if chance.random() < 0.6)],
        regions=[one for one in REGIONS if chance.random() < 0.7] or REGIONS[:1],
    )


def _taught(member: Member, region: str, industry: str, level: int, language: str) -> Member:
    others = [skill for skill in member.skills if skill.skill != industry]
    return attrs.evolve(
        member,
        skills=[*others, SkillLevel(industry, max(level, member.level_of(industry)))],
        languages={*member.languages, language},
        regions={*member.regions, region},
    )


def _can(member: Member, region: str, industry: str, level: int, language: str) -> bool:
    able = region in member.regions and language in member.languages
    return able and member.level_of(industry) >= level


def _owners(people: list[Member], chance: random.Random) -> list[tuple[Member, float]]:
    """Return who owns customers today, with the chance to own one: some have far more."""
    hires = len(people) // 20
    leavers = [attrs.evolve(people[at], id=MemberId(f"left{at:03}")) for at in range(max(hires, 1))]
    owners = [*people[: len(people) - hires], *leavers]
    return [(member, chance.lognormvariate(0, 0.35)) for member in owners]


@attrs.frozen
class Book:
    """So many customers of so many members."""

    customers: int
    members: int

    def __str__(self) -> str:
        """Return the name to run it by."""
        return f"{self.customers}x{self.members}"


BOOKS = [Book(1_000, 20), Book(10_000, 50), Book(100_000, 20), Book(100_000, 200)]


def carried_out(needs: list[CustomerNeed], plan: Plan) -> list[CustomerNeed]:
    """Return the needs after a plan."""
    owner = {move.customer: move.to_member for move in plan.moves}
    return [attrs.evolve(n, owner=owner.get(n.customer, n.owner)) for n in needs]


def run_book(book: Book) -> list[str]:
    """Plan one book and return its row of the table."""
    needs, capacities = generate(book.customers, book.members)
    return [timed(str(book), needs, capacities)[1]]


def before_leaving() -> tuple[list[CustomerNeed], list[Capacity], Plan]:
    """Return the customers when a member has gone, the hours of the rest, and the plan before."""
    needs, capacities = generate(10_000, 50)
    his = needs[::20]
    leaver = attrs.evolve(
        capacities[0].member, id=LEAVER, skills=[SkillLevel(i, 5) for i in INDUSTRIES]
    )
    leaver = attrs.evolve(leaver, languages=LANGUAGES, regions=REGIONS)
    all_hours = [*capacities, Capacity(member=leaver, hours=sum(n.hours for n in his))]
    pins = [Pin(customer=need.customer, member=LEAVER) for need in his]
    before = assign_customers(needs, all_hours, as_of=AS_OF, pins=pins)
    return carried_out(needs, before), capacities, before


def run_leaver(_: object) -> list[str]:
    """Plan the book of a leaver in every manner, and return the rows of the table."""
    needs, capacities, before = before_leaving()
    plan, row = timed("leaver", needs, capacities, after=before)
    rows = [row]
    for name, continuity in (
        ("leaver, most 100", Continuity(most_moves=100)),
        ("leaver, most 0", Continuity(most_moves=0)),
        ("leaver, first", Continuity(first=True)),
    ):
        rows.append(timed(name, needs, capacities, after=before, continuity=continuity)[1])
    rows.append(timed("again", carried_out(needs, plan), capacities, after=plan)[1])
    return rows


def timed(
    name: str,
    needs: list[CustomerNeed],
    capacities: list[Capacity],
    **arguments: Any,  # noqa: ANN401
) -> tuple[Plan, str]:
    """Make a plan, and return it with its row of the table."""
    begin, work = time.perf_counter(), time.process_time()
    plan = assign_customers(needs, capacities, as_of=AS_OF, **arguments)
    seconds, work = time.perf_counter() - begin, time.process_time() - work
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    here = {capacity.member.id for capacity in capacities}
    free = sum(1 for m in plan.moves if m.from_member in here and not m.reason.kind.is_forced)
    gap = "proven" if plan.certificate.is_optimal else f"{float(plan.certificate.gap):.4%}"
    return plan, (
        f"{name:<24}{plan.certificate.value / 1000:>13,.0f}{gap:>10}{len(plan.moves):>8,}"
        f"{free:>10,}{len(plan.uncovered):>10,}{seconds:>8.2f}{work:>8.2f}{peak:>8.0f}"
    )


def main() -> None:
    """Print the table."""
    cases: dict[str, tuple[Any, object]] = {str(book): (run_book, book) for book in BOOKS}
    cases["leaver"] = (run_leaver, None)
    reader = argparse.ArgumentParser(description="Time the planning of books.")
    reader.add_argument("names", nargs="*", choices=[*cases, []], help="what to run; all if none")
    names = reader.parse_args().names or list(cases)
    print(
        f"{'case':<24}{'points':>13}{'gap':>10}{'moves':>8}{'voluntary':>10}"
        f"{'uncovered':>10}{'s':>8}{'cpu s':>8}{'MiB':>8}"
    )
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, maxtasksperchild=1) as pool:
        for name in names:
            function, argument = cases[name]
            for line in pool.apply(function, (argument,)):
                print(line, flush=True)


if __name__ == "__main__":
    main()
