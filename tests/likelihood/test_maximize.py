"""The search for the greatest likelihood."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.errors import DidNotConvergeError, InvalidValueError, NotIdentifiedError
from crmcore.kernel import Phrase
from crmcore.likelihood import Derivatives, Fit, maximize

Objective = Callable[[tuple[float, ...]], Derivatives]


def find(objective: Objective, start: Sequence[float], weight: float = 1.0, most: int = 200) -> Fit:
    """Look for the maximum of a function of one or two parameters."""
    names = ["width", "height"][: len(start)]
    return maximize(objective, start, model="a box", names=names, weight=weight, most=most)


def waits(days: Sequence[float]) -> Objective:
    """Return the log-likelihood of exponential waiting times by the logarithm of their rate."""
    n, total = len(days), math.fsum(days)

    def objective(logs: tuple[float, ...]) -> Derivatives:
        rate = math.exp(logs[0])
        return n * logs[0] - rate * total, [n - rate * total], [[-rate * total]]

    return objective


def valley(logs: tuple[float, ...]) -> Derivatives:
    """Return Rosenbrock's function upside down, a curved ridge with its top at (1, 1)."""
    x, y = logs
    value = -((1 - x) ** 2) - 100 * (y - x * x) ** 2
    gradient = [2 * (1 - x) + 400 * x * (y - x * x), -200 * (y - x * x)]
    hessian = [[-2 + 400 * y - 1200 * x * x, 400 * x], [400 * x, -200.0]]
    return value, gradient, hessian


@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=20), st.floats(-20, 20))
def test_the_rate_of_waits_is_one_by_their_mean(days: list[float], start: float) -> None:
    """A maximum known in closed form is found from anywhere, with its standard error."""
    fit = find(waits(days), [start - math.log(days[0])], weight=len(days))

    assert fit.parameters[0] == pytest.approx(len(days) / math.fsum(days), rel=1e-9)
    assert fit.covariance[0][0] == pytest.approx(1 / len(days), rel=1e-6)
    assert fit.gradient <= 1e-9
    assert not fit.unsettled


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_a_curved_ridge_is_followed_to_its_top(x: float, y: float) -> None:
    """Where the surface bends upwards the steps are damped, and still lead uphill."""
    fit = find(valley, [x, y])

    assert fit.parameters == pytest.approx((math.e, math.e), rel=1e-6)
    assert fit.log_likelihood == pytest.approx(0, abs=1e-12)


@given(st.lists(st.floats(-3, 3), min_size=14, max_size=14))
def test_axes_that_bend_upwards_are_turned_round(drawn: list[float]) -> None:
    """The step is Newton's, along each axis of the curvature as if it bent downwards there."""
    gradient, entries = drawn[:4], iter(drawn[4:])
    bend = np.zeros((4, 4))
    for i in range(4):
        for j in range(i + 1):
            bend[i, j] = bend[j, i] = next(entries)
    values, axes = np.linalg.eigh(bend)
    assume(min(abs(values)) > 0.01 and max(map(abs, gradient)) > 0.01)
    expected = axes @ ((axes.T @ gradient) / abs(values))
    asked: list[tuple[float, ...]] = []

    def rising(logs: tuple[float, ...]) -> Derivatives:
        asked.append(logs)
        return 1000.0 * len(asked), gradient, (-bend).tolist()

    with pytest.raises(DidNotConvergeError):
        maximize(rising, [0.0] * 4, model="axes", names="pqrs", weight=1, most=1)
    length = min(1, 2 / max(abs(expected)))
    assert asked[1] == pytest.approx(tuple(length * expected), rel=1e-9, abs=1e-9)


def test_near_the_maximum_few_steps_are_needed() -> None:
    """The number of right digits doubles with each step."""
    fit = find(waits([1.0, 2.0, 3.0]), [-0.5], weight=3)

    assert fit.iterations <= 4
    assert fit.n == 3


def test_every_step_is_told() -> None:
    """Progress hears how many steps were made and where the search stands, in two languages."""
    heard: list[tuple[int, int | None, Phrase]] = []

    def hear(done: int, total: int | None, where: Phrase) -> None:
        heard.append((done, total, where))

    fit = maximize(waits([2.0]), [0.0], model="waits", names=["rate"], weight=1, progress=hear)

    assert [done for done, _, _ in heard] == list(range(fit.iterations + 1))
    assert {total for _, total, _ in heard} == {None}
    assert heard[0][2].en == "waits: log-likelihood -2.00 at rate=1"
    assert heard[0][2].zh == "waits：对数似然 -2.00，参数 rate=1"


