"""What predictions come to in the holdout."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.durations import DAY, WEEK, days, weeks
from crmcore.errors import InvalidValueError
from crmcore.histories import Histories, Holdout, split
from crmcore.value import BetaGeo, HoldoutReport, ParetoNbd
from tests.value import cdnow

CDS = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)
BOUNCERS = BetaGeo(r=1e6, alpha=1e6, a=1e-9, b=1.0, unit=WEEK)  # one purchase a week for ever


@cache
def published() -> Holdout:
    """The 39 weeks after the calibration of the CDNOW sample."""
    _, holdout = split(
        cdnow.purchases(),
        calibration_end=cdnow.CALIBRATION_END,
        holdout_end=cdnow.HOLDOUT_END,
        unit=WEEK,
        zone=cdnow.ZONE,
    )
    return holdout


def holdout_of(
    rows: Sequence[tuple[int, int, float]],
    *,
    is_weighted: bool = True,
    **more: Any,  # noqa: ANN401
) -> Holdout:
    """Customers of 10 weeks, each with repeats before, purchases after, and a weight."""
    histories = Histories.from_columns(
        frequency=[x for x, _, _ in rows],
        last_purchase_age=[8.0 if x else 0.0 for x, _, _ in rows],
        age=[10.0] * len(rows),
        weight=[weight for _, _, weight in rows] if is_weighted else None,
        unit=WEEK,
    )
    return Holdout(
        histories=histories, horizon=weeks(20), frequency=[y for _, y, _ in rows], **more
    )


def test_cdnow_is_predicted_as_published() -> None:
    """Predictions and purchases correlate by .626 and .630 (Fader, Hardie and Lee 2005)."""
    easy = BetaGeo.fit(published().histories).check(published())
    pareto = ParetoNbd.fit(published().histories).check(published())

    assert [easy.correlation, pareto.correlation] == [
        pytest.approx(0.626, abs=5e-4),
        pytest.approx(0.630, abs=5e-4),
    ]
    assert (easy.total.customers, easy.total.actual) == (2357, 1882)
    assert [line.customers for line in easy.buckets] == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert easy.total.predicted == pytest.approx(
        math.fsum(CDS.expected_purchases(published().histories, horizon=weeks(39))), rel=1e-3
    )


def test_a_manager_reads_how_good_it_was() -> None:
    """Two sentences say how far the total is off, and how much closer the model is than none."""
    report = CDS.check(published())

    total, compared = report.words
    assert total.en == "BG/NBD, 39 weeks: 1,654 purchases predicted, 1,882 made: 12 % too few."
    assert compared.en == (
        "For one customer it is off by 0.79 purchases on average; without a model (each as often "
        "as before) one is off by 1.02: the model is 23 % closer."
    )
    assert [phrase.zh for phrase in report.words] == [
        "BG/NBD，39 周：预测1,654次购买，实际1,882次：低估12%。",
        "对单个客户平均偏差0.79次；不用模型（各自按以往频率）平均偏差1.02次：模型的误差小23%。",
    ]
    table = str(report).splitlines()
    assert table[4].split()[:5] == ["all", "customers", "2,357", "1,882", "1,653.9"]
    assert table[12].startswith("7 or more repeats before          64      407")


def test_newcomers_are_told() -> None:
    """Those who came later are in no line, and are not dropped in silence."""
    many = CDS.check(holdout_of([(1, 1, 1)], newcomers=1200, newcomer_purchases=3456))
    one = CDS.check(holdout_of([(1, 1, 1)], newcomers=1, newcomer_purchases=1))

    assert many.words[2].en == (
        "1,200 customers came only then, with 3,456 purchases; no history could predict them."
    )
    assert many.words[2].zh == "另有1,200位客户此时才首次购买，共3,456次；没有历史可供预测。"
    assert one.words[2].en.startswith("1 customer came only then, with 1 purchase; ")
    assert many.total.customers == 1


def test_the_numbers_are_those_by_hand() -> None:
    """Of 20 predicted purchases each, 18 and 26 were made: 4 too few, 4 off on average."""
    report = BOUNCERS.check(holdout_of([(10, 18, 1), (4, 26, 1)]))

    total = report.total
    assert total.actual == 44
    assert total.predicted == pytest.approx(40, abs=0.01)
    assert total.bias == pytest.approx(-2, abs=0.01)
    assert total.relative_error == pytest.approx(-4 / 44, abs=1e-3)
    assert total.mae == pytest.approx(4, abs=0.01)
    assert total.rmse == pytest.approx(math.sqrt((2**2 + 6**2) / 2), abs=0.01)
    own, alike = report.baselines
    assert own.predicted == pytest.approx(20 + 8)
    assert own.mae == pytest.approx((2 + 18) / 2)
    assert alike.predicted == pytest.approx(14 * 2)
    assert alike.mae == pytest.approx((4 + 12) / 2)
    assert report.best_baseline == alike
    assert report.skill == pytest.approx(1 - 4 / 8, abs=0.01)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_weights_equal_repetition_and_buckets_add_up(rows: list[Any], chance: Any) -> None:  # noqa: ANN401
    """A weight of 3 is three customers, whatever their order; the buckets hold everybody once."""
    rows = [*rows, (2, 1, 1)]
    report = CDS.check(holdout_of(rows))

    repeated = [(x, y, 1) for x, y, weight in rows for _ in range(weight)]
    plain = CDS.check(holdout_of(chance.sample(repeated, len(repeated)), is_weighted=False))
    assert [line.label for line in plain.buckets] == [line.label for line in report.buckets]
    for own, other in zip(lines(report), lines(plain), strict=True):
        assert own.customers == other.customers
        assert own.actual == other.actual
        assert attrs.astuple(own)[3:] == pytest.approx(attrs.astuple(other)[3:])
    for name in ("customers", "actual", "predicted"):
        parts = [getattr(line, name) for line in report.buckets]
        assert math.fsum(parts) == pytest.approx(getattr(report.total, name))


def lines(report: HoldoutReport) -> tuple[Any, ...]:
    """All lines of a report."""
    return (report.total, *report.buckets, *report.baselines)


def test_the_unit_makes_no_difference() -> None:
    """Histories in days and a horizon in days give the same report."""
    holdout = published()
    in_days = Holdout(
        histories=holdout.histories.in_unit(DAY), horizon=days(273), frequency=holdout.frequency
    )

    found, expected = CDS.check(in_days), CDS.check(holdout)

    for own, other in zip(lines(found), lines(expected), strict=True):
        assert own.predicted == pytest.approx(other.predicted)


def test_nobody_bought() -> None:
    """Without a purchase there is no share of them; a model that says so has nothing to beat."""
    report = CDS.check(holdout_of([(0, 0, 1), (0, 0, 1)]))

    assert report.total.relative_error is None
    assert report.total.words.en.endswith("0 made: though nobody bought")
    assert report.total.words.zh.endswith("而实际无人购买")
    assert report.correlation is None
    assert report.skill is None
    assert report.words[1].en.endswith("the model does worse.")


def test_what_is_right_and_what_is_too_many_is_said() -> None:
    """Half a percent is right; a model may also be worse than none."""
    right = BOUNCERS.check(holdout_of([(10, 20, 1)]))
    high = BOUNCERS.check(holdout_of([(5, 10, 1)]))

    assert right.total.words.en.endswith("20 made: which is right within half a percent")
    assert right.total.words.zh.endswith("误差不足0.5%")
    assert high.total.words.en == "20 purchases predicted, 10 made: 100 % too many"
    assert high.total.words.zh == "预测20次购买，实际10次：高估100%"
    assert high.words[1].zh.endswith("模型的误差更大。")


def test_customers_of_the_last_day_have_no_rate() -> None:
    """Who was born on the last day has bought no oftener than not at all."""
    histories = Histories.from_columns(frequency=[0], last_purchase_age=[0.0], age=[0.0], unit=WEEK)

    report = CDS.check(Holdout(histories=histories, horizon=weeks(2), frequency=[1]))

    assert [line.predicted for line in report.baselines] == [0, 0]


def test_nobody_and_nothing_are_refused() -> None:
    """There must be customers, and what they did."""
    with pytest.raises(InvalidValueError, match="holdout must have at least one customer"):
        CDS.check(holdout_of([(1, 1, 0)]))
    with pytest.raises(InvalidValueError, match="holdout must be a Holdout, as split returns it"):
        CDS.check(published().histories)  # type: ignore[arg-type]
