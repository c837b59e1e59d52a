"""Customers who move between states, and what each of them is worth."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.codec import from_json, to_json
from crmcore.durations import annual, months, weeks, years
from crmcore.errors import (
    InfiniteMeanError,
    InvalidValueError,
    MixedCurrenciesError,
    UnknownNameError,
)
from crmcore.kernel import Money, Reason, Undefined
from crmcore.retention import Migration, MigrationValues

# Pfeifer & Carraway 2000: by recency, a customer buys again with .3, .2, .15 or .05 a year, and
# is not written to any more after four years.
RECENCIES = ("1", "2", "3", "4", "former")
MAIL_ORDER = Migration(
    states=RECENCIES,
    matrix=[
        [0.3, 0.7, 0, 0, 0],
        [0.2, 0, 0.8, 0, 0],
        [0.15, 0, 0, 0.85, 0],
        [0.05, 0, 0, 0, 0.95],
        [0, 0, 0, 0, 1],
    ],
    period=years(1),
)
# Net contribution 40 for those who have just bought, remarketing 4 for all but the former.
REWARDS = {"1": 40 - 4, "2": -4, "3": -4, "4": -4, "former": 0}


def test_published_values_within_four_years() -> None:
    """Pfeifer & Carraway 2000: the values for T = 4, at the digits printed."""
    found = MAIL_ORDER.values(REWARDS, discount=annual(0.2), horizon=years(4))

    assert [round(value, 3) for value in found.values] == [50.115, 4.220, 0.592, -1.980, 0]


def test_published_values_for_ever() -> None:
    """Pfeifer & Carraway 2000: the values for an infinite horizon, at the digits printed."""
    found = MAIL_ORDER.values(REWARDS, discount=annual(0.2))

    assert [round(value, 3) for value in found.values] == [52.320, 5.554, 1.251, -1.820, 0]


@st.composite
def chains(draw: st.DrawFn, *, least: int = 1) -> Migration:
    """Chains of Markov with zeros in them, and with counts that they were estimated from."""
    size = draw(st.integers(least, 6))
    counts = [
        draw(st.lists(st.integers(0, 9), min_size=size, max_size=size).filter(any))
        for _ in range(size)
    ]
    return Migration(
        states=[f"s{i}" for i in range(size)],
        matrix=[[Fraction(n, sum(row)) for n in row] for row in counts],
        period=months(1),
        counts=counts,
    )


def rewards_of(chain: Migration, draw: st.DataObject) -> dict[str, int]:
    """Return what each state brings."""
    return {state: draw.draw(st.integers(-50, 50)) for state in chain.states}


@given(st.data(), chains(), st.floats(0.01, 1))
def test_values_for_ever_solve_the_system(
    data: st.DataObject, chain: Migration, rate: float
) -> None:
    """The values are what numpy solves (I - vP) V = R to."""
    rewards = rewards_of(chain, data)

    found = chain.values(rewards, discount=annual(rate))

    system = np.eye(len(chain.states)) - (1 + rate) ** (-1 / 12) * np.array(chain.matrix)
    expected = np.linalg.solve(system, list(rewards.values()))
    assert found.values == pytest.approx(expected, rel=1e-8, abs=1e-7)


@given(st.data(), chains(), st.integers(0, 12))
def test_values_within_a_horizon_are_sums_over_periods(
    data: st.DataObject, chain: Migration, count: int
) -> None:
    """The values are what numpy sums (vP)^t R up to, the present period included."""
    rewards = rewards_of(chain, data)

    found = chain.values(rewards, discount=annual(0.1), horizon=months(count))

    step = 1.1 ** (-1 / 12) * np.array(chain.matrix)
    powers = [np.linalg.matrix_power(step, t) for t in range(count + 1)]
    assert found.values == pytest.approx(
        np.sum(powers, axis=0) @ list(rewards.values()), rel=1e-9, abs=1e-9
    )


@given(st.data(), chains())
def test_a_value_is_the_sum_of_its_parts(data: st.DataObject, chain: Migration) -> None:
    """Periods in each state times what each brings make the value; all periods a perpetuity."""
    rewards = rewards_of(chain, data)

    found = chain.values(rewards, discount=annual(0.1))

    for value, periods in zip(found.values, found.occupancy, strict=True):
        known = [n for n in periods if n is not None]
        assert value == pytest.approx(
            math.fsum(map(math.prod, zip(known, rewards.values(), strict=True)))
        )
        assert math.fsum(known) == pytest.approx(1 / (1 - 1.1 ** (-1 / 12)), rel=1e-9)


@given(st.data(), chains(least=2))
def test_the_order_of_states_does_not_matter(data: st.DataObject, chain: Migration) -> None:
    """States told in another order are worth the same."""
    rewards = rewards_of(chain, data)
    order = data.draw(st.permutations(range(len(chain.states))))
    turned = Migration(
        states=[chain.states[i] for i in order],
        matrix=[[chain.matrix[i][j] for j in order] for i in order],
        period=chain.period,
        counts=[[chain.counts[i][j] for j in order] for i in order] if chain.counts else None,
    )

    one = chain.values(rewards, discount=annual(0.1))
    other = turned.values(rewards, discount=annual(0.1))

    for state in chain.states:
        assert other.value(state) == pytest.approx(one.value(state), rel=1e-11, abs=1e-9)
        assert other.interval(state).low == pytest.approx(one.interval(state).low, abs=1e-6)


@given(chains(), st.lists(st.integers(0, 1000), min_size=6, max_size=6), st.integers(0, 30))
def test_nobody_is_lost_on_the_way(chain: Migration, numbers: list[int], periods: int) -> None:
    """However many periods pass, the customers of all states are as many as before."""
    customers = dict(zip(chain.states, numbers, strict=False))

    found = chain.project(customers, periods=periods)

    assert math.fsum(found) == pytest.approx(sum(customers.values()), rel=1e-9)
    expected = list(customers.values()) @ np.linalg.matrix_power(np.array(chain.matrix), periods)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(chains())
def test_a_steady_state_stays_as_it_is(chain: Migration) -> None:
    """Where the long run does not depend on the beginning, a period changes nothing of it."""
    found = chain.steady_state()

    if isinstance(found, Undefined):
        assert found.reason is Reason.NOT_APPLICABLE
        return
    assert math.fsum(found) == pytest.approx(1, rel=1e-12)
    assert np.array(found) @ np.array(chain.matrix) == pytest.approx(np.array(found), abs=1e-12)


@given(chains(least=2))
def test_chances_and_times_are_those_of_first_passage(chain: Migration) -> None:
    """Both are what they are after one more step, and they agree on what is sure."""
    chances, times = chain.chance_of("s0"), chain.time_until("s0")

    for state, chance, time in zip(chain.states[1:], chances[1:], times[1:], strict=True):
        row = chain.matrix[chain.states.index(state)]
        assert chance == pytest.approx(
            math.fsum(map(math.prod, zip(row, chances, strict=True))), abs=1e-12
        )
        if isinstance(time, Undefined):
            assert chance < 1 - 1e-12
        else:
            assert chance == pytest.approx(1)
            there = [0.0 if isinstance(t, Undefined) else t for t in times]
            assert time == pytest.approx(
                1 + math.fsum(map(math.prod, zip(row, there, strict=True))), rel=1e-9
            )
    assert (chances[0], times[0]) == (1, 0)


def test_absorption_of_the_published_chain() -> None:
    """Everybody is a former customer in the end, which takes six years for a new one."""
    system = np.eye(4) - np.array(MAIL_ORDER.matrix)[:4, :4]

    assert MAIL_ORDER.absorbing == ("former",)
    assert MAIL_ORDER.time_until("former")[:4] == pytest.approx(np.linalg.solve(system, np.ones(4)))
    assert MAIL_ORDER.chance_of("former") == pytest.approx([1] * 5)
    assert MAIL_ORDER.steady_state() == (0, 0, 0, 0, 1)
    assert MAIL_ORDER.chance_of("1", "2")[4] == 0
    assert isinstance(MAIL_ORDER.time_until("1")[2], Undefined)


def test_moves_of_several_periods() -> None:
    """Two periods are one after the other; no period changes nothing."""
    twice = MAIL_ORDER.after(2)

    assert MAIL_ORDER.probability("1", "2") == 0.7
    assert MAIL_ORDER.probability("1", "3", periods=2) == pytest.approx(0.7 * 0.8)
    assert twice == tuple(
        map(tuple, (np.array(MAIL_ORDER.matrix) @ np.array(MAIL_ORDER.matrix)).tolist())
    ) or twice[0][2] == pytest.approx(0.56)
    assert MAIL_ORDER.probability("4", "4", periods=0) == 1


def test_a_chain_of_two_ends_has_no_steady_state() -> None:
    """Where two states hold whoever enters them, the end depends on the beginning."""
    chain = Migration(
        states=["trial", "paying", "gone"],
        matrix=[[Decimal("0.5"), Decimal("0.3"), Decimal("0.2")], [0, 1, 0], [0, 0, 1]],
        period=months(1),
    )

    found = chain.steady_state()

    assert isinstance(found, Undefined)
    assert found.detail.en == "where customers stay in the end depends on where they begin"
    assert chain.chance_of("paying") == pytest.approx((0.6, 1, 0))
    assert isinstance(chain.time_until("paying")[0], Undefined)
    assert chain.time_until("paying", "gone") == pytest.approx((2, 0, 0))


def test_an_endless_stream_without_discount_has_no_value() -> None:
    """Undiscounted, what is never left for good must bring nothing; then the rest has a value."""
    rewards = {**REWARDS, "former": 1}

    with pytest.raises(InfiniteMeanError, match="'former' is never left for good, and brings 1"):
        MAIL_ORDER.values(rewards, discount=annual(0))

    found = MAIL_ORDER.values(REWARDS, discount=annual(0))
    system = np.eye(4) - np.array(MAIL_ORDER.matrix)[:4, :4]
    assert found.values[:4] == pytest.approx(np.linalg.solve(system, [36, -4, -4, -4]))
    assert found.occupancy[0][4] is None
    assert found.ledger("former")[-1].en == "former: for ever × 0 = 0"


def test_a_ledger_tells_periods_and_money() -> None:
    """A value is told as periods times what each brings, in both languages."""
    rewards = {state: Money(amount, "USD") for state, amount in REWARDS.items()}

    found = MAIL_ORDER.values(rewards, discount=annual(0.2))

    assert found.currency == "USD"
    assert found.ledger("1")[0].en == "1: 1.687 periods × 36 USD = 60.74 USD"
    assert found.ledger("1")[0].zh == "1：1.687 期 × 36 USD = 60.74 USD"
    assert str(found).startswith("1 52.32 USD, 2 5.55 USD")
    assert str(found).endswith("(for ever, 20 % a year)")
    within = MAIL_ORDER.values(REWARDS, discount=annual(0.2), horizon=years(4))
    assert str(within).endswith("former 0.00 (within 4 years, 20 % a year)")


@given(st.data(), chains(least=2), st.sampled_from([None, 0, 1, 7]))
def test_errors_of_values_follow_from_those_of_probabilities(
    data: st.DataObject, chain: Migration, count: int | None
) -> None:
    """The slope that an error is made with is what a small change of a probability shows."""
    rewards = rewards_of(chain, data)
    horizon = None if count is None else months(count)
    found = chain.values(rewards, discount=annual(0.5), horizon=horizon)
    assert chain.counts is not None
    assert found.standard_errors is not None

    variances = np.zeros(len(chain.states))
    for i, row in enumerate(chain.counts):
        spread = np.diag(chain.matrix[i]) - np.outer(chain.matrix[i], chain.matrix[i])
        slopes = slopes_of_row(chain, i, rewards, count)
        variances += np.einsum("sj,jk,sk->s", slopes, spread, slopes) / sum(row)

    expected = np.sqrt(np.maximum(variances, 0))
    assert found.standard_errors == pytest.approx(expected, rel=1e-3, abs=1e-3)


def slopes_of_row(
    chain: Migration, row: int, rewards: dict[str, int], count: int | None
) -> np.ndarray:
    """Return by differences how each value changes with each probability of one row."""
    size, step = len(chain.states), 1e-6
    slopes = np.zeros((size, size))
    for j in range(size):
        values = []
        for sign in (1, -1):
            matrix = np.array(chain.matrix)
            matrix[row, j] += sign * step
            discounted = 1.5 ** (-1 / 12) * matrix
            if count is None:
                total = np.linalg.inv(np.eye(size) - discounted)
            else:
                total = np.sum(
                    [np.linalg.matrix_power(discounted, t) for t in range(count + 1)], axis=0
                )
            values.append(total @ list(rewards.values()))
        slopes[:, j] = (values[0] - values[1]) / (2 * step)
    return slopes


def test_intervals_of_probabilities_are_wilsons() -> None:
    """A move that was seen 3 of 4 times is uncertain; a state where nobody began tells nothing."""
    chain = Migration(
        states=["new", "loyal", "lost"],
        matrix=[[0.25, 0.75, 0], [0, 1, 0], [0, 0, 1]],
        period=months(1),
        counts=[[1, 3, 0], [0, 5, 0], [0, 0, 0]],
    )

    found = chain.interval("new", "loyal")

    assert not isinstance(found, Undefined)
    assert (round(found.low, 2), round(found.high, 2)) == (0.30, 0.95)
    nothing = chain.interval("lost", "lost")
    assert isinstance(nothing, Undefined)
    assert nothing.reason is Reason.NO_DATA
    with pytest.raises(InvalidValueError, match="counts must be there: stated probabilities"):
        MAIL_ORDER.interval("1", "2")


def test_stated_probabilities_have_no_errors() -> None:
    """An interval of a value needs counts, and a level that is a fraction."""
    stated = MAIL_ORDER.values(REWARDS, discount=annual(0.2))
    chain = Migration(
        states=["in", "out"],
        matrix=[[0.9, 0.1], [0, 1]],
        period=years(1),
        counts=[[90, 10], [0, 5]],
    )
    counted = chain.values({"in": 10, "out": 0}, discount=annual(0.2))

    assert stated.standard_errors is None
    with pytest.raises(InvalidValueError, match="counts must be there"):
        stated.interval("1")
    with pytest.raises(InvalidValueError, match="level must be a fraction"):
        counted.interval("in", level=95)
    with pytest.raises(InvalidValueError, match="level must be a fraction"):
        counted.interval("in", level="0.95")  # type: ignore[arg-type]
    assert counted.value("in") == pytest.approx(10 / (1 - 0.9 / 1.2))
    assert 40 in counted.interval("in")
    # dV/dp = vV / (1 - vp), and p has a variance of .9 × .1 / 100.
    slope = 40 / 1.2 / (1 - 0.9 / 1.2)
    half = (counted.interval("in").high - counted.interval("in").low) / 2
    assert half == pytest.approx(1.959964 * slope * 0.03, rel=1e-6)


@pytest.mark.parametrize(
    ("states", "matrix", "message"),
    [
        (
            ["in", "out"],
            [[0.9, 0.1], [0, 0]],
            r"matrix must have rows that sum to 1 \(got 'out: 0'\)",
        ),
        (["in", "out"], [[0.9, 0.2], [0.1, 0.95]], "in: 1.1, out: 1.05"),
        (["in", "out"], [[0.9, 0.1]], "have 2 rows of 2 probabilities"),
        (["in", "out"], [[0.9, 0.1], [1]], "have 2 rows of 2 probabilities"),
        (["in"], [[-1]], "hold probabilities: 0, or from 1e-15 to 1"),
        (["in"], [[math.nan]], "hold probabilities"),
        (["in"], [["1"]], "matrix must hold numbers"),
        (["in"], [[True]], "matrix must hold numbers"),
        (["in"], [[10**400]], "hold probabilities"),
        (["in"], [[Decimal("sNaN")]], "hold probabilities"),
        (["in"], None, "matrix must be a list of rows, each a list of numbers"),
        (["in"], ["1"], "matrix must be a list of rows, each a list of numbers"),
        ({"in"}, [[1]], "states must be a list of states, in the order of the rows"),
        ([], [], "states must hold at least one state"),
        ([""], [[1]], "states must hold at least one state, each with a name"),
        ([1], [[1]], "states must hold at least one state, each with a name"),
        ("in", [[1]], "states must be a list of states"),
        (["in", "in"], [[1, 0], [0, 1]], r"states must name each state once \(got \['in'\]\)"),
    ],
)
def test_chains_that_cannot_be(states: list[str], matrix: list[list[float]], message: str) -> None:
    """A matrix that is none of probabilities is refused, by the names of its rows."""
    with pytest.raises(InvalidValueError, match=message):
        Migration(states=states, matrix=matrix, period=years(1))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"counts": [[-1, 2], [0, 5]]}, "counts must hold whole numbers of 0 or more"),
        ({"counts": [[0.5, 2], [0, 5]]}, "counts must hold whole numbers of 0 or more"),
        ({"counts": [["9", 2], [0, 5]]}, "counts must hold whole numbers of 0 or more"),
        ({"counts": 5}, "counts must be a list of rows, each a list of numbers"),
        ({"prior": True}, "prior must be a number of 0 or more"),
        ({"prior": math.inf}, "prior must be a number of 0 or more"),
        ({"prior": "1"}, "prior must be a number of 0 or more"),
    ],
)
def test_moves_that_cannot_be_counted(fields: dict[str, Any], message: str) -> None:
    """Moves are counted in whole numbers, and errors are not taken from anything else."""
    with pytest.raises(InvalidValueError, match=message):
        Migration(states=["in", "out"], matrix=[[0.9, 0.1], [0, 1]], period=years(1), **fields)


def test_numbers_of_numpy_are_read() -> None:
    """A matrix, counts, customers and rewards may be those of numpy."""
    states = ["in", "out"]
    found = Migration(
        states=states, matrix=np.eye(2, dtype=int), period=years(1), counts=np.eye(2, dtype=int)
    )
    plain = Migration(
        states=states, matrix=[[1, 0], [0, 1]], period=years(1), counts=[[1, 0], [0, 1]]
    )

    assert found == plain
    assert from_json(Migration, to_json(found)) == plain
    assert found.project({"in": np.int64(3)}, periods=1) == (3, 0)  # type: ignore[dict-item]
    rewards = {"in": np.int64(3), "out": np.float32(0)}
    assert found.values(rewards, discount=annual(0.1)).rewards == (3, 0)  # type: ignore[arg-type]


def test_a_move_that_nobody_was_seen_to_make_leaves_a_value_open() -> None:
    """Probabilities of a state without a count have no bounds, and nothing is divided by 0."""
    chain = Migration(
        states=["in", "out"],
        matrix=[[0.9, 0.1], [0, 1]],
        period=years(1),
        counts=[[0, 0], [0, 5]],
    )

    found = chain.values({"in": 10, "out": 0}, discount=annual(0.2))

    assert found.standard_errors == (math.inf, 0)
    assert (found.interval("in").low, found.interval("in").high) == (-math.inf, math.inf)


def test_rounding_of_a_row_is_let_pass() -> None:
    """A row may miss 1 by a billionth, as thirds in floats do; not by more."""
    Migration(states=["a", "b"], matrix=[[1 / 3, 1 - 1 / 3 - 1e-10], [0, 1]], period=years(1))

    with pytest.raises(InvalidValueError, match=r"a: 0\.99999999"):
        Migration(states=["a", "b"], matrix=[[1 / 3, 1 - 1 / 3 - 1e-8], [0, 1]], period=years(1))


def test_other_arguments_that_cannot_be() -> None:
    """Names, rewards, counts and times are refused with what would be right."""
    with pytest.raises(UnknownNameError, match="unknown state 'formr'; did you mean 'former'"):
        MAIL_ORDER.values({**REWARDS, "formr": 1}, discount=annual(0.2))
    with pytest.raises(UnknownNameError, match="unknown state"):
        MAIL_ORDER.values(REWARDS, discount=annual(0.2)).value("5")
    with pytest.raises(InvalidValueError, match="rewards must be told for every state"):
        MAIL_ORDER.values({"1": 36}, discount=annual(0.2))
    with pytest.raises(InvalidValueError, match="rewards must be finite"):
        MAIL_ORDER.values({**REWARDS, "1": math.inf}, discount=annual(0.2))
    for reward in (10**400, 1e308, Decimal("sNaN")):
        with pytest.raises(InvalidValueError, match=r"rewards must be finite, and at most 1e\+100"):
            MAIL_ORDER.values({**REWARDS, "1": reward}, discount=annual(0.2))
    with pytest.raises(InvalidValueError, match="rewards must tell by state what it brings"):
        MAIL_ORDER.values([1, 2], discount=annual(0.2))  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="customers must say how many customers there are"):
        MAIL_ORDER.project([1, 2], periods=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="rewards must be numbers, or money"):
        MAIL_ORDER.values({**REWARDS, "1": True}, discount=annual(0.2))
    with pytest.raises(InvalidValueError, match="all money, or all plain numbers"):
        MAIL_ORDER.values({**REWARDS, "1": Money(36, "USD")}, discount=annual(0.2))
    with pytest.raises(MixedCurrenciesError, match="EUR and USD"):
        MAIL_ORDER.values(
            {**{s: Money(1, "USD") for s in RECENCIES}, "1": Money(36, "EUR")},
            discount=annual(0.2),
        )
    with pytest.raises(InvalidValueError, match="discount must be a discount rate"):
        MAIL_ORDER.values(REWARDS, discount=0.2)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="horizon must be a whole number of times 1 year"):
        MAIL_ORDER.values(REWARDS, discount=annual(0.2), horizon=weeks(30))
    with pytest.raises(InvalidValueError, match="targets must name at least one state"):
        MAIL_ORDER.time_until()
    with pytest.raises(InvalidValueError, match="whole number of 0 or more"):
        MAIL_ORDER.project({"1": -1}, periods=1)
    with pytest.raises(InvalidValueError, match="periods must be a whole number"):
        MAIL_ORDER.after(-1)
    with pytest.raises(InvalidValueError, match="counts must have 1 rows of 1 counts"):
        Migration(states=["a"], matrix=[[1]], period=years(1), counts=[[1, 2]])
    with pytest.raises(InvalidValueError, match="period must be a duration above 0"):
        Migration(states=["a"], matrix=[[1]], period=years(0))


@given(chains())
def test_chains_and_values_come_back_from_json(chain: Migration) -> None:
    """A chain and what its states are worth go through the codec and are the same."""
    found = chain.values(dict.fromkeys(chain.states, 1), discount=annual(0.1), horizon=months(3))

    assert from_json(Migration, to_json(chain)) == chain
    assert from_json(MigrationValues, to_json(found)) == found
    assert hash(from_json(MigrationValues, to_json(found))) == hash(found)


def test_a_chain_is_told_as_a_table() -> None:
    """The text of a chain is its matrix, a line for each state."""
    assert str(MAIL_ORDER).splitlines()[0] == "1       0.3000  0.7000  0.0000  0.0000  0.0000"
