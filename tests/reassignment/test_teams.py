"""Customers to teams: each has one group, and gets its member from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from crmcore.errors import FaultsError
from crmcore.kernel import CustomerId, DepartmentId, MemberId, Phrase, TeamId
from crmcore.organization import Department, Interest, Member, Organization, SkillLevel, Team
from crmcore.plans import MoveKind, Plan, PlanKind
from crmcore.reassignment import (
    Apart,
    AssignmentWeights,
    Bundle,
    Capacity,
    CustomerNeed,
    Lock,
    Pin,
    assign_customers,
    assign_to_teams,
)

DAY = date(2026, 9, 30)
CALM = AssignmentWeights(idle=0, tolerance=Decimal(0))
LAW = SkillLevel("law", 2)


def holder(key: str, team: str, hours: int = 30, **more: Any) -> Capacity:  # noqa: ANN401
    """Return somebody of a team with so many hours for customers."""
    member = Member(
        **{"id": key, "name": key.title(), "team": TeamId(team), "weekly_hours": 40, **more}
    )
    return Capacity(member=member, hours=Decimal(hours))


def need(key: str, **more: Any) -> CustomerNeed:  # noqa: ANN401
    """Return a customer of two hours."""
    return CustomerNeed(**{"customer": key, "hours": 2, **more})


def to_teams(book: Iterable[CustomerNeed], holders: Iterable[Capacity], **more: Any) -> Plan:  # noqa: ANN401
    """Plan teams with calm weights."""
    return assign_to_teams(book, holders, **{"as_of": DAY, "weights": CALM, **more})


def to_members(book: Iterable[CustomerNeed], holders: Iterable[Capacity], **more: Any) -> Plan:  # noqa: ANN401
    """Plan members with calm weights."""
    return assign_customers(book, holders, **{"as_of": DAY, "weights": CALM, **more})


def destinations(found: Plan) -> dict[str | None, str | None]:
    """Return where each customer goes that moves."""
    return {move.customer: move.to_member for move in found.moves}


WEI = holder("wei", "north", languages=["zh"])
BOB = holder("bob", "north", skills=[LAW])
LIN = holder("lin", "south", languages=["zh"], skills=[LAW])
HOLDERS = [WEI, BOB, LIN]


def test_a_team_may_hold_what_one_of_its_members_may() -> None:
    """Who speaks and who knows the law are two people of the north: nobody there does both."""
    book = [
        need("c-1", language="zh", skills=[LAW], team="north"),
        need("c-2", language="zh", team="north"),
        need("c-3", skills=[LAW], team="north"),
    ]

    found = to_teams(book, HOLDERS)

    assert found.kind is PlanKind.TEAMS
    assert found.kind.label == Phrase("customers to teams", "客户分组")
    assert destinations(found) == {"c-1": "south"}
    assert found.moves[0].reason.kind is MoveKind.NOT_ELIGIBLE
    assert found.moves[0].reason.rule == Phrase("language zh", "zh语言能力")


def test_a_team_fits_as_well_as_its_best_member() -> None:
    """The fit of a team is that of the member for whom it costs least, wishes included."""
    keen = holder("kim", "west", skills=[LAW], interests=[Interest("law", 2)])
    best = holder("max", "east", skills=[SkillLevel("law", 5)])
    weak = holder("uma", "east", skills=[LAW])
    wishful = attrs.evolve(CALM, interest=20)

    (by_fit,) = to_teams([need("c-1", skills=[LAW])], [keen, best, weak]).moves
    (by_wish,) = to_teams([need("c-1", skills=[LAW])], [keen, best, weak], weights=wishful).moves

    assert (by_fit.to_member, by_fit.reason.fit_after) == ("east", 100)
    assert (by_wish.to_member, by_wish.reason.fit_after) == ("west", 70)


def test_the_hours_of_a_team_are_those_of_its_members() -> None:
    """Two members of 10 hours hold 22 hours by the usual limit, in one customer or in many."""
    book = [need(f"c-{at}", hours=2) for at in range(12)]

    found = to_teams(book, [holder("wei", "north", 10), holder("bob", "north", 10)])

    assert [(load.member, load.capacity) for load in found.after.loads] == [("north", Decimal(20))]
    assert len(found.uncovered) == 1


@pytest.mark.parametrize("work", [0, 10, 15, 16, 18, 19, 20, 21, 22])
def test_a_team_shares_its_work_as_well_as_can_be(work: int) -> None:
    """What a load costs a team is the least that any way to share it costs its members."""
    small, large = AssignmentWeights(), AssignmentWeights(idle=2, tight=7)
    holders = [holder("wei", "north", 8), attrs.evolve(holder("bob", "north", 12), curve=large)]
    book = [need("c-1", hours=work, uncovered=1_000_000)]

    found = assign_to_teams(
        book, holders, as_of=DAY, weights=attrs.evolve(small, tolerance=Decimal(0))
    )

    one, two = small.holder("wei", 480), large.holder("bob", 720)
    best = min(
        one.cost(part) + two.cost(work * 60 - part)
        for part in range(529)
        if 0 <= work * 60 - part <= two.limit
    )
    assert found.certificate.value == best


def test_a_customer_stays_with_the_team_of_its_owner() -> None:
    """The team of today is that of the owner, in the plan or known, or what the customer says."""
    care = DepartmentId("care")
    known = Organization(
        department=Department(id=care, name="Care"),
        teams=[
            Team(id=TeamId(key), name=key, department=care, looks_after_customers=True)
            for key in ("north", "south")
        ],
        members=[
            WEI.member,
            BOB.member,
            LIN.member,
            Member(
                id=MemberId("ann"),
                name="Ann",
                team=TeamId("south"),
                weekly_hours=Decimal(0),
                left_on=DAY,
            ),
        ],
    )
    book = [
        need("c-1", owner="bob"),
        need("c-2", owner="ann"),
        need("c-3", owner="ann", team="north"),
    ]

    with_organization = to_teams(book, HOLDERS, organization=known)
    without = to_teams(book, HOLDERS)

    assert (with_organization.moves, with_organization.kept) == ((), 3)
    assert [(move.customer, move.from_member) for move in without.moves] == [("c-2", None)]


def test_each_customer_gets_its_member_from_its_team() -> None:
    """The second plan moves only within the teams of the first, and explains it by them."""
    book = [
        need("c-1", owner="wei", language="zh", skills=[LAW]),
        need("c-2", owner="bob"),
        need("c-3", owner="lin", not_to=["lin"]),
    ]

    teams = to_teams(book, HOLDERS)
    found = to_members(book, HOLDERS, within=teams)

    assert destinations(teams) == {"c-1": "south", "c-3": "north"}
    assert destinations(found)["c-1"] == "lin"
    assert destinations(found)["c-3"] in {"wei", "bob"}
    assert found.kind is PlanKind.CUSTOMERS


def test_the_owner_of_another_team_lacks_membership() -> None:
    """Who may do everything but is in another team gives way to the team that was chosen."""
    book = [need("c-1", owner="wei")]
    teams = to_teams(book, HOLDERS, pins=[Pin(member=MemberId("lin"), customer=CustomerId("c-1"))])

    (move,) = to_members(book, HOLDERS, within=teams).moves

    assert teams.moves[0].to_member == "south"
    assert teams.moves[0].reason.kind is MoveKind.PINNED
    assert (move.to_member, move.reason.kind) == ("lin", MoveKind.NOT_ELIGIBLE)
    assert move.reason.rule == Phrase("membership of team south", "south团队成员身份")


def test_a_customer_without_a_team_gets_nobody() -> None:
    """What no team may hold, no member of one may."""
    book = [need("c-1", language="fr")]
    teams = to_teams(book, HOLDERS)

    (gap,) = to_members(book, HOLDERS, within=teams).uncovered

    assert teams.uncovered[0].reason == Phrase(
        "2 teams → none with language fr", "2个团队 → 0名具备fr语言能力"
    )
    assert gap.reason.en.startswith("3 members → none with language fr")


def test_a_team_plan_is_for_its_own_book() -> None:
    """A plan of members is no plan of teams, and a stale one is refused with all else."""
    book = [need("c-1", owner="wei", language="zh", skills=[LAW])]
    teams = to_teams(book, HOLDERS)
    stale = [attrs.evolve(book[0], owner=MemberId("lin"))]

    with pytest.raises(FaultsError, match="within: it is a plan of customers, not of teams"):
        to_members(book, HOLDERS, within=to_members(book, HOLDERS))
    with pytest.raises(FaultsError, match="customer:c-1: held by south, not by north"):
        to_members(stale, HOLDERS, within=teams)


def test_locks_flags_and_bundles_hold_for_teams() -> None:
    """A lock keeps the team; a household goes to one team; competitors may share one."""
    book = [
        need("c-1", owner="wei", language="zh", skills=[LAW]),
        need("c-2", owner="bob"),
        need("c-3", owner="lin"),
        need("c-4", owner="bob", stays=True),
    ]
    rules = [Bundle([CustomerId("c-2"), CustomerId("c-3")])]
    rivals = [Apart([CustomerId("c-2"), CustomerId("c-4")])]

    found = to_teams(
        book, HOLDERS, pins=[Lock(customer=CustomerId("c-1"))], rules=[*rules, *rivals]
    )

    (gap,) = found.uncovered
    assert (gap.subject, gap.stays_with) == ("customer:c-1", "north")
    assert [move.reason.kind for move in found.moves] == [MoveKind.TOGETHER]


def test_both_plans_together_lose_little() -> None:
    """Teams first and members within them covers everybody whom members alone would."""
    book = [need(f"c-{at}", owner=("wei", "bob", "lin", "ann")[at % 4]) for at in range(20)]

    alone = to_members(book, HOLDERS)
    teams = to_teams(book, HOLDERS)
    within = to_members(book, HOLDERS, within=teams)

    assert alone.uncovered == within.uncovered == ()
    assert isinstance(within.kept_share, Fraction)
    assert alone.certificate.value <= within.certificate.value