@pytest.mark.parametrize(
    "beyond",
    [(math.nan, [0.0], [[-1.0]]), (math.inf, [1.0], [[-1.0]]), (9.0, [math.nan], [[-1.0]]), None],
)
def test_a_wall_turns_the_search_back(beyond: Derivatives | None) -> None:
    """Where the objective cannot be computed, or is not finite, a shorter step is made."""

    def walled(logs: tuple[float, ...]) -> Derivatives:
        (x,) = logs
        if x <= 1.5:
            return -((x - 1) ** 2), [-2 * (x - 1)], [[-0.8]]  # too flat, so that steps are long
        if beyond is None:
            raise OverflowError
        return beyond

    assert find(walled, [0.0]).parameters[0] == pytest.approx(math.e)


@pytest.mark.parametrize(
    "spoilt",
    [(math.nan, [0.0], [[-1.0]]), (0.0, [math.inf], [[-1.0]]), (0.0, [0.0], [[math.nan]])],
    ids=["value", "slope", "curvature"],
)
def test_a_start_that_cannot_be_computed_is_refused(spoilt: Derivatives) -> None:
    """What is not finite where the search begins is no likelihood."""
    with pytest.raises(DidNotConvergeError, match="a box did not converge in 0 steps: at width=1"):
        find(lambda _: spoilt, [0.0])


@pytest.mark.parametrize("n", [1.0, 1e12])
def test_a_parameter_that_the_likelihood_does_not_hold_is_named(n: float) -> None:
    """A likelihood that rises ever more slowly has its maximum nowhere; the fit says so."""

    def plateau(logs: tuple[float, ...]) -> Derivatives:
        x, y = logs
        rest = n * math.exp(-x)
        return -rest - n * y * y, [rest, -2 * n * y], [[-rest, 0.0], [0.0, -2.0 * n]]

    fit = find(plateau, [0.0, 1.0], weight=n)

    assert fit.unsettled == ("width",)
    assert fit.gradient <= 1e-9
    [caution] = fit.cautions
    assert "the data hardly settle width" in caution.en
    assert "数据几乎无法确定参数 width" in caution.zh
    assert n > 1 or fit.intervals()[0].high > 1e100
    assert fit.parameters[1] == pytest.approx(1)


def test_two_parameters_that_run_on_together_are_both_named() -> None:
    """On a ridge without an end the quotient is settled, and neither of its parts."""

    def ridge(logs: tuple[float, ...]) -> Derivatives:
        x, y = logs
        off, rest = x - y - 1, math.exp(-x)
        gradient = [-2 * off + rest, 2 * off]
        return -off * off - rest, gradient, [[-2 - rest, 2.0], [2.0, -2.0]]

    fit = find(ridge, [0.0, 0.0])

    assert fit.unsettled == ("width", "height")
    assert fit.parameters[0] / fit.parameters[1] == pytest.approx(math.e)


def test_a_long_step_is_no_reason_to_stop_while_steps_get_shorter() -> None:
    """Where the likelihood is nearly level, the search still ends at its highest point."""

    def hill(logs: tuple[float, ...]) -> Derivatives:
        grown = math.exp(logs[0])
        return -1e-8 * (grown - logs[0]), [-1e-8 * (grown - 1)], [[-1e-8 * grown]]

    assert find(hill, [0.09]).parameters[0] == pytest.approx(1, abs=1e-9)


def test_a_plain_at_the_foot_of_a_hill_is_left() -> None:
    """Where it is nearly level but bends upwards, the search goes on uphill."""

    def bell(logs: tuple[float, ...]) -> Derivatives:
        (x,) = logs
        height = math.exp(-x * x / 2)
        return height, [-x * height], [[(x * x - 1) * height]]

    assert find(bell, [8.0]).parameters[0] == pytest.approx(1)


def test_a_step_has_to_bring_a_part_of_what_it_promises() -> None:
    """A step that lands on the other side, hardly higher, is too long."""

    def overshooting(logs: tuple[float, ...]) -> Derivatives:
        (x,) = logs
        return -x * x, [-2 * x], [[-1.00001]]  # the curvature is -2

    assert find(overshooting, [0.3]).iterations < 10


def test_what_rounding_takes_does_not_stop_the_search() -> None:
    """A likelihood of a thousand million is known to no more than some ten-thousandths."""

    def rounded(logs: tuple[float, ...]) -> Derivatives:
        (x,) = logs
        lost = 6e-5 if abs(x) < 0.01 else 0.0
        return -1e9 - x * x / 2 - lost, [-x], [[-1.0]]

    assert find(rounded, [0.0101]).parameters[0] == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(("slope", "end"), [(1.0, "infinity"), (-1.0, "0")])
def test_a_likelihood_that_rises_without_an_end_is_refused(slope: float, end: str) -> None:
    """A parameter that runs away while the likelihood rises at the same rate is no estimate."""

    def slide(logs: tuple[float, ...]) -> Derivatives:
        return slope * logs[0], [slope], [[0.0]]

    with pytest.raises(NotIdentifiedError, match=f"width runs towards {end}, and the likelihood"):
        find(slide, [0.0])


