"""Customers to members: who goes where, and what each move says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import FaultsError, InvalidValueError
from crmcore.kernel import CustomerId, MemberId, Phrase, Undefined
from crmcore.organization import Interest, SkillLevel
from crmcore.plans import (
    Balance,
    MemberLoad,
    Move,
    MoveKind,
    MoveReason,
    Plan,
    PlanKind,
    Term,
    Uncovered,
)
from crmcore.reassignment import AssignmentWeights, Capacity, CustomerNeed, Pin, assign_customers
from tests.reassignment.making import DAY, holder, need

MANDARIN = SkillLevel("Mandarin", 2)

# Nobody minds idle hours: what a test is about is not drowned in them.
CALM = AssignmentWeights(idle=0, tolerance=Decimal(0))


def plan(
    book: Iterable[CustomerNeed],
    holders: Iterable[Capacity],
    **more: Any,  # noqa: ANN401
) -> Plan:
    """Plan with calm weights."""
    return assign_customers(book, holders, **{"as_of": DAY, "weights": CALM, **more})


def only_move(found: Plan) -> Move:
    """Return the single move of a plan."""
    (move,) = found.moves
    return move


WEI = holder("wei", skills=[SkillLevel("Mandarin", 4)], languages=["zh"])
LIN = holder("lin", languages=["en"], regions=["north"])


def test_a_new_customer_goes_to_who_can_speak_with_it() -> None:
    """A first assignment says so, with its fit and what it is worth to be covered."""
    move = only_move(plan([need("c-1", language="zh")], [WEI, LIN]))

    assert (move.subject, move.from_member, move.to_member) == ("customer:c-1", None, "wei")
    assert move.expected_version is None
    assert str(move) == (
        "customer:c-1: nobody → wei (first assignment; fit 100 %; being covered +600 = +600 points)"
    )


def test_who_is_gone_hands_over() -> None:
    """The customers of somebody who is not among the holders are forced to move."""
    move = only_move(plan([need("c-1", owner="ann", ownership_version=3)], [LIN]))

    assert move.reason.kind is MoveKind.LEFT
    assert move.reason.kind.is_forced
    assert (move.from_member, move.expected_version) == ("ann", 3)


def test_an_owner_without_the_skill_hands_over() -> None:
    """The rule that the owner does not keep is part of the reason, in both languages."""
    move = only_move(plan([need("c-1", skills=[MANDARIN], owner="lin")], [WEI, LIN]))

    assert move.reason.kind is MoveKind.NOT_ELIGIBLE
    assert move.reason.wording == Phrase(
        "the holder may not hold it; lacks Mandarin at level 2 or more; fit 90 %; "
        "being covered +450, fit -10 = +440 points",
        "原负责人不符合条件；缺少2级以上的Mandarin；匹配度90%；有人负责 +450, 匹配度 -10 = +440分",
    )


def test_better_fit_must_pay_for_the_change() -> None:
    """Two levels more are 20 points of fit: not enough for a change of 25, enough for 15."""
    junior = holder("jun", skills=[SkillLevel("Mandarin", 2)])
    book = [need("c-1", skills=[MANDARIN], owner="jun")]
    cheap = attrs.evolve(CALM, change=15, valuable_change=0)

    move = only_move(plan(book, [junior, WEI], weights=cheap))

    assert plan(book, [junior, WEI]).moves == ()
    assert move.reason == MoveReason(
        kind=MoveKind.BETTER_FIT,
        fit_before=70,
        fit_after=90,
        terms=((Term.FIT, Decimal(20)), (Term.CHANGE, Decimal(-15))),
        runner_up=MemberId("jun"),
        margin=Decimal(5),
        hour_before=Decimal(0),
        hour_after=Decimal(0),
        keep_cost=Decimal(5),
        flip=Fraction(19, 15),
    )
    assert str(move.reason) == (
        "better fit; fit 70 → 90 %; fit +20, change -15 = +5 points; next best jun, -5"
    )


def test_wishes_count() -> None:
    """Of two who fit alike, the one goes first who would like to."""
    keen = holder("zoe", interests=[Interest("Mandarin", 2)], skills=[MANDARIN])
    loath = holder("abe", interests=[Interest("Mandarin", -2)], skills=[MANDARIN])

    move = only_move(plan([need("c-1", skills=[MANDARIN])], [loath, keen]))

    assert move.to_member == "zoe"
    assert dict(move.reason.terms)[Term.INTEREST] == Decimal(10)
    assert move.reason.margin == Decimal(20)


def test_relief_takes_from_who_is_overworked() -> None:
    """Somebody within the limit but above the capacity gives away what hardly loses."""
    book = [need(f"c-{at}", hours=8, owner="wei") for at in range(4)]

    found = plan(book, [holder("wei", 30), holder("lin", 30)], weights=AssignmentWeights())

    assert {move.reason.kind for move in found.moves} == {MoveKind.RELIEF}
    assert found.before.highest == Fraction(32, 30)
    assert isinstance(found.after.highest, Fraction)
    assert found.after.highest < 1


def test_what_is_beyond_the_limit_must_move() -> None:
    """An owner with twice the hours keeps what fits below the limit."""
    book = [need(f"c-{at}", hours=10, owner="wei") for at in range(6)]

    found = plan(book, [holder("wei", 30), holder("lin", 30)])

    assert {move.reason.kind for move in found.moves} == {MoveKind.OVER_LIMIT}
    assert found.kept == 3
    assert found.kept_share == Fraction(1, 2)


def test_a_customer_may_make_room_for_another() -> None:
    """A customer that could stay goes to another member, so that one with no choice fits."""
    flexible = need("c-1", hours=20, owner="wei")
    bound = need("c-2", hours=20, importance=8, language="zh")

    found = plan([flexible, bound], [holder("wei", 22, languages=["zh"]), holder("lin", 22)])

    assert [(move.customer, move.reason.kind) for move in found.moves] == [
        ("c-1", MoveKind.MAKES_ROOM),
        ("c-2", MoveKind.FIRST),
    ]


def test_a_pin_is_kept_and_says_so() -> None:
    """A customer that is pinned moves though nothing else would move it."""
    pin = Pin(member=MemberId("lin"), customer=CustomerId("c-1"))

    move = only_move(plan([need("c-1", owner="wei")], [WEI, LIN], pins=[pin]))

    assert (move.to_member, move.reason.kind) == ("lin", MoveKind.PINNED)
    assert isinstance(
        plan([need("c-1", owner="wei")], [WEI, LIN], pins=[pin]).points_before, Undefined
    )


def test_value_makes_a_change_dearer() -> None:
    """A customer above the median value costs 50 points to move, the others 25."""
    book = [
        need(f"c-{at}", hours=10, owner="wei", value=at, skills=[SkillLevel("Mandarin", 1)])
        for at in range(3)
    ]
    better = holder("max", skills=[SkillLevel("Mandarin", 4)])
    worse = holder("wei", skills=[SkillLevel("Mandarin", 1)])

    found = plan(book, [better, worse])

    assert [move.customer for move in found.moves] == ["c-0", "c-1"]
    assert found.kept_value_share == Fraction(2, 3)


def test_a_customer_may_have_a_price_of_its_own() -> None:
    """A change that is free happens for a single point of fit."""
    book = [need("c-1", owner="jun", skills=[MANDARIN], change=0)]

    move = only_move(plan(book, [holder("jun", skills=[MANDARIN]), WEI]))

    assert move.to_member == "wei"


def only_gap(found: Plan) -> Uncovered:
    """Return the single uncovered item of a plan."""
    (gap,) = found.uncovered
    return gap


def test_nobody_speaks_the_language() -> None:
    """The funnel shows at which rule the last one is lost."""
    gap = only_gap(plan([need("c-1", region="south", language="fr")], [WEI, LIN]))

    assert str(gap) == (
        "customer:c-1: 2 members → none with language fr; language fr for wei would do"
    )
    assert gap.reason.zh == "2名成员 → 0名具备fr语言能力"
    assert gap.cost == Decimal(600)


def test_nobody_has_the_level() -> None:
    """Whoever lacks nothing but the fewest levels is named for training."""
    wanted = need("c-1", skills=[SkillLevel("Mandarin", 5)])

    gap = only_gap(plan([wanted], [WEI, LIN, holder("max", skills=[SkillLevel("Mandarin", 3)])]))

    assert str(gap) == (
        "customer:c-1: 3 members → none with Mandarin at level 5 or more; "
        "training wei in Mandarin up to level 5 would do"
    )


def test_nobody_has_the_skill() -> None:
    """A skill like none that somebody has is wanting, and no slip of the pen."""
    gap = only_gap(plan([need("c-1", skills=[SkillLevel("law", 1)])], [WEI, LIN]))

    assert gap.reason.en == "2 members → none with law at level 1 or more"
    assert gap.remedy is not None
    assert gap.remedy.en == "unknown skill 'law'; known are Mandarin"


def test_nobody_has_the_hours() -> None:
    """Where hours are wanting, the fewest that would do are named."""
    book = [need("c-1", hours=25, importance=8), need("c-2", hours=15)]

    gap = only_gap(plan(book, [holder("wei", 30)]))

    assert str(gap) == "customer:c-2: 1 member → none with 15 h left; 7 h more for wei would do"


def test_hours_may_be_worth_more_than_a_customer() -> None:
    """Somebody has the hours, but they would cost more than the customer is worth."""
    costly = attrs.evolve(CALM, over=600)

    gap = only_gap(plan([need("c-1", hours=32)], [holder("wei", 30)], weights=costly))

    assert gap.reason.en == (
        "1 member → 1 with 32 h left → but their hours are worth more elsewhere, "
        "by 132.4 points an hour"
    )
    assert gap.remedy == Phrase("2 h more for wei would do", "为wei增加2小时即可")


def test_an_inherited_breach_stays_until_somebody_is_found() -> None:
    """An owner who breaks a rule keeps the customer when nobody else could take it."""
    found = plan([need("c-1", language="fr", owner="wei")], [WEI, LIN])

    assert found.moves == ()
    assert found.kept == 1
    assert only_gap(found).stays_with == "wei"
    assert only_gap(found).rule == Phrase("language fr", "fr语言能力")


def test_who_is_gone_keeps_nothing() -> None:
    """A customer of somebody who is gone loses the owner even when nobody takes over."""
    found = plan([need("c-1", language="fr", owner="ann")], [WEI])

    move = only_move(found)
    assert (move.from_member, move.to_member) == ("ann", None)
    assert (
        str(move) == "customer:c-1: ann → nobody (the holder has left, is leaving or has no hours)"
    )


def test_a_large_customer_may_lose_its_place() -> None:
    """Where the hours do not suffice, the less important customer is given up."""
    book = [
        need("c-1", hours=30, owner="wei"),
        need("c-2", hours=30, owner="wei", importance=8),
    ]

    found = plan(book, [holder("wei", 30)])

    move = only_move(found)
    assert (move.customer, move.to_member) == ("c-1", None)
    assert dict(move.reason.terms)[Term.COVER] == Decimal(-600)
    assert move.reason.runner_up is None


def test_the_same_book_moves_nobody_twice() -> None:
    """Planned again with its own outcome as today, a plan moves nobody."""
    book, holders = random_book(40, 4, seed=4)
    first = assign_customers(book, holders, as_of=DAY)
    after = {move.customer: move.to_member for move in first.moves}
    again = [attrs.evolve(need, owner=after.get(need.customer, need.owner)) for need in book]

    second = assign_customers(again, holders, as_of=DAY)

    assert second.moves == ()
    assert second.kept_share == 1


def random_book(
    customers: int, members: int, seed: int
) -> tuple[list[CustomerNeed], list[Capacity]]:
    """Return a made-up book with skills, languages, owners and some who are gone."""
    chance = Random(seed)  # noqa: S311 - made-up customers need no cryptographic chance
    skills = ["Mandarin", "law", "repair"]
    holders = [
        holder(
            f"m{at}",
            customers * 2 // members + 5,
            skills=[SkillLevel(s, chance.randint(1, 5)) for s in chance.sample(skills, 2)],
            languages=chance.sample(["zh", "en"], chance.randint(1, 2)),
        )
        for at in range(members)
    ]
    book = [
        need(
            f"c-{at}",
            hours=chance.randint(1, 4),
            importance=chance.choice([1, 2, 4, 8]),
            value=chance.randint(0, 900),
            skills=[SkillLevel(chance.choice(skills), chance.randint(1, 4))],
            language=chance.choice(["zh", "en", None]),
            owner=chance.choice([None, "gone", *(f"m{n}" for n in range(members))]),
        )
        for at in range(customers)
    ]
    return book, holders


@pytest.mark.parametrize("seed", range(3))
def test_the_points_of_a_plan_add_up(seed: int) -> None:
    """The terms of the plan are its value, and no bound is above it."""
    found = assign_customers(*random_book(40, 4, seed), as_of=DAY)

    assert sum(points for _, points in found.points) * 1000 == found.certificate.value
    assert found.certificate.bound <= found.certificate.value


def test_order_does_not_matter() -> None:
    """Customers and members in another order give the same plan."""
    book, holders = random_book(40, 4, seed=9)

    assert assign_customers(book, holders, as_of=DAY) == assign_customers(
        book[::-1], holders[::-1], as_of=DAY
    )


def held_today(book: Iterable[CustomerNeed]) -> dict[str, MemberId | None]:
    """Return who holds which customer today, by subject."""
    return {f"customer:{need.customer}": need.owner for need in book}


def test_a_plan_and_its_inverse_are_nothing() -> None:
    """Carried out and taken back, a plan leaves everything as it was."""
    book, holders = random_book(50, 4, seed=2)
    found = assign_customers(book, holders, as_of=DAY)
    today = held_today(book)

    after = found.simulate(today)
    back = attrs.evolve(found, moves=found.inverse()).simulate(after)

    assert found.moves
    assert after != today
    assert back == today
    assert {move.expected_version for move in found.inverse()} == {None}


def test_a_stale_plan_is_refused() -> None:
    """What somebody else holds by now is not taken away."""
    found = plan([need("c-1", language="zh", owner="lin")], [WEI, LIN])

    with pytest.raises(FaultsError, match="customer:c-1: held by max, not by lin; make the plan"):
        found.simulate({"customer:c-1": MemberId("max")})
    with pytest.raises(FaultsError, match="held by nobody, not by lin"):
        found.simulate({})


def test_the_fingerprint_tells_plans_apart() -> None:
    """The same moves have the same fingerprint, others another."""
    one = plan([need("c-1")], [WEI])
    same = plan([need("c-1")], [WEI])
    other = plan([need("c-2")], [WEI])

    assert one.fingerprint == same.fingerprint != other.fingerprint
    assert len(one.fingerprint) == 16


def test_an_empty_book_has_an_empty_plan() -> None:
    """Without customers nothing moves, nothing is uncovered, and no share is defined."""
    found = plan([], [WEI])

    assert (found.moves, found.uncovered, found.kind) == ((), (), PlanKind.CUSTOMERS)
    assert isinstance(found.kept_share, Undefined)
    assert isinstance(found.after.gini, Undefined)
    assert found.points_before == 0


def test_nobody_without_capacity_is_measured() -> None:
    """A balance of nobody has neither a highest nor a lowest load."""
    nobody = Balance(loads=(load("ann", 5, 0),), unheld=3)

    assert isinstance(nobody.lowest, Undefined)
    assert isinstance(nobody.highest, Undefined)
    assert isinstance(nobody.gini, Undefined)


@pytest.mark.parametrize(
    ("hours", "gini"),
    [([8, 8, 8], Fraction(0)), ([0, 8], Fraction(1, 2)), ([1, 2, 3, 4], Fraction(1, 4))],
)
def test_the_gini_coefficient_is_the_usual_one(hours: list[int], gini: Fraction) -> None:
    """Equal loads have 0; of two with everything on one it is a half; 1, 2, 3, 4 have 0.25."""
    loads = tuple(load(f"m{at}", work, 10) for at, work in enumerate(hours))

    assert Balance(loads=loads, unheld=0).gini == gini


def load(who: str, hours: int, capacity: int) -> MemberLoad:
    """Return the load of somebody with one item."""
    return MemberLoad(
        member=MemberId(who), hours=Decimal(hours), capacity=Decimal(capacity), items=1
    )


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from([None, "wei", "lin", "ann"])), max_size=5
    ),
    st.integers(2, 9),
)
def test_no_distribution_is_better(shapes: list[tuple[int, str | None]], hours: int) -> None:
    """No way to give the customers away costs less than a plan without tolerance."""
    book = [need(f"c-{at}", hours=work, owner=owner) for at, (work, owner) in enumerate(shapes)]
    holders = [holder("wei", hours), holder("lin", hours)]
    weights = AssignmentWeights(tolerance=Decimal(0), dead_band=0)

    found = assign_customers(book, holders, as_of=DAY, weights=weights)

    def cost(who: tuple[str | None, ...]) -> Fraction:
        total = Fraction(0)
        loads = {"wei": 0, "lin": 0}
        for (work, owner), at in zip(shapes, who, strict=True):
            total += 25 if owner in loads and owner != at else 0
            if at is None:
                total += 600
            else:
                loads[at] += work
        return total + sum(curve(load, hours) for load in loads.values())

    best = min(map(cost, product([None, "wei", "lin"], repeat=len(shapes))))
    assert found.certificate.is_optimal
    assert Fraction(found.certificate.value, 1000) == best


def curve(load: int, capacity: int) -> Fraction:
    """Return the points of a load by the default weights, far from the minutes of the code."""
    minutes, full = load * 60, capacity * 60
    low, tight, limit = full * 80 // 100, full * 95 // 100, full * 110 // 100
    if minutes > limit:
        return Fraction(10**9)
    return (
        Fraction(3, 15) * max(low - minutes, 0)
        + Fraction(6, 15) * max(min(minutes, full) - tight, 0)
        + Fraction(45, 15) * max(minutes - full, 0)
    )


def test_the_short_of_a_plan_counts_and_proves() -> None:
    """A plan does not fill the screen: how much moves, what stays open, and how good it is."""
    found = plan([need("north"), need("south", language="fr")], [holder("wei")])

    assert repr(found) == (
        "<Plan of customers as of 2026-09-30: 1 moves, 0 kept, 1 uncovered; "
        "the best possible, proven>"
    )


def test_the_day_of_a_plan_is_a_date() -> None:
    """An instant has a day only in some zone."""
    with pytest.raises(InvalidValueError, match="as_of must be a day, not an instant"):
        plan([need("north")], [holder("wei")], as_of=datetime(2026, 9, 30, tzinfo=UTC))


@pytest.mark.parametrize("seed", range(6))
def test_the_balance_is_that_of_the_moves_carried_out(seed: int) -> None:
    """Before and after are what the moves make of it, whatever is kept against a rule."""
    book, holders = random_book(40, 4, seed=seed)
    found = assign_customers(book, holders, as_of=DAY)
    today = {f"customer:{need.customer}": need.owner for need in book}
    hours = {f"customer:{need.customer}": need.hours for need in book}

    after = found.simulate(today)

    for balance, held in ((found.before, today), (found.after, after)):
        for load in balance.loads:
            mine = [key for key, who in held.items() if who == load.member]
            assert (load.hours, load.items) == (sum(hours[key] for key in mine), len(mine))
    assert {gap.subject: gap.stays_with for gap in found.uncovered}.items() <= after.items()


@pytest.mark.once
@pytest.mark.parametrize(("customers", "seed"), [(40, 3), (40, 14), (80, 12), (80, 24)])
def test_what_does_not_pay_by_itself_names_what_it_makes_way_for(customers: int, seed: int) -> None:
    """A move that could have stayed and loses points says for whom it makes room."""
    book, holders = random_book(customers, customers // 20 + 2, seed=seed)
    found = assign_customers(book, holders, as_of=DAY)

    losing = [
        move.reason
        for move in found.moves
        if move.from_member and not move.reason.kind.is_forced and move.reason.net < 0
    ]

    assert all(reason.kind is MoveKind.MAKES_ROOM and reason.other for reason in losing)
    assert not any(
        move.reason.kind is MoveKind.MAKES_ROOM and move.reason.runner_up == move.from_member
        for move in found.moves
    )


def test_nobody_is_no_better_fit() -> None:
    """What is given up for good is relief, though nobody loses no points for fit."""
    tired = attrs.evolve(CALM, interest=300, dead_band=0)
    grim = holder("wei", interests=[Interest("law", -2)], skills=[SkillLevel("law", 4)])

    move = only_move(
        plan([need("c-1", skills=[SkillLevel("law", 4)], owner="wei")], [grim], weights=tired)
    )

    assert move.to_member is None
    assert move.reason.kind is not MoveKind.BETTER_FIT


@pytest.mark.parametrize(
    ("margin", "said"),
    [
        ("2.5", "next best lin, -2.5"),
        ("0.04", "lin is as good"),
        ("-2.5", "lin would be better, +2.5"),
    ],
)
def test_the_runner_up_is_told_as_it_is(margin: str, said: str) -> None:
    """One who would be better by itself is not called the next best."""
    reason = MoveReason(kind=MoveKind.FIRST, runner_up=MemberId("lin"), margin=Decimal(margin))

    assert str(reason) == f"first assignment; {said}"


@pytest.mark.parametrize("seed", range(6))
def test_the_points_of_a_move_are_what_the_plan_would_lose_without_it(seed: int) -> None:
    """Taken back alone, a move that nobody forces costs just its net, counted anew."""
    book, holders = random_book(30, 4, seed=seed)
    holders = [attrs.evolve(one, hours=one.hours * 2) for one in holders]
    found = assign_customers(book, holders, as_of=DAY)
    needs = {need.customer: need for need in book}
    loads = {load.member: load.hours for load in found.after.loads}
    curves = {
        load.member: AssignmentWeights().holder(load.member, int(load.capacity * 60))
        for load in found.after.loads
    }

    for move in found.moves:
        if move.customer is None or move.from_member is None or move.reason.kind.is_forced:
            continue
        hours = needs[move.customer].hours
        back = {move.from_member: hours, move.to_member: -hours}
        lost = sum(
            curves[who].cost(int((loads[who] + by) * 60)) - curves[who].cost(int(loads[who] * 60))
            for who, by in back.items()
            if who is not None
        )

        assert dict(move.reason.terms).get(Term.HOURS, Decimal(0)) == Decimal(lost) / 1000
        assert move.reason.net >= 1


def test_training_is_for_those_who_have_the_hours() -> None:
    """Whoever is nearest to a level but full is no remedy."""
    full = holder("wei", hours=2, skills=[SkillLevel("Mandarin", 4)])
    free = holder("lin", skills=[SkillLevel("Mandarin", 3)])
    book = [
        need("c-1", skills=[SkillLevel("Mandarin", 5)]),
        need("c-2", skills=[SkillLevel("Mandarin", 4)], importance=9),
    ]

    gap = only_gap(plan(book, [full, free]))

    assert gap.remedy is not None
    assert gap.remedy.en == "training lin in Mandarin up to level 5 would do"
