"""Reasons: what forces a move, what it wins, what keeping would cost, and when it would stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.kernel import CustomerId, MemberId, Phrase, TeamId, Undefined, round_half_up
from crmcore.organization import Interest, Member, SkillLevel
from crmcore.plans import Move, MoveKind, Plan, Term
from crmcore.reassignment import (
    Apart,
    AssignmentWeights,
    Capacity,
    CustomerNeed,
    Pin,
    assign_customers,
)

DAY = date(2026, 9, 30)
CALM = AssignmentWeights(idle=0, tolerance=Decimal(0))
LAW = SkillLevel("law", 1)


def holder(key: str, hours: int = 30, **more: Any) -> Capacity:  # noqa: ANN401
    """Return somebody with so many hours for customers."""
    member = Member(
        **{"id": key, "name": key.title(), "team": TeamId("t"), "weekly_hours": 40, **more}
    )
    return Capacity(member=member, hours=Decimal(hours))


def need(key: str, **more: Any) -> CustomerNeed:  # noqa: ANN401
    """Return a customer of two hours."""
    return CustomerNeed(**{"customer": key, "hours": 2, **more})


def plan(
    book: Iterable[CustomerNeed],
    holders: Iterable[Capacity],
    **more: Any,  # noqa: ANN401
) -> Plan:
    """Plan with calm weights."""
    return assign_customers(book, holders, **{"as_of": DAY, "weights": CALM, **more})


def apart(*customers: str) -> Apart:
    """Keep customers apart."""
    return Apart([CustomerId(key) for key in customers])


def moves(found: Plan) -> dict[str, Move]:
    """Return the moves of a plan by customer."""
    return {str(move.customer): move for move in found.moves}


def test_only_what_the_excess_forces_is_called_forced() -> None:
    """Of those who leave somebody beyond the limit, one goes for a better fit and says so."""
    book = [
        need(f"c-{at}", hours=10, owner="wei", skills=[LAW] if at == 3 else []) for at in range(4)
    ]
    keen = holder("lin", 40, skills=[SkillLevel("law", 4)], interests=[Interest("law", 2)])
    weary = holder("wei", 19, skills=[LAW], interests=[Interest("law", -2)])

    found = moves(plan(book, [keen, weary], weights=attrs.evolve(CALM, change=20)))

    kinds = {key: move.reason.kind for key, move in found.items()}
    assert len(kinds) == 3
    assert kinds.pop("c-3") is MoveKind.BETTER_FIT
    assert set(kinds.values()) == {MoveKind.OVER_LIMIT}


@given(seed=st.integers(0, 10_000))
def test_the_excess_forces_as_few_as_must_go(seed: int) -> None:
    """What is called forced by the limit covers the excess, and would not without any of it."""
    chance = Random(seed)  # noqa: S311 - made-up customers need no cryptographic chance
    book = [need(f"c-{at}", hours=chance.randint(1, 9), owner="wei") for at in range(9)]
    hours = {one.customer: one.hours for one in book}
    most = AssignmentWeights().holder("wei", 10 * 60).limit

    found = plan(book, [holder("wei", 10), holder("lin", 60)])

    forced = [
        int(hours[CustomerId(key)] * 60)
        for key, move in moves(found).items()
        if move.reason.kind is MoveKind.OVER_LIMIT
    ]
    excess = max(sum(int(one * 60) for one in hours.values()) - most, 0)
    assert sum(forced) >= excess
    assert all(sum(forced) - one < excess for one in forced)


def test_the_excess_is_told_in_hours() -> None:
    """A move that the limit forces says by how much it is passed, in both languages."""
    book = [need(f"c-{at}", hours=7, owner="wei") for at in range(5)]

    (move,) = plan(book, [holder("wei", 30), holder("lin", 30)]).moves

    assert move.reason.kind is MoveKind.OVER_LIMIT
    assert move.reason.rule == Phrase("2 h too many", "超出2小时")
    assert "the holder is beyond the limit of hours: 2 h too many;" in str(move)
    assert move.reason.flip_hours is not None


def test_of_two_who_clash_one_is_forced() -> None:
    """Where both of two competitors move, one had to, and the other goes because it wins."""
    book = [
        need("c-1", owner="wei", skills=[LAW], importance=9),
        need("c-2", owner="wei", skills=[LAW]),
    ]
    better = [holder(key, skills=[SkillLevel("law", 4)]) for key in ("max", "zoe")]

    found = plan(
        book,
        [holder("wei", skills=[LAW]), *better],
        rules=[apart("c-1", "c-2")],
        weights=attrs.evolve(CALM, change=1),
    )

    kinds = {key: move.reason.kind for key, move in moves(found).items()}
    assert kinds == {"c-1": MoveKind.BETTER_FIT, "c-2": MoveKind.CONFLICT}
    assert moves(found)["c-2"].reason.other == "customer:c-1"


def test_a_clash_with_what_stays_comes_first() -> None:
    """Whatever stays forces the others away, and those do not force each other."""
    book = [need(f"c-{at}", owner="wei", importance=at) for at in (1, 2, 3)]

    found = plan(
        book,
        [holder(key) for key in ("wei", "max", "zoe")],
        rules=[apart("c-1", "c-2", "c-3")],
    )

    reasons = {key: move.reason for key, move in moves(found).items()}
    assert {key: (r.kind, r.other) for key, r in reasons.items()} == {
        "c-1": (MoveKind.CONFLICT, "customer:c-3"),
        "c-2": (MoveKind.CONFLICT, "customer:c-3"),
    }


@pytest.mark.parametrize(
    ("left_on", "rule"),
    [
        (date(2026, 10, 7), Phrase("gone from 2026-10-07 on", "自2026-10-07起离开")),
        (None, Phrase("no hours in these weeks", "此期间没有可用工时")),
    ],
)
def test_who_is_absent_is_told_why(left_on: date | None, rule: Phrase) -> None:
    """Whoever is known but has no hours has left on a day, or has none in these weeks."""
    gone = holder("ann", 0, left_on=left_on)

    (move,) = plan([need("c-1", owner="ann")], [gone, holder("wei")]).moves

    assert (move.reason.kind, move.reason.rule) == (MoveKind.LEFT, rule)
    assert f"has no hours: {rule.en};" in str(move)


def test_the_hours_of_both_have_a_price() -> None:
    """A reason tells what an hour of whoever gives and of whoever takes is worth."""
    book = [need(f"c-{at}", hours=8, owner="wei") for at in range(4)]

    found = plan(book, [holder("wei", 30), holder("lin", 30)], weights=AssignmentWeights())

    prices = dict(found.prices)
    for move in found.moves:
        assert move.reason.hour_before == prices[MemberId("wei")]
        assert move.reason.hour_after == prices[MemberId("lin")]
    here = f"{round_half_up(prices[MemberId('wei')], 1):f}"
    there = f"{round_half_up(prices[MemberId('lin')], 1):f}".removesuffix(".0")
    assert found.moves[0].reason.details[0] == Phrase(
        f"an hour of the present holder is worth {here} points, of the new one {there}",
        f"原负责人每小时价值{here}分，新负责人{there}分",
    )


def better_fit(change: int) -> Plan:
    """Return a plan in which 30 points of fit stand against what a change costs."""
    book = [need("c-1", owner="jun", skills=[LAW], change=change)]
    return plan(book, [holder("jun", skills=[LAW]), holder("wei", skills=[SkillLevel("law", 4)])])


def test_at_a_multiple_of_its_price_a_change_would_not_happen() -> None:
    """Thirty points of fit against a change of 10: at 2.9 times that it wins the dead-band."""
    (move,) = better_fit(change=10).moves

    assert move.reason.flip == Fraction(29, 10)
    assert (
        Phrase(
            "it would stay if a change cost more than 2.9 times as much",
            "若变动代价超过现在的2.9倍，则保持不变",
        )
        in move.reason.details
    )
    assert better_fit(change=29).moves
    assert not better_fit(change=30).moves


def test_what_is_free_has_no_multiple() -> None:
    """A change that costs nothing does not flip at any multiple of it."""
    (move,) = better_fit(change=0).moves

    assert move.reason.flip is None
    assert move.reason.flip_hours is None


def relieved(hours: Decimal) -> Plan:
    """Return a plan for somebody with so many hours, who is busy with 32."""
    book = [need(f"c-{at}", hours=8, owner="wei") for at in range(4)]
    wei = Capacity(member=holder("wei").member, hours=hours)
    return plan(book, [wei, holder("lin", 30)])


def test_with_more_hours_its_holder_would_keep_it() -> None:
    """With the hours that are named nothing moves, and with a quarter of an hour less it does."""
    (move,) = relieved(Decimal(30)).moves
    assert move.reason.kind is MoveKind.RELIEF

    more = move.reason.flip_hours

    assert more is not None
    assert f"it would stay if the present holder had {more:f} h more" in [
        line.en for line in move.reason.details
    ]
    assert not relieved(30 + more).moves
    assert relieved(30 + more - Decimal("0.25")).moves


@given(seed=st.integers(0, 10_000))
def test_what_keeping_costs_is_proven(seed: int) -> None:
    """Pinned to its holder, what moves costs no less than the reason says."""
    chance = Random(seed)  # noqa: S311 - made-up customers need no cryptographic chance
    people = [
        holder(key, chance.randint(8, 20), skills=[SkillLevel("law", chance.randint(1, 4))])
        for key in ("ann", "bob", "cem")
    ]
    book = [
        need(
            f"c-{at}",
            hours=chance.randint(1, 6),
            skills=[LAW],
            owner=chance.choice(["ann", "bob", "cem"]),
            change=chance.randint(0, 30),
        )
        for at in range(6)
    ]

    found = plan(book, people)

    for move in found.moves:
        if move.reason.keep_cost is not None and move.from_member is not None:
            pin = Pin(member=move.from_member, customer=move.customer)
            kept = plan(book, people, pins=[pin], weights=attrs.evolve(CALM, dead_band=0))
            costs = Decimal(kept.certificate.value - found.certificate.value) / 1000
            assert 0 < move.reason.keep_cost <= costs


def random_book(seed: int) -> tuple[list[CustomerNeed], list[Capacity]]:
    """Return a book in which nothing that moves has to do with anything else.

    Every customer has a giver and a taker of its own, so that no two share a load curve.
    """
    chance = Random(seed)  # noqa: S311 - made-up customers need no cryptographic chance
    book, people = [], []
    for at in range(5):
        book.append(
            need(
                f"c-{at}",
                hours=chance.randint(1, 8),
                importance=chance.randint(1, 4),
                owner=f"old-{at}",
                region=f"r{at}",
                skills=[LAW],
                change=chance.randint(0, 12),
            )
        )
        region = {"regions": [f"r{at}"]}
        people.append(holder(f"old-{at}", chance.randint(4, 12), skills=[LAW], **region))
        better = SkillLevel("law", chance.randint(2, 4))
        people.append(holder(f"new-{at}", chance.randint(4, 12), skills=[better], **region))
    return book, people


@given(seed=st.integers(0, 10_000))
def test_what_moves_win_together_is_what_the_plan_wins(seed: int) -> None:
    """Where moves have nothing to do with each other, their terms add up to what is won."""
    found = plan(*random_book(seed), weights=attrs.evolve(CALM, idle=3))

    summed: dict[Term, Decimal] = {}
    for move in found.moves:
        for term, won in move.reason.terms:
            summed[term] = summed.get(term, Decimal(0)) + won
    if isinstance(found.won, Undefined):
        assert isinstance(found.points_before, Undefined)
        return
    assert not isinstance(found.points_before, Undefined)
    assert {term: won for term, won in found.won if won} == {t: p for t, p in summed.items() if p}
    after = sum(points for _, points in found.points)
    assert sum(won for _, won in found.won) == found.points_before - after
    assert after * 1000 == found.certificate.value


def test_who_is_full_makes_room_and_would_keep_it_with_hours() -> None:
    """What gives way for something else names it, and the hours with which it would not."""
    flexible = need("c-1", hours=20, owner="wei")
    bound = need("c-2", hours=20, importance=8, language="zh")

    found = moves(plan([flexible, bound], [holder("wei", 22, languages=["zh"]), holder("lin", 22)]))

    reason = found["c-1"].reason
    assert (reason.kind, reason.other) == (MoveKind.MAKES_ROOM, "customer:c-2")
    assert reason.flip is None
    assert reason.flip_hours is not None
    assert 22 + reason.flip_hours >= Decimal(40) / Decimal("1.1")


def test_what_gives_way_to_a_competitor_has_no_hours_to_flip() -> None:
    """Where a rule keeps two apart, neither hours nor a dearer change would let one stay."""
    book = [
        need("c-1", owner="wei"),
        need("c-2", language="zh", importance=9),
    ]

    found = moves(
        plan(
            book,
            [holder("wei", languages=["zh"]), holder("lin")],
            rules=[apart("c-1", "c-2")],
        )
    )

    reason = found["c-1"].reason
    assert (reason.kind, reason.other) == (MoveKind.MAKES_ROOM, "customer:c-2")
    assert (reason.flip, reason.flip_hours) == (None, None)


def test_the_runner_up_is_found_behind_many_who_may_not() -> None:
    """Where a dozen competitors have the best places, the next best is whoever is left."""
    names = [f"c-{at:02}" for at in range(12)]
    good = [holder(f"m-{at:02}", skills=[SkillLevel("law", 4)]) for at in range(12)]
    fair = holder("zoe", skills=[SkillLevel("law", 2)])

    found = plan([need(key, skills=[LAW]) for key in names], [*good, fair], rules=[apart(*names)])

    assert {move.reason.runner_up for move in found.moves} == {"zoe"}
    assert {move.reason.margin for move in found.moves} == {Decimal(20)}
