"""Responsibilities to people: who is accountable, who does it, who steps in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from crmcore.allocation import Budget
from crmcore.development import SkillGap
from crmcore.kernel import (
    DepartmentId,
    MemberId,
    Phrase,
    ResponsibilityId,
    RoleId,
    TeamId,
    Undefined,
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
from crmcore.plans import MoveKind, Plan, PlanKind, Uncovered
from crmcore.reassignment import AssignmentWeights, Pin, assign_responsibilities

DAY = date(2026, 9, 30)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
SERVICE, OFFICE = TeamId("service"), TeamId("office")
CLERK, LEAD = RoleId("clerk"), RoleId("lead")
CARE = Department(id=DepartmentId("care"), name="Care")


def person(key: str, level: int = 4, *, lead: bool = False, **more: Any) -> Member:  # noqa: ANN401
    """Return somebody who can negotiate and works 40 hours a week."""
    return Member(
        **{
            "id": key,
            "name": key.title(),
            "team": SERVICE,
            "roles": [LEAD if lead else CLERK],
            "skills": [SkillLevel("negotiation", level)],
            "weekly_hours": 40,
            **more,
        }
    )


def work(key: str, level: int = 3, **more: Any) -> Responsibility:  # noqa: ANN401
    """Return a responsibility of ten hours a week that wants negotiation."""
    return Responsibility(
        **{
            "id": key,
            "name": key.title(),
            "role": CLERK,
            "team": SERVICE,
            "weekly_hours": 10,
            "skills": [SkillLevel("negotiation", level)],
            **more,
        }
    )


def held(responsibility: str, duty: Duty, member: str, **more: Any) -> Assignment:  # noqa: ANN401
    """Return an assignment that lasts."""
    return Assignment(
        **{
            "id": f"{responsibility}-{duty}-{member}",
            "responsibility": responsibility,
            "duty": duty,
            "member": member,
            "since": SINCE,
            **more,
        }
    )


def department(
    members: list[Member],
    responsibilities: list[Responsibility],
    assignments: list[Assignment] | None = None,
) -> Organization:
    """Return a department of two teams and two roles."""
    return Organization(
        department=CARE,
        teams=[
            Team(id=SERVICE, name="Service", department=CARE.id),
            Team(id=OFFICE, name="Office", department=CARE.id),
        ],
        roles=[
            Role(id=CLERK, name="Clerk"),
            Role(id=LEAD, name="Lead", has_authority=True),
        ],
        members=members,
        responsibilities=responsibilities,
        assignments=assignments or [],
    )


def after(found: Plan, organization: Organization) -> dict[str, MemberId | None]:
    """Return who holds what after a plan."""
    today = {
        f"responsibility:{a.responsibility}:{a.duty}": a.member for a in organization.assignments
    }
    return found.simulate(today)


ANN = person("ann", lead=True)
BOB, CEM = person("bob"), person("cem")


def test_all_duties_go_to_who_may_hold_them() -> None:
    """The one with authority is accountable, and the backup is neither of the two others."""
    organization = department([ANN, BOB, CEM], [work("renewals")])

    found = assign_responsibilities(organization, as_of=DAY)

    holds = after(found, organization)
    assert found.kind is PlanKind.RESPONSIBILITIES
    assert found.certificate.is_optimal
    assert holds["responsibility:renewals:accountable"] == "ann"
    assert holds["responsibility:renewals:backup"] not in {
        "ann",
        holds["responsibility:renewals:responsible"],
    }
    assert {move.reason.kind for move in found.moves} == {MoveKind.FIRST}


def test_a_duty_costs_its_share_of_the_hours() -> None:
    """Of ten hours, accountability takes one and a half, the work ten, the backup two."""
    organization = department([ANN, BOB, CEM], [work("renewals")])

    loads = assign_responsibilities(organization, as_of=DAY).after.loads

    assert sorted(load.hours for load in loads if load.items) in (
        [Decimal("1.5"), Decimal(2), Decimal(10)],
        [Decimal(2), Decimal("11.5")],
    )


def test_a_small_duty_takes_a_quarter_of_an_hour() -> None:
    """Fifteen percent of half an hour is less than a quarter, which it counts as."""
    organization = department(
        [ANN], [work("coffee", weekly_hours=Decimal("0.5"), has_backup=False)]
    )

    (load,) = assign_responsibilities(organization, as_of=DAY).after.loads

    assert load.hours == Decimal("0.75")


def test_what_works_is_kept() -> None:
    """Where everything is held by who may hold it, nothing moves."""
    today = [
        held("renewals", Duty.ACCOUNTABLE, "ann"),
        held("renewals", Duty.RESPONSIBLE, "bob"),
        held("renewals", Duty.BACKUP, "cem"),
    ]

    found = assign_responsibilities(
        department([ANN, BOB, CEM], [work("renewals")], today), as_of=DAY
    )

    assert found.moves == ()
    assert found.kept == 3
    assert found.kept_share == 1
    assert found.points_before == sum(points for _, points in found.points)


def test_somebody_else_can_be_better_by_far() -> None:
    """One level short, no wish and another team: the change pays."""
    odd = person("odd", 2, team=OFFICE, interests=[Interest("renewals", -2)])
    keen = person("kim", 3, interests=[Interest("renewals", 2)])
    today = [held("renewals", Duty.RESPONSIBLE, "odd", version=4)]

    found = assign_responsibilities(
        department([ANN, odd, keen], [work("renewals", has_backup=False)], today), as_of=DAY
    )

    (move,) = (move for move in found.moves if move.duty is Duty.RESPONSIBLE)
    assert (move.from_member, move.to_member, move.expected_version) == ("odd", "kim", 4)
    assert move.reason.kind is MoveKind.BETTER_FIT
    assert (move.reason.fit_before, move.reason.fit_after) == (50, 100)


def test_a_level_short_is_a_gap_to_be_trained() -> None:
    """Whoever gets a duty one level short shows as a skill gap that names the duty's level."""
    short = person("ann", 2, lead=True)
    organization = department(
        [short], [work("renewals", has_backup=False), work("complaints", 1, has_backup=False)]
    )

    assert assign_responsibilities(organization, as_of=DAY).gaps == (
        SkillGap(
            member=MemberId("ann"), skill="negotiation", has=2, needs=3, because=("renewals",)
        ),
    )


