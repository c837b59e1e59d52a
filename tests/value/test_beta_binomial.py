"""BG/BB: what was published, what mpmath says, and what has to hold of any model."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeAlias

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lifetimes import BetaGeoBetaBinomFitter

from crmcore.codec import from_json, to_json
from crmcore.durations import MONTH, WEEK, YEAR, TimeUnit, months, weeks, years
from crmcore.errors import InvalidValueError, NotIdentifiedError, UnitMismatchError
from crmcore.histories import Histories, PurchaseHistory
from crmcore.likelihood import Fit, Kernel, log_beta
from crmcore.value import BetaGeoBetaBinomial
from tests.value import cdnow
from tests.value.slopes import check_slopes, flat, objective

Row: TypeAlias = tuple[int, float, float]

both_kernels = pytest.mark.parametrize("kernel", list(Kernel))

DONORS = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783, unit=YEAR)

FEW: tuple[Row, ...] = ((0, 0, 0), (0, 0, 6), (1, 1, 6), (1, 6, 6), (3, 4, 40), (6, 6, 6))


def table(
    rows: Sequence[Row], unit: TimeUnit = YEAR, weight: Sequence[float] | None = None
) -> Histories:
    """Return histories of rows of x, t_x and the number of opportunities."""
    x, t_x, age = zip(*rows, strict=True)
    return Histories.from_columns(
        frequency=x, last_purchase_age=t_x, age=age, unit=unit, weight=weight
    )


def row(x: int, t_x: float, age: float) -> PurchaseHistory:
    """Return one history in years."""
    return PurchaseHistory(frequency=x, last_purchase_age=t_x, age=age, unit=YEAR)


def fit_of(histories: Histories, kernel: Kernel | None = None) -> Fit:
    """Fit the model, and return how that went."""
    found = BetaGeoBetaBinomial.fit(histories, kernel=kernel).fitted
    assert found is not None
    return found


def model_of(values: Sequence[float]) -> BetaGeoBetaBinomial:
    """Return the model with these parameters, in years."""
    alpha, beta, gamma, delta = values
    return BetaGeoBetaBinomial(alpha=alpha, beta=beta, gamma=gamma, delta=delta, unit=YEAR)


def exact(values: Sequence[float], x: int, t_x: int, n: int) -> tuple[mp.mpf, mp.mpf, mp.mpf]:
    """Return the likelihood, and what is known of the next five opportunities.

    These are the probability of being there on the first of them, and the purchases that are
    expected on all.
    """
    a, b, c, d = map(mp.mpf, values)
    alive = mp.beta(a + x, b + n - x) * mp.beta(c, d + n)
    gone = sum(mp.beta(a + x, b + k - x) * mp.beta(c + 1, d + k) for k in range(t_x, n))
    whole = mp.beta(a, b) * mp.beta(c, d)
    there = [mp.beta(a + x, b + n - x) * mp.beta(c, d + n + i) for i in range(1, 6)]
    buying = (a + x) / (a + b + n)
    total = alive + gone
    return total / whole, there[0] / total, buying * sum(there) / total


class TestPublished:
    """What Fader, Hardie and Shang printed of 11,104 donors, 1995 to 2001."""

    @both_kernels
    def test_the_parameters_and_the_likelihood(self, kernel: Kernel) -> None:
        """Fader, Hardie & Shang 2010, table 3."""
        found = BetaGeoBetaBinomial.fit(cdnow.donations(), kernel=kernel)

        assert [round(value, 3) for value in found.parameters] == [1.204, 0.750, 0.657, 2.783]
        assert found.fitted is not None
        assert round(found.fitted.log_likelihood, 1) == -33225.6
        assert found.fitted.kernel is kernel
        assert found.fitted.cautions == ()
        assert found.fitted.n == 11104

    def test_who_is_there_in_2002(self) -> None:
        """Fader, Hardie & Shang 2010, table 6: no repeat, two until 1999, six until 2001."""
        found = BetaGeoBetaBinomial.fit(cdnow.donations())

        alive = found.alive(table([(0, 0, 6), (2, 4, 6), (6, 6, 6)]))

        assert [round(p, 2) for p in alive] == [0.11, 0.59, 0.93]

    def test_donations_of_the_next_five_years(self) -> None:
        """The same paper, table 5: from .07 for those who never came back to 3.75."""
        found = BetaGeoBetaBinomial.fit(cdnow.donations())

        expected = found.expected_purchases(table([(0, 0, 6), (6, 6, 6)]), horizon=years(5))

        assert [round(each, 2) for each in expected] == [0.07, 3.75]

    def test_donations_of_all(self) -> None:
        """The spreadsheet that goes with the paper: 12,884.2 donations in five years."""
        donors = cdnow.donations()
        found = BetaGeoBetaBinomial.fit(donors)

        expected = found.expected_purchases(donors, horizon=years(5))

        assert donors.weight is not None
        total = math.fsum(map(math.prod, zip(expected, donors.weight, strict=True)))
        assert round(total, 1) == 12884.2

    def test_how_many_donate_how_often(self) -> None:
        """The same place: 3,454.9 donors with no repeat, and 1,253.1 with six."""
        found = BetaGeoBetaBinomial.fit(cdnow.donations())

        likely = found.purchase_probabilities(years(6), most=6)

        assert round(11104 * likely[0], 1) == 3454.9
        assert round(11104 * likely[6], 1) == 1253.1

    def test_the_words_about_a_fit(self) -> None:
        """A model says its name, its unit, and how sure each parameter is."""
        assert str(BetaGeoBetaBinomial.fit(cdnow.donations())) == (
            "BG/BB in years: alpha=1.204 ± 0.0694, beta=0.7497 ± 0.0294, gamma=0.6567 ± 0.051, "
            "delta=2.783 ± 0.321"
        )


def test_mpmath_says_the_same() -> None:
    """Likelihood and predictions, as the paper writes them, to twelve digits."""
    rng = random.Random(20)  # noqa: S311 - no secret
    for _ in range(30):
        values = [10 ** rng.uniform(-3, 3) for _ in range(4)]
        n = rng.choice([1, 6, 6, 52, 120])
        t_x = rng.randint(0, n)
        x = rng.randint(1, t_x) if t_x else 0
        with mp.workdps(60):
            likelihood, alive, purchases = exact(values, x, t_x, n)
            log = float(mp.log(likelihood))
        model, histories = model_of(values), table([(x, t_x, n)])

        assert model.log_likelihood(histories) == pytest.approx(log, rel=1e-12, abs=1e-12)
        assert model.alive(histories)[0] == pytest.approx(float(alive), rel=1e-12)
        [expected] = model.expected_purchases(histories, horizon=years(5))
        assert expected == pytest.approx(float(purchases), rel=1e-12)


def test_lifetimes_agrees() -> None:
    """The peer says the same of the donors; its likelihood is cut off at 1e-15."""
    peer = BetaGeoBetaBinomFitter()
    peer.params_ = dict(zip(BetaGeoBetaBinomial.PARAMETERS, DONORS.parameters, strict=True))
    donors = cdnow.donations()
    columns = [np.array(each) for each in (donors.frequency, donors.last_purchase_age, donors.age)]

    found = peer.conditional_probability_alive(1, *columns)
    expected = peer.conditional_expected_number_of_purchases_up_to_time(5, *columns)

    assert DONORS.alive(donors) == pytest.approx(list(found), rel=1e-9)
    purchases = DONORS.expected_purchases(donors, horizon=years(5))
    assert purchases == pytest.approx(list(expected), rel=1e-9)


class TestFit:
    """What holds of any fit."""

    def test_both_kernels_agree_to_nine_digits(self) -> None:
        """Parameters, their covariance and the likelihood do not depend on what sums up."""
        plain = fit_of(cdnow.donations(), Kernel.PYTHON)
        fast = fit_of(cdnow.donations(), Kernel.NUMPY)

        assert fast.parameters == pytest.approx(plain.parameters, rel=1e-9)
        assert fast.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
        for one, other in zip(fast.covariance, plain.covariance, strict=True):
            assert one == pytest.approx(other, rel=1e-7)

    @pytest.mark.parametrize("unit", [WEEK, MONTH])
    def test_the_time_between_opportunities_makes_no_difference(self, unit: TimeUnit) -> None:
        """Opportunities are counted, be they of a week, a month or a year."""
        donors = cdnow.donations()
        columns = donors.frequency, donors.last_purchase_age, donors.age
        rows = [*zip(*columns, strict=True)]

        found = BetaGeoBetaBinomial.fit(table(rows, unit, donors.weight))

        assert found.parameters == BetaGeoBetaBinomial.fit(donors).parameters
        assert found.unit is unit

    @both_kernels
    def test_neither_order_nor_weights_make_a_difference(self, kernel: Kernel) -> None:
        """A weight of three is three donors, in whatever order; a weight of 0 is nobody."""
        rng = random.Random(1)  # noqa: S311 - no secret
        columns = cdnow.donations()
        rows = [*zip(columns.frequency, columns.last_purchase_age, columns.age, strict=True)]
        weights = [rng.randrange(5) for _ in rows]
        repeated = [each for each, n in zip(rows, weights, strict=True) for _ in range(n)]
        rng.shuffle(repeated)

        assert fit_of(table(rows, weight=weights), kernel) == fit_of(table(repeated), kernel)

    def test_what_was_made_up_is_found_again(self) -> None:
        """Of customers who follow the model, the fit finds the parameters within its errors."""
        truth = model_of((1.5, 1.0, 1.0, 4.0))
        made_up = truth.simulate([10.0 + place % 11 for place in range(4000)], seed=4)

        found = fit_of(made_up)

        for value, error, right in zip(
            found.parameters, found.standard_errors, truth.parameters, strict=True
        ):
            assert abs(value - right) < 3.5 * error
        assert found.log_likelihood > truth.log_likelihood(made_up)

    def test_the_likelihood_of_a_model_is_that_of_its_fit(self) -> None:
        """What the search summed up at one go is the sum over the customers, one by one."""
        found = BetaGeoBetaBinomial.fit(cdnow.donations())

        assert found.fitted is not None
        summed = found.log_likelihood(cdnow.donations())
        assert summed == pytest.approx(found.fitted.log_likelihood, rel=1e-13)

    def test_a_fitted_model_can_be_kept(self) -> None:
        """It comes back from JSON as it was, with its fit."""
        found = BetaGeoBetaBinomial.fit(cdnow.donations())

        assert from_json(BetaGeoBetaBinomial, to_json(found)) == found


class TestSlopes:
    """The slope and the curvature of the likelihood."""

    @both_kernels
    @pytest.mark.parametrize(
        "point", [DONORS.parameters, (0.02, 30.0, 5.0, 0.1), (40.0, 0.3, 0.01, 900.0)]
    )
    def test_they_are_what_differences_say(
        self, monkeypatch: pytest.MonkeyPatch, point: tuple[float, ...], kernel: Kernel
    ) -> None:
        """Slope and curvature are those of the value, at ordinary points and at odd ones."""
        function = objective(monkeypatch, BetaGeoBetaBinomial, table(FEW), kernel)

        check_slopes(function, [math.log(each) for each in point])

    def test_both_kernels_say_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """All over the place, and in batches of whatever size, numpy says what Python says."""
        plain, fast = (
            objective(monkeypatch, BetaGeoBetaBinomial, table(FEW), kernel) for kernel in Kernel
        )
        monkeypatch.setattr("crmcore.value._beta_binomial_numpy._AT_ONCE", 10)
        small = objective(monkeypatch, BetaGeoBetaBinomial, table(FEW), Kernel.NUMPY)
        rng = random.Random(6)  # noqa: S311 - no secret

        for _ in range(40):
            logs = [rng.uniform(-20, 20) for _ in range(4)]
            right = pytest.approx(flat(plain(logs)), rel=1e-9, abs=1e-9)
            assert flat(fast(logs)) == right
            assert flat(small(logs)) == right


class TestRefusals:
    """What is no history of opportunities is refused, with what would be right."""

    @pytest.mark.parametrize(
        ("rows", "reason"),
        [
            ([(0, 0, 6), (0, 0, 5)], "none of its 2 customers bought again"),
            ([(1, 3, 6)] * 5, "all histories are the same"),
        ],
    )
    def test_histories_that_tell_too_little(self, rows: Sequence[Row], reason: str) -> None:
        """Without repeats, or where all did the same, nothing can be found."""
        with pytest.raises(NotIdentifiedError, match=reason):
            BetaGeoBetaBinomial.fit(table(rows))

    @pytest.mark.parametrize(
        ("history", "reason"),
        [
            ((1, 3.0, 6.5), r"ages must be whole numbers of opportunities \(got 6.5\)"),
            ((1, 2.5, 6.0), r"ages must be whole numbers of opportunities \(got 2.5\)"),
            ((4, 3.0, 6.0), r"frequency must be at most 1 on each of the 3 opportunities"),
        ],
    )
    def test_histories_of_times(self, history: Row, reason: str) -> None:
        """Ages are numbers of opportunities, with one purchase on each at most."""
        with pytest.raises(InvalidValueError, match=reason):
            BetaGeoBetaBinomial.fit(table([history]))
        with pytest.raises(InvalidValueError, match=reason):
            DONORS.alive(table([history]))

    def test_histories_of_other_opportunities(self) -> None:
        """Opportunities of a week are not converted to those of a year, nor is the model."""
        with pytest.raises(UnitMismatchError, match="times in year and in week"):
            DONORS.alive(table(FEW, WEEK))
        with pytest.raises(UnitMismatchError, match="times in year and in week"):
            DONORS.in_unit(WEEK)
        assert DONORS.in_unit(YEAR) is DONORS

    def test_what_is_no_histories(self) -> None:
        """A list of rows is not what models ask for."""
        with pytest.raises(InvalidValueError, match="histories must be Histories"):
            DONORS.alive([(1, 1, 6)])  # type: ignore[arg-type]

    def test_made_up_customers_of_half_an_opportunity(self) -> None:
        """Nobody has had two and a half opportunities."""
        with pytest.raises(InvalidValueError, match="ages must be whole numbers"):
            DONORS.simulate([2.5], seed=1)

    @pytest.mark.parametrize("name", BetaGeoBetaBinomial.PARAMETERS)
    @pytest.mark.parametrize("value", [0, -1, math.inf, math.nan, True])
    def test_parameters_that_are_none(self, name: str, value: float) -> None:
        """A parameter is above 0 and finite."""
        values = [value if each == name else 1.0 for each in BetaGeoBetaBinomial.PARAMETERS]

        with pytest.raises(InvalidValueError, match=f"{name} must be above 0 and finite"):
            model_of(values)


parameters = st.tuples(*[st.floats(-20, 20).map(lambda log: 10**log)] * 4)


@st.composite
def histories(draw: st.DrawFn) -> Row:
    """Draw a history of up to 60 opportunities."""
    n = draw(st.integers(0, 60))
    t_x = draw(st.integers(0, n))
    return (draw(st.integers(1, t_x)) if t_x else 0), float(t_x), float(n)


@given(parameters, histories(), st.floats(0, 30))
@example((1e16, 1e-18, 1e-20, 1e-20), (3, 3.0, 60.0), 30.0)
def test_nothing_is_ever_no_number(values: Sequence[float], history: Row, horizon: float) -> None:
    """Whatever the parameters and the history, there is an answer, and within its bounds."""
    model, known = model_of(values), table([history])

    [alive] = model.alive(known)
    [purchases] = model.expected_purchases(known, horizon=years(horizon))
    [if_alive] = model.expected_if_alive(known, horizon=years(horizon))

    assert 0 <= alive <= 1
    assert 0 <= purchases <= if_alive <= horizon * (1 + 1e-9)
    assert math.isfinite(model.log_likelihood(known))
    likely = model.probabilities(row(*history), horizon=years(horizon), most=30)
    assert all(0 <= p <= 1 + 1e-9 for p in likely)
    assert sum(likely) == pytest.approx(1, abs=1e-9)
    assert sum(k * p for k, p in enumerate(likely)) == pytest.approx(purchases, abs=1e-9)


class TestOpportunities:
    """How times are counted."""

    def test_a_horizon_in_another_unit(self) -> None:
        """24 months hold two opportunities of a year, and 35 hold no third."""
        two = DONORS.new_customer_purchases(years(2))

        assert DONORS.new_customer_purchases(months(24)) == two
        assert DONORS.new_customer_purchases(months(35)) == two
        assert DONORS.new_customer_purchases(weeks(52)) == 0

    def test_to_be_alive_is_to_be_there_next_time(self) -> None:
        """A prediction says what it means, and its parts make its product."""
        found = DONORS.predict(row(2, 4, 6), horizon=years(5))

        assert found.purchases == pytest.approx(found.alive * found.purchases_if_alive)
        assert [str(remark) for remark in found.remarks] == [
            "to be alive means to be there on the next opportunity"
        ]

    def test_where_nobody_leaves(self) -> None:
        """As gamma goes to 0 the model becomes the beta-binomial."""
        model = model_of((1.5, 2.5, 1e-14, 1.0))

        likely = model.purchase_probabilities(years(4), most=4)

        right = [
            math.comb(4, k) * math.exp(log_beta(1.5 + k, 6.5 - k) - log_beta(1.5, 2.5))
            for k in range(5)
        ]
        assert likely == pytest.approx(right, rel=1e-9)

    def test_made_up_customers_buy_as_often_as_expected(self) -> None:
        """The mean of many is what the model expects, the same for the same seed."""
        made_up = DONORS.simulate([6.0] * 5_000, seed=8)

        mean = sum(made_up.frequency) / len(made_up)
        assert mean == pytest.approx(DONORS.new_customer_purchases(years(6)), rel=0.05)
        assert made_up == DONORS.simulate([6.0] * 5_000, seed=8)
