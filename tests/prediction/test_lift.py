"""Lift: outcomes among the highest scores, against those among all."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from crmcore.errors import InvalidValueError
from crmcore.kernel import Reason, Undefined
from crmcore.prediction import lift

SCORED = st.lists(st.tuples(st.integers(-3, 6).map(Decimal), st.booleans()), max_size=40)

# J. A. Hanley and B. J. McNeil, Radiology 143(1), 1982, table I: ratings of 58 normal and 51
# abnormal images, from 1, definitely normal, to 5, definitely abnormal.
NORMAL = {1: 33, 2: 6, 3: 6, 4: 11, 5: 2}
ABNORMAL = {1: 3, 2: 2, 3: 2, 4: 11, 5: 33}


def test_the_published_area_is_found() -> None:
    """The area under the published ratings is 0.893."""
    scored = [(rating, False) for rating, count in NORMAL.items() for _ in range(count)]
    scored += [(rating, True) for rating, count in ABNORMAL.items() for _ in range(count)]

    assert lift(scored).area == pytest.approx(0.893, abs=0.0005)


def test_a_table_reckoned_by_hand() -> None:
    """The better half has three of four outcomes, which is one and a half times the mean."""
    scored = [
        (9, True),
        (8, True),
        (7, False),
        (6, True),
        (3, False),
        (2, True),
        (1, False),
        (0, False),
    ]

    upper, lower = lift(scored, groups=2).groups

    assert (int(upper.high), int(upper.low)) == (9, 6)
    assert (upper.count, upper.happened) == (4, 3)
    assert (upper.rate, upper.lift, upper.captured) == (0.75, 1.5, 0.75)
    assert (lower.rate, lower.lift, lower.captured) == (0.25, 0.5, 1.0)


@given(SCORED)
def test_the_area_is_that_of_mann_and_whitney(scored: list[tuple[Decimal, bool]]) -> None:
    """The area is the statistic U over the number of pairs, ties counted one half."""
    with_it = [float(score) for score, happened in scored if happened]
    without = [float(score) for score, happened in scored if not happened]

    area = lift(scored).area

    if with_it and without:
        u = mannwhitneyu(with_it, without).statistic
        assert area == pytest.approx(u / (len(with_it) * len(without)))
    else:
        assert isinstance(area, Undefined)


@given(SCORED, st.integers(1, 15))
def test_nobody_is_lost_and_nobody_is_counted_twice(
    scored: list[tuple[Decimal, bool]], groups: int
) -> None:
    """The groups hold all customers and outcomes, fall in score, and share no score."""
    found = lift(scored, groups=groups).groups

    assert sum(group.count for group in found) == len(scored)
    assert sum(group.happened for group in found) == sum(happened for _, happened in scored)
    assert len(found) <= groups
    assert all(above.low > below.high for above, below in pairwise(found))


@given(SCORED, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(scored: list[tuple[Decimal, bool]], random: Random) -> None:
    """The same scores in another order give the same table."""
    shuffled = list(scored)
    random.shuffle(shuffled)

    assert lift(shuffled, groups=4) == lift(scored, groups=4)


def test_without_outcomes_there_is_no_lift() -> None:
    """A rate of zero cannot be exceeded, and one sort of customer cannot be told apart."""
    found = lift([(1, False), (2, False)], groups=1)

    (only,) = found.groups
    assert found.base_rate == 0
    assert str(found.area) == "it does not apply here: nobody had the outcome"
    assert str(lift([(1, True)]).area) == "it does not apply here: everybody had the outcome"
    assert only.lift == only.captured == Undefined(Reason.ZERO_DENOMINATOR)
    assert lift([]).base_rate == lift([]).area == Undefined(Reason.NO_DATA)


@pytest.mark.parametrize(
    ("scored", "groups", "message"),
    [
        ([(math.inf, True)], 10, "score must be a finite number"),
        ([(10**400, True)], 10, "score must be a finite number"),
        ([(None, True)], 10, "score must be a finite number"),
        ([("5", True)], 10, "score must be a finite number"),
        ([(Decimal("sNaN"), True)], 10, "score must be a finite number"),
        ([(1, None)], 10, "outcome must be True or False"),
        ([], 0, "groups must be a whole number between 1 and 1000"),
        ([], "ten", "groups must be a whole number between 1 and 1000"),
    ],
)
def test_what_cannot_be_ranked_is_refused(
    scored: list[tuple[Any, bool]], groups: int, message: str
) -> None:
    """A score is a finite number, an outcome is yes or no."""
    with pytest.raises(InvalidValueError, match=message):
        lift(scored, groups=groups)


def test_a_lift_reads_as_a_table() -> None:
    """The base rate and the area come first, then a group a line."""
    found = lift([(9, True), (8, True), (3, False), (1, False)], groups=2)

    assert str(found).splitlines() == [
        "4 customers, base rate 50.0 %, area 100.0 %",
        "  9 to 8: 2 customers, 100.0 %, lift 2.00, 100.0 % captured",
        "  3 to 1: 2 customers, 0.0 %, lift 0.00, 100.0 % captured",
    ]
    assert str(lift([(1, False)])).endswith("0.0 %, lift –, – captured")
