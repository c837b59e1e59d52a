"""What a fit might have been: samples that are made up, and refitted."""

from __future__ import annotations

import math
from typing import Any

import pytest

from crmcore.durations import DAY, WEEK, weeks
from crmcore.errors import InvalidValueError
from crmcore.histories import Histories, PurchaseHistory
from crmcore.kernel import Phrase
from crmcore.likelihood import Kernel
from crmcore.value import BetaGeo, Bootstrap
from tests.value import cdnow

TRUE = BetaGeo(r=0.5, alpha=4, a=0.8, b=2.4, unit=WEEK)
BOOK = TRUE.simulate([float(10 + age % 30) for age in range(600)], seed=11)


@pytest.fixture(scope="module")
def told() -> Bootstrap[BetaGeo]:
    """Return a bootstrap of twenty samples."""
    model = BetaGeo.fit(BOOK, kernel=Kernel.PYTHON)
    return model.bootstrap(BOOK, samples=20, seed=1, kernel=Kernel.PYTHON)


def test_refits_scatter_about_the_model(told: Bootstrap[BetaGeo]) -> None:
    """The interval of a quantity holds that of the model, and the standard error is its scatter."""

    def purchases(model: BetaGeo) -> float:
        return model.new_customer_purchases(weeks(39))

    interval = told.interval(purchases)
    values = told.values(purchases)

    assert told.samples == len(told.refits) == 20
    assert purchases(told.model) in interval
    assert interval.method == "bootstrap, 20 samples"
    assert values[0] <= interval.low < interval.high <= values[-1]
    assert list(values) == sorted(values)
    mean = math.fsum(values) / 20
    variance = math.fsum((value - mean) ** 2 for value in values) / 19
    assert told.standard_error(purchases) == pytest.approx(math.sqrt(variance), rel=1e-12)


def test_the_standard_error_is_about_that_of_the_fit(told: Bootstrap[BetaGeo]) -> None:
    """The bootstrap and the observed information say the same of a parameter, roughly."""
    assert told.model.fitted is not None
    index = told.model.fitted.names.index("r")

    by_information = told.model.fitted.standard_errors[index]

    assert 1 / 2 < told.standard_error(lambda model: model.r) / by_information < 2


def test_quantiles_lie_between_neighbours() -> None:
    """A quantile between two values is on the straight line between them."""
    models = tuple(BetaGeo(r=r, alpha=1, a=1, b=1, unit=WEEK) for r in (4.0, 1.0, 2.0))
    told = Bootstrap(model=models[0], refits=models, seed=1)

    half = told.interval(lambda model: model.r, level=0.5)

    assert (half.low, half.high) == (1.5, 3.0)
    assert told.interval(lambda model: model.r, level=0.5) == half


def test_the_same_seed_gives_the_same_samples(told: Bootstrap[BetaGeo]) -> None:
    """Neither the order of the histories nor how many samples follow makes a difference."""
    backwards = Histories.from_columns(
        frequency=BOOK.frequency[::-1],
        last_purchase_age=BOOK.last_purchase_age[::-1],
        age=BOOK.age[::-1],
        unit=WEEK,
    )

    fewer = told.model.bootstrap(backwards, samples=3, seed=1, kernel=Kernel.PYTHON)
    others = told.model.bootstrap(BOOK, samples=3, seed=2, kernel=Kernel.PYTHON)

    assert fewer.refits == told.refits[:3]
    assert others.refits != fewer.refits


def test_histories_in_another_unit_are_converted(told: Bootstrap[BetaGeo]) -> None:
    """Days do as well as weeks."""
    again = told.model.bootstrap(BOOK.in_unit(DAY), samples=1, seed=1, kernel=Kernel.PYTHON)

    assert again.refits[0].unit is WEEK
    assert again.refits[0].parameters == pytest.approx(told.refits[0].parameters, rel=1e-6)


def test_samples_that_cannot_be_fitted_are_counted() -> None:
    """With three customers most samples say nothing, and it is told how many."""
    model = BetaGeo(r=0.1, alpha=10, a=0.8, b=2.4, unit=WEEK)
    few = model.simulate([2.0, 3.0, 4.0], seed=1)
    heard: list[tuple[int, int | None, Phrase]] = []

    told = model.bootstrap(few, samples=6, seed=1, progress=lambda *each: heard.append(each))

    assert told.samples == 6
    assert told.failed == sum(count for _, count in told.failures) > 0
    assert len(told.refits) == 6 - told.failed
    assert f"{told.failed} of 6 samples could not be fitted" in told.cautions[0].en
    assert [done for done, _, _ in heard] == [0, 1, 2, 3, 4, 5, 6]


def test_where_all_are_fitted_there_is_no_caution(told: Bootstrap[BetaGeo]) -> None:
    """Nothing is said where nothing is wrong."""
    assert (told.failures, told.cautions) == ((), ())


def test_what_chance_began_with_is_told(told: Bootstrap[BetaGeo]) -> None:
    """A bootstrap can be repeated from what it tells."""
    assert told.seed == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 0, "seed": 1}, "samples must be a whole number of 1 or more"),
        ({"samples": 2.5, "seed": 1}, "samples must be a whole number of 1 or more"),
        ({"samples": 2, "seed": None}, "seed must be a whole number"),
    ],
)
def test_samples_and_seed_are_whole_numbers(options: dict[str, Any], message: str) -> None:
    """What is no number of samples, and no seed, is refused by its name."""
    with pytest.raises(InvalidValueError, match=message):
        TRUE.bootstrap(BOOK, **options)


def test_an_interval_takes_a_level_and_samples() -> None:
    """Neither 95 for 0.95 nor an interval of nothing."""
    nothing: Bootstrap[BetaGeo] = Bootstrap(model=TRUE, refits=(), failures=(("why", 3),), seed=1)

    with pytest.raises(InvalidValueError, match="level must be a fraction above 0 and below 1"):
        nothing.interval(lambda model: model.r, level=95)
    with pytest.raises(InvalidValueError, match="refits must be 1 or more"):
        nothing.interval(lambda model: model.r)
    with pytest.raises(InvalidValueError, match="refits must be 2 or more"):
        nothing.standard_error(lambda model: model.r)


def test_intervals_of_one_customer_by_both_ways() -> None:
    """On CDNOW the delta method and the bootstrap agree on what is not known of a customer."""
    histories = cdnow.calibration(unit=WEEK)
    model = BetaGeo.fit(histories)
    ada = PurchaseHistory(frequency=2, last_purchase_age=30.43, age=38.86, unit=WEEK)

    told = model.predict(ada, horizon=weeks(39)).purchases_interval
    refits = model.bootstrap(histories, samples=25, seed=3)

    assert told is not None
    of_samples = refits.interval(lambda each: each.predict(ada, horizon=weeks(39)).purchases)
    assert told.low < 1.226 < told.high
    assert 0.4 < (of_samples.high - of_samples.low) / (told.high - told.low) < 1.6
