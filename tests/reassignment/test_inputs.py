"""What goes into a plan, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crmcore.calendar import Period
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.kernel import DepartmentId, MemberId, ResponsibilityId, RoleId, TeamId
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
    AssignmentWeights,
    Capacity,
    CustomerNeed,
    Pin,
    assign_customers,
    assign_responsibilities,
)

DAY = date(2026, 9, 30)
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
