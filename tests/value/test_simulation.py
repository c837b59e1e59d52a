"""Made-up customers do what the formulas say."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any

import pytest

from crmcore.durations import DAY, WEEK, weeks
from crmcore.errors import InvalidValueError
from crmcore.histories import Histories
from crmcore.value import BetaGeo, ModifiedBetaGeo

CUSTOMERS = 20_000
MODELS = pytest.mark.parametrize(
    "model",
    [
        BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK),
        ModifiedBetaGeo(r=0.525, alpha=6.183, a=0.891, b=1.614, unit=WEEK),
    ],
    ids=lambda model: model.NAME,
)


@MODELS
def test_simulated_customers_buy_as_often_as_expected(model: BetaGeo) -> None:
    """The mean of the purchases that are made up is E[X(t)], within four standard errors."""
    made_up = model.simulate([39.0] * CUSTOMERS, seed=1)

    mean = sum(made_up.frequency) / CUSTOMERS
    spread = math.sqrt(sum((x - mean) ** 2 for x in made_up.frequency) / CUSTOMERS)
    error = spread / math.sqrt(CUSTOMERS)
    assert abs(mean - model.new_customer_purchases(weeks(39))) < 4 * error


@MODELS
def test_simulated_counts_follow_their_probabilities(model: BetaGeo) -> None:
    """So many customers make 0, 1, … purchases as P(X(t) = k) says."""
    made_up = model.simulate([39.0] * CUSTOMERS, seed=2)

    counted = Counter(made_up.frequency)
    for k, probability in enumerate(model.purchase_probabilities(weeks(39), most=10)):
        error = math.sqrt(probability * (1 - probability) / CUSTOMERS)
        assert abs(counted[k] / CUSTOMERS - probability) < 4 * error


@MODELS
def test_predictions_conserve_what_is_expected(model: BetaGeo) -> None:
    """What is predicted after 20 weeks is, on average, what comes between 20 and 59 weeks.

    It takes P(alive) and the purchases of the living to be right for all histories at once.
    """
    made_up = model.simulate([20.0] * CUSTOMERS, seed=3)

    predicted = model.expected_purchases(made_up, horizon=weeks(39))

    mean = math.fsum(predicted) / CUSTOMERS
    spread = math.sqrt(math.fsum((each - mean) ** 2 for each in predicted) / CUSTOMERS)
    later = model.new_customer_purchases(weeks(59)) - model.new_customer_purchases(weeks(20))
    assert abs(mean - later) < 4 * spread / math.sqrt(CUSTOMERS)


def courses(model: BetaGeo, age: float, chance: Random) -> Iterator[tuple[int, float, bool]]:
    """Yield x, t_x and who is alive, by the assumptions of the models and nothing else."""
    while True:
        rate = chance.gammavariate(model.r, 1 / model.alpha)
        leaving = chance.betavariate(model.a, model.b)
        x, t_x = 0, 0.0
        alive = not model.LEAVES_AT_ONCE or chance.random() >= leaving
        at = chance.expovariate(rate)
        while alive and at <= age:
            x, t_x, alive = x + 1, at, chance.random() >= leaving
            at += chance.expovariate(rate)
        yield x, t_x, alive


@MODELS
def test_as_many_are_alive_as_their_probabilities_say(model: BetaGeo) -> None:
    """P(alive) is right on average, for those who came back often, seldom and never."""
    chance = Random(5)  # noqa: S311 - no secret
    customers = list(islice(courses(model, 39.0, chance), CUSTOMERS))
    told = model.alive(
        Histories.from_columns(
            frequency=[x for x, _, _ in customers],
            last_purchase_age=[t_x for _, t_x, _ in customers],
            age=[39.0] * CUSTOMERS,
            unit=WEEK,
        )
    )

    for often in (range(1), range(1, 4), range(4, 10_000)):
        of = [at for at, (x, _, _) in enumerate(customers) if x in often]
        error = math.sqrt(math.fsum(told[at] * (1 - told[at]) for at in of))
        alive = sum(customers[at][2] for at in of)
        assert abs(alive - math.fsum(told[at] for at in of)) <= 4 * error


def test_the_same_seed_makes_up_the_same_customers() -> None:
    """Neither a clock nor the order of the ages has a say."""
    model = BetaGeo(r=0.5, alpha=4, a=0.8, b=2.4, unit=WEEK)

    made_up = model.simulate([3.0, 9.0, 20.0, 9.0], seed=7)

    assert made_up == model.simulate([9.0, 20.0, 9.0, 3.0], seed=7)
    assert made_up != model.simulate([3.0, 9.0, 20.0, 9.0], seed=8)
    assert list(made_up.age) == [3.0, 9.0, 9.0, 20.0]


def test_a_history_counts_as_often_as_its_weight() -> None:
    """A weight of 2.5 makes up two customers and half a one, of the same age."""
    model = BetaGeo(r=0.5, alpha=4, a=0.8, b=2.4, unit=WEEK)
    histories = Histories.from_columns(
        frequency=[0, 1],
        last_purchase_age=[0, 7],
        age=[14, 14],
        weight=[1.5, 1.0],
        unit=DAY,
    )

    made_up = model.simulate(histories, seed=1)

    assert list(made_up.age) == [2.0, 2.0, 2.0]
    assert made_up.weight is not None
    assert list(made_up.weight) == [1.0, 1.0, 0.5]
    assert made_up.unit is WEEK


def test_nobody_lives_long_enough_to_buy_in_no_time() -> None:
    """Customers of age 0 have not bought again."""
    model = BetaGeo(r=0.5, alpha=4, a=0.8, b=2.4, unit=WEEK)

    assert set(model.simulate([0.0] * 20, seed=1).frequency) == {0}


def test_a_rate_that_is_as_good_as_none_buys_nothing() -> None:
    """Where rates are too small for a float nobody comes back."""
    model = BetaGeo(r=1e-6, alpha=4, a=0.8, b=2.4, unit=WEEK)

    assert set(model.simulate([50.0] * 20, seed=1).frequency) == {0}


@pytest.mark.parametrize("age", [-1.0, math.nan, math.inf])
def test_ages_are_finite_and_not_below_0(age: float) -> None:
    """What is no age is refused."""
    model = BetaGeo(r=0.5, alpha=4, a=0.8, b=2.4, unit=WEEK)

    with pytest.raises(InvalidValueError, match="ages must be at least 0, and finite"):
        model.simulate([1.0, age], seed=1)


def test_a_seed_is_a_whole_number() -> None:
    """Without a seed chance would begin anew each time, so it has to be stated."""
    nothing: Any = None

    with pytest.raises(InvalidValueError, match="seed must be a whole number"):
        BetaGeo(r=0.5, alpha=4, a=0.8, b=2.4, unit=WEEK).simulate([1.0], seed=nothing)
