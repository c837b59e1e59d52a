"""The chi-square distribution."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from crmcore.errors import InvalidValueError
from crmcore.statistics import chi_square_tail


@pytest.mark.parametrize(
    ("x", "df", "p"),
    [(2.706, 1, 0.1), (3.841, 1, 0.05), (6.635, 1, 0.01), (18.307, 10, 0.05), (124.342, 100, 0.05)],
)
def test_the_tails_of_the_tables(x: float, df: int, p: float) -> None:
    """The critical values that every textbook prints have the probabilities that they stand for."""
    found = chi_square_tail(x, df)

    assert found == pytest.approx(p, rel=1e-3)


@given(st.floats(1e-9, 1e4), st.floats(0.01, 500))
def test_the_tail_is_that_of_the_peer(x: float, df: float) -> None:
    """SciPy gives the same digits, far out as well."""
    found = chi_square_tail(x, df)

    assert found == pytest.approx(float(chi2.sf(x, df)), rel=1e-10, abs=1e-290)


def test_both_ends_have_a_tail() -> None:
    """All is above 0, and nothing above all."""
    assert chi_square_tail(0, 3) == 1
    assert chi_square_tail(math.inf, 1) == 0


@pytest.mark.parametrize("x", [-1, math.nan])
def test_a_statistic_is_never_negative(x: float) -> None:
    """A sum of squares below 0 is refused."""
    with pytest.raises(InvalidValueError, match="x must be 0 or more"):
        chi_square_tail(x, 1)


@pytest.mark.parametrize("df", [0, -1, math.inf, math.nan])
def test_degrees_of_freedom_are_above_0(df: float) -> None:
    """No degrees of freedom, and endless ones, are refused."""
    with pytest.raises(InvalidValueError, match="df must be above 0, and finite"):
        chi_square_tail(1, df)
