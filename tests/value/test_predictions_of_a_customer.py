"""What a model says of one customer, in numbers, with intervals and in words."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from crmcore.codec import from_json, to_json
from crmcore.durations import DAY, MONTH, WEEK, weeks
from crmcore.errors import InvalidValueError, NotIdentifiedError
from crmcore.histories import Histories, PurchaseHistory
from crmcore.kernel import CustomerId
from crmcore.likelihood import Kernel, Scale
from crmcore.value import BetaGeo, ModifiedBetaGeo, ParetoNbd, PurchaseModel
from tests.value import cdnow

KNOWN = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)
MODIFIED = ModifiedBetaGeo(r=0.525, alpha=6.183, a=0.891, b=1.614, unit=WEEK)
ADA = PurchaseHistory(
    customer=CustomerId("ada"), frequency=2, last_purchase_age=30.43, age=38.86, unit=WEEK
)
ONCE = PurchaseHistory(
    customer=CustomerId("bob"), frequency=0, last_purchase_age=0, age=38.86, unit=WEEK
)


@pytest.fixture(scope="module")
def fitted() -> BetaGeo:
    """Return BG/NBD, fitted to CDNOW."""
    return BetaGeo.fit(cdnow.calibration(unit=WEEK))


def test_known_parameters_have_no_intervals() -> None:
    """Where nothing was estimated nothing is uncertain but the customer's own luck."""
    told = KNOWN.predict(ADA, horizon=weeks(39))

    assert told.alive_interval is told.purchases_interval is None
    assert told.purchases_if_alive_interval is None
    assert (told.customer, told.model, told.horizon) == ("ada", "BG/NBD", weeks(39))
    assert str(told) == "ada: alive with probability 0.727; 1.226 purchases expected in 39 weeks"
    assert told.words.zh == "ada：存活概率 0.727；预计 39 周内购买 1.226 次"


def test_a_fit_has_intervals(fitted: BetaGeo) -> None:
    """Each number of a prediction lies in its interval, which stays within its bounds."""
    told = fitted.predict(ADA, horizon=weeks(39), level=0.9)

    assert told.alive_interval is not None
    assert told.purchases_if_alive_interval is not None
    assert told.purchases_interval is not None
    assert 0 < told.alive_interval.low < told.alive < told.alive_interval.high < 1
    assert told.purchases_if_alive in told.purchases_if_alive_interval
    assert told.purchases_interval.level == 0.9
    low, high = told.purchases_interval.low, told.purchases_interval.high
    assert 0 < low < told.purchases < high
    assert f"{told.purchases:.4g} ({low:.4g} to {high:.4g}) purchases" in told.words.en
    assert f"（{low:.4g} 至 {high:.4g}）" in told.words.zh


def test_an_interval_of_whatever_follows(fitted: BetaGeo) -> None:
    """An interval by the delta method is that of the parameters where these are asked for."""
    assert fitted.fitted is not None
    index = fitted.fitted.names.index("alpha")

    told = fitted.interval(lambda model: model.alpha)
    plain = fitted.interval(lambda model: model.alpha, scale=Scale.PLAIN)

    of_fit = fitted.fitted.intervals()[index]
    assert (told.low, told.high) == pytest.approx((of_fit.low, of_fit.high), rel=1e-6)
    assert plain.low != told.low


def test_a_narrower_level_makes_a_narrower_interval(fitted: BetaGeo) -> None:
    """Half the confidence takes less room."""
    wide = fitted.interval(lambda model: model.new_customer_purchases(weeks(39)))
    narrow = fitted.interval(lambda model: model.new_customer_purchases(weeks(39)), level=0.5)

    assert wide.low < narrow.low < narrow.high < wide.high


def test_one_time_buyers_are_alive_by_assumption(fitted: BetaGeo) -> None:
    """BG/NBD calls them alive for certain, says why, and says which models would not."""
    told = fitted.predict(ONCE, horizon=weeks(39))

    assert told.alive == 1
    assert told.alive_interval is not None
    assert (told.alive_interval.low, told.alive_interval.high) == (1, 1)
    (remark,) = told.remarks
    assert "lets nobody leave before the first repeat purchase" in remark.en
    assert "MBG/NBD and Pareto/NBD" in remark.en
    assert "存活概率都是 1" in remark.zh
    assert str(told).endswith(f"\n  {remark.en}")


def test_mbg_counts_the_silence_of_one_time_buyers() -> None:
    """Under MBG/NBD they are the less likely to be alive the longer ago it was."""
    longer = PurchaseHistory(frequency=0, last_purchase_age=0, age=80, unit=WEEK)

    told = MODIFIED.predict(ONCE, horizon=weeks(39))

    assert told.remarks == KNOWN.predict(ADA, horizon=weeks(39)).remarks == ()
    assert MODIFIED.predict(longer, horizon=weeks(39)).alive < told.alive < 1


def test_units_are_converted(fitted: BetaGeo) -> None:
    """A history in days is told what it is told in weeks; so is a model in days."""
    in_days = Histories.of([ADA]).in_unit(DAY)
    told = fitted.predict(ADA, horizon=weeks(39))

    of_days = fitted.predict(in_days[0], horizon=weeks(39))
    in_months = fitted.in_unit(MONTH).predict(ADA, horizon=weeks(39))

    assert of_days.purchases == pytest.approx(told.purchases, rel=1e-12)
    assert told.purchases_interval is not None
    assert in_months.purchases_interval is not None
    assert in_months.purchases_interval.low == pytest.approx(told.purchases_interval.low, rel=1e-6)
    assert fitted.in_unit(MONTH).fitted is not None


