"""Watches: a search that is cut short gives the best so far, and says what is true of it."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.allocation import (
    Band,
    Budget,
    Conflict,
    Holder,
    Item,
    Option,
    Problem,
    Solution,
    Watch,
    check_certificate,
    solve,
)
from crmcore.errors import InvalidValueError

NAMES = ["ada", "bob", "cem"]


def work(items: int, *, seed: int = 0, fights: int = 0) -> Problem:
    """Return items that just about fit into the hours of three holders."""
    chance = Random(seed)  # noqa: S311 - made-up work needs no cryptographic chance
    made = [
        Item(
            id=f"i{at:03}",
            minutes=chance.randint(5, 40),
            uncovered=90_000,
            options=tuple(Option(name, fit=chance.randint(0, 40) * 1000) for name in NAMES),
            current=chance.choice(NAMES),
            change=2_000,
        )
        for at in range(items)
    ]
    hours = sum(item.minutes for item in made) // len(NAMES)
    bands = [Band(hours * 9 // 10, -200), Band(hours // 10 + 1, 0), Band(20, 900)]
    return Problem(
        items=made,
        holders=[Holder(name, bands) for name in NAMES],
        conflicts=[Conflict(f"i{at:03}", f"i{at + 1:03}") for at in range(0, 2 * fights, 2)],
    )


FEW, MANY = work(14, fights=3), work(400, fights=20)
PROVEN = {id(problem): solve(problem) for problem in (FEW, MANY)}


def ticking() -> Watch:
    """Return a watch on which every look takes a second, and which has no end."""
    return Watch(count().__next__)


def ends_after(looks: int) -> Watch:
    """Return a watch that ends when it has been looked at so often."""
    return Watch(count().__next__, seconds=looks)


@pytest.mark.parametrize("seconds", [-1, -0.5, float("nan"), True, "10"])
def test_a_search_takes_no_less_than_nothing(seconds: float) -> None:
    """Seconds are a number that is 0 or more."""
    with pytest.raises(InvalidValueError, match="seconds must be at least 0"):
        Watch(lambda: 0.0, seconds=seconds)


@pytest.mark.parametrize("clock", [60, 1795330068.5, None])
def test_a_clock_can_be_asked(clock: Any) -> None:  # noqa: ANN401
    """The seconds of a moment are no clock."""
    with pytest.raises(InvalidValueError, match="clock must be a function that returns seconds"):
        Watch(clock, seconds=60)


def test_a_watch_without_an_end_takes_the_time_and_changes_nothing() -> None:
    """The solution is the same as without a watch, and says how long it took."""
    without, timed = PROVEN[id(FEW)], solve(FEW, watch=ticking())

    assert timed == without
    assert without.seconds is None
    assert timed.seconds is not None
    assert timed.seconds > 0
    assert not timed.stopped


def test_how_long_it_took_does_not_tell_solutions_apart() -> None:
    """The same search on a slower machine gives an equal solution."""
    fast, slow = solve(FEW, watch=Watch(lambda: 5.0)), solve(FEW, watch=ticking())

    assert fast.seconds == 0
    assert fast == slow
    assert hash(fast) == hash(slow)


def test_whoever_has_time_enough_is_not_stopped() -> None:
    """An end that is not reached changes nothing."""
    found = solve(FEW, watch=ends_after(10**9))

    assert found == PROVEN[id(FEW)]
    assert not found.stopped


@pytest.mark.parametrize("problem", [FEW, MANY], ids=["few", "many"])
def test_no_time_at_all_still_gives_an_assignment(problem: Problem) -> None:
    """Items are held, the certificate is true, and the solution says that it was stopped."""
    found = solve(problem, watch=Watch(lambda: 0.0, seconds=0))

    assert found.stopped
    assert any(who is not None for _, who in found.assignment)
    check_certificate(problem, found.assignment, found.certificate)


@given(st.sampled_from([FEW, MANY]), st.integers(0, 120))
def test_wherever_it_is_cut_the_gap_is_true(problem: Problem, looks: int) -> None:
    """At every moment the bound is below what is possible, and the value is what it says."""
    found, proven = solve(problem, watch=ends_after(looks)), PROVEN[id(problem)]

    check_certificate(problem, found.assignment, found.certificate)
    assert found.certificate.bound <= proven.certificate.value
    assert found.certificate.value >= proven.certificate.bound
    assert found.stopped or found == proven


def test_more_time_gives_no_worse_a_solution_in_the_end() -> None:
    """Of a search that is cut at once and one that ends by itself, the second is the better."""
    cut = solve(MANY, watch=ends_after(1))

    whole = PROVEN[id(MANY)]

    assert whole.certificate.value < cut.certificate.value
    assert whole.certificate.bound >= cut.certificate.bound


def test_what_is_proven_was_not_stopped() -> None:
    """Where nothing can be better, nothing was lost when the time ran out."""
    easy = Problem(
        items=[Item(id="north", minutes=10, uncovered=900, options=(Option("ada", fit=3),))],
        holders=[Holder("ada", [Band(60, 0)])],
    )

    found: Solution = solve(easy, budget=Budget(nodes=0), watch=Watch(lambda: 0.0, seconds=0))

    assert found.certificate.is_optimal
    assert not found.stopped