@pytest.mark.parametrize(("level", "duties"), [(5, ["backup"]), (4, ["backup", "responsible"])])
def test_a_backup_may_be_two_levels_short(level: int, duties: list[str]) -> None:
    """Two levels short is enough to step in, one to do it."""
    organization = department([person("bob", 3), person("cem", 3)], [work("renewals", level)])

    found = assign_responsibilities(organization, as_of=DAY)

    assert sorted(str(move.duty) for move in found.moves) == duties


def only_gap(found: Plan) -> Uncovered:
    """Return the single uncovered duty of a plan."""
    (gap,) = found.uncovered
    return gap


def test_nobody_has_the_authority() -> None:
    """The funnel ends at the rule that nobody keeps."""
    organization = department([BOB], [work("renewals", has_backup=False)])

    gap = only_gap(assign_responsibilities(organization, as_of=DAY))

    assert gap.duty is Duty.ACCOUNTABLE
    assert str(gap) == (
        "responsibility:renewals:accountable: 1 member → none with authority; "
        "authority for bob would do"
    )


def test_nobody_is_their_own_backup() -> None:
    """Where one person does everything, a second one is wanting, and the funnel says so."""
    gap = only_gap(assign_responsibilities(department([ANN], [work("renewals")]), as_of=DAY))

    assert gap.duty is Duty.BACKUP
    assert gap.cost == Decimal(2 * 150)
    assert gap.reason.en == (
        "1 member → none with hands free of Renewals (accountable), Renewals (responsible)"
    )
    assert gap.remedy == Phrase(
        "letting ann hold Renewals (accountable) beside it and "
        "letting ann hold Renewals (responsible) beside it would do",
        "允许ann同时承担Renewals（终责）并允许ann同时承担Renewals（执行）即可",
    )


def test_segregated_duties_have_different_holders() -> None:
    """Whoever orders does not pay, though the same person would fit both best."""
    organization = department(
        [ANN, person("bob", 3)],
        [
            work("order", has_backup=False, segregated_from=["pay"]),
            work("pay", has_backup=False),
        ],
    )

    holds = after(assign_responsibilities(organization, as_of=DAY), organization)

    assert holds["responsibility:order:responsible"] != holds["responsibility:pay:responsible"]


