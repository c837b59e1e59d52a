"""Gauss-Legendre quadrature."""

from __future__ import annotations

import math
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from crmcore.errors import InvalidValueError
from crmcore.likelihood import gauss_legendre


def test_the_published_rule_of_three_points() -> None:
    """Three points lie at 0 and at the square root of 3/5, with weights 8/9 and 5/9."""
    points, weights = gauss_legendre(3)

    assert points == pytest.approx((-math.sqrt(3 / 5), 0, math.sqrt(3 / 5)), rel=1e-15)
    assert weights == pytest.approx((5 / 9, 8 / 9, 5 / 9), rel=1e-15)


@pytest.mark.parametrize("n", [1, 2, 5, 20, 64])
def test_a_rule_is_exact_up_to_twice_its_degree(n: int) -> None:
    """Every power up to 2 n - 1 is integrated exactly."""
    points, weights = gauss_legendre(n)

    for power in range(2 * n):
        exact = 2 / (power + 1) if power % 2 == 0 else 0
        found = math.fsum(w * x**power for x, w in zip(points, weights, strict=True))
        assert found == pytest.approx(exact, abs=2e-15)


@pytest.mark.parametrize("n", [1, 6, 7, 60])
def test_the_points_are_zeros_of_legendres_polynomial(n: int) -> None:
    """They rise, are symmetric to the last bit, and the polynomial changes its sign at each."""
    points, weights = gauss_legendre(n)

    assert points == tuple(sorted(points))
    assert points == tuple(-x or 0.0 for x in reversed(points))
    assert weights == weights[::-1]
    with mp.workdps(30):
        for x in points:
            assert mp.legendre(n, x - 3e-16) * mp.legendre(n, x + 3e-16) < 0


def test_a_rule_has_points() -> None:
    """No points integrate nothing."""
    with pytest.raises(InvalidValueError, match="n must be a whole number of at least 1"):
        gauss_legendre(0)


@pytest.mark.parametrize("n", [1.0, True, np.int64(1), "1"])
def test_what_merely_equals_a_whole_number_is_refused(n: Any) -> None:  # noqa: ANN401 - none
    """Rules are kept: one of another kind of numbers would be given out to everybody."""
    gauss_legendre(1)

    with pytest.raises(InvalidValueError, match="n must be a whole number of at least 1"):
        gauss_legendre(n)
