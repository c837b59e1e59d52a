"""Fitting BG/NBD and MBG/NBD."""

from __future__ import annotations

import contextlib
import math
import random
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.codec import from_json, to_json
from crmcore.durations import DAY, MONTH, WEEK, TimeUnit
from crmcore.errors import CrmError, DidNotConvergeError, NotIdentifiedError
from crmcore.histories import Histories
from crmcore.kernel import Phrase
from crmcore.likelihood import Derivatives, Fit, Kernel, maximize
from crmcore.value import BetaGeo, ModifiedBetaGeo
from tests.value import cdnow

Model: TypeAlias = type[BetaGeo] | type[ModifiedBetaGeo]
Row: TypeAlias = tuple[int, float, float]
Objective: TypeAlias = Callable[[Sequence[float]], Derivatives]

both_models = pytest.mark.parametrize("model", [BetaGeo, ModifiedBetaGeo])
both_kernels = pytest.mark.parametrize("kernel", list(Kernel))

FEW: tuple[Row, ...] = (
    (0, 0.0, 30.0),
    (0, 0.0, 38.0),
    (1, 3.0, 30.0),
    (1, 7.0, 38.0),
    (2, 30.43, 38.86),
    (5, 10.0, 38.0),
    (40, 37.5, 38.0),
)


def table(rows: Iterable[Row], unit: TimeUnit = WEEK, **columns: Sequence[float]) -> Histories:
    """Return histories of rows of x, t_x and T."""
    x, t_x, age = zip(*rows, strict=True)
    return Histories.from_columns(
        frequency=x, last_purchase_age=t_x, age=age, unit=unit, weight=columns.get("weight")
    )


def fitted(model: Model, histories: Histories, kernel: Kernel | None = None) -> Fit:
    """Fit a model, and return how that went."""
    found = model.fit(histories, kernel=kernel).fitted
    assert found is not None
    return found


def objective(
    monkeypatch: pytest.MonkeyPatch, model: Model, rows: Iterable[Row], kernel: Kernel
) -> Objective:
    """Return what is handed to the search: log-likelihood, slope and curvature."""
    caught: list[Objective] = []

    def catch(function: Objective, *_: object, **__: object) -> Fit:
        caught.append(function)
        raise DidNotConvergeError("caught", 0, 0.0, [])

    with monkeypatch.context() as patched:
        patched.setattr("crmcore.value._beta_geo_fit.maximize", catch)
        with pytest.raises(DidNotConvergeError):
            model.fit(table(rows), kernel=kernel)
    return caught[0]


def exact(model: Model, logs: Sequence[float], rows: Iterable[Row]) -> mp.mpf:
    """Return the log-likelihood as the papers write it, to forty digits."""
    r, alpha, a, b = (mp.exp(mp.mpf(log)) for log in logs)
    total = mp.mpf(0)
    for x, t_x, age in rows:
        j = x + (model is ModifiedBetaGeo)
        left = a / (b + j - 1) * (alpha + t_x) ** -(r + x) if j else 0
        stays = mp.rf(b, j) / mp.rf(a + b, j)
        total += mp.log(mp.rf(r, x) * alpha**r * stays * ((alpha + age) ** -(r + x) + left))
    return total


