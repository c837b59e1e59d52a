"""Gamma-Gamma fits: right, the same whatever the order, and honest where there is no answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifetimes import GammaGammaFitter

from crmcore.durations import WEEK
from crmcore.errors import DidNotConvergeError, InvalidValueError, NotIdentifiedError
from crmcore.histories import Histories
from crmcore.likelihood import Kernel
from crmcore.value import GammaGamma
from tests.value import cdnow


def spenders(
    rows: Sequence[tuple[int, float | None]], weight: Sequence[float] | None = None
) -> Histories:
    """Return customers who bought so often again, for so much."""
    return Histories.from_columns(
        frequency=[x for x, _ in rows],
        last_purchase_age=[float(x > 0) for x, _ in rows],
        age=[2.0] * len(rows),
        unit=WEEK,
        mean_spend=[mean for _, mean in rows],
        weight=weight,
        currency="USD",
    )


def simulated(p: float, q: float, gamma: float, n: int, seed: int) -> list[tuple[int, float]]:
    """Return customers who follow the model: how often they bought again, and for how much."""
    rng = Random(seed)  # noqa: S311 - made-up customers need no secret
    rows = []
    for _ in range(n):
        x = int(rng.paretovariate(1.2))
        rate = rng.gammavariate(q, 1 / gamma)
        rows.append((x, rng.gammavariate(p * x, 1 / (rate * x))))
    return rows


def fit_of(model: GammaGamma) -> tuple[float, ...]:
    """Return parameters and log-likelihood."""
    assert model.fitted is not None
    return (*model.parameters, model.fitted.log_likelihood)


@pytest.mark.parametrize("kernel", [Kernel.PYTHON, Kernel.NUMPY])
def test_cdnow_has_the_published_parameters(kernel: Kernel) -> None:
    """Fader & Hardie 2013: p 6.25, q 3.74, gamma 15.44 at a log-likelihood of -4055.92."""
    model = GammaGamma.fit(cdnow.calibration(), kernel=kernel)

    p, q, gamma, log_likelihood = fit_of(model)
    assert round(p, 2) == 6.25
    assert round(q, 2) == 3.74
    assert round(gamma, 2) == 15.44
    assert round(log_likelihood, 2) == -4055.92
    assert model.fitted is not None
    assert model.fitted.n == 946
    assert model.fitted.kernel is kernel
    assert model.currency == "USD"


@pytest.mark.parametrize("weighted", [False, True])
def test_both_kernels_say_the_same(weighted: bool) -> None:  # noqa: FBT001 - a kind of data
    """Plain Python and numpy agree to nine digits, covariance included."""
    rows = simulated(3, 2.5, 40, 300, seed=4)
    if weighted:
        rows = [(min(x, 2), float(math.ceil(mean / 20))) for x, mean in rows]
    histories = spenders(rows)

    plain, fast = (GammaGamma.fit(histories, kernel=kernel) for kernel in ("python", "numpy"))

    assert plain.fitted is not None
    assert fast.fitted is not None
    assert fit_of(plain) == pytest.approx(fit_of(fast), rel=1e-9)
    np.testing.assert_allclose(plain.fitted.covariance, fast.fitted.covariance, rtol=1e-7)


def test_the_peer_finds_no_better_parameters() -> None:
    """At its own parameters the likelihood of lifetimes is ours, and ours is at least as great."""
    histories = cdnow.calibration()
    spent = [(h.frequency, h.mean_spend) for h in histories if h.frequency]
    x, mean = (np.array(column, float) for column in zip(*spent, strict=True))
    peer = GammaGammaFitter()
    peer.fit(x, mean)
    p, q, gamma = map(float, peer.params_)
    theirs = GammaGamma(p=p, q=q, gamma=gamma)

    ours = GammaGamma.fit(histories)

    at_theirs = theirs.log_likelihood(histories)
    assert at_theirs == pytest.approx(-len(x) * peer._negative_log_likelihood_, rel=1e-9)
    assert fit_of(ours)[3] >= at_theirs - 1e-9
    assert ours.parameters == pytest.approx(theirs.parameters, rel=2e-2)
    assert [
        theirs.conditional_mean(int(n), float(m)) for n, m in zip(x, mean, strict=True)
    ] == pytest.approx(list(peer.conditional_expected_average_profit(x, mean)), rel=1e-12)


def test_the_covariance_is_the_inverse_of_the_curvature() -> None:
    """Second differences of the log-likelihood along the logs, inverted, are the covariance."""
    histories = spenders(simulated(3, 2.5, 40, 200, seed=9))
    model = GammaGamma.fit(histories)
    assert model.fitted is not None
    step = 1e-3

    def at(moves: Sequence[float]) -> float:
        p, q, gamma = (
            value * math.exp(move) for value, move in zip(model.parameters, moves, strict=True)
        )
        return GammaGamma(p=p, q=q, gamma=gamma).log_likelihood(histories)

    unit = np.eye(3) * step
    curvature = np.array(
        [
            [(at(a + b) - at(a - b) - at(b - a) + at(-a - b)) / (4 * step * step) for b in unit]
            for a in unit
        ]
    )

    np.testing.assert_allclose(np.linalg.inv(-curvature), model.fitted.covariance, rtol=1e-4)


def test_the_truth_is_found_again() -> None:
    """Of 3,000 simulated customers the fit finds the parameters, within four standard errors."""
    truth = (6.0, 4.0, 15.0)

    model = GammaGamma.fit(spenders(simulated(*truth, 3_000, seed=1)))

    assert model.fitted is not None
    errors = model.fitted.standard_errors
    for found, true, error in zip(model.parameters, truth, errors, strict=True):
        assert abs(found - true) < 4 * error


@given(st.permutations(simulated(3, 2.5, 40, 25, seed=2)))
def test_order_makes_no_difference(rows: list[tuple[int, float]]) -> None:
    """The parameters are the same to the last bit in whichever order the customers come."""
    assert GammaGamma.fit(spenders(rows)) == GammaGamma.fit(spenders(sorted(rows)))


@pytest.mark.parametrize("kernel", [Kernel.PYTHON, Kernel.NUMPY])
def test_a_weight_counts_as_so_many_customers(kernel: Kernel) -> None:
    """Weights equal repetition, and what weighs nothing is not there."""
    rows = simulated(3, 2.5, 40, 40, seed=3)
    weights = [float(place % 4) for place in range(len(rows))]
    repeated = [row for row, weight in zip(rows, weights, strict=True) for _ in range(int(weight))]

    by_weight = GammaGamma.fit(spenders(rows, weights), kernel=kernel)
    by_repetition = GammaGamma.fit(spenders(repeated), kernel=kernel)

    assert fit_of(by_weight) == pytest.approx(fit_of(by_repetition), rel=1e-9)
    assert by_weight.fitted is not None
    assert by_weight.fitted.n == sum(weights)


def test_summaries_can_be_merged() -> None:
    """Two halves of a book, merged, have the fit of the whole book."""
    rows = simulated(3, 2.5, 40, 60, seed=5)

    merged = GammaGamma.fit(spenders(rows[:20]).merge(spenders(rows[20:])))

    assert merged == GammaGamma.fit(spenders(rows))


def test_cents_are_a_hundred_times_dollars() -> None:
    """The shapes do not depend on the unit of money, and the rate has it."""
    rows = simulated(3, 2.5, 40, 80, seed=6)

    dollars = fit_of(GammaGamma.fit(spenders(rows)))
    cents = fit_of(GammaGamma.fit(spenders([(x, 100 * mean) for x, mean in rows])))

    assert cents[:2] == pytest.approx(dollars[:2], rel=1e-8)
    assert cents[2] == pytest.approx(100 * dollars[2], rel=1e-8)
    assert cents[3] == pytest.approx(dollars[3] - 80 * math.log(100), rel=1e-9)


def test_who_tells_nothing_is_left_out_and_counted() -> None:
    """Purchases for nothing, and for nobody knows how much, do not move the fit; it tells them."""
    rows: list[tuple[int, float | None]] = [*simulated(3, 2.5, 40, 40, seed=7)]

    plain = GammaGamma.fit(spenders(rows))
    model = GammaGamma.fit(spenders([*rows, (2, 0.0), (3, None), (1, None), (0, None)]))

    assert model.parameters == plain.parameters
    assert model.fitted is not None
    free, unknown = model.fitted.cautions
    assert free.en == "1 of the customers bought again and paid nothing; the fit leaves them out"
    assert free.zh == "1 位客户有重复购买但花费为零，拟合时未计入"
    assert unknown.en.startswith("2 of the customers bought again for nobody knows how much")


def test_a_spend_without_a_mean_is_cautioned_about() -> None:
    """Where q comes out at 1 or less, the fit says what cannot be asked."""
    model = GammaGamma.fit(spenders(simulated(0.5, 0.5, 10, 400, seed=8)))

    assert model.q < 1
    assert model.fitted is not None
    assert "infinite" in model.fitted.cautions[-1].en


def test_customers_who_do_not_differ_leave_q_open() -> None:
    """If one rate suits all, q and gamma run on together; their quotient is settled and told."""
    rng = Random(10)  # noqa: S311 - made-up customers need no secret
    rows = [(x, rng.gammavariate(5 * x, 1 / (0.2 * x))) for x in (1, 2, 3, 5, 8) * 60]

    model = GammaGamma.fit(spenders(rows))

    assert model.fitted is not None
    assert model.fitted.unsettled == ("q", "gamma")
    assert model.population_mean == pytest.approx(25, rel=0.1)
    interval = model.interval(lambda m: m.population_mean)
    assert 23 < interval.low < 25 < interval.high < 27


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(0, None)] * 5, "nobody bought again for more than nothing"),
        ([(2, 0.0), (3, None)], "nobody bought again for more than nothing"),
        ([(1, 30.0), (2, 30.0), (7, 30.0)], "all customers spent the same"),
        ([(3, 30.0)], "all customers spent the same"),
    ],
)
def test_what_tells_nothing_is_refused(rows: list[tuple[int, float | None]], reason: str) -> None:
    """Without repeats, without payments, without differences there is nothing to fit."""
    with pytest.raises(NotIdentifiedError, match=reason):
        GammaGamma.fit(spenders(rows))


@settings(max_examples=10)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2, 7, 5_000]), st.sampled_from([0.0, 1e-3, 1.0, 9.5, 1e6])
        ),
        max_size=6,
    )
)
def test_a_fit_is_right_or_refused(rows: list[tuple[int, float]]) -> None:
    """Of few and absurd customers there is a fit that is told, or an error with its name."""
    telling: list[tuple[int, float | None]] = [(x, mean if x else None) for x, mean in rows]

    try:
        model = GammaGamma.fit(spenders(telling), kernel=Kernel.PYTHON)
    except (NotIdentifiedError, DidNotConvergeError) as error:
        found = error.model
    else:
        found = model.NAME
        assert model.fitted is not None
        assert model.fitted.gradient <= 1e-9
        assert all(map(math.isfinite, fit_of(model)))
    assert found == "Gamma-Gamma"


def test_what_is_no_histories_is_refused() -> None:
    """A list of tuples is no summary of purchases."""
    with pytest.raises(InvalidValueError, match=r"^histories must be Histories"):
        GammaGamma.fit([(1, 2.0)])  # type: ignore[arg-type]


def test_progress_is_heard() -> None:
    """Each step of the search is told."""
    heard: list[int] = []

    GammaGamma.fit(
        spenders(simulated(3, 2.5, 40, 40, seed=7)), progress=lambda done, *_: heard.append(done)
    )

    assert heard == [*range(len(heard))]
    assert heard


def test_cdnow_is_nearly_independent() -> None:
    """Fader, Hardie & Lee 2005: a correlation of 0.11, and 0.06 without one customer."""
    histories = cdnow.calibration()
    others = Histories.of(
        [h for h in histories if not (h.frequency == 21 and (h.mean_spend or 0) > 299)]
    )

    found = GammaGamma.independence(histories)
    without = GammaGamma.independence(others)

    assert found.correlation == pytest.approx(0.11, abs=5e-3)
    assert found.holds
    assert str(found) == (
        "the number of purchases and their mean spend have a correlation of 0.11 (0.05 … 0.18): "
        "they are not quite independent, and yet little is lost by multiplying the two"
    )
    assert without.n == 945
    assert without.correlation == pytest.approx(0.06, abs=5e-3)
    assert "nothing speaks against multiplying the two" in str(without)


def test_dependence_is_said_and_cautioned_about() -> None:
    """Where those who buy often spend more, the product is no value, and the fit says so too."""
    rng = Random(3)  # noqa: S311 - made-up customers need no secret
    histories = spenders([(x, 10 * x * rng.uniform(0.7, 1.3)) for x in (1, 2, 3, 4) * 20])

    found = GammaGamma.independence(histories, level=0.9)

    assert found.holds is False
    assert found.interval is not None
    assert found.interval.level == 0.9
    assert "their product is not what a customer is worth" in found.words.en
    assert "其乘积不能代表客户价值" in found.words.zh
    model = GammaGamma.fit(histories)
    assert model.fitted is not None
    assert "they depend on each other" in model.fitted.cautions[-1].en


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(1, 5.0), (1, 7.0), (1, 9.0), (1, 4.0)],
        [(1, 5.0), (2, 5.0), (3, 5.0), (4, 5.0)],
        [(1, 5.0), (2, 7.0), (3, 5.0)],
    ],
)
def test_dependence_is_unknown_where_nothing_differs(rows: list[tuple[int, float]]) -> None:
    """Without differences in both, and with fewer than four customers, nobody can tell."""
    found = GammaGamma.independence(spenders(rows))

    assert found.holds is None
    assert "cannot be told" in str(found)
