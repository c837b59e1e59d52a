"""What a search found."""

from __future__ import annotations

import math

import attrs
import pytest

from crmcore.codec import from_json, to_json
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase
from crmcore.likelihood import Fit, Kernel

CDS = Fit(
    model="waits",
    names=("rate", "shape"),
    parameters=(0.5, 2.0),
    covariance=((0.04, 0.01), (0.01, 0.09)),
    log_likelihood=-12.5,
    iterations=5,
    gradient=1e-12,
    n=40.0,
)


def test_standard_errors_are_those_of_the_parameters_themselves() -> None:
    """A logarithm that is off by a fifth is a parameter that is off by a fifth of itself."""
    assert CDS.standard_errors == pytest.approx((0.1, 0.6))
    assert str(CDS) == "rate=0.5 ± 0.1, shape=2 ± 0.6"


def test_a_parameter_that_is_not_settled_is_not_shown_as_if_it_were() -> None:
    """Of 1.4e11 ± 2e15 a reader might believe some of the digits."""
    fit = attrs.evolve(CDS, unsettled=("shape",))

    assert str(fit) == "rate=0.5 ± 0.1, shape not settled"


def test_intervals_are_symmetric_on_the_scale_of_logarithms() -> None:
    """A parameter above 0 has bounds above 0; 1.96 standard errors reach to both sides."""
    low, high = CDS.intervals()[0].low, CDS.intervals()[0].high

    assert (low, high) == pytest.approx((0.5 * math.exp(-0.2 * 1.959964), 0.25 / low), rel=1e-6)
    assert CDS.intervals(0.5)[0].high < high
    assert CDS.intervals()[1].method == "Wald, log scale"


def test_a_level_is_a_fraction() -> None:
    """95 is no level of confidence."""
    with pytest.raises(InvalidValueError, match=r"level must be a fraction .* \(got 95\)"):
        CDS.intervals(95)


def test_a_fit_can_be_kept() -> None:
    """It comes back from JSON as it was, cautions and all."""
    caution = Phrase("take care", "请注意")
    fit = Fit(
        model="waits",
        names=("rate",),
        parameters=(1 / 3,),
        covariance=((1e9,),),
        log_likelihood=-0.1,
        iterations=7,
        gradient=1e-10,
        n=3.0,
        kernel=Kernel.NUMPY,
        unsettled=("rate",),
        cautions=(caution,),
    )

    assert from_json(Fit, to_json(fit)) == fit


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("parameters", (0.5,), "parameters must be 2 numbers above 0, one for each name"),
        ("parameters", (0.5, 0.0), "parameters must be 2 numbers above 0"),
        ("parameters", (0.5, math.inf), "parameters must be 2 numbers above 0"),
        ("covariance", ((1.0, 0.0),), "covariance must have 2 rows and columns"),
        ("covariance", ((1.0,), (0.0, 1.0)), "covariance must have 2 rows and columns"),
        ("covariance", ((1.0, 0.0), (0.0, -1.0)), "covariance must have variances of at least 0"),
        ("covariance", ((1.0, 0.0), (0.0, math.nan)), "covariance must have variances"),
    ],
)
def test_a_fit_is_whole(field: str, value: object, rule: str) -> None:
    """Each name has a parameter above 0 and a row of the covariance."""
    with pytest.raises(InvalidValueError, match=rule):
        attrs.evolve(CDS, **{field: value})  # type: ignore[arg-type]
