"""What if: scenarios, and what a change is worth by prices and by planning again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.allocation import Watch
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError
from crmcore.kernel import (
    CustomerId,
    DepartmentId,
    MemberId,
    Phrase,
    ResponsibilityId,
    RoleId,
    TeamId,
)
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)
from crmcore.plans import PlanKind
from crmcore.reassignment import (
    AssignmentWeights,
    Capacity,
    Continuity,
    CustomerNeed,
    Lock,
    Pin,
    Scenario,
    Worth,
    assign_customers,
    assign_responsibilities,
    assign_to_teams,
    what_if,
)
from tests.reassignment.making import DAY, holder, member, need

CALM = AssignmentWeights(idle=0, tolerance=Decimal(0), dead_band=0)
LAW = SkillLevel("law", 1)


def scenario(
    book: Iterable[CustomerNeed],
    holders: Iterable[Capacity],
    **more: Any,  # noqa: ANN401
) -> Scenario:
    """Return a scenario with calm weights."""
    return Scenario.of_customers(book, holders, **{"as_of": DAY, "weights": CALM, **more})


BUSY = scenario(
    [need(f"c-{at}", 4, owner="wei") for at in range(4)], [holder("wei", 10), holder("lin", 5)]
)


def test_a_scenario_plans_what_it_is_made_of() -> None:
    """Its plan is that of the function that takes the same, for customers and for duties."""
    weights, pins = attrs.evolve(CALM, change=3), [Lock(customer=CustomerId("c-1"))]

    customers = scenario(BUSY.book, BUSY.holders, weights=weights, pins=pins)
    duties = Scenario.of_responsibilities(department(), as_of=DAY, zone="Asia/Shanghai", weeks=2)

    assert customers.plan() == assign_customers(
        BUSY.book, BUSY.holders, as_of=DAY, weights=weights, pins=pins
    )
    assert customers.kind is PlanKind.CUSTOMERS
    assert duties.plan() == assign_responsibilities(
        department(), as_of=DAY, zone="Asia/Shanghai", weeks=2
    )
    assert BUSY.plan(watch=Watch(lambda: 0.0)).seconds == 0


def test_a_scenario_may_be_about_teams() -> None:
    """Customers may go to teams, and an hour of a member is worth something to the team."""
    teams = scenario(BUSY.book, BUSY.holders, to_teams=True)

    (worth,) = what_if(teams, teams.with_hours("lin", more=2))

    assert teams.plan() == assign_to_teams(BUSY.book, BUSY.holders, as_of=DAY, weights=CALM)
    assert worth.points is not None
    assert worth.points > 0


def test_changes_are_told_one_after_another() -> None:
    """A scenario says what was changed since the first one, in both languages."""
    pin = Pin(customer=CustomerId("c-1"), member=MemberId("lin"))
    lock = Lock(customer=CustomerId("c-2"))

    changed = (
        BUSY.with_hours("wei", more=Decimal("1.5"))
        .with_hours("lin", more=-2)
        .with_member(holder("max", 10))
        .without_member("lin")
        .with_pin(pin)
        .without_pin(pin)
        .with_pin(lock)
    )

    assert BUSY.wording == Phrase("as it is", "维持现状")
    assert repr(BUSY) == "<Scenario of customers as of 2026-09-30: as it is>"
    assert changed.wording == Phrase(
        "1.5 h more for wei; 2 h less for lin; with max; without lin; "
        "customer:c-1 pinned to lin; not customer:c-1 pinned to lin; customer:c-2 locked",
        "wei增加1.5小时；lin减少2小时；max加入；lin不再参与；"
        "将customer:c-1指定给lin；不再将customer:c-1指定给lin；锁定customer:c-2",
    )
    assert [one.id for one in changed.members] == ["max", "wei"]
    assert changed.holders[1].hours == Decimal("11.5")
    assert changed.pins == (lock,)
    assert BUSY.changes == ()


def test_who_is_not_there_cannot_get_hours() -> None:
    """A member who is nearly named is suggested; a pin that is not there is refused."""
    with pytest.raises(UnknownNameError, match="unknown member 'wie'; did you mean 'wei'"):
        BUSY.with_hours("wie")
    with pytest.raises(UnknownNameError, match="unknown member 'ann'"):
        BUSY.without_member("ann")
    with pytest.raises(InvalidValueError, match="pin must be one of the pins of the scenario"):
        BUSY.without_pin(Lock(customer=CustomerId("c-1")))
    with pytest.raises(InvalidValueError, match="hours must be between 0 and 10000 hours"):
        BUSY.with_hours("wei", more=-11)


def test_newcomers_are_of_the_right_sort() -> None:
    """Customers want a capacity, duties a member."""
    duties = Scenario.of_responsibilities(department(), as_of=DAY)

    with pytest.raises(InvalidValueError, match="newcomer must be a capacity, for customers"):
        BUSY.with_member(member("max"))
    with pytest.raises(InvalidValueError, match="newcomer must be a member, for duties"):
        duties.with_member(holder("max", 10))


def test_duties_are_of_an_organization() -> None:
    """A scenario for duties without a department is refused when it is asked for anything."""
    with pytest.raises(InvalidValueError, match="organization must be given, for duties"):
        Scenario(kind=PlanKind.RESPONSIBILITIES, as_of=DAY).plan()


def test_the_day_is_a_date() -> None:
    """An instant has a day only in some zone."""
    with pytest.raises(InvalidValueError, match="as_of must be a day, not an instant"):
        scenario([], [], as_of=datetime(2026, 9, 30, tzinfo=UTC))


def test_an_hour_more_is_worth_its_price() -> None:
    """Where the change is small, the estimate is what planning again wins, to the point."""
    busy = scenario([need("c-1", 10)], [holder("wei", 10)])

    (worth,) = what_if(busy, busy.with_hours("wei", more=Decimal("0.25")))

    assert worth.change == Phrase("0.25 h more for wei", "wei增加0.25小时")
    assert worth.points == worth.low == worth.high
    assert worth.is_exact
    assert worth.estimate is not None
    assert abs(worth.estimate - Decimal(worth.points or 0)) < 1


def test_a_hire_covers_what_nobody_could() -> None:
    """What a newcomer wins, what is covered and what moves, is told."""
    book = [need("c-1", language="fr"), need("c-2", owner="wei")]
    short = scenario(book, [holder("wei", 10)])

    (worth,) = what_if(short, short.with_member(holder("max", 10, languages=["fr"])))

    assert worth.points == 600
    assert worth.covered == worth.moved == ("customer:c-1",)
    assert worth.uncovered == ()
    assert worth.wording == Phrase("with max: +600 points", "max加入：+600分")
    assert worth.plan is not None
    assert len(worth.plan.uncovered) == 0


def test_the_wish_of_a_manager_has_a_price() -> None:
    """A pin costs what the plan without it would win, and giving it up wins that back."""
    pin = Pin(customer=CustomerId("c-0"), member=MemberId("lin"))
    free = scenario([need("c-0", owner="wei")], [holder("wei", 10), holder("lin", 10)])

    (added,) = what_if(free, free.with_pin(pin))
    (released,) = what_if(free.with_pin(pin), free)

    assert str(added) == "customer:c-0 pinned to lin: -25 points"
    assert str(released) == "as it is: +25 points"
    assert added.is_exact
    assert added.moved == released.moved == ("customer:c-0",)


def test_a_leaver_is_worth_less_than_nothing() -> None:
    """Without somebody, what only that one could look after is uncovered."""
    (worth,) = what_if(BUSY, BUSY.without_member("wei"))

    assert worth.points is not None
    assert worth.points < 0
    assert len(worth.uncovered) - len(worth.covered) == 2
    assert set(worth.uncovered) <= set(worth.moved)


def test_an_estimate_says_that_it_is_one() -> None:
    """Without planning again there is an estimate and a proven upper limit, and no plan."""
    (worth,) = what_if(BUSY, BUSY.with_hours("wei", more=4), estimate_only=True)

    assert (worth.points, worth.plan, worth.low) == (None, None, None)
    assert worth.estimate is not None
    assert worth.high is not None
    assert worth.high >= worth.estimate
    assert not worth.is_exact
    assert worth.wording.en == f"4 h more for wei: about +{worth.estimate.normalize():f} points"
    assert worth.wording.zh.startswith("wei增加4小时：约+")


def test_where_points_come_second_there_is_no_estimate() -> None:
    """The lowest peak, or continuity before points: prices say nothing, planning again does."""
    peak = attrs.evolve(BUSY, weights=attrs.evolve(CALM, lowest_peak=True))
    first = attrs.evolve(BUSY, continuity=Continuity(first=True))

    for base in (peak, first):
        guess, worth = (
            what_if(base, base.with_hours("wei", more=4), estimate_only=only)[0]
            for only in (True, False)
        )
        assert (guess.estimate, guess.high) == (None, None)
        assert str(guess) == "4 h more for wei: unknown without planning again"
        assert guess.wording.zh == "wei增加4小时：需重新规划"
        assert (worth.low, worth.high) == (None, None)
        assert worth.plan is not None


def test_what_is_not_proven_lies_between_two_numbers() -> None:
    """A worth that is not proven to the point says between which numbers it lies."""
    worth = Worth(
        change=Phrase("with max", "max加入"),
        points=Decimal(10),
        low=Decimal("8.5"),
        high=Decimal(12),
    )

    assert worth.wording == Phrase(
        "with max: +10 points, for certain between +8.5 and +12",
        "max加入：+10分，可证明介于+8.5与+12之间",
    )
    assert str(attrs.evolve(worth, points=Decimal(0), low=None)) == "with max: 0 points"


def test_an_hour_more_for_each() -> None:
    """One hour more for everybody in turn is a table of what time is worth."""
    heard: list[tuple[int, int | None, str]] = []

    worths = what_if(
        BUSY,
        *BUSY.each_with_hours(more=1),
        plan=BUSY.plan(),
        progress=lambda done, total, what: heard.append((done, total, str(what))),
    )

    assert [str(worth.change) for worth in worths] == ["1 h more for lin", "1 h more for wei"]
    assert heard == [(0, 2, "1 h more for lin"), (1, 2, "1 h more for wei")]
    assert [worth.points for worth in worths] == [0, worths[1].high]
    assert worths[1].points is not None
    assert worths[1].points > 0


def test_dearer_changes_move_fewer() -> None:
    """The frontier: the dearer a change, the fewer moves, and the more the rest costs."""
    people = [
        holder(key, 10, skills=[SkillLevel("law", level)])
        for key, level in (("ann", 1), ("bob", 2), ("cem", 4))
    ]
    book = [
        need(f"c-{at}", 3, owner="ann", skills=[LAW], change=None if at else 15) for at in range(3)
    ]
    base = scenario(book, people, weights=attrs.evolve(CALM, change=10))

    frontier = base.frontier([4, 0, 1, Fraction(1, 2)])

    assert [times for times, _ in frontier] == [0, Fraction(1, 2), 1, 4]
    counts = [len(plan.moves) for _, plan in frontier]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 3
    assert counts[-1] == 0
    without_change = [
        sum(points for term, points in plan.points if str(term) != "change") for _, plan in frontier
    ]
    assert without_change == sorted(without_change)


def test_prices_say_little_of_who_leaves() -> None:
    """Without planning again there is no estimate for a leaver, but a proven upper limit."""
    guess, worth = (
        what_if(BUSY, BUSY.without_member("wei"), estimate_only=only)[0] for only in (True, False)
    )

    assert guess.estimate is None
    assert guess.high is not None
    assert worth.points is not None
    assert worth.points <= guess.high


@settings(max_examples=12)
@given(seed=st.integers(0, 100_000))
def test_the_worth_never_lies(seed: int) -> None:
    """Between low and high lies what the best plans differ by, and prices bound it as well."""
    chance = Random(seed)  # noqa: S311 - made-up customers need no cryptographic chance
    people = [
        holder(key, chance.randint(3, 9), skills=[SkillLevel("law", chance.randint(1, 3))])
        for key in ("ann", "bob")
    ]
    owners = ["ann", "bob", None]
    book = [
        need(f"c-{at}", chance.randint(1, 5), skills=[LAW], owner=chance.choice(owners))
        for at in range(5)
    ]
    base = scenario(book, people)
    others = [
        base.with_hours("ann", more=chance.randint(1, 4)),
        base.with_member(holder("max", chance.randint(1, 6), skills=[SkillLevel("law", 2)])),
        base.without_member("bob"),
    ]

    best = base.plan()

    worths = what_if(base, *others, plan=best)
    guesses = what_if(base, *others, plan=best, estimate_only=True)

    assert best.certificate.is_optimal
    for worth, guess, other in zip(worths, guesses, others, strict=True):
        again = other.plan()
        assert again.certificate.is_optimal
        exact = Decimal(best.certificate.value - again.certificate.value) / 1000
        assert worth.low is not None
        assert worth.high is not None
        assert worth.low <= exact <= worth.high
        assert guess.high is not None
        assert exact <= guess.high


CARE = DepartmentId("care")


def department() -> Organization:
    """Return a department of two with one responsibility."""
    return Organization(
        department=Department(id=CARE, name="Care"),
        teams=[Team(id=TeamId("t"), name="Team", department=CARE)],
        roles=[Role(id=RoleId("lead"), name="Lead", has_authority=True)],
        members=[
            member("ann", roles=["lead"], skills=[LAW], weekly_hours=10),
            member("bob", skills=[LAW], weekly_hours=10),
        ],
        responsibilities=[
            Responsibility(
                id=ResponsibilityId("renewals"),
                name="Renewals",
                role=RoleId("lead"),
                team=TeamId("t"),
                weekly_hours=Decimal(12),
                skills=[LAW],
            )
        ],
        assignments=[
            Assignment(
                id="a-1",
                responsibility=ResponsibilityId("renewals"),
                duty=Duty.BACKUP,
                member=MemberId("bob"),
                since=datetime(2026, 1, 1, tzinfo=UTC),
            )
        ],
    )


def test_hours_people_and_pins_change_duties_too() -> None:
    """More hours, one more member, a leaver and a pin: each is worth something for duties."""
    base = Scenario.of_responsibilities(
        department(),
        as_of=DAY,
        weights=CALM,
        facts={MemberId("ann"): {"seniority": 3}},
    )
    pin = Pin(responsibility=ResponsibilityId("renewals"), duty=Duty.BACKUP, member=MemberId("ann"))

    hours, hire, leaver, wish = what_if(
        base,
        base.with_hours("bob", more=4),
        base.with_member(member("max", skills=[LAW])),
        base.without_member("bob"),
        base.with_pin(pin),
    )

    assert hours.covered == hire.covered == ("responsibility:renewals:responsible",)
    assert leaver.uncovered == ("responsibility:renewals:backup",)
    assert [worth.points is not None and worth.points > 0 for worth in (hours, hire)] == [True] * 2
    assert leaver.points is not None
    assert wish.points is not None
    assert leaver.points < 0 > wish.points
    assert base.facts == ((MemberId("ann"), (("seniority", 3),)),)


def test_a_change_that_breaks_a_rule_is_refused() -> None:
    """A pin on what nobody asks for is refused as it would be anywhere."""
    pin = Pin(customer=CustomerId("c-9"), member=MemberId("wei"))

    with pytest.raises(FaultsError, match="customer:c-9"):
        what_if(BUSY, BUSY.with_pin(pin))