class TestPublished:
    """The parameters that the papers print, for 39 weeks of the CDNOW sample."""

    @both_kernels
    def test_bg_nbd_of_fader_hardie_and_lee(self, kernel: Kernel) -> None:
        """Fader, Hardie & Lee 2005, table 2."""
        found = BetaGeo.fit(cdnow.calibration(), kernel=kernel)

        assert [round(value, 3) for value in found.parameters] == [0.243, 4.414, 0.793, 2.426]
        assert found.fitted is not None
        assert round(found.fitted.log_likelihood, 1) == -9582.4
        assert found.fitted.kernel is kernel
        assert found.fitted.cautions == ()
        assert found.fitted.n == 2357

    @both_kernels
    def test_mbg_nbd_of_batislam_denizel_and_filiztekin(self, kernel: Kernel) -> None:
        """Batislam, Denizel & Filiztekin 2007, for the same sample."""
        found = ModifiedBetaGeo.fit(cdnow.calibration(), kernel=kernel)

        assert [round(value, 3) for value in found.parameters] == [0.525, 6.183, 0.891, 1.614]
        assert found.fitted is not None
        assert round(found.fitted.log_likelihood, 1) == -9582.1

    def test_the_words_about_a_fit(self) -> None:
        """A model says its name, its unit, and how sure each parameter is."""
        assert str(BetaGeo.fit(cdnow.calibration())) == (
            "BG/NBD in weeks: r=0.2426 ± 0.0126, alpha=4.414 ± 0.378, a=0.7929 ± 0.186, "
            "b=2.426 ± 0.705"
        )


@both_models
def test_both_kernels_agree_to_nine_digits(model: Model) -> None:
    """Parameters, their covariance and the likelihood do not depend on what sums up."""
    plain = fitted(model, cdnow.calibration(), Kernel.PYTHON)
    fast = fitted(model, cdnow.calibration(), Kernel.NUMPY)

    assert fast.parameters == pytest.approx(plain.parameters, rel=1e-9)
    assert fast.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    for one, other in zip(fast.covariance, plain.covariance, strict=True):
        assert one == pytest.approx(other, rel=1e-7)


@both_models
@pytest.mark.parametrize("unit", [DAY, MONTH])
@both_kernels
def test_the_unit_of_time_makes_no_difference(model: Model, unit: TimeUnit, kernel: Kernel) -> None:
    """Days, weeks and months give the same model, with alpha in their own measure."""
    weeks = fitted(model, cdnow.calibration(), kernel)
    found = fitted(model, cdnow.calibration(unit), kernel)

    r, alpha, a, b = weeks.parameters
    scale = WEEK.days / unit.days
    assert found.parameters == pytest.approx((r, alpha * scale, a, b), rel=1e-9)
    repeats = sum(cdnow.calibration().frequency)
    shift = repeats * math.log(scale)  # a density of times has their measure
    assert found.log_likelihood == pytest.approx(weeks.log_likelihood - shift, rel=1e-12)
    assert found.iterations == weeks.iterations
    for one, other in zip(found.covariance, weeks.covariance, strict=True):
        assert one == pytest.approx(other, rel=1e-6)


@both_models
@both_kernels
def test_the_order_of_customers_makes_no_difference(model: Model, kernel: Kernel) -> None:
    """The same histories in another order give the same bits, whatever their weights."""
    rows = [*zip(*columns(cdnow.calibration()), strict=True)][::5]
    weights = [1 + place % 3 / 7 for place in range(len(rows))]
    order = random.Random(5).sample(range(len(rows)), len(rows))  # noqa: S311 - no secret

    once = fitted(model, table(rows, weight=weights), kernel)
    again = fitted(
        model, table([rows[i] for i in order], weight=[weights[i] for i in order]), kernel
    )

    assert once == again
    assert fitted(model, table(rows), kernel) == fitted(model, table(rows[::-1]), kernel)


def columns(histories: Histories) -> tuple[Sequence[int], Sequence[float], Sequence[float]]:
    """Return x, t_x and T."""
    return histories.frequency, histories.last_purchase_age, histories.age


@both_models
@both_kernels
def test_a_weight_counts_as_so_many_customers(model: Model, kernel: Kernel) -> None:
    """Three customers alike are one with a weight of three, and a weight of 0 is nobody."""
    rows = [*zip(*columns(cdnow.calibration()), strict=True)][::10]
    weights = [place % 4 for place in range(len(rows))]
    repeated = [row for row, weight in zip(rows, weights, strict=True) for _ in range(weight)]

    weighted = fitted(model, table(rows, weight=weights), kernel)
    counted = fitted(model, table(repeated), kernel)

    assert weighted == counted
    assert weighted.n == sum(weights)


