"""Whether the data say that customers leave."""

from __future__ import annotations

import math
from functools import cache
from random import Random
from typing import Any, Self

import pytest
from scipy.special import betaln, gammaln

from crmcore.durations import DAY, WEEK, YEAR
from crmcore.errors import InvalidValueError, NotIdentifiedError
from crmcore.histories import Histories
from crmcore.likelihood import Fit
from crmcore.value import (
    BetaGeo,
    BetaGeoBetaBinomial,
    DropoutCheck,
    ModifiedBetaGeo,
    ParetoNbd,
    PurchaseModel,
)
from tests.value import cdnow

MODELS: list[type[PurchaseModel]] = [BetaGeo, ModifiedBetaGeo, ParetoNbd]


@cache
def checked(model: type[PurchaseModel]) -> DropoutCheck:
    """A model of the CDNOW sample, held to the NBD."""
    return model.fit(cdnow.calibration()).dropout_check(cdnow.calibration())


@cache
def faithful() -> Histories:
    """Six hundred made-up customers who never leave, for half a year."""
    rng = Random(1)  # noqa: S311 - no secret
    rows = []
    for _ in range(600):
        age = rng.randint(180, 280) / 7
        rate, at, times = rng.gammavariate(0.5, 1 / 6), 0.0, []
        while (at := at + rng.expovariate(rate)) <= age:
            times.append(at)
        rows.append((len(times), times[-1] if times else 0.0, age))
    x, last, ages = zip(*rows, strict=True)
    return Histories.from_columns(frequency=x, last_purchase_age=last, age=ages, unit=WEEK)


def test_the_nbd_of_cdnow_is_as_published() -> None:
    """The parameters .385 and 12.072, log-likelihood −9763.7 (Fader, Hardie and Lee 2005)."""
    without = checked(BetaGeo).without

    assert [round(each, 3) for each in without.parameters] == [0.385, 12.072]
    assert round(without.log_likelihood, 1) == -9763.7


@pytest.mark.parametrize("model", MODELS)
def test_customers_of_cdnow_leave(model: type[PurchaseModel]) -> None:
    """Each model gains more than 150 of log-likelihood by letting customers leave."""
    found = checked(model)

    assert found.is_supported
    assert found.statistic > 2 * 150
    assert 0 < found.p < 1e-60
    assert str(found).startswith(f"the data say that customers leave: {model.NAME} explains them")
    assert found.words.zh.startswith(f"数据支持客户会流失：{model.NAME} 比无流失的 NBD")


def test_customers_who_stay_are_not_said_to_leave() -> None:
    """Where nobody leaves, the words warn of the probabilities of being alive."""
    found = BetaGeo.fit(faithful()).dropout_check(faithful())

    assert not found.is_supported
    assert found.p > 0.05
    assert found.words.en.startswith("the data do not say that customers leave: the NBD")
    assert found.words.en.endswith("do not act on its probabilities of being alive")
    assert found.words.zh.endswith("请勿依据其存活概率行事")


@pytest.mark.parametrize("model", MODELS)
def test_a_fit_warns_where_it_had_better(model: type[PurchaseModel]) -> None:
    """What the check says is among the cautions of a fit, where customers stay; else it is not."""
    weak, sure = model.fit(faithful()), model.fit(cdnow.calibration())

    assert weak.fitted is not None
    assert sure.fitted is not None
    assert weak.dropout_check(faithful()).words in weak.fitted.cautions
    assert not sure.fitted.cautions


class Guess(BetaGeo):
    """A model that takes whatever parameters come to its mind for fitted."""

    @classmethod
    def _fit(cls, histories: Histories, *, kernel: Any, progress: Any) -> Self:  # noqa: ANN401
        del kernel, progress
        fit = Fit(
            model="guess",
            names=cls.PARAMETERS,
            parameters=(1.0, 1.0, 1.0, 1.0),
            covariance=tuple(tuple(float(i == j) for j in range(4)) for i in range(4)),
            log_likelihood=-1.0,
            iterations=0,
            gradient=0.0,
            n=histories.total_weight,
        )
        return cls(r=1, alpha=1, a=1, b=1, unit=histories.unit, fitted=fit)