def test_parameters_that_the_likelihood_cannot_tell_apart_are_refused() -> None:
    """If only a product is told, there are no two parameters."""

    def product(logs: tuple[float, ...]) -> Derivatives:
        off = sum(logs) - 1
        return -off * off, [-2 * off, -2 * off], [[-2.0, -2.0], [-2.0, -2.0]]

    with pytest.raises(NotIdentifiedError, match=r"the data do not tell width and height$"):
        find(product, [0.0, 0.0])


def test_a_likelihood_that_is_always_the_same_tells_nothing() -> None:
    """Without a slope anywhere there is nothing to find."""
    with pytest.raises(NotIdentifiedError, match=r"the data do not tell width$"):
        find(lambda _: (-3.0, [0.0], [[0.0]]), [0.0])


def test_a_parameter_that_is_hardly_known_is_named_too() -> None:
    """A maximum so flat that a factor of a thousand makes no difference settles nothing."""

    def flat(logs: tuple[float, ...]) -> Derivatives:
        x, y = logs
        return -(x * x) / 1e5 - y * y, [-2e-5 * x, -2 * y], [[-2e-5, 0.0], [0.0, -2.0]]

    assert find(flat, [1.0, 1.0]).unsettled == ("width",)


def test_a_saddle_is_no_maximum() -> None:
    """A point without a slope from which it goes uphill is not returned."""

    def saddle(logs: tuple[float, ...]) -> Derivatives:
        x, y = logs
        return x * x - y * y, [2 * x, -2 * y], [[2.0, 0.0], [0.0, -2.0]]

    with pytest.raises(NotIdentifiedError, match="about width=1, height=1 the likelihood is level"):
        find(saddle, [0.0, 0.0])


def test_a_search_that_takes_too_long_says_how_far_it_came() -> None:
    """The steps, the slope that is left and the parameters are parts of the error."""
    with pytest.raises(DidNotConvergeError, match="did not converge in 2 steps") as caught:
        find(valley, [-4.0, 4.0], most=2)

    assert caught.value.iterations == 2
    assert caught.value.gradient > 1e-9
    assert [text.split("=")[0] for text in caught.value.parameters] == ["width", "height"]


def test_a_slope_that_is_none_is_found_out() -> None:
    """If no step brings what the slope promises, the derivatives are wrong, and no point is."""

    def mistaken(logs: tuple[float, ...]) -> Derivatives:
        (x,) = logs
        return -abs(x), [1.0], [[-1.0]]

    with pytest.raises(DidNotConvergeError, match="the slope is still 1"):
        find(mistaken, [0.0])


@pytest.mark.parametrize("weight", [0.0, -1.0, math.inf, math.nan])
def test_there_have_to_be_observations(weight: float) -> None:
    """Nothing follows from nothing."""
    with pytest.raises(InvalidValueError, match="weight must be above 0, and finite"):
        find(waits([1.0]), [0.0], weight=weight)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"start": [0.0, 0.0]}, "start must hold one logarithm for each name, 1 in all"),
        ({"start": []}, "start must hold one logarithm for each name, 1 in all"),
        ({"start": ["0"]}, "start must hold logarithms between -700 and 700"),
        ({"start": [math.nan]}, "start must hold logarithms between -700 and 700"),
        ({"start": [1e6]}, "start must hold logarithms between -700 and 700"),
        ({"start": [], "names": []}, "names must name at least one parameter"),
        ({"weight": "1"}, "weight must be above 0, and finite"),
        ({"tolerance": -1}, "tolerance must be 0 or more, and finite"),
        ({"tolerance": math.nan}, "tolerance must be 0 or more, and finite"),
        ({"most": 0}, "most must be a whole number of 1 or more"),
        ({"most": 1.5}, "most must be a whole number of 1 or more"),
    ],
)
def test_a_search_begins_somewhere_and_ends(wrong: dict[str, Any], message: str) -> None:
    """Names, logarithms and limits that no search can use are refused by name."""
    fine: dict[str, Any] = {"start": [0.0], "names": ["rate"], "model": "waits", "weight": 1.0}

    with pytest.raises(InvalidValueError, match=message):
        maximize(waits([1.0]), **(fine | wrong))


@pytest.mark.parametrize(("top", "end"), [(720.0, "infinity"), (-720.0, "0")])
def test_a_parameter_that_no_float_can_hold_is_named(top: float, end: str) -> None:
    """A maximum beyond all floats is no maximum at a parameter, and no raw overflow either."""

    def distant(logs: tuple[float, ...]) -> Derivatives:
        return -((logs[0] - top) ** 2), [2 * (top - logs[0])], [[-2.0]]

    with pytest.raises(NotIdentifiedError, match=f"width runs towards {end}"):
        find(distant, [math.copysign(690.0, top)])
