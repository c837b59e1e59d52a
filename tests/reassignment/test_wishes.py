"""Wishes are rules: a pin and a lock hold, whatever else is asked of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.kernel import CustomerId, MemberId, TeamId
from crmcore.organization import Member, SkillLevel
from crmcore.plans import Plan
from crmcore.reassignment import (
    Apart,
    AssignmentWeights,
    Bundle,
    Capacity,
    Continuity,
    CustomerNeed,
    Lock,
    Pin,
    assign_customers,
)

DAY = date(2026, 9, 30)
CALM = AssignmentWeights(idle=0, tolerance=Decimal(0))
FAIR = attrs.evolve(CALM, lowest_peak=True)
STILL = Continuity(most_moves=0)


def holder(key: str, hours: int, *skills: SkillLevel) -> Capacity:
    """Return somebody with so many hours for customers."""
    return Capacity(
        member=Member(
            id=MemberId(key), name=key, team=TeamId("t"), weekly_hours=Decimal(40), skills=skills
        ),
        hours=Decimal(hours),
    )


def need(key: str, **more: Any) -> CustomerNeed:  # noqa: ANN401
    """Return a customer of two hours."""
    return CustomerNeed(**{"customer": key, "hours": 2, **more})


def plan(book: Iterable[CustomerNeed], holders: Iterable[Capacity], **more: Any) -> Plan:  # noqa: ANN401
    """Plan with calm weights."""
    return assign_customers(book, holders, **{"as_of": DAY, "weights": CALM, **more})


def after(found: Plan, book: Iterable[CustomerNeed]) -> dict[str, str | None]:
    """Return who holds which customer after a plan."""
    held = found.simulate({f"customer:{need.customer}": need.owner for need in book})
    return {key.removeprefix("customer:"): who for key, who in held.items()}


def pin(key: str, member: str) -> Pin:
    """Pin a customer."""
    return Pin(customer=CustomerId(key), member=MemberId(member))


def lock(key: str) -> Lock:
    """Lock a customer."""
    return Lock(customer=CustomerId(key))


def test_a_pin_is_kept_though_it_costs_more_than_nobody() -> None:
    """Who fits badly gets what is pinned, even where nobody would miss it."""
    law = SkillLevel("law", 4)
    book = [need("c-1", hours="0.5", importance=8, skills=[law], uncovered=1)]

    found = plan(book, [holder("wei", 2, law)], pins=[pin("c-1", "wei")])

    assert after(found, book) == {"c-1": "wei"}


def test_no_pin_is_given_up_for_a_lower_peak() -> None:
    """What is pinned counts for more than all that could be covered instead."""
    book = [need("c-1", hours=1), need("c-2", uncovered=1)]

    found = plan(book, [holder("wei", 2)], weights=FAIR, pins=[pin("c-2", "wei")])

    assert after(found, book) == {"c-1": None, "c-2": "wei"}


def test_what_is_pinned_has_its_place_though_nothing_else_may_move() -> None:
    """A pin takes its bundle along, and a competitor who is in its way has to go."""
    book = [
        need("c-1", owner="wei"),
        need("c-2", owner="wei"),
        need("c-3"),
        need("c-4", owner="lin"),
    ]
    rules = [
        Apart([CustomerId("c-1"), CustomerId("c-3")]),
        Bundle([CustomerId("c-2"), CustomerId("c-3")]),
    ]

    found = plan(
        book,
        [holder("wei", 30), holder("lin", 30)],
        pins=[pin("c-3", "wei")],
        rules=rules,
        continuity=STILL,
    )

    assert after(found, book) == {"c-1": "lin", "c-2": "wei", "c-3": "wei", "c-4": "lin"}


@pytest.mark.parametrize("continuity", [STILL, Continuity(most_moves=0, first=True)])
def test_what_is_locked_stays_before_what_is_dear_to_change(continuity: Continuity) -> None:
    """Where not all can stay, what is locked does, however little its change costs."""
    book = [
        need("c-1", owner="wei", change=0),
        need("c-2", owner="wei", change=100),
        need("c-3", owner="wei", change=100),
    ]

    found = plan(
        book,
        [holder("wei", 4), holder("lin", 30)],
        pins=[lock("c-1")],
        continuity=continuity,
    )

    assert after(found, book) == {"c-1": "wei", "c-2": "wei", "c-3": "lin"}


@pytest.mark.parametrize(
    ("most", "peak"),
    [(None, Decimal(10)), (0, Decimal(20)), (4, Decimal(12)), (5, Decimal(10))],
)
def test_a_lower_peak_moves_no_more_than_may_move(most: int | None, peak: Decimal) -> None:
    """Ten customers go half to another, as far as so many may go at all."""
    book = [need(f"c-{at}", owner="wei") for at in range(10)]

    found = plan(
        book,
        [holder("wei", 30), holder("lin", 30)],
        weights=FAIR,
        continuity=Continuity(most_moves=most),
    )

    assert max(load.hours for load in found.after.loads) == peak


def test_a_lower_peak_takes_nothing_from_who_keeps_it_against_a_rule() -> None:
    """What nobody else may have stays with its owner, as without a peak."""
    book = [need("c-1", owner="wei", language="fr"), need("c-2", owner="wei")]

    found = plan(book, [holder("wei", 30), holder("lin", 30)], weights=FAIR)

    assert after(found, book) == {"c-1": "wei", "c-2": "lin"}