def test_where_nobody_came_back_there_is_nothing_to_hold_it_to() -> None:
    """A fit goes without the caution, and the check is refused."""
    gone = Histories.from_columns(frequency=[0, 0], last_purchase_age=[0, 0], age=[3, 4], unit=WEEK)
    guess = Guess.fit(gone)

    assert guess.fitted is not None
    assert guess.fitted.cautions == ()
    with pytest.raises(NotIdentifiedError, match="NBD cannot be fitted: nobody came back"):
        guess.dropout_check(gone)


def likelihood_by_hand(histories: Histories, r: float, alpha: float) -> float:
    """The log-likelihood of the NBD, summed over customers."""
    pairs = zip(histories.frequency, histories.age, strict=True)
    return math.fsum(
        float(gammaln(r + x) - gammaln(r)) + r * math.log(alpha) - (r + x) * math.log(alpha + age)
        for x, age in pairs
    )


@pytest.mark.parametrize("make", [cdnow.calibration, faithful])
def test_no_other_parameters_are_likelier(make: Any) -> None:  # noqa: ANN401 - makes histories
    """The fit has the likelihood of the formula, and a step to any side has less."""
    histories = make()
    fit = BetaGeo.fit(histories).dropout_check(histories).without
    r, alpha = fit.parameters

    assert fit.log_likelihood == pytest.approx(likelihood_by_hand(histories, r, alpha))
    for factor in (0.99, 1.01):
        assert likelihood_by_hand(histories, r * factor, alpha) < fit.log_likelihood
        assert likelihood_by_hand(histories, r, alpha * factor) < fit.log_likelihood
        assert likelihood_by_hand(histories, r * factor, alpha * factor) < fit.log_likelihood


def test_donors_leave_as_well() -> None:
    """BG/BB is held to the beta-binomial, whose formula gives the same likelihood."""
    donors = cdnow.donations()
    found = BetaGeoBetaBinomial.fit(donors).dropout_check(donors)

    def by_hand(alpha: float, beta: float) -> float:
        rows = zip(donors.frequency, donors.age, donors.weight or (), strict=True)
        return math.fsum(
            weight * float(betaln(alpha + x, beta + age - x) - betaln(alpha, beta))
            for x, age, weight in rows
        )

    alpha, beta = found.without.parameters
    assert found.is_supported
    assert found.without.model == "beta-binomial"
    assert found.without.log_likelihood == pytest.approx(by_hand(alpha, beta))
    for factor in (0.99, 1.01):
        assert by_hand(alpha * factor, beta) < found.without.log_likelihood
        assert by_hand(alpha, beta * factor) < found.without.log_likelihood


def test_weights_and_units_make_no_difference() -> None:
    """Each different history with its weight, in days, gives the same statistic."""
    histories = cdnow.calibration().in_unit(DAY).weighted()
    found = BetaGeo.fit(histories).dropout_check(histories)

    assert found.statistic == pytest.approx(checked(BetaGeo).statistic, rel=1e-6)
    weekly = BetaGeo.fit(cdnow.calibration()).dropout_check(histories)
    assert weekly.statistic == pytest.approx(checked(BetaGeo).statistic, rel=1e-6)


@pytest.mark.parametrize(("gain", "p"), [(-1e-9, 1.0), (0.0, 1.0), (2.706 / 2, 0.05)])
def test_half_of_the_time_nothing_is_gained(gain: float, p: float) -> None:
    """The p value is half of that of chi-square: 5 % at 2.71, and all where nothing is gained."""
    without = checked(BetaGeo).without
    found = DropoutCheck(
        model="BG/NBD", log_likelihood=without.log_likelihood + gain, without=without
    )

    assert found.p == pytest.approx(p, rel=1e-3)


def test_known_parameters_and_other_customers_are_refused() -> None:
    """The test is one of a fit, and of what was fitted."""
    known = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)
    rule = "histories must be those that the model was fitted to"

    with pytest.raises(InvalidValueError, match=rule):
        known.dropout_check(cdnow.calibration())
    with pytest.raises(InvalidValueError, match=rule):
        BetaGeo.fit(cdnow.calibration()).dropout_check(faithful())
    assert YEAR is cdnow.donations().unit
