"""What goes into a plan, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.kernel import CustomerId, DepartmentId, MemberId, ResponsibilityId, RoleId, TeamId
from crmcore.organization import (
    Department,
    Duty,
    Member,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)
from crmcore.reassignment import (
    Apart,
    AssignmentWeights,
    Capacity,
    Continuity,
    CustomerNeed,
    Lock,
    Pin,
    Scenario,
    assign_customers,
    assign_responsibilities,
    assign_to_teams,
)

DAY = date(2026, 9, 30)
MEANT = "unknown skill 'Mandrin'; did you mean 'Mandarin'?"
SERVICE = TeamId("service")
LEAD = RoleId("lead")


def member(key: str, **more: Any) -> Member:  # noqa: ANN401
    """Return a member of the service team with 40 hours."""
    return Member(**{"id": key, "name": key.title(), "team": "service", "weekly_hours": 40, **more})


WEI = member("wei", skills=[SkillLevel("Mandarin", 4)], languages=["zh"])
LIN = member("lin", languages=["en"], regions=["north"])


def capacity(who: Member, hours: int = 30) -> Capacity:
    """Return the hours that somebody has for customers."""
    return Capacity(member=who, hours=Decimal(hours))


def need(key: str, **more: Any) -> CustomerNeed:  # noqa: ANN401
    """Return a customer of one hour."""
    return CustomerNeed(**{"customer": key, "hours": 1, **more})


def department(*members: Member) -> Organization:
    """Return a department of two teams with one responsibility."""
    care = DepartmentId("care")
    return Organization(
        department=Department(id=care, name="Care"),
        teams=[
            Team(id=SERVICE, name="Service", department=care, looks_after_customers=True),
            Team(id=TeamId("office"), name="Office", department=care),
        ],
        roles=[Role(id=LEAD, name="Lead", has_authority=True)],
        members=members,
        responsibilities=[
            Responsibility(
                id=ResponsibilityId("renewals"),
                name="Renewals",
                role=LEAD,
                team=SERVICE,
                weekly_hours=Decimal(8),
            )
        ],
    )


def pin(member: str, **more: Any) -> Pin:  # noqa: ANN401
    """Pin something to a member."""
    return Pin(**{"member": member, **more})


@pytest.mark.parametrize("hours", [-1, 10_001])
def test_absurd_hours_are_refused(hours: int) -> None:
    """A customer takes no negative hours, and not more than a person has in years."""
    with pytest.raises(InvalidValueError, match="hours must be between 0 and 10000 hours"):
        need("c-1", hours=hours)


def test_hours_are_whole_minutes() -> None:
    """A third of an hour is 20 minutes however it is written; a third of a minute is nothing."""
    assert need("c-1", hours=Decimal(1) / 3).hours > 0
    with pytest.raises(InvalidValueError, match="hours must be a whole number of minutes"):
        need("c-1", hours=Decimal("0.005"))


def test_a_pin_names_one_thing() -> None:
    """A pin without a duty, or with a customer beside it, is refused."""
    with pytest.raises(InvalidValueError, match="pin must name a customer, or a responsibility"):
        pin("wei", responsibility="renewals")
    with pytest.raises(InvalidValueError, match="pin must name a customer, or a responsibility"):
        pin("wei")


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"tight_above": "0.7"}, r"tight_above must be at least idle_below, 0.80 \(got '0.7'\)"),
        ({"over": 5}, "over must be at least tight, 6"),
        ({"change": -1}, "change must be between 0 and 1000000"),
        ({"limit": "0.9"}, "limit must be between 1 and 10"),
        ({"tolerance": 80}, "tolerance must be a fraction"),
    ],
)
def test_weights_form_a_rising_curve(weights: dict[str, Any], message: str) -> None:
    """Weights that would make more work cheaper again, or overflow, are refused."""
    with pytest.raises(InvalidValueError, match=message):
        AssignmentWeights(**weights)


def test_customers_and_members_come_once() -> None:
    """Duplicates are told together, with the lack of hours."""
    with pytest.raises(FaultsError) as caught:
        assign_customers(
            [need("c-1"), need("c-1"), need("c-2")],
            [capacity(WEI, 0), capacity(WEI, 0)],
            as_of=DAY,
        )

    assert [str(fault) for fault in caught.value.faults] == [
        "customer c-1: it comes more than once; name it once",
        "member wei: it comes more than once; name it once",
        "holders: 'wei' is the only one, and has no hours for customers",
    ]


def test_pins_that_contradict_each_other_are_refused() -> None:
    """One customer cannot be pinned to two members."""
    with pytest.raises(FaultsError, match="pinned to 'lin' and to 'wei'; keep one of the pins"):
        assign_customers(
            [need("c-1")],
            [capacity(WEI), capacity(LIN)],
            as_of=DAY,
            pins=[pin("wei", customer="c-1"), pin("lin", customer="c-1")],
        )


def test_pins_that_break_a_rule_are_refused_together() -> None:
    """Each pin that cannot be kept says which rule it breaks."""
    with pytest.raises(FaultsError) as caught:
        assign_customers(
            [
                need("c-1", language="zh"),
                need("c-2"),
                need("c-3", hours=40),
                need("c-4", region="south"),
            ],
            [capacity(WEI), capacity(LIN)],
            as_of=DAY,
            pins=[
                pin("lin", customer="c-1"),
                pin("bob", customer="c-2"),
                pin("wei", customer="c-3"),
                pin("lin", customer="c-4"),
                pin("lin", customer="c-5"),
            ],
        )

    assert [str(fault) for fault in caught.value.faults] == [
        "customer:c-1: it is pinned to 'lin', who lacks language zh",
        "customer:c-2: it is pinned to 'bob', who has no hours in the plan",
        "customer:c-4: it is pinned to 'lin', who lacks region south",
        "customer:c-5: it is pinned, but it is not part of the plan",
        "member:wei: the pins take 40 h, 33 h are the most that 'wei' can take",
    ]


def test_pins_of_a_duty_and_its_backup_must_differ() -> None:
    """Nobody is the backup of themselves, not even by a pin."""
    chief = member("wei", roles=["lead"])
    with pytest.raises(FaultsError, match="are pinned to 'wei', but must differ"):
        assign_responsibilities(
            department(chief, LIN),
            as_of=DAY,
            pins=[
                pin("wei", responsibility="renewals", duty=duty)
                for duty in (Duty.RESPONSIBLE, Duty.BACKUP)
            ],
        )


def test_a_department_without_hours_is_refused() -> None:
    """Where everybody is away for the whole time, there is nothing to plan with."""
    away = member("wei", leave=[Period(date(2026, 9, 1), date(2027, 1, 1))])
    gone = member("lin", left_on=date(2026, 9, 1))
    with pytest.raises(FaultsError, match="nobody has any hours from 2026-09-30 to 2026-10-28"):
        assign_responsibilities(department(away, gone), as_of=DAY)


def test_the_only_one_may_be_away() -> None:
    """Where there is nobody but one on leave, that one is named."""
    away = member("wei", leave=[Period(date(2026, 9, 1), date(2027, 1, 1))])

    with pytest.raises(
        FaultsError, match="'wei' is the only one, and has no hours from 2026-09-30"
    ):
        assign_responsibilities(department(away), as_of=DAY)
    with pytest.raises(FaultsError, match="holders: 'wei' is the only one, and has no hours for"):
        assign_customers([need("c-1")], [capacity(away, 0)], as_of=DAY)


@pytest.mark.parametrize(
    ("holders", "message"),
    [
        ([], "holders: nobody is named who could look after customers"),
        (
            [capacity(WEI, 0), capacity(LIN, 0)],
            "holders: none of the 2 has any hours for customers",
        ),
    ],
)
def test_somebody_must_have_hours(holders: list[Capacity], message: str) -> None:
    """No hours everywhere is no plan with everything uncovered, but a slip."""
    with pytest.raises(FaultsError, match=message):
        assign_customers([need("c-1")], holders, as_of=DAY)


def test_a_skill_that_is_nearly_one_is_a_slip() -> None:
    """Each name is told once, with how many want it, and with the name that was meant."""
    with pytest.raises(FaultsError) as caught:
        assign_customers(
            [need(f"c-{at}", skills=[SkillLevel("Mandrin", 1)]) for at in range(3)],
            [capacity(WEI)],
            as_of=DAY,
        )

    assert [str(fault) for fault in caught.value.faults] == [
        "customer:c-0 and 2 more: unknown skill 'Mandrin'; did you mean 'Mandarin'?"
    ]


def test_a_department_knows_all_skills_and_owners() -> None:
    """Where the department is given, a name like none is a slip too; who has left is known."""
    left = member("eva", left_on=date(2026, 1, 1))
    book = [
        need("c-1", skills=[SkillLevel("law", 1)], owner="eva"),
        need("c-2", owner="wie"),
    ]

    with pytest.raises(FaultsError) as caught:
        assign_customers(book, [capacity(WEI)], as_of=DAY, organization=department(WEI, LIN, left))

    assert [str(fault) for fault in caught.value.faults] == [
        "customer:c-1: unknown skill 'law'; known are Mandarin",
        "customer:c-2: unknown owner 'wie'; did you mean 'wei'?",
    ]


def test_everything_that_is_wrong_with_customers_comes_together() -> None:
    """One message for each: twice, too late, unknown, pinned where it cannot be, too large."""
    with pytest.raises(FaultsError) as caught:
        assign_customers(
            [
                need("c-1"),
                need("c-1"),
                need("c-2", owner="wei", since=date(2026, 10, 1)),
                need("c-3", skills=[SkillLevel("Mandrin", 1)]),
                need("c-4", importance=1000, uncovered=1_000_000),
            ],
            [capacity(WEI), capacity(WEI)],
            as_of=DAY,
            pins=[
                pin("wei", customer="c-9"),
                pin("wei", customer="c-1"),
                pin("lin", customer="c-1"),
                Lock(customer=CustomerId("c-3")),
            ],
        )

    assert [str(fault) for fault in caught.value.faults] == [
        "customer c-1: it comes more than once; name it once",
        "member wei: it comes more than once; name it once",
        "customer:c-2: it is owned since 2026-10-01, after the day of the plan, 2026-09-30",
        "customer:c-3: unknown skill 'Mandrin'; did you mean 'Mandarin'?",
        "customer:c-1: it is pinned to 'lin' and to 'wei'; keep one of the pins",
        "customer:c-3: it is locked, but nobody holds it today; pin it instead",
        "customer:c-1: it is pinned to 'lin', who has no hours in the plan",
        "customer:c-9: it is pinned, but it is not part of the plan",
        _too_many("customer:c-4", 1_000_135_000),
    ]


def test_everything_that_is_wrong_with_duties_comes_together() -> None:
    """Nobody there, a skill that is misspelt, a lock on what nobody holds: told at once."""
    away = member(
        "wei",
        skills=[SkillLevel("Mandarin", 4)],
        leave=[Period(date(2026, 9, 1), date(2027, 1, 1))],
    )
    care = department(away)
    wanting = attrs.evolve(
        care,
        responsibilities=[
            attrs.evolve(care.responsibilities[0], skills=[SkillLevel("Mandrin", 2)])
        ],
    )

    with pytest.raises(FaultsError) as caught:
        assign_responsibilities(
            wanting,
            as_of=DAY,
            pins=[
                Lock(responsibility=ResponsibilityId("renewals"), duty=Duty.BACKUP),
                pin("wei", responsibility="renewals", duty=Duty.RESPONSIBLE),
            ],
        )

    assert [str(fault) for fault in caught.value.faults] == [
        "members: 'wei' is the only one, and has no hours from 2026-09-30 to 2026-10-28",
        f"responsibility:renewals:accountable and 2 more: {MEANT}",
        "responsibility:renewals:backup: it is locked, but nobody holds it today; pin it instead",
        "responsibility:renewals:responsible: it is pinned to 'wei', who has no hours in the plan",
    ]


def _too_many(what: str, points: int) -> str:
    """Return what is said of points that cannot be counted."""
    return (
        f"weights: the points of {what} come to {points}, above the 1000000000 that can be "
        "counted; take smaller weights or importances"
    )


def test_points_that_cannot_be_counted_are_refused() -> None:
    """One customer may be too dear by itself; with pins, all of them may be together."""
    heavy = AssignmentWeights(change=1_000_000, uncovered=1_000_000)
    book = [need(f"c-{at}", importance=500, owner="wei") for at in range(2)]
    pins = [pin("wei", customer="c-0")]
    dear = attrs.evolve(heavy, change=0)

    with pytest.raises(FaultsError) as alone:
        assign_customers([need("c-1", importance=1000)], [capacity(WEI)], as_of=DAY, weights=heavy)
    with pytest.raises(FaultsError) as together:
        assign_customers(book, [capacity(WEI)], as_of=DAY, weights=dear, pins=pins)

    assert str(alone.value.faults[0]) == _too_many("customer:c-1", 2_000_110_000)
    assert str(together.value.faults[0]) == _too_many("all items", 1_000_110_901)
    assert assign_customers(book, [capacity(WEI)], as_of=DAY, weights=dear).uncovered == ()


def test_a_need_names_what_can_be() -> None:
    """A skill at two levels, a text of members, and an instant as a day are refused."""
    with pytest.raises(InvalidValueError, match="skills must name each skill once"):
        need("c-1", skills=[SkillLevel("law", 1), SkillLevel("law", 2)])
    with pytest.raises(InvalidValueError, match="not_to must list ids of members"):
        need("c-1", not_to="wei")
    with pytest.raises(InvalidValueError, match="since must be a day, not an instant"):
        need("c-1", since=datetime(2026, 9, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        (
            "skills",
            "law",
            "skills must be a list of levels of skills, as SkillLevel('law', 2), also",
        ),
        ("skills", [("law", 2)], "skills must hold only levels of skills"),
        ("not_to", [" "], "not_to must not be empty"),
        ("not_to", [7, "wei"], "not_to must be text (got 7)"),
        ("stays", "no", "stays must be True or False (got 'no')"),
    ],
)
def test_what_is_no_such_thing_is_refused(field: str, value: Any, rule: str) -> None:  # noqa: ANN401
    """A text is neither a list of skills nor a yes, and members who are refused have ids."""
    with pytest.raises(InvalidValueError, match=re.escape(rule)):
        need("c-1", **{field: value})


@pytest.mark.parametrize(
    ("kind", "values", "rule"),
    [
        (AssignmentWeights, {"lowest_peak": "yes"}, "lowest_peak must be True or False"),
        (Continuity, {"first": "yes"}, "first must be True or False"),
        (Continuity, {"most_moves": 1.5}, "most_moves must be a whole number"),
        (Capacity, {"member": "wei", "hours": 3}, "member must be a member, not an id"),
    ],
)
def test_settings_are_what_they_look_like(kind: Any, values: dict[str, Any], rule: str) -> None:  # noqa: ANN401
    """A text is no yes, half a move is none, and an id is no member."""
    with pytest.raises(InvalidValueError, match=rule):
        kind(**values)


def test_rules_and_wishes_have_a_place_each() -> None:
    """What is given in the wrong place is refused, and not passed over."""
    book, apart = [need("c-1"), need("c-2")], Apart([CustomerId("c-1"), CustomerId("c-2")])
    wrong: list[Any] = [apart]
    wrong_too: list[Any] = [pin("wei", customer="c-1")]

    with pytest.raises(InvalidValueError, match="pins must hold only pins and locks"):
        assign_customers(book, [capacity(WEI)], as_of=DAY, pins=wrong)
    with pytest.raises(InvalidValueError, match="rules must hold only rules, as Eligibility"):
        assign_customers(book, [capacity(WEI)], as_of=DAY, rules=wrong_too)
    with pytest.raises(InvalidValueError, match="pins must hold only pins and locks"):
        assign_responsibilities(department(), as_of=DAY, pins=wrong)
    with pytest.raises(InvalidValueError, match="rules must hold only rules of who may hold what"):
        assign_responsibilities(department(), as_of=DAY, rules=wrong)


def test_books_hold_needs_and_capacities() -> None:
    """A row of a table is no need, and a member has no hours for customers by itself."""
    rows: list[Any] = [{"customer": "c-1", "hours": "2"}]
    members: list[Any] = [WEI]

    with pytest.raises(InvalidValueError, match="book must hold only needs"):
        assign_customers(rows, [capacity(WEI)], as_of=DAY)
    with pytest.raises(InvalidValueError, match="holders must hold only capacities"):
        assign_customers([need("c-1")], members, as_of=DAY)


@pytest.mark.parametrize("call", [assign_customers, assign_to_teams, Scenario.of_customers])
@pytest.mark.parametrize(
    ("argument", "value", "rule"),
    [
        ("book", need("c-1"), "book must be a list of needs, as CustomerNeed"),
        ("holders", capacity(WEI), "holders must be a list of capacities, as Capacity"),
        ("holders", None, "holders must be a list of capacities, as Capacity"),
        ("pins", pin("wei", customer="c-1"), "pins must be a list of pins and locks"),
        ("rules", Apart([CustomerId("c-1"), CustomerId("c-2")]), "rules must be a list of rules"),
        ("weights", {"over": 60}, "weights must be of type AssignmentWeights"),
        ("organization", "care", "organization must be of type Organization"),
        ("continuity", 5, "continuity must be of type Continuity"),
        ("budget", 60, "budget must be of type Budget"),
    ],
)
def test_each_argument_is_told_what_it_should_be(
    call: Callable[..., object], argument: str, value: object, rule: str
) -> None:
    """A single record is no list of them, and a number is no budget."""
    given = {"book": [need("c-1")], "holders": [capacity(WEI)], argument: value}

    with pytest.raises(InvalidValueError, match=rule):
        call(**given, as_of=DAY)


def test_a_plan_for_members_keeps_to_a_plan() -> None:
    """The ids of teams are no plan for teams."""
    within: Any = {"c-1": "service"}

    with pytest.raises(InvalidValueError, match="within must be of type Plan"):
        assign_customers([need("c-1")], [capacity(WEI)], as_of=DAY, within=within)


def test_a_pin_of_a_duty_stands_in_a_list() -> None:
    """A single wish for duties is told so as well."""
    wish: Any = pin("wei", responsibility="renewals", duty=Duty.BACKUP)

    with pytest.raises(InvalidValueError, match=r"pins must be a list .* also of a single one"):
        assign_responsibilities(department(), as_of=DAY, pins=wish)


@pytest.mark.parametrize(("left_on", "is_refused"), [(DAY, True), (date(2026, 10, 1), False)])
def test_who_is_gone_has_no_hours(left_on: date, is_refused: bool) -> None:  # noqa: FBT001 - a case
    """Hours of somebody who has left by the day of the plan are a slip; leaving later is none."""
    gone = capacity(attrs.evolve(WEI, left_on=left_on))
    rule = "member wei: gone from 2026-09-30 on, but with 30 h left"

    with pytest.raises(FaultsError, match=rule) if is_refused else nullcontext():
        assign_customers([need("c-1")], [gone, capacity(LIN)], as_of=DAY)


def test_projects_take_hours_of_the_planning_period() -> None:
    """Half of a project of two weeks lies in the period; its hours are taken, rounded up."""
    half = Period(date(2026, 9, 23), date(2026, 10, 7))
    later = Period(date(2027, 1, 1), date(2027, 2, 1))

    found = Capacity.of_team_members(
        department(WEI),
        as_of=DAY,
        weeks=4,
        projects=[(WEI.id, half, Decimal(20)), (WEI.id, later, Decimal(40))],
        facts={WEI.id: {"seniority": 3}},
    )

    assert [(c.hours, c.taken, c.minutes) for c in found] == [(Decimal(160), Decimal(20), 140 * 60)]
    assert found[0].facts == (("seniority", 3),)


def test_capacity_is_what_duties_and_leave_leave_over() -> None:
    """Of 40 hours 8 go to duties; of 4 weeks one is leave; the office has no customers."""
    away = member("wei", leave=[Period(date(2026, 10, 5), date(2026, 10, 12))])
    office = member("bob", team="office")
    busy = member("eva", weekly_hours=8)

    found = Capacity.of_team_members(
        department(away, office, busy),
        as_of=DAY,
        weeks=4,
        duty_hours=[(MemberId("wei"), Decimal(8)), (MemberId("eva"), Decimal(9))],
    )

    assert [(c.member.id, c.hours) for c in found] == [("wei", Decimal(96))]
