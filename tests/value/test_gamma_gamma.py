"""Gamma-Gamma: what customers are expected to spend, and why."""

from __future__ import annotations

import math

import mpmath as mp
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.codec import from_json, to_json
from crmcore.durations import WEEK
from crmcore.errors import InfiniteMeanError, InvalidValueError, MixedCurrenciesError
from crmcore.histories import Histories, PurchaseHistory
from crmcore.kernel import CustomerId
from crmcore.value import GammaGamma
from tests.value import cdnow

PUBLISHED = GammaGamma(p=6.25, q=3.74, gamma=15.44)
SHAPES = st.floats(1e-6, 1e6)
SPENDS = st.floats(0, 1e9)


@pytest.fixture(scope="module")
def fitted() -> GammaGamma:
    """Return the model of the sample of CDNOW."""
    return GammaGamma.fit(cdnow.calibration())


def spender(
    frequency: int, mean_spend: float | None, currency: str | None = "USD"
) -> PurchaseHistory:
    """Return a customer who bought so often again, for so much."""
    return PurchaseHistory(
        customer=CustomerId("ada"),
        frequency=frequency,
        last_purchase_age=10 if frequency else 0,
        age=20,
        mean_spend=mean_spend,
        unit=WEEK,
        currency=currency,
    )


def test_the_mean_of_the_sample_is_the_published_one(fitted: GammaGamma) -> None:
    """Lifetimes prints 35.17 for customers without repeats, 24.66 and 18.91 for two with."""
    first_three = fitted.expected_spend(cdnow.calibration())[:3]

    assert [round(spend, 1) for spend in first_three] == [24.7, 35.2, 18.9]
    assert fitted.population_mean == pytest.approx(35.17, abs=5e-3)


def test_who_buys_seldom_is_drawn_towards_everybody() -> None:
    """The expected spend is a weighted mean, in which the own payments gain with each purchase."""
    everybody = PUBLISHED.population_mean

    shares = [PUBLISHED.own_share(x, 100.0) for x in (1, 5, 50)]
    spends = [PUBLISHED.conditional_mean(x, 100.0) for x in (1, 5, 50)]

    assert shares == sorted(shares)
    for share, spend in zip(shares, spends, strict=True):
        assert spend == pytest.approx(share * 100 + (1 - share) * everybody)


def test_the_expected_spend_is_the_integral_over_all_rates() -> None:
    """Integrating over what the rate of a customer may be gives the formula."""
    p, q, gamma, x, m = 6.25, 3.74, 15.44, 3, 20.0

    def joint(rate: mp.mpf) -> mp.mpf:
        of_payments = rate ** (p * x) * mp.exp(-rate * m * x)
        return of_payments * rate ** (q - 1) * mp.exp(-gamma * rate)

    ends = [0, 0.2, 0.5, 1, mp.inf]
    with mp.workdps(25):
        mean = mp.quad(lambda rate: joint(rate) * p / rate, ends) / mp.quad(joint, ends)

    assert PUBLISHED.conditional_mean(x, m) == pytest.approx(float(mean), rel=1e-12)


def test_the_density_is_the_integral_over_all_rates() -> None:
    """The log-likelihood of one customer is that of a mixture of gamma distributions."""
    p, q, gamma, x, m = 6.25, 3.74, 15.44, 3, 20.0

    def joint(rate: mp.mpf) -> mp.mpf:
        shape = p * x
        of_mean = (rate * x) ** shape * m ** (shape - 1) * mp.exp(-rate * x * m) / mp.gamma(shape)
        return of_mean * gamma**q * rate ** (q - 1) * mp.exp(-gamma * rate) / mp.gamma(q)

    with mp.workdps(25):
        exact = mp.log(mp.quad(joint, [0, 0.2, 0.5, 1, mp.inf]))

    found = PUBLISHED.log_likelihood(Histories.of([spender(x, m)]))

    assert found == pytest.approx(float(exact), rel=1e-12)


def test_who_tells_nothing_of_spend_has_no_likelihood() -> None:
    """Customers without repeats, and a table without spend, leave the likelihood at 1."""
    assert PUBLISHED.log_likelihood(Histories.of([spender(0, None), spender_named("bob")])) == 0


def spender_named(customer: str) -> PurchaseHistory:
    """Return a customer who bought again for nobody knows how much."""
    return PurchaseHistory(
        customer=CustomerId(customer),
        frequency=2,
        last_purchase_age=10,
        age=20,
        unit=WEEK,
        currency="USD",
    )


@given(p=SHAPES, q=SHAPES, gamma=SHAPES, x=st.integers(1, 5_000), mean=SPENDS)
def test_it_is_a_number_everywhere(p: float, q: float, gamma: float, x: int, mean: float) -> None:
    """Anywhere among the parameters there is an expected spend, or the reason why there is none."""
    model = GammaGamma(p=p, q=q, gamma=gamma)

    try:
        spend = model.conditional_mean(x, mean)
    except InfiniteMeanError:
        assert p * x + q <= 1 + 1e-9
    else:
        assert 0 <= spend < math.inf


@given(p=SHAPES, q=SHAPES, gamma=SHAPES, x=st.integers(1, 5_000), mean=SPENDS)
def test_it_lies_between_the_own_mean_and_that_of_all(
    p: float, q: float, gamma: float, x: int, mean: float
) -> None:
    """Where there is a mean of all, nobody is expected to be beyond it and the own mean."""
    assume(q > 1.001)
    model = GammaGamma(p=p, q=q, gamma=gamma)
    low, high = sorted((mean, model.population_mean))

    spend = model.conditional_mean(x, mean)

    assert low * (1 - 1e-9) <= spend <= high * (1 + 1e-9)