def test_a_model_in_its_own_unit_is_the_same() -> None:
    """Nothing is converted where nothing is to convert."""
    assert KNOWN.in_unit(WEEK) == KNOWN


@pytest.mark.parametrize("model", [KNOWN, MODIFIED], ids=lambda model: model.NAME)
def test_models_are_values(model: BetaGeo) -> None:
    """A model goes through pickle and JSON unchanged, and can be a key."""
    assert pickle.loads(pickle.dumps(model)) == model  # noqa: S301 - our own
    assert from_json(type(model), to_json(model)) == model
    assert {model: 1}[model] == 1


def test_a_fitted_model_goes_through_json(fitted: BetaGeo) -> None:
    """Nothing of the fit is lost."""
    again = from_json(BetaGeo, to_json(fitted))

    assert again == fitted
    assert again.predict(ADA, horizon=weeks(39)) == fitted.predict(ADA, horizon=weeks(39))


def test_a_model_says_what_it_is(fitted: BetaGeo) -> None:
    """Its name, its unit and its parameters, with standard errors where they were fitted."""
    assert str(KNOWN) == "BG/NBD in weeks: r=0.243, alpha=4.414, a=0.793, b=2.426"
    assert str(fitted).startswith("BG/NBD in weeks: r=0.2426 ± 0.0126, ")


def test_the_log_likelihood_is_that_of_the_fit(fitted: BetaGeo) -> None:
    """Summed up over single histories it is what the fit found."""
    assert fitted.fitted is not None
    histories = cdnow.calibration(unit=WEEK)

    assert fitted.log_likelihood(histories) == pytest.approx(
        fitted.fitted.log_likelihood, rel=1e-10
    )


def test_a_fit_takes_customers() -> None:
    """An empty book, and one whose customers all count for nothing, tell nothing."""
    nobody = Histories.from_columns(frequency=[], last_purchase_age=[], age=[], unit=WEEK)
    nothing = Histories.from_columns(
        frequency=[1], last_purchase_age=[1], age=[2], weight=[0], unit=WEEK
    )

    for histories in (nobody, nothing):
        with pytest.raises(NotIdentifiedError, match="there are no customers"):
            BetaGeo.fit(histories, kernel=Kernel.PYTHON)


EVERY = pytest.mark.parametrize(
    "model",
    [KNOWN, MODIFIED, ParetoNbd(r=0.553, alpha=10.578, s=0.606, beta=11.669, unit=WEEK)],
    ids=lambda model: model.NAME,
)


@EVERY
def test_the_living_go_on_as_new_customers(model: BetaGeo | ParetoNbd) -> None:
    """Who is alive goes on as somebody new does, about whom more is known.

    A model may have a short way to what is expected; it leads to the same.
    """
    told = model.expected_if_alive(Histories.of([ADA]), horizon=weeks(39))[0]

    onwards = PurchaseModel._expected_if_alive(model, 2, 30.43, 38.86, 39)  # noqa: SLF001
    assert onwards == pytest.approx(told, rel=1e-12)


@EVERY
def test_probabilities_of_a_customer_have_the_mean_that_is_expected(
    model: BetaGeo | ParetoNbd,
) -> None:
    """P(Y = k) sums to 1, and its mean is E[Y]; to be gone is to buy nothing."""
    told = model.probabilities(ADA, horizon=weeks(39), most=150)

    assert math.fsum(told) == pytest.approx(1, rel=1e-9)
    mean = math.fsum(k * each for k, each in enumerate(told))
    prediction = model.predict(ADA, horizon=weeks(39))
    assert mean == pytest.approx(prediction.purchases, rel=1e-9)
    assert told[0] > 1 - prediction.alive


@EVERY
def test_of_equal_customers_the_same_is_said(model: BetaGeo | ParetoNbd) -> None:
    """What is said of many is what is said of each, and the same of those who are alike."""
    histories = Histories.from_columns(
        frequency=[2, 0, 2], last_purchase_age=[9, 0, 9], age=[20, 20, 20], unit=WEEK
    )

    alone = [model.predict(each, horizon=weeks(5)) for each in histories]

    assert model.alive(histories) == pytest.approx([each.alive for each in alone], rel=1e-12)
    purchases = model.expected_purchases(histories, horizon=weeks(5))
    assert purchases == pytest.approx([each.purchases for each in alone], rel=1e-12)
    assert purchases[0] == purchases[2]
    assert model.expected_if_alive(histories, horizon=weeks(5)) == pytest.approx(
        [each.purchases_if_alive for each in alone], rel=1e-12
    )


WRONG: Any = [1, 2]
REFUSED: dict[str, tuple[str, Callable[[], object]]] = {
    "alive": ("histories must be Histories", lambda: KNOWN.alive(WRONG)),
    "fit": ("histories must be Histories", lambda: BetaGeo.fit(WRONG)),
    "predict": (
        "history must be a PurchaseHistory",
        lambda: KNOWN.predict(WRONG, horizon=weeks(1)),
    ),
    "horizon": (
        "horizon must be a duration, such as weeks",
        lambda: KNOWN.expected_purchases(Histories.of([ADA]), horizon=WRONG),
    ),
    "below 0": (
        "most must be a whole number of 0 or more",
        lambda: KNOWN.purchase_probabilities(weeks(1), most=-1),
    ),
    "no number": (
        "most must be a whole number of 0 or more",
        lambda: KNOWN.probabilities(ADA, horizon=weeks(1), most=WRONG),
    ),
    "interval": (
        "parameters that are known have no interval",
        lambda: KNOWN.interval(lambda model: model.r),
    ),
}


@pytest.mark.parametrize(("message", "call"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_asked_is_refused_by_name(message: str, call: Callable[[], object]) -> None:
    """The message names the argument and says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        call()
