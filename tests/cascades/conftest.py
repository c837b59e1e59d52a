"""What the tests of cascades share: a company of two departments, and goals for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from crmcore.calendar import Period
from crmcore.goals import Goal, GoalId
from crmcore.kernel import DepartmentId, MemberId, TeamId
from crmcore.organization import Department, Member, Organization, Team

YEAR = Period(date(1998, 1, 1), date(1999, 1, 1))

MakeGoal: TypeAlias = Callable[..., Goal]


def _goal(
    key: str,
    target: int | str,
    owner: str | None = "acme",
    parent: str | None = None,
    **fields: Any,  # noqa: ANN401 - fields of several types
) -> Goal:
    return Goal(
        **{
            "id": GoalId(key),
            "name": f"Goal {key}",
            "kpi": "orders",
            "baseline": 0,
            "target": target,
            "period": YEAR,
            "owner": owner,
            "parent": None if parent is None else GoalId(parent),
            **fields,
        }
    )


@pytest.fixture(scope="session")
def goal() -> MakeGoal:
    """Return the maker of a goal: its id, target, owner and parent, for orders in 1998."""
    return _goal


@pytest.fixture(scope="session")
def departments() -> tuple[Organization, ...]:
    """Return sales with teams north and south, and service with the team desk."""

    def member(key: str, team: str) -> Member:
        return Member(id=MemberId(key), name=key, team=TeamId(team), weekly_hours=Decimal(38))

    def team(key: str, department: str) -> Team:
        return Team(id=TeamId(key), name=key, department=DepartmentId(department))

    return (
        Organization(
            department=Department(id=DepartmentId("sales"), name="Sales"),
            teams=[team("north", "sales"), team("south", "sales")],
            members=[member("wei", "north"), member("eva", "north"), member("tom", "south")],
        ),
        Organization(
            department=Department(id=DepartmentId("service"), name="Service"),
            teams=[team("desk", "service")],
            members=[member("ana", "desk")],
        ),
    )