@both_models
@both_kernels
def test_what_was_made_up_is_found_again(model: Model, kernel: Kernel) -> None:
    """Of customers who follow the model, the fit finds the parameters within its own errors."""
    truth = model(r=0.8, alpha=3.0, a=0.9, b=2.0, unit=WEEK)
    made_up = truth.simulate([30 + place % 20 / 3 for place in range(4000)], seed=11)

    found = fitted(model, made_up, kernel)

    for value, error, right in zip(
        found.parameters, found.standard_errors, truth.parameters, strict=True
    ):
        assert abs(value - right) < 3.5 * error
    assert found.log_likelihood >= truth.log_likelihood(made_up)


@both_models
def test_the_likelihood_of_a_model_is_that_of_its_fit(model: Model) -> None:
    """What the search summed up at one go is the sum over the customers, one by one."""
    found = model.fit(cdnow.calibration())

    assert found.fitted is not None
    summed = found.log_likelihood(cdnow.calibration())
    assert summed == pytest.approx(found.fitted.log_likelihood, rel=1e-13)


@both_models
def test_a_fitted_model_can_be_kept(model: Model) -> None:
    """It comes back from JSON as it was, with its fit."""
    found = model.fit(cdnow.calibration())

    assert from_json(model, to_json(found)) == found


def test_steps_are_told() -> None:
    """Progress hears where the search stands."""
    heard: list[Phrase] = []

    BetaGeo.fit(cdnow.calibration(), progress=lambda _, __, where: heard.append(where))

    assert "BG/NBD: log-likelihood" in heard[0].en
    assert "r=0.2426, alpha=4.414" in heard[-1].en