def test_whoever_leaves_within_the_weeks_gets_nothing() -> None:
    """A holder who leaves next week hands over now."""
    leaving = person("bob", left_on=date(2026, 10, 7))
    today = [held("renewals", Duty.RESPONSIBLE, "bob")]

    found = assign_responsibilities(
        department([ANN, leaving], [work("renewals", has_backup=False)], today), as_of=DAY
    )

    moved = {move.duty: move for move in found.moves}
    assert moved[Duty.RESPONSIBLE].reason.kind is MoveKind.LEFT
    assert moved[Duty.RESPONSIBLE].to_member == "ann"
    assert isinstance(found.points_before, Undefined)


def test_today_breaks_a_rule_when_one_person_backs_up_themselves() -> None:
    """The points of a state that is against the rules are undefined, not a number."""
    today = [held("renewals", Duty.RESPONSIBLE, "bob"), held("renewals", Duty.BACKUP, "bob")]

    found = assign_responsibilities(department([ANN, BOB], [work("renewals")], today), as_of=DAY)

    assert isinstance(found.points_before, Undefined)


@pytest.mark.parametrize(("zone", "holder"), [(None, "bob"), ("America/New_York", "cem")])
def test_the_day_begins_in_its_zone(zone: str | None, holder: str) -> None:
    """Who takes over at midnight in New York holds the duty when the day begins there."""
    dawn = datetime(2026, 9, 30, 4, tzinfo=UTC)
    today = [
        held("renewals", Duty.RESPONSIBLE, "bob", until=dawn),
        held("renewals", Duty.RESPONSIBLE, "cem", since=dawn),
    ]
    organization = department([ANN, BOB, CEM], [work("renewals", has_backup=False)], today)

    found = assign_responsibilities(
        organization, as_of=DAY, zone=None if zone is None else ZoneInfo(zone)
    )

    assert [load.member for load in found.before.loads if load.items] == [holder]


def test_who_backs_up_themselves_gives_one_of_the_two_away() -> None:
    """Two duties in conflict with one person are forced apart, and the reason names the other."""
    today = [
        held("renewals", Duty.ACCOUNTABLE, "ann"),
        held("renewals", Duty.RESPONSIBLE, "bob"),
        held("renewals", Duty.BACKUP, "bob"),
    ]

    found = assign_responsibilities(
        department([ANN, BOB, CEM], [work("renewals")], today), as_of=DAY
    )

    (move,) = found.moves
    kept = Duty.BACKUP if move.duty is Duty.RESPONSIBLE else Duty.RESPONSIBLE
    assert move.reason.kind is MoveKind.CONFLICT
    assert move.reason.other == f"responsibility:renewals:{kept}"
    assert f"with what the holder also has: Renewals ({kept});" in str(move)
    assert f"与原负责人的其他职责冲突：Renewals（{kept.label.zh}）" in move.reason.wording.zh


def test_a_duty_makes_room_for_one_that_fits_nobody_else() -> None:
    """The only one who can be accountable cannot stay the backup."""
    today = [held("renewals", Duty.BACKUP, "ann"), held("renewals", Duty.RESPONSIBLE, "bob")]

    found = assign_responsibilities(
        department([ANN, BOB, CEM], [work("renewals")], today), as_of=DAY
    )

    moved = {move.duty: move for move in found.moves}
    assert moved[Duty.BACKUP].reason.kind is MoveKind.MAKES_ROOM
    assert moved[Duty.BACKUP].reason.other == "responsibility:renewals:accountable"
    assert moved[Duty.BACKUP].to_member == "cem"


def test_a_level_short_too_often_fits_nobody() -> None:
    """Somebody one level short of three skills would fit below 0 percent, and is not asked."""
    skills = ["negotiation", "law", "repair"]
    novice = person("ann", lead=True, skills=[SkillLevel(skill, 2) for skill in skills])
    hard = work("renewals", has_backup=False, skills=[SkillLevel(skill, 3) for skill in skills])

    found = assign_responsibilities(department([novice], [hard]), as_of=DAY)

    assert [gap.reason.en for gap in found.uncovered] == [
        "1 member → none with enough of the skills for a fit above 0 %"
    ] * 2


def test_a_pinned_duty_stays_where_it_is_pinned() -> None:
    """A manager's wish is kept, and the rest is planned around it."""
    organization = department([ANN, BOB, CEM], [work("renewals")])
    pin = Pin(
        member=MemberId("cem"),
        responsibility=ResponsibilityId("renewals"),
        duty=Duty.RESPONSIBLE,
    )

    found = assign_responsibilities(organization, as_of=DAY, pins=[pin])

    assert after(found, organization)["responsibility:renewals:responsible"] == "cem"