def test_who_paid_nothing_is_drawn_towards_nothing() -> None:
    """Purchases for nothing count as what they are: payments of 0."""
    once, often = (PUBLISHED.conditional_mean(x, 0.0) for x in (1, 20))

    assert PUBLISHED.population_mean > once > often > 0


def test_whose_spend_is_not_known_is_taken_for_everybody() -> None:
    """A spend that nobody knows says as little as no purchase; a table may have no spend at all."""
    histories = Histories.of([spender_named("ada"), spender_named("bob")])

    assert histories.mean_spend is None
    assert PUBLISHED.expected_spend(histories) == (PUBLISHED.population_mean,) * 2


def test_a_prediction_tells_where_it_comes_from(fitted: GammaGamma) -> None:
    """It names the own mean, its share, the mean of all, and how sure the parameters make it."""
    prediction = fitted.predict(spender(2, 22.35))

    assert str(prediction) == (
        "24.66 USD a purchase: 82 % their own mean of 22.35 USD over 2 repeat purchases, "
        "the rest the mean of all"
    )
    assert prediction.words.zh == (
        "每次购买 24.66 USD：其中 82 % 取自该客户 2 次重复购买的平均值 22.35 USD，"
        "其余取自全体客户的平均花费"
    )
    assert prediction.interval is not None
    assert prediction.spend in prediction.interval


@pytest.mark.parametrize(
    ("history", "said"),
    [
        (spender(0, None, None), "for there is no repeat purchase yet"),
        (spender(3, None, None), "for their own spend is not known"),
        (spender(1, 20.0, None), "their own mean of 20.00 over 1 repeat purchase, the rest"),
    ],
)
def test_a_prediction_says_why(history: PurchaseHistory, said: str) -> None:
    """Whoever has shown nothing is taken for everybody, and that is said."""
    prediction = PUBLISHED.predict(history)

    assert said in prediction.words.en
    assert prediction.interval is None


def test_an_interval_is_that_of_the_formula(fitted: GammaGamma) -> None:
    """The slopes of ``log(p gamma / (q - 1))`` along the logs are 1, -q / (q - 1) and 1."""
    assert fitted.fitted is not None
    slopes = (1, -fitted.q / (fitted.q - 1), 1)
    covariance = fitted.fitted.covariance
    error = math.sqrt(
        sum(slopes[i] * covariance[i][j] * slopes[j] for i in range(3) for j in range(3))
    )

    interval = fitted.interval(lambda model: model.population_mean)

    reach = 1.959963984540054 * error
    assert interval.high == pytest.approx(fitted.population_mean * math.exp(reach), rel=1e-6)
    assert interval.low == pytest.approx(fitted.population_mean * math.exp(-reach), rel=1e-6)


def test_a_model_without_a_mean_says_so() -> None:
    """For q of at most 1 the mean over customers is infinite; who bought often has one yet."""
    model = GammaGamma(p=0.3, q=0.9, gamma=10)

    assert model.conditional_mean(5, 20.0) > 0
    assert model.own_share(5, 20.0) > 1
    with pytest.raises(InfiniteMeanError, match=r"Gamma-Gamma has no finite mean: q is 0\.9"):
        model.population_mean  # noqa: B018 - what is asked
    with pytest.raises(InfiniteMeanError, match="finite above 1 only"):
        model.expected_spend(Histories.of([spender(0, None)]))


def test_two_currencies_are_refused() -> None:
    """A model of dollars says nothing of euros."""
    model = GammaGamma(p=6.25, q=3.74, gamma=15.44, currency="USD")

    with pytest.raises(MixedCurrenciesError, match="USD and EUR"):
        model.predict(spender(2, 20.0, "EUR"))
    with pytest.raises(MixedCurrenciesError, match="USD and EUR"):
        model.expected_spend(Histories.of([spender(2, 20.0, "EUR")]))


@pytest.mark.parametrize("wrong", [0, -1, math.inf, math.nan, True])
def test_parameters_are_above_0(wrong: float) -> None:
    """What is no shape or rate of a gamma distribution is refused by its name."""
    with pytest.raises(InvalidValueError, match=r"^q must be"):
        GammaGamma(p=1, q=wrong, gamma=1)


def test_known_parameters_have_no_interval() -> None:
    """Only a fit knows how sure it is."""
    with pytest.raises(InvalidValueError, match="parameters that are known have no interval"):
        PUBLISHED.interval(lambda model: model.population_mean)


def test_it_says_what_it_is(fitted: GammaGamma) -> None:
    """A model is printed with its parameters, and with standard errors where it was fitted."""
    assert str(PUBLISHED) == "Gamma-Gamma: p=6.25, q=3.74, gamma=15.44"
    assert str(fitted).startswith("Gamma-Gamma: p=6.25 ± 1.19, q=3.744 ± 0.29, gamma=15.44 ± ")


def test_it_goes_through_text_and_back() -> None:
    """A model is a value like any other."""
    model = GammaGamma(p=6.25, q=3.74, gamma=15.44, currency="USD")

    assert from_json(GammaGamma, to_json(model)) == model
