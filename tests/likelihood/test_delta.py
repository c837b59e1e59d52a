"""Intervals of what follows from a fit."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest

from crmcore.errors import InvalidValueError, UndefinedValueError, UnknownNameError
from crmcore.likelihood import Fit, Scale, delta_interval

REACH = NormalDist().inv_cdf(0.975)
FIT = Fit(
    model="two rates",
    names=("fast", "slow"),
    parameters=(6.0, 2.0),
    covariance=((0.04, 0.02), (0.02, 0.09)),
    log_likelihood=-1.0,
    iterations=1,
    gradient=0.0,
    n=100.0,
)
Pair = tuple[float, ...]


def same(parameters: Pair) -> Pair:
    """Take the parameters for the model."""
    return parameters


def both(parameters: Pair) -> float:
    """Add the parameters up."""
    return math.fsum(parameters)


def test_a_parameter_has_the_interval_that_its_fit_gives_it() -> None:
    """On the scale of logarithms the delta method of a parameter is Wald's interval."""
    found = delta_interval(FIT, same, lambda pair: pair[0], scale="log")

    assert found.low == pytest.approx(FIT.intervals()[0].low, rel=1e-7)
    assert found.high == pytest.approx(FIT.intervals()[0].high, rel=1e-7)
    assert str(found) == "4.054 to 8.88 (95 %, delta, log scale)"


def test_parameters_that_stray_together_make_a_quotient_surer() -> None:
    """The variance of a quotient's logarithm is that of both, less twice their covariance."""
    found = delta_interval(FIT, same, lambda pair: pair[0] / pair[1], scale=Scale.LOG)

    assert math.log(found.high / 3) == pytest.approx(REACH * math.sqrt(0.04 + 0.09 - 0.04))


def test_a_sum_on_its_own_scale_has_an_interval_about_it() -> None:
    """The slopes along the logarithms are the parameters themselves."""
    found = delta_interval(FIT, same, both, level=0.9)

    half = NormalDist().inv_cdf(0.95) * math.sqrt(36 * 0.04 + 4 * 0.09 + 2 * 12 * 0.02)
    assert (found.low, found.high) == pytest.approx((8 - half, 8 + half), rel=1e-7)
    assert found.level == 0.9


def test_a_probability_stays_between_0_and_1() -> None:
    """Its bounds are even on the scale of log-odds."""
    found = delta_interval(FIT, same, lambda pair: pair[0] / both(pair), scale="logit")

    half = REACH * math.sqrt(0.04 + 0.09 - 0.04)  # the odds are the quotient
    assert found.low == pytest.approx(1 / (1 + math.exp(half) / 3))
    assert found.high == pytest.approx(1 / (1 + math.exp(-half) / 3))


@pytest.mark.parametrize(
    ("scale", "bound"), [(Scale.LOGIT, 0.0), (Scale.LOGIT, 1.0), (Scale.LOG, 0.0)]
)
def test_what_cannot_leave_a_bound_is_certain(scale: Scale, bound: float) -> None:
    """A customer who is surely alive is so under all parameters."""
    found = delta_interval(FIT, same, lambda _: bound, scale=scale)

    assert (found.low, found.high) == (bound, bound)


def test_what_nothing_holds_has_an_interval_without_an_end() -> None:
    """A parameter that runs on may be as large as can be."""
    loose = Fit(
        model="loose",
        names=("rate",),
        parameters=(1.0,),
        covariance=((1e12,),),
        log_likelihood=0.0,
        iterations=1,
        gradient=0.0,
        n=1.0,
    )

    found = delta_interval(loose, same, lambda one: one[0], scale="log")

    assert (found.low, found.high) == (0.0, math.inf)


def test_what_is_no_number_has_no_interval() -> None:
    """A quantity has to exist at the parameters that were found."""
    with pytest.raises(UndefinedValueError, match="no number at the fitted parameters"):
        delta_interval(FIT, same, lambda _: math.nan)


@pytest.mark.parametrize(
    ("scale", "value", "message"),
    [
        ("log", -3.0, "quantity must be 0 or more for the log scale"),
        ("logit", 1.5, "quantity must be between 0 and 1 for the logit scale"),
        ("logit", -0.5, "quantity must be between 0 and 1 for the logit scale"),
    ],
)
def test_what_lies_outside_of_its_scale_is_refused(scale: str, value: float, message: str) -> None:
    """A loss has no logarithm; an interval of no width would call it certain."""
    with pytest.raises(InvalidValueError, match=message):
        delta_interval(FIT, same, lambda pair: value * pair[0] / 6, scale=scale)
    rounded = delta_interval(FIT, same, lambda _: 1 + 1e-15, scale="logit")
    assert (rounded.low, rounded.high) == (1 + 1e-15, 1 + 1e-15)


def test_what_a_float_cannot_tell_from_a_bound_keeps_within_it() -> None:
    """Where a neighbour is at the bound already, the plain scale says what there is to say."""

    def nearly_sure(pair: Pair) -> float:
        return 1.0 if pair[0] > 6.0001 else 1 - 1e-15

    def stops(pair: Pair) -> float:
        return max(0.0, pair[0] - 5.9999)

    sure = delta_interval(FIT, same, nearly_sure, scale="logit")
    low = delta_interval(FIT, same, stops, scale="log")

    assert 1 - 1e-11 < sure.low < sure.high == 1
    assert sure.method == "delta, plain scale"
    assert (low.low, low.method) == (0.0, "delta, plain scale")
    assert low.high == pytest.approx(1e-4 + REACH * 0.2 * 3.5, rel=1e-3)


def test_what_is_a_number_at_one_point_only_has_no_interval() -> None:
    """Nobody knows how a quantity strays that has no value beside the estimate."""
    with pytest.raises(UndefinedValueError, match="no number near the fitted parameters"):
        delta_interval(FIT, same, lambda pair: 1.0 if pair == FIT.parameters else math.nan)
    with pytest.raises(UndefinedValueError, match="is infinite at the fitted parameters"):
        delta_interval(FIT, same, lambda _: math.inf)


def test_a_quantity_is_one_number() -> None:
    """What is told of all customers at once has no interval."""
    with pytest.raises(InvalidValueError, match=r"quantity must return one number.*got \(6"):
        delta_interval(FIT, same, same)  # type: ignore[arg-type]


def test_scales_and_levels_are_checked() -> None:
    """A slip of the pen comes with the nearest word, and 95 is no level."""
    with pytest.raises(UnknownNameError, match="unknown scale 'logs'; did you mean 'log'"):
        delta_interval(FIT, same, both, scale="logs")
    with pytest.raises(InvalidValueError, match="level must be a fraction"):
        delta_interval(FIT, same, both, level=95)
    with pytest.raises(InvalidValueError, match="level must be a fraction"):
        FIT.intervals("0.95")  # type: ignore[arg-type]


def test_parameters_that_are_known_have_no_interval() -> None:
    """Without a fit there is no error to carry over."""
    with pytest.raises(InvalidValueError, match="fitted must be there: parameters that are known"):
        delta_interval(None, lambda parameters: parameters, lambda parameters: parameters[0])