def made_up(responsibilities: int, members: int, seed: int) -> Organization:
    """Return a department with scattered skills, wishes, hours and holders."""
    chance = Random(seed)  # noqa: S311 - a made-up department needs no cryptographic chance
    skills = ["negotiation", "analysis", "service", "writing", "planning"]
    people = [
        person(
            f"m{at}",
            lead=at % 3 == 0,
            skills=[SkillLevel(s, chance.randint(1, 5)) for s in chance.sample(skills, 4)],
            interests=[Interest(s, chance.randint(-2, 2)) for s in chance.sample(skills, 2)],
        )
        for at in range(members)
    ]
    hours = members * 25 // responsibilities
    duties = [
        work(
            f"r{at}",
            weekly_hours=chance.randint(hours // 2, hours * 3 // 2),
            skills=[SkillLevel(s, chance.randint(1, 4)) for s in chance.sample(skills, 2)],
            importance=chance.randint(1, 3),
            segregated_from=[f"r{at - 1}"] if at % 5 == 4 else [],
        )
        for at in range(responsibilities)
    ]
    today = [
        held(f"r{at}", duty, f"m{chance.randrange(members)}")
        for at in range(responsibilities)
        for duty in Duty
        if chance.random() < 0.7
    ]
    return department(people, duties, today)


@pytest.mark.parametrize(
    ("responsibilities", "members", "seed"), [(8, 4, 0), (12, 5, 0), (12, 9, 2)]
)
def test_departments_of_36_duties_are_proven(
    responsibilities: int, members: int, seed: int
) -> None:
    """For a department of usual size, nothing better can exist."""
    found = assign_responsibilities(made_up(responsibilities, members, seed), as_of=DAY)

    assert found.certificate.is_optimal
    assert str(found.certificate.wording.zh) == "已证明为最优方案"
    assert sum(points for _, points in found.points) * 1000 == found.certificate.value


def test_without_a_budget_the_bound_is_still_honest() -> None:
    """A search that may not branch says how far from the best it may be."""
    organization = made_up(12, 5, 1)

    rough = assign_responsibilities(organization, as_of=DAY, budget=Budget(nodes=0))
    best = assign_responsibilities(organization, as_of=DAY)

    assert rough.certificate.bound <= best.certificate.value <= rough.certificate.value
    assert rough.certificate.wording.zh.startswith("已证明与最优方案的差距不超过")


def test_planning_the_outcome_again_moves_nobody() -> None:
    """With the plan carried out, today is the best possible, and stays."""
    organization = made_up(8, 5, 3)
    weights = AssignmentWeights(tolerance=Decimal(0), dead_band=0)
    first = assign_responsibilities(organization, as_of=DAY, weights=weights)
    today = [
        held(subject.split(":")[1], Duty(subject.split(":")[2]), member)
        for subject, member in after(first, organization).items()
        if member is not None
    ]

    second = assign_responsibilities(
        attrs.evolve(organization, assignments=today), as_of=DAY, weights=weights
    )

    assert first.moves
    assert second.moves == ()


def test_order_does_not_matter() -> None:
    """Members, duties and assignments in another order give the same plan."""
    organization = made_up(8, 5, 3)

    turned = attrs.evolve(
        organization,
        members=organization.members[::-1],
        responsibilities=organization.responsibilities[::-1],
        assignments=organization.assignments[::-1],
    )

    assert assign_responsibilities(turned, as_of=DAY) == assign_responsibilities(
        organization, as_of=DAY
    )


def test_who_keeps_a_duty_against_a_rule_is_not_its_backup_too() -> None:
    """What somebody keeps against a rule counts for conflicts, hours and training needs."""
    renewals = work("renewals", level=6)
    today = [held("renewals", Duty.RESPONSIBLE, "bob")]

    found = assign_responsibilities(department([person("bob")], [renewals], today), as_of=DAY)

    assert found.moves == ()
    assert {gap.duty: gap.stays_with for gap in found.uncovered} == {
        Duty.ACCOUNTABLE: None,
        Duty.RESPONSIBLE: "bob",
        Duty.BACKUP: None,
    }
    (load,) = found.after.loads
    assert (load.hours, load.items) == (Decimal(10), 1)
    assert found.gaps == (
        SkillGap(
            member=MemberId("bob"),
            skill="negotiation",
            has=4,
            needs=6,
            because=(ResponsibilityId("renewals"),),
        ),
    )
