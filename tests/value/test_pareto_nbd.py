"""Pareto/NBD: what was published, what mpmath says, and what has to hold of any model."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from functools import cache
from itertools import count
from typing import Any, TypeAlias

import mpmath as mp
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lifetimes import ParetoNBDFitter

from crmcore.codec import from_json, to_json
from crmcore.durations import DAY, MONTH, WEEK, TimeUnit, days, weeks
from crmcore.errors import DidNotConvergeError, InvalidValueError, NotIdentifiedError
from crmcore.histories import Histories, PurchaseHistory
from crmcore.likelihood import Derivatives, Fit, Kernel, gauss_legendre, log_rising, maximize
from crmcore.value import ParetoNbd
from tests.value import cdnow

Row: TypeAlias = tuple[int, float, float]
Objective: TypeAlias = Callable[[Sequence[float]], Derivatives]

both_kernels = pytest.mark.parametrize("kernel", list(Kernel))

CDS = ParetoNbd(r=0.5534, alpha=10.5802, s=0.6061, beta=11.6562, unit=WEEK)

FEW: tuple[Row, ...] = (
    (0, 0.0, 0.0),
    (0, 0.0, 38.0),
    (1, 3.0, 30.0),
    (1, 30.0, 30.0),
    (2, 30.43, 38.86),
    (5, 10.0, 38.0),
    (40, 37.5, 38.0),
)


def table(
    rows: Sequence[Row], unit: TimeUnit = WEEK, weight: Sequence[float] | None = None
) -> Histories:
    """Return histories of rows of x, t_x and T."""
    x, t_x, age = zip(*rows, strict=True)
    return Histories.from_columns(
        frequency=x, last_purchase_age=t_x, age=age, unit=unit, weight=weight
    )


def row(x: int, t_x: float, age: float) -> PurchaseHistory:
    """Return one history in weeks."""
    return PurchaseHistory(frequency=x, last_purchase_age=t_x, age=age, unit=WEEK)


def fit_of(histories: Histories, kernel: Kernel | None = None) -> Fit:
    """Fit the model, and return how that went."""
    found = ParetoNbd.fit(histories, kernel=kernel).fitted
    assert found is not None
    return found


@cache
def cds(kernel: Kernel | None = None) -> ParetoNbd:
    """Return the model of the customers of CDNOW."""
    return ParetoNbd.fit(cdnow.calibration(), kernel=kernel)


def model_of(values: Sequence[float]) -> ParetoNbd:
    """Return the model with these parameters, in weeks."""
    r, alpha, s, beta = values
    return ParetoNbd(r=r, alpha=alpha, s=s, beta=beta, unit=WEEK)


def exact(model: ParetoNbd, x: int, t_x: float, age: float) -> tuple[mp.mpf, mp.mpf]:
    """Return the likelihood and the probability of being alive, to many digits.

    They are computed as the papers have it, by the hypergeometric function.
    """
    r, alpha, s, beta, t, end = map(mp.mpf, (*model.parameters, t_x, age))
    large, small, shape = (alpha, beta, s + 1) if alpha >= beta else (beta, alpha, r + x)
    both = r + s + x

    def gone(y: mp.mpf) -> mp.mpf:
        z = (large - small) / (large + y)
        return mp.hyp2f1(both, shape, both + 1, z) / (large + y) ** both

    alive = (alpha + end) ** -(r + x) * (beta + end) ** -s
    total = alive + s / both * (gone(t) - gone(end))
    return mp.rf(r, x) * alpha**r * beta**s * total, alive / total


def agrees(model: ParetoNbd, x: int, t_x: float, age: float) -> None:
    """Hold the model to the exact likelihood and probability of one history."""
    with mp.workdps(60):
        likelihood, alive = exact(model, x, t_x, age)
        log = float(mp.log(likelihood))
    histories = table([(x, t_x, age)])

    assert model.log_likelihood(histories) == pytest.approx(log, rel=1e-12, abs=1e-12)
    assert model.alive(histories)[0] == pytest.approx(float(alive), rel=1e-10, abs=1e-300)


class TestPublished:
    """What was printed for 39 weeks of the CDNOW sample."""

    @both_kernels
    def test_the_parameters_and_the_likelihood(self, kernel: Kernel) -> None:
        """Fader, Hardie & Lee 2005, table 2, right."""
        found = cds(kernel)

        assert [round(value, 3) for value in found.parameters] == [0.553, 10.578, 0.606, 11.669]
        assert found.fitted is not None
        assert round(found.fitted.log_likelihood, 1) == -9595.0
        assert found.fitted.kernel is kernel
        assert found.fitted.cautions == ()
        assert found.fitted.n == 2357

    def test_a_customer_of_26_purchases(self) -> None:
        """The walk through BTYD, of Dziurzynski, Wadsworth & McCarthy: 25.46 in a year."""
        found = cds()

        [purchases] = found.expected_purchases(table([(26, 30.86, 31.0)]), horizon=weeks(52))

        assert round(purchases, 2) == 25.46
        assert CDS.predict(row(26, 30.86, 31.0), horizon=weeks(52)).purchases == pytest.approx(
            purchases, abs=0.002
        )

    def test_is_surely_still_one(self) -> None:
        """The same place: .9979."""
        assert [round(p, 4) for p in CDS.alive(table([(26, 30.86, 31.0)]))] == [0.9979]

    def test_the_words_about_a_fit(self) -> None:
        """A model says its name, its unit, and how sure each parameter is."""
        assert str(cds()) == (
            "Pareto/NBD in weeks: r=0.5533 ± 0.0476, alpha=10.58 ± 0.843, s=0.6062 ± 0.187, "
            "beta=11.67 ± 6.21"
        )


class TestAgainstMpmath:
    """The likelihood and the probability of being alive, to twelve digits."""

    def test_all_over_the_place(self) -> None:
        """Parameters over five orders of magnitude, few purchases or many, and vast ages."""
        rng = random.Random(20)  # noqa: S311 - no secret
        for _ in range(40):
            model = model_of([10 ** rng.uniform(-2.5, 2.5) for _ in range(4)])
            x = rng.choice([0, 1, 3, 26, 400])
            age = 10 ** rng.uniform(-1, 6)
            t_x = age * rng.choice([1.0, rng.random(), 1e-4]) if x else 0.0
            agrees(model, x, t_x, age)

    @pytest.mark.parametrize("t_x", [1e-3, 30.86, 38.0, 39.0])
    def test_with_five_thousand_purchases(self, t_x: float) -> None:
        """However steeply the integrand falls, no digit is lost."""
        agrees(CDS, 5000, t_x, 39.0)

    @pytest.mark.parametrize("beta", [10.5802, math.nextafter(10.5802, 11), 10.5801999])
    def test_where_both_scales_are_the_same(self, beta: float) -> None:
        """With alpha = beta the integral is elementary, and nothing happens next to it."""
        r, alpha, s = 0.5534, 10.5802, 0.6061
        model = ParetoNbd(r=r, alpha=alpha, s=s, beta=beta, unit=WEEK)

        for x, t_x, age in FEW:
            powers = [(alpha + t) ** -(r + s + x) for t in (t_x, age)]
            gone = s / (r + s + x) * (powers[0] - powers[1])
            likelihood = math.gamma(r + x) / math.gamma(r) * alpha ** (r + s) * (gone + powers[1])
            assert model.log_likelihood(table([(x, t_x, age)])) == pytest.approx(
                math.log(likelihood), rel=1e-8, abs=1e-8
            )
            assert model.alive(table([(x, t_x, age)])) == pytest.approx(
                [powers[1] / (gone + powers[1])], rel=1e-7
            )


def test_lifetimes_agrees_where_it_is_right() -> None:
    """Of ordinary customers the peer says the same."""
    peer = ParetoNBDFitter()
    peer.params_ = dict(zip(ParetoNbd.PARAMETERS, CDS.parameters, strict=True))
    x, t_x, age = zip(*FEW[1:], strict=True)

    alive = CDS.alive(table(FEW[1:]))
    purchases = CDS.expected_purchases(table(FEW[1:]), horizon=weeks(39))

    assert alive == pytest.approx(
        [peer.conditional_probability_alive(*each) for each in FEW[1:]], rel=1e-9
    )
    assert purchases == pytest.approx(
        [
            peer.conditional_expected_number_of_purchases_up_to_time(39, *each)
            for each in zip(x, t_x, age, strict=True)
        ],
        rel=1e-9,
    )


class TestFit:
    """What holds of any fit."""

    def test_both_kernels_agree_to_nine_digits(self) -> None:
        """Parameters, their covariance and the likelihood do not depend on what sums up."""
        plain, fast = cds(Kernel.PYTHON).fitted, cds(Kernel.NUMPY).fitted

        assert plain is not None
        assert fast is not None
        assert fast.parameters == pytest.approx(plain.parameters, rel=1e-9)
        assert fast.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
        for one, other in zip(fast.covariance, plain.covariance, strict=True):
            assert one == pytest.approx(other, rel=1e-7)

    @pytest.mark.parametrize("unit", [DAY, MONTH])
    def test_the_unit_of_time_makes_no_difference(self, unit: TimeUnit) -> None:
        """Days, weeks and months give the same model, with the scales in their own measure."""
        in_weeks = fit_of(cdnow.calibration())
        found = fit_of(cdnow.calibration(unit))

        r, alpha, s, beta = in_weeks.parameters
        scale = WEEK.days / unit.days
        assert found.parameters == pytest.approx((r, alpha * scale, s, beta * scale), rel=1e-9)
        assert found.iterations == in_weeks.iterations
        shift = sum(cdnow.calibration().frequency) * math.log(scale)  # a density has a measure
        assert found.log_likelihood == pytest.approx(in_weeks.log_likelihood - shift, rel=1e-12)

    @both_kernels
    def test_the_order_of_customers_makes_no_difference(self, kernel: Kernel) -> None:
        """The same histories in another order give the same bits."""
        rows = sample(20)
        shuffled = random.Random(5).sample(rows, len(rows))  # noqa: S311 - no secret

        assert fit_of(table(rows), kernel) == fit_of(table(shuffled), kernel)

    @both_kernels
    def test_a_weight_counts_as_so_many_customers(self, kernel: Kernel) -> None:
        """Three customers alike are one with a weight of three, and a weight of 0 is nobody."""
        rows = sample(20)
        weights = [place % 4 for place in range(len(rows))]
        repeated = [each for each, n in zip(rows, weights, strict=True) for _ in range(n)]

        assert fit_of(table(rows, weight=weights), kernel) == fit_of(table(repeated), kernel)

    def test_what_was_made_up_is_found_again(self) -> None:
        """Of customers who follow the model, the fit finds the parameters within its errors."""
        truth = ParetoNbd(r=0.9, alpha=8.0, s=1.5, beta=30.0, unit=WEEK)
        made_up = truth.simulate([40 + place % 30 for place in range(4000)], seed=4)

        found = fit_of(made_up)

        for value, error, right in zip(
            found.parameters, found.standard_errors, truth.parameters, strict=True
        ):
            assert abs(value - right) < 3.5 * error
        assert found.log_likelihood > truth.log_likelihood(made_up)

    def test_the_likelihood_of_a_model_is_that_of_its_fit(self) -> None:
        """What the search summed up at one go is the sum over the customers, one by one."""
        found = cds()

        assert found.fitted is not None
        summed = found.log_likelihood(cdnow.calibration())
        assert summed == pytest.approx(found.fitted.log_likelihood, rel=1e-12)

    def test_a_fitted_model_can_be_kept(self) -> None:
        """It comes back from JSON as it was, with its fit."""
        found = cds()

        assert from_json(ParetoNbd, to_json(found)) == found

    def test_other_units_give_the_same_answers(self) -> None:
        """A model in weeks and the same in days predict the same."""
        history = row(2, 30.43, 38.86)

        one = CDS.predict(history, horizon=weeks(39))
        other = CDS.in_unit(DAY).predict(history, horizon=days(273))

        assert other.alive == pytest.approx(one.alive, rel=1e-12)
        assert other.purchases == pytest.approx(one.purchases, rel=1e-12)


def sample(step: int) -> list[Row]:
    """Return some of the customers of the CDNOW sample."""
    found = cdnow.calibration()
    return [*zip(found.frequency, found.last_purchase_age, found.age, strict=True)][::step]


class TestOddHistories:
    """Histories at the edge of what there is are fitted, and said to tell little."""

    def test_all_bought_on_the_last_day(self) -> None:
        """Where nobody is ever silent, nobody leaves, and the model says so of its numbers."""
        rows = [(1 + place % 7, 10.0 + place, 10.0 + place) for place in range(40)]

        found = ParetoNbd.fit(table(rows))

        assert found.fitted is not None
        assert found.fitted.unsettled == ("s", "beta")
        assert len(found.fitted.cautions) >= 1
        assert min(found.alive(table(rows))) > 0.999

    @pytest.mark.parametrize(
        "odd", [(5000, 37.0, 38.0), (5000, 1e-3, 38.0), (0, 0.0, 0.0), (1, 1e-9, 1e6)]
    )
    def test_one_is_beyond_all_measure(self, odd: Row) -> None:
        """Five thousand purchases, an age of nothing or of ages: there is a fit, of numbers."""
        histories = table([*sample(40), odd])

        plain, fast = (fit_of(histories, kernel) for kernel in Kernel)

        assert fast.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-9)
        assert all(map(math.isfinite, (*plain.parameters, *plain.standard_errors)))


class TestSeveralStarts:
    """The search begins in more than one place."""

    @pytest.mark.parametrize("lost", [0, 1])
    def test_one_of_them_may_lead_nowhere(self, monkeypatch: pytest.MonkeyPatch, lost: int) -> None:
        """Where one start leads nowhere, another one does."""
        right = fit_of(cdnow.calibration())
        begun: list[Sequence[float]] = []

        def stumbling(function: Objective, start: Sequence[float], **options: Any) -> Fit:  # noqa: ANN401 - all of them
            begun.append(start)
            if len(begun) == lost + 1:
                raise DidNotConvergeError("Pareto/NBD", 200, 0.1, ["r=1"])
            return maximize(function, start, **options)

        monkeypatch.setattr("crmcore.value._pareto_nbd.maximize", stumbling)

        found = fit_of(cdnow.calibration())
        assert len(set(begun)) == 2
        assert found.parameters == pytest.approx(right.parameters, rel=1e-6)

    def test_the_highest_place_wins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where most leave at once, one start ends at a lesser maximum, and looks as good."""
        truth = model_of((0.7, 1.6, 0.05, 0.001))
        made_up = truth.simulate([20.0 + place for place in range(60)], seed=6)

        found = fit_of(made_up)

        assert found.log_likelihood > truth.log_likelihood(made_up)
        monkeypatch.setattr("crmcore.value._pareto_nbd._STARTS", [(0.5, 0.5, 1.0)])
        lesser = fit_of(made_up)
        assert lesser.log_likelihood < found.log_likelihood - 4
        assert lesser.unsettled == found.unsettled == ()

    def test_all_of_them_may_lead_nowhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Then the first one tells why."""
        tried = count(1)

        def lost(*_: object, **__: object) -> Fit:
            raise DidNotConvergeError("Pareto/NBD", next(tried), 0.1, ["r=1"])

        monkeypatch.setattr("crmcore.value._pareto_nbd.maximize", lost)

        with pytest.raises(DidNotConvergeError, match="did not converge in 1 steps"):
            ParetoNbd.fit(cdnow.calibration())
        assert next(tried) == 5


class TestRefusals:
    """What cannot be fitted is refused, with what is missing."""

    @pytest.mark.parametrize(
        ("rows", "reason"),
        [
            ([(0, 0.0, 38.0), (0, 0.0, 30.0)], "none of its 2 customers bought again"),
            ([(1, 3.0, 38.0)] * 5, "all histories are the same"),
            ([(1, 3.0, 38.0), (0, 0.0, 38.0), (2, 9.0, 20.0)], "only 3 differ, and that does"),
        ],
    )
    def test_histories_that_tell_too_little(self, rows: Sequence[Row], reason: str) -> None:
        """Without repeats, or with a handful of kinds, nothing is found, whatever is tried."""
        with pytest.raises(NotIdentifiedError, match=reason):
            ParetoNbd.fit(table(rows))

    @pytest.mark.parametrize("name", ParetoNbd.PARAMETERS)
    @pytest.mark.parametrize("value", [0, -1, math.inf, math.nan, True, 1e-60])
    def test_parameters_that_are_none(self, name: str, value: float) -> None:
        """A parameter is above 0 and finite."""
        values = [value if each == name else 1.0 for each in ParetoNbd.PARAMETERS]

        with pytest.raises(InvalidValueError, match=f"{name} must be above 0 and finite"):
            model_of(values)


parameters = st.tuples(*[st.floats(-6, 6).map(lambda log: 10**log)] * 4)
histories = st.tuples(
    st.sampled_from([0, 0, 1, 2, 30, 5000]), st.floats(0.001, 1), st.floats(-3, 6)
).map(lambda drawn: (drawn[0], drawn[1] * 10 ** drawn[2] * (drawn[0] > 0), 10 ** drawn[2]))


@given(parameters, histories, st.floats(0, 1e4))
@example((1.0, 1.0, 1.0, 1.0), (0, 0.0, 1.0), 1e-308)
@example((1e-6, 1.0, 1e-6, 1e6), (0, 0.0, 1e6), 1e4)
@example((1e-20, 1e-6, 1e-20, 1e6), (0, 0.0, 1e6), 1.0)
@example((1.0, 1e-9, 1.0, 1e-9), (5000, 1e-9, 1e6), 1e4)
def test_nothing_is_ever_no_number(values: Sequence[float], history: Row, horizon: float) -> None:
    """Whatever the parameters and the history, there is an answer, and within its bounds."""
    model = model_of(values)
    histories = table([history])

    [alive] = model.alive(histories)
    [purchases] = model.expected_purchases(histories, horizon=weeks(horizon))
    [if_alive] = model.expected_if_alive(histories, horizon=weeks(horizon))

    assert 0 <= alive <= 1
    assert 0 <= purchases <= if_alive < math.inf
    assert math.isfinite(model.log_likelihood(histories))
    probabilities = model.purchase_probabilities(weeks(horizon), most=2)
    assert all(0 <= p <= 1 + 1e-9 for p in probabilities)
    assert sum(probabilities) <= 1 + 1e-9


@given(parameters, histories, st.floats(1, 2))
def test_silence_speaks_for_having_left(
    values: Sequence[float], history: Row, longer: float
) -> None:
    """The longer nothing was bought, the less probable it is that somebody is still there."""
    model = model_of(values)
    x, t_x, age = history

    before, after = model.alive(table([(x, t_x, age), (x, t_x, age * longer)]))

    assert after <= before * (1 + 1e-12)


class TestNewCustomers:
    """What is expected of those of whom nothing is known."""

    @given(parameters.filter(lambda values: values[0] / values[1] < 50), st.floats(0.01, 50))
    def test_who_makes_no_purchase(self, values: Sequence[float], t: float) -> None:
        """How probable no purchase is, the likelihood of such a history says as well."""
        model = model_of(values)

        [none] = model.purchase_probabilities(weeks(t), most=0)

        assert none == pytest.approx(
            math.exp(model.log_likelihood(table([(0, 0.0, t)]))), rel=1e-10
        )

    @pytest.mark.parametrize(
        "values",
        [CDS.parameters, (3.0, 30.0, 1.0, 5.0), (0.5, 40.0, 5.0, 0.5), (9.0, 60.0, 0.2, 90.0)],
    )
    def test_numbers_of_purchases_add_up(self, values: Sequence[float]) -> None:
        """The probabilities sum up to 1, and their mean is what is expected."""
        model = model_of(values)

        likely = model.purchase_probabilities(weeks(30), most=150)

        assert sum(likely) == pytest.approx(1, abs=1e-9)
        mean = sum(count * p for count, p in enumerate(likely))
        assert mean == pytest.approx(model.new_customer_purchases(weeks(30)), rel=1e-6)

    @pytest.mark.parametrize(
        "values", [CDS.parameters, (0.02, 300.0, 7.0, 1.5), (60.0, 2.0, 0.3, 0.01)]
    )
    @pytest.mark.parametrize("count", [1, 4, 300])
    def test_a_number_of_purchases(self, values: Sequence[float], count: int) -> None:
        """How probable it is, says as well a fine mesh over the logarithm of the leave."""
        r, alpha, s, beta = values
        points, weights = gauss_legendre(20)

        def likely(y: float) -> float:
            log = count * math.log(y / (alpha + y)) - r * math.log1p(y / alpha)
            return math.exp(log - s * math.log1p(y / beta))

        leaves = []
        for panel in range(160):
            for point, weight in zip(points, weights, strict=True):
                y = 39 * math.exp((-panel - 0.5 + point / 2) / 4)
                leaves.append(weight / 8 * likely(y) * s * y / (beta + y))
        ways = math.exp(log_rising(r, [count])[0][0] - math.lgamma(count + 1))
        right = ways * (likely(39) + math.fsum(leaves))
        *_, found = model_of(values).purchase_probabilities(weeks(39), most=count)

        assert found == pytest.approx(right, rel=1e-11)

    def test_nothing_is_bought_in_no_time(self) -> None:
        """Within no time nobody buys."""
        assert CDS.purchase_probabilities(weeks(0), most=2) == (1, 0, 0)
        assert CDS.new_customer_purchases(weeks(0)) == 0

    @pytest.mark.parametrize("s", [1 - 1e-9, 1.0, 1 + 1e-9])
    def test_there_is_no_pole(self, s: float) -> None:
        """At s = 1 the formula of the paper divides 0 by 0, and nothing happens there."""
        model = ParetoNbd(r=2.0, alpha=10.0, s=s, beta=5.0, unit=WEEK)

        expected = 2 / 10 * 5 * math.log1p(39 / 5)
        assert model.new_customer_purchases(weeks(39)) == pytest.approx(expected, rel=1e-8)

    def test_where_nobody_leaves(self) -> None:
        """As s goes to 0 the model becomes the NBD."""
        r, alpha = 0.5534, 10.5802
        model = ParetoNbd(r=r, alpha=alpha, s=1e-12, beta=1.0, unit=WEEK)

        share = 39 / (alpha + 39)
        nbd = [
            math.gamma(r + k) / math.gamma(r) / math.factorial(k) * (1 - share) ** r * share**k
            for k in range(4)
        ]

        assert model.purchase_probabilities(weeks(39), most=3) == pytest.approx(nbd, rel=1e-9)
        assert model.new_customer_purchases(weeks(39)) == pytest.approx(r / alpha * 39, rel=1e-9)
        assert model.alive(table(FEW)) == pytest.approx([1.0] * len(FEW), abs=1e-9)

    def test_made_up_customers_buy_as_often_as_expected(self) -> None:
        """The mean of many is what the model expects, and nobody buys after the end."""
        made_up = CDS.simulate([39.0] * 8_000, seed=8)

        mean = sum(made_up.frequency) / len(made_up)
        assert mean == pytest.approx(CDS.new_customer_purchases(weeks(39)), rel=0.08)
        assert made_up == CDS.simulate([39.0] * 8_000, seed=8)
        shares = [made_up.frequency.count(k) / len(made_up) for k in range(3)]
        assert shares == pytest.approx(CDS.purchase_probabilities(weeks(39), most=2), abs=0.02)

    @pytest.mark.parametrize("values", [(1e-9, 1.0, 1e-9, 1.0), (1e-9, 1.0, 1.0, 1.0)])
    def test_made_up_customers_who_never_do_anything(self, values: Sequence[float]) -> None:
        """A rate that is 0 to the last digit is no reason to stumble."""
        made_up = model_of(values).simulate([39.0] * 20, seed=1)

        assert set(made_up.frequency) == {0}


def test_the_past_and_the_future_make_a_whole() -> None:
    """What is expected of the past and, given each past, of the future is expected of both."""
    model = ParetoNbd(r=1.2, alpha=9.0, s=0.8, beta=14.0, unit=WEEK)
    made_up = model.simulate([20.0] * 4000, seed=3)

    future = model.expected_purchases(made_up, horizon=weeks(20))

    mean = sum(future) / len(future)
    right = model.new_customer_purchases(weeks(40)) - model.new_customer_purchases(weeks(20))
    assert mean == pytest.approx(right, rel=0.05)


def test_probabilities_of_one_customer_follow_from_hers() -> None:
    """Given a history, the numbers of further purchases have the mean that is expected."""
    history = row(2, 30.43, 38.86)

    likely = CDS.probabilities(history, horizon=weeks(39), most=60)

    assert sum(likely) == pytest.approx(1, abs=1e-9)
    [purchases] = CDS.expected_purchases(table([(2, 30.43, 38.86)]), horizon=weeks(39))
    assert sum(k * p for k, p in enumerate(likely)) == pytest.approx(purchases, rel=1e-6)
