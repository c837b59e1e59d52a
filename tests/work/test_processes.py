"""Processes: their cases, what these cost, and how closely they keep to the standard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import F, Schema
from crmcore.errors import InvalidValueError
from crmcore.kernel import Money
from crmcore.verdicts import Verdict
from crmcore.work import ProcessCase

NOON = datetime(1998, 6, 3, 12, tzinfo=UTC)
CENTS = st.decimals(0, 10_000, places=2)


def case(**fields: Any) -> ProcessCase:  # noqa: ANN401 - any field of a case
    """Return a case of which nothing is known but when it began."""
    usual: dict[str, Any] = {"id": "k-1", "process": "complaint", "started_at": NOON}
    return ProcessCase(**usual | fields)


def euros(amount: str | int | Decimal) -> Money:
    """Return so many euros."""
    return Money(amount, "EUR")


@pytest.mark.parametrize(
    ("minutes", "rate", "direct", "cost"),
    [
        # An hour and a half at 40, and 2.50 besides: 60 + 2.50.
        (90, "40", "2.50", "62.50"),
        (0, "40", "2.50", "2.50"),
        (30, "0", "0", "0"),
        # 7 minutes at 29.33: 205.31 / 60 = 3.42183333333...
        (7, "29.33", "0", "3.4218333333"),
        # 1 minute at 40: 0.666666666666..., half up.
        (1, "40", "0", "0.6666666667"),
    ],
)
def test_a_case_costs_its_work_and_what_it_needs_besides(
    minutes: int, rate: str, direct: str, cost: str
) -> None:
    """Minutes at the rate of an hour, plus the direct cost."""
    found = case(processing_minutes=minutes, rate=euros(rate), direct_cost=euros(direct))

    assert found.cost == euros(cost)


@given(st.integers(0, 100_000), CENTS, CENTS)
def test_the_cost_is_that_of_the_formula(minutes: int, rate: Decimal, direct: Decimal) -> None:
    """It is within half of the tenth digit of the exact one, and exact where that ends."""
    exact = Fraction(minutes) * Fraction(rate) / 60 + Fraction(direct)

    with localcontext(prec=3):
        cost = case(processing_minutes=minutes, rate=euros(rate), direct_cost=euros(direct)).cost

    assert cost is not None
    assert abs(Fraction(cost.amount) - exact) <= Fraction(1, 2 * 10**10)
    if minutes % 3 == 0:
        assert Fraction(cost.amount) == exact


@pytest.mark.parametrize("unknown", ["processing_minutes", "rate", "direct_cost"])
def test_what_is_unknown_costs_nobody_knows_what(unknown: str) -> None:
    """Where a part is missing, there is no cost, and no 0 either."""
    known: dict[str, Any] = {
        "processing_minutes": 90,
        "rate": euros("40"),
        "direct_cost": euros("0"),
    }

    assert case(**known | {unknown: None}).cost is None


@pytest.mark.parametrize(
    ("deviations", "steps", "standard_steps", "fitness"),
    [
        (0, 5, 5, "1"),
        (1, 5, 5, "0.9"),
        (10, 5, 5, "0"),
        (2, 4, 4, "0.75"),
        # Nothing of the standard was done: all 4 steps were left out.
        (4, 0, 4, "0"),
        # 1 - 1 / 3 does not end.
        (1, 1, 2, "0.6666666666666666666666666667"),
    ],
)
def test_fitness_falls_with_every_deviation(
    deviations: int, steps: int, standard_steps: int, fitness: str
) -> None:
    """It is 1 - deviations / (steps + standard_steps)."""
    found = case(deviations=deviations, steps=steps, standard_steps=standard_steps)

    assert found.fitness == Decimal(fitness)
    assert found.is_exact is (deviations == 0)


@given(st.integers(0, 50), st.integers(1, 50), st.data())
def test_the_fitness_is_that_of_the_formula(
    steps: int, standard_steps: int, data: st.DataObject
) -> None:
    """It lies between 0 and 1, whatever context is set."""
    deviations = data.draw(st.integers(0, steps + standard_steps))

    with localcontext(prec=3):
        fitness = case(deviations=deviations, steps=steps, standard_steps=standard_steps).fitness

    assert fitness is not None
    assert 0 <= fitness <= 1
    exact = 1 - Fraction(deviations, steps + standard_steps)
    assert abs(Fraction(fitness) - exact) < Fraction(1, 10**27)


@pytest.mark.parametrize("unknown", ["deviations", "steps", "standard_steps"])
def test_what_was_not_measured_has_no_fitness(unknown: str) -> None:
    """Where a count is missing, nobody knows how closely the case keeps to the standard."""
    known = {"deviations": 1, "steps": 5, "standard_steps": 5}

    assert case(**known | {unknown: None}).fitness is None
    assert case().is_exact is None


def test_criteria_ask_for_what_is_derived() -> None:
    """What a case says can be asked for like a field."""
    close = F.fitness >= Decimal("0.9")

    assert Schema.of(ProcessCase).faults(close) == ()
    found = case(deviations=1, steps=5, standard_steps=5)
    assert close.evaluate(found) is Verdict.HOLDS
    assert close.evaluate(case()) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": ""}, r"^id must not be empty"),
        ({"process": ""}, r"^process must not be empty"),
        ({"variant": ""}, r"^variant must not be empty"),
        ({"started_at": None}, r"^started_at must be a datetime"),
        (
            {"ended_at": NOON - timedelta(hours=1)},
            r"^ended_at must not be before started_at, 1998-06-03T12:00:00\+00:00 ",
        ),
        ({"processing_minutes": -1}, r"^processing_minutes must be at least 0"),
        ({"rate": 40}, r"^rate must be a Money \(got 40\)"),
        ({"rate": euros("-1")}, r"^rate must be 0 or more \(got '-1 EUR'\)"),
        ({"direct_cost": 40}, r"^direct_cost must be a Money \(got 40\)"),
        ({"direct_cost": euros("-1")}, r"^direct_cost must be 0 or more \(got '-1 EUR'\)"),
        (
            {"rate": euros("40"), "direct_cost": Money("3", "USD")},
            r"^direct_cost must be in the currency of rate, EUR \(got '3 USD'\)",
        ),
        ({"is_reworked": None}, r"^is_reworked must be True or False"),
        ({"deviations": -1}, r"^deviations must be at least 0"),
        ({"steps": 0.5}, r"^steps must be a whole number"),
        ({"standard_steps": 0}, r"^standard_steps must be above 0"),
        (
            {"deviations": 11, "steps": 5, "standard_steps": 5},
            r"^deviations must be at most steps and standard_steps together, 10 \(got 11\)",
        ),
    ],
)
def test_a_case_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        case(**fields)
