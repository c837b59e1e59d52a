"""Whether groups last equally long."""

from __future__ import annotations

import random
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines.statistics import multivariate_logrank_test

from crmcore.errors import InvalidValueError
from crmcore.statistics import Cases, log_rank

# Weeks in remission: E. J. Freireich and others, Blood 21(6), 1963.
TREATED = [
    *((time, True) for time in (6, 6, 6, 7, 10, 13, 16, 22, 23)),
    *((time, False) for time in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
]
UNTREATED = [
    (time, True) for time in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
]

one = st.tuples(st.integers(0, 9), st.booleans(), st.sampled_from("abc"))
many = st.lists(one, min_size=12, max_size=40)


def by_group(rows: list[tuple[float, bool, str]]) -> dict[str, list[tuple[float, bool]]]:
    """The cases of each group."""
    return {g: [(t, e) for t, e, own in rows if own == g] for g in sorted({r[2] for r in rows})}


def arrays_of(cases: list[tuple[float, bool]]) -> Cases:
    """The same cases as arrays."""
    durations, ended = zip(*cases, strict=True)
    return Cases(np.array(durations), np.array(ended))


def test_the_drug_keeps_patients_in_remission_as_published() -> None:
    """Chi-square 16.79 on 1 degree of freedom, with 9 relapses where 19.25 were to be expected."""
    found = log_rank({"6-MP": TREATED, "placebo": UNTREATED})

    assert found.groups == ("6-MP", "placebo")
    assert found.observed == (9, 21)
    assert [round(each, 2) for each in found.expected] == [19.25, 10.75]
    assert round(found.chi_square, 2) == 16.79
    assert found.df == 1
    assert found.p == pytest.approx(4.17e-5, rel=1e-3)
    assert str(found) == "chi-square 16.79 on 1 df, p = 4.17e-05"


@pytest.mark.parametrize("seed", range(3))
def test_three_groups_are_compared_as_by_the_peer(seed: int) -> None:
    """Lifelines finds the same statistic and the same p value."""
    chance = np.random.default_rng(seed)
    times, ended = chance.integers(0, 10, 60).astype(float), chance.random(60) < 0.7
    names = chance.choice(list("abc"), 60)

    found = log_rank({name: Cases(times[names == name], ended[names == name]) for name in "abc"})

    peer = multivariate_logrank_test(times, names, ended)
    assert found.chi_square == pytest.approx(float(peer.test_statistic), rel=1e-9)
    assert found.p == pytest.approx(float(peer.p_value), rel=1e-9)


@given(many, st.randoms(use_true_random=False))
def test_no_end_is_lost_and_order_does_not_matter(
    rows: list[tuple[float, bool, str]], chance: random.Random
) -> None:
    """As many ends are expected as were observed, and shuffled rows give the same bits."""
    groups = by_group(rows)
    try:
        found = log_rank(groups)
    except InvalidValueError:
        return

    shuffled = by_group(chance.sample(rows, len(rows)))
    assert log_rank(dict(reversed(shuffled.items()))) == found
    assert sum(found.expected) == pytest.approx(sum(found.observed))


@given(many)
def test_arrays_are_compared_alike(rows: list[tuple[float, bool, str]]) -> None:
    """Both kernels give the same numbers, and refuse the same groups."""
    groups = by_group(rows)
    arrays = {name: arrays_of(cases) for name, cases in groups.items()}
    try:
        found = log_rank(groups)
    except InvalidValueError as error:
        with pytest.raises(InvalidValueError, match=re.escape(str(error))):
            log_rank(arrays)
        return

    quick = log_rank(arrays)

    assert quick.observed == found.observed
    assert quick.expected == pytest.approx(found.expected, rel=1e-9)
    assert quick.chi_square == pytest.approx(found.chi_square, rel=1e-9, abs=1e-9)


def test_weights_equal_repetition() -> None:
    """Cases of weight 2 are compared as twice as many cases, by both kernels."""
    twice = log_rank({"a": TREATED * 2, "b": UNTREATED * 2})

    makers: tuple[Any, ...] = (list, np.array)
    for make in makers:
        groups = {
            name: Cases(
                make([time for time, _ in cases]),
                make([ended for _, ended in cases]),
                weights=make([2.0] * len(cases)),
            )
            for name, cases in (("a", TREATED), ("b", UNTREATED))
        }
        found = log_rank(groups)
        assert found.expected == pytest.approx(twice.expected)
        assert found.chi_square == pytest.approx(twice.chi_square)


def test_who_comes_late_is_at_risk_late() -> None:
    """A case that is watched from 4 on is not at risk at 3, in either kernel.

    At 3 the only one at risk ends: nothing is compared. At 5 one of two ends, which each of
    the groups would do in half of all cases: the variance is a quarter.
    """
    plain = log_rank(
        {"a": Cases([3, 6], [1, 0], entries=[0, 3]), "b": Cases([5], [1], entries=[4])}
    )
    quick = log_rank(
        {
            "a": Cases(np.array([3, 6]), [1, 0], entries=[0, 3]),
            "b": Cases(np.array([5]), [1], entries=[4]),
        }
    )
    mixed = log_rank({"a": Cases(np.array([3, 6]), [1, 0], entries=[0, 3]), "b": [(5, True)]})

    assert plain.expected == quick.expected == (1.5, 0.5)
    assert plain.chi_square == quick.chi_square == 0.5**2 / 0.25
    assert mixed.expected == (0.5 + 0.5, 0.5 + 0.5)


def test_one_group_has_none_to_be_compared_with() -> None:
    """Two groups are the fewest."""
    with pytest.raises(InvalidValueError, match="groups must name at least two groups"):
        log_rank({"6-MP": TREATED})


def test_groups_have_names() -> None:
    """Groups are told apart by text, as a dict does."""
    with pytest.raises(InvalidValueError, match="groups must have names that are text"):
        log_rank({1: TREATED, "placebo": UNTREATED})  # type: ignore[dict-item]
    with pytest.raises(InvalidValueError, match="groups must name each group with its cases"):
        log_rank([TREATED, UNTREATED])  # type: ignore[arg-type]


def test_weights_have_to_say_how_many_cases_there_are() -> None:
    """Of less than one case in all nothing can be told, though both groups are at risk together."""
    scanty = Cases([1, 2], [1, 1], weights=[1e-3, 1e-3])

    with pytest.raises(InvalidValueError, match="with more than one case in weight"):
        log_rank({"a": scanty, "b": scanty})


def test_groups_that_never_meet_are_not_compared() -> None:
    """Where one group is gone before another has an end, or all end at once, nothing is told."""
    with pytest.raises(InvalidValueError, match="end and others go on: a and c never are"):
        log_rank({"a": [(4, True), (5, True)], "b": [(4, False)], "c": [(3, False)]})
    with pytest.raises(InvalidValueError, match="a and b never are"):
        log_rank({"a": [(4, True)], "b": [(4, True)]})
