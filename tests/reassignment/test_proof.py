"""Proofs: a scenario checks what a plan says of itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import attrs
import pytest

from crmcore.errors import FaultsError, InvalidValueError
from crmcore.kernel import CustomerId, MemberId, TeamId
from crmcore.organization import Member
from crmcore.reassignment import (
    AssignmentWeights,
    Bundle,
    Capacity,
    Continuity,
    CustomerNeed,
    Lock,
    Pin,
    Scenario,
)

DAY = date(2026, 9, 30)
NAMES = [MemberId(name) for name in ("ada", "bob", "cem", "gone")]


def scenario(*, seed: int = 0, **more: object) -> Scenario:
    """Return a small book in which some owners have too much, and one has gone."""
    chance = Random(seed)  # noqa: S311 - a made-up book needs no cryptographic chance
    return Scenario.of_customers(
        [
            CustomerNeed(
                customer=CustomerId(f"c{at:02}"),
                hours=Decimal(chance.randint(2, 12)) / 4,
                importance=chance.choice([1, 2, 4, 8]),
                language=chance.choice(["de", "en", "zh"]),
                owner=chance.choice([*NAMES, NAMES[0], None]),
            )
            for at in range(20)
        ],
        [
            Capacity(
                member=Member(
                    id=name,
                    name=name.title(),
                    team=TeamId("care"),
                    weekly_hours=Decimal(38),
                    languages=["de", "en", "zh"][: at + 1],
                ),
                hours=Decimal(12),
            )
            for at, name in enumerate(NAMES[:3])
        ],
        as_of=DAY,
        **more,  # type: ignore[arg-type] # whatever is named there
    )


@pytest.mark.parametrize("seed", range(5))
def test_what_a_plan_says_of_itself_is_true(seed: int) -> None:
    """Value and bound come out the same when they are added up anew."""
    made = scenario(seed=seed)

    made.check(made.plan())


def test_wishes_and_rules_are_part_of_what_is_checked() -> None:
    """Pins, locks, bundles and continuity change the problem, and the check knows them."""
    owned = [need.customer for need in scenario().book if need.owner == "ada"]
    made = scenario(
        pins=[Pin(customer=CustomerId("c00"), member=MemberId("cem")), Lock(customer=owned[-1])],
        rules=[Bundle([CustomerId("c01"), CustomerId("c02")])],
        continuity=Continuity(first=True),
    )

    made.check(made.plan())


def test_a_plan_for_another_day_s_owners_is_refused() -> None:
    """Whoever has changed hands since is named."""
    made = scenario()
    plan = made.plan()
    moved = next(move for move in plan.moves if move.from_member is not None)
    later = attrs.evolve(
        made,
        book=[
            attrs.evolve(need, owner=None) if need.customer == moved.customer else need
            for need in made.book
        ],
    )

    with pytest.raises(FaultsError, match=f"{moved.subject}: held by nobody, not by"):
        later.check(plan)


def test_a_plan_for_others_is_refused() -> None:
    """What is not part of the scenario cannot be checked by it."""
    made = scenario()
    plan = made.plan()
    gone = plan.moves[0].customer
    smaller = attrs.evolve(made, book=[need for need in made.book if need.customer != gone])

    with pytest.raises(FaultsError, match=f"customer:{gone}: it is not part of what is checked"):
        smaller.check(plan)


def test_a_plan_that_lies_is_refused() -> None:
    """A cost that is not the sum of its parts is told of, and so is a bound too high."""
    made = scenario()
    plan = made.plan()
    proof = plan.certificate

    with pytest.raises(InvalidValueError, match=f"value must be {proof.value}"):
        made.check(attrs.evolve(plan, certificate=attrs.evolve(proof, value=proof.value + 1_000)))
    with pytest.raises(InvalidValueError, match="price_bound must be"):
        made.check(
            attrs.evolve(
                plan,
                certificate=attrs.evolve(
                    proof, prices=tuple((key, price + 7) for key, price in proof.prices)
                ),
            )
        )


def test_the_lowest_peak_cannot_be_checked_so() -> None:
    """Such a plan is proven for other load curves, which the plan does not name."""
    made = scenario(weights=AssignmentWeights(lowest_peak=True))

    with pytest.raises(InvalidValueError, match="lowest_peak must be off"):
        made.check(scenario().plan())