def test_plain_python_does_without_numpy() -> None:
    """The base install fits; numpy is loaded only where it sums up."""
    code = (
        "import sys; from crmcore.durations import WEEK; from crmcore.value import BetaGeo; "
        "m = BetaGeo(r=1, alpha=2, a=1, b=2, unit=WEEK).simulate([9, 10] * 20, seed=1); "
        "BetaGeo.fit(m, kernel='python'); assert 'numpy' not in sys.modules; "
        "BetaGeo.fit(m); assert 'numpy' in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own


class TestDerivatives:
    """The slope and the curvature that the search is given."""

    HARD = (
        (-1.0, 1.5, -0.2, 0.9),
        (15.0, 16.0, 3.0, -4.0),  # customers who hardly differ
        (-12.0, -12.0, 12.0, 12.0),
        (2.0, -20.0, -20.0, -20.0),
    )

    @both_models
    @both_kernels
    @pytest.mark.parametrize("logs", HARD)
    def test_the_likelihood_is_that_of_the_papers(
        self, monkeypatch: pytest.MonkeyPatch, model: Model, kernel: Kernel, logs: Sequence[float]
    ) -> None:
        """It is held to forty digits, also where its parts are huge, and one by one."""
        found = objective(monkeypatch, model, FEW, kernel)
        r, alpha, a, b = map(math.exp, logs)

        with mp.workdps(40):
            expected = exact(model, logs, FEW)
        assert found(logs)[0] == pytest.approx(float(expected), rel=1e-13)
        single = model(r=r, alpha=alpha, a=a, b=b, unit=WEEK).log_likelihood(table(FEW))
        assert single == pytest.approx(float(expected), rel=1e-13)

    @both_models
    @both_kernels
    @given(logs=st.tuples(*[st.floats(-8, 8)] * 4))
    def test_slope_and_curvature_are_those_of_differences(
        self, model: Model, kernel: Kernel, logs: tuple[float, ...]
    ) -> None:
        """Over the whole space of parameters small steps change as much as they say."""
        with pytest.MonkeyPatch.context() as patched:
            function = objective(patched, model, FEW, kernel)
        value, gradient, hessian = function(logs)

        step = 1e-4
        for i in range(4):
            up, down = (
                function([log + side * (at == i) for at, log in enumerate(logs)])
                for side in (step, -step)
            )
            slope = (up[0] - down[0]) / (2 * step)
            assert gradient[i] == pytest.approx(slope, rel=1e-5, abs=1e-9 * abs(value) + 1e-6)
            for j in range(4):
                bend = (up[1][j] - down[1][j]) / (2 * step)
                size = abs(value) + abs(gradient[j])
                assert hessian[i][j] == pytest.approx(bend, rel=1e-5, abs=1e-8 * size + 1e-6)
                assert hessian[i][j] == hessian[j][i]

    @pytest.mark.parametrize(
        "rows",
        [
            FEW,
            [(0, 0.0, 0.0), (0, 0.0, 0.0), (1, 0.1, 1e9), (2, 1e-9, 1 / 3), (3, 1.0, 1.0)],
            [(x, float(x), 20.0 + 1 / (x + 3)) for x in (0, 1, 2, 3, 4)],
            [*FEW, (2**60, 5.0, 30.0)],
            [(x, 1.0 + x / 3, 20.0) for x in (1, 2, 3, 4)],
        ],
        ids=[
            "whole days",
            "any ages",
            "some whole days",
            "purchases without number",
            "repeat buyers only",
        ],
    )
    @both_models
    def test_both_kernels_say_the_same_of_any_histories(
        self, monkeypatch: pytest.MonkeyPatch, model: Model, rows: Sequence[Row]
    ) -> None:
        """Ages need not be whole days, and numbers need not be small."""
        logs = (-0.5, 1.2, 0.3, 0.9)

        plain, fast = (objective(monkeypatch, model, rows, each)(logs) for each in Kernel)

        assert fast[0] == pytest.approx(plain[0], rel=1e-12)
        assert fast[1] == pytest.approx(plain[1], rel=1e-10, abs=1e-10)
        for one, other in zip(fast[2], plain[2], strict=True):
            assert one == pytest.approx(other, rel=1e-10, abs=1e-10)


class TestRefusals:
    """What the histories have to tell."""

    @both_models
    @both_kernels
    @pytest.mark.parametrize(
        ("rows", "reason"),
        [
            ([(0, 0.0, 10.0)] * 5, "none of its 5 customers bought again"),
            ([(0, 0.0, 0.0)] * 2, "none of its 2 customers bought again"),
            (FEW[1:4], "3 different histories do not tell 4 parameters"),
            ([(2, 5.0, 10.0)] * 100, "all 100 customers have the same history"),
            ([(2, 5.0, 10.0)], "there is but 1 customer"),
        ],
        ids=["no repeat buyers", "all new today", "three customers", "all the same", "one"],
    )
    def test_too_little_is_refused(
        self, model: Model, kernel: Kernel, rows: Sequence[Row], reason: str
    ) -> None:
        """The error names the model and what the data lack."""
        with pytest.raises(NotIdentifiedError, match=rf"NBD cannot be fitted: {reason}"):
            model.fit(table(rows), kernel=kernel)

    @both_models
    @both_kernels
    def test_nobody_counts(self, model: Model, kernel: Kernel) -> None:
        """If all weights are 0, there are no customers; if only some are, they are left out."""
        with pytest.raises(NotIdentifiedError, match="there are no customers"):
            model.fit(table(FEW, weight=[0] * len(FEW)), kernel=kernel)
        with pytest.raises(NotIdentifiedError, match="3 different histories do not tell"):
            model.fit(table(FEW, weight=[1, 0, 0, 2, 3, 0, 0]), kernel=kernel)

    @both_models
    @both_kernels
    def test_whoever_buys_five_thousand_times_does_no_harm(
        self, model: Model, kernel: Kernel
    ) -> None:
        """Large numbers of purchases neither overflow nor slow the search down."""
        rows = [*zip(*columns(cdnow.calibration()), strict=True)][::4]

        found = fitted(model, table([*rows, (5000, 38.0, 38.86)]), kernel)

        assert not found.unsettled
        assert found.iterations < 20
        assert all(map(math.isfinite, found.standard_errors))


class TestWithoutAnEnd:
    """Where a parameter runs on, the likelihood is that of a simpler model, and that is said."""

    @both_models
    @both_kernels
    def test_customers_who_never_leave(self, model: Model, kernel: Kernel) -> None:
        """If all were seen on the last day, nobody leaves, and nothing is known of a and b."""
        rows = [(x, 20.0, 20.0) for x in (1, 1, 2, 3, 5, 9, 20) for _ in range(5)]

        found = fitted(model, table(rows), kernel)

        assert found.unsettled == ("a", "b")
        caution = found.cautions[0]
        assert caution.en.startswith("nobody is seen to leave")
        assert caution.zh.startswith("看不出有客户流失")
        r, alpha, a, b = found.parameters
        assert a / (a + b) < 1e-6
        assert found.log_likelihood == pytest.approx(nbd(r, alpha, rows), rel=1e-9)

    @both_kernels
    def test_customers_who_leave_at_once_or_never(self, kernel: Kernel) -> None:
        """If many bought once, and all others were seen on the last day, some leave for certain."""
        rows = [(x, 20.0, 20.0) if x else (0, 0.0, 20.0) for x in range(8) for _ in range(5)]

        found = fitted(ModifiedBetaGeo, table(rows), kernel)

        a, b = found.parameters[2:]
        assert found.unsettled == ("a", "b")
        assert found.cautions[0].en.startswith("customers leave at their first opportunity or ne")
        assert found.cautions[0].zh.startswith("客户要么一有机会就流失")
        assert 0.05 < a / (a + b) < 5 / 40

    @pytest.mark.parametrize("seed", [1, 8, 14])
    def test_no_lesser_maximum_is_taken_for_the_greatest(
        self, monkeypatch: pytest.MonkeyPatch, seed: int
    ) -> None:
        """From wherever else a search begins, it does not end higher than the fit."""
        truth = ModifiedBetaGeo(r=3, alpha=5, a=0.8, b=0.1, unit=WEEK)
        made_up = truth.simulate([30.0] * 100, seed=seed)
        rows = [(each.frequency, each.last_purchase_age, each.age) for each in made_up]
        climbed = objective(monkeypatch, ModifiedBetaGeo, rows, Kernel.PYTHON)
        rng = random.Random(seed)  # noqa: S311 - made-up starts

        found = fitted(ModifiedBetaGeo, made_up)

        for _ in range(5):
            start = [rng.uniform(-3, 3) for _ in range(4)]
            with contextlib.suppress(DidNotConvergeError, NotIdentifiedError):
                names = ["r", "alpha", "a", "b"]
                other = maximize(climbed, start, model="MBG/NBD", names=names, weight=100)
                assert found.log_likelihood > other.log_likelihood - 1e-6

    @both_models
    @both_kernels
    def test_customers_who_leave_alike(self, model: Model, kernel: Kernel) -> None:
        """If one out of four leaves after any purchase, a and b grow, and their share stays."""
        truth = model(r=0.8, alpha=3, a=25e6, b=75e6, unit=WEEK)
        made_up = truth.simulate([40.0] * 500, seed=3)

        found = fitted(model, made_up, kernel)

        assert found.unsettled == ("a", "b")
        [caution] = found.cautions
        assert "customers are not seen to differ in how readily they leave" in caution.en
        assert "看不出客户流失的倾向有差异" in caution.zh
        a, b = found.parameters[2:]
        assert a / (a + b) == pytest.approx(0.25, abs=0.03)

    @both_models
    @both_kernels
    def test_customers_who_buy_alike(self, model: Model, kernel: Kernel) -> None:
        """If all buy at one rate, r and alpha grow, and the rate is their quotient."""
        truth = model(r=1e8, alpha=5e8, a=0.8, b=2.0, unit=WEEK)
        made_up = truth.simulate([40.0] * 500, seed=3)

        found = fitted(model, made_up, kernel)

        assert found.unsettled == ("r", "alpha")
        [caution] = found.cautions
        assert "r and alpha are not settled" in caution.en
        assert "purchases a week" in caution.en
        assert "看不出客户的购买频率有差异" in caution.zh
        assert found.parameters[0] / found.parameters[1] == pytest.approx(0.2, rel=0.05)


def nbd(r: float, alpha: float, rows: Iterable[Row]) -> float:
    """Return the log-likelihood of customers who never leave."""
    return float(
        sum(
            mp.loggamma(r + x) - mp.loggamma(r) + r * mp.log(alpha) - (r + x) * mp.log(alpha + age)
            for x, _, age in rows
        )
    )


seldom = st.integers(0, 6)
some_rows = st.lists(
    st.tuples(seldom, st.floats(0.01, 1), st.floats(0.5, 100), st.integers(1, 40)),
    min_size=1,
    max_size=12,
)


@both_models
@given(drawn=some_rows)
def test_any_histories_are_fitted_or_refused_by_name(
    model: Model, drawn: list[tuple[int, float, float, int]]
) -> None:
    """Whatever customers did, there is a maximum, or an error that says why there is none."""
    rows = [(x, share * age if x else 0.0, age) for x, share, age, _ in drawn]
    histories = table(rows, weight=[weight for *_, weight in drawn])

    try:
        found = fitted(model, histories, Kernel.PYTHON)
    except CrmError as error:
        assert error.code in {"not_identified", "did_not_converge"}  # noqa: PT017 - either will do
        return
    assert found.gradient <= 1e-9
    assert all(map(math.isfinite, found.parameters))
    for shift in (-0.05, 0.05):  # no step to either side leads uphill
        for i in range(4):
            moved = list(found.parameters)
            moved[i] *= math.exp(shift)
            r, alpha, a, b = moved
            beside = model(r=r, alpha=alpha, a=a, b=b, unit=WEEK).log_likelihood(histories)
            assert beside <= found.log_likelihood + 1e-6 * found.n


def test_a_likelihood_is_a_number_wherever_parameters_may_lie() -> None:
    """The corners of the space of parameters and of times are no exception."""
    corners = [1e-50, 1e50]
    rows: list[Row] = [(0, 0.0, 1e300), (1, 1e299, 1e300), (3, 1e-300, 1e-300), (10**6, 1.0, 1.0)]

    for model in (BetaGeo, ModifiedBetaGeo):
        for r in corners:
            for alpha in corners:
                for a in corners:
                    for b in corners:
                        found = model(r=r, alpha=alpha, a=a, b=b, unit=WEEK)
                        for row in rows:
                            assert math.isfinite(found.log_likelihood(table([row])))


@pytest.fixture(scope="module")
def lifetimes() -> Any:  # noqa: ANN401 - a package without types
    """The package of C. Davidson-Pilon, where it is installed; it warns when it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("lifetimes", reason="a peer that only comparisons need")


@both_models
def test_lifetimes_knows_no_better_point(
    lifetimes: Any,  # noqa: ANN401 - a package without types
    model: Model,
) -> None:
    """The peer's likelihood is ours, and its own search ends at the same point or below it."""
    peer = {BetaGeo: lifetimes.BetaGeoFitter, ModifiedBetaGeo: lifetimes.ModifiedBetaGeoFitter}
    x, t_x, age = (np.array(column) for column in columns(cdnow.calibration()))
    found = fitted(model, cdnow.calibration())

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = peer[model]().fit(x, t_x, age)

        def said(parameters: Sequence[float]) -> float:
            mean = theirs._negative_log_likelihood(  # noqa: SLF001 - it has no public name
                np.log(parameters), x, t_x, age, np.ones(len(x)), 0
            )
            return float(-mean * len(x))

        here, there = said(found.parameters), said(theirs.params_.to_numpy())
    assert here == pytest.approx(found.log_likelihood, rel=1e-12)
    assert there <= here
    assert theirs.params_.to_numpy() == pytest.approx(found.parameters, rel=2e-3)
