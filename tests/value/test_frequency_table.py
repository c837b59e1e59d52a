"""How often customers came back, observed and expected."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.durations import DAY, WEEK, Duration
from crmcore.errors import InvalidValueError
from crmcore.histories import Histories
from crmcore.value import BetaGeo, FrequencyTable, ParetoNbd
from tests.value import cdnow

CDS = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)


@cache
def fitted() -> BetaGeo:
    """BG/NBD of the CDNOW sample."""
    return BetaGeo.fit(cdnow.calibration())


def test_cdnow_came_back_as_published() -> None:
    """The frequencies and the tests of Fader, Hardie and Lee 2005, for both models."""
    easy = fitted().frequencies(cdnow.calibration())
    pareto = ParetoNbd.fit(cdnow.calibration()).frequencies(cdnow.calibration())

    assert easy.observed == (1411, 439, 214, 100, 62, 38, 29, 64)
    assert (round(easy.chi_square, 2), easy.df, round(easy.p or 0, 2)) == (4.82, 3, 0.19)
    assert (round(pareto.chi_square, 2), pareto.df, round(pareto.p or 0, 3)) == (11.99, 3, 0.007)


def test_it_says_whether_the_model_fits() -> None:
    """BG/NBD fits the sample; Pareto/NBD expects too many who never came back."""
    easy = fitted().frequencies(cdnow.calibration())
    pareto = ParetoNbd.fit(cdnow.calibration()).frequencies(cdnow.calibration())

    assert str(easy).splitlines()[:4] == [
        "customers came back about as often as BG/NBD says (chi-square 4.82 on 3 df, p = 0.19)",
        "",
        " repeats   observed   expected",
        "       0      1,411    1,407.7",
    ]
    assert str(easy).splitlines()[-1].startswith("      7+         64 ")
    assert easy.words.zh == (
        "客户的重复购买次数与 BG/NBD 所述大致相符（卡方 4.82，自由度 3，p = 0.19）"
    )
    assert pareto.words.en.startswith("customers came back more or less often than Pareto/NBD says")
    assert pareto.words.zh.startswith("客户的重复购买次数与 Pareto/NBD 所述不符")


rows = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from([9.0, 10.5, 30.0]), st.integers(0, 3)), max_size=9
)


def histories_of(found: list[Any], *, is_weighted: bool) -> Histories:
    """Customers with their repeats, ages and weights."""
    return Histories.from_columns(
        frequency=[x for x, _, _ in found],
        last_purchase_age=[8.0 if x else 0.0 for x, _, _ in found],
        age=[age for _, age, _ in found],
        weight=[weight for _, _, weight in found] if is_weighted else None,
        unit=WEEK,
    )


@given(rows, st.integers(1, 8), st.randoms(use_true_random=False))
def test_each_customer_is_expected_over_the_own_age(
    found: list[Any],
    most: int,
    chance: Any,  # noqa: ANN401 - random
) -> None:
    """The expected are the sums of each customer's probabilities, and as many as there are."""
    found = [*found, (2, 9.0, 1)]
    table = CDS.frequencies(histories_of(found, is_weighted=True), most=most)

    repeated = [(x, age, 1) for x, age, weight in found for _ in range(weight)]
    by_hand = [0.0] * (most + 1)
    for _, age, _ in repeated:
        chances = CDS.purchase_probabilities(Duration(age, WEEK), most=most - 1)
        for place, probability in enumerate((*chances, 1 - sum(chances))):
            by_hand[place] += probability
    assert table.expected == pytest.approx(by_hand)
    assert sum(table.observed) == len(repeated) == pytest.approx(sum(table.expected))
    shuffled = histories_of(chance.sample(repeated, len(repeated)), is_weighted=False)
    assert CDS.frequencies(shuffled, most=most) == table


def test_the_unit_makes_no_difference() -> None:
    """Histories in days are compared with a model in weeks."""
    table = CDS.frequencies(cdnow.calibration().in_unit(DAY))

    assert table.expected == pytest.approx(CDS.frequencies(cdnow.calibration()).expected)
    assert table.df == 7


def table_of(observed: list[float], expected: list[float], free: int = 0) -> FrequencyTable:
    """A table of some model."""
    return FrequencyTable(
        model="BG/NBD", observed=tuple(observed), expected=tuple(expected), free=free
    )


@pytest.mark.parametrize(
    ("expected", "cells"),
    [
        ([20, 10, 6, 5], [20, 10, 6, 5]),
        ([20, 10, 3, 2], [20, 10, 5]),
        ([20, 10, 3, 1], [20, 14]),
        ([2, 10, 6, 5], [12, 6, 5]),
        ([2, 1, 1, 0], [4]),
    ],
)
def test_small_cells_are_put_together(expected: list[float], cells: list[float]) -> None:
    """Cells in which fewer than five are expected go with their neighbours; nobody gets lost."""
    table = table_of([1, 2, 3, 4], expected)

    assert [each for _, each in table.cells] == cells
    assert sum(observed for observed, _ in table.cells) == 10


def test_the_distance_is_that_of_pearson() -> None:
    """Two cells that are off by 5 of 20 and of 25: 25/20 + 25/25 on 1 df."""
    table = table_of([25, 20], [20, 25])

    assert table.chi_square == 25 / 20 + 25 / 25
    assert table.df == 1
    assert table.p == pytest.approx(math.erfc(math.sqrt(2.25 / 2)))


def test_few_customers_tell_nothing() -> None:
    """Where as many parameters were fitted as there are cells, nothing is left to test."""
    table = table_of([25, 20], [20, 25], free=4)

    assert table.p is None
    assert table.words.en == "there are too few customers to tell whether the model fits"
    assert table.words.zh == "客户太少，无法判断模型是否符合"


def test_customers_of_age_0_have_not_come_back() -> None:
    """Nothing is expected of those who were born on the last day."""
    table = CDS.frequencies(
        Histories.from_columns(frequency=[0], last_purchase_age=[0], age=[0], unit=WEEK), most=1
    )

    assert table.expected == (1, 0)
    assert table.chi_square == 0


@pytest.mark.parametrize("most", [0, -1, 2.5])
def test_a_last_cell_is_for_some_repeats(most: Any) -> None:  # noqa: ANN401 - no number
    """With no cell for the repeats there is nothing to compare."""
    with pytest.raises(InvalidValueError, match="most must be a whole number of 1 or more"):
        CDS.frequencies(cdnow.calibration(), most=most)


def test_nobody_is_refused() -> None:
    """There must be customers."""
    with pytest.raises(InvalidValueError, match="histories must hold at least one customer"):
        CDS.frequencies(histories_of([(1, 9.0, 0)], is_weighted=True))
