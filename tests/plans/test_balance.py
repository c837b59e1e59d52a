"""Balance: how the work is spread, and what changes for a member."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from statistics import pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.kernel import MemberId, Undefined
from crmcore.plans import Balance, MemberChange, MemberLoad


def balance(*hours: int, capacity: int = 10) -> Balance:
    """Return a balance of members with so many hours of ten."""
    loads = tuple(
        MemberLoad(
            member=MemberId(f"m{at}"), hours=Decimal(work), capacity=Decimal(capacity), items=1
        )
        for at, work in enumerate(hours)
    )
    return Balance(loads=loads, unheld=0)


def test_nobody_with_hours_has_no_measure() -> None:
    """Without any capacity nothing is defined; without any load the unevenness is not."""
    nobody, idle = balance(5, capacity=0), balance(0, 0)

    for measure in (nobody.lowest, nobody.highest, nobody.gini, nobody.variance, idle.gini):
        assert isinstance(measure, Undefined)
    assert [idle.lowest, idle.highest, idle.variance] == [Fraction(0)] * 3


@pytest.mark.parametrize(
    ("hours", "lowest", "highest", "gini", "variance"),
    [
        ((8, 8, 8), "4/5", "4/5", "0", "0"),
        ((0, 8), "0", "4/5", "1/2", "4/25"),
        ((1, 2, 3, 4), "1/10", "2/5", "1/4", "1/80"),
    ],
)
def test_the_measures_are_the_usual_ones(
    hours: tuple[int, ...], lowest: str, highest: str, gini: str, variance: str
) -> None:
    """The lowest, the highest, the Gini coefficient and the variance of the utilisation."""
    found = balance(*hours)

    measures = (found.lowest, found.highest, found.gini, found.variance)
    assert measures == tuple(map(Fraction, (lowest, highest, gini, variance)))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=8))
def test_the_variance_is_that_of_the_peers(hours: list[int]) -> None:
    """It is the population variance of the standard library."""
    assert balance(*hours).variance == pvariance([Fraction(work, 10) for work in hours])


def test_a_change_has_a_utilisation_before_and_after() -> None:
    """Hours by capacity, where there is any."""
    change = MemberChange(
        member=MemberId("wei"),
        hours_before=Decimal(30),
        hours_after=Decimal(24),
        capacity=Decimal(32),
    )

    assert (change.utilisation_before, change.utilisation_after) == (
        Fraction(15, 16),
        Fraction(3, 4),
    )
    assert isinstance(MemberChange(member=MemberId("ann")).utilisation_after, Undefined)
