"""Plans: whoever asks for one may hand in HiGHS and a watch."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from random import Random

from crmcore.allocation import Method, Watch
from crmcore.kernel import CustomerId, DepartmentId, MemberId, ResponsibilityId, RoleId, TeamId
from crmcore.organization import (
    Department,
    Member,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)
from crmcore.reassignment import Capacity, CustomerNeed, Scenario, assign_responsibilities
from crmcore.solver import Highs

DAY = date(2026, 9, 30)
SKILLS = ["analysis", "negotiation", "service", "writing"]
TEAM, LEAD, CLERK = TeamId("care"), RoleId("lead"), RoleId("clerk")


def people(number: int, chance: Random) -> list[Member]:
    """Return members with scattered skills, every other one with authority."""
    return [
        Member(
            id=MemberId(f"m{at}"),
            name=f"Member {at}",
            team=TEAM,
            weekly_hours=Decimal(38),
            roles=[LEAD if at % 2 else CLERK],
            skills=[SkillLevel(skill, chance.randint(1, 5)) for skill in SKILLS],
        )
        for at in range(number)
    ]


def department() -> Organization:
    """Return a department of eight responsibilities, which nobody holds yet."""
    chance = Random(1)  # noqa: S311 - a made-up department needs no cryptographic chance
    return Organization(
        department=Department(id=DepartmentId("d"), name="Department"),
        teams=[Team(id=TEAM, name="Care", department=DepartmentId("d"))],
        roles=[Role(id=LEAD, name="Lead", has_authority=True), Role(id=CLERK, name="Clerk")],
        members=people(4, chance),
        responsibilities=[
            Responsibility(
                id=ResponsibilityId(f"r{at}"),
                name=f"Responsibility {at}",
                role=CLERK,
                team=TEAM,
                weekly_hours=Decimal(chance.randint(4, 20)),
                skills=[SkillLevel(s, chance.randint(1, 4)) for s in chance.sample(SKILLS, 2)],
                importance=chance.randint(1, 3),
            )
            for at in range(8)
        ],
    )


def book() -> Scenario:
    """Return 130 customers, too many for the library to search through, and four members."""
    chance = Random(2)  # noqa: S311 - a made-up book needs no cryptographic chance
    members = people(4, chance)
    needs = [
        CustomerNeed(
            customer=CustomerId(f"c{at:03}"),
            hours=Decimal(chance.randint(1, 12)) / 4,
            importance=chance.choice([1, 2, 4, 8]),
            value=Decimal(chance.randint(100, 9_000)),
            skills=[SkillLevel(chance.choice(SKILLS), chance.randint(1, 3))],
            owner=chance.choice(members).id,
        )
        for at in range(130)
    ]
    hours = sum((need.hours for need in needs), Decimal(0)) / 4
    return Scenario.of_customers(
        needs,
        [
            Capacity(member=one, hours=round(hours * at) / Decimal(10))
            for one, at in zip(members, (8, 10, 11, 13), strict=True)
        ],
        as_of=DAY,
    )


def test_duties_are_proven() -> None:
    """The plan says so, how long it took, and that nothing was cut short."""
    plan = assign_responsibilities(
        department(), as_of=DAY, solver=Highs(), watch=Watch(count().__next__)
    )

    assert plan.certificate.is_optimal
    assert plan.seconds is not None
    assert not plan.stopped
    Scenario.of_responsibilities(department(), as_of=DAY).check(plan)


def test_a_book_is_proven() -> None:
    """What the prices leave open, HiGHS proves; the plan can be checked all the same."""
    scenario = book()

    alone, proven = scenario.plan(), scenario.plan(solver=Highs())

    assert not alone.certificate.is_optimal
    assert proven.certificate.bound >= alone.certificate.bound
    assert proven.certificate.method is Method.SOLVER
    assert proven.certificate.value <= alone.certificate.value
    scenario.check(proven)


def test_how_long_a_plan_took_is_no_part_of_it() -> None:
    """The same plan on a slower machine is equal, and has the same fingerprint."""
    fast, slow = (book().plan(watch=Watch(clock)) for clock in (lambda: 5.0, count().__next__))

    assert fast == slow
    assert fast.seconds != slow.seconds
    assert fast.fingerprint == slow.fingerprint


def test_a_plan_says_that_it_was_stopped() -> None:
    """With no time at all there is a plan, with its true gap, and it says why it is large."""
    scenario = book()

    plan = scenario.plan(watch=Watch(lambda: 0.0, seconds=0), solver=Highs())

    assert plan.stopped
    assert plan.certificate.gap >= scenario.plan().certificate.gap
    scenario.check(plan)
